"""torch._prims: what PyTorch's references are made of; here only what its tests ask of it."""

from __future__ import annotations

from rushlight import _prims_common as utils

__all__ = ["utils"]
