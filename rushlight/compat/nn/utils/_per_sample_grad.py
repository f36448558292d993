"""torch.nn.utils._per_sample_grad: call a module so that a backward pass leaves gradients of each example."""

from __future__ import annotations

import functools
from typing import Any

from rushlight.nn.utils._expanded_weights.expanded_weights_impl import ExpandedWeight

import rushlight as torch
from rushlight.nn import Module
from rushlight.utils import _pytree as pytree

__all__ = ["call_for_per_sample_grads"]


def _batch_size(args: Any, kwargs: Any, batch_first: bool) -> int:
    found: int | None = None
    for value in pytree.tree_leaves(args) + pytree.tree_leaves(kwargs):
        if not isinstance(value, torch.Tensor):
            continue
        size = value.shape[0 if batch_first else 1]
        if found is not None and size != found:
            raise RuntimeError(
                "When computing batch size, found at least one input with batch size "
                f"{found} and one with batch size {size}. Please specify it explicitly using the batch size kwarg in call_for_per_sample_grads"
            )
        found = size
    if found is None:
        raise RuntimeError(
            "Unable to find a tensor in the passed args and kwargs. They may not be pytree-able and so ExpandedWeights cannot compute "
            "the batch size from the inputs. Please specify it explicitly"
        )
    return found


def _check(module: Any, batch_size: Any, loss_reduction: Any) -> None:
    if loss_reduction not in ("sum", "mean"):
        raise RuntimeError(f"Expected loss_reduction argument to be sum or mean, got {loss_reduction}")
    if not isinstance(module, Module):
        raise RuntimeError(f"Module passed must be nn.Module, got {type(module).__name__}")
    if not (batch_size is None or isinstance(batch_size, int)):
        raise RuntimeError(f"Batch size passed must be None or an integer, got {type(batch_size).__name__}")
    if batch_size is not None and batch_size < 1:
        raise RuntimeError(f"Batch size must be positive, got {batch_size}")
    for weight in module.parameters():
        if getattr(weight, "grad_sample", None) is not None:
            raise RuntimeError(
                "Current Expanded Weights accumulates the gradients, which will be incorrect for multiple "
                f"calls without clearing gradients. Please clear out the grad_sample parameter of {weight} or "
                "post an issue to pytorch/pytorch to prioritize correct behavior"
            )


def call_for_per_sample_grads(module: Any, *, batch_size: int | None = None, loss_reduction: str = "sum", batch_first: bool = True) -> Any:
    """The module as a function whose backward pass puts each example's gradients into `grad_sample` of the parameters."""
    _check(module, batch_size, loss_reduction)

    def expanded(weight: Any, size: int) -> Any:
        if not weight.requires_grad:
            return weight
        made = ExpandedWeight(weight, size, loss_reduction)
        made.batch_first = batch_first
        return made

    @functools.wraps(module.forward)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        size = batch_size if batch_size is not None else _batch_size(args, kwargs, batch_first)
        params = {name: expanded(weight, size) for name, weight in module.named_parameters()}
        return torch.func.functional_call(module, params, args, kwargs)

    return wrapper


call_for_per_sample_grads.__module__ = "torch.nn.utils._per_sample_grad"
