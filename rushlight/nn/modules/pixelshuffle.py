"""PixelShuffle and PixelUnshuffle."""

from __future__ import annotations

from typing import Any

from rushlight.nn import functional as F
from rushlight.nn.modules._fields import fields
from rushlight.nn.modules._names import as_torch
from rushlight.nn.modules.module import Module

__all__ = ["PixelShuffle", "PixelUnshuffle"]


@fields()
class PixelShuffle(Module):
    """Moves channels into space: (C * r^2, H, W) becomes (C, H * r, W * r)."""

    upscale_factor: int

    def forward(self, input: Any) -> Any:
        return F.pixel_shuffle(input, self.upscale_factor)


@fields()
class PixelUnshuffle(Module):
    """Moves space into channels: (C, H * r, W * r) becomes (C * r^2, H, W)."""

    downscale_factor: int

    def forward(self, input: Any) -> Any:
        return F.pixel_unshuffle(input, self.downscale_factor)


as_torch(globals())
