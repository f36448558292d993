"""Weights that collect a gradient for each example: `grad_sample` of the parameters that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rushlight as torch
from rushlight import func
from rushlight.autograd import Function
from rushlight.nn import functional as F

__all__ = ["ExpandedWeight", "implements_per_sample_grads"]
_SHOWN = tuple(getattr(torch.Tensor, name).__get__ for name in ("data", "shape", "dtype", "device", "is_cuda"))


class ExpandedWeight(torch.Tensor):
    """A parameter in a call whose gradients are wanted example by example; only `handled_functions` take it."""

    __module__ = "torch.nn.utils._expanded_weights.expanded_weights_impl"
    handled_functions: dict[Callable[..., Any], Any] = {}

    def __new__(cls, orig_weight: Any, _: Any, __: Any) -> Any:
        if not isinstance(orig_weight, torch.Tensor):
            raise RuntimeError(f"Can only make Expanded Weights of Tensors, got {type(orig_weight).__name__}")
        if not orig_weight.requires_grad:
            raise RuntimeError("Can only build ExpandedWeights objects of tensors that requires_grad")
        return torch.Tensor._make_subclass(cls, orig_weight, orig_weight.requires_grad)

    def __init__(self, orig_weight: Any, batch_size: int, loss_reduction: str) -> None:
        self.orig_weight = orig_weight
        self.batch_size = batch_size
        self.batch_first = True
        self.allow_smaller_batches = False
        self.loss_reduction = loss_reduction

    @classmethod
    def __torch_function__(cls, function: Any, _: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if function in cls.handled_functions:
            return cls.handled_functions[function].apply(tuple(kwargs), function, *args, *kwargs.values())
        if function in _SHOWN:
            with torch._C.DisableTorchFunctionSubclass():
                return function(args[0].orig_weight)
        raise RuntimeError(f"Expanded Weights encountered but cannot handle function {function.__name__}")


def implements_per_sample_grads(torch_function: Callable[..., Any]) -> Any:
    """Let a Function take calls of a function with expanded weights: `apply(names of keywords, function, *all arguments)`."""

    def decorate(autograd_func: Any) -> Any:
        ExpandedWeight.handled_functions[torch_function] = autograd_func
        return autograd_func

    return decorate


def _check(values: tuple[Any, ...]) -> ExpandedWeight:
    """One of the weights; the input must have their number of examples."""
    given = values[0]
    weights = [value for value in values if isinstance(value, ExpandedWeight)]
    if isinstance(given, ExpandedWeight):
        raise RuntimeError(
            "Expanded Weights do not support inputs that are also ExpandedWeights. Input must be a Tensor, got ExpandedWeight"
        )
    if given.dim() < 2 and given.is_floating_point():
        raise RuntimeError(
            f"Input does not have a batch dimension. Expanded Weights expected input of at least rank 2, got of rank {given.dim()}"
        )
    for weight in weights:
        size = given.shape[0]
        if size != weight.batch_size and not (weight.allow_smaller_batches and size < weight.batch_size):
            raise RuntimeError(
                "Expected ExpandedWeights to have batch size matching input but got input batch size of "
                f"{size} with ExpandedWeight of batch size {weight.batch_size}"
            )
    return weights[0]


class _PerSampleGrad(Function):
    """Calls the function with the weights themselves; the backward pass is that of each example alone, under vmap."""

    @staticmethod
    def forward(ctx: Any, keywords: tuple[str, ...], function: Any, *values: Any) -> Any:
        ctx.expanded = _check(values)
        ctx.weights = [place for place, value in enumerate(values) if isinstance(value, ExpandedWeight)]
        ctx.values = [value.orig_weight if place in ctx.weights else value for place, value in enumerate(values)]
        count = len(values) - len(keywords)
        ctx.call = lambda taken: function(*taken[:count], **dict(zip(keywords, taken[count:], strict=True)))
        return ctx.call(ctx.values)

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        wanted = [0, *ctx.weights] if ctx.values[0].is_floating_point() else ctx.weights
        dim = 0 if ctx.expanded.batch_first else 1

        def gradients(example: Any, grad: Any) -> Any:
            values = [example, *ctx.values[1:]]

            def function(*chosen: Any) -> Any:
                for place, value in zip(wanted, chosen, strict=True):
                    values[place] = value
                return ctx.call([values[0].unsqueeze(0), *values[1:]]).squeeze(0)

            return func.vjp(function, *(values[place].detach() for place in wanted))[1](grad)

        found = dict(zip(wanted, func.vmap(gradients, (dim, dim))(ctx.values[0], grad_output), strict=True))
        for place in ctx.weights:
            _collect(ctx.values[place], found[place], ctx.expanded)
        first = found[0].movedim(0, dim) if 0 in found and ctx.needs_input_grad[2] else None
        return (None, None, first, *[None] * (len(ctx.values) - 1))


def _collect(parameter: Any, grads: Any, expanded: ExpandedWeight) -> None:
    if expanded.loss_reduction == "mean":
        grads = grads * expanded.batch_size
    before = getattr(parameter, "grad_sample", None)
    parameter.grad_sample = grads if before is None else before + grads


_FUNCTIONS = {
    "Linear": (F.linear,),
    "Conv": (F.conv1d, F.conv2d, F.conv3d),
    "Embedding": (F.embedding,),
    "GroupNorm": (F.group_norm,),
    "InstanceNorm": (F.instance_norm,),
    "LayerNorm": (F.layer_norm,),
}
for _name, _functions in _FUNCTIONS.items():
    _made = type(f"{_name}PerSampleGrad", (_PerSampleGrad,), {"__module__": __name__})
    for _function in _functions:
        implements_per_sample_grads(_function)(_made)
