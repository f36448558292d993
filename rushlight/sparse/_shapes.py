"""Sparse tensors: dimensions moved, added, selected, joined."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight.ops.declare import REGISTRY
from rushlight.ops.view import wrap_dim
from rushlight.sparse._dispatch import composite, kernel, missing, write
from rushlight.sparse._layout import coo, is_coo, is_sparse, put, size_text, strided, with_values


def parts(tensor: Any) -> tuple[Any, Any, int]:
    """The indices (an array), the values and the number of sparse dimensions of a COO tensor."""
    content = tensor._storage
    return content.indices._array, content.values, content.indices._array.shape[0]


@kernel("permute")
def permute(self: Any, dims: Any) -> Any:
    """The dimensions in another order; sparse ones stay before dense ones."""
    if not is_coo(self):
        raise missing("permute", [self])
    indices, values, sparse = parts(self)
    if len(dims) != self.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions "
            f"i.e. input.dim() = {self.ndim} is not equal to len(dims) = {len(dims)}"
        )
    order = [wrap_dim(dim, self.ndim) for dim in dims]
    if len(set(order)) != len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    if any(dim >= sparse for dim in order[:sparse]):
        raise RuntimeError(
            "permute(sparse_coo): transpositions between sparse and dense dimensions are not allowed.Only transpositions within sparse and "
            "dense dimensions are supported."
        )
    kept = order[:sparse] == list(range(sparse))
    if order[sparse:] != list(range(sparse, self.ndim)):
        values = values.permute(0, *[dim - sparse + 1 for dim in order[sparse:]])
    size = [self.shape[dim] for dim in order]
    rows = self._storage.indices if kept else strided(indices[order[:sparse]])
    return coo(rows, values, size, self._storage.coalesced and kept)


@kernel("transpose.int")
def transpose(self: Any, dim0: int, dim1: int) -> Any:
    """Two sparse (or two dense) dimensions exchanged."""
    if not is_coo(self):
        from rushlight.sparse._compressed import transposed

        return transposed(self, dim0, dim1)
    _, values, sparse = parts(self)
    one, two = wrap_dim(dim0, self.ndim), wrap_dim(dim1, self.ndim)
    if one == two:
        return with_values(self, values)
    if max(one, two) >= sparse:
        raise RuntimeError(
            f"sparse transpose: transposed dimensions must be sparse Got sparse_dim: {sparse}, d0: {one}, d1: {two}"
        )
    order = list(range(self.ndim))
    order[one], order[two] = two, one
    return permute(self, order)


@kernel("t")
def t(self: Any) -> Any:
    """A matrix transposed."""
    if is_coo(self):
        sparse = self._storage.indices._array.shape[0]
        dense = self.ndim - sparse
        if sparse > 2 or dense:
            raise RuntimeError(
                f"t() expects a tensor with <= 2 sparse and 0 dense dimensions, but got {sparse} sparse and {dense} dense dimensions"
            )
    elif self.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {self.ndim}D")
    return with_values(self, self._storage.values) if self.ndim < 2 else transpose(self, 0, 1)


@write("t", "transpose.int")
def transpose_(self: Any, dim0: int = 0, dim1: int = 1) -> None:
    """transpose in place."""
    put(self, transpose(self, dim0, dim1))


@kernel("unsqueeze")
def unsqueeze(self: Any, dim: int) -> Any:
    """A new dimension of size 1: sparse before the dense ones."""
    if not is_coo(self):
        raise missing("unsqueeze", [self])
    place = wrap_dim(dim, self.ndim + 1)
    indices, values, sparse = parts(self)
    size = [*self.shape[:place], 1, *self.shape[place:]]
    if place <= sparse:
        return coo(strided(np.insert(indices, place, 0, axis=0)), values, size)
    return coo(self._storage.indices, values.unsqueeze(place - sparse + 1), size)


@kernel("select.int")
def select(self: Any, dim: int, index: int) -> Any:
    """One position of a dimension; strided when the last sparse dimension is gone."""
    if not self.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    place = wrap_dim(dim, self.ndim)
    size = self.shape[place]
    if not -size <= index < size:
        raise IndexError(f"select(): index {index} out of range for tensor of size {size_text(self)} at dimension {place}")
    index += size if index < 0 else 0
    if not is_coo(self):
        from rushlight.sparse._compressed import selected

        return selected(self, place, index)
    indices, values, sparse = parts(self)
    rest = [*self.shape[:place], *self.shape[place + 1 :]]
    if place >= sparse:
        return coo(self._storage.indices, values.select(place - sparse + 1, index), rest, self._storage.coalesced)
    where = np.flatnonzero(indices[place] == index)
    taken = values.index_select(0, strided(where))
    if sparse == 1:
        return taken.sum(0, dtype=values.dtype)
    return coo(strided(np.delete(indices, place, axis=0)[:, where]), taken, rest, self._storage.coalesced)


@composite("unbind.int", "unbind")
def unbind(self: Any, dim: int = 0) -> Any:
    """Every position of a dimension."""
    place = wrap_dim(dim, self.ndim)
    return tuple(REGISTRY["select.int"](self, place, index) for index in range(self.shape[place]))


kernel("unbind.int")(lambda self, dim=0: tuple(select(self, dim, index) for index in range(self.shape[wrap_dim(dim, self.ndim)])))


@kernel("narrow_copy")
def narrow_copy(self: Any, dim: int, start: int, length: int) -> Any:
    """A range of a dimension."""
    if not 0 <= dim < self.ndim:
        raise RuntimeError(f"Dimension {dim} out of range. Expecting 0 <= dim < {self.ndim}.")
    place = dim
    indices, values, sparse = parts(self)
    start = int(start)
    if not 0 <= start <= start + length <= self.shape[place]:
        raise RuntimeError("Invalid start or length in narrow_copy")
    size = [*self.shape]
    size[place] = length
    if place >= sparse:
        return coo(self._storage.indices.clone(), values.narrow_copy(place - sparse + 1, start, length), size, self._storage.coalesced)
    where = np.flatnonzero((indices[place] >= start) & (indices[place] < start + length))
    found = indices[:, where]
    found[place] -= start
    return coo(strided(found), values.index_select(0, strided(where)), size, self._storage.coalesced)


@kernel("index_select")
def index_select(self: Any, dim: int, index: Any) -> Any:
    """Positions of a dimension, in the order of an index."""
    if not is_coo(self):
        raise missing("index_select", [self])
    place = wrap_dim(dim, self.ndim)
    indices, values, sparse = parts(self)
    wanted = index._array.reshape(-1).astype(np.int64)
    size = self.shape[place]
    for entry in wanted[(wanted < -size) | (wanted >= size)][:1].tolist():
        raise IndexError(
            f"index_select(): index contains {entry} that is out of range for tensor of size {size_text(self)} at dimension {place}"
        )
    wanted = np.where(wanted < 0, wanted + size, wanted)
    sizes = [*self.shape]
    sizes[place] = len(wanted)
    if place >= sparse:
        return coo(self._storage.indices, values.index_select(place - sparse + 1, index), sizes, self._storage.coalesced)
    order = np.argsort(indices[place], kind="stable")
    keys = indices[place][order]
    starts = np.searchsorted(keys, wanted, "left")
    counts = np.searchsorted(keys, wanted, "right") - starts
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    taken = order[np.repeat(starts, counts) + within]
    found = indices[:, taken]
    found[place] = np.repeat(np.arange(len(wanted)), counts)
    return coo(strided(found), values.index_select(0, strided(taken)), sizes)


@kernel("cat")
def cat(tensors: Any, dim: int = 0) -> Any:
    """Tensors one behind the other."""
    tensors = list(tensors)
    for number, tensor in enumerate(tensors):
        if not is_sparse(tensor) or not is_sparse(tensors[0]):
            raise RuntimeError(f"Concatenating sparse tensors, but a dense tensor was found at position {number}.")
    if not all(is_coo(tensor) for tensor in tensors):
        raise missing("cat", tensors)
    first = tensors[0]
    place = wrap_dim(dim, first.ndim)
    sparse = parts(first)[2]
    for number, tensor in enumerate(tensors):
        own = parts(tensor)[2]
        rest = [size for position, size in enumerate(tensor.shape) if position != place]
        if rest != [size for position, size in enumerate(first.shape) if position != place]:
            raise RuntimeError(
                f"All tensors must have the same shape: {size_text(first)} (except in the concatenating dimension), but found shape: "
                f"{size_text(tensor)} at position {number}."
            )
        if own != sparse or tensor.ndim != first.ndim:
            raise RuntimeError(
                f"All tensors must have the same number of sparse and dense dimensions as the first: {sparse} and {first.ndim - sparse}, "
                f"but found {own} and {tensor.ndim - own} at position {number}"
            )
    size = [*first.shape]
    size[place] = sum(tensor.shape[place] for tensor in tensors)
    rows, pieces, before = [], [], 0
    for tensor in tensors:
        indices, values, _ = parts(tensor)
        if place < sparse:
            indices = indices.copy()
            indices[place] += before
        else:
            at = place - sparse + 1
            shape = [*values.shape]
            shape[at] = size[place]
            padded = values.new_zeros(shape)
            padded.narrow(at, before, tensor.shape[place]).copy_(values)
            values = padded
        rows.append(indices)
        pieces.append(values)
        before += tensor.shape[place]
    return coo(strided(np.concatenate(rows, 1)), REGISTRY["cat"](pieces, 0), size)


@kernel("stack")
def stack(tensors: Any, dim: int = 0) -> Any:
    """Tensors side by side along a new dimension."""
    return cat([unsqueeze(tensor, dim) for tensor in tensors], dim)


@kernel("view_as_real")
def view_as_real(self: Any) -> Any:
    """Real and imaginary parts in a last dimension."""
    _, values, _ = parts(self)
    return coo(self._storage.indices, REGISTRY["view_as_real"](values), [*self.shape, 2], self._storage.coalesced)


@kernel("view_as_complex")
def view_as_complex(self: Any) -> Any:
    """Complex numbers of a last dimension of two parts."""
    _, values, _ = parts(self)
    return coo(self._storage.indices, REGISTRY["view_as_complex"](values), self.shape[:-1], self._storage.coalesced)


@kernel("expand")
def expand(self: Any, size: Any, implicit: Any = False) -> Any:
    """Refused."""
    raise RuntimeError("expand is unsupported for Sparse tensors")


@composite("reshape", "reshape_as", "flatten.using_ints", "flatten")
def reshape(self: Any, *values: Any) -> Any:
    """Refused."""
    raise RuntimeError("reshape is not implemented for sparse tensors")
