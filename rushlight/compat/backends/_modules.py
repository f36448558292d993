"""Modules of torch.backends: settings that are remembered and change nothing."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


def with_settings(name: str, **settings: Any) -> Any:
    """Make a module one whose flags are checked: only bools where the default is one. Returns its flags() and set_flags()."""
    import sys

    module = sys.modules[name]
    vars(module).update(settings)
    module.__class__ = _Module
    return functools.partial(_set_flags, module, settings), functools.partial(_flags, module, settings)


class _Module(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        before = vars(self).get(name)
        if type(before) is bool and type(value) is not bool:
            raise RuntimeError(f"set_{name}_{self.__name__.rpartition('.')[2]} expects a bool, but got {type(value).__name__}")
        super().__setattr__(name, value)


def _set_flags(module: Any, settings: dict[str, Any], *values: Any, **named: Any) -> tuple[Any, ...]:
    """Change settings (`_name=value`, None leaves one as it is); returns the earlier values."""
    before = tuple(getattr(module, name) for name in settings)
    given = {**dict(zip(settings, values)), **{name.lstrip("_"): value for name, value in named.items()}}
    for name, value in given.items():
        if value is not None:
            setattr(module, name, value)
    return before


@contextmanager
def _flags(module: Any, settings: dict[str, Any], *values: Any, **named: Any) -> Iterator[None]:
    """Settings that hold in a block."""
    before = _set_flags(module, settings, *values, **named)
    try:
        yield
    finally:
        _set_flags(module, settings, *before)
