"""Functions of one operand: exponentials, trigonometry, rounding, signs, complex parts, special functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.memory import in_step
from rushlight._core.promotion import check_shapes
from rushlight._core.tensor import TensorBase
from rushlight.ops import carriers, kernels_special, layout
from rushlight.ops.carriers import conj, is_complex, less, number_less, plus, real, scaled, where, written, zeros_like
from rushlight.ops.declare import COMPARE, FLOAT, REGISTRY, also, composite, counted, op, pointwise
from rushlight.ops.pointwise import NOT_FLOAT, elementwise, in_place_variant, no_derivative, no_kernel, pow_number

_COMPLEX = "complex"


def special(name: str) -> Any:
    """The kernel kernels_special.<name>, loaded when it is first called; its results keep the operand's memory order."""

    def kernel(self: Any, *settings: Any) -> Any:
        found = getattr(kernels_special, name)(self, *settings)
        if self.flags.c_contiguous:
            return found
        ordered = np.empty_like(self)
        ordered[...] = found
        return ordered

    return kernel


def floating(spec: str, kernel: Any, *rules: Any, **settings: Any) -> Any:
    """elementwise() for an operator that computes integers in the default dtype."""
    return elementwise(spec, kernel, *rules, computes=FLOAT, **settings)


# ---------------------------------------------------------------- exponentials and logarithms

NEGATED_BOOL = (
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` "
    "operator instead."
)
neg = elementwise(
    "neg", np.negative, no_kernel("neg_cpu", "wide"), ("bool", NEGATED_BOOL, RuntimeError), self=lambda grad: -grad
)
also(neg, "negative")
neg.writes_directly = False  # NumPy 2.4 gives wrong values where it negates strided floats in place

exp = floating("exp", np.exp, self=lambda grad, result: grad * conj(result))
exp2 = floating("exp2", np.exp2, direct="efd", self=lambda grad, result: scaled(grad * conj(result), math.log(2)))
expm1 = floating("expm1", np.expm1, self=lambda grad, result: grad * plus(conj(result), 1))
log = floating("log", np.log, self=lambda grad, self: grad / conj(self))
log2 = floating("log2", np.log2, self=lambda grad, self: grad / scaled(conj(self), math.log(2)))
log10 = floating("log10", np.log10, self=lambda grad, self: grad / scaled(conj(self), math.log(10)))
log1p = floating("log1p", np.log1p, grad_fn="Log1PBackward0", self=lambda grad, self: grad / conj(plus(self, 1)))


def _reciprocal(self: Any) -> Any:
    """1 / self; NumPy's reciprocal of a complex number has other signs and infinities."""
    return np.true_divide(1, self) if self.dtype.kind == "c" else np.reciprocal(self)


def _rsqrt(self: Any) -> Any:
    return _reciprocal(np.sqrt(self))


def _rsqrt_self(grad: Any, result: Any) -> Any:
    slope = conj(pow_number(result, 3))
    return scaled(grad, -0.5) * slope


def _reciprocal_self(grad: Any, result: Any) -> Any:
    slope = conj(result * result)
    return -grad * slope


sqrt = floating("sqrt", np.sqrt, self=lambda grad, result: grad / scaled(conj(result), 2))
rsqrt = floating("rsqrt", _rsqrt, self=_rsqrt_self)
reciprocal = floating(
    "reciprocal", _reciprocal, direct="efd", direct_kernel=np.reciprocal, self=_reciprocal_self
)

# ---------------------------------------------------------------- trigonometry

sin = floating("sin", np.sin, self=lambda grad, self: grad * conj(cos(self)))
cos = floating("cos", np.cos, self=lambda grad, self: grad * -conj(sin(self)))
tan = floating("tan", np.tan, self=lambda grad, result: grad * conj(plus(pow_number(result, 2), 1)))
asin = floating("asin", np.arcsin, self=lambda grad, self: grad * conj(rsqrt(plus(-self * self, 1))))
acos = floating("acos", np.arccos, self=lambda grad, self: grad * -conj(rsqrt(plus(-self * self, 1))))
atan = floating("atan", np.arctan, self=lambda grad, self: grad / conj(plus(self * self, 1)))
sinh = floating("sinh", np.sinh, self=lambda grad, self: grad * conj(cosh(self)))
cosh = floating("cosh", np.cosh, self=lambda grad, self: grad * conj(sinh(self)))
tanh = floating("tanh", np.tanh, self=lambda grad, result: tanh_backward(grad, result))
asinh = floating("asinh", np.arcsinh, self=lambda grad, self: grad * conj(rsqrt(plus(pow_number(self, 2), 1))))


def _acosh_self(grad: Any, self: Any) -> Any:
    if is_complex(self):
        below = rsqrt(less(self, 1))
        return grad * conj(rsqrt(plus(self, 1)) * below)
    return grad * rsqrt(less(self * self, 1))


def _atanh_self(grad: Any, self: Any) -> Any:
    divisor = conj(number_less(1, pow_number(self, 2)))
    return scaled(grad, 1) / divisor


acosh = floating("acosh", np.arccosh, self=_acosh_self)
atanh = floating("atanh", np.arctanh, self=_atanh_self)
for _made in (asinh, acosh, atanh):  # PyTorch does not differentiate their in-place forms
    in_place_variant(
        f"{_made.name}.in_place", _made.kernel, f"{_made.name.capitalize()}Backward1", f"{_made.name}_", f"arc{_made.name[1:]}_",
        computes=FLOAT,
        check=_made.check_dtype, self=no_derivative(f"inplace version of {_made.name}", "the derivative for '{}' is not implemented."),
    )  # fmt: skip
for _short in ("sin", "cos", "tan"):
    also(REGISTRY["a" + _short], "arc" + _short)
    also(REGISTRY["a" + _short + "h"], "arc" + _short + "h")


def _tanh_backward(grad_output: Any, output: Any) -> Any:
    return grad_output * (1 - np.conj(output * output) if output.dtype.kind == "c" else 1 - output * output)


tanh_backward = pointwise(
    "tanh_backward", _tanh_backward, tensors=("grad_output", "output"),
    grad_output=lambda grad, output: tanh_backward(grad, conj(output)),
    output=lambda grad, grad_output, output: conj(grad) * (scaled(conj(output), -2) * grad_output),
)  # fmt: skip

# ---------------------------------------------------------------- sigmoid and logit


def _sigmoid(self: Any) -> Any:
    result = np.exp(np.negative(self))
    result += 1
    return _reciprocal(result)


def _sigmoid_backward(grad_output: Any, output: Any) -> Any:
    output = np.conj(output) if output.dtype.kind == "c" else output
    return grad_output * (1 - output) * output


def _sigmoid_twice(grad: Any, grad_output: Any, output: Any) -> Any:
    slope = plus(scaled(conj(output), -2), 1)
    return conj(grad) * grad_output * slope


sigmoid = floating("sigmoid", _sigmoid, self=lambda grad, result: sigmoid_backward(grad, result))
sigmoid_backward = pointwise(
    "sigmoid_backward", _sigmoid_backward, tensors=("grad_output", "output"),
    grad_output=lambda grad, output: sigmoid_backward(grad, conj(output)),
    output=lambda grad, grad_output, output: _sigmoid_twice(grad, grad_output, output),
)  # fmt: skip


def _logit_self(grad: Any, self: Any, eps: Any) -> Any:
    low, outside = (0.0, math.nan) if eps is None or eps < 0 else (eps, 0.0)
    return where((self >= low) & (self <= 1.0 - low), grad / (self * number_less(1, self)), outside)


logit = floating(
    "logit", lambda self, eps=None: kernels_special.logit(self, eps), no_kernel("logit_cpu", _COMPLEX), self=_logit_self
)

# ---------------------------------------------------------------- special functions

_ROOT_PI = math.sqrt(math.pi)


def _gaussian(grad: Any, self: Any, factor: float) -> Any:
    return scaled(exp(-pow_number(self, 2)), factor) * grad


erf = floating(
    "erf", special("erf"), no_kernel("erf_vml_cpu", _COMPLEX), self=lambda grad, self: _gaussian(grad, self, 2 / _ROOT_PI)
)
erfc = floating(
    "erfc", special("erfc"), no_kernel("erfc_vml_cpu", _COMPLEX), self=lambda grad, self: _gaussian(grad, self, -2 / _ROOT_PI)
)


def _erfinv_self(grad: Any, self: Any) -> Any:
    return scaled(exp(pow_number(erfinv(self), 2)), 0.5 * _ROOT_PI) * grad


erfinv = floating("erfinv", special("erfinv"), no_kernel("erfinv_vml_cpu", _COMPLEX), self=_erfinv_self)
lgamma = floating(
    "lgamma", special("lgamma"), no_kernel("lgamma_vml_cpu", _COMPLEX), self=lambda grad, self: grad * digamma(self)
)
digamma = floating(
    "digamma", special("digamma"), no_kernel("digamma", _COMPLEX), self=lambda grad, self: grad * polygamma(1, self)
)


def _refuse_polygamma(values: Any) -> None:
    n, value = values
    if value.dtype.kind == "c" and n in (0, 1):
        raise NotImplementedError(f"\"{'trigamma' if n else 'digamma'}\" not implemented for '{dtypes.of(value).cpp}'")


def _polygamma(n: int, self: Any) -> Any:
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return kernels_special.digamma(self) if n == 0 else kernels_special.polygamma(n, self)


polygamma = floating(
    "polygamma", _polygamma, no_kernel("polygamma", _COMPLEX), refuse=_refuse_polygamma,
    self=lambda grad, n, self: grad * polygamma(n + 1, self),
)
# In place the tensor comes first: PyTorch has an operator of its own.
in_place_variant(
    "polygamma.in_place", lambda self, n: _polygamma(n, self), "PolygammaBackward1", "polygamma_", computes=FLOAT, direct="fd",
    check=polygamma.check_dtype,
    self=lambda grad, self, n: grad * polygamma(n + 1, self),
)  # fmt: skip


def _sinc_self(grad: Any, self: Any) -> Any:
    angle_ = scaled(self, math.pi)
    square = scaled(self * self, math.pi)
    sine = sin(angle_)
    return where(self == 0, 0, grad * conj((angle_ * cos(angle_) - sine) / square))


sinc = floating("sinc", special("sinc"), self=_sinc_self)
_PER_DEGREE = math.pi / 180
deg2rad = floating(
    "deg2rad", lambda self: self * _PER_DEGREE, (_COMPLEX, "deg2rad is not supported for complex tensors.", RuntimeError),
    grad_fn="Deg2RadBackward0", self=lambda grad: scaled(grad, _PER_DEGREE),
)  # fmt: skip
rad2deg = floating(
    "rad2deg", lambda self: self * (180 / math.pi), (_COMPLEX, "rad2deg is not supported for complex tensors.", RuntimeError),
    grad_fn="Rad2DegBackward0", self=lambda grad: scaled(grad, 180 / math.pi),
)  # fmt: skip

# ---------------------------------------------------------------- rounding


def _rounding(name: str, kernel: Any, *rules: Any, **settings: Any) -> Any:
    """A rounding function; integers are whole already, and are copied."""

    def run(self: Any) -> Any:
        return self.copy() if self.dtype.kind in "iu" else kernel(self)

    return elementwise(
        name, run, no_kernel(f"{name}_vml_cpu", "bool"), *rules, direct_kernel=kernel, direct="efd",
        self=lambda grad: zeros_like(grad), **settings,
    )  # fmt: skip


floor = _rounding("floor", np.floor, (_COMPLEX, "floor is not supported for complex inputs"))
ceil = _rounding("ceil", np.ceil, (_COMPLEX, "ceil is not supported for complex inputs"))
trunc = _rounding("trunc", np.trunc, (_COMPLEX, "trunc is not supported for complex inputs"))
round = _rounding("round", np.rint, no_kernel("round_vml_cpu", _COMPLEX))
also(trunc, "fix")


def _refuse_round(values: Any) -> None:
    if values[1] == 0 and values[0].dtype.kind in "biuc":
        raise NotImplementedError(f"\"round_vml_cpu\" not implemented for '{dtypes.of(values[0]).cpp}'")


def _round_decimals(self: Any, decimals: int) -> Any:
    if decimals == 0:
        return np.rint(self)
    scale = self.dtype.type(10.0 ** abs(decimals))
    return np.rint(self * scale) / scale if decimals > 0 else np.rint(self / scale) * scale


round_decimals = elementwise(
    "round.decimals", _round_decimals, no_kernel("round_cpu", NOT_FLOAT), grad_fn="RoundBackward1", refuse=_refuse_round,
    self=lambda grad: zeros_like(grad),
)  # fmt: skip
frac = elementwise(
    "frac", lambda self: self - np.trunc(self), no_kernel("frac_cpu", NOT_FLOAT), self=lambda grad: grad
)

# ---------------------------------------------------------------- signs

_NO_SIGN = no_kernel("sign_cpu", "wide")


def _sign(self: Any) -> Any:
    """The sign; that of nan is 0."""
    if self.dtype.kind == "b":
        return self.copy()
    if self.dtype.kind in "iu":
        return np.sign(self)
    return np.subtract(self > 0, self < 0, dtype=self.dtype)


def _sgn(self: Any) -> Any:
    if self.dtype.kind != "c":
        return _sign(self)
    size = np.abs(self)
    return np.where(size == 0, 0, self / size).astype(self.dtype)


def _abs_self(grad: Any, self: Any) -> Any:
    return grad * sgn(self)


def _sgn_self(grad: Any, self: Any, result: Any) -> Any:
    if not is_complex(self):
        return zeros_like(grad)
    size = abs_(self)
    along = real(grad / result) * result
    return where(size == 0, 0, (grad - along) / size)


abs_ = elementwise("abs", np.absolute, no_kernel("abs_cpu", "bool wide"), self=_abs_self)
also(abs_, "absolute")


@composite("abs_", "absolute_")
def abs_in_place(self: Any) -> Any:
    """abs in place, which cannot make real numbers of complex ones."""
    if self.dtype.is_complex:
        raise RuntimeError("In-place abs is not supported for complex tensors.")
    return abs_.apply_inplace([self])


sign = elementwise(
    "sign", _sign, _NO_SIGN,
    (_COMPLEX, "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead."),
    self=lambda grad: zeros_like(grad),
)  # fmt: skip
sgn = elementwise("sgn", _sgn, _NO_SIGN, writes=lambda self: counted(1) if is_complex(self) else 0, self=_sgn_self)


def _signbit(self: Any) -> Any:
    return np.signbit(self) if self.dtype.kind in "fV" else self < 0


signbit = elementwise(
    "signbit", lambda self: np.zeros_like(self) if self.dtype.kind == "b" else _signbit(self),
    (_COMPLEX, "signbit is not implemented for complex tensors."),
)  # fmt: skip

# ---------------------------------------------------------------- kinds of numbers


def _positive_infinity(self: Any) -> Any:
    return np.isinf(self) & (self > 0)


def _negative_infinity(self: Any) -> Any:
    return np.isinf(self) & (self < 0)


isnan = elementwise("isnan", np.isnan)
isinf = elementwise("isinf", np.isinf)
isfinite_values = elementwise("isfinite.values", np.isfinite)


@composite("isfinite")
def isfinite(self: Any) -> Any:
    """Where numbers are finite; PyTorch joins two masks for complex ones, which the result's version shows."""
    found = isfinite_values(self)
    return written(found, 1) if isinstance(found, TensorBase) and self._array.dtype.kind == "c" else found


isposinf = elementwise("isposinf", _positive_infinity, (_COMPLEX, "isposinf does not support complex inputs.", RuntimeError))
isneginf = elementwise("isneginf", _negative_infinity, (_COMPLEX, "isneginf does not support complex inputs.", RuntimeError))
isreal = elementwise("isreal", lambda self: np.imag(self) == 0 if self.dtype.kind == "c" else np.ones_like(self, np.bool_))

_LARGEST_BFLOAT16 = 3.3895313892515355e38


def _replace_special(self: Any, nan: Any, posinf: Any, neginf: Any) -> Any:
    largest = _LARGEST_BFLOAT16 if self.dtype.kind == "V" else float(np.finfo(self.dtype).max)
    found = np.where(np.isnan(self), np.asarray(0.0 if nan is None else nan).astype(self.dtype), self)
    found = np.where(self == math.inf, np.asarray(largest if posinf is None else posinf).astype(self.dtype), found)
    return np.where(self == -math.inf, np.asarray(-largest if neginf is None else neginf).astype(self.dtype), found)


def _nan_to_num(self: Any, nan: Any = None, posinf: Any = None, neginf: Any = None) -> Any:
    if self.dtype.kind in "biu":
        return self.copy()
    if self.dtype.kind != "c":
        return _replace_special(self, nan, posinf, neginf)
    found = np.empty_like(self)
    found.real = _replace_special(self.real, nan, posinf, neginf)
    found.imag = _replace_special(self.imag, nan, posinf, neginf)
    return found


nan_to_num = elementwise(
    "nan_to_num", _nan_to_num, computes=COMPARE, self=lambda grad, self: grad * isfinite(self)
)

# ---------------------------------------------------------------- complex numbers

conj_ = pointwise("_conj_at_once", np.conjugate, grad_fn="ConjBackward0", self=lambda grad: conj(grad))
_conj_physical = pointwise("_conj_physical", np.conjugate, grad_fn="ConjPhysicalBackward0", self=lambda grad: conj_physical(grad))


@composite("conj_physical")
def conj_physical(self: Any) -> Any:
    """The complex conjugate as values; a real tensor itself."""
    return _conj_physical(self) if is_complex(self) else self


in_place_variant(
    "conj_physical.in_place", np.conjugate, "ConjPhysicalBackward1", "conj_physical_", self=lambda grad: conj_physical(grad)
)


@composite("positive")
def positive(self: Any) -> Any:
    """The tensor itself."""
    if self._array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return self


def _angle(self: Any) -> Any:
    if self.dtype.kind == "c":
        return np.angle(self)
    return np.where(np.isnan(self), self, np.where(self < 0, self.dtype.type(math.pi), self.dtype.type(0)))


def _angle_self(grad: Any, self: Any) -> Any:
    if not is_complex(self):
        return zeros_like(grad)
    size = abs_(self)
    return where(size == 0, 0, grad * (self / (size * size)) * 1j)


angle = floating("angle", _angle, self=_angle_self)


def _check_parts(first: Any, second: Any) -> None:
    kinds = [dtypes.of(part) for part in (first, second)]
    allowed = (dtypes.float16, dtypes.float32, dtypes.float64)
    if kinds[0] not in allowed or kinds[1] not in allowed:
        raise RuntimeError(f"Expected both inputs to be Half, Float or Double tensors but got {kinds[0].cpp} and {kinds[1].cpp}")
    if kinds[0] is not kinds[1]:
        raise RuntimeError(f"Expected object of scalar type {kinds[0].cpp} but got scalar type {kinds[1].cpp} for second argument")
    if kinds[0] is dtypes.float16:
        raise NotImplementedError("rushlight does not have the dtype complex32")


def _join(first: Any, second: Any) -> Any:
    """A complex array of real and imaginary parts."""
    shape = np.broadcast_shapes(first.shape, second.shape)
    strides = layout.iterated_strides(shape, [layout.broadcast_strides(part, shape) for part in (first, second)])
    found = layout.empty_strided(shape, strides, dtypes.of(first).to_complex().np_dtype)
    found.real = first
    found.imag = second
    return found


@op(
    "complex", tensors=("real", "imag"), kind="pointwise",
    real=lambda grad, real: carriers.real(grad), imag=lambda grad, imag: carriers.imag(grad),
)  # fmt: skip
def complex_(real: Any, imag: Any) -> Any:
    """The complex numbers of real and imaginary parts."""
    _check_parts(real, imag)
    return _join(real, imag)


def _polar_both(grad: Any, result: Any) -> Any:
    turned = conj(grad)
    return real(turned * sgn(result)), real(turned * scaled(result, 1j))


@op(
    "polar", tensors=("abs", "angle"), kind="pointwise",
    **{"abs, angle": _polar_both},
)  # fmt: skip
def polar(abs: Any, angle: Any) -> Any:
    """The complex numbers of absolute values and angles."""
    _check_parts(abs, angle)
    check_shapes([abs, angle])
    return in_step(_join(abs * np.cos(angle), abs * np.sin(angle)), [abs, angle])
