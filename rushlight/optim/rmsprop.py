"""RMSprop: steps scaled by a running mean of the squared gradient."""

from __future__ import annotations

from typing import Any

from rushlight.optim._checks import check_lr, check_positive
from rushlight.optim._elementwise import Elementwise, is_used, number
from rushlight.optim._lists import on_lists
from rushlight.optim.optimizer import Optimizer as Optimizer

__all__ = ["RMSprop", "rmsprop"]


class RMSprop(Elementwise):
    """Gradient divided by its running magnitude, with momentum and centring if asked for."""

    _bumps = {"square_avg": 2, "momentum_buffer": 2}
    _added = {"momentum": 0, "centered": False, "foreach": None, "maximize": False, "differentiable": False, "capturable": False}

    def __init__(
        self, params: Any, lr: Any = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0, momentum: float = 0,
        centered: bool = False, capturable: bool = False, foreach: bool | None = None, maximize: bool = False,
        differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_positive(epsilon__value=eps, momentum__value=momentum, weight_decay__value=weight_decay, alpha__value=alpha)
        defaults = {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered, "weight_decay": weight_decay,
            "capturable": capturable, "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _moments(self, group: Any) -> tuple[str, ...]:
        optional = [("momentum_buffer", group["momentum"] > 0), ("grad_avg", group["centered"])]
        return ("square_avg", *(name for name, wanted in optional if wanted))

    def _constants(self, group: Any, step: Any, scalars: list[Any]) -> Any:
        alpha = group["alpha"]
        decay, rate = number(group["weight_decay"]), -number(group["lr"])
        return decay, alpha, 1 - alpha, group["eps"], group["momentum"], group["centered"], rate

    @staticmethod
    def _update(k: Any, p: Any, g: Any, s: Any, c: Any) -> None:
        decay, alpha, fresh, eps, momentum, centered, rate = c
        square = s[0]
        if is_used(decay):
            g = g + k.kept(p) * decay
        square *= alpha
        k.addcmul(square, g, g, fresh)
        if centered:
            mean = s[-1]
            k.lerp(mean, g, fresh)
            kept = k.kept(mean)
            size = k.sqrt(square + kept * -1 * kept) + eps
        else:
            size = k.sqrt(square) + eps
        if momentum > 0:
            buffer = s[1]
            buffer *= momentum
            buffer += g / size
            p += k.kept(buffer) * rate
        else:
            p += g * rate / size


rmsprop = on_lists(
    RMSprop, ("square_avgs", "grad_avgs", "momentum_buffer_list", "state_steps"), ("square_avg", "grad_avg", "momentum_buffer", "step")
)
