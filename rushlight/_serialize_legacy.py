"""The format of files before PyTorch 1.6: several pickles one after the other, then the storages. And the tar archives before that."""

from __future__ import annotations

import pickle
import struct
import sys
import tarfile
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._serialize_names import find
from rushlight._serialize_pickle import Storages, pickler, unpickler
from rushlight.storage import TypedStorage, UntypedStorage, _storage_over

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001
_SIZES = {"short": struct.calcsize("=h"), "int": struct.calcsize("=i"), "long": struct.calcsize("=l")}


def save(obj: Any, file: Any, pickle_module: Any, protocol: int) -> None:
    """Write the old format."""
    system = {"protocol_version": PROTOCOL_VERSION, "little_endian": sys.byteorder == "little", "type_sizes": _SIZES}
    for entry in (MAGIC_NUMBER, PROTOCOL_VERSION, system):
        pickle_module.dump(entry, file, protocol=protocol)
    storages = Storages(by_address=True)
    pickler(pickle_module, file, protocol, storages.persistent_id).dump(obj)
    keys = sorted(storages.found)
    pickle_module.dump(keys, file, protocol=protocol)
    file.flush()
    for key in keys:
        storage = storages.found[key]
        item = storages.dtypes[storage._cdata].itemsize if storage.nbytes() else 1
        file.write(struct.pack("<q", storage.nbytes() // item))
        file.write(storage._bytes().tobytes())


def _text(value: Any) -> Any:
    return value.decode("ascii") if isinstance(value, bytes) else value


class _Storages:
    """The storages of a file, made as the pickle asks for them and filled afterwards."""

    def __init__(self, restore: Any) -> None:
        self.restore = restore
        self.found: dict[Any, TypedStorage] = {}
        self.pending: dict[Any, UntypedStorage] = {}

    def persistent_load(self, saved: Any) -> Any:
        """The storage (or the class of a module) that a persistent id stands for."""
        kind, *data = saved
        if _text(kind) == "module":
            return data[0]
        if _text(kind) != "storage":
            raise RuntimeError(f"Unknown saved id type: {kind}")
        storage_type, key, location, count, view = data
        dtype = dtypes.uint8 if storage_type is UntypedStorage else storage_type._dtype
        if key not in self.found:
            untyped = _storage_over(np.zeros(count * dtype.itemsize, np.uint8))
            self.pending[key] = untyped
            self.found[key] = TypedStorage(wrap_storage=self.restore(untyped, _text(location)), dtype=dtype, _internal=True)
        if view is None:
            return self.found[key]
        view_key, offset, size = view
        if view_key not in self.found:
            start = offset * dtype.itemsize
            part = self.found[key]._untyped_storage._bytes()[start : start + size * dtype.itemsize]
            self.found[view_key] = TypedStorage(wrap_storage=_storage_over(part), dtype=dtype, _internal=True)
        return self.found[view_key]

    def fill(self, file: Any, keys: Any) -> None:
        """Read the bytes."""
        for key in keys:
            if key not in self.found:
                raise AssertionError(f"storage key {key!r} not found in deserialized_objects")
            _read_into(file, self.pending[key], self.found[key].dtype.itemsize)


def _read_into(file: Any, storage: UntypedStorage, item: int) -> None:
    count = struct.unpack("<q", file.read(8))[0]
    data = file.read(count * item)
    if len(data) != storage.nbytes():
        raise RuntimeError(f"unexpected EOF, expected {storage.nbytes() - len(data)} more bytes. The file might be corrupted.")
    storage._bytes()[...] = np.frombuffer(data, np.uint8)


def load(file: Any, restore: Any, module: Any, options: dict[str, Any], unsafe: str) -> Any:
    """Read the old formats; `module` is the pickle module, or the safe unpickler's."""
    if hasattr(file, "fileno") and file.tell() == 0:
        try:
            return _load_tar(file, restore, module, options, unsafe)
        except tarfile.TarError:
            file.seek(0)

    def next_pickle() -> Any:
        return module.load(file, **options)

    if next_pickle() != MAGIC_NUMBER:
        raise RuntimeError("Invalid magic number; corrupt file?")
    version = next_pickle()
    if version != PROTOCOL_VERSION:
        raise RuntimeError(f"Invalid protocol version: {version}")
    next_pickle()  # the sizes of C's types
    storages = _Storages(restore)
    result = _reader(module, file, storages.persistent_load, options).load()
    storages.fill(file, next_pickle())
    return result


def _reader(module: Any, file: Any, persistent_load: Any, options: dict[str, Any]) -> Any:
    if module is pickle or not module.__name__.startswith("rushlight."):
        return unpickler(module, file, persistent_load, options)
    made = module.Unpickler(file, **options)
    made.persistent_load = persistent_load
    return made


# ---------------------------------------------------------------- tar archives


def _load_tar(file: Any, restore: Any, module: Any, options: dict[str, Any], unsafe: str) -> Any:
    with tarfile.open(fileobj=file, mode="r:", format=tarfile.PAX_FORMAT) as archive:
        if module.__name__.startswith("rushlight."):
            raise RuntimeError(f"Cannot use ``weights_only=True`` with files saved in the legacy .tar format. {unsafe}")
        found: dict[Any, Any] = {}
        _tar_storages(archive.extractfile("storages"), restore, module, options, found)
        _tar_tensors(archive.extractfile("tensors"), module, options, found)

        def persistent_load(saved: Any) -> Any:
            return saved[0] if isinstance(saved, tuple) else found[int(saved)]

        return unpickler(module, archive.extractfile("pickle"), persistent_load, options).load()


def _tar_storages(stream: Any, restore: Any, module: Any, options: dict[str, Any], found: dict[Any, Any]) -> None:
    def next_pickle() -> Any:
        return unpickler(module, stream, None, options).load()

    for _ in range(next_pickle()):
        key, location, storage_type = next_pickle()
        dtype = storage_type._dtype
        count = struct.unpack("<q", stream.read(8))[0]
        data = np.frombuffer(stream.read(count * dtype.itemsize), np.uint8).copy()
        found[key] = TypedStorage(wrap_storage=restore(_storage_over(data), location), dtype=dtype, _internal=True)
    for target, root, offset, count in next_pickle():
        dtype = found[root].dtype
        part = found[root]._untyped_storage._bytes()[offset * dtype.itemsize : (offset + count) * dtype.itemsize]
        found[target] = TypedStorage(wrap_storage=_storage_over(part), dtype=dtype, _internal=True)


def _tar_tensors(stream: Any, module: Any, options: dict[str, Any], found: dict[Any, Any]) -> None:
    rebuild = find("torch._utils", "_rebuild_tensor")
    for _ in range(unpickler(module, stream, None, options).load()):
        key, storage, _ = unpickler(module, stream, None, options).load()
        dims = struct.unpack("<i", stream.read(4))[0]
        stream.read(4)
        size, stride = (struct.unpack(f"<{dims}q", stream.read(8 * dims)) for _ in range(2))
        found[key] = rebuild(found[storage], struct.unpack("<q", stream.read(8))[0], size, stride)
