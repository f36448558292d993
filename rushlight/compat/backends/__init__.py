"""torch.backends: which libraries there are, and their settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

fp32_precision = "none"
_FROZEN = False


def disable_global_flags() -> None:
    """Let flags of backends be set by context managers only."""
    global _FROZEN
    _FROZEN = True


def flags_frozen() -> bool:
    """Whether disable_global_flags() was called."""
    return _FROZEN


@contextmanager
def __allow_nonbracketed_mutation() -> Iterator[None]:
    """Let flags be set inside the block."""
    global _FROZEN
    before, _FROZEN = _FROZEN, False
    try:
        yield
    finally:
        _FROZEN = before
