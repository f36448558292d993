"""Activations of neural networks, and the fused derivatives that PyTorch names nodes after."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes, loops
from rushlight.ops import kernels_special, layout
from rushlight.ops.carriers import array_of, divided, less, number_less, plus, scaled, where, zeros_like
from rushlight.ops.casting import is_half, narrowed, widened
from rushlight.ops.copying import number_in
from rushlight.ops.declare import REGISTRY, composite, op, pointwise
from rushlight.ops.pointwise import NOT_FLOAT, elementwise, in_place_variant, no_derivative, no_kernel
from rushlight.ops.pointwise_unary import exp, log1p, sigmoid, sigmoid_backward, special, tanh

_NEGATIVE_LEAKY = (
    "In-place leakyReLu backward calculation is triggered with a negative slope which is not supported. This is caused by calling "
    "in-place forward function with a negative slope, please call out-of-place version instead. File an issue at "
    "https://github.com/pytorch/pytorch if you do require supporting in-place leakRelu backward calculation with negative slope"
)
_NEGATIVE_ELU = (
    "In-place elu backward calculation is triggered with a negative slope which is not supported. This is caused by calling "
    "in-place forward function with a negative slope, please call out-of-place version instead."
)
_GRAD_SELF = ("grad_output", "self")
_NO_CLAMP = ("complex", "clamp is not supported for complex types")


def _backward(spec: str, kernel: Any, **formulas: Any) -> Any:
    """A fused derivative: linear in grad_output."""
    return pointwise(spec, kernel, tensors=tuple(name for name in _GRAD_SELF + ("self_or_result",) if name in _names(kernel)), **formulas)


def _self_first(made: Any) -> None:
    """Let the result of a fused derivative lie in memory as `self` rather than as the gradient."""
    made.tensor_params = made.tensor_params[::-1]


def _names(kernel: Any) -> Any:
    return kernel.__code__.co_varnames[: kernel.__code__.co_argcount + kernel.__code__.co_kwonlyargcount]


# ---------------------------------------------------------------- relu, threshold, hardtanh, leaky relu


_LARGE = 8192  # elements from which the forms that avoid NumPy's slow loops pay
_ZEROS = {char: np.zeros(4096, char) for char in "fd"}


def _relu(self: Any) -> Any:
    if self.size < _LARGE or self.dtype.char not in "fd" or not self.flags.c_contiguous:
        return np.maximum(0, self)
    # np.maximum of two arrays runs three times as fast as that of an array and a number: rows of a block of zeros.
    zeros = _ZEROS[self.dtype.char]
    found = np.empty_like(self)
    flat, out = self.reshape(-1), found.reshape(-1)
    whole = flat.size - flat.size % zeros.size
    np.maximum(zeros, flat[:whole].reshape(-1, zeros.size), out=out[:whole].reshape(-1, zeros.size))
    np.maximum(zeros[: flat.size - whole], flat[whole:], out=out[whole:])
    return found


def _threshold_backward(grad_output: Any, self: Any, threshold: Any) -> Any:
    below = self <= threshold
    char = grad_output.dtype.char
    if grad_output.size < _LARGE or char not in "fd" or below.shape != grad_output.shape:
        return np.where(below, grad_output.dtype.type(0), grad_output)
    # np.where branches on every element, ten times the cost of masking the bits.
    integer = np.int32 if char == "f" else np.int64
    bits = (below.view(np.int8) - np.int8(1)).astype(integer)
    np.bitwise_and(bits, np.ascontiguousarray(grad_output).view(integer) if bits.flags.c_contiguous else grad_output.view(integer), bits)
    return bits.view(grad_output.dtype)


def _threshold(self: Any, threshold: Any, value: Any) -> Any:
    bound, filled = [np.asarray(number_in(number, self.dtype)).astype(self.dtype) for number in (threshold, value)]
    return np.where(self <= bound, filled, self)


threshold_backward = _backward(
    "threshold_backward", _threshold_backward,
    grad_output=lambda grad, self, threshold: threshold_backward(grad, self, threshold),
    self=lambda grad: zeros_like(grad),
)  # fmt: skip
_self_first(threshold_backward)
relu = elementwise(
    "relu", _relu, ("bool", "Boolean inputs not supported for relu", RuntimeError), no_kernel("clamp_min_scalar_cpu", "wide"),
    _NO_CLAMP, self=lambda grad, result: threshold_backward(grad, result, 0),
)  # fmt: skip
threshold = elementwise(
    "threshold", _threshold,
    no_kernel("threshold_cpu", "bool wide complex"),
    self=lambda grad, self, threshold: threshold_backward(grad, self, threshold),
)  # fmt: skip


def _hardtanh_backward(grad_output: Any, self: Any, min_val: Any, max_val: Any) -> Any:
    return np.where((self <= min_val) | (self >= max_val), grad_output.dtype.type(0), grad_output)


def _hardtanh(self: Any, min_val: Any = -1, max_val: Any = 1) -> Any:
    if self.dtype.kind == "u" and (int(min_val) < 0 or int(max_val) < 0):
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
    whole = self.dtype.kind in "iu"  # limits lose their fractions before anybody asks whether they fit
    limits = [int(value) if whole and isinstance(value, float) and math.isfinite(value) else value for value in (min_val, max_val)]
    low, high = [np.asarray(number_in(value, self.dtype)).astype(self.dtype) for value in limits]
    found = layout.empty_strided(self.shape, layout.format_strides(self, None), self.dtype)
    return np.minimum(high, np.maximum(low, self), out=found)


hardtanh_backward = _backward(
    "hardtanh_backward", _hardtanh_backward,
    grad_output=lambda grad, self, min_val, max_val: hardtanh_backward(grad, self, min_val, max_val),
    self=lambda grad: zeros_like(grad),
)  # fmt: skip
hardtanh = elementwise(
    "hardtanh", _hardtanh, ("bool", "Bool inputs not supported for hardtanh", RuntimeError),
    no_kernel("clamp_scalar_cpu", "wide"), _NO_CLAMP,
    self=lambda grad, self, min_val, max_val: hardtanh_backward(grad, self, min_val, max_val),
)  # fmt: skip


@composite("relu6")
def relu6(self: Any) -> Any:
    """hardtanh between 0 and 6."""
    return hardtanh(self, 0, 6)


@composite("relu6_")
def relu6_(self: Any) -> Any:
    """relu6 in place."""
    return hardtanh.apply_inplace([self, 0, 6])


def _leaky_relu(self: Any, negative_slope: Any = 0.01) -> Any:
    return np.where(self > 0, self, self * self.dtype.type(negative_slope))


def _leaky_relu_backward(grad_output: Any, self: Any, negative_slope: Any, self_is_result: bool) -> Any:
    if self_is_result and negative_slope < 0:
        raise RuntimeError(_NEGATIVE_LEAKY)
    return np.where(self > 0, grad_output, grad_output * grad_output.dtype.type(negative_slope))


leaky_relu_backward = _backward(
    "leaky_relu_backward", _leaky_relu_backward,
    grad_output=lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope, False),
    self=lambda grad: zeros_like(grad),
)  # fmt: skip
_self_first(leaky_relu_backward)
leaky_relu = elementwise(
    "leaky_relu", _leaky_relu, no_kernel("leaky_relu_cpu", NOT_FLOAT),
    self=lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope, False),
)  # fmt: skip

# ---------------------------------------------------------------- elu and its relatives


def _elu_backward(grad_output: Any, alpha: Any, scale: Any, input_scale: Any, is_result: bool, self_or_result: Any) -> Any:
    x = self_or_result
    if is_result and alpha < 0:
        raise RuntimeError(_NEGATIVE_ELU)
    if is_result:
        slope = input_scale * (x + alpha * scale)
    else:
        slope = input_scale * (alpha * scale) * np.exp(x * input_scale)
    return np.where(x <= 0, grad_output * slope, grad_output * scale)


def _elu_twice(
    grad: Any, grad_output: Any, alpha: Any, scale: Any, input_scale: Any, is_result: bool, self_or_result: Any
) -> Any:
    found = scaled(grad * grad_output, input_scale)
    if not is_result:
        found = elu_backward(found, alpha, scale, input_scale, is_result, self_or_result)
    return found * (self_or_result < 0)


elu_backward = _backward(
    "elu_backward", _elu_backward,
    grad_output=lambda grad, alpha, scale, input_scale, is_result, self_or_result: elu_backward(
        grad, alpha, scale, input_scale, is_result, self_or_result
    ),
    self_or_result=_elu_twice,
)  # fmt: skip
elu = elementwise(
    "elu", lambda self, alpha=1, scale=1, input_scale=1: kernels_special.elu(self, alpha, scale, input_scale),
    no_kernel("elu_cpu", NOT_FLOAT),
    self=lambda grad, self, alpha, scale, input_scale: elu_backward(grad, alpha, scale, input_scale, False, self),
)  # fmt: skip


def _celu(self: Any, alpha: Any = 1.0) -> Any:
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return kernels_special.elu(self, alpha, 1.0, 1.0 / alpha)


celu = elementwise(
    "celu", _celu, no_kernel("elu_cpu", NOT_FLOAT),
    self=lambda grad, self, alpha: elu_backward(grad, alpha, 1, 1.0 / alpha, False, self),
)  # fmt: skip

# The constants of Klambauer et al., Self-Normalizing Neural Networks, 2017.
_SELU = (1.6732632423543772, 1.0507009873554805, 1)


@composite("selu")
def selu(self: Any) -> Any:
    """elu with the constants that keep mean 0 and variance 1."""
    return elu(self, *_SELU)


# In place, PyTorch differentiates these by their results.

in_place_variant(
    "elu.in_place", elu.kernel, "EluBackward1", "elu_", check=elu.check_dtype,
    self=lambda grad, result, alpha, scale, input_scale: elu_backward(grad, alpha, scale, input_scale, True, result),
)  # fmt: skip
in_place_variant(
    "celu.in_place", _celu, "CeluBackward1", "celu_", check=celu.check_dtype,
    self=lambda grad, result, alpha: elu_backward(grad, alpha, 1, 1.0 / alpha, True, result),
)  # fmt: skip
in_place_variant(
    "leaky_relu.in_place", _leaky_relu, "LeakyReluBackward1", "leaky_relu_", check=leaky_relu.check_dtype,
    self=lambda grad, result, negative_slope: leaky_relu_backward(grad, result, negative_slope, True),
)  # fmt: skip
_threshold_in_place = pointwise(
    "threshold.in_place", threshold.kernel, grad_fn="ThresholdBackward1", check=threshold.check_dtype,
    self=lambda grad, self, threshold: threshold_backward(grad, self, threshold),
)  # fmt: skip


@composite("threshold_")
def threshold_(self: Any, threshold: Any, value: Any) -> Any:
    """threshold in place; elements that share their memory are written once, which for this function is all the same."""
    target = self
    for dim, (stride, size) in enumerate(zip(self._array.strides, self._array.shape)):
        if stride == 0 and size > 1:
            target = REGISTRY["narrow"](target, dim, 0, 1)
    _threshold_in_place.apply_inplace([target, threshold, value])
    return self


@composite("selu_")
def selu_(self: Any) -> Any:
    """selu in place."""
    return REGISTRY["elu_"](self, *_SELU)


# ---------------------------------------------------------------- softplus and log-sigmoid


def _softplus_backward(grad_output: Any, self: Any, beta: Any, threshold: Any) -> Any:
    scaled = self * beta
    growth = np.exp(scaled)
    return np.where(scaled > threshold, grad_output, grad_output * growth / (growth + 1))


def _softplus_twice(grad: Any, grad_output: Any, self: Any, beta: Any, threshold: Any) -> Any:
    product = grad * grad_output
    slope = sigmoid_backward(product, sigmoid(scaled(self, beta)))
    return scaled(slope * (self * beta < threshold), beta)


softplus_backward = _backward(
    "softplus_backward", _softplus_backward,
    grad_output=lambda grad, self, beta, threshold: softplus_backward(grad, self, beta, threshold),
    self=_softplus_twice,
)  # fmt: skip
softplus = elementwise(
    "softplus", lambda self, beta=1, threshold=20: kernels_special.softplus(self, beta, threshold),
    no_kernel("softplus_cpu", NOT_FLOAT),
    self=lambda grad, self, beta, threshold: softplus_backward(grad, self, beta, threshold),
)  # fmt: skip


_native_log_sigmoid = loops.kernel("log_sigmoid", lambda self: kernels_special.logsigmoid(self))
_native_exp_below = loops.kernel("exp_below", lambda values: np.exp(-np.abs(values)))


def _log_sigmoid_backward(grad_output: Any, self: Any, buffer: Any) -> Any:
    kept = array_of(buffer)
    small = narrowed(kept, self.dtype) if is_half(kept.dtype) and kept.size else _native_exp_below(self)  # 16 bits were rounded
    share = small / (1 + small)
    return grad_output * np.where(self < 0, 1 - share, share)


def _log_sigmoid_twice(grad: Any, grad_output: Any, self: Any) -> Any:
    product = grad * grad_output
    slope = sigmoid(self)
    return product * less(slope, 1) * slope


log_sigmoid_backward = _backward(
    "log_sigmoid_backward", _log_sigmoid_backward,
    grad_output=lambda grad, self, buffer: log_sigmoid_backward(grad, self, buffer), self=_log_sigmoid_twice,
)  # fmt: skip


@op(
    "log_sigmoid_forward", grad_fn="LogSigmoidBackward0", outputs=("output", "buffer"), pack=tuple,
    self=lambda grad, self, buffer: log_sigmoid_backward(grad, self, buffer),
)  # fmt: skip
def log_sigmoid_forward(self: Any) -> Any:
    """log(sigmoid(self)), and exp(-|self|), which PyTorch keeps for the backward pass."""
    dtype = dtypes.of(self)
    if not dtype.is_floating_point:
        raise NotImplementedError(f"\"log_sigmoid_cpu\" not implemented for '{dtype.cpp}'")
    values = widened(self)
    found = np.array(_native_log_sigmoid(values), order="C", copy=None)
    return [np.array(narrowed(value, self.dtype), order="C", copy=None) for value in (found, _native_exp_below(values))]


@composite("log_sigmoid")
def log_sigmoid(self: Any) -> Any:
    """log(sigmoid(self))."""
    return log_sigmoid_forward(self)[0]


# ---------------------------------------------------------------- gelu, silu, mish

_GELU = special("gelu")
_ROOT_HALF, _INVERSE_ROOT_2_PI = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)
_CUBIC, _ROOT_2_OVER_PI = 0.044715, math.sqrt(2 / math.pi)


def _gelu_backward(grad_output: Any, self: Any, approximate: str = "none") -> Any:
    if approximate == "tanh":
        inner = np.tanh(_ROOT_2_OVER_PI * (self + _CUBIC * (self * self * self)))
        slope = _ROOT_2_OVER_PI * (1 + 3 * _CUBIC * (self * self))
        return grad_output * (0.5 * (1 + inner) + 0.5 * self * (1 - inner * inner) * slope)
    below = 0.5 * (1 + kernels_special.erf(np.asarray(self * _ROOT_HALF)))
    return grad_output * (below + self * (np.exp(self * self * -0.5) * _INVERSE_ROOT_2_PI))


def _gelu_twice(grad: Any, grad_output: Any, self: Any, approximate: str) -> Any:
    square = self * self
    if approximate != "tanh":
        density = scaled(exp(scaled(square, -0.5)), _INVERSE_ROOT_2_PI)
        falling = square * density
        slope = scaled(density, 2) - falling
        return grad * grad_output * slope
    product = grad * grad_output
    inner = tanh(_ROOT_2_OVER_PI * (self + _CUBIC * (square * self)))
    slope = _ROOT_2_OVER_PI * (1 + 3 * _CUBIC * square)
    bend = _ROOT_2_OVER_PI * 6 * _CUBIC * self
    outer = 1 - inner * inner
    return product * (outer * slope + 0.5 * self * outer * (bend - 2 * inner * slope * slope))


gelu_backward = _backward(
    "gelu_backward", _gelu_backward,
    grad_output=lambda grad, self, approximate: gelu_backward(grad, self, approximate=approximate), self=_gelu_twice,
)  # fmt: skip
gelu = elementwise(
    "gelu", lambda self, approximate="none": _GELU(self, approximate), no_kernel("GeluKernelImpl", NOT_FLOAT),
    self=lambda grad, self, approximate: gelu_backward(grad, self, approximate=approximate),
)  # fmt: skip


def _silu_slope(grad: Any, self: Any) -> Any:
    slope = sigmoid(self)
    bend = plus(self * number_less(1, slope), 1)
    return grad * slope * bend


_silu_self = loops.kernel("silu_backward", _silu_slope)


def _mish_self(grad: Any, self: Any) -> Any:
    slope = sigmoid(self)
    bent = tanh(log1p(exp(self)))
    curve = number_less(1, bent * bent)
    return grad * (bent + self * slope * curve)


silu = elementwise(
    "silu", lambda self: kernels_special.silu(self), no_kernel("silu_cpu", "bool int wide"), self=lambda grad, self: _silu_self(grad, self),
)
mish = elementwise(
    "mish", lambda self: kernels_special.mish(self), no_kernel("mish_cpu", NOT_FLOAT), self=_mish_self
)

# ---------------------------------------------------------------- the piecewise linear and quadratic


_SIXTH = 0.1666666716337204  # PyTorch's constant is float32's


def _hardsigmoid_backward(grad_output: Any, self: Any) -> Any:
    return np.where((self > -3) & (self < 3), grad_output * _SIXTH, grad_output.dtype.type(0))


def _hardswish_backward(grad_output: Any, self: Any) -> Any:
    middle = grad_output * (self / 3 + 0.5)
    return np.where(self <= -3, grad_output.dtype.type(0), np.where(self < 3, middle, grad_output))


hardsigmoid_backward = _backward(
    "hardsigmoid_backward", _hardsigmoid_backward, grad_fn="NotImplemented",
    grad_output=no_derivative("hardsigmoid_backward"), self=no_derivative("hardsigmoid_backward"),
)  # fmt: skip
hardsigmoid = elementwise(
    "hardsigmoid", lambda self: kernels_special.hardsigmoid(self), no_kernel("hardsigmoid_cpu", NOT_FLOAT),
    self=lambda grad, self: hardsigmoid_backward(grad, self),
)  # fmt: skip
hardswish_backward = _backward(
    "hardswish_backward", _hardswish_backward,
    grad_output=lambda grad, self: hardswish_backward(grad, self),
    self=lambda grad, grad_output, self: where((self > -3) & (self < 3), divided(grad * grad_output, 3), 0),
)  # fmt: skip
hardswish = elementwise(
    "hardswish", lambda self: kernels_special.hardswish(self), no_kernel("hardswish_cpu", NOT_FLOAT),
    self=lambda grad, self: hardswish_backward(grad, self),
)  # fmt: skip
