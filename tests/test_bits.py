"""Results that the compiled form gives bit for bit as PyTorch does: products, sums, softmax, and what is trained with them."""

import numpy as np
import pytest

import rushlight
from rushlight._core.loops import NATIVE

pytorch = pytest.importorskip("torch")
features = np._core._multiarray_umath.__cpu_features__
pytestmark = pytest.mark.skipif(
    NATIVE is None or not (features["AVX2"] and features["FMA3"]), reason="NumPy's order of sums: the pure form, or a plain processor"
)


@pytest.fixture(params=[1, 2], autouse=True)
def threads(request):
    """Both libraries with so many threads: PyTorch shares sums among them."""
    before = [torch.get_num_threads() for torch in (pytorch, rushlight)]
    for torch in (pytorch, rushlight):
        torch.set_num_threads(request.param)
    yield request.param
    for torch, number in zip((pytorch, rushlight), before, strict=True):
        torch.set_num_threads(number)


def alike(program, *arrays):
    found = [[np.asarray(value) for value in program(torch, *map(torch.from_numpy, arrays))] for torch in (pytorch, rushlight)]
    for theirs, mine in zip(*found, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def fuses_products():
    """Whether PyTorch's BLAS has its kernels for AVX-512, which round a product and a sum once: on AMD's processors it has others."""
    left, right = (np.random.default_rng(0).standard_normal(shape).astype(np.float32) for shape in ((9, 2), (2, 2)))
    wide = left.astype(np.float64)
    once = wide[:, 1:] * right[1:] + (left[:, :1] * right[:1]).astype(np.float64)
    return features["AVX512F"] and np.array_equal((pytorch.from_numpy(left) @ pytorch.from_numpy(right)).numpy(), once.astype(np.float32))


@pytest.mark.skipif(not fuses_products(), reason="products are those of PyTorch's kernels for AVX-512")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_products(dtype, threads):
    generator = np.random.default_rng(0)
    for rows, inner, columns in [(8, 3, 2), (9, 20, 33), (32, 64, 10), (40, 500, 70), (13, 1000, 16), (100, 100, 100)]:
        if threads > 1 and inner == 1000:
            continue  # PyTorch's BLAS gives each thread a part of the inner dimension
        left, right = generator.standard_normal((rows, inner)), generator.standard_normal((inner, columns))
        bias, batch = generator.standard_normal(columns), generator.standard_normal((3, inner, columns))
        for turned in (left, np.asfortranarray(left)):
            alike(lambda torch, a, b, c: [a @ b, torch.addmm(c, a, b)], turned.astype(dtype), right.astype(dtype), bias.astype(dtype))
        alike(lambda torch, a, b: [torch.bmm(torch.stack([a, a, a]), b)], left.astype(dtype), batch.astype(dtype))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(5,), (1000,), (100003,), (33, 20), (20, 7), (300, 65), (4, 50, 6), (3, 8, 5, 40)])
def test_sums_and_means(shape, dtype):
    x = np.random.default_rng(1).standard_normal(shape).astype(dtype)
    alike(lambda torch, x: [x.sum(), x.mean(), *[x.sum(dim) for dim in range(x.ndim)], *[x.mean(dim, keepdim=True) for dim in range(x.ndim)]], x)
    if len(shape) == 4:
        alike(lambda torch, x: [x.sum((0, 2, 3)), x.sum((2, 3)), x.mean((0, 1))], x)


@pytest.mark.parametrize("size", [1, 3, 10, 16, 42, 200])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax(name, size):
    generator = np.random.default_rng(2)
    x, slope = (generator.standard_normal((9, size)).astype(np.float32) * scale for scale in (3, 1))

    def program(torch, x, slope):
        found = getattr(torch, name)(x.requires_grad_(), 1)
        return [found.detach(), *torch.autograd.grad(found, x, slope)]

    alike(program, x, slope)


@pytest.mark.parametrize("kind, options", [
    ("SGD", {"lr": 0.1}), ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}), ("Adam", {}),
    ("AdamW", {"lr": 0.01}), ("RMSprop", {"lr": 0.001, "centered": True}), ("Adagrad", {}),
])  # fmt: skip
@pytest.mark.parametrize("loss", ["cross_entropy", "mse_loss"])
@pytest.mark.skipif(not features["AVX512F"], reason="square roots are PyTorch's with AVX-512 alone")
def test_training(kind, options, loss):
    def losses(torch):
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(20, 64), torch.nn.ReLU(), torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
        x, target = torch.randn(128, 20), torch.randint(0, 10, (128,)) if loss == "cross_entropy" else torch.randn(128, 10)
        stepping = getattr(torch.optim, kind)(model.parameters(), **options)
        found = []
        for start in [0, 32, 64, 96] * 10:
            stepping.zero_grad()
            value = getattr(torch.nn.functional, loss)(model(x[start : start + 32]), target[start : start + 32])
            value.backward()
            stepping.step()
            found.append(value.item())
        return found

    assert losses(rushlight) == losses(pytorch)
