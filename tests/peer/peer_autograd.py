"""Building graphs, leaf rules, backward, grad, accumulation, higher orders."""


def notebook_requires_grad_spreads(torch, log):
    x, y = torch.ones(1), torch.ones(1)
    z = x + y
    log(x.requires_grad, y.requires_grad, z.requires_grad)
    log(x.requires_grad_() is x, x.requires_grad)
    z = x + y
    log(z.requires_grad)
    log.show(x, y, z)


def notebook_backward(torch, log):
    y = torch.tensor([[1, 2], [3, 4]], dtype=torch.float32, requires_grad=True)
    log.show(y, y.sum(), y.max())
    z = 2 * y + 1
    log.show(z)
    log(y.grad, y.grad_fn, z.grad_fn)
    log(log.warns(lambda: z.grad))
    log.error(z.backward)
    out = z.sum()
    log.show(out)
    seen = []
    handle = z.register_hook(seen.append)
    log(repr(handle))
    out.backward(retain_graph=True)
    log.show(y.grad)
    log(log.warns(lambda: z.grad), log.warns(lambda: out.grad))
    log.show(*seen)
    out.backward(retain_graph=True)
    log.show(y.grad)
    y.grad.zero_()
    out.backward()
    log.show(y.grad)
    log.error(out.backward)


def notebook_detach_shares_and_is_caught(torch, log):
    a = torch.tensor([1, 2, 3.0], requires_grad=True)
    b = a.exp()
    c = b.detach()
    log(c, c.zero_(), b._version, c._version)
    log.show(b)
    log.error(lambda: b.sum().backward())
    log(a.grad)


def notebook_data_shares_and_is_not_caught(torch, log):
    a = torch.tensor([1, 2, 3.0], requires_grad=True)
    b = a.exp()
    c = b.data
    log(c, c.zero_(), b._version, c._version)
    log.show(b)
    b.sum().backward()
    log.show(a.grad)


def leaf_rules(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    log(x.is_leaf, y.is_leaf, x.detach().is_leaf, torch.ones(2).is_leaf)
    log.error(lambda: y.requires_grad_(False))
    log.error(lambda: setattr(y, "requires_grad", False))
    log.error(lambda: torch.ones(2, dtype=torch.int64).requires_grad_())
    log.error(lambda: torch.ones(2, dtype=torch.int64, requires_grad=True))
    log.error(lambda: torch.tensor([True], requires_grad=True))
    y.requires_grad_()
    x.requires_grad = False
    log(x, y)


def grad_attribute_is_checked(torch, log):
    x = torch.ones(2, 3, requires_grad=True)
    log.error(lambda: setattr(x, "grad", torch.ones(3)))
    log.error(lambda: setattr(x, "grad", torch.ones(2, 3, dtype=torch.float64)))
    log.error(lambda: setattr(x, "grad", 1.0))
    log.error(lambda: setattr(x, "grad", x))
    log.error(lambda: setattr(x, "grad_fn", None))
    x.grad = torch.full((2, 3), 5.0)
    log(x.grad)
    (x * 2).sum().backward()
    log(x.grad)
    x.grad = None
    log(x.grad)
    del x.grad
    log(x.grad)


def graph_names_and_next_functions(torch, log):
    x = torch.ones(2, 3, requires_grad=True)
    w = torch.ones(3, 2, requires_grad=True)
    out = ((x @ w).relu() * 2 - 1).pow(2).mean()
    log(out.grad_fn, out.grad_fn.name(), out.grad_fn.next_functions[0][0].name())
    log(len(out.grad_fn.next_functions), out.grad_fn.next_functions[0][1])
    accumulate = (x * 1).grad_fn.next_functions[0][0]
    log(accumulate.name(), accumulate.variable is x, accumulate.next_functions)
    log((x * 1).grad_fn.next_functions, (1 - x).grad_fn.name(), (x / 2).grad_fn.name(), (2 / x).grad_fn)
    log((-x).grad_fn.name(), (x**2).grad_fn.name(), (2**x).grad_fn.name(), (x**w.t()).grad_fn.name())


def node_saved_fields(torch, log):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x.exp()
    log(y.grad_fn._saved_result)
    product = x * y
    log(product.grad_fn._saved_self, product.grad_fn._saved_other)
    power = x**3
    log(power.grad_fn._saved_self, power.grad_fn._saved_exponent)
    total = x.sum()
    log(total.grad_fn._saved_self_sym_sizes)
    log(x.reshape(2, 1).expand(2, 3).sum(1).grad_fn._saved_dim)
    product.sum().backward()
    log.error(lambda: product.grad_fn._saved_self)


def node_metadata(torch, log):
    x = torch.ones(2, requires_grad=True)
    node = (x * 2).grad_fn
    node.metadata["name"] = 1
    log(node.metadata)
    y = x * 2
    y.grad_fn.metadata["key"] = "kept"
    log(y.grad_fn.metadata, y.grad_fn is y.grad_fn)


def retain_grad_on_inner_and_leaf(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    log(y.retains_grad, x.retains_grad)
    y.retain_grad()
    x.retain_grad()
    log(y.retains_grad, x.retains_grad)
    (y * y).sum().backward()
    log(x.grad, y.grad)
    log.error(lambda: torch.ones(2).retain_grad())


def retain_grad_follows_in_place(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    y.retain_grad()
    y.mul_(2)
    log(y.retains_grad)
    y.sum().backward()
    log(y.grad, x.grad)


def backward_with_gradient(torch, log):
    x = torch.arange(4.0, requires_grad=True)
    y = x * x
    y.backward(torch.tensor([1.0, 10.0, 100.0, 1000.0]), retain_graph=True)
    log(x.grad)
    log.error(lambda: y.backward(torch.ones(3)))
    log.error(lambda: y.backward(torch.ones(4, dtype=torch.complex64)))
    log.error(lambda: y.backward(1.0))
    y.backward(torch.ones(4, dtype=torch.float64))
    log(x.grad)


def backward_into_chosen_inputs(torch, log):
    x = torch.ones(2, requires_grad=True)
    w = torch.full((2,), 3.0, requires_grad=True)
    y = x * w
    y.sum().backward(inputs=[w], retain_graph=True)
    log(x.grad, w.grad)
    y.sum().backward(inputs=[x])
    log(x.grad, w.grad)
    log.error(lambda: (x * w).sum().backward(inputs=[]))


def backward_into_inner_inputs(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    z = y * y
    z.sum().backward(inputs=[y])
    log(x.grad, log.warns(lambda: y.grad))


def grad_function(torch, log):
    x = torch.arange(3.0, requires_grad=True)
    w = torch.ones(3, requires_grad=True)
    y = (x * x * w).sum()
    log(torch.autograd.grad(y, [x, w], retain_graph=True))
    log(torch.autograd.grad(y, x))
    log(x.grad, w.grad)
    log.error(lambda: torch.autograd.grad(y, x))


def grad_of_unused(torch, log):
    x = torch.arange(3.0, requires_grad=True)
    unused = torch.ones(2, requires_grad=True)
    log.error(lambda: torch.autograd.grad((x * 2).sum(), [x, unused]))
    log(torch.autograd.grad((x * 2).sum(), [x, unused], allow_unused=True))
    log(torch.autograd.grad((x * 2).sum(), [x, unused], materialize_grads=True))
    log.error(lambda: torch.autograd.grad((x * 2).sum(), torch.ones(2)))
    log.error(lambda: torch.autograd.grad(torch.ones(1), x))
    log.error(lambda: torch.autograd.grad([], [x]))
    log.error(lambda: torch.autograd.grad((x * 2).sum(), []))


def grad_outputs_several(torch, log):
    x = torch.arange(3.0, requires_grad=True)
    y, z = x * 2, x * x
    log(torch.autograd.grad([y, z], [x], [torch.ones(3), torch.full((3,), 10.0)], retain_graph=True))
    log.error(lambda: torch.autograd.grad([y, z], [x], [torch.ones(3), None]))
    log.error(lambda: torch.autograd.grad([y, z], [x], [torch.ones(3)]))


def autograd_backward_function(torch, log):
    x = torch.arange(3.0, requires_grad=True)
    torch.autograd.backward([x.sum(), (x * x).sum()])
    log(x.grad)
    torch.autograd.backward([x * 2], [torch.ones(3)])
    log(x.grad)
    log.error(lambda: torch.autograd.backward([x.sum()], [torch.ones(()), torch.ones(())]))


def higher_orders(torch, log):
    x = torch.tensor(2.0, requires_grad=True)
    y = x**5
    for _ in range(6):
        (y,) = torch.autograd.grad(y, x, create_graph=True)
        log(y)
        if not y.requires_grad:
            break


def create_graph_into_grad(torch, log):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    warned = log.warns(lambda: (x**3).sum().backward(create_graph=True))
    log(warned, x.grad)
    first = x.grad
    x.grad = None
    first.sum().backward()
    log(x.grad, first)


def hessian_by_double_backward(torch, log):
    x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
    y = (x.sin() * x.roll(1).exp()).sum()
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    log(g, [torch.autograd.grad(g[i], x, retain_graph=True)[0] for i in range(3)])


def accumulation_keeps_the_same_tensor(torch, log):
    x = torch.ones(3, requires_grad=True)
    (x * 2).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    log(x.grad is first, first, first._version)
    log(x._version)


def one_tensor_used_many_times(torch, log):
    x = torch.tensor([1.5, -0.5], requires_grad=True)
    y = x * x + x / x + x - x.exp() * x
    log(y)
    y.sum().backward()
    log(x.grad)


def broadcast_gradients(torch, log):
    a = torch.ones(3, 1, requires_grad=True)
    b = torch.ones(4, requires_grad=True)
    c = torch.tensor(2.0, requires_grad=True)
    ((a + b) * c / (b - 3)).sum().backward()
    log(a.grad, b.grad, c.grad)


def mixed_dtypes_gradients(torch, log):
    a = torch.ones(3, dtype=torch.float16, requires_grad=True)
    b = torch.ones(3, dtype=torch.float64, requires_grad=True)
    c = torch.ones(3, dtype=torch.bfloat16, requires_grad=True)
    out = (a * b + c).sum()
    log(out)
    out.backward()
    log(a.grad, b.grad, c.grad)


def complex_gradients(torch, log):
    z = torch.tensor([1 + 2j, -3.5j], requires_grad=True)
    log(z)
    (z * z.conj()).real.sum().backward()
    log(z.grad)
    z.grad = None
    z.abs().sum().backward()
    log(z.grad)
    log.error(lambda: (z * z).sum().backward())
    log.error(lambda: torch.autograd.grad((z * z).sum(), z))


def gradient_strides(torch, log):
    x = torch.arange(6.0).reshape(2, 3).t().requires_grad_()
    (x * 2).sum().backward()
    log(x, x.grad)
    y = torch.arange(6.0).reshape(2, 3).requires_grad_()
    (y.t() * torch.ones(3, 2)).sum().backward()
    log(y.grad)
    e = torch.ones(1, 3).requires_grad_()
    e.expand(4, 3).sum().backward()
    log(e.grad)


def max_min_share_between_ties(torch, log):
    x = torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 1.0]], requires_grad=True)
    for function in (lambda t: t.max(), lambda t: t.amax(1).sum(), lambda t: t.max(1).values.sum(), lambda t: t.min(),
                     lambda t: t.median(), lambda t: t.amin().sum(), lambda t: torch.maximum(t, t.flip(1)).sum()):  # fmt: skip
        (g,) = torch.autograd.grad(function(x), x)
        log(g)


def points_without_a_derivative(torch, log):
    x = torch.tensor([0.0, -1.0, 1.0, 6.0], requires_grad=True)
    for function in (torch.abs, torch.relu, torch.sign, torch.sqrt, torch.floor, lambda t: t.clamp(0, 1), lambda t: t**0,
                     lambda t: t.norm(), lambda t: torch.where(t > 0, t, 0.0), torch.nn.functional.softplus):  # fmt: skip
        (g,) = torch.autograd.grad(function(x).sum(), x)
        log(g)


def detach_and_data(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    d = y.detach()
    log(d, d.data_ptr() == y.data_ptr(), d._base is None, d._is_view())
    y.detach_()
    log(y)
    x.data = torch.full((2,), 7.0)
    log(x, x._version)
    x.data.mul_(2)
    log(x, x._version)
    log.error(lambda: setattr(x, "data", [1.0]))


def deep_chain_runs(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x
    for _ in range(3000):
        y = y * 1.0
    y.sum().backward()
    log(x.grad)


def train_a_line(torch, log):
    torch.manual_seed(3)
    x = torch.randn(20, 2)
    target = x @ torch.tensor([2.0, -3.0]) + 0.5
    w, b = torch.zeros(2, requires_grad=True), torch.zeros((), requires_grad=True)
    for _ in range(5):
        loss = ((x @ w + b - target) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
            b -= 0.1 * b.grad
        w.grad.zero_()
        b.grad = None
        log(loss.item(), w, b)
