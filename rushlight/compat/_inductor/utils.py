"""torch._inductor.utils: names of devices; there is no compiler."""

from __future__ import annotations

GPU_TYPES = ["cuda", "mps", "xpu", "mtia"]


def get_gpu_type() -> str:
    """The kind of accelerator that tests run on: "cuda", where there is none."""
    return "cuda"


def is_gpu(device: str | None) -> bool:
    """Whether a kind of device is an accelerator."""
    return device in GPU_TYPES
