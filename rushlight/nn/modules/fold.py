"""Fold and Unfold."""

from __future__ import annotations

from typing import Any

from rushlight.nn import functional as F
from rushlight.nn.modules._fields import fields
from rushlight.nn.modules._names import as_torch
from rushlight.nn.modules.module import Module

__all__ = ["Fold", "Unfold"]


@fields()
class Fold(Module):
    """Sums blocks back into images."""

    output_size: Any
    kernel_size: Any
    dilation: Any = 1
    padding: Any = 0
    stride: Any = 1

    def forward(self, input: Any) -> Any:
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)


@fields()
class Unfold(Module):
    """Takes sliding blocks out of images."""

    kernel_size: Any
    dilation: Any = 1
    padding: Any = 0
    stride: Any = 1

    def forward(self, input: Any) -> Any:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)


as_torch(globals())
