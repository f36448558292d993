"""torch.export: programs are not captured; dimensions can be named."""

from __future__ import annotations

import sys
from typing import Any

from rushlight.compat import absent


class Dim:
    """A dimension of a name, with bounds."""

    __module__ = "torch.export.dynamic_shapes"
    AUTO, DYNAMIC, STATIC = "AUTO", "DYNAMIC", "STATIC"

    def __init__(self, name: str, *, min: int | None = None, max: int | None = None) -> None:
        if not name.isidentifier():
            raise AssertionError(f"Dim name must be a valid identifier, got {name}")
        self.__name__ = name
        self.min = 0 if min is None else min
        self.max = sys.maxsize - 1 if max is None else max
        if self.max <= self.min:
            raise AssertionError(f"Cannot create Dim with inconsistent min={min}, max={max}")

    def __repr__(self) -> str:
        limits = f"min={self.min}" if self.max == sys.maxsize - 1 else f"min={self.min}, max={self.max}"
        return f"Dim('{self.__name__}', {limits})"


def dims(*names: str, min: int | None = None, max: int | None = None) -> tuple[Dim, ...]:
    """Several dimensions."""
    return tuple(Dim(name, min=min, max=max) for name in names)


def export(mod: Any, args: Any, kwargs: Any = None, **options: Any) -> Any:
    """Not available: torch.fx.symbolic_trace captures programs without their shapes."""
    raise absent("torch.export.export")
