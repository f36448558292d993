"""xitorch, torchode, pytorch-minimize and torchquad: linear systems, roots, minima, initial values and integrals, with gradients"""

import torch
import torchode
from _show import classification, perceptron, show
from torchmin import Minimizer, least_squares, minimize
from torchmin.benchmarks import rosen
from torchquad import Boole, GaussLegendre, Simpson, Trapezoid
from xitorch import LinearOperator, integrate, interpolate, linalg, optimize


def with_xitorch():
    a = torch.randn(4, 4).requires_grad_()
    operator = LinearOperator.m(a @ a.mT + 4 * torch.eye(4), is_hermitian=True)
    right = torch.randn(4, 2)
    for method in ("exactsolve", "cg", "bicgstab", "gmres"):
        found = linalg.solve(operator, right, method=method, bck_options={"method": "exactsolve"})
        show(method, found, *torch.autograd.grad(found.sum(), a, create_graph=True))
    values, _ = linalg.symeig(operator, neig=2, method="exacteig")
    show("eigenvalues", values, *torch.autograd.grad(values.sum(), a))
    c = torch.tensor(2.0, requires_grad=True)
    root = optimize.rootfinder(lambda y, c: y**2 + torch.tanh(y) - c, torch.ones(3), params=(c,))
    (slope,) = torch.autograd.grad(root.sum(), c, create_graph=True)
    show("root", root, slope, *torch.autograd.grad(slope, c))
    show("equilibrium", optimize.equilibrium(lambda y, c: torch.cos(y) * c / 2, torch.ones(3), params=(c,)))
    show("integral", integrate.quad(lambda t, c: torch.exp(-t * c), 0.0, 1.0, params=(c,)))
    path = integrate.solve_ivp(lambda t, y, c: -c * y, torch.linspace(0, 1, 5), torch.ones(2), params=(c,))
    show("path", path, *torch.autograd.grad(path.sum(), c))
    places = torch.linspace(0, 3, 8)
    show("spline", interpolate.Interp1D(places, torch.sin(places), method="cspline")(torch.tensor([0.3, 1.7])))


def with_torchode():
    term = torchode.ODETerm(lambda t, y: -0.5 * y)
    start, times = torch.tensor([[1.2], [5.0], [-1.0]]), torch.linspace(0, 4, 8).repeat(3, 1)
    for method in (torchode.Dopri5, torchode.Tsit5, torchode.Heun):
        controller = torchode.IntegralController(atol=1e-6, rtol=1e-3, term=term)
        solver = torchode.AutoDiffAdjoint(method(term=term), controller)
        solution = solver.solve(torchode.InitialValueProblem(y0=start, t_eval=times))
        show(method.__name__, solution.ys)
        print(solution.stats, solution.status)


def with_minimize():
    start = torch.tensor([1.0, 8.0, 3.0], dtype=torch.float64)
    for method in ("bfgs", "l-bfgs", "cg", "newton-cg", "newton-exact", "trust-ncg", "trust-exact"):
        found = minimize(rosen, start, method=method, max_iter=40)
        print(method, found.nit)
        show(method, found.x, found.fun)
    residuals = least_squares(lambda v: torch.stack([v[0] - 1, 10 * (v[1] - v[0] ** 2)]), torch.zeros(2, dtype=torch.float64))
    show("least squares", residuals.x)
    (x, y), network = classification(), perceptron()
    optimizer = Minimizer(network.parameters(), method="bfgs", max_iter=5)
    show("network", optimizer.step(lambda: optimizer.zero_grad() or torch.nn.functional.cross_entropy(network(x), y)))


def with_torchquad():
    domain = torch.tensor([[0.0, 1.0], [-1.0, 1.0]], requires_grad=True)
    for method in (Trapezoid(), Simpson(), Boole(), GaussLegendre()):
        found = method.integrate(lambda x: torch.sin(x[:, 0]) + torch.exp(x[:, 1]), dim=2, N=121, integration_domain=domain)
        show(type(method).__name__, found, *torch.autograd.grad(found, domain))


def run():
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    try:
        with_xitorch()
    finally:
        torch.set_default_dtype(torch.float32)
    with_torchode()
    with_minimize()
    with_torchquad()


if __name__ == "__main__":
    run()
