"""Linear algebra made of other operators: norms, powers, products of several matrices, cross, kron, vander, cdist."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import blocks, dtypes, loops
from rushlight._core.tensor import TensorBase, shape_text, wrap
from rushlight.ops.carriers import beside, conj
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.deprecated import deprecated
from rushlight.ops.layout import row_major
from rushlight.ops.linalg import linalg_inv, linalg_solve
from rushlight.ops.linalg_decompose import linalg_eigvalsh, linalg_svdvals, tolerances
from rushlight.ops.matmul import mm
from rushlight.ops.matmul_composite import matmul
from rushlight.ops.view import permute, unsqueeze, wrap_dim


def _call(name: str, *values: Any) -> Any:
    return REGISTRY[name](*values)


# ---------------------------------------------------------------- norms


def _vector_norm(value: Any, order: Any, dim: Any, keepdim: bool, dtype: Any = None) -> Any:
    return _call("linalg_vector_norm", value, order, dim, keepdim, dtype)


def _norm_dims(value: Any, dim: Any, dtype: Any, order: str, known: bool) -> list[int]:
    """The two dimensions of matrix_norm, after its checks in PyTorch's order."""
    if not known:
        raise RuntimeError(f"linalg.matrix_norm: Order {order} not supported.")
    if value.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    if value.dtype.category < dtypes.FLOATING:
        raise RuntimeError(f"linalg.matrix_norm: Expected a floating point or complex tensor as input. Got {value.dtype.cpp}")
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(str(entry) for entry in dim)}")
    dims = [wrap_dim(entry, value.ndim) for entry in dim]
    if dims[0] == dims[1]:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    if dtype is not None and dtype.category < dtypes.FLOATING:
        raise RuntimeError(f"linalg.matrix_norm: dtype should be floating point or complex, but got {dtype.cpp}")
    return dims


def _singular_values(value: Any, dims: list[int]) -> Any:
    if value.dtype.itemsize == 2:
        raise RuntimeError(f"linalg.matrix_norm: Low precision dtypes not supported. Got {value.dtype.cpp}")
    order = [entry for entry in range(value.ndim) if entry not in dims] + dims
    return linalg_svdvals(permute(value, order))


def _with_dims(value: Any, dims: list[int], keepdim: bool) -> Any:
    if not keepdim:
        return value
    value = unsqueeze(value, -1)
    count = value.ndim
    order = [entry for entry in range(count) if entry not in dims] + dims
    return permute(value, [order.index(entry) for entry in range(count)])


@composite("linalg_matrix_norm")
def linalg_matrix_norm(self: Any, ord: Any, dim: Any = (-2, -1), keepdim: Any = False, dtype: Any = None) -> Any:
    """Norms of matrices: the largest (or smallest, for negative orders) sum of a column (1), row (inf) or singular value (2)."""
    dims = _norm_dims(self, dim, dtype, f"{ord:g}", abs(ord) in (1.0, 2.0, float("inf")))
    value = self if dtype is None else self.to(dtype)
    pick = "amax" if ord > 0 else "amin"
    if abs(ord) == 2.0:
        return _with_dims(_extremum(pick, _singular_values(value, dims), -1, keepdim), dims, keepdim)
    first, second = dims if abs(ord) == 1.0 else dims[::-1]
    sums = _vector_norm(value, 1.0, [first], keepdim)
    if not keepdim and second > first:
        second -= 1
    return _extremum(pick, sums, second, keepdim)


def _extremum(pick: str, values: Any, dim: int, keepdim: Any) -> Any:
    """amax or amin of numbers that are not negative: the largest of none is 0."""
    if pick == "amax" and values.shape[dim] == 0:
        rest = list(values.shape)
        rest[dim : dim + 1 or None] = [1] * bool(keepdim)
        return values.new_empty(rest).zero_()
    return _call(pick, values, [dim], keepdim)


@composite("linalg_matrix_norm.str_ord")
def linalg_matrix_norm_named(self: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: Any = False, dtype: Any = None) -> Any:
    """The Frobenius or the nuclear norm of matrices."""
    dims = _norm_dims(self, dim, dtype, ord, ord in ("fro", "nuc"))
    if ord == "fro":
        return _vector_norm(self, 2, dims, keepdim, dtype)
    value = self if dtype is None else self.to(dtype)
    return _with_dims(_call("sum.dim_IntList", _singular_values(value, dims), [-1], keepdim), dims, keepdim)


@composite("linalg_norm")
def linalg_norm(self: Any, ord: Any = None, dim: Any = None, keepdim: Any = False, dtype: Any = None) -> Any:
    """The vector norm of one dimension or of all elements, the matrix norm of two."""
    if dim is not None and len(dim) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got [{', '.join(map(str, dim))}]")
    if dim is None and ord is not None and self.ndim not in (1, 2):
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {self.ndim}D."
        )
    if ord is not None and (dim is not None and len(dim) == 2 or dim is None and self.ndim == 2):
        return linalg_matrix_norm(self, ord, (0, 1) if dim is None else dim, keepdim, dtype)
    return _vector_norm(self, 2.0 if ord is None else ord, dim, keepdim, dtype)


@composite("linalg_norm.ord_str")
def linalg_norm_named(self: Any, ord: Any, dim: Any = None, keepdim: Any = False, dtype: Any = None) -> Any:
    """linalg.norm with a named order."""
    if dim is not None and len(dim) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got [{', '.join(map(str, dim))}]")
    if dim is None and self.ndim not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {self.ndim}D.")
    return linalg_matrix_norm_named(self, ord, (0, 1) if dim is None else dim, keepdim, dtype)


def _number_or(value: Any, default: Any) -> Any:
    return default if value is None else value


for _spec, _norm in {
    "norm.Scalar": lambda self, p=2: _vector_norm(self, p, None, False),
    "norm.ScalarOpt_dtype": lambda self, p, dtype: _vector_norm(self, _number_or(p, 2), None, False, dtype),
    "norm.ScalarOpt_dim_dtype": lambda self, p, dim, keepdim, dtype: _vector_norm(self, _number_or(p, 2), dim, keepdim, dtype),
    "norm.ScalarOpt_dim": lambda self, p, dim, keepdim=False: _vector_norm(self, _number_or(p, 2), dim, keepdim),
}.items():
    if _spec not in REGISTRY:
        composite(_spec)(_norm)


def _check_cond(self: Any) -> None:
    if self.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")


@composite("linalg_cond")
def linalg_cond(self: Any, p: Any = None) -> Any:
    """The condition number in the norm p; that of the singular values by default."""
    _check_cond(self)
    if 0 in self.shape:
        return self.new_empty(self.shape[:-2]).zero_()
    if p is None or abs(p) == 2:
        values = linalg_svdvals(self)
        count = values.shape[-1]
        largest, smallest = (_call("slice.Tensor", values, -1, at, at + 1, 1) for at in (0, count - 1))
        found = smallest / largest if p == -2 else largest / smallest
        return _call("squeeze.dim", found, -1)
    return linalg_matrix_norm(self, p) * linalg_matrix_norm(linalg_inv(self), p)


@composite("linalg_cond.p_str")
def linalg_cond_named(self: Any, p: Any) -> Any:
    """The condition number in the Frobenius or nuclear norm."""
    _check_cond(self)
    if 0 in self.shape:
        return self.new_empty(self.shape[:-2]).zero_()
    return linalg_matrix_norm_named(self, p) * linalg_matrix_norm_named(linalg_inv(self), p)


def _rank(self: Any, atol: Any, rtol: Any, hermitian: bool) -> Any:
    if self.ndim < 2:
        raise RuntimeError("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.")
    values = abs(linalg_eigvalsh(self.detach())) if hermitian else linalg_svdvals(self.detach())
    array = values._array
    plain = [value._array if isinstance(value, TensorBase) else value for value in (atol, rtol)]
    absolute, relative = tolerances(self._array, *plain)
    if not array.shape[-1]:
        return beside(self, np.zeros(array.shape[:-1], np.int64))
    cutoff = np.maximum(absolute, relative * array.max(axis=-1))
    return beside(self, np.asarray((array > cutoff[..., None]).sum(axis=-1), np.int64))


@composite("linalg_matrix_rank.atol_rtol_tensor", "linalg_matrix_rank.atol_rtol_float")
def linalg_matrix_rank(self: Any, atol: Any = None, rtol: Any = None, hermitian: Any = False) -> Any:
    """How many singular values exceed max(atol, rtol * the largest)."""
    return _rank(self, atol, rtol, hermitian)


@composite("linalg_matrix_rank", "linalg_matrix_rank.tol_tensor")
def linalg_matrix_rank_tol(self: Any, tol: Any, hermitian: Any = False) -> Any:
    """How many singular values exceed `tol`."""
    return _rank(self, tol, 0.0, hermitian)


# ---------------------------------------------------------------- powers and products


@composite("linalg_matrix_power", "matrix_power")
def matrix_power(self: Any, n: Any) -> Any:
    """A square matrix times itself, n times; its inverse for negative n."""
    if self.ndim < 2:
        raise RuntimeError("linalg.matrix_power: The input tensor A must have at least 2 dimensions.")
    if self.shape[-1] != self.shape[-2]:
        raise RuntimeError(
            "linalg.matrix_power: A must be batches of square matrices, but they are "
            f"{self.shape[-2]} by {self.shape[-1]} matrices"
        )
    if n == 0:
        return REGISTRY["copy_"](REGISTRY["clone"](self, None), wrap(np.eye(self.shape[-1], dtype=self._array.dtype)))
    if n == 1:
        return self.clone()
    if n == -1:
        return linalg_inv(self)
    if n < 0:
        return matrix_power(linalg_inv(self), -n)
    if n in (2, 3):
        square = matmul(self, self)
        return square if n == 2 else matmul(square, self)
    result, factor = None, self
    while n:
        if n % 2:
            result = factor if result is None else matmul(result, factor)
        n //= 2
        factor = matmul(factor, factor) if n else factor
    return result


def _chain_order(sizes: list[int]) -> list[list[int]]:
    """Where to split every run of factors for the fewest multiplications (matrix chain order)."""
    count = len(sizes) - 1
    cost = [[0] * count for _ in range(count)]
    split = [[0] * count for _ in range(count)]
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            best = None
            for middle in range(first, last):
                total = cost[first][middle] + cost[middle + 1][last] + sizes[first] * sizes[middle + 1] * sizes[last + 1]
                if best is None or total < best:
                    best, split[first][last] = total, middle
            cost[first][last] = best or 0
    return split


def _chain(tensors: Any, split: Any, first: int, last: int) -> Any:
    if first == last:
        return tensors[first]
    middle = split[first][last]
    second = _chain(tensors, split, middle + 1, last)
    return mm.apply([_chain(tensors, split, first, middle), second])


@composite("linalg_multi_dot")
def linalg_multi_dot(tensors: Any) -> Any:
    """The product of several matrices in the cheapest order; the first and the last may be vectors."""
    count = len(tensors)
    if count < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {count}")
    factors = list(tensors)
    shape: list[int] = []
    if factors[0].ndim == 1:
        factors[0] = unsqueeze(factors[0], 0)
    elif factors[0].ndim == 2:
        shape.append(factors[0].shape[0])
    else:
        raise RuntimeError(f"multi_dot(): the first tensor must be 1D or 2D but got {factors[0].ndim}D")
    if factors[-1].ndim == 1:
        factors[-1] = unsqueeze(factors[-1], -1)
    elif factors[-1].ndim == 2:
        shape.append(factors[-1].shape[1])
    else:
        raise RuntimeError(f"multi_dot(): the last tensor must be 1D or 2D but got {factors[-1].ndim}D")
    _check_chain(factors)
    sizes = [factor.shape[0] for factor in factors] + [factors[-1].shape[1]]
    order = _chain_order(sizes)
    if count == 3 and sizes[0] * sizes[2] * (sizes[1] + sizes[3]) <= sizes[1] * sizes[3] * (sizes[0] + sizes[2]):
        order[0][2] = 1  # of equal costs the one from the left, for three factors
    return _call("view", _chain(factors, order, 0, count - 1), shape)


def _check_chain(factors: Any) -> None:
    for index in range(len(factors)):
        if factors[index].ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {index} must be 2D but got {factors[index].ndim}D")
        if factors[index].dtype is not factors[0].dtype:
            raise RuntimeError("multi_dot(): all tensors must have be the same dtype but tensor 0 is "
                               f"{factors[0].dtype.cpp} and tensor {index} {factors[index].dtype.cpp}")
        if index and factors[index].shape[0] != factors[index - 1].shape[1]:
            raise RuntimeError(
                f"multi_dot(): tensors {index - 1} and {index} with shapes {shape_text(factors[index - 1].shape)} and "
                f"{shape_text(factors[index].shape)} cannot be multiplied"
            )


@composite("chain_matmul")
def chain_matmul(matrices: Any) -> Any:
    """torch.chain_matmul, deprecated for linalg.multi_dot."""
    deprecated("chain_matmul")
    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    return matrices[0] if len(matrices) == 1 else linalg_multi_dot(matrices)


@composite("kron")
def kron(self: Any, other: Any) -> Any:
    """The Kronecker product."""
    ndim = max(self.ndim, other.ndim)
    first = [1] * (ndim - self.ndim) + list(self.shape)
    second = [1] * (ndim - other.ndim) + list(other.shape)
    left = [size for pair in zip(first, [1] * ndim) for size in pair]
    right = [size for pair in zip([1] * ndim, second) for size in pair]
    found = _call("mul.Tensor", _call("_unsafe_view", self, left), _call("_unsafe_view", other, right))
    return _call("_unsafe_view", found, [a * b for a, b in zip(first, second)])


# ---------------------------------------------------------------- cross, vecdot, vander


@op(
    "linalg_cross", tensors=("self", "other"),
    self=lambda grad, other, dim: linalg_cross(conj(other), grad, dim),
    other=lambda grad, self, dim: linalg_cross(grad, conj(self), dim),
)  # fmt: skip
def linalg_cross(self: Any, other: Any, dim: Any = -1) -> Any:
    """The cross product of vectors of three elements along `dim`."""
    if self.ndim != other.ndim:
        raise RuntimeError(f"linalg.cross: inputs must have the same number of dimensions. Got {self.ndim} and {other.ndim}")
    position = wrap_dim(dim, self.ndim)
    if not self.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    if self.shape[position] != 3 or other.shape[position] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {self.shape[position]} and {other.shape[position]}"
        )
    if self.dtype.kind == "b":
        raise NotImplementedError("\"cross\" not implemented for 'Bool'")
    if other.dtype != self.dtype:
        raise RuntimeError(f"expected scalar type {dtypes.of(self).cpp} but found {dtypes.of(other).cpp}")
    a, b = np.moveaxis(self, position, -1), np.moveaxis(other, position, -1)
    parts = [a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return row_major(np.stack(parts, axis=position))


@composite("cross")
def cross(self: Any, other: Any, dim: Any = None) -> Any:
    """linalg.cross along `dim`; without it along the first dimension of size 3, which is deprecated."""
    if dim is not None:
        return linalg_cross(self, other, dim)
    deprecated("cross")
    for position, size in enumerate(self.shape):
        if size == 3:
            return linalg_cross(self, other, position)
    raise RuntimeError("no dimension of size 3 in input")


@composite("linalg_vecdot")
def linalg_vecdot(x: Any, y: Any, dim: Any = -1) -> Any:
    """The dot products of vectors along `dim`, the first of them conjugated."""
    if x.dtype is not y.dtype:
        raise RuntimeError(
            f"linalg.vecdot: Expected x and y to have the same dtype, but found x of type {x.dtype.cpp} and y of type "
            f"{y.dtype.cpp} instead"
        )
    if x.dtype.category < dtypes.FLOATING:
        raise RuntimeError(f"linalg.vecdot: Expected a floating point or complex tensor as input. Got {x.dtype.cpp}")
    if x.ndim == 1 and y.ndim == 1:
        return _call("vdot", x, y)
    return _call("sum.dim_IntList", _call("mul.Tensor", conj(x), y), [dim], False)


@composite("linalg_vander")
def linalg_vander(x: Any, N: Any = None) -> Any:
    """Matrices whose rows are the powers 0, 1, ..., N - 1 of a vector's elements."""
    if x.dtype is dtypes.bool_ or x.dtype.itemsize == 2 and x.dtype.is_floating_point:
        raise RuntimeError(f"linalg.vander supports floating point, complex, and integer tensors, but got {x.dtype.cpp}")
    x = unsqueeze(x, -1) if x.ndim == 0 else x
    count = x.shape[-1] if N is None else N
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    powers = _call("cumprod", _call("expand", unsqueeze(x, -1), [*x.shape, count - 1]), -1)
    ones = beside(x, np.ones((*x.shape, 1), powers._array.dtype))
    return _call("cat", [ones, powers], -1)


@composite("vander")
def vander(x: Any, N: Any = None, increasing: Any = False) -> Any:
    """torch.vander: falling powers unless `increasing`."""
    if x.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = x.shape[0] if N is None else N
    if count < 0:
        raise RuntimeError("N must be non-negative.")
    dtype = x.dtype if x.dtype.category >= dtypes.FLOATING else dtypes.int64
    result = x.new_empty((x.shape[0], count), dtype=dtype)
    if count > 0:
        result.select(1, 0).fill_(1)
    if count > 1:
        powers = result[:, 1:]
        powers.copy_(unsqueeze(x, 1))
        result[:, 1:].copy_(_call("cumprod", result[:, 1:], 1))
    return result if increasing else _call("flip", result, [1])


# ---------------------------------------------------------------- tensors as matrices


@composite("linalg_tensorinv")
def linalg_tensorinv(self: Any, ind: Any = 2) -> Any:
    """The inverse of a tensor seen as a matrix of its first `ind` dimensions against the others."""
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    rows, columns = list(self.shape[:ind]), list(self.shape[ind:])
    first, second = int(np.prod(rows)), int(np.prod(columns))
    if first != second:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
            f"{second} != {first}"
        )
    return _call("reshape", linalg_inv(_call("reshape", self, [second, first])), columns + rows)


@composite("linalg_tensorsolve")
def linalg_tensorsolve(self: Any, other: Any, dims: Any = None) -> Any:
    """The solution X of tensordot(self, X, X.ndim) = other."""
    value = self
    if dims is not None:
        moved = [wrap_dim(dim, self.ndim) for dim in dims]
        value = permute(self, [dim for dim in range(self.ndim) if dim not in moved] + moved)
    shape = list(value.shape[other.ndim :])
    count = int(np.prod(shape))
    if count != other._array.size:
        raise RuntimeError("Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), "
                           f"but got {count} != {other._array.size}")
    found = linalg_solve(_call("reshape", value, [count, count]), _call("reshape", other, [-1]))
    return _call("reshape", found, shape)


composite("linalg_diagonal")(lambda A, offset=0, dim1=-2, dim2=-1: _call("diagonal", A, offset, dim1, dim2))


# ---------------------------------------------------------------- cdist


# In C: None where they decline, and always in the pure form.
_native_distances, _native_slopes = loops.helper("distances"), loops.helper("distance_slopes")


def _differences(x1: Any, x2: Any) -> Any:
    return x1[..., :, None, :] - x2[..., None, :, :]


def _by_rows(function: Any, x1: Any, x2: Any) -> Any:
    """What a function makes of ranges of x1's rows, put together; the differences of all rows at once may be huge."""
    count = x1.shape[-2]
    step = max(1, blocks.LARGE * count // max(x1.size * x2.shape[-2], 1))
    if step >= count:
        return function(slice(None))
    return np.concatenate([function(slice(start, start + step)) for start in range(0, count, step)], axis=-2)


def _distance(difference: Any, p: float) -> Any:
    size = np.abs(difference)
    if p == 0:
        return (size != 0).sum(axis=-1).astype(difference.dtype)
    if p == float("inf"):
        return size.max(axis=-1, initial=0)
    if p == 2.0:
        return np.sqrt((size * size).sum(axis=-1))
    return size.sum(axis=-1) if p == 1.0 else (size**p).sum(axis=-1) ** (1.0 / p)


def _no_second_derivative(grad: Any) -> Any:
    raise NotImplementedError("the derivative for '_cdist_backward' is not implemented.")


@op(
    "_cdist_backward", kind="internal", tensors=("grad", "x1", "x2", "cdist"), grad_fn="CdistBackwardBackward0",
    **{"grad, x1, x2, cdist": _no_second_derivative},
)  # fmt: skip
def cdist_backward(grad: Any, x1: Any, x2: Any, p: Any, cdist: Any) -> Any:
    """The gradient of the distances for the rows of x1."""
    found = _native_slopes(x1, x2, p, np.ascontiguousarray(grad), np.ascontiguousarray(cdist))
    if found is not None:
        return found
    return _by_rows(lambda rows: _slopes(grad[..., rows, :], x1[..., rows, :], x2, p, cdist[..., rows, :]), x1, x2)


def _slopes(grad: Any, x1: Any, x2: Any, p: Any, cdist: Any) -> Any:
    difference = _differences(x1, x2)
    weight, distance = grad[..., None], cdist[..., None]
    if p == 0:
        return np.zeros_like(x1)
    if p == 1.0:
        return (np.sign(difference) * weight).sum(axis=-2)
    if p == float("inf"):
        return (np.sign(difference) * (np.abs(difference) == distance) * weight).sum(axis=-2)
    safe = np.where(distance == 0, 1, distance)
    slope = np.sign(difference) * (np.abs(difference) / safe) ** (p - 1)
    if p < 1:
        slope = np.where(difference == 0, 0, slope)
    return np.where(distance == 0, 0, slope * weight).sum(axis=-2).astype(x1.dtype, copy=False)


@op(
    "_cdist_forward", grad_fn="CdistBackward0", tensors=("x1", "x2"),
    x1=lambda grad, x1, x2, p, result: cdist_backward(grad, x1, x2, p, result),
    x2=lambda grad, x1, x2, p, result: _cdist_second(grad, x1, x2, p, result),
)  # fmt: skip
def cdist_forward(x1: Any, x2: Any, p: Any, compute_mode: Any = None) -> Any:
    """The p-norm distances between rows."""
    large = x1.shape[-2] > 25 or x2.shape[-2] > 25
    by_product = p == 2 and (compute_mode == 1 or not compute_mode and large)
    if x1.dtype.itemsize == 2 and not by_product and x1.size and x2.size:
        raise NotImplementedError(f"\"cdist\" not implemented for '{dtypes.of(x1).cpp}'")
    found = _native_distances(x1, x2, p)
    if found is not None:
        return found
    found = _by_rows(lambda rows: _distance(_differences(x1[..., rows, :], x2), p).astype(x1.dtype, copy=False), x1, x2)
    return row_major(found)


def _flipped(value: Any) -> Any:
    found = _call("transpose.int", value, -2, -1)
    return _call("contiguous", found) if isinstance(found, TensorBase) else row_major(found)


def _cdist_second(grad: Any, x1: Any, x2: Any, p: Any, result: Any) -> Any:
    distances = _flipped(result)
    return cdist_backward(_flipped(grad), x2, x1, p, distances)


@composite("cdist")
def cdist(x1: Any, x2: Any, p: Any = 2.0, compute_mode: Any = None) -> Any:
    """The p-norm distances between every row of x1 and every row of x2."""
    for name, value in (("X1", x1), ("X2", x2)):
        if value.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {value.ndim}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(
            f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}"
        )
    for name, value in (("X1", x1), ("X2", x2)):
        if not value.dtype.is_floating_point:
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {value.dtype.cpp}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    return cdist_forward(x1, x2, p, compute_mode)
