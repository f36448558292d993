"""The constructors of old: torch.Tensor(...), Tensor.new(...), torch.FloatTensor and its kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes
from rushlight._core.signature import Parser
from rushlight._core.signature_types import type_name
from rushlight._core.tensor import META, SPARSE, TensorBase
from rushlight.ops import signatures
from rushlight.ops.convert import TYPE_NAMES, dtype_of_type
from rushlight.ops.create import converted, copied_data, made
from rushlight.ops.data import is_sequence
from rushlight.ops.declare import REGISTRY
from rushlight.ops.resize import cpp_name, window
from rushlight.ops.warn import warn_once
from rushlight.storage import TypedStorage

_PARSERS: dict[str, Parser] = {}
NOTHING, STORAGE, TENSOR, TENSOR_DEVICE, SIZE, DATA = range(6)  # the signatures of "new"


def _parser() -> Parser:
    found = _PARSERS.get("new")
    if found is None:
        found = _PARSERS["new"] = Parser("new", signatures.signatures("class", "new"))
    return found


def construct(dtype: Any, args: Any, kwargs: Any, strict: bool = True) -> TensorBase:
    """The tensor that torch.Tensor(*args) makes, in the given dtype; strict: a tensor given must have it already."""
    try:
        kind, values = _parser().bind(args, kwargs)
    except TypeError as error:
        if "failed to unpack" not in str(error) or kwargs or not (len(args) == 1 and isinstance(args[0], (list, tuple))):
            raise
        kind, values = DATA, [args[0], None]  # PyTorch looks at a sequence's first element alone to take it for sizes
    device = values[-1] if kind in (NOTHING, TENSOR_DEVICE, SIZE, DATA) else None
    if device is not None and device.type not in ("cpu", "meta"):
        raise RuntimeError(f"legacy constructor expects device type: cpu but device type: {device.type} was passed")
    if kind == NOTHING:
        return made(np.empty(0, dtype.np_dtype))
    if kind == STORAGE:
        return _over_storage(dtype, values[0])
    if kind in (TENSOR, TENSOR_DEVICE):
        return _alias(dtype, values[0], strict)
    if kind == SIZE and args and isinstance(args[0], (list, tuple)) and not isinstance(args[0], _objects.Size):
        kind, values = DATA, [args[0], device]
    if kind == SIZE:
        from rushlight.ops.create import empty

        return empty(values[0], None, None, dtype, None, device, False, False)  # type: ignore[no-any-return]
    data = values[0]
    if not isinstance(data, np.ndarray) and not is_sequence(data):
        raise TypeError(f"new(): data must be a sequence (got {type_name(data)})")
    return _from_data(dtype, data)


def _from_data(dtype: Any, data: Any) -> TensorBase:
    if isinstance(data, np.ndarray):
        from rushlight.ops.data import from_array

        return made(converted(from_array(data), dtype.np_dtype))
    return copied_data(data, dtype, _objects.CPU, False, False)


def _over_storage(dtype: Any, storage: Any) -> TensorBase:
    if isinstance(storage, TypedStorage) and storage.dtype is not dtype:
        raise RuntimeError(
            f"Expected a Storage of type {dtype.cpp} or an UntypedStorage, but got type {storage.dtype.cpp} for argument 1 'storage'"
        )
    root = storage._owner()
    count = root.nbytes // dtype.itemsize
    return made(window(root, dtype.np_dtype, (count,), (1,), 0))


def _alias(dtype: Any, other: TensorBase, strict: bool) -> TensorBase:
    """An alias, recorded where the tensor requires grad."""
    own = dtypes.of(other._array)
    device = "meta" if other._flags & META else "cpu"
    if strict and (dtype is not own or device != "cpu"):
        raise TypeError(f"expected {_options(dtype, 'cpu')} (got {_options(own, device)})")
    return REGISTRY["alias"].apply([other])  # type: ignore[no-any-return]


def _options(dtype: Any, device: str) -> str:
    """How PyTorch prints what a tensor is made of."""
    return (
        f"TensorOptions(dtype={cpp_name(dtype)}, device={device}, layout=Strided, requires_grad=false (default), "
        "pinned_memory=false (default), memory_format=(nullopt))"
    )


# ---------------------------------------------------------------- torch.FloatTensor and its kin


class tensortype(type):
    """The type of torch.FloatTensor: a tensor of that dtype is an instance of it."""

    __module__ = "torch"

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, TensorBase) and dtypes.of(value._array) is cls.dtype and not value._flags & (META | SPARSE)  # type: ignore[attr-defined]

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return construct(cls.dtype, args, kwargs)  # type: ignore[attr-defined]

    def __reduce__(cls) -> Any:
        return _by_name, (cls.__name__,)


def _by_name(name: str) -> Any:
    return CLASSES[name]


def _make(name: str, dtype: Any) -> Any:
    fields = {
        "__module__": "torch", "dtype": dtype, "is_cuda": False, "is_xpu": False, "is_sparse": False, "layout": _objects.strided,
    }  # fmt: skip
    return tensortype(name, (), fields)


class _missing(tensortype):
    """The type of torch.cuda.FloatTensor, for which there is no device."""

    __module__ = "torch"

    def __instancecheck__(cls, value: Any) -> bool:
        return False

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        name = f"{cls.__module__}.{cls.__name__}"
        raise TypeError(f"type {name} not available. Torch not compiled with CUDA enabled.")

    def __reduce__(cls) -> Any:
        return _cuda_by_name, (cls.__name__,)


def _cuda_by_name(name: str) -> Any:
    return CUDA_CLASSES[name]


CLASSES = {
    name: _make(name, dtypes.by_name(kind))
    for name, kind in (
        ("FloatTensor", "float32"), ("DoubleTensor", "float64"), ("HalfTensor", "float16"), ("BFloat16Tensor", "bfloat16"),
        ("LongTensor", "int64"), ("IntTensor", "int32"), ("ShortTensor", "int16"), ("CharTensor", "int8"), ("ByteTensor", "uint8"),
        ("BoolTensor", "bool"),
    )
}  # fmt: skip


CUDA_CLASSES = {
    name: _missing(name, (), {**{key: getattr(kind, key) for key in ("dtype", "layout", "is_sparse", "is_xpu")},
                              "__module__": "torch.cuda", "is_cuda": True})
    for name, kind in CLASSES.items()
}  # fmt: skip


_tensor_classes = {*CLASSES.values(), *CUDA_CLASSES.values()}


def set_default_tensor_type(t: Any) -> None:
    """Set the default dtype to that of a floating-point tensor type, such as torch.DoubleTensor or its name."""
    warn_once(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and "
        "torch.set_default_device() as alternatives."
    )
    if isinstance(t, str) and t not in TYPE_NAMES:
        module, _, name = t.rpartition(".")
        if module == "torch":
            raise AttributeError(f"module 'torch' has no attribute '{name}'")
        raise ModuleNotFoundError(f"No module named '{module or name}'")
    if isinstance(t, type) and t in CLASSES.values() or isinstance(t, str):
        dtypes.set_default_dtype(dtype_of_type(t))
        return
    if isinstance(t, type) and t in CUDA_CLASSES.values():
        name = f"{t.__module__}.{t.__name__}"
        raise TypeError(f"type {name} not available. Torch not compiled with CUDA enabled.")
    raise TypeError("invalid type object: only floating-point types are supported as the default type")
