"""Adafactor: Adam's mean square of a matrix kept as a row and a column."""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight._type_info import finfo
from rushlight.autograd.grad_mode import enable_grad, no_grad
from rushlight.optim._lists import on_lists
from rushlight.optim._sparse import refuse
from rushlight.optim.optimizer import Optimizer, _get_scalar_dtype, _to_scalar

__all__ = ["Adafactor", "adafactor"]


def _check(lr: Any, beta2_decay: float, eps: Any, d: float, weight_decay: float) -> None:
    """Raise PyTorch's texts for options out of range."""
    if isinstance(lr, TensorBase) and lr._array.size != 1:
        raise ValueError("Tensor lr must be 1-element")
    rules = [
        (lr >= 0.0, f"Learning rate should be >= 0 but is: {lr}"),
        (beta2_decay <= 0.0, f"beta2_decay should be <= 0 but is: {beta2_decay}"),
        (eps[0] is None or eps[0] >= 0.0, f"epsilon1 should be >= 0 but is: {eps[0]}"),
        (eps[1] >= 0.0, f"epsilon2 should be >= 0 but is: {eps[1]}"),
        (d >= 1.0, f"Clipping threshold d should be >= 1 but is: {d}"),
        (weight_decay >= 0.0, f"weight_decay should be >= 0 but is: {weight_decay}"),
    ]
    for good, text in rules:
        if not good:
            raise ValueError(text)


class Adafactor(Optimizer):
    """Adaptive steps whose memory grows with the sides of a matrix, not with its area."""

    def __init__(
        self, params: Any, lr: Any = 1e-2, beta2_decay: float = -0.8, eps: Any = (None, 1e-3), d: float = 1.0, weight_decay: float = 0.0, *,
        foreach: bool | None = None, maximize: bool = False,
    ) -> None:  # fmt: skip
        _check(lr, beta2_decay, eps, d, weight_decay)
        defaults = {
            "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        import rushlight

        for group in self.param_groups:
            group.setdefault("foreach", None)
            for param in group["params"]:
                entry = self.state.get(param, {})
                if entry and not isinstance(entry["step"], TensorBase):
                    entry["step"] = rushlight.tensor(float(entry["step"]), dtype=_get_scalar_dtype())

    def _entry(self, param: Any) -> Any:
        """The state of a parameter, made at its first step."""
        import rushlight

        entry, grad = self.state[param], param.grad
        if entry:
            return entry
        entry["step"] = rushlight.tensor(0.0, dtype=_get_scalar_dtype())
        if grad.dim() > 1:
            entry["row_var"] = grad.new_zeros([*grad.shape[:-1], 1])
            entry["col_var"] = grad.new_zeros([*grad.shape[:-2], 1, grad.shape[-1]])
        else:
            entry["variance"] = rushlight.zeros_like(grad)
        return entry

    def step(self, closure: Any = None) -> Any:
        """Update the parameters once; returns what `closure` gives."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with no_grad():
            for group in self.param_groups:
                self._step_arrays(group, [param for param in group["params"] if param.grad is not None])
        return loss

    def _check_group(self, group: Any) -> None:
        """Nothing to refuse."""

    def _step_arrays(self, group: Any, params: list[Any]) -> None:
        for param in params:
            if param.is_complex():
                raise RuntimeError("Adafactor does not support complex parameters")
            refuse(self, [param])
            self._update(group, param, self._entry(param), -param.grad if group["maximize"] else param.grad)

    @staticmethod
    def _update(group: Any, param: Any, entry: Any, grad: Any) -> None:
        import rushlight

        rate, (least, relative) = _to_scalar(group["lr"]), group["eps"]
        least = finfo(param.dtype).eps if least is None else least
        entry["step"] += 1
        step = entry["step"].item()
        fresh = step ** group["beta2_decay"]
        length = max(relative, param.norm(2).item() / param.numel() ** 0.5) * min(rate, 1 / step**0.5)
        if group["weight_decay"] != 0:
            param.mul_(1 - rate * group["weight_decay"])
        if grad.dim() > 1:
            rows, columns = entry["row_var"], entry["col_var"]
            for variance, dim in ((rows, -1), (columns, -2)):
                variance.lerp_(rushlight.norm(grad, dim=dim, keepdim=True).square_().div_(grad.size(dim)), fresh)
            estimate = rows @ columns
            estimate.div_(rows.mean(dim=-2, keepdim=True).clamp_(min=least))
        else:
            entry["variance"].lerp_(grad * grad, fresh)
            estimate = entry["variance"].clone()
        update = estimate.clamp_(min=least * least).rsqrt_().mul_(grad)
        clip = max(1.0, update.norm(2).item() / (update.numel() ** 0.5 * group["d"]))
        param.add_(update, alpha=-length / clip)


adafactor = on_lists(Adafactor, ("row_vars", "col_vars", "variances", "state_steps"), ("row_var", "col_var", "variance", "step"))
