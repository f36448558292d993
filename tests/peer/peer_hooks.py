"""Tensor hooks, node hooks, post-accumulate hooks, handles."""


def order_and_replacement(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    seen = []

    def named(name, factor):
        def hook(grad):
            seen.append((name, grad.tolist(), grad.requires_grad))
            return None if factor is None else grad * factor

        return hook

    y.register_hook(named("y1", 2))
    y.register_hook(named("y2", None))
    y.register_hook(named("y3", 10))
    x.register_hook(named("x1", 0.5))
    (y * y).sum().backward()
    log(seen, x.grad)


def removal(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    seen = []
    first = y.register_hook(lambda g: seen.append(1))
    second = y.register_hook(lambda g: seen.append(2))
    first.remove()
    first.remove()
    y.sum().backward(retain_graph=True)
    with y.register_hook(lambda g: seen.append(3)):
        y.sum().backward(retain_graph=True)
    y.sum().backward(retain_graph=True)
    second.remove()
    y.sum().backward()
    log(seen, x.grad)


def removal_inside_a_hook(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    seen = []
    handles = []

    def once(grad):
        seen.append("once")
        handles[0].remove()

    handles.append(y.register_hook(once))
    y.register_hook(lambda g: seen.append("always"))
    log.error(lambda: y.sum().backward(retain_graph=True))
    log.error(lambda: y.sum().backward(retain_graph=True))
    log(seen)


def hook_added_inside_a_hook(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    seen = []

    def outer(grad):
        seen.append("outer")
        x.register_hook(lambda g: seen.append("inner"))

    y.register_hook(outer)
    y.sum().backward(retain_graph=True)
    y.sum().backward()
    log(seen)


def wrong_hook_results(torch, log):
    x = torch.ones(2, requires_grad=True)
    for wrong in (1.0, torch.ones(3), torch.ones(2, dtype=torch.float64), "text", torch.ones(1, 2)):
        y = x * 3
        y.register_hook(lambda g, wrong=wrong: wrong)
        log.error(lambda y=y: y.sum().backward())
        log(x.grad)
        x.grad = None


def error_in_a_hook(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3

    def fails(grad):
        raise ValueError("from the hook")

    handle = y.register_hook(fails)
    log.error(lambda: y.sum().backward(retain_graph=True))
    log(x.grad)
    handle.remove()
    y.sum().backward()
    log(x.grad)


def hooks_that_cannot_be(torch, log):
    log.error(lambda: torch.ones(2).register_hook(print))
    log.error(lambda: torch.ones(2).register_post_accumulate_grad_hook(print))
    x = torch.ones(2, requires_grad=True)
    log.error(lambda: (x * 2).register_post_accumulate_grad_hook(print))
    log.error(lambda: x.register_hook(3) and (x * 2).sum().backward())


def post_accumulate(torch, log):
    x = torch.ones(2, requires_grad=True)
    seen = []

    def step(parameter):
        seen.append(("post", parameter is x, parameter.grad.tolist()))
        parameter.grad = None

    x.register_hook(lambda g: seen.append(("hook", g.tolist())))
    handle = x.register_post_accumulate_grad_hook(step)
    (x * 2).sum().backward()
    log(x.grad)
    (x * 3).sum().backward()
    handle.remove()
    (x * 4).sum().backward()
    log(seen, x.grad)


def node_hooks(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    z = y.exp()
    seen = []
    node = y.grad_fn
    node.register_prehook(lambda outputs: seen.append(("pre", [o.tolist() for o in outputs])))
    node.register_hook(lambda inputs, outputs: seen.append(("post", len(inputs), inputs[1] is None, len(outputs))))
    y.register_hook(lambda g: seen.append(("tensor", g.tolist())))
    z.sum().backward()
    log(seen, x.grad)


def node_hooks_replace(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    y.grad_fn.register_prehook(lambda outputs: (outputs[0] * 10,))
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] + 1, *inputs[1:]))
    y.sum().backward()
    log(x.grad)
    z = x * 3
    z.grad_fn.register_hook(lambda inputs, outputs: inputs[0])
    log.error(lambda: z.sum().backward())


def accumulate_node_hook(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    node = y.grad_fn.next_functions[0][0]
    seen = []
    node.register_prehook(lambda g: seen.append(("pre", g[0].tolist())))
    node.register_hook(lambda inputs, outputs: seen.append(("post", inputs, outputs[0].tolist(), x.grad.tolist())))
    y.sum().backward()
    log(seen)


def capture_hooks_with_grad(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    seen = []
    x.register_hook(lambda g: (seen.append("x"), g * 2)[1])
    y.register_hook(lambda g: (seen.append("y"), g * 5)[1])
    log(torch.autograd.grad((y * y).sum(), [x, y], retain_graph=True), seen)
    log(torch.autograd.grad((y * y).sum(), y), seen, x.grad)


def retain_grad_sees_hooks(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    y.register_hook(lambda g: g * 2)
    y.retain_grad()
    y.register_hook(lambda g: g * 5)
    y.sum().backward()
    log(y.grad, x.grad)


def hook_under_create_graph(torch, log):
    x = torch.tensor([2.0], requires_grad=True)
    y = x * x
    states = []
    y.register_hook(lambda g: states.append((g.requires_grad, torch.is_grad_enabled())))
    (g,) = torch.autograd.grad((y * y).sum(), x, create_graph=True)
    log(g, states)
    total = g.sum()
    with torch.no_grad():
        torch.autograd.grad(total, x)
    log(states)


def order_of_nodes(torch, log):
    order = []

    def watch(tensor, name):
        tensor.register_hook(lambda g: order.append(name))
        return tensor

    x = watch(torch.ones(2, requires_grad=True), "x")
    w = watch(torch.ones(2, requires_grad=True), "w")
    a = watch(x * 2, "a")
    b = watch(w.exp(), "b")
    c = watch(a + b, "c")
    d = watch(a * x, "d")
    e = watch(c - d, "e")
    e.sum().backward()
    log(order, x.grad, w.grad)


def graph_hooks_see_versions(torch, log):
    x = torch.ones(2, requires_grad=True)

    def writes(grad):
        grad.mul_(2)

    y = x * 3
    y.register_hook(writes)
    log.error(lambda: y.sum().backward())
    log(x.grad)


def saved_tensor_hooks(torch, log):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    seen = []

    def pack(t):
        seen.append(("pack", t.tolist(), t.requires_grad))
        return t.tolist()

    def unpack(packed):
        seen.append(("unpack", packed))
        return torch.tensor(packed)

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = x * x
        z = y.exp()
    (y.sum() + z.sum()).backward()
    log(seen, x.grad)


def hooks_see_one_tensor(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    kept = []
    y.register_hook(lambda grad: kept.append(grad))
    y.register_hook(lambda grad: kept.append(grad) or setattr(grad, "note", "seen"))
    y.register_hook(lambda grad: log(hasattr(grad, "note")))
    y.grad_fn.register_prehook(lambda grads: kept.append(grads[0]))
    y.grad_fn.register_hook(lambda inputs, outputs: kept.extend([inputs[0], outputs[0]]) and None)
    x.register_hook(lambda grad: kept.append(grad))
    x.register_hook(lambda grad: kept.append(grad))
    y.sum().backward()
    log([[first is second for second in kept] for first in kept])


def answer_of_a_hook_is_seen_by_the_next(torch, log):
    x = torch.ones(2, requires_grad=True)
    answers, seen = [], []
    x.register_hook(lambda grad: answers.append(grad * 2) or answers[-1])
    x.register_hook(lambda grad: seen.append(grad))
    (x * x).sum().backward()
    log(answers[0] is seen[0], seen, x.grad)


def packed_tangents(torch, log):
    """Saved tensors keep their tangents and their examples through pack and unpack hooks, which see neither."""
    forward_ad = torch.autograd.forward_ad
    for pack, unpack in ((lambda t: t, lambda t: t), (lambda t: t * 2, lambda t: t / 2)):
        with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
            for function in (lambda x: (x**3).sum(), lambda x: x.exp().sum(), lambda x: (x.sin() * x).sum()):
                for strategy in ("forward-mode", "reverse-mode"):
                    log(torch.autograd.functional.hessian(function, torch.ones(2), vectorize=True, outer_jacobian_strategy=strategy).detach())
                with forward_ad.dual_level():
                    point = torch.ones(2, requires_grad=True)
                    made = function(forward_ad.make_dual(point, torch.full((2,), 3.0)))
                    log(forward_ad.unpack_dual(torch.autograd.grad(made, point, create_graph=True)[0]).tangent.detach())


def primal_of_dual(torch, log):
    """The node of an unpacked primal has PyTorch's name, and no class of its own."""
    forward_ad = torch.autograd.forward_ad
    with forward_ad.dual_level():
        point = torch.ones(2, requires_grad=True)
        for value in (forward_ad.make_dual(point * 1, torch.ones(2)), point, point * 2):
            primal = forward_ad.unpack_dual(value).primal
            node = primal.grad_fn
            log(repr(primal), type(node).__name__, node.name(), len(node.next_functions), primal._is_view(), primal._version)
            log(torch.autograd.grad((primal * 3).sum(), point)[0])
