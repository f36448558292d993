"""Which names of PyTorch's stand for what in saved files, both ways."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from rushlight import _objects
from rushlight._core import dtypes
from rushlight.storage import LEGACY

_OWN, _THEIRS = "rushlight", "torch"


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
    own = own_module(module)
    if own.partition(".")[0] != _OWN:
        raise KeyError(module)
    found = importlib.import_module(own)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def name_of(obj: Any, name: str | None = None) -> tuple[str, str] | None:
    """PyTorch's module and name of one of rushlight's objects; None for others."""
    if isinstance(obj, dtypes.dtype):
        return _THEIRS, obj.name
    if obj is _objects.device or obj is _objects.Size:
        return _THEIRS, obj.__name__
    module = getattr(obj, "__module__", None) or ""
    name = name or getattr(obj, "__qualname__", None) or getattr(obj, "__name__", "")
    if module.partition(".")[0] not in (_OWN, _THEIRS) or not name:
        return None
    theirs = _THEIRS + module[len(_OWN) :] if module.startswith(_OWN) else module
    if name == "rebuild_from_type_v2":
        return "torch._tensor", "_rebuild_from_type_v2"
    holder: Any = sys.modules.get(own_module(theirs))
    for part in name.split("."):
        holder = getattr(holder, part, None)
    return (theirs, name) if holder is obj else None
