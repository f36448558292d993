"""Orthogonal polynomials by three-term recurrences: Chebyshev T, U, V, W (and shifted), Hermite, Laguerre, Legendre.

The degree is an array, truncated to integers; negative degrees give 0. Inside (-1, 1) the Chebyshev polynomials of
higher degree are trigonometric, from the degrees on where PyTorch switches.
"""

from collections.abc import Callable

import numpy as np

from .kernels_special_base import Array

Degrees = np.ndarray
# Above these degrees the (physicists' and probabilists') Hermite polynomials are nan: their values overflow.
HERMITE_LIMIT = {4: 128, 8: 512}


def _degrees(n: Array) -> Degrees:
    """Truncate degrees; nan and infinity count as negative."""
    if n.dtype.kind in "iub":
        return n.astype(np.int64)
    return np.where(np.isfinite(n), n, -1).astype(np.int64)


def _recurrence(x: Array, n: Degrees, first: Array, step: Callable[[int, Array, Array], Array]) -> Array:
    """Run p, q = q, step(k, q, p) for k = 2, 3, ... up to each element's own degree; nan ends it early."""
    result = np.where(n == 0, x.dtype.type(1), first)
    older, old = np.ones_like(x), first
    k = 2
    active = n >= 2
    while active.any():
        older, old = old, np.asarray(step(k, old, older))
        result = np.where(active, old, result)
        k += 1
        active = active & (n >= k) & ~np.isnan(old)
    return np.where(n < 0, x.dtype.type(0), result)


def _run(function: Callable[[Array, Degrees], Array], x: Array, n: Array) -> Array:
    x, n = np.asarray(x), np.asarray(n)
    dtype = x.dtype
    working = np.float32 if dtype.itemsize == 2 else dtype
    x, degrees = np.broadcast_arrays(x.astype(working, copy=False), _degrees(n))
    return np.asarray(function(x, degrees)).astype(dtype, copy=False)


def _alternating(n: Degrees) -> Degrees:
    return np.where(n % 2 == 0, 1, -1)


def _chebyshev(kind: str, switch: int, x: Array, n: Degrees) -> Array:
    """One Chebyshev family: recurrence, trigonometric form above degree `switch`, and exact values at -1 and 1."""
    double = x + x
    first = {"t": x, "u": double, "v": double - 1, "w": double + 1}[kind]
    angle = np.arccos(np.clip(x, -1, 1))
    count, half = (n + 1).astype(x.dtype), n.astype(x.dtype) + x.dtype.type(0.5)
    odd = (n + n + 1).astype(x.dtype)
    trigonometric = {
        "t": lambda: np.cos(n.astype(x.dtype) * angle),
        "u": lambda: np.sin(count * angle) / np.sin(angle),
        "v": lambda: np.cos(half * angle) / np.cos(angle / 2),
        "w": lambda: np.sin(half * angle) / np.sin(angle / 2),
    }[kind]()
    at_one = {"t": np.ones_like(x), "u": count, "v": np.ones_like(x), "w": odd}[kind]
    at_minus_one = _alternating(n) * {"t": np.ones_like(x), "u": count, "v": odd, "w": np.ones_like(x)}[kind]
    closed = (n > switch) & (np.abs(x) < 1) | (np.abs(x) == 1)
    result = _recurrence(x, np.where(closed, 0, n), first, lambda k, old, older: double * old - older)
    result = np.where(closed, trigonometric, result)
    result = np.where(x == 1, at_one, np.where(x == -1, at_minus_one, result))
    return np.where(n < 0, 0, result).astype(x.dtype, copy=False)


def _chebyshev_pair(kind: str, switch: int, shifted_switch: int) -> tuple[Callable, Callable]:
    def plain(x: Array, n: Array) -> Array:
        return _run(lambda x, n: _chebyshev(kind, switch, x, n), x, n)

    def shifted(x: Array, n: Array) -> Array:
        return _run(lambda x, n: _chebyshev(kind, shifted_switch, x + x - 1, n), x, n)

    plain.__name__ = plain.__qualname__ = f"chebyshev_polynomial_{kind}"
    shifted.__name__ = shifted.__qualname__ = f"shifted_chebyshev_polynomial_{kind}"
    plain.__doc__ = f"Return the Chebyshev polynomial {kind.upper()} of degree n."
    shifted.__doc__ = f"Return the Chebyshev polynomial {kind.upper()} of degree n at 2x - 1."
    return plain, shifted


chebyshev_polynomial_t, shifted_chebyshev_polynomial_t = _chebyshev_pair("t", 6, 6)
chebyshev_polynomial_u, shifted_chebyshev_polynomial_u = _chebyshev_pair("u", 8, 6)
chebyshev_polynomial_v, shifted_chebyshev_polynomial_v = _chebyshev_pair("v", 8, 6)
chebyshev_polynomial_w, shifted_chebyshev_polynomial_w = _chebyshev_pair("w", 8, 4)


def _hermite(x: Array, n: Degrees, first: Array, scale: int) -> Array:
    limit = HERMITE_LIMIT[x.dtype.itemsize]
    allowed = np.where(n > limit, 0, n)
    result = _recurrence(x, allowed, first, lambda k, old, older: first * old - scale * (k - 1) * older)
    return np.where(n > limit, x.dtype.type(np.nan), result)


def hermite_polynomial_h(x: Array, n: Array) -> Array:
    """Return the physicists' Hermite polynomial of degree n."""
    return _run(lambda x, n: _hermite(x, n, x + x, 2), x, n)


def hermite_polynomial_he(x: Array, n: Array) -> Array:
    """Return the probabilists' Hermite polynomial of degree n."""
    return _run(lambda x, n: _hermite(x, n, x, 1), x, n)


def _laguerre(x: Array, n: Degrees) -> Array:
    first = 1 - x
    result = _recurrence(
        x, n, first, lambda k, old, older: ((2 * (k - 1) + first) * old - (k - 1) * older) / k
    )
    return np.where((x == 0) & (n >= 0), x.dtype.type(1), result)


def laguerre_polynomial_l(x: Array, n: Array) -> Array:
    """Return the Laguerre polynomial of degree n."""
    return _run(_laguerre, x, n)


def _legendre(x: Array, n: Degrees) -> Array:
    end = np.abs(x) == 1
    result = _recurrence(
        x, np.where(end, 0, n), x, lambda k, old, older: ((2 * k - 1) * x * old - (k - 1) * older) / k
    )
    ends = np.where(x > 0, 1, _alternating(n))
    return np.where(n < 0, 0, np.where(end, ends, result)).astype(x.dtype, copy=False)


def legendre_polynomial_p(x: Array, n: Array) -> Array:
    """Return the Legendre polynomial of degree n."""
    return _run(_legendre, x, n)
