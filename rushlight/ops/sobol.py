"""Sobol sequences: the operators behind torch.quasirandom.SobolEngine.

NOTE [ Direction numbers ]
Dimension k has the k-th primitive polynomial over GF(2), and as many initial numbers as that has degrees: the j-th is odd and below
2^j, chosen by S. Joe and F. Y. Kuo (search criterion D(6)). The polynomials are found here; `compat/sobol.txt` has the free bits of
the initial numbers of 1111 dimensions (base 85). SciPy brings the same numbers for all 21201, and is asked for more.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase, wrap
from rushlight.ops.declare import composite

BITS = 30
OWN = 1111  # dimensions whose initial numbers are here
HERE = os.path.dirname(os.path.abspath(__file__))


def _factors(number: int) -> list[int]:
    """The prime factors of a number."""
    found, factor = [], 2
    while factor * factor <= number:
        if number % factor == 0:
            found.append(factor)
            while number % factor == 0:
                number //= factor
        factor += 1
    return found + [number] if number > 1 else found


def _power(exponent: int, polynomial: int, degree: int) -> int:
    """x to a power, modulo a polynomial; polynomials over GF(2) are the bits of integers."""

    def product(a: int, b: int) -> int:
        total = 0
        while b:
            total ^= a if b & 1 else 0
            a, b = a << 1, b >> 1
            a ^= polynomial if a >> degree else 0
        return total

    result, base = 1, 2 if degree > 1 else 1
    while exponent:
        result = product(result, base) if exponent & 1 else result
        base, exponent = product(base, base), exponent >> 1
    return result


@cache
def _primitive(degree: int) -> list[int]:
    """The primitive polynomials of a degree: x has order 2^degree - 1."""
    order = (1 << degree) - 1
    checks = [order // factor for factor in _factors(order)]
    return [
        polynomial
        for polynomial in range((1 << degree) + 1, 2 << degree, 2)
        if _power(order, polynomial, degree) == 1 and all(_power(check, polynomial, degree) != 1 for check in checks if check < order)
    ]


@cache
def _own_numbers() -> list[tuple[int, list[int]]]:
    """Polynomial and initial numbers of the dimensions that are here; the first has none."""
    from base64 import b85decode

    with open(os.path.join(HERE, os.pardir, "compat", "sobol.txt"), encoding="ascii") as file:
        bits = np.unpackbits(np.frombuffer(b85decode(file.read().replace("\n", "")), dtype=np.uint8)).tolist()
    found: list[tuple[int, list[int]]] = [(1, [])]
    degree, place = 1, 0
    while len(found) < OWN:
        for polynomial in _primitive(degree):
            numbers = [1]
            for free in range(1, degree):
                numbers.append(1 + sum(bits[place + bit] << bit + 1 for bit in range(free)))
                place += free
            found.append((polynomial, numbers))
        degree += 1
    return found


@cache
def _scipy_numbers() -> list[tuple[int, list[int]]]:
    try:
        import scipy.stats
    except ImportError:
        raise NotImplementedError(
            f"rushlight knows the direction numbers of {OWN} dimensions of Sobol sequences; for more, SciPy must be installed"
        ) from None
    with np.load(os.path.join(os.path.dirname(scipy.stats.__file__), "_sobol_direction_numbers.npz")) as file:
        polynomials, numbers = file["poly"].tolist(), file["vinit"].tolist()
    return [(polynomial, row[: polynomial.bit_length() - 1]) for polynomial, row in zip(polynomials, numbers)]


def directions(dimension: int) -> Any:
    """Direction numbers: (dimension, 30) integers below 2^30."""
    table = _own_numbers() if dimension <= OWN else _scipy_numbers()
    result = np.ones((dimension, BITS), dtype=np.int64)
    for row, (polynomial, numbers) in zip(result[1:], table[1:]):
        degree = len(numbers)
        values = list(numbers)
        for place in range(degree, BITS):
            value = values[place - degree]
            for step in range(1, degree + 1):
                if polynomial >> degree - step & 1:
                    value ^= values[place - step] << step
            values.append(value)
        row[:] = values
    return result << np.arange(BITS - 1, -1, -1)


def _steps(first: int, count: int) -> Any:
    """Which direction number moves each of `count` points on to the next: the place of the lowest zero bit of the point's number."""
    numbers = np.arange(first, first + count, dtype=np.int64)
    lowest = ~numbers & (numbers + 1)
    return np.log2(lowest.astype(np.float64)).astype(np.int64)


def write(target: TensorBase, values: Any) -> TensorBase:
    """Write into a tensor's memory; PyTorch counts only the first write of direction numbers."""
    target._array[...] = values
    return target


@composite("_sobol_engine_initialize_state_")
def initialize_state(self: TensorBase, dimension: int) -> Any:
    """Write the direction numbers of `dimension` dimensions into (dimension, 30) int64."""
    return self.copy_(wrap(directions(dimension)))


@composite("_sobol_engine_scramble_")
def scramble(self: TensorBase, ltm: TensorBase, dimension: int) -> Any:
    """Multiply the bits of each direction number, the highest first, by a lower triangular matrix with ones on its diagonal (mod 2)."""
    places = np.arange(BITS - 1, -1, -1)
    matrices = ltm._array.copy()
    matrices[:, np.arange(BITS), np.arange(BITS)] = 1
    bits = self._array[:, :, None] >> places & 1
    mixed = np.matmul(bits.astype(np.float32), matrices.astype(np.float32).transpose(0, 2, 1)).astype(np.int64) & 1
    return write(self, (mixed << places).sum(2))


@composite("_sobol_engine_ff_")
def fast_forward(self: TensorBase, n: int, sobolstate: TensorBase, dimension: int, num_generated: int) -> Any:
    """Move a point on by n."""
    taken = np.bitwise_xor.reduce(sobolstate._array[:, _steps(num_generated, n)], axis=1)
    return write(self, self._array ^ taken)


@composite("_sobol_engine_draw")
def draw(quasi: TensorBase, n: int, sobolstate: TensorBase, dimension: int, num_generated: int, dtype: Any) -> Any:
    """The next n points, (n, dimension), and the last of them as integers."""
    wanted = dtype or dtypes.get_default_dtype()
    if wanted.name not in ("float32", "float64"):
        raise NotImplementedError(f"\"_sobol_engine_draw\" not implemented for '{wanted.cpp}'")
    moves = sobolstate._array.T[_steps(num_generated, n)]
    points = np.bitwise_xor.accumulate(np.concatenate([quasi._array[None], moves]), axis=0)
    if n > 0:
        write(quasi, points[-1])
    return wrap(points[1:]).to(wanted).mul_(2.0**-BITS), quasi
