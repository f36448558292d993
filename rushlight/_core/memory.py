"""Memory below arrays: who owns it, where a view starts, views of any geometry."""

from __future__ import annotations

from typing import Any, Final

from numpy import empty, ndarray, uint8, zeros
from numpy.lib.stride_tricks import as_strided

from rushlight._core.loops import NATIVE, kernel

NOTHING: Final[Any] = zeros(1 << 16, uint8)  # what empty arrays point into whose strides and offsets matter, but which have no memory
MOST: Final = (1 << 63) - 1  # elements or bytes that PyTorch counts
NO_MEMORY: Final[Any] = NOTHING[:0]


def root(array: Any) -> Any:
    """The array that owns the memory."""
    while isinstance(array.base, ndarray):
        array = array.base
    return NO_MEMORY if array is NOTHING else array


def address(array: Any) -> int:
    """Where the first element lies."""
    found: int = array.__array_interface__["data"][0] if NATIVE is None or not isinstance(array, ndarray) else NATIVE.address(array)
    return found


_NATIVE_STRIDES: Final[Any] = kernel("element_strides")


def element_strides(array: Any) -> tuple[int, ...]:
    """Strides in elements. NumPy gives empty arrays that it lays out itself no strides; they count as row-major."""
    if _NATIVE_STRIDES is not None:
        found: tuple[int, ...] | None = _NATIVE_STRIDES(array)
        if found is not None:
            return found
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


def byte_offset(array: Any) -> int:
    """The distance of the first element from the start of the memory, in bytes."""
    owner = root(array)
    return 0 if owner is array else address(array) - address(owner)


def storage_offset(array: Any) -> int:
    """The distance of the first element from the start of the memory, in elements."""
    return byte_offset(array) // int(array.itemsize)


def extent(shape: Any, strides: Any) -> int:
    """How many elements (or bytes less one element) a geometry spans; 0 for an empty one."""
    last = 0
    for size, stride in zip(shape, strides):
        if size == 0:
            return 0
        last += (size - 1) * stride
    return last + 1


def check_numel(shape: Any) -> None:
    """Refuse sizes of more elements than PyTorch counts, from the first dimension on, and negative ones."""
    count = 1
    for size in shape:
        count *= size
        if count > MOST or size < 0:
            raise RuntimeError("numel: integer multiplication overflow")


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


# ---------------------------------------------------------------- the layout of computed tensors


def in_front(shape: Any, strides: Any, first: int, second: int) -> int:
    """Whether dimension `first` lies outside `second` in memory (1), inside (-1), or neither (0)."""
    if strides[first] == 0 or strides[second] == 0:
        return 0
    if strides[first] != strides[second]:
        return -1 if strides[first] < strides[second] else 1
    return 1 if shape[first] > shape[second] else 0


def iterated_strides(shape: Any, operands: Any) -> list[int]:
    """The strides (in elements) of a new tensor that is filled in step with operands of the given byte strides.

    NOTE [ The layout of computed tensors ]
    PyTorch lays a new result out as its operands are: dimensions are sorted by the first operand that tells two of them apart,
    where a stride of 0 tells nothing. This repeats the insertion sort, whose outcome for ties a program can see. NumPy's order
    mostly agrees; it differs for dimensions of size 1, and where one operand says row-major and another does not.
    """
    order = list(range(len(shape)))[::-1]
    for index in range(1, len(order)):
        current = index
        for before in range(index - 1, -1, -1):
            verdict = 0
            for strides in operands:
                verdict = in_front(shape, strides, order[before], order[current])
                if verdict:
                    break
            if verdict > 0:
                order[before], order[current] = order[current], order[before]
                current = before
            elif verdict < 0:
                break
    if order == list(range(len(shape)))[::-1]:
        return list(contiguous_strides(shape))
    found = [0] * len(shape)
    step = 1
    for dim in order:
        found[dim] = step
        step *= shape[dim]
    return found


def broadcast_strides(array: Any, shape: Any) -> list[int]:
    """The byte strides of an array stretched to a larger shape."""
    lead = len(shape) - array.ndim
    strides = [0] * lead
    item = int(array.itemsize)
    for size, step, wanted in zip(array.shape, element_strides(array), shape[lead:]):
        strides.append(0 if size == 1 and wanted != 1 else step * item)
    return strides


def computed_strides(shape: Any, operands: Any) -> Any:
    """The strides (in elements) of a pointwise result: see NOTE [ The layout of computed tensors ]. Numbers are 0-d operands."""
    arrays = [operand for operand in operands if isinstance(operand, ndarray)]
    if not arrays:
        return contiguous_strides(shape)
    if len(arrays) == len(operands) and all([array.shape == shape for array in arrays]):
        if all([array.flags.c_contiguous for array in arrays]):
            return contiguous_strides(shape)
        strides = element_strides(arrays[0])
        if is_dense(shape, strides) and all([element_strides(array) == strides for array in arrays]):
            return strides
    return iterated_strides(shape, [broadcast_strides(array, shape) for array in arrays])


def has_odd_strides(array: Any) -> bool:
    """Whether dimensions of size 1 have other strides than in a row-major tensor, which NumPy's own results would not keep."""
    if array.ndim < 2 or 1 not in array.shape:
        return False
    return element_strides(array) != contiguous_strides(array.shape)


def in_step(found: Any, operands: Any) -> Any:
    """A pointwise result in the layout that PyTorch gives it."""
    shape = found.shape
    if len(shape) < 2:
        return found
    wanted = tuple(computed_strides(shape, operands))
    if element_strides(found) == wanted:
        return found
    item = found.itemsize
    steps = [step * item for step in wanted]
    if is_dense(shape, wanted) and same_order(shape, element_strides(found), wanted):
        return strided(root(found), found.dtype, shape, steps, address(found) - address(root(found)))
    made = ndarray(shape, found.dtype, empty(max(found.nbytes, item), uint8), 0, steps)
    made[...] = found
    return made


def same_order(shape: Any, first: Any, second: Any) -> bool:
    """Whether two geometries of something differ in dimensions of size 1 alone."""
    for size, one, other in zip(shape, first, second):
        if size == 0 or size > 1 and one != other:
            return False
    return True
