"""ASGD: gradient descent that also keeps the average of its way."""

from __future__ import annotations

from typing import Any

from rushlight.optim._checks import check_lr, check_positive
from rushlight.optim._elementwise import Elementwise, is_used, number
from rushlight.optim._lists import on_lists
from rushlight.optim.optimizer import Optimizer as Optimizer

__all__ = ["ASGD", "asgd"]


class ASGD(Elementwise):
    """Averaged stochastic gradient descent: `ax` in the state is the average."""

    _scalars = ("step", "eta", "mu")
    _capturable = "params, mus, etas, and state_steps", True

    def __init__(
        self, params: Any, lr: Any = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6, weight_decay: float = 0,
        foreach: bool | None = None, maximize: bool = False, differentiable: bool = False, capturable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_positive(weight_decay__value=weight_decay)
        defaults = {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _moments(self, group: Any) -> tuple[str, ...]:
        return ("ax",)

    def _initial(self, group: Any, name: str, param: Any) -> Any:
        return {"eta": number(group["lr"]), "mu": 1.0}.get(name, 0.0)

    def _written(self, group: Any) -> int:
        return 2

    def _constants(self, group: Any, step: Any, scalars: list[Any]) -> Any:
        eta, mu = scalars
        rate, shrink = number(group["lr"]), group["lambd"]
        scalars[:] = [rate / ((1 + shrink * rate * step) ** group["alpha"]), 1 / max(1, step - group["t0"])]
        return number(group["weight_decay"]), 1 - shrink * eta, -eta, mu

    @staticmethod
    def _update(k: Any, p: Any, g: Any, s: Any, c: Any) -> None:
        decay, shrink, rate, mu = c
        average = s[0]
        if is_used(decay):
            g = g + k.kept(p) * decay
        p *= shrink
        p += g * rate
        if mu == 1:
            k.assign(average, p)
        else:
            average += (p - average) * mu


asgd = on_lists(ASGD, ("axs", "mus", "etas", "state_steps"), ("ax", "mu", "eta", "step"))
