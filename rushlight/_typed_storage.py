"""TypedStorage: the memory below tensors as elements of one dtype (deprecated in PyTorch), and torch.FloatStorage and its kin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes, memory
from rushlight._core.signature import register_types
from rushlight.ops.data import array_of
from rushlight.ops.warn import warn_user
from rushlight.storage import UntypedStorage, _checked, _storage_over, deep_copied

_DEPRECATED = (
    "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class. This should only "
    "matter to you if you are using storages directly.  To access UntypedStorage directly, use tensor.untyped_storage() instead of "
    "tensor.storage()"
)


class TypedStorage:
    """A block of memory as elements of one dtype (deprecated in PyTorch)."""

    __module__ = "torch.storage"
    _fixed: Any = None

    def __init__(self, *args: Any, wrap_storage: Any = None, dtype: Any = None, device: Any = None, _internal: bool = False) -> None:
        if not _internal:
            warn_deprecated()
        if dtype is None and wrap_storage is not None:
            raise RuntimeError(
                "TypedStorage.__init__ received an invalid combination of arguments. Expected one of:\n"
                " * (*, torch.device device, torch.dtype dtype)\n * (int size, *, torch.device device, torch.dtype dtype)\n"
                " * (Sequence data, *, torch.device device, torch.dtype dtype)\n * (*, UntypedStorage wrap_storage, torch.dtype dtype)\n"
                "Argument 'dtype' must be specified"
            )
        self.dtype = dtype or dtypes.get_default_dtype()
        if wrap_storage is not None:
            self._untyped_storage = wrap_storage
        elif args and not isinstance(args[0], int):
            self._untyped_storage = _storage_over(memory.root(array_of(list(args[0]), self.dtype)))
        else:
            self._untyped_storage = UntypedStorage((args[0] if args else 0) * self.dtype.itemsize)

    @classmethod
    def from_buffer(cls, *args: Any, dtype: Any = None, **options: Any) -> TypedStorage:
        """The elements of a buffer; byte_order "big" turns each element's bytes around."""
        dtype = cls._fixed or dtype or dtypes.get_default_dtype()
        return _rebuild_typed(from_buffer(dtype, *args, **options), dtype)

    @property
    def _dtype(self) -> Any:
        return self.dtype

    def pickle_storage_type(self) -> str:
        """The name of the storage's class in pickles, such as "FloatStorage"."""
        return f"{self.dtype.cpp}Storage"

    def get_device(self) -> int:
        """-1: the CPU has no number."""
        return -1

    def is_pinned(self, device: Any = None) -> bool:
        """False."""
        return False

    def pin_memory(self, device: Any = None) -> Any:
        """Fails: there is no device to which memory could be pinned."""
        return self._untyped_storage.pin_memory()

    def cuda(self, *args: Any, **kwargs: Any) -> Any:
        """Fails: there is no such device."""
        return self._untyped_storage.cuda()

    def hpu(self, *args: Any, **kwargs: Any) -> Any:
        """Fails: there is no such device."""
        return self._untyped_storage.hpu()

    def to(self, *, device: Any, non_blocking: bool = False) -> TypedStorage:
        """The storage on a device: itself."""
        self._untyped_storage.to(device=device)
        return self

    def resizable(self) -> bool:
        """True."""
        return True

    is_sparse = is_hpu = False
    filename: Any = None

    def _owner(self) -> Any:
        return self._untyped_storage._root

    def _owner_bytes(self) -> Any:
        return self._untyped_storage._bytes()

    def _elements(self) -> Any:
        data = self._owner_bytes()
        item = self.dtype.itemsize
        return data[: data.size // item * item].view(self.dtype.np_dtype)

    def untyped(self) -> UntypedStorage:
        """The storage as bytes."""
        return self._untyped_storage

    @property
    def device(self) -> _objects.device:
        """Where the memory is."""
        return self._untyped_storage.device

    @property
    def is_cuda(self) -> bool:
        """False."""
        return False

    @property
    def _cdata(self) -> int:
        return self._untyped_storage._cdata

    def nbytes(self) -> int:
        """The number of bytes."""
        return self._untyped_storage.nbytes()

    def size(self) -> int:
        """The number of elements."""
        return self.nbytes() // self.dtype.itemsize

    __len__ = size

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self.nbytes()

    def element_size(self) -> int:
        """The bytes of one element."""
        return self.dtype.itemsize

    def data_ptr(self) -> int:
        """The address of the first element."""
        return self._untyped_storage.data_ptr()

    def tolist(self) -> list[Any]:
        """The elements as Python numbers."""
        found = self._elements()
        return found.tolist() if found.dtype.isbuiltin == 1 else found.astype(np.float32).tolist()  # type: ignore[no-any-return]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        return self._elements()[_checked(index, self.size())].item()

    def __setitem__(self, index: Any, value: Any) -> None:
        self._elements()[index if isinstance(index, slice) else _checked(index, self.size())] = value

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def fill_(self, value: Any) -> TypedStorage:
        """Set every element."""
        self._elements()[...] = value
        return self

    def copy_(self, source: Any, non_blocking: Any = None) -> TypedStorage:
        """Take over the elements of another storage."""
        self._untyped_storage.copy_(source.untyped())
        return self

    def clone(self) -> TypedStorage:
        """A copy."""
        return TypedStorage(wrap_storage=self._untyped_storage.clone(), dtype=self.dtype, _internal=True)

    def resize_(self, size: int) -> TypedStorage:
        """Change the number of elements."""
        self._untyped_storage.resize_(size * self.dtype.itemsize)
        return self

    def share_memory_(self) -> TypedStorage:
        """Mark the memory as shared between processes."""
        self._untyped_storage.share_memory_()
        return self

    def is_shared(self) -> bool:
        """Whether share_memory_() was called."""
        return self._untyped_storage.is_shared()

    def cpu(self) -> TypedStorage:
        """The storage itself."""
        return self

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """The name of the storage's type; or, given another type, the elements in it."""
        own = f"torch.{self.dtype.cpp}Storage"
        if dtype is None:
            return own
        name = dtype if isinstance(dtype, str) else f"torch.{dtype.__name__}"
        if name == own:
            return self
        return self._converted(LEGACY[name.rpartition(".")[2]]._fixed)

    def _converted(self, dtype: Any) -> TypedStorage:
        """The elements in another dtype."""
        from rushlight.ops.create import converted

        return _rebuild_typed(_storage_over(memory.root(converted(self._elements(), dtype.np_dtype))), dtype)

    def __repr__(self) -> str:
        lines = " " + "\n ".join(map(str, self.tolist()))
        return f"{lines}\n[torch.storage.TypedStorage(dtype={self.dtype}, device={self.device}) of size {len(self)}]"

    def __copy__(self) -> TypedStorage:
        return self.clone()

    def __deepcopy__(self, memo: Any) -> TypedStorage:
        return TypedStorage(wrap_storage=deep_copied(self._untyped_storage, memo), dtype=self.dtype, _internal=True)

    def __reduce__(self) -> Any:
        return _rebuild_typed, (self._untyped_storage, self.dtype)


def _rebuild_typed(storage: UntypedStorage, dtype: Any) -> TypedStorage:
    return TypedStorage(wrap_storage=storage, dtype=dtype, _internal=True)


class _Told:
    """Whether the warning is still to be given, or is given every time."""

    def __init__(self) -> None:
        self.done = self.always = False


_TOLD = _Told()


def warn_deprecated() -> None:
    """Warn of TypedStorage, once."""
    if not _TOLD.done or _TOLD.always:
        _TOLD.done = True
        warn_user(_DEPRECATED)


def _set_always_warn_typed_storage_removal(always_warn: bool) -> None:
    """Whether the warning comes every time."""
    _TOLD.always = always_warn


def _reset_warn_typed_storage_removal() -> None:
    """Let the warning come again."""
    _TOLD.done = False


def _get_always_warn_typed_storage_removal() -> bool:
    return _TOLD.always


class _LegacyStorageMeta(type):
    """The type of torch.FloatStorage and its kin: a storage of that dtype is an instance of it."""

    def __instancecheck__(cls, instance: Any) -> bool:
        fixed = getattr(cls, "_fixed", None)
        if fixed is None or type(instance) is cls:
            return type.__instancecheck__(cls, instance)
        return isinstance(instance, TypedStorage) and instance.dtype is fixed and instance.device.type == "cpu"


class _LegacyStorage(TypedStorage, metaclass=_LegacyStorageMeta):
    """What torch.FloatStorage and its kin are made of. Calling one of them gives a TypedStorage."""

    __module__ = "torch.storage"

    def __new__(cls, *args: Any, wrap_storage: Any = None, **options: Any) -> Any:
        expected = (
            f"{cls}.__new__ received an invalid combination of arguments. Expected one of:\n * no arguments\n * (int size)\n"
            " * (Sequence data)\n * (*, UntypedStorage wrap_storage)\n"
        )
        if options:
            raise RuntimeError(f"{expected}Keyword argument '{next(iter(options))}' cannot be specified")
        if len(args) > (1 if wrap_storage is None else 0):
            raise RuntimeError(f"{expected}Too many positional arguments")
        if args and isinstance(args[0], str):
            raise TypeError("new(): invalid data type 'str'")
        return TypedStorage(*args, wrap_storage=wrap_storage, dtype=cls._fixed)


def _legacy_class(dtype: Any) -> Any:
    name = f"{dtype.cpp}Storage"
    fields = {"__module__": "torch", "_fixed": dtype, "dtype": dtype, "_dtype": dtype, "__doc__": f"Storage of {dtype!r}."}
    return _LegacyStorageMeta(name, (_LegacyStorage,), fields)


def from_buffer(dtype: Any, buffer: Any, byte_order: Any = None, count: int = -1, offset: int = 0) -> UntypedStorage:
    """A copy of the bytes of `count` elements of a buffer."""
    if byte_order not in ("big", "little", "native", None):
        raise ValueError(f"invalid byte_order '{byte_order}' (expected 'big' or 'little')")
    data = np.frombuffer(buffer, np.uint8)[offset:]
    if count >= 0:
        data = data[: count * dtype.itemsize]
    elif data.size % dtype.itemsize:
        raise ValueError(f"buffer size ({data.size + offset}) must be a multiple of element size ({dtype.itemsize})")
    made = _storage_over(data.copy())
    if byte_order == "big":
        made.byteswap(dtype)
    return made


def _caster(dtype: Any) -> Any:
    def cast(self: Any) -> TypedStorage:
        if isinstance(self, TypedStorage):
            return self if self.dtype is dtype else self._converted(dtype)
        return _rebuild_typed(self, dtypes.uint8)._converted(dtype)

    cast.__doc__ = f"The elements in {dtype!r}."
    return cast


_CASTS = {
    "bool": "bool", "byte": "uint8", "char": "int8", "short": "int16", "int": "int32", "long": "int64", "half": "float16",
    "bfloat16": "bfloat16", "float": "float32", "double": "float64", "complex_float": "complex64", "complex_double": "complex128",
    "float8_e4m3fn": "float8_e4m3fn", "float8_e4m3fnuz": "float8_e4m3fnuz", "float8_e5m2": "float8_e5m2",
    "float8_e5m2fnuz": "float8_e5m2fnuz",
}  # fmt: skip
for _name, _dtype in _CASTS.items():
    for _class in (TypedStorage, UntypedStorage):
        setattr(_class, _name, _caster(dtypes.by_name(_dtype)))
_QUANTIZED = [dtype for dtype in dtypes.RARE if dtype.abbr == "q"]
LEGACY = {f"{dtype.cpp}Storage": _legacy_class(dtype) for dtype in (*dtypes.ALL, *_QUANTIZED) if not dtype.cpp.startswith("UInt")}
register_types(storage=(UntypedStorage, TypedStorage))
