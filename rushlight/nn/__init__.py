"""torch.nn."""

from __future__ import annotations

from typing import Any

from rushlight._install import unsupported
from rushlight.nn import functional as functional, parameter as parameter
from rushlight.nn.parameter import Buffer as Buffer, Parameter as Parameter


def __getattr__(name: str) -> Any:
    raise unsupported(name, __name__)
