"""torch.backends.cudnn: not available; its settings are remembered."""

from __future__ import annotations

from typing import Any

import rushlight as torch
from rushlight.backends._modules import with_settings

CUDNN_TENSOR_DTYPES = {torch.half, torch.float, torch.double}


def is_available() -> bool:
    """False."""
    return False


def version() -> None:
    """None: there is none."""


def is_acceptable(tensor: Any) -> bool:
    """False for tensors on the CPU."""
    return False


set_flags, flags = with_settings(
    __name__,
    enabled=True,
    benchmark=False,
    benchmark_limit=None,
    deterministic=False,
    allow_tf32=True,
    fp32_precision="none",
    depthwise_mode="auto",
)
conv = type("_FP32Precision", (), {"fp32_precision": "tf32"})()
