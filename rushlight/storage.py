"""torch.storage: the memory below tensors, as bytes (UntypedStorage) or as elements of one dtype (TypedStorage)."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes, memory
from rushlight._core.signature import register_types
from rushlight._core.tensor import META, TensorBase
from rushlight.ops.data import array_of
from rushlight.ops.resize import grown, root_bytes
from rushlight.ops.warn import warn_once

# id of the array that owns the memory -> its storage, so that a tensor and its views give the same object. A storage keeps its
# array alive, so an id cannot be taken over while it is listed.
_STORAGES: weakref.WeakValueDictionary[int, UntypedStorage] = weakref.WeakValueDictionary()

_DEPRECATED = (
    "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class. This should only "
    "matter to you if you are using storages directly.  To access UntypedStorage directly, use tensor.untyped_storage() instead of "
    "tensor.storage()"
)


class UntypedStorage:
    """A block of bytes.

    >>> torch.zeros(2).untyped_storage().nbytes()
    8
    """

    __module__ = "torch.storage"

    def __init__(self, *args: Any, device: Any = None) -> None:
        source = args[0] if args else 0
        if isinstance(source, int):
            self._root: Any = np.empty(source, np.uint8)
        elif isinstance(source, (list, tuple)):
            self._root = np.array(source, np.uint8)
        else:
            raise TypeError(f"torch.UntypedStorage(): argument must be int or a sequence of ints, not {type(source).__name__}")
        self._meta = device is not None and _objects.check_device(_objects.device(device))
        self._shared = False
        self._users: list[Any] = []  # weak references to the tensors that asked for this storage, to follow resize_()
        _STORAGES[id(self._root)] = self

    def untyped(self) -> UntypedStorage:
        """The storage itself."""
        return self

    @classmethod
    def from_file(cls, filename: Any, shared: bool = False, nbytes: int = 0) -> UntypedStorage:
        """A file mapped into memory; writes reach it only where it is shared."""
        import mmap
        import os

        if shared and (not os.path.exists(filename) or os.path.getsize(filename) < nbytes):
            with open(filename, "ab") as file:
                file.truncate(nbytes)
        with open(filename, "r+b" if shared else "rb") as file:
            mapped = mmap.mmap(file.fileno(), nbytes, access=mmap.ACCESS_WRITE if shared else mmap.ACCESS_COPY)
        return _storage_over(np.ndarray((nbytes,), np.uint8, mapped))

    def _owner(self) -> Any:
        return self._root

    def _bytes(self) -> Any:
        return root_bytes(self._root)

    @property
    def device(self) -> _objects.device:
        """Where the memory is."""
        return _objects.META if self._meta else _objects.CPU

    @property
    def is_cuda(self) -> bool:
        """False."""
        return False

    @property
    def _cdata(self) -> int:
        return id(self._root)

    def nbytes(self) -> int:
        """The number of bytes."""
        return int(self._root.nbytes)

    def size(self) -> int:
        """The number of bytes."""
        return int(self._root.nbytes)

    __len__ = size

    def element_size(self) -> int:
        """1."""
        return 1

    def data_ptr(self) -> int:
        """The address of the first byte."""
        return memory.address(self._root) if self._root.size else 0

    def tolist(self) -> list[int]:
        """The bytes as ints."""
        found: list[int] = self._bytes().tolist()
        return found

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return _storage_over(np.array(self._bytes()[index]))
        return int(self._bytes()[_checked(index, self.size())])

    def __setitem__(self, index: Any, value: Any) -> None:
        self._bytes()[index if isinstance(index, slice) else _checked(index, self.size())] = value

    def __iter__(self) -> Iterator[int]:
        return iter(self.tolist())

    def fill_(self, value: int) -> UntypedStorage:
        """Set every byte."""
        self._bytes()[...] = value
        return self

    def copy_(self, source: Any, non_blocking: bool = False) -> UntypedStorage:
        """Take over the bytes of another storage of the same size."""
        self._bytes()[...] = source._owner_bytes() if isinstance(source, TypedStorage) else source._bytes()
        return self

    def clone(self) -> UntypedStorage:
        """A copy."""
        return _storage_over(self._bytes().copy())

    def resize_(self, size: int) -> UntypedStorage:
        """Change the number of bytes; tensors that this storage was taken from follow."""
        old = self._root
        new = grown(old, size)
        for reference in self._users:
            tensor = reference()
            if tensor is not None and memory.root(tensor._array) is old and tensor._array.size:
                array = tensor._array
                offset = memory.address(array) - memory.address(old)
                fits = offset + (memory.extent(array.shape, memory.element_strides(array)) * array.itemsize) <= size
                if fits:
                    tensor._array = memory.strided(new, array.dtype, array.shape, array.strides, offset)
        self._root = new
        _STORAGES[id(new)] = self
        return self

    def share_memory_(self) -> UntypedStorage:
        """Mark the memory as shared between processes; it stays where it is."""
        self._shared = True
        return self

    def is_shared(self) -> bool:
        """Whether share_memory_() was called."""
        return self._shared

    def is_pinned(self, device: Any = None) -> bool:
        """False."""
        return False

    def cpu(self) -> UntypedStorage:
        """The storage itself."""
        return self

    def cuda(self, *args: Any, **kwargs: Any) -> Any:
        """Fails: there is no such device."""
        raise AssertionError("Torch not compiled with CUDA enabled")

    def type(self, dtype: Any = None) -> Any:
        """The name of the storage's type."""
        return "torch.storage.UntypedStorage"

    def __repr__(self) -> str:
        lines = "\n".join(f" {value}" for value in self.tolist()) + "\n" if not self._meta else "...\n"
        return lines + f"[torch.storage.UntypedStorage(device={self.device}) of size {len(self)}]"

    def __copy__(self) -> UntypedStorage:
        return self.clone()

    def __deepcopy__(self, memo: Any) -> UntypedStorage:
        return deep_copied(self, memo)

    def __reduce__(self) -> Any:
        return _rebuild_storage, (self._bytes().tobytes(),)


def _checked(index: int, size: int) -> int:
    if not -size <= index < size:
        raise IndexError(f"index {index} out of range for storage of size {size}")
    return index


def _storage_over(root: Any) -> UntypedStorage:
    """The storage of an array that owns its memory."""
    found = _STORAGES.get(id(root))
    if found is None or found._root is not root:
        found = UntypedStorage.__new__(UntypedStorage)
        found._root = root
        found._meta = False
        found._shared = False
        found._users = []
        _STORAGES[id(root)] = found
    return found


def _rebuild_storage(content: bytes) -> UntypedStorage:
    return _storage_over(np.frombuffer(bytearray(content), np.uint8) if content else np.empty(0, np.uint8))


def deep_copied(storage: UntypedStorage, memo: Any) -> UntypedStorage:
    """The one copy of a storage within one deepcopy."""
    copies = memo.setdefault("torch", {})
    if storage._cdata not in copies:
        copies[storage._cdata] = storage.clone()
    found: UntypedStorage = copies[storage._cdata]
    return found


def storage_of(tensor: TensorBase) -> UntypedStorage:
    """A tensor's storage; its views give the same object."""
    found = tensor._storage
    root = memory.root(tensor._array)
    if found is not None and found._root is root:
        return found  # type: ignore[no-any-return]
    if tensor._flags & META:
        return UntypedStorage(0, device="meta")
    found = _storage_over(root)
    found._users.append(weakref.ref(tensor))
    tensor._storage = found
    return found


# ---------------------------------------------------------------- TypedStorage


class TypedStorage:
    """A block of memory as elements of one dtype (deprecated in PyTorch)."""

    __module__ = "torch.storage"
    _fixed: Any = None

    def __init__(self, *args: Any, wrap_storage: Any = None, dtype: Any = None, device: Any = None, _internal: bool = False) -> None:
        if not _internal and self._fixed is None:
            warn_deprecated()
        self.dtype = self._fixed or dtype or dtypes.get_default_dtype()
        if wrap_storage is not None:
            self._untyped_storage = wrap_storage
        elif args and not isinstance(args[0], int):
            self._untyped_storage = _storage_over(memory.root(array_of(list(args[0]), self.dtype)))
        else:
            self._untyped_storage = UntypedStorage((args[0] if args else 0) * self.dtype.itemsize)

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
        self._elements()[...] = source._elements() if isinstance(source, TypedStorage) else source._bytes()
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

    def type(self, dtype: Any = None) -> Any:
        """The name of the storage's type."""
        return f"torch.{self.dtype.cpp}Storage"

    def __repr__(self) -> str:
        lines = "".join(f" {value}\n" for value in self.tolist())
        return f"{lines}[torch.storage.TypedStorage(dtype={self.dtype}, device={self.device}) of size {len(self)}]"

    def __copy__(self) -> TypedStorage:
        return self.clone()

    def __deepcopy__(self, memo: Any) -> TypedStorage:
        return TypedStorage(wrap_storage=deep_copied(self._untyped_storage, memo), dtype=self.dtype, _internal=True)

    def __reduce__(self) -> Any:
        return _rebuild_typed, (self._untyped_storage, self.dtype)


def _rebuild_typed(storage: UntypedStorage, dtype: Any) -> TypedStorage:
    return TypedStorage(wrap_storage=storage, dtype=dtype, _internal=True)


def warn_deprecated() -> None:
    """Warn of TypedStorage, once."""
    warn_once(_DEPRECATED)


def _legacy_class(dtype: Any) -> Any:
    name = f"{dtype.cpp}Storage"
    return type(name, (TypedStorage,), {"__module__": "torch", "_fixed": dtype, "__doc__": f"Storage of {dtype!r}."})


LEGACY = {f"{dtype.cpp}Storage": _legacy_class(dtype) for dtype in dtypes.ALL if not dtype.cpp.startswith("UInt")}
register_types(storage=(UntypedStorage, TypedStorage))
