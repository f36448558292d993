"""The special functions as raw kernels: arrays in, arrays of the same dtype and shape out, nothing known of autograd.

float16, bfloat16, float32 and float64 of any shape and strides are accepted; integers are the caller's to promote.
Warnings of NumPy (division by zero, overflow) are the caller's to mask. None of them needs SciPy.

A family is imported when one of its functions is first asked for: `kernels_special.gammainc` loads its tables then.
"""

from collections.abc import Callable
from importlib import import_module

FAMILIES = {
    "activation": "elu entr expit gelu hardsigmoid hardswish logit logsigmoid mish silu sinc softplus xlog1py xlogy",
    "bessel": "airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 i0 i0e i1 i1e modified_bessel_i0 modified_bessel_i1"
    " modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0",
    "erf": "erf erfc erfcx erfinv log_ndtr ndtr ndtri",
    "gamma": "digamma lgamma mvlgamma polygamma trigamma zeta",
    "igamma": "gammainc gammaincc",
    "polynomial": "chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w"
    " hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p"
    " shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v"
    " shifted_chebyshev_polynomial_w",
}
FAMILY_OF = {name: family for family, names in FAMILIES.items() for name in names.split()}


def __getattr__(name: str) -> Callable:
    if name not in FAMILY_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    function = getattr(import_module(f"{__package__}.kernels_special_{FAMILY_OF[name]}"), name)
    globals()[name] = function
    return function


def __dir__() -> list[str]:
    return sorted(FAMILY_OF)
