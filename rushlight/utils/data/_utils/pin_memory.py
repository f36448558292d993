"""Pinned memory, which needs an accelerator: samples stay as they are."""

from __future__ import annotations

from typing import Any


def pin_memory(data: Any, device: Any = None) -> Any:
    """The data itself."""
    return data
