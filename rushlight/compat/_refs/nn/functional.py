"""torch._refs.nn.functional: see torch._refs."""

from __future__ import annotations

from rushlight._refs._counterparts import counterparts

__getattr__, __all__ = counterparts("nn.functional")
