"""Tensors on other memory: resize_, resize_as_, set_; and the memory of a tensor as a flat array of bytes."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes, function, inplace, memory
from rushlight._core.state import GRAD, INFERENCE, get_mode
from rushlight._core.tensor import INFERENCE as INFERENCE_TENSOR, META, TensorBase, bump, shape_text, wants_grad
from rushlight.ops import layout as layouts
from rushlight.ops.create import c_type, without_data
from rushlight.ops.declare import composite

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
        start = min(offset * item, memory.NOTHING.size // 2)
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


def place(tensor: TensorBase, root: Any, shape: Any, strides: Any, offset: int, np_dtype: Any) -> None:
    """Put a tensor on memory, which grows where it is too small."""
    needed = (offset + memory.extent(shape, strides)) * np_dtype.itemsize if 0 not in shape else 0
    if needed > root.nbytes:
        root = grown(root, needed)
    tensor._array = window(root, np_dtype, shape, strides, offset)
    tensor._storage = None


def resize(tensor: TensorBase, shape: Any, memory_format: Any = None) -> TensorBase:
    """Give a tensor another shape over its own memory, row-major; values beyond the old ones are not set."""
    array = tensor._array
    shape = tuple(shape)
    if any(entry < 0 for entry in shape):
        raise RuntimeError("numel: integer multiplication overflow")
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
    place(tensor, memory.root(array), shape, strides, offset, array.dtype)
    return tensor


def _resized(tensor: TensorBase, shape: Any, memory_format: Any) -> TensorBase:
    if not get_mode() & INFERENCE:
        if tensor._flags & INFERENCE_TENSOR:
            raise RuntimeError(inplace.INFERENCE_WRITE)
        if wants_grad(tensor):
            raise RuntimeError("cannot resize variables that require grad")
    before = tensor._array
    resize(tensor, shape, memory_format)
    if tensor._array is not before:
        bump(tensor)
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
    if source is None:
        self._array = np.empty(0, array.dtype)
        self._storage = None
        bump(self)
        return self
    if isinstance(source, TensorBase):
        _check_same_dtype(array, source._array)
        if size is None:
            self._array = source._array
            self._storage = source._storage
            bump(self)
            return self
        root = memory.root(source._array)
    else:
        root = source._owner()
        if size is None:
            size = (root.nbytes // array.itemsize,)
    if any(step < 0 for step in stride or ()):
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {shape_text(stride)}")
    place(self, root, tuple(size), tuple(stride) if stride else memory.contiguous_strides(size), storage_offset, array.dtype)
    bump(self)
    return self


def _check_same_dtype(target: Any, source: Any) -> None:
    if source.dtype != target.dtype:
        texts = [cpp_name(dtypes.of(array)) for array in (source, target)]
        raise RuntimeError(f"Could not set tensor of type {texts[0]} to a tensor of type {texts[1]}")


function.SOURCE.resize = resize
