"""QR, eigenvalues, singular values, least squares, the matrix exponential."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import return_types
from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase, shape_text, values_of, wrap
from rushlight.ops.carriers import conj, scaled
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.deprecated import deprecated
from rushlight.ops.later import later
from rushlight.ops.linalg import (
    constant,
    linalg_solve_triangular,
    m_h,
    m_t,
    need_float,
    need_matrix,
    need_square,
    triangle_of,
)  # fmt: skip
from rushlight.ops.linalg_gradients import eig_backward, exp_backward, pinv_backward, qr_backward, row, svd_backward
from rushlight.ops.special_functions import underivable
from rushlight.ops.view import unsqueeze

kernels = later("kernels_linalg")


# ---------------------------------------------------------------- QR


@op(
    "linalg_qr", tensors=("A",), outputs=("Q", "R"), pack=return_types.make("linalg_qr", ("Q", "R")),
    A=lambda grads, Q, R, mode: qr_backward(grads, Q, R, mode),
)  # fmt: skip
def linalg_qr(A: Any, mode: Any = "reduced") -> Any:
    """Q with orthonormal columns and an upper triangular R with A = Q @ R."""
    need_matrix("linalg.qr", A)
    need_float("linalg.qr", A, "geqrf_cpu")
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'")
    if mode == "r":
        return np.zeros(0, A.dtype), kernels.column_major(np.linalg.qr(A, mode="r"))
    Q, R = np.linalg.qr(A, mode=mode)
    return kernels.column_major(Q), kernels.column_major(R)


_QR = return_types.make("qr", ("Q", "R"))


@composite("qr")
def qr(self: Any, some: Any = True) -> Any:
    """torch.qr, deprecated for linalg.qr."""
    deprecated("qr")
    return _QR(tuple(linalg_qr(self, "reduced" if some else "complete")))


# ---------------------------------------------------------------- eigenvalues


@op(
    "_linalg_eigh", tensors=("A",), outputs=("eigenvalues", "eigenvectors"),
    A=lambda grads, eigenvalues, eigenvectors: eig_backward(grads, eigenvalues, eigenvectors, True),
)  # fmt: skip
def linalg_eigh_all(A: Any, UPLO: Any = "L", compute_v: Any = True) -> Any:
    """The eigenvalues of Hermitian matrices in rising order, and their eigenvectors."""
    need_square("linalg.eigh", A)
    need_float("linalg.eigh", A, "linalg_eigh_cpu", late=True)
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    values, vectors = np.linalg.eigh(A, UPLO.upper())
    return values, kernels.column_major(vectors)


_EIGH = return_types.make("linalg_eigh", ("eigenvalues", "eigenvectors"))


@composite("linalg_eigh")
def linalg_eigh(self: Any, UPLO: Any = "L") -> Any:
    """The eigenvalues and eigenvectors of Hermitian matrices."""
    return _EIGH(linalg_eigh_all(self, UPLO, True))


@composite("linalg_eigvalsh")
def linalg_eigvalsh(self: Any, UPLO: Any = "L") -> Any:
    """The eigenvalues of Hermitian matrices."""
    return linalg_eigh_all(self, UPLO, True)[0]


@op(
    "linalg_eig", outputs=("eigenvalues", "eigenvectors"),
    pack=return_types.make("linalg_eig", ("eigenvalues", "eigenvectors")),
    self=lambda grads, eigenvalues, eigenvectors: eig_backward(grads, eigenvalues, eigenvectors, False),
)  # fmt: skip
def linalg_eig(self: Any) -> Any:
    """The complex eigenvalues and eigenvectors of square matrices."""
    need_square("linalg.eig", self)
    if dtypes.of(self).category < dtypes.FLOATING:
        raise RuntimeError(f"Unknown Complex ScalarType for {dtypes.of(self).cpp}")
    need_float("linalg.eig", self, "linalg_eig_out_cpu")
    if not np.isfinite(self).all():
        raise RuntimeError("torch.linalg.eig: input tensor should not contain infs or NaNs.")
    values, vectors = np.linalg.eig(self)
    target = dtypes.of(self).to_complex().np_dtype
    return values.astype(target, copy=False), kernels.column_major(vectors.astype(target, copy=False))


@composite("linalg_eigvals")
def linalg_eigvals(self: Any) -> Any:
    """The complex eigenvalues of square matrices."""
    need_square("linalg.eigvals", self._array)
    return linalg_eig(self)[0]


# ---------------------------------------------------------------- singular values


@op(
    "_linalg_svd", tensors=("A",), outputs=("U", "S", "Vh"),
    A=lambda grads, U, S, Vh, full_matrices: svd_backward(grads, U, S, Vh, full_matrices),
)  # fmt: skip
def linalg_svd_all(A: Any, full_matrices: Any = False, compute_uv: Any = True, driver: Any = None) -> Any:
    """U, the singular values in falling order, and V^H."""
    need_matrix("linalg.svd", A)
    need_float("linalg.svd", A, "linalg_svd_cpu")
    if driver is not None:
        raise RuntimeError("torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.")
    U, S, Vh = np.linalg.svd(A, full_matrices=full_matrices)
    return kernels.column_major(U), S, kernels.column_major(Vh)


_SVD = {"linalg_svd": return_types.make("linalg_svd", ("U", "S", "Vh")), "svd": return_types.make("svd", ("U", "S", "V"))}


@composite("linalg_svd")
def linalg_svd(A: Any, full_matrices: Any = True, driver: Any = None) -> Any:
    """The singular value decomposition U @ diag(S) @ Vh."""
    return _SVD["linalg_svd"](linalg_svd_all(A, full_matrices, True, driver))


@composite("linalg_svdvals")
def linalg_svdvals(A: Any, driver: Any = None) -> Any:
    """The singular values in falling order."""
    return linalg_svd_all(A, False, True, driver)[1]


@composite("svd")
def svd(self: Any, some: Any = True, compute_uv: Any = True) -> Any:
    """torch.svd, deprecated for linalg.svd; the third result is V."""
    if self.ndim < 2:
        raise RuntimeError(f"linalg.svd: input should have at least 2 dimensions, but has {self.ndim} dimensions instead")
    U, S, Vh = linalg_svd_all(self, not some, True, None)
    if not compute_uv:
        U, Vh = REGISTRY["zeros_like"](U), REGISTRY["zeros_like"](Vh)
    return _SVD["svd"]((U, S, m_h(Vh)))


# ---------------------------------------------------------------- pseudo-inverse, least squares


def _tolerance(value: Any, like: Any) -> Any:
    return values_of(value) if isinstance(value, TensorBase) else np.asarray(value, dtype=like.dtype)


@op("_pinv", grad_fn="LinalgPinvBackward0", self=lambda grad, result, self: pinv_backward(grad, result, self))
def pinv_raw(self: Any, atol: Any = None, rtol: Any = None, hermitian: Any = False) -> Any:
    """Pseudo-inverses: singular values up to max(atol, rtol * the largest) count as zero."""
    if self.ndim < 2 or self.dtype.char not in "fdFD":
        raise RuntimeError(
            f"linalg.pinv({dtypes.of(self).cpp}{{{shape_text(self.shape)}}}): expected a tensor with 2 or more dimensions of float, "
            "double, cfloat or cdouble types"
        )
    if not self.size:
        return np.zeros((*self.shape[:-2], self.shape[-1], self.shape[-2]), self.dtype)
    U, S, Vh = np.linalg.svd(self, full_matrices=False, hermitian=hermitian)
    absolute, relative = tolerances(self, atol, rtol)
    cutoff = np.maximum(absolute, relative * S[..., :1].reshape(S.shape[:-1]))[..., None]
    inverse = np.where(cutoff < S, 1 / S, S.dtype.type(0))
    return (np.conj(Vh.swapaxes(-1, -2)) * inverse[..., None, :]) @ np.conj(U.swapaxes(-1, -2))


def tolerances(array: Any, atol: Any, rtol: Any) -> tuple[Any, Any]:
    """Both tolerances as arrays, with PyTorch's defaults."""
    real = array.real.dtype
    if rtol is None:
        known = atol is not None and bool(np.any(np.asarray(atol) > 0))
        rtol = 0.0 if known else np.finfo(real).eps * max(array.shape[-2:])
    return np.asarray(0.0 if atol is None else atol, real), np.asarray(rtol, real)


def _plain(value: Any) -> Any:
    return values_of(value) if isinstance(value, TensorBase) else value


@composite("linalg_pinv.atol_rtol_tensor", "linalg_pinv.atol_rtol_float")
def linalg_pinv(self: Any, atol: Any = None, rtol: Any = None, hermitian: Any = False) -> Any:
    """The pseudo-inverse."""
    if self._array.size and any(isinstance(value, TensorBase) and value._batch is not None for value in (atol, rtol)):
        return _pinv_by_parts(self, atol, rtol)
    return pinv_raw(self, _plain(atol), _plain(rtol), hermitian)


def _pinv_by_parts(self: Any, atol: Any, rtol: Any) -> Any:
    """The pseudo-inverse by other operators: tolerances inside vmap differ between the examples."""
    U, S, Vh = REGISTRY["_linalg_svd"](self, False, True)
    numbers = tolerances(self._array, *[None if isinstance(value, TensorBase) else value for value in (atol, rtol)])
    absolute, relative = [value if isinstance(value, TensorBase) else wrap(number) for value, number in zip((atol, rtol), numbers)]
    if rtol is None:
        relative = REGISTRY["where.self"](absolute > 0, absolute.new_zeros(()), relative)
    largest = REGISTRY["amax"](S, [-1], False)
    cutoff = REGISTRY["unsqueeze"](REGISTRY["maximum"](absolute, relative * largest), -1)
    inverse = REGISTRY["where.self"](cutoff < S, REGISTRY["reciprocal"](S), S.new_zeros(()))
    return (Vh.mH * inverse.unsqueeze(-2)) @ U.mH


@composite("linalg_pinv", "linalg_pinv.rcond_tensor")
def linalg_pinv_rcond(self: Any, rcond: Any, hermitian: Any = False) -> Any:
    """The pseudo-inverse with a relative tolerance."""
    return pinv_raw(self, 0.0, _plain(rcond), hermitian)


@composite("pinverse")
def pinverse(self: Any, rcond: Any = 1e-15) -> Any:
    """torch.pinverse."""
    return pinv_raw(self, 0.0, rcond, False)


def _lstsq_backward(grads: Any, A: Any, b: Any, solution: Any) -> tuple[Any, Any]:
    grad, grad_residuals = grads[0], grads[1]
    grad_a: Any = None
    grad_b: Any = None
    if grad is not None:
        vector = b.ndim == 1 or tuple(b.shape) == tuple(A.shape[:-1])
        right, moved = (unsqueeze(b, -1), unsqueeze(grad, -1)) if vector else (b, grad)
        pinv = pinv_raw(A, None, None, False)
        grad_a = pinv_backward(moved @ m_h(right), pinv, A)
        grad_b = m_h(pinv) @ moved
        if vector:
            grad_b = REGISTRY["squeeze.dim"](grad_b, -1)
    if grad_residuals is not None and 0 not in grad_residuals.shape:
        rest, wide = A @ solution - b, row(grad_residuals)
        slope_a = scaled((wide * rest) @ m_h(solution), 2)
        slope_b = scaled(wide, -2) * rest
        grad_a = slope_a if grad_a is None else grad_a + slope_a
        grad_b = slope_b if grad_b is None else grad_b + slope_b
    return grad_a, grad_b


def _as_lapack_leaves_it(solution: Any, rows: int, vector: bool) -> Any:
    """A solution as the upper rows of a column-major matrix, where LAPACK writes it over the right side."""
    memory = kernels.column_major(np.zeros((*solution.shape[:-2], rows, solution.shape[-1]), solution.dtype))
    result = memory[..., : solution.shape[-2], :]
    result[...] = solution
    return result[..., 0] if vector else result


@op(
    "linalg_lstsq", tensors=("self", "b"), outputs=("solution", "residuals", "rank", "singular_values"),
    pack=constant(return_types.make("linalg_lstsq", ("solution", "residuals", "rank", "singular_values")), 3),
    **{"self, b": lambda grads, self, b, solution: _lstsq_backward(grads, self, b, solution)},
)  # fmt: skip
def linalg_lstsq(self: Any, b: Any, rcond: Any = None, driver: Any = None) -> Any:
    """The least-norm solution of the least-squares problem self @ X = b."""
    need_matrix("torch.linalg.lstsq", self, "input")
    if not b.ndim:
        raise RuntimeError("torch.linalg.lstsq: other must have at least 1 dimension.")
    need_float("torch.linalg.lstsq", self)
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError("torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    vector = b.ndim == 1 or b.shape == self.shape[:-1]
    right = b[..., None] if vector else b
    rows, columns = self.shape[-2:]
    if right.shape[-2] != rows:
        raise RuntimeError(f"torch.linalg.lstsq: input.size(-2) should match other.size(-{'1' if vector else '2'})")
    real = self.real.dtype
    cutoff = np.finfo(real).eps * max(rows, columns) if rcond is None else rcond
    solution = pinv_raw.kernel(self, 0.0, cutoff, False) @ right
    values = np.linalg.svd(self, compute_uv=False)
    rank = (values > cutoff * values[..., :1]).sum(axis=-1) if values.size else np.zeros(self.shape[:-2], np.int64)
    residuals = np.zeros(0, real)
    if rows > columns and driver not in (None, "gelsy") and bool(np.all(rank == columns)):
        difference = self @ solution - right
        residuals = (np.abs(difference) ** 2).sum(axis=-2)
    shown = driver in ("gelsd", "gelss")
    ranks = np.asarray(rank, np.int64) if driver != "gels" else np.zeros(0, np.int64)
    return _as_lapack_leaves_it(solution, max(rows, columns), vector), residuals, ranks, values if shown else np.zeros(0, real)


# ---------------------------------------------------------------- the rest


@op("linalg_matrix_exp", self=lambda grad, self: exp_backward(grad, self))
def linalg_matrix_exp(self: Any) -> Any:
    """The exponential of square matrices."""
    need_square("linalg.matrix_exp", self)
    if dtypes.of(self).itemsize == 2 and dtypes.of(self).is_floating_point:
        return kernels.matrix_exp(self.astype(np.float32)).astype(self.dtype)
    need_float("linalg.matrix_exp", self)
    return kernels.matrix_exp(self)


composite("matrix_exp")(lambda self: linalg_matrix_exp(self))


@op("geqrf", outputs=("a", "tau"), self=underivable("geqrf"), pack=return_types.make("geqrf", ("a", "tau")))
def geqrf(self: Any) -> Any:
    """QR as LAPACK packs it."""
    need_matrix("torch.geqrf", self, "input")
    need_float("torch.geqrf", self, "geqrf_cpu", late=True)
    return kernels.geqrf(self)


_TRIANGULAR = return_types.make("triangular_solve", ("solution", "cloned_coefficient"))


def _triangular_solve_backward(grads: Any, self: Any, A: Any, solution: Any, upper: Any, transpose: Any, unitriangular: Any) -> Any:
    if grads[0] is None:
        return None, grads[1]
    by_self = triangular_solve(grads[0], conj(A), upper, not transpose, unitriangular)[0]
    product = conj(solution) @ m_t(by_self) if transpose else by_self @ m_h(solution)
    by_matrix = triangle_of(-product, upper, unitriangular)
    return by_self, by_matrix if grads[1] is None else by_matrix + grads[1]


@op(
    "triangular_solve", tensors=("self", "A"), outputs=("solution", "cloned_coefficient"), pack=_TRIANGULAR,
    **{"self, A": _triangular_solve_backward},
)  # fmt: skip
def triangular_solve(self: Any, A: Any, upper: Any = True, transpose: Any = False, unitriangular: Any = False) -> Any:
    """torch.triangular_solve, deprecated for linalg.solve_triangular."""
    for name, operand in (("b", self), ("A", A)):
        if operand.ndim < 2:
            raise RuntimeError(
                f"torch.triangular_solve: Expected {name} to have at least 2 dimensions, but it has {operand.ndim} dimensions instead"
            )
    deprecated("triangular_solve")
    matrix = m_t(A) if transpose else A
    solution = linalg_solve_triangular.kernel(matrix, self, bool(upper) != bool(transpose), True, unitriangular)
    shape = (*solution.shape[:-2], *A.shape[-2:])
    return solution, np.swapaxes(np.swapaxes(np.broadcast_to(A, shape), -1, -2).copy("C"), -1, -2)
