"""The gradients of matrix decompositions, on either carrier.

NOTE [ PyTorch's order of operations ]
A recorded gradient shows its graph, so these formulas do what PyTorch's do in the order in which they do it; where an expression
has two operands that are computed, its C++ computes the second one first. What PyTorch writes in place into a diagonal
(`CopySlices`) is written in place here too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core.tensor import TensorBase
from rushlight.ops.carriers import conj, is_complex, led, real, scaled, takes_writes, wrap_like, write_part, zeros
from rushlight.ops.declare import REGISTRY
from rushlight.ops.linalg import (
    diag,
    diagonal,
    linalg_solve,
    linalg_solve_triangular,
    m_h,
    tril,
    triu,
)  # fmt: skip
from rushlight.ops.view import unsqueeze
from rushlight.ops.view_parts import slice_tensor


def narrow(value: Any, dim: int, start: int, end: int) -> Any:
    """value.narrow(dim, start, end - start)."""
    return slice_tensor(value, dim, start, end, 1)


def row(value: Any) -> Any:
    """Vectors as the rows of matrices."""
    return unsqueeze(value, -2)


def column(value: Any) -> Any:
    """Vectors as the columns of matrices."""
    return unsqueeze(value, -1)


def _with_zeros(value: Any, like: Any, dim: int, count: int) -> Any:
    """`value` with `count` rows or columns of zeros after it."""
    shape = list(value.shape)
    shape[dim] = count
    zeros = np.zeros(shape, (value._array if isinstance(value, TensorBase) else value).dtype)
    return REGISTRY["cat"]([value, wrap_like(value, zeros)], dim)


def _set_diagonal(matrices: Any, value: Any) -> Any:
    """Fresh matrices, whose diagonals are then a number, or vectors."""
    if not isinstance(matrices, TensorBase):
        index = np.arange(matrices.shape[-1])
        matrices[..., index, index] = value
        return matrices
    given = isinstance(value, TensorBase)
    if not takes_writes(matrices, *[value] * given):
        rest = matrices - diag(diagonal(matrices))
        return rest + (diag(value) if given else wrap_like(matrices, np.eye(matrices.shape[-1], dtype=matrices._array.dtype) * value))
    if given:
        REGISTRY["copy"].apply_inplace([diagonal(matrices), value, False])
    else:
        REGISTRY["fill.Scalar"].apply_inplace([diagonal(matrices), value])
    return matrices


def _halve_diagonal(matrices: Any) -> Any:
    """Fresh matrices, the real parts of whose diagonals are then half of what they were."""
    if not isinstance(matrices, TensorBase):
        index = np.arange(matrices.shape[-1])
        half = matrices[..., index, index] * 0.5
        matrices[..., index, index] = half if half.dtype.kind != "c" else half.real + 1j * (half.imag * 2)
        return matrices
    if not takes_writes(matrices):
        part = real(diagonal(matrices))
        return matrices - diag(scaled(part, 0.5) if not is_complex(matrices) else REGISTRY["_to_copy"](scaled(part, 0.5), matrices.dtype))
    REGISTRY["mul.Scalar"].apply_inplace([real(diagonal(matrices)), 0.5])
    return matrices


def _gaps(values: Any) -> Any:
    """values[j] - values[i], and 1 on the diagonal."""
    down = column(values)
    return _set_diagonal(row(values) - down, 1)


# ---------------------------------------------------------------- QR


def _qr_wide(grad_q: Any, grad_r: Any, Q: Any, R: Any, inner: Any) -> Any:
    rows, columns = R.shape[-2:]
    inner = -inner
    turned = m_h(inner)
    inner = tril(inner - turned)
    total = Q @ (_halve_diagonal(inner) if is_complex(inner) else inner)
    square = linalg_solve_triangular(m_h(narrow(R, -1, 0, rows)), total, False, False)
    found = _with_zeros(square, R, -1, columns - rows)
    return found if grad_r is None else found + Q @ grad_r


def qr_backward(grads: Any, Q: Any, R: Any, mode: str) -> Any:
    grad_q, grad_r = grads[0], grads[1]
    if mode == "complete" and Q.shape[-1] > R.shape[-1]:
        raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols")
    if mode == "r":
        raise RuntimeError("The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use mode='reduced'.")
    if grad_q is None and grad_r is None:
        return None
    if grad_r is None:
        inner = -(m_h(Q) @ grad_q)
    else:
        part = None if grad_q is None else m_h(Q) @ grad_q
        inner = grad_r @ m_h(R)
        inner = inner if part is None else inner - part
    if R.shape[-2] < R.shape[-1]:
        return _qr_wide(grad_q, grad_r, Q, R, inner)
    inner = triu(inner)
    total = Q @ _halve_diagonal(inner + m_h(inner))
    total = total if grad_q is None else total + grad_q
    return linalg_solve_triangular(m_h(R), total, False, False)


# ---------------------------------------------------------------- eigenvalues


def eig_backward(grads: Any, values: Any, vectors: Any, hermitian: bool) -> Any:
    """V (gaps \\ projected V^H gV + diag(gL)) V^-1; Hermitian matrices have V^-1 = V^H."""
    grad_values, grad_vectors = grads[0], grads[1]
    if grad_values is None and grad_vectors is None:
        return None
    if grad_vectors is None:
        adjoint = m_h(vectors)
        if hermitian:
            return (vectors * row(grad_values)) @ adjoint
        right = column(grad_values) * adjoint
        return solved(m_h(vectors), right)
    product = m_h(vectors) @ grad_vectors
    if hermitian:
        product = scaled(product - m_h(product), 0.5)
    else:
        lengths = row(real(diagonal(product)))
        moved = vectors * lengths
        product = product - m_h(vectors) @ moved
    inner = product / _gaps(values if hermitian else conj(values))
    inner = inner if grad_values is None else _set_diagonal(inner, grad_values)
    right = inner @ m_h(vectors)
    return vectors @ right if hermitian else solved(m_h(vectors), right)


def solved(matrix: Any, right: Any) -> Any:
    """matrix^-1 @ right."""
    return linalg_solve(matrix, right) if isinstance(matrix, TensorBase) else np.linalg.solve(matrix, right)


# ---------------------------------------------------------------- singular values


def _skew(value: Any) -> Any:
    return value - m_h(value)


def _svd_inner(turned_u: Any, turned_v: Any, grad_s: Any, S: Any) -> Any:
    """What turns within the singular subspaces, and the change of the singular values."""
    gaps = _gaps(S * S)
    if turned_u is None:
        inner = turned_v / gaps
        inner = column(S) * inner
    elif turned_v is None:
        scale = row(S)
        inner = (turned_u / gaps) * scale
    else:
        right = column(S) * turned_v
        inner = (turned_u * row(S) + right) / gaps
    if grad_s is not None:
        inner = inner + diag(grad_s)
    if turned_u is not None and turned_v is not None and is_complex(turned_u):
        twice = scaled(S, 2.0)
        inner = inner + diag(diagonal(turned_u) / twice)
    return inner


def svd_backward(grads: Any, U: Any, S: Any, Vh: Any, full_matrices: bool) -> Any:
    """Townsend's formula: what turns within the singular subspaces, plus what leaves them."""
    count = S.shape[-1]
    grad_u, grad_s, grad_vh = grads[0], grads[1], grads[2]
    if grad_u is None and grad_s is None and grad_vh is None:
        return None
    if full_matrices:
        Vh, U = narrow(Vh, -2, 0, count), narrow(U, -1, 0, count)
        grad_vh = None if grad_vh is None else narrow(grad_vh, -2, 0, count)
        grad_u = None if grad_u is None else narrow(grad_u, -1, 0, count)
    rows, columns = U.shape[-2], Vh.shape[-1]
    if grad_u is None and grad_vh is None:
        return U @ (column(grad_s) * Vh) if rows >= columns else (U * row(grad_s)) @ Vh
    turned_u = None if grad_u is None else _skew(m_h(U) @ grad_u)
    turned_v = None if grad_vh is None else _skew(Vh @ m_h(grad_vh))
    inner = _svd_inner(turned_u, turned_v, grad_s, S)
    if grad_u is not None and rows > count:
        inner = U @ inner
        outside = grad_u / row(S)
        within = U @ (m_h(U) @ outside)
        return (inner + outside - within) @ Vh
    if grad_vh is not None and columns > count:
        inner = inner @ Vh
        outside = grad_vh / column(S)
        within = (outside @ m_h(Vh)) @ Vh
        return U @ (inner + outside - within)
    return U @ (inner @ Vh) if rows >= columns else (U @ inner) @ Vh


# ---------------------------------------------------------------- LU


def _lu_square(grad_l: Any, grad_u: Any, L: Any, U: Any) -> Any:
    inner = None if grad_l is None else tril(m_h(L) @ grad_l, -1)
    if grad_u is not None:
        part = triu(grad_u @ m_h(U))
        inner = part if inner is None else inner + part
    right = linalg_solve_triangular(m_h(U), inner, False, False)
    return linalg_solve_triangular(m_h(L), right, True, True, True)


def _lu_wide(grad_l: Any, grad_u: Any, L: Any, U: Any) -> Any:
    """A = L [U1 | U2]."""
    size, columns = U.shape[-2:]
    inner = None if grad_l is None else m_h(L) @ grad_l
    if grad_u is not None:
        part = triu(grad_u) @ m_h(U)
        inner = -part if inner is None else inner - part
    inner = tril(inner, -1)
    first = linalg_solve_triangular(m_h(narrow(U, -1, 0, size)), inner, False, False)
    if grad_u is None:
        first = linalg_solve_triangular(m_h(L), first, True, True, True)
        return _with_zeros(first, U, -1, columns - size)
    first = first + triu(narrow(grad_u, -1, 0, size))
    joined = REGISTRY["cat"]([first, narrow(grad_u, -1, size, columns)], -1)
    return linalg_solve_triangular(m_h(L), joined, True, True, True)


def _lu_tall(grad_l: Any, grad_u: Any, L: Any, U: Any) -> Any:
    """A = [L1; L2] U."""
    rows, size = L.shape[-2:]
    inner = None if grad_u is None else grad_u @ m_h(U)
    if grad_l is not None:
        adjoint = m_h(L)
        part = adjoint @ tril(grad_l, -1)
        inner = -part if inner is None else inner - part
    inner = triu(inner)
    first = linalg_solve_triangular(m_h(narrow(L, -2, 0, size)), inner, True, True, True)
    if grad_l is None:
        first = linalg_solve_triangular(m_h(U), first, False, False)
        return _with_zeros(first, L, -2, rows - size)
    first = first + tril(narrow(grad_l, -2, 0, size), -1)
    joined = REGISTRY["cat"]([first, narrow(grad_l, -2, size, rows)], -2)
    return linalg_solve_triangular(m_h(U), joined, False, False)


def lu_backward(grad_l: Any, grad_u: Any, P: Any, L: Any, U: Any) -> Any:
    """The gradient of A = P L U, whatever its shape."""
    if grad_l is None and grad_u is None:
        return None
    rows, columns = L.shape[-2], U.shape[-1]
    formula = _lu_square if rows == columns else _lu_wide if rows < columns else _lu_tall
    return P @ formula(grad_l, grad_u, L, U)


def lu_unpack_backward(grad_l: Any, grad_u: Any, shape: Any) -> Any:
    """Both triangles back in one matrix."""
    rows, columns = shape[-2:]
    size = min(rows, columns)
    if grad_l is None or grad_u is None:
        if grad_l is None and grad_u is None:
            return None
        found = triu(grad_u) if grad_l is None else tril(grad_l, -1)
        dim = -2 if grad_l is None else -1
        return found if found.shape[dim] == shape[dim] else _with_zeros(found, found, dim, shape[dim] - size)
    upper = triu(narrow(grad_u, -1, 0, size) if columns > size else grad_u)
    square = tril(narrow(grad_l, -2, 0, size) if rows > size else grad_l, -1) + upper
    if rows == columns:
        return square
    dim, rest = (-1, grad_u) if columns > size else (-2, grad_l)
    return REGISTRY["cat"]([square, narrow(rest, dim, size, max(rows, columns))], dim)


# ---------------------------------------------------------------- pseudo-inverse, exponential


def pinv_backward(grad: Any, pinv: Any, A: Any) -> Any:
    """The gradient of the pseudo-inverse P: -P^H G P^H and what leaves the row and column spaces (Golub and Pereyra)."""
    rows, columns = A.shape[-2:]
    adjoint, turned = m_h(pinv), m_h(grad)
    if rows <= columns:
        inner = turned @ pinv
        moved = inner @ adjoint
        outside = adjoint @ pinv
        outside = outside @ (turned - inner @ A)
        within = (A @ pinv) @ moved
        return led("add.Tensor", led("sub.Tensor", led("add.Tensor", -m_h(pinv @ inner), moved), within), outside)
    inner = pinv @ turned
    moved = adjoint @ inner
    within = (moved @ pinv) @ A
    outside = ((turned - A @ inner) @ pinv) @ adjoint
    return led("sub.Tensor", led("add.Tensor", led("add.Tensor", -m_h(inner @ pinv), outside), moved), within)


def exp_backward(grad: Any, A: Any) -> Any:
    """The gradient of exp at A lies in the corner of exp([[A^H, G], [0, A^H]]) (Mathias)."""
    adjoint = m_h(A)
    n = A.shape[-1]
    first, second = (0, n), (n, 2 * n)
    if takes_writes(adjoint, grad):
        whole = zeros(grad, (*A.shape[:-2], 2 * n, 2 * n))
        write_part(whole, {-2: first, -1: first}, adjoint)
        write_part(whole, {-2: second, -1: second}, adjoint)
        write_part(whole, {-2: first, -1: second}, grad)
    else:
        cat = REGISTRY["cat"]
        whole = cat([cat([adjoint, grad], -1), cat([adjoint * 0, adjoint], -1)], -2)
    return narrow(narrow(REGISTRY["linalg_matrix_exp"](whole), -2, 0, n), -1, n, 2 * n)
