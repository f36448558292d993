"""torch.storage: the memory below tensors, as bytes (UntypedStorage) or as elements of one dtype (TypedStorage)."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import memory
from rushlight._core.tensor import META, SPARSE, TensorBase
from rushlight._install import elsewhere
from rushlight.ops.resize import grown, move, root_bytes

# id of the array that owns the memory -> its storage, so that a tensor and its views give the same object. A storage keeps its
# array alive, so an id cannot be taken over while it is listed.
_STORAGES: weakref.WeakValueDictionary[int, UntypedStorage] = weakref.WeakValueDictionary()


class StorageBase:
    """What PyTorch's storages are made of; of no use by itself."""

    __module__ = "torch._C"

    def __new__(cls, *args: Any, **options: Any) -> Any:
        if cls is StorageBase:
            raise RuntimeError("Cannot directly construct StorageBase; subclass it and then construct that")
        return super().__new__(cls)


class _StorageBase:
    """The other base of PyTorch's storages."""

    __module__ = "torch.storage"


class UntypedStorage(StorageBase, _StorageBase):
    """A block of bytes.

    >>> torch.zeros(2).untyped_storage().nbytes()
    8
    """

    __module__ = "torch.storage"

    def __init__(self, *args: Any, device: Any = None) -> None:
        source = args[0] if args else 0
        if isinstance(source, int):
            if source < 0:
                raise RuntimeError(
                    "[enforce fail at alloc_cpu.cpp:98] ((ptrdiff_t)nbytes) >= 0. alloc_cpu() seems to have been called with negative "
                    f"number: {source % 2**64}"
                )
            self._root: Any = np.empty(source, np.uint8)
        elif isinstance(source, (list, tuple)):
            self._root = np.array([value & 255 for value in source], np.uint8)
        elif isinstance(source, UntypedStorage):
            self._root = source._bytes().copy()
        else:
            raise RuntimeError(f"torch.UntypedStorage(): Expected a sequence type, but got {type(source).__name__}")
        self._meta = device is not None and _is_meta(_objects.device(device))
        if self._meta:
            self._root = _no_data(self._root.nbytes)
        self._shared = False
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

    @classmethod
    def from_buffer(cls, *args: Any, dtype: Any = None, **options: Any) -> UntypedStorage:
        """The bytes of a buffer of elements of `dtype`; byte_order "big" turns each element's bytes around."""
        from rushlight._typed_storage import from_buffer

        if dtype is None:
            raise RuntimeError("argument 'dtype' cannot be None")
        return from_buffer(dtype, *args, **options)

    @classmethod
    def _new_shared(cls, size: int, *, device: str = "cpu") -> UntypedStorage:
        return cls(size).share_memory_()

    def new(self) -> UntypedStorage:
        """An empty storage."""
        return UntypedStorage(0)

    def get_device(self) -> int:
        """-1: the CPU has no number."""
        return -1

    def resizable(self) -> bool:
        """True."""
        return True

    def byteswap(self, dtype: Any) -> None:
        """Turn the bytes of each element of `dtype` around, in place."""
        item = dtype.itemsize // (2 if dtype.is_complex else 1)
        data = self._bytes()
        data[...] = data.reshape(-1, item)[:, ::-1].reshape(-1)

    def to(self, *, device: Any, non_blocking: bool = False) -> UntypedStorage:
        """The storage on a device: itself, for there is but one."""
        wanted = _objects.device(device)
        if wanted.type == "meta" and not self._meta:
            raise AssertionError("META device module is not loaded")
        _is_meta(wanted)
        return self if wanted.type == self.device.type else self.cpu()

    def _without_data(self) -> UntypedStorage:
        return UntypedStorage(self.nbytes(), device="meta")

    def _share_fd_cpu_(self, *args: Any, **options: Any) -> Any:
        if self._meta:
            raise RuntimeError("_share_fd_: only available on CPU")
        raise NotImplementedError("rushlight does not hand memory to other processes by file descriptor")

    def _share_filename_cpu_(self, *args: Any, **options: Any) -> Any:
        if self._meta:
            raise RuntimeError("_share_filename_: only available on CPU")
        raise NotImplementedError("rushlight does not hand memory to other processes by file name")

    def _write_file(self, *args: Any, **options: Any) -> Any:
        self._bytes()
        raise NotImplementedError("rushlight writes storages by torch.save")

    def _get_filename(self) -> None:
        return None

    def mps(self) -> Any:
        """Fails: there is no such device."""
        raise RuntimeError("torch.UntypedStorage(): Storage device not recognized: mps")

    def pin_memory(self, device: Any = "cuda") -> UntypedStorage:
        """Fails: there is no device to which memory could be pinned."""
        raise RuntimeError("Cannot access accelerator device when none is available.")

    def hpu(self, *args: Any, **kwargs: Any) -> Any:
        """Fails: there is no such device."""
        raise AssertionError("HPU device module is not loaded")

    is_sparse = is_sparse_csr = is_hpu = False
    filename: Any = None

    def _owner(self) -> Any:
        return self._root

    def _bytes(self) -> Any:
        if self._meta:
            raise NotImplementedError("Cannot copy out of meta tensor; no data!")
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

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self.nbytes()

    def element_size(self) -> int:
        """1."""
        return 1

    def data_ptr(self) -> int:
        """The address of the first byte."""
        return memory.address(self._root) if self._root.size and not self._meta else 0

    def tolist(self) -> list[int]:
        """The bytes as ints."""
        self._check_readable()
        found: list[int] = self._bytes().tolist()
        return found

    def _check_readable(self) -> None:
        if self._meta:
            raise NotImplementedError("Not available for 'meta' device type")

    def __getitem__(self, index: Any) -> Any:
        self._check_readable()
        if isinstance(index, slice):
            if index.step not in (None, 1):
                raise RuntimeError(f"Trying to slice with a step of {index.step}, but only a step of 1 is supported")
            return _storage_over(np.array(self._bytes()[index]))
        if not isinstance(index, int):
            raise TypeError(f"can't index a torch.UntypedStorage with {type(index).__name__}")
        return int(self._bytes()[_checked(index, self.size())])

    def __setitem__(self, index: Any, value: Any) -> None:
        if not isinstance(index, (int, slice)):
            raise RuntimeError(f"can't index a torch.UntypedStorage with {type(index).__name__}")
        if type(value) is not int:
            raise RuntimeError(f"can only set storage content with a int types, but got {type(value).__name__} instead")
        self._bytes()[index if isinstance(index, slice) else _checked(index, self.size())] = value & 0xFF

    def __iter__(self) -> Iterator[int]:
        return iter(self.tolist())

    def fill_(self, value: int) -> UntypedStorage:
        """Set every byte."""
        if type(value) is not int:
            raise RuntimeError(f"fill_ expects int, but got {type(value).__name__}")
        if not self._meta:
            self._bytes()[...] = value & 0xFF
        return self

    def copy_(self, source: Any, non_blocking: bool = False) -> UntypedStorage:
        """Take over the bytes of another storage of the same size."""
        if self._meta:
            return self
        own, bytes_ = self._bytes(), source.untyped()._bytes()
        if own.size != bytes_.size:
            raise RuntimeError(f"size does not match, self was {own.size} bytes but src was {bytes_.size} bytes")
        own[...] = bytes_
        return self

    def clone(self) -> UntypedStorage:
        """A copy."""
        return self._without_data() if self._meta else _storage_over(self._bytes().copy())

    def resize_(self, size: int) -> UntypedStorage:
        """Change the number of bytes; tensors that this storage was taken from follow."""
        if self._meta:
            self._moved(_no_data(size))
            return self
        new = grown(self._root, size)
        move(self._root, new)
        self._moved(new)
        return self

    def _moved(self, root: Any) -> None:
        """Have other memory."""
        self._root = root
        _STORAGES[id(root)] = self

    def share_memory_(self) -> UntypedStorage:
        """Mark the memory as shared between processes; it stays where it is."""
        if self._meta:
            raise RuntimeError("_share_fd_: only available on CPU")
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
        self._bytes()
        return self

    def cuda(self, *args: Any, **kwargs: Any) -> Any:
        """Fails: there is no such device."""
        raise AssertionError("Torch not compiled with CUDA enabled")

    def type(self, dtype: Any = None) -> Any:
        """The name of the storage's type."""
        return "torch.storage.UntypedStorage"

    def __repr__(self) -> str:
        lines = " " + "\n ".join(map(str, self.tolist())) + "\n" if not self._meta else "...\n"
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


def _is_meta(device: _objects.device) -> bool:
    """Whether a storage on the device has no data; refuses devices that are not there."""
    if device.type in ("cpu", "meta"):
        return device.type == "meta"
    if device.type in ("cuda", "xpu", "hpu"):
        return _objects.check_device(device)
    raise RuntimeError(f"torch.UntypedStorage(): Storage device not recognized: {device.type}")


def _no_data(nbytes: int) -> Any:
    """What stands for the bytes of a storage that has none."""
    return np.lib.stride_tricks.as_strided(np.zeros(1, np.uint8), (nbytes,), (0,)).view(_NoData)


class _NoData(np.ndarray[Any, Any]):
    """An array of a type of its own, so that it counts as the owner of its memory."""


def _storage_over(root: Any) -> UntypedStorage:
    """The storage of an array that owns its memory."""
    found = _STORAGES.get(id(root))
    if found is None or found._root is not root:
        found = UntypedStorage.__new__(UntypedStorage)
        found._root = root
        found._meta = False
        found._shared = False
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
    if tensor._flags & SPARSE:
        kind = "SparseTensorImpl" if found.layout is _objects.sparse_coo else "SparseCsrTensorImpl"
        raise NotImplementedError(f"Cannot access storage of {kind}")
    root = memory.root(tensor._array)
    if found is not None and found._root is root:
        return found  # type: ignore[no-any-return]
    if tensor._flags & META:
        if found is not None and found._meta:
            return found  # type: ignore[no-any-return]
        array = tensor._array
        strides = getattr(tensor, "_meta_strides", None) or memory.contiguous_strides(array.shape)
        found = tensor._storage = UntypedStorage(memory.extent(array.shape, strides) * array.itemsize, device="meta")
        return found
    found = _storage_over(root)
    tensor._storage = found
    return found


_TYPED = (
    "TypedStorage", "LEGACY", "warn_deprecated", "_LegacyStorage", "_LegacyStorageMeta", "_set_always_warn_typed_storage_removal",
    "_get_always_warn_typed_storage_removal", "_reset_warn_typed_storage_removal", "_dtype_to_storage_type_map",
    "_storage_type_to_dtype_map",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _TYPED:
        from rushlight import _typed_storage

        return getattr(_typed_storage, name)
    return elsewhere(name, __name__)
