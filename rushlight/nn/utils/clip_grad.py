"""torch.nn.utils.clip_grad: gradients kept within bounds."""

from __future__ import annotations

import functools
import math
import types
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from rushlight._core.origin import wrote
from rushlight._core.state import get_mode
from rushlight._core.tensor import wrap
from rushlight.autograd.grad_mode import no_grad
from rushlight.nn._torch import Tensor, torch, vector_norm

__all__ = ["clip_grad_norm", "clip_grad_norm_", "clip_grad_value_"]


def _no_grad(func: Callable[..., Any]) -> Callable[..., Any]:
    """The function without recording."""

    @functools.wraps(func)
    def _no_grad_wrapper(*args: Any, **kwargs: Any) -> Any:
        with no_grad():
            return func(*args, **kwargs)

    return _no_grad_wrapper


def _arrays(tensors: list[Any]) -> list[Any] | None:
    """The memory of the tensors as flat arrays of one dtype, where they are no more than that and no mode is in the way."""
    found = []
    for tensor in tensors:
        if type(tensor) is not Tensor or tensor._flags:
            return None
        array = tensor._array
        if not array.flags.c_contiguous or array.dtype.kind != "f" or array.itemsize < 4:
            return None
        found.append(array.reshape(-1))
    return found if not get_mode() and all(array.dtype == found[0].dtype for array in found) else None


@_no_grad
def _get_total_norm(tensors: Any, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None) -> Any:
    """The norm of all tensors together, as if they were one vector."""
    tensors = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    norm_type = float(norm_type)
    if not tensors:
        return torch.tensor(0.0)
    arrays = _arrays(tensors) if norm_type == 2.0 else None
    if arrays is not None:
        with np.errstate(all="ignore"):
            squares = sum([float(np.dot(array, array)) for array in arrays])
        total = wrap(np.asarray(math.sqrt(squares) if squares >= 0 else math.nan, arrays[0].dtype))
    else:
        norms = [vector_norm(tensor, norm_type) for tensor in tensors]
        first = norms[0].device
        total = vector_norm(torch.stack([norm.to(first) for norm in norms]), norm_type)
    if error_if_nonfinite and torch.logical_or(total.isnan(), total.isinf()):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be clipped. To disable this "
            "error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return total


@_no_grad
def _clip_grads_with_norm_(parameters: Any, max_norm: float, total_norm: Any, foreach: bool | None = None) -> None:
    """Scale the gradients as their total norm asks for."""
    parameters = [parameters] if isinstance(parameters, Tensor) else parameters
    grads = [param.grad for param in parameters if param.grad is not None]
    if not grads:
        return
    arrays = _arrays([*grads, total_norm]) if isinstance(total_norm, Tensor) and total_norm.dim() == 0 else None
    if arrays is not None:
        with np.errstate(all="ignore"):
            factor = np.minimum(float(max_norm) / (arrays.pop() + 1e-6), 1.0)
            for grad, array in zip(grads, arrays):
                array *= factor
                wrote(grad, "mul_")
        return
    # Multiplied also where it is 1: no value has to be looked at for that.
    scale = torch.clamp(float(max_norm) / (total_norm + 1e-6), max=1.0)
    for grad in grads:
        grad.mul_(scale.to(grad.device))


@_no_grad
def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Any:
    """Scale all gradients so that their total norm is at most max_norm; returns what it was."""
    if isinstance(parameters, Tensor):
        parameters = [parameters]
    else:
        generator = isinstance(parameters, types.GeneratorType)
        parameters = list(parameters)
        if generator and not parameters:
            import warnings

            warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=3)
    grads = [param.grad for param in parameters if param.grad is not None]
    total = _get_total_norm(grads, norm_type, error_if_nonfinite, foreach)
    _clip_grads_with_norm_(parameters, max_norm, total, foreach)
    return total


def clip_grad_norm(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Any:
    """Deprecated: see clip_grad_norm_."""
    import warnings

    warnings.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.", FutureWarning, stacklevel=2
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


@_no_grad
def clip_grad_value_(parameters: Iterable[Any], clip_value: float, foreach: bool | None = None) -> None:
    """Clamp all gradients to [-clip_value, clip_value]."""
    parameters = [parameters] if isinstance(parameters, Tensor) else parameters
    bound = float(clip_value)
    grads = [param.grad for param in parameters if param.grad is not None]
    if not grads:
        raise RuntimeError(
            "Expected !nested_tensorlist[0].empty() to be true, but got false.  (Could this error message be improved?  If so, "
            "please report an enhancement request to PyTorch.)"
        )
    for grad in grads:
        grad.clamp_(min=-bound, max=bound)
