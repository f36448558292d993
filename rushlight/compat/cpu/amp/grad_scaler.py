"""torch.cpu.amp.grad_scaler."""

from __future__ import annotations

from rushlight._deprecated_scaler import grad_scaler
from rushlight.cpu.amp.autocast_mode import _warn

__all__ = ["GradScaler"]

GradScaler = grad_scaler("cpu", lambda: _warn("GradScaler", 4))
