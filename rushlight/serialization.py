"""torch.save and torch.load: files that PyTorch reads, and PyTorch's files."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import re
import sys
import threading
import warnings
from enum import Enum
from typing import Any

from rushlight import _objects, _serialize_legacy, _serialize_zip, _weights_only_unpickler
from rushlight._core import dtypes
from rushlight._install import elsewhere
from rushlight._serialize_legacy import MAGIC_NUMBER as MAGIC_NUMBER, PROTOCOL_VERSION as PROTOCOL_VERSION
from rushlight._serialize_names import StorageType as StorageType
from rushlight._serialize_pickle import Storages, pickler, unpickler
from rushlight._settings import typename
from rushlight.storage import TypedStorage, UntypedStorage, _storage_over

__all__ = [
    "LoadEndianness", "SourceChangeWarning", "add_safe_globals", "check_module_version_greater_or_equal", "clear_safe_globals",
    "default_restore_location", "get_crc32_options", "get_default_load_endianness", "get_default_mmap_options", "get_safe_globals",
    "get_unsafe_globals_in_checkpoint", "load", "location_tag", "mkdtemp", "normalize_storage_type", "register_package", "safe_globals",
    "save", "set_crc32_options", "set_default_load_endianness", "set_default_mmap_options", "skip_data", "storage_to_tensor_type",
    "validate_cuda_device", "validate_hpu_device",
]  # fmt: skip

DEFAULT_PROTOCOL = 2
MAP_LOCATION = Any  # for annotations
STORAGE_KEY_SEPARATOR = ","
UNSAFE_MESSAGE = (
    "In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to `True`. Re-running "
    "`torch.load` with `weights_only` set to `False` will likely succeed, but it can result in arbitrary code execution. Do it only if "
    "you got the file from a trusted source."
)
_DOCUMENTATION = (
    "\n\nCheck the documentation of torch.load to learn more about types accepted by default with weights_only "
    "https://pytorch.org/docs/stable/generated/torch.load.html."
)


class SourceChangeWarning(Warning):
    """The class of a loaded module has another source than when it was saved."""


class LoadEndianness(Enum):
    """The byte order of files that do not say."""

    NATIVE = 1
    LITTLE = 2
    BIG = 3


class _Local(threading.local):
    skip_data = False


_local = _Local()


# ---------------------------------------------------------------- settings


def _config() -> Any:
    from rushlight.utils.serialization import config

    return config


def get_default_load_endianness() -> Any:
    """The byte order assumed of files that do not say; None for little."""
    return _config().load.endianness


def set_default_load_endianness(endianness: Any) -> None:
    """Set the byte order assumed of files that do not say."""
    if not isinstance(endianness, LoadEndianness) and endianness is not None:
        raise TypeError("Invalid argument type in function set_default_load_endianness")
    _config().load.endianness = endianness


def get_crc32_options() -> bool:
    """Whether checksums are written."""
    return bool(_config().save.compute_crc32)


def set_crc32_options(compute_crc32: bool) -> None:
    """Whether to write checksums (they always are)."""
    _config().save.compute_crc32 = compute_crc32


def get_default_mmap_options() -> Any:
    """The flags of memory maps: mmap.MAP_PRIVATE or mmap.MAP_SHARED."""
    return _config().load.mmap_flags


class set_default_mmap_options:
    """Set the flags of memory maps, for good or within a with statement."""

    def __init__(self, flags: int) -> None:
        from mmap import MAP_PRIVATE, MAP_SHARED

        if flags not in (MAP_PRIVATE, MAP_SHARED):
            raise ValueError(
                f"Invalid argument in function set_default_mmap_options, expected mmap.MAP_PRIVATE or mmap.MAP_SHARED, but got {flags}"
            )
        self.prev = _config().load.mmap_flags
        _config().load.mmap_flags = flags

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: Any) -> None:
        _config().load.mmap_flags = self.prev


class skip_data:
    """Within it, files are written with zeros in place of the tensors' bytes."""

    def __init__(self, materialize_fake_tensors: bool = False) -> None:
        self.materialize_fake_tensors = materialize_fake_tensors

    def __enter__(self) -> None:
        self.previous = _local.skip_data
        _local.skip_data = True

    def __exit__(self, *error: Any) -> None:
        _local.skip_data = self.previous


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Let load(weights_only=True) make and call these classes and functions, or (class, full name) pairs."""
    _weights_only_unpickler._add_safe_globals(safe_globals)


def get_safe_globals() -> list[Any]:
    """What was allowed."""
    return _weights_only_unpickler._get_safe_globals()


def clear_safe_globals() -> None:
    """Allow nothing but what always is."""
    _weights_only_unpickler._clear_safe_globals()


class safe_globals(_weights_only_unpickler._safe_globals):
    """Allows classes and functions within a with statement."""


def get_unsafe_globals_in_checkpoint(f: Any) -> list[str]:
    """The full names that a file asks for and that are not allowed."""
    allowed = {*_weights_only_unpickler._get_allowed_globals(), *_weights_only_unpickler._get_user_allowed_globals()}
    with _opened(f) as file:
        if not _is_zipfile(file):
            raise ValueError("Expected input to be a checkpoint returned by torch.save")
        reader = _serialize_zip.Reader(file)
        if reader.has("constants.pkl"):
            raise ValueError("Expected input to be a checkpoint returned by torch.save but got a torchscript checkpoint")
        found = _weights_only_unpickler.get_globals_in_pkl(io.BytesIO(reader.read("data.pkl")))
    return list(found.difference(allowed))


# ---------------------------------------------------------------- where storages live


def _cuda_refused(storage: Any, location: str) -> Any:
    name = location.partition(":")[0]
    if name == "mps":
        raise RuntimeError("torch.UntypedStorage(): Storage device not recognized: mps")
    if name in ("cuda", "hpu", "xpu", "mtia", "privateuseone"):
        upper, ending = name.upper(), (
            "If you are running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your storages to "
            "the CPU."
        )  # fmt: skip
        if name == "hpu":
            raise RuntimeError(f"The HPU device module is not registered. {ending}")
        raise RuntimeError(f"Attempting to deserialize object on a {upper} device but torch.{name}.is_available() is False. {ending}")
    return None


def validate_cuda_device(location: str) -> Any:
    """Refuses: there is no such device."""
    return _cuda_refused(None, "cuda")


def validate_hpu_device(location: str) -> Any:
    """Refuses: there is no such device."""
    return _cuda_refused(None, "hpu")


def _on_meta(storage: Any, location: str) -> Any:
    return UntypedStorage(storage.nbytes(), device="meta") if location == "meta" else None


_package_registry: list[tuple[int, Any, Any]] = [
    (10, lambda obj: "cpu" if obj.device.type == "cpu" else None, lambda obj, location: obj if location == "cpu" else None),
    (20, lambda obj: None, _cuda_refused),
    (22, lambda obj: "meta" if obj.device.type == "meta" else None, _on_meta),
]


def register_package(priority: int, tagger: Any, deserializer: Any) -> None:
    """Add a kind of device: `tagger(storage)` names it, `deserializer(storage, location)` moves storages there."""
    _package_registry.append((priority, tagger, deserializer))
    _package_registry.sort(key=lambda entry: entry[0])


def location_tag(storage: Any) -> str:
    """The name of the place where a storage lives."""
    for _, tagger, _ in _package_registry:
        location = tagger(storage)
        if location:
            return str(location)
    raise RuntimeError("don't know how to determine data location of " + typename(storage))


def default_restore_location(storage: Any, location: str) -> Any:
    """Bring a loaded storage to where it lived."""
    for _, _, restore in _package_registry:
        found = restore(storage, location)
        if found is not None:
            return found
    raise RuntimeError(f"don't know how to restore data location of {typename(storage)} (tagged with {location})")


def _get_restore_location(map_location: Any) -> Any:
    if map_location is None:
        return default_restore_location
    if isinstance(map_location, dict):
        return lambda storage, location: default_restore_location(storage, map_location.get(location, location))
    if isinstance(map_location, (str, bytes, _objects.device)):
        place = map_location.decode() if isinstance(map_location, bytes) else str(map_location)
        return lambda storage, location: default_restore_location(storage, place)

    def restore(storage: Any, location: str) -> Any:
        found = map_location(storage, location)
        return default_restore_location(storage, location) if found is None else found

    return restore


# ---------------------------------------------------------------- small things with public names


def normalize_storage_type(storage_type: Any) -> Any:
    """The storage class of the same name in torch."""
    import rushlight

    return getattr(rushlight, storage_type.__name__)


def storage_to_tensor_type(storage: Any) -> Any:
    """The tensor class that goes with a storage."""
    import rushlight

    return getattr(rushlight, type(storage).__name__.replace("Storage", "Tensor"))


def _maybe_decode_ascii(value: Any) -> Any:
    return value.decode("ascii") if isinstance(value, bytes) else value


def _get_layout(name: str) -> Any:
    """The layout that prints as `name`."""
    import rushlight

    found = getattr(rushlight, name.removeprefix("torch."), None)
    if not isinstance(found, _objects.layout):
        raise KeyError(name)
    return found


def mkdtemp() -> Any:
    """A temporary directory, as a context manager."""
    import tempfile

    return tempfile.TemporaryDirectory()


def check_module_version_greater_or_equal(module: Any, req_version_tuple: Any, error_if_malformed: bool = True) -> bool:
    """Whether a module's __version__ is at least the required one."""
    try:
        version = tuple(kind(part) for kind, part in zip(map(type, req_version_tuple), module.__version__.split(".")))
        return bool(version >= req_version_tuple)
    except Exception as error:
        text = (
            f"'{module.__name__}' module version string is malformed '{module.__version__}' and cannot be compared with tuple "
            f"{req_version_tuple}"
        )
        if error_if_malformed:
            raise RuntimeError(text) from error
        warnings.warn(text + ", but continuing assuming that requirement is met", stacklevel=2)
        return True


def _check_dill_version(pickle_module: Any) -> None:
    if getattr(pickle_module, "__name__", None) == "dill" and not check_module_version_greater_or_equal(pickle_module, (0, 3, 1), False):
        raise ValueError(
            f"'torch' supports dill >= 0.3.1, but you have dill {pickle_module.__version__}. Please upgrade dill or switch to 'pickle'"
        )


def _is_path(name_or_buffer: Any) -> bool:
    return isinstance(name_or_buffer, (str, os.PathLike))


def _is_zipfile(f: Any) -> bool:
    start = f.tell()
    found = f.read(4) == b"PK\x03\x04"
    f.seek(start)
    return bool(found)


@contextlib.contextmanager
def _opened(f: Any) -> Any:
    """A file to read from, opened if it is given by name."""
    if _is_path(f):
        with open(f, "rb") as file:
            yield file
        return
    try:
        f.seek(f.tell())
    except (io.UnsupportedOperation, AttributeError) as error:
        if "seek" in str(error) or "tell" in str(error):
            raise type(error)(
                f"{error}. You can only torch.load from a file that is seekable. Please pre-load the data into a buffer like io.BytesIO "
                "and try to load from it instead."
            ) from None
        raise
    yield f


# ---------------------------------------------------------------- saving


@contextlib.contextmanager
def _replacing(path: str) -> Any:
    """A file that takes the place of the one at `path` when everything is written, and not before."""
    target = os.path.realpath(path)
    directory = os.path.dirname(target)
    if not os.path.isdir(directory):
        raise RuntimeError(f"Parent directory {os.path.dirname(path)} does not exist.")
    if os.path.exists(target) and not os.path.isfile(target):  # a pipe, a device
        with open(target, "wb") as file:
            yield file
        return
    temporary = f"{target}.{os.getpid()}-{threading.get_ident()}.tmp"
    try:
        with open(temporary, "xb") as file:
            if os.path.exists(target):
                os.chmod(temporary, os.stat(target).st_mode & 0o7777)
            yield file
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def save(
    obj: Any, f: Any, pickle_module: Any = pickle, pickle_protocol: int = DEFAULT_PROTOCOL, _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:  # fmt: skip
    """Write an object with its tensors to a file, which PyTorch can load as well. A file of that name stays whole until all is written.

    >>> torch.save({"weight": torch.ones(2)}, "weights.pt")
    """
    _check_dill_version(pickle_module)
    if not _is_path(f) and not hasattr(f, "write"):
        raise AttributeError("expected 'f' to be string, path, or a file-like object with a 'write' attribute")
    if not _use_new_zipfile_serialization and _local.skip_data:
        raise RuntimeError("Cannot use skip_data=True with _use_new_zipfile_serialization=False")
    path = os.fspath(f) if _is_path(f) else None
    if path is None and not callable(f.write):
        raise TypeError(f"Buffer of {str(type(f)).strip('<>')} has no callable attribute 'write'")
    with _replacing(path) if path is not None else contextlib.nullcontext(f) as file:
        if _use_new_zipfile_serialization:
            name = "archive" if path is None else os.path.splitext(os.path.basename(path))[0]
            _save(obj, file, name or "archive", pickle_module, pickle_protocol, _disable_byteorder_record)
        else:
            _serialize_legacy.save(obj, file, pickle_module, pickle_protocol)


def _save(obj: Any, file: Any, name: str, pickle_module: Any, protocol: int, no_byteorder: bool) -> None:
    storages = Storages(by_address=False)
    data = io.BytesIO()
    pickler(pickle_module, data, protocol, storages.persistent_id).dump(obj)
    alignment = int(_config().save.storage_alignment)
    writer = _serialize_zip.Writer(file, name, alignment, get_crc32_options())
    writer.write("data.pkl", data.getvalue())
    writer.write(".storage_alignment", str(alignment).encode())
    if not no_byteorder:
        writer.write("byteorder", sys.byteorder.encode())
    for key, storage in storages.found.items():
        content = storage._bytes()
        writer.write(f"data/{key}", bytes(content.size) if _local.skip_data else memoryview(content))
    writer.write("version", b"3\n")
    writer.close()
    if hasattr(file, "flush"):
        file.flush()


# ---------------------------------------------------------------- loading


def _weights_only_text(message: str) -> str:
    """PyTorch's text around what the safe unpickler refused."""
    if re.search(r"GLOBAL (\S+) was not an allowed global by default.", message):
        text = (
            "Weights only load failed. This file can still be loaded, to do so you have two options, \033[1mdo those steps only if you "
            f"trust the source of the checkpoint\033[0m. \n\t(1) {UNSAFE_MESSAGE}\n\t(2) Alternatively, to load with `weights_only=True` "
            f"please check the recommended steps in the following error message.\n\tWeightsUnpickler error: {message}"
        )
        return text + _DOCUMENTATION
    text = f"Weights only load failed. {UNSAFE_MESSAGE}\n"
    if not re.search(r"whose module (\S+) is blocked", message):
        text += (
            "Please file an issue with the following so that we can make `weights_only=True` compatible with your use case: "
            "WeightsUnpickler error: "
        )
    return f"{text}\n\n{message}{_DOCUMENTATION}"


def _decide(weights_only: Any, pickle_module: Any) -> bool:
    """Whether to load safely."""
    decided = pickle_module is None if weights_only is None else bool(weights_only)
    forced = {name: os.getenv(name, "0").lower() in ("1", "y", "yes", "true") for name in _FORCES}
    if all(forced.values()):
        raise RuntimeError(
            "Only one of `TORCH_FORCE_WEIGHTS_ONLY_LOAD` or `TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD` should be set, but both were set."
        )
    if forced[_FORCES[0]]:
        decided = True
    elif forced[_FORCES[1]] and weights_only is None:
        warnings.warn(
            "Environment variable TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD detected, since the`weights_only` argument was not explicitly passed to "
            "`torch.load`, forcing weights_only=False.",
            UserWarning,
            stacklevel=3,
        )
        decided = False
    if decided and pickle_module is not None:
        raise RuntimeError("Can not safely load weights when explicit pickle_module is specified")
    return decided


_FORCES = ("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD")


def load(
    f: Any, map_location: Any = None, pickle_module: Any = None, *, weights_only: bool | None = None, mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:  # fmt: skip
    """Read what save() (PyTorch's or this one) wrote. Unless weights_only=False, nothing but tensors and plain data is made.

    >>> torch.load("weights.pt")
    """
    safe = _decide(weights_only, pickle_module)
    if safe and pickle_load_args:
        warnings.warn("pickle_load_args only works if `weights_only=False`.", stacklevel=2)
    if mmap is None:
        mmap = _config().load.mmap
    _check_dill_version(pickle_module)
    pickle_load_args.setdefault("encoding", "utf-8")
    module: Any = _weights_only_unpickler if safe else pickle_module or pickle
    if _is_path(f) and os.fspath(f).endswith(".safetensors"):
        return _load_safetensors(os.fspath(f), map_location)
    with _opened(f) as file:
        try:
            return _load_from(f, file, map_location, module, mmap, pickle_load_args)
        except pickle.UnpicklingError as error:
            if not safe:
                raise
            raise pickle.UnpicklingError(_weights_only_text(str(error))) from None


def _load_safetensors(path: str, map_location: Any) -> Any:
    if isinstance(map_location, dict) or callable(map_location):
        kind = "dict" if isinstance(map_location, dict) else "callable"
        raise RuntimeError(
            f"Loading safetensors file with {kind} map_location is not supported. Use a device string or torch.device instead."
        )
    try:
        from safetensors.torch import load_file
    except ImportError as error:
        raise RuntimeError(
            "Attempting to load a safetensors file but safetensors is not installed. Please install safetensors with: pip install "
            "safetensors"
        ) from error
    return load_file(path, device="cpu" if map_location is None else str(map_location))


def _load_from(f: Any, file: Any, map_location: Any, module: Any, mmap: Any, options: dict[str, Any]) -> Any:
    restore = _get_restore_location(map_location)
    if not _is_zipfile(file):
        if mmap:
            name = f"{f}, " if isinstance(f, str) else ""
            raise RuntimeError(
                f"mmap can only be used with files saved with `torch.save({name}_use_new_zipfile_serialization=True), please torch.save "
                "your checkpoint with this option in order to use mmap."
            )
        return _serialize_legacy.load(file, restore, module, options, UNSAFE_MESSAGE)
    reader = _serialize_zip.Reader(file)
    if reader.has("constants.pkl"):
        if module is _weights_only_unpickler:
            raise RuntimeError(f"Cannot use ``weights_only=True`` with TorchScript archives passed to ``torch.load``. {UNSAFE_MESSAGE}")
        raise NotImplementedError("TorchScript archives")
    mapped = None
    if mmap:
        if not _is_path(f):
            raise ValueError("f must be a file path in order to use the mmap argument")
        from mmap import MAP_SHARED

        mapped = _serialize_zip.Mapped(os.fspath(f), get_default_mmap_options() == MAP_SHARED)
    return _Loading(reader, restore, mapped, map_location).load(module, options)


class _Loading:
    """Reading one archive."""

    def __init__(self, reader: Any, restore: Any, mapped: Any, map_location: Any) -> None:
        self.reader, self.restore, self.mapped = reader, restore, mapped
        self.to_meta = str(map_location) == "meta" if isinstance(map_location, (str, _objects.device)) else False
        self.found: dict[Any, TypedStorage] = {}
        self.swap = self._order() not in (None, sys.byteorder)

    def _order(self) -> str | None:
        """The byte order of the file; None for this machine's."""
        if self.reader.has("byteorder"):
            order = self.reader.read("byteorder")
            if order not in (b"little", b"big"):
                raise ValueError("Unknown endianness type: " + order.decode())
            return str(order.decode())
        default = get_default_load_endianness()
        return {None: "little", LoadEndianness.LITTLE: "little", LoadEndianness.BIG: "big"}.get(default)

    def storage(self, dtype: Any, nbytes: int, key: str, location: str) -> TypedStorage:
        """Read one storage."""
        record = f"data/{key}"
        if self.to_meta:
            storage = UntypedStorage(nbytes, device="meta")
        else:
            if self.mapped is not None:
                array = self.mapped.array(self.reader.offset(record), nbytes)
            else:
                array = self.reader.array(record, nbytes)
            if self.swap:
                item = dtype.itemsize // 2 if dtype.is_complex else dtype.itemsize
                array = array.reshape(-1, item)[:, ::-1].reshape(-1).copy()
            storage = self.restore(_storage_over(array), location)
        return TypedStorage(wrap_storage=storage, dtype=dtype, _internal=True)

    def persistent_load(self, saved: Any) -> Any:
        """The storage that a persistent id stands for."""
        if not isinstance(saved, tuple):
            raise AssertionError(f"saved_id must be a tuple, got {type(saved).__name__}")
        kind = _maybe_decode_ascii(saved[0])
        if kind != "storage":
            raise AssertionError(f"Unknown typename for persistent_load, expected 'storage' but got '{kind}'")
        storage_type, key, location, count = saved[1:]
        key = _maybe_decode_ascii(key)
        if key not in self.found:
            dtype = dtypes.uint8 if storage_type is UntypedStorage else storage_type._dtype
            self.found[key] = self.storage(dtype, count * dtype.itemsize, key, _maybe_decode_ascii(location))
        return self.found[key]

    def load(self, module: Any, options: dict[str, Any]) -> Any:
        """Read the pickle."""
        data = io.BytesIO(self.reader.read("data.pkl"))
        if module is not _weights_only_unpickler:
            return unpickler(module, data, self.persistent_load, options).load()
        made = module.Unpickler(data, **options)
        made.persistent_load = self.persistent_load
        return made.load()


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
