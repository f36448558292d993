"""torch.utils.data.datapipes: the base classes, and the registration of pipes as methods."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any

from rushlight._install import elsewhere
from rushlight.utils.data.dataset import Dataset, IterableDataset

__all__ = ["IterDataPipe", "MapDataPipe", "functional_datapipe"]


class _Pipe:
    """Finds registered pipes as methods."""

    functions: dict[str, Callable[..., Any]] = {}

    def __repr__(self) -> str:
        return type(self).__qualname__

    __str__ = __repr__

    def __getattr__(self, name: str) -> Any:
        if name in type(self).functions:
            return functools.partial(type(self).functions[name], self)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}")

    @classmethod
    def register_datapipe_as_function(cls, function_name: str, cls_to_register: Any, enable_df_api_tracing: bool = False) -> None:
        """Let `pipe.function_name(...)` mean `cls_to_register(pipe, ...)`."""
        if function_name in cls.functions:
            raise Exception(f"Unable to add DataPipe function name {function_name} as it is already taken")
        cls.functions[function_name] = cls_to_register


class IterDataPipe(_Pipe, IterableDataset[Any]):
    """A pipe of samples one after the other."""

    functions: dict[str, Callable[..., Any]] = {}


class MapDataPipe(_Pipe, Dataset[Any]):
    """A pipe of samples by index."""

    functions: dict[str, Callable[..., Any]] = {}


class functional_datapipe:
    """Decorates a pipe class to be a method of all pipes of its kind."""

    def __init__(self, name: str, enable_df_api_tracing: bool = False) -> None:
        self.name = name

    def __call__(self, cls: Any) -> Any:
        if not issubclass(cls, _Pipe):
            raise TypeError("Can only decorate IterDataPipe or MapDataPipe")
        cls.register_datapipe_as_function(self.name, cls)
        return cls


def __getattr__(name: str) -> Any:
    if name in ("iter", "map", "datapipe"):
        return import_module(f"{__name__}.{name}")
    return elsewhere(name, __name__)


import_module("rushlight.utils.data.datapipes.iter")  # registers its pipes as methods
import_module("rushlight.utils.data.datapipes.map")
