"""torch.classes: classes of libraries that are compiled for PyTorch; there are none."""

from __future__ import annotations

from typing import Any

loaded_libraries: set[str] = set()


def load_library(path: str) -> None:
    """Not available: libraries for PyTorch's core cannot be loaded."""
    raise OSError(f"Could not load this library: {path}: rushlight cannot load libraries that are compiled for PyTorch")


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    from types import SimpleNamespace

    return SimpleNamespace()
