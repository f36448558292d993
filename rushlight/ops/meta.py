"""Operators on meta tensors, which have a shape and a dtype but no data.

What a result looks like is found by running the operator on stand-ins of zeros, whose memory the operating system hands out only when
it is touched; the result's data is then dropped. Where it can be told from less, large tensors are never computed: elementwise results
from one corner of each operand, products and reductions from small operands (see `_in_small`). Others are refused.
"""

from __future__ import annotations

import math
from typing import Any

from numpy import eye, linalg, ndarray, zeros

from rushlight._core import dtypes, memory
from rushlight._core.inplace import IN_PLACE
from rushlight._core.op import Op
from rushlight._core.tensor import META, TensorBase, version_cell, wrap
from rushlight.ops import copying, layout
from rushlight.ops.create import meta_strides, shaped, strides_like, with_strides, without_data
from rushlight.ops.declare import REGISTRY
from rushlight.ops.meta_refusals import check_kernel, check_places
from rushlight.ops.warn import hushed

_LARGEST = 1 << 28  # bytes of one stand-in
_LARGEST_VIEWED = 1 << 36  # of one that is not read


def stand_in(tensor: TensorBase, limit: int = _LARGEST) -> TensorBase:
    """A tensor of zeros of a meta tensor's shape, strides and dtype."""
    array = tensor._array
    shape = array.shape
    strides = meta_strides(tensor)
    item = array.itemsize
    nbytes = max(1, memory.extent(shape, strides)) * item
    if max(nbytes, math.prod(shape) * item if limit == _LARGEST else 0) > limit:
        raise _too_large(shape)
    try:
        memory_of = zeros(nbytes, "u1")
    except MemoryError:
        raise _too_large(shape) from None
    return wrap(ndarray(shape, array.dtype, memory_of, 0, [step * item for step in strides]))


def _too_large(shape: Any) -> NotImplementedError:
    return NotImplementedError(f"rushlight cannot run operators on meta tensors as large as {list(shape)}")


def to_meta(tensor: TensorBase) -> TensorBase:
    """The tensor without its data."""
    array = tensor._array
    strides = memory.element_strides(array)
    made = wrap(without_data(array.shape, array.dtype))
    made._flags |= META
    return with_strides(made, strides)


def _with_data(value: Any, made_from: Any = stand_in) -> Any:
    if isinstance(value, TensorBase):
        if value._flags & META:
            return made_from(value)
        if value._array.ndim and made_from is not _known:
            raise RuntimeError("Tensor on device cpu is not on the expected device meta!")
        return value
    if isinstance(value, (list, tuple)):
        return type(value)(_with_data(entry, made_from) for entry in value)
    return value


def _viewed(tensor: TensorBase) -> TensorBase:
    return stand_in(tensor, _LARGEST_VIEWED)


def _regular(tensor: TensorBase) -> TensorBase:
    """A stand-in that factorizations accept: square matrices are identities, all else is ones."""
    made = stand_in(tensor)
    shape = made._array.shape
    made._array[...] = eye(shape[-1]) if len(shape) > 1 and shape[-1] == shape[-2] else 1
    return made


def _known(tensor: TensorBase) -> TensorBase:
    """A stand-in beside tensors that are not meta, whose values count: indices."""
    return stand_in(tensor)


# ---------------------------------------------------------------- large tensors


def _tensors(args: Any) -> list[TensorBase]:
    found: list[TensorBase] = []
    for value in args:
        if isinstance(value, TensorBase):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += [entry for entry in value if isinstance(entry, TensorBase)]
    return found


def _is_large(args: Any, limit: int) -> bool:
    return any(tensor._array.nbytes > limit for tensor in _tensors(args))


def _corner(tensor: TensorBase) -> TensorBase:
    array = tensor._array
    return wrap(zeros([min(size, 1) for size in array.shape], array.dtype))


def _elementwise(op: Op, args: list[Any]) -> TensorBase:
    """The result of a pointwise operator, found from corners and by broadcasting shapes."""
    tensors = _tensors(args)
    corner = op.apply([_with_data(value, _corner) for value in args])
    shape = copying.broadcast_shape([tensor._array.shape for tensor in tensors])
    made = wrap(without_data(shape, corner._array.dtype))
    made._flags |= META
    return with_strides(made, memory.computed_strides(shape, [shaped(tensor) for tensor in tensors]))


_KEEP_SIZES = {  # every size of a result is one of an operand
    "mm", "bmm", "addmm", "addmv", "mv", "baddbmm", "addbmm", "addr", "dot", "vdot", "_softmax", "_log_softmax", "gather", "index_select",
    "embedding", "linear", "native_layer_norm",
}  # fmt: skip


def _in_small(op: Op, args: list[Any]) -> Any:
    """The result of an operator that keeps sizes: found on operands in which each large size is another small one."""
    small: dict[int, int] = {}
    sizes = {size for tensor in _tensors(args) for size in tensor._array.shape if size > 8}
    for size in sorted(sizes):
        small[size] = 9 + len(small)
    back = {value: key for key, value in small.items()}

    def shrunk(tensor: TensorBase) -> TensorBase:
        shape = [small.get(size, size) for size in tensor._array.shape]
        strides = layout.dense_strides(shape, meta_strides(tensor))
        made = layout.empty_strided(shape, strides, tensor._array.dtype)
        made[...] = 0
        return wrap(made)

    def grown(value: Any) -> Any:
        if not isinstance(value, TensorBase):
            return value
        shape = [back.get(size, size) for size in value._array.shape]
        made = wrap(without_data(shape, value._array.dtype))
        made._flags |= META
        return with_strides(made, layout.dense_strides(shape, memory.element_strides(value._array)))

    values = [_with_data(value, shrunk) for value in args]
    for place, value in enumerate(values):
        if isinstance(value, (list, tuple)) and all(type(entry) is int for entry in value):
            values[place] = [small.get(entry, entry) for entry in value]  # normalized_shape
    found = op.apply(values)
    if not isinstance(found, (list, tuple)):
        return grown(found)
    entries = [grown(entry) for entry in found]
    return type(found)(*entries) if hasattr(found, "_fields") else type(found)(entries)


def _copied(op: Op, args: list[Any]) -> TensorBase:
    tensor, *options = args
    dtype = tensor._array.dtype if op.name == "clone" or options[0] is None else options[0].np_dtype
    made = wrap(without_data(tensor._array.shape, dtype))
    made._flags |= META
    return with_strides(made, strides_like(tensor, options[-1]))


def _joined(args: list[Any]) -> TensorBase | None:
    parts, dim = args[0], args[1]
    shapes = [list(part._array.shape) for part in parts]
    if len({len(shape) for shape in shapes}) > 1 or any(hasattr(part, "_meta_strides") for part in parts):
        return None
    total = sum(shape[dim] for shape in shapes)
    corners = [[min(size, 1) for size in shape] for shape in shapes]
    for shape, corner in zip(shapes, corners):
        corner[dim] = 1
        if shape[:dim] != shapes[0][:dim] or shape[dim:][1:] != shapes[0][dim:][1:]:
            return None
    corner = REGISTRY["cat"]([wrap(zeros(size, part._array.dtype)) for size, part in zip(corners, parts)], dim)
    whole = shapes[0]
    whole[dim] = total
    made = wrap(without_data(whole, corner._array.dtype))
    made._flags |= META
    return made


def _told_from_less(op: Op, args: list[Any]) -> Any:
    if op.name in ("clone", "_to_copy") and _is_large(args, 1 << 20):
        return _copied(op, args)
    if op.name == "cat" and _is_large(args, 1 << 20):
        return _joined(args)
    if op.promotes and _is_large(args, 1 << 20):
        return _elementwise(op, args)
    if (op.name in _KEEP_SIZES or op.kind in ("reduction", "scan")) and _is_large(args, 1 << 16):
        try:
            return _in_small(op, args)
        except (RuntimeError, IndexError):
            return None  # errors speak of the real sizes
    return None


# ---------------------------------------------------------------- calls

_INDEXED = ("index", "index_put")  # take indices from the CPU


def _without(value: Any) -> Any:
    if isinstance(value, TensorBase):
        return to_meta(value)
    if isinstance(value, (list, tuple)):
        entries = [_without(entry) for entry in value]
        return type(value)(*entries) if hasattr(value, "_fields") else type(value)(entries)
    return value


def run(op: Op, args: list[Any], flags: int) -> Any:
    """The result of an operator some of whose tensors have no data."""
    if flags & IN_PLACE:
        target = args[0]
        if not target._flags & META:
            raise RuntimeError("Tensor on device meta is not on the expected device cpu!")
        if op.kind == "view":
            changed = _without(op.apply([_with_data(value) for value in args]))
            target._array = changed._array
            target._meta_strides = meta_strides(changed)  # type: ignore[attr-defined]
        elif op.promotes and not _is_large(args, 1 << 20):
            op.apply_inplace([_with_data(value) for value in args])  # raises for shapes and dtypes that do not go together
        version_cell(target).value += 1
        return target
    check_kernel(op.name)
    if op.name == "index_put" and any(entry is not None and entry._flags & META and entry.dtype is dtypes.bool_ for entry in args[1]):
        return run(REGISTRY["clone"], [args[0], None], flags)  # how many places a mask names is not known, nor asked
    if op.name in _INDEXED:
        check_places(args[1])
    if op.kind == "view" or op.name == "_unsafe_view":
        return _without(op.apply([_with_data(value, _viewed) for value in args]))
    found = _told_from_less(op, args)
    if found is not None:
        return found
    with hushed():  # kernels warn, and none runs
        try:
            return _without(op.apply([_with_data(value, _known if op.name in _INDEXED else stand_in) for value in args]))
        except NotImplementedError:
            raise
        except (linalg.LinAlgError, RuntimeError):  # perhaps for what the values are; errors of shapes come again
            return _without(op.apply([_with_data(value, _regular) for value in args]))
