"""Which names of PyTorch's stand for what in saved files, both ways."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

from rushlight import _objects, compat
from rushlight._core import dtypes
from rushlight._core.function import Function
from rushlight._core.tensor import TYPES
from rushlight.storage import LEGACY

_OWN, _THEIRS = "rushlight", "torch"
# Names of functions in PyTorch's pickles that are not those they go by.
_RENAMED = {
    ("torch.nn.functional", "threshold"): ("torch.nn.functional", "_threshold"),
    ("torch.utils.dlpack", "to_dlpack"): ("torch._C", "_to_dlpack"),
}  # fmt: skip
_NAMED = {theirs: ours for ours, theirs in _RENAMED.items()}


class StorageType:
    """The class of a storage as a file names it: all that matters is its dtype."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.dtype = LEGACY[name]._fixed

    @property
    def _dtype(self) -> Any:
        return self.dtype

    def __str__(self) -> str:
        return f"StorageType(dtype={self.dtype})"


def own_module(name: str) -> str:
    """torch.nn -> rushlight.nn; other names as they are."""
    if name == _THEIRS or name.startswith(_THEIRS + "."):
        return _OWN + name[len(_THEIRS) :]
    return name


def _special(module: str, name: str) -> Any:
    """What PyTorch has under another name than rushlight; None for everything else."""
    if module in ("torch._tensor", "torch.tensor"):
        from rushlight import _serialize
        from rushlight._tensor import Tensor

        return {"_rebuild_from_type_v2": _serialize.rebuild_from_type_v2, "Tensor": Tensor}.get(name)
    if module == "torch" and name in dtypes.ALIASES or module == "torch" and name in _DTYPES:
        return _DTYPES.get(name) or dtypes.ALIASES[name]
    if module == "torch.storage" and name == "_LegacyStorage":
        from rushlight.storage import TypedStorage

        return TypedStorage
    return None


_DTYPES = {dtype.name: dtype for dtype in (*dtypes.ALL, *dtypes.RARE)}


def find(module: str, name: str) -> Any:
    """The object that a file names, where the name is PyTorch's or rushlight's; KeyError for others."""
    if "Storage" in name and name in LEGACY:
        return StorageType(name)
    special = _special(module, name)
    if special is not None:
        return special
    module, name = _NAMED.get((module, name), (module, name))
    own = own_module(module)
    if own.partition(".")[0] != _OWN:
        raise KeyError(module)
    found = importlib.import_module(own)
    for part in name.split("."):
        found = getattr(found, part)
    return found


# ---------------------------------------------------------------- names of rushlight's objects


def name_of(obj: Any, name: str | None = None) -> tuple[str, str] | None:
    """PyTorch's module and name of one of rushlight's objects; None for others."""
    if isinstance(obj, dtypes.dtype):
        return _THEIRS, obj.name
    if obj is _objects.device or obj is _objects.Size:
        return _THEIRS, obj.__name__
    if isinstance(obj, Function):
        return operator_name(obj)
    module = getattr(obj, "__module__", None) or ""
    name = name or getattr(obj, "__qualname__", None) or getattr(obj, "__name__", "")
    if module.partition(".")[0] not in (_OWN, _THEIRS) or not name:
        return None
    if name == "rebuild_from_type_v2":
        return "torch._tensor", "_rebuild_from_type_v2"
    if module == "rushlight._utils":  # what every tensor needs: no list is read for it
        return "torch._utils", name
    found = _home(obj, _THEIRS + module[len(_OWN) :] if module.startswith(_OWN) else module, name)
    return _RENAMED.get(found, found) if found is not None else None


def operator_name(function: Function) -> tuple[str, str]:
    """PyTorch's module and name of a public operator; the module is "" for the functions of torch that are built-in there."""
    namespace, name = function.namespace, function.name
    if namespace == "torch":
        return ("torch.functional" if name in _defined("functional") else "", name)
    if namespace == "nn":
        return ("torch.nn.functional" if name in _defined("nn.functional") else "torch._C._nn", name)
    return f"torch._C._{namespace}", f"{namespace}_{name.removeprefix(f'{namespace}_')}"


def method_name(obj: Any) -> str | None:
    """The name of a function of the class Tensor's; None for everything else."""
    name = getattr(obj, "__name__", "")
    return name if TYPES.tensor.__dict__.get(name) is obj else None


def _home(obj: Any, module: str, name: str) -> tuple[str, str] | None:
    """Where PyTorch has an object of rushlight's that calls itself module.name.

    It is looked for in the modules that PyTorch has too: this one, those around it, then whatever else defines such a name there.
    """
    top = name.partition(".")[0]
    for relative in _places(module, top):
        holder: Any = sys.modules.get(f"{_OWN}.{relative}" if relative else _OWN)
        for part in name.split("."):
            holder = getattr(holder, part, None)
        if holder is obj:
            return (f"{_THEIRS}.{relative}" if relative else _THEIRS), name
    return None


def _places(module: str, name: str) -> Iterator[str]:
    relative = module.partition(".")[2]
    around = relative
    while around:
        leaf = around.rpartition(".")[2]
        if around in compat.table() and (name in _defined(around) if _listed(around) else leaf[:1] != "_"):
            yield around
        around = around.rpartition(".")[0]
    yield from _index().get(name, ())
    parent, _, leaf = relative.rpartition(".")
    if parent:  # PyTorch's modules whose names are not listed: those of distributions
        near = [entry for entry in compat.table() if entry.startswith(parent + ".") and not _listed(entry)]
        yield from sorted(near, key=lambda entry: not leaf.endswith(entry.rpartition(".")[2]))
    yield ""
    yield relative  # of rushlight only


def _listed(relative: str) -> bool:
    return any(compat.described(relative))


@cache
def _defined(relative: str) -> frozenset[str]:
    """The functions and classes that a module of PyTorch's defines."""
    functions, classes = compat.described(relative)[:2]
    return frozenset(functions) | frozenset(classes)


@cache
def _index() -> dict[str, list[str]]:
    """The modules of PyTorch's that define a name, public ones first; those of torch itself and its extension are "torch"."""
    found: dict[str, list[str]] = {}
    for relative in sorted(compat.table(), key=lambda entry: ("._" in f".{entry}", entry)):
        for name in _defined(relative) if relative != "_C" else ():
            found.setdefault(name, []).append(relative)
    return found
