"""torch._C._special: the functions of torch.special that are written in C in PyTorch."""

from __future__ import annotations

from typing import Any

from rushlight import special
from rushlight._install import elsewhere


def __getattr__(name: str) -> Any:
    short = name.removeprefix("special_")
    found = getattr(special, short, None)
    return elsewhere(name, __name__) if found is None else found
