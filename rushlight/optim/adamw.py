"""AdamW: Adam whose weight decay does not go through the gradient."""

from __future__ import annotations

from typing import Any

from rushlight.optim._lists import on_lists
from rushlight.optim.adam import Adam
from rushlight.optim.optimizer import Optimizer as Optimizer

__all__ = ["AdamW", "adamw"]


class AdamW(Adam):
    """Adam that shrinks the parameters themselves by lr * weight_decay in each step."""

    def __init__(
        self, params: Any, lr: Any = 1e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 1e-2, amsgrad: bool = False,
        *, maximize: bool = False, foreach: bool | None = None, capturable: bool = False, differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize, capturable=capturable,
            differentiable=differentiable, fused=fused, decoupled_weight_decay=True,
        )  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


_on_lists = on_lists(
    AdamW, ("exp_avgs", "exp_avg_sqs", "max_exp_avg_sqs", "state_steps"), ("exp_avg", "exp_avg_sq", "max_exp_avg_sq", "step")
)


def adamw(*args: Any, **options: Any) -> None:
    """One step of AdamW on lists of tensors."""
    _on_lists(*args, **options, decoupled_weight_decay=True)
