"""torch._export.wrappers: marks for an exporter that is not there."""

from __future__ import annotations

from typing import Any


def mark_subclass_constructor_exportable_experimental(constructor_subclass: Any) -> Any:
    """The constructor as it is."""
    return constructor_subclass
