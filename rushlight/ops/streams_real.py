"""Continuous and yes/no draws, number for number as PyTorch's CPU kernels make them (all are serial there)."""

import math
from collections.abc import Sequence

import numpy as np

from .streams_common import (
    FLOAT32,
    FLOAT64,
    FLOATING,
    LARGEST,
    NAME,
    REAL_OF,
    c_name,
    check_floating,
    element_count,
    fma,
    fresh,
    libm,
    not_implemented,
    number,
    scalar_name,
)
from .streams_normal import serial_normals
from .streams_order import memory_order
from .streams_state import Stream

# NOTE [ One kernel everywhere ]
#
# PyTorch built with MKL replaces the draws of `bernoulli_(p: float)` (so dropout's too) and `exponential_` by MKL's own
# generator on some processors (Intel's); on all others, and here, they come from the Mersenne twister, 64 bits a draw.

BERNOULLI_ARGUMENT = ("Expected p_in >= 0 && p_in <= 1 to be true, but got false.  "
                      "(Could this error message be improved?  If so, "
                      "please report an enhancement request to PyTorch.)")
_CONTINUOUS = (" distribution is a continuous probability distribution. "
               "dtype must be a floating point but you specified ")


def _check_uniform(dtype: np.dtype, low: float, high: float) -> None:
    check_floating("check_uniform_bounds", dtype)
    largest = LARGEST[NAME[dtype]]
    for name, value in (("from", low), ("to", high)):
        if not -largest <= value <= largest:
            raise RuntimeError(f"{name} is out of bounds for {c_name(dtype)}")
    if not low <= high:
        raise RuntimeError("uniform_ expects to return a [from, to) range, "
                           f"but found from={number(low)} > to={number(high)}")
    if not high - low <= largest:
        raise RuntimeError(f"uniform_ expects to-from <= std::numeric_limits<{scalar_name(dtype)}>::max(), but found "
                           f"to={number(high)} and from={number(low)} which result in to-from to exceed the limit")


def _uniform_doubles(stream: Stream, count: int, low: float, high: float) -> np.ndarray:
    values = fma(stream.doubles(count), high - low, low)
    values[values == high] = low
    return values


def _uniform_singles(stream: Stream, count: int, low: float, high: float, dtype: np.dtype) -> np.ndarray:
    low32, high32 = np.float32(low), np.float32(high)
    width = high32 - low32
    values = stream.floats(count)
    if low32 == 0.0:
        values = values * width
    else:
        wide = np.multiply(values, width, dtype=np.float64)
        wide += low32
        values = wide.astype(np.float32)
    if dtype != FLOAT32:
        values = values.astype(dtype)
        low32, high32 = np.array([low, high], FLOAT32).astype(dtype)
    np.copyto(values, low32, where=values == high32)
    return values


def uniform(stream: Stream, shape: Sequence[int], dtype: np.dtype, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """Draw from [low, high) as `Tensor.uniform_` does; a complex value is two real draws.

    float64 takes 64 bits a draw; float32 takes 32, and so do the 16-bit dtypes, which round a float32 draw
    (one that rounds up to `high` becomes `low`).
    """
    if dtype == FLOAT32 and low == 0.0 and high == 1.0:
        count = shape[0] if len(shape) == 1 else math.prod(shape)
        if count >= 0:
            return stream.floats(count).reshape(shape).copy()
    count = element_count(shape)
    real = REAL_OF.get(dtype)
    if real is not None:
        if not count:
            return np.empty(shape, dtype)
        return uniform(stream, (2 * count,), real, low, high).view(dtype).reshape(shape)
    _check_uniform(dtype, low, high)
    if dtype == FLOAT64:
        if low == 0.0 and high == 1.0:
            return stream.doubles(count).reshape(shape).copy()
        return _uniform_doubles(stream, count, float(low), float(high)).reshape(shape)
    return _uniform_singles(stream, count, low, high, dtype).reshape(shape)


def exponential(stream: Stream, shape: Sequence[int], dtype: np.dtype, rate: float = 1.0) -> np.ndarray:
    """Draw as `Tensor.exponential_(lambd=rate)` does, always by way of float64."""
    if not rate > 0.0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={number(rate)}")
    count = element_count(shape)
    if not count:
        return np.empty(shape, dtype)
    if NAME[dtype] not in FLOATING:
        raise RuntimeError(f"Exponential{_CONTINUOUS}{scalar_name(dtype)}")
    values = libm("log1p", -stream.doubles(count), dtype == FLOAT64)
    values *= -1.0 / rate
    return fresh(values, shape, dtype)


def geometric(stream: Stream, shape: Sequence[int], dtype: np.dtype, p: float) -> np.ndarray:
    """Draw as `Tensor.geometric_` does: trials up to the first success, for any real dtype but bool."""
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={number(p)}")
    count = element_count(shape)
    if not count:
        return np.empty(shape, dtype)
    if NAME[dtype] not in FLOATING and NAME[dtype] not in ("uint8", "int8", "int16", "int32", "int64"):
        raise not_implemented("geometric_cpu", dtype)
    values = np.ceil(libm("log", stream.doubles(count)) / math.log1p(-p))
    if dtype.kind in "iu" and dtype.itemsize < 8:
        values = values.astype(np.int64)  # too large a value wraps, as the C++ conversion does
    return fresh(values, shape, dtype)


def cauchy(stream: Stream, shape: Sequence[int], dtype: np.dtype, median: float = 0.0,
           sigma: float = 1.0) -> np.ndarray:
    """Draw as `Tensor.cauchy_` does."""
    if not sigma > 0.0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={number(sigma)}")
    if NAME[dtype] not in FLOATING:
        raise RuntimeError(f"Cauchy{_CONTINUOUS}{c_name(dtype)}")
    count = element_count(shape)
    if not count:
        return np.empty(shape, dtype)
    angle = math.pi * (stream.doubles(count) - 0.5)
    return fresh(fma(libm("tan", angle, dtype == FLOAT64), float(sigma), float(median)), shape, dtype)


def log_normal(stream: Stream, shape: Sequence[int], dtype: np.dtype, mean: float = 1.0,
               std: float = 2.0) -> np.ndarray:
    """Draw as `Tensor.log_normal_` does: always the serial normals."""
    if not std > 0.0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={number(std)}")
    count = element_count(shape)
    if not count:
        return np.empty(shape, dtype)
    check_floating("log_normal_cpu", dtype)
    exact = dtype == FLOAT64
    values = serial_normals(stream, count, float(mean), float(std), exact)
    return fresh(libm("exp", values, exact), shape, dtype)


def _check_bernoulli(kernel: str, dtype: np.dtype) -> None:
    if dtype.kind == "c" or NAME[dtype] in ("uint16", "uint32", "uint64"):
        raise not_implemented(kernel, dtype)


def bernoulli(stream: Stream, shape: Sequence[int], dtype: np.dtype, p: float = 0.5) -> np.ndarray:
    """Draw as `Tensor.bernoulli_(p: float)` does: 64 bits a draw whatever the dtype."""
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={number(p)}")
    count = element_count(shape)
    if not count:
        return np.empty(shape, dtype)
    _check_bernoulli("bernoulli_scalar_cpu_", dtype)
    hits = stream.doubles(count) < p
    return (hits if dtype.kind == "b" else hits.astype(dtype)).reshape(shape)


def bernoulli_of_tensor(stream: Stream, p: np.ndarray, shape: Sequence[int] | None = None,
                        dtype: np.dtype | None = None, strides: Sequence[int] | None = None) -> np.ndarray:
    """Draw as `torch.bernoulli(p)` does, or `Tensor.bernoulli_(p: Tensor)` on a tensor of that shape, dtype, strides.

    A float64 `p` takes 64 bits a draw, any other 32. A `p` outside [0, 1] leaves the stream after the draws before it.
    The draws run along the target's memory, which the result's layout follows; without strides it is contiguous.
    """
    if shape is None:
        shape = p.shape
    dtype = p.dtype if dtype is None else dtype
    count = element_count(shape)
    if not count:
        return np.empty(shape, dtype)
    _check_bernoulli("bernoulli_tensor_cpu_self_", dtype)
    check_floating("bernoulli_tensor_cpu_p_", p.dtype)
    spread = np.broadcast_to(p, shape)
    order = back = tuple(range(len(shape)))
    if strides is not None:
        order, back = memory_order(shape, strides)
    spread = spread.transpose(order)
    wide = spread.astype(FLOAT64 if p.dtype == FLOAT64 else FLOAT32, order="C").reshape(-1)
    draw = stream.doubles if p.dtype == FLOAT64 else stream.floats
    bad = ~((wide >= 0) & (wide <= 1))
    if bad.any():
        draw(int(bad.argmax()))
        raise RuntimeError(BERNOULLI_ARGUMENT)
    hits = draw(count) < wide
    return (hits if dtype.kind == "b" else hits.astype(dtype)).reshape(spread.shape).transpose(back)


def rrelu_noise(stream: Stream, values: np.ndarray, lower: float, upper: float) -> np.ndarray:
    """The slopes `rrelu` takes in training: a float64 uniform where a value is <= 0, else 1, in logical order."""
    if values.dtype not in (FLOAT32, FLOAT64) and NAME[values.dtype] != "bfloat16":
        raise not_implemented("rrelu_with_noise_out_cpu", values.dtype)
    lower, upper = np.array([lower, upper]).astype(values.dtype).tolist()
    if upper - lower == float("inf"):
        raise RuntimeError(
            "Expected to - from <= std::numeric_limits<T>::max() to be true, but got false.  (Could this error message be improved?  "
            "If so, please report an enhancement request to PyTorch.)"
        )
    noise = np.ones(values.shape, values.dtype)
    drawn = values <= 0
    count = int(np.count_nonzero(drawn))
    slopes = stream.doubles(count) * (upper - lower) + lower  # this kernel is built without fused operations
    noise[drawn] = fresh(slopes, (count,), values.dtype)
    return noise


def dropout_mask(stream: Stream, shape: Sequence[int], dtype: np.dtype, p: float) -> np.ndarray:
    """The scaled mask `torch.dropout` multiplies its input by: `bernoulli_(1 - p) / (1 - p)` in the input's dtype.

    `p == 1` draws nothing and gives zeros.
    """
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {number(p)}")
    if p == 1:
        return np.zeros(shape, dtype)
    kept = bernoulli(stream, shape, dtype, 1.0 - p)
    if dtype.itemsize == 2:
        return (kept.astype(FLOAT32) / np.float32(1.0 - p)).astype(dtype)
    kept /= 1.0 - p
    return kept
