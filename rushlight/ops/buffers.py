"""Tensors over memory that exists already: from_numpy, frombuffer, as_tensor, asarray."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes
from rushlight._core.signature_types import type_name
from rushlight._core.tensor import TensorBase, wants_grad
from rushlight.ops import data as python_data
from rushlight.ops.create import INTEGERS_HAVE_NO_GRADIENT, converted, copied_data, factory, is_meta, made
from rushlight.ops.declare import REGISTRY
from rushlight.ops.warn import warn_once


def _warn_read_only() -> None:
    warn_once(
        "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This means writing to this tensor "
        "will result in undefined behavior. You may want to copy the array to protect its data or make it writable before converting "
        "it to a tensor. This type of warning will be suppressed for the rest of this program. (Triggered internally at "
        "/__w/pytorch/pytorch/torch/csrc/utils/tensor_numpy.cpp:219.)",
    )


def shared(array: Any) -> Any:
    """A NumPy array for a tensor to share, with a warning where it may not be written."""
    found = python_data.from_array(array)
    if not array.flags.writeable:
        _warn_read_only()
    elif found.base is None and found.size:
        return found.view()
    return python_data.owned(found)


@factory("from_numpy")
def from_numpy(ndarray: Any) -> Any:
    """A tensor that shares a NumPy array's memory."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type_name(ndarray)})")
    return made(shared(ndarray))


@factory("as_tensor")
def as_tensor(data: Any, dtype: Any, device: Any) -> Any:
    """The data as a tensor, sharing its memory where that is possible."""
    if isinstance(data, TensorBase):
        return REGISTRY["to"](data, device, dtype, False, False, None)
    if isinstance(data, np.ndarray) and (device is None or device.type == "cpu") and not is_meta(device):
        array = shared(data)
        return made(array if dtype is None or dtype.np_dtype is array.dtype else converted(array, dtype.np_dtype))
    return copied_data(data, dtype, device, False, False)


@factory("from_file")
def from_file(filename: Any, shared: Any, size: Any, dtype: Any, layout: Any, device: Any, pin_memory: Any, requires_grad: Any) -> Any:
    """A tensor of `size` elements over a file's bytes; writes reach the file only where it is shared."""
    import mmap
    import os

    if is_meta(device):
        raise NotImplementedError("aten::from_file: attempted to run this operator with Meta tensors, but there was no kernel for it.")
    target = dtypes.get_default_dtype() if dtype is None else dtype
    needed = (size or 0) * target.itemsize
    try:
        with open(filename, "a+b" if shared else "rb") as file:
            present = os.fstat(file.fileno()).st_size
            if present < needed and not shared:
                raise RuntimeError(f"file <{filename}> size <{present}> is smaller than the required mapping size <{needed}>")
            file.truncate(max(present, needed)) if shared else None
            mapped = mmap.mmap(file.fileno(), needed, access=mmap.ACCESS_WRITE if shared else mmap.ACCESS_COPY) if needed else b""
    except OSError as error:
        raise RuntimeError(f"unable to open file <{filename}> in read-{'write' if shared else 'only'} mode: {error.strerror}") from None
    return made(np.ndarray((needed,), np.uint8, mapped).view(target.np_dtype), requires_grad)


# ---------------------------------------------------------------- buffers


def over_buffer(buffer: Any, dtype: Any, count: int, offset: int) -> Any:
    """The array of `count` elements (all, where negative) in a buffer's memory after `offset` bytes."""
    try:
        view = memoryview(buffer)
    except TypeError:
        raise ValueError("object does not implement Python buffer protocol.") from None
    if view.readonly:
        _warn_read_only_buffer()
    length = view.nbytes
    item = dtype.itemsize
    if length == 0 or count == 0:
        raise ValueError(f"both buffer length ({length}) and count ({count}) must not be 0")
    if not 0 <= offset < length:
        raise ValueError(f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({length} bytes) minus 1")
    rest = length - offset
    if count < 0:
        if rest % item:
            raise ValueError(
                f"buffer length ({rest} bytes) after offset ({offset} bytes) must be a multiple of element size ({item})"
            )
        count = rest // item
    elif count * item > rest:
        raise ValueError(
            f"requested buffer length ({count} * {item} bytes) after offset ({offset} bytes) must not be greater than actual buffer "
            f"length ({length} bytes)"
        )
    raw = np.frombuffer(view, np.uint8, count * item, offset)
    return python_data.owned(raw).view(dtype.np_dtype)


def _warn_read_only_buffer() -> None:
    warn_once(
        "The given buffer is not writable, and PyTorch does not support non-writable tensors. This means you can write to the underlying "
        "(supposedly non-writable) buffer using the tensor. You may want to copy the buffer to protect its data or make it writable "
        "before converting it to a tensor. This type of warning will be suppressed for the rest of this program. (Triggered internally "
        "at /__w/pytorch/pytorch/torch/csrc/utils/tensor_new.cpp:1634.)",
    )


@factory("frombuffer")
def frombuffer(buffer: Any, dtype: Any, count: Any, offset: Any, requires_grad: Any) -> Any:
    """A one-dimensional tensor over the memory of a Python buffer."""
    return made(over_buffer(buffer, dtype, count, offset), requires_grad)


# ---------------------------------------------------------------- asarray


def _is_buffer(obj: Any) -> bool:
    if isinstance(obj, (bytes, bytearray, memoryview)):
        return True
    return hasattr(obj, "__buffer__") or type(obj).__module__ in ("array", "mmap")


@factory("asarray")
def asarray(obj: Any, dtype: Any, device: Any, copy: Any, requires_grad: Any) -> Any:
    """Anything as a tensor, sharing memory where possible; copy=True forbids that, copy=False insists on it."""
    tensor = _aliased(obj, dtype, device)
    if tensor is None:
        if copy is False:
            raise ValueError("can't alias arbitrary sequence into a tensor.")
        return copied_data(obj, dtype, device, False, bool(requires_grad))
    own = dtypes.of(tensor._array)
    wrong_device = device is not None and _objects.check_device(device) != tensor.is_meta
    wrong_dtype = dtype is not None and dtype is not own
    if copy is False and wrong_device:
        raise ValueError(f"can't alias tensor from device '{tensor.device}' to '{device}'.")
    if copy is False and wrong_dtype:
        raise ValueError(f"can't alias tensor with dtype '{own.cpp}' into dtype '{dtype.cpp}'.")
    if copy and not wrong_device and not wrong_dtype:
        tensor = REGISTRY["clone"](tensor)
    elif wrong_device or wrong_dtype:
        tensor = REGISTRY["to"](tensor, device, dtype, False, bool(copy), None)
    return _asked_grad(tensor, obj, requires_grad)


def _aliased(obj: Any, dtype: Any, device: Any) -> Any:
    """A tensor over the object's own memory, or None."""
    if isinstance(obj, TensorBase):
        return obj
    if isinstance(obj, (np.ndarray, np.generic)):
        array = np.asarray(obj)
        return made(shared(array if array is obj else array.copy()))
    if hasattr(obj, "__dlpack__") or type(obj).__name__ == "PyCapsule":
        from rushlight.ops.dlpack import from_dlpack

        return from_dlpack(obj)
    if _is_buffer(obj):
        return made(over_buffer(obj, dtype or dtypes.get_default_dtype(), -1, 0))
    return None


def _asked_grad(tensor: Any, obj: Any, requires_grad: Any) -> Any:
    has = wants_grad(tensor)
    if requires_grad is None and has:
        warn_once(
            "torch.asarray: unspecified requires_grad now defaults to obj.requires_grad instead of False. Pass requires_grad=False "
            "explicitly to get the old behavior and silence this warning. (Triggered internally at "
            "/__w/pytorch/pytorch/torch/csrc/utils/tensor_new.cpp:1737.)"
        )
    wanted = bool(requires_grad)
    if wanted and not has:
        if dtypes.of(tensor._array).category < dtypes.FLOATING:
            raise RuntimeError(INTEGERS_HAVE_NO_GRADIENT)
        tensor._requires_grad = True
    elif requires_grad is False and has:
        tensor = tensor.detach() if tensor is obj or tensor._node is not None else tensor
    return tensor
