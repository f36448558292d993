"""scatter and gather between GPUs: there are none."""

from __future__ import annotations

from typing import Any

__all__ = ["gather", "scatter", "scatter_kwargs"]


def scatter(inputs: Any, target_gpus: Any, dim: int = 0) -> Any:
    """Refused: there are no GPUs."""
    raise AssertionError("Torch not compiled with CUDA enabled")


def scatter_kwargs(inputs: Any, kwargs: Any, target_gpus: Any, dim: int = 0) -> Any:
    """Refused: there are no GPUs."""
    raise AssertionError("Torch not compiled with CUDA enabled")


def gather(outputs: Any, target_device: Any, dim: int = 0) -> Any:
    """Refused: there are no GPUs."""
    raise AssertionError("Gather function not implemented for CPU tensors")
