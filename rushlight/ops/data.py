"""Python data to arrays: what `torch.tensor` makes of numbers, nested sequences, NumPy arrays and tensors.

Nested lists of Python numbers, by far the commonest, are flattened and checked level by level without a Python loop over
the elements; everything else is walked as PyTorch walks it, so that its errors come in its order.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.dtypes import FLOATING, dtype
from rushlight._core.memory import address
from rushlight._core.op_inplace import records
from rushlight._core.state import get_mode, quiet_begin, quiet_end
from rushlight._core.tensor import TensorBase, values_of, wants_grad
from rushlight.ops import examples, layout
from rushlight.ops.warn import warn_once

_PLAIN = {bool: 0, int: 1, float: 2, complex: 3}
_SEQUENCES = {list, tuple}
_TEXTS = (str, bytes)
_MAX_DEPTH = 128


def shape_of(data: Any, wanted: dtype | None) -> Any:
    """An array of the shape and dtype that a meta tensor of the data has: of lists, PyTorch looks at the first entries alone."""
    if type(data) not in _SEQUENCES:
        return array_of(data, wanted)
    sizes = _sizes(data)
    return np.broadcast_to(np.empty((), (_infer(data) if wanted is None else wanted).np_dtype), sizes)


def array_of(data: Any, wanted: dtype | None) -> Any:
    """A new array with the values of `data`, in the dtype `wanted` or else in the one that the data calls for."""
    cls = type(data)
    if cls in _PLAIN:
        return _stored([data], cls, wanted, ())
    if cls in _SEQUENCES:
        flat, shape = _flatten(data)
        if flat is not None:
            kinds = set(map(type, flat))
            if kinds <= _PLAIN.keys():
                return _stored(flat, max(kinds, key=_PLAIN.__getitem__, default=float), wanted, shape)
    return _walked(data, wanted)


def _flatten(data: Any) -> tuple[Any, tuple[int, ...]]:
    """The leaves and shape of an even nesting of lists and tuples; (None, ()) for anything else."""
    shape = [len(data)]
    level = data
    while level:
        kinds = set(map(type, level))
        if not kinds <= _SEQUENCES:
            if kinds & _SEQUENCES:
                return None, ()
            break
        sizes = set(map(len, level))
        if len(sizes) != 1:
            return None, ()
        shape.append(sizes.pop())
        level = list(chain.from_iterable(level))
        if len(shape) > _MAX_DEPTH:
            return None, ()
    return level, tuple(shape)


def _stored(flat: Any, kind: type, wanted: dtype | None, shape: Any) -> Any:
    """Plain Python numbers, of `kind` and narrower ones, as an array."""
    if wanted is None:
        wanted = _of_number(kind)
    np_dtype = wanted.np_dtype
    if wanted.category == dtypes.BOOL:
        return np.array([bool(value) for value in flat], np.bool_).reshape(shape)
    if wanted.category == dtypes.INTEGRAL:
        return _integers(flat, kind, wanted).reshape(shape)
    if wanted.category == FLOATING:
        if kind is complex:
            _complex_for_float(flat)
        if np_dtype.itemsize == 8:
            return _floats(flat).reshape(shape)
        token = quiet_begin()
        try:
            narrow = _floats(flat).astype(np.float32)
            found = narrow if np_dtype.itemsize == 4 else layout.fitted(narrow, np_dtype).astype(np_dtype)
        finally:
            quiet_end(token)
        return found.reshape(shape)
    with np.errstate(all="ignore"):
        return np.array(flat, np.complex128).astype(np_dtype).reshape(shape)


def _floats(flat: Any) -> Any:
    try:
        return np.array(flat, np.float64)
    except OverflowError:
        raise OverflowError("int too large to convert to float") from None


def _complex_for_float(flat: Any) -> None:
    raise TypeError("must be real number, not complex")


def _integers(flat: Any, kind: type, wanted: dtype) -> Any:
    np_dtype = wanted.np_dtype
    if kind is complex:
        value = next(value for value in flat if type(value) is complex)
        raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
    if wanted is dtypes.uint64:
        return np.array([_unsigned(value) for value in flat], np.uint64)
    info = np.iinfo(np_dtype)
    if kind is float:
        return np.array([_from_float(value, info, wanted) for value in flat], np.int64).astype(np_dtype)
    try:
        wide = np.array(flat, np.int64)
    except OverflowError:
        raise ValueError("Overflow when unpacking long long") from None
    if np_dtype.itemsize < 8 and wide.size:
        low = int(info.min) if info.min else -int(info.max)
        if int(wide.min()) < low or int(wide.max()) > int(info.max):
            raise RuntimeError(f"value cannot be converted to type {wanted.name} without overflow")
    return wide.astype(np_dtype)


def _from_float(value: Any, info: Any, wanted: dtype) -> int:
    if type(value) is not float:
        return int(_integers([value], int, wanted)[0])
    if not int(info.min) <= value <= int(info.max) or value == 2.0**63:
        raise RuntimeError(f"value cannot be converted to type {wanted.name} without overflow")
    return int(value)


def _unsigned(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError("an integer is required")
    if value < 0:
        raise OverflowError("can't convert negative int to unsigned")
    if value >= 1 << 64:
        raise OverflowError("int too big to convert")
    return value


# ---------------------------------------------------------------- anything else, element by element


def is_sequence(value: Any) -> bool:
    """Whether an object stands for the elements that it holds."""
    if isinstance(value, TensorBase):  # one element, whatever its shape
        return False
    if isinstance(value, (list, tuple, str, bytes)):
        return True
    cls = type(value)
    if isinstance(value, (dict, set, frozenset, np.generic, type)):
        return False
    return hasattr(cls, "__getitem__")


def _sizes(data: Any) -> list[int]:
    """The lengths along the first elements."""
    sizes: list[int] = []
    while is_sequence(data):
        length = len(data)
        sizes.append(length)
        if len(sizes) > _MAX_DEPTH:
            raise ValueError(f"too many dimensions '{type(data).__name__}'")
        if not length:
            break
        try:
            data = data[0]
        except Exception as error:
            raise ValueError(f"could not determine the shape of object type '{type(data).__name__}'") from error
    return sizes


def _of_number(kind: type) -> dtype:
    """The dtype of a Python number in data."""
    if kind is complex and dtypes.get_default_dtype().cpp == "BFloat16":
        raise RuntimeError("invalid default scalar type for complex")
    return dtypes.of_scalar(kind())


def _infer(value: Any) -> dtype:
    """The dtype that an object calls for."""
    if isinstance(value, TensorBase):
        return dtypes.of(value._array)
    if isinstance(value, (np.ndarray, np.generic)):
        return dtypes.of_numpy(value.dtype)
    for kind in (bool, int, float, complex):
        if isinstance(value, kind):
            return _of_number(kind)
    if isinstance(value, _TEXTS):
        raise TypeError(f"new(): invalid data type '{type(value).__name__}'")
    if not is_sequence(value):
        raise RuntimeError(f"Could not infer dtype of {_full_name(value)}")
    found: dtype | None = None
    for entry in value:
        if entry is value:
            raise TypeError("new(): self-referential lists are incompatible")
        found = dtypes.promote_optional(found, _infer(entry))
        if found is dtypes.complex128:
            break
    return dtypes.get_default_dtype() if found is None else found


def _full_name(value: Any) -> str:
    from rushlight._core.signature_types import type_name

    return type_name(value)


def _walked(data: Any, wanted: dtype | None) -> Any:
    if isinstance(data, _TEXTS):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if isinstance(data, TensorBase):
        return values_of(data)
    if isinstance(data, np.ndarray):
        return from_array(data)
    foreign = _buffer_array(data)
    if foreign is not None:
        return foreign
    if hasattr(data, "_owner"):
        return _over_storage(data, wanted)
    sizes = _sizes(data)
    if wanted is None:
        wanted = _infer(data)
    if 0 in sizes:
        return np.empty(sizes, wanted.np_dtype)
    values: list[Any] = []
    _collect(data, sizes, 0, values, wanted)
    kind = max((type(value) for value in values), key=lambda cls: _PLAIN[cls], default=float)
    return _stored(values, kind, wanted, tuple(sizes))


def _over_storage(storage: Any, wanted: dtype | None) -> Any:
    """The elements of a storage, in its own memory."""
    from rushlight.ops.resize import window

    if wanted is None:
        wanted = _infer(list(storage))
    own = getattr(storage, "_dtype", wanted)
    if own is not wanted:
        raise RuntimeError(f"Expected a Storage of type {wanted.cpp} or an UntypedStorage, but got {own.cpp}")
    root = storage._owner()
    return window(root, wanted.np_dtype, (root.nbytes // wanted.itemsize,), (1,), 0)


def _warn_arrays() -> None:
    warn_once(
        "Creating a tensor from a list of numpy.ndarrays is extremely slow. Please consider converting the list to a single "
        "numpy.ndarray with numpy.array() before converting to a tensor. (Triggered internally at "
        "/__w/pytorch/pytorch/torch/csrc/utils/tensor_new.cpp:252.)",
    )


def _buffer_array(data: Any) -> Any:
    """An array from an object that describes itself as NumPy's arrays do, or None."""
    if isinstance(data, np.generic):  # an element, not an array
        return None
    interface = getattr(data, "__cuda_array_interface__", None)
    if interface is not None:
        raise AssertionError("Torch not compiled with CUDA enabled")
    if hasattr(data, "__array_interface__"):
        return from_array(np.asarray(data))
    return None


def _collect(data: Any, sizes: list[int], dim: int, values: list[Any], wanted: dtype) -> None:
    if isinstance(data, np.ndarray):
        _warn_arrays()
    if dim == len(sizes):
        values.append(_leaf(data, wanted))
        return
    try:
        entries = data if is_sequence(data) else list(data)
    except TypeError:
        raise TypeError("not a sequence") from None
    if len(entries) != sizes[dim]:
        raise ValueError(f"expected sequence of length {sizes[dim]} at dim {dim} (got {len(entries)})")
    for entry in entries:
        _collect(entry, sizes, dim + 1, values, wanted)


def _leaf(value: Any, wanted: dtype) -> Any:
    """One element as a plain Python number that the dtype takes."""
    for kind in (bool, int, float, complex):
        if isinstance(value, kind):
            if kind is complex and wanted.category == FLOATING:
                return _real_part(value)
            return kind(value)
    if isinstance(value, TensorBase):
        return _of_tensor(value, wanted)
    if isinstance(value, np.bool_) and wanted.category == dtypes.BOOL:
        return bool(value)
    if wanted.category == dtypes.COMPLEX and hasattr(type(value), "__complex__"):
        return complex(value)
    if wanted.category >= FLOATING:
        if hasattr(type(value), "__float__"):
            return float(value)
        raise TypeError(f"must be real number, not {_full_name(value)}")
    if wanted is dtypes.uint64 and not isinstance(value, np.integer):
        raise TypeError("an integer is required")
    if hasattr(type(value), "__index__") and not (isinstance(value, np.ndarray) and value.size != 1):
        return value.__index__()
    if isinstance(value, np.ndarray):
        raise TypeError("only integer scalar arrays can be converted to a scalar index")
    raise TypeError(f"'{_full_name(value)}' object cannot be interpreted as an integer")


def _real_part(value: Any) -> float:
    """The complex number given for a float: refused, unless it is NumPy's, which warns."""
    if isinstance(value, np.complexfloating):
        return float(value)
    raise TypeError("must be real number, not complex")


def warn_scalar(tensor: TensorBase) -> None:
    """Warn, once, that a number taken from a tensor is outside the graph."""
    if wants_grad(tensor) and records(get_mode()):
        warn_once(
            "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\nConsider using tensor.detach() "
            "first. (Triggered internally at /__w/pytorch/pytorch/torch/csrc/autograd/generated/python_variable_methods.cpp:822.)",
        )


def _of_tensor(tensor: TensorBase, wanted: dtype) -> Any:
    """The element of a tensor, by the conversion that Python asks for: float() or __index__."""
    examples.refuse(examples.ITEM, tensor)
    warn_scalar(tensor)
    array = values_of(tensor)
    if wanted.category >= FLOATING:
        if array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        value = array.item()
        if wanted.category == FLOATING and isinstance(value, complex) and value.imag:
            raise RuntimeError("value cannot be converted to type double without overflow")
        return value.real if wanted.category == FLOATING else value
    if array.size != 1 or array.dtype.kind not in "biu":
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return array.item()


# ---------------------------------------------------------------- NumPy arrays


def from_array(array: Any) -> Any:
    """A NumPy array in a form that a tensor can share: native byte order, whole non-negative strides."""
    found = array.dtype
    strides = array.strides
    if strides and min(strides) < 0:
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not currently "
            "supported. (You can probably work around this by making a copy of your array  with array.copy().) "
        )
    dtypes.of_numpy(found)
    if found.kind == "V":
        raise TypeError(
            f"can't convert np.ndarray of type {found.type.__module__}.{found.type.__name__}. The only supported types are: float64, "
            "float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, uint16, uint8, and bool."
        )
    item = array.itemsize
    if any([step % item for step in strides]):
        raise ValueError(
            "given numpy array strides not a multiple of the element byte size. Copy the numpy array to reallocate the memory."
        )
    if not found.isnative:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. Conversion between byte orders is currently not "
            "supported."
        )
    return array.view(np.ndarray) if type(array) is not np.ndarray else array



class _Holder:
    """Keeps memory alive for an array made of its address."""

    def __init__(self, interface: Any, owner: Any) -> None:
        self.__array_interface__ = interface
        self.owner = owner


def owned(array: Any) -> Any:
    """The array over a base of its own that starts at its first element, as PyTorch's storage of foreign memory does.

    The base is writeable even where the array is not: PyTorch lets tensors write there.
    """
    if not array.size:
        found = np.empty(array.shape, array.dtype)
        return np.ndarray(array.shape, array.dtype, np.empty(max(array.nbytes, 16), np.uint8), 0, array.strides) if array.ndim else found
    item = array.itemsize
    span = sum((count - 1) * step for count, step in zip(array.shape, array.strides)) // item + 1
    interface = {"version": 3, "typestr": array.dtype.str, "shape": (span,), "data": (address(array), False)}
    flat = np.asarray(_Holder(interface, array))
    return np.ndarray(array.shape, array.dtype, flat, 0, array.strides)
