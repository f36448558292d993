"""Largest and smallest elements and their places."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import return_types
from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase
from rushlight.ops.carriers import written, zeros_like
from rushlight.ops.declare import REGISTRY, reduction
from rushlight.ops.examples import transformed
from rushlight.ops.reduce_common import (
    COMPLEX,
    NO_ORDER,
    WIDE_UNSIGNED,
    as_lines,
    axes_of,
    check_not_empty,
    per_line,
    refuse,
    row_major,
    scatter_selected,
    take_per_line,
    viewed_back,
    widened,
)
from rushlight.ops.view import wrap_dim


def sum_of_mask(mask: Any, dim: Any) -> Any:
    """How many elements of a mask are true, over dimensions that stay as ones; dim None: in all."""
    return REGISTRY["sum"](mask) if dim is None else REGISTRY["sum.dim_IntList"](mask, dim, True)


def evenly_distribute(grad: Any, self: Any, result: Any) -> Any:
    """The gradient of a value shared by every element that equals it (every nan, where it is nan)."""
    mask = (self == result) | ((self != self) & (result != result))
    share = grad / sum_of_mask(mask, None)
    if transformed():
        return mask * share
    if isinstance(grad, TensorBase):
        return written(REGISTRY["masked_fill.Tensor"](zeros_like(self), mask, share), 1)
    found = np.zeros(self.shape, share.dtype)
    np.copyto(found, share, where=mask)
    return found


def shared_among(grad: Any, self: Any, result: Any, dim: Any, keepdim: Any) -> Any:
    """amax, amin: each result's gradient in equal parts at the elements that attain it."""
    axes = None if dim is None or dim == () or dim == [] else dim
    grad, result = viewed_back(grad, self.shape, axes, keepdim), viewed_back(result, self.shape, axes, keepdim)
    mask = self == result
    count = sum_of_mask(mask, axes)
    return grad / count * mask


def _select(self: Any, dim: int, keepdim: bool, arg: Any) -> list[Any]:
    """The values and positions that np.argmax or np.argmin takes along a dimension (the first of equal ones; nan wins)."""
    axis = wrap_dim(dim, self.ndim)
    if self.ndim == 0:
        return [self.copy(), np.zeros((), np.int64)]
    rows = as_lines(self, axis)
    if not rows.shape[0]:
        shape = [*self.shape[:axis], *([1] if keepdim else []), *self.shape[axis + 1 :]]
        return [np.empty(shape, self.dtype), np.empty(shape, np.int64)]
    positions = arg(widened(rows), axis=1)
    values = take_per_line(rows, positions)
    return [per_line(values, self.shape, axis, keepdim), per_line(positions, self.shape, axis, keepdim)]


def _refuse_empty(name: str, self: Any, dim: Any) -> None:
    """Raise where a dimension that is named has no elements."""
    for entry in (dim,) if isinstance(dim, int) else dim or ():
        if self.ndim and self.shape[wrap_dim(entry, self.ndim)] == 0:
            raise IndexError(f"{name}(): Expected reduction dim {entry} to have non-zero size.")


def _extremum(name: str, reduce: Any, arg: Any) -> None:
    """Declare max or min over all elements and over a dimension, and amax or amin."""

    @reduction(
        name, grad_fn=f"{name.capitalize()}Backward1", writes=1, self=lambda grad, self, result: evenly_distribute(grad, self, result)
    )
    def over_all(self: Any) -> Any:
        if not self.size:
            raise RuntimeError(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the "
                "'dim' argument."
            )
        refuse(f"{name}_all", self, NO_ORDER)
        return reduce(self, axis=None)

    @reduction(
        f"{name}.dim", outputs=("values", "indices"), pack=getattr(return_types, name), writes=2,
        self=lambda grad, self_sym_sizes, dim, indices, keepdim: scatter_selected(grad, dim, indices, self_sym_sizes, keepdim),
    )  # fmt: skip
    def over_dim(self: Any, dim: Any, keepdim: Any = False) -> Any:
        axis = wrap_dim(dim, self.ndim)
        check_not_empty(name, self, axis)
        if self.dtype.char in COMPLEX:
            raise RuntimeError(f"{name}(): does not support complex input")
        if self.ndim and self.size:
            refuse(f"{name}_cpu", self, WIDE_UNSIGNED)
        return _select(self, dim, keepdim, arg)

    @reduction(
        f"a{name}", self=lambda grad, self, result, dim, keepdim: shared_among(grad, self, result, dim, keepdim)
    )
    def amax(self: Any, dim: Any = (), keepdim: Any = False) -> Any:
        if not self.size:
            _refuse_empty(f"a{name}", self, dim)
        axes = axes_of(dim, self.ndim)
        if axes is None and not self.size and self.ndim:
            raise RuntimeError(
                f"a{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the "
                "'dim' argument."
            )
        if self.size:
            refuse(f"{name}_values_cpu", self, NO_ORDER)
        return row_major(np.asarray(reduce(self, axis=axes, keepdims=keepdim and self.ndim > 0)))

    @reduction(f"arg{name}")
    def argmax(self: Any, dim: Any = None, keepdim: Any = False) -> Any:
        _check_arg(f"arg{name}", self, dim)
        if dim is None or self.ndim == 0:
            found = np.asarray(arg(widened(self), axis=None))
            return found.reshape((1,) * self.ndim) if keepdim else found
        if not self.size:
            axis = wrap_dim(dim, self.ndim)
            return np.empty([*self.shape[:axis], *([1] if keepdim else []), *self.shape[axis + 1 :]], np.int64)
        return row_major(np.asarray(arg(widened(self), axis=dim, keepdims=keepdim)))


def _check_arg(name: str, self: Any, dim: Any) -> None:
    for kind, word in (("b", "bool"), ("c", "complex")):
        if self.dtype.kind == kind:
            raise RuntimeError(f"{name}(): does not support {word} input")
    if dim is not None:
        check_not_empty(name, self, wrap_dim(dim, self.ndim))
    elif not self.size:
        raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
    if self.size:
        refuse(f"{name}_cpu", self, WIDE_UNSIGNED)


_extremum("max", np.maximum.reduce, np.argmax)
_extremum("min", np.minimum.reduce, np.argmin)


def _aminmax_backward(self: Any, dim: Any, keepdim: Any, grads: Any, low: Any, high: Any) -> Any:
    dims = None if dim is None else (dim,)
    found = None
    for grad, value in zip(grads, (low, high)):
        if grad is None:
            continue
        value = viewed_back(value, self.shape, dims, keepdim)
        mask = self == value
        share = viewed_back(grad, self.shape, dims, keepdim) / sum_of_mask(mask, dims) * mask
        found = share if found is None else found + share
    return zeros_like(self) if found is None else found


def _aminmax(self: Any, dim: Any = None, keepdim: Any = False) -> Any:
    if dim is None and not self.size:
        raise RuntimeError("aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.")
    axes = axes_of(dim, self.ndim)
    if axes is not None and self.shape[axes[0]] == 0:
        raise IndexError(f"aminmax: Expected reduction dim {axes[0]} to have non-zero size.")
    if self.dtype.kind == "c" and dim is not None and not self.ndim:
        raise RuntimeError(f"aminmax not implemented for {dtypes.of(self).cpp}")
    if self.dtype.kind == "c" or dim is None or self.ndim and self.size:
        refuse("aminmax_cpu", self, NO_ORDER)
    keepdim = keepdim and self.ndim > 0
    return [row_major(np.asarray(ufunc.reduce(self, axis=axes, keepdims=keepdim))) for ufunc in (np.minimum, np.maximum)]


aminmax = reduction(
    "aminmax", outputs=("min", "max"), pack=return_types.aminmax,
    self=lambda self, dim, keepdim, grads, min, max: _aminmax_backward(self, dim, keepdim, grads, min, max),
)(_aminmax)  # fmt: skip

