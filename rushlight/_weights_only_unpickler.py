"""An unpickler for files of any origin: it makes tensors, plain data and what was allowed by name, and calls nothing else."""

from __future__ import annotations

import pickle
import warnings
from collections import Counter, OrderedDict
from pickle import UnpicklingError
from typing import Any

from rushlight import _objects, storage
from rushlight._core import dtypes
from rushlight._core.tensor import TYPES
from rushlight._serialize_names import StorageType, own_module

_blocklisted_modules = ["sys", "os", "posix", "nt"]
_allowed_by_user: set[Any] = set()
_REBUILD = (
    "_rebuild_parameter", "_rebuild_parameter_with_state", "_rebuild_qtensor", "_rebuild_tensor", "_rebuild_tensor_v2",
    "_rebuild_tensor_v3",
    "_rebuild_sparse_tensor", "_rebuild_meta_tensor_no_storage", "_rebuild_nested_tensor", "_rebuild_wrapper_subclass",
    "_rebuild_device_tensor_from_numpy", "_rebuild_device_tensor_from_cpu_tensor",
)  # fmt: skip
# Pickle instructions that files of tensors are made of.
_INSTRUCTIONS = (
    "APPEND", "APPENDS", "BINFLOAT", "BINGET", "BININT", "BININT1", "BININT2", "BINPERSID", "BINPUT", "BINUNICODE", "BUILD", "EMPTY_DICT",
    "EMPTY_LIST", "EMPTY_SET", "EMPTY_TUPLE", "GLOBAL", "LONG1", "LONG_BINGET", "LONG_BINPUT", "MARK", "NEWFALSE", "NEWOBJ", "NEWTRUE",
    "NONE", "PROTO", "REDUCE", "SETITEM", "SETITEMS", "SHORT_BINSTRING", "STOP", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3",
)  # fmt: skip


# ---------------------------------------------------------------- what is allowed


def _add_safe_globals(safe_globals: Any) -> None:
    _allowed_by_user.update(safe_globals)


def _get_safe_globals() -> list[Any]:
    return list(_allowed_by_user)


def _clear_safe_globals() -> None:
    _allowed_by_user.clear()


def _remove_safe_globals(globals_to_remove: Any) -> None:
    _allowed_by_user.difference_update(globals_to_remove)


class _safe_globals:
    """Allows more within a with statement."""

    def __init__(self, safe_globals: Any) -> None:
        self.safe_globals = safe_globals

    def __enter__(self) -> None:
        _add_safe_globals(self.safe_globals)

    def __exit__(self, *error: Any) -> None:
        _remove_safe_globals(self.safe_globals)


def _get_user_allowed_globals() -> dict[str, Any]:
    """What users allowed, by full name; rushlight's own under both of its names."""
    found: dict[str, Any] = {}
    for entry in _allowed_by_user:
        if not isinstance(entry, tuple):
            full = f"{entry.__module__}.{entry.__qualname__}"
            found[full] = entry
            if full.startswith("rushlight."):
                found["torch" + full[len("rushlight") :]] = entry
            continue
        if len(entry) != 2:
            raise ValueError(
                f"Expected tuple of length 2 (global, str of callable full path), but got tuple of length: {len(entry)}"
            )
        if type(entry[1]) is not str:
            raise TypeError(f"Expected second item in tuple to be str of callable full path, but got: {type(entry[1])}")
        found[entry[1]] = entry[0]
    return found


_allowed: dict[str, Any] = {}


def _get_allowed_globals() -> dict[str, Any]:
    """What is always allowed, by full name."""
    if not _allowed:
        _allowed.update(_allowed_table())
    return _allowed


def _allowed_table() -> dict[str, Any]:
    from _codecs import encode

    from rushlight import _serialize, _utils, serialization
    from rushlight._legacy import CLASSES
    from rushlight.nn.parameter import Parameter

    found: dict[str, Any] = {
        "collections.OrderedDict": OrderedDict, "collections.Counter": Counter, "torch.nn.parameter.Parameter": Parameter,
        "torch.serialization._get_layout": serialization._get_layout, "torch.Size": _objects.Size, "torch.Tensor": TYPES.tensor,
        "torch.device": _objects.device, "_codecs.encode": encode, "builtins.bytearray": bytearray, "builtins.set": set,
        "builtins.complex": complex, "torch._tensor._rebuild_from_type_v2": _serialize.rebuild_from_type_v2,
        "torch.storage.UntypedStorage": storage.UntypedStorage, "torch.storage.TypedStorage": storage.TypedStorage,
    }  # fmt: skip
    found.update({f"torch.{dtype.name}": dtype for dtype in (*dtypes.ALL, *dtypes.RARE)})
    found.update({f"torch.{name}": cls for name, cls in CLASSES.items()})
    found.update({f"torch.{name}": StorageType(name) for name in storage.LEGACY})
    found.update({f"torch._utils.{name}": getattr(_utils, name) for name in _REBUILD})
    return found


def _among(value: Any, allowed: dict[str, Any]) -> bool:
    return any(value is entry for entry in allowed.values())


def is_allowed(value: Any) -> bool:
    """Whether a class or function may be called."""
    return _among(value, _get_allowed_globals()) or _among(value, _get_user_allowed_globals())


def _older_name(module: str, name: str) -> tuple[str, str]:
    """Python 3's name of what Python 2 pickled."""
    from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING

    return NAME_MAPPING.get((module, name)) or (IMPORT_MAPPING.get(module, module), name)


def get_globals_in_pkl(file: Any) -> set[str]:
    """The full names that a pickle asks for."""
    import pickletools

    found = set()
    for instruction, argument, _ in pickletools.genops(file):
        if instruction.name == "GLOBAL":
            found.add(".".join(_older_name(*str(argument).split(" ", 1))))
    return found


# ---------------------------------------------------------------- reading


class _Allowed(dict):  # type: ignore[type-arg]
    def __missing__(self, key: int) -> Any:
        raise UnpicklingError(f"Unsupported operand {key}")


class Unpickler(pickle._Unpickler):  # type: ignore[name-defined,misc]
    """Reads a pickle by instructions of a short list, and lets nothing be called that is not allowed."""

    def __init__(self, file: Any, *, encoding: str = "bytes") -> None:
        super().__init__(file, encoding=encoding)

    def load_proto(self) -> None:
        """Take note of the protocol."""
        self.proto = self.read(1)[0]
        if self.proto != 2:
            warnings.warn(
                f"Detected pickle protocol {self.proto} in the checkpoint, which was not the default pickle protocol used by `torch.load` "
                "(2). The weights_only Unpickler might not support all instructions implemented by this protocol, please file an issue for "
                "adding support if you encounter this.",
                stacklevel=2,
            )

    def load_global(self) -> None:
        """Look up a class or function by name."""
        module, name = (self.readline()[:-1].decode("utf-8") for _ in range(2))
        module, name = _older_name(module, name)
        full = f"{module}.{name}"
        if module in _blocklisted_modules:
            raise UnpicklingError(f"Trying to load unsupported GLOBAL {full} whose module {module} is blocked.")
        for allowed in (_get_allowed_globals(), _get_user_allowed_globals()):
            for spelling in (full, own_module(full)):
                if spelling in allowed:
                    self.append(allowed[spelling])
                    return
        shown = full.removeprefix("builtins.") if full.startswith("builtins") else full
        raise UnpicklingError(
            f"Unsupported global: GLOBAL {shown} was not an allowed global by default. Please use "
            f"`torch.serialization.add_safe_globals([{shown}])` or the `torch.serialization.safe_globals([{shown}])` context manager to "
            "allowlist this global if you trust this class/function."
        )

    def load_newobj(self) -> None:
        """Make an object without calling its __init__."""
        args, cls = self.stack.pop(), self.stack.pop()
        if cls is _get_allowed_globals()["torch.nn.parameter.Parameter"]:
            self.append(cls(*args))
        elif is_allowed(cls):
            self.append(cls.__new__(cls, *args))
        else:
            raise UnpicklingError(
                f"Can only create new object for nn.Parameter or classes allowlisted via `add_safe_globals` but got {cls}"
            )

    def load_reduce(self) -> None:
        """Call a function."""
        args, function = self.stack.pop(), self.stack[-1]
        if not is_allowed(function):
            text = f"Trying to call reduce for unrecognized function {function}"
            if hasattr(function, "__self__"):
                text += f" which belongs to {function.__self__}"
            raise UnpicklingError(text)
        self.stack[-1] = function(*args)

    def load_build(self) -> None:
        """Give an object its state."""
        state, made = self.stack.pop(), self.stack[-1]
        if type(made) is TYPES.tensor:
            made.set_(*state)
        elif type(made) is OrderedDict:
            made.__dict__.update(state)
        elif not is_allowed(type(made)):
            raise UnpicklingError(
                f"Can only build Tensor, Parameter, OrderedDict or types allowlisted via `add_safe_globals`, but got {type(made)}"
            )
        elif hasattr(made, "__setstate__"):
            made.__setstate__(state)
        else:
            from rushlight._utils import _set_obj_state

            _set_obj_state(made, state)

    def load_append(self) -> None:
        """Add to a list."""
        item = self.stack.pop()
        self._check_list("append to")
        self.stack[-1].append(item)

    def load_appends(self) -> None:
        """Add several to a list."""
        items = self.pop_mark()
        self._check_list("extend")
        self.stack[-1].extend(items)

    def _check_list(self, verb: str) -> None:
        if type(self.stack[-1]) is not list:
            raise UnpicklingError(f"Can only {verb} lists, but got {type(self.stack[-1])}")

    def load_setitem(self) -> None:
        """Set one entry of a dict."""
        value, key = self.stack.pop(), self.stack.pop()
        self._check_dict("SETITEM")
        self.stack[-1][key] = value

    def load_setitems(self) -> None:
        """Set entries of a dict."""
        items = self.pop_mark()
        self._check_dict("SETITEMS")
        for index in range(0, len(items), 2):
            self.stack[-1][items[index]] = items[index + 1]

    def _check_dict(self, instruction: str) -> None:
        if type(self.stack[-1]) not in (dict, OrderedDict, Counter):
            raise UnpicklingError(
                f"Can only {instruction} for dict, collections.OrderedDict, collections.Counter, but got {type(self.stack[-1])}"
            )

    def load_binpersid(self) -> None:
        """Fetch a storage."""
        pid = self.stack.pop()
        if type(pid) is not tuple and type(pid) is not int:
            raise UnpicklingError(f"persistent_load id must be tuple or int, but got {type(pid)}")
        kind = pid[0] if type(pid) is tuple and pid else "storage"
        if (kind.decode("ascii") if isinstance(kind, bytes) else kind) != "storage":
            raise UnpicklingError(f"Only persistent_load of storage is allowed, but got {type(kind)}")
        self.append(self.persistent_load(pid))

    def persistent_load(self, pid: Any) -> Any:
        """Where nothing was said about storages."""
        raise UnpicklingError("unsupported persistent id encountered")

    dispatch = _Allowed(
        {getattr(pickle, name)[0]: pickle._Unpickler.dispatch[getattr(pickle, name)[0]] for name in _INSTRUCTIONS}  # type: ignore[attr-defined]
    )


for _name in ("proto", "global", "newobj", "reduce", "build", "append", "appends", "setitem", "setitems", "binpersid"):
    Unpickler.dispatch[getattr(pickle, _name.upper())[0]] = getattr(Unpickler, f"load_{_name}")


def load(file: Any, *, encoding: str = "ASCII") -> Any:
    """What a pickle holds."""
    return Unpickler(file, encoding=encoding).load()
