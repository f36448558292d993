"""Sums, norms and softmax of sparse tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight.ops.view import wrap_dim
from rushlight.sparse._coordinates import coalesced, gathered, looked_up, rebuilt, values_op
from rushlight.sparse._dispatch import composite, kernel, missing, sparse_op
from rushlight.sparse._layout import coo, flat, is_coo, is_sparse, strided, with_values

# ---------------------------------------------------------------- sums


@kernel("sum")
def sum_all(self: Any, dtype: Any = None) -> Any:
    """The sum of all entries."""
    return self._storage.values.sum(dtype=dtype)


@kernel("sum.dim_IntList")
def sum_dims(self: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """The sum along dimensions."""
    if not is_coo(self):
        from rushlight.sparse._compressed import sum_compressed

        return sum_compressed(self, dim, keepdim, dtype)
    dims = [dim] if isinstance(dim, int) else list(dim or range(self.ndim))
    found = summed_along(self, dims, dtype)
    if not keepdim:
        return found
    for place in sorted(wrap_dim(entry, self.ndim) for entry in dims):
        found = found.unsqueeze(place)
    return found


def summed_along(self: Any, dims: Any, dtype: Any = None) -> Any:
    """torch.sparse.sum: sparse as long as a sparse dimension is left."""
    places = [wrap_dim(dim, self.ndim) for dim in dims]
    if len(set(places)) != len(places):
        raise RuntimeError(f"dim {next(place for place in places if places.count(place) > 1)} appears multiple times in the list of dims")
    content = self._storage
    sparse = content.indices._array.shape[0]
    gone = [place for place in places if place < sparse]
    inner = [place - sparse + 1 for place in places if place >= sparse]
    values = content.values if dtype is None else content.values.to(dtype)
    if inner:
        values = values.sum(inner, dtype=dtype)
    elif dtype is None and not values.dtype.is_floating_point and not values.is_complex():
        values = values.long()
    if len(gone) == sparse:
        return values.sum(0)
    if not gone:
        size = [size for place, size in enumerate(self.shape) if place not in places]
        return coalesced(coo(content.indices.clone(), values, size, content.coalesced))
    kept = [place for place in range(sparse) if place not in gone]
    size = [size for place, size in enumerate(self.shape) if place not in places]
    return coalesced(coo(strided(content.indices._array[kept]), values, size))


def _sum_backward(grad: Any, self: Any, dim: Any) -> Any:
    places = sorted(wrap_dim(entry, self.ndim) for entry in dim)
    tensor = coalesced(self)
    content = tensor._storage
    at = content.indices._array
    sparse = at.shape[0]
    kept = [place for place in range(sparse) if place not in places]
    if kept:
        values = looked_up(grad, at[kept]) if is_sparse(grad) else gathered(grad, at[kept])
    else:
        values = grad.unsqueeze(0).expand(at.shape[1], *grad.shape)
    for place in places:
        if place >= sparse:
            values = values.unsqueeze(place - sparse + 1)
    return rebuilt(tensor, values.expand(content.values.shape).clone())


sparse_sum_op = sparse_op("_sparse_sum.dim", grad_fn="SparseSumBackward0", self=_sum_backward)(
    lambda self, dim: summed_along(self, dim)
)


@kernel("any")
def any_of(self: Any) -> Any:
    """Whether any entry is true."""
    return self._storage.values.any()


# ---------------------------------------------------------------- norms


def _norm(self: Any, p: Any) -> Any:
    tensor = coalesced(self) if is_coo(self) else self
    values = tensor._storage.values.reshape(-1)
    return values.norm(2 if p is None else p)


def _norm_backward(grad: Any, self: Any, p: Any, result: Any) -> Any:
    power = 2.0 if p is None else float(p)
    if power == 2.0:
        scale = (grad / result).where(result != 0, result.new_zeros(()))
        return self * scale
    if power == 1.0:
        return self.sgn() * grad
    raise NotImplementedError(f"rushlight has no gradient of the {power} norm of a sparse tensor")


norm_op = sparse_op("norm.Scalar", grad_fn="NormBackward1", self=_norm_backward)(lambda self, p: _norm(self, p))


@composite("norm", "norm.Scalar", "norm.ScalarOpt_dim", "norm.ScalarOpt_dim_dtype", "norm.ScalarOpt_dtype", "native_norm")
def norm(self: Any, p: Any = 2, dim: Any = None, keepdim: Any = False, dtype: Any = None) -> Any:
    """The norm of all entries."""
    if not is_coo(self):
        raise missing("norm.ScalarOpt_dim", [self])
    dims = [] if dim is None else [dim] if isinstance(dim, int) else list(dim)
    if dims and len({wrap_dim(entry, self.ndim) for entry in dims}) != self.ndim:
        raise RuntimeError(
            "norm_sparse currently only supports full reductions, so 'dim' must either be empty or contain all dimensions of the input"
        )
    if keepdim:
        raise RuntimeError("norm_sparse currently does not support keepdim=True")
    if dtype is not None:
        raise RuntimeError("norm_sparse currently does not support 'dtype' argument")
    return norm_op.apply([self, p])


# ---------------------------------------------------------------- softmax


def _pools(tensor: Any, dim: int) -> tuple[Any, int]:
    """For each entry the number of the pool it belongs to: the entries that differ along a sparse dimension only."""
    indices = tensor._storage.indices._array
    rest = [place for place in range(indices.shape[0]) if place != dim]
    places = flat(indices[rest], [tensor.shape[place] for place in rest])
    kept, inverse = np.unique(places, return_inverse=True)
    return inverse.reshape(-1), len(kept)


def _softmax(self: Any, dim: int, log: bool) -> Any:
    tensor = coalesced(self)
    values, place = tensor._storage.values, wrap_dim(dim, self.ndim)
    sparse = tensor._storage.indices._array.shape[0]
    if place >= sparse:
        inner = place - sparse + 1
        return with_values(tensor, values.log_softmax(inner) if log else values.softmax(inner))
    pools, count = _pools(tensor, place)
    at = strided(pools)
    highest = np.full((count, *values.shape[1:]), -np.inf, values._array.dtype)
    np.maximum.at(highest, pools, values._array)
    shifted = values - strided(highest).index_select(0, at)
    total = values.new_zeros((count, *values.shape[1:])).index_add(0, at, shifted.exp())
    found = shifted - total.log().index_select(0, at) if log else shifted.exp() / total.index_select(0, at)
    return with_values(tensor, found)


def _softmax_backward(grad: Any, result: Any, dim: int, log: bool) -> Any:
    output = coalesced(result)
    at = output._storage.indices._array
    values = values_op.apply([output])
    given = looked_up(grad, at) if is_sparse(grad) else gathered(grad, at)
    place = wrap_dim(dim, result.ndim)
    weighted = given if log else given * values
    if place >= at.shape[0]:
        total = weighted.sum(place - at.shape[0] + 1, keepdim=True)
    else:
        pools, count = _pools(output, place)
        index = strided(pools)
        total = values.new_zeros((count, *values.shape[1:])).index_add(0, index, weighted).index_select(0, index)
    return rebuilt(output, given - values.exp() * total if log else values * (given - total))


softmax_op = sparse_op(
    "_sparse_softmax", grad_fn="SparseSoftmaxBackward0", self=lambda grad, result, dim: _softmax_backward(grad, result, dim, False)
)(lambda self, dim: _softmax(self, dim, False))
log_softmax_op = sparse_op(
    "_sparse_log_softmax", grad_fn="SparseLogSoftmaxBackward0", self=lambda grad, result, dim: _softmax_backward(grad, result, dim, True)
)(lambda self, dim: _softmax(self, dim, True))
