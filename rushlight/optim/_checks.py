"""The checks of optimizers' options, with PyTorch's texts."""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import TensorBase


def check_lr(lr: Any, foreach: Any = None, capturable: Any = True) -> None:
    """A learning rate is a number, or a tensor of one element, and not negative."""
    if isinstance(lr, TensorBase):
        if foreach and not capturable:
            raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")
        if lr._array.size != 1:
            raise ValueError("Tensor lr must be 1-element")
    if not lr >= 0.0:
        raise ValueError(f"Invalid learning rate: {lr}")


def check_positive(**options: Any) -> None:
    """Options that must not be negative; the keyword is the name in the text, with _ for a blank."""
    for name, value in options.items():
        if not value >= 0.0:
            raise ValueError(f"Invalid {name.replace('__', ' ')}: {value}")


def check_betas(betas: Any) -> None:
    """Two numbers from [0, 1)."""
    for index in (0, 1):
        if not 0.0 <= betas[index] < 1.0:
            raise ValueError(f"Invalid beta parameter at index {index}: {betas[index]}")


def check_fused(fused: Any, foreach: Any, differentiable: Any) -> None:
    """fused=True goes with neither of the two."""
    if fused and differentiable:
        raise RuntimeError("`fused` does not support `differentiable`")
    if fused and foreach:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
