"""LU factors and what is solved with them, of matrices of any shape, and LDL factors of symmetric ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import return_types
from rushlight._core import dtypes
from rushlight._core.tensor import shape_text
from rushlight.ops.declare import composite, op
from rushlight.ops.deprecated import deprecated
from rushlight.ops.later import later
from rushlight.ops.linalg import constant, linalg_solve_triangular, m_h, m_t, need_float, need_square, raise_for, tril, triu
from rushlight.ops.linalg_gradients import lu_backward, lu_unpack_backward, narrow
from rushlight.ops.pointwise import no_derivative
from rushlight.ops.view import wrap_dim

kernels, kernels_ldl = later("kernels_linalg"), later("kernels_ldl")

# ---------------------------------------------------------------- LU


@op(
    "linalg_lu", tensors=("A",), outputs=("P", "L", "U"), pack=constant(return_types.make("linalg_lu", ("P", "L", "U")), 0),
    A=lambda grads, P, L, U, pivot: lu_backward(grads[0], grads[1], P, L, U),
)  # fmt: skip
def linalg_lu(A: Any, pivot: Any = True) -> Any:
    """P, L and U with A = P @ L @ U."""
    _need_lu("linalg.lu", A)
    _need_pivot(pivot)
    if 0 in A.shape[-2:]:
        *batch, rows, columns = A.shape
        eye = np.broadcast_to(np.eye(rows, dtype=A.dtype), (*batch, rows, rows)).copy()
        return eye, np.zeros((*batch, rows, 0), A.dtype), np.zeros((*batch, 0, columns), A.dtype)
    LU, pivots, _ = kernels.lu_factor_ex(A)
    return tuple([np.ascontiguousarray(array) for array in kernels.lu_unpack(LU, pivots)])



def _need_lu(name: str, array: Any) -> None:
    if array.ndim < 2:
        raise RuntimeError(f"{name}: Expected tensor with 2 or more dimensions. Got size: {shape_text(array.shape)} instead")
    if array.size:
        need_float(name, array, "lu_cpu", late=True)


def _need_pivot(pivot: bool) -> None:
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")


def _lu_factor_backward(grad: Any, LU: Any, pivots: Any) -> Any:
    P, L, U = lu_unpack(LU, pivots, True, True)
    grad_l, grad_u = narrow(grad, -1, 0, L.shape[-1]), narrow(grad, -2, 0, L.shape[-1])
    return lu_backward(grad_l, grad_u, P, L, U)


@op(
    "linalg_lu_factor_ex", tensors=("A",), outputs=("LU", "pivots", "info"),
    pack=return_types.make("linalg_lu_factor_ex", ("LU", "pivots", "info")),
    A=lambda grad, LU, pivots, pivot: _lu_factor_backward(grad, LU, pivots),
)  # fmt: skip
def linalg_lu_factor_ex(A: Any, pivot: Any = True, check_errors: Any = False) -> Any:
    """Both factors packed in one matrix, the pivots, and which pivot was zero (0 for none)."""
    _need_lu("torch.lu_factor", A)
    _need_pivot(pivot)
    LU, pivots, info = kernels.lu_factor_ex(A)
    if check_errors:
        raise_for("torch.linalg.lu_factor_ex", info, _ZERO_PIVOT, RuntimeError)
    return LU, pivots, np.asarray(info, np.int32)


_ZERO_PIVOT = "U[{0},{0}] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the " + (
    "factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
)
_LU_FACTOR = return_types.make("linalg_lu_factor", ("LU", "pivots"))


@composite("linalg_lu_factor")
def linalg_lu_factor(A: Any, pivot: Any = True) -> Any:
    """Both factors packed in one matrix, and the pivots."""
    LU, pivots, info = linalg_lu_factor_ex(A, pivot)
    raise_for("torch.linalg.lu_factor", info, _ZERO_PIVOT, RuntimeError)
    return _LU_FACTOR((LU, pivots))


@op(
    "lu_unpack", tensors=("LU_data", "LU_pivots"), outputs=("P", "L", "U"),
    pack=constant(return_types.make("lu_unpack", ("P", "L", "U")), 0),
    LU_data=lambda grads, LU_data_sym_sizes: lu_unpack_backward(grads[0], grads[1], LU_data_sym_sizes),
)  # fmt: skip
def lu_unpack(LU_data: Any, LU_pivots: Any, unpack_data: Any = True, unpack_pivots: Any = True) -> Any:
    """P, L and U from packed factors."""
    if LU_data.ndim < 2:
        raise RuntimeError(f"torch.lu_unpack: Expected tensor with 2 or more dimensions. Got size: {list(LU_data.shape)} instead")
    P, L, U = kernels.lu_unpack(LU_data, LU_pivots)
    empty = np.zeros(0, LU_data.dtype)
    return (P if unpack_pivots else empty), (L if unpack_data else empty), (U if unpack_data else empty)



def _lu_solve_lu_backward(grad: Any, LU: Any, pivots: Any, X: Any, left: bool, adjoint: bool) -> Any:
    P, L, U = lu_unpack(LU, pivots, True, True)
    if left != adjoint:
        product = -(grad @ m_h(X) if left else m_h(grad) @ X)
        by_u = linalg_solve_triangular(m_h(U), product, False)
        inner = by_u @ m_h(U)
        by_l = linalg_solve_triangular(m_h(L), inner, True, True, True)
        lower = tril(by_l, -1)
        return lower + triu(by_u)
    product = -(m_t(P) @ (X if left else m_h(X)) @ (m_h(grad) if left else grad) @ P)
    by_l = linalg_solve_triangular(m_h(L), product, True, False, True)
    inner = m_h(L) @ by_l
    upper = triu(linalg_solve_triangular(m_h(U), inner, False, False))
    return tril(by_l, -1) + upper


@op(
    "linalg_lu_solve", tensors=("LU", "pivots", "B"),
    LU=lambda grad, LU, pivots, result, left, adjoint: _lu_solve_lu_backward(grad, LU, pivots, result, left, adjoint),
    B=lambda grad, LU, pivots, left, adjoint: linalg_lu_solve(LU, pivots, grad, left, not adjoint),
)  # fmt: skip
def linalg_lu_solve(LU: Any, pivots: Any, B: Any, left: Any = True, adjoint: Any = False) -> Any:
    """The solution of A @ X = B given A's packed factors."""
    need_square("torch.linalg.lu_solve", LU)
    if pivots.dtype != np.int32:
        raise RuntimeError("linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32")
    if LU.dtype != B.dtype:
        raise RuntimeError(
            "linalg.lu_solve: Expected LU and B to have the same dtype, but found LU of type "
            f"{dtypes.of(LU).cpp} and B of type {dtypes.of(B).cpp} instead"
        )
    if LU.shape[-1] != B.shape[-2 if left else -1]:
        raise RuntimeError(
            f"linalg.lu_solve: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
            f"({LU.shape[-2]}x{LU.shape[-1]} and {B.shape[-2]}x{B.shape[-1]})"
        )
    result = kernels.lu_solve(LU, pivots, B, left=left, adjoint_of_a=adjoint)
    return kernels.column_major(result) if left else np.ascontiguousarray(result)


@composite("lu_solve")
def lu_solve(self: Any, LU_data: Any, LU_pivots: Any) -> Any:
    """torch.lu_solve, deprecated for linalg.lu_solve."""
    deprecated("lu_solve")
    return linalg_lu_solve(LU_data, LU_pivots, self)

# ---------------------------------------------------------------- LDL


def _need_ldl(A: Any) -> None:
    need_square("torch.linalg.ldl_factor_ex", A)
    need_float("torch.linalg.ldl_factor_ex", A, "ldl_factor_kernel_cpu")


_ASSERT = (
    'false INTERNAL ASSERT FAILED at "/__w/pytorch/pytorch/aten/src/ATen/native/BatchLinearAlgebra.cpp":1642, please report a bug to '
    "PyTorch. "
)


def _raise_ldl(name: str, info: Any) -> None:
    if info.any():
        place = int(np.flatnonzero(info)[0])
        where = f"(Batch element {place}): " if info.ndim else ""
        raise RuntimeError(f"{_ASSERT}{name}: {where}Unknown error code: {info.flat[place]}.")


@op(
    "linalg_ldl_factor_ex", outputs=("LD", "pivots", "info"), grad_fn="NotImplemented", self=no_derivative("linalg_ldl_factor_ex"),
    pack=return_types.make("linalg_ldl_factor_ex", ("LD", "pivots", "info")),
)  # fmt: skip
def linalg_ldl_factor_ex(self: Any, hermitian: bool = False, check_errors: bool = False) -> Any:
    """Bunch and Kaufman's factors of symmetric (Hermitian) matrices, their pivots, and where a pivot was zero."""
    _need_ldl(self)
    LD, pivots, info = kernels_ldl.ldl_factor(self, hermitian)
    if check_errors:
        _raise_ldl("torch.linalg.ldl_factor_ex", info)
    return LD, pivots, info


@composite("linalg_ldl_factor")
def linalg_ldl_factor(self: Any, hermitian: bool = False) -> Any:
    """linalg_ldl_factor_ex, which raises where a pivot was zero."""
    LD, pivots, info = linalg_ldl_factor_ex(self, hermitian)
    _raise_ldl("torch.linalg.ldl_factor", info._array)
    return _LDL_FACTOR((LD, pivots))


_LDL_FACTOR = return_types.make("linalg_ldl_factor", ("LD", "pivots"))


@op(
    "linalg_ldl_solve", tensors=("LD", "pivots", "B"), grad_fn="NotImplemented", LD=no_derivative("linalg_ldl_solve"),
    B=no_derivative("linalg_ldl_solve"),
)  # fmt: skip
def linalg_ldl_solve(LD: Any, pivots: Any, B: Any, hermitian: bool = False) -> Any:
    """The solution of A @ X = B given A's LDL factors."""
    need_square("torch.linalg.ldl_solve", LD)
    wrap_dim(-2, B.ndim)
    if LD.dtype != B.dtype:
        raise RuntimeError(
            "Expected b and A to have the same dtype, but found b of type "
            f"{dtypes.of(B).cpp} and A of type {dtypes.of(LD).cpp} instead."
        )
    if LD.shape[-1] != B.shape[-2]:
        raise RuntimeError(
            f"Incompatible matrix sizes for torch.linalg.ldl_solve: each A matrix is {LD.shape[-2]} by {LD.shape[-1]} but each b matrix "
            f"is {B.shape[-2]} by {B.shape[-1]}"
        )
    if LD.shape[:-1] != pivots.shape:
        raise RuntimeError(
            "torch.linalg.ldl_solve: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape "
            f"{shape_text(pivots.shape)} instead"
        )
    if pivots.dtype.kind not in "iu":
        raise RuntimeError(f"torch.linalg.ldl_solve: Expected pivots to be integers. Got {dtypes.of(pivots).cpp}")
    return kernels.column_major(kernels_ldl.ldl_solve(LD, pivots, B, hermitian))
