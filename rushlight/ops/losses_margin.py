"""Losses of classes with margins, and the compositions: kl_div, ranking, embedding, triplet and Poisson losses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.blocks import LARGE
from rushlight._core.tensor import shape_text
from rushlight.ops.carriers import beside, scaled, zeros_like
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, op, pointwise
from rushlight.ops.losses_pointwise import MEAN, NONE, reduced
from rushlight.ops.pointwise import no_derivative


def applied(loss: Any, reduction: int) -> Any:
    """Losses, or their mean or sum."""
    if reduction == NONE:
        return loss
    return loss.mean() if reduction == MEAN else loss.sum()


# ---------------------------------------------------------------- multi_margin_loss


def _need_float(array: Any, kernel: str) -> None:
    if dtypes.of(array).name not in ("float32", "float64"):
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtypes.of(array).cpp}'")


def _need_long(array: Any) -> None:
    if dtypes.of(array).name != "int64":
        raise RuntimeError(f"expected scalar type Long but found {dtypes.of(array).cpp}")


def _rows_of(self: Any) -> Any:
    """The input as a matrix of samples."""
    if self.ndim > 2 or self.size == 0 and self.ndim < 2 or self.ndim == 2 and self.shape[1] == 0:
        raise RuntimeError(f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {shape_text(self.shape)}")
    return self.reshape(1, -1) if self.ndim < 2 else self


def _margins(self: Any, target: Any, p: Any, margin: Any, weight: Any) -> tuple[Any, Any, Any]:
    """The samples, their targets, and the parts of the loss before the power p, 0 at the target and where there is none."""
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    rows = _rows_of(self)
    if target.ndim > 1 or target.size != rows.shape[0]:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). Expected "
            f"target size [{rows.shape[0]}], but got {shape_text(target.shape)}. Input has shape {shape_text(self.shape)}."
        )
    if weight is not None and weight.size != rows.shape[1]:
        raise RuntimeError(f"inconsistent weight size, expected {rows.shape[1]} but got {shape_text(weight.shape)}")
    _need_float(self, "multi_margin_loss_cpu_kernel")
    _need_long(target)
    if weight is not None and weight.dtype != self.dtype:
        raise RuntimeError(f"expected scalar type {dtypes.of(self).cpp} but found {dtypes.of(weight).cpp}")
    index = target.reshape(-1)
    if ((index < 0) | (index >= rows.shape[1])).any():
        raise RuntimeError("target out of range")
    parts = np.maximum(rows.dtype.type(margin) - np.take_along_axis(rows, index[:, None], 1) + rows, 0)
    np.put_along_axis(parts, index[:, None], 0, 1)
    return rows, index, parts


@op(
    "multi_margin_loss_backward", tensors=("grad_output", "self", "target", "weight"), grad_fn="NotImplemented",
    **{"grad_output, self": no_derivative("multi_margin_loss_backward")},
)  # fmt: skip
def multi_margin_loss_backward(
    grad_output: Any, self: Any, target: Any, p: Any, margin: Any, weight: Any = None, reduction: Any = MEAN
) -> Any:
    """The gradient of multi_margin_loss."""
    rows, index, parts = _margins(self, target, p, margin, weight)
    slope = (parts > 0).astype(rows.dtype) if p == 1 else 2 * parts
    slope /= rows.dtype.type(rows.shape[1] * (max(rows.shape[0], 1) if reduction == MEAN and self.ndim == 2 else 1))
    if weight is not None:
        slope *= weight[index][:, None]
    np.put_along_axis(slope, index[:, None], 0 - slope.sum(axis=1, keepdims=True), 1)
    grad = grad_output.reshape(-1, 1) if reduction == NONE and self.ndim == 2 else grad_output
    return narrowed((slope * grad).reshape(self.shape), self.dtype)


@op(
    "multi_margin_loss", tensors=("self", "target", "weight"), weight=None,
    self=lambda grad, self, target, p, margin, weight, reduction: multi_margin_loss_backward(
        grad, self, target, p, margin, weight, reduction
    ),
)  # fmt: skip
def multi_margin_loss(
    self: Any, target: Any, p: Any = 1, margin: Any = 1, weight: Any = None, reduction: Any = MEAN
) -> Any:
    """The mean over classes of max(0, margin - self[target] + self[class]) ** p."""
    rows, index, parts = _margins(self, target, p, margin, weight)
    loss = parts if p == 1 else parts * parts
    if weight is not None:
        loss = loss * weight[index][:, None]
    loss = loss.sum(axis=1) / rows.dtype.type(rows.shape[1])
    if reduction == NONE:
        return narrowed(loss.reshape(target.shape), self.dtype)
    return reduced(loss, reduction, self.dtype) if loss.size else np.zeros((), self.dtype)


# ---------------------------------------------------------------- multilabel_margin_loss


def _labels(self: Any, target: Any) -> tuple[Any, Any]:
    """The samples, and how often each class is a target, that is, listed before the first -1."""
    rows = _rows_of(self)
    if target.shape != self.shape:
        raise RuntimeError(f"inconsistent target size: {shape_text(target.shape)} for input of size: {shape_text(self.shape)}")
    _need_float(self, "multilabel_margin_loss_forward_out_frame")
    _need_long(target)
    listed = target.reshape(rows.shape)
    if listed.size and (listed.min() < -1 or listed.max() >= rows.shape[1]):
        raise RuntimeError("argument #2 'target' is out of range")
    used = np.logical_and.accumulate(listed >= 0, axis=1)
    chosen = np.zeros(rows.shape, rows.dtype)
    sample, _ = np.nonzero(used)
    np.add.at(chosen, (sample, listed[used]), 1)
    return rows, chosen


def _by_samples(function: Any, rows: Any, chosen: Any) -> Any:
    """What a function of the parts of some samples makes, for all: the parts of all at once may be huge."""
    step = max(1, LARGE // max(rows.shape[1] ** 2, 1))
    if step >= rows.shape[0]:
        return function(rows, chosen)
    return np.concatenate([function(rows[start : start + step], chosen[start : start + step]) for start in range(0, rows.shape[0], step)])


def _label_parts(rows: Any, chosen: Any) -> Any:
    """max(0, 1 - rows[target] + rows[other]) for each sample, target (dim 1) and other class (dim 2)."""
    parts = np.maximum(1 - rows[:, :, None] + rows[:, None, :], 0)
    return parts * (chosen[:, :, None] * (chosen == 0)[:, None, :])


@op(
    "multilabel_margin_loss_backward", tensors=("grad_output", "self", "target", "is_target"), grad_fn="NotImplemented",
    **{"grad_output, self": no_derivative("multilabel_margin_loss_backward")},
)  # fmt: skip
def multilabel_margin_loss_backward(grad_output: Any, self: Any, target: Any, reduction: Any, is_target: Any) -> Any:
    """The gradient of multilabel_margin_loss."""
    rows, chosen = _labels(self, target)

    def slopes(rows: Any, chosen: Any) -> Any:
        active = (_label_parts(rows, chosen) > 0) * chosen[:, :, None]
        return active.sum(axis=1) - active.sum(axis=2)

    slope = _by_samples(slopes, rows, chosen)
    slope /= rows.dtype.type(rows.shape[1] * (max(rows.shape[0], 1) if reduction == MEAN else 1))
    grad = grad_output.reshape(-1, 1) if reduction == NONE and self.ndim == 2 else grad_output
    return narrowed((slope * grad).reshape(self.shape), self.dtype)


@op(
    "multilabel_margin_loss_forward", grad_fn="MultilabelMarginLossBackward0", tensors=("self", "target"),
    outputs=("output", "is_target"), pack=tuple,
    self=lambda grad, self, target, reduction, is_target: multilabel_margin_loss_backward(grad, self, target, reduction, is_target),
)  # fmt: skip
def multilabel_margin_loss_forward(self: Any, target: Any, reduction: Any) -> Any:
    """The mean over classes of the hinge losses of every target against every other class; which classes are targets."""
    rows, chosen = _labels(self, target)
    loss = _by_samples(lambda x, c: _label_parts(x, c).sum(axis=(1, 2)), rows, chosen) / rows.dtype.type(rows.shape[1])
    result = loss.reshape(target.shape[: self.ndim - 1] if self.ndim else ()) if reduction == NONE else (
        reduced(loss, reduction, self.dtype) if loss.size else np.zeros((), self.dtype)
    )
    return result.astype(self.dtype, copy=False), (chosen > 0).astype(self.dtype).reshape(target.shape)


@composite("multilabel_margin_loss")
def multilabel_margin_loss(self: Any, target: Any, reduction: Any = MEAN) -> Any:
    """multilabel_margin_loss_forward's first result."""
    return multilabel_margin_loss_forward(self, target, reduction)[0]


# ---------------------------------------------------------------- compositions

# x - number as PyTorch's C++ records it.
_minus = pointwise("_minus_number", np.subtract, grad_fn="SubBackward1", self=lambda grad: grad)


def _less(number: Any, tensor: Any) -> Any:
    """number - tensor, the number being a tensor of the same dtype."""
    return REGISTRY["sub.Tensor"](beside(tensor, np.asarray(number).astype(tensor._array.dtype)), tensor)



@composite("kl_div")
def kl_div(self: Any, target: Any, reduction: Any = MEAN, log_target: Any = False) -> Any:
    """target * (log(target) - self); log_target: the target is a logarithm."""
    for value in (self, target):
        if value.dtype.is_complex:
            raise RuntimeError("kl_div: Complex inputs not supported.")
        if value.dtype.category < dtypes.FLOATING:
            raise RuntimeError("kl_div: Integral inputs not supported.")
    if log_target:
        apart = target - self
        loss = target.exp() * apart
    else:
        product = target * self
        loss = target.xlogy(target) - product
    return applied(loss, reduction)


@composite("margin_ranking_loss")
def margin_ranking_loss(input1: Any, input2: Any, target: Any, margin: Any = 0.0, reduction: Any = MEAN) -> Any:
    """max(0, margin - target * (input1 - input2))."""
    apart = input1 - input2  # first, as PyTorch
    return applied(REGISTRY["clamp_min"].apply_inplace([REGISTRY["add.Scalar"](-target * apart, margin), 0]), reduction)


@composite("hinge_embedding_loss")
def hinge_embedding_loss(self: Any, target: Any, margin: Any = 1.0, reduction: Any = MEAN) -> Any:
    """self where the target is 1, max(0, margin - self) where it is -1."""
    zeros = zeros_like(self)
    where = REGISTRY["where.self"]
    pushed = REGISTRY["clamp_min"](_less(margin, self), 0)
    return applied(where(target != 1, pushed, zeros) + where(target != -1, self, zeros), reduction)


def _check_cosine(input1: Any, input2: Any, target: Any) -> int:
    if target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    wanted = 2 if target.ndim == 1 else 1
    if input1.ndim != wanted or input2.ndim != wanted:
        raise RuntimeError(
            f"{target.ndim}D target tensor expects {wanted}D input tensors, but found inputs with sizes {shape_text(input1.shape)} and "
            f"{shape_text(input2.shape)}."
        )
    return target.ndim


@composite("cosine_embedding_loss")
def cosine_embedding_loss(input1: Any, input2: Any, target: Any, margin: Any = 0.0, reduction: Any = MEAN) -> Any:
    """1 - cosine where the target is 1, max(0, cosine - margin) where it is -1."""
    dim = _check_cosine(input1, input2, target)
    plus = REGISTRY["add.Scalar"]
    products = (input1 * input2).sum(dim)
    lengths = plus((input1 * input1).sum(dim), 1e-12) * plus((input2 * input2).sum(dim), 1e-12)
    cosine = products / lengths.sqrt()
    zeros = zeros_like(cosine)
    where = REGISTRY["where.self"]
    alike = where(target == 1, _less(1, cosine), zeros)
    apart = where(target == -1, REGISTRY["clamp_min"](_minus(cosine, margin), 0), zeros)
    return applied(alike + apart, reduction)


@composite("triplet_margin_loss")
def triplet_margin_loss(
    anchor: Any, positive: Any, negative: Any, margin: Any = 1.0, p: Any = 2.0, eps: Any = 1e-6, swap: Any = False,
    reduction: Any = MEAN,
) -> Any:  # fmt: skip
    """max(0, margin + distance to the positive - distance to the negative)."""
    dims = anchor.ndim, positive.ndim, negative.ndim
    if len(set(dims)) > 1:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor "
            f"{dims[0]}D, positive {dims[1]}D, and negative {dims[2]}D inputs"
        )
    if not margin > 0:
        raise ValueError(f"margin must be greater than 0, got {margin:g}")
    distance = REGISTRY["pairwise_distance"]
    near, far = distance(anchor, positive, p, eps, False), distance(anchor, negative, p, eps, False)
    if swap:
        far = REGISTRY["minimum"](far, distance(positive, negative, p, eps, False))
    return applied(REGISTRY["clamp_min"](REGISTRY["add.Scalar"](near, margin) - far, 0), reduction)


@composite("poisson_nll_loss")
def poisson_nll_loss(input: Any, target: Any, log_input: Any, full: Any, eps: Any, reduction: Any) -> Any:
    """exp(input) - target * input, or of the rate itself without log_input; full adds Stirling's approximation."""
    if log_input:
        product = target * input
        loss = input.exp() - product
    else:
        loss = input - target * REGISTRY["add.Scalar"](input, eps).log()
    if full:
        logarithm = scaled(scaled(target, 2 * math.pi).log(), 0.5)
        stirling = target * target.log() - target + logarithm
        loss += stirling.masked_fill(target <= 1, 0)
    return applied(loss, reduction)
