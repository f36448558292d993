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


_NAMES = {
    SDPBackend.CUDNN_ATTENTION: "cudnn",
    SDPBackend.FLASH_ATTENTION: "flash",
    SDPBackend.EFFICIENT_ATTENTION: "mem_efficient",
    SDPBackend.MATH: "math",
    SDPBackend.OVERRIDEABLE: "overrideable",
}
_priority = [
    SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH, SDPBackend.CUDNN_ATTENTION, SDPBackend.OVERRIDEABLE,
]  # fmt: skip


def _cur_sdpa_kernel_backends(with_priority: bool = False) -> list[SDPBackend]:
    return [backend for backend in (_priority if with_priority else _NAMES) if BACKENDS[_NAMES[backend]]]


def _get_flash_version() -> str:
    """The version of the flash attention kernels that PyTorch has."""
    return "2.5.7"


@contextmanager
def sdpa_kernel(backends: Any, set_priority: bool = False) -> Iterator[Any]:
    """Within it, scaled_dot_product_attention may use the given backends; set_priority: those that come first before the others."""
    global _priority
    if not isinstance(backends, (list, SDPBackend)):
        raise AssertionError(
            f"Backend must be an instance of SDPBackend or a list of SDPBackend instances, got {type(backends).__name__}"
        )
    wanted = [backends] if isinstance(backends, SDPBackend) else list(dict.fromkeys(backends))
    settings, order = dict(BACKENDS), _priority
    BACKENDS.update({name: backend in wanted for backend, name in _NAMES.items()})
    if set_priority:
        _priority = [backend for backend in wanted if backend in _NAMES] + [backend for backend in order if backend not in wanted]
    try:
        yield {}
    finally:
        BACKENDS.update(settings)
        _priority = order
