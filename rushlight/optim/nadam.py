"""NAdam: Adam with Nesterov momentum."""

from __future__ import annotations

from typing import Any

from rushlight.optim._checks import check_betas, check_lr, check_positive
from rushlight.optim._elementwise import Elementwise, is_used, number
from rushlight.optim._lists import on_lists
from rushlight.optim.optimizer import Optimizer as Optimizer, _get_scalar_dtype

__all__ = ["NAdam", "nadam"]


class NAdam(Elementwise):
    """Adam that looks one step of the momentum ahead."""

    _scalars = ("step", "mu_product")
    _bumps = {"exp_avg_sq": 2}
    _capturable = "params, mu_products and state_steps", True
    _added = {"maximize": False, "foreach": None, "capturable": False, "differentiable": False, "decoupled_weight_decay": False}

    def __init__(
        self, params: Any, lr: Any = 2e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0,
        momentum_decay: float = 4e-3, decoupled_weight_decay: bool = False, *, foreach: bool | None = None, maximize: bool = False,
        capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_positive(epsilon__value=eps)
        check_betas(betas)
        check_positive(weight_decay__value=weight_decay, momentum_decay__value=momentum_decay)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize, "foreach": foreach, "capturable": capturable,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _moments(self, group: Any) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq")

    def _initial(self, group: Any, name: str, param: Any) -> Any:
        return 1.0 if name == "mu_product" else 0.0

    def _written(self, group: Any) -> int:
        return 3 if group["decoupled_weight_decay"] and group["weight_decay"] != 0 else 2

    def _constants(self, group: Any, step: Any, scalars: list[Any]) -> Any:
        first, second = group["betas"]
        rate, decay, slowing = number(group["lr"]), number(group["weight_decay"]), group["momentum_decay"]
        now, ahead = (first * (1.0 - 0.5 * (0.96 ** (count * slowing))) for count in (step, step + 1))
        kind = _get_scalar_dtype().np_dtype.type
        product = float(kind(scalars[0]) * kind(now))
        scalars[0] = product
        shrink = 1 - rate * decay if group["decoupled_weight_decay"] and is_used(decay) else None
        if group["decoupled_weight_decay"]:
            decay = 0
        from_grad = -rate * (1.0 - now) / (1.0 - product)
        from_mean = -rate * ahead / (1.0 - product * ahead)
        return shrink, decay, 1 - first, second, 1 - second, 1 - second**step, group["eps"], from_grad, from_mean

    @staticmethod
    def _update(k: Any, p: Any, g: Any, s: Any, c: Any) -> None:
        shrink, decay, fresh, second, fresh_square, correction, eps, from_grad, from_mean = c
        mean, square = s
        if shrink is not None:
            p *= shrink
        elif is_used(decay):
            g = g + k.kept(p) * decay
        k.lerp(mean, g, fresh)
        square *= second
        k.addcmul(square, g, g, fresh_square)
        size = k.sqrt(square / correction) + eps
        p += g * from_grad / size
        p += k.kept(mean) * from_mean / size


nadam = on_lists(
    NAdam, ("exp_avgs", "exp_avg_sqs", "mu_products", "state_steps"), ("exp_avg", "exp_avg_sq", "mu_product", "step")
)
