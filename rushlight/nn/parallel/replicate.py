"""Copies of a module for each GPU: there are none."""

from __future__ import annotations

from typing import Any

__all__ = ["replicate"]


def replicate(network: Any, devices: Any, detach: bool = False) -> Any:
    """Refused: there are no GPUs."""
    raise AssertionError("Broadcast function not implemented for CPU tensors")
