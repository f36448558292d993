"""torch.cpu.amp.autocast_mode."""

from __future__ import annotations

import warnings
from typing import Any

from rushlight import amp, bfloat16

__all__ = ["autocast"]


def _warn(name: str, level: int = 3) -> None:
    text = f"`torch.cpu.amp.{name}(args...)` is deprecated. Please use `torch.amp.{name}('cpu', args...)` instead."
    warnings.warn(text, FutureWarning, stacklevel=level)


class autocast(amp.autocast):
    """torch.amp.autocast("cpu")."""

    __module__ = "torch.cpu.amp.autocast_mode"

    def __init__(self, enabled: bool = True, dtype: Any = bfloat16, cache_enabled: bool = True) -> None:
        _warn("autocast")
        super().__init__("cpu", enabled=enabled, dtype=dtype, cache_enabled=cache_enabled)
