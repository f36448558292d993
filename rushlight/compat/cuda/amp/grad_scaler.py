"""torch.cuda.amp.grad_scaler."""

from __future__ import annotations

from rushlight._deprecated_scaler import grad_scaler
from rushlight.cuda.amp.autocast_mode import _warn

__all__ = ["GradScaler"]

GradScaler = grad_scaler("cuda", lambda: _warn("GradScaler", "GradScaler('cuda', args...)", 4))
