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
    if copy:
        array = array.copy()
    options: dict[str, Any] = {} if max_version is None else {"max_version": max_version}
    if array.dtype.isbuiltin == 1:
        return array.__dlpack__(**options)
    code = _CODES.get(dtypes.of(array).name)
    if code is None:
        raise BufferError(f"rushlight cannot export {dtypes.of(array)!r} through DLPack")
    capsule = array.view(f"u{array.itemsize}").__dlpack__(**options)
    _type_code(capsule).value = code
    return capsule


# DLPack's numbers of the element types that NumPy does not know; NumPy packs them as unsigned integers.
_CODES = {"bfloat16": 4, "float8_e4m3fn": 10, "float8_e4m3fnuz": 11, "float8_e5m2": 12, "float8_e5m2fnuz": 13, "float8_e8m0fnu": 14}
_UNSIGNED = 1


def _type_code(capsule: Any) -> Any:
    """The byte of a capsule's DLTensor that says what kind of numbers it holds."""
    import ctypes

    api = ctypes.pythonapi
    api.PyCapsule_GetName.restype = ctypes.c_char_p
    api.PyCapsule_GetPointer.restype = ctypes.c_void_p
    name = api.PyCapsule_GetName(ctypes.py_object(capsule))
    address = api.PyCapsule_GetPointer(ctypes.py_object(capsule), ctypes.c_char_p(name))
    start = 32 if name == b"dltensor_versioned" else 0  # the version, the manager and the flags come first there
    return ctypes.c_uint8.from_address(address + start + 20)  # after the pointer, the device and the number of dimensions


def to_dlpack(tensor: TensorBase) -> Any:
    """A DLPack capsule over the tensor's memory; from_dlpack() takes it once."""
    return export(tensor, None, None, None, None)


def _unpacked(source: Any) -> Any:
    """The array that an object hands out through DLPack."""
    if isinstance(source, np.ndarray) or next(iter(source.__dlpack_device__())) != DLDeviceType.kDLCPU:
        return np.from_dlpack(source)
    capsule = source.__dlpack__()
    if type(capsule).__name__ != "PyCapsule":
        return np.from_dlpack(source)
    kind = _type_code(capsule)
    name = next((name for name, code in _CODES.items() if code == kind.value), None)
    if name is None:
        return np.from_dlpack(_Capsule(capsule))
    kind.value = _UNSIGNED
    return np.from_dlpack(_Capsule(capsule)).view(dtypes.by_name(name).np_dtype)


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
    array = _unpacked(source)
    if any(step < 0 for step in array.strides):
        raise ValueError("DLPack arrays with negative strides are not supported")
    return made(array.copy() if copy else owned(array))
