"""torch._refs: PyTorch's operators in Python. Here every operator is, so that a reference is the operator of that name."""

from __future__ import annotations

from rushlight._refs._counterparts import counterparts

__getattr__, __all__ = counterparts("")
