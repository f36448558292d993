"""Batching rules of losses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core.tensor import TensorBase, wrap
from rushlight.func.batching import RULES, decomposed, full, loop_quietly, padded, rank_of, rule
from rushlight.func.levels import Level
from rushlight.func.rules_linalg import example_shape
from rushlight.func.rules_nn import merged, parted
from rushlight.ops.declare import REGISTRY

# ---------------------------------------------------------------- losses


def _operands(op: Any, values: list[Any], dims: list[Any]) -> tuple[list[int], int]:
    """Where the tensors are among the arguments, and the rank of the largest example."""
    places = [index for index in op.tensor_params if isinstance(values[index], TensorBase)]
    return places, max(rank_of(values[index], dims[index]) for index in places)


def _loss(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """A loss of elements: computed for each, then summed up for each example."""
    place = op.params.index("reduction")
    places, rank = _operands(op, values, dims)
    found = list(values)
    for index in places:
        whole = full(values[index], dims[index], level) if index in places[:2] else values[index]
        found[index] = padded(whole, 0 if index in places[:2] else dims[index], rank)
    found[place] = 0
    each = op.apply(found)
    own = list(range(1, rank + 1))
    if values[place] == 0 or not own:
        return each, 0
    return REGISTRY["mean.dim" if values[place] == 1 else "sum.dim_IntList"](each, own, False), 0


def _loss_backward(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """The gradient of a loss of elements, each example's with its own incoming gradient."""
    place = op.params.index("reduction")
    places, rank = _operands(op, values, dims)
    found = list(values)
    for index in places:
        found[index] = padded(values[index], dims[index], rank)
    if values[place] == 1:
        found[0] = found[0] * (1 / max(math.prod(example_shape(values[1], dims[1])), 1))
    found[place] = 0
    shape = np.broadcast_shapes(*[example_shape(values[index], dims[index]) for index in (0, 1, 2)])
    found[0] = REGISTRY["expand"](found[0], (level.size, *shape), False)
    for index in (1, 2):
        if dims[index] is None:
            found[index] = REGISTRY["expand"](found[index], (level.size, *shape), False)
    return op.apply(found), 0


for _name in ("smooth_l1_loss.op", "huber_loss", "soft_margin_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits"):
    RULES[_name] = _loss
for _name in ("smooth_l1_loss_backward", "huber_loss_backward", "soft_margin_loss_backward", "binary_cross_entropy_backward"):
    RULES[_name] = _loss_backward


def _picked(target: Any, weight: Any, ignore_index: int, like: Any) -> tuple[Any, Any]:
    """Class numbers with the ignored ones made 0, and each one's weight."""
    valid = REGISTRY["ne.Scalar"](target, ignore_index)
    safe = target * valid
    scale = REGISTRY["_to_copy"](valid, dtype=like.dtype)
    return safe, scale if weight is None else scale * REGISTRY["index.Tensor"](weight, [safe])


@decomposed("nll_loss_forward", "nll_loss2d_forward")
def _nll(self: Any, target: Any, weight: Any, reduction: Any, ignore_index: Any) -> Any:
    dim = 0 if self._array.ndim == 1 else 1
    safe, scale = _picked(target, weight, ignore_index, self)
    chosen = REGISTRY["squeeze.dim"](REGISTRY["gather"](self, dim, REGISTRY["unsqueeze"](safe, dim), False), dim)
    each = -chosen * scale
    total = REGISTRY["sum"](scale)
    if reduction == 0:
        return [each, self.new_zeros(())]
    summed = REGISTRY["sum"](each)
    return [summed / total if reduction == 1 else summed, total]


@decomposed("nll_loss_backward", "nll_loss2d_backward")
def _nll_backward(
    grad: Any, self: Any, target: Any, weight: Any, reduction: Any, ignore_index: Any, total_weight: Any
) -> Any:
    dim = 0 if self._array.ndim == 1 else 1
    safe, scale = _picked(target, weight, ignore_index, self)
    each = -scale * (grad / total_weight if reduction == 1 else grad)
    zeros = wrap(np.zeros(self._array.shape, self._array.dtype))
    return REGISTRY["scatter.src"](zeros, dim, REGISTRY["unsqueeze"](safe, dim), REGISTRY["unsqueeze"](each, dim))


# ---------------------------------------------------------------- losses of samples


def _reduced(each: Any, reduction: int) -> Any:
    """Losses of all examples' samples, reduced for each example."""
    if reduction == 0 or each._array.ndim < 2:
        return each
    return REGISTRY["mean.dim" if reduction == 1 else "sum.dim_IntList"](each, [1], False)


def _fits(op: Any, values: list[Any], dims: list[Any], first: int) -> bool:
    """Whether an example is one sample or a matrix of some, with a target for each and weights that are the same for all examples."""
    shape, target = (example_shape(values[place], dims[place]) for place in (first, first + 1))
    if len(shape) not in (1, 2) or not math.prod(shape):
        return False
    if op.name.startswith("multilabel"):
        return bool(target == shape)
    return bool(target == shape[:-1]) and dims[op.params.index("weight")] is None


@rule("multi_margin_loss", "multilabel_margin_loss_forward")
def _margin_loss(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """The samples of all examples as those of one batch."""
    if not _fits(op, values, dims, 0):
        return loop_quietly(op, values, dims, level)
    place, samples = op.params.index("reduction"), rank_of(values[0], dims[0]) == 2
    source, target = (full(values[index], dims[index], level) for index in (0, 1))
    if samples:
        source, target = merged(source), merged(target)
    found = op.apply([source, target, *values[2:place], 0, *values[place + 1 :]])
    if op.name == "multi_margin_loss":
        return _reduced(parted(found, level.size) if samples else found, values[place]), 0
    loss, chosen = [parted(entry, level.size) for entry in found] if samples else found
    return [_reduced(loss, values[place]), chosen], 0


@rule("multi_margin_loss_backward", "multilabel_margin_loss_backward")
def _margin_loss_backward(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    if not _fits(op, values, dims, 1):
        return loop_quietly(op, values, dims, level)
    place, samples = op.params.index("reduction"), rank_of(values[1], dims[1]) == 2
    found = list(values)
    several = [index for index in op.tensor_params if op.params[index] != "weight"]
    for index in several:
        found[index] = full(values[index], dims[index], level)
    if samples and values[place] != 0:
        count = found[1]._array.shape[1]
        grad = found[0] * (1 / count) if values[place] == 1 else found[0]
        found[0] = REGISTRY["expand"](REGISTRY["unsqueeze"](grad, 1), (level.size, count), False)
    for index in several if samples else ():
        found[index] = merged(found[index])
    found[place] = 0
    result = op.apply(found)
    return parted(result, level.size) if samples else result, 0
