"""Time transforms of functions and derivatives of higher order: ``python benchmarks/func.py [WORD ...] [--rounds N]``.

The workloads are programs that researchers write: Hessians, gradients for each sample, penalties on gradients, solvers of ordinary
differential equations. Options, figures and how to read them are those of run.py beside this file.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any

import run
from run import Workload, workload

run.WORKLOADS.clear()


# ---------------------------------------------------------------- small functions


@workload("func.grad of (x.sin() * x).sum(), 5 elements", 5.0)
def small_grad(torch: Any) -> Workload:
    x = torch.linspace(0.1, 1.0, 5)
    gradient = torch.func.grad(lambda x: (x.sin() * x).sum())
    return lambda: gradient(x)


@workload("func.grad of x * x, scalar", 5.0)
def scalar_grad(torch: Any) -> Workload:
    x = torch.tensor(3.0)
    gradient = torch.func.grad(lambda x: x * x)
    return lambda: gradient(x)


@workload("func.grad of func.grad of x.sin(), scalar")
def second_grad(torch: Any) -> Workload:
    x = torch.tensor(0.5)
    second = torch.func.grad(torch.func.grad(torch.sin))
    return lambda: second(x)


@workload("func.vjp of x.exp() * 2, 5 elements")
def small_vjp(torch: Any) -> Workload:
    x = torch.linspace(0.1, 1.0, 5)

    def run_it() -> Any:
        value, product = torch.func.vjp(lambda x: x.exp() * 2, x)
        return product(value)

    return run_it


@workload("func.jvp of (x.sin() * x).sum(), 5 elements")
def small_jvp(torch: Any) -> Workload:
    x, v = torch.linspace(0.1, 1.0, 5), torch.ones(5)
    return lambda: torch.func.jvp(lambda x: (x.sin() * x).sum(), (x,), (v,))


@workload("vmap of (x.sin() * x).sum(), 8 examples of 5")
def small_vmap(torch: Any) -> Workload:
    x = torch.linspace(0.1, 1.0, 40).reshape(8, 5)
    mapped = torch.vmap(lambda x: (x.sin() * x).sum())
    return lambda: mapped(x)


# ---------------------------------------------------------------- Hessians and Jacobians


def rosenbrock(x: Any) -> Any:
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


@workload("func.hessian of a function of 50 variables", 3.0)
def func_hessian(torch: Any) -> Workload:
    x = torch.linspace(-1.0, 1.0, 50, dtype=torch.float64)
    matrix = torch.func.hessian(rosenbrock)
    return lambda: matrix(x)


@workload("autograd.functional.hessian of a function of 50 variables", 3.0)
def functional_hessian(torch: Any) -> Workload:
    x = torch.linspace(-1.0, 1.0, 50, dtype=torch.float64)
    return lambda: torch.autograd.functional.hessian(rosenbrock, x)


@workload("autograd.functional.hessian, vectorize=True, of a function of 50 variables", 3.0)
def vectorized_hessian(torch: Any) -> Workload:
    x = torch.linspace(-1.0, 1.0, 50, dtype=torch.float64)
    return lambda: torch.autograd.functional.hessian(rosenbrock, x, vectorize=True)


@workload("jacrev of a layer 20 to 10")
def layer_jacrev(torch: Any) -> Workload:
    torch.manual_seed(0)
    w, x = torch.randn(20, 10), torch.randn(20)
    matrix = torch.func.jacrev(lambda x: (x @ w).tanh())
    return lambda: matrix(x)


@workload("jacfwd of a layer 10 to 20")
def layer_jacfwd(torch: Any) -> Workload:
    torch.manual_seed(0)
    w, x = torch.randn(10, 20), torch.randn(10)
    matrix = torch.func.jacfwd(lambda x: (x @ w).tanh())
    return lambda: matrix(x)


# ---------------------------------------------------------------- models


def perceptron(torch: Any, *sizes: int) -> Any:
    torch.manual_seed(0)
    layers: list[Any] = []
    for a, b in itertools.pairwise(sizes):
        layers += [torch.nn.Linear(a, b), torch.nn.Tanh()]
    return torch.nn.Sequential(*layers[:-1])


@workload("gradients for each of 32 samples, vmap(grad), MLP 10-32-1", 2.0)
def per_sample(torch: Any) -> Workload:
    model = perceptron(torch, 10, 32, 1)
    parameters = {name: value.detach() for name, value in model.named_parameters()}
    inputs, targets = torch.randn(32, 10), torch.randn(32, 1)

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        found = torch.func.functional_call(model, parameters, (x.unsqueeze(0),))
        return torch.nn.functional.mse_loss(found, y.unsqueeze(0))

    gradients = torch.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))
    return lambda: gradients(parameters, inputs, targets)


@workload("gradients for each of 32 samples, one backward pass a sample, MLP 10-32-1", 2.0)
def per_sample_loop(torch: Any) -> Workload:
    model = perceptron(torch, 10, 32, 1)
    parameters = list(model.parameters())
    inputs, targets = torch.randn(32, 10), torch.randn(32, 1)

    def run_it() -> Any:
        found = []
        for x, y in zip(inputs.split(1), targets.split(1), strict=True):
            found.append(torch.autograd.grad(torch.nn.functional.mse_loss(model(x), y), parameters))
        return found

    return run_it


@workload("gradient penalty of a critic 4-32-32-1, batch 16", 3.0)
def penalty(torch: Any) -> Workload:
    critic = perceptron(torch, 4, 32, 32, 1)
    x = torch.randn(16, 4)

    def run_it() -> None:
        points = x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
        ((slope.norm(2, dim=1) - 1) ** 2).mean().backward()

    return run_it


@workload("an ensemble of 5 models, vmap over stacked parameters, MLP 10-32-1")
def ensemble(torch: Any) -> Workload:
    models = [perceptron(torch, 10, 32, 1) for _ in range(5)]
    parameters, buffers = torch.func.stack_module_state(models)
    x = torch.randn(8, 10)

    def call(parameters: Any, buffers: Any, x: Any) -> Any:
        return torch.func.functional_call(models[0], (parameters, buffers), (x,))

    mapped = torch.vmap(call, in_dims=(0, 0, None))
    return lambda: mapped(parameters, buffers, x)


@workload("RK4, 200 steps of Lotka-Volterra, forward and backward", 3.0)
def solver(torch: Any) -> Workload:
    start = torch.tensor([1.0, 0.5], dtype=torch.float64)
    rates = torch.tensor([1.1, 0.4, 0.1, 0.4], dtype=torch.float64, requires_grad=True)

    def slope(state: Any) -> Any:
        x, y = state[0], state[1]
        return torch.stack([rates[0] * x - rates[1] * x * y, rates[2] * x * y - rates[3] * y])

    def run_it() -> None:
        state, h = start, 0.05
        for _ in range(200):
            k1 = slope(state)
            k2 = slope(state + h / 2 * k1)
            k3 = slope(state + h / 2 * k2)
            k4 = slope(state + h * k3)
            state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        state.sum().backward()

    return run_it


if __name__ == "__main__":
    sys.exit(run.main(sys.argv[1:]))
