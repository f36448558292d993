"""TypedStorage: the memory below tensors as elements of one dtype (deprecated in PyTorch), and torch.FloatStorage and its kin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


_FORMS = (
    "TypedStorage.__init__ received an invalid combination of arguments. Expected one of:\n"
    " * (*, torch.device device, torch.dtype dtype)\n * (int size, *, torch.device device, torch.dtype dtype)\n"
    " * (Sequence data, *, torch.device device, torch.dtype dtype)\n * (*, UntypedStorage wrap_storage, torch.dtype dtype)\n"
)


class TypedStorage:
    """A block of memory as elements of one dtype (deprecated in PyTorch).

    The methods with an underscore are the work; those without (the table below the class) warn first.
    """

    __module__ = "torch.storage"
    _fixed: Any = None
    dtype: Any

    def __init__(self, *args: Any, wrap_storage: Any = None, dtype: Any = None, device: Any = None, _internal: bool = False) -> None:
        if not _internal:
            warn_deprecated()
        if wrap_storage is not None:
            _check_wrapped(args, wrap_storage, dtype, device)
            self.dtype = dtype
            self._untyped_storage = wrap_storage
            return
        if dtype is not None and not isinstance(dtype, dtypes.dtype):
            raise RuntimeError(f"expected torch.dtype, but got {type(dtype)}")
        self.dtype = dtypes.get_default_dtype() if dtype is None else dtype
        self._untyped_storage = _made(self.dtype, args, device, _FORMS)

    @classmethod
    def from_buffer(cls, *args: Any, dtype: Any = None, **options: Any) -> TypedStorage:
        """The elements of a buffer; byte_order "big" turns each element's bytes around."""
        warn_deprecated()
        dtype = cls._fixed or dtype or dtypes.get_default_dtype()
        return _rebuild_typed(from_buffer(dtype, *args, **options), dtype)

    @classmethod
    def from_file(cls, filename: Any, shared: bool = False, size: int = 0) -> TypedStorage:
        """A file mapped into memory, `size` elements of it; of the classes with a dtype only."""
        warn_deprecated()
        if cls._fixed is None:
            raise RuntimeError("from_file can only be called on derived classes")
        return _rebuild_typed(UntypedStorage.from_file(filename, shared, size * cls._fixed.itemsize), cls._fixed)

    @property
    def _dtype(self) -> Any:
        return self.dtype

    def _pickle_storage_type(self) -> str:
        return f"{self.dtype.cpp}Storage"

    def _get_legacy_storage_class(self) -> Any:
        return LEGACY.get(f"{self.dtype.cpp}Storage") if self._untyped_storage.device.type == "cpu" else None

    def _new_wrapped_storage(self, storage: UntypedStorage) -> TypedStorage:
        return _rebuild_typed(storage, self.dtype)

    def _typed_storage(self) -> TypedStorage:
        return self

    def _untyped(self) -> UntypedStorage:
        return self._untyped_storage

    def _to(self, *, device: Any, non_blocking: bool = False) -> TypedStorage:
        return self._new_wrapped_storage(self._untyped_storage.to(device=device))

    is_sparse = False
    _filename: Any = None

    def _owner(self) -> Any:
        return self._untyped_storage._root

    def _elements(self) -> Any:
        data = self._untyped_storage._bytes()
        item = self.dtype.itemsize
        return data[: data.size // item * item].view(_numpy_type(self.dtype))

    @property
    def _cdata(self) -> int:
        return self._untyped_storage._cdata

    def _nbytes(self) -> int:
        return self._untyped_storage.nbytes()

    def _size(self) -> int:
        return self._nbytes() // self.dtype.itemsize

    def __sizeof__(self) -> int:
        warn_deprecated()
        return object.__sizeof__(self) + self._nbytes()

    def _element_size(self) -> int:
        return int(self.dtype.itemsize)

    def _data_ptr(self) -> int:
        return self._untyped_storage.data_ptr()

    def _maybe_wrap_index(self, index: Any, is_stop: bool = False) -> int:
        return _checked(index, self._size() + is_stop) % (self._size() + is_stop)

    def _tolist(self) -> list[Any]:
        found = self._elements()
        return found.tolist() if found.dtype.isbuiltin == 1 else found.astype(np.float32).tolist()  # type: ignore[no-any-return]

    def _getitem(self, index: Any) -> Any:
        if self._untyped_storage.device.type == "meta":
            raise NotImplementedError("Not available for 'meta' device type")
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        if not isinstance(index, int):
            raise RuntimeError(f"can't index a {type(self)} with {type(index)}")
        return self._elements()[_checked(index, self._size())].item()

    def _setitem(self, index: Any, value: Any) -> None:
        if not isinstance(index, (int, slice)):
            raise RuntimeError(f"can't index a {type(self)} with {type(index)}")
        size = self._size()
        if isinstance(index, int) and not -size <= index < size:
            raise IndexError(f"index {index} is out of bounds for dimension 0 with size {size}")
        if isinstance(value, (list, tuple)):
            raise TypeError(f"can't assign a {type(value).__name__} to a torch.{self.dtype.cpp}Tensor")
        self._elements()[index] = value._getitem(0) if isinstance(value, TypedStorage) else value

    def _iter(self) -> Iterator[Any]:
        return iter(self._tolist())

    def _fill_(self, value: Any) -> TypedStorage:
        self._setitem(slice(0, self._size()), value)
        return self

    def _copy_(self, source: Any, non_blocking: Any = None) -> TypedStorage:
        self._untyped_storage.copy_(source.untyped() if isinstance(source, UntypedStorage) else source._untyped_storage)
        return self

    def _clone(self) -> TypedStorage:
        return self._new_wrapped_storage(self._untyped_storage.clone())

    def _resize_(self, size: int) -> None:
        self._untyped_storage.resize_(size * self.dtype.itemsize)

    def _share_memory_(self) -> TypedStorage:
        self._untyped_storage.share_memory_()
        return self

    def _is_shared(self) -> bool:
        return self._untyped_storage.is_shared()

    def _cpu(self) -> TypedStorage:
        return self._new_wrapped_storage(self._untyped_storage.cpu())

    def _share_filename_cpu_(self, *args: Any, **options: Any) -> Any:
        return self._untyped_storage._share_filename_cpu_(*args, **options)

    def _share_fd_cpu_(self, *args: Any, **options: Any) -> Any:
        return self._untyped_storage._share_fd_cpu_(*args, **options)

    def _type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
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
        warn_deprecated()
        lines = "..." if self._untyped_storage.device.type == "meta" else " " + "\n ".join(map(str, self._tolist()))
        return f"{lines}\n[torch.storage.TypedStorage(dtype={self.dtype}, device={self._untyped_storage.device}) of size {self._size()}]"

    __str__ = __repr__

    def _deepcopy(self, memo: Any) -> TypedStorage:
        return self._new_wrapped_storage(deep_copied(self._untyped_storage, memo))

    def __reduce__(self) -> Any:
        return _rebuild_typed, (self._untyped_storage, self.dtype)

    @property
    def device(self) -> _objects.device:
        """Where the memory is."""
        warn_deprecated()
        return self._untyped_storage.device


def _passed_on(name: str) -> Any:
    """A method of the storage of bytes."""
    return lambda self, *args, **options: getattr(self._untyped_storage, name)(*args, **options)


_NO_DEVICE = "Fails: there is no such device."
# public name -> what does it, what it says
_PUBLIC: dict[str, tuple[Any, str]] = {
    "untyped": (TypedStorage._untyped, "The storage as bytes."), "to": (TypedStorage._to, "The storage on a device."),
    "nbytes": (TypedStorage._nbytes, "The number of bytes."), "size": (TypedStorage._size, "The number of elements."),
    "__len__": (TypedStorage._size, "The number of elements."), "element_size": (TypedStorage._element_size, "The bytes of one element."),
    "data_ptr": (TypedStorage._data_ptr, "The address of the first element."),
    "tolist": (TypedStorage._tolist, "The elements as Python numbers."), "__getitem__": (TypedStorage._getitem, "One element."),
    "__setitem__": (TypedStorage._setitem, "Set elements."), "__iter__": (TypedStorage._iter, "The elements."),
    "fill_": (TypedStorage._fill_, "Set every element."), "copy_": (TypedStorage._copy_, "Take over the elements of another storage."),
    "clone": (TypedStorage._clone, "A copy."), "__copy__": (TypedStorage._clone, "A copy."),
    "__deepcopy__": (TypedStorage._deepcopy, "The one copy of a storage within one deepcopy."),
    "resize_": (TypedStorage._resize_, "Change the number of elements."),
    "share_memory_": (TypedStorage._share_memory_, "Mark the memory as shared between processes."),
    "is_shared": (TypedStorage._is_shared, "Whether share_memory_() was called."), "cpu": (TypedStorage._cpu, "The storage itself."),
    "type": (TypedStorage._type, "The name of the storage's type; or, given another type, the elements in it."),
    "pickle_storage_type": (TypedStorage._pickle_storage_type, 'The name of the storage\'s class in pickles, such as "FloatStorage".'),
    "get_device": (_passed_on("get_device"), "-1: the CPU has no number."), "is_pinned": (_passed_on("is_pinned"), "False."),
    "resizable": (_passed_on("resizable"), "True."), "cuda": (_passed_on("cuda"), _NO_DEVICE), "hpu": (_passed_on("hpu"), _NO_DEVICE),
    "pin_memory": (_passed_on("pin_memory"), "Fails: there is no device to which memory could be pinned."),
}  # fmt: skip


def _warning(work: Any, doc: str, name: str) -> Any:
    def public(self: Any, *args: Any, **options: Any) -> Any:
        warn_deprecated()
        return work(self, *args, **options)

    public.__name__, public.__qualname__, public.__doc__ = name, f"TypedStorage.{name}", doc
    return public


for _name, (_work, _doc) in _PUBLIC.items():
    setattr(TypedStorage, _name, _warning(_work, _doc, _name))
for _name, _found in (("is_cuda", False), ("is_hpu", False), ("filename", None)):
    setattr(TypedStorage, _name, property(_warning(lambda self, found=_found: found, "False, or nothing.", _name)))


def _made(dtype: Any, args: Any, device: Any, forms: str) -> UntypedStorage:
    """The bytes for a number of elements, or for given ones."""
    if len(args) > 1:
        raise RuntimeError(f"{forms}Too many positional arguments")
    given = args[0] if args else 0
    if isinstance(given, (int, np.integer)) and not isinstance(given, bool):
        return UntypedStorage(int(given) * dtype.itemsize, device=device)
    if isinstance(given, str):
        raise TypeError("new(): invalid data type 'str'")
    if not isinstance(given, Sequence):
        raise TypeError(f"{forms}Argument type not recognized: {type(given)}")
    kind = _numpy_type(dtype)
    found = np.array(given, kind) if dtype.abbr == "q" else array_of(list(given), dtype)
    made = _storage_over(memory.root(found))
    return made if device is None else made.to(device=device) if _objects.device(device).type != "meta" else made._without_data()


def _check_wrapped(args: Any, storage: Any, dtype: Any, device: Any) -> None:
    """Refuse what does not go together with `wrap_storage`."""
    if args:
        raise RuntimeError(f"{_FORMS}No positional arguments should be given when using 'wrap_storage'")
    if dtype is None:
        raise RuntimeError(f"{_FORMS}Argument 'dtype' must be specified")
    if not isinstance(dtype, dtypes.dtype):
        raise TypeError(f"{_FORMS}Argument 'dtype' must be torch.dtype, not {type(dtype)}")
    if device is not None:
        raise RuntimeError(f"{_FORMS}Argument 'device' should not be specified when 'wrap_storage' is given")
    if not isinstance(storage, UntypedStorage):
        raise TypeError(f"{_FORMS}Argument 'wrap_storage' must be UntypedStorage, but got {type(storage)}")


_QUANTIZED_TYPES = {"quint8": np.uint8, "qint8": np.int8, "qint32": np.int32, "quint4x2": np.uint8, "quint2x4": np.uint8}


def _numpy_type(dtype: Any) -> Any:
    """NumPy's type of the elements: those of quantized storages are the integers below."""
    return np.dtype(_QUANTIZED_TYPES[dtype.name]) if dtype.name in _QUANTIZED_TYPES else dtype.np_dtype


def _dtype_to_storage_type_map() -> dict[Any, str]:
    """dtype -> the name of its storage class."""
    return {kind._fixed: name for name, kind in LEGACY.items()}


def _storage_type_to_dtype_map() -> dict[str, Any]:
    """The name of a storage class -> its dtype."""
    return {name: kind._fixed for name, kind in LEGACY.items()}


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

    @property
    def dtype(cls) -> Any:
        """The dtype of the elements."""
        warn_deprecated()
        return cls._fixed  # type: ignore[attr-defined]

    def __instancecheck__(cls, instance: Any) -> bool:
        fixed = getattr(cls, "_fixed", None)
        if fixed is None or type(instance) is cls:
            return type.__instancecheck__(cls, instance)
        if not isinstance(instance, TypedStorage) or instance.dtype is not fixed:
            return False
        return instance._untyped_storage.device.type == cls._device  # type: ignore[attr-defined]


class _LegacyStorage(TypedStorage, metaclass=_LegacyStorageMeta):
    """What torch.FloatStorage and its kin are made of. Calling one of them gives a TypedStorage."""

    __module__ = "torch.storage"
    _device = "cpu"

    def __new__(  # type: ignore[misc]
        cls, *args: Any, wrap_storage: Any = None, dtype: Any = None, device: Any = None, _internal: bool = False
    ) -> TypedStorage:
        if not _internal:
            warn_deprecated()
        if cls._fixed is None:
            raise RuntimeError("Only child classes of _LegacyStorage can be instantiated")
        forms = (
            f"{cls}.__new__ received an invalid combination of arguments. Expected one of:\n * no arguments\n * (int size)\n"
            " * (Sequence data)\n * (*, UntypedStorage wrap_storage)\n"
        )
        for name, given in (("device", device), ("dtype", dtype)):
            if given is not None:
                raise RuntimeError(f"{forms}Keyword argument '{name}' cannot be specified")
        if wrap_storage is None:
            return _rebuild_typed(_made(cls._fixed, args, None if cls._device == "cpu" else cls._device, forms), cls._fixed)
        if args:
            raise RuntimeError(f"{forms}No positional arguments should be given when using 'wrap_storage'")
        if not isinstance(wrap_storage, UntypedStorage):
            raise TypeError(f"{forms}Argument 'wrap_storage' must be UntypedStorage, but got {type(wrap_storage)}")
        if wrap_storage.device.type != cls._device:
            raise RuntimeError(f"{forms}Device of 'wrap_storage' must be {cls._device}, but got {wrap_storage.device.type}")
        return _rebuild_typed(wrap_storage, cls._fixed)


def _legacy_class(dtype: Any, module: str = "torch", bases: Any = (_LegacyStorage,)) -> Any:
    fields = {"__module__": module, "_fixed": dtype, "_dtype": dtype, "__doc__": f"Storage of {dtype!r}."}
    return _LegacyStorageMeta(f"{dtype.cpp}Storage", bases, fields)


class _CudaLegacyStorage(_LegacyStorage):
    """What torch.cuda.FloatStorage and its kin are made of; there is no such device."""

    __module__ = "torch.cuda"
    _device = "cuda"

    @classmethod
    def from_buffer(cls, *args: Any, **options: Any) -> Any:
        """Fails: buffers are memory of the CPU."""
        warn_deprecated()
        raise RuntimeError("from_buffer: Not available for CUDA storage")

    @classmethod
    def _new_with_weak_ptr(cls, *args: Any, **options: Any) -> Any:
        raise RuntimeError("_new_with_weak_ptr: Not available for CUDA storage")

    @classmethod
    def _new_shared_filename(cls, *args: Any, **options: Any) -> Any:
        raise RuntimeError("_new_shared_filename: Not available for CUDA storage")


def from_buffer(dtype: Any, buffer: Any, byte_order: Any = None, count: int = -1, offset: int = 0) -> UntypedStorage:
    """A copy of the bytes of `count` elements of a buffer."""
    if byte_order is None and dtype.itemsize > 1:
        raise RuntimeError("function missing required argument 'byte_order' (pos 2)")
    if byte_order not in ("big", "little", "native", None):
        raise ValueError(f"invalid byte_order '{byte_order}' (expected 'big', 'little', or 'native')")
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
CUDA = {name: _legacy_class(kind._fixed, "torch.cuda", (_CudaLegacyStorage,)) for name, kind in LEGACY.items() if name[0] != "Q"}
_storage_classes = {UntypedStorage, TypedStorage, *LEGACY.values(), *CUDA.values()}
register_types(storage=(UntypedStorage, TypedStorage))
