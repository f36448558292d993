"""Running sums, products, extrema; differences and areas between neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import return_types
from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase
from rushlight.ops.carriers import conj, divided, dtype_of, is_complex, scaled, where, written, zeros, zeros_like
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.reduce_common import (
    FLOAT32,
    INT64,
    NO_ORDER,
    any_true,
    as_lines,
    cast,
    from_lines,
    is_half,
    not_implemented,
    refuse,
    widened,
)
from rushlight.ops.view import wrap_dim

# ---------------------------------------------------------------- sums and products


def _accumulate(scan: Any, self: Any, dim: int, dtype: Any) -> Any:
    """A running sum or product, in the dtypes that PyTorch accumulates in."""
    axis = wrap_dim(dim, self.ndim)
    if dtype is not None:
        self = cast(self, dtype)
    target = INT64 if dtype is None and self.dtype.kind in "biu" else self.dtype
    if not self.ndim:
        return self.astype(target)
    working = FLOAT32 if is_half(target) else target
    if working.kind == "b":
        return scan(self.astype(INT64), axis=axis).astype(target)
    found = np.empty(self.shape, working)
    if self.size:
        scan(self.astype(working, copy=False), axis=axis, out=found)
    return narrowed(found, target)


def _length(value: Any, dim: int) -> int:
    return int(value.shape[wrap_dim(dim, value.ndim)]) if value.ndim else 1


def reversed_cumsum(value: Any, dim: int) -> Any:
    """Sums from each element to the end of its line."""
    if _length(value, dim) <= 1:
        return value
    flip = REGISTRY["flip"]
    return flip(cumsum(flip(value, [dim]), dim), [dim])


def _refuse_bool(kernel: str, self: Any, dtype: Any) -> None:
    if dtype is dtypes.bool_ and self.ndim and self.size:
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")


@op("cumsum", kind="scan", self=lambda grad, dim: reversed_cumsum(grad, dim))
def cumsum(self: Any, dim: Any, dtype: Any = None) -> Any:
    """Running sums along a dimension."""
    wrap_dim(dim, self.ndim)
    _refuse_bool("cumsum_out_cpu", self, dtype)
    return _accumulate(np.add.accumulate, self, dim, dtype)


def _cumprod_backward(grad: Any, self: Any, dim: int, result: Any) -> Any:
    if _length(self, dim) <= 1:
        return grad
    if not any_true(self == 0):
        return reversed_cumsum(conj(result) * grad, dim) / conj(self)
    axis = wrap_dim(dim, self.ndim)
    cut = REGISTRY["slice.Tensor"]
    size = self.shape[axis]
    entries = []
    for place in range(size):
        rest = _products_without(self, axis, place, size)
        entries.append(REGISTRY["sum.dim_IntList"](cut(grad, axis, place, size, 1) * conj(rest), (axis,), True))
    return REGISTRY["cat"](entries, axis)


def _products_without(self: Any, axis: int, place: int, size: int) -> Any:
    """The running products from element `place` on, with that element left out."""
    cut = REGISTRY["slice.Tensor"]
    if place:
        head = REGISTRY["prod.dim_int"](cut(self, axis, 0, place, 1), axis, True)
    else:
        head = zeros_like(cut(self, axis, 0, 1, 1)) + 1
    if place == size - 1:
        return head
    return REGISTRY["cat"]([head, cumprod(cut(self, axis, place + 1, size, 1), axis) * head], axis)


@op("cumprod", kind="scan", self=lambda grad, self, dim, result: _cumprod_backward(grad, self, dim, result))
def cumprod(self: Any, dim: Any, dtype: Any = None) -> Any:
    """Running products along a dimension."""
    _refuse_bool("cumprod_out_cpu", self, dtype)
    return _accumulate(np.multiply.accumulate, self, dim, dtype)


# ---------------------------------------------------------------- logcumsumexp


_BFLOAT16_MAX = 2.0**128 - 2.0**120  # np.finfo does not know it


def _reversed_logcumsumexp(value: Any, dim: int) -> Any:
    flip = REGISTRY["flip"]
    return flip(logcumsumexp(flip(value, [dim]), dim), [dim])


def _logcumsumexp_backward(grad: Any, self: Any, result: Any, dim: int) -> Any:
    """Sums of grad * exp(self - result) from each element on, in logarithms, for positive and negative gradients apart."""
    if self.ndim == 0 or 0 in self.shape:
        return grad
    log, exp = REGISTRY["log"], REGISTRY["exp"]
    if is_complex(grad):
        return conj(exp(_reversed_logcumsumexp(log(conj(grad)) - result, dim) + self))
    kind = dtype_of(grad)
    lowest = -_BFLOAT16_MAX if kind is dtypes.bfloat16 else -float(np.finfo(kind.np_dtype).max)
    size = log(REGISTRY["abs"](grad))
    positive = where(grad > 0, size, lowest)
    negative = where(grad < 0, size, lowest)
    up = exp(_reversed_logcumsumexp(positive - result, dim) + self)
    down = exp(_reversed_logcumsumexp(negative - result, dim) + self)
    return up - down


@op("logcumsumexp", kind="scan", self=lambda grad, self, result, dim: _logcumsumexp_backward(grad, self, result, dim))
def logcumsumexp(self: Any, dim: Any) -> Any:
    """The logarithm of running sums of exponentials along a dimension."""
    axis = wrap_dim(dim, self.ndim)
    if self.dtype.kind in "biu":
        raise not_implemented("logcumsumexp_out_cpu", self)
    if not self.ndim:
        return self.copy()
    if not self.size:
        return np.empty(self.shape, self.dtype)
    if self.dtype.kind == "c":
        return _complex_logcumsumexp(self, axis)
    wide = widened(self) if self.dtype.itemsize == 2 else self.astype(np.float64)
    found = np.empty(self.shape, wide.dtype)
    np.logaddexp.accumulate(wide, axis=axis, out=found)
    return narrowed(found, self.dtype)


def _complex_logcumsumexp(self: Any, axis: int) -> Any:
    """In complex128, step by step, so that the imaginary parts go on counting turns as PyTorch's do."""
    found = np.empty(self.shape, self.dtype)
    total = np.full(found.take(0, axis).shape, -np.inf, np.complex128)
    for place in range(self.shape[axis]):
        at = (slice(None),) * axis + (place,)
        total = _log_of_sum(self[at].astype(np.complex128), total)
        found[at] = total
    return found


def _log_of_sum(value: Any, total: Any) -> Any:
    """log(exp(value) + exp(total)), measured from the one with the larger real part."""
    low, high = np.where(value.real < total.real, value, total), np.where(value.real < total.real, total, value)
    apart = low - high
    ratio = np.where(apart.real == -np.inf, 0, np.exp(apart))
    usual = np.log1p(ratio) + high
    endless = np.where(low.real < 0, low, np.log(np.exp(low) + np.exp(high)))
    found = np.where(np.isinf(low.real) & (low.real == high.real), endless, usual)
    return np.where(np.isnan(value) | np.isnan(total), complex(np.nan, np.nan), found)


# ---------------------------------------------------------------- running extrema


def cummaxmin_backward(grad: Any, sizes: Any, indices: Any, dim: int) -> Any:
    """Gradients added at the places that a running extremum took."""
    if isinstance(grad, TensorBase):
        return written(REGISTRY["scatter_add"](zeros(grad, sizes), dim, indices, grad), 2)
    if not sizes:
        return grad.copy()
    axis = wrap_dim(dim, len(sizes))
    rows, places = as_lines(grad, axis), as_lines(indices, axis)
    found = np.zeros(rows.shape, widened(grad).dtype)
    np.add.at(found, (np.arange(rows.shape[0])[:, None], places), rows)
    return narrowed(from_lines(found, sizes, axis), grad.dtype)


def _running_extremum(name: str, ufunc: Any, at_least: Any) -> None:
    """cummax or cummin: of equal values the last, and a nan once there is one."""

    @op(
        name, kind="scan", outputs=("values", "indices"), writes=2, pack=getattr(return_types, name),
        self=lambda grad, self, indices, dim: cummaxmin_backward(grad, self.shape, indices, dim),
    )  # fmt: skip
    def scan(self: Any, dim: Any) -> Any:
        if not self.ndim and dim not in (0, -1):
            raise IndexError(f"{name}(): Expected reduction dim -1 or 0 for scalar but got {dim}")
        axis = wrap_dim(dim, self.ndim)
        if self.size and self.ndim:
            refuse(f"{name}_cpu", self, NO_ORDER)
        if not self.ndim:
            return [self.copy(), np.zeros((), INT64)]
        values = np.empty(self.shape, self.dtype)
        places = np.empty(self.shape, INT64)
        if self.size:
            values[...] = ufunc.accumulate(self, axis=axis)
            count = np.arange(self.shape[axis]).reshape([-1 if place == axis else 1 for place in range(self.ndim)])
            taken = (self != self) | at_least(self, values)
            np.maximum.accumulate(np.where(taken, count, 0), axis=axis, out=places)
        return [values, places]


_running_extremum("cummax", np.maximum, np.greater_equal)
_running_extremum("cummin", np.minimum, np.less_equal)


# ---------------------------------------------------------------- differences and areas


def _cut(value: Any, dim: int, start: int, end: int) -> Any:
    return REGISTRY["slice.Tensor"](value, dim, start, end, 1)


@composite("diff")
def diff(self: Any, n: Any = 1, dim: Any = -1, prepend: Any = None, append: Any = None) -> Any:
    """The n-th differences of neighbours along a dimension."""
    if self.ndim < 1:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    axis = wrap_dim(dim, self.ndim)
    for other in (prepend, append):
        if other is not None and other.ndim != self.ndim:
            raise RuntimeError("diff expects prepend or append to be the same dimension as input")
        for place in range(0 if other is None else self.ndim):
            if place != axis and other.shape[place] != self.shape[place]:
                raise RuntimeError(
                    "diff expects the shape of tensor to prepend or append to match that of input except along the differencing "
                    f"dimension; input.size({place}) = {self.shape[place]}, but got tensor.size({place}) = {other.shape[place]}"
                )
    if n == 0:
        return REGISTRY["copy_"](REGISTRY["clone"](self.detach(), None), self)
    parts = [part for part in (prepend, self, append) if part is not None]
    found = self if len(parts) == 1 else REGISTRY["cat"](parts, axis)
    size = found.shape[axis]
    for _ in range(min(n, size)):
        size = found.shape[axis]
        earlier = _cut(found, axis, 0, max(size - 1, 0))
        later = _cut(found, axis, 1, max(size, 1))
        found = later.logical_xor(earlier) if found.dtype is dtypes.bool_ else later - earlier
    return found


def _ends(value: Any, dim: int) -> tuple[Any, Any]:
    size = value.shape[dim]
    earlier = _cut(value, dim, 0, size - 1)
    return _cut(value, dim, 1, size), earlier


def _areas(y: Any, x: Any, axis: int) -> Any:
    """Twice the areas between neighbours over the points x."""
    if x.ndim == 1:
        if x.shape[0] != y.shape[axis]:
            raise RuntimeError("trapezoid: There must be one `x` value for each sample point")
        x = x.view([-1 if place == axis else 1 for place in range(y.ndim)])
    after, before = _ends(x, x.ndim - (y.ndim - axis))
    apart = after - before
    later, earlier = _cut(y, axis, 1, y.shape[axis]), _cut(y, axis, 0, y.shape[axis] - 1)
    return (later + earlier) * apart


def _refuse_bools(name: str, *operands: Any) -> None:
    if any(operand.dtype is dtypes.bool_ for operand in operands):
        names = "`x` or `y`" if len(operands) == 2 else "`y`"
        raise RuntimeError(f"{name}: received a bool input for {names}, but bool is not supported")


def _need_dimensions(y: Any, dim: int) -> None:
    if not y.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")


@composite("trapezoid.x", "trapz.x")
def trapezoid_x(y: Any, x: Any, dim: Any = -1) -> Any:
    """The area under y over the points x, by trapezoids."""
    _need_dimensions(y, 0)
    _refuse_bools("trapezoid", y, x)
    axis = wrap_dim(dim, y.ndim)
    return divided(_areas(y, x, axis).sum(axis), 2.0)


@composite("trapezoid.dx", "trapz.dx")
def trapezoid_dx(y: Any, dx: Any = 1, dim: Any = -1) -> Any:
    """The area under y over points dx apart, by trapezoids."""
    _need_dimensions(y, dim)
    _refuse_bools("trapezoid", y)
    axis = wrap_dim(dim, y.ndim)
    size = y.shape[axis]
    if size == 0:
        return y.sum(axis) * 0.0
    last = y.select(axis, -1)
    ends = scaled(y.select(axis, 0) + last, 0.5)
    return scaled(y.sum(axis) - ends, dx)


@composite("cumulative_trapezoid.x")
def cumulative_trapezoid_x(y: Any, x: Any, dim: Any = -1) -> Any:
    """Running areas under y over the points x."""
    _refuse_bools("cumulative_trapezoid", y, x)
    axis = wrap_dim(dim, y.ndim)
    return divided(_areas(y, x, axis).cumsum(axis), 2.0)


@composite("cumulative_trapezoid.dx")
def cumulative_trapezoid_dx(y: Any, dx: Any = 1, dim: Any = -1) -> Any:
    """Running areas under y over points dx apart."""
    _refuse_bools("cumulative_trapezoid", y)
    axis = wrap_dim(dim, y.ndim)
    later, earlier = _cut(y, axis, 1, y.shape[axis]), _cut(y, axis, 0, y.shape[axis] - 1)
    return scaled(later + earlier, dx / 2.0).cumsum(axis)
