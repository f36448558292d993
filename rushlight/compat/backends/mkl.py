"""torch.backends.mkl."""

from __future__ import annotations

from typing import Any

VERBOSE_OFF, VERBOSE_ON = 0, 1


def is_available() -> bool:
    """True, as for PyTorch's wheels."""
    return True


class verbose:
    """Accepted."""

    __module__ = "torch.backends.mkl"

    def __init__(self, enable: Any) -> None:
        self.enable = enable

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> bool:
        return False
