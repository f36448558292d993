"""torch.backends: which libraries there are, and their settings."""

from __future__ import annotations

fp32_precision = "none"
