"""Conversions: dtypes and devices, Python numbers and lists, NumPy arrays; and what a tensor says of its shape and memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes, memory
from rushlight._core.op import records
from rushlight._core.promotion import result_dtype
from rushlight._core.state import GRAD, get_mode
from rushlight._core.tensor import CONJUGATE, DISPATCH, LAZY, META, TensorBase, differentiable, values_of, wants_grad, wrap
from rushlight.ops import examples, layout as layouts
from rushlight.ops.copying import to_copy
from rushlight.ops.create import meta_strides, shaped, with_strides, without_data
from rushlight.ops.declare import composite
from rushlight.ops.formats import like_channels_last
from rushlight.ops.view import size_at

# ---------------------------------------------------------------- Python and NumPy


def need_data(tensor: TensorBase, what: str, kind: type[Exception] = NotImplementedError) -> None:
    """Refuse meta tensors where values are needed."""
    if tensor._flags & DISPATCH:
        raise RuntimeError(f".tolist() is not supported for tensor subclasses, got {type(tensor).__name__}")
    if tensor._flags & META:
        raise kind(what)


@composite("item")
def item(self: Any) -> Any:
    """The only element as a Python number."""
    examples.refuse(examples.ITEM, self)
    if examples.LEVELS.scalar is not None:
        found = examples.LEVELS.scalar(self)
        if found is not NotImplemented:
            return found
    array = values_of(self)
    if array.size != 1:
        raise RuntimeError(f"a Tensor with {array.size} elements cannot be converted to Scalar")
    need_data(self, "Tensor.item() cannot be called on meta tensors", RuntimeError)
    return array.item() if array.dtype.isbuiltin == 1 else float(array.reshape(()).astype(np.float32))


@composite("tolist")
def tolist(self: Any) -> Any:
    """The elements as nested lists of Python numbers; a number for a 0-d tensor."""
    need_data(self, "Cannot copy out of meta tensor; no data!")
    examples.refuse(examples.POINTER, self)
    array = values_of(self)
    return array.tolist() if array.dtype.isbuiltin == 1 else array.astype(np.float32).tolist()


@composite("numpy")
def numpy(self: Any, force: Any = False) -> Any:
    """A NumPy array that shares the tensor's memory."""
    if wants_grad(self) and not force and get_mode() & GRAD:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    if self._flags & DISPATCH:
        raise RuntimeError(".numpy() is not supported for tensor subclasses.")
    if self._flags & META:
        raise TypeError(
            "can't convert meta device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first."
        )
    if self._flags & LAZY and not force:
        which = "conj" if self._flags & CONJUGATE else "neg"
        raise RuntimeError(
            f"Can't call numpy() on Tensor that has {'conjugate' if which == 'conj' else 'negative'} bit set. "
            f"Use tensor.resolve_{which}().numpy() instead."
        )
    examples.refuse(examples.POINTER, self)
    array = values_of(self)
    if array.dtype.isbuiltin != 1:
        raise TypeError(f"Got unsupported ScalarType {dtypes.of(array).cpp}")
    return array.view()


# ---------------------------------------------------------------- to


def on_meta(tensor: TensorBase) -> bool:
    """Whether a tensor's device is meta: one that takes operators over may be without memory on any device."""
    return tensor._flags & META != 0 and (not tensor._flags & DISPATCH or tensor.device.type == "meta")  # type: ignore[attr-defined]


def _suggested(self: TensorBase) -> Any:
    """The memory format that a tensor is taken to be in."""
    if not like_channels_last(shaped(self)):
        return _objects.contiguous_format
    return _objects.channels_last if self._array.ndim == 4 else _objects.channels_last_3d


def _moved(self: TensorBase, dtype: Any, device: Any, copy: Any, memory_format: Any) -> Any:
    """The tensor on a device and in a dtype: itself where nothing changes."""
    meta = on_meta(self)
    wants_meta = meta if device is None else _objects.check_device(device)
    if device is not None and device.index is not None and not wants_meta and not meta:
        device = None  # cpu:0 is the CPU
    own = dtypes.of(self._array)
    target = own if dtype is None else dtype
    same_format = memory_format in (None, _objects.preserve_format) or memory_format is _suggested(self)
    if target is own and wants_meta == meta and not copy and same_format:
        return self
    if wants_meta:
        made = wrap(without_data(self._array.shape, target.np_dtype))
        made._flags |= META
        made = with_strides(made, layouts.format_strides(shaped(self), memory_format))
        if wants_grad(self) and records(get_mode()) and differentiable(made._array):
            values = [self]
            to_copy.fill(values, {})
            to_copy.record(values, [made], to_copy.grad_bit(0), get_mode(), None)
        return made
    if meta:
        raise NotImplementedError("Cannot copy out of meta tensor; no data!")
    return to_copy(self, dtype=target, memory_format=memory_format)


def to(self: Any, *values: Any) -> Any:
    """The tensor on another device or in another dtype; which of the three overloads is told by the first value's type."""
    first = values[0]
    if isinstance(first, TensorBase):
        _, _, copy, memory_format = values
        device = _objects.META if on_meta(first) else _objects.CPU
        return _moved(self, dtypes.of(first._array), device, copy, memory_format)
    if isinstance(first, dtypes.dtype):
        return _moved(self, first, None, values[-2], values[-1])
    if isinstance(first, (bool, int, float, complex)) and len(values) == 4:  # a number in the place of the other tensor
        return _moved(self, _OF_NUMBERS[type(first)], _objects.CPU, values[2], values[3])
    device, dtype, _, copy, memory_format = values
    return _moved(self, dtype, device, copy, memory_format)


_OF_NUMBERS = {bool: dtypes.bool_, int: dtypes.int64, float: dtypes.float64, complex: dtypes.complex128}
composite("to")(to)


def _cast_method(name: str, dtype: Any) -> Any:
    def method(self: Any, memory_format: Any = None) -> Any:
        return _moved(self, dtype, None, False, memory_format)

    method.__name__ = name
    method.__doc__ = f"The tensor as {dtype!r}; itself if it is already."
    return composite(name)(method)


CASTS = {
    "float": dtypes.float32, "double": dtypes.float64, "half": dtypes.float16, "bfloat16": dtypes.bfloat16, "int": dtypes.int32,
    "long": dtypes.int64, "short": dtypes.int16, "char": dtypes.int8, "byte": dtypes.uint8, "bool": dtypes.bool_,
    "chalf": dtypes.complex32, "cfloat": dtypes.complex64, "cdouble": dtypes.complex128,
}  # fmt: skip
for _name, _dtype in CASTS.items():
    _cast_method(_name, _dtype)


@composite("cpu")
def cpu(self: Any, memory_format: Any = None) -> Any:
    """The tensor on the CPU: itself."""
    return _moved(self, None, _objects.CPU, False, memory_format)


@composite("cuda")
def cuda(self: Any, *values: Any) -> Any:
    """Fails: there is no such device."""
    raise AssertionError("Torch not compiled with CUDA enabled")


@composite("xpu")
def xpu(self: Any, *values: Any) -> Any:
    """Fails: there is no such device."""
    raise AssertionError("Torch not compiled with XPU enabled")


@composite("ipu")
def ipu(self: Any, *values: Any) -> Any:
    """Fails: there is no such device."""
    raise RuntimeError("PyTorch is not linked with support for ipu devices")


@composite("mtia")
def mtia(self: Any, *values: Any) -> Any:
    """Fails: there is no such device."""
    raise AssertionError("Torch not compiled with MTIA enabled.")


@composite("type_as")
def type_as(self: Any, other: Any) -> Any:
    """The tensor in another's dtype."""
    return to(self, other, False, False, None)


TYPE_NAMES = {f"torch.{entry.cpp}Tensor": entry for entry in dtypes.ALL}
TYPE_NAMES["torch.Tensor"] = None  # the default dtype


@composite("type")
def type_(self: Any, dtype: Any = None, non_blocking: Any = False, memory_format: Any = None) -> Any:
    """The name of the tensor's type, or the tensor in another one (a dtype, or a name such as "torch.FloatTensor")."""
    if dtype is None:
        return ("torch.meta." if on_meta(self) else "torch.") + dtypes.of(self._array).cpp + "Tensor"
    return _moved(self, dtype_of_type(dtype), None, False, memory_format)


def dtype_of_type(kind: Any) -> Any:
    """The dtype that a dtype, a type such as torch.FloatTensor or the name of one means."""
    if isinstance(kind, dtypes.dtype):
        return kind
    if isinstance(kind, type):
        name = f"{kind.__module__}.{kind.__qualname__}" if kind.__module__ != "builtins" else kind.__name__
    elif isinstance(kind, str):
        name = kind
    else:
        raise TypeError("dtype must be a type, str, or dtype object")
    if name not in TYPE_NAMES:
        if name.startswith("torch.cuda."):
            raise RuntimeError("Cannot initialize CUDA without ATen_cuda library.")
        raise ValueError(f"invalid type: '{name}'")
    return TYPE_NAMES[name] or dtypes.get_default_dtype()


# ---------------------------------------------------------------- shape and memory


def strides_of(tensor: TensorBase) -> tuple[int, ...]:
    """The strides, in elements; those of a meta tensor are row-major unless it remembers others."""
    return meta_strides(tensor) if tensor._flags & META else memory.element_strides(tensor._array)


@composite("size")
def size(self: Any, dim: Any = None) -> Any:
    """The shape, or one of its sizes."""
    shape = self._array.shape
    return _objects.Size(shape) if dim is None else size_at(shape, dim)


@composite("stride")
def stride(self: Any, dim: Any = None) -> Any:
    """The distances, in elements, between neighbours of each dimension, or of one."""
    strides = strides_of(self)
    return strides if dim is None else size_at(strides, dim)


@composite("dim", "ndimension")
def dim(self: Any) -> Any:
    """The number of dimensions."""
    return int(self._array.ndim)


@composite("numel", "nelement")
def numel(self: Any) -> Any:
    """The number of elements."""
    return int(self._array.size)


@composite("storage_offset")
def storage_offset(self: Any) -> Any:
    """Where the first element lies in the storage, in elements."""
    return 0 if self._flags & META else memory.storage_offset(self._array)


@composite("data_ptr")
def data_ptr(self: Any) -> Any:
    """The address of the first element."""
    examples.refuse(examples.POINTER, self)
    if examples.followed(self):
        raise RuntimeError(examples.POINTER)
    return 0 if self._flags & META or not self._array.size else memory.address(self._array)


@composite("element_size")
def element_size(self: Any) -> Any:
    """The bytes of one element."""
    return int(self._array.itemsize)


@composite("is_contiguous")
def is_contiguous(self: Any, memory_format: Any = _objects.contiguous_format) -> Any:
    """Whether the elements lie in memory in the order of a memory format."""
    if memory_format is not _objects.contiguous_format:
        examples.refuse("NYI: querying is_contiguous inside of vmap for memory_format other than torch.contiguous_format", self)
    return layouts.is_contiguous(shaped(self), memory_format)


@composite("is_set_to")
def is_set_to(self: Any, tensor: Any) -> Any:
    """Whether both tensors are the same window on the same memory."""
    one, other = self._array, tensor._array
    same = memory.root(one) is memory.root(other) and memory.address(one) == memory.address(other)
    same = same and not (self._flags | tensor._flags) & LAZY
    return same and one.shape == other.shape and one.strides == other.strides


@composite("is_same_size")
def is_same_size(self: Any, other: Any) -> Any:
    """Whether two shapes are equal."""
    return self._array.shape == other._array.shape


@composite("is_floating_point")
def is_floating_point(self: Any) -> Any:
    """Whether the dtype is a real floating-point one."""
    return dtypes.of(self._array).category == dtypes.FLOATING


@composite("is_complex")
def is_complex(self: Any) -> Any:
    """Whether the dtype is complex."""
    return dtypes.of(self._array).category == dtypes.COMPLEX


@composite("is_signed")
def is_signed(self: Any) -> Any:
    """Whether the dtype has negative values."""
    return dtypes.of(self._array).is_signed


@composite("is_nonzero")
def is_nonzero(self: Any) -> Any:
    """Whether the only element is not zero."""
    examples.refuse(examples.CONTROL, self)
    array = self._array
    if array.size != 1:
        what = "no values" if not array.size else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {what} is ambiguous")
    return bool(item(self))


@composite("_assert_async", "_assert_async.msg")
def assert_async(self: Any, assert_msg: str = "Expected Tensor with single nonzero value, but got zero") -> None:
    """Raise RuntimeError where the one element is zero (at once: there is nothing to run on meanwhile)."""
    if not is_nonzero(self):
        raise RuntimeError(assert_msg)


@composite("is_distributed")
def is_distributed(self: Any) -> Any:
    """False."""
    return False


@composite("get_device")
def get_device(self: Any) -> Any:
    """-1: tensors on the CPU have no device number."""
    return -1


@composite("is_pinned")
def is_pinned(self: Any, device: Any = None) -> Any:
    """False: memory that a device could read is never made."""
    return False


@composite("pin_memory")
def pin_memory(self: Any, device: Any = None) -> Any:
    """Fails: there is no device that could use pinned memory."""
    raise RuntimeError("Cannot access accelerator device when none is available.")


# ---------------------------------------------------------------- promotion


@composite("promote_types")
def promote_types(type1: Any, type2: Any) -> Any:
    """The smallest dtype that both convert to safely."""
    return dtypes.promote_types(type1, type2)


@composite("can_cast")
def can_cast(from_: Any, to: Any) -> Any:
    """Whether a conversion stays within the kinds: integers may become floats, but not the other way round."""
    return dtypes.can_cast(from_, to)


@composite("result_type.Tensor", "result_type.Scalar_Tensor", "result_type.Scalar", "result_type.Scalar_Scalar")
def result_type(first: Any, second: Any) -> Any:
    """The dtype of an arithmetic operation on the two."""
    values = [value._array if isinstance(value, TensorBase) else value for value in (first, second)]
    return result_dtype(values)
