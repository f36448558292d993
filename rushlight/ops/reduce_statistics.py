"""Variance, norms, counts and quantiles."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from rushlight._core import blocks, dtypes
from rushlight._core.tensor import META
from rushlight.ops.carriers import divided, is_complex, led, masked, masked_in_place, scaled, takes_writes, where
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, op, reduction
from rushlight.ops.meta_refusals import check_kernel
from rushlight.ops.pointwise import no_derivative
from rushlight.ops.reduce_common import (
    FLOAT32,
    FLOAT64,
    INT64,
    WIDE_UNSIGNED,
    any_true,
    axes_of,
    cast,
    count_over,
    expand_back,
    is_half,
    mean_over,
    not_implemented,
    quotient,
    reduced_count,
    refuse,
    restore,
    row_major,
    widened,
)
from rushlight.ops.reduce_extrema import sum_of_mask
from rushlight.ops.view import wrap_dim

# ---------------------------------------------------------------- variance

_FREEDOM = (
    "%s(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel divided by output "
    "numel). (Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/native/ReduceOps.cpp:1861.)"
)


def _moments(name: str, self: Any, dim: Any, correction: Any, keepdim: bool, root: bool) -> tuple[Any, Any]:
    """Variance (or its root) and mean over dimensions, computed in float64 as PyTorch does."""
    if self.dtype.kind in "biu":
        what = "std and var" if name in ("std", "var") else name
        raise RuntimeError(f"{what} only support floating point and complex dtypes")
    axes = axes_of(dim, self.ndim)
    keepdim = keepdim and self.ndim > 0
    correction = 1 if correction is None else correction
    count = reduced_count(self.shape, axes)
    working = np.dtype(np.complex128) if self.dtype.kind == "c" else FLOAT64
    mean = np.true_divide(np.add.reduce(self, axis=axes, dtype=working, keepdims=True), working.type(count))
    squares = blocks.reduced(np.add.reduce, lambda x, m: _squares(np.subtract(x, m, dtype=working)), [self, mean], axes, keepdim)
    results = squares.size
    if (count if results else 0) - correction <= 0:
        for _ in range(2 if self.dtype.kind == "c" else 1):  # PyTorch takes the parts of complex numbers one by one
            warnings.warn(_FREEDOM % name, UserWarning, stacklevel=2)
    found = squares / FLOAT64.type(max(count - correction, 0.0))
    if root:
        found = np.sqrt(found)
    real = np.dtype(self.dtype.char.lower()) if self.dtype.kind == "c" else self.dtype
    if not keepdim:
        mean = mean.squeeze(axes) if axes is not None else mean.reshape(())
    return row_major(np.asarray(found).astype(real)), row_major(mean.astype(self.dtype))


def _squares(away: Any) -> Any:
    if away.dtype.kind == "c":
        return away.real * away.real + away.imag * away.imag
    return np.multiply(away, away)


def _var_backward(grad: Any, self: Any, dim: Any, correction: Any, keepdim: Any) -> Any:
    correction = 1 if correction is None else correction
    dims = None if not self.ndim or not dim else dim
    factor = quotient(2.0, count_over(self.shape, dims) - correction)
    if self.ndim > 1:
        grad = restore(grad, self.ndim, dims, keepdim)
    away = self - (mean_over(self, dims) if dims is not None else REGISTRY["mean"](self))
    if dims is None and correction >= count_over(self.shape, dims):  # PyTorch fills in real numbers, for complex ones too
        return grad * where(away == 0, math.nan, math.inf)
    return scaled(grad, factor) * away


def _mean_backward(grad: Any, sizes: Any, dim: Any, keepdim: Any) -> Any:
    return divided(expand_back(grad, sizes, dim, keepdim), count_over(sizes, dim))


def _std_backward(grad: Any, self: Any, result: Any, dim: Any, correction: Any, keepdim: Any) -> Any:
    share = masked(grad / scaled(result, 2), result == 0)
    return _var_backward(share, self, dim, correction, keepdim)


def _both_backward(spread: Any, grads: Any, self: Any, result: Any, dim: Any, correction: Any, keepdim: Any) -> Any:
    found = None
    if grads[0] is not None:
        arguments = (grads[0], self) if spread is _var_backward else (grads[0], self, result)
        found = spread(*arguments, dim, correction, keepdim)
    if grads[1] is not None:
        share = _mean_backward(grads[1], self.shape, dim, keepdim)
        found = share if found is None else led("add.Tensor", found, share)
    return found


@reduction(
    "var.correction", self=lambda grad, self, dim, correction, keepdim: _var_backward(grad, self, dim, correction, keepdim)
)
def var(self: Any, dim: Any = None, correction: Any = None, keepdim: Any = False) -> Any:
    """Variances over dimensions, divided by the count less `correction` (1 by default)."""
    return _moments("var", self, dim, correction, keepdim, False)[0]


@reduction(
    "std.correction",
    self=lambda grad, self, result, dim, correction, keepdim: _std_backward(grad, self, result, dim, correction, keepdim),
)  # fmt: skip
def std(self: Any, dim: Any = None, correction: Any = None, keepdim: Any = False) -> Any:
    """Standard deviations over dimensions."""
    return _moments("std", self, dim, correction, keepdim, True)[0]


@reduction(
    "var_mean.correction", outputs=("result0", "result1"), pack=tuple,
    self=lambda grads, self, dim, correction, keepdim: _both_backward(_var_backward, grads, self, None, dim, correction, keepdim),
)  # fmt: skip
def var_mean(self: Any, dim: Any = None, correction: Any = None, keepdim: Any = False) -> Any:
    """Variances and means over dimensions."""
    return list(_moments("var_mean", self, dim, correction, keepdim, False))


@reduction(
    "std_mean.correction", outputs=("result0", "result1"), pack=tuple,
    self=lambda grads, self, result0, dim, correction, keepdim: _both_backward(
        _std_backward, grads, self, result0, dim, correction, keepdim
    ),
)  # fmt: skip
def std_mean(self: Any, dim: Any = None, correction: Any = None, keepdim: Any = False) -> Any:
    """Standard deviations and means over dimensions."""
    return list(_moments("std_mean", self, dim, correction, keepdim, True))


def _by_unbiased(name: str, made: Any) -> None:
    """The overloads with `unbiased`: a correction of 1 or 0."""

    @composite(name)
    def over_all(self: Any, unbiased: Any = True) -> Any:
        return made.apply([self, None, 1 if unbiased else 0, False])

    @composite(f"{name}.dim")
    def over_dims(self: Any, dim: Any, unbiased: Any = True, keepdim: Any = False) -> Any:
        return made.apply([self, dim, 1 if unbiased else 0, keepdim])


for _name, _made in (("var", var), ("std", std), ("var_mean", var_mean), ("std_mean", std_mean)):
    _by_unbiased(_name, _made)

# ---------------------------------------------------------------- norms


def _check_norm_dtype(self: Any, dtype: Any) -> None:
    kind = dtypes.of(self)
    name = "linalg.vector_norm"
    if kind.category < dtypes.FLOATING:
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {kind.cpp}")
    if dtype is None:
        return
    if dtype.category < dtypes.FLOATING:
        raise RuntimeError(f"{name}: dtype should be floating point or complex, but got {dtype.cpp}")
    if kind.is_complex != dtype.is_complex:
        wanted = "complex for complex" if kind.is_complex else "real for real"
        raise RuntimeError(f"{name}: dtype should be {wanted} inputs, but got {dtype.cpp}")
    if dtypes.promote_types(kind, dtype) is not dtype:
        raise RuntimeError(
            f"{name}: the dtype of the input ({kind.cpp}) should be convertible without narrowing to the specified dtype ({dtype.cpp})"
        )


def _check_norm_empty(self: Any, order: float, axes: Any) -> None:
    """Refuse norms that have no value over nothing."""
    if self.size or not (order < 0 or order == math.inf):
        return
    start = f"linalg.vector_norm cannot compute the {order:g} norm on "
    if axes is None:
        raise RuntimeError(f"{start}an empty tensor because the operation does not have an identity")
    for axis in axes:
        if self.shape[axis] == 0:
            raise RuntimeError(f"{start}the dimension {axis}because this dimension is empty and the operation does not have an identity")


def _power_sum(values: Any, order: float, axes: Any, keepdim: bool) -> Any:
    real = values.real.dtype.type

    def over(function: Any, reduce: Any = np.add.reduce) -> Any:
        return blocks.reduced(reduce, function, [values], axes, keepdim)

    if order == 0:
        return over(lambda x: (x != 0).astype(real))
    if order == 2:
        return np.sqrt(over(_squares))
    if order == 1:
        return over(np.abs)
    if math.isinf(order):
        return over(np.abs, np.maximum.reduce if order > 0 else np.minimum.reduce)
    return np.power(over(lambda x: np.power(np.abs(x), real(order))), real(1.0 / order))


def norm_backward(grad: Any, self: Any, order: Any, result: Any, dim: Any = None, keepdim: Any = True) -> Any:
    grad, result = restore(grad, self.ndim, dim, keepdim), restore(result, self.ndim, dim, keepdim)
    sgn, size = REGISTRY["sgn"], REGISTRY["abs"]
    power = REGISTRY["pow.Tensor_Scalar"]
    if order == 0:
        return None
    if order == 1:
        return sgn(self) * grad
    if order == 2:
        return grad * masked_in_place(self / result, result == 0)
    if math.isinf(order):
        magnitude = size(self)
        mask = (magnitude == result) | (magnitude != magnitude)
        dims = dim or None
        share = (grad / sum_of_mask(mask, dims)) * mask
        return sgn(self) * share
    if order < 1:
        slope = masked(power(size(self), order - 1), self == 0)
        lead = sgn(self) * slope
        outer = power(result, 1 - order)
        return lead * grad * outer
    slope, exponent = size(self), order - 1 if order < 2 else order - 2
    slope = power.apply_inplace([slope, exponent]) if takes_writes(slope) else power(slope, exponent)
    lead = (sgn(self) if order < 2 else self) * slope
    return lead * masked_in_place(grad / power(result, order - 1), result == 0)


@reduction(
    "linalg_vector_norm",
    self=lambda grad, self, ord, result, dim, keepdim: norm_backward(grad, self, ord, result, dim, keepdim),
)  # fmt: skip
def vector_norm(self: Any, ord: Any = 2, dim: Any = None, keepdim: Any = False, dtype: Any = None) -> Any:
    """The p-norm of vectors along dimensions (2 by default; inf, -inf and 0 too)."""
    _check_norm_dtype(self, dtype)
    axes = axes_of(dim, self.ndim)
    _check_norm_empty(self, ord, axes if axes is None else dim)
    self = cast(self, dtype)
    values = widened(self)
    if values.size == 0 and math.isinf(ord):
        shape = [1 if place in (axes or ()) else size for place, size in enumerate(values.shape)]
        kept = shape if keepdim else [size for place, size in enumerate(values.shape) if place not in (axes or ())]
        return np.empty(kept, values.real.dtype).astype(self.real.dtype)
    found = row_major(np.asarray(_power_sum(values, ord, axes, keepdim and self.ndim > 0)))
    return found.astype(self.dtype) if is_half(self.dtype) else found


@reduction(
    "dist",
    tensors=("self", "other"),
    self=lambda grad, self, other, p, result: norm_backward(grad, self - other, p, result),
    other=lambda grad, self, other, p, result: -norm_backward(grad, self - other, p, result),
)
def dist(self: Any, other: Any, p: Any = 2) -> Any:
    """The p-norm of the difference of two tensors."""
    joined = dtypes.promote_types(dtypes.of(self), dtypes.of(other))
    if self.dtype.kind == "b" or other.dtype.kind == "b":
        elsewhere = REGISTRY["sub.Tensor"]
        elsewhere.check_dtype(joined, [self, other])
    if joined.category < dtypes.FLOATING:
        raise RuntimeError(f"norm(): input dtype should be either floating point or complex. Got {joined.cpp} instead.")
    common = joined.np_dtype
    values = widened(np.subtract(self.astype(common, copy=False), other.astype(common, copy=False)))
    return np.asarray(_power_sum(values, p, None, False)).astype(values.real.dtype if common.kind == "c" else common)


# ---------------------------------------------------------------- counts


@op("bincount", kind="data", tensors=("self", "weights"), grad_fn="NotImplemented", weights=no_derivative("bincount"))
def bincount(self: Any, weights: Any = None, minlength: Any = 0) -> Any:
    """How often each non-negative integer occurs, or the sums of weights there."""
    if self.dtype.kind not in "iu" or self.dtype.char in WIDE_UNSIGNED:
        raise not_implemented("bincount_cpu", self)
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if self.ndim == 1 and not self.size:
        return np.zeros(minlength, INT64)
    if self.ndim != 1 or self.min() < 0:
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is not None and weights.shape != self.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    found = np.bincount(self, weights, minlength)
    if weights is not None:
        return found.astype(FLOAT32 if weights.dtype.char == "f" else FLOAT64)
    return narrowed(found, INT64)


@op("histc", kind="data")
def histc(self: Any, bins: Any = 100, min: Any = 0, max: Any = 0) -> Any:
    """How many elements lie in each of `bins` equal parts of [min, max] (of the data's range when both are equal)."""
    refuse("linspace_cpu", self, "?")
    refuse("aminmax_cpu" if min == max else "histogram_cpu", self, "HILQFD")
    refuse("histogram_cpu", self, "bBhil")
    low, high = float(min), float(max)
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    values = widened(self).reshape(-1)
    if low == high and values.size:
        low, high = float(np.minimum.reduce(values)), float(np.maximum.reduce(values))
    if low == high:
        low, high = low - 1, high + 1
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(f"torch.histc: range of [{low:g}, {high:g}] is not finite")
    if low > high:
        raise RuntimeError("torch.histc: max must be larger than min")
    inside = values[(values >= low) & (values <= high)]
    kind = values.dtype.type
    place = ((inside - kind(low)) / (kind(high) - kind(low)) * kind(bins)).astype(INT64)
    return np.bincount(np.minimum(place, bins - 1), minlength=bins).astype(self.dtype)


# ---------------------------------------------------------------- covariance


_COV_FREEDOM = (
    "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations. "
    "(Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/native/Correlation.cpp:129.)"
)


def _check_weights(name: str, weights: Any, integral: bool, count: int) -> None:
    kind = weights.dtype
    if weights.ndim > 1:
        raise RuntimeError(f"cov(): expected {name} to have one or fewer dimensions but got {name} with {weights.ndim} dimensions")
    if kind.category != (dtypes.INTEGRAL if integral else dtypes.FLOATING):
        wanted = "integral" if integral else "floating point"
        raise RuntimeError(f"cov(): expected {name} to have {wanted} dtype but got {name} with {kind.cpp} dtype")
    if weights.numel() != count:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input but got {weights.numel()} != {count}"
        )
    if count and (weights.min() < 0).item():
        raise RuntimeError(f"cov(): {name} cannot be negative")


def _freedom(total: Any, correction: Any, weights: Any, aweights: Any) -> Any:
    """What the sum of products is divided by: with weights a tensor."""
    if weights is not None and aweights is not None and correction != 0:
        found = total - scaled((weights * aweights).sum(), correction) / total
    else:
        found = total - correction
    if found <= 0 if weights is None else (found <= 0).item():
        warnings.warn(_COV_FREEDOM, UserWarning, stacklevel=3)
        return 0.0 if weights is None else found.zero_()
    return found


@composite("cov")
def cov(self: Any, correction: Any = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """The covariance matrix of variables (rows) over observations (columns)."""
    if self.ndim > 2:
        raise RuntimeError(f"cov(): expected input to have two or fewer dimensions but got an input with {self.ndim} dimensions")
    if self.dtype is dtypes.bool_:
        raise RuntimeError("cov(): bool dtype is not supported for input")
    if self._flags & META:
        check_kernel("equal")
    rows = self.view(1, -1) if self.ndim < 2 else self
    count = rows.shape[1]
    if fweights is not None:
        _check_weights("fweights", fweights, True, count)
    if aweights is not None:
        _check_weights("aweights", aweights, False, count)
    weights = fweights
    if aweights is not None:
        weights = aweights if fweights is None else fweights * aweights
    total = count if weights is None else weights.sum()
    if weights is not None and not (total != 0).item():
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    mean = (rows if weights is None else rows * weights).sum(1) / total
    norm = _freedom(total, correction, weights, aweights)
    away = rows - mean.unsqueeze(1)
    other = away if weights is None else away * weights
    found = away @ (other.t().conj() if is_complex(self) else other.t())
    return (found / norm).squeeze()


@composite("corrcoef")
def corrcoef(self: Any) -> Any:
    """The correlation matrix of variables (rows) over observations (columns)."""
    if self.ndim > 2:
        raise RuntimeError(
            f"corrcoef(): expected input to have two or fewer dimensions but got an input with {self.ndim} dimensions"
        )
    found = cov(self)
    if found.ndim == 0:
        return found / found
    spread = (found.diagonal().real if is_complex(found) else found.diagonal()).sqrt()
    found = found / spread.view(-1, 1) / spread.view(1, -1)
    if is_complex(found):
        return REGISTRY["complex"](found.real.clip(-1, 1), found.imag.clip(-1, 1))
    return found.clip(-1, 1)


# ---------------------------------------------------------------- quantiles

_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _check_quantile(self: Any, q: Any, interpolation: str) -> None:
    if not self.numel():
        raise RuntimeError("quantile() input tensor must be non-empty")
    if q is not None and q.ndim > 1:
        raise RuntimeError("quantile() q must be a scalar or 1D tensor")
    if self.dtype not in (dtypes.float32, dtypes.float64):
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if q is not None and self.dtype is not q.dtype:
        raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    if interpolation not in _INTERPOLATIONS:
        raise RuntimeError(
            f"quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )


def _quantile(self: Any, q: Any, dim: Any, keepdim: bool, interpolation: str, ignore_nan: bool) -> Any:
    if any_true((q < 0) | (q > 1)):
        raise RuntimeError("quantile() q values must be in the range [0, 1]")
    axis = None if dim is None else wrap_dim(dim, self.ndim)
    shape = list(self.shape)
    if axis is None:
        moved = self.flatten()
        rest = [1] * self.ndim if keepdim else []
    else:
        moved = self if shape and axis == self.ndim - 1 else self.unsqueeze(-1).transpose(axis, -1)
        rest = [*shape[:axis], *([1] if keepdim and shape else []), *shape[axis + 1 :]]
    ordered = moved.sort(-1)[0].view([*rest, moved.shape[-1]])
    size = ordered.shape[-1]
    nans = (ordered != ordered).sum(-1, keepdim=True)
    if ignore_nan:
        ranks = q * (size - 1 - nans).to(q.dtype)
        ranks = ranks.masked_fill(ranks < 0, 0)
    else:
        ranks = scaled(q, size - 1)
        if list(ranks.shape) != [*ordered.shape[:-1], q.numel()]:
            ranks = ranks.expand([*ordered.shape[:-1], q.numel()])
        ranks = ranks.masked_fill(nans > 0, size - 1)
    found = _interpolated(ordered, ranks, interpolation)
    # In place, as PyTorch: the result's version counter and grad_fn show it.
    if q.ndim == 0:
        return found.squeeze_(-1)
    return found.unsqueeze_(0).transpose_(0, -1).squeeze_(-1)


def _interpolated(ordered: Any, ranks: Any, interpolation: str) -> Any:
    rounding = {"lower": "floor", "higher": "ceil", "nearest": "round"}.get(interpolation)
    if rounding is not None:
        ranks = getattr(ranks, rounding)()
    below = ranks.to(dtypes.int64)
    low = ordered.gather(-1, below)
    if interpolation == "midpoint":
        weights = ranks.detach() * 0 + 0.5
    else:
        weights = ranks - below
    if rounding is not None:
        return low
    return low.lerp_(ordered.gather(-1, ranks.ceil().to(dtypes.int64)), weights)


def _declare_quantile(name: str, ignore_nan: bool) -> None:
    @composite(name)
    def of_tensor(self: Any, q: Any, dim: Any = None, keepdim: Any = False, interpolation: Any = "linear") -> Any:
        _check_quantile(self, q, interpolation)
        return _quantile(self, q, dim, keepdim, interpolation, ignore_nan)

    @composite(f"{name}.scalar")
    def of_number(self: Any, q: Any, dim: Any = None, keepdim: Any = False, interpolation: Any = "linear") -> Any:
        if not 0 <= q <= 1:
            raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {q:g}")
        _check_quantile(self, None, interpolation)
        return _quantile(self, self.detach().new_tensor(q), dim, keepdim, interpolation, ignore_nan)


_declare_quantile("quantile", False)
_declare_quantile("nanquantile", True)
