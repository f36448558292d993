"""torch.backends.cuda: not available; its settings are remembered."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_sdp = {"flash": True, "mem_efficient": True, "math": True, "cudnn": True, "reduction": False}


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
    """Remembered."""
    return _sdp["flash"]


def enable_flash_sdp(enabled: bool) -> None:
    """Remembered."""
    _switch("flash", enabled)


def mem_efficient_sdp_enabled() -> bool:
    """Remembered."""
    return _sdp["mem_efficient"]


def enable_mem_efficient_sdp(enabled: bool) -> None:
    """Remembered."""
    _switch("mem_efficient", enabled)


def math_sdp_enabled() -> bool:
    """Remembered."""
    return _sdp["math"]


def enable_math_sdp(enabled: bool) -> None:
    """Remembered."""
    _switch("math", enabled)


def cudnn_sdp_enabled() -> bool:
    """Remembered."""
    return _sdp["cudnn"]


def enable_cudnn_sdp(enabled: bool) -> None:
    """Remembered."""
    _switch("cudnn", enabled)


def allow_fp16_bf16_reduction_math_sdp(enabled: bool) -> None:
    """Remembered."""
    _switch("reduction", enabled)


def fp16_bf16_reduction_math_sdp_allowed() -> bool:
    """Remembered."""
    return _sdp["reduction"]


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
    return _restored({"flash": enable_flash, "math": enable_math, "mem_efficient": enable_mem_efficient, "cudnn": enable_cudnn})
