"""torch._C._fft: the functions of torch.fft that are written in C in PyTorch."""

from __future__ import annotations

from typing import Any

from rushlight import fft
from rushlight._install import elsewhere


def __getattr__(name: str) -> Any:
    short = name.removeprefix("fft_")
    found = getattr(fft, short, None)
    return elsewhere(name, __name__) if found is None else found
