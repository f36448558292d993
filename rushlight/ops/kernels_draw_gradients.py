"""How draws move with their distribution's parameters: implicit derivatives -dF/dparameter / density, by differences in float64."""

from __future__ import annotations

import numpy as np

from rushlight.ops.kernels_special_gamma import digamma, lgamma
from rushlight.ops.kernels_special_igamma import gammainc, gammaincc

Array = np.ndarray
_STEP = 1e-5


def _gamma_slope(a: Array, x: Array) -> Array:
    """The derivative of the gamma distribution's lower tail by its shape, from the smaller tail."""
    step = _STEP * np.maximum(a, 1e-3)
    low = (gammainc(a + step, x) - gammainc(a - step, x)) / (2 * step)
    high = (gammaincc(a - step, x) - gammaincc(a + step, x)) / (2 * step)
    return np.where(x < a, low, high)


def standard_gamma_grad(shape: Array, draw: Array) -> Array:
    """The derivative of a draw of the standard gamma distribution by its shape."""
    a, x = np.broadcast_arrays(shape.astype(np.float64), draw.astype(np.float64))
    with np.errstate(all="ignore"):
        density = np.exp((a - 1) * np.log(x) - x - lgamma(a))
        found = -_gamma_slope(a, x) / density
        small = -(x / a) * (np.log(x) - digamma(a + 1))  # where the lower tail is x ** a / gamma(a + 1) and may underflow
    found = np.where((x < 1e-8 * np.maximum(a, 1)) | ~np.isfinite(found), small, found)
    return np.where(x == 0, 0.0, found).astype(draw.dtype)


def _fraction(a: Array, b: Array, x: Array) -> Array:
    """The continued fraction of the incomplete beta function (Lentz)."""
    tiny = 1e-300
    c, d = np.ones_like(x), 1 - (a + b) * x / (a + 1)
    d = 1 / np.where(np.abs(d) < tiny, tiny, d)
    total = d.copy()
    for m in range(1, 500):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + numerator * d
            d = 1 / np.where(np.abs(d) < tiny, tiny, d)
            c = 1 + numerator / c
            c = np.where(np.abs(c) < tiny, tiny, c)
            change = c * d
            total = total * change
        if (np.abs(change - 1) < 1e-15).all():
            break
    return total


def _log_density(a: Array, b: Array, x: Array) -> Array:
    return (a - 1) * np.log(x) + (b - 1) * np.log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b)


def _tails(a: Array, b: Array, x: Array) -> tuple[Array, Array]:
    """The beta distribution's lower and upper tails, whichever is computed; the other is nan."""
    front = np.exp(_log_density(a, b, x)) * x * (1 - x)
    lower = x < (a + 1) / (a + b + 2)
    return (
        np.where(lower, front * _fraction(a, b, np.where(lower, x, 0.5)) / a, np.nan),
        np.where(lower, np.nan, front * _fraction(b, a, np.where(lower, 0.5, 1 - x)) / b),
    )


def dirichlet_grad(x: Array, alpha: Array, total: Array) -> Array:
    """The derivative of a beta draw by alpha with total = alpha + beta's beta held, over 1 - x."""
    draw, a, whole = np.broadcast_arrays(*(value.astype(np.float64) for value in (x, alpha, total)))
    b = whole - a
    step = _STEP * np.maximum(a, 1e-3)
    with np.errstate(all="ignore"):
        ahead, behind = _tails(a + step, b, draw), _tails(a - step, b, draw)
        low, high = ahead[0] - behind[0], behind[1] - ahead[1]
        slope = np.where(np.isnan(low), high, low) / (2 * step)
        found = -slope / np.exp(_log_density(a, b, draw)) / (1 - draw)
    return np.asarray(found).astype(x.dtype)

