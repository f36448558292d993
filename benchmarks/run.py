"""Time rushlight and PyTorch side by side: ``python benchmarks/run.py [WORD ...] [--rounds N]``.

Each workload is one function of a library; rounds alternate between the two, so that whatever else the machine does
meets both. The figure is the median over the rounds. See README.md beside this file for how to read it.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

THREADS = "2"
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, THREADS)

Workload = Callable[[], Any]
WORKLOADS: dict[str, tuple[Callable[[Any], Workload], float | None, float | None]] = {}


def workload(title: str, compiled: float | None = None, pure: float | None = None) -> Callable:
    """Register a maker of a workload: given a library it returns what is timed. Budgets: times as fast as PyTorch."""

    def register(make: Callable[[Any], Workload]) -> Callable[[Any], Workload]:
        WORKLOADS[title] = (make, compiled, pure)
        return make

    return register


# ---------------------------------------------------------------- one recorded operation on 2x2

SMALL_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "x * y": lambda x, y: x * y,
    "x + y": lambda x, y: x + y,
    "2 * x": lambda x, y: 2 * x,
    "x.exp()": lambda x, y: x.exp(),
    "x.sum()": lambda x, y: x.sum(),
    "x @ y": lambda x, y: x @ y,
    "x[0]": lambda x, y: x[0],
    "x.view(4)": lambda x, y: x.view(4),
    "x.t()": lambda x, y: x.t(),
}


def small_operation(function: Callable[[Any, Any], Any]) -> Callable[[Any], Workload]:
    def make(torch: Any) -> Workload:
        x = torch.ones(2, 2, requires_grad=True)
        y = torch.ones(2, 2, requires_grad=True)
        return lambda: function(x, y)

    return make


for name, operation in SMALL_OPERATIONS.items():
    workload(f"recorded {name}", 2.8, 1.2)(small_operation(operation))


@workload("unrecorded x * y")
def unrecorded(torch: Any) -> Workload:
    x, y = torch.ones(2, 2), torch.ones(2, 2)
    return lambda: x * y


# ---------------------------------------------------------------- forward and backward


@workload("notebook: (2*y+1).sum().backward()", 5.0, 3.0)
def smallest_backward(torch: Any) -> Workload:
    y = torch.ones(2, 2, requires_grad=True)
    return lambda: (2 * y + 1).sum().backward()


@workload("autograd.grad of x*x, scalar")
def scalar_grad(torch: Any) -> Workload:
    x = torch.tensor(3.0, requires_grad=True)
    return lambda: torch.autograd.grad(x * x, x)


@workload("chain of 1,000 scalar ops, forward+backward", 3.0, 1.5)
def chain(torch: Any) -> Workload:
    x = torch.tensor(1.0, requires_grad=True)

    def run() -> None:
        y = x
        for _ in range(500):
            y = y * 1.001 + 0.5
        y.backward()

    return run


@workload("chain of 1,000,000 nodes: build, backward, free")
def long_chain(torch: Any) -> Workload:
    x = torch.tensor(1.0, requires_grad=True)

    def run() -> None:
        y = x
        for _ in range(1_000_000):
            y = y + 1.0
        y.backward()

    return run


@workload("in-place on views, forward+backward")
def in_place_views(torch: Any) -> Workload:
    x = torch.ones(4, 4, requires_grad=True)

    def run() -> None:
        y = x * 2
        y[0].mul_(3)
        y[:, 1] = 1.0
        y.view(16)[5:].add_(1)
        y.sum().backward()

    return run


@workload("Hessian by double backward, 5 variables", 3.0)
def hessian(torch: Any) -> Workload:
    x = torch.arange(1.0, 6.0, dtype=torch.float64).requires_grad_()

    def run() -> list:
        y = (x.sin() * x.exp()).sum() + (x * x).prod().log()
        (g,) = torch.autograd.grad(y, x, create_graph=True)
        return [torch.autograd.grad(g[i], x, retain_graph=True)[0] for i in range(5)]

    return run


@workload("gradient penalty: grad of a grad's norm", 3.0)
def gradient_penalty(torch: Any) -> Workload:
    torch.manual_seed(0)
    x = torch.randn(8, 4, requires_grad=True)
    w = torch.randn(4, 4, requires_grad=True)

    def run() -> None:
        (g,) = torch.autograd.grad((x @ w).tanh().sum(), x, create_graph=True)
        (g * g).sum().backward()

    return run


def mlp_step(torch: Any, batch: int, sizes: list[int]) -> Workload:
    torch.manual_seed(0)
    weights = [(torch.randn(a, b) / a**0.5).requires_grad_() for a, b in itertools.pairwise(sizes)]
    biases = [torch.zeros(b, requires_grad=True) for b in sizes[1:]]
    x, target = torch.randn(batch, sizes[0]), torch.randn(batch, sizes[-1])

    def run() -> None:
        h = x
        for w, b in zip(weights[:-1], biases[:-1], strict=True):
            h = (h @ w + b).relu()
        loss = ((h @ weights[-1] + biases[-1] - target) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            for p in (*weights, *biases):
                p -= 0.01 * p.grad
                p.grad.zero_()

    return run


@workload("train step, MLP 32-64-64-1, batch 32, SGD by hand")
def mlp_small(torch: Any) -> Workload:
    return mlp_step(torch, 32, [32, 64, 64, 1])


@workload("train step, MLP 512-1024-1024-10, batch 256, SGD by hand")
def mlp_large(torch: Any) -> Workload:
    return mlp_step(torch, 256, [512, 1024, 1024, 10])


def module_step(torch: Any, batch: int, sizes: list[int], optimizer: str, **options: Any) -> Workload:
    """A step of a model of nn with an optimizer of optim."""
    torch.manual_seed(0)
    layers = []
    for a, b in itertools.pairwise(sizes):
        layers += [torch.nn.Linear(a, b), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    x, target = torch.randn(batch, sizes[0]), torch.randint(sizes[-1], (batch,))
    criterion = torch.nn.CrossEntropyLoss()
    stepping = getattr(torch.optim, optimizer)(model.parameters(), **options)

    def run() -> None:
        stepping.zero_grad()
        criterion(model(x), target).backward()
        stepping.step()

    return run


@workload("train step, MLP 32-64-64-10, batch 32, optim.SGD", 4.0)
def mlp_sgd(torch: Any) -> Workload:
    return module_step(torch, 32, [32, 64, 64, 10], "SGD", lr=0.01)


@workload("train step, MLP 32-64-64-10, batch 32, optim.SGD with momentum")
def mlp_momentum(torch: Any) -> Workload:
    return module_step(torch, 32, [32, 64, 64, 10], "SGD", lr=0.01, momentum=0.9)


@workload("train step, MLP 32-64-64-10, batch 32, optim.Adam", 4.0)
def mlp_adam(torch: Any) -> Workload:
    return module_step(torch, 32, [32, 64, 64, 10], "Adam")


@workload("train step, MLP 784-256-10, batch 64, optim.Adam", 1.0)
def mlp_mnist(torch: Any) -> Workload:
    return module_step(torch, 64, [784, 256, 10], "Adam")


def optimizer_step(optimizer: str, **options: Any) -> Callable[[Any], Workload]:
    def make(torch: Any) -> Workload:
        shapes = [(64, 32), (64,), (64, 64), (64,), (10, 64), (10,)]
        params = [torch.randn(*shape, requires_grad=True) for shape in shapes]
        for param in params:
            param.grad = torch.randn_like(param)
        return getattr(torch.optim, optimizer)(params, **options).step

    return make


for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad"):
    workload(f"optim.{name}.step, six small parameters")(optimizer_step(name))


# ---------------------------------------------------------------- large tensors


LARGE_OPERATIONS: dict[str, tuple[tuple[int, ...], Callable[[Any, Any, Any], Any], float | None]] = {
    "x * y, 1M": ((1_000_000,), lambda torch, x, y: x * y, 0.6),
    "x + y, 1M": ((1_000_000,), lambda torch, x, y: x + y, 0.6),
    "x.exp(), 1M": ((1_000_000,), lambda torch, x, y: x.exp(), 0.6),
    "x.tanh(), 1M": ((1_000_000,), lambda torch, x, y: x.tanh(), 0.6),
    "x.relu(), 1M": ((1_000_000,), lambda torch, x, y: x.relu(), 0.6),
    "x.sum(), 1M": ((1_000_000,), lambda torch, x, y: x.sum(), None),
    "x.add_(y), 1M": ((1_000_000,), lambda torch, x, y: x.add_(y), None),
    "x @ y, 512x512": ((512, 512), lambda torch, x, y: x @ y, None),
    "x @ y, 1024x1024": ((1024, 1024), lambda torch, x, y: x @ y, None),
    "softmax(1), 1000x1000": ((1000, 1000), lambda torch, x, y: x.softmax(1), None),
    "sum(0), 1000x1000": ((1000, 1000), lambda torch, x, y: x.sum(0), None),
}


def large_operation(shape: tuple[int, ...], function: Callable[[Any, Any, Any], Any]) -> Callable[[Any], Workload]:
    def make(torch: Any) -> Workload:
        torch.manual_seed(0)
        x, y = torch.rand(*shape), torch.rand(*shape)
        return lambda: function(torch, x, y)

    return make


for name, (shape, operation, budget) in LARGE_OPERATIONS.items():
    workload(f"float32 {name}", budget, budget)(large_operation(shape, operation))


@workload("float32 (x*y).tanh().sum().backward(), 1M")
def large_backward(torch: Any) -> Workload:
    torch.manual_seed(0)
    x = torch.rand(1_000_000, requires_grad=True)
    y = torch.rand(1_000_000)

    def run() -> None:
        x.grad = None
        (x * y).tanh().sum().backward()

    return run


# ---------------------------------------------------------------- images, forward and backward

# title -> (sizes of the input, sizes of the weight or None, the operation, budget)
IMAGE_OPERATIONS: dict[str, tuple[tuple[int, ...], tuple[int, ...] | None, Callable[[Any, Any, Any], Any], float]] = {
    "conv2d, 16x16x32x32 to 32, 3x3": ((16, 16, 32, 32), (32, 16, 3, 3), lambda f, x, w: f.conv2d(x, w), 0.4),
    "conv2d, 8x64x28x28 to 64, 3x3, padded": ((8, 64, 28, 28), (64, 64, 3, 3), lambda f, x, w: f.conv2d(x, w, padding=1), 0.4),
    "conv2d, 16x16x32x32 to 32, 3x3, stride 2": ((16, 16, 32, 32), (32, 16, 3, 3), lambda f, x, w: f.conv2d(x, w, None, 2, 1), 0.4),
    "conv2d by channel, 16x16x32x32, 3x3": ((16, 16, 32, 32), (16, 1, 3, 3), lambda f, x, w: f.conv2d(x, w, padding=1, groups=16), 0.1),
    "max_pool2d, 16x32x32x32, 2x2": ((16, 32, 32, 32), None, lambda f, x, w: f.max_pool2d(x, 2), 0.4),
    "max_pool2d, 16x32x32x32, 3x3, stride 2": ((16, 32, 32, 32), None, lambda f, x, w: f.max_pool2d(x, 3, 2, 1), 0.4),
    "avg_pool2d, 16x32x32x32, 2x2": ((16, 32, 32, 32), None, lambda f, x, w: f.avg_pool2d(x, 2), 0.4),
    "bilinear interpolate, 16x32x32x32 to double": (
        (16, 32, 32, 32), None, lambda f, x, w: f.interpolate(x, scale_factor=2.0, mode="bilinear"), 0.4,
    ),
}


def image_operation(x_shape: tuple[int, ...], w_shape: Any, function: Callable[[Any, Any, Any], Any]) -> Callable[[Any], Workload]:
    def make(torch: Any) -> Workload:
        torch.manual_seed(0)
        x = torch.randn(*x_shape, requires_grad=True)
        w = None if w_shape is None else torch.randn(*w_shape, requires_grad=True)
        inputs = [x] if w is None else [x, w]

        def run() -> None:
            found = function(torch.nn.functional, x, w)
            torch.autograd.grad(found, inputs, found.detach())

        return run

    return make


for name, (x_shape, w_shape, operation, budget) in IMAGE_OPERATIONS.items():
    workload(f"{name}, forward+backward", budget, budget)(image_operation(x_shape, w_shape, operation))


# ---------------------------------------------------------------- timing


def repeats_for(run: Workload, seconds: float) -> int:
    """How many calls take about that long; the calls warm up what is timed."""
    run()
    count = 1
    while True:
        start = time.perf_counter()
        for _ in range(count):
            run()
        taken = time.perf_counter() - start
        if taken >= seconds or count >= 100_000:
            return count
        count = max(count + 1, int(count * min(8.0, 1.2 * seconds / max(taken, 1e-9))))


def timed(run: Workload, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        run()
    return (time.perf_counter() - start) / count


def side_by_side(runs: list[Workload], rounds: int, seconds: float) -> list[float]:
    """Median seconds a call of each, the rounds taking turns."""
    counts = [repeats_for(run, seconds) for run in runs]
    times: list[list[float]] = [[] for _ in runs]
    for number in range(rounds):
        for which in range(len(runs)) if number % 2 == 0 else reversed(range(len(runs))):
            times[which].append(timed(runs[which], counts[which]))
    return [statistics.median(measured) for measured in times]


def import_seconds(module: str) -> float:
    code = f"import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
    package = os.path.dirname(sys.modules["rushlight"].__path__[0])
    environment = {**os.environ, "PYTHONPATH": package}
    with tempfile.TemporaryDirectory() as directory:  # not the source tree, which would hide the installed package
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def import_row(rounds: int) -> None:
    modules = ("numpy", "rushlight", "torch")
    samples = [[import_seconds(module) for module in modules] for _ in range(max(3, rounds))]
    base, ours, theirs = (statistics.median(column) for column in zip(*samples, strict=True))
    over = f"{(ours - base) * 1e3:+.0f} ms over NumPy's, at most +50"
    print(f"| import | {text_of(ours)} | {text_of(theirs)} | {theirs / ours:.2f} | {over} |")


def text_of(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="only workloads whose title has one of these words")
    parser.add_argument("--rounds", type=int, default=7, help="rounds per workload (default 7)")
    parser.add_argument("--seconds", type=float, default=0.05, help="about how long a round takes (default 0.05)")
    options = parser.parse_args(arguments)
    chosen = {title: row for title, row in WORKLOADS.items() if wanted(title, options.words)}

    import torch

    import rushlight

    torch.set_num_threads(int(THREADS))
    core = sys.modules["rushlight._core.tensor"].__file__ or ""
    form = "pure" if core.endswith(".py") else "compiled"
    versions = f"rushlight {rushlight.__version__} ({form}), PyTorch {torch.__version__}"
    print(f"{versions}, {THREADS} threads, {options.rounds} rounds\n")
    print("| workload | rushlight | PyTorch | times as fast | budget |")
    print("|---|---:|---:|---:|---|")
    if wanted("import", options.words):
        import_row(options.rounds)
    for title, (make, compiled, pure) in chosen.items():
        try:
            ours, theirs = side_by_side([make(rushlight), make(torch)], options.rounds, options.seconds)
        except Exception as error:  # a workload that cannot run yet is a row of the table, not the end of it
            print(f"| {title} | {type(error).__name__}: {str(error)[:80]} | | | |", flush=True)
            continue
        budget = pure if form == "pure" else compiled
        verdict = "" if budget is None else f"{budget} {'met' if theirs / ours >= budget else 'MISSED'}"
        print(f"| {title} | {text_of(ours)} | {text_of(theirs)} | {theirs / ours:.2f} | {verdict} |", flush=True)
    return 0


def wanted(title: str, words: list[str]) -> bool:
    return not words or any(word in title for word in words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
