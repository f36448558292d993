"""What the normalisations share: statistics of rows and channels, and the second derivative that is one for all of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes, loops, memory
from rushlight.ops.casting import FLOAT32, as_dtype
from rushlight.ops.declare import REGISTRY
from rushlight.ops.layout import empty_strided

# Rows are worked on so many elements at a time: what is computed from them then stays in the processor's cache.
BLOCK = 1 << 16


def is_half(array: Any) -> bool:
    """Whether an array holds float16 or bfloat16."""
    dtype = dtypes.of(array)
    return dtype.itemsize == 2 and dtype.is_floating_point


def widened(array: Any) -> Any:
    """16-bit floats as float32; other arrays (and None) as they are."""
    return as_dtype(array, FLOAT32) if array is not None and is_half(array) else array


def parameter_dtype(input: Any, *parameters: Any) -> Any:
    """The dtype of weights and statistics: the input's, or float32 beside 16-bit floats. Raises for other mixtures."""
    given = [parameter.dtype for parameter in parameters if parameter is not None]
    if all(dtype == input.dtype for dtype in given):
        return input.dtype
    if any(dtype != np.float32 for dtype in given):
        raise RuntimeError("mixed dtype (CPU): expect parameter to have scalar type of Float")
    if not is_half(input):
        raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")
    return given[0]


def need_float(input: Any, kernel: str) -> None:
    """Refuse integers and complex numbers as the kernel does."""
    if not dtypes.of(input).is_floating_point:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtypes.of(input).cpp}'")


def row_blocks(rows: int, columns: int) -> Any:
    """Slices of rows of about BLOCK elements each."""
    step = max(1, BLOCK // max(columns, 1))
    return [slice(first, first + step) for first in range(0, rows, step)]


def absent() -> Any:
    """What stands for a gradient that was not asked for."""
    return np.empty(0, np.float32)


def only(found: Any, mask: Any) -> Any:
    """Gradients, None for those that were not asked for."""
    return tuple([value if wanted else None for value, wanted in zip(found, mask)])


def is_channels_last(array: Any) -> bool:
    """Whether PyTorch would suggest a channels-last format for a 4- or 5-dimensional tensor."""
    if array.ndim not in (4, 5) or array.flags.c_contiguous:
        return False
    strides = memory.element_strides(array)
    least = 0
    if strides[1] == 0:
        return False
    for dim in (1, *range(array.ndim - 1, 1, -1), 0):
        if array.shape[dim] == 0 or strides[dim] < least or dim == 0 and least == strides[1]:
            return False
        least = strides[dim] * (array.shape[dim] if array.shape[dim] > 1 else 1)
    return True


def new_like(array: Any, np_dtype: Any) -> Any:
    """An uninitialized array in the memory format that PyTorch suggests for `array`."""
    if not is_channels_last(array):
        return np.empty(array.shape, np_dtype)
    channels, *sizes = array.shape[1:]
    strides, step = [0] * len(sizes), channels
    for dim in range(len(sizes) - 1, -1, -1):
        strides[dim] = step
        step *= sizes[dim]
    return empty_strided(array.shape, (step, 1, *strides), np_dtype)


# ---------------------------------------------------------------- rows


# layer_norm in C: None where it declines, and always in the pure form.
_native_norm, _native_norm_backward = loops.helper("layer_norm"), loops.helper("layer_norm_backward")
_FIRST = (True, False, False)


def row_moments(rows: Any, eps: float, found: Any) -> tuple[Any, Any]:
    """Mean and 1 / sqrt(variance + eps) of each row, the normalised rows being written to `found`."""
    count, columns = rows.shape
    native = _native_norm(rows, (columns,), None, None, eps)
    if native is not None:
        found[...] = native[0]
        return native[1].reshape(-1), native[2].reshape(-1)
    means, scales = np.empty(count, rows.dtype), np.empty(count, rows.dtype)
    for block in row_blocks(count, columns):
        source, target = rows[block], found[block]
        mean = np.add.reduce(source, axis=1) / rows.dtype.type(columns)
        np.subtract(source, mean[:, None], out=target)
        scale = 1 / np.sqrt(np.vecdot(target, target) / rows.dtype.type(columns) + rows.dtype.type(eps))
        np.multiply(target, scale[:, None], out=target)
        means[block], scales[block] = mean, scale
    return means, scales


def row_gradients(grad: Any, rows: Any, means: Any, scales: Any, found: Any) -> None:
    """The gradient of normalised rows for the rows, written to `found`."""
    count, columns = rows.shape
    native = _native_norm_backward(grad, rows, (columns,), means, scales, None, None, _FIRST)
    if native is not None:
        found[...] = native[0]
        return
    for block in row_blocks(count, columns):
        part, target, scale = grad[block], found[block], scales[block][:, None]
        normal = np.subtract(rows[block], means[block][:, None])
        np.multiply(normal, scale, out=normal)
        average = np.add.reduce(part, axis=1)[:, None] / grad.dtype.type(columns)
        slope = np.vecdot(part, normal)[:, None] / grad.dtype.type(columns)
        np.subtract(part, average, out=target)
        np.multiply(normal, slope, out=normal)
        np.subtract(target, normal, out=target)
        np.multiply(target, scale, out=target)


# ---------------------------------------------------------------- the second derivative


def _sum(value: Any, axes: Any) -> Any:
    return REGISTRY["sum.dim_IntList"](value, axes, True)


class Normal:
    """A normalised tensor in the gradient formulas of its backward operator: x, its statistics and how they were taken.

    NOTE [ The second derivative of normalisations ]
    With n = (x - mean) * scale and P(v) = v - mean(v) - n * mean(v * n), a backward operator gives
        gx = scale * P(g * w),  gw = sum(g * n),  gb = sum(g).
    P is symmetric, dn = scale * P(dx), and dscale = -scale**2 * mean(n * dx). Hence, for cotangents a, b, c of the three:
        of g: w * scale * P(a) + b * n + c
        of w: the sum of g * scale * P(a)
        of x: scale * P(g * b - scale * (a * mean(g w n) + g w * mean(a n))) - scale**2 * n * S
    where S = mean(a g w) - mean(a) mean(g w) - mean(a n) mean(g w n). With fixed statistics P is the identity and only b's part is left.
    """

    def __init__(self, x: Any, mean: Any, scale: Any, axes: Any, fixed: bool) -> None:
        self.axes, self.fixed, self.scale = axes, fixed, scale
        count = 1
        for axis in axes:
            count *= x.shape[axis]
        self.count = max(count, 1)
        self.normal = (x - mean) * scale

    def average(self, value: Any) -> Any:
        """The mean over what was normalised."""
        return _sum(value, self.axes) / self.count

    def project(self, value: Any) -> Any:
        """P of the note."""
        if self.fixed:
            return value
        return value - self.average(value) - self.normal * self.average(value * self.normal)

    def of_grad(self, cotangents: Any, weight: Any) -> Any:
        """The cotangent of the incoming gradient."""
        a, b, c = cotangents
        parts = []
        if a is not None:
            part = self.scale * self.project(a)
            parts.append(part if weight is None else part * weight)
        if b is not None:
            parts.append(b * self.normal)
        if c is not None:
            parts.append(c)
        found = parts[0]
        for part in parts[1:]:
            found = found + part
        return found

    def of_weight(self, cotangents: Any, grad: Any) -> Any:
        """The cotangent of the weight, not yet summed; None where there is none."""
        a = cotangents[0]
        return None if a is None else grad * (self.scale * self.project(a))

    def of_input(self, cotangents: Any, grad: Any, weight: Any) -> Any:
        """The cotangent of the normalised tensor; None where there is none."""
        a, b, _ = cotangents
        inner = None if b is None else grad * b
        if a is None or self.fixed:
            return None if inner is None else self.scale * self.project(inner)
        weighted = grad if weight is None else grad * weight
        slope, turn = self.average(weighted * self.normal), self.average(a * self.normal)
        part = -self.scale * (a * slope + weighted * turn)
        inner = part if inner is None else inner + part
        spread = self.average(a * weighted) - self.average(a) * self.average(weighted) - turn * slope
        return self.scale * self.project(inner) - self.scale * self.scale * self.normal * spread
