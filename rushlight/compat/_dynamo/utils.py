"""torch._dynamo.utils."""

from __future__ import annotations

from typing import Any


def is_compile_supported(device_type: Any) -> bool:
    """Whether programs for a device could be compiled: on a build for the CPU, those for the CPU (where rushlight runs them as they are)."""
    from rushlight import device

    return str(device(device_type).type) == "cpu"
