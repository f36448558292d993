"""torch.cpu.amp: the old names of torch.amp for the processor."""

from __future__ import annotations

from rushlight.cpu.amp.autocast_mode import autocast as autocast
from rushlight.cpu.amp.grad_scaler import GradScaler as GradScaler

__all__ = ["GradScaler", "autocast"]
