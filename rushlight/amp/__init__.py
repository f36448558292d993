"""torch.amp: automatic mixed precision on the CPU, and the scaler of gradients."""

from __future__ import annotations

from typing import Any

from rushlight._class_names import name_as_torch
from rushlight._install import elsewhere
from rushlight.amp.autocast_mode import (
    _enter_autocast as _enter_autocast,
    _exit_autocast as _exit_autocast,
    autocast as autocast,
    custom_bwd as custom_bwd,
    custom_fwd as custom_fwd,
    is_autocast_available as is_autocast_available,
)
from rushlight.amp.grad_scaler import GradScaler as GradScaler

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)


name_as_torch(__name__)
