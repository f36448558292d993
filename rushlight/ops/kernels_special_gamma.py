"""The gamma function's family: lgamma, digamma, trigamma, polygamma, mvlgamma and the Hurwitz zeta function.

Sources. lgamma: recurrence into [1.5, 3), rational interpolants there and up to 8 (computed with 60 digits), then
Stirling's series. digamma, zeta: S. Moshier, Cephes `psi` and `zeta`. trigamma: six steps of the recurrence and three
terms of the asymptotic series, which is what PyTorch evaluates; it is good to about nine digits, and more would differ.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .kernels_special_base import (
    Array,
    Coefficients,
    constants,
    evaluate,
    evaluate_pair,
    piecewise,
    polynomial,
    rational,
)

# lgamma(2 + u) / u for -0.5 <= u <= 1 and for 1 <= u <= 6, and the remainder of Stirling's series times x, in 1/x^2
# for x >= 8.
LGAMMA_2_NUMERATOR = constants(
    6.546169219546809e-06, 0.0005126144211989154, 0.010761708654598556, 0.09527665675843039,
    0.4172589188705117, 0.9416928598448896, 1.0322392924250592, 0.42278433509846713,
)
LGAMMA_2_DENOMINATOR = constants(
    1.2994531242674538e-06, 0.0001674204154721995, 0.005046343841908332, 0.061244858012688135,
    0.36196916412627267, 1.1062047574607787, 1.678804534788733, 1.0,
)
LGAMMA_MIDDLE_NUMERATOR = constants(
    1.943011280876193e-08, 4.678601911892465e-06, 0.00026549702921314754, 0.005768336324268088,
    0.058140115666744686, 0.2955311470331566, 0.7673540491030595, 0.9472398109228912,
    0.42278433511813873,
)
LGAMMA_MIDDLE_DENOMINATOR = constants(
    3.1626928754807115e-09, 1.1654785987965756e-06, 9.096195086863277e-05, 0.0026383102666459836,
    0.03528051974149038, 0.239578885939911, 0.8471889806873325, 1.4777576314972478,
    1.0,
)
STIRLING = constants(
    0.005065905360156132, -0.001890382993887715, 0.0008414700852503147, -0.0005952365845057049,
    0.0007936507897524059, -0.002777777777773988, 0.08333333333333333,
)
# The asymptotic series of digamma in 1/x^2: Bernoulli numbers B(2k) / 2k.
DIGAMMA_SERIES = constants(1 / 12, -691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12)
# (2k)! / B(2k), the Euler-Maclaurin terms of zeta.
ZETA_TERMS = (
    12.0,
    -720.0,
    30240.0,
    -1209600.0,
    47900160.0,
    -1.8924375803183791606e9,
    7.47242496e10,
    -2.950130727918164224e12,
    1.1646782814350067249e14,
    -4.5979787224074726105e15,
    1.8152105401943546773e17,
    -7.1661652561756670113e18,
)
# Up to this size, plain Python floats are quicker than some forty calls of NumPy.
SMALL = 12
MACHINE_EPSILON = 1.11022302462515654042e-16
HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def _lgamma_small(x: Array) -> Array:
    """log(gamma(x)) for 0 < x < 3, moved into [1.5, 3)."""
    tiny, low = x < 0.5, x < 1.5
    offset = x - np.where(tiny, 0.0, np.where(low, 1.0, 2.0))
    result = offset * rational(offset, LGAMMA_2_NUMERATOR, LGAMMA_2_DENOMINATOR)
    if low.any():
        result -= np.log(np.where(tiny, x * (x + 1.0), np.where(low, x, 1.0)))
    return result


def _lgamma_middle(x: Array) -> Array:
    """log(gamma(x)) for 3 <= x < 8."""
    offset = x - 2.0
    return offset * rational(offset, LGAMMA_MIDDLE_NUMERATOR, LGAMMA_MIDDLE_DENOMINATOR)


def _lgamma_stirling(x: Array) -> Array:
    """log(gamma(x)) for x >= 8."""
    inverse = 1.0 / x
    remainder = polynomial(inverse * inverse, STIRLING) * inverse
    half = 0.5 * (np.log(x) - 1.0)
    result = (x - 0.5) * half  # in halves, since the sum overflows later than x * log(x)
    result = result + result + (HALF_LOG_2PI - 0.5) + remainder
    return np.where(np.isinf(x), np.inf, result)


def _lgamma_positive(x: Array) -> Array:
    return piecewise(
        x,
        x < 3.0,
        _lgamma_small,
        lambda part: piecewise(part, part < 8.0, _lgamma_middle, _lgamma_stirling),
    )


def _sine_of_pi_times(x: Array) -> Array:
    """|sin(pi * x)|, reduced before the multiplication so that integers give exactly 0."""
    fraction = np.abs(x - np.round(x))
    return np.sin(math.pi * fraction)


def _lgamma_reflected(x: Array) -> Array:
    """log|gamma(x)| for x <= 0 or nan, by the reflection formula."""
    sine = _sine_of_pi_times(x)
    positive = -x
    tiny = positive < 1e-300
    result = np.log(math.pi / (sine * np.where(tiny, 1.0, positive))) - _lgamma_positive(np.where(tiny, 1.0, positive))
    result = np.where(tiny, -np.log(positive), result)
    return np.where((sine == 0) | np.isinf(x), np.inf, result)


def _lgamma(x: Array) -> Array:
    return piecewise(x, x > 0, _lgamma_positive, _lgamma_reflected)


def _digamma_low(x: Array) -> Array:
    """digamma for 0 < x < 10: ten steps of the recurrence, whether or not all are needed, so that nothing branches."""
    total = 1.0 / x
    for shift in range(9, 0, -1):
        total += 1.0 / (x + shift)
    return _digamma_high(x + 10.0) - total


def _digamma_high(x: Array) -> Array:
    """digamma for x >= 10, by the asymptotic series."""
    inverse = 1.0 / x
    square = inverse * inverse
    return np.log(x) - 0.5 * inverse - square * polynomial(square, DIGAMMA_SERIES)


def _digamma_positive(x: Array) -> Array:
    return piecewise(x, x < 10.0, _digamma_low, _digamma_high)


def _digamma_reflected(x: Array) -> Array:
    """digamma for x <= 0 or nan; infinite with the opposite sign at the zeros, nan at the other poles and -inf."""
    fraction = np.fmod(x, 1.0)
    result = _digamma_positive(1.0 - x) - math.pi / np.tan(math.pi * fraction)
    result = np.where((fraction == 0) | np.isinf(x), np.nan, result)
    return np.where(x == 0, np.copysign(np.inf, -x), result)


def _digamma(x: Array) -> Array:
    return piecewise(x, x > 0, _digamma_positive, _digamma_reflected)


def _trigamma(x: Array) -> Array:
    """trigamma in the precision of `x`, whose rounding decides how near the poles come to infinity."""
    pi = x.dtype.type(math.pi)
    reflect = x < 0.5
    shifted = np.where(reflect, 1 - x, x)
    result = np.zeros_like(x)
    if reflect.any():
        sine = np.sin(pi * x)
        result = np.where(reflect, -(pi * pi) / (sine * sine), result)
    for _ in range(6):
        result = result + 1 / (shifted * shifted)
        shifted = shifted + 1
    square = 1 / (shifted * shifted)
    result = result + (1 + 1 / (2 * shifted) + square * (1 / 6 - square * (1 / 30 - square * (1 / 42)))) / shifted
    return np.where(reflect, -result, result)


def _zeta_tail(x: Array, a: Array, b: Array, total: Array, done: Array) -> Array:
    """Add the Euler-Maclaurin correction of zeta to the sum of its first terms."""
    start = a
    total = np.where(done, total, total + b * start / (x - 1.0) - 0.5 * b)
    factor, order = np.ones_like(x), 0.0
    for term in ZETA_TERMS:
        factor = factor * (x + order)
        b = b / start
        correction = factor * b / term
        total = np.where(done, total, total + correction)
        done = done | (np.abs(correction / total) < MACHINE_EPSILON)
        order += 1.0
        factor = factor * (x + order)
        b = b / start
        order += 1.0
    return total


_FAR = 64.0  # from here on an element's terms are added up together, not one by one beside the other elements


def _zeta_far(x: Any, a: Any, total: Any) -> tuple[Any, Any, Any, bool]:
    """The first terms for one argument far below zero, up to where it passes 0: argument, last term, sum, whether it is done."""
    b = total
    while a < -1.0:
        places = a + np.arange(1.0, min(65536.0, math.floor(-a)) + 1.0, dtype=a.dtype)
        if places[0] == a:
            return a, b, total, True
        terms = np.power(places, -x)
        sums = np.add.accumulate(np.concatenate([total[None], terms]))[1:]
        ends = np.nonzero(np.abs(terms) < MACHINE_EPSILON * np.abs(sums))[0]
        last = int(ends[0]) if len(ends) else len(terms) - 1
        a, b, total = places[last], terms[last], sums[last]
        if len(ends):
            return a, b, total, True
    return a, b, total, False


def _zeta_sum(x: Array, q: Array) -> Array:
    """zeta(x, q) where it is defined: at least nine terms, more until the argument passes 9, then the tail."""
    total = np.power(q, -x)
    a, b = q.copy(), np.zeros_like(q)
    done = np.zeros(q.shape, bool)
    for place in np.nonzero(q < -_FAR)[0].tolist():
        a[place], b[place], total[place], done[place] = _zeta_far(x[place], q[place], total[place])
    step = 0
    while True:
        active = ~done if step < 9 else ~done & (a <= 9.0)
        if not active.any():
            return _zeta_tail(x, a, b, total, done)
        step += 1
        a = np.where(active, a + 1.0, a)
        b = np.where(active, np.power(a, -x), b)
        total = np.where(active, total + b, total)
        done = done | (active & (np.abs(b) < MACHINE_EPSILON * np.abs(total)))


def _zeta(x: Array, q: Array) -> Array:
    pole = (q <= 0) & (q == np.floor(q))
    undefined = (x < 1.0) | ((q <= 0) & ~pole & (x != np.floor(x)))
    regular = ~(pole | undefined | (x == 1.0))
    result = np.where(undefined, np.nan, np.inf)
    if regular.any():
        result[regular] = _zeta_sum(x[regular], q[regular])
    return result


def _horner(x: float, coefficients: tuple[float, ...]) -> float:
    result = 0.0
    for coefficient in coefficients:
        result = result * x + coefficient
    return result


def _floats(*tables: Coefficients) -> list[tuple[float, ...]]:
    return [tuple(float(value) for value in table) for table in tables]


SCALAR_2, SCALAR_MIDDLE = (
    _floats(LGAMMA_2_NUMERATOR, LGAMMA_2_DENOMINATOR),
    _floats(LGAMMA_MIDDLE_NUMERATOR, LGAMMA_MIDDLE_DENOMINATOR),
)
SCALAR_STIRLING, SCALAR_DIGAMMA = _floats(STIRLING, DIGAMMA_SERIES)


def _lgamma_scalar(x: float) -> float:
    """The formulas of _lgamma on one float."""
    if x >= 8.0:
        half = 0.5 * (math.log(x) - 1.0) * (x - 0.5)
        return half + half + (HALF_LOG_2PI - 0.5) + _horner(1.0 / (x * x), SCALAR_STIRLING) / x
    if x >= 3.0:
        offset = x - 2.0
        return offset * (_horner(offset, SCALAR_MIDDLE[0]) / _horner(offset, SCALAR_MIDDLE[1]))
    if x > 0:
        shift = 0.0 if x < 0.5 else 1.0 if x < 1.5 else 2.0
        offset = x - shift
        result = offset * (_horner(offset, SCALAR_2[0]) / _horner(offset, SCALAR_2[1]))
        return result if shift == 2.0 else result - math.log(x if shift else x * (x + 1.0))
    if x != x:
        return x
    if math.isinf(x) or x == math.floor(x):
        return math.inf
    if x > -1e-300:
        return -math.log(-x)
    return math.log(math.pi / (math.sin(math.pi * abs(x - round(x))) * -x)) - _lgamma_scalar(-x)


def _digamma_scalar(x: float) -> float:
    """The formulas of _digamma on one float."""
    if x > 0:
        total = 0.0
        while x < 10.0:
            total += 1.0 / x
            x += 1.0
        square = 1.0 / (x * x)
        return math.log(x) - 0.5 / x - square * _horner(square, SCALAR_DIGAMMA) - total
    if x == 0:
        return math.copysign(math.inf, -x)
    if not math.isfinite(x) or x == math.floor(x):
        return math.nan
    return _digamma_scalar(1.0 - x) - math.pi / math.tan(math.pi * math.fmod(x, 1.0))


def _run(scalar: Callable[[float], float], kernel: Callable[[Array], Array], x: Array) -> Array:
    x = np.asarray(x)
    if x.size <= SMALL and x.dtype.itemsize > 2:
        return np.array([scalar(value) for value in x.ravel().tolist()], x.dtype).reshape(x.shape)
    return evaluate(kernel, x)


def lgamma(x: Array) -> Array:
    """Return log|gamma(x)|; infinite at the poles and at both infinities."""
    return _run(_lgamma_scalar, _lgamma, x)


def digamma(x: Array) -> Array:
    """Return the derivative of lgamma; at -0 and 0 it is infinite, at the other poles nan."""
    return _run(_digamma_scalar, _digamma, x)


def trigamma(x: Array) -> Array:
    """Return the second derivative of lgamma, to the nine digits that PyTorch computes."""
    x = np.asarray(x)
    if x.dtype.itemsize == 2:
        return np.asarray(_trigamma(x.astype(np.float32))).astype(x.dtype)
    return np.asarray(_trigamma(x))


def zeta(x: Array, q: Array) -> Array:
    """Return the Hurwitz zeta function, the sum of (q + k) ** -x over k >= 0, for x > 1."""
    return evaluate_pair(_zeta, x, q)


def polygamma(n: int, x: Array) -> Array:
    """Return the n-th derivative of digamma, n >= 0."""
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    if n < 2:
        return (digamma, trigamma)[n](x)
    x = np.asarray(x)
    working = np.dtype(np.float32) if x.dtype.itemsize == 2 else x.dtype
    values = zeta(np.asarray(n + 1, working), x.astype(working, copy=False))
    factor = np.exp(lgamma(np.asarray(n + 1, working)))
    return np.asarray((values * factor) * working.type(1 if n % 2 else -1)).astype(x.dtype, copy=False)


def mvlgamma(x: Array, p: int) -> Array:
    """Return the logarithm of the multivariate gamma function of dimension p: a sum of p shifted lgammas."""
    x = np.asarray(x)
    shifts = np.arange(p, dtype=np.float64) * -0.5
    terms = lgamma(x[..., np.newaxis] + shifts.astype(x.dtype))
    working = np.float32 if x.dtype.itemsize == 2 else x.dtype
    total = np.asarray(terms.sum(axis=-1, dtype=working)).astype(x.dtype, copy=False)
    constant = np.asarray(p * (p - 1) / 4 * math.log(math.pi), working)
    return np.asarray(total.astype(working) + constant).astype(x.dtype, copy=False)
