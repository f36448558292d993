"""Modules of kernels that are imported when one of their names is first used: most programs never do."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.__dict__.update(vars(import_module(self.__name__)))
        return self.__dict__[name]


def later(name: str) -> Any:
    """The module `rushlight.ops.NAME`, imported on first use. Its names are constants: they are read once."""
    return _Later(f"rushlight.ops.{name}")
