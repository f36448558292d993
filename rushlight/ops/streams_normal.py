"""Normal draws, number for number as PyTorch's CPU kernels make them."""

import math
from collections.abc import Sequence

import numpy as np

from rushlight._core import loops

from .streams_common import (
    FLOAT32,
    FLOAT64,
    REAL_OF,
    check_floating,
    element_count,
    fma,
    fresh,
    libm,
    number,
)
from .streams_state import Stream

# NOTE [ Two normal generators ]
#
# PyTorch draws normals in two ways, and which one decides every number that follows.
#
# Serial: fewer than 16 elements, or a tensor that is not contiguous. Box-Muller in float64 whatever the dtype, one
# value at a time; the second value of each pair waits in the generator's state for the next serial call.
#
# Blocked: 16 or more contiguous elements. The array is filled with uniforms of the dtype (float32 for the 16-bit ones);
# then each 16 become 16 normals, uniforms j and j + 8 making normals j and j + 8. If the size is no multiple of 16,
# 16 more uniforms are drawn for the *last* 16 elements, which overwrites normals already made. (The 16-bit dtypes go
# block by block, and draw nothing for the ragged end but those 16.)
# For float32 the logarithm, sine and cosine are the Cephes polynomials with fused multiply-adds (the AVX2 kernel, used
# on any machine with AVX2). A fused float32 operation is done here in float64 and rounded to float32. Where the product
# is exact in float32 anyway (few bits in the constant), plain float32 operations give the same.


def _single(*values: float) -> tuple[float, ...]:
    return tuple(float(np.float32(value)) for value in values)


_LOG = _single(7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
               2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)
_SIN = _single(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
_COS = _single(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
_HALF_ROOT = np.float32(0.707106781186547524)
_LN2_HIGH = np.float32(0.693359375)
_LN2_LOW = np.float32(-2.12194440e-4)
_QUARTER_PI = (np.float32(-0.78515625), np.float32(-2.4187564849853515625e-4), *_single(-3.77489497744594108e-8))
_FOUR_OVER_PI = np.float32(1.27323954473516)
_TWO_PI = np.float32(2.0 * math.pi)
_ONE, _HALF, _MINUS_TWO = np.float32(1.0), np.float32(0.5), np.float32(-2.0)

_CHUNK = 8192  # pairs worked on at a time, so that the scratch arrays stay in cache
_SAFE = 1e30  # a mean and std below this cannot overflow float32
_native_normals = loops.helper("normals")  # (uniforms, mean, std), in place; None in the pure form
_TABLE_LIMIT = 256  # draws up to this size share the factors of a whole block of uniforms


def _polynomial(coefficients: tuple[float, ...], x: np.ndarray) -> np.ndarray:
    """Horner's rule by fused float32 steps; `x` holds float32 values in float64, the result is float32."""
    single = np.empty(x.size, np.float32)
    wide = x * coefficients[0]
    for coefficient in coefficients[1:-1]:
        wide += coefficient
        single[...] = wide
        wide[...] = single
        wide *= x
    wide += coefficients[-1]
    single[...] = wide
    return single


def _fused(a: np.ndarray, b: np.ndarray | float, c: np.ndarray) -> np.ndarray:
    """float32 `a * b + c`, rounded once."""
    wide = np.multiply(a, b, dtype=np.float64)
    wide += c
    return wide.astype(np.float32)


def _radius(uniforms: np.ndarray) -> np.ndarray:
    """sqrt(-2 log(1 - u)) in float32."""
    x, power = np.frexp(_ONE - uniforms)
    exponent = power.astype(np.float32)
    low = (x < _HALF_ROOT).astype(np.float32)
    exponent -= low
    low *= x
    x += low
    x -= _ONE
    wide = x.astype(np.float64)
    y = _polynomial(_LOG, wide)
    y *= x
    square = x * x
    y = _fused(y, square, exponent * _LN2_LOW)
    square *= _HALF
    y -= square
    x += y
    exponent *= _LN2_HIGH
    x += exponent
    x *= _MINUS_TWO
    return np.sqrt(x, out=x)


def _sign_bits(octant: np.ndarray) -> np.ndarray:
    signs = octant & 4
    signs <<= 29
    return signs


def _cos_sin(uniforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cosine and the sine of 2 pi u in float32."""
    x = _TWO_PI * uniforms
    octant = (x * _FOUR_OVER_PI).astype(np.int32)
    octant += 1
    octant &= ~1
    count = octant.astype(np.float32)
    x += count * _QUARTER_PI[0]
    x += count * _QUARTER_PI[1]
    x = _fused(count, _QUARTER_PI[2], x)
    square = x * x
    wide = square.astype(np.float64)
    even = _polynomial(_COS, wide)
    even *= square
    even = _fused(even, square, square * -_HALF)
    even += _ONE
    odd = _polynomial(_SIN, wide)
    odd *= square
    odd = _fused(odd, x, x)
    # Bit 1 of the octant swaps the two: all ones where it is set, so that the exclusive or exchanges them.
    swapped = octant << 30
    swapped >>= 31
    cosine, sine = even.view(np.int32), odd.view(np.int32)
    swapped &= cosine ^ sine
    cosine ^= swapped
    sine ^= swapped
    # Bit 2 of the octant (of the octant + 2 for the cosine) is the sign: move it to the sign bit.
    sine ^= _sign_bits(octant)
    octant += 2
    cosine ^= _sign_bits(octant)
    return even, odd


def _scale32(values: np.ndarray, mean: float, std: float) -> None:
    """Fused `values * std + mean` in place, in float32."""
    mean, std = np.float32(mean), np.float32(std)
    if mean == 0.0:
        values *= std
        values += mean  # turns -0 into 0, as the fused operation does
    else:
        values[...] = _fused(values, std, mean)


def _pairs32(uniforms: np.ndarray) -> None:
    """Turn float32 uniforms, a multiple of 16 of them, into standard normals in place."""
    rows = uniforms.reshape(-1, 2, 8)
    step = _CHUNK // 8
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        radius = _radius(part[:, 0].ravel())
        cosine, sine = _cos_sin(part[:, 1].ravel())
        cosine *= radius
        sine *= radius
        part[:, 0] = cosine.reshape(-1, 8)
        part[:, 1] = sine.reshape(-1, 8)


def _table_blocks(stream: Stream, count: int) -> np.ndarray:
    """The next `count` (a multiple of 16) standard normals, from factors computed once for a block of uniforms."""
    position = stream.position
    stream.floats(count)
    table = stream.normals
    if table is None:
        whole = stream.float_table()
        table = stream.normals = (_radius(whole), *_cos_sin(whole))
    radius, cosine, sine = (factor[position : position + count].reshape(-1, 2, 8) for factor in table)
    values = np.empty((count // 16, 2, 8), np.float32)
    np.multiply(radius[:, 0], cosine[:, 1], out=values[:, 0])
    np.multiply(radius[:, 0], sine[:, 1], out=values[:, 1])
    return values.reshape(-1)


def _blocked32(stream: Stream, count: int, mean: float, std: float, narrow: bool) -> np.ndarray:
    """`narrow` is for the 16-bit dtypes, which do not draw uniforms for the ragged end before drawing its last 16."""
    tail = count % 16
    body = count - tail
    skipped = 0 if narrow else tail
    total = body + skipped + 16 if tail else count
    if count <= _TABLE_LIMIT and total < stream.left:
        values = _table_blocks(stream, body)
        if tail:
            stream.floats(skipped)
            values = np.concatenate((values[: count - 16], _table_blocks(stream, 16)))
    else:
        uniforms = stream.floats(total)
        values = np.concatenate((uniforms[:body], uniforms[total - 16 :])) if tail else np.array(uniforms)
        done = _native_normals(values, mean, std)
        if done is None:
            _pairs32(values)
        if tail:
            values = np.concatenate((values[: count - 16], values[body:]))
        if done is not None:
            return values
    _scale32(values, mean, std)
    return values


def _pairs64(uniforms: np.ndarray, mean: float, std: float) -> np.ndarray:
    values = np.array(uniforms)
    if _native_normals(values, mean, std) is not None:
        return values
    rows = uniforms.reshape(-1, 2, 8)
    radius = np.sqrt(-2.0 * libm("log", (1.0 - rows[:, 0]).ravel()))
    angle = ((2.0 * math.pi) * rows[:, 1]).ravel()
    values = np.empty(rows.shape)
    values[:, 0] = fma(radius * libm("cos", angle), std, mean).reshape(-1, 8)
    values[:, 1] = fma(radius * libm("sin", angle), std, mean).reshape(-1, 8)
    return values.reshape(-1)


def _blocked64(stream: Stream, count: int, mean: float, std: float) -> np.ndarray:
    tail = count % 16
    if not tail:
        return _pairs64(stream.doubles(count), mean, std)
    body = count - tail
    uniforms = np.concatenate((stream.doubles(count)[:body], stream.doubles(16)))
    values = _pairs64(uniforms, mean, std)
    return np.concatenate((values[: count - 16], values[body:]))


def serial_normals(stream: Stream, count: int, mean: float, std: float, exact: bool = True) -> np.ndarray:
    """`count` float64 normals drawn one at a time, using and leaving the cached second of a pair."""
    waiting = stream.next_double
    fresh_count = count if waiting is None else count - 1
    pairs = (fresh_count + 1) // 2
    values = np.empty(2 * pairs + (waiting is not None))
    made = values
    if waiting is not None:
        values[0] = waiting
        made = values[1:]
    if pairs:
        uniforms = stream.doubles(2 * pairs)
        radius = np.sqrt(-2.0 * libm("log1p", -uniforms[1::2], exact))
        angle = (2.0 * math.pi) * uniforms[::2]
        made[::2] = radius * libm("cos", angle, exact)
        made[1::2] = radius * libm("sin", angle, exact)
    stream.next_double = None
    if fresh_count % 2:
        # The state shows this one to the last bit.
        last_radius = math.sqrt(-2.0 * math.log1p(-float(uniforms[-1])))
        stream.next_double = last_radius * math.sin(float(angle[-1]))
    return fma(values[:count], std, mean)


def standard_normal(stream: Stream) -> float:
    """One float64 normal of the serial kind."""
    waiting = stream.next_double
    if waiting is not None:
        stream.next_double = None
        return waiting
    first, second = stream.doubles(2).tolist()
    radius = math.sqrt(-2.0 * math.log1p(-second))
    angle = 2.0 * math.pi * first
    stream.next_double = radius * math.sin(angle)
    return radius * math.cos(angle)


def _few_normals(stream: Stream, count: int, mean: float, std: float) -> list[float]:
    """The serial generator for a handful of values, where Python floats beat arrays."""
    values = [standard_normal(stream) for _ in range(count)]
    if mean == 0.0:
        return [value * std for value in values]
    return fma(np.array(values), std, mean).tolist()


def normal(stream: Stream, shape: Sequence[int], dtype: np.dtype, mean: float = 0.0, std: float = 1.0,
           contiguous: bool = True) -> np.ndarray:
    """Draw normals as `Tensor.normal_` does; pass `contiguous=False` when the tensor to be filled is not contiguous.

    A complex value is two real draws of `std / sqrt(2)`. Raises RuntimeError for `std < 0`.
    """
    if not std >= 0.0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {number(std)}")
    count = element_count(shape)
    real = REAL_OF.get(dtype)
    if not count:
        return np.empty(shape, dtype)
    if real is not None:
        parts = normal(stream, (2 * count,), real, mean, std / math.sqrt(2.0), contiguous)
        return parts.view(dtype).reshape(shape)
    if dtype != FLOAT32 and dtype != FLOAT64:
        check_floating("normal_kernel_cpu", dtype)
    if count >= 16 and contiguous:
        if dtype == FLOAT64:
            return _blocked64(stream, count, float(mean), float(std)).reshape(shape)
        values = _blocked32(stream, count, mean, std, dtype != FLOAT32)
        return values.reshape(shape) if dtype == FLOAT32 else fresh(values, shape, dtype)
    if count < 16:
        few = _few_normals(stream, count, float(mean), float(std))
        if dtype == FLOAT32 and std < _SAFE and -_SAFE < mean < _SAFE:
            return np.array(few, np.float32).reshape(shape)
        values = np.array(few)
    else:
        values = serial_normals(stream, count, float(mean), float(std), dtype == FLOAT64)
    return fresh(values, shape, dtype)


def normal_of_tensors(stream: Stream, mean: np.ndarray | float, std: np.ndarray | float) -> np.ndarray:
    """`torch.normal` where the mean, the std or both are tensors, in the first one's dtype and their common shape."""
    if not isinstance(std, np.ndarray):
        assert isinstance(mean, np.ndarray)
        values = normal(stream, mean.shape, mean.dtype, 0.0, std)
        values += mean
        return values
    if std.dtype.kind == "c":
        raise RuntimeError("normal expects standard deviation to be non-complex")
    if std.size and not std.min() >= 0:
        raise RuntimeError("normal expects all elements of std >= 0.0")
    if not isinstance(mean, np.ndarray):
        values = normal(stream, std.shape, std.dtype)
    else:
        values = normal(stream, _common_shape(mean.shape, std.shape), mean.dtype)
    values *= std
    values += mean
    return values


def _common_shape(first: Sequence[int], second: Sequence[int]) -> tuple[int, ...]:
    rank = max(len(first), len(second))
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in (first, second)]
    sizes: list[int] = []
    for dim in reversed(range(rank)):
        a, b = padded[0][dim], padded[1][dim]
        if a != b and a != 1 and b != 1:
            raise RuntimeError(f"The size of tensor a ({a}) must match the size of tensor b ({b}) "
                               f"at non-singleton dimension {dim}")
        sizes.append(b if a == 1 else a)
    return tuple(reversed(sizes))

