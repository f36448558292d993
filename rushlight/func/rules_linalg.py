"""Batching rules of matrix products and decompositions, which take leading batch dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core.tensor import TensorBase, wrap
from rushlight.func.batching import RULES, decomposed, front, full, rank_of, rule
from rushlight.func.levels import Level
from rushlight.func.rules_reduce import shifted
from rushlight.ops.declare import REGISTRY


def _leading(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """Every tensor with its batch in front, examples of one rank by leading 1s."""
    found = list(values)
    places = [index for index in op.tensor_params if isinstance(values[index], TensorBase)]
    for index in places:
        found[index] = full(values[index], dims[index], level)
    result = op.apply(found)
    return (list(result), 0) if isinstance(result, (tuple, list)) else (result, 0)


for _name in (
    "linalg_inv_ex", "_linalg_det", "_linalg_slogdet", "linalg_cholesky_ex", "cholesky", "cholesky_inverse", "linalg_lu",
    "linalg_lu_factor_ex", "lu_unpack", "linalg_qr", "_linalg_eigh", "linalg_eig", "_linalg_svd", "linalg_matrix_exp", "geqrf",
    "linalg_householder_product", "_squeeze_first_",
):  # fmt: skip
    RULES[_name] = _leading


@rule("linalg_lu_solve", "linalg_solve_triangular", "triangular_solve", "cholesky_solve", "linalg_lstsq")
def _matrices(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """Matrices with batches of their own that broadcast: leading 1s align them behind the new batch."""
    found = list(values)
    places = [index for index in op.tensor_params if isinstance(values[index], TensorBase)]
    vectors = {"pivots"}
    ranks = [rank_of(values[index], dims[index]) + (op.params[index] in vectors) for index in places]
    for index, rank in zip(places, ranks):
        value = full(values[index], dims[index], level)
        for _ in range(max(ranks) - rank):
            value = REGISTRY["unsqueeze"](value, 1)
        found[index] = value
    result = op.apply(found)
    if not isinstance(result, (tuple, list)):
        return result, 0
    return list(result), [None if entry._array.shape == (0,) else 0 for entry in result]  # residuals that lstsq did not compute


@rule("_linalg_solve_ex")
def _solve(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """A right-hand side may be vectors: they become one-column matrices, so that the new batch leaves no doubt."""
    matrix, right = values[0], values[1]
    rank, rank_right = rank_of(matrix, dims[0]), rank_of(right, dims[1])
    lead = example_shape(matrix, dims[0])[:-1]
    vector = rank_right == 1 or rank_right == rank - 1 and example_shape(right, dims[1]) == lead
    matrix, right = full(matrix, dims[0], level), full(right, dims[1], level)
    if vector:
        right = REGISTRY["unsqueeze"](right, rank_right + 1)
        rank_right += 1
    for _ in range(rank_right - rank):
        matrix = REGISTRY["unsqueeze"](matrix, 1)
    for _ in range(rank - rank_right):
        right = REGISTRY["unsqueeze"](right, 1)
    found = list(op.apply([matrix, right, *values[2:]]))
    if vector:
        found[0] = REGISTRY["squeeze.dim"](found[0], -1)
    return found, 0


def example_shape(value: Any, dim: int | None) -> Any:
    """The shape of an example."""
    shape = value._array.shape
    return shape if dim is None else shape[:dim] + shape[dim + 1 :]


@rule("_pinv")
def _pinv(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    return op.apply([front(values[0], dims[0]), *values[1:]]), 0


# ---------------------------------------------------------------- products


def check_matrices(name: str, first: Any, second: Any) -> None:
    """Raise PyTorch's error for examples that cannot be multiplied."""
    a, b = first._array.shape, second._array.shape
    if len(a) != 2:
        raise RuntimeError("self must be a matrix")
    if len(b) != 2:
        raise RuntimeError("mat2 must be a matrix")
    if a[1] != b[0]:
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({a[0]}x{a[1]} and {b[0]}x{b[1]})")


@rule("mm")
def _mm(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    first, second = values
    if rank_of(first, dims[0]) != 2:
        raise RuntimeError("self must be a matrix")
    if rank_of(second, dims[1]) != 2:
        raise RuntimeError("mat2 must be a matrix")
    if dims[1] is None:  # one matrix for all: the rows of all examples in one product
        first = front(first, dims[0])
        count, rows, inner = first._array.shape
        found = op.apply([REGISTRY["reshape"](first, (count * rows, inner)), second])
        return REGISTRY["view"](found, (count, rows, second._array.shape[1])), 0
    if dims[0] is None:  # the columns of all examples in one product, examples innermost but one
        second = front(second, dims[1])
        count, inner, columns = second._array.shape
        joined = REGISTRY["reshape"](REGISTRY["permute"](second, [1, 0, 2]), (inner, count * columns))
        found = op.apply([first, joined])
        return REGISTRY["view"](found, (first._array.shape[0], count, columns)), 1
    return REGISTRY["bmm"](front(first, dims[0]), front(second, dims[1])), 0


@rule("mv")
def _mv(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    matrix, vector = values
    if dims[0] is None:  # the matrix is the same for all
        return REGISTRY["mm"](front(vector, dims[1]), REGISTRY["t"](matrix)), 0
    matrix = front(matrix, dims[0])
    if dims[1] is None:
        return REGISTRY["matmul"](matrix, vector), 0
    return REGISTRY["squeeze.dim"](REGISTRY["bmm"](matrix, REGISTRY["unsqueeze"](front(vector, dims[1]), 2)), 2), 0


@rule("dot", "vdot")
def _dot(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    first, second = values
    for value, dim in zip(values, dims):
        if rank_of(value, dim) != 1:
            raise RuntimeError("Got wrong shapes for dot")
    if op.name == "vdot":
        first = REGISTRY["conj"](first)
    if dims[1] is None:
        return REGISTRY["mv"](front(first, dims[0]), second), 0
    if dims[0] is None:
        return REGISTRY["mv"](front(second, dims[1]), first), 0
    rows = REGISTRY["unsqueeze"](front(first, dims[0]), 1)
    found = REGISTRY["bmm"](rows, REGISTRY["unsqueeze"](front(second, dims[1]), 2))
    return REGISTRY["squeeze.dim"](REGISTRY["squeeze.dim"](found, 2), 1), 0


@rule("bmm", "_matmul_batches")
def _bmm(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    for name, value, dim in zip(("batch1", "batch2"), values, dims):
        if op.name == "bmm" and rank_of(value, dim) != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")
    first, second = (front(value, dim) for value, dim in zip(values, dims))
    ranks = [rank_of(value, dim) for value, dim in zip(values, dims)]
    if dims[0] is not None:
        for _ in range(ranks[1] - ranks[0]):
            first = REGISTRY["unsqueeze"](first, 1)
    if dims[1] is not None:
        for _ in range(ranks[0] - ranks[1]):
            second = REGISTRY["unsqueeze"](second, 1)
    return REGISTRY["matmul"](first, second), 0


def _added(self: Any, product: Any, beta: Any, alpha: Any) -> Any:
    if alpha != 1:
        product = product * alpha
    if beta == 0:
        return product
    return product + (self if beta == 1 else self * beta)


@decomposed("addmm")
def _addmm(self: Any, mat1: Any, mat2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    return _added(self, REGISTRY["mm"](mat1, mat2), beta, alpha)


@decomposed("addmv")
def _addmv(self: Any, mat: Any, vec: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    return _added(self, REGISTRY["mv"](mat, vec), beta, alpha)


@decomposed("addr")
def _addr(self: Any, vec1: Any, vec2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    return _added(self, REGISTRY["outer"](vec1, vec2), beta, alpha)


@decomposed("baddbmm")
def _baddbmm(self: Any, batch1: Any, batch2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    return _added(self, REGISTRY["bmm"](batch1, batch2), beta, alpha)


@decomposed("addbmm")
def _addbmm(self: Any, batch1: Any, batch2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    return _added(self, REGISTRY["sum.dim_IntList"](REGISTRY["bmm"](batch1, batch2), [0], False), beta, alpha)


@rule("linalg_cross")
def _cross(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    rank = max(rank_of(values[index], dims[index]) for index in (0, 1))
    first, second = (full(values[index], dims[index], level) for index in (0, 1))
    return op.apply([first, second, shifted(values[2], rank)]), 0


@rule("_cdist_forward", "_cdist_backward")
def _cdist(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    ranks = [rank_of(values[index], dims[index]) for index in op.tensor_params]
    found = list(values)
    for index, rank in zip(op.tensor_params, ranks):
        value = full(values[index], dims[index], level)
        for _ in range(max(ranks) - rank):
            value = REGISTRY["unsqueeze"](value, 1)
        found[index] = value
    return op.apply(found), 0


def _pairs(count: int) -> Any:
    """The rows and the columns of the pairs of `count` things, and the number of the pair at each place of a matrix."""
    rows, columns = np.triu_indices(count, 1)
    number = np.full((count, count), rows.size)
    number[rows, columns] = number[columns, rows] = np.arange(rows.size)
    return wrap(rows), wrap(columns), wrap(number)


@decomposed("_pdist_forward")
def _pdist(self: Any, p: Any = 2.0) -> Any:
    rows, columns, _ = _pairs(self._array.shape[0])
    return REGISTRY["index.Tensor"](REGISTRY["_cdist_forward"](self, self, p, 2), [rows, columns])


@decomposed("_pdist_backward")
def _pdist_backward(grad: Any, self: Any, p: Any, pdist: Any) -> Any:
    number = _pairs(self._array.shape[0])[2]
    square = [REGISTRY["index.Tensor"](REGISTRY["constant_pad_nd"](value, [0, 1], 0), [number]) for value in (grad, pdist)]
    return REGISTRY["_cdist_backward"](square[0], self, self, p, square[1])


@rule("_squeeze_first")
def _squeeze_first(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    value = front(values[0], dims[0])
    return REGISTRY["squeeze.dim"](value, shifted(values[1], value._array.ndim - 1)), 0


@decomposed("mse_loss")
def _mse_loss(self: Any, target: Any, reduction: Any = 1) -> Any:
    return _reduced((self - target) ** 2, reduction)


def _reduced(value: Any, reduction: int) -> Any:
    """A loss summed up as its `reduction` says: 0 not at all, 1 mean, 2 sum."""
    return value if reduction == 0 else REGISTRY["mean" if reduction == 1 else "sum"](value)


@decomposed("mse_loss_backward")
def _mse_loss_backward(grad: Any, self: Any, target: Any, reduction: Any) -> Any:
    scale = 2 / max(self._array.size, 1) if reduction == 1 else 2
    return (self - target) * scale * grad
