"""LDL factors of symmetric and Hermitian matrices, with Bunch and Kaufman's pivots, as LAPACK packs them (lower triangle)."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight.ops.kernels_linalg import column_major

Array = np.ndarray
_ALPHA = (1 + 17**0.5) / 8


def _size(values: Any) -> Any:
    """LAPACK's measure of a number: for a complex one, the sum of the sizes of its parts."""
    return np.abs(values.real) + np.abs(values.imag) if values.dtype.kind == "c" else np.abs(values)


def _pivot(S: Array, k: int) -> tuple[int, int]:
    """Which row takes part in step k, and whether that step takes one row or two. S: the matrix in full."""
    size = _size(S[k, k])
    below = _size(S[k + 1 :, k])
    if not below.size or not max(size, below.max()):
        return k, 1
    row = k + 1 + int(below.argmax())
    largest = below.max()
    if size >= _ALPHA * largest:
        return k, 1
    others = _size(S[row, k:])
    others[row - k] = 0
    across = others.max()
    if size >= _ALPHA * largest * (largest / across):
        return k, 1
    return (row, 1) if _size(S[row, row]) >= _ALPHA * across else (row, 2)


def _factor_one(A: Array, hermitian: bool) -> tuple[Array, Array, int]:
    n = len(A)
    low = np.tril(A, -1)
    S = low + (low.conj().T if hermitian else low.T) + np.diag(A.diagonal().real if hermitian else A.diagonal()).astype(A.dtype)
    LD, pivots, info, k = np.zeros_like(A), np.zeros(n, np.int32), 0, 0
    while k < n:
        row, count = _pivot(S, k)
        last = k + count - 1
        if row != last:
            S[[last, row]] = S[[row, last]]
            S[:, [last, row]] = S[:, [row, last]]
        pivots[k : last + 1] = row + 1 if count == 1 else -(row + 1)
        D = S[k : last + 1, k : last + 1]
        LD[k : last + 1, k : last + 1] = np.tril(D)
        if not D.any():
            info = info or k + 1
        elif last + 1 < n:
            rest = S[last + 1 :, k : last + 1].copy()
            L = rest / D[0, 0] if count == 1 else rest @ np.linalg.inv(D)
            LD[last + 1 :, k : last + 1] = L
            S[last + 1 :, last + 1 :] -= L @ (rest.conj().T if hermitian else rest.T)
        k += count
    return LD, pivots, info


def ldl_factor(A: Array, hermitian: bool) -> tuple[Array, Array, Array]:
    """Packed factors, pivots and info of a batch of matrices; the factors are column-major."""
    LD = np.empty((*A.shape[:-2], A.shape[-1], A.shape[-1]), A.dtype).swapaxes(-1, -2)
    pivots = np.zeros(A.shape[:-1], np.int32)
    info = np.zeros(A.shape[:-2], np.int32)
    hermitian = hermitian and A.dtype.kind == "c"
    for index in np.ndindex(*A.shape[:-2]):
        LD[index], pivots[index], info[index] = _factor_one(A[index], hermitian)
    return column_major(LD), pivots, info


def _steps(pivots: Array) -> list[tuple[int, int, int]]:
    """(first row, rows, the row exchanged with the last of them) for each step."""
    found, k = [], 0
    while k < len(pivots):
        count = 1 if pivots[k] > 0 else 2
        found.append((k, count, abs(int(pivots[k])) - 1))
        k += count
    return found


def _solve_one(LD: Array, pivots: Array, B: Array, hermitian: bool) -> Any:
    X = B.copy()
    for k, count, row in _steps(pivots):
        end = k + count
        X[[end - 1, row]] = X[[row, end - 1]]
        X[end:] -= LD[end:, k:end] @ X[k:end]
        D = LD[k:end, k:end].copy()
        if count == 2:
            D[0, 1] = D[1, 0].conj() if hermitian else D[1, 0]
        X[k:end] = X[k:end] / D[0, 0] if count == 1 else np.linalg.solve(D, X[k:end])
    for k, count, row in reversed(_steps(pivots)):
        end = k + count
        L = LD[end:, k:end]
        X[k:end] -= (L.conj().T if hermitian else L.T) @ X[end:]
        X[[end - 1, row]] = X[[row, end - 1]]
    return X


def ldl_solve(LD: Array, pivots: Array, B: Array, hermitian: bool) -> Array:
    """The solutions of batches of systems given their factors."""
    batch = np.broadcast_shapes(LD.shape[:-2], B.shape[:-2])
    LD, pivots = np.broadcast_to(LD, batch + LD.shape[-2:]), np.broadcast_to(pivots, batch + pivots.shape[-1:])
    B = np.broadcast_to(B, batch + B.shape[-2:])
    found = np.empty(B.shape, B.dtype)
    for index in np.ndindex(*batch):
        found[index] = _solve_one(LD[index], pivots[index], B[index], hermitian and B.dtype.kind == "c")
    return found
