"""torch._C._linalg: the functions of torch.linalg that are written in C in PyTorch."""

from __future__ import annotations

from typing import Any

from rushlight import linalg
from rushlight._install import elsewhere


def __getattr__(name: str) -> Any:
    short = name.removeprefix("linalg_")
    found = getattr(linalg, short, None)
    return elsewhere(name, __name__) if found is None else found
