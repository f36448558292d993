"""A class decorator for layers that keep what they are given: settings are written as annotated fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def fields(*shown: str, constants: bool = True) -> Callable[[type], type]:
    """Make `__init__`, `__constants__` and `extra_repr` of a layer from its annotated fields, in their order.

    `shown` are the fields that repr shows; without any, and unless the class has an extra_repr, it shows all of them.
    """

    def decorate(cls: type) -> type:
        own = {name: kind for name, kind in cls.__annotations__.items() if not name.startswith("_")}
        defaults = {f"_{name}": cls.__dict__[name] for name in own if name in cls.__dict__}
        params = ", ".join([f"{name}: {kind!r}" + (f" = _{name}" if f"_{name}" in defaults else "") for name, kind in own.items()])
        body = "".join([f"    self.{name} = {name}\n" for name in own])
        scope: dict[str, Any] = {**defaults, "_super": super, "_cls": cls, "__name__": cls.__module__}
        exec(f"def __init__(self, {params}) -> None:\n    _super(_cls, self).__init__()\n{body}", scope)
        for name in own:
            if name in cls.__dict__:
                delattr(cls, name)
        init = scope["__init__"]
        init.__qualname__ = f"{cls.__qualname__}.__init__"
        cls.__init__ = init  # type: ignore[misc]
        if constants and "__constants__" not in cls.__dict__:
            cls.__constants__ = list(own)  # type: ignore[attr-defined]
        if "extra_repr" not in cls.__dict__:
            cls.extra_repr = showing(*(shown or own))  # type: ignore[attr-defined]
        return cls

    return decorate


def showing(*names: str) -> Callable[[Any], str]:
    """An extra_repr: `name=value` for each name; `inplace` only where it is set."""

    def extra_repr(self: Any) -> str:
        parts = [f"{name}={getattr(self, name)}" for name in names if name != "inplace"]
        return ", ".join([*parts, "inplace=True"] if "inplace" in names and self.inplace else parts)

    return extra_repr


def hidden(self: Any) -> str:
    """An extra_repr that shows nothing."""
    return ""
