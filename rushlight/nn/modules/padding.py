"""Padding layers: every kind in one, two and three dimensions."""

from __future__ import annotations

from typing import Any

from rushlight.nn import functional as F
from rushlight.nn.modules._names import as_torch
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import _ntuple

__all__ = [
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d", "ReflectionPad1d",
    "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d", "ZeroPad1d", "ZeroPad2d", "ZeroPad3d",
]  # fmt: skip


class _PadNd(Module):
    """Padding of one kind, with as many numbers as `_sides`."""

    __constants__ = ["padding"]
    _sides: int
    _mode: str

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = _ntuple(self._sides)(padding)

    def forward(self, input: Any) -> Any:
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _CircularPadNd(_PadNd):
    _mode = "circular"

    def _check_input_dim(self, input: Any) -> None:
        dims = self._sides // 2
        if input.dim() not in (dims + 1, dims + 2):
            raise ValueError(f"expected {dims + 1}D or {dims + 2}D input (got {input.dim()}D input)")

    def forward(self, input: Any) -> Any:
        self._check_input_dim(input)
        return F.pad(input, self.padding, self._mode)


class _ReflectionPadNd(_PadNd):
    _mode = "reflect"


class _ReplicationPadNd(_PadNd):
    _mode = "replicate"


class _ConstantPadNd(Module):
    __constants__ = ["padding", "value"]
    _sides: int

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__()
        self.value = value
        self.padding = _ntuple(self._sides)(padding)

    def forward(self, input: Any) -> Any:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class CircularPad1d(_CircularPadNd):
    """Pads sequences with what lies at their other end."""

    _sides = 2


class CircularPad2d(_CircularPadNd):
    """Pads images with what lies at their other side."""

    _sides = 4


class CircularPad3d(_CircularPadNd):
    """Pads volumes with what lies at their other side."""

    _sides = 6


class ConstantPad1d(_ConstantPadNd):
    """Pads sequences with a value."""

    _sides = 2


class ConstantPad2d(_ConstantPadNd):
    """Pads images with a value."""

    _sides = 4


class ConstantPad3d(_ConstantPadNd):
    """Pads volumes with a value."""

    _sides = 6


class ReflectionPad1d(_ReflectionPadNd):
    """Pads sequences with their mirror image."""

    _sides = 2


class ReflectionPad2d(_ReflectionPadNd):
    """Pads images with their mirror image."""

    _sides = 4


class ReflectionPad3d(_ReflectionPadNd):
    """Pads volumes with their mirror image."""

    _sides = 6


class ReplicationPad1d(_ReplicationPadNd):
    """Pads sequences with their outermost values."""

    _sides = 2


class ReplicationPad2d(_ReplicationPadNd):
    """Pads images with their outermost values."""

    _sides = 4


class ReplicationPad3d(_ReplicationPadNd):
    """Pads volumes with their outermost values."""

    _sides = 6


class _Zero(Module):
    """What the layers that pad with zeros share."""

    padding: Any

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad1d(_Zero, ConstantPad1d):
    """Pads sequences with zeros."""


class ZeroPad2d(_Zero, ConstantPad2d):
    """Pads images with zeros."""


class ZeroPad3d(_Zero, ConstantPad3d):
    """Pads volumes with zeros."""


as_torch(globals())
