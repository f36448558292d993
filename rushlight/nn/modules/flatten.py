"""Flatten and Unflatten."""

from __future__ import annotations

from typing import Any

from rushlight.nn.modules._fields import fields
from rushlight.nn.modules._names import as_torch
from rushlight.nn.modules.module import Module

__all__ = ["Flatten", "Unflatten"]


@fields()
class Flatten(Module):
    """Joins the dimensions from start_dim to end_dim."""

    start_dim: int = 1
    end_dim: int = -1

    def forward(self, input: Any) -> Any:
        return input.flatten(self.start_dim, self.end_dim)


class Unflatten(Module):
    """Splits a dimension into several."""

    __constants__ = ["dim", "unflattened_size"]

    def __init__(self, dim: int, unflattened_size: Any) -> None:
        super().__init__()
        self._require_tuple_int(unflattened_size)
        self.dim = dim
        self.unflattened_size = unflattened_size

    def _require_tuple_int(self, input: Any) -> None:
        if not isinstance(input, (tuple, list)):
            raise TypeError(f"unflattened_size must be a tuple of ints, but found type {type(input).__name__}")
        for place, entry in enumerate(input):
            if not isinstance(entry, int):
                raise TypeError(f"unflattened_size must be tuple of ints, but found element of type {type(entry).__name__} at pos {place}")

    def forward(self, input: Any) -> Any:
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


as_torch(globals())
