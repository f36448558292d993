"""Comparison, logic and bits; the larger or smaller of two; the rarer functions of two operands."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.memory import in_step
from rushlight._core.promotion import check_shapes, result_dtype
from rushlight._core.tensor import DISPATCH, META, TensorBase, values_of
from rushlight.ops import examples, kernels_special, meta_refusals
from rushlight.ops.carriers import REGISTRY, conj, divided, masked, masked_in_place, plus, scaled, where, written, zeros_like
from rushlight.ops.declare import COMPARE, FLOAT, also, composite, counted, op
from rushlight.ops.pointwise import (
    CPP_NAMES,
    NOT_FLOAT,
    NOT_INT,
    elementwise,
    in_place_variant,
    kind_of,
    no_derivative,
    no_kernel,
    pow_scalar,
    unimplemented,
)
from rushlight.ops.pointwise_unary import exp, reciprocal
from rushlight.ops.warn import warn_resized

_COMPLEX = "complex"

# ---------------------------------------------------------------- comparison

def _comparison(name: str, kernel: Any, alias: str, refused: str) -> Any:
    made = elementwise(f"{name}.Tensor", kernel, no_kernel(f"{name}_cpu", refused), computes=COMPARE)
    also(made, f"{name}.Scalar")
    if alias:
        also(made, f"{alias}.Tensor", f"{alias}.Scalar")
    zero = {"computes": COMPARE, "check": made.check_dtype, "self": lambda grad: zeros_like(grad)}
    in_place = [(f"{entry}_.Tensor", f"{entry}_.Scalar") for entry in (name, alias) if entry]
    stem = name.capitalize()
    in_place_variant(f"{name}.in_place_number", kernel, f"{stem}Backward0", *[entry[1] for entry in in_place], **zero)
    zero["other"] = lambda grad: zeros_like(grad)
    in_place_variant(f"{name}.in_place", kernel, f"{stem}Backward1", *[entry[0] for entry in in_place], **zero)
    return made


eq = _comparison("eq", np.equal, "", "")
ne = _comparison("ne", np.not_equal, "not_equal", "")
lt = _comparison("lt", np.less, "less", "wide complex")
le = _comparison("le", np.less_equal, "less_equal", "wide complex")
gt = _comparison("gt", np.greater, "greater", "wide complex")
ge = _comparison("ge", np.greater_equal, "greater_equal", "wide complex")


@op("isclose.values", tensors=("self", "other"), kind="pointwise")
def isclose_values(self: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Where two tensors differ by at most atol + rtol * |other|."""
    kinds = dtypes.of(self), dtypes.of(other)
    if kinds[0] is not kinds[1]:
        raise RuntimeError(f"{kinds[0].cpp} did not match {kinds[1].cpp}")
    if rtol < 0:
        raise RuntimeError(f"rtol must be greater than or equal to zero, but got {rtol:g}")
    if atol < 0:
        raise RuntimeError(f"atol must be greater than or equal to zero, but got {atol:g}")
    check_shapes([self, other])
    close, operands = np.equal(self, other), [self, other]
    if equal_nan and kinds[0].category >= dtypes.FLOATING:
        close = close | (np.isnan(self) & np.isnan(other))
    if rtol == 0 and atol == 0:
        return in_step(close, operands)
    if kinds[0].category <= dtypes.INTEGRAL:
        default = dtypes.get_default_dtype().np_dtype
        self, other = self.astype(default), other.astype(default)
    allowed = atol + np.abs(rtol * other)
    actual = np.abs(self - other)
    return in_step(close | (np.isfinite(actual) & (actual <= allowed)), operands)


@composite("isclose")
def isclose(self: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Where two tensors differ by at most atol + rtol * |other|; the result's version counts the masks that PyTorch joins to it."""
    if (self._flags | other._flags) & DISPATCH:  # in operators that PyTorch has, for those who take them over
        close = self == other
        if equal_nan:
            close = close | ((self != self) & (other != other))
        size = (self - other).abs()
        return close | ((size != math.inf) & (size <= (other * rtol).abs() + atol)) if rtol or atol else close
    found = isclose_values.apply([self, other, rtol, atol, equal_nan])
    times = (rtol != 0 or atol != 0) + (equal_nan and dtypes.of(self._array).category >= dtypes.FLOATING)
    return written(found, times) if times else found


@composite("allclose")
def allclose(self: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether isclose() holds everywhere."""
    examples.refuse(examples.ALLCLOSE, self, other)
    close = isclose(self, other, rtol, atol, equal_nan)
    if close._flags & DISPATCH:
        return bool(close.all().item())
    if close._flags & META:
        raise RuntimeError("Tensor.item() cannot be called on meta tensors")
    return bool(close._array.all())


@composite("equal")
def equal(self: Any, other: Any) -> bool:
    """Whether two tensors have the same shape and elements."""
    examples.refuse(examples.EQUAL, self, other)
    if self._flags & META:
        meta_refusals.check_kernel("equal")
    first, second = values_of(self), values_of(other)
    if first.shape != second.shape:
        return False
    return bool(eq.raw([first, second]).all())


# ---------------------------------------------------------------- logic and bits

logical_not = elementwise("logical_not", np.logical_not, no_kernel("logical_not_cpu", "wide"), computes=COMPARE)
for _name in ("logical_and", "logical_or", "logical_xor"):
    elementwise(_name, getattr(np, _name), no_kernel(f"{_name}_cpu", "wide"), computes=COMPARE)

bitwise_not = elementwise("bitwise_not", np.invert, no_kernel("bitwise_not_cpu", "wide float complex"))


def _bits(name: str, kernel: Any, refusal: tuple[str, str], scalar: str, special: str) -> None:
    """One operator on bits: all its overloads, and Python's operator `special`, also in place."""
    made = elementwise(
        f"{name}.Tensor", kernel, refusal, grad_fn="NotImplemented", self=no_derivative(name), other=no_derivative(name)
    )
    also(made, f"{name}.{scalar}", f"{name}.Scalar_Tensor", f"__{special}__.Tensor", f"__{special}__.Scalar")
    if scalar != "Scalar":
        also(made, f"{name}.Scalar")

    def in_place(self: Any, other: Any) -> Any:
        return made.apply_inplace([self, other])

    composite(f"__i{special}__.Tensor", f"__i{special}__.Scalar")(in_place)


_NO_BITS = "float complex"
_bits("bitwise_and", np.bitwise_and, no_kernel("bitwise_and_cpu", _NO_BITS), "Scalar", "and")
_bits("bitwise_or", np.bitwise_or, no_kernel("bitwise_or_cpu", _NO_BITS), "Scalar", "or")
_bits("bitwise_xor", np.bitwise_xor, no_kernel("bitwise_xor_cpu", _NO_BITS), "Scalar", "xor")
_bits("bitwise_left_shift", np.left_shift, no_kernel("lshift_cpu", NOT_INT), "Tensor_Scalar", "lshift")
_bits("bitwise_right_shift", np.right_shift, no_kernel("rshift_cpu", NOT_INT), "Tensor_Scalar", "rshift")

elementwise("gcd", np.gcd, no_kernel("gcd_cpu", NOT_INT))
elementwise("lcm", np.lcm, no_kernel("lcm_cpu", NOT_INT))

# ---------------------------------------------------------------- the larger, the smaller


def _half_where_equal(self: Any, other: Any, grad: Any) -> Any:
    return where(self == other, divided(grad, 2), grad)


def _extreme(name: str, kernel: Any) -> Any:
    """maximum or minimum: where the operands are equal each gets half of the gradient."""
    refusals = no_kernel(f"{name}_cpu", "wide"), (_COMPLEX, f"{name} not implemented for complex tensors.", RuntimeError)
    if name == "maximum":
        return elementwise(
            name, kernel, *refusals,
            self=lambda grad, self, other: masked(_half_where_equal(self, other, grad), self < other),
            other=lambda grad, self, other: masked(_half_where_equal(self, other, grad), self > other),
        )  # fmt: skip
    return elementwise(
        name, kernel, *refusals,
        self=lambda grad, self, other: masked(_half_where_equal(self, other, grad), self > other),
        other=lambda grad, self, other: masked(_half_where_equal(self, other, grad), self < other),
    )  # fmt: skip


maximum = also(_extreme("maximum", np.maximum), "max.other")
minimum = also(_extreme("minimum", np.minimum), "min.other")
maximum.writes = minimum.writes = counted(1, 1)


def _filled(grad: Any, mask: Any) -> Any:
    return REGISTRY["masked_fill.Scalar"](grad, mask, 0)


def _or_nan(mask: Any, other: Any, inverse: bool = False) -> Any:
    """Where the mask holds or `other` is NaN, or where not; PyTorch makes it in place."""
    found = mask | (other != other)
    if inverse:
        found = ~found
    return written(found, 1 + inverse) if isinstance(found, TensorBase) else found


fmax = elementwise(
    "fmax", np.fmax, no_kernel("maximum_cpu", "wide"), (_COMPLEX, "fmax not implemented for complex tensors.", RuntimeError),
    self=lambda grad, self, other: _filled(grad, _or_nan(self >= other, other, True)),
    other=lambda grad, self, other: _filled(grad, _or_nan(self >= other, other)),
)  # fmt: skip
fmin = elementwise(
    "fmin", np.fmin, no_kernel("minimum_cpu", "wide"), (_COMPLEX, "fmin not implemented for complex tensors.", RuntimeError),
    self=lambda grad, self, other: _filled(grad, _or_nan(self <= other, other, True)),
    other=lambda grad, self, other: _filled(grad, _or_nan(self <= other, other)),
)  # fmt: skip

# ---------------------------------------------------------------- clamp

_NO_CLAMP = (_COMPLEX, "clamp is not supported for complex types")
NO_BOUND = "torch.clamp: At least one of 'min' or 'max' must not be None"


def _clamp(self: Any, min: Any = None, max: Any = None) -> Any:
    found = self if min is None else np.maximum(self, min)
    return found if max is None else np.minimum(found, max)


def _within(self: Any, min: Any, max: Any) -> Any:
    if min is None:
        return self <= max
    if max is None:
        return self >= min
    found = self >= min
    if not isinstance(found, TensorBase):
        return found & (self <= max)
    both, below = REGISTRY["logical_and"], self <= max
    return both.apply([found, below]) if below._flags else both.apply_inplace([found, below])


def _clamp_bounds(grad: Any, self: Any, min: Any, max: Any) -> Any:
    if min is None:
        return None, where(self > max, grad, 0)
    if max is None:
        return where(self < min, grad, 0), None
    masks = (self < min) & (min < max), (self > max) | (max < min)
    low, high = [written(mask, 1) if isinstance(mask, TensorBase) else mask for mask in masks]
    return where(low, grad, 0), where(high, grad, 0)


_BOUNDS = ("self", "min", "max")


def _clamping(kernels: tuple[str, str, str], refused: str) -> Any:
    """The check that PyTorch's kernel for the bounds that are given (both, the lower, the upper) has code for a dtype."""

    def check(dtype: dtypes.dtype, values: Any) -> None:
        kind = kind_of(dtype)
        if kind == "complex" and ("scalar" in kernels[0] or values[0].dtype.kind == "c"):
            raise NotImplementedError(_NO_CLAMP[1])
        name = kernels[1 if values[2] is None else 2 if values[1] is None else 0]
        if kind == "complex" or kind in refused and (kind == "wide" or name in kernels[:1] or "scalar" in name):
            raise NotImplementedError(unimplemented(name) % dtype.cpp)

    return check


clamp_tensor = elementwise(
    "clamp.of_tensors", _clamp, direct="Bbhilqefd", tensors=_BOUNDS, grad_fn="ClampBackward0",
    **{
        "self": lambda grad, self, min, max: where(_within(self, min, max), grad, 0),
        "min, max": _clamp_bounds,
    },
)  # fmt: skip
clamp_scalar = elementwise(
    "clamp.of_numbers", _clamp, direct="Bbhilqefd", tensors=_BOUNDS, grad_fn="ClampBackward1",
    self=lambda grad, self, min, max: where(_within(self, min, max), grad, 0),
)  # fmt: skip
clamp_tensor.check_dtype = _clamping(("clamp_cpu", "maximum_cpu", "minimum_cpu"), "bool wide")
clamp_scalar.check_dtype = _clamping(("clamp_scalar_cpu", "clamp_min_scalar_cpu", "clamp_max_scalar_cpu"), "bool wide")


def _check_clamped(self: Any, *bounds: Any) -> None:
    """Raise where the result's dtype does not fit; this text names C++ types, unlike others."""
    arrays = [value._array if isinstance(value, TensorBase) else value for value in (self, *bounds)]
    found, wanted = result_dtype(arrays), dtypes.of(self._array)
    if not dtypes.can_cast(found, wanted):
        raise RuntimeError(f"result type {found.cpp} can't be cast to the desired output type {CPP_NAMES.get(wanted.cpp, wanted.cpp)}")


def _checked(made: Any, place: bool) -> Any:
    def call(self: Any, min: Any = None, max: Any = None) -> Any:
        if min is None and max is None:
            raise RuntimeError(NO_BOUND)
        if place and made is clamp_scalar:
            _check_clamped(self, min, max)
        return made.apply_inplace([self, min, max]) if place else made.apply([self, min, max])

    return call


for _place in ("", "_"):
    composite(f"clamp{_place}.Tensor", f"clip{_place}.Tensor")(_checked(clamp_tensor, bool(_place)))
    composite(f"clamp{_place}", f"clip{_place}")(_checked(clamp_scalar, bool(_place)))


def _clamp_min(self: Any, min: Any) -> Any:
    return np.maximum(self, min)


def _clamp_max(self: Any, max: Any) -> Any:
    return np.minimum(self, max)


elementwise(
    "clamp_min", _clamp_min, no_kernel("clamp_min_scalar_cpu", "bool wide"), _NO_CLAMP, tensors=("self", "min"),
    self=lambda grad, self, min: where(self >= min, grad, 0),
)  # fmt: skip
elementwise(
    "clamp_max", _clamp_max, no_kernel("clamp_max_scalar_cpu", "bool wide"), _NO_CLAMP, tensors=("self", "max"),
    self=lambda grad, self, max: where(self <= max, grad, 0),
)  # fmt: skip
elementwise(
    "clamp_min.Tensor", _clamp_min, no_kernel("maximum_cpu", "wide complex"), tensors=("self", "min"), grad_fn="ClampMinBackward1",
    self=lambda grad, self, min: where(self >= min, grad, 0),
    min=lambda grad, self, min: where(self < min, grad, 0),
)  # fmt: skip
elementwise(
    "clamp_max.Tensor", _clamp_max, no_kernel("minimum_cpu", "wide complex"), tensors=("self", "max"), grad_fn="ClampMaxBackward1",
    self=lambda grad, self, max: where(self <= max, grad, 0),
    max=lambda grad, self, max: where(self > max, grad, 0),
)  # fmt: skip

# ---------------------------------------------------------------- other functions of two operands


def _atan2_both(grad: Any, self: Any, other: Any) -> Any:
    square = other * other
    inverse = masked(reciprocal(self * self + square), (self == 0) & (other == 0))
    return grad * other * inverse, grad * -self * inverse


atan2 = elementwise(
    "atan2", np.arctan2, no_kernel("atan2_cpu", _COMPLEX), computes=FLOAT, **{"self, other": _atan2_both}
)
also(atan2, "arctan2")
elementwise(
    "hypot", np.hypot, no_kernel("hypot_cpu", NOT_FLOAT),
    self=lambda grad, self, result: grad * self / result,
    other=lambda grad, other, result: grad * other / result,
)  # fmt: skip


def _copysign_self(grad: Any, self: Any, result: Any) -> Any:
    return grad * masked_in_place(result / self, self == 0)


_NO_COPYSIGN = no_kernel("copysign_cpu", _COMPLEX)
elementwise(
    "copysign.Tensor", np.copysign, _NO_COPYSIGN, computes=FLOAT, writes=(0, 1), self=_copysign_self, other=lambda grad: zeros_like(grad)
)
elementwise("copysign.Scalar", np.copysign, _NO_COPYSIGN, computes=FLOAT, grad_fn="CopysignBackward1", self=_copysign_self)
def _alike(values: Any) -> None:
    if values[0].dtype.kind == "c" or values[1].dtype.kind == "c":
        raise RuntimeError("heaviside is not yet implemented for complex tensors.")
    if dtypes.of(values[0]) is not dtypes.of(values[1]):
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")


elementwise(
    "heaviside", lambda self, values: np.where(self == 0, values, (self > 0).astype(self.dtype)),
    no_kernel("heaviside_cpu", "wide"), (_COMPLEX, "heaviside is not yet implemented for complex tensors.", RuntimeError),
    refuse=_alike, tensors=("self", "values"), grad_fn="NotImplemented", self=no_derivative("heaviside"), values=no_derivative("heaviside"),
)  # fmt: skip
elementwise(
    "nextafter", np.nextafter, no_kernel("nextafter_cpu", NOT_FLOAT), computes=COMPARE, direct="fd",  # not by way of float32
    writes=(0, 1),
    self=lambda grad, self, other: where(self != other, grad, 0),
    other=lambda grad: zeros_like(grad),
)  # fmt: skip


def _xlogy(self: Any, other: Any) -> Any:
    return kernels_special.xlogy(self, other)


_NO_XLOGY = no_kernel("xlogy_cpu", _COMPLEX)
xlogy = elementwise(
    "xlogy.Tensor", _xlogy, _NO_XLOGY, computes=FLOAT,
    self=lambda grad, self, other: masked(xlogy(grad, other), (self == 0) & (other <= 0)),
    other=lambda grad, self, other: grad * self / other,
)  # fmt: skip
elementwise(
    "xlogy.Scalar_Self", _xlogy, _NO_XLOGY, computes=FLOAT, grad_fn="XlogyBackward1",
    other=lambda grad, self, other: grad * self / other,
)  # fmt: skip


def _xlogy_number_self(grad: Any, self: Any, other: Any) -> Any:
    found = xlogy(grad, other)
    return found if other > 0 else where(self == 0, 0, found)


elementwise("xlogy.Scalar_Other", _xlogy, _NO_XLOGY, computes=FLOAT, grad_fn="XlogyBackward2", self=_xlogy_number_self)

def _ldexp(self: Any, other: Any) -> Any:
    exponents = None if self.dtype.kind == "c" else np.clip(other, -(1 << 20), 1 << 20)
    if exponents is None or not (exponents == np.floor(exponents)).all():
        return self * np.power(np.asarray(2, self.dtype), other)
    return np.ldexp(self, exponents.astype(np.int32))  # does not overflow on the way


def _check_ldexp(values: Any) -> None:
    """PyTorch has a kernel of its own for exponents that are integers, whose result is made in the shape of the first operand."""
    self, other = values[:2]
    if not isinstance(other, np.ndarray) or other.dtype.kind not in "biu" or not isinstance(self, np.ndarray) or self.dtype.kind in "biuc":
        return
    kind = dtypes.of(other)
    if kind_of(kind) in ("bool", "wide"):
        raise NotImplementedError(unimplemented("ldexp_cpu_exp") % kind.cpp)
    shape = np.broadcast_shapes(self.shape, other.shape)
    if shape != self.shape and self.size:
        warn_resized(self.shape, shape)


ldexp = elementwise(
    "ldexp.Tensor", _ldexp, refuse=_check_ldexp, computes=FLOAT,
    self=lambda grad, other: grad * conj(pow_scalar(2.0, other)),
    other=lambda grad, result: scaled(grad * conj(result), math.log(2)),
)  # fmt: skip
also(ldexp, "ldexp")


def _logaddexp(self: Any, other: Any) -> Any:
    if self.dtype.kind != "c":
        return np.logaddexp(self, other)
    larger = np.where(self.real >= other.real, self, other)
    smaller = np.where(self.real >= other.real, other, self)
    return np.where(np.isfinite(larger.real) | (self != other), larger + np.log1p(np.exp(smaller - larger)), self)


elementwise(
    "logaddexp", _logaddexp, no_kernel("logaddexp_cpu", "bool int wide"),
    self=lambda grad, self, other: grad / conj(plus(exp(other - self), 1)),
    other=lambda grad, self, other: grad / conj(plus(exp(self - other), 1)),
)  # fmt: skip
elementwise(
    "logaddexp2", np.logaddexp2, no_kernel("logaddexp2_cpu", NOT_FLOAT),
    self=lambda grad, self, other: grad / plus(pow_scalar(2, other - self), 1),
    other=lambda grad, self, other: grad / plus(pow_scalar(2, self - other), 1),
)  # fmt: skip
