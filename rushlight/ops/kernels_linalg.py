"""Factorizations and solves that NumPy does not offer, as raw kernels: batched, for float32, float64 and complex.

NumPy exposes LAPACK's solve, Cholesky and QR but neither triangular solves nor LU; these are built on what it has, in
blocks, so that the bulk of the work is matrix products. Every function takes arrays (..., m, n) and broadcasts batches
where PyTorch does. Results are laid out as PyTorch's: column by column where LAPACK produced them there.
"""

import math

import numpy as np

from rushlight._core import loops, memory

Array = np.ndarray

# Diagonal blocks this large are given to LAPACK or to a loop over columns; everything off the diagonal is a product.
BLOCK = 48

# In C for float32 and float64: None where they decline, and always in the pure form.
_native_lu, _native_cholesky = loops.helper("lu_factor"), loops.helper("cholesky")
_native_triangular, _native_lu_solve = loops.helper("triangular"), loops.helper("lu_solve")


def adjoint(a: Array) -> Array:
    """Return the conjugate transpose; a view when `a` is real."""
    a = np.swapaxes(a, -1, -2)
    return a.conj() if a.dtype.kind == "c" else a


def column_major(a: Array) -> Array:
    """Return the same matrices, each stored column by column."""
    shape = a.shape
    strides = memory.contiguous_strides((*shape[:-2], shape[-1], shape[-2]))
    wanted = (*strides[:-2], strides[-1], strides[-2])
    if memory.element_strides(a) == wanted:
        return a
    made = np.ndarray(shape, a.dtype, np.empty(max(a.nbytes, 1), np.uint8), 0, [step * a.itemsize for step in wanted])
    made[...] = a
    return made


def _back_substitution(a: Array, b: Array) -> Array:
    """Solve with an upper triangular matrix row by row, so that zeros and infinities in it do what they do."""
    n = a.shape[-1]
    x = np.empty(np.broadcast_shapes(a.shape[:-2], b.shape[:-2]) + b.shape[-2:], np.result_type(a, b))
    for row in range(n - 1, -1, -1):
        known = a[..., row : row + 1, row + 1 :] @ x[..., row + 1 :, :]
        x[..., row, :] = (b[..., row, :] - known[..., 0, :]) / a[..., row, row, np.newaxis]
    return x


def _solve_diagonal_block(a: Array, b: Array) -> Array:
    """Solve with a small upper triangular matrix. LAPACK's LU finds nothing to pivot in it, so it only substitutes."""
    diagonal = np.diagonal(a, axis1=-2, axis2=-1)
    if (diagonal == 0).any() or not np.isfinite(a).all():
        return _back_substitution(a, b)
    return np.linalg.solve(a, b)


def _solve_upper(a: Array, b: Array) -> Array:
    """Solve with an upper triangular matrix whose lower part is exactly zero."""
    n = a.shape[-1]
    if n <= BLOCK:
        return _solve_diagonal_block(a, b)
    x = np.empty(np.broadcast_shapes(a.shape[:-2], b.shape[:-2]) + b.shape[-2:], np.result_type(a, b))
    for stop in range(n, 0, -BLOCK):
        start = max(stop - BLOCK, 0)
        right = b[..., start:stop, :]
        if stop < n:
            right = right - a[..., start:stop, stop:] @ x[..., stop:, :]
        x[..., start:stop, :] = _solve_diagonal_block(a[..., start:stop, start:stop], right)
    return x


def solve_triangular(a: Array, b: Array, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Array:
    """Solve a @ x = b, or x @ a = b with left=False, reading one triangle of `a` (less its diagonal if that is 1)."""
    if not left:
        transposed = np.swapaxes(a, -1, -2)
        x = solve_triangular(transposed, np.swapaxes(b, -1, -2), upper=not upper, unitriangular=unitriangular)
        return column_major(np.swapaxes(x, -1, -2))
    found = _native_triangular(a, b, upper, unitriangular)
    if found is not None:
        return found
    dtype = np.result_type(a, b)
    if a.size == 0 or b.size == 0:
        return column_major(np.zeros(np.broadcast_shapes(a.shape[:-2], b.shape[:-2]) + b.shape[-2:], dtype))
    triangle = np.triu(a) if upper else np.tril(a)[..., ::-1, ::-1]
    if unitriangular:
        index = np.arange(a.shape[-1])
        triangle[..., index, index] = 1
    x = _solve_upper(triangle, b if upper else b[..., ::-1, :])
    return column_major(x if upper else x[..., ::-1, :]).astype(dtype, copy=False)


def _failed_minor(a: Array) -> int:
    """Return the order of the first leading minor of a Hermitian matrix that is not positive, 0 if there is none."""
    low, high = 0, a.shape[-1]
    while low < high:  # the minors before it are all positive, so it can be bisected
        middle = (low + high) // 2 + 1
        try:
            np.linalg.cholesky(a[:middle, :middle])
            low = middle
        except np.linalg.LinAlgError:
            high = middle - 1
    return 0 if low == a.shape[-1] else low + 1


def cholesky_ex(a: Array, upper: bool = False) -> tuple[Array, Array]:
    """Return the Cholesky factor of each matrix and int32 `info`: 0, or the order of the minor that is not positive.

    Only the triangle asked for is read. The factor of a matrix that fails is nan.
    """
    info = np.zeros(a.shape[:-2], np.int32)
    lower = adjoint(a) if upper else a
    found = _native_cholesky(lower)
    if found is not None:
        return (column_major(adjoint(found)) if upper else found), info
    try:
        factor = np.linalg.cholesky(lower)
    except np.linalg.LinAlgError:
        factor = np.full(a.shape, np.nan, a.dtype)
        for index in np.ndindex(info.shape):
            info[index] = _failed_minor(lower[index])
            if info[index] == 0:
                factor[index] = np.linalg.cholesky(lower[index])
    missing = np.isnan(factor.diagonal(axis1=-2, axis2=-1))
    if missing.any():  # a pivot that is nan is not positive either; LAPACK says so, NumPy does not
        info = np.where((info == 0) & missing.any(-1), missing.argmax(-1) + 1, info).astype(np.int32)
    return column_major(adjoint(factor) if upper else factor), info


def cholesky_solve(b: Array, factor: Array, upper: bool = False) -> Array:
    """Solve A @ x = b given the Cholesky factor of A."""
    lower = adjoint(factor) if upper else factor
    y = solve_triangular(lower, b, upper=False)
    return solve_triangular(adjoint(lower), y, upper=True)


def cholesky_inverse(factor: Array, upper: bool = False) -> Array:
    """Return the inverse of A given its Cholesky factor."""
    identity = np.eye(factor.shape[-1], dtype=factor.dtype)
    lower = adjoint(factor) if upper else factor
    inverse = solve_triangular(lower, np.broadcast_to(identity, factor.shape), upper=False)
    return column_major(adjoint(inverse) @ inverse)


def _swap_rows(a: Array, first: int, second: Array) -> None:
    """Swap row `first` of each matrix of the batch with its own row `second`."""
    batch = np.arange(a.shape[0])
    rows = a[batch, second]
    a[batch, second] = a[:, first]
    a[:, first] = rows


def _pivot_size(column: Array) -> Array:
    """What LAPACK compares to choose a pivot: |re| + |im|."""
    if column.dtype.kind == "c":
        return np.abs(column.real) + np.abs(column.imag)
    return np.abs(column)


def _factor_panel(lu: Array, start: int, stop: int, pivots: Array, info: Array) -> None:
    """Factor columns start to stop in place, swapping whole rows."""
    for j in range(start, stop):
        chosen = j + _pivot_size(lu[:, j:, j]).argmax(axis=1)
        pivots[:, j] = chosen + 1
        if (chosen != j).any():
            _swap_rows(lu, j, chosen)
        pivot = lu[:, j, j]
        zero = pivot == 0
        info[zero & (info == 0)] = j + 1
        lu[:, j + 1 :, j] /= np.where(zero, 1, pivot)[:, np.newaxis]
        lu[:, j + 1 :, j + 1 : stop] -= lu[:, j + 1 :, j, np.newaxis] * lu[:, j, np.newaxis, j + 1 : stop]


def lu_factor_ex(a: Array) -> tuple[Array, Array, Array]:
    """Return LU packed as LAPACK packs it, int32 pivots counted from 1, and `info`: the first zero pivot or 0."""
    found = _native_lu(a)
    if found is not None:
        return found
    *batch, m, n = a.shape
    k = min(m, n)
    lu = np.array(a).reshape(math.prod(batch), m, n)
    pivots, info = np.empty((lu.shape[0], k), np.int32), np.zeros(lu.shape[0], np.int32)
    for start in range(0, k, BLOCK) if lu.shape[0] else ():
        stop = min(start + BLOCK, k)
        _factor_panel(lu, start, stop, pivots, info)
        if stop < n:
            corner, row = lu[:, start:stop, start:stop], lu[:, start:stop, stop:]
            lu[:, start:stop, stop:] = solve_triangular(corner, row, upper=False, unitriangular=True)
            lu[:, stop:, stop:] -= lu[:, stop:, start:stop] @ lu[:, start:stop, stop:]
    return column_major(lu.reshape(a.shape)), pivots.reshape(*batch, k), info.reshape(batch)


def pivots_to_permutation(pivots: Array, size: int) -> Array:
    """Return for each batch the row order that the swaps of `pivots` (counted from 1) produce, counted from 0."""
    flat = pivots.reshape(math.prod(pivots.shape[:-1]), pivots.shape[-1])
    order = np.tile(np.arange(size), (flat.shape[0], 1))
    for j in range(flat.shape[1]):
        _swap_rows(order, j, flat[:, j] - 1)
    return order.reshape(*pivots.shape[:-1], size)


def lu_unpack(lu: Array, pivots: Array) -> tuple[Array, Array, Array]:
    """Return P, L and U with A = P @ L @ U."""
    m, n = lu.shape[-2:]
    k = min(m, n)
    lower = np.tril(lu[..., :, :k], -1)
    index = np.arange(k)
    lower[..., index, index] = 1
    order = pivots_to_permutation(pivots, m)
    permutation = np.zeros((*order.shape, m), lu.dtype)
    np.put_along_axis(permutation, order[..., np.newaxis, :], 1, axis=-2)
    return permutation, lower, np.triu(lu[..., :k, :])


def lu_solve(lu: Array, pivots: Array, b: Array, *, left: bool = True, adjoint_of_a: bool = False) -> Array:
    """Solve A @ x = b (or x @ A = b; or with A's adjoint) given LU of a square A."""
    if not left:
        return adjoint(lu_solve(lu, pivots, adjoint(b), adjoint_of_a=not adjoint_of_a))
    found = _native_lu_solve(lu, pivots, b, adjoint_of_a)
    if found is not None:
        return found
    order = pivots_to_permutation(pivots, lu.shape[-1])[..., np.newaxis]
    if not adjoint_of_a:
        batch = np.broadcast_shapes(lu.shape[:-2], b.shape[:-2])
        right = np.broadcast_to(b, (*batch, *b.shape[-2:]))
        right = np.take_along_axis(right, np.broadcast_to(order, (*batch, *order.shape[-2:])), axis=-2)
        y = solve_triangular(lu, right, upper=False, unitriangular=True)
        return solve_triangular(lu, y, upper=True)
    y = solve_triangular(adjoint(lu), b, upper=False)
    z = solve_triangular(adjoint(lu), y, upper=True, unitriangular=True)
    x = np.empty_like(z)
    np.put_along_axis(x, np.broadcast_to(order, (*z.shape[:-1], 1)), z, axis=-2)
    return column_major(x)


def geqrf(a: Array) -> tuple[Array, Array]:
    """Return QR as LAPACK packs it (R above, Householder vectors below the diagonal) and tau."""
    packed, tau = np.linalg.qr(a, mode="raw")
    return column_major(np.swapaxes(packed, -1, -2)), tau


def _reflect(vectors: Array, i: int, tau: Array, rows: Array) -> None:
    """Multiply rows i and beyond of a matrix, in place, by the reflection I - tau v v^H."""
    v = vectors[..., i:, i, np.newaxis].copy()
    v[..., 0, :] = 1
    rows[..., i:, :] -= tau[..., np.newaxis, np.newaxis] * (v @ (adjoint(v) @ rows[..., i:, :]))


def householder_product(vectors: Array, tau: Array) -> Array:
    """Return the first n columns of the product of the reflections of `vectors` (m, n), LAPACK's orgqr."""
    m, n = vectors.shape[-2:]
    result = np.broadcast_to(np.eye(m, n, dtype=vectors.dtype), vectors.shape).copy()
    for i in range(tau.shape[-1] - 1, -1, -1):
        _reflect(vectors, i, tau[..., i], result)
    return column_major(result)


def ormqr(vectors: Array, tau: Array, other: Array, left: bool = True, transpose: bool = False) -> Array:
    """Multiply `other` by the full product of the reflections (or its adjoint) from the left or the right."""
    if not left:
        return column_major(adjoint(ormqr(vectors, tau, adjoint(other), transpose=not transpose)))
    result = np.array(other, order="C")
    steps = range(tau.shape[-1])
    for i in steps if transpose else reversed(steps):
        _reflect(vectors, i, tau[..., i].conj() if transpose else tau[..., i], result)
    return column_major(result)


# The largest 1-norm for which each Taylor degree reaches the precision (Bader, Blanes and Casas, Computing the matrix
# exponential with an optimized Taylor polynomial approximation, Mathematics 7, 2019).
TAYLOR_DEGREES = (1, 2, 4, 8, 12, 18)
TAYLOR_BOUNDS = {
    4: (
        1.192092800768788e-07,
        5.978858893805233e-04,
        5.116619363445086e-02,
        5.800524627688768e-01,
        1.461661507209034,
        3.010066362817634,
    ),
    8: (
        2.220446049250313e-16,
        2.580956802971767e-08,
        3.397168839976962e-04,
        4.991228871115323e-02,
        2.996158913811580e-01,
        1.090863719290036,
    ),
}


def _taylor(a: Array, degree: int) -> Array:
    """The Taylor polynomial of exp of a given degree, by Paterson and Stockmeyer's grouping of the powers."""
    group = max(1, min(6, degree // 2))
    identity = np.broadcast_to(np.eye(a.shape[-1], dtype=a.dtype), a.shape)
    powers = [identity, a]
    while len(powers) <= group:
        powers.append(powers[-1] @ a)
    result = powers[0] * a.dtype.type(0)
    for first in range(degree - degree % group, -1, -group):
        block = sum(
            powers[i] * a.dtype.type(1 / math.factorial(first + i)) for i in range(min(group, degree - first + 1))
        )
        result = block if first + group > degree else result @ powers[group] + block
    return result


def _exponential(a: Array, norm: float) -> Array:
    """exp of matrices of one degree of approximation and one number of squarings."""
    bounds = TAYLOR_BOUNDS[a.real.dtype.itemsize]
    for degree, bound in zip(TAYLOR_DEGREES, bounds, strict=True):
        if norm <= bound:
            return _taylor(a, degree)
    squarings = max(0, math.ceil(math.log2(norm / bounds[-1])))
    result = _taylor(a * a.dtype.type(2.0**-squarings), TAYLOR_DEGREES[-1])
    for _ in range(squarings):
        result = result @ result
    return result


def matrix_exp(a: Array) -> Array:
    """Return the exponential of each matrix: a Taylor polynomial of the degree its 1-norm needs, then squarings."""
    if a.size == 0:
        return a.copy()
    if a.shape[-1] == 1:
        return np.exp(a)
    flat = a.reshape(-1, *a.shape[-2:])
    norms = np.abs(flat).sum(axis=-2).max(axis=-1)
    result = np.empty(flat.shape, flat.dtype)
    for index, norm in enumerate(norms):
        result[index] = _exponential(flat[index], float(norm)) if np.isfinite(norm) else np.nan
    return result.reshape(a.shape)
