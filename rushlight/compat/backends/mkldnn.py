"""torch.backends.mkldnn: NumPy does its work; its settings are remembered."""

from __future__ import annotations

from typing import Any

from rushlight.backends._modules import with_settings
from rushlight.backends.mkl import verbose as _verbose

VERBOSE_OFF, VERBOSE_ON, VERBOSE_ON_CREATION = 0, 1, 2


def is_available() -> bool:
    """True, as for PyTorch's wheels."""
    return True


class verbose(_verbose):
    """Accepted."""

    __module__ = "torch.backends.mkldnn"


def is_acl_available() -> bool:
    """False."""
    return False


set_flags, flags = with_settings(__name__, enabled=True, deterministic=False, allow_tf32=None, fp32_precision="none")
conv: Any = type("_FP32Precision", (), {"fp32_precision": "none"})()
matmul: Any = type("_FP32Precision", (), {"fp32_precision": "none"})()
rnn: Any = type("_FP32Precision", (), {"fp32_precision": "none"})()
