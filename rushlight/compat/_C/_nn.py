"""torch._C._nn: the functions of torch.nn.functional that are written in C in PyTorch."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rushlight import nn
from rushlight._core.calls import FUNCTION
from rushlight._install import elsewhere
from rushlight.nn.modules import _convert
from rushlight.ops import signatures
from rushlight.ops.declare import available, public_function

_IN_PYTHON = {
    "flatten_dense_tensors": "rushlight._utils:_flatten_dense_tensors", "unflatten_dense_tensors": "rushlight._utils:_unflatten_dense_tensors",
    "pad_sequence": "rushlight.nn.utils.rnn:pad_sequence",
}  # fmt: skip


def _parse_to(*args: Any, **kwargs: Any) -> tuple[Any, Any, bool, Any]:
    """What the arguments of to() mean: device, dtype, non_blocking and memory_format."""
    return _convert._parse_to(args, kwargs)


def __getattr__(name: str) -> Any:
    if name in _IN_PYTHON:
        module, _, inner = _IN_PYTHON[name].partition(":")
        return getattr(import_module(module), inner)
    # log_sigmoid goes by another name in torch.nn.functional
    found = getattr(nn.functional, {"log_sigmoid": "logsigmoid"}.get(name, name), None)
    if type(found) is not FUNCTION and name in signatures.table("nn") and available("nn", name):
        globals()[name] = found = public_function("nn", name)
    return elsewhere(name, __name__) if found is None else found
