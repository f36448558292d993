"""The class GradScaler of torch.cpu.amp and torch.cuda.amp, which torch.amp's took the place of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rushlight import amp


def grad_scaler(device: str, warn: Callable[[], None]) -> Any:
    """torch.amp.GradScaler for one device; making one calls warn()."""

    class GradScaler(amp.GradScaler):
        __module__ = f"torch.{device}.amp.grad_scaler"
        __qualname__ = "GradScaler"

        def __init__(
            self, init_scale: float = 2.0**16, growth_factor: float = 2.0, backoff_factor: float = 0.5, growth_interval: int = 2000,
            enabled: bool = True,
        ) -> None:  # fmt: skip
            warn()
            super().__init__(
                device, init_scale=init_scale, growth_factor=growth_factor, backoff_factor=backoff_factor, growth_interval=growth_interval,
                enabled=enabled,
            )  # fmt: skip

    GradScaler.__doc__ = f"torch.amp.GradScaler({device!r})."
    return GradScaler
