"""What reductions share: dimensions, accumulation dtypes, and the gradients' way back to the input's shape."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from rushlight._core import dtypes, loops
from rushlight._core.tensor import TensorBase
from rushlight.ops.carriers import array_of, written, zeros
from rushlight.ops.casting import FLOAT32 as FLOAT32, as_dtype, is_half as is_half, narrowed as narrowed, widened as widened
from rushlight.ops.declare import REGISTRY
from rushlight.ops.view import wrap_dim

FLOAT64 = np.dtype(np.float64)
INT64 = np.dtype(np.int64)


def axes_of(dim: Any, ndim: int) -> Any:
    """A `dim` argument as NumPy's axis: None for all dimensions (also for an empty list), else a tuple."""
    if dim is None:
        return None
    if isinstance(dim, int):
        dim = (dim,)
    if not dim:
        return None
    if len(dim) == 1:
        axis = wrap_dim(dim[0], ndim)
        return (axis,) if ndim else None
    axes: list[int] = []
    for entry in dim:
        axis = wrap_dim(entry, ndim)
        if axis in axes:
            raise RuntimeError(f"dim {axis} appears multiple times in the list of dims")
        axes.append(axis)
    return tuple(axes) if ndim else None


def row_major(array: Any) -> Any:
    """The same values laid out row by row, as PyTorch's reductions give them (NumPy follows its operand)."""
    if array.ndim > 1:
        step = array.itemsize
        strides, shape = array.strides, array.shape
        for axis in range(array.ndim - 1, -1, -1):
            if strides[axis] != step:
                return array.copy("C")
            step *= shape[axis] or 1
    return array


def cast(array: Any, dtype: Any) -> Any:
    """An array as a `dtype=` argument asks for (None: as it is)."""
    if dtype is None or array.dtype is dtype.np_dtype:
        return array
    if array.dtype.kind == "c" and not dtype.is_complex:
        return REGISTRY["_to_copy"].kernel(array, dtype)  # which warns of the loss
    return as_dtype(array, dtype.np_dtype)


def reduced_count(shape: Any, axes: Any) -> int:
    """How many elements each result of a reduction takes in."""
    count = 1
    for size in shape if axes is None else [shape[axis] for axis in axes]:
        count *= size
    return count


def count_over(sizes: Any, dim: Any) -> int:
    """reduced_count() for a formula: from saved sizes and the `dim` argument."""
    return reduced_count(sizes, axes_of(dim, len(sizes)))


def not_implemented(kernel: str, array: Any) -> NotImplementedError:
    """PyTorch's error for a kernel that lacks a dtype."""
    return NotImplementedError(f"\"{kernel}\" not implemented for '{dtypes.of(array).cpp}'")


def refuse(kernel: str, array: Any, chars: str) -> None:
    """Raise where `kernel` does not handle the dtype: chars holds NumPy's characters of those it refuses."""
    if array.dtype.char in chars:
        raise not_implemented(kernel, array)


WIDE_UNSIGNED = "HILQ"
COMPLEX = "FD"
NO_ORDER = WIDE_UNSIGNED + COMPLEX


def check_not_empty(name: str, array: Any, axis: int) -> None:
    """Raise where a reduction without identity runs over a dimension of size 0."""
    if array.ndim and array.shape[axis] == 0:
        raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")


# ---------------------------------------------------------------- lines along one dimension


def as_lines(array: Any, axis: int) -> Any:
    """The lines of an array along an axis, as the rows of a matrix (a copy only where the layout needs one)."""
    if array.ndim == 1:
        return array.reshape(1, -1)
    if array.ndim == 0:
        return array.reshape(1, 1)
    moved = np.moveaxis(array, axis, -1) if axis != array.ndim - 1 else array
    count = 1
    for size in moved.shape[:-1]:
        count *= size
    return moved.reshape(count, moved.shape[-1])


def from_lines(rows: Any, shape: Any, axis: int) -> Any:
    """The inverse of as_lines() for rows of any length."""
    if not shape:
        return rows.reshape(())
    outer = [*shape[:axis], *shape[axis + 1 :]]
    return row_major(np.moveaxis(rows.reshape((*outer, rows.shape[1])), -1, axis))


def per_line(entries: Any, shape: Any, axis: int, keepdim: bool) -> Any:
    """One entry per line, in the shape of a reduction over an axis."""
    if not shape:
        return entries.reshape(())
    middle = (1,) if keepdim else ()
    return entries.reshape((*shape[:axis], *middle, *shape[axis + 1 :]))


def take_per_line(rows: Any, positions: Any) -> Any:
    """rows[i, positions[i]] for every row."""
    if rows.shape[0] == 1:
        return rows[0, positions]
    return rows[np.arange(rows.shape[0]), positions]


# ---------------------------------------------------------------- the way back


def restore(value: Any, ndim: int, dim: Any, keepdim: Any) -> Any:
    """A reduction's result (or its gradient) with the reduced dimensions put back as ones; dim None: all of them."""
    if keepdim or ndim == 0:
        return value
    axes = axes_of(dim, ndim)
    if axes is None:
        return value
    if isinstance(value, TensorBase):
        unsqueeze = REGISTRY["unsqueeze"]
        for axis in sorted(axes):
            value = unsqueeze(value, axis)
        return value
    shape = list(value.shape)
    for axis in sorted(axes):
        shape.insert(axis, 1)
    return value.reshape(shape)


def viewed_back(value: Any, sizes: Any, dim: Any, keepdim: Any) -> Any:
    """restore(), recorded as the one view that PyTorch makes for extrema."""
    if keepdim or not isinstance(value, TensorBase):
        return restore(value, len(sizes), dim, keepdim)
    axes = axes_of(dim, len(sizes))
    return REGISTRY["view"](value, [1 if axes is None or axis in axes else size for axis, size in enumerate(sizes)])


_native_expand = loops.kernel("expand")


def expand_back(grad: Any, sizes: Any, dim: Any = None, keepdim: Any = False) -> Any:
    """The gradient of a sum: each result's gradient at every element that it took in."""
    if type(grad) is ndarray and not grad.shape and grad.dtype.char in "fdFD" and 0 not in sizes:
        found = None if _native_expand is None else _native_expand(grad, sizes)
        return ndarray(sizes, grad.dtype, grad, 0, (0,) * len(sizes)) if found is None else found
    if isinstance(grad, TensorBase):
        return REGISTRY["expand"](restore(grad, len(sizes), dim, keepdim), sizes)
    grad = np.asarray(restore(grad, len(sizes), dim, keepdim))
    if 0 in sizes:
        return np.zeros(sizes, grad.dtype)
    if not grad.flags.c_contiguous or not grad.dtype.isbuiltin:
        return np.broadcast_to(grad, sizes)
    # Not np.broadcast_to, which takes ten times as long as this view with strides of 0.
    lead = len(sizes) - grad.ndim
    strides = [0] * lead
    for position, stride in enumerate(grad.strides):
        strides.append(stride if grad.shape[position] == sizes[lead + position] else 0)
    return ndarray(sizes, grad.dtype, grad, 0, strides)


def scatter_selected(grad: Any, dim: int, indices: Any, sizes: Any, keepdim: bool) -> Any:
    """Zeros of the given sizes with gradients at the positions that a reduction over `dim` took."""
    if isinstance(grad, TensorBase):
        if not keepdim and sizes:
            unsqueeze = REGISTRY["unsqueeze"]
            grad, indices = unsqueeze(grad, dim), unsqueeze(indices, dim)
        return written(REGISTRY["scatter.src"](zeros(grad, sizes), dim, indices, grad), 2)
    found = np.zeros(sizes, grad.dtype)
    if not sizes:
        found[...] = grad.reshape(())
        return found
    axis = wrap_dim(dim, len(sizes))
    if not keepdim:
        grad, indices = np.expand_dims(grad, axis), np.expand_dims(indices, axis)
    if grad.size:
        np.put_along_axis(found, indices, grad, axis)
    return found


def any_true(value: Any) -> bool:
    """Whether any element of a tensor or array is true, in any example (for formulas whose text depends on the data)."""
    while isinstance(value, TensorBase) and value._batch is not None:
        value = value._batch.value
    return bool(np.count_nonzero(array_of(value)))


def quotient(number: float, count: float) -> float:
    """number / count as in C: infinite or nan where count is 0."""
    if count:
        return number / count
    return number * float("inf")


def mean_over(value: Any, dim: Any) -> Any:
    """The mean over dimensions, kept, on either carrier."""
    return REGISTRY["mean.dim"](value, dim, True)
