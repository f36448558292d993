"""Losses."""

from __future__ import annotations

import math
import warnings
from typing import Any

from rushlight._core.tensor import TYPES
from rushlight.nn._reduction import legacy_get_string
from rushlight.nn.functional._operators import operator as _op

_REDUCTIONS = {"none": 0, "mean": 1, "elementwise_mean": 1, "sum": 2}


def _reduction(reduction: str, size_average: Any = None, reduce: Any = None) -> int:
    """The operators' number for a reduction; size_average and reduce are its deprecated spelling."""
    if size_average is not None or reduce is not None:
        chosen = legacy_get_string(size_average, reduce, False)
        warnings.warn(f"size_average and reduce args will be deprecated, please use reduction='{chosen}' instead.", stacklevel=3)
        return _REDUCTIONS[chosen]
    if reduction == "elementwise_mean":
        warnings.warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.", stacklevel=3)
    if reduction not in _REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return _REDUCTIONS[reduction]


def _differ(input: Any, target: Any) -> bool:
    """Whether the operands have different sizes, with PyTorch's warning."""
    if type(input) is type(target) is TYPES.tensor and input._array.shape == target._array.shape or target.size() == input.size():
        return False
    warnings.warn(
        f"Using a target size ({target.size()}) that is different to the input size ({input.size()}). This will likely lead to "
        "incorrect results due to broadcasting. Please ensure they have the same size.",
        stacklevel=4,
    )
    return True


def _same_size(input: Any, target: Any) -> tuple[Any, Any]:
    """Both operands broadcast, with PyTorch's warning where that was needed."""
    if _differ(input, target):
        input, target = _op("broadcast_tensors")([input, target])
    return input, target


def _prepared(input: Any, target: Any, reduction: str, size_average: Any, reduce: Any) -> tuple[Any, Any, int]:
    """Both operands broadcast and the reduction's number, checked in PyTorch's order."""
    if size_average is None and reduce is None:
        first, second = _same_size(input, target)
        return first, second, _reduction(reduction, None, None)
    differ = _differ(input, target)
    number = _reduction(reduction, size_average, reduce)
    if differ:
        input, target = _op("broadcast_tensors")([input, target])
    return input, target, number


def _check_weight(weight: Any, input: Any) -> None:
    if weight.size() != input.size():
        raise ValueError("Weights and input must have the same size.")


def _weighted(loss: Any, weight: Any, reduction: int) -> Any:
    """Losses times weights; the mean is that of the weights."""
    loss = loss * weight
    if reduction == 0:
        return loss
    return loss.sum() / weight.sum() if reduction == 1 else loss.sum()


def mse_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None
) -> Any:
    """The mean of squared differences."""
    first, second, number = _prepared(input, target, reduction, size_average, reduce)
    if weight is not None:
        _check_weight(weight, input)
        return _weighted(_op("mse_loss")(first, second, 0), weight, number)
    return _op("mse_loss")(first, second, number)


def l1_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None
) -> Any:
    """The mean of absolute differences."""
    first, second, number = _prepared(input, target, reduction, size_average, reduce)
    if weight is not None:
        _check_weight(weight, input)
        return _weighted(_op("l1_loss")(first, second, 0), weight, number)
    return _op("l1_loss")(first, second, number)


def smooth_l1_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", beta: float = 1.0
) -> Any:
    """Half the squared difference over beta below beta, the difference less beta / 2 above."""
    first, second = _same_size(input, target)
    number = _reduction(reduction, size_average, reduce)
    return _op("l1_loss")(first, second, number) if beta == 0.0 else _op("smooth_l1_loss")(first, second, number, beta)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None) -> Any:
    """Half the squared difference up to delta, delta * (difference - delta / 2) above."""
    first, second = _same_size(input, target)
    if weight is None:
        return _op("huber_loss")(first, second, _reduction(reduction), delta)
    _check_weight(weight, input)
    loss = _op("huber_loss")(first, second, 0, delta) * weight
    number = _reduction(reduction)
    return loss if number == 0 else loss.mean() if number == 1 else loss.sum()


def soft_margin_loss(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Any:
    """log(1 + exp(-target * input))."""
    return _op("soft_margin_loss")(input, target, _reduction(reduction, size_average, reduce))


def binary_cross_entropy(
    input: Any, target: Any, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Any:
    """The cross entropy of probabilities and target probabilities."""
    number = _reduction(reduction, size_average, reduce)
    if target.size() != input.size():
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}) is deprecated. Please ensure "
            "they have the same size."
        )
    if weight is not None:
        from importlib import import_module

        sizes = import_module("rushlight").broadcast_shapes(target.size(), weight.size())
        weight = weight.expand(sizes)
    return _op("binary_cross_entropy")(input, target, weight, number)


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
    pos_weight: Any = None,
) -> Any:  # fmt: skip
    """The cross entropy of sigmoid(input) and target probabilities."""
    number = _reduction(reduction, size_average, reduce)
    if target.size() != input.size():
        raise ValueError(f"Target size ({target.size()}) must be the same as input size ({input.size()})")
    return _op("binary_cross_entropy_with_logits")(input, target, weight, pos_weight, number)


_MEAN_OF_ALL = (
    "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only by the batch size, "
    "and aligns with the KL div math definition.'mean' will be changed to behave the same as 'batchmean' in the next major release."
)


def kl_div(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", log_target: bool = False
) -> Any:
    """The divergence of the distribution `target` from that whose logarithm is `input`."""
    by_batch = size_average is None and reduce is None and reduction == "batchmean"
    if size_average is None and reduce is None and reduction == "mean":
        warnings.warn(_MEAN_OF_ALL, stacklevel=2)
    number = 2 if by_batch else _reduction(reduction, size_average, reduce)
    found = _op("kl_div")(input, target, number, log_target=log_target)
    return found / input.size()[0] if by_batch and input.dim() else found


def poisson_nll_loss(
    input: Any, target: Any, log_input: bool = True, full: bool = False, size_average: Any = None, eps: float = 1e-8, reduce: Any = None,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """Minus the log-likelihood of counts under a Poisson distribution."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction + " is not a valid value for reduction")
    number = _reduction(reduction, size_average, reduce)
    return _op("poisson_nll_loss")(input, target, log_input, full, eps, number)


def _fitting(input: Any, var: Any) -> Any:
    """A tensor of variances as one that broadcasts to the input."""
    if var.size() == input.size():
        return var
    if input.size()[:-1] == var.size():
        return var.unsqueeze(-1)
    mismatches = [a != b for a, b in zip(input.shape[::-1], var.shape[::-1])]
    fits = all(b in (1, a) for a, b in zip(input.shape[::-1], var.shape[::-1]))
    if input.dim() == var.dim() and fits and sum(mismatches) == 1:
        return var
    raise ValueError("var is of incorrect size")


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Any:
    """Minus the log-likelihood of targets under normal distributions."""
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = var * _op("ones_like")(input)
    elif (var < 0).any():
        raise ValueError("var has negative entry/entries")
    var = _fitting(input, var)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction + " is not valid")
    from rushlight.autograd.grad_mode import no_grad

    var = var.clone()
    with no_grad():
        var.clamp_(min=eps)
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss += 0.5 * math.log(2 * math.pi)
    return loss.mean() if reduction == "mean" else loss.sum() if reduction == "sum" else loss


def margin_ranking_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Any:
    """max(0, margin - target * (input1 - input2))."""
    number = _reduction(reduction, size_average, reduce)
    if not input1.dim() == input2.dim() == target.dim():
        raise RuntimeError(
            f"margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: {input1.size()}, input2: "
            f"{input2.size()}, target: {target.size()} "
        )
    return _op("margin_ranking_loss")(input1, input2, target, margin, number)


def hinge_embedding_loss(
    input: Any, target: Any, margin: float = 1.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Any:
    """The distance itself for target 1, max(0, margin - distance) for target -1."""
    return _op("hinge_embedding_loss")(input, target, margin, _reduction(reduction, size_average, reduce))


def cosine_embedding_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Any:
    """1 - cosine for target 1, max(0, cosine - margin) for target -1."""
    return _op("cosine_embedding_loss")(input1, input2, target, margin, _reduction(reduction, size_average, reduce))


def multilabel_margin_loss(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Any:
    """Hinge losses of each target class against every other class."""
    return _op("multilabel_margin_loss")(input, target, _reduction(reduction, size_average, reduce))


def multi_margin_loss(
    input: Any, target: Any, p: int = 1, margin: float = 1.0, weight: Any = None, size_average: Any = None, reduce: Any = None,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """Hinge losses of the target class against every other class."""
    number = _reduction(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    return _op("multi_margin_loss")(input, target, p, margin, weight, number)


def multilabel_soft_margin_loss(
    input: Any, target: Any, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Any:
    """The mean over classes of binary cross entropies of scores."""
    if size_average is not None or reduce is not None:
        reduction = ("none", "mean", "sum")[_reduction(reduction, size_average, reduce)]
    log_sigmoid = _op("log_sigmoid")
    loss = -(target * log_sigmoid(input) + (1 - target) * log_sigmoid(-input))
    if weight is not None:
        loss = loss * weight
    loss = loss.sum(dim=input.dim() - 1) / input.size(input.dim() - 1)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction + " is not valid")
    return loss if reduction == "none" else loss.mean() if reduction == "mean" else loss.sum()


def triplet_margin_loss(
    anchor: Any, positive: Any, negative: Any, margin: float = 1.0, p: float = 2, eps: float = 1e-6, swap: bool = False,
    size_average: Any = None, reduce: Any = None, reduction: str = "mean",
) -> Any:  # fmt: skip
    """max(0, margin + distance to the positive - distance to the negative)."""
    number = _reduction(reduction, size_average, reduce)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    return _op("triplet_margin_loss")(anchor, positive, negative, margin, p, eps, swap, number)


def triplet_margin_with_distance_loss(
    anchor: Any, positive: Any, negative: Any, *, distance_function: Any = None, margin: float = 1.0, swap: bool = False,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """triplet_margin_loss with a distance of one's own."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    distance = _op("pairwise_distance") if distance_function is None else distance_function
    dims = anchor.ndim, positive.ndim, negative.ndim
    if len(set(dims)) > 1:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor "
            f"{dims[0]}D, positive {dims[1]}D, and negative {dims[2]}D inputs"
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = _op("minimum")(far, distance(positive, negative))
    loss = _op("clamp_min")(margin + near - far, 0)
    return loss if reduction == "none" else loss.mean() if reduction == "mean" else loss.sum()


def nll_loss(
    input: Any, target: Any, weight: Any = None, size_average: Any = None, ignore_index: int = -100, reduce: Any = None,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """The mean of minus the log-probabilities of the target classes."""
    return _op("nll_loss_nd")(input, target, weight, _reduction(reduction, size_average, reduce), ignore_index)


def cross_entropy(
    input: Any, target: Any, weight: Any = None, size_average: Any = None, ignore_index: int = -100, reduce: Any = None,
    reduction: str = "mean", label_smoothing: float = 0.0,
) -> Any:  # fmt: skip
    """The cross entropy of scores and target classes or probabilities."""
    number = _reduction(reduction, size_average, reduce)
    return _op("cross_entropy_loss")(input, target, weight, number, ignore_index, label_smoothing)
