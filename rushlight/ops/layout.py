"""Memory layouts of new tensors: which strides a copy gets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from rushlight import _objects
from rushlight._core import loops, memory
from rushlight._core.memory import broadcast_strides, in_front, iterated_strides
from rushlight.ops.casting import as_dtype

_CHANNEL_ORDERS = {"channels_last": (1, 3, 2, 0), "channels_last_3d": (1, 4, 3, 2, 0)}


def empty_strided(shape: Any, strides: Any, np_dtype: Any) -> Any:
    """A new array with the given strides, in elements."""
    shape = tuple(shape)
    if tuple(strides) == memory.contiguous_strides(shape) and 0 not in shape:
        return np.empty(shape, np_dtype)
    item = np_dtype.itemsize
    if 0 in shape:
        return ndarray(shape, np_dtype, memory.NOTHING, 0, [step * item for step in strides])
    buffer = np.empty(memory.extent(shape, strides) * item, np.uint8)
    return ndarray(shape, np_dtype, buffer, 0, [step * item for step in strides])


def dense_strides(shape: Any, strides: Any) -> list[int]:
    """The strides of a dense tensor whose dimensions lie in the same order; the order of ties is PyTorch's."""
    order = list(range(len(shape)))[::-1]
    for index in range(1, len(order)):
        current = index
        for before in range(index - 1, -1, -1):
            verdict = in_front(shape, strides, order[before], order[current])
            if verdict > 0:
                order[before], order[current] = order[current], order[before]
                current = before
            elif verdict < 0:
                break
    return _strides_in_order(shape, order)


def _strides_in_order(shape: Any, order: Any) -> list[int]:
    """Strides of dimensions laid out from the innermost (first in `order`) outwards."""
    found = [0] * len(shape)
    step = 1
    for dim in order:
        found[dim] = step
        if shape[dim] > 1:
            step *= shape[dim]
    return found


def format_strides(array: Any, memory_format: Any) -> Any:
    """The strides that a copy of `array` has in a memory format (None means preserve)."""
    if memory_format is None or memory_format is _objects.preserve_format:
        strides = memory.element_strides(array)
        if array.flags.c_contiguous and array.size or memory.is_dense(array.shape, strides) or not array.size:
            return strides
        return dense_strides(array.shape, strides)
    if memory_format is _objects.contiguous_format:
        return memory.contiguous_strides(array.shape)
    name = memory_format._name
    order = _CHANNEL_ORDERS[name]
    if array.ndim != len(order):
        raise RuntimeError(f"required rank {len(order)} tensor to use {name} format")
    return _strides_in_order(array.shape, order)


def fitted(array: Any, np_dtype: Any) -> Any:
    """An array whose values convert to an 8-bit float as PyTorch converts them: e4m3fn saturates, e8m0fnu has no sign and no zero."""
    if np_dtype.name == "float8_e4m3fn":
        return np.clip(array.astype(np.float32), -448.0, 448.0)
    if np_dtype.name == "float8_e8m0fnu":
        return np.maximum(np.abs(array.astype(np.float32)), 2.0**-127)
    return array


_native_copy = loops.helper("row_major")  # a row-major copy; None where it declines, and always in the pure form


def copied_with_gaps(array: Any) -> Any:
    """A copy with the very strides of `array`, unless its elements share memory."""
    strides = memory.element_strides(array)
    if not array.size or any(step == 0 and size > 1 for step, size in zip(strides, array.shape)):
        return copied(array, array.dtype, None)
    found = empty_strided(array.shape, strides, array.dtype)
    found[...] = array
    return found


def copied(array: Any, np_dtype: Any, memory_format: Any) -> Any:
    """A copy of `array` in a dtype and memory format."""
    plain = memory_format is _objects.contiguous_format
    plain = plain or array.flags.c_contiguous and 1 not in array.shape and memory_format in _ROW_MAJOR_WHEN_CONTIGUOUS
    if np_dtype is not array.dtype and array.size and array.flags.c_contiguous and plain:
        return as_dtype(array, np_dtype)
    if plain and np_dtype is array.dtype:
        found = _native_copy(array)
        if found is not None:
            return found
    if np_dtype.char == "e" and array.dtype.char == "d":
        array = array.astype(np.float32)
    if memory_format is _objects.contiguous_format and array.size:
        return array.astype(np_dtype, order="C")
    if array.flags.c_contiguous and 1 not in array.shape and array.size and memory_format in _ROW_MAJOR_WHEN_CONTIGUOUS:
        return array.astype(np_dtype, order="C")
    found = empty_strided(array.shape, format_strides(array, memory_format), np_dtype)
    np.copyto(found, array, casting="unsafe")
    return found


_ROW_MAJOR_WHEN_CONTIGUOUS = (None, _objects.preserve_format)


def is_contiguous(array: Any, memory_format: Any = _objects.contiguous_format) -> bool:
    """Whether the elements lie in the order of a memory format."""
    if memory_format is _objects.contiguous_format or memory_format is _objects.preserve_format:
        return bool(array.flags.c_contiguous)
    order = _CHANNEL_ORDERS[memory_format._name]
    if array.ndim != len(order):
        return False
    expected = 1
    strides = memory.element_strides(array)
    for dim in order:
        if array.shape[dim] != 1:
            if strides[dim] != expected:
                return False
            expected *= array.shape[dim]
    return True


def laid_out(array: Any, strides: Any) -> Any:
    """`array` itself if it has these strides (in elements), else a copy that does."""
    if array.size and memory.element_strides(array) == tuple(strides):
        return array
    if tuple(strides) == memory.contiguous_strides(array.shape):
        found = _native_copy(array)
        if found is not None:
            return found
    found = empty_strided(array.shape, strides, array.dtype)
    found[...] = array
    return found


def row_major(array: Any) -> Any:
    """`array` itself if its strides are those of a row-major tensor, else a copy that has them."""
    if array.flags.c_contiguous and 1 not in array.shape and array.size:
        return array
    return laid_out(array, memory.contiguous_strides(array.shape))


def in_step(array: Any, *others: Any) -> Any:
    """A result in the layout that PyTorch's iteration over these broadcast operands gives it."""
    if array.flags.c_contiguous and all(other.flags.c_contiguous for other in others):
        return array
    shape = array.shape
    return laid_out(array, iterated_strides(shape, [broadcast_strides(other, shape) for other in others]))
