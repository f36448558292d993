"""Which memory format PyTorch takes a tensor to be in."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight.ops import layout


def like_channels_last(array: Any) -> bool:
    """Whether the strides of a 4-d or 5-d array say that its channels come last; other layouts in between count as row by row."""
    if array.ndim not in (4, 5):
        return False
    strides, shape = array.strides, array.shape
    channel = strides[1]
    if channel == 0 or strides[-1] == array.itemsize and shape[1] > 1 and shape[-1] > 1:
        return False
    least = 0
    for dim in (1, *range(array.ndim - 1, 1, -1), 0):
        if shape[dim] == 0 or strides[dim] < least or dim == 0 and least == channel:
            return False
        least = strides[dim]
        if shape[dim] > 1:
            least *= shape[dim]
    return True


def channels_last_strides(shape: Any) -> list[int]:
    """The strides, in elements, of a tensor whose channels come last."""
    strides = [0] * len(shape)
    step = 1
    for dim in (1, *range(len(shape) - 1, 1, -1), 0):
        strides[dim] = step
        step *= max(shape[dim], 1)
    return strides


def empty_channels_last(shape: Any, np_dtype: Any) -> Any:
    """A new array whose channels come last in memory."""
    return layout.empty_strided(shape, channels_last_strides(shape), np_dtype)


def empty_like_format(shape: Any, np_dtype: Any, *operands: Any) -> Any:
    """A new array, channels last if that is how an operand of as many dimensions lies, else row by row."""
    if any(like_channels_last(operand) and operand.ndim == len(shape) for operand in operands):
        return empty_channels_last(shape, np_dtype)
    return np.empty(shape, np_dtype)
