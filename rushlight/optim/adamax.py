"""Adamax: Adam with the largest gradient so far in place of the root of the mean square."""

from __future__ import annotations

from typing import Any

from rushlight.optim._checks import check_betas, check_lr, check_positive
from rushlight.optim._elementwise import Elementwise, is_used, number
from rushlight.optim._lists import on_lists
from rushlight.optim.optimizer import Optimizer as Optimizer

__all__ = ["Adamax", "adamax"]


class Adamax(Elementwise):
    """Adam in the infinity norm."""

    _bumps = {"exp_inf": 2}

    def __init__(
        self, params: Any, lr: Any = 2e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0,
        foreach: bool | None = None, *, maximize: bool = False, differentiable: bool = False, capturable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_positive(epsilon__value=eps)
        check_betas(betas)
        check_positive(weight_decay__value=weight_decay)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _moments(self, group: Any) -> tuple[str, ...]:
        return ("exp_avg", "exp_inf")

    def _constants(self, group: Any, step: Any, scalars: list[Any]) -> Any:
        first, second = group["betas"]
        rate = -(number(group["lr"]) / (1 - first**step))
        return number(group["weight_decay"]), 1 - first, second, group["eps"], rate

    @staticmethod
    def _update(k: Any, p: Any, g: Any, s: Any, c: Any) -> None:
        decay, fresh, second, eps, rate = c
        mean, largest = s
        if is_used(decay):
            g = g + k.kept(p) * decay
        k.lerp(mean, g, fresh)
        largest *= second
        k.assign(largest, k.maximum(k.kept(largest), abs(g) + eps))
        p += k.kept(mean) * rate / k.kept(largest)


adamax = on_lists(Adamax, ("exp_avgs", "exp_infs", "state_steps"), ("exp_avg", "exp_inf", "step"))
