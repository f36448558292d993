"""What the special-function kernels share: polynomials, and one way to run a float64 formula on any array.

Every kernel is one formula written for a flat float64 array. float32, float16 and bfloat16 inputs are widened to
float64, which leaves nothing but the final rounding to lose, and costs less than it sounds: the work goes in blocks
that stay in cache.
"""

from collections.abc import Callable

import numpy as np

Array = np.ndarray
Coefficients = tuple[Array, ...]

# 8192 float64 values are 64 KB: a block and its temporaries stay in the second-level cache.
BLOCK = 8192


def constants(*values: float) -> Coefficients:
    """Return coefficients as 0-d arrays, which NumPy adds to an array in half the time it needs for Python floats."""
    return tuple(np.array(value, dtype=np.float64) for value in values)


def polynomial(x: Array, coefficients: Coefficients) -> Array:
    """Evaluate a polynomial by Horner's rule, highest power first."""
    result = x * coefficients[0]
    result += coefficients[1]
    for coefficient in coefficients[2:]:
        result *= x
        result += coefficient
    return result


def rational(x: Array, numerator: Coefficients, denominator: Coefficients) -> Array:
    """Evaluate the ratio of two polynomials."""
    result = polynomial(x, numerator)
    result /= polynomial(x, denominator)
    return result


def chebyshev_series(x: Array, coefficients: Coefficients) -> Array:
    """Evaluate a Chebyshev series by Clenshaw's recurrence; `x` is twice the usual argument, as in Cephes `chbevl`."""
    older, old, new = x, np.zeros_like(x), np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        older, old = old, new
        new = x * old
        new -= older
        new += coefficient
    new -= older
    new *= 0.5
    return new


def piecewise(x: Array, condition: Array, inside: Callable, outside: Callable) -> Array:
    """Apply `inside` where the condition holds and `outside` elsewhere, each on its own elements only."""
    if condition.all():
        return inside(x)
    if not condition.any():
        return outside(x)
    result = np.empty_like(x)
    result[condition] = inside(x[condition])
    other = ~condition
    result[other] = outside(x[other])
    return result


def narrow(result: Array, dtype: np.dtype) -> Array:
    """Round a float64 result to `dtype`; the half types go through float32, as PyTorch's do."""
    if dtype.itemsize == 2:
        result = result.astype(np.float32)
    return result.astype(dtype, copy=False)


def evaluate(kernel: Callable[..., Array], x: Array, *parameters: object) -> Array:
    """Run a float64 kernel over an array of any real floating dtype and layout; keep its dtype and dense layout."""
    x = np.asarray(x)
    if x.size <= BLOCK:
        result = kernel(x.astype(np.float64).ravel(), *parameters)
        return narrow(result, x.dtype).reshape(x.shape)
    out = np.empty_like(x)
    if not x.flags.c_contiguous:
        order = sorted(range(x.ndim), key=lambda axis: -abs(out.strides[axis]))
        x, flat_out = np.ascontiguousarray(x.transpose(order)), out.transpose(order).reshape(-1)
    else:
        flat_out = out.reshape(-1)
    flat = x.reshape(-1)
    for start in range(0, flat.size, BLOCK):
        block = flat[start : start + BLOCK].astype(np.float64)
        flat_out[start : start + BLOCK] = narrow(kernel(block, *parameters), out.dtype)
    return out


def evaluate_pair(kernel: Callable[[Array, Array], Array], x: Array, y: Array) -> Array:
    """Run a float64 kernel of two arguments over broadcast arrays; the result has their promoted dtype."""
    x, y = np.asarray(x), np.asarray(y)
    dtype = np.result_type(x.dtype, y.dtype)
    shape = np.broadcast_shapes(x.shape, y.shape)
    first = np.broadcast_to(x, shape).ravel()
    second = np.broadcast_to(y, shape).ravel()
    out = np.empty(first.size, dtype)
    for start in range(0, out.size, BLOCK):
        here = slice(start, start + BLOCK)
        out[here] = narrow(kernel(first[here].astype(np.float64), second[here].astype(np.float64)), dtype)
    return out.reshape(shape)
