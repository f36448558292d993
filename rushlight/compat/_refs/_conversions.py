"""torch._refs._conversions: see torch._refs."""

from __future__ import annotations

from rushlight._refs._counterparts import counterparts

__getattr__, __all__ = counterparts("_conversions")
