"""Inverses, determinants, solves and triangular factors. What needs an orthogonal factor is in `linalg_decompose.py`.

NOTE [ Checks of matrix arguments ]
Every function of torch.linalg refuses the same things in the same words, behind its own name: see `matrices()`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import return_types
from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase
from rushlight.ops import examples
from rushlight.ops.carriers import conj, imag, is_complex, scaled, wrap_like, zeros_like
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.deprecated import deprecated
from rushlight.ops.later import later
from rushlight.ops.reduce import product_of_others
from rushlight.ops.view import transpose, unsqueeze
from rushlight.ops.warn import is_hushed

kernels = later("kernels_linalg")


def constant(pack: Any, *positions: int) -> Any:
    """A pack for an operator some of whose floating-point results have no gradient."""

    def packed(outputs: list[Any]) -> Any:
        return pack([examples.constant(output) if place in positions else output for place, output in enumerate(outputs)])

    packed.constants = positions  # type: ignore[attr-defined]
    return packed


class LinAlgError(RuntimeError):
    """A factorization or solve that cannot be completed."""

    __module__ = "torch._C"


LinAlgError.__name__ = LinAlgError.__qualname__ = "_LinAlgError"

# ---------------------------------------------------------------- checks


def need_code(kernel: str, array: Any, used: bool = True) -> None:
    """Raise unless a kernel has code for the entries: float32, float64 or complex."""
    dtype = dtypes.of(array)
    if used and (dtype.category < dtypes.FLOATING or dtype.itemsize == 2):
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtype.cpp}'")


def need_float(name: str, array: Any, kernel: str = "", late: bool = False) -> None:
    """Raise unless the entries are float32, float64 or complex. 16-bit floats (late: integers too) get as far as the kernel named."""
    dtype = dtypes.of(array)
    if kernel and (dtype.itemsize == 2 and dtype.is_floating_point or late and dtype.category < dtypes.FLOATING):
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtype.cpp}'")
    if dtype.category < dtypes.FLOATING:
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {dtype.cpp}")
    if dtype.itemsize == 2:
        raise RuntimeError(f"{name}: Low precision dtypes not supported. Got {dtype.cpp}")


def need_matrix(name: str, array: Any, label: str = "A") -> None:
    """Raise unless there are two dimensions at least."""
    if array.ndim < 2:
        said = "input" if label == "input" else f"The input tensor {label}"
        raise RuntimeError(f"{name}: {said} must have at least 2 dimensions.")


def need_square(name: str, array: Any, label: str = "A") -> None:
    """Raise unless these are square matrices."""
    need_matrix(name, array, label)
    if array.shape[-1] != array.shape[-2]:
        raise RuntimeError(
            f"{name}: {label} must be batches of square matrices, but they are {array.shape[-2]} by {array.shape[-1]} matrices"
        )


def raise_for(name: str, info: Any, text: str, kind: Any = None) -> None:
    """LinAlgError (or another kind of error) for the first entry of `info` that is not 0; {} in the text is that entry."""
    info = examples.of_all(info)._array if isinstance(info, TensorBase) else info
    if is_hushed():  # of values that nobody gave
        return
    if not info.any():
        return
    index = int(np.flatnonzero(info)[0])
    where = f"(Batch element {index}): " if info.ndim else ""
    raise (kind or LinAlgError)(f"{name}: {where}{text.format(info.flat[index])}")


_SINGULAR_INVERSE = "The diagonal element {} is zero, the inversion could not be completed because the input matrix is singular."
_SINGULAR_SOLVE = "The solver failed because the input matrix is singular."
_NOT_POSITIVE = (
    "The factorization could not be completed because the input is not positive-definite (the leading minor of order {} is not "
    "positive-definite)."
)

# ---------------------------------------------------------------- parts of formulas, on either carrier


def m_t(value: Any) -> Any:
    """Matrices transposed."""
    return transpose(value, -2, -1) if isinstance(value, TensorBase) else value.swapaxes(-1, -2)


def m_h(value: Any) -> Any:
    """Matrices transposed and conjugated."""
    return conj(m_t(value))


def tril(value: Any, diagonal: int = 0) -> Any:
    """The lower triangle."""
    return REGISTRY["tril"](value, diagonal)


def triu(value: Any, diagonal: int = 0) -> Any:
    """The upper triangle."""
    return REGISTRY["triu"](value, diagonal)


def diag(value: Any) -> Any:
    """Diagonal matrices of vectors."""
    return REGISTRY["diag_embed"](value, 0, -2, -1)


def diagonal(value: Any) -> Any:
    """The diagonals of matrices."""
    return REGISTRY["diagonal"](value, 0, -2, -1)


def identity(like: Any) -> Any:
    """An identity matrix of the size of the last dimension, in the carrier and dtype of `like`."""
    np_dtype = like._array.dtype if isinstance(like, TensorBase) else like.dtype
    return wrap_like(like, np.eye(like.shape[-1], dtype=np_dtype))


def scale_identity(like: Any, factor: Any) -> Any:
    """Identity matrices times a number each, of the size of matrices `like`."""
    return m_t(diag(REGISTRY["expand"](unsqueeze(factor, -1), like.shape[:-1])))


# ---------------------------------------------------------------- inverse


def _inverse(array: Any) -> tuple[Any, Any]:
    info = np.zeros(array.shape[:-2], np.int32)
    try:
        return np.linalg.inv(array), info
    except np.linalg.LinAlgError:
        result = np.full(array.shape, np.nan, array.dtype)
        info = np.asarray(kernels.lu_factor_ex(array)[2], np.int32)
        for index in np.ndindex(info.shape):
            if not info[index]:
                result[index] = np.linalg.inv(array[index])
        return result, info


def _inverse_backward(grad: Any, inverse: Any) -> Any:
    right = grad @ m_h(inverse)
    return -(m_h(inverse) @ right)


@op(
    "linalg_inv_ex", tensors=("A",), outputs=("inverse", "info"), pack=return_types.make("linalg_inv_ex", ("inverse", "info")),
    A=lambda grad, inverse: _inverse_backward(grad, inverse),
)  # fmt: skip
def linalg_inv_ex(A: Any, check_errors: Any = False) -> Any:
    """Inverses, and for each which pivot was zero (0 for none)."""
    need_square("linalg.inv", A)
    need_float("linalg.inv", A)
    inverse, info = _inverse(A)
    if check_errors:
        raise_for("linalg.inv_ex", info, _SINGULAR_INVERSE)
    return kernels.column_major(inverse), info


@composite("linalg_inv", "inverse")
def linalg_inv(A: Any) -> Any:
    """The inverse of square matrices. LinAlgError where one is singular."""
    inverse, info = linalg_inv_ex(A)
    raise_for("linalg.inv", info, _SINGULAR_INVERSE)
    return inverse


# ---------------------------------------------------------------- determinants


def _lu(array: Any) -> tuple[Any, Any]:
    packed, pivots, _ = kernels.lu_factor_ex(array)
    return packed, pivots


def _det_backward(grad: Any, result: Any, A: Any, LU: Any, pivots: Any) -> Any:
    """grad * conj(det) * inverse(A)^H; where A is singular, from a slightly disturbed LU or, recorded, from the singular values."""
    if isinstance(grad, TensorBase):
        return _det_backward_recorded(grad, result, A)
    right = scale_identity(A, grad * conj(result))
    factor = LU.copy()
    index = np.arange(LU.shape[-1])
    pivot = factor[..., index, index]
    factor[..., index, index] = np.where(pivot == 0, np.finfo(LU.dtype).eps, pivot)
    return kernels.lu_solve(factor, pivots, np.broadcast_to(right, A.shape), adjoint_of_a=True)


def _det_backward_recorded(grad: Any, result: Any, A: Any) -> Any:
    """_det_backward in tensors: of a batch, the singular matrices apart from the others."""
    singular = (result == 0) if result._batch is None else None
    if singular is None or not REGISTRY["any"](singular)._array:
        right = scale_identity(A, grad * conj(result))
        return linalg_solve_ex(m_h(A), right)[0]
    if result.ndim == 0:
        return _cofactors(grad, A)
    regular = REGISTRY["logical_not"](singular)
    index, put = REGISTRY["index.Tensor"], REGISTRY["index_put"]
    some = [index(tensor, [regular]) for tensor in (grad, result, A)]
    value = linalg_solve_ex(m_h(some[2]), scale_identity(some[2], some[0] * conj(some[1])))[0]
    whole = put(zeros_like(A), [regular], value)
    return put(whole, [singular], _cofactors(index(grad, [singular]), index(A, [singular])))


def _cofactors(grad: Any, A: Any) -> Any:
    """grad times the cofactors of A, which has the singular value 0: U diag(products of the other values) V^H, with their sign."""
    U, S, Vh = REGISTRY["_linalg_svd"](A, False, True)[:3]
    of_vh = linalg_det_lu(Vh)[0]
    scale = unsqueeze(conj(linalg_det_lu(U)[0] * of_vh) * grad, -1)
    return (U * unsqueeze(scale * product_of_others(S, S.ndim - 1), -2)) @ Vh


@op(
    "_linalg_det", tensors=("A",), outputs=("result", "LU", "pivots"),
    A=lambda grad, result, A, LU, pivots: _det_backward(grad, result, A, LU, pivots),
)  # fmt: skip
def linalg_det_lu(A: Any) -> Any:
    """Determinants, and the LU factors they come from."""
    need_square("linalg.det", A)
    need_float("linalg.det", A, "lu_cpu")
    LU, pivots = _lu(A)
    return np.asarray(np.linalg.det(A)), LU, pivots


@composite("linalg_det", "det")
def linalg_det(A: Any) -> Any:
    """The determinant of square matrices."""
    return linalg_det_lu(A)[0]


def _slogdet_backward(grads: Any, A: Any, sign: Any) -> Any:
    grad_sign, grad_logabsdet = grads[0], grads[1]
    if is_complex(A):
        factor: Any = 0 if grad_logabsdet is None else grad_logabsdet
        if grad_sign is not None:
            factor = factor - scaled(imag(conj(grad_sign) * sign), 1j)
    elif grad_logabsdet is None:
        return None
    else:
        factor = grad_logabsdet
    right = scale_identity(A, factor)
    if isinstance(A, TensorBase):
        return linalg_solve_ex(m_h(A), right)[0]
    return m_h(m_h(right) @ _inverse(A)[0])  # stored column by column, as PyTorch's solution


@op(
    "_linalg_slogdet", tensors=("A",), outputs=("sign", "logabsdet", "LU", "pivots"),
    A=lambda grads, A, sign, LU, pivots: _slogdet_backward(grads, A, sign),
)  # fmt: skip
def linalg_slogdet_lu(A: Any) -> Any:
    """Signs and logarithms of the absolute values of determinants, and the LU factors they come from."""
    need_square("linalg.slogdet", A)
    need_float("linalg.slogdet", A)
    sign, logabsdet = np.linalg.slogdet(A)
    return np.asarray(sign), np.asarray(logabsdet), *_lu(A)


_SLOGDET = {name: return_types.make(name, ("sign", "logabsdet")) for name in ("linalg_slogdet", "slogdet")}
for _name in _SLOGDET:
    composite(_name)(lambda A, made=_SLOGDET[_name]: made(linalg_slogdet_lu(A)[:2]))


@composite("logdet")
def logdet(self: Any) -> Any:
    """The logarithm of the determinant; nan where that is negative."""
    need_square("logdet", self)
    sign, logabsdet, _, _ = linalg_slogdet_lu(self)
    if is_complex(self):
        return sign.log() + logabsdet
    return REGISTRY["where.self"](sign == -1.0, wrap_like(self, np.asarray(np.nan, self._array.dtype)), logabsdet)


# ---------------------------------------------------------------- solve


def _is_vector(matrix_shape: Any, right_shape: Any) -> bool:
    """Whether a right side is a batch of vectors and not of matrices."""
    return len(right_shape) == 1 or tuple(right_shape) == tuple(matrix_shape[:-1])


def _solve_backward(grad: Any, result: Any, A: Any, LU: Any, pivots: Any, left: bool, output_mask: Any) -> tuple[Any, Any]:
    if grad is None:
        return None, None
    vector = _is_vector(A.shape, result.shape)
    if vector:
        grad = unsqueeze(grad, -1)
    if isinstance(grad, TensorBase):
        grad_b = linalg_solve_ex(m_h(A), grad, left)[0]
    else:
        grad_b = kernels.lu_solve(LU, pivots, grad, left=left, adjoint_of_a=True)
    if vector:
        result = unsqueeze(result, -1)
    grad_a = -(grad_b @ m_h(result)) if left else -(m_h(result) @ grad_b)
    return grad_a, REGISTRY["squeeze.dim"](grad_b, -1) if vector else grad_b


@op(
    "_linalg_solve_ex", tensors=("A", "B"), outputs=("result", "LU", "pivots", "info"),
    **{"A, B": lambda grad, result, A, LU, pivots, left, output_mask: _solve_backward(
        grad, result, A, LU, pivots, left, output_mask
    )},
)  # fmt: skip
def linalg_solve_lu(A: Any, B: Any, left: Any = True, check_errors: Any = False) -> Any:
    """Solutions of A @ X = B, and the LU factors they come from."""
    need_square("linalg.solve", A)
    need_float("linalg.solve", A)
    if A.dtype != B.dtype:
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found A of type {dtypes.of(A).cpp} and B of type "
            f"{dtypes.of(B).cpp} instead"
        )
    vector = _is_vector(A.shape, B.shape)
    right = B[..., None] if vector else B
    if vector and not left:
        raise RuntimeError("linalg.solve: Vector broadcasting of the left hand side is not supported for left=False. In this case "
                           "linalg.solve is equivalent to B / A.squeeze(-1)")
    rows = right.shape[-2] if left else right.shape[-1]
    if rows != A.shape[-1]:
        raise RuntimeError(
            f"linalg.solve: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
            f"({A.shape[-2]}x{A.shape[-1]} and {right.shape[-2]}x{right.shape[-1]})"
        )
    LU, pivots, info = kernels.lu_factor_ex(A)
    if check_errors:
        raise_for("linalg.solve", info, _SINGULAR_SOLVE)
    result = kernels.lu_solve(LU, pivots, right, left=left)
    result = result[..., 0] if vector else result
    laid_out = kernels.column_major(result) if left and result.ndim > 1 else np.ascontiguousarray(result)
    return laid_out, LU, pivots, np.asarray(info, np.int32)


_SOLVE_EX = return_types.make("linalg_solve_ex", ("result", "info"))


@composite("linalg_solve_ex")
def linalg_solve_ex(A: Any, B: Any, left: Any = True, check_errors: Any = False) -> Any:
    """Solutions, and for each system which pivot was zero (0 for none)."""
    result, _, _, info = linalg_solve_lu(A, B, left, check_errors)
    return _SOLVE_EX((result, info))


@composite("linalg_solve")
def linalg_solve(A: Any, B: Any, left: Any = True) -> Any:
    """The solution of A @ X = B, or of X @ A = B with left=False. LinAlgError where A is singular."""
    result, info = linalg_solve_ex(A, B, left)
    raise_for("torch.linalg.solve", info, _SINGULAR_SOLVE)
    return result


def triangle_of(value: Any, upper: bool, unitriangular: bool) -> Any:
    step = 1 if unitriangular else 0
    return triu(value, step) if upper else tril(value, -step)


def _solve_triangular_backward(grad: Any, A: Any, X: Any, upper: bool, left: bool, unitriangular: bool) -> tuple[Any, Any]:
    grad_b = linalg_solve_triangular(m_h(A), grad, not upper, left, unitriangular)
    grad_a = -(grad_b @ m_h(X)) if left else -(m_h(X) @ grad_b)
    return triangle_of(grad_a, upper, unitriangular), grad_b


@op(
    "linalg_solve_triangular", tensors=("self", "B"),
    **{"self, B": lambda grad, self, result, upper, left, unitriangular: _solve_triangular_backward(
        grad, self, result, upper, left, unitriangular
    )},
)  # fmt: skip
def linalg_solve_triangular(self: Any, B: Any, upper: Any, left: Any = True, unitriangular: Any = False) -> Any:
    """The solution of A @ X = B (X @ A = B with left=False) for a triangular A, of which only that triangle is read."""
    need_square("linalg.solve_triangular", self)
    need_matrix("linalg.solve_triangular", B, "B")
    if self.dtype != B.dtype:
        raise RuntimeError(
            "linalg.solve_triangular: Expected A and B to have the same dtype, but found A of type "
            f"{dtypes.of(self).cpp} and B of type {dtypes.of(B).cpp} instead"
        )
    if self.shape[-1] != B.shape[-2 if left else -1]:
        raise RuntimeError(
            f"linalg.solve_triangular: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
            f"({self.shape[-2]}x{self.shape[-1]} and {B.shape[-2]}x{B.shape[-1]})"
        )
    need_code("triangular_solve_cpu", self)
    return kernels.solve_triangular(self, B, upper=upper, left=left, unitriangular=unitriangular)


# ---------------------------------------------------------------- Cholesky


def _cholesky_backward(grad: Any, upper: bool, L: Any) -> Any:
    if upper:
        L, grad = m_h(L), m_h(grad)
    phi = tril(m_h(L) @ grad)
    phi = scaled(phi + m_h(tril(phi, -1)), 0.5)
    right = linalg_solve_triangular(m_h(L), phi, True)
    return linalg_solve_triangular(L, right, False, False)


@op(
    "linalg_cholesky_ex", outputs=("L", "info"), pack=return_types.make("linalg_cholesky_ex", ("L", "info")),
    self=lambda grad, upper, L: _cholesky_backward(grad, upper, L),
)  # fmt: skip
def linalg_cholesky_ex(self: Any, upper: Any = False, check_errors: Any = False) -> Any:
    """Cholesky factors, and for each matrix which minor was not positive (0 for none)."""
    need_square("linalg.cholesky", self)
    need_float("linalg.cholesky", self, "cholesky_cpu")
    factor, info = kernels.cholesky_ex(self, upper)
    if check_errors:
        raise_for("linalg.cholesky_ex", info, _NOT_POSITIVE)
    return factor, np.asarray(info, np.int32)


@composite("linalg_cholesky")
def linalg_cholesky(self: Any, upper: Any = False) -> Any:
    """The Cholesky factor. LinAlgError for a matrix that is not positive definite."""
    factor, info = linalg_cholesky_ex(self, upper)
    raise_for("linalg.cholesky", info, _NOT_POSITIVE)
    return factor


@op("cholesky", self=lambda grad, upper, result: _cholesky_backward(grad, upper, result))
def cholesky(self: Any, upper: Any = False) -> Any:
    """torch.cholesky, deprecated for linalg.cholesky."""
    deprecated("cholesky")
    need_square("cholesky", self)
    need_code("cholesky_cpu", self, self.size > 0)
    if not self.size:
        return np.zeros(self.shape, self.dtype)
    factor, info = kernels.cholesky_ex(self, upper)
    raise_for("cholesky", info, _NOT_POSITIVE)
    return factor


def _cholesky_inverse_backward(grad: Any, L: Any, upper: bool, inverse: Any) -> Any:
    common = inverse @ ((grad + m_h(grad)) @ inverse)
    return -(L @ common) if upper else -(common @ L)


@op("cholesky_inverse", self=lambda grad, self, upper, result: _cholesky_inverse_backward(grad, self, upper, result))
def cholesky_inverse(self: Any, upper: Any = False) -> Any:
    """The inverse of a matrix given its Cholesky factor."""
    need_square("cholesky_inverse", self)
    return kernels.cholesky_inverse(self, upper)


def _cholesky_solve_backward(grad: Any, L: Any, X: Any, upper: bool) -> tuple[Any, Any]:
    grad_b = cholesky_solve(grad, L, upper)
    common = grad_b @ m_h(X)
    common = common + m_h(common)
    return grad_b, -(L @ common) if upper else -(common @ L)


@op(
    "cholesky_solve", tensors=("self", "input2"),
    **{"self, input2": lambda grad, self, input2, result, upper: _cholesky_solve_backward(grad, input2, result, upper)},
)  # fmt: skip
def cholesky_solve(self: Any, input2: Any, upper: Any = False) -> Any:
    """The solution of A @ X = self given A's Cholesky factor."""
    for array, label in ((self, "b"), (input2, "u")):
        if array.ndim < 2:
            raise RuntimeError(f"{label} should have at least 2 dimensions, but has {array.ndim} dimensions instead")
    if input2.shape[-1] != input2.shape[-2] or self.shape[-2] != input2.shape[-1]:
        raise RuntimeError(
            f"Incompatible matrix sizes for cholesky_solve: each A matrix is {input2.shape[-2]} by {input2.shape[-1]} but each b "
            f"matrix is {self.shape[-2]} by {self.shape[-1]}"
        )
    return kernels.cholesky_solve(self, input2, upper)
