"""Adagrad: steps scaled by the sum of all squared gradients."""

from __future__ import annotations

from typing import Any

from rushlight.optim._checks import check_fused, check_lr, check_positive
from rushlight.optim._elementwise import Elementwise, is_used, number
from rushlight.optim._lists import on_lists
from rushlight.optim._sparse import adagrad_step
from rushlight.optim.optimizer import Optimizer as Optimizer, _device_dtype_check_for_fused

__all__ = ["Adagrad", "adagrad"]


class Adagrad(Elementwise):
    """Steps that shrink where gradients were large."""

    _added = {"foreach": None, "maximize": False, "differentiable": False, "fused": None}

    def __init__(
        self, params: Any, lr: Any = 1e-2, lr_decay: float = 0, weight_decay: float = 0, initial_accumulator_value: float = 0,
        eps: float = 1e-10, foreach: bool | None = None, *, maximize: bool = False, differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_positive(lr_decay__value=lr_decay, weight_decay__value=weight_decay)
        check_positive(initial_accumulator_value__value=initial_accumulator_value, epsilon__value=eps)
        defaults = {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, defaults)
        check_fused(fused, foreach, differentiable)
        if fused:
            self._need_device_dtype_check_for_fused = True
            self._step_supports_amp_scaling = True
        for group in self.param_groups:
            self._create(group, group["params"])

    def share_memory(self) -> None:
        """Mark the state as shared between processes."""
        for entry in self.state.values():
            entry["sum"].share_memory_()

    def _moments(self, group: Any) -> tuple[str, ...]:
        return ("sum",)

    def _initial(self, group: Any, name: str, param: Any) -> Any:
        value = self.defaults["initial_accumulator_value"]
        if name != "sum":
            return 0.0
        return complex(value, value) if param.is_complex() else value

    def _check_group(self, group: Any) -> None:
        if group["fused"]:
            for param in group["params"]:
                _device_dtype_check_for_fused(param)

    def _constants(self, group: Any, step: Any, scalars: list[Any]) -> Any:
        rate = number(group["lr"]) / (1 + (step - 1) * group["lr_decay"])
        return number(group["weight_decay"]), group["eps"], -rate

    def _step_sparse(self, group: Any, param: Any) -> None:
        adagrad_step(group, self.state[param], param, number(group["lr"]))

    @staticmethod
    def _update(k: Any, p: Any, g: Any, s: Any, c: Any) -> None:
        decay, eps, rate = c
        total = s[0]
        if is_used(decay):
            g = g + k.kept(p) * decay
        k.addcmul(total, g, g, 1)
        p += g * rate / (k.sqrt(total) + eps)


adagrad = on_lists(Adagrad, ("state_sums", "state_steps"), ("sum", "step"))
