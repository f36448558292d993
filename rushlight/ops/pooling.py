"""Maximum and average pooling over windows of one size. How windows are gone through is in `kernels_pooling.py`."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from rushlight._core import loops
from rushlight._core.state import GRAD, MODE
from rushlight._core.tensor import TensorBase
from rushlight.ops import layout
from rushlight.ops.carriers import zeros
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.formats import channels_last_strides, empty_like_format, like_channels_last
from rushlight.ops.later import later
from rushlight.ops.pooling_checks import check_dimensions, check_max_pool1d, check_single, expand, not_implemented, pooled_sizes
from rushlight.ops.reduce_common import widened

kernels = later("kernels_pooling")

# Maxima with their places in C: None where it declines, and always in the pure form. Maxima alone are cheaper by taps, but for few.
_native_max, SMALL = loops.helper("max_pool"), 4096


class Frame:
    """An array turned so that pooled dimensions lie well for it, and results turned back."""

    def __init__(self, array: Any, count: int) -> None:
        self.last = like_channels_last(array) and array.ndim == count + 2
        self.count, self.ndim, self.np_dtype = count, array.ndim, array.dtype
        self.array = widened(np.moveaxis(array, 1, -1) if self.last else array)
        self.axes = list(range(1, count + 1)) if self.last else list(range(array.ndim - count, array.ndim))

    def back(self, found: Any, np_dtype: Any = None) -> Any:
        """A result in the input's dtype and memory format."""
        found = found.astype(np_dtype or self.np_dtype, copy=False)
        if not self.last:
            return layout.row_major(found)
        turned = np.moveaxis(found, -1, 1)
        return layout.laid_out(turned, channels_last_strides(turned.shape))


def gathered(self: Any, indices: Any, count: int) -> Any:
    """The elements of each plane (the last `count` dimensions) at indices; of arrays or tensors."""
    lead = tuple(self.shape[: self.ndim - count])
    planes = (*lead, math.prod(self.shape[self.ndim - count :]))
    flat = (*lead, math.prod(indices.shape[self.ndim - count :]))
    if isinstance(self, TensorBase):
        found = REGISTRY["gather"](REGISTRY["reshape"](self, planes), -1, REGISTRY["reshape"](indices, flat), False)
        return REGISTRY["view"](found, tuple(indices.shape))
    return np.take_along_axis(self.reshape(planes), indices.reshape(flat), -1).reshape(indices.shape)


def placed(grad: Any, indices: Any, like: Any, count: int, overlap: bool) -> Any:
    """The transpose of gathered(): gradients added at indices of planes of zeros shaped (and laid out) as `like`."""
    planes = math.prod(like.shape[: like.ndim - count])
    size = math.prod(like.shape[like.ndim - count :])
    found = narrowed(kernels.put_planes(widened(grad), indices, planes, size, overlap).reshape(like.shape), grad.dtype)
    if like_channels_last(like):
        return layout.laid_out(found, channels_last_strides(like.shape))
    return found


# ---------------------------------------------------------------- maxima


@lru_cache(maxsize=1024)
def _windows(sizes: Any, places: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> list[Any]:
    return [
        kernels.regular_taps(size, place, k, s, p, d) for size, place, k, s, p, d in zip(sizes, places, kernel, stride, padding, dilation)
    ]


def _options(name: str, count: int, kernel: Any, stride: Any, padding: Any, dilation: Any) -> list[tuple[int, ...]]:
    kernel = expand(name, "kernel_size", kernel, count)
    stride = expand(name, "stride", stride, count, kernel)
    return [kernel, stride, expand(name, "padding", padding, count), expand(name, "dilation", dilation, count)]


# What has been found of earlier calls with the same sizes and settings, which are right then.
_PLANS: dict[Any, tuple[list[tuple[int, ...]], tuple[int, ...]]] = {}


def _planned(name: str, count: int, self: Any, given: Any, ceil_mode: bool) -> tuple[list[tuple[int, ...]], tuple[int, ...]]:
    """The options for each dimension, and the sizes of results."""
    key = (name, self.shape, *map(tuple, given), ceil_mode)
    found = _PLANS.get(key)
    if found is None:
        options = _options(name, count, *given)
        found = options, pooled_sizes(name, self, *options, ceil_mode)
        if len(_PLANS) >= 1024:
            _PLANS.clear()
        _PLANS[key] = found
    return found


def _checked(name: str, count: int, self: Any, given: Any, ceil_mode: bool) -> tuple[list[tuple[int, ...]], tuple[int, ...]]:
    found = _planned(name, count, self, given, ceil_mode)
    if self.dtype.char in "?FDHILQ" and self.size:
        raise not_implemented(name, self)
    return found


def _max_pool(name: str, count: int, self: Any, *settings: Any) -> Any:
    """Maxima and their places."""
    *given, ceil_mode = settings
    options, places = _checked(name, count, self, given, ceil_mode)
    _, stride, padding, dilation = options
    shape = (*self.shape[: self.ndim - count], *places)
    if not self.size:
        return empty_like_format(shape, self.dtype, self), empty_like_format(shape, np.dtype(np.int64), self)
    frame = Frame(self, count)
    taps = _windows(self.shape[-count:], places, *options)
    starts = [np.arange(place) * s - p for place, s, p in zip(places, stride, padding)]
    best, where = kernels.max_with_places(frame.array, frame.axes, places, taps, starts, dilation)
    return frame.back(best), frame.back(where, np.dtype(np.int64))


def _max_values(name: str, count: int, self: Any, *settings: Any) -> Any:
    """Maxima alone."""
    *given, ceil_mode = settings
    if count == 2 and self.size <= SMALL:
        found = _native_max(self, *settings)
        if found is not None:
            return found[0]
    options, places = _checked(name, count, self, given, ceil_mode)
    if not self.size:
        return empty_like_format((*self.shape[: self.ndim - count], *places), self.dtype, self)
    frame = Frame(self, count)
    found = frame.array
    for axis, place, taps in zip(frame.axes, places, _windows(self.shape[-count:], places, *options)):
        found = kernels.max_taps(found, axis, place, taps)
    return frame.back(found)


def _max_operators(count: int) -> Any:
    name, node = f"max_pool{count}d", f"MaxPool{count}DWithIndicesBackward0"

    def backward(
        grad: Any, self: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: Any, result1: Any
    ) -> Any:
        return gradient(grad, self, kernel_size, stride, padding, dilation, ceil_mode, result1)

    @op(f"{name}_with_indices", grad_fn=node, outputs=("result0", "result1"), pack=tuple, self=backward)
    def pool(
        self: Any, kernel_size: Any, stride: Any = (), padding: Any = (0,), dilation: Any = (1,), ceil_mode: Any = False
    ) -> Any:
        return _max_pool(name, count, self, kernel_size, stride, padding, dilation, ceil_mode)

    @op(
        f"{name}_with_indices_backward", grad_fn=f"MaxPool{count}DWithIndicesBackwardBackward0", tensors=("grad_output", "self", "indices"),
        writes=(0, 1), grad_output=lambda grad, indices: gathered(grad, indices, count),
        self=lambda grad, self_sym_sizes: zeros(grad, self_sym_sizes),
    )  # fmt: skip
    def gradient(
        grad_output: Any, self: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: Any, indices: Any
    ) -> Any:
        if grad_output.dtype.kind in "biuc":
            raise not_implemented(f"{name}_backward", grad_output)
        kernel, stride, _, _ = _options(name, count, kernel_size, stride, padding, dilation)
        overlap = any(step < size for step, size in zip(stride, kernel)) or any(value > 1 for value in dilation)
        return placed(grad_output, indices, self, count, overlap)

    @op(f"_{name}_values", kind="internal")
    def values(self: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: Any) -> Any:
        return _max_values(name, count, self, kernel_size, stride, padding, dilation, ceil_mode)

    @composite(name)
    def pool_values(self: Any, *options: Any) -> Any:
        if self.requires_grad and MODE.get() & GRAD or self._flags:
            return pool.apply([self, *options])[0]
        return values.apply([self, *options])

    return pool


max_pool2d_with_indices = _max_operators(2)
max_pool3d_with_indices = _max_operators(3)


@composite("max_pool1d_with_indices")
def max_pool1d_with_indices(self: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: Any) -> Any:
    """Maxima over windows of lines, and their places."""
    check_dimensions(self, "max_pool1d")
    check_single("max_pool1d", kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation)
    stride = stride or kernel_size
    lines = REGISTRY["unsqueeze"](self, -2)
    values, indices = max_pool2d_with_indices.apply(
        [lines, (1, *kernel_size), (1, *stride), (0, *padding), (1, *dilation), ceil_mode]
    )
    return REGISTRY["squeeze.dim"](values, -2), REGISTRY["squeeze.dim"](indices, -2)


@composite("max_pool1d")
def max_pool1d(self: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: Any) -> Any:
    """Maxima over windows of lines."""
    check_max_pool1d(self, ceil_mode, kernel_size=kernel_size, stride=stride or kernel_size, padding=padding, dilation=dilation)
    if not self.dtype.is_floating_point:
        raise not_implemented("max_pool1d_impl", self._array)
    return max_pool1d_with_indices(self, kernel_size, stride, padding, dilation, ceil_mode)[0]


# ---------------------------------------------------------------- averages


def _divisor(sizes: Any, places: Any, options: Any, count_include_pad: bool, divisor_override: Any, np_dtype: Any) -> Any:
    """What the sums over windows are divided by: a number, or an array over the places."""
    if divisor_override is not None:
        return divisor_override
    total: Any = np.ones((), np.int64)
    for size, place, k, s, p in zip(sizes, places, *options[:3]):
        starts = np.arange(place) * s - p
        ends = np.minimum(starts + k, size + p)
        if not count_include_pad:
            starts, ends = np.maximum(starts, 0), np.minimum(ends, size)
        total = total[..., None] * (ends - starts)
    if total.size and (total == total.flat[0]).all():
        return int(total.flat[0])
    return total.astype(np_dtype)


def _divided(total: Any, divisor: Any, frame: Frame) -> None:
    if isinstance(divisor, np.ndarray) and frame.last:
        divisor = divisor[..., None]
    if total.dtype.kind in "iu":
        quotient = np.abs(total) // np.abs(divisor) * np.sign(total) * np.sign(divisor)
        total[...] = quotient
    elif isinstance(divisor, np.ndarray) or divisor != 1:
        np.divide(total, divisor, out=total)


def _avg_options(name: str, count: int, kernel: Any, stride: Any, padding: Any, divisor_override: Any) -> list[tuple[int, ...]]:
    options = _options(name, count, kernel, stride, padding, (1,))
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    return options


def _avg_pool(
    name: str, count: int, self: Any, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool, count_include_pad: bool,
    divisor_override: Any,
) -> Any:  # fmt: skip
    if divisor_override == 0:
        _avg_options(name, count, kernel_size, stride, padding, 0)
    options, places = _planned(name, count, self, (kernel_size, stride, padding, (1,)), ceil_mode)
    shape = (*self.shape[: self.ndim - count], *places)
    if self.dtype.char not in ("efdElq" if count == 2 else "fdlq"):
        raise not_implemented(name if count == 2 else "avg_pool3d_out_frame", self)
    if not self.size:
        return empty_like_format(shape, self.dtype, self)
    frame = Frame(self, count)
    found = frame.array
    for axis, place, taps in zip(frame.axes, places, _windows(self.shape[-count:], places, *options)):
        found = kernels.sum_taps(found, axis, place, taps)
    _divided(found, _divisor(self.shape[-count:], places, options, count_include_pad, divisor_override, found.dtype), frame)
    result = frame.back(found)
    return layout.row_major(result) if count == 3 else result


def _avg_gradient(
    name: str, count: int, grad: Any, self: Any, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool, count_include_pad: bool,
    divisor_override: Any,
) -> Any:  # fmt: skip
    options = _avg_options(name, count, kernel_size, stride, padding, divisor_override)
    sizes, places = self.shape[-count:], grad.shape[-count:]
    if not grad.size:
        return np.zeros(self.shape, grad.dtype)
    like = Frame(self, count)
    frame = Frame(grad, count)
    frame.last, frame.axes = like.last, like.axes
    frame.array = widened(np.moveaxis(grad, 1, -1) if like.last else grad)
    found = np.array(frame.array, order="C")
    _divided(found, _divisor(sizes, places, options, count_include_pad, divisor_override, found.dtype), frame)
    windows = list(zip(frame.axes, sizes, _windows(sizes, places, *options)))
    for axis, size, taps in reversed(windows):
        found = kernels.spread_taps(found, axis, size, taps)
    result = frame.back(found)
    return layout.row_major(result) if count == 3 else result


def _avg_operators(count: int) -> Any:
    name = f"avg_pool{count}d"

    def backward(
        grad: Any, self: Any, kernel_size: Any, stride: Any, padding: Any, ceil_mode: Any, count_include_pad: Any, divisor_override: Any
    ) -> Any:
        return gradient(grad, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)

    def again(
        grad: Any, kernel_size: Any, stride: Any, padding: Any, ceil_mode: Any, count_include_pad: Any, divisor_override: Any
    ) -> Any:
        return pool(grad, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)

    @op(name, grad_fn=f"AvgPool{count}DBackward0", self=backward)
    def pool(
        self: Any, kernel_size: Any, stride: Any = (), padding: Any = (0,), ceil_mode: Any = False, count_include_pad: Any = True,
        divisor_override: Any = None,
    ) -> Any:  # fmt: skip
        return _avg_pool(name, count, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)

    @op(
        f"{name}_backward", grad_fn=f"AvgPool{count}DBackwardBackward0", tensors=("grad_output", "self"), grad_output=again,
        self=lambda grad, self_sym_sizes: zeros(grad, self_sym_sizes),
    )  # fmt: skip
    def gradient(
        grad_output: Any, self: Any, kernel_size: Any, stride: Any, padding: Any, ceil_mode: Any, count_include_pad: Any,
        divisor_override: Any,
    ) -> Any:  # fmt: skip
        return _avg_gradient(
            name, count, grad_output, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        )

    return pool


avg_pool2d = _avg_operators(2)
avg_pool3d = _avg_operators(3)


@composite("avg_pool1d")
def avg_pool1d(self: Any, kernel_size: Any, stride: Any, padding: Any, ceil_mode: Any, count_include_pad: Any) -> Any:
    """Averages over windows of lines."""
    check_dimensions(self, "avg_pool1d")
    check_single("avg_pool1d", kernel_size=kernel_size, stride=stride, padding=padding)
    stride = stride or kernel_size
    lines = REGISTRY["unsqueeze"](self, -2)
    found = avg_pool2d.apply([lines, (1, *kernel_size), (1, *stride), (0, *padding), ceil_mode, count_include_pad, None])
    return REGISTRY["squeeze.dim"](found, -2)
