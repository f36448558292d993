"""glu, prelu, rrelu, softshrink, hardshrink and log_sigmoid."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.state import VMAP, get_mode
from rushlight._core.tensor import TensorBase, shape_text
from rushlight.ops.carriers import beside, number_less, ones_like, where, zeros_like
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, op, pointwise
from rushlight.ops.layout import in_step, row_major
from rushlight.ops.normalization_kernels import widened
from rushlight.ops.pointwise import NOT_FLOAT, elementwise, no_kernel
from rushlight.ops.pointwise_unary import sigmoid
from rushlight.ops.view import wrap_dim


def _refuse(array: Any, kernel: str) -> None:
    if not dtypes.of(array).is_floating_point:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtypes.of(array).cpp}'")


# ---------------------------------------------------------------- glu


def _halves(self: Any, dim: int, second_first: bool = False) -> Any:
    """The halves of a dimension, in the order in which PyTorch takes them."""
    size = self.shape[dim] // 2
    part = REGISTRY["narrow"] if isinstance(self, TensorBase) else _narrow
    found = [part(self, dim, start, size) for start in ((size, 0) if second_first else (0, size))]
    return found[::-1] if second_first else found


def _narrow(self: Any, dim: int, start: int, length: int) -> Any:
    axis = dim % self.ndim
    return self[(slice(None),) * axis + (slice(start, start + length),)]


def _glu_of_grad(grad: Any, grad_output: Any, self: Any, dim: int) -> Any:
    first, second = _halves(grad * glu_backward(ones_like(grad_output), self, dim), dim, True)
    return first + second


def _glu_of_self(grad: Any, grad_output: Any, self: Any, dim: int) -> Any:
    first, second = _halves(self, dim)
    gate = sigmoid(second)
    rest = number_less(1, gate)
    slope = gate * rest
    outer, inner = _halves(grad, dim)
    through = inner * first
    upper = inner * grad_output * slope
    rising = gate * slope
    bend = slope * rest - rising
    direct = outer * grad_output * slope
    return REGISTRY["cat"]([upper, through * grad_output * bend + direct], dim)


@op(
    "glu_backward", tensors=("grad_output", "self"),
    grad_output=lambda grad, grad_output, self, dim: _glu_of_grad(grad, grad_output, self, dim), self=_glu_of_self,
)  # fmt: skip
def glu_backward(grad_output: Any, self: Any, dim: Any) -> Any:
    """The gradient of glu."""
    grad = widened(grad_output)
    first, second = [widened(half) for half in _halves(self, dim)]
    gate = 1 / (1 + np.exp(-second))
    outer = grad * gate
    return narrowed(np.concatenate([outer, outer * first * (1 - gate)], axis=dim % self.ndim), self.dtype)


@op("glu", self=lambda grad, self, dim: glu_backward(grad, self, dim))
def glu(self: Any, dim: Any = -1) -> Any:
    """The first half of a dimension times the sigmoid of the second."""
    if not self.ndim:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    axis = wrap_dim(dim, self.ndim)
    if self.shape[axis] % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {axis} is size {self.shape[axis]}")
    _refuse(self, "glu_cpu")
    first, second = [widened(half) for half in _halves(self, dim)]
    return in_step(narrowed(first / (1 + np.exp(-second)), self.dtype), first, second)


# ---------------------------------------------------------------- prelu


def _prelu_backward_of_grad(grads: Any, self: Any, weight: Any) -> Any:
    first, second = grads
    positive = self >= 0
    if first is None:
        return None if second is None else where(positive, 0, second * self)
    below = first * weight if second is None else first * weight + second * self
    return where(positive, first, below)


@op(
    "_prelu_kernel_backward", tensors=("grad_output", "self", "weight"), outputs=("result0", "result1"), pack=tuple,
    grad_output=_prelu_backward_of_grad,
    self=lambda grads, grad_output, self: zeros_like(self) if grads[1] is None else where(self >= 0, 0, grad_output * grads[1]),
    weight=lambda grads, grad_output, self: zeros_like(self) if grads[0] is None else where(self >= 0, 0, grad_output * grads[0]),
)  # fmt: skip
def prelu_kernel_backward(grad_output: Any, self: Any, weight: Any) -> Any:
    """The gradients of prelu's input and of its weight, element by element."""
    grad, x = widened(grad_output), widened(self)
    positive = x > 0
    found = np.where(positive, grad, widened(weight) * grad), np.where(positive, x.dtype.type(0), x * grad)
    return [value.astype(self.dtype, copy=False) for value in found]


def _prelu_kernel(self: Any, weight: Any) -> Any:
    return np.where(self > 0, self, weight * self)


elementwise(
    "_prelu_kernel", _prelu_kernel, no_kernel("prelu_cpu", NOT_FLOAT), tensors=("self", "weight"),
    **{"self, weight": lambda grad, self, weight: tuple(prelu_kernel_backward(grad, self, weight))},
)  # fmt: skip


@composite("prelu")
def prelu(self: Any, weight: Any) -> Any:
    """self where positive, weight (one, or one for each channel) times self elsewhere."""
    if self.dtype is not weight.dtype:
        names = [_CPP[value.dtype.name] for value in (self, weight)]
        raise RuntimeError(f"prelu: Type promoting not supported. Got {names[0]} and {names[1]}")
    count = weight.numel()
    ndim = self.ndim
    if count != 1:
        if not ndim:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = self.shape[1] if ndim > 1 else 1
        if channels != count:
            raise RuntimeError(
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {count} and channel size = {channels}."
            )
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    if ndim:
        shape = [1] * ndim
        shape[min(1, ndim - 1)] = count
        if tuple(weight.shape) != tuple(shape):
            weight = REGISTRY["reshape"](weight, shape)
    elif weight.ndim:
        weight = REGISTRY["reshape"](weight, [])
    return REGISTRY["_prelu_kernel"](self, weight)


_CPP = {
    "float32": "Float", "float64": "Double", "float16": "Half", "bfloat16": "BFloat16", "int64": "Long", "int32": "Int", "int16": "Short",
    "int8": "Char", "uint8": "Byte", "bool": "Bool", "complex64": "ComplexFloat", "complex128": "ComplexDouble", "uint16": "UInt16",
    "uint32": "UInt32", "uint64": "UInt64",
}  # fmt: skip

# ---------------------------------------------------------------- rrelu


def _leaky(values: Any, slope: float, other: Any) -> Any:
    wide = widened(other)
    return narrowed(np.where(widened(values) > 0, wide, wide * wide.dtype.type(slope)), other.dtype)


@op(
    "rrelu_with_noise_backward", tensors=("grad_output", "self", "noise"),
    grad_output=lambda grad, self, noise, lower, upper, training: rrelu_backward(grad, self, noise, lower, upper, training, False),
    self=lambda grad: zeros_like(grad),
)  # fmt: skip
def rrelu_backward(
    grad_output: Any, self: Any, noise: Any, lower: Any, upper: Any, training: Any, self_is_result: Any
) -> Any:
    """The gradient of rrelu: times the slope that was drawn, or the mean slope."""
    if training and upper - lower > 1e-6:
        return narrowed(widened(grad_output) * widened(noise), grad_output.dtype)
    slope = (lower + upper) / 2
    if self_is_result and slope < 0:
        raise RuntimeError(
            "In-place leakyReLu backward calculation is triggered with a negative slope which is not supported. This is caused by "
            "calling in-place forward function with a negative slope, please call out-of-place version instead. File an issue at "
            "https://github.com/pytorch/pytorch if you do require supporting in-place leakRelu backward calculation with negative slope"
        )
    return _leaky(self, slope, grad_output)


def _rrelu(
    self: Any, noise: Any, lower: Any = 0.125, upper: Any = 1 / 3, training: Any = False, generator: Any = None
) -> Any:
    if self.shape != noise.shape:
        raise RuntimeError(
            f"noise tensor shape must match self tensor shape. Got self.shape = {shape_text(self.shape)} noise.shape = "
            f"{shape_text(noise.shape)}"
        )
    if not training:
        _refuse(self, "leaky_relu_cpu")
        return row_major(_leaky(self, (lower + upper) / 2, self))
    from rushlight._generator import stream_of
    from rushlight.ops import streams

    drawn = streams.rrelu_noise(stream_of(generator), self, float(lower), float(upper))
    noise[...] = drawn
    return row_major(narrowed(widened(self) * widened(drawn), self.dtype))


rrelu_with_noise = op(
    "rrelu_with_noise", tensors=("self", "noise"), noise=None,
    self=lambda grad, self, noise, lower, upper, training: rrelu_backward(grad, self, noise, lower, upper, training, False),
)(_rrelu)  # fmt: skip
_rrelu_in_place = op(
    "rrelu_with_noise.in_place", grad_fn="RreluWithNoiseBackward1", tensors=("self", "noise"),
    self=lambda grad, result, noise, lower, upper, training: rrelu_backward(grad, result, noise, lower, upper, training, True),
)(_rrelu)  # fmt: skip


@composite("rrelu_with_noise_")
def rrelu_with_noise_(self: Any, noise: Any, lower: Any, upper: Any, training: Any, generator: Any) -> Any:
    """rrelu_with_noise in place."""
    return _rrelu_in_place.apply_inplace([self, noise, lower, upper, training, generator])


def _noise(self: Any, lower: Any, upper: Any) -> Any:
    if not lower <= upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    return beside(self, np.zeros_like(self._array))


def _refuse_in_vmap(name: str) -> None:
    if get_mode() & VMAP:
        raise RuntimeError(f"vmap: we do not yet support aten::{name}. Please file an issue")


@composite("rrelu")
def rrelu(self: Any, lower: Any, upper: Any, training: Any, generator: Any) -> Any:
    """self where positive, a slope times self elsewhere, drawn for each element in training."""
    _refuse_in_vmap("rrelu")
    for name, bound in (("lower", lower), ("upper", upper)):
        if not math.isfinite(bound):
            raise RuntimeError(f"rrelu: {name} bound must be finite, got {float(bound)}")
    return rrelu_with_noise(self, _noise(self, lower, upper), lower, upper, training, generator)


@composite("rrelu_")
def rrelu_(self: Any, lower: Any, upper: Any, training: Any, generator: Any) -> Any:
    """rrelu in place."""
    _refuse_in_vmap("rrelu_")
    return rrelu_with_noise_(self, _noise(self, lower, upper), lower, upper, training, generator)


# ---------------------------------------------------------------- softshrink, hardshrink


def _hardshrink_backward(grad_out: Any, self: Any, lambd: Any) -> Any:
    return np.where((self >= -lambd) & (self <= lambd), grad_out.dtype.type(0), grad_out)


def _softshrink_backward(grad_output: Any, self: Any, lambd: Any) -> Any:
    return np.where((self >= -lambd) & (self <= lambd), grad_output.dtype.type(0), grad_output)


hardshrink_backward = pointwise(
    "hardshrink_backward", _hardshrink_backward, tensors=("grad_out", "self"),
    grad_out=lambda grad, self, lambd: hardshrink_backward(grad, self, lambd), self=lambda grad: zeros_like(grad),
)  # fmt: skip
hardshrink = elementwise(
    "hardshrink", lambda self, lambd=0.5: np.where((self >= -lambd) & (self <= lambd), self.dtype.type(0), self),
    no_kernel("hardshrink_cpu", NOT_FLOAT), self=lambda grad, self, lambd: hardshrink_backward(grad, self, lambd),
)  # fmt: skip
softshrink_backward = pointwise(
    "softshrink_backward", _softshrink_backward, tensors=("grad_output", "self"),
    grad_output=lambda grad, self, lambd: softshrink_backward(grad, self, lambd), self=lambda grad: zeros_like(grad),
)  # fmt: skip


def _softshrink(self: Any, lambd: Any = 0.5) -> Any:
    bound = self.dtype.type(lambd)
    return np.where(self > bound, self - bound, np.where(self < -bound, self + bound, self * self.dtype.type(0)))


def _check_lambda(values: Any) -> None:
    self, lambd = values[0], values[1]
    if isinstance(self, np.ndarray) and dtypes.of(self).is_floating_point and not lambd >= 0:
        dtype = dtypes.of(self)
        raise RuntimeError(f"lambda must be in range [0, {_LARGEST[dtype.name]}] for input dtype {dtype.cpp}, but found {lambd:g}")


_LARGEST = {"float32": "3.40282e+38", "float64": "1.79769e+308", "float16": "65504", "bfloat16": "3.38953e+38"}

softshrink = elementwise(
    "softshrink", _softshrink, no_kernel("softshrink_check", NOT_FLOAT), refuse=_check_lambda,
    direct="", self=lambda grad, self, lambd: softshrink_backward(grad, self, lambd),
)  # fmt: skip
