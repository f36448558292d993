"""scatter_reduce and index_reduce, and the operators that replace a part of a tensor (select_scatter and its kin)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase
from rushlight.ops import carriers, layout, scatter
from rushlight.ops.copying import to_copy
from rushlight.ops.create import is_meta, made
from rushlight.ops.declare import REGISTRY, op
from rushlight.ops.deprecated import deprecated
from rushlight.ops.reduce_common import not_implemented
from rushlight.ops.scatter import gather, scatter_add, scatter_value
from rushlight.ops.shape import masked_fill
from rushlight.ops.view import wrap_dim
from rushlight.ops.view_inplace import check_part
from rushlight.ops.view_parts import diagonal, select, slice_tensor

# ---------------------------------------------------------------- scatter_reduce

_UFUNCS = {"sum": np.add, "mean": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum}


def _neutral(reduce: str, np_dtype: Any) -> Any:
    """What a reduction starts from when the old value does not count."""
    if reduce in ("sum", "mean", "prod"):
        return 1 if reduce == "prod" else 0
    if np_dtype.kind in "iu":
        limits = np.iinfo(np_dtype)
        return limits.min if reduce == "amax" else limits.max
    if np_dtype.kind == "b":
        return reduce == "amin"
    return -np.inf if reduce == "amax" else np.inf


def reduce_into(array: Any, dim: Any, index: Any, src: Any, reduce: Any, include_self: Any = True) -> None:
    """Combine src's elements with those that index names along a dimension."""
    if reduce not in _UFUNCS:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    dim = wrap_dim(dim, array.ndim)
    kernel = "scatter_gather_tensor_cpu" + ("" if reduce in ("sum", "prod") else f"_reduce_{reduce}")
    scatter.check_scatter("scatter", array, dim, index, src, kernel)
    if not index.size:
        return
    if reduce in ("amax", "amin") and array.dtype.kind == "c":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtypes.of(array).cpp}'")
    if reduce == "mean" and array.dtype.kind == "b":
        raise NotImplementedError("\"scatter_gather_tensor_cpu_reduce_mean\" not implemented for 'Bool'")
    target = array.reshape(1) if not array.ndim else array
    if not include_self:
        scatter.apply_at(array, dim, index, _neutral(reduce, array.dtype), scatter._set)
    scatter.apply_at(array, dim, index, src, scatter.accumulating(_UFUNCS[reduce]))
    if reduce == "mean":
        counts = np.full(target.shape, 1 if include_self else 0, np.int64)
        scatter.apply_at(counts, dim, index, 1, scatter._ADD)
        counts = np.maximum(counts, 1)
        if array.dtype.kind in "iu":
            target[...] = target // counts.astype(array.dtype)
        else:
            target[...] = target / counts.astype(array.dtype)


def _as_numbers(mask: Any, like: Any) -> Any:
    return to_copy(mask, dtype=carriers.dtype_of(like))


class _Places(NamedTuple):
    """The operators that read and write at the places that an index names: scatter's, or those for whole slices."""

    take: Any
    fill: Any
    add: Any
    multiply: Any
    caller: str
    source: str


def _reduce_backward(
    places: _Places, grad: Any, self: Any, dim: Any, index: Any, src: Any, reduce: Any, include_self: Any, result: Any
) -> tuple[Any, Any]:
    """Gradients of scatter_reduce for self and src; ties of amax and amin share theirs evenly."""
    if reduce == "sum":
        for_self, for_src = grad, places.take(grad, dim, index)
    elif reduce == "mean":
        counts = carriers.zeros(grad, tuple(grad.shape)) + (1 if include_self else 0)
        counts = places.add(counts, dim, index, carriers.zeros(src, tuple(src.shape)) + 1)
        counts = masked_fill(counts, counts == 0, 1)
        for_self = grad / counts
        for_src = places.take(grad, dim, index) / places.take(counts, dim, index)
    elif reduce == "prod":
        for_self, for_src = _prod_backward(places, grad, self, dim, index, src, include_self, result)
    else:
        of_self = _as_numbers(self == result, self)
        of_src = _as_numbers(src == places.take(result, dim, index), src)
        share = grad / places.add(of_self, dim, index, of_src)
        for_self, for_src = of_self * share, of_src * places.take(share, dim, index)
    if not include_self:
        for_self = places.fill(for_self if isinstance(for_self, TensorBase) else np.asarray(for_self), dim, index, 0)
    return for_self, for_src


def _prod_backward(
    places: _Places, grad: Any, self: Any, dim: Any, index: Any, src: Any, include_self: Any, result: Any
) -> tuple[Any, Any]:
    safe = masked_fill(self, self == 0, 1)
    for_self = grad * places.multiply(safe, dim, index, src, "prod", include_self) / safe
    zero = src == 0
    zeros = places.take(places.add(carriers.zeros(self, tuple(self.shape)), dim, index, _as_numbers(zero, self)), dim, index)
    single = zero & (zeros == 1)  # the one zero among the factors of its place
    others = places.multiply(self, dim, index, masked_fill(src, single, 1), "prod", include_self)
    safe = masked_fill(src, zero, 1)
    without_zero = places.take(grad * result, dim, index) / safe
    for_src = carriers.where(single, places.take(grad * others, dim, index), without_zero)
    if isinstance(for_src, TensorBase) and for_src._batch is None and (zeros._array > 1).any():
        for_src = _once_only(for_src, f"{places.caller}(): Double backward is unsupported for {places.source} when >1 zeros in "
            f"{places.source} are scattered to the same position in self")  # fmt: skip
    return for_self, for_src


def _refuse(text: str) -> Any:
    raise RuntimeError(text)


@op("_once_only", kind="internal", grad_fn="Error", self=lambda grad, text: _refuse(text))
def _once_only(self: Any, text: Any) -> Any:
    """The same values, whose gradient raises RuntimeError(text)."""
    return self.copy()


scatter_reduce = op(
    "scatter_reduce.two", tensors=("self", "index", "src"),
    **{"self, src": lambda grad, self, dim, index, src, reduce, include_self, result: _reduce_backward(
        _OF_ELEMENTS, grad, self, dim, index, src, reduce, include_self, result
    )},
)(
    lambda self, dim, index, src, reduce, include_self=True: scatter.after(reduce_into, self, dim, index, src, reduce, include_self)
)  # fmt: skip
_OF_ELEMENTS = _Places(
    lambda values, dim, index: gather(values, dim, index, False), scatter_value, scatter_add, scatter_reduce, "scatter_reduce", "src"
)  # fmt: skip


# ---------------------------------------------------------------- index_reduce


def _index_reduced(self: Any, dim: Any, index: Any, source: Any, reduce: Any, include_self: Any = True) -> Any:
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    dim = wrap_dim(dim, self.ndim)
    if self.dtype is not source.dtype:
        first, second = dtypes.of(self).cpp, dtypes.of(source).cpp
        raise RuntimeError(f"index_reduce_(): self ({first}) and source ({second}) must have the same scalar type")
    if index.dtype.char not in "ilq":
        raise RuntimeError(f"index_reduce_(): Expected dtype int32/int64 for index but got: {dtypes.of(index).cpp}")
    size = self.shape[dim] if self.ndim else 1
    if index.size and (index.min() < 0 or index.max() >= size):
        raise IndexError("index out of range in self")
    found = scatter.copied(self)
    deprecated("index_reduce")
    if self.dtype.kind in "bc":
        _check_index_reduce(self, reduce, include_self)
    if self.dtype.kind == "b":
        reduce_into(found.view(np.uint8), dim, _stretched(index, dim, source), source.view(np.uint8), reduce, include_self)
    else:
        reduce_into(found, dim, _stretched(index, dim, source), source, reduce, include_self)
    return found


def _check_index_reduce(self: Any, reduce: Any, include_self: Any) -> None:
    """Refuse bools and complex numbers where PyTorch's kernels for single elements would meet them, and means of bools."""
    kernel = "index_func_" if self.ndim < 2 else ""
    if not include_self:
        kernel = "index_reduce_func_exclude_input_init"
    elif reduce == "mean" and self.dtype.kind == "b" and self.ndim > 1:
        kernel = "div_floor_cpu"
    if kernel:
        raise not_implemented(kernel, self)


def _stretched(index: Any, dim: int, source: Any) -> Any:
    """A vector of indices as an index for scatter of the shape of `source` (on arrays)."""
    dim = wrap_dim(dim, source.ndim)
    places = carriers.array_of(index)
    line = [1] * max(source.ndim, 1)
    line[dim] = places.size
    return np.broadcast_to(places.reshape(line), tuple(source.shape) or (1,)).reshape(tuple(source.shape))


index_reduce = op(
    "index_reduce", tensors=("self", "index", "source"),
    **{"self, source": lambda grad, self, dim, index, source, reduce, include_self, result: _reduce_backward(
        _OF_SLICES, grad, self, dim, index, source, reduce, include_self, result
    )},
)(_index_reduced)  # fmt: skip
_OF_SLICES = _Places(
    scatter.index_select, scatter.index_fill,
    lambda values, dim, index, source: scatter.index_add(values, dim, index, source, 1), index_reduce, "index_reduce", "source",
)  # fmt: skip


# ---------------------------------------------------------------- a part of a tensor replaced


def _with_part(self: Any, src: Any, take: Any, *args: Any) -> Any:
    found = layout.copied_with_gaps(self)
    part = take(found, *args)
    check_part(src, part)
    part[...] = src
    return found


select_scatter = op(
    "select_scatter", tensors=("self", "src"),
    self=lambda grad, src_sym_sizes, dim, index: select_scatter(grad, carriers.zeros(grad, tuple(src_sym_sizes)), dim, index),
    src=lambda grad, dim, index: select(grad, dim, index),
)(lambda self, src, dim, index: _with_part(self, src, select.kernel, dim, index))  # fmt: skip
slice_scatter = op(
    "slice_scatter", tensors=("self", "src"),
    self=lambda grad, src_sym_sizes, dim, start, end, step: slice_scatter(
        grad, carriers.zeros(grad, tuple(src_sym_sizes)), dim, start, end, step
    ),
    src=lambda grad, dim, start, end, step: slice_tensor(grad, dim, start, end, step),
)(lambda self, src, dim=0, start=None, end=None, step=1: _with_part(self, src, slice_tensor.kernel, dim, start, end, step))  # fmt: skip
diagonal_scatter = op(
    "diagonal_scatter", tensors=("self", "src"),
    self=lambda grad, src_sym_sizes, offset, dim1, dim2: diagonal_scatter(
        grad, carriers.zeros(grad, tuple(src_sym_sizes)), offset, dim1, dim2
    ),
    src=lambda grad, offset, dim1, dim2: diagonal(grad, offset, dim1, dim2),
)(lambda self, src, offset=0, dim1=0, dim2=1: _with_part(self, src, diagonal.kernel, offset, dim1, dim2))  # fmt: skip


# ---------------------------------------------------------------- indices of triangles


def _indices(name: str, pick: Any) -> Any:
    def make(
        row: Any, col: Any, offset: Any = 0, dtype: Any = None, layout: Any = None, device: Any = None, pin_memory: Any = None,
        requires_grad: Any = None,
    ) -> Any:  # fmt: skip
        for side, count in (("row", row), ("col", col)):
            if count < 0:
                raise RuntimeError(f"{side} must be non-negative, got{count}")
        dtype = dtype or dtypes.int64
        if dtype.np_dtype.char not in "ilq":
            raise NotImplementedError(f"\"{name}\" not implemented for '{dtype.cpp}'")
        return made(np.stack(pick(row, offset, col)).astype(dtype.np_dtype), requires_grad, is_meta(device))

    REGISTRY[name] = make
    return make


tril_indices = _indices("tril_indices", np.tril_indices)
triu_indices = _indices("triu_indices", np.triu_indices)
