"""torch.onnx.symbolic_helper: decorators of functions that an export would call; nothing is exported, so they stay as they are."""

from __future__ import annotations

from typing import Any


def parse_args(*arg_descriptors: Any) -> Any:
    """How the arguments of a symbolic function are read."""
    return lambda fn: fn


def quantized_args(*arg_q_descriptors: Any, **kwargs: Any) -> Any:
    """Which arguments of a symbolic function may be quantized."""
    return lambda fn: fn
