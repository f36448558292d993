"""torch.nn."""

from __future__ import annotations

from typing import Any

from rushlight._install import unsupported
from rushlight.nn import functional as functional


def __getattr__(name: str) -> Any:
    raise unsupported(name, __name__)
