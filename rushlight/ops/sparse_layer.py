"""Where functions of strided tensors find the layer above that makes sparse ones."""

from __future__ import annotations

from typing import Any


class _Layer:
    """`rushlight/_tensor.py` fills it."""

    def __init__(self) -> None:
        self.load: Any = None  # (name of a module of rushlight.sparse) -> the module


SPARSE_LAYER = _Layer()
NO_KERNEL = (
    "Could not run 'aten::{}' with arguments from the '{}' backend. This could be because the operator doesn't exist for this backend, "
    "or was omitted during the selective/custom build process (if using custom build)."
)


def sparse_module(name: str) -> Any:
    """A module of rushlight.sparse."""
    return SPARSE_LAYER.load(name)
