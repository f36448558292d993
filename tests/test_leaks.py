"""With the garbage collector off, memory stays flat over many steps of each recipe that leaks elsewhere.

The suite takes a few hundred steps; ``RUSHLIGHT_LEAK_STEPS=10000 pytest tests/test_leaks.py`` takes as many as asked.
"""

import gc
import os
import tracemalloc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import rushlight as torch
from rushlight.utils.checkpoint import checkpoint

STEPS = int(os.environ.get("RUSHLIGHT_LEAK_STEPS", "200"))
X = torch.ones(1024, requires_grad=True)  # 4 kB
W = torch.ones(1024, requires_grad=True)


class KeepsOutput(torch.autograd.Function):
    """A custom function that saves its own output, and what it computed on the way as an attribute."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        result = x.exp()
        ctx.save_for_backward(result)
        ctx.halfway = x * 2
        return result

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (result,) = ctx.saved_tensors
        return grad * result


class Transformed(torch.autograd.Function):
    """The same for transforms."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Any) -> Any:
        return x.exp()

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(output)
        ctx.save_for_forward(output)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        return grad * ctx.saved_tensors[0]

    @staticmethod
    def jvp(ctx: Any, tangent: Any) -> Any:
        return tangent * ctx.saved_tensors[0]


def create_graph() -> None:
    (X.exp() * W).sum().backward(create_graph=True)
    (X.grad * X.grad).sum().backward()
    X.grad = W.grad = None


def gradient_penalty() -> None:
    (grad,) = torch.autograd.grad((X.tanh() * W).sum(), X, create_graph=True)
    torch.autograd.grad((grad.norm() - 1) ** 2, W)


def never_differentiated() -> None:
    (X * W).exp().sum()


def retained_graph() -> None:
    y = (X * W).exp().sum()
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    X.grad = W.grad = None


def hooks_on_outputs() -> None:
    y = X * W
    z = y.exp()
    seen = weakref.ref(y)
    y.register_hook(lambda grad: grad * seen().shape[0])
    z.grad_fn.register_hook(lambda grad_inputs, grad_outputs: None)
    z.grad_fn.register_prehook(lambda grad_outputs: None)
    y.retain_grad()
    z.sum().backward()
    X.grad = W.grad = None


def hooks_that_hold_another() -> None:
    y = X * W
    z = y.exp()
    y.register_hook(lambda grad: grad + 0 * X)
    z.register_hook(lambda grad: grad + 0 * y.detach())
    z.sum().backward()
    X.grad = W.grad = None


def hooks_removed() -> None:
    y = X * W
    handle = y.register_hook(lambda grad: grad * y.detach())
    y.sum().backward()
    handle.remove()
    X.grad = W.grad = None


def multi_hooks() -> None:
    y, z = X * 2, W * 2
    handle = torch.autograd.graph.register_multi_grad_hook((y, z), lambda grads: None)
    (y * z).sum().backward()
    handle.remove()
    X.grad = W.grad = None


def custom_function() -> None:
    KeepsOutput.apply(X).sum().backward()
    KeepsOutput.apply(X)
    X.grad = None


def custom_function_twice() -> None:
    (grad,) = torch.autograd.grad(KeepsOutput.apply(X).sum(), X, create_graph=True)
    torch.autograd.grad(grad.sum(), X)


def checkpoints() -> None:
    for reentrant in (True, False):
        checkpoint(lambda x: (x * W).exp().sin(), X, use_reentrant=reentrant).sum().backward()
    checkpoint(lambda x: (x * W).exp(), X, use_reentrant=False)
    X.grad = W.grad = None


def saved_tensor_hooks() -> None:
    with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor.clone(), lambda tensor: tensor):
        y = (X * W).exp()
    y.sum().backward()
    with torch.autograd.graph.save_on_cpu():
        (X * W).exp().sum().backward()
    X.grad = W.grad = None


def in_place_on_views() -> None:
    y = X * 2
    y[0].mul_(3)
    y.view(32, 32)[1] = W[0]
    y.exp_()
    y.sum().backward()
    X.grad = W.grad = None


def func_gradients() -> None:
    x = torch.ones(1024)
    torch.func.grad(lambda x: (x.exp() * W).sum())(x)
    torch.func.vjp(torch.sin, x)[1](x)
    torch.func.grad(torch.func.grad(lambda x: x.sin()))(x[0])


def func_jvp() -> None:
    x = torch.ones(1024)
    torch.func.jvp(lambda x: x.exp() * x, (x,), (x,))
    torch.func.hessian(lambda x: (x**3).sum())(x[:3])
    torch.func.jacfwd(Transformed.apply)(x[:3])
    with torch.autograd.forward_ad.dual_level():
        torch.autograd.forward_ad.make_dual(x, x).sin_()


def func_vmap() -> None:
    x = torch.ones(4, 128)
    torch.vmap(torch.func.grad(lambda x: (x.exp() * x).sum()))(x)
    torch.vmap(torch.func.grad(lambda x: Transformed.apply(x).sum()))(x)
    torch.vmap(lambda x: torch.rand(2) + x[0], randomness="different")(x)
    torch.autograd.functional.jacobian(lambda x: x * x, x[0, :8], vectorize=True)


def errors_in_backward() -> None:
    y = X * W
    y.register_hook(lambda grad: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        y.sum().backward()
    with pytest.raises(RuntimeError):
        torch.func.grad(lambda x: x)(X)
    z = (X * W).exp()
    z.add_(1)
    with pytest.raises(RuntimeError):
        z.sum().backward()


def anomaly() -> None:
    with torch.autograd.detect_anomaly():
        (X * W).exp().sum().backward()
    X.grad = W.grad = None


RECIPES = [
    create_graph, gradient_penalty, never_differentiated, retained_graph, hooks_on_outputs, hooks_that_hold_another, hooks_removed,
    multi_hooks, custom_function, custom_function_twice, checkpoints, saved_tensor_hooks, in_place_on_views, func_gradients, func_jvp,
    func_vmap, errors_in_backward, anomaly,
]  # fmt: skip


def growth(step: Callable[[], None], count: int) -> tuple[int, int]:
    """By how many bytes and objects memory grows over some steps, after a few to fill caches."""
    for _ in range(10):
        step()
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        step()
        before, objects = tracemalloc.get_traced_memory()[0], len(gc.get_objects())
        for _ in range(count):
            step()
        return tracemalloc.get_traced_memory()[0] - before, len(gc.get_objects()) - objects
    finally:
        tracemalloc.stop()
        gc.enable()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("step", RECIPES, ids=lambda step: step.__name__)
def test_memory_is_flat(step: Callable[[], None]) -> None:
    grown, objects = growth(step, STEPS)
    assert objects < STEPS // 4
    assert grown < 1000 * STEPS  # one tensor a step would be 4096; Python keeps some freed tuples


def test_a_leak_is_seen() -> None:
    kept: list[Any] = []
    grown, objects = growth(lambda: kept.append((X * W).exp()), STEPS)
    assert objects >= STEPS
    assert grown > 4096 * STEPS
