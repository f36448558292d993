"""Operators that give a tensor other memory or another geometry: resize_, resize_as_, set_."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import function, memory
from rushlight._core.tensor import TensorBase, shape_text, version_cell
from rushlight.ops import layout
from rushlight.ops.declare import composite
from rushlight.ops.view import geometry


def _resized(array: Any, shape: Any, strides: Any) -> Any:
    """The array with another geometry over its memory, which is copied to a larger one where it is too small."""
    offset = memory.storage_offset(array)
    needed = offset + memory.extent(shape, strides)
    owner = memory.root(array)
    item = array.itemsize
    if needed * item > owner.nbytes:
        larger = np.zeros(needed, array.dtype)
        count = owner.nbytes // item
        if count:
            larger[:count] = memory.strided(owner, array.dtype, (count,), [item], 0)
        owner = larger
    if 0 in shape:
        return geometry(array, shape, strides)
    return memory.strided(owner, array.dtype, tuple(shape), [step * item for step in strides], offset * item)


@composite("resize_")
def resize_(self: Any, size: Any, memory_format: Any = None) -> Any:
    """Another shape over the same memory; new elements are zeros (PyTorch leaves them undefined)."""
    if self._requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    size = tuple([int(count) for count in size])
    if any(count < 0 for count in size):
        raise RuntimeError("numel: integer multiplication overflow")
    resize_array(self, size)
    if memory_format is not None and memory_format is not _objects.contiguous_format:
        strides = layout.format_strides(self._array, memory_format)
        self._array = _resized(self._array, size, strides)
    return self


def resize_array(tensor: TensorBase, shape: Any) -> None:
    """Give a tensor another shape, row-major; nothing happens when it has it already."""
    if tensor._array.shape != tuple(shape):
        tensor._array = _resized(tensor._array, tuple(shape), memory.contiguous_strides(shape))


@composite("resize_as_")
def resize_as_(self: Any, the_template: Any, memory_format: Any = None) -> Any:
    """resize_ to the shape of another tensor."""
    return resize_(self, the_template._array.shape, memory_format)


@composite("set_")
def set_(self: Any, source: Any = None, storage_offset: Any = None, size: Any = None, stride: Any = None) -> Any:
    """Make the tensor use the memory of `source`, in its geometry or the given one."""
    if source is None:
        array = np.empty(0, self._array.dtype)
    elif not isinstance(source, TensorBase):
        raise NotImplementedError("rushlight does not have the operator 'set_' with a storage")
    elif source._array.dtype is not self._array.dtype:
        raise RuntimeError(
            "Could not set tensor of type " + f"{source.dtype} to a tensor of type {self.dtype}"  # type: ignore[attr-defined]
        )
    else:
        array = source._array
    if size is not None:
        if storage_offset < 0:
            raise RuntimeError(f"Tensor: invalid storage offset {storage_offset}")
        steps = stride or memory.contiguous_strides(size)
        owner = memory.root(array)
        item = array.itemsize
        needed = (storage_offset + memory.extent(size, steps)) * item
        if needed > owner.nbytes:
            raise RuntimeError(
                f"setStorage: sizes {shape_text(size)}, strides {shape_text(steps)}, storage offset {storage_offset}, and itemsize "
                f"{item} requiring a storage size of {needed} are out of bounds for storage of size {owner.nbytes}"
            )
        array = memory.strided(owner, array.dtype, tuple(size), [step * item for step in steps], storage_offset * item)
    self._array = array
    version_cell(self).value += 1
    return self


function.SOURCE.resize = resize_array
