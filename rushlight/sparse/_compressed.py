"""CSR, CSC, BSR and BSC matrices: what they are made of, conversion from and to the other layouts, arithmetic by way of COO.

Along the compressed dimension (rows of CSR and BSR, columns of the others) stands where each row begins, along the other the index of
each value, or of each block. Batches of matrices are not there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight.ops.declare import REGISTRY
from rushlight.ops.view import wrap_dim
from rushlight.sparse._dispatch import composite, missing, sparse_op
from rushlight.sparse._layout import (
    BLOCKED,
    BSC,
    BSR,
    COO,
    CSC,
    CSR,
    ROWS,
    compressed,
    coo,
    is_coo,
    is_sparse,
    layout_name,
    layout_of,
    strided,
    with_values,
)  # fmt: skip

TRANSPOSED = {CSR: CSC, CSC: CSR, BSR: BSC, BSC: BSR}


def block_of(content: Any) -> tuple[int, int]:
    """The sizes of a block; (1, 1) without blocks."""
    return tuple(content.values.shape[1:3]) if content.layout in BLOCKED else (1, 1)  # type: ignore[return-value]


def spread(content: Any) -> tuple[Any, Any]:
    """The row and column of each value or block."""
    outer = content.outer._array.astype(np.int64)
    along = np.repeat(np.arange(len(outer) - 1), np.diff(outer))
    inner = content.inner._array.astype(np.int64)
    return (along, inner) if content.layout in ROWS else (inner, along)


def to_coo(matrix: Any, sort: bool = True) -> Any:
    """The COO tensor with the same entries, coalesced unless they may stay in another order."""
    if is_coo(matrix):
        return matrix
    content = matrix._storage
    rows, columns = spread(content)
    values = content.values
    height, width = block_of(content)
    if content.layout in BLOCKED:
        count = len(rows)
        rows = (rows[:, None, None] * height + np.arange(height)[None, :, None] + np.zeros((1, 1, width), np.int64)).reshape(-1)
        columns = (columns[:, None, None] * width + np.arange(width)[None, None, :] + np.zeros((1, height, 1), np.int64)).reshape(-1)
        values = values.reshape((count * height * width, *values.shape[3:]))
    if not sort and content.layout not in ROWS:
        return coo(strided(np.stack([rows, columns])), values, matrix.shape)
    places = rows * matrix.shape[1] + columns
    if len(places) > 1 and (places[1:] < places[:-1]).any():
        order = np.argsort(places, kind="stable")
        rows, columns, values = rows[order], columns[order], values.index_select(0, strided(order))
    return coo(strided(np.stack([rows, columns])), values, matrix.shape, True)


def compress(tensor: Any, layout: Any, blocksize: Any = None, dense_dim: Any = None) -> Any:
    """A matrix in a compressed layout."""
    from rushlight.sparse._coordinates import coalesced, sparse_of

    if is_sparse(tensor) and not is_coo(tensor):
        tensor = to_coo(tensor)
    if tensor.ndim - (dense_dim or 0) < 2 or is_sparse(tensor) and tensor._storage.indices._array.shape[0] != 2:
        raise RuntimeError(f"Only tensors with two sparse dimensions can be converted to the {layout_word(layout)} layout")
    if tensor.ndim - (dense_dim or 0) > 2 and not is_sparse(tensor):
        raise NotImplementedError("rushlight has no batches of compressed sparse matrices")
    if layout in BLOCKED:
        return _blocks(tensor, layout, blocksize)
    tensor = coalesced(tensor if is_sparse(tensor) else sparse_of(tensor, 2))
    rows, columns = tensor._storage.indices._array
    values = tensor._storage.values
    if layout is CSC:
        order = np.argsort(columns, kind="stable")
        rows, columns, values = columns[order], rows[order], values.index_select(0, strided(order))
    count = tensor.shape[0 if layout is CSR else 1]
    return compressed(layout, strided(starts(rows, count)), strided(columns.copy()), values, tensor.shape)


def starts(rows: Any, count: int) -> Any:
    """Where each row begins among entries in order of their rows."""
    return np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count))]).astype(np.int64)


def _blocks(tensor: Any, layout: Any, blocksize: Any) -> Any:
    if blocksize is None:
        raise RuntimeError(f"to_sparse_{layout_word(layout).lower()}: blocksize is required")
    dense = tensor.to_dense() if is_sparse(tensor) else tensor.detach()
    height, width = (int(size) for size in blocksize)
    if dense.shape[0] % height or dense.shape[1] % width:
        raise RuntimeError(
            f"tensor sparse size ({dense.shape[0]},{dense.shape[1]}) must be divisible by given blocksize ({height},{width})"
        )
    down, across = dense.shape[0] // height, dense.shape[1] // width
    blocks = dense.reshape((down, height, across, width, *dense.shape[2:])).transpose(1, 2)
    if layout is BSC:
        blocks = blocks.transpose(0, 1)
    outer, inner = blocks.shape[:2]
    flat = blocks.reshape((outer * inner, height, width, *dense.shape[2:]))
    kept = np.flatnonzero((flat != 0)._array.reshape(outer * inner, -1).any(1))
    return compressed(
        layout, strided(starts(kept // inner, outer)), strided(kept % inner), flat.index_select(0, strided(kept)), dense.shape
    )


def layout_word(layout: Any) -> str:
    """A layout's abbreviation."""
    return {CSR: "CSR", CSC: "CSC", BSR: "BSR", BSC: "BSC", COO: "COO"}[layout]


# ---------------------------------------------------------------- conversions, as operators


def _back(grad: Any, self: Any) -> Any:
    from rushlight.sparse._coordinates import _as_before

    return _as_before(grad, self)


def _conversion(name: str, layout: Any) -> Any:
    word = layout_word(layout).lower()
    node = f"ToSparse{word.capitalize()}Backward0"
    op = sparse_op(f"_to_sparse_{word}", grad_fn=node, self=_back)(
        lambda self, blocksize=None, dense_dim=None: compress(self, layout, blocksize, dense_dim)
    )

    def convert(self: Any, *rest: Any) -> Any:
        if layout_of(self) is layout:
            return self
        blocksize, dense_dim = rest if layout in BLOCKED else (None, rest[0] if rest else None)
        return op.apply([self, blocksize, dense_dim])

    convert.__name__ = name
    return convert


CONVERSIONS = {
    f"to_sparse_{layout_word(layout).lower()}": _conversion(f"to_sparse_{layout_word(layout).lower()}", layout)
    for layout in (CSR, CSC, BSR, BSC)
}
for _name, _function in CONVERSIONS.items():
    composite(_name)(_function)


def _wrong(name: str, kind: str, self: Any) -> Any:
    raise RuntimeError(f"{name} expected sparse {kind} compressed tensor layout but got {layout_name(self)}")


def _part(name: str, along_rows: bool, outer: bool) -> Any:
    def get(self: Any) -> Any:
        layout = layout_of(self)
        if not is_sparse(self) or layout is COO or (layout in ROWS) != along_rows:
            _wrong(name, "row" if along_rows else "column", self)
        content = self._storage
        return (content.outer if outer else content.inner).detach()

    return get


composite("crow_indices")(_part("crow_indices", True, True))
composite("col_indices")(_part("col_indices", True, False))
composite("ccol_indices")(_part("ccol_indices", False, True))
composite("row_indices")(_part("row_indices", False, False))

# ---------------------------------------------------------------- from parts


def _values_backward(grad: Any, result: Any) -> Any:
    from rushlight.sparse._coordinates import values_op

    return values_op.apply([masked_like(grad, result)])


from_parts = sparse_op(
    "_sparse_compressed_tensor_with_dims_and_tensors", grad_fn="SparseCompressedTensorBackward0",
    tensors=("compressed_indices", "plain_indices", "values"), values=lambda grad, result: _values_backward(grad, result),
)(
    lambda compressed_indices, plain_indices, values, size, layout: compressed(
        layout, compressed_indices.detach(), plain_indices.detach(), values.detach(), size
    )
)  # fmt: skip


def masked_like(tensor: Any, mask: Any) -> Any:
    """The entries of a tensor at the places of a compressed matrix."""
    from rushlight.sparse._coordinates import rebuilt

    content = mask._storage
    if is_sparse(tensor) and tensor._storage.layout is content.layout:
        own = tensor._storage
        same = own.inner._array.shape == content.inner._array.shape and (own.inner._array == content.inner._array).all()
        if same and (own.outer._array == content.outer._array).all():
            return tensor
    dense = tensor.to_dense() if is_sparse(tensor) else tensor
    rows, columns = spread(content)
    height, width = block_of(content)
    if content.layout in BLOCKED:
        blocks = dense.reshape(dense.shape[0] // height, height, dense.shape[1] // width, width, *dense.shape[2:]).transpose(1, 2)
        return rebuilt(mask, blocks[strided(rows), strided(columns)])
    return rebuilt(mask, dense[strided(rows), strided(columns)])


# ---------------------------------------------------------------- arithmetic


def add_compressed(self: Any, other: Any, alpha: Any) -> Any:
    """The sum of two sparse matrices of which at least one is compressed."""
    if self.shape != other.shape:
        raise RuntimeError("add: expected self and other to have the same sizes")
    layout = self._storage.layout
    found = REGISTRY["add.Tensor"](to_coo(self), to_coo(other), alpha)
    return found if layout is COO else compress(found, layout, block_of(self._storage))


def mul_compressed(self: Any, other: Any) -> Any:
    """The product of two sparse matrices, element by element."""
    layout = self._storage.layout
    found = REGISTRY["mul.Tensor"](to_coo(self), to_coo(other))
    return found if layout is COO else compress(found, layout, block_of(self._storage))


def mul_compressed_by_dense(self: Any, other: Any) -> Any:
    """The product of a compressed matrix and a strided one, element by element."""
    return with_values(self, self._storage.values * masked_like(other.expand(self.shape), self)._storage.values)


def multiply_compressed(self: Any, other: Any) -> Any:
    """The matrix product of two sparse matrices, in the first one's layout."""
    from rushlight.sparse._products import sparse_sparse

    found = sparse_sparse(to_coo(self), to_coo(other))
    layout = self._storage.layout
    if layout is COO:
        layout = other._storage.layout
    return compress(found, CSR if layout in BLOCKED else layout)


def transposed(self: Any, dim0: int, dim1: int) -> Any:
    """The transpose: rows compressed become columns compressed."""
    one, two = wrap_dim(dim0, self.ndim), wrap_dim(dim1, self.ndim)
    content = self._storage
    if one == two:
        return with_values(self, content.values)
    if max(one, two) > 1:
        raise RuntimeError("transpose(): can only transpose the two sparse dimensions of a compressed tensor")
    values = content.values.transpose(1, 2) if content.layout in BLOCKED else content.values
    return compressed(TRANSPOSED[content.layout], content.outer, content.inner, values, (self.shape[1], self.shape[0], *self.shape[2:]))


def selected(self: Any, dim: int, index: int) -> Any:
    """A row or column of a compressed matrix, as COO."""
    return REGISTRY["select.int"](to_coo(self), dim, index)


def sum_compressed(self: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    """The sum along dimensions."""
    dims = [dim] if isinstance(dim, int) else list(dim or range(self.ndim))
    places = sorted({wrap_dim(entry, self.ndim) for entry in dims})
    if len(places) == self.ndim:
        found = self._storage.values.sum(dtype=dtype)
        return found.reshape((1,) * self.ndim) if keepdim else found
    if self._storage.layout is not CSR or not keepdim:
        raise missing("sum.dim_IntList", [self])
    found = to_coo(self)._storage
    values = found.values if dtype is None else found.values.to(dtype)
    rows = found.indices._array[1 - places[0]]
    kept, inverse = np.unique(rows, return_inverse=True)
    totals = values.new_zeros((len(kept),)).index_add(0, strided(inverse.reshape(-1)), values)
    indices = np.stack([kept, np.zeros_like(kept)] if places == [1] else [np.zeros_like(kept), kept])
    size = [1 if place in places else size for place, size in enumerate(self.shape)]
    return compress(coo(strided(indices), totals, size, True), CSR)


def sampled_addmm(self: Any, mat1: Any, mat2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta * self + alpha * (mat1 @ mat2) at the places of a CSR matrix."""
    if layout_of(self) is not CSR:
        raise RuntimeError(f"sampled_addmm: Expected self to have sparse csr layout, but got {layout_name(self)}")
    return sampled_op.apply([self, mat1, mat2, beta, alpha])


def _sampled(self: Any, mat1: Any, mat2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    rows, columns = spread(self._storage)
    found = (mat1.index_select(0, strided(rows)) * mat2.t().index_select(0, strided(columns))).sum(1) * alpha
    return with_values(self, found + self._storage.values * beta)


sampled_op = sparse_op(
    "sparse_sampled_addmm", grad_fn="SparseSampledAddmmBackward0", tensors=("self", "mat1", "mat2"),
    self=lambda grad, beta: grad * beta, mat1=lambda grad, mat2, alpha: grad.mm(mat2.t().conj()) * alpha,
    mat2=lambda grad, mat1, alpha: grad.t().mm(mat1.conj()).t() * alpha,
)(_sampled)  # fmt: skip
