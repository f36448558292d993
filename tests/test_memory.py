"""Graphs of any depth are built, run and freed without recursion, and nothing waits for the garbage collector."""

import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import rushlight as torch

DEEP = 60_000  # far more than any recursion limit; the benchmark runs a million


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * 1

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        return grad


def write_into_view(y: Any, x: Any) -> Any:
    y[0].add_(0)
    return y


STEPS: dict[str, Callable[[Any, Any], Any]] = {
    "product with a number": lambda y, x: y * 1.0,
    "saved result": lambda y, x: y.tanh(),
    "saved inputs": lambda y, x: y * x,
    "view": lambda y, x: y.view(1),
    "slice": lambda y, x: y[:],
    "in place": lambda y, x: y.add_(0),
    "into a view": write_into_view,
    "custom function": lambda y, x: Twice.apply(y),
    "diamond": lambda y, x: (y + y) * 0.5,
    "list of tensors": lambda y, x: torch.stack([y])[0],
}


def chain(step: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    x = torch.ones(1, requires_grad=True)
    y = x * 1
    for _ in range(DEEP // 10 if step in (STEPS["into a view"], STEPS["list of tensors"]) else DEEP):
        y = step(y, x)
    return x, y


@pytest.mark.parametrize("name", STEPS)
def test_deep_chains_run_and_are_freed(name: str, no_collector: None) -> None:
    x, y = chain(STEPS[name])
    y.sum().backward()
    assert x.grad is not None
    gone = weakref.ref(y)
    del y
    assert gone() is None


@pytest.mark.parametrize("name", ["product with a number", "custom function", "view"])
def test_deep_chains_are_freed_from_their_nodes(name: str, no_collector: None) -> None:
    x, y = chain(STEPS[name])
    node = y.grad_fn
    del y
    seen = 0
    while node.next_functions:
        node = node.next_functions[0][0]
        seen += 1
    assert seen >= DEEP
    assert node.variable is x


def test_a_recorded_backward_of_a_deep_chain_is_freed(no_collector: None) -> None:
    x = torch.ones(1, requires_grad=True)
    y = x
    for _ in range(3000):
        y = y * x
    (first,) = torch.autograd.grad(y, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    assert first.item() == 3001
    assert second.item() == 3001 * 3000


X = torch.ones(3, requires_grad=True)


def hooked() -> tuple[Any, ...]:
    y = X * 2
    y.register_hook(lambda grad: grad * 2)
    y.retain_grad()
    z = y.exp()
    z.grad_fn.register_hook(lambda grad_inputs, grad_outputs: None)
    z.sum().backward()
    return y, z


def written() -> tuple[Any, ...]:
    y = X.clone()
    view = y[0]
    view.mul_(2)
    y[1:] = X.sum()
    return y, view


def recorded_twice() -> tuple[Any, ...]:
    y = (X * X).exp()
    (grad,) = torch.autograd.grad(y.sum(), X, create_graph=True)
    return y, grad


def inspected() -> tuple[Any, ...]:
    y = X * 2
    z = y.exp()
    node = z.grad_fn
    assert node.next_functions[0][0].next_functions[1] == (None, 0)
    return y, z, node._saved_result  # as in PyTorch, an operator's node takes no weak reference


def through_functions() -> tuple[Any, ...]:
    y = Twice.apply(X * 1)
    y.sum().backward()
    return y, y.grad_fn


def packed() -> tuple[Any, ...]:
    with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, lambda tensor: tensor):
        return ((X * 2).exp(),)


def leaf() -> tuple[Any, ...]:
    x = torch.ones(3, requires_grad=True)
    x.register_post_accumulate_grad_hook(lambda tensor: None)
    (x * x).sum().backward()
    return x, x.grad, (x * 2).grad_fn.next_functions[0][0]


def memory_twins() -> tuple[Any, ...]:
    x = torch.ones(3)
    return x, x.data, x.detach(), x.view(3), x.untyped_storage()


@pytest.mark.parametrize(
    "make", [hooked, written, recorded_twice, inspected, through_functions, packed, leaf, memory_twins], ids=lambda make: make.__name__
)
def test_nothing_waits_for_the_collector(make: Callable[[], tuple[Any, ...]], no_collector: None) -> None:
    assert [reference() for reference in [weakref.ref(made) for made in make()]].count(None) == len(make())
