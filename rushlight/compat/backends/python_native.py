"""torch.backends.python_native: kernels written in Python for accelerators; there are none."""

from __future__ import annotations

available_dsls: list[str] = []
all_dsls: list[str] = []
