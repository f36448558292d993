"""Padding and other functions of images."""

from __future__ import annotations

from typing import Any

from rushlight.nn.functional._operators import operator as _op


def pad(input: Any, pad: Any, mode: str = "constant", value: Any = None) -> Any:
    """Entries around a tensor, pairs (before, after) from the last dimension on."""
    return _op("pad")(input, pad, mode, value)


def unfold(input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """The blocks of a batch of images that a kernel slides over, each as a column."""
    return _op("im2col")(input, _pair(kernel_size), _pair(dilation), _pair(padding), _pair(stride))


def fold(input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Images with each block's column added at its place."""
    return _op("col2im")(input, _pair(output_size), _pair(kernel_size), _pair(dilation), _pair(padding), _pair(stride))


def _pair(value: Any) -> Any:
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)
