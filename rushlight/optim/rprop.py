"""Rprop: steps that know the gradient's sign alone."""

from __future__ import annotations

from typing import Any

from rushlight.optim._checks import check_lr
from rushlight.optim._elementwise import Elementwise, number
from rushlight.optim._lists import on_lists
from rushlight.optim.optimizer import Optimizer as Optimizer

__all__ = ["Rprop", "rprop"]


class Rprop(Elementwise):
    """Step sizes that grow while the gradient keeps its sign and shrink where it changes."""

    _bumps = {"step_size": 2}

    def __init__(
        self, params: Any, lr: Any = 1e-2, etas: Any = (0.5, 1.2), step_sizes: Any = (1e-6, 50), *, capturable: bool = False,
        foreach: bool | None = None, maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        defaults = {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
            "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def _moments(self, group: Any) -> tuple[str, ...]:
        return ("prev", "step_size")

    def _initial(self, group: Any, name: str, param: Any) -> Any:
        if name != "step_size":
            return 0.0
        rate = number(group["lr"])
        return complex(rate, rate) if param.is_complex() else rate

    def _constants(self, group: Any, step: Any, scalars: list[Any]) -> Any:
        return (*group["etas"], *group["step_sizes"])

    @staticmethod
    def _update(k: Any, p: Any, g: Any, s: Any, c: Any) -> None:
        shrink, grow, smallest, largest = c
        before, sizes = s
        agreement = g * k.kept(before)
        turned = agreement < 0
        factor = k.where(agreement > 0, grow, k.where(turned, shrink, 1.0))
        sizes *= factor if factor.dtype == sizes.dtype else _as(factor, sizes)
        k.clamp(sizes, smallest, largest)
        g = g * (turned == False)  # noqa: E712 (elementwise)
        p -= k.sign(g) * k.kept(sizes)
        k.assign(before, g)


def _as(value: Any, like: Any) -> Any:
    return value.astype(like.dtype) if hasattr(value, "astype") else value.to(like.dtype)


rprop = on_lists(Rprop, ("prevs", "step_sizes", "state_steps"), ("prev", "step_size", "step"))
