"""Adam."""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight.optim._checks import check_betas, check_fused, check_lr, check_positive
from rushlight.optim._elementwise import Elementwise, is_used, number
from rushlight.optim._lists import on_lists
from rushlight.optim.optimizer import Optimizer as Optimizer, _device_dtype_check_for_fused, _to_scalar

__all__ = ["Adam", "adam"]


class Adam(Elementwise):
    """Steps scaled by running means of the gradient and its square."""

    _bumps = {"exp_avg_sq": 2}
    _counts_in_tensors = True
    _added = {
        "amsgrad": False, "maximize": False, "foreach": None, "capturable": False, "differentiable": False, "decoupled_weight_decay": False,
        "fused": None,
    }  # fmt: skip

    def __init__(
        self, params: Any, lr: Any = 1e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0, amsgrad: bool = False, *,
        foreach: bool | None = None, maximize: bool = False, capturable: bool = False, differentiable: bool = False,
        fused: bool | None = None, decoupled_weight_decay: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr, foreach, capturable)
        check_positive(epsilon__value=eps)
        check_betas(betas)
        check_positive(weight_decay__value=weight_decay)
        _check_kinds(betas, foreach, capturable)
        defaults = {
            "lr": lr, "betas": tuple(map(_to_scalar, betas)), "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize, "foreach": foreach, "capturable": capturable, "differentiable": differentiable, "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }  # fmt: skip
        super().__init__(params, defaults)
        if fused:
            check_fused(fused, None, differentiable)
            self._step_supports_amp_scaling = True
            check_fused(fused, foreach, differentiable)

    def _moments(self, group: Any) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq", "max_exp_avg_sq") if group["amsgrad"] else ("exp_avg", "exp_avg_sq")

    def _check_group(self, group: Any) -> None:
        if group["fused"]:
            for param in group["params"]:
                _device_dtype_check_for_fused(param)
        else:
            super()._check_group(group)
        if group["foreach"] and isinstance(group["lr"], TensorBase) and not group["capturable"]:
            raise RuntimeError("lr as a Tensor is not supported for capturable=False and foreach=True")

    def _written(self, group: Any) -> int:
        return 2 if group["decoupled_weight_decay"] and group["weight_decay"] != 0 else 1

    def _constants(self, group: Any, step: Any, scalars: list[Any]) -> Any:
        first, second = group["betas"]
        first, second = number(first), number(second)
        rate, decay = number(group["lr"]), number(group["weight_decay"])
        decoupled = group["decoupled_weight_decay"]
        scale = 1 - rate * decay if decoupled and is_used(decay) else None
        if decoupled:
            decay = 0
        root = (1 - second**step) ** 0.5
        return scale, decay, 1 - first, second, 1 - second, root, group["eps"], -(rate / (1 - first**step))

    @staticmethod
    def _update(k: Any, p: Any, g: Any, s: Any, c: Any) -> None:
        scale, decay, fresh, second, fresh_square, root, eps, rate = c
        mean, square = s[0], s[1]
        if scale is not None:
            p *= scale
        elif is_used(decay):
            g = g + k.kept(p) * decay
        k.lerp(mean, g, fresh)
        square *= second
        k.addcmul(square, g, g, fresh_square)
        if len(s) > 2:
            k.assign(s[2], k.maximum(k.kept(s[2]), square))
            square = s[2]
        if isinstance(root, TensorBase):  # a differentiable step: rounded as PyTorch's is, which counts in float32 then
            p.addcdiv_(mean, k.sqrt(square) / (root * rate) + eps / rate)
            return
        size = k.sqrt(square)
        size = size / root
        size += eps
        p += k.kept(mean) * rate / size


def _check_kinds(betas: Any, foreach: Any, capturable: Any) -> None:
    """Both betas are floats, or both are tensors of one element."""
    tensors = [isinstance(beta, TensorBase) for beta in betas[:2]]
    if not (all(tensors) or all(isinstance(beta, float) for beta in betas[:2])):
        raise ValueError("betas must be either both floats or both Tensors")
    for index, is_tensor in enumerate(tensors):
        if is_tensor and not capturable and foreach:
            raise ValueError(f"betas[{index}] as a Tensor is not supported for capturable=False and foreach=True")
        if is_tensor and betas[index].numel() != 1:
            raise ValueError(f"Tensor betas[{index}] must be 1-element")


adam = on_lists(Adam, ("exp_avgs", "exp_avg_sqs", "max_exp_avg_sqs", "state_steps"), ("exp_avg", "exp_avg_sq", "max_exp_avg_sq", "step"))
