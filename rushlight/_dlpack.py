"""DLPack: tensors handed to other libraries and taken from them without a copy; NumPy does the packing."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes
from rushlight._core.tensor import CONJUGATE, META, TensorBase, values_of, wants_grad
from rushlight.ops.convert import to
from rushlight.ops.create import made
from rushlight.ops.data import owned


class DLDeviceType(IntEnum):
    """DLPack's device numbers."""

    kDLCPU = 1
    kDLCUDA = 2
    kDLCUDAHost = 3
    kDLOpenCL = 4
    kDLVulkan = 7
    kDLMetal = 8
    kDLVPI = 9
    kDLROCM = 10
    kDLROCMHost = 11
    kDLExtDev = 12
    kDLCUDAManaged = 13
    kDLOneAPI = 14


def device_of(tensor: TensorBase) -> tuple[DLDeviceType, int]:
    """The device of a tensor as DLPack names it."""
    if tensor._flags & META:
        raise ValueError("Unknown device type meta for Dlpack")
    return DLDeviceType.kDLCPU, 0


def export(tensor: TensorBase, stream: Any, max_version: Any, dl_device: Any, copy: Any) -> Any:
    """A capsule over the tensor's memory."""
    if wants_grad(tensor):
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    if tensor._flags & META:
        raise BufferError("Cannot pack tensors on meta")
    if stream not in (None, -1):
        raise AssertionError("stream should be None on cpu.")
    if dl_device is not None and tuple(dl_device) != (1, 0):
        raise BufferError("rushlight exports tensors to the CPU only")
    if tensor._flags & CONJUGATE:
        raise BufferError("Can't export tensors with the conjugate bit set")
    array = values_of(tensor)
    if array.dtype.isbuiltin != 1:
        raise BufferError(f"rushlight cannot export {dtypes.of(array)!r} through DLPack")
    options: dict[str, Any] = {} if max_version is None else {"max_version": max_version}
    return (array.copy() if copy else array).__dlpack__(**options)


def to_dlpack(tensor: TensorBase) -> Any:
    """A DLPack capsule over the tensor's memory; from_dlpack() takes it once."""
    return export(tensor, None, None, None, None)


class _Capsule:
    """Lets NumPy take a bare capsule, which it accepts only from an object's __dlpack__."""

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def __dlpack__(self, **options: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Any:
    """A tensor over the memory of another library's array (or of a DLPack capsule)."""
    if device is not None and _objects.check_device(_objects.device(device)):
        raise ValueError("rushlight takes arrays through DLPack to the CPU only")
    if isinstance(ext_tensor, TensorBase):
        if wants_grad(ext_tensor):
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
        found = to(ext_tensor.detach(), dtypes.of(ext_tensor._array), False, bool(copy), None)  # type: ignore[attr-defined]
        if not copy:  # the same memory, of which only the original counts its writes
            found._cell = None
        return found
    if hasattr(ext_tensor, "__dlpack__"):
        source = ext_tensor
    elif type(ext_tensor).__name__ == "PyCapsule":
        source = _Capsule(ext_tensor)
    else:
        raise RuntimeError(
            "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might have already "
            "constructed a tensor from it once."
        )
    array = np.from_dlpack(source)
    if any(step < 0 for step in array.strides):
        raise ValueError("DLPack arrays with negative strides are not supported")
    return made(array.copy() if copy else owned(array))
