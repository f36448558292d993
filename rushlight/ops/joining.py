"""Operators that join tensors: cat, stack and their kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.tensor import shape_text
from rushlight.ops import carriers, view_composite as shapes
from rushlight.ops.declare import composite, op
from rushlight.ops.formats import empty_channels_last, like_channels_last
from rushlight.ops.view import reshaped, wrap_dim
from rushlight.ops.view_parts import select, slice_tensor


def common_dtype(arrays: Any) -> Any:
    """The dtype that several tensors are joined in (0-d and 1-d alike count as tensors with dimensions)."""
    found = dtypes.of(arrays[0])
    for array in arrays:
        found = dtypes.promote_types(found, dtypes.of(array))
    return found.np_dtype


def _is_skipped(shape: Any) -> bool:
    return len(shape) == 1 and shape[0] == 0


# NOTE [ Empty one-dimensional tensors in cat ]
# Before tensors could have dimensions of size 0, `torch.cat` had to accept tensor([]) beside tensors of any shape. It still does:
# such a tensor takes part in the result's dtype, and in nothing else.
def _check_cat(arrays: Any, dim: int) -> tuple[int, Any]:
    """The dimension made non-negative and the tensors that take part."""
    for position, array in enumerate(arrays):
        if not array.ndim:
            raise RuntimeError(f"zero-dimensional tensor (at position {position}) cannot be concatenated")
    kept = [(position, array) for position, array in enumerate(arrays) if not _is_skipped(array.shape)]
    if not kept:
        return wrap_dim(dim, 1), []
    first = kept[0][1]
    dim = wrap_dim(dim, first.ndim)
    for position, array in kept[1:]:
        if array.ndim != first.ndim:
            raise RuntimeError(f"Tensors must have same number of dimensions: got {first.ndim} and {array.ndim}")
        for axis in range(first.ndim):
            if axis != dim and array.shape[axis] != first.shape[axis]:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {dim}. Expected size {first.shape[axis]} but got size "
                    f"{array.shape[axis]} for tensor number {position} in the list."
                )
    return dim, [array for _, array in kept]


def _cat_backward(grad: Any, tensors_sym_sizes: Any, dim: Any) -> Any:
    kept = [shape for shape in tensors_sym_sizes if not _is_skipped(shape)]
    dim = wrap_dim(dim, len(kept[0]) if kept else 1)
    results: list[Any] = []
    start = 0
    for shape in tensors_sym_sizes:
        if _is_skipped(shape):
            results.append(carriers.zeros(grad, (0,)))
            continue
        results.append(slice_tensor(grad, dim, start, start + shape[dim], 1))
        start += shape[dim]
    return results


def _row_major(array: Any) -> Any:
    return array if array.flags.c_contiguous else np.ascontiguousarray(array)


# The key " tensors" (with a space) tells the formula's name from the setting `tensors`.
@op("cat", tensors=("tensors",), **{" tensors": _cat_backward})
def cat(tensors: Any, dim: Any = 0) -> Any:
    """Tensors in a row along a dimension."""
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    np_dtype = common_dtype(tensors)
    dim, kept = _check_cat(tensors, dim)
    if not kept:
        return np.empty(0, np_dtype)
    if kept[0].ndim == 4 and len(kept) == len(tensors) and all([like_channels_last(array) for array in kept]):
        shape = [*kept[0].shape[:dim], sum([array.shape[dim] for array in kept]), *kept[0].shape[dim + 1 :]]
        return np.concatenate(kept, dim, out=empty_channels_last(shape, np_dtype), casting="unsafe")
    return _row_major(np.concatenate(kept, dim, dtype=np_dtype, casting="unsafe"))


def _stack_backward(grad: Any, dim: Any) -> Any:
    dim = wrap_dim(dim, grad.ndim)
    return [select(grad, dim, place) for place in range(grad.shape[dim])]


@op("stack", tensors=("tensors",), **{" tensors": _stack_backward})
def stack(tensors: Any, dim: Any = 0) -> Any:
    """Tensors of one shape along a new dimension."""
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    first = tensors[0]
    dim = wrap_dim(dim, first.ndim + 1)
    for position, array in enumerate(tensors):
        if array.shape != first.shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {shape_text(first.shape)} at entry 0 and "
                f"{shape_text(array.shape)} at entry {position}"
            )
    return _row_major(np.stack(tensors, dim, dtype=common_dtype(tensors), casting="unsafe"))


# ---------------------------------------------------------------- made of cat and stack


composite("concat", "concatenate")(lambda tensors, dim=0: cat(tensors, dim))


def _not_empty(name: str, tensors: Any) -> None:
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")


@composite("hstack")
def hstack(tensors: Any) -> Any:
    """Joined along the second dimension (the first of vectors)."""
    _not_empty("hstack", tensors)
    rows = [shapes.atleast_1d(tensor) for tensor in tensors]
    return cat(rows, 0 if rows[0]._array.ndim == 1 else 1)


@composite("vstack", "row_stack")
def vstack(tensors: Any) -> Any:
    """Joined along the first dimension, vectors as rows."""
    _not_empty("vstack", tensors)
    return cat([shapes.atleast_2d(tensor) for tensor in tensors], 0)


@composite("dstack")
def dstack(tensors: Any) -> Any:
    """Joined along the third dimension."""
    _not_empty("dstack", tensors)
    return cat([shapes.atleast_3d(tensor) for tensor in tensors], 2)


@composite("column_stack")
def column_stack(tensors: Any) -> Any:
    """Joined along the second dimension, vectors as columns."""
    _not_empty("column_stack", tensors)
    columns = [
        tensor if tensor._array.ndim > 1 else reshaped(tensor, (tensor._array.size, 1)) for tensor in tensors
    ]
    return hstack(columns)
