"""Losses, one_hot and constant padding."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes, loops
from rushlight._core.blocks import by_element
from rushlight._core.leaf import is_dense
from rushlight._core.memory import in_step
from rushlight._core.promotion import join_operands, result_dtype
from rushlight._core.tensor import shape_text
from rushlight.ops import carriers
from rushlight.ops.carriers import written, zeros
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.padding import constant_pad_nd as constant_pad_nd
from rushlight.ops.view import size_at

NONE, MEAN, SUM = 0, 1, 2
_MEAN, _SUM = loops.helper("mean"), loops.helper("sum")


def _call(name: str, *values: Any, **options: Any) -> Any:
    return REGISTRY[name](*values, **options)


def _reduced(loss: Any, reduction: int) -> Any:
    """An array of losses, or their mean or sum, added up in float32 where they are 16-bit floats."""
    if reduction == NONE:
        return loss
    found = (_MEAN if reduction == MEAN else _SUM)(loss)
    if found is not None:
        return found
    accumulate = np.float32 if loss.dtype.itemsize == 2 else loss.dtype
    total = loss.sum(dtype=accumulate)
    return narrowed(np.asarray(total / loss.dtype.type(1) / loss.size if reduction == MEAN else total), loss.dtype)


# ---------------------------------------------------------------- mse_loss, l1_loss


def _need_float(array: Any, kernel: str) -> None:
    if dtypes.of(array).category < dtypes.FLOATING:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtypes.of(array).cpp}'")


@op(
    "mse_loss", tensors=("self", "target"),
    self=lambda grad, self, target, reduction: mse_loss_backward(grad, self, target, reduction),
    target=lambda grad, self, target, reduction: mse_loss_backward(grad, target, self, reduction),
)  # fmt: skip
def mse_loss(self: Any, target: Any, reduction: Any = MEAN) -> Any:
    """The squared differences, or their mean or sum."""
    if self.dtype.kind == "b" and target.dtype.kind == "b":
        _need_float(self, "mse_cpu")
    operands = self, target
    if self.dtype is not target.dtype:
        np_dtype = result_dtype([self, target], join_operands).np_dtype
        self, target = self.astype(np_dtype, copy=False), target.astype(np_dtype, copy=False)
    _need_float(self, "mse_cpu")
    if self.dtype.kind == "c":
        raise NotImplementedError(f"\"mse_cpu\" not implemented for '{dtypes.of(self).cpp}'")
    found = _reduced(by_element(_squared_difference, self, target), reduction)
    return in_step(found, operands) if found.ndim > 1 else found


def _squared_difference(x: Any, y: Any) -> Any:
    difference = x - y
    return difference * difference


def _mse_factor(numel: int, reduction: int) -> float:
    return (2.0 / numel if numel else float("inf")) if reduction == MEAN else 2.0


@op(
    "mse_loss_backward", kind="internal", tensors=("grad_output", "self", "target"),
    grad_output=lambda grad, self, target, reduction: mse_loss_backward(grad, self, target, reduction),
    self=lambda grad, grad_output, self_sym_numel, reduction: grad * grad_output * _mse_factor(self_sym_numel, reduction),
    target=lambda grad, grad_output, self_sym_numel, reduction: -grad * grad_output * _mse_factor(self_sym_numel, reduction),
)  # fmt: skip
def mse_loss_backward(grad_output: Any, self: Any, target: Any, reduction: Any) -> Any:
    """The gradient of mse_loss for its first operand."""
    difference = self - target
    return difference * difference.dtype.type(_mse_factor(self.size, reduction)) * grad_output


@composite("l1_loss")
def l1_loss(self: Any, target: Any, reduction: Any = MEAN) -> Any:
    """The absolute differences, or their mean or sum."""
    return _applied(_call("abs", _call("sub.Tensor", self, target)), reduction)


def _applied(loss: Any, reduction: int) -> Any:
    if reduction == NONE:
        return loss
    return loss.mean() if reduction == MEAN else loss.sum()


# ---------------------------------------------------------------- nll_loss


def _class_weights(array: Any, target: Any, weight: Any, ignore_index: int, axis: int) -> tuple[Any, Any]:
    """What each target weighs (0 where ignored), and the targets with the ignored ones made valid."""
    classes = array.shape[axis]
    used = target != ignore_index
    bad = used & ((target < 0) | (target >= classes))
    if bad.any():
        raise IndexError(f"Target {int(target[bad].flat[0])} is out of bounds.")
    index = np.where(used, target, 0)
    weights = used.astype(array.dtype) if weight is None else np.where(used, weight[index], array.dtype.type(0))
    return weights, index


def _check_target_dtype(target: Any) -> None:
    if carriers.dtype_of(target).name not in ("int64", "uint8"):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {carriers.dtype_of(target).cpp}")


def _check_nll(self: Any, target: Any, weight: Any) -> None:
    _check_target_dtype(target)
    classes = self.shape[-1] if self.ndim == 1 else self.shape[1]
    if weight is not None and self.ndim == 4 and weight.size != classes:
        raise RuntimeError("weight tensor should be defined either for all or no classes")
    if weight is not None and self.ndim < 4 and weight.shape != (classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: "
            f"{shape_text(weight.shape)}"
        )
    if weight is not None and weight.dtype != self.dtype:
        raise RuntimeError(f"expected scalar type {dtypes.of(self).cpp} but found {dtypes.of(weight).cpp}")


def _nll_forward(self: Any, target: Any, weight: Any, reduction: Any, ignore_index: Any) -> Any:
    """The weighted negative entries at the targets' classes, and the sum of the weights."""
    if self.ndim < 3 and target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    _check_nll(self, target, weight)
    kernel = "nll_loss_out_frame" if self.ndim < 3 else "nll_loss2d_forward_out_frame"
    _need_float(self, kernel)
    if self.dtype.kind == "c":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtypes.of(self).cpp}'")
    axis = 0 if self.ndim == 1 else 1
    if self.ndim == 1 and target.ndim:
        target = np.asarray(target).reshape(())
    weights, index = _class_weights(self, np.asarray(target), weight, ignore_index, axis)
    if self.shape[axis]:
        picked = np.take_along_axis(self, np.expand_dims(index, axis), axis).squeeze(axis)
    else:
        picked = np.zeros(index.shape, self.dtype)
    loss = np.where(weights == 0, self.dtype.type(0), -picked * weights)
    wide = np.float32 if self.dtype.itemsize == 2 else self.dtype
    if reduction == NONE:
        return loss, np.zeros((), self.dtype)
    total, count = loss.sum(dtype=wide), weights.sum(dtype=wide)
    if reduction == MEAN:
        total = np.divide(total, count)
    return np.asarray(total).astype(self.dtype, copy=False), np.asarray(count).astype(self.dtype, copy=False)


def _nll_backward(
    grad_output: Any, self: Any, target: Any, weight: Any, reduction: Any, ignore_index: Any, total_weight: Any
) -> Any:
    """The gradient of the entries: minus each target's weight, at its class."""
    axis = 0 if self.ndim == 1 else 1
    if self.ndim == 1 and target.ndim:
        raise RuntimeError(f"size mismatch (got input: {shape_text(self.shape)}, target: {shape_text(target.shape)})")
    if self.ndim > 3 and not self.flags.c_contiguous and is_dense(self):
        raise RuntimeError("grad_input must be contiguous")
    weights, index = _class_weights(self, np.asarray(target), weight, ignore_index, axis)
    scale = grad_output / total_weight if reduction == MEAN else grad_output
    result = np.zeros(self.shape, self.dtype)
    if result.size:
        values = np.where(weights == 0, self.dtype.type(0), -weights * scale)
        np.put_along_axis(result, np.expand_dims(index, axis), np.expand_dims(values, axis), axis)
    return result


def _declare_nll(name: str, grad_fn: str) -> tuple[Any, Any]:
    """nll_loss's two operators; PyTorch has them once for vectors and once for images."""
    settings: dict[str, Any] = {
        "tensors": ("grad_output", "self", "target", "weight", "total_weight"),
        "grad_output": lambda grad, target, weight, reduction, ignore_index: forward(grad, target, weight, reduction, ignore_index)[0],
        "self": lambda grad, self_sym_sizes: zeros(grad, self_sym_sizes),
    }
    backward = _op_with(f"{name}_backward", _nll_backward, {**settings, "grad_fn": grad_fn[:-1] + "Backward0"})
    forward = op(
        f"{name}_forward", grad_fn=grad_fn, tensors=("self", "target", "weight"), outputs=("output", "total_weight"),
        weight=None, self=lambda grad, self, target, weight, reduction, ignore_index, total_weight: backward(
            grad, self, target, weight, reduction, ignore_index, total_weight
        ),
    )(_nll_forward)  # fmt: skip
    return forward, backward


def _op_with(spec: str, kernel: Any, settings: dict[str, Any]) -> Any:
    tensors = settings.pop("tensors")
    return op(spec, kind="internal", tensors=tensors, **settings)(kernel)


nll_loss_forward, nll_loss_backward = _declare_nll("nll_loss", "NllLossBackward0")
nll_loss2d_forward, nll_loss2d_backward = _declare_nll("nll_loss2d", "NllLoss2DBackward0")


@composite("nll_loss_nd", "nll_loss", "nll_loss2d")
def nll_loss(self: Any, target: Any, weight: Any = None, reduction: Any = MEAN, ignore_index: Any = -100) -> Any:
    """Minus the entries of `self` (classes in dim 1) at the target classes, or their weighted mean or sum."""
    sizes, labels = self._array.shape, target._array.shape
    ndim = len(sizes)
    if ndim == 0:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    count = labels[0] if labels else 0
    if ndim != 1 and sizes[0] != count:
        raise ValueError(f"Expected input batch_size ({sizes[0]}) to match target batch_size ({count}).")
    if ndim != 1:
        size_at(labels, 0)
    if ndim <= 2:
        if ndim == 1 and len(labels) == 1 and labels[0] != 1:
            _check_target_dtype(target)
            raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {labels[0]}")
        return nll_loss_forward(self, target, weight, reduction, ignore_index)[0]
    if ndim == 4:
        if target.ndim != 3:
            raise RuntimeError(
                f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {target.ndim}"
            )
        _check_target_dtype(target)
        if (self.shape[0], *self.shape[2:]) != tuple(target.shape):
            raise RuntimeError(f"size mismatch (got input: {shape_text(self.shape)} , target: {shape_text(target.shape)}")
        return nll_loss2d_forward(self, target, weight, reduction, ignore_index)[0]
    expected = (self.shape[0], *self.shape[2:])
    if tuple(target.shape) != expected:
        raise RuntimeError(f"Expected target size {shape_text(expected)}, got {shape_text(target.shape)}")
    rows = [1, -1] if self._array.size else [0, 0]
    flat = _call("reshape", self, [self.shape[0], self.shape[1], *rows])
    found = nll_loss2d_forward(flat, _call("reshape", target, [self.shape[0], *rows]), weight, reduction, ignore_index)[0]
    return _call("view", found, list(target.shape)) if reduction == NONE else found


@composite("cross_entropy_loss")
def cross_entropy_loss(
    self: Any, target: Any, weight: Any = None, reduction: Any = MEAN, ignore_index: Any = -100, label_smoothing: Any = 0.0
) -> Any:
    """The cross entropy of unnormalized scores and target classes or target probabilities."""
    dim = 0 if self._array.ndim == 1 else 1
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")
    if self._array.shape == target._array.shape:
        if not target.dtype.is_floating_point:
            raise RuntimeError(f"Expected floating point type for target with class probabilities, got {target.dtype.cpp}")
        if ignore_index >= 0:
            raise RuntimeError("ignore_index is not supported for floating point target")
        return _cross_entropy_of_probabilities(self, target, weight, reduction, label_smoothing, dim)
    scores = _call("log_softmax.int", self, dim, self.dtype)
    if label_smoothing > 0.0:
        return _smoothed_cross_entropy(scores, target, weight, reduction, ignore_index, label_smoothing, dim)
    return nll_loss(scores, target, weight, reduction, ignore_index)


def _spread_weight(weight: Any, ndim: int) -> Any:
    """Class weights in the shape that meets dimension 1 of scores."""
    return weight if ndim == 1 else weight.view([-1 if dim == 1 else 1 for dim in range(ndim)])


def _cross_entropy_of_probabilities(self: Any, target: Any, weight: Any, reduction: int, smoothing: float, dim: int) -> Any:
    classes = size_at(self.shape, dim)
    scores = _call("log_softmax.int", self, dim, self.dtype)
    if weight is not None and tuple(weight.shape) != (classes,):
        raise RuntimeError(
            f"cross_entropy: weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of "
            f"shape: {shape_text(weight.shape)}"
        )
    if smoothing > 0.0:
        target = _call("add.Scalar", _call("mul.Scalar", target, 1 - smoothing), smoothing / classes)
    products = scores * target
    if weight is not None:
        products = products * _spread_weight(weight, self.ndim)
    if reduction == NONE:
        return -products.sum(dim)
    if reduction == MEAN and not self._array.size:
        return -products.sum().fill_(float("nan"))
    total = -products.sum()
    return total if reduction == SUM else _call("div.Scalar", total, self.numel() // classes)


def _smoothed_cross_entropy(
    scores: Any, target: Any, weight: Any, reduction: int, ignore_index: int, smoothing: float, dim: int
) -> Any:
    hard = nll_loss(scores, target, weight, reduction, ignore_index)
    smooth = -(scores if weight is None else scores * _spread_weight(weight, scores.ndim)).sum(dim)
    ignored = target == ignore_index
    smooth = smooth.masked_fill_(ignored, 0.0)
    if reduction == MEAN:
        used = ~ignored
        if weight is None:
            count = used.sum().to(scores.dtype)
        else:
            count = weight.gather(0, target.masked_fill(ignored, 0).flatten()).masked_fill(ignored.flatten(), 0).sum()
        smooth = smooth.sum() / count
    elif reduction == SUM:
        smooth = smooth.sum()
    return _call("mul.Scalar", hard, 1 - smoothing) + _call("mul.Scalar", smooth, smoothing / scores.shape[dim])


# ---------------------------------------------------------------- one_hot


@op("one_hot.values", tensors=("self",))
def one_hot_values(self: Any, num_classes: Any = -1) -> Any:
    """A last dimension of `num_classes` zeros with a one at each class."""
    if dtypes.of(self).name != "int64":
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if not self.size:
        if num_classes <= 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        return np.zeros((*self.shape, num_classes), np.int64)
    if self.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(self.max()) + 1
    elif self.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return (np.asarray(self, order="C")[..., None] == np.arange(num_classes)).astype(np.int64)


@composite("one_hot")
def one_hot(self: Any, num_classes: Any = -1) -> Any:
    """A last dimension of `num_classes` zeros with a one at each class, which PyTorch writes into them: the version shows it."""
    found = one_hot_values.apply([self, num_classes])
    return written(found, 2) if found._array.size and not found._flags else found
