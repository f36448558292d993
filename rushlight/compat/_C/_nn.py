"""torch._C._nn: the functions of torch.nn.functional that are written in C in PyTorch."""

from __future__ import annotations

from typing import Any

from rushlight import nn
from rushlight._install import elsewhere


def __getattr__(name: str) -> Any:
    # log_sigmoid goes by another name in torch.nn.functional
    found = getattr(nn.functional, {"log_sigmoid": "logsigmoid"}.get(name, name), None)
    return elsewhere(name, __name__) if found is None else found


def _parse_to(*args: Any, **kwargs: Any) -> Any:
    """What Tensor.to was asked for: device, dtype, non_blocking, memory format."""
    from rushlight.nn.modules._convert import _parse_to as parse

    return parse(args, kwargs)
