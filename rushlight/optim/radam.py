"""RAdam: Adam that waits with scaling until the mean square can be trusted."""

from __future__ import annotations

from typing import Any

from rushlight.optim._checks import check_betas, check_lr, check_positive
from rushlight.optim._elementwise import Elementwise, is_used, number
from rushlight.optim._lists import on_lists
from rushlight.optim.optimizer import Optimizer as Optimizer

__all__ = ["RAdam", "radam"]


class RAdam(Elementwise):
    """Adam with a rectified variance."""

    _bumps = {"exp_avg_sq": 2}
    _added = {"foreach": None, "maximize": False, "differentiable": False, "decoupled_weight_decay": False, "capturable": False}

    def __init__(
        self, params: Any, lr: Any = 1e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0,
        decoupled_weight_decay: bool = False, *, foreach: bool | None = None, maximize: bool = False, capturable: bool = False,
        differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_positive(epsilon__value=eps)
        check_betas(betas)
        check_positive(weight_decay__value=weight_decay)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize, "foreach": foreach,
            "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _moments(self, group: Any) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq")

    def _written(self, group: Any) -> int:
        return 2 if group["decoupled_weight_decay"] and group["weight_decay"] != 0 else 1

    def _constants(self, group: Any, step: Any, scalars: list[Any]) -> Any:
        first, second = group["betas"]
        rate, decay = number(group["lr"]), number(group["weight_decay"])
        shrink = 1 - rate * decay if group["decoupled_weight_decay"] and is_used(decay) else None
        if group["decoupled_weight_decay"]:
            decay = 0
        correction = 1 - second**step
        limit = 2 / (1 - second) - 1
        length = limit - 2 * step * (second**step) / correction
        rectified = None
        if length > 5.0:
            rectified = ((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)) ** 0.5
        return shrink, decay, 1 - first, second, 1 - second, 1 - first**step, rate, correction**0.5, group["eps"], rectified

    @staticmethod
    def _update(k: Any, p: Any, g: Any, s: Any, c: Any) -> None:
        shrink, decay, fresh, second, fresh_square, correction, rate, root, eps, rectified = c
        mean, square = s
        if shrink is not None:
            p *= shrink
        elif is_used(decay):
            g = g + k.kept(p) * decay
        k.lerp(mean, g, fresh)
        square *= second
        k.addcmul(square, g, g, fresh_square)
        step = k.kept(mean) / correction * rate
        if rectified is not None:
            step = step * (root / (k.sqrt(square) + eps)) * rectified
        p -= step


radam = on_lists(RAdam, ("exp_avgs", "exp_avg_sqs", "state_steps"), ("exp_avg", "exp_avg_sq", "step"))
