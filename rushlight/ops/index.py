"""Indexing by tensors: index, index_put and the operators that gather and scatter whole rows or single elements by flat position."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from rushlight._core import dtypes, loops
from rushlight._core.tensor import shape_text
from rushlight.ops import carriers, layout, writing
from rushlight.ops.create import c_type
from rushlight.ops.declare import counted, op
from rushlight.ops.warn import warn_user

_EXPANDED = writing.deprecated_overlap("index_put_", "tensor[indices] = tensor", 976)
_BYTE_MASK = (
    "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead. (Triggered internally at "
    "/__w/pytorch/pytorch/aten/src/ATen/native/IndexingUtils.h:37.)"
)


# ---------------------------------------------------------------- what the indices mean


def expand_indices(array: Any, indices: Any) -> list[Any]:
    """Integer index arrays (None where a dimension is kept whole), with masks turned into the positions of their ones."""
    found: list[Any] = []
    for index in indices:
        if index is None:
            found.append(None)
            continue
        kind = index.dtype.char
        if kind in "?B":
            if kind == "B":
                warnings.warn(_BYTE_MASK, UserWarning, stacklevel=2)
            if len(found) >= array.ndim:
                raise IndexError(f"too many indices for tensor of dimension {array.ndim} (got {len(found) + index.ndim})")
            check_mask(array, index, len(found))
            found.extend(np.nonzero(index))
        elif kind in "lqi":
            found.append(index)
        else:
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
    if len(found) > array.ndim:
        raise IndexError(f"too many indices for tensor of dimension {array.ndim} (got {len(found)})")
    return found


def check_mask(array: Any, mask: Any, first: int) -> None:
    for position in range(mask.ndim):
        place = first + position
        if place >= array.ndim or mask.shape[position] != array.shape[place]:
            raise IndexError(
                f"The shape of the mask {shape_text(mask.shape)} at index {position} does not match the shape of the indexed tensor "
                f"{shape_text(array.shape)} at index {place}"
            )


def broadcast_indices(indices: Any) -> tuple[int, ...]:
    """The common shape of the index arrays."""
    shapes = [index.shape for index in indices if index is not None]
    if all(shape == shapes[0] for shape in shapes):
        return shapes[0]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        text = ", ".join([shape_text(shape) for shape in shapes])
        raise IndexError(f"shape mismatch: indexing tensors could not be broadcast together with shapes {text}") from None


def check_bounds(array: Any, indices: Any) -> None:
    """IndexError in PyTorch's words for an index that is out of range."""
    used = [(size, index) for size, index in zip(array.shape, indices) if index is not None]
    if any(size == 0 and index.size for size, index in used):
        raise IndexError("index is out of bounds for dimension with size 0")
    common = broadcast_indices(indices)
    wrong = [np.broadcast_to((index < -size) | (index >= size), common) for size, index in used]
    anywhere = np.logical_or.reduce(wrong)
    if anywhere.any():  # PyTorch goes from element to element, and counts the dimensions that are indexed
        place = np.unravel_index(int(anywhere.argmax()), common)
        dim = next(number for number, bad in enumerate(wrong) if bad[place])
        size, index = used[dim]
        raise IndexError(f"index {np.broadcast_to(index, common)[place]} is out of bounds for dimension {dim} with size {size}")


def selection(indices: Any) -> tuple[Any, ...]:
    """The indices as NumPy takes them."""
    return tuple([slice(None) if index is None else index for index in indices])


def result_shape(array: Any, indices: Any, common: Any) -> tuple[int, ...]:
    """The shape of the indexed result."""
    places = [dim for dim, index in enumerate(indices) if index is not None]
    rest = [size for dim, size in enumerate(array.shape) if dim not in places]
    first = places[0] if places[-1] - places[0] + 1 == len(places) else 0
    return (*rest[:first], *common, *rest[first:])


def _operand_strides(array: Any, indices: Any, common: Any) -> list[list[int]]:
    """Byte strides, over the result's dimensions, of the indexed tensor and of every index."""
    places = [dim for dim, index in enumerate(indices) if index is not None]
    rest = [step for dim, step in enumerate(array.strides) if dim not in places]
    sizes = [size for dim, size in enumerate(array.shape) if dim not in places]
    first = places[0] if places[-1] - places[0] + 1 == len(places) else 0
    found = [rest[:first] + [0] * len(common) + rest[first:]]
    for index in indices:
        if index is not None:  # seen with as many dimensions as the result, where those of size 1 have strides too
            lead = [index.nbytes if size == 1 else 0 for size in sizes[:first]]
            trail = [index.itemsize if size == 1 else 0 for size in sizes[first:]]
            found.append(lead + layout.broadcast_strides(index, common) + trail)
    return found


# ---------------------------------------------------------------- index, index_put


_native_add = loops.helper("add_lines")


@op("index.Tensor", tensors=("self", "indices"), self=lambda grad, self_sym_sizes, indices: index_backward(grad, self_sym_sizes, indices))
def index(self: Any, indices: Any) -> Any:
    """self[indices], where None keeps a dimension."""
    if not indices:
        raise IndexError("at least one index must be provided")
    if len(indices) == 1 and self.size and self.flags.c_contiguous and indices[0].dtype.char == "l" and indices[0].size:
        places = indices[0]
        if places.flags.c_contiguous:  # whole rows, the usual case
            try:
                found = layout.row_major(np.asarray(self[places]))
                if 1 not in found.shape:
                    return found
            except IndexError:
                check_bounds(self, indices)
    indices = expand_indices(self, indices)
    common = broadcast_indices(indices)
    shape = result_shape(self, indices, common)
    if 0 in shape:
        if 0 not in common:
            check_bounds_of_empty(self, indices)
        return np.empty(shape, self.dtype)
    try:
        found = np.asarray(self[selection(indices)])
    except IndexError:
        check_bounds(self, indices)
        raise
    if found.ndim < 2 and 1 not in shape:
        return found
    if 1 not in shape and self.flags.c_contiguous and all(entry is None or entry.flags.c_contiguous for entry in indices):
        return layout.row_major(found)
    return layout.laid_out(found, layout.iterated_strides(shape, _operand_strides(self, indices, common)))


index.writes = counted(1)


def check_bounds_of_empty(array: Any, indices: Any) -> None:
    """Indexing a dimension of size 0 fails, unless another dimension makes the result empty anyway."""
    for dim, entry in enumerate(indices):
        if entry is not None and entry.size and array.shape[dim] == 0:
            raise IndexError("index is out of bounds for dimension with size 0")


def _only_masks(indices: Any) -> bool:
    return len([entry for entry in indices if entry is not None]) == 1 and all(
        entry is None or entry.dtype.char in "?B" for entry in indices
    )


def put(array: Any, indices: Any, values: Any, accumulate: bool = False) -> None:
    """array[indices] = values, or += with every repetition counted."""
    if len(indices) > array.ndim:
        raise IndexError(f"too many indices for tensor of dimension {array.ndim} (got {len(indices)})")
    unique = _only_masks(indices)
    fills = fills_mask(indices, values, accumulate)
    if fills:
        place = next(number for number, entry in enumerate(indices) if entry is not None)
        check_mask(array, indices[place], place)
        if indices[place].dtype.char == "B":
            raise RuntimeError("masked_fill_ only supports boolean masks, but got mask with dtype unsigned char")
    indices = expand_indices(array, indices)
    common = broadcast_indices(indices)
    shape = result_shape(array, indices, common)
    if 0 not in common:
        check_bounds_of_empty(array, indices)
    if fills:
        if values.dtype.kind == "c" and array.dtype.kind != "c":
            if values.imag.any():
                raise RuntimeError(f"value cannot be converted to type {c_type(dtypes.of(array))} without overflow")
            values = values.real
        values = values.reshape(()).astype(array.dtype)
    if not _stretches(values.shape, shape):
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {shape_text(values.shape)} cannot be broadcast to indexing result of shape "
            f"{shape_text(shape)}"
        )
    if values.dtype is not array.dtype:
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {dtypes.of(array).cpp} for the destination and "
            f"{dtypes.of(values).cpp} for the source."
        )
    if 0 in shape:
        return
    if accumulate and not unique and len(indices) == 1 and values.shape == shape and _native_add(array, 0, indices[0], values, True):
        return
    check_bounds(array, indices)
    while values.ndim > len(shape):
        values = values[0]
    if accumulate and not unique:
        add_at(array, indices, values, shape)
    elif accumulate:
        array[selection(indices)] += values
    else:
        array[selection(indices)] = values


def fills_mask(indices: Any, values: Any, accumulate: bool) -> bool:
    """Whether one value goes where one mask says: PyTorch fills then."""
    return not accumulate and values.size == 1 and _only_masks(indices)


def _put_in_place(array: Any, indices: Any, values: Any, accumulate: bool = False) -> None:
    if len(indices) > array.ndim:
        raise IndexError(f"too many indices for tensor of dimension {array.ndim} (got {len(indices)})")
    writing.check_overlap(array, _EXPANDED)
    if not indices:
        if not accumulate and values.size == 1 and not array.ndim:
            raise RuntimeError("masked_fill_ only supports boolean masks, but got mask with dtype nullptr (uninitialized)")
        shapes = shape_text(values.shape), shape_text(array.shape)
        raise RuntimeError(f"shape mismatch: value tensor of shape {shapes[0]} cannot be broadcast to indexing result of shape {shapes[1]}")
    if not fills_mask(indices, values, accumulate):
        writing.check_apart(array, [values, *indices])
    elif array.size and not all(step or size == 1 for step, size in zip(array.strides, array.shape)):
        warn_user(writing.deprecated_overlap("masked_fill_", "tensor[mask] = scalar", 2450))
    put(array, indices, values, accumulate)


def _stretches(shape: Any, wanted: Any) -> bool:
    extra = len(shape) - len(wanted)
    if extra > 0:
        if any(size != 1 for size in shape[:extra]):
            return False
        shape = shape[extra:]
    return all(shape[-place] in (1, wanted[-place]) for place in range(1, len(shape) + 1))


def add_at(array: Any, indices: Any, values: Any, shape: Any) -> None:
    """Add values where the indices say, in order, also when they name a place twice."""
    if array.dtype.isbuiltin != 1 or array.dtype.char == "e":
        wide = array.astype(np.float32)
        add_at(wide, indices, values.astype(np.float32), shape)
        array[...] = wide
        return
    if not array.flags.c_contiguous:
        np.add.at(array, selection(indices), values)
        return
    positions = flat_positions(array.shape, indices)
    np.add.at(array.reshape(-1), positions.reshape(-1), np.broadcast_to(values, shape).reshape(-1))


def flat_positions(shape: Any, indices: Any) -> Any:
    """Where the indexed elements lie in a row-major array."""
    if indices[0] is not None and all(entry is None for entry in indices[1:]):  # whole rows, the usual case
        width = 1
        for size in shape[1:]:
            width *= size
        rows = np.where(indices[0] < 0, indices[0] + shape[0], indices[0]).astype(np.int64)
        return rows.reshape(-1, 1) * width + np.arange(width)
    count = 1
    for size in shape:
        count *= size
    return np.arange(count).reshape(shape)[selection(indices)]


@op(
    "index_backward", kind="internal", tensors=("grad_output", "indices"), grad_fn="IndexPutImplBackward0",
    grad_output=lambda grad, indices: index(grad, indices),
)  # fmt: skip
def index_backward(grad_output: Any, input_sizes: Any, indices: Any) -> Any:
    """Zeros to which `grad_output` is added where the indices say."""
    whole = np.zeros(tuple(input_sizes), grad_output.dtype)
    put(whole, indices, grad_output, True)
    return whole


def kept(array: Any) -> Any:
    """A copy with the same strides (where they are dense)."""
    return layout.copied(array, array.dtype, None)


index_put = op(
    "index_put", tensors=("self", "indices", "values"),
    self=lambda grad, indices, values_sym_sizes, accumulate: (
        grad if accumulate else index_put(grad, indices, carriers.zeros(grad, values_sym_sizes), False)
    ),
    values=lambda grad, indices: index(grad, indices),
)(lambda self, indices, values, accumulate=False: _put_into_copy(self, indices, values, accumulate))  # fmt: skip


def _put_into_copy(self: Any, indices: Any, values: Any, accumulate: Any) -> Any:
    found = kept(self)
    if not indices:
        _put_in_place(found, indices, values, accumulate)
    put(found, indices, values, accumulate)
    return found


index_put_ = writing.in_place(index_put, "index_put_", _put_in_place, writing.ALLOWED)
