"""Poisson, binomial, gamma and Dirichlet draws: rejection loops that take as many uniforms as they need."""

import math

import numpy as np

from .streams_common import FLOAT32, FLOAT64, NAME, check_floating, not_implemented, scalar_name
from .streams_state import Stream

_TINY = {"float32": 2.0**-126, "float64": 2.0**-1022}


class _Uniforms:
    """Float64 uniforms one at a time. They are drawn in batches within a block, and what is left over is given back."""

    __slots__ = ("_batch", "_stream")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._batch: list[float] = []

    def __enter__(self) -> "_Uniforms":
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.rewind(2 * len(self._batch))
        self._batch.clear()

    def draw(self) -> float:
        if not self._batch:
            available = (self._stream.left - 1) // 2
            self._batch = self._stream.doubles(min(available, 64) or 1)[::-1].tolist()
        return self._batch.pop()

    def normal(self) -> float:
        """One value of the serial normal generator."""
        waiting = self._stream.next_double
        if waiting is not None:
            self._stream.next_double = None
            return waiting
        first, second = self.draw(), self.draw()
        radius = math.sqrt(-2.0 * math.log1p(-second))
        angle = 2.0 * math.pi * first
        self._stream.next_double = radius * math.sin(angle)
        return radius * math.cos(angle)


def _log(value: float) -> float:
    return math.log(value) if value > 0.0 else -math.inf


def _rounder(dtype: np.dtype):
    """Round a Python float to `dtype`'s precision: the C++ code keeps parameters in the tensor's own type."""
    if dtype == FLOAT64:
        return float
    return lambda value: float(np.float32(value))


# -- Poisson -----------------------------------------------------------------------------------------------------------


def _poisson_small(rate: float, uniforms: _Uniforms) -> int:
    """Multiply uniforms until the product is below exp(-rate)."""
    limit = math.exp(-rate)
    count, product = 0, 1.0
    while True:
        product *= uniforms.draw()
        if not product > limit:
            return count
        count += 1


def _poisson_large(rate: float, uniforms: _Uniforms) -> int:
    """Hormann's transformed rejection with squeeze (PTRS), for rates from 10 on."""
    root, log_rate = math.sqrt(rate), math.log(rate)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    squeeze = 0.9277 - 3.6224 / (b - 2)
    while True:
        u = uniforms.draw() - 0.5
        v = uniforms.draw()
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + rate + 0.43) if us else -1
        if us >= 0.07 and v <= squeeze:
            return k
        if k < 0 or (us < 0.013 and v > us):
            continue
        accept = _log(v) + math.log(inverse_alpha) - math.log(a / (us * us) + b)
        if accept <= -rate + k * log_rate - math.lgamma(k + 1):
            return k


def _poisson_one(rate: float, uniforms: _Uniforms) -> int:
    if not rate >= 0:
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    if rate >= 10:
        return _poisson_large(rate, uniforms)
    return _poisson_small(rate, uniforms) if rate else 0


def poisson(stream: Stream, rates: np.ndarray) -> np.ndarray:
    """Draw as `torch.poisson(rates)` does, in the dtype of `rates`."""
    check_floating("poisson_cpu", rates.dtype)
    with _Uniforms(stream) as uniforms:
        counts = [_poisson_one(rate, uniforms) for rate in rates.astype(FLOAT64).ravel().tolist()]
    return np.array(counts, FLOAT64).astype(rates.dtype).reshape(rates.shape)


# -- binomial ----------------------------------------------------------------------------------------------------------

_STIRLING_TAILS = (0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
                   0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287)


def _stirling_tail(k: float) -> float:
    """What Stirling's formula leaves out of log(k!)."""
    if k < len(_STIRLING_TAILS):
        return _STIRLING_TAILS[int(k)]
    square = (k + 1) * (k + 1)
    return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1)


def _binomial_small(count: float, p: float, uniforms: _Uniforms, rounded) -> float:
    """Add up geometric gaps until they pass `count`."""
    log_failure = rounded(math.log1p(-p))
    total, successes = 0.0, 0
    while True:
        total += math.ceil(math.log(uniform) / log_failure) if (uniform := uniforms.draw()) else math.inf
        if total > count:
            return float(successes)
        successes += 1


def _binomial_large(count: float, p: float, uniforms: _Uniforms, rounded) -> float:
    """Hormann's transformed rejection (BTRS), for count * p from 10 on."""
    spread = rounded(math.sqrt(rounded(rounded(count * p) * rounded(1 - p))))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = rounded(count * p) + 0.5
    squeeze = 0.92 - 4.2 / b
    odds = rounded(p / rounded(1 - p))
    alpha = (2.83 + 5.1 / b) * spread
    mode = math.floor(rounded(rounded(count + 1) * p))
    fixed = (mode + 0.5) * math.log((mode + 1) / (odds * (count - mode + 1)))
    fixed_tail = _stirling_tail(mode) + _stirling_tail(count - mode)
    while True:
        u = uniforms.draw() - 0.5
        v = uniforms.draw()
        us = 0.5 - abs(u)
        k = rounded(math.floor((2 * a / us + b) * u + c)) if us else -1.0
        if k < 0 or k > count:
            continue
        if us >= 0.07 and v <= squeeze:
            return k
        v = _log(v * alpha / (a / (us * us) + b))
        bound = (fixed + (count + 1) * math.log((count - mode + 1) / (count - k + 1))
                 + (k + 0.5) * math.log(odds * (count - k + 1) / (k + 1))
                 + fixed_tail - _stirling_tail(k) - _stirling_tail(count - k))
        if v <= bound:
            return k


def _binomial_one(count: float, p: float, uniforms: _Uniforms, rounded) -> float:
    if count <= 0.0 or p <= 0.0:
        return 0.0
    if p >= 1.0:
        return count
    if p != p:
        return math.nan
    mirrored = p > 0.5
    rare = rounded(1.0 - p) if mirrored else p
    draw = _binomial_large if rounded(count * rare) >= 10.0 else _binomial_small
    successes = draw(count, rare, uniforms, rounded)
    return count - successes if mirrored else successes


def binomial(stream: Stream, count: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Draw as `torch.binomial(count, p)` does; the two broadcast and share one dtype, float32 or float64."""
    for name, argument in (("count", count), ("prob", p)):
        if argument.dtype.kind in "iubc":
            raise ValueError(f"binomial only supports floating-point dtypes for {name}, "
                             f"got: {scalar_name(argument.dtype)}")
    if count.dtype not in (FLOAT32, FLOAT64):
        raise not_implemented("binomial_cpu", count.dtype)
    if p.dtype != count.dtype:
        raise RuntimeError(f"Found dtype {scalar_name(p.dtype)} but expected {scalar_name(count.dtype)}")
    counts, ps = np.broadcast_arrays(count, p)
    rounded = _rounder(count.dtype)
    with _Uniforms(stream) as uniforms:
        values = [_binomial_one(n, q, uniforms, rounded)
                  for n, q in zip(counts.ravel().tolist(), ps.ravel().tolist(), strict=True)]
    return np.array(values, count.dtype).reshape(counts.shape)


# -- gamma, Dirichlet --------------------------------------------------------------------------------------------------

_THIRD = float(np.float32(1) / np.float32(3))
_SQUEEZE = float(np.float32(0.0331))


def _gamma_one(alpha: float, uniforms: _Uniforms, rounded) -> float:
    """Marsaglia and Tsang's rejection; a shape below 1 is raised by one and scaled back."""
    scale = 1.0
    if alpha < 1.0:
        if alpha == 0.0:
            return 0.0
        scale = (1.0 - uniforms.draw()) ** rounded(1.0 / alpha)
        alpha = rounded(alpha + 1.0)
    d = rounded(alpha - _THIRD)
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        y = 0.0
        while y <= 0.0:
            x = uniforms.normal()
            y = 1.0 + c * x
        v = y * y * y
        u = 1.0 - uniforms.draw()
        square = x * x
        if u < 1.0 - _SQUEEZE * square * square or math.log(u) < 0.5 * square + d * (1.0 - v + math.log(v)):
            return rounded(scale * d * v)


def standard_gamma(stream: Stream, alpha: np.ndarray) -> np.ndarray:
    """Draw as `torch._standard_gamma(alpha)` does (float32 or float64); never below the smallest normal number."""
    if alpha.dtype not in (FLOAT32, FLOAT64):
        raise not_implemented("gamma_cpu", alpha.dtype)
    rounded = _rounder(alpha.dtype)
    tiny = _TINY[NAME[alpha.dtype]]
    with _Uniforms(stream) as uniforms:
        values = [max(tiny, _gamma_one(shape, uniforms, rounded)) for shape in alpha.ravel().tolist()]
    return np.array(values, alpha.dtype).reshape(alpha.shape)


def sample_dirichlet(stream: Stream, alpha: np.ndarray) -> np.ndarray:
    """Draw as `torch._sample_dirichlet(alpha)` does: float64 gammas, divided by their sum over the last dimension."""
    if alpha.dtype not in (FLOAT32, FLOAT64):
        raise not_implemented("dirichlet", alpha.dtype)
    with _Uniforms(stream) as uniforms:
        values = [_gamma_one(shape, uniforms, float) for shape in alpha.astype(FLOAT64).ravel().tolist()]
    gammas = np.array(values, FLOAT64).reshape(alpha.shape)
    shares = (gammas / gammas.sum(-1, keepdims=True)).astype(alpha.dtype)
    tiny = alpha.dtype.type(_TINY[NAME[alpha.dtype]])
    return np.clip(shares, tiny, np.nextafter(alpha.dtype.type(1), alpha.dtype.type(0)))
