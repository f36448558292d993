"""Time the kernels of medium and large tensors side by side with PyTorch.

    python benchmarks/kernels.py [--threads 1] [--rounds N] [words of titles ...]

Prints one Markdown row for each workload: the shortest of many short rounds, the libraries taking turns, so that what else a machine
does counts little. With one thread that is the processor's time, with several the clock's. A ratio above 1 means that rushlight is
faster. Lines ending in "f+b" take a forward and a backward pass.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from typing import Any

Workload = Callable[[], Any]
WORKLOADS: dict[str, Callable[[Any], Workload]] = {}


def add(title: str, make: Callable[[Any], Workload]) -> None:
    WORKLOADS[title] = make


def forward(title: str, function: Callable[..., Any], *shapes: tuple[int, ...], integers: int = 0) -> None:
    """function(torch, *tensors of these shapes), without gradients; with `integers` the last tensor is an index below that."""

    def make(torch: Any) -> Workload:
        values = tensors(torch, shapes, integers)
        return lambda: function(torch, *values)

    add(title, make)


def both(title: str, function: Callable[..., Any], *shapes: tuple[int, ...], integers: int = 0) -> None:
    """function(torch, *tensors) and the gradients of everything that is not an index."""

    def make(torch: Any) -> Workload:
        values = tensors(torch, shapes, integers)
        wanted = [value.requires_grad_() for value in values if value.is_floating_point()]
        grads: list[Any] = []

        def run() -> None:
            found = function(torch, *values)
            if not grads:
                grads.append(found.detach().clone())
            torch.autograd.grad(found, wanted, grads[0])

        return run

    add(f"{title}, f+b", make)


def tensors(torch: Any, shapes: tuple[tuple[int, ...], ...], integers: int) -> list[Any]:
    torch.manual_seed(0)
    values = [torch.randn(*shape) for shape in shapes]
    if integers:
        values[-1] = torch.randint(integers, shapes[-1])
    return values


LINE, SQUARE, ROWS, IMAGES = (1_000_000,), (1000, 1000), (2048, 1024), (16, 32, 32, 32)

# ---------------------------------------------------------------- elementwise

for name in ("exp", "log1p", "tanh", "sigmoid", "relu", "abs", "sqrt", "neg", "sin", "erf", "square"):
    forward(f"{name} 1M", lambda torch, x, name=name: getattr(x, name)(), LINE)
for name in ("gelu", "silu", "softplus", "leaky_relu", "elu", "hardtanh"):
    forward(f"{name} 1M", lambda torch, x, name=name: getattr(torch.nn.functional, name)(x), LINE)
for name in ("relu", "gelu", "silu", "sigmoid", "tanh", "leaky_relu", "elu", "softplus"):
    both(f"{name} 1M", lambda torch, x, name=name: getattr(torch.nn.functional, name)(x), LINE)
forward("x * y 1M", lambda torch, x, y: x * y, LINE, LINE)
forward("x * y 64K", lambda torch, x, y: x * y, (65536,), (65536,))
forward("x * y 16M", lambda torch, x, y: x * y, (1 << 24,), (1 << 24,))
forward("x + row 1000x1000", lambda torch, x, y: x + y, SQUARE, (1000,))
forward("x + column 1000x1000", lambda torch, x, y: x + y, SQUARE, (1000, 1))
forward("x > y 1M", lambda torch, x, y: x > y, LINE, LINE)
forward("where 1M", lambda torch, x, y: torch.where(x > 0, x, y), LINE, LINE)
forward("clamp 1M", lambda torch, x: x.clamp(-0.5, 0.5), LINE)
forward("pow 2 1M", lambda torch, x: x**2, LINE)
forward("addcmul 1M", lambda torch, x, y, z: torch.addcmul(x, y, z, value=0.5), LINE, LINE, LINE)
forward("lerp 1M", lambda torch, x, y: torch.lerp(x, y, 0.1), LINE, LINE)
forward("add_ 1M", lambda torch, x, y: x.add_(y), LINE, LINE)
forward("add_ alpha 1M", lambda torch, x, y: x.add_(y, alpha=0.001), LINE, LINE)
forward("mul_ 1M", lambda torch, x: x.mul_(0.999), LINE)
forward("addcmul_ 1M", lambda torch, x, y, z: x.addcmul_(y, z, value=0.001), LINE, LINE, LINE)
both("dropout 1M", lambda torch, x: torch.nn.functional.dropout(x, 0.5, True), LINE)
both("x*y tanh sum 1M", lambda torch, x, y: (x * y).tanh().sum(), LINE, LINE)
both("mse_loss 1M", lambda torch, x, y: torch.nn.functional.mse_loss(x, y), LINE, LINE)

# ---------------------------------------------------------------- reductions

for name in ("sum", "mean", "max", "amax", "var", "norm", "argmax", "prod"):
    forward(f"{name} all 1000x1000", lambda torch, x, name=name: getattr(x, name)(), SQUARE)
for name in ("sum", "mean", "amax", "max", "var", "norm", "argmax"):
    for dim in (0, 1):
        extra = {"norm": (2,)}.get(name, ())
        forward(f"{name}({dim}) 1000x1000", lambda torch, x, name=name, dim=dim, extra=extra: getattr(x, name)(*extra, dim), SQUARE)
forward("logsumexp(1) 1000x1000", lambda torch, x: x.logsumexp(1), SQUARE)
forward("sum((0, 2, 3)) images", lambda torch, x: x.sum((0, 2, 3)), IMAGES)
forward("any 1M", lambda torch, x: (x > 9).any(), LINE)
forward("cumsum(1) 1000x1000", lambda torch, x: x.cumsum(1), SQUARE)
forward("cumsum(0) 1000x1000", lambda torch, x: x.cumsum(0), SQUARE)

# ---------------------------------------------------------------- rows and channels

both("softmax(1) 2048x1024", lambda torch, x: x.softmax(1), ROWS)
both("log_softmax(1) 2048x1024", lambda torch, x: x.log_softmax(1), ROWS)
forward("softmax(1) 1000x1000", lambda torch, x: x.softmax(1), SQUARE)
both("softmax(1) images", lambda torch, x: x.softmax(1), IMAGES)
both("cross_entropy 2048x1024", lambda torch, x, t: torch.nn.functional.cross_entropy(x, t), ROWS, (2048,), integers=1024)
both("layer_norm 2048x1024", lambda torch, x, w, b: torch.nn.functional.layer_norm(x, (1024,), w, b), ROWS, (1024,), (1024,))
both("rms_norm 2048x1024", lambda torch, x, w: torch.nn.functional.rms_norm(x, (1024,), w), ROWS, (1024,))
both("group_norm images", lambda torch, x, w, b: torch.nn.functional.group_norm(x, 8, w, b), IMAGES, (32,), (32,))
both("batch_norm images", lambda torch, x, w, b: torch.nn.functional.batch_norm(x, None, None, w, b, True), IMAGES, (32,), (32,))
both("batch_norm 2048x1024", lambda torch, x, w, b: torch.nn.functional.batch_norm(x, None, None, w, b, True), ROWS, (1024,), (1024,))
HEADS = (4, 8, 128, 64)
both("attention 4x8x128x64", lambda torch, q, k, v: torch.nn.functional.scaled_dot_product_attention(q, k, v), HEADS, HEADS, HEADS)
both("lstm 64x32x128", lambda torch, x: _lstm(torch)(x)[0], (64, 32, 128))
both("lstm cell 64x128", lambda torch, x: _cell(torch)(x)[0], (64, 128))
_MADE: dict[Any, Any] = {}


def _lstm(torch: Any) -> Any:
    if ("lstm", torch) not in _MADE:
        _MADE["lstm", torch] = torch.nn.LSTM(128, 128)
    return _MADE["lstm", torch]


def _cell(torch: Any) -> Any:
    if ("cell", torch) not in _MADE:
        _MADE["cell", torch] = torch.nn.LSTMCell(128, 128)
    return _MADE["cell", torch]


# ---------------------------------------------------------------- images

for size, stride, padding in ((2, 2, 0), (3, 2, 1)):
    for name in ("max_pool2d", "avg_pool2d"):
        both(
            f"{name} {size}/{stride} images",
            lambda torch, x, name=name, options=(size, stride, padding): getattr(torch.nn.functional, name)(x, *options),
            IMAGES,
        )
both("adaptive_avg_pool2d images", lambda torch, x: torch.nn.functional.adaptive_avg_pool2d(x, 1), IMAGES)
both("conv2d 16x16x32x32 to 32", lambda torch, x, w: torch.nn.functional.conv2d(x, w), (16, 16, 32, 32), (32, 16, 3, 3))
both("conv2d 8x64x28x28 to 64", lambda torch, x, w: torch.nn.functional.conv2d(x, w, padding=1), (8, 64, 28, 28), (64, 64, 3, 3))
both("conv2d stride 2", lambda torch, x, w: torch.nn.functional.conv2d(x, w, None, 2, 1), (16, 16, 32, 32), (32, 16, 3, 3))
both("conv2d by channel", lambda torch, x, w: torch.nn.functional.conv2d(x, w, padding=1, groups=16), (16, 16, 32, 32), (16, 1, 3, 3))
both("conv1d 16x32x1024", lambda torch, x, w: torch.nn.functional.conv1d(x, w, padding=1), (16, 32, 1024), (32, 32, 3))
for mode in ("nearest", "bilinear", "bicubic"):
    both(f"interpolate {mode}", lambda torch, x, mode=mode: torch.nn.functional.interpolate(x, scale_factor=2.0, mode=mode), IMAGES)
both(
    "grid_sample", lambda torch, x, g: torch.nn.functional.grid_sample(x, g.tanh(), align_corners=False), (16, 3, 64, 64), (16, 64, 64, 2)
)
both("pad reflect", lambda torch, x: torch.nn.functional.pad(x, (1, 1, 1, 1), "reflect"), IMAGES)

# ---------------------------------------------------------------- looking up, moving, sorting

both("embedding 32768 of 5000x64", lambda torch, w, i: torch.nn.functional.embedding(i, w), (5000, 64), (32768,), integers=5000)
both("index_select rows", lambda torch, x, i: x.index_select(0, i), SQUARE, (2000,), integers=1000)
both("index_select columns", lambda torch, x, i: x.index_select(1, i), SQUARE, (500,), integers=1000)
both("x[index] rows", lambda torch, x, i: x[i], SQUARE, (2000,), integers=1000)
both("gather(1) 1000x1000", lambda torch, x, i: x.gather(1, i), SQUARE, SQUARE, integers=1000)
forward("scatter_add(1) 1000x1000", lambda torch, x, i: x.scatter_add(1, i, x), SQUARE, SQUARE, integers=1000)
forward("index_add rows", lambda torch, x, y, i: x.index_add(0, i, y), SQUARE, (2000, 1000), (2000,), integers=1000)
forward("masked_fill 1M", lambda torch, x: x.masked_fill(x > 0, 0.0), LINE)
forward("masked_select 1M", lambda torch, x: x[x > 0], LINE)
forward("t().contiguous() 1000x1000", lambda torch, x: x.t().contiguous(), SQUARE)
forward("t().contiguous() 2048x2048", lambda torch, x: x.t().contiguous(), (2048, 2048))
forward("permute contiguous images", lambda torch, x: x.permute(0, 2, 3, 1).contiguous(), IMAGES)
forward("clone 1M", lambda torch, x: x.clone(), LINE)
forward("double() 1M", lambda torch, x: x.double(), LINE)
forward("cat 4x250K", lambda torch, x: torch.cat([x, x, x, x]), (250_000,))
forward("cat(1) 1000x500", lambda torch, x: torch.cat([x, x], 1), (1000, 500))
forward("stack 1M", lambda torch, x: torch.stack([x, x]), (500_000,))
forward("x + x.t() 1000x1000", lambda torch, x: x + x.t(), SQUARE)
forward("copy_ 1M", lambda torch, x, y: x.copy_(y), LINE, LINE)
forward("zeros 1M", lambda torch: torch.zeros(1_000_000))
forward("expand contiguous", lambda torch, x: x.expand(1000, 1000).contiguous(), (1000,))
forward("sort 1M", lambda torch, x: x.sort(), LINE)
forward("sort(1) 1000x1000", lambda torch, x: x.sort(1), SQUARE)
forward("topk(1) 1000x1000", lambda torch, x: x.topk(10), SQUARE)
forward("randn 1M", lambda torch: torch.randn(1_000_000))
forward("rand 1M", lambda torch: torch.rand(1_000_000))
forward("x @ y 512", lambda torch, x, y: x @ y, (512, 512), (512, 512))
forward("bmm 64x128x64", lambda torch, x, y: x @ y, (64, 128, 64), (64, 64, 128))

# ---------------------------------------------------------------- optimizers

for name, options in {
    "SGD": {"lr": 1e-3}, "SGD momentum": {"lr": 1e-3, "momentum": 0.9, "weight_decay": 1e-4}, "Adam": {}, "AdamW": {}, "RMSprop": {}
}.items():  # fmt: skip

    def _stepper(torch: Any, name: str = name, options: Any = options) -> Workload:
        params = [torch.randn(512, 512, requires_grad=True) for _ in range(4)]
        for param in params:
            param.grad = torch.randn_like(param)
        return getattr(torch.optim, name.split()[0])(params, **options).step

    add(f"{name}.step, 4 x 512x512", _stepper)


# ---------------------------------------------------------------- timing


def shortest(runs: list[Workload], rounds: int, seconds: float, clock: Callable[[], float]) -> list[float]:
    """Seconds a call in the best round of each, the rounds taking turns."""
    counts = []
    for run in runs:
        run()
        start = clock()
        run()
        counts.append(max(1, int(seconds / max(clock() - start, 1e-7))))
    best = [float("inf")] * len(runs)
    for _ in range(rounds):
        for which, run in enumerate(runs):
            run()
            start = clock()
            for _ in range(counts[which]):
                run()
            best[which] = min(best[which], (clock() - start) / counts[which])
    return best


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="only workloads whose title has one of these words")
    parser.add_argument("--rounds", type=int, default=15, help="rounds per workload (default 15)")
    parser.add_argument("--seconds", type=float, default=0.01, help="about how long a round takes (default 0.01)")
    parser.add_argument("--threads", type=int, default=1, help="threads of each library (default 1)")
    options = parser.parse_args(arguments)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)

    import torch

    import rushlight

    for library in (torch, rushlight):
        library.set_num_threads(options.threads)
    clock = time.thread_time if options.threads == 1 else time.perf_counter
    core = sys.modules["rushlight._core.tensor"].__file__ or ""
    print(f"rushlight {'pure' if core.endswith('.py') else 'compiled'}, PyTorch {torch.__version__}, {options.threads} threads\n")
    print("| workload | rushlight | PyTorch | times as fast |\n|---|---:|---:|---:|")
    for title, make in WORKLOADS.items():
        if options.words and not any(word in title for word in options.words):
            continue
        try:
            ours, theirs = shortest([make(rushlight), make(torch)], options.rounds, options.seconds, clock)
        except Exception as error:  # a workload that cannot run yet is a row of the table, not the end of it
            print(f"| {title} | {type(error).__name__}: {str(error)[:80]} | | |", flush=True)
            continue
        print(f"| {title} | {ours * 1e6:.1f} µs | {theirs * 1e6:.1f} µs | {theirs / ours:.2f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
