"""Pooling over windows that share the input out, at random distances (fractional), and the inverse of maximum pooling."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.tensor import shape_text
from rushlight.ops import layout
from rushlight.ops.carriers import zeros
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.determinism import alert
from rushlight.ops.formats import channels_last_strides, empty_like_format, like_channels_last
from rushlight.ops.later import later
from rushlight.ops.pooling import Frame, gathered, placed
from rushlight.ops.pooling_checks import check_dimensions, not_implemented
from rushlight.ops.reduce_common import widened

kernels = later("kernels_pooling")


def _shares(size: int, places: int) -> tuple[Any, Any]:
    """Where windows that share `size` elements out start and end."""
    at = np.arange(places)
    return at * size // places, -(-(at + 1) * size // places)


def _adaptive_taps(size: int, places: int) -> kernels.Taps:
    if places and size % places == 0:
        step = size // places
        return kernels.regular_taps(size, places, step, step, 0, 1)
    return kernels.irregular_taps(*_shares(size, places))


def _check_empty(name: str, self: Any, first: int) -> None:
    for dim in range(first, self.ndim):
        if self.shape[dim] == 0:
            raise RuntimeError(
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes "
                f"{shape_text(self.shape)} with dimension {dim} being empty"
            )


# ---------------------------------------------------------------- averages


def _avg_checked(name: str, self: Any, output_size: Any, count: int) -> None:
    if len(output_size) != count:
        raise RuntimeError(f"{name}: output_size must be {count}")
    if any(size < 0 for size in output_size):
        listed = f"{{{output_size[0]}, {output_size[1]}" + (f",{output_size[2]}}}" if count == 3 else "}")
        raise RuntimeError(f"{name}: elements of output_size must be greater than or equal to 0 but received {listed}")
    if self.ndim not in (count + 1, count + 2):
        raise RuntimeError(f"{name}(): Expected {count + 1}D or {count + 2}D tensor, but got {shape_text(self.shape)}")
    _check_empty(name, self, self.ndim - count if count == 2 else self.ndim - count - 1)
    if self.dtype.kind in "biuc" and (self.size or count == 3):
        raise not_implemented(name if count == 2 else "adaptive_avg_pool3d_cpu", self)


def _counts(sizes: Any, places: Any, frame: Frame) -> Any:
    total: Any = np.ones((), np.int64)
    for size, place in zip(sizes, places):
        starts, ends = _shares(size, place)
        total = total[..., None] * (ends - starts)
    total = total.astype(frame.array.dtype)
    return total[..., None] if frame.last else total


def _averages(self: Any, output_size: Any, count: int) -> Any:
    shape = (*self.shape[: self.ndim - count], *output_size)
    if not self.size or 0 in shape:
        return empty_like_format(shape, self.dtype, self)
    frame = Frame(self, count)
    found = frame.array
    for axis, place, size in zip(frame.axes, output_size, self.shape[-count:]):
        found = kernels.sum_taps(found, axis, place, _adaptive_taps(size, place))
    result = frame.back(np.divide(found, _counts(self.shape[-count:], output_size, frame), out=found))
    return layout.row_major(result) if count == 3 else result


def _spread(grad: Any, self: Any, count: int) -> Any:
    """The gradient of _averages."""
    sizes, places = self.shape[-count:], grad.shape[-count:]
    if not self.size or not grad.size:
        return np.zeros(self.shape, grad.dtype)
    frame = Frame(self, count)
    found = widened(np.moveaxis(grad, 1, -1) if frame.last else grad) / _counts(sizes, places, frame)
    for axis, size, place in reversed(list(zip(frame.axes, sizes, places))):
        found = kernels.spread_taps(found, axis, size, _adaptive_taps(size, place))
    result = frame.back(found, grad.dtype)
    return layout.row_major(result) if count == 3 else result


def _avg_operators(count: int) -> Any:
    name = f"adaptive_avg_pool{count}d"

    @op(f"_{name}", grad_fn=f"AdaptiveAvgPool{count}DBackward0", self=lambda grad, self: gradient(grad, self))
    def pool(self: Any, output_size: Any) -> Any:
        _avg_checked(name, self, output_size, count)
        return _averages(self, output_size, count)

    @op(
        f"_{name}_backward", grad_fn=f"AdaptiveAvgPool{count}DBackwardBackward0", tensors=("grad_output", "self"),
        grad_output=lambda grad, grad_output_sym_sizes: pool(grad, tuple(grad_output_sym_sizes[-count:])),
        self=lambda grad, self_sym_sizes: zeros(grad, self_sym_sizes),
    )  # fmt: skip
    def gradient(grad_output: Any, self: Any) -> Any:
        return _spread(grad_output, self, count)

    @composite(name)
    def pool_or_mean(self: Any, output_size: Any) -> Any:
        _avg_sizes(name, output_size, count)
        if all(size == 1 for size in output_size) and self.ndim >= count:
            found = REGISTRY["mean.dim"](self, list(range(-1, -count - 1, -1)), True)
            return _last(self, found, count)
        return pool.apply([self, output_size])

    return pool_or_mean


def _avg_sizes(name: str, output_size: Any, count: int) -> None:
    if len(output_size) != count:
        raise RuntimeError(f"{name}: output_size must be {count}")


def _last(self: Any, found: Any, count: int) -> Any:
    """A mean laid out as channels last, if that is how the images lie."""
    if self.ndim == count + 2 and not self._flags and like_channels_last(self._array):
        found.as_strided_(tuple(found.shape), channels_last_strides(found.shape))
    return found


adaptive_avg_pool2d = _avg_operators(2)
adaptive_avg_pool3d = _avg_operators(3)


def _one_size(name: str, output_size: Any) -> None:
    if len(output_size) != 1:
        raise RuntimeError(f"{name}() argument 'output_size' should contain one int (got {len(output_size)})")


@composite("adaptive_avg_pool1d")
def adaptive_avg_pool1d(self: Any, output_size: Any) -> Any:
    """Averages over windows that share lines out."""
    check_dimensions(self, "adaptive_avg_pool1d")
    _one_size("adaptive_avg_pool1d", output_size)
    return REGISTRY["squeeze.dim"](adaptive_avg_pool2d(REGISTRY["unsqueeze"](self, -2), (1, *output_size)), -2)


# ---------------------------------------------------------------- maxima


def _max_operators(count: int) -> Any:
    name = f"adaptive_max_pool{count}d"

    @op(
        name, grad_fn=f"AdaptiveMaxPool{count}DBackward0", outputs=("result0", "result1"), pack=tuple,
        self=lambda grad, self, result1: gradient(grad, self, result1),
    )  # fmt: skip
    def pool(self: Any, output_size: Any) -> Any:
        _max_checked(name, self, output_size, count)
        shape = (*self.shape[: self.ndim - count], *output_size)
        if not self.size or 0 in shape:
            return empty_like_format(shape, self.dtype, self), empty_like_format(shape, np.dtype(np.int64), self)
        frame = Frame(self, count)
        sizes = self.shape[-count:]
        taps = [_adaptive_taps(size, place) for size, place in zip(sizes, output_size)]
        starts = [_shares(size, place)[0] for size, place in zip(sizes, output_size)]
        best, where = kernels.max_with_places(frame.array, frame.axes, list(output_size), taps, starts, [1] * count)
        best, where = frame.back(best), frame.back(where, np.dtype(np.int64))
        return (layout.row_major(best), layout.row_major(where)) if count == 3 else (best, where)

    @op(
        f"{name}_backward", grad_fn=f"AdaptiveMaxPool{count}DBackwardBackward0", tensors=("grad_output", "self", "indices"),
        grad_output=lambda grad, indices: gathered(grad, indices, count), self=lambda grad, self_sym_sizes: zeros(grad, self_sym_sizes),
    )  # fmt: skip
    def gradient(grad_output: Any, self: Any, indices: Any) -> Any:
        found = placed(grad_output, indices, self, count, True)
        return layout.row_major(found) if count == 3 else found

    return pool


def _max_checked(name: str, self: Any, output_size: Any, count: int) -> None:
    if self.ndim not in (count + 1, count + 2):
        raise RuntimeError(f"{name}(): Expected {count + 1}D or {count + 2}D tensor, but got: {shape_text(self.shape)}")
    _check_empty(name, self, self.ndim - count - 1)
    if len(output_size) != count:
        raise RuntimeError(f"{name}(): internal error: output_size.size() must be {count}")
    _no_negative((*self.shape[: self.ndim - count], *output_size))
    if self.dtype.kind in "biuc":
        raise not_implemented(name if count == 2 else "adaptive_max_pool3d_cpu", self)


def _no_negative(shape: Any) -> None:
    for size in shape:
        if size < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {size}: {shape_text(shape)}")


adaptive_max_pool2d = _max_operators(2)
adaptive_max_pool3d = _max_operators(3)


@composite("adaptive_max_pool1d")
def adaptive_max_pool1d(self: Any, output_size: Any) -> Any:
    """Maxima over windows that share lines out, and their places."""
    check_dimensions(self, "adaptive_max_pool1d")
    _one_size("adaptive_max_pool1d", output_size)
    _check_empty("adaptive_max_pool1d", self, self.ndim - 2)
    values, indices = adaptive_max_pool2d.apply([REGISTRY["unsqueeze"](self, -2), (1, *output_size)])
    return REGISTRY["squeeze.dim"](values, -2), REGISTRY["squeeze.dim"](indices, -2)


# ---------------------------------------------------------------- fractional: windows at random distances


def _check_samples(self: Any, samples: Any, count: int) -> None:
    if samples.dtype is not self.dtype:
        raise RuntimeError("Expect _random_samples to have the same dtype as input")
    if samples.ndim != 3:
        raise RuntimeError(f"Expect _random_samples to have 3 dimensions, got {samples.ndim}")
    lead = self.shape[: self.ndim - count]
    batch = lead[0] if len(lead) == 2 else 1
    if samples.shape[0] < batch:
        raise RuntimeError("Expect _random_samples.size(0) no less then input batch size.")
    if samples.shape[1] != lead[-1]:
        raise RuntimeError("Expect _random_samples.size(1) equals to input channel size.")
    if samples.shape[2] != count:
        raise RuntimeError(f"Expect _random_samples.size(2) equals to {count}; got {samples.shape[2]}.")


def _check_fractional(name: str, self: Any, kernel: Any, output: Any, count: int) -> None:
    words = "Ints" if count == 2 else "three Ints"
    for label, values in (("kernel_size", kernel), ("output_size", output)):
        if len(values) != count:
            raise RuntimeError(f"{name}: {label} must either be a single Int or tuple of {words}")
    where = f"{name}()" if count == 2 else f"{name}_out()"
    if self.ndim not in (count + 1, count + 2):
        raise RuntimeError(f"{where}: Expected {count + 1}D or {count + 2}D tensor, but got: {shape_text(self.shape)}")
    for dim in range(self.ndim - count - 1, self.ndim):
        if self.shape[dim] == 0:
            raise RuntimeError(
                f"{where}: Expected input to have non-zero size for non-batch dimensions, but got{shape_text(self.shape)} with dimension "
                f"{dim} being empty."
            )
    for label, size, pool, place in zip(("time", "height", "width")[3 - count :], self.shape[-count:], kernel, output):
        if place + pool - 1 + (count == 3) > size:
            raise RuntimeError(f"{where}: pool {label} {pool} too large relative to input {label} {size}")
    if self.dtype.kind in "biuc":
        raise not_implemented(f"{name}_out_frame", self)


def _intervals(samples: Any, size: int, kernel: int, places: int) -> Any:
    """(planes, places): where the windows start along one dimension."""
    last = np.full((samples.size, 1), size - kernel)
    if places <= 1:
        return last[:, :places]
    scale = samples.dtype.type(size - kernel) / samples.dtype.type(places - 1)
    at = np.arange(places - 1, dtype=samples.dtype)
    found = ((at + samples[:, None]) * scale).astype(np.int64) - (samples[:, None] * scale).astype(np.int64)
    return np.concatenate([found, last], axis=1)


def _fractional(name: str, count: int, self: Any, kernel_size: Any, output_size: Any, random_samples: Any) -> Any:
    kernel, places = tuple(kernel_size), tuple(output_size)
    _check_fractional(name, self, kernel, places, count)
    _check_samples(self, random_samples, count)
    sizes, lead = self.shape[-count:], self.shape[: self.ndim - count]
    planes = math.prod(lead)
    values = np.ascontiguousarray(widened(self)).reshape(planes, math.prod(sizes))
    samples = random_samples[: lead[0] if len(lead) == 2 else 1].reshape(planes, count)
    origin: Any = np.zeros((planes, *[1] * count), np.int64)
    for dim in range(count):  # PyTorch's samples run from the last dimension in two dimensions
        order = count - 1 - dim if count == 2 else dim
        starts = _intervals(samples[:, order], sizes[dim], kernel[dim], places[dim])
        shape = [planes, *[1] * count]
        shape[dim + 1] = places[dim]
        origin = origin * sizes[dim] + starts.reshape(shape)
    origin = origin.reshape(planes, math.prod(places))
    best = np.full(origin.shape, -math.inf, values.dtype)
    where = origin.copy()
    for tap in np.ndindex(*kernel):
        offset = 0
        for at, size in zip(tap, sizes):
            offset = offset * size + at
        found = np.take_along_axis(values, origin + offset, 1)
        larger = (found > best) | np.isnan(found)
        np.copyto(best, found, where=larger)
        np.copyto(where, origin + offset, where=larger)
    return best.astype(self.dtype, copy=False).reshape(*lead, *places), where.reshape(*lead, *places)


def _fractional_operators(count: int) -> Any:
    name = f"fractional_max_pool{count}d"

    @op(
        name, grad_fn=f"FractionalMaxPool{count}DBackward0", tensors=("self", "random_samples"), outputs=("result0", "result1"), pack=tuple,
        self=lambda grad, self, kernel_size, output_size, result1: gradient(grad, self, kernel_size, output_size, result1),
    )  # fmt: skip
    def pool(self: Any, kernel_size: Any, output_size: Any, random_samples: Any) -> Any:
        return _fractional(name, count, self, kernel_size, output_size, random_samples)

    @op(
        f"{name}_backward", grad_fn=f"FractionalMaxPool{count}DBackwardBackward0", tensors=("grad_output", "self", "indices"),
        grad_output=lambda grad, indices: gathered(grad, indices, count), self=lambda grad, self_sym_sizes: zeros(grad, self_sym_sizes),
    )  # fmt: skip
    def gradient(grad_output: Any, self: Any, kernel_size: Any, output_size: Any, indices: Any) -> Any:
        return layout.row_major(placed(grad_output, indices, self, count, True))

    return pool


fractional_max_pool2d = _fractional_operators(2)
fractional_max_pool3d = _fractional_operators(3)


# ---------------------------------------------------------------- max_unpool


def _unpooled(name: str, count: int, self: Any, indices: Any, output_size: Any) -> Any:
    label = f"max_unpooling{count}d"
    alert(f"{label}_forward_out")
    words = "exactly two elements (height, width)" if count == 2 else "exactly three elements (depth, height, width)"
    if indices.dtype.char not in "lq":
        but = f" but got: {dtypes.of(indices).cpp}" if count == 2 else ""
        raise RuntimeError(f"elements in indices should be type int64{but}")
    if len(output_size) != count:
        raise RuntimeError(f"There should be {words} in output_size, but got {len(output_size)} elements.")
    if any(size < 0 for size in output_size):
        sizes = ", ".join(map(str, output_size))
        raise RuntimeError(f"{label}(): output_size must contain non-negative spatial dimensions, but got output_size=({sizes})")
    if self.ndim not in (count + 1, count + 2):
        raise RuntimeError(
            f"Input to {label} should be a {count + 1}d or {count + 2}d Tensor, but got a tensor with {self.ndim} dimensions."
        )
    if self.shape != indices.shape:
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({shape_text(self.shape)}) but got indices tensor with "
            f"shape: {shape_text(indices.shape)}"
        )
    for dim in range(1, self.ndim) if self.ndim == count + 2 else range(self.ndim):
        if self.shape[dim] == 0:
            raise RuntimeError(
                f"{label}_forward_out_cpu(): Expected input to have non-zero size for non-batch dimensions, but got "
                f"{shape_text(self.shape)} with dimension {dim} being empty."
            )
    if self.dtype.kind in "biuc":
        raise not_implemented(name, self)
    return _put(self, indices, tuple(output_size), count)


def _put(self: Any, indices: Any, output_size: Any, count: int) -> Any:
    size = math.prod(output_size)
    bad = (indices < 0) | (indices >= size)
    if bad.any():
        sizes = "x".join(map(str, output_size))
        raise RuntimeError(f"Found an invalid max index: {int(indices[bad][-1])} (output volumes are of size {sizes})")
    lead = self.shape[: self.ndim - count]
    planes = math.prod(lead)
    whole = np.zeros(planes * size, self.dtype)
    if self.size:
        whole[(indices.reshape(planes, -1) + np.arange(planes)[:, None] * size).reshape(-1)] = self.reshape(-1)
    result = empty_like_format((*lead, *output_size), self.dtype, self) if count == 2 else np.empty((*lead, *output_size), self.dtype)
    result[...] = whole.reshape(result.shape)
    return result


@op("max_unpool2d", grad_fn="MaxUnpool2DBackward0", tensors=("self", "indices"), self=lambda grad, indices: gathered(grad, indices, 2))
def max_unpool2d(self: Any, indices: Any, output_size: Any) -> Any:
    """Planes of zeros with elements at their indices."""
    return _unpooled("max_unpool2d", 2, self, indices, output_size)


@op("max_unpool3d", grad_fn="MaxUnpool3DBackward0", tensors=("self", "indices"), self=lambda grad, indices: gathered(grad, indices, 3))
def max_unpool3d(self: Any, indices: Any, output_size: Any, stride: Any, padding: Any) -> Any:
    """Volumes of zeros with elements at their indices."""
    for label, values in (("stride", stride), ("padding", padding)):
        if len(output_size) == 3 and len(values) != 3:
            raise RuntimeError(
                f"There should be exactly three elements (depth, height, width) in {label}, but got: {len(values)} elements."
            )
    if len(output_size) == 3 and any(value <= 0 for value in stride):
        raise RuntimeError(f"strides should be greater than zero, but got stride: {shape_text(tuple(stride))}")
    return _unpooled("max_unpool3d", 3, self, indices, output_size)
