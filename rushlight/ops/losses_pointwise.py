"""Losses of elements: smooth_l1, huber, soft_margin and the binary cross entropies, each with its fused derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes, loops
from rushlight._core.blocks import by_element
from rushlight._core.inplace import check_result
from rushlight._core.memory import in_step
from rushlight._core.promotion import check_shapes, join_operands, result_dtype
from rushlight.ops.carriers import divided, led, ones_like, plus, where
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, counted, op
from rushlight.ops.layout import row_major
from rushlight.ops.normalization_kernels import widened
from rushlight.ops.pointwise import SUBTRACTED_BOOLS
from rushlight.ops.pointwise_unary import NEGATED_BOOL, exp, sigmoid

NONE, MEAN, SUM = 0, 1, 2

# In C: None where they decline, and always in the pure form.
_native_smooth_l1, _native_smooth_l1_backward = loops.helper("smooth_l1"), loops.helper("smooth_l1_backward")
_native_huber, _native_huber_backward = loops.helper("huber"), loops.helper("huber_backward")
_sum = loops.kernel("sum", np.sum)


def reduced(loss: Any, reduction: int, np_dtype: Any) -> Any:
    """Losses (in float32 for 16-bit floats), or their mean or sum, in the result's dtype."""
    if reduction == NONE:
        return narrowed(loss, np_dtype)
    total = _sum(loss)
    return narrowed(np.asarray(np.true_divide(total, loss.dtype.type(loss.size)) if reduction == MEAN else total), np_dtype)


def factor(numel: int, reduction: int) -> float:
    """What the mean divides by, as a factor."""
    return (1.0 / numel if numel else float("inf")) if reduction == MEAN else 1.0


def _common(kernel: str, self: Any, target: Any) -> tuple[Any, Any, Any]:
    """Operands promoted, broadcast and in working precision, and the result's dtype."""
    check_shapes([self, target])
    dtype = result_dtype([self, target], join_operands)
    if not dtype.is_floating_point:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtype.cpp}'")
    return widened(self.astype(dtype.np_dtype, copy=False)), widened(target.astype(dtype.np_dtype, copy=False)), dtype.np_dtype


def _shaped(found: Any, self: Any, target: Any, reduction: int, np_dtype: Any) -> Any:
    result = reduced(found, reduction, np_dtype)
    return in_step(result, (self, target)) if reduction == NONE and result.ndim > 1 else result


def _gradient(slope: Any, grad_output: Any, self: Any, np_dtype: Any) -> Any:
    found = slope * widened(grad_output)
    return narrowed(found, np_dtype)


# ---------------------------------------------------------------- smooth_l1_loss


@op(
    "smooth_l1_loss_backward", tensors=("grad_output", "self", "target"),
    grad_output=lambda grad, self, target, reduction, beta: smooth_l1_backward(grad, self, target, reduction, beta),
    self=lambda grad, grad_output, self, target, reduction, beta: _smooth_twice(grad * grad_output, self, target, reduction, beta),
    target=lambda grad, grad_output, self, target, reduction, beta: -_smooth_twice(grad * grad_output, self, target, reduction, beta),
)  # fmt: skip
def smooth_l1_backward(grad_output: Any, self: Any, target: Any, reduction: Any, beta: Any) -> Any:
    """The gradient of smooth_l1_loss for its first operand."""
    x, y, np_dtype = _common("smooth_l1_backward_cpu", self, target)
    found = _native_smooth_l1_backward(grad_output, x, y, float(beta), factor(max(x.size, y.size), reduction))
    if found is not None:
        return row_major(found)
    difference = x - y
    norm = x.dtype.type(factor(difference.size, reduction))
    with np.errstate(all="ignore"):
        slope = np.where(difference <= -beta, -norm, np.where(difference >= beta, norm, norm * difference / x.dtype.type(beta)))
    return row_major(_gradient(slope, grad_output, self, np_dtype))


def _smooth_twice(grad: Any, self: Any, target: Any, reduction: int, beta: float) -> Any:
    difference = self - target
    inside = (difference > -beta) & (difference < beta)
    scale = factor(_count(difference), reduction)
    return where(inside, grad * (scale / beta if beta else 0.0), 0)


def _count(value: Any) -> int:
    count = 1
    for size in value.shape:
        count *= size
    return count


@op(
    "smooth_l1_loss.op", tensors=("self", "target"),
    self=lambda grad, self, target, reduction, beta: smooth_l1_backward(grad, self, target, reduction, beta),
    target=lambda grad, self, target, reduction, beta: smooth_l1_backward(grad, target, self, reduction, beta),
)  # fmt: skip
def _smooth_l1(self: Any, target: Any, reduction: Any = MEAN, beta: Any = 1.0) -> Any:
    x, y, np_dtype = _common("smooth_l1_cpu", self, target)
    found = _native_smooth_l1(x, y, float(beta))
    if found is not None:
        return _shaped(found, self, target, reduction, np_dtype)
    half, bound = x.dtype.type(0.5), x.dtype.type(beta)

    def loss(x: Any, y: Any) -> Any:
        size = np.abs(x - y)
        return np.where(size < bound, half * size * size / bound, size - half * bound)

    return _shaped(by_element(loss, x, y), self, target, reduction, np_dtype)


@composite("smooth_l1_loss")
def smooth_l1_loss(self: Any, target: Any, reduction: Any = MEAN, beta: Any = 1.0) -> Any:
    """Half the squared difference over beta where it is below beta, the difference less beta / 2 elsewhere."""
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    return REGISTRY["l1_loss"](self, target, reduction) if beta == 0 else _smooth_l1(self, target, reduction, beta)


# ---------------------------------------------------------------- huber_loss


@op(
    "huber_loss_backward", tensors=("grad_output", "self", "target"),
    grad_output=lambda grad, self, target, reduction, delta: huber_backward(grad, self, target, reduction, delta),
    self=lambda grad, grad_output, self, target, reduction, delta: _huber_twice(grad * grad_output, self, target, reduction, delta),
    target=lambda grad, grad_output, self, target, reduction, delta: -_huber_twice(grad * grad_output, self, target, reduction, delta),
)  # fmt: skip
def huber_backward(grad_output: Any, self: Any, target: Any, reduction: Any, delta: Any) -> Any:
    """The gradient of huber_loss for its first operand."""
    if target.dtype is not self.dtype:
        raise RuntimeError(f"Found dtype {dtypes.of(target).cpp} but expected {dtypes.of(self).cpp}")
    x, y, np_dtype = _common("huber_backward_cpu", self, target)
    found = _native_huber_backward(grad_output, x, y, float(delta), factor(max(x.size, y.size), reduction))
    if found is not None:
        return row_major(found)
    difference = x - y
    norm = x.dtype.type(factor(difference.size, reduction))
    slope = norm * np.minimum(np.maximum(difference, x.dtype.type(-delta)), x.dtype.type(delta))
    return row_major(_gradient(slope, grad_output, self, np_dtype))


def _huber_twice(grad: Any, self: Any, target: Any, reduction: int, delta: float) -> Any:
    difference = self - target
    return where((difference > -delta) & (difference < delta), grad * factor(_count(difference), reduction), 0)


@op(
    "huber_loss", tensors=("self", "target"),
    self=lambda grad, self, target, reduction, delta: huber_backward(grad, self, target, reduction, delta),
    target=lambda grad, self, target, reduction, delta: huber_backward(grad, target, self, reduction, delta),
)  # fmt: skip
def huber_loss(self: Any, target: Any, reduction: Any = MEAN, delta: Any = 1.0) -> Any:
    """Half the squared difference where it is at most delta, delta * (difference - delta / 2) elsewhere."""
    if not delta > 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    x, y, np_dtype = _common("huber_cpu", self, target)
    if dtypes.of(self).category < dtypes.FLOATING:
        raise RuntimeError(f"result type {dtypes.of_numpy(np_dtype).cpp} can't be cast to the desired output type {dtypes.of(self).cpp}")
    found = _native_huber(x, y, float(delta))
    if found is not None:
        return _shaped(found, self, target, reduction, self.dtype)
    half, bound = x.dtype.type(0.5), x.dtype.type(delta)

    def loss(x: Any, y: Any) -> Any:
        size = np.abs(x - y)
        return np.where(size <= bound, half * size * size, bound * (size - half * bound))

    return _shaped(by_element(loss, x, y), self, target, reduction, self.dtype)


# ---------------------------------------------------------------- soft_margin_loss


def _soft_margin_of_grad(grad: Any, grad_output: Any, self: Any, target: Any, reduction: int) -> Any:
    if reduction == NONE:
        return soft_margin_backward(grad, self, target, reduction)
    return REGISTRY["sum"](soft_margin_backward(ones_like(grad_output), self, target, reduction) * grad)


@op(
    "soft_margin_loss_backward", tensors=("grad_output", "self", "target"),
    grad_output=_soft_margin_of_grad,
    self=lambda grad, grad_output, self, target, reduction: _soft_margin_twice(grad * grad_output, self, target, reduction),
)  # fmt: skip
def soft_margin_backward(grad_output: Any, self: Any, target: Any, reduction: Any) -> Any:
    """The gradient of soft_margin_loss."""
    x, y = widened(self), widened(target)
    growth = np.exp(-y * x)
    if x is not self:  # rounded, and perhaps infinite
        growth = growth.astype(self.dtype).astype(x.dtype)
    slope = -y * growth / (growth + 1) * x.dtype.type(factor(max(x.size, y.size), reduction))
    return _gradient(slope, grad_output, self, self.dtype)


def _soft_margin_twice(grad: Any, self: Any, target: Any, reduction: int) -> Any:
    growth = exp(self * -target)
    over = plus(growth, 1)
    square = over * over
    found = grad * (target * target) * growth / square
    return divided(found, _count(self)) if reduction == MEAN else found


@op(
    "soft_margin_loss", tensors=("self", "target"), target=None,
    self=lambda grad, self, target, reduction: soft_margin_backward(grad, self, target, reduction),
)  # fmt: skip
def soft_margin_loss(self: Any, target: Any, reduction: Any = MEAN) -> Any:
    """log(1 + exp(-target * self))."""
    check_shapes([self, target])
    if self.dtype.kind == "b":
        raise RuntimeError(NEGATED_BOOL)
    if dtypes.of(self).category < dtypes.FLOATING:
        raise RuntimeError(f"result type Float can't be cast to the desired output type {dtypes.of(self).cpp}")
    x, y = widened(self), widened(target)

    def loss(x: Any, y: Any) -> Any:
        found = -x * y
        for step in (np.exp, np.log1p):  # one operator after the other, each rounded
            found = step(found.astype(self.dtype).astype(found.dtype) if self.dtype.itemsize == 2 else found)
        return found.astype(x.dtype, copy=False)

    return _shaped(by_element(loss, x, y), self, target, reduction, self.dtype)


# ---------------------------------------------------------------- binary_cross_entropy

_LEAST = 1e-12


def _bce_factor(weight: Any, numel: int, reduction: int) -> Any:
    scale = factor(numel, reduction)
    return scale if weight is None else weight * scale


@op(
    "binary_cross_entropy_backward", tensors=("grad_output", "self", "target", "weight"),
    self=lambda grad, grad_output, self, target, weight, reduction: _bce_twice(grad, grad_output, self, target, weight, reduction),
    target=lambda grad, grad_output, self, weight, reduction: -grad * grad_output
    * _bce_factor(weight, _count(self), reduction) / REGISTRY["clamp_min"]((1 - self) * self, _LEAST),
    grad_output=lambda grad, self, target, weight, reduction: grad * (self - target) * _bce_factor(weight, _count(self), reduction)
    / _spread(self),
)  # fmt: skip
def bce_backward(grad_output: Any, self: Any, target: Any, weight: Any = None, reduction: Any = MEAN) -> Any:
    """The gradient of binary_cross_entropy for its first operand."""
    x, y = widened(self), widened(target)
    slope = (x - y) / np.maximum((1 - x) * x, x.dtype.type(_LEAST))
    if weight is not None:
        slope = slope * widened(weight)
    found = np.empty_like(slope) if slope.shape == self.shape else None
    found = np.multiply(slope * x.dtype.type(factor(x.size, reduction)), widened(grad_output), out=found)
    return found.astype(self.dtype, copy=False)


def _spread(self: Any) -> Any:
    """self * (1 - self), kept away from zero."""
    return (self + _LEAST) * (1 - self + _LEAST)


def _bce_twice(grad: Any, grad_output: Any, self: Any, target: Any, weight: Any, reduction: int) -> Any:
    spread = _spread(self)
    slope = (self * self - self * target * 2 + target) / (spread * spread)
    return grad * grad_output * slope * _bce_factor(weight, _count(self), reduction)


def _bce_target(grad: Any, self: Any, target: Any, weight: Any, reduction: int) -> Any:
    found = -REGISTRY["logit"](self, None) * grad  # not kept from infinity, other than the loss
    if weight is not None:
        found = found * weight
    return divided(found, _count(target)) if reduction == MEAN else found


def _is_share(value: Any) -> bool:
    return not value.size or bool(np.minimum.reduce(value, axis=None) >= 0 and np.maximum.reduce(value, axis=None) <= 1)


def _check_bce(self: Any, target: Any, weight: Any) -> None:
    dtype = dtypes.of(self)
    for other in (target, weight):
        if other is not None and other.dtype != self.dtype:
            raise RuntimeError(f"Found dtype {dtypes.of(other).cpp} but expected {dtype.cpp}")
    if not dtype.is_floating_point:
        raise NotImplementedError(f"\"binary_cross_entropy\" not implemented for '{dtype.cpp}'")
    if not _is_share(self) or not _is_share(target):  # PyTorch names the operand of the first one that is not
        outside = [~((value >= 0) & (value <= 1)) for value in (self, target)]
        first = [int(found.argmax()) if found.any() else found.size for found in outside]
        raise RuntimeError(f"all elements of {'input' if first[0] <= first[1] else 'target'} should be between 0 and 1")


def _bce_writes(self: Any, target: Any, weight: Any, reduction: int) -> int:
    return counted(0, 2 + (weight is not None) + (reduction == MEAN))


@op(
    "binary_cross_entropy", tensors=("self", "target", "weight"), weight=None, writes=_bce_writes,
    self=lambda grad, self, target, weight, reduction: bce_backward(grad, self, target, weight, reduction),
    target=_bce_target,
)  # fmt: skip
def binary_cross_entropy(self: Any, target: Any, weight: Any = None, reduction: Any = MEAN) -> Any:
    """-(target * log(self) + (1 - target) * log(1 - self)), the logarithms being at least -100."""
    _check_bce(self, target, weight)
    x, y = widened(self), widened(target)
    least = x.dtype.type(-100)
    loss = by_element(lambda x, y: (y - 1) * np.maximum(np.log1p(-x), least) - y * np.maximum(np.log(x), least), x, y)
    if weight is not None:
        loss = loss * widened(weight)
    return _shaped(loss.astype(x.dtype, copy=False), self, target, reduction, self.dtype)


# ---------------------------------------------------------------- binary_cross_entropy_with_logits


def _logits_self(grad: Any, self: Any, target: Any, weight: Any, pos_weight: Any, reduction: int) -> Any:
    if pos_weight is None:
        found = led("mul.Tensor", sigmoid(self) - target, grad)
    else:
        raised = pos_weight * target
        found = led("mul.Tensor", (raised + 1 - target) * sigmoid(self) - raised, grad)
    return _weighed(found, weight, _count(self), reduction)


def _logits_target(grad: Any, self: Any, target: Any, weight: Any, pos_weight: Any, reduction: int) -> Any:
    if pos_weight is None:
        found = -self * grad
    else:
        log_sigmoid = REGISTRY["log_sigmoid_forward"]
        found = (log_sigmoid(-self)[0] - pos_weight * log_sigmoid(self)[0]) * grad
    return _weighed(found, weight, _count(target), reduction)


def _logits_writes(self: Any, target: Any, weight: Any, pos_weight: Any, reduction: int) -> int:
    mean, times = int(reduction == MEAN), (weight is not None) + 2 * (pos_weight is not None)
    return counted((2 + times + mean, mean), times + mean)


def _weighed(found: Any, weight: Any, numel: int, reduction: int) -> Any:
    if weight is not None:
        found = found * weight
    return divided(found, numel) if reduction == MEAN else found


@op(
    "binary_cross_entropy_with_logits", tensors=("self", "target", "weight", "pos_weight"), weight=None, pos_weight=None, self=_logits_self,
    target=_logits_target, writes=_logits_writes,
)  # fmt: skip
def binary_cross_entropy_with_logits(
    self: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: Any = MEAN
) -> Any:
    """binary_cross_entropy of sigmoid(self); pos_weight multiplies the part of positive targets."""
    if not dtypes.of(self).is_floating_point:
        raise NotImplementedError(f"\"log_sigmoid_cpu\" not implemented for '{dtypes.of(self).cpp}'")
    if target.dtype.kind == "b":
        raise RuntimeError(SUBTRACTED_BOOLS)
    for first, second in ((self, target), (pos_weight, target), (target, weight)):
        if first is not None and second is not None:
            check_shapes([first, second])
    x = widened(self)
    negative = narrowed(by_element(lambda x: np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))), x), self.dtype)
    if pos_weight is not None:
        raised = _in_turn(pos_weight - pos_weight.dtype.type(1), np.multiply, target, None)
        negative = _in_turn(negative, np.multiply, raised + raised.dtype.type(1))
    loss = target.dtype.type(1) - target
    for step, operand in ((np.multiply, self), (np.subtract, negative), (np.multiply, weight)):
        if operand is not None:
            loss = _in_turn(loss, step, operand)
    found = reduced(widened(loss), reduction, target.dtype)
    return in_step(found, (target,)) if found.ndim > 1 and found.shape == target.shape else found


def _in_turn(values: Any, step: Any, operand: Any, kept: Any = ...) -> Any:
    """What an in-place operator leaves in `values` (with None, a new result): computed in the common dtype and rounded."""
    if values.shape != operand.shape and kept is not None:
        check_shapes([values, operand])
        check_result("mul", values, np.broadcast_to(values.dtype.type(0), np.broadcast_shapes(values.shape, operand.shape)))
    if values.dtype is operand.dtype and values.dtype.itemsize >= 4:
        return step(values, operand)
    common = result_dtype([values, operand], join_operands)
    target = common if kept is None else dtypes.of(values)
    if common.category > target.category:
        raise RuntimeError(f"result type {common.cpp} can't be cast to the desired output type {target.cpp}")
    wide = [widened(value.astype(common.np_dtype, copy=False)) for value in (values, operand)]
    return narrowed(step(*wide), target.np_dtype)
