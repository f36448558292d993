"""torch.utils.data.datapipes: the base classes here, the pipes in compat."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rushlight._install import elsewhere
from rushlight.utils.data.datapipes._decorator import functional_datapipe as functional_datapipe
from rushlight.utils.data.datapipes.datapipe import (
    DataChunk as DataChunk,
    DFIterDataPipe as DFIterDataPipe,
    IterDataPipe as IterDataPipe,
    MapDataPipe as MapDataPipe,
)

__all__ = ["IterDataPipe", "MapDataPipe", "functional_datapipe"]


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)


for _name in ("iter", "map"):  # which registers their pipes as methods
    import_module(f"{__name__}.{_name}")
