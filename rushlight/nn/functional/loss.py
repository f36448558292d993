"""Losses."""

from __future__ import annotations

import warnings
from typing import Any

from rushlight.nn.functional._operators import operator as _op

_REDUCTIONS = {"none": 0, "mean": 1, "elementwise_mean": 1, "sum": 2}


def _reduction(reduction: str, size_average: Any = None, reduce: Any = None) -> int:
    """The operators' number for a reduction; size_average and reduce are its deprecated spelling."""
    if size_average is not None or reduce is not None:
        chosen = "none" if reduce is False else "sum" if size_average is False else "mean"
        warnings.warn(f"size_average and reduce args will be deprecated, please use reduction='{chosen}' instead.", stacklevel=3)
        return _REDUCTIONS[chosen]
    if reduction == "elementwise_mean":
        warnings.warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.", stacklevel=3)
    if reduction not in _REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return _REDUCTIONS[reduction]


def _same_size(input: Any, target: Any) -> tuple[Any, Any]:
    """Both operands broadcast, with PyTorch's warning where that was needed."""
    if target.size() != input.size():
        warnings.warn(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}). This will likely lead to "
            "incorrect results due to broadcasting. Please ensure they have the same size.",
            stacklevel=3,
        )
        found = _op("broadcast_tensors")([input, target])
        return found[0], found[1]
    return input, target


def _weighted(loss: Any, weight: Any, reduction: int) -> Any:
    """Losses times weights; the mean is that of the weights."""
    loss = loss * weight
    if reduction == 0:
        return loss
    return loss.sum() / weight.sum() if reduction == 1 else loss.sum()


def mse_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None
) -> Any:
    """The mean of squared differences."""
    number = _reduction(reduction, size_average, reduce)
    first, second = _same_size(input, target)
    if weight is not None:
        return _weighted(_op("mse_loss")(first, second, 0), weight, number)
    return _op("mse_loss")(first, second, number)


def l1_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None
) -> Any:
    """The mean of absolute differences."""
    number = _reduction(reduction, size_average, reduce)
    first, second = _same_size(input, target)
    if weight is not None:
        return _weighted(_op("l1_loss")(first, second, 0), weight, number)
    return _op("l1_loss")(first, second, number)


def nll_loss(
    input: Any, target: Any, weight: Any = None, size_average: Any = None, ignore_index: int = -100, reduce: Any = None,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """The mean of minus the log-probabilities of the target classes."""
    return _op("nll_loss_nd")(input, target, weight, _reduction(reduction, size_average, reduce), ignore_index)


def cross_entropy(
    input: Any, target: Any, weight: Any = None, size_average: Any = None, ignore_index: int = -100, reduce: Any = None,
    reduction: str = "mean", label_smoothing: float = 0.0,
) -> Any:  # fmt: skip
    """The cross entropy of scores and target classes or probabilities."""
    number = _reduction(reduction, size_average, reduce)
    return _op("cross_entropy_loss")(input, target, weight, number, ignore_index, label_smoothing)
