"""torch.nn: parameters, modules and functions of neural networks. Layers are imported when they are first named."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rushlight._install import elsewhere
from rushlight.nn import functional as functional, modules as modules, parameter as parameter
from rushlight.nn.modules import _LAYERS
from rushlight.nn.parameter import Buffer as Buffer, Parameter as Parameter

_MODULES = frozenset({"init", "parallel", "utils", "attention", "grad", "common_types", "_reduction"})
_ELSEWHERE = {"UninitializedParameter": "parameter", "UninitializedBuffer": "parameter", "DataParallel": "parallel"}


def __getattr__(name: str) -> Any:
    if name in _LAYERS:
        found = getattr(modules, name)
    elif name in _ELSEWHERE:
        found = getattr(import_module(f"{__name__}.{_ELSEWHERE[name]}"), name)
    elif name == "factory_kwargs":
        from rushlight.nn._factory import factory_kwargs as found
    elif name in _MODULES and name != "__path__":
        return import_module(f"{__name__}.{name}")
    elif name == "__all__":
        return sorted({*_LAYERS, *_ELSEWHERE, "Buffer", "Parameter", "functional", "init", "modules", "parallel", "parameter", "utils"})
    else:
        return elsewhere(name, __name__)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAYERS, *_MODULES, *_ELSEWHERE})
