"""Optimizer steps with sparse gradients: of SGD, Adagrad and SparseAdam; the others refuse them."""

from __future__ import annotations

import math
from typing import Any

from rushlight._core.tensor import SPARSE

_REFUSALS = {
    "Adam": "Adam does not support sparse gradients, please consider SparseAdam instead",
    "AdamW": "Adam does not support sparse gradients, please consider SparseAdam instead",
}


def is_sparse(param: Any) -> bool:
    """Whether a parameter's gradient is sparse."""
    grad = param._grad
    return grad is not None and grad._flags & SPARSE != 0


def refuse(optimizer: Any, params: Any) -> None:
    """Raise where a parameter has a sparse gradient that the optimizer cannot take."""
    if any(map(is_sparse, params)):
        name = next(kind.__name__ for kind in type(optimizer).__mro__ if kind.__module__.startswith("torch.optim"))
        raise RuntimeError(_REFUSALS.get(name, f"{name} does not support sparse gradients"))


def sgd_step(group: Any, state: Any, param: Any, rate: Any) -> None:
    """One step of SGD. The momentum of a sparse gradient is sparse, too."""
    if group["fused"]:
        raise RuntimeError("`_fused_sgd` does not support sparse gradients")
    grad = -param.grad if group["maximize"] else param.grad
    if group["weight_decay"] != 0:
        grad = grad.add(param, alpha=group["weight_decay"])
    if group["momentum"] != 0:
        buffer = state.get("momentum_buffer")
        if buffer is None:
            buffer = grad.detach().clone()
        else:
            buffer.mul_(group["momentum"]).add_(grad, alpha=1 - group["dampening"])
        state["momentum_buffer"] = buffer
        grad = grad.add(buffer, alpha=group["momentum"]) if group["nesterov"] else buffer
    param.add_(grad, alpha=-rate)


def adagrad_step(group: Any, state: Any, param: Any, rate: Any) -> None:
    """One step of Adagrad, at the places where the gradient has entries."""
    if group["weight_decay"] != 0:
        raise RuntimeError("weight_decay option is not compatible with sparse gradients")
    state["step"] += 1
    grad = (-param.grad if group["maximize"] else param.grad).coalesce()
    rate = rate / (1 + (state["step"].item() - 1) * group["lr_decay"])
    total = state["sum"]
    total.add_(_like(grad, grad._values().pow(2)))
    deviation = total.sparse_mask(grad)._values().sqrt().add_(group["eps"])
    param.add_(_like(grad, grad._values() / deviation), alpha=-rate)


def adam_step(group: Any, state: Any, param: Any) -> None:
    """One step of SparseAdam: only the moments at the gradient's places change."""
    grad = (-param.grad if group["maximize"] else param.grad).coalesce()
    if not state:
        state["step"] = 0
        state["exp_avg"], state["exp_avg_sq"] = (param.detach().new_zeros(param.shape) for _ in range(2))
    state["step"] += 1
    if not grad._values().numel():
        return
    first, second = group["betas"]
    moments = state["exp_avg"], state["exp_avg_sq"]
    old, old_squares = (moment.sparse_mask(grad)._values() for moment in moments)
    values = grad._values()
    change = values.sub(old).mul_(1 - first)
    moments[0].add_(_like(grad, change))
    change_of_squares = values.pow(2).sub_(old_squares).mul_(1 - second)
    moments[1].add_(_like(grad, change_of_squares))
    numerator = change.add_(old)
    denominator = change_of_squares.add_(old_squares).sqrt_().add_(group["eps"])
    step = state["step"]
    rate = float(group["lr"]) * math.sqrt(1 - second**step) / (1 - first**step)
    param.add_(_like(grad, numerator.div_(denominator).mul_(-rate)))


def _like(grad: Any, values: Any) -> Any:
    """A tensor with the places of a coalesced gradient."""
    from rushlight.sparse._layout import with_values

    return with_values(grad, values)
