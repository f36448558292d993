"""Sums, means, products, truth, and the soft maximum over dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import blocks, dtypes
from rushlight._core.tensor import TensorBase
from rushlight.ops.carriers import conj, divided, dtype_of, zeros_like
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, reduction
from rushlight.ops.examples import transformed
from rushlight.ops.reduce_common import (
    FLOAT32,
    INT64,
    WIDE_UNSIGNED,
    any_true,
    axes_of,
    cast,
    count_over,
    expand_back,
    is_half,
    reduced_count,
    refuse,
    restore,
    row_major,
    widened,
)
from rushlight.ops.view import reshaped, wrap_dim

_add = np.add.reduce
_multiply = np.multiply.reduce

# ---------------------------------------------------------------- sum and mean


def _accumulate(reduce: Any, self: Any, axes: Any, keepdim: bool, dtype: Any) -> Any:
    """reduce() in the dtype that PyTorch accumulates in: integers in int64, 16-bit floats in float32."""
    if dtype is not None:
        self = cast(self, dtype)
    kind = self.dtype.kind
    if kind in "biu":
        found = reduce(self, axis=axes, dtype=INT64, keepdims=keepdim)
        return found if dtype is None or dtype is dtypes.int64 else found.astype(dtype.np_dtype)
    if is_half(self.dtype):
        return reduce(self.astype(FLOAT32), axis=axes, keepdims=keepdim).astype(self.dtype)
    return reduce(self, axis=axes, keepdims=keepdim)


@reduction("sum", self=lambda grad, self_sym_sizes: expand_back(grad, self_sym_sizes))
def sum_all(self: Any, dtype: Any = None) -> Any:
    """The sum of all elements."""
    if dtype is None and self.dtype.char in "fdFD":
        return _add(self, axis=None)
    return _accumulate(_add, self, None, False, dtype)


@reduction(
    "sum.dim_IntList", grad_fn="SumBackward1",
    self=lambda grad, self_sym_sizes, dim, keepdim: expand_back(grad, self_sym_sizes, dim, keepdim),
)  # fmt: skip
def sum_dim(self: Any, dim: Any, keepdim: Any = False, dtype: Any = None) -> Any:
    """Sums over dimensions."""
    axes = axes_of(dim, self.ndim)
    if not self.ndim:
        keepdim = False
    return row_major(_accumulate(_add, self, axes, keepdim, dtype))


@reduction(
    "nansum",
    self=lambda grad, self, dim, keepdim: expand_back(grad, self.shape, dim, keepdim) * (self == self),
)  # fmt: skip
def nansum(self: Any, dim: Any = None, keepdim: Any = False, dtype: Any = None) -> Any:
    """Sums over dimensions in which nan counts as 0."""
    axes = axes_of(dim, self.ndim)
    if self.dtype.kind == "c":
        raise RuntimeError("nansum on CPU does not support complex inputs")
    self = cast(self, dtype)
    if self.dtype.kind not in "biu":
        zero, keepdim = self.dtype.type(0), keepdim and self.ndim > 0
        return row_major(
            narrowed(blocks.reduced(_add, lambda x: widened(np.where(x != x, zero, x)), [self], axes, keepdim), self.dtype)
        )
    return row_major(_accumulate(_add, self, axes, keepdim and self.ndim > 0, None))


@composite("nanmean")
def nanmean(self: Any, dim: Any = None, keepdim: Any = False, dtype: Any = None) -> Any:
    """Means over dimensions of the elements that are no nan."""
    if self.dtype.category < dtypes.FLOATING:
        raise RuntimeError(f"nanmean(): expected input to have floating point or complex dtype but got {self.dtype.cpp}")
    count = REGISTRY["sum.dim_IntList"]((self == self).detach(), dim, keepdim)
    return nansum(self, dim, keepdim, dtype=dtype) / count


def _check_mean(self: Any, dtype: Any) -> None:
    what = "Input" if dtype is None else "Optional"
    kind = dtypes.of(self) if dtype is None else dtype
    if kind.category < dtypes.FLOATING:
        raise RuntimeError(
            f"mean(): could not infer output dtype. {what} dtype must be either a floating point or complex dtype. Got: {kind.cpp}"
        )


def _mean(self: Any, axes: Any, keepdim: bool, dtype: Any) -> Any:
    _check_mean(self, dtype)
    if dtype is not None:
        self = cast(self, dtype)
    count = reduced_count(self.shape, axes)
    if is_half(self.dtype):
        return np.true_divide(_add(self.astype(FLOAT32), axis=axes, keepdims=keepdim), FLOAT32.type(count)).astype(self.dtype)
    return np.true_divide(_add(self, axis=axes, keepdims=keepdim), self.dtype.type(count))


@reduction("mean", self=lambda grad, self_sym_sizes, self_sym_numel: divided(expand_back(grad, self_sym_sizes), self_sym_numel))
def mean_all(self: Any, dtype: Any = None) -> Any:
    """The mean of all elements."""
    return _mean(self, None, False, dtype)


@reduction(
    "mean.dim", grad_fn="MeanBackward1",
    self=lambda grad, self_sym_sizes, self_sym_numel, dim, keepdim: divided(
        expand_back(grad, self_sym_sizes, dim, keepdim), count_over(self_sym_sizes, dim)
    ),
)  # fmt: skip
def mean_dim(self: Any, dim: Any, keepdim: Any = False, dtype: Any = None) -> Any:
    """Means over dimensions."""
    _check_mean(self, dtype)
    axes = axes_of(dim, self.ndim)
    return row_major(_mean(self, axes, keepdim and self.ndim > 0, dtype))


# ---------------------------------------------------------------- product


def _prod_backward(grad: Any, self: Any, result: Any, dim: Any, keepdim: Any) -> Any:
    """Each element's share of a product: the product of the others, without dividing by an element that is 0. Inside a transform
    nobody asks whether an element is."""
    dtype = dtype_of(grad)
    if dtype_of(self) is not dtype:
        self = REGISTRY["_to_copy"](self, dtype=dtype)
    if self.ndim == 0:
        return grad
    grad, result = restore(grad, self.ndim, dim, keepdim), restore(result, self.ndim, dim, keepdim)
    if not transformed() and not any_true(self == 0):
        return grad * conj(result / self)
    if dim is not None:
        return share_of_products(grad, self, dim)
    flat = REGISTRY["view"](REGISTRY["contiguous"](self), (-1,)) if isinstance(self, TensorBase) else self.reshape(-1)
    return reshaped(share_of_products(grad, flat, 0), self.shape)


def share_of_products(grad: Any, self: Any, dim: int) -> Any:
    """The products of all other elements along a dimension, times the gradient of their products."""
    if 0 in self.shape:
        return REGISTRY["expand"](grad, self.shape)
    if self.shape[wrap_dim(dim, self.ndim)] == 1:
        return REGISTRY["clone"](grad)
    return grad * conj(product_of_others(self, dim))


def product_of_others(self: Any, dim: int) -> Any:
    """For each element the product of all other elements of its line: running products from both ends."""
    axis = wrap_dim(dim, self.ndim)
    size = self.shape[axis]
    if size == 1:
        return zeros_like(self) + 1
    cut, cat, flip, cumprod = REGISTRY["slice.Tensor"], REGISTRY["cat"], REGISTRY["flip"], REGISTRY["cumprod"]
    one = cut(zeros_like(self), axis, 0, 1, 1) + 1
    before = cumprod(cat([one, cut(self, axis, 0, size - 1, 1)], axis), axis)
    after = flip(cumprod(cat([one, flip(cut(self, axis, 1, size, 1), [axis])], axis), axis), [axis])
    return before * after


@reduction("prod", self=lambda grad, self, result: _prod_backward(grad, self, result, None, False))
def prod_all(self: Any, dtype: Any = None) -> Any:
    """The product of all elements."""
    return _accumulate(_multiply, self, None, False, dtype)


@reduction(
    "prod.dim_int", grad_fn="ProdBackward1",
    self=lambda grad, self, result, dim, keepdim: _prod_backward(grad, self, result, dim, keepdim),
)  # fmt: skip
def prod_dim(self: Any, dim: Any, keepdim: Any = False, dtype: Any = None) -> Any:
    """Products over one dimension."""
    axes = axes_of(dim, self.ndim)
    return row_major(_accumulate(_multiply, self, axes, keepdim and self.ndim > 0, dtype))


# ---------------------------------------------------------------- truth


def _truth(name: str, reduce: Any) -> None:
    """all or any: bool results, except that uint8 stays uint8."""

    def over(self: Any, axes: Any, keepdim: bool) -> Any:
        values = self if self.dtype.kind == "b" else self != 0
        found = row_major(np.asarray(reduce(values, axis=axes, keepdims=keepdim and self.ndim > 0)))
        return found.astype(np.uint8) if self.dtype.char == "B" else found

    @reduction(name)
    def all_elements(self: Any) -> Any:
        return over(self, None, False)

    @reduction(f"{name}.dim")
    def one_dim(self: Any, dim: Any, keepdim: Any = False) -> Any:
        return over(self, axes_of(dim, self.ndim), keepdim)

    @reduction(f"{name}.dims")
    def several_dims(self: Any, dim: Any = None, keepdim: Any = False) -> Any:
        axes = axes_of(dim, self.ndim)
        if dim is not None and not dim:  # an empty list reduces nothing here
            axes = ()
        return over(self, axes, keepdim)


_truth("all", np.logical_and.reduce)
_truth("any", np.logical_or.reduce)


def _count_nonzero(self: Any, dim: Any = None) -> Any:
    """How many elements are not 0."""
    axes = axes_of(dim, self.ndim)
    if dim is None or isinstance(dim, (tuple, list)) and not dim:
        refuse("nonzero_count_cpu", self, WIDE_UNSIGNED)
    if axes is None:
        return np.asarray(np.count_nonzero(self if self.dtype.isbuiltin else self != 0), INT64)
    return row_major(_add(self != 0, axis=axes, dtype=INT64))


reduction("count_nonzero")(_count_nonzero)
reduction("count_nonzero.dim_IntList")(_count_nonzero)


# ---------------------------------------------------------------- logsumexp


def _logsumexp_backward(grad: Any, self: Any, result: Any, dim: Any, keepdim: Any) -> Any:
    grad, result = restore(grad, self.ndim, dim, keepdim), restore(result, self.ndim, dim, keepdim)
    return grad * conj(REGISTRY["exp"](self - result))


def _rounded(value: Any, like: Any) -> Any:
    return value.astype(like.dtype).astype(FLOAT32)


@reduction(
    "logsumexp",
    self=lambda grad, self, result, dim, keepdim: _logsumexp_backward(grad, self, result, dim, keepdim),
)  # fmt: skip
def logsumexp(self: Any, dim: Any, keepdim: Any = False) -> Any:
    """log(sum(exp(self))) over dimensions, from the largest element so that nothing overflows."""
    axes = axes_of(dim, self.ndim)
    if axes is None and self.ndim and not keepdim:
        raise RuntimeError(f"output with shape [] doesn't match the broadcast shape [{', '.join(['1'] * self.ndim)}]")
    if self.dtype.kind in "biu":
        self = self.astype(dtypes.get_default_dtype().np_dtype)
    values = widened(self)
    keepdim = keepdim and self.ndim > 0
    if not values.size:
        return row_major(np.log(_add(np.exp(values), axis=axes, keepdims=keepdim))).astype(self.dtype)
    real = values.real if values.dtype.kind == "c" else values
    peak = np.maximum.reduce(real, axis=axes, keepdims=True)
    peak = np.where(np.abs(peak) == np.inf, real.dtype.type(0), peak)
    if is_half(self.dtype):  # PyTorch rounds each step
        powers = _rounded(np.exp(_rounded(values - peak, self)), self)
        found = _rounded(np.log(_rounded(_add(powers, axis=axes, keepdims=True), self)), self) + peak
    else:
        found = np.log(blocks.reduced(_add, lambda x, top: np.exp(x - top), [values, peak], axes, True)) + peak
    if not keepdim:
        found = found.squeeze(axes) if axes is not None else found.reshape(())
    return narrowed(row_major(found), self.dtype)
