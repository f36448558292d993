"""COO tensors: from indices and values and back, coalescing, masks, conversion from and to strided tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight.sparse._dispatch import composite, kernel, sparse_op, write
from rushlight.sparse._layout import COO, coo, flat, is_coo, is_sparse, layout_name, put, size_text, strided, unflat, with_values

# ---------------------------------------------------------------- what a tensor is made of


@sparse_op(
    "_sparse_coo_tensor_with_dims_and_tensors", grad_fn="SparseCooTensorWithDimsAndTensorsBackward0", tensors=("indices", "values"),
    values=lambda grad, result: values_of_masked(grad, result),
)  # fmt: skip
def from_parts(indices: Any, values: Any, size: Any, coalesced: Any = False) -> Any:
    """A COO tensor of indices and values."""
    return coo(indices.detach(), values.detach(), size, coalesced)


def values_of_masked(grad: Any, result: Any) -> Any:
    """The gradient of each value: that of its place."""
    return values_op.apply([grad.sparse_mask(result)])


def rebuilt(tensor: Any, values: Any) -> Any:
    """A tensor of the same pattern with other values, recorded."""
    content = tensor._storage
    if content.layout is COO:
        return from_parts.apply([content.indices, values, tensor._array.shape, content.coalesced])
    from rushlight.sparse import _compressed

    return _compressed.from_parts.apply([content.outer, content.inner, values, tensor._array.shape, content.layout])


def coalesced(tensor: Any) -> Any:
    """The tensor with each place once, in order."""
    content = tensor._storage
    if content.coalesced:
        return tensor
    shape, count = tensor._array.shape, content.indices._array.shape[1]
    sparse = content.indices._array.shape[0]
    if count < 2:
        return coo(content.indices.clone(), content.values.clone(), shape, True)
    places = flat(content.indices._array, shape[:sparse])
    order = np.argsort(places, kind="stable")
    places = places[order]
    first = np.ones(count, bool)
    first[1:] = places[1:] != places[:-1]
    kept = places[first]
    indices = strided(content.indices._array[:, order[first]])
    values = content.values.index_select(0, strided(order))
    if len(kept) < count:
        values = summed(values, np.cumsum(first) - 1, len(kept))
    return coo(indices, values, shape, True)


def summed(values: Any, places: Any, count: int) -> Any:
    """Entries of `values` added up by their places among `count`."""
    if values._array.dtype.kind == "b":
        return summed(values.int(), places, count).bool()
    return values.new_zeros((count, *values.shape[1:])).index_add(0, strided(places), values)


coalesce_op = sparse_op("_coalesce", grad_fn="CoalesceBackward0", self=lambda grad: grad)(lambda self: coalesced(self))


@composite("coalesce")
def coalesce(self: Any) -> Any:
    """A tensor with each place once, in order: itself if it is so."""
    if not is_coo(self):
        raise RuntimeError(f"coalesce expected sparse coordinate tensor layout but got {layout_name(self)}")
    return self if self._storage.coalesced else coalesce_op.apply([self])


def _values_backward(grad: Any, self: Any) -> Any:
    return rebuilt(self, grad)


def _values_of(self: Any) -> Any:
    return self._storage.values.detach()


values_op = sparse_op("values", grad_fn="ValuesBackward0", view=True, self=_values_backward)(lambda self: _values_of(self))
indices_op = sparse_op("indices", grad_fn="NotImplemented", view=True)(lambda self: self._storage.indices.detach())


@composite("values")
def values(self: Any) -> Any:
    """The values of a coalesced (or compressed) tensor."""
    if is_coo(self) and not self._storage.coalesced:
        raise RuntimeError("Cannot get values on an uncoalesced tensor, please call .coalesce() first")
    return values_op.apply([self])


@composite("indices")
def indices(self: Any) -> Any:
    """The indices of a coalesced tensor."""
    if not is_coo(self):
        raise RuntimeError(f"indices expected sparse coordinate tensor layout but got {layout_name(self)}")
    if not self._storage.coalesced:
        raise RuntimeError("Cannot get indices on an uncoalesced tensor, please call .coalesce() first")
    return indices_op.apply([self])


# ---------------------------------------------------------------- strided and back


def dense_of(tensor: Any) -> Any:
    """The strided tensor with the same values."""
    content = tensor._storage
    if content.layout is not COO:
        from rushlight.sparse._compressed import to_coo

        return dense_of(to_coo(tensor))
    shape = tensor._array.shape
    sparse = content.indices._array.shape[0]
    places = flat(content.indices._array, shape[:sparse])
    count = int(np.prod(shape[:sparse], dtype=np.int64))
    found = summed(content.values, places, count)
    return found.reshape(shape)


def sparse_of(tensor: Any, sparse_dim: int) -> Any:
    """The COO tensor with the nonzero entries of a strided one."""
    shape = tensor._array.shape
    if sparse_dim == 0:
        return coo(strided(np.zeros((0, 1), np.int64)), tensor.detach().reshape((1, *shape)).clone(), shape, True)
    rows = tensor.detach().reshape((int(np.prod(shape[:sparse_dim], dtype=np.int64)), *shape[sparse_dim:]))
    array = (rows != 0)._array
    places = np.flatnonzero(array.reshape(array.shape[0], -1).any(1)) if array.size else np.zeros(0, np.int64)
    return coo(strided(unflat(places, shape[:sparse_dim])), rows.index_select(0, strided(places)), shape, True)


def _to_dense_backward(grad: Any, self: Any, masked_grad: Any) -> Any:
    if is_coo(self):
        if masked_grad is not False:
            return grad.sparse_mask(coalesced(self))
        return grad if is_sparse(grad) else to_sparse_dim(grad, self._storage.indices._array.shape[0])
    from rushlight.sparse._compressed import masked_like

    return masked_like(grad, self)


to_dense_op = sparse_op("_to_dense", grad_fn="ToDenseBackward0", self=_to_dense_backward)(
    lambda self, dtype=None, masked_grad=None: dense_of(self)
)


@composite("to_dense")
def to_dense(self: Any, dtype: Any = None, masked_grad: Any = None) -> Any:
    """The strided tensor with the same values."""
    found = to_dense_op.apply([self, None, masked_grad])
    return found if dtype is None else found.to(dtype)


def _strided_again(grad: Any) -> Any:
    return grad.to_dense() if is_sparse(grad) else grad


to_sparse_op = sparse_op("_to_sparse", grad_fn="ToSparseBackward1", self=lambda grad, self: _as_before(grad, self))(
    lambda self, layout=None, blocksize=None, dense_dim=None: _converted(self, layout, blocksize, dense_dim)
)
to_sparse_dim_op = sparse_op("_to_sparse.sparse_dim", grad_fn="ToSparseBackward0", self=lambda grad, self: _as_before(grad, self))(
    lambda self, sparse_dim: sparse_of(self, sparse_dim)
)


def _as_before(grad: Any, self: Any) -> Any:
    if not is_sparse(self):
        return _strided_again(grad)
    if is_sparse(grad) and grad._storage.layout is self._storage.layout:
        return grad
    return grad.to_sparse(layout=self._storage.layout) if is_coo(self) else _converted(grad, self._storage.layout, None, None)


def _converted(self: Any, layout: Any, blocksize: Any, dense_dim: Any) -> Any:
    from rushlight.sparse import _compressed

    if layout is None or layout is COO:
        if is_sparse(self):
            return _compressed.to_coo(self, sort=False)
        return sparse_of(self, self.ndim - (dense_dim or 0))
    return _compressed.compress(self, layout, blocksize, dense_dim)


def to_sparse(self: Any, layout: Any = None, blocksize: Any = None, dense_dim: Any = None) -> Any:
    """The tensor in a sparse layout: itself if it has it."""
    if is_sparse(self) and (layout or COO) is self._storage.layout:
        return self
    if not is_sparse(self) and dense_dim is not None and not 0 <= dense_dim <= self.ndim:
        raise RuntimeError(f"to_sparse: dense_dim argument must be in [0,{self.ndim}] range, but {dense_dim} is given")
    return to_sparse_op.apply([self, layout, blocksize, dense_dim])


def to_sparse_dim(self: Any, sparse_dim: int) -> Any:
    """The COO tensor with its first `sparse_dim` dimensions sparse."""
    if is_coo(self):
        if sparse_dim != self.sparse_dim():
            raise RuntimeError(
                "to_sparse: conversion from Sparse to Sparse with sparse_dim argument !=self.sparse_dim() is not supported"
            )
        return self
    if self.ndim and sparse_dim == 0:
        raise RuntimeError("dense_to_sparse: sparse_dim argument must be in >0 when self.dim()>0")
    if not 0 <= sparse_dim <= self.ndim:
        raise RuntimeError(f"dense_to_sparse: sparse_dim argument must be in [0,{self.ndim}] range, but {sparse_dim} is given")
    if is_sparse(self):
        return to_sparse(self)
    return to_sparse_dim_op.apply([self, sparse_dim])


composite("to_sparse")(to_sparse)
composite("to_sparse.sparse_dim")(to_sparse_dim)

# ---------------------------------------------------------------- masks


def gathered(tensor: Any, at: Any) -> Any:
    """Entries of a strided tensor at indices (an array with a row for each of the first dimensions)."""
    shape = tensor._array.shape
    sparse = at.shape[0]
    rows = tensor.reshape((int(np.prod(shape[:sparse], dtype=np.int64)), *shape[sparse:]))
    return rows.index_select(0, strided(flat(at, shape[:sparse])))


def looked_up(tensor: Any, at: Any) -> Any:
    """Entries of a COO tensor at indices, zeros where it has none."""
    tensor = tensor if tensor._storage.coalesced else coalesce_op.apply([tensor])
    content, shape = tensor._storage, tensor._array.shape
    sizes = shape[: at.shape[0]]
    own, wanted = flat(content.indices._array, sizes), flat(at, sizes)
    where = np.searchsorted(own, wanted)
    where[where == len(own)] = 0
    found = own[where] == wanted if len(own) else np.zeros(len(wanted), bool)
    if not len(own):
        return content.values.new_zeros((len(wanted), *content.values.shape[1:]))
    values = values_op.apply([tensor]).index_select(0, strided(where))
    keeps = strided(found.reshape((-1,) + (1,) * (values.ndim - 1)))
    return values.where(keeps, values.new_zeros(()))


def places_found(tensor: Any, at: Any) -> Any:
    """Whether a COO tensor has an entry at each of some indices."""
    sizes = tensor._array.shape[: at.shape[0]]
    return np.isin(flat(at, sizes), flat(tensor._storage.indices._array, sizes))


sparse_mask_op = sparse_op(
    "sparse_mask", grad_fn="SparseMaskBackward0", tensors=("self", "mask"), self=lambda grad, self, mask: _mask_backward(grad, self, mask)
)(lambda self, mask: masked(self, mask))


def _mask_backward(grad: Any, self: Any, mask: Any) -> Any:
    found = grad.sparse_mask(mask)
    return found if is_sparse(self) else found.to_dense()


def masked(self: Any, mask: Any) -> Any:
    """The entries of a tensor at the places of a mask."""
    content = mask._storage
    if content.layout is not COO:
        from rushlight.sparse._compressed import masked_like

        return masked_like(self, mask)
    at = content.indices._array
    if is_sparse(self):
        values = looked_up(self, at)
    else:
        values = gathered(self.detach(), at)
    return coo(content.indices.clone(), values, mask._array.shape, content.coalesced)


@composite("sparse_mask")
def sparse_mask(self: Any, mask: Any) -> Any:
    """The entries of a tensor at the places of a sparse mask."""
    if not is_sparse(mask):
        from rushlight.ops.sparse_layer import NO_KERNEL

        raise NotImplementedError(NO_KERNEL.format("_nnz", "CPU"))
    if self._array.shape != mask._array.shape:
        raise RuntimeError(
            f"sparse_mask(): operands have incompatible sizes; self has size {size_text(self)} but mask has size {size_text(mask)}"
        )
    if self is mask:
        return same_op.apply([self])
    return sparse_mask_op.apply([self, mask])


same_op = sparse_op("sparse_mask", grad_fn="SparseMaskBackward0", self=lambda grad, self: _mask_backward(grad, self, self))(
    lambda self: with_values(self, self._storage.values)
)


# ---------------------------------------------------------------- copies


@kernel("clone")
def clone(self: Any, memory_format: Any = None) -> Any:
    """A copy."""
    content = self._storage
    if content.layout is COO:
        return coo(content.indices.clone(), content.values.clone(), self._array.shape, content.coalesced)
    return with_values(self, content.values.clone())


@kernel("detach", "alias")
def detach(self: Any) -> Any:
    """The same indices and values, outside the graph."""
    return with_values(self, self._storage.values)


@kernel("_to_copy")
def to_copy(self: Any, dtype: Any = None, memory_format: Any = None) -> Any:
    """A copy in a dtype."""
    values = self._storage.values
    return with_values(clone(self), values.clone() if dtype is None else values.to(dtype))


@write("copy")
def copy_(self: Any, src: Any, non_blocking: Any = False) -> None:
    """What another sparse tensor is, in a tensor's place."""
    if not is_sparse(self) or not is_sparse(src):
        raise RuntimeError(
            "copy_() between dense and sparse Tensors is not implemented! Found self type = "
            f"{self.type()} and src type = {src.type()}"
        )
    put(self, clone(src))


@write("zero")
def zero_(self: Any) -> None:
    """No entries."""
    put(self, empty_like(self))


def empty_like(tensor: Any, dtype: Any = None, size: Any = None) -> Any:
    """A COO tensor of the same kind without entries."""
    content = tensor._storage
    size = tensor._array.shape if size is None else tuple(size)
    sparse = content.indices._array.shape[0] if len(size) == tensor._array.ndim else len(size)
    values = content.values.new_zeros((0, *size[sparse:]), dtype=dtype or tensor.dtype)
    return coo(strided(np.zeros((sparse, 0), np.int64)), values, size, True)
