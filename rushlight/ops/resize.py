"""Tensors on other memory: resize_, resize_as_, set_; and the memory of a tensor as a flat array of bytes."""

from __future__ import annotations

import gc
import math
import sys
from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes, inplace, memory
from rushlight._core.state import GRAD, INFERENCE, get_mode
from rushlight._core.tensor import BATCHED, INFERENCE as INFERENCE_TENSOR, META, TensorBase, bump, shape_text, wants_grad, wrap
from rushlight.ops import determinism, layout as layouts
from rushlight.ops.create import c_type, check_steps, without_data
from rushlight.ops.declare import composite
from rushlight.ops.view import check_bounds

_C_NAMES = {
    "int64": "long int", "int16": "short int", "int8": "signed char", "uint8": "unsigned char", "uint16": "short unsigned int",
    "uint32": "unsigned int", "uint64": "long unsigned int", "complex64": "c10::complex<float>", "complex128": "c10::complex<double>",
}  # fmt: skip


def cpp_name(dtype: dtypes.dtype) -> str:
    """A dtype's name in C++."""
    return _C_NAMES.get(dtype.name, c_type(dtype))


def window(root: Any, np_dtype: Any, shape: Any, strides: Any, offset: int) -> Any:
    """An array of given geometry over the memory that `root` owns, which must be large enough; all in elements."""
    item = np_dtype.itemsize
    if 0 in shape:
        start = offset * item
        if 0 < start + item <= root.nbytes and root.dtype.isbuiltin == 1 and root.flags.writeable and root.flags.forc:
            return np.ndarray(shape, np_dtype, root if root.flags.c_contiguous else root.T, start, [step * item for step in strides])
        start = min(start, memory.NOTHING.size // 2)
        return np.ndarray(shape, np_dtype, memory.NOTHING, start, [step * item for step in strides])
    return memory.strided(root, np_dtype, tuple(shape), [step * item for step in strides], offset * item)


def grown(root: Any, nbytes: int) -> Any:
    """New memory of `nbytes` that starts with what `root` holds."""
    found = np.empty(nbytes, np.uint8)
    old = root_bytes(root)
    count = min(old.size, nbytes)
    found[:count] = old[:count]
    return found


def root_bytes(root: Any) -> Any:
    """The memory of an array that owns it, as bytes."""
    if not root.size:
        return np.empty(0, np.uint8)
    flat = root if root.flags.c_contiguous else root.T
    return flat.reshape(-1).view(np.uint8)


# NOTE [ Memory that grows ]
# NumPy's memory does not grow, and an array cannot be given other memory. So where a tensor needs more than there is, new memory takes
# the place of the old one in every tensor that lies in it. No tensor knows who shares its memory: that would cost every view. How many
# refer to the memory is known, so that a tensor which has it for itself just gets more; the others, who are rare, look for each other
# among all objects that the garbage collector knows.
def holders(tensor: TensorBase) -> tuple[int, int]:
    """How many objects refer to the tensor's memory, and to its array, which twins share."""
    root = memory.root(tensor._array)
    count = sys.getrefcount(root)
    return (count, 0) if root is tensor._array else (count, sys.getrefcount(tensor._array))


def is_alone(tensor: TensorBase) -> bool:
    """Whether nobody else looks at the tensor's memory."""
    count, twins = holders(tensor)
    return count <= _ALONE and twins <= _ONE


def move(old: Any, new: Any) -> None:
    """Let every tensor in some memory have its elements in other memory, where they fit."""
    if old is memory.NO_MEMORY:
        return
    for tensor in [entry for entry in gc.get_objects() if issubclass(type(entry), TensorBase)]:  # asks no object for its class
        array = getattr(tensor, "_array", None)
        if array is None or memory.root(array) is not old:
            continue
        offset = memory.address(array) - memory.address(old)
        if array.size and offset + memory.extent(array.shape, array.strides) - 1 + array.itemsize <= new.nbytes:
            tensor._array = memory.strided(new, array.dtype, array.shape, array.strides, offset)
        if tensor._storage is not None and tensor._storage._root is old:
            tensor._storage._moved(new)


def place(tensor: TensorBase, root: Any, shape: Any, strides: Any, offset: int, np_dtype: Any, alone: bool = False) -> None:
    """Put a tensor on memory, which grows where it is too small. alone: nobody else is in that memory."""
    needed = (offset + memory.extent(shape, strides)) * np_dtype.itemsize if 0 not in shape else 0
    if needed > root.nbytes:
        new = grown(root, needed)
        if not alone:
            move(root, new)
        root = new
    tensor._array = window(root, np_dtype, shape, strides, offset)
    if tensor._storage is not None and tensor._storage._root is not root:
        tensor._storage = None


def resize(tensor: TensorBase, shape: Any, memory_format: Any = None) -> TensorBase:
    """Give a tensor another shape over its own memory, row-major; values beyond the old ones are not set."""
    alone = is_alone(tensor)
    array = tensor._array
    shape = tuple(shape)
    memory.check_numel(shape)
    check_steps(shape)
    if math.prod(shape) * array.itemsize > memory.MOST:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={shape_text(shape)}")
    if tensor._flags & META:
        tensor._array = without_data(shape, array.dtype)
        return tensor
    if memory_format is None and array.shape == shape:
        return tensor
    strides = memory.contiguous_strides(shape)
    if memory_format is not None and memory_format is not _objects.contiguous_format:
        if memory_format is _objects.preserve_format:
            raise RuntimeError(f"Unsupported memory format{memory_format._name}")
        strides = layouts.format_strides(np.broadcast_to(np.empty((), array.dtype), shape), memory_format)
    offset = memory.storage_offset(array)
    before = memory.root(array).nbytes // array.itemsize
    place(tensor, memory.root(array), shape, strides, offset, array.dtype, alone)
    if determinism.STATE.fills:
        root = memory.root(tensor._array)
        count = root.nbytes // array.itemsize
        if count > before:
            determinism.fill(window(root, array.dtype, (count - before,), (1,), before))
    return tensor


_ALONE, _ = holders(wrap(np.empty(1)))
_, _ONE = holders(wrap(np.empty(2)[1:]))


def _resized(tensor: TensorBase, shape: Any, memory_format: Any) -> TensorBase:
    if not get_mode() & INFERENCE:
        if tensor._flags & INFERENCE_TENSOR:
            if tuple(shape) != tensor._array.shape:
                raise RuntimeError(inplace.INFERENCE_WRITE)
        elif wants_grad(tensor):
            raise RuntimeError("cannot resize variables that require grad")
    if tensor._flags & BATCHED:
        return _resized_examples(tensor, shape, memory_format)
    before = id(tensor._array)
    resize(tensor, shape, memory_format)
    if id(tensor._array) != before:
        bump(tensor)
    return tensor


def _resized_examples(tensor: TensorBase, shape: Any, memory_format: Any) -> TensorBase:
    """_resized() inside vmap."""
    batch = tensor._batch
    if batch.dim != 0:
        raise RuntimeError(
            'self_bdim == 0 INTERNAL ASSERT FAILED at "/__w/pytorch/pytorch/aten/src/ATen/functorch/BatchRulesViews.cpp":170, please '
            "report a bug to PyTorch. NYI: resize_ batch rule for batch dim != 0"
        )
    _resized(batch.value, (batch.level.size, *shape), memory_format)
    tensor._array = batch.value._array[0, ...] if batch.level.size else np.empty(shape, batch.value._array.dtype)
    return tensor


@composite("resize_")
def resize_(self: Any, size: Any, memory_format: Any = None) -> Any:
    """Another shape over the tensor's own memory, which grows where that is too small."""
    return _resized(self, size, memory_format)


@composite("resize_as_")
def resize_as_(self: Any, the_template: Any, memory_format: Any = None) -> Any:
    """The shape of another tensor over the tensor's own memory."""
    return _resized(self, the_template._array.shape, memory_format)


@composite("set_")
def set_(self: Any, source: Any = None, storage_offset: Any = 0, size: Any = None, stride: Any = ()) -> Any:
    """Look at another tensor's or storage's memory."""
    array = self._array
    if get_mode() & GRAD and (wants_grad(self) or isinstance(source, TensorBase) and wants_grad(source)):
        inplace.check(self)
        if isinstance(source, TensorBase):
            _check_same_dtype(array, source._array)
        raise NotImplementedError("rushlight does not record set_: call it under torch.no_grad(), or on a detached tensor")
    if self._flags & INFERENCE_TENSOR and not get_mode() & INFERENCE:
        raise RuntimeError(inplace.INFERENCE_WRITE)
    if source is None:
        self._array = np.empty(0, array.dtype)
        self._storage = None
        bump(self)
        return self
    if isinstance(source, TensorBase):
        _check_same_dtype(array, source._array)
        if size is None:
            if (self._flags ^ source._flags) & META:
                devices = ["meta" if tensor._flags & META else "cpu" for tensor in (self, source)]
                raise RuntimeError(
                    f'Attempted to set the storage of a tensor on device "{devices[0]}" to a storage on different device '
                    f'"{devices[1]}".  This is no longer allowed; the devices must match.'
                )
            self._array = source._array
            self._storage = source._storage
            bump(self)
            return self
        root = memory.root(source._array)
    else:
        root = _storage_memory(source, array.dtype)
        if size is None:
            size = (root.nbytes // array.itemsize,)
    if stride and len(stride) != len(size):
        raise RuntimeError(f"unequal size length ({len(size)}) and stride length ({len(stride)})")
    if any(count < 0 for count in size):
        raise RuntimeError("numel: integer multiplication overflow")
    if storage_offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {storage_offset}")
    if any(step < 0 for step in stride or ()):
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {shape_text(stride)}")
    strides = tuple(stride) if stride else memory.contiguous_strides(size)
    if tuple(size) == array.shape and strides == memory.element_strides(array):  # then PyTorch has the memory grow by nothing
        check_bounds(root, size, strides, storage_offset, array.itemsize)
    place(self, root, tuple(size), strides, storage_offset, array.dtype)
    bump(self)
    return self


def _storage_memory(storage: Any, np_dtype: Any) -> Any:
    """The memory of a storage, which must not be of another dtype."""
    own, wanted = getattr(storage, "_dtype", None), dtypes.of_numpy(np_dtype)
    if own is not None and own is not wanted:
        raise RuntimeError(
            f"Expected a Storage of type {cpp_name(wanted)} or an UntypedStorage, but got type {own.cpp} for argument 1 'storage'"
        )
    return storage._owner()


def _check_same_dtype(target: Any, source: Any) -> None:
    if source.dtype != target.dtype:
        texts = [cpp_name(dtypes.of(array)) for array in (source, target)]
        raise RuntimeError(f"Could not set tensor of type {texts[0]} to a tensor of type {texts[1]}")
