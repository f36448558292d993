"""torch.nn.utils.convert_parameters: parameters as one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rushlight.nn._torch import Tensor, torch, typename


def parameters_to_vector(parameters: Iterable[Any]) -> Any:
    """All parameters, flattened, one after the other."""
    device = None
    vectors = []
    for param in parameters:
        device = _check_param_device(param, device)
        vectors.append(param.view(-1))
    return torch.cat(vectors)


def vector_to_parameters(vec: Any, parameters: Iterable[Any]) -> None:
    """Give the parameters their parts of a vector as data."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {typename(vec)}")
    device = None
    place = 0
    for param in parameters:
        device = _check_param_device(param, device)
        count = param.numel()
        param.data = vec[place : place + count].view_as(param).data
        place += count


def _check_param_device(param: Any, old_param_device: int | None) -> int:
    """The number of a parameter's device (-1 for the CPU), the same for all."""
    number = param.get_device() if param.is_cuda else -1
    if old_param_device is not None and number != old_param_device:
        raise TypeError("Found two parameters on different devices, this is currently not supported.")
    return int(number)
