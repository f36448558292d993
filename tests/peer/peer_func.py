"""torch.func: gradients, products and Jacobians of functions, in every composition; refusals."""

import importlib
import warnings


def tools(torch):
    f = torch.func
    with warnings.catch_warnings():  # PyTorch loads its decompositions, with a warning, on first use
        warnings.simplefilter("ignore")
        f.jvp(torch.sin, (torch.ones(1),), (torch.ones(1),))
    return f.grad, f.grad_and_value, f.vjp, f.jvp, f.jacrev, f.jacfwd, f.hessian, torch.vmap


class Values:
    """A log of values: tensors by their contents, whatever their strides and how often a formula wrote into them."""

    def __init__(self, torch, log):
        self.torch, self.log, self.error = torch, log, log.error

    def __call__(self, *values):
        tree_map_only = importlib.import_module(f"{self.torch.__name__}.utils._pytree").tree_map_only
        self.log(*tree_map_only(self.torch.Tensor, lambda t: t.detach().clone().contiguous(), list(values)))


def row(torch, *shape):
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float64) * 0.37 - 0.9).sin().reshape(shape)


def gradients(torch, log):
    log = Values(torch, log)
    grad, grad_and_value, *_ = tools(torch)
    x = row(torch, 2, 3)
    log(grad(lambda a: (a**3).sum())(x), grad_and_value(lambda a: a.sin().sum())(x))
    log(grad(lambda a, b: (a * b).sum(), argnums=1)(x, x + 1), grad(lambda a, b: (a * b).sum(), argnums=(0, -1))(x, x + 1))
    log(grad(lambda a: a["p"].sum() * a["q"][0])({"p": x, "q": [x[0, 0], x]}))
    log(grad(lambda a: ((a * 2).sum(), (a, {"s": a.sin()})), has_aux=True)(x))
    log(grad_and_value(lambda a: ((a * 2).sum(), a.exp()), has_aux=True)(x))
    log(grad(lambda a, *, k: (a * k).sum())(x, k=3.0), grad(lambda a: torch.ones((), dtype=torch.float64))(x))
    log(grad(grad(lambda a: a.sin()))(x[0, 0]), grad(grad(grad(lambda a: a**4)))(x[0, 1]))


def perturbations_stay_apart(torch, log):
    log = Values(torch, log)
    grad, _, _vjp, jvp, *_ = tools(torch)
    x, y = torch.tensor(2.0), torch.tensor(5.0)
    log(grad(lambda a: a * grad(lambda b: a + b)(y))(x), grad(lambda a: a * grad(lambda b: a * b * b)(a))(x))
    log(jvp(lambda a: a * jvp(lambda b: a + b, (y,), (torch.ones(()),))[1], (x,), (torch.ones(()),)))
    log(jvp(lambda a: a * grad(lambda b: a * b * b)(a), (x,), (torch.ones(()),)))
    log(grad(lambda a: a * jvp(lambda b: a * b * b, (a,), (torch.ones(()),))[1])(x))


def refusals_of_grad(torch, log):
    log = Values(torch, log)
    grad, *_ = tools(torch)
    x = torch.arange(3.0)
    log.error(lambda: grad(lambda a: a)(x))
    log.error(lambda: grad(lambda a: 3.0)(x))
    log.error(lambda: grad(lambda a: (a.sum(), a))(x))
    log.error(lambda: grad(lambda a: a.sum(), has_aux=True)(x))
    log.error(lambda: grad(lambda a: (a.sum(), 3), has_aux=True)(x))
    for argnums in (1, -2, (0, 0), "0", ()):
        log.error(lambda argnums=argnums: grad(lambda a: a.sum(), argnums=argnums)(x))
    log.error(lambda: grad(lambda a: a.sum())(torch.arange(3)))
    log.error(lambda: grad(lambda a: a.sum())(3.0))
    log.error(lambda: grad(lambda a: a.mul_(2).sum())(x))
    log.error(lambda: grad(lambda a: a.sum())(x + 1j))
    log.error(lambda: grad(lambda a: a.requires_grad_().sum())(x))
    log.error(lambda: grad(lambda a: (a.sum().backward(), a.sum())[1])(x))


def grad_modes(torch, log):
    log = Values(torch, log)
    grad, _, vjp, *_ = tools(torch)
    x = torch.arange(3.0)

    def part(a):
        with torch.no_grad():
            c = a**2
        return (a - c).sum()

    log(grad(part)(x), grad(lambda a: (a.detach() * a).sum())(x))
    with torch.no_grad():
        log(grad(lambda a: (a**2).sum())(x))
    with torch.inference_mode():
        log(grad(lambda a: (a**2).sum())(x))
    leaf = torch.arange(3.0, requires_grad=True)
    weight = torch.tensor(2.0, requires_grad=True)
    found = grad(lambda a: (a**3 * weight).sum())(leaf)
    log(found.requires_grad, torch.autograd.grad(found.sum(), (leaf, weight)))
    with torch.no_grad():
        log(grad(lambda a: (a**3 * weight).sum())(leaf).requires_grad)
    value, product = vjp(lambda a: (a**2 * weight).sum(), x)
    log(value.requires_grad, product(torch.tensor(1.0))[0].requires_grad, grad(lambda a: (a**2).sum())(x).requires_grad)


def products(torch, log):
    log = Values(torch, log)
    _, _, vjp, jvp, *_ = tools(torch)
    x = row(torch, 3)
    value, product = vjp(lambda a: (a.sin(), {"b": a.sum()}), x)
    log(value, product((x, {"b": x[0]})), product((x * 2, {"b": x[1]})))
    value, product, aux = vjp(lambda a: (a * a, a.cos()), x, has_aux=True)
    log(value, product(x), aux)
    value, product = vjp(lambda a, b: a * b["c"], x, {"c": x})
    log(value, product(x))
    log(jvp(lambda a: (a.sin(), [a.sum()]), (x,), (x * 2,)), jvp(lambda a, b: a * b, (x, x), (x, x + 1)))
    log(jvp(lambda a: (a * a, a), (x,), (x,), has_aux=True), jvp(lambda a: torch.ones(2), (x,), (x,)))


def refusals_of_products(torch, log):
    log = Values(torch, log)
    _, _, vjp, jvp, *_ = tools(torch)
    x = torch.arange(3.0)
    log.error(lambda: vjp(lambda a: 3, x))
    log.error(lambda: vjp(lambda a: (a, 3), x))
    log.error(lambda: vjp(lambda a: [], x))
    log.error(lambda: vjp(lambda a: (a, a), x)[1](x))
    log.error(lambda: vjp(lambda a: a, x)[1](x[:2]))
    log.error(lambda: vjp(lambda a: a * a, x, has_aux=True))
    log.error(lambda: jvp(lambda a: a, x, x))
    log.error(lambda: jvp(lambda a: a, (x,), (x, x)))
    log.error(lambda: jvp(lambda a: a, (x,), (x[:2],)))
    log.error(lambda: jvp(lambda a: a, (), ()))
    log.error(lambda: jvp(lambda a: a, (3,), (3,)))
    log.error(lambda: jvp(lambda a: 3, (x,), (x,)))
    log.error(lambda: jvp(lambda a: torch.ones(2), (x,), (x,), strict=True))
    log.error(lambda: jvp(lambda a: a, (x,), (x,), has_aux=True))


def jacobians(torch, log):
    log = Values(torch, log)
    *_, jacrev, jacfwd, _hessian, _vmap = tools(torch)
    x = row(torch, 3)
    for jac in (jacrev, jacfwd):
        log(jac(lambda a: a.sin() * a.sum())(x), jac(lambda a: {"o": a, "p": (a.sum(),)})(x), jac(lambda a: a["i"] ** 2)({"i": x}))
        log(jac(lambda a, b: a * b, argnums=(0, 1))(x, x), jac(lambda a, b: a * b, argnums=1)(x, x))
        log(jac(lambda a: (a * 2, a.exp()), has_aux=True)(x), jac(lambda a: a.sum())(x), jac(lambda a: a.outer(a))(x))
        log.error(lambda jac=jac: jac(lambda a: a)(x + 1j))
        log.error(lambda jac=jac: jac(lambda a: a, argnums=3)(x))
        log.error(lambda jac=jac: jac(lambda a: 3)(x))
    log(jacrev(lambda a: a.sin(), chunk_size=2)(x), jacrev(lambda a: a.sin(), chunk_size=1)(x))
    log.error(lambda: jacrev(lambda a: a, chunk_size=-1))
    log.error(lambda: jacrev(lambda a: torch.ones(2, dtype=torch.long))(x))
    log.error(lambda: jacfwd(lambda a: a, randomness="z")(x))


def hessians_in_every_order(torch, log):
    log = Values(torch, log)
    grad, _, vjp, jvp, jacrev, jacfwd, hessian, vmap = tools(torch)
    x = row(torch, 3)

    def f(a):
        return (a.sin() * a.roll(1) ** 2).sum() + a.prod()

    log(hessian(f)(x), jacrev(jacrev(f))(x), jacfwd(jacfwd(f))(x), jacrev(jacfwd(f))(x), jacfwd(grad(f))(x), jacrev(grad(f))(x))
    log(jvp(grad(f), (x,), (x,))[1], vjp(grad(f), x)[1](x), grad(lambda a: jvp(f, (a,), (x,))[1])(x))
    log(hessian(lambda a, b: (a * b**2).sum(), argnums=(0, 1))(x, x + 1), hessian(f)(x.requires_grad_()).requires_grad)
    points = row(torch, 2, 3)
    log(vmap(hessian(f))(points), vmap(jacrev(grad(f)))(points), jacfwd(lambda a: vmap(grad(f))(a))(points).shape)
    log(grad(lambda a: vmap(lambda b: hessian(f)(b).trace())(a).sum())(points))


def linear_maps(torch, log):
    log = Values(torch, log)
    tools(torch)
    x = row(torch, 3)
    with warnings.catch_warnings():  # PyTorch's tracing has some to give
        warnings.simplefilter("ignore")
        value, product = torch.func.linearize(lambda a: (a.sin(), a.sum()), x)
        log(value, product(x), product(x * 2))
    log.error(lambda: product(x, x))
    log.error(lambda: product(x[:2]))
    log.error(lambda: product(x.float()))


def per_sample_gradients(torch, log):
    log = Values(torch, log)
    grad, _, _, _, _, _, _, vmap = tools(torch)
    x, w, b = row(torch, 4, 3), row(torch, 5, 3), row(torch, 5)

    def loss(parameters, point, target):
        hidden = torch.nn.functional.linear(point, parameters["w"], parameters["b"]).tanh()
        return torch.nn.functional.cross_entropy(hidden.unsqueeze(0), target.unsqueeze(0))

    target = torch.tensor([0, 3, 1, 4])
    log(vmap(grad(loss), (None, 0, 0))({"w": w, "b": b}, x, target))
    stacked = {"w": torch.stack([w, w + 1]), "b": torch.stack([b, b * 2])}
    log(vmap(vmap(grad(loss), (None, 0, 0)), (0, None, None))(stacked, x, target))
    log(vmap(grad(loss), (None, 0, 0), chunk_size=3)({"w": w, "b": b}, x, target)["b"])


class Cube:
    """A custom function in either library."""

    def __init__(self, torch):
        class Function(torch.autograd.Function):
            generate_vmap_rule = True

            @staticmethod
            def forward(x):
                return x**3, 3 * x**2

            @staticmethod
            def setup_context(ctx, inputs, output):
                ctx.save_for_backward(inputs[0], output[1])
                ctx.save_for_forward(inputs[0], output[1])

            @staticmethod
            def backward(ctx, g, h):
                x, d = ctx.saved_tensors
                return g * d + h * 6 * x

            @staticmethod
            def jvp(ctx, t):
                x, d = ctx.saved_tensors
                return d * t, 6 * x * t

        self.apply = lambda x: Function.apply(x)[0]


def custom_functions(torch, log):
    log = Values(torch, log)
    grad, _, _vjp, jvp, jacrev, jacfwd, _hessian, vmap = tools(torch)
    cube, x = Cube(torch).apply, row(torch, 3)
    log(vmap(cube)(x), vmap(grad(cube))(x), grad(lambda a: vmap(cube)(a).sum())(x), grad(grad(cube))(x[0]))
    log(jvp(cube, (x,), (x,)), jacrev(cube)(x), jacfwd(cube)(x), vmap(lambda a: jvp(cube, (a,), (a,))[1])(x))
    log(jacrev(jacrev(lambda a: cube(a).sum()))(x), vmap(vmap(cube))(x.reshape(1, 3)))


def modules(torch, log):
    log = Values(torch, log)
    functional_call, stack_module_state = torch.func.functional_call, torch.func.stack_module_state
    model = torch.nn.Linear(2, 3)
    weight, bias, x = row(torch, 3, 2).float(), row(torch, 3).float(), torch.tensor([1.0, 2.0])
    values = {"weight": weight, "bias": bias}
    log(functional_call(model, values, x), functional_call(model, (values,), (x,)), functional_call(model, values, kwargs={"input": x}))
    log(torch.func.grad(lambda p: functional_call(model, p, x).sum())(values), model.weight.grad is None)
    log.error(lambda: functional_call(model, {"weigh": weight}, x, strict=True))
    log.error(lambda: functional_call(model, [values, {"weight": weight}], x))
    log.error(lambda: functional_call(model, 3, x))
    models = [torch.nn.Linear(2, 3), torch.nn.Linear(2, 3)]
    with torch.no_grad():
        for number, entry in enumerate(models):
            entry.weight.copy_(weight * number)
            entry.bias.copy_(bias + number)
    parameters, buffers = stack_module_state(models)
    log(buffers, {name: (value.shape, value.requires_grad, value.is_leaf) for name, value in parameters.items()})
    log(torch.vmap(lambda p: functional_call(models[0], p, x))(parameters).detach())
    log.error(lambda: stack_module_state([]))
    log.error(lambda: stack_module_state([models[0], torch.nn.Linear(2, 3).eval()]))
    log.error(lambda: stack_module_state([models[0], torch.nn.ReLU()]))


def other_tools(torch, log):
    log = Values(torch, log)
    x = row(torch, 2, 6)
    log(torch.func.functionalize(lambda a: a.clone().mul_(2))(x))
    log.error(lambda: torch.func.functionalize(lambda a: a, remove="foo")(x))
    log(torch.func.rearrange(x, "a (b c) -> c b a", b=2), torch.func.rearrange(x, "... c -> c ..."))


def printed_forms(torch, log):
    log = Values(torch, log)
    grad, _, _, jvp, *_, vmap = tools(torch)
    x, seen = torch.arange(6.0).reshape(2, 3), []
    grad(lambda a: (seen.append(repr(a)), seen.append(repr(a * 2)), a.sum())[2])(x)
    jvp(lambda a: (seen.append(repr(a)), a)[1], (x,), (x,))
    vmap(lambda a: (seen.append(repr(a)), a)[1])(x)
    vmap(vmap(lambda a: (seen.append(repr(a)), a)[1]))(x)
    vmap(grad(lambda a: (seen.append(repr(a)), a.sum())[1]))(x)
    grad(lambda a: vmap(lambda b: (seen.append(repr(b)), b.sum())[1])(a).sum())(x)
    log(*seen)
