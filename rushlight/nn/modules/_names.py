"""Layers go by PyTorch's names, `torch.nn.modules.linear.Linear`, wherever they print and wherever programs look at them."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from rushlight._class_names import importable as importable, pickle_by_file
from rushlight.nn._torch import Tensor

_OWN, _ALIAS = __name__.partition(".")[0], "torch"


def as_torch(namespace: dict[str, Any]) -> None:
    """Give the classes that a file has made the name of PyTorch's file; and the file the name Tensor, which PyTorch's have."""
    namespace.setdefault("Tensor", Tensor)
    own = namespace["__name__"]
    if sys.modules.get(_ALIAS) is sys.modules[_OWN]:  # typing looks for the names of annotations in the module that a class names
        sys.modules.setdefault(_ALIAS + own.removeprefix(_OWN), sys.modules[own])
    for value in list(namespace.values()):
        if isinstance(value, type) and value.__module__ == own:
            value.__module__ = _ALIAS + own.removeprefix(_OWN)
            pickle_by_file(value, own)


def reduce_unnamed(module: Any) -> Any:
    """How a layer is pickled under the name of the file that it is in."""
    cls = module.__class__
    return _revived, (_OWN + cls.__module__.removeprefix(_ALIAS), cls.__qualname__), module.__getstate__()


def _revived(where: str, name: str) -> Any:
    cls = getattr(import_module(where), name)
    return cls.__new__(cls)
