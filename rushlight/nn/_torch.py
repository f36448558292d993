"""Public functions by name, for modules: `torch.empty(...)` here is what `rushlight.empty` is, without importing the whole package."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rushlight._core.tensor import TYPES
from rushlight._install import unsupported

__all__ = ["Tensor", "linalg", "torch", "typename", "vector_norm"]

Tensor: Any = TYPES.tensor


class _Functions:
    """The operators of one namespace as attributes, each looked up once."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def __getattr__(self, name: str) -> Any:
        from rushlight.ops import signatures
        from rushlight.ops.declare import available, public_function

        if name not in signatures.table(self._namespace) or not available(self._namespace, name):
            raise unsupported(name, "torch")  # an AttributeError: pickle asks every module for names
        found = public_function(self._namespace, name)
        setattr(self, name, found)
        return found


torch: Any = _Functions("torch")
linalg: Any = _Functions("linalg")


def vector_norm(*args: Any, **kwargs: Any) -> Any:
    """torch.linalg.vector_norm."""
    return linalg.vector_norm(*args, **kwargs)


def typename(obj: Any) -> str:
    """torch.typename, which is in a higher layer: error texts ask for it."""
    return str(import_module("rushlight._settings").typename(obj))
