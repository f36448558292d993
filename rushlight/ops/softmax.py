"""softmax and log_softmax."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import blocks
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.reduce_common import cast, not_implemented, widened
from rushlight.ops.view import wrap_dim

_add = np.add.reduce
_maximum = np.maximum.reduce


def _checked(name: str, self: Any, dim: int, half_to_float: bool) -> int:
    axis = wrap_dim(dim, self.ndim)
    if half_to_float:
        raise RuntimeError("softmax with half to float conversion is not supported on CPU")
    if self.size and self.dtype.kind in "biuc":
        raise not_implemented(f"{name}_lastdim_kernel_impl" if axis >= self.ndim - 1 else f"{name}_kernel_impl", self)
    return axis


def _total(grad: Any, dim: int) -> Any:
    return REGISTRY["sum.dim_IntList"](grad, (dim,), True)


# ---------------------------------------------------------------- softmax

_LANES = 32  # 16-bit elements that PyTorch's vectorized loop takes at once; it keeps those that are left over in 16 bits


def _round_rest(exponentials: Any, axis: int, np_dtype: Any) -> None:
    """Round those of the exponentials of 16-bit numbers that PyTorch rounds where the dimension is not the last one."""
    inner = 1
    for size in exponentials.shape[axis + 1 :]:
        inner *= size
    rest = exponentials.reshape(-1, inner)[:, inner - inner % _LANES :]
    rest[...] = rest.astype(np_dtype)


@op(
    "_softmax", grad_fn="SoftmaxBackward0",
    self=lambda grad, result, dim, self_scalar_type: softmax_backward_data(grad, result, dim, self_scalar_type),
)  # fmt: skip
def softmax_raw(self: Any, dim: Any, half_to_float: Any = False) -> Any:
    """exp(self) divided by its sum over a dimension."""
    axis = _checked("softmax", self, dim, half_to_float)
    if not self.size:
        return np.empty(self.shape, self.dtype)
    if not self.ndim:
        return np.exp(self - self)
    values = widened(self)
    found = np.subtract(values, _maximum(values, axis=axis, keepdims=True), order="C")
    np.exp(found, out=found)
    total = _add(found, axis=axis, keepdims=True)
    if values is not self and axis < self.ndim - 1:
        _round_rest(found, axis, self.dtype)
    np.true_divide(found, total, out=found)
    return found.astype(self.dtype, copy=False)


def _softmax_double(grad: Any, grad_output: Any, output: Any, dim: int) -> Any:
    last = grad_output * _total(output * grad, dim)
    second = _total(output * grad_output, dim) * grad
    return grad_output * grad - second - last


def _log_softmax_double(grad: Any, grad_output: Any, output: Any, dim: int) -> Any:
    values = REGISTRY["exp"](output)
    return -_total(grad_output, dim) * values * grad


@op(
    "_softmax_backward_data", tensors=("grad_output", "output"),
    grad_output=lambda grad, output, dim, input_dtype: softmax_backward_data(grad, output, dim, input_dtype),
    output=lambda grad, grad_output, output, dim: _softmax_double(grad, grad_output, output, dim),
)  # fmt: skip
def softmax_backward_data(grad_output: Any, output: Any, dim: Any, input_dtype: Any) -> Any:
    """The gradient of softmax from its result."""
    axis = dim if output.ndim else None
    grad, values = np.atleast_1d(widened(grad_output)), np.atleast_1d(widened(output))
    found = np.multiply(grad, values, order="C")
    total = _add(found, axis=axis, keepdims=True)
    np.subtract(grad, total, out=found)
    np.multiply(found, values, out=found)
    return cast(found.reshape(output.shape), input_dtype)


# ---------------------------------------------------------------- log_softmax


@op(
    "_log_softmax", grad_fn="LogSoftmaxBackward0",
    self=lambda grad, result, dim, self_scalar_type: log_softmax_backward_data(grad, result, dim, self_scalar_type),
)  # fmt: skip
def log_softmax_raw(self: Any, dim: Any, half_to_float: Any = False) -> Any:
    """log(softmax(self)), from the largest element so that nothing overflows."""
    axis = _checked("log_softmax", self, dim, half_to_float)
    if not self.size:
        return np.empty(self.shape, self.dtype)
    if not self.ndim:
        return self - self
    values = widened(self)
    found = np.subtract(values, _maximum(values, axis=axis, keepdims=True), order="C")
    total = blocks.reduced(_add, np.exp, [found], (axis,), True)
    if values is not self and axis == self.ndim - 1:  # 16-bit sums and their logarithms are 16-bit in PyTorch
        total = np.log(total.astype(self.dtype).astype(values.dtype)).astype(self.dtype)
        np.subtract(found, total.astype(values.dtype), out=found)
    else:
        np.subtract(found, np.log(total), out=found)
    return found.astype(self.dtype, copy=False)


@op(
    "_log_softmax_backward_data", tensors=("grad_output", "output"),
    grad_output=lambda grad, output, dim: grad - _total(grad * REGISTRY["exp"](output), dim),
    output=_log_softmax_double,
)  # fmt: skip
def log_softmax_backward_data(grad_output: Any, output: Any, dim: Any, input_dtype: Any) -> Any:
    """The gradient of log_softmax from its result."""
    axis = dim if output.ndim else None
    grad, values = np.atleast_1d(widened(grad_output)), np.atleast_1d(widened(output))
    found = np.exp(values, order="C")
    np.multiply(found, _add(grad, axis=axis, keepdims=True), out=found)
    np.subtract(grad, found, out=found)
    return cast(found.reshape(output.shape), input_dtype)


# ---------------------------------------------------------------- public forms


def _converted(self: Any, dtype: Any) -> Any:
    return self if dtype is None or self.dtype is dtype else REGISTRY["_to_copy"](self, dtype=dtype)


@composite("softmax.int", "special_softmax")
def softmax(self: Any, dim: Any, dtype: Any = None) -> Any:
    """softmax over a dimension, of the input converted to dtype first."""
    return softmax_raw.apply([_converted(self, dtype), dim, False])


@composite("log_softmax.int", "special_log_softmax")
def log_softmax(self: Any, dim: Any, dtype: Any = None) -> Any:
    """log_softmax over a dimension, of the input converted to dtype first."""
    return log_softmax_raw.apply([_converted(self, dtype), dim, False])
