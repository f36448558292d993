"""Adadelta: steps in the parameter's own unit."""

from __future__ import annotations

from typing import Any

from rushlight.optim._checks import check_lr, check_positive
from rushlight.optim._elementwise import Elementwise, is_used, number
from rushlight.optim._lists import on_lists
from rushlight.optim.optimizer import Optimizer as Optimizer

__all__ = ["Adadelta", "adadelta"]


class Adadelta(Elementwise):
    """Steps scaled by the ratio of past steps to past gradients."""

    _bumps = {"square_avg": 2, "acc_delta": 2}
    _capturable = "params and state_steps", False

    def __init__(
        self, params: Any, lr: Any = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0, foreach: bool | None = None, *,
        capturable: bool = False, maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        check_positive(epsilon__value=eps, weight_decay__value=weight_decay)
        defaults = {
            "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize, "capturable": capturable,
            "foreach": foreach, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _moments(self, group: Any) -> tuple[str, ...]:
        return ("square_avg", "acc_delta")

    def _constants(self, group: Any, step: Any, scalars: list[Any]) -> Any:
        rho = group["rho"]
        return number(group["weight_decay"]), rho, 1 - rho, group["eps"], -number(group["lr"])

    @staticmethod
    def _update(k: Any, p: Any, g: Any, s: Any, c: Any) -> None:
        decay, rho, fresh, eps, rate = c
        square, steps = s
        if is_used(decay):
            g = g + k.kept(p) * decay
        square *= rho
        k.addcmul(square, g, g, fresh)
        step = k.sqrt(steps + eps) / k.sqrt(square + eps) * g
        steps *= rho
        k.addcmul(steps, step, step, fresh)
        p += step * rate


adadelta = on_lists(Adadelta, ("square_avgs", "acc_deltas", "state_steps"), ("square_avg", "acc_delta", "step"))
