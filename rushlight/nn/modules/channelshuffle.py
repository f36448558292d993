"""ChannelShuffle."""

from __future__ import annotations

from typing import Any

from rushlight.nn import functional as F
from rushlight.nn.modules._fields import fields
from rushlight.nn.modules._names import as_torch
from rushlight.nn.modules.module import Module

__all__ = ["ChannelShuffle"]


@fields()
class ChannelShuffle(Module):
    """Interleaves groups of channels."""

    groups: int

    def forward(self, input: Any) -> Any:
        return F.channel_shuffle(input, self.groups)


as_torch(globals())
