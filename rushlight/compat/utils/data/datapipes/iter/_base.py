"""What the pipes share."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any


def length_of(pipe: Any, source: Any) -> int:
    """The length of a pipe's source; TypeError where it has none."""
    if isinstance(source, Sized):
        return len(source)
    raise no_length(pipe)


def no_length(pipe: Any) -> TypeError:
    """The error of a pipe that does not know its length."""
    return TypeError(f"{type(pipe).__name__} instance doesn't have valid length")
