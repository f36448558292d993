"""Activations and the elementary special functions: what needs exp, log and tanh only, computed in the input's dtype.

float16 and bfloat16 are computed in float32 and rounded once, as PyTorch does, except in entr, logit, xlogy and
xlog1py, where PyTorch rounds after every step. Complex input is accepted by expit,
silu and sinc.
"""

import math
from collections.abc import Callable
from functools import wraps

import numpy as np

from .kernels_special_base import Array, evaluate
from .kernels_special_erf import SMALL, _erf, _erf_float32, erf

SQRT_HALF = math.sqrt(0.5)
SQRT_2_OVER_PI = math.sqrt(2 / math.pi)
GELU_CUBIC = 0.044715


def _widening(function: Callable[..., Array]) -> Callable[..., Array]:
    """Compute the half types in float32, and return an array where NumPy returns a scalar."""

    @wraps(function)
    def widened(x: Array, *arguments: float, **options: float) -> Array:
        x = np.asarray(x)
        if x.dtype.itemsize == 2:
            return np.asarray(function(x.astype(np.float32), *arguments, **options)).astype(x.dtype)
        return np.asarray(function(x, *arguments, **options))

    return widened


def _one_plus_exp_minus(x: Array) -> Array:
    result = np.asarray(np.negative(x))
    np.exp(result, result)
    np.add(result, 1, result)
    return result


@_widening
def expit(x: Array) -> Array:
    """Return the logistic sigmoid 1 / (1 + exp(-x)); an overflow of exp gives the right 0."""
    result = _one_plus_exp_minus(x)
    return np.divide(1, result, result)


@_widening
def silu(x: Array) -> Array:
    """Return x * expit(x)."""
    result = _one_plus_exp_minus(x)
    return np.divide(x, result, result)


@_widening
def logsigmoid(x: Array) -> Array:
    """Return log(expit(x)), exact in both tails."""
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


@_widening
def softplus(x: Array, beta: float = 1, threshold: float = 20) -> Array:
    """Return log(1 + exp(beta * x)) / beta, and x itself where beta * x exceeds the threshold."""
    scaled = x * beta
    return np.where(scaled > threshold, x, np.log1p(np.exp(scaled)) / beta)


@_widening
def mish(x: Array) -> Array:
    """Return x * tanh(softplus(x)), where tanh(log(1 + e)) = e(e + 2) / (e(e + 2) + 2) needs one exponential only."""
    exponential = np.exp(np.minimum(x, 20 if x.dtype == np.float32 else 40))  # beyond, the ratio rounds to 1
    product = exponential * (exponential + 2)
    return x * (product / (product + 2))


def _gelu_erf_float64(x: Array) -> Array:
    return 0.5 * x * (1.0 + _erf(x * SQRT_HALF))


def _gelu_erf_float32(x: Array) -> Array:
    """1 + erf is rounded to float32, as in PyTorch: far to the left it becomes 0, and gelu -0."""
    rounded = _erf_float32(x * SQRT_HALF).astype(np.float32)
    return 0.5 * x * (1 + rounded)


@_widening
def gelu(x: Array, approximate: str = "none") -> Array:
    """Return x * ndtr(x), or with approximate="tanh" the usual approximation of it."""
    if approximate == "none":
        if x.size <= SMALL:
            return 0.5 * x * (1 + erf(x * SQRT_HALF))
        return evaluate(_gelu_erf_float64 if x.dtype.itemsize == 8 else _gelu_erf_float32, x)
    if approximate != "tanh":
        raise RuntimeError("approximate argument must be either none or tanh.")
    inner = np.asarray(x * x)
    inner *= GELU_CUBIC
    inner += 1
    inner *= x
    inner *= SQRT_2_OVER_PI
    np.tanh(inner, inner)
    inner += 1
    inner *= x
    inner *= 0.5
    return inner


@_widening
def hardsigmoid(x: Array) -> Array:
    """Return x / 6 + 1/2 clipped to [0, 1]."""
    return np.clip(x + 3, 0, 6) / 6


@_widening
def hardswish(x: Array) -> Array:
    """Return x * hardsigmoid(x)."""
    return x * np.clip(x + 3, 0, 6) / 6


@_widening
def elu(x: Array, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> Array:
    """Return scale * x above 0 and scale * alpha * expm1(input_scale * x) elsewhere."""
    negative = np.expm1(x * input_scale) * (alpha * scale)
    return np.where(x > 0, x * scale, negative)


@_widening
def sinc(x: Array) -> Array:
    """Return sin(pi x) / (pi x), which is 1 at 0."""
    product = x * math.pi
    return np.where(x == 0, x.dtype.type(1), np.sin(product) / product)


def entr(x: Array) -> Array:
    """Return -x log(x): 0 at 0, -inf below."""
    x = np.asarray(x)
    zero, infinity = x.dtype.type(0), x.dtype.type(np.inf)
    return np.where(x > 0, -x * np.log(x), np.where(x == 0, zero, np.where(x < 0, -infinity, x)))


def logit(x: Array, eps: float | None = None) -> Array:
    """Return log(x / (1 - x)), with x first clipped to [eps, 1 - eps] if eps is given."""
    x = np.asarray(x)
    if eps is not None and eps >= 0:
        low = x.dtype.type(eps)
        high = x.dtype.type(1) - low
        x = np.where(x < low, low, np.where(x > high, high, x))
    return np.asarray(np.log(x / (x.dtype.type(1) - x)))


def _times_logarithm(logarithm: Callable[[Array], Array], x: Array, y: Array) -> Array:
    """x * logarithm(y), which is 0 where x is 0, unless y is nan."""
    x, y = np.asarray(x), np.asarray(y)
    dtype = np.result_type(x.dtype, y.dtype)
    x, y = x.astype(dtype, copy=False), y.astype(dtype, copy=False)
    return np.where((x == 0) & ~np.isnan(y), dtype.type(0), x * logarithm(y))


def xlogy(x: Array, y: Array) -> Array:
    """Return x * log(y), with 0 * log(y) = 0 for any y but nan."""
    return _times_logarithm(np.log, x, y)


def xlog1py(x: Array, y: Array) -> Array:
    """Return x * log1p(y), with 0 * log1p(y) = 0 for any y but nan."""
    return _times_logarithm(np.log1p, x, y)
