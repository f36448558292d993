"""Matrix products with sparse factors."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight.sparse._coordinates import coalesced, dense_of
from rushlight.sparse._dispatch import composite, kernel, missing, sparse_op
from rushlight.sparse._layout import CSR, coo, is_coo, is_sparse, layout_name, strided, unflat, warn_of_compressed

# ---------------------------------------------------------------- kernels


def _check_dtypes(one: Any, other: Any) -> None:
    if one.dtype is not other.dtype:
        first, second = (dtypes.of(each._array).cpp for each in (one, other))
        raise RuntimeError(f"expected scalar type {first} but found {second}")


def entries(matrix: Any) -> tuple[Any, Any, Any]:
    """The row and column of each entry of a sparse matrix, and the values."""
    if not is_coo(matrix):
        from rushlight.sparse._compressed import to_coo

        matrix = to_coo(matrix)
    content = matrix._storage
    rows, columns = content.indices._array
    return rows, columns, content.values


def sparse_dense(matrix: Any, dense: Any) -> Any:
    """The strided product of a sparse matrix and a strided one."""
    sparse_dim = matrix._storage.indices._array.shape[0] if is_coo(matrix) else 2
    if sparse_dim != 2:
        raise RuntimeError(f"addmm: matrices expected, got {sparse_dim}D tensor")
    if matrix.ndim != 2:
        raise RuntimeError(f"addmm: scalar values expected, got {matrix.ndim - 2}D values")
    if dense.ndim != 2:
        raise RuntimeError(f"addmm: matrices expected, got {dense.ndim}D tensor")
    if matrix.shape[1] != dense.shape[0]:
        if is_coo(matrix):
            raise RuntimeError(f"addmm: Argument #3 (dense): Expected dim 0 size {matrix.shape[1]}, got {dense.shape[0]}")
        shapes = f"({matrix.shape[0]}x{matrix.shape[1]} and {dense.shape[0]}x{dense.shape[1]})"
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied {shapes}")
    _check_dtypes(matrix, dense)
    rows, columns, values = entries(matrix)
    return multiplied(rows, columns, values, dense, matrix.shape[0])


def multiplied(rows: Any, columns: Any, values: Any, dense: Any, count: int) -> Any:
    """For each row the sum over its entries: value times the row of `dense` at its column."""
    found = dense.new_zeros((count, dense.shape[1]))
    step = max(1, (1 << 22) // max(1, dense.shape[1]))  # keeps the rows that are taken at once below 32 MB
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        taken = dense.index_select(0, strided(columns[part])) * values[part].unsqueeze(1)
        found = found.index_add(0, strided(rows[part]), taken)
    return found


def transposed(matrix: Any) -> Any:
    """The transpose of a sparse matrix as COO."""
    rows, columns, values = entries(matrix)
    return coo(strided(np.stack([columns, rows])), values, matrix.shape[::-1])


def sparse_sparse(one: Any, other: Any) -> Any:
    """The product of two sparse matrices, sparse."""
    if one.ndim != 2 or other.ndim != 2:
        raise RuntimeError("sparse matmul: 2D tensors expected")
    if one.shape[1] != other.shape[0]:
        shapes = f"({one.shape[0]}x{one.shape[1]} and {other.shape[0]}x{other.shape[1]})"
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied {shapes}")
    if one.dtype is not other.dtype:
        raise RuntimeError(f"mat1 dtype {dtypes.of(one._array).cpp} does not match mat2 dtype {dtypes.of(other._array).cpp}")
    warn_of_compressed(CSR)
    one, other = coalesced(one), coalesced(other)
    rows, middle, left = entries(one)
    keys, columns, right = entries(other)
    starts = np.searchsorted(keys, middle, "left")
    counts = np.searchsorted(keys, middle, "right") - starts
    first = np.repeat(np.arange(len(middle)), counts)
    second = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(starts, counts)
    sizes = (one.shape[0], other.shape[1])
    places = rows[first] * sizes[1] + columns[second]
    values = left.index_select(0, strided(first)) * right.index_select(0, strided(second))
    kept, inverse = np.unique(places, return_inverse=True)
    total = values.new_zeros((len(kept),)).index_add(0, strided(inverse.reshape(-1)), values)
    return coo(strided(unflat(kept, sizes)), total, sizes, True)


def product(self: Any, mat2: Any) -> Any:
    """The product of two matrices of which at least one is sparse."""
    if is_sparse(self) and is_sparse(mat2):
        if is_coo(self) and is_coo(mat2):
            return sparse_sparse(self, mat2)
        if is_coo(self) or is_coo(mat2):
            names = f"{layout_name(self)} + {layout_name(self)} @ {layout_name(mat2)}"
            raise RuntimeError(f"addmm: computation on CPU is not implemented for {names}")
        from rushlight.sparse._compressed import multiply_compressed

        return multiply_compressed(self, mat2)
    if is_sparse(self):
        return sparse_dense(self, mat2)
    if self.shape[1] != mat2.shape[0]:
        raise RuntimeError(f"addmm: Argument #3 (dense): Expected dim 0 size {mat2.shape[0]}, got {self.shape[1]}")
    return sparse_dense(transposed(mat2), self.t()).t()


# ---------------------------------------------------------------- operators

kernel("mm")(product)


@kernel("mv")
def mv(self: Any, vec: Any) -> Any:
    """The product of a sparse matrix and a vector."""
    if self.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"mv: two tensor dim should be 2 and 1, but got SparseTensor Dim: {self.ndim}Tensor Dim: {vec.ndim}")
    if self.shape[-1] != vec.shape[-1]:
        raise RuntimeError("mv: expected self.size(-1) == vec.size(-1)")
    return sparse_dense(self, vec.unsqueeze(-1)).squeeze(-1)


@kernel("addmm")
def addmm(self: Any, mat1: Any, mat2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta * self + alpha * (mat1 @ mat2)."""
    if is_sparse(self):
        if is_coo(self):
            raise RuntimeError(f"addmm_sparse_dense: expected strided result tensor, got tensor with layout {layout_name(self)}")
        found = product(mat1, mat2)
        if not is_sparse(found):
            raise RuntimeError("addmm: computation on CPU is not implemented for these layouts")
        return found * alpha + self * beta
    found = product(mat1, mat2)
    if is_sparse(found):
        found = dense_of(found)
    found = found if alpha == 1 else found * alpha
    if beta == 0:
        return found
    return found + (self if beta == 1 else self * beta)


@kernel("bmm")
def bmm(self: Any, mat2: Any) -> Any:
    """Products of a batch of sparse matrices and a strided one."""
    if is_sparse(mat2):
        raise RuntimeError("bmm_sparse: Tensor 'mat2' must be dense")
    if not is_coo(self):
        raise missing("bmm", [self])
    if self._storage.indices._array.shape[0] != 3:
        raise RuntimeError("bmm_sparse: Tensor 'self' must have 3 sparse dimensions")
    if self.shape[0] != mat2.shape[0] or self.shape[2] != mat2.shape[1]:
        raise RuntimeError("bmm_sparse: 'self.size(0)' and 'mat2.size(0)' must match")
    batch, rows, columns = coalesced(self)._storage.indices._array
    values = coalesced(self)._storage.values
    count, height, width = self.shape
    flat_rows = mat2.reshape(count * width, mat2.shape[2])
    found = multiplied(batch * height + rows, batch * width + columns, values, flat_rows, count * height)
    return found.reshape(count, height, mat2.shape[2])


def _mat1_backward(grad: Any, mat1: Any, mat2: Any, alpha: Any) -> Any:
    if is_coo(mat1):
        found = _dense_product(grad, mat2.conj().t()).sparse_mask(coalesced(mat1))
    elif is_sparse(mat1):
        from rushlight.sparse._compressed import masked_like

        found = masked_like(_dense_product(grad, mat2.conj().t()), mat1)
    else:
        found = grad.mm(mat2.conj().t())
    return found if alpha == 1 else found * alpha


def _dense_product(grad: Any, other: Any) -> Any:
    found = grad.mm(other)
    return found.to_dense() if is_sparse(found) and is_sparse(grad) != is_sparse(other) else found


def _mat2_backward(grad: Any, mat1: Any, mat2: Any, alpha: Any) -> Any:
    found = mat1.conj().t().mm(grad)
    return found if alpha == 1 else found * alpha


sparse_addmm_op = sparse_op(
    "_sparse_addmm", grad_fn="SparseAddmmBackward0", tensors=("self", "mat1", "mat2"),
    self=lambda grad, beta: grad if beta == 1 else grad * beta, mat1=_mat1_backward, mat2=_mat2_backward,
)(addmm)  # fmt: skip


def _masked_product(grad: Any, factor: Any, like: Any) -> Any:
    return grad.mm(factor).sparse_mask(coalesced(like))


sparse_sparse_op = sparse_op(
    "_sparse_sparse_matmul", grad_fn="SparseSparseMatmulBackward0", tensors=("self", "other"),
    self=lambda grad, self, other: _masked_product(grad, other.conj().t(), self),
    other=lambda grad, self, other: _masked_product(self.conj().t(), grad, other),
)(lambda self, other: product(self, other))  # fmt: skip


def sparse_mm(sparse: Any, dense: Any) -> Any:
    """torch.sparse.mm: the product of matrices of which the first, or both, are sparse."""
    if is_sparse(sparse) and is_sparse(dense):
        return sparse_sparse_op.apply([sparse, dense])
    if is_sparse(sparse) or not is_sparse(dense):
        zero = dense.new_zeros((sparse.shape[0], dense.shape[-1]))
        return sparse_addmm(zero, sparse, dense, 0, 1) if is_sparse(sparse) else sparse.mm(dense)
    return sparse_mm(dense.transpose(0, 1), sparse.transpose(0, 1)).transpose(0, 1)


def sparse_addmm(mat: Any, mat1: Any, mat2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """torch.sparse.addmm: beta * mat + alpha * (mat1 @ mat2), where mat1 gets a gradient of its own pattern."""
    return sparse_addmm_op.apply([mat, mat1, mat2, beta, alpha])


# ---------------------------------------------------------------- relics, not differentiable


@composite("hspmm")
def hspmm(mat1: Any, mat2: Any) -> Any:
    """The product of a sparse and a strided matrix, as a COO tensor of rows."""
    if not is_coo(mat1):
        raise RuntimeError("hspmm: Argument #1: 2D tensor expected")
    _relic(mat1, mat2)
    tensor = coalesced(mat1)
    rows, _, _ = entries(tensor)
    kept = np.unique(rows)
    return relic_op.apply([mat1, coo(strided(kept[None]), sparse_dense(tensor, mat2)[kept.tolist()], (mat1.shape[0], mat2.shape[1]))])


@composite("smm", "sspaddmm", "saddmm")
def smm(self: Any, *others: Any) -> Any:
    """mat1 @ mat2, or beta * self + alpha * (mat1 @ mat2), as COO tensors."""
    if len(others) == 1:
        return sspaddmm(coo(strided(np.zeros((2, 0), np.int64)), others[0].new_zeros((0,)), (self.shape[0], others[0].shape[1])),
                        self, others[0], 0, 1)  # fmt: skip
    return sspaddmm(self, *others)


def sspaddmm(self: Any, mat1: Any, mat2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta * self + alpha * (mat1 @ mat2) as a COO tensor."""
    if is_sparse(mat2):
        raise RuntimeError(f"sspaddmm: expected 'mat2' to have strided layout, got 'mat2' with layout {layout_name(mat2)}")
    content = coalesced(mat1)
    found = sparse_dense(content, mat2)
    rows = np.unique(entries(content)[0])
    columns = np.arange(mat2.shape[1])
    indices = np.stack([np.repeat(rows, len(columns)), np.tile(columns, len(rows))])
    values = found.index_select(0, strided(rows)).reshape(-1)
    own = self._storage
    indices = np.concatenate([own.indices._array, indices], 1)
    from rushlight.ops.declare import REGISTRY

    joined = REGISTRY["cat"]([own.values * beta, values if alpha == 1 else values * alpha], 0)
    return relic_op.apply([mat1, coo(strided(indices), joined, (mat1.shape[0], mat2.shape[1]))])


def _relic(*values: Any) -> None:
    for value in values:
        if value.ndim != 2:
            raise RuntimeError("hspmm: Argument #2: 2D tensor expected")


def _not_differentiable(grad: Any) -> Any:
    raise RuntimeError("derivative for aten::sspaddmm is not implemented")


relic_op = sparse_op("sspaddmm", grad_fn="NotImplemented", self=_not_differentiable)(lambda self, made: made)
