"""torch.backends.cuda: not available; its settings are remembered."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rushlight.ops.attention import BACKENDS

_sdp = BACKENDS  # what scaled_dot_product_attention reads
_reduction = [False]


class cuBLASModule:
    """Settings of products."""

    __module__ = "torch.backends.cuda"
    _settings = {
        "allow_tf32": False, "allow_fp16_reduced_precision_reduction": True, "allow_bf16_reduced_precision_reduction": True,
        "allow_fp16_accumulation": False, "fp32_precision": "none",
    }  # fmt: skip

    def __getattr__(self, name: str) -> Any:
        if name in self._settings:
            return self._settings[name]
        raise AttributeError("Unknown attribute " + name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._settings:
            raise AttributeError("Unknown attribute " + name)
        self._settings[name] = value


class cuFFTPlanCacheManager:
    """Plans of transforms: there are none."""

    __module__ = "torch.backends.cuda"

    def __getattr__(self, name: str) -> Any:
        if name in ("size", "max_size", "clear"):
            raise AssertionError("Torch not compiled with CUDA enabled")
        raise AttributeError("Unknown attribute " + name)

    def __getitem__(self, device: Any) -> Any:
        raise AssertionError("Torch not compiled with CUDA enabled")


class _SDPAParams:
    """The arguments of scaled_dot_product_attention, to be asked about."""

    __module__ = "torch.backends.cuda"

    def __init__(
        self, query: Any, key: Any, value: Any, attn_mask: Any, dropout: float, is_causal: bool, enable_gqa: bool
    ) -> None:
        self.query, self.key, self.value, self.attn_mask = query, key, value, attn_mask
        self.dropout, self.is_causal, self.enable_gqa = dropout, is_causal, enable_gqa


SDPAParams = _SDPAParams


def can_use_flash_attention(params: SDPAParams, debug: bool = False) -> bool:
    """False: that kernel is a GPU's."""
    return False


def can_use_efficient_attention(params: SDPAParams, debug: bool = False) -> bool:
    """False: that kernel is a GPU's."""
    return False


def can_use_cudnn_attention(params: SDPAParams, debug: bool = False) -> bool:
    """False: that kernel is a GPU's."""
    return False


matmul = cuBLASModule()
cufft_plan_cache = cuFFTPlanCacheManager()


def is_built() -> bool:
    """False."""
    return False


def _switch(name: str, enabled: Any) -> None:
    if not isinstance(enabled, bool):
        raise RuntimeError(f"set_sdp_use_math expects a bool, but got {type(enabled).__name__}")
    _sdp[name] = enabled


def flash_sdp_enabled() -> bool:
    """Whether attention may take this implementation."""
    return _sdp["flash"]


def enable_flash_sdp(enabled: bool) -> None:
    """Let attention take this implementation, or not."""
    _switch("flash", enabled)


def mem_efficient_sdp_enabled() -> bool:
    """Whether attention may take this implementation."""
    return _sdp["mem_efficient"]


def enable_mem_efficient_sdp(enabled: bool) -> None:
    """Let attention take this implementation, or not."""
    _switch("mem_efficient", enabled)


def math_sdp_enabled() -> bool:
    """Whether attention may take this implementation."""
    return _sdp["math"]


def enable_math_sdp(enabled: bool) -> None:
    """Let attention take this implementation, or not."""
    _switch("math", enabled)


def cudnn_sdp_enabled() -> bool:
    """Whether attention may take this implementation."""
    return _sdp["cudnn"]


def enable_cudnn_sdp(enabled: bool) -> None:
    """Let attention take this implementation, or not."""
    _switch("cudnn", enabled)


def allow_fp16_bf16_reduction_math_sdp(enabled: bool) -> None:
    """Remembered."""
    _reduction[0] = enabled


def fp16_bf16_reduction_math_sdp_allowed() -> bool:
    """Remembered."""
    return _reduction[0]


def is_flash_attention_available() -> bool:
    """False."""
    return False


@contextmanager
def _restored(settings: dict[str, bool]) -> Iterator[None]:
    before = dict(_sdp)
    _sdp.update(settings)
    try:
        yield
    finally:
        _sdp.update(before)


def sdp_kernel(enable_flash: bool = True, enable_math: bool = True, enable_mem_efficient: bool = True, enable_cudnn: bool = True) -> Any:
    """Settings of attention that hold in a block."""
    warnings.warn(
        "`torch.backends.cuda.sdp_kernel()` is deprecated. In the future, this context manager will be removed. Please see "
        "`torch.nn.attention.sdpa_kernel()` for the new context manager, with updated signature.",
        FutureWarning,
        stacklevel=2,
    )
    settings = {"flash": enable_flash, "math": enable_math, "mem_efficient": enable_mem_efficient, "cudnn": enable_cudnn}
    return _restored({**settings, "overrideable": False})
