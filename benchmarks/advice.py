"""What the errors' extra words cost: ``python benchmarks/advice.py``.

A train step of a small network (32-64-64-1, batch 16, in-place SGD) with and without what is remembered for them: the place of each write
into saved memory, and the place of each backward pass that frees its graph. The two alternate; minimum and median of the step's time.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable
from typing import Any

import rushlight as torch
from rushlight._core import engine, origin

ROUNDS, STEPS = 40, 50


def make_step() -> Callable[[], Any]:
    torch.manual_seed(0)
    sizes = [32, 64, 64, 1]
    weights = [torch.randn(m, n, requires_grad=True) for m, n in itertools.pairwise(sizes)]
    x = torch.randn(16, 32)

    def step() -> None:
        h = x
        for weight in weights[:-1]:
            h = torch.tanh(h @ weight)
        loss = (h @ weights[-1]).pow(2).mean()
        loss.backward()
        with torch.no_grad():
            for weight in weights:
                weight -= 0.01 * weight.grad
                weight.grad = None

    return step


def timed(step: Callable[[], Any]) -> float:
    start = time.perf_counter()
    for _ in range(STEPS):
        step()
    return (time.perf_counter() - start) / STEPS * 1e6


def main() -> None:
    if not str(origin.__file__).endswith(".py"):
        raise SystemExit("the compiled core cannot be changed from outside: run this with the pure form")
    step = make_step()
    place, frame = engine.users_place, origin.users_frame
    times: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(ROUNDS):
        engine.users_place, origin.users_frame = place, frame
        times["with"].append(timed(step))
        engine.users_place = origin.users_frame = lambda: None
        times["without"].append(timed(step))
    for name, pick in (("minimum", min), ("median", statistics.median)):
        on, off = pick(times["with"]), pick(times["without"])
        print(f"{name}: {on:.1f} us with, {off:.1f} us without: {100 * (on / off - 1):+.1f} %")


if __name__ == "__main__":
    main()
