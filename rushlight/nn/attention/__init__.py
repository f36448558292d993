"""torch.nn.attention: which implementation scaled_dot_product_attention takes."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rushlight.ops.attention import BACKENDS

__all__ = ["SDPBackend", "WARN_FOR_UNFUSED_KERNELS", "sdpa_kernel"]

WARN_FOR_UNFUSED_KERNELS = False


class SDPBackend(enum.IntEnum):
    """The implementations that PyTorch has."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


_allowed: list[SDPBackend] = [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH, SDPBackend.CUDNN_ATTENTION]


def _cur_sdpa_kernel_backends(with_priority: bool = False) -> list[SDPBackend]:
    return list(_allowed)


@contextmanager
def sdpa_kernel(backends: Any, set_priority: bool = False) -> Iterator[Any]:
    """Within it, scaled_dot_product_attention may use the given backends."""
    if not isinstance(backends, (list, SDPBackend)):
        raise AssertionError(
            f"Backend must be an instance of SDPBackend or a list of SDPBackend instances, got {type(backends).__name__}"
        )
    before = _allowed
    _allow([backends] if isinstance(backends, SDPBackend) else list(dict.fromkeys(backends)))
    try:
        yield {}
    finally:
        _allow(before)


def _allow(backends: list[SDPBackend]) -> None:
    global _allowed
    _allowed = backends
    BACKENDS.update(math=SDPBackend.MATH in backends, flash=SDPBackend.FLASH_ATTENTION in backends)
