"""The functions of torch.special that are operators of their own, and the other names of those that torch has too."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight.ops import kernels_special, pointwise_unary as unary
from rushlight.ops.carriers import divided, dtype_of, less, masked, plus, scaled, where, wrap_like
from rushlight.ops.declare import FLOAT, REGISTRY, also, composite, pointwise
from rushlight.ops.layout import row_major
from rushlight.ops.pointwise import NOT_FLOAT, elementwise, no_kernel, unimplemented
from rushlight.ops.pointwise_unary import digamma, erf, exp, floating, lgamma, log, sgn, special

_COMPLEX = "complex"


def underivable(name: str) -> Any:
    """The formula of an input that PyTorch cannot differentiate by."""

    def formula(grad: Any) -> Any:
        raise NotImplementedError(f"the derivative for '{name}' is not implemented.")

    return formula


def _no_half(name: str) -> Any:
    """The check of an operator that takes float32 and float64 only."""
    text = unimplemented(f"{name}_cpu")

    def check(dtype: dtypes.dtype, values: Any) -> None:
        if dtype.itemsize == 2 or dtype.is_complex:
            raise NotImplementedError(text % dtype.cpp)

    return check


def wide(name: str, **settings: Any) -> Any:
    """An operator of torch.special with one operand that has no 16-bit form."""
    kernel = special(name)
    parameter = settings.pop("parameter", "self")
    if parameter != "self":
        inner = kernel

        def kernel(x: Any) -> Any:
            return inner(x)

        settings["tensors"] = ("x",)
    return pointwise(f"special_{name}", kernel, computes=FLOAT, direct="fd", check=_no_half(name), **settings)


# ---------------------------------------------------------------- Bessel functions

i0 = floating("i0", special("i0"), no_kernel("i0_vml_cpu", _COMPLEX), self=lambda grad, self: grad * i1(self))
also(i0, "special_i0")

def _i0e_self(grad: Any, self: Any, result: Any) -> Any:
    turned = sgn(self) * result
    return grad * (i1e(self) - turned)


i0e = floating(
    "special_i0e", special("i0e"), no_kernel("i0e_cpu", _COMPLEX), grad_fn="SpecialI0EBackward0",
    self=_i0e_self,
)  # fmt: skip


def _away_from_zero(self: Any) -> tuple[Any, Any]:
    """Where self is not about 0, and self with a small number elsewhere."""
    least = float(np.finfo(dtype_of(self).np_dtype).eps)
    apart = unary.abs_(self) > least
    return apart, where(apart, self, least)


def _i1_slope(safe: Any, result: Any) -> Any:
    taken = result * unary.reciprocal(safe)
    return i0(safe) - taken


def _i1e_slope(safe: Any, result: Any) -> Any:
    inverse = unary.reciprocal(safe)
    taken = result * (sgn(safe) + inverse)
    return i0e(safe) - taken


def _i1_self(grad: Any, self: Any, result: Any) -> Any:
    apart, safe = _away_from_zero(self)
    return grad * where(apart, _i1_slope(safe, result), 0.5)


def _i1e_self(grad: Any, self: Any, result: Any) -> Any:
    apart, safe = _away_from_zero(self)
    return grad * where(apart, _i1e_slope(safe, result), 0.5)


i1 = floating("special_i1", special("i1"), no_kernel("i1_cpu", _COMPLEX), self=_i1_self)
i1e = floating("special_i1e", special("i1e"), no_kernel("i1e_cpu", _COMPLEX), grad_fn="SpecialI1EBackward0", self=_i1e_self)

for _name in "bessel_j0 bessel_j1 bessel_y0 bessel_y1 modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1".split():
    wide(_name)
for _name in "airy_ai scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0".split():
    wide(_name, parameter="x")

# ---------------------------------------------------------------- the normal distribution and its kin


def _ndtri_self(grad: Any, result: Any) -> Any:
    slope = exp(divided(unary.pow_number(result, 2), 2))
    return scaled(grad, math.sqrt(2 * math.pi)) * slope


def _log_ndtr_self(grad: Any, self: Any, result: Any) -> Any:
    slope = exp(-(result + divided(unary.pow_number(self, 2), 2)))
    return divided(grad, math.sqrt(2 * math.pi)) * slope


erfcx = wide("erfcx", self=lambda grad, self, result: less(scaled(self, 2.0) * result, 2.0 / math.sqrt(math.pi)) * grad)
ndtri = wide("ndtri", self=_ndtri_self)
log_ndtr = wide("log_ndtr", self=_log_ndtr_self)
entr = floating("special_entr", special("entr"), no_kernel("entr_cpu", _COMPLEX), self=lambda grad, self: grad * -plus(log(self), 1))


@composite("special_ndtr")
def ndtr(self: Any) -> Any:
    """The area under the normal curve left of self."""
    return scaled(plus(erf(scaled(self, math.sqrt(0.5))), 1), 0.5)


# ---------------------------------------------------------------- gamma functions


def _mvlgamma(self: Any, p: int) -> Any:
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    return row_major(kernels_special.mvlgamma(self, p))


def _mvlgamma_self(grad: Any, self: Any, p: int) -> Any:
    steps = wrap_like(self, np.arange(-p / 2 + 0.5, 0.5, 0.5, self.dtype if isinstance(self, np.ndarray) else self.dtype.np_dtype))
    return grad * REGISTRY["sum.dim_IntList"](digamma(steps + REGISTRY["unsqueeze"](self, -1)), (-1,), False)


def _refuse_bool(dtype: dtypes.dtype, values: Any) -> None:
    if values[0].dtype.kind == "b":
        raise RuntimeError("The input tensor may not be a boolean tensor.")
    if dtype.is_complex:
        raise NotImplementedError(unimplemented("arange_cpu") % dtype.cpp)


mvlgamma = pointwise("mvlgamma", _mvlgamma, computes=FLOAT, direct="fd", check=_refuse_bool, self=_mvlgamma_self)
also(mvlgamma, "special_multigammaln")


def _gamma_density(self: Any, other: Any) -> Any:
    return exp((self - 1) * log(other) - other - lgamma(self))


igamma = elementwise(
    "igamma", lambda self, other: kernels_special.gammainc(self, other), no_kernel("igamma_cpu", NOT_FLOAT),
    self=underivable("igamma: input"), other=lambda grad, self, other: grad * _gamma_density(self, other),
)  # fmt: skip
igammac = elementwise(
    "igammac", lambda self, other: kernels_special.gammaincc(self, other), no_kernel("igammac_cpu", NOT_FLOAT),
    self=underivable("igammac: input"), other=lambda grad, self, other: -grad * _gamma_density(self, other),
)  # fmt: skip
also(igamma, "special_gammainc")
also(igammac, "special_gammaincc")


def _zeta(self: Any, other: Any) -> Any:
    return kernels_special.zeta(self, other)


_WIDE_PAIR: dict[str, Any] = {"computes": FLOAT, "direct": "fd", "check": _no_half("zeta")}
zeta = pointwise(
    "special_zeta", _zeta, **_WIDE_PAIR,
    self=underivable("zeta"), other=lambda grad, self, other: grad * -self * zeta(self + 1.0, other),
)  # fmt: skip
zeta_number = pointwise(
    "special_zeta.self_scalar", _zeta, grad_fn="SpecialZetaBackward1", **_WIDE_PAIR,
    other=lambda grad, self, other: grad * -self * zeta_number(self + 1.0, other),
)  # fmt: skip
pointwise("special_zeta.other_scalar", _zeta, grad_fn="SpecialZetaBackward2", **_WIDE_PAIR, self=underivable("zeta"))

# ---------------------------------------------------------------- xlog1py


def _xlog1py(self: Any, other: Any) -> Any:
    return kernels_special.xlog1py(self, other)


def _xlog1py_other(grad: Any, self: Any, other: Any) -> Any:
    divisor = plus(other, 1)
    return grad * self / divisor


def _xlog1py_number_self(grad: Any, self: Any, other: Any) -> Any:
    found = xlog1py(grad, other)
    return found if other > -1 else masked(found, self == 0)


_NO_XLOG1PY = no_kernel("xlog1py_cpu", _COMPLEX)
xlog1py = floating(
    "special_xlog1py", _xlog1py, _NO_XLOG1PY, grad_fn="SpecialXlog1PyBackward0",
    self=lambda grad, self, other: masked(xlog1py(grad, other), (self == 0) & (other <= -1)),
    other=_xlog1py_other,
)  # fmt: skip
floating(
    "special_xlog1py.self_scalar", _xlog1py, _NO_XLOG1PY, grad_fn="SpecialXlog1PyBackward1",
    other=_xlog1py_other,
)  # fmt: skip
floating("special_xlog1py.other_scalar", _xlog1py, _NO_XLOG1PY, grad_fn="SpecialXlog1PyBackward2", self=_xlog1py_number_self)

# ---------------------------------------------------------------- orthogonal polynomials


def _polynomial(name: str) -> None:
    def kernel(x: Any, n: Any) -> Any:
        return getattr(kernels_special, name)(x, n)

    spec = f"special_{name}"
    made = pointwise(spec, kernel, computes=FLOAT, direct="fd", tensors=("x", "n"), check=_no_half(name))
    also(made, f"{spec}.x_scalar", f"{spec}.n_scalar")


for _name in (
    "chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w hermite_polynomial_h "
    "hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u "
    "shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w"
).split():
    _polynomial(_name)

# ---------------------------------------------------------------- other names

_SAME = {
    "digamma": "digamma psi", "erf": "erf", "erfc": "erfc", "erfinv": "erfinv", "exp2": "exp2", "sigmoid": "expit", "expm1": "expm1",
    "lgamma": "gammaln", "log1p": "log1p", "logit": "logit", "logsumexp": "logsumexp", "polygamma": "polygamma",
    "round.decimals": "round", "sinc": "sinc",
    "xlogy.Tensor": "xlogy", "xlogy.Scalar_Self": "xlogy.self_scalar", "xlogy.Scalar_Other": "xlogy.other_scalar",
}  # fmt: skip
for _known, _names in _SAME.items():
    for _name in _names.split():
        also(REGISTRY[_known], f"special_{_name}")
