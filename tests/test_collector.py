"""Cycles that go through tensors are found by the garbage collector, though it does not visit graphs until there may be one."""

import gc
import subprocess
import sys
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import rushlight as torch


class Marker:
    """What a cycle holds, so that its end can be seen."""


def hook_on_a_tensor(x: Any, marker: Marker) -> None:
    y = x * 2
    y.register_hook(lambda grad: print(y, marker))


def hook_on_a_node(x: Any, marker: Marker) -> None:
    y = (x * 2).exp()
    y.grad_fn.register_hook(lambda *grads: print(y, marker))


def hook_through_a_graph(x: Any, marker: Marker) -> None:
    y = x * 2
    z = (y.exp() @ y).sin()
    y.register_hook(lambda grad: print(z, marker))


def attribute(x: Any, marker: Marker) -> None:
    y = x * 2
    y.friends = [y, marker]


def attribute_through_a_graph(x: Any, marker: Marker) -> None:
    y = x * 2
    z = y.exp()
    y.friends = (z, marker)


class Keeps(torch.autograd.Function):
    """Its context refers to itself."""

    @staticmethod
    def forward(ctx: Any, x: Any, marker: Marker) -> Any:
        ctx.context = [ctx, marker]
        return x * 2

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        return grad * 2, None


def custom_function(x: Any, marker: Marker) -> None:
    Keeps.apply(x, marker)


def notes_of_a_node(x: Any, marker: Marker) -> None:
    y = x * 2
    y.grad_fn.metadata["all"] = [y, marker]


CYCLES = [
    hook_on_a_tensor, hook_on_a_node, hook_through_a_graph, attribute, attribute_through_a_graph, custom_function, notes_of_a_node,
]  # fmt: skip


@pytest.mark.parametrize("close", CYCLES)
def test_cycles_are_found(close: Callable[[Any, Marker], None]) -> None:
    x = torch.ones(3, requires_grad=True)
    for _ in range(2):
        marker = Marker()
        alive = weakref.ref(marker)
        close(x, marker)
        del marker
        gc.collect()
        assert alive() is None


def function() -> list[type]:
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 2

    output = Double.apply(torch.ones(2, requires_grad=True))
    output.sum().backward()
    return [Double, type(output.grad_fn)]


def tensor() -> list[type]:
    class Own(torch.Tensor):
        pass

    torch.ones(2).as_subclass(Own)
    return [Own]


@pytest.mark.parametrize("make", [function, tensor])
def test_classes_of_a_program_are_freed(make: Callable[[], list[type]]) -> None:
    """Also where instances are objects of C, which do not count for their class by themselves."""
    alive = [weakref.ref(cls) for cls in make()]
    gc.collect()
    assert not any(cls() for cls in alive)


FIRST_CYCLE = """
import gc, weakref
import rushlight as torch

x = torch.ones(3, requires_grad=True)
before = [x * number for number in range(5)]
print(sum(gc.is_tracked(y) for y in before), sum(gc.is_tracked(y.grad_fn) for y in before))

class Marker: pass

def close():
    marker = Marker()
    y = x * 2
    z = (y.exp() * y).sum()
    y.register_hook(lambda grad: (z, marker))
    return weakref.ref(marker)

alive = close()
gc.collect()
print(alive() is None, gc.is_tracked((x * 2).grad_fn), sum(gc.is_tracked(y.grad_fn) for y in before))
"""


def test_first_cycle_of_a_program() -> None:
    """Also what was made before the program did anything that can close a cycle."""
    answer = subprocess.run([sys.executable, "-P", "-c", FIRST_CYCLE], capture_output=True, text=True, check=True)
    compiled = "compiled" in torch.__config__.show()
    assert answer.stdout.split("\n")[:2] == ["5 0" if compiled else "5 5", "True True 5"]
