"""The factorization kernels: each must rebuild what it factored, whatever the batch, dtype and block boundaries."""

import math

import numpy as np
import pytest

from rushlight.ops import kernels_linalg as linalg

DTYPES = [np.float32, np.float64, np.complex64, np.complex128]
SIZES = [1, 3, linalg.BLOCK, 2 * linalg.BLOCK + 5]


def matrices(shape, dtype, seed=0):
    generator = np.random.default_rng(seed)
    values = generator.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * generator.standard_normal(shape)
    return values.astype(dtype)


def well_conditioned(shape, dtype):
    n = shape[-1]
    return (matrices(shape, dtype) / (2 * math.sqrt(n)) + 2 * np.eye(n)).astype(dtype)


def close(actual, expected, dtype, factor=1.0):
    assert actual.dtype == dtype and actual.shape == expected.shape
    tolerance = factor * (1e-4 if np.finfo(dtype).bits == 32 else 1e-12)
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * max(1.0, np.abs(expected).max()))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize("unitriangular", [False, True])
def test_solve_triangular_reads_one_triangle(dtype, n, upper, left, unitriangular):
    a = well_conditioned((3, 1, n, n), dtype)
    if unitriangular:
        a = a * dtype(0.1)
    triangle = np.triu(a) if upper else np.tril(a)
    if unitriangular:
        triangle[..., np.arange(n), np.arange(n)] = 1
    x = matrices((1, 2, n, 4) if left else (1, 2, 4, n), dtype, seed=1)
    b = triangle @ x if left else x @ triangle
    result = linalg.solve_triangular(a, b, upper=upper, left=left, unitriangular=unitriangular)
    close(result, np.broadcast_to(x, b.shape), dtype, 10)


def test_a_zero_on_the_diagonal_divides_as_pytorch_does():
    a = np.array([[1.0, 2.0], [0.0, 0.0]])
    with np.errstate(all="ignore"):
        result = linalg.solve_triangular(a, np.ones((2, 1)), upper=True)
    np.testing.assert_array_equal(result, [[-np.inf], [np.inf]])


def test_results_are_stored_by_columns_as_pytorchs_are():
    a, b = well_conditioned((2, 5, 5), np.float64), matrices((2, 5, 3), np.float64)
    lu, pivots, _ = linalg.lu_factor_ex(a)
    factor, _ = linalg.cholesky_ex(a @ linalg.adjoint(a))
    packed, tau = linalg.geqrf(b)
    square, tall = (200, 8, 40), (120, 8, 40)
    assert lu.strides == factor.strides == linalg.cholesky_inverse(factor).strides == square
    assert linalg.solve_triangular(a, b, upper=True).strides == linalg.lu_solve(lu, pivots, b).strides == tall
    assert packed.strides == linalg.householder_product(packed, tau).strides == tall
    assert linalg.matrix_exp(a).strides == (200, 40, 8)


def test_empty_systems():
    assert linalg.solve_triangular(np.zeros((2, 0, 0)), np.zeros((0, 3)), upper=True).shape == (2, 0, 3)
    lu, pivots, info = linalg.lu_factor_ex(np.zeros((0, 4, 3)))
    assert lu.shape == (0, 4, 3) and pivots.shape == (0, 3) and info.shape == (0,)
    assert linalg.matrix_exp(np.zeros((0, 2, 2))).shape == (0, 2, 2)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("upper", [False, True])
def test_cholesky(dtype, n, upper):
    a = well_conditioned((2, n, n), dtype)
    a = a @ linalg.adjoint(a)
    junk = np.tril(a) if not upper else np.triu(a)  # the other triangle is not read
    factor, info = linalg.cholesky_ex(junk, upper)
    assert info.dtype == np.int32 and not info.any()
    close(linalg.adjoint(factor) @ factor if upper else factor @ linalg.adjoint(factor), a, dtype)
    x = matrices((n, 3), dtype)
    close(linalg.cholesky_solve(a @ x, factor, upper), np.broadcast_to(x, (2, n, 3)), dtype, 50)
    close(linalg.cholesky_inverse(factor, upper) @ a, np.broadcast_to(np.eye(n), a.shape).astype(dtype), dtype, 50)


def test_cholesky_reports_the_failing_minor_of_each_matrix():
    a = np.stack([np.diag([1.0, 1, -1, 1]), np.eye(4), np.diag([-1.0, 1, 1, 1]), np.diag([1.0, 1, 1, 0])])
    factor, info = linalg.cholesky_ex(a)
    np.testing.assert_array_equal(info, [3, 0, 1, 4])
    np.testing.assert_array_equal(factor[1], np.eye(4))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (110, 110), (60, 50), (50, 120)])
def test_lu_rebuilds_the_matrix(dtype, shape):
    a = matrices((2, *shape), dtype)
    lu, pivots, info = linalg.lu_factor_ex(a)
    assert pivots.dtype == info.dtype == np.int32 and not info.any()
    permutation, lower, upper = linalg.lu_unpack(lu, pivots)
    close(permutation @ lower @ upper, a, dtype, 10)
    assert np.abs(lower).max() <= math.sqrt(2) + 1e-6


def test_lu_of_a_singular_matrix_names_the_pivot():
    lu, pivots, info = linalg.lu_factor_ex(np.array([[1.0, 2.0], [2.0, 4.0]]))
    assert info == 2
    np.testing.assert_array_equal(pivots, [2, 2])
    np.testing.assert_array_equal(lu, [[2, 4], [0.5, 0]])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize("adjoint", [False, True])
def test_lu_solve(dtype, left, adjoint):
    a = well_conditioned((3, 1, 60, 60), dtype)
    x = matrices((1, 2, 60, 4) if left else (1, 2, 4, 60), dtype)
    matrix = linalg.adjoint(a) if adjoint else a
    b = matrix @ x if left else x @ matrix
    lu, pivots, _ = linalg.lu_factor_ex(a)
    close(linalg.lu_solve(lu, pivots, b, left=left, adjoint_of_a=adjoint), np.broadcast_to(x, b.shape), dtype, 20)


@pytest.mark.parametrize("dtype", DTYPES)
def test_householder_products(dtype):
    a = matrices((2, 9, 6), dtype)
    packed, tau = linalg.geqrf(a)
    q = linalg.householder_product(packed, tau)
    close(q @ np.triu(packed[..., :6, :]), a, dtype)
    close(linalg.adjoint(q) @ q, np.broadcast_to(np.eye(6), (2, 6, 6)).astype(dtype), dtype)
    full = linalg.ormqr(packed, tau, np.broadcast_to(np.eye(9), (2, 9, 9)).astype(dtype))
    close(full[..., :6], q, dtype)
    other = matrices((2, 9, 9), dtype, seed=2)
    close(linalg.ormqr(packed, tau, other, transpose=True), linalg.adjoint(full) @ other, dtype)
    close(linalg.ormqr(packed, tau, other, left=False), other @ full, dtype)
    close(linalg.ormqr(packed, tau, other, left=False, transpose=True), other @ linalg.adjoint(full), dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [1e-17, 1e-9, 1e-5, 1e-2, 0.2, 1.0, 6.0])
def test_matrix_exp_in_every_degree(dtype, scale):
    """exp of Q diag(d) Q^H is Q diag(exp(d)) Q^H."""
    q = np.linalg.qr(matrices((5, 5), np.complex128 if np.dtype(dtype).kind == "c" else np.float64))[0]
    d = np.linspace(-1, 1, 5) * scale
    a = (q * d @ linalg.adjoint(q)).astype(dtype)
    close(linalg.matrix_exp(a), (q * np.exp(d) @ linalg.adjoint(q)).astype(dtype), dtype)


def test_matrix_exp_of_a_nilpotent_and_of_a_rotation():
    np.testing.assert_allclose(linalg.matrix_exp(np.array([[0.0, 3.0], [0.0, 0.0]])), [[1, 3], [0, 1]], rtol=1e-15)
    angle = 40.0
    expected = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    np.testing.assert_allclose(linalg.matrix_exp(np.array([[0.0, -angle], [angle, 0.0]])), expected, rtol=1e-12)
    assert np.isnan(linalg.matrix_exp(np.full((2, 2), np.inf))).all()
