"""Jacobians, Hessians and their products with vectors: values, graphs of recorded results, refusals."""

import importlib
import warnings


def functional(torch):
    return importlib.import_module(f"{torch.__name__}.autograd.functional")


def points(torch):
    return torch.tensor([1.0, 2.0]), torch.tensor(3.0), torch.tensor([1.0, 2.0], requires_grad=True)


def jacobians(torch, log):
    x, y, leaf = points(torch)
    jacobian = functional(torch).jacobian
    log(jacobian(lambda x: x.exp(), x), jacobian(lambda x: x.exp(), x, create_graph=True))
    log(jacobian(lambda x: x.exp(), leaf, create_graph=True), jacobian(lambda x: x.exp(), leaf))
    log(jacobian(lambda x, y: (x * y, x.sum()), (x, y)), jacobian(lambda x, y: (x * y,), (x, y)))
    log(jacobian(lambda x: (x * 2,), (x,)), jacobian(lambda x: torch.ones(3), x))
    log(jacobian(lambda x: x.outer(x), x))
    log.error(lambda: jacobian(lambda x: x[:0], x))
    with torch.no_grad():
        log(jacobian(lambda x: x * x, x))
    log(leaf.grad)


def jacobian_of_a_jacobian(torch, log):
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    found = functional(torch).jacobian(lambda x: (x**3).sum() * x, x, create_graph=True)
    found.sum().backward()
    log(found, x.grad)


def jacobian_refusals(torch, log):
    x, y, leaf = points(torch)
    jacobian = functional(torch).jacobian
    log.error(lambda: jacobian(lambda x: torch.ones(3), x, strict=True))
    log.error(lambda: jacobian(lambda x, y: x * 2, (x, y), strict=True))
    log.error(lambda: jacobian(lambda x: x * 2, (leaf,), strict=True, create_graph=True))
    log.error(lambda: jacobian(lambda x: x * 2, [x]))
    log.error(lambda: jacobian(lambda x: [x * 2], x))
    log.error(lambda: jacobian(lambda x: x * 2, (x, 1)))
    log.error(lambda: jacobian(lambda x: x * 2, x, strategy="a"))
    log.error(lambda: jacobian(lambda x: x * 2, x, strategy="forward-mode"))


def hessians(torch, log):
    x, y, leaf = points(torch)
    hessian = functional(torch).hessian
    log(hessian(lambda x: x.pow(3).sum(), x), hessian(lambda x, y: (x.pow(3) * y).sum(), (x, y)))
    log(hessian(lambda x, y: (x.pow(3) * y).sum(), (leaf, y), create_graph=True), hessian(lambda x: (x.pow(2).sum()), (x,)))
    log(hessian(lambda x: x.pow(2).sum(), x, strict=True), hessian(lambda x: x.sum() + 0 * x.new_ones(1), x))
    log(hessian(lambda x: x.pow(2).sum(), leaf, strict=True, create_graph=True))
    log.error(lambda: hessian(lambda x: x.pow(3), x))
    log.error(lambda: hessian(lambda x: (x.sum(), x.sum()), x))
    log.error(lambda: hessian(lambda x: (x.sum(),), x))
    log.error(lambda: hessian(lambda x: x.sum(), x, strict=True))
    log.error(lambda: hessian(lambda x: x.sum(), 1.0))
    log.error(lambda: hessian(lambda x: x.pow(2).sum(), x, outer_jacobian_strategy="q"))


def products(torch, log, name):
    x, y, leaf = points(torch)
    product = getattr(functional(torch), name)
    scalar = name in ("hvp", "vhp")
    v = torch.tensor([1.0, 0.5])

    def function(x):
        return x.pow(3).sum() if scalar else x.exp()

    def linear(x):
        return x.sum() if scalar else 2 * x

    def square(x):
        return x.pow(2).sum() if scalar else x.pow(2)

    def first_only(x, y):
        return x.pow(2).sum() if scalar else 2 * x

    def both(x, y):
        return (x * y).pow(2).sum() if scalar else (x * y, x)

    pair = (v, y) if name != "vjp" else v
    log(product(function, x, v), product(function, x, v, create_graph=True), product(function, leaf, v, create_graph=True))
    log(product(function, y), product(function, (x,), (v,)), product(lambda x: torch.ones(() if scalar else 2), x, v))
    log(product(linear, x, v), product(first_only, (x, y), pair))
    log(product(both, (leaf, y), (v, y) if name != "vjp" else (v, v), create_graph=True))
    with torch.no_grad():
        log(product(function, x, v))
    log.error(lambda: product(lambda x: torch.ones(() if scalar else 2), x, v, strict=True))
    log.error(lambda: product(linear, x, v, strict=True))
    log.error(lambda: product(linear, leaf, v, strict=True, create_graph=True))
    log.error(lambda: product(first_only, (x, y), pair, strict=True))
    log.error(lambda: product(square, leaf, v, strict=True, create_graph=True))
    log.error(lambda: product(function, x))
    log.error(lambda: product(function, x, torch.ones(3)))
    log.error(lambda: product(function, (x,), (v, v)))
    log.error(lambda: product(function, x, (v, v)))
    log.error(lambda: product(both, (x, y), (v, v)))
    log.error(lambda: product(function, x, 1.0))
    log.error(lambda: product(lambda x: (x.pow(2).sum(),), x, v))
    log.error(lambda: product(lambda x: 1.0, x, v))
    log.error(lambda: product(function, 1.0, v))


def vjp(torch, log):
    products(torch, log, "vjp")


def jvp(torch, log):
    products(torch, log, "jvp")


def hvp(torch, log):
    products(torch, log, "hvp")


def vhp(torch, log):
    products(torch, log, "vhp")


def complex_products(torch, log):
    z = torch.tensor([1 + 2j, 3 - 1j], dtype=torch.complex128)
    v = torch.tensor([1j, 2.0], dtype=torch.complex128)
    log(functional(torch).vjp(lambda z: z * z, z, v), functional(torch).jvp(lambda z: z * z, z, v))
    log(functional(torch).jvp(lambda z: z.exp() * z, z, v))


def vectorized(torch, log):
    warnings.simplefilter("ignore")  # PyTorch's own, about torch.jit

    def values(found):
        return found.tolist() if isinstance(found, torch.Tensor) else [values(entry) for entry in found]

    f = functional(torch)
    x = torch.tensor([0.5, 1.5])
    y = torch.tensor([2.0, 3.0])
    for strategy in ("reverse-mode", "forward-mode"):
        log(values(f.jacobian(torch.sin, x, vectorize=True, strategy=strategy)))
        log(values(f.jacobian(lambda a: (a * 2, a.sum()), x, vectorize=True, strategy=strategy)))
        log(values(f.jacobian(lambda a, b: (a * b, (a + b).sin()), (x, y), vectorize=True, strategy=strategy)))
        log(values(f.jacobian(lambda a: a.outer(a), x, vectorize=True, strategy=strategy)))
        log(values(f.jacobian(lambda a: torch.ones(2), x, vectorize=True, strategy=strategy)))
        log(values(f.jacobian(lambda a, b: a * 3, (x, y), vectorize=True, strategy=strategy)))
        hessian = f.hessian(lambda a: (a**3).sum(), x, vectorize=True, outer_jacobian_strategy=strategy)
        log(hessian.tolist())
        hessian = f.hessian(lambda a, b: (a * b * b).sum(), (x, y), vectorize=True, outer_jacobian_strategy=strategy)
        log(values(hessian))
    leaf = torch.tensor([0.5, 1.5], requires_grad=True)
    j = f.jacobian(lambda a: a**3, leaf, create_graph=True, vectorize=True)
    log(j.requires_grad, values(torch.autograd.grad(j.sum(), leaf)))
    h = f.hessian(lambda a: (a**3).sum(), leaf, create_graph=True, vectorize=True)
    log(h.requires_grad, values(torch.autograd.grad(h.sum(), leaf)))
    log.error(lambda: f.jacobian(torch.sin, x, strict=True, vectorize=True))
    log.error(lambda: f.jacobian(torch.sin, x, strategy="forward-mode"))
    log.error(lambda: f.jacobian(torch.sin, x, strategy="forward-mode", vectorize=True, create_graph=True))
    log.error(lambda: f.jacobian(torch.sin, x, strategy="forward-mode", vectorize=True, strict=True))
    log.error(lambda: f.jacobian(torch.sin, x, strategy="sideways"))
    log.error(lambda: f.hessian(lambda a: a.sum(), x, outer_jacobian_strategy="sideways"))
    log.error(lambda: f.hessian(lambda a: a.sum(), x, outer_jacobian_strategy="forward-mode"))
    log.error(lambda: f.hessian(lambda a: a.sum(), x, vectorize=True, strict=True))
    log.error(lambda: f.jacobian(lambda a: a * 1j, x))
    log.error(lambda: f.jacobian(lambda a: a * 2, torch.tensor([1, 2])))
    log.error(lambda: f.jacobian(lambda a: a * 2, torch.ones(0)))
