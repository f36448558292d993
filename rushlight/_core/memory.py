"""Memory below arrays: who owns it, where a view starts, views of any geometry."""

from __future__ import annotations

from typing import Any

from numpy import ndarray, uint8
from numpy.lib.stride_tricks import as_strided


def root(array: Any) -> Any:
    """The array that owns the memory."""
    while isinstance(array.base, ndarray):
        array = array.base
    return array


def address(array: Any) -> int:
    """Where the first element lies."""
    found: int = array.__array_interface__["data"][0]
    return found


def element_strides(array: Any) -> tuple[int, ...]:
    """Strides in elements. NumPy gives empty arrays that it lays out itself no strides; they count as row-major."""
    size = array.itemsize
    if not array.size and not any(array.strides):
        return contiguous_strides(array.shape)
    return tuple([stride // size for stride in array.strides])


def contiguous_strides(shape: Any) -> tuple[int, ...]:
    """The strides, in elements, of a row-major tensor."""
    strides: list[int] = []
    step = 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    strides.reverse()
    return tuple(strides)


def storage_offset(array: Any) -> int:
    """The distance of the first element from the start of the memory, in elements."""
    owner = root(array)
    if owner is array:
        return 0
    return (address(array) - address(owner)) // int(array.itemsize)


def extent(shape: Any, strides: Any) -> int:
    """How many elements (or bytes less one element) a geometry spans; 0 for an empty one."""
    last = 0
    for size, stride in zip(shape, strides):
        if size == 0:
            return 0
        last += (size - 1) * stride
    return last + 1


def is_dense(shape: Any, strides: Any) -> bool:
    """Whether the elements fill a range of memory without gaps or overlap."""
    expected = 1
    for step, size in sorted([(step, size) for size, step in zip(shape, strides) if size > 1]):
        if step != expected:
            return False
        expected *= size
    return True


def strided(owner: Any, np_dtype: Any, shape: Any, byte_strides: Any, byte_offset: int) -> Any:
    """An array over the memory of `owner` (an array that owns its memory) with the given geometry."""
    buffer = owner
    if not owner.flags.c_contiguous and owner.flags.f_contiguous:
        buffer = owner.T
    if buffer.flags.c_contiguous and buffer.flags.writeable and buffer.size:
        if buffer.dtype.kind == "V" or not buffer.dtype.isbuiltin:
            buffer = buffer.reshape(-1).view(uint8)
        return ndarray(shape, np_dtype, buffer, byte_offset, byte_strides)
    flat = as_strided(owner, (owner.size,), (owner.itemsize,)) if owner.ndim != 1 else owner
    start = byte_offset // owner.itemsize
    return as_strided(flat[start:].view(np_dtype), shape, byte_strides)
