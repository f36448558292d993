"""torch.backends.mha."""

from __future__ import annotations

_is_fastpath_enabled = True


def get_fastpath_enabled() -> bool:
    """What set_fastpath_enabled() was told."""
    return _is_fastpath_enabled


def set_fastpath_enabled(value: bool) -> None:
    """Remembered; there is no fast path."""
    global _is_fastpath_enabled
    _is_fastpath_enabled = value
