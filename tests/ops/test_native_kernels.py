"""Native kernels against NumPy, and the memory that is kept for large results. There is nothing to test in the pure form."""

import numpy as np
import pytest

import rushlight as torch
from rushlight._core import loops
from rushlight.ops.native import KERNELS

pytestmark = pytest.mark.skipif(loops.NATIVE is None, reason="the pure form has no native kernels")
SHAPES = [(), (1,), (7,), (40,), (3, 70), (70, 3), (2, 5, 130), (300, 300), (200_000,)]


def values(shape: tuple[int, ...], np_dtype: type) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape).astype(np_dtype)


def close(found: np.ndarray, expected: np.ndarray, np_dtype: type) -> bool:
    tolerance = 1e-5 if np_dtype is np.float32 else 1e-12
    return found.shape == expected.shape and np.allclose(found, expected, rtol=tolerance, atol=tolerance * max(1, abs(expected).max()))


def test_every_kernel_that_an_operator_names_exists() -> None:
    assert set(KERNELS.values()) <= set(loops.NATIVE.KERNELS)
    with pytest.raises(KeyError):
        loops.NATIVE.Kernel("no such kernel")


def test_the_fallback_is_called_where_a_kernel_declines() -> None:
    kernel = loops.kernel("relu", lambda x: "asked NumPy")
    assert kernel(np.arange(3)) == "asked NumPy"
    assert kernel(np.array([-1.0, 2.0])).tolist() == [0.0, 2.0]


@pytest.mark.parametrize("np_dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_reductions(shape: tuple[int, ...], np_dtype: type) -> None:
    x = values(shape, np_dtype)
    exact = x.astype(np.longdouble)
    for name, reduce in (("sum", np.sum), ("mean", np.mean), ("max", np.max), ("min", np.min)):
        assert close(loops.kernel(name)(x), np.asarray(reduce(exact)), np_dtype)
        for axis in range(x.ndim):
            for keepdim in (False, True):
                found = loops.kernel(f"{name}_over")(x, axis, keepdim)
                assert close(found, reduce(exact, axis=axis, keepdims=keepdim), np_dtype), (name, axis, keepdim)


def test_a_nan_is_the_largest_and_the_smallest() -> None:
    for place in (0, 17, 99, 4095, 5000):
        x = np.zeros(5001, np.float32)
        x[place] = np.nan
        assert np.isnan(loops.kernel("max")(x)) and np.isnan(loops.kernel("min")(x))
        assert np.isnan(loops.kernel("max_over")(x.reshape(3, 1667), 0, False)).sum() == 1


def test_results_do_not_depend_on_the_number_of_threads() -> None:
    x = torch.from_numpy(values((700, 1100), np.float32))
    threads = torch.get_num_threads()
    found = []
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            w = torch.ones(1100, requires_grad=True)
            y = torch.nn.functional.layer_norm(x, (1100,), w).softmax(0)
            y.square().sum().backward()
            found.append([value.numpy().tobytes() for value in (x.sum(0), x.var(1), y.detach(), w.grad)])
    finally:
        torch.set_num_threads(threads)
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("np_dtype", [np.float32, np.float64])
def test_lines(np_dtype: type) -> None:
    x = values((40, 65, 3), np_dtype)
    for axis in range(3):
        powers = np.exp(x - x.max(axis, keepdims=True))
        assert close(loops.kernel("softmax")(x, axis, False), powers / powers.sum(axis, keepdims=True), np_dtype)
        assert close(loops.kernel("cumsum")(x, axis), np.cumsum(x, axis), np_dtype)


def test_row_major_copies_of_any_layout() -> None:
    x = values((70, 5, 90), np.float32)
    copy = loops.kernel("row_major")
    for view in (x, x.T, x.transpose(0, 2, 1), x.transpose(1, 2, 0)[::-1], x[:, ::2], np.broadcast_to(x, (2, 70, 5, 90)), x[..., :1].T):
        found = copy(view)
        assert np.array_equal(found, view) and found.flags.c_contiguous and found.base is None


def test_an_index_out_of_bounds_is_declined() -> None:
    x = values((6, 4), np.float32)
    for index in ([6], [-1]):
        assert loops.kernel("index_select")(x, 0, np.array(index)) is None
        assert loops.kernel("add_lines")(x, 0, np.array(index), x[:1].copy(), False) is None


def test_memory_is_reused_and_given_back() -> None:
    loops.NATIVE.release_memory()
    assert loops.NATIVE.cached_memory() == 0
    relu = loops.kernel("relu")
    x = values((1 << 20,), np.float32)
    first = relu(x)
    address = first.ctypes.data
    del first
    kept = loops.NATIVE.cached_memory()
    assert kept >= x.nbytes
    second = relu(x)
    assert second.ctypes.data == address and loops.NATIVE.cached_memory() == kept - (kept if kept < 2 * x.nbytes else 0)
    results = [relu(x) for _ in range(100)]
    del second, results
    assert loops.NATIVE.cached_memory() <= 256 << 20
    loops.NATIVE.release_memory()
    assert loops.NATIVE.cached_memory() == 0
