"""Padding and other functions of images."""

from __future__ import annotations

from typing import Any

from rushlight.nn.functional._operators import operator as _op


def pad(input: Any, pad: Any, mode: str = "constant", value: Any = None) -> Any:
    """Entries around a tensor, pairs (before, after) from the last dimension on."""
    return _op("pad")(input, pad, mode, value)
