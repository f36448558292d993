"""torch.autograd.graph: saved-tensor hooks, hooks on several tensors, mutation of saved tensors, nodes and edges, versions."""


def saved_hooks_nest(torch, log):
    hooks = torch.autograd.graph.saved_tensors_hooks
    seen = []

    def pair(name, factor):
        def pack(t):
            seen.append(f"{name}+{tuple(t.shape)}")
            return t * factor

        def unpack(t):
            seen.append(f"{name}-")
            return t

        return hooks(pack, unpack)

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with pair("a", 2.0):
        y = x * x
        with pair("b", 3.0):
            z = y.sin() * y
        w = z.exp()
    log(list(seen))
    w.sum().backward()
    log(seen, x.grad)
    seen.clear()
    with pair("c", 1.0):
        v = torch.ones(2) * x
        v.relu_()
        p = x**3
    log(seen, p.grad_fn._saved_self, p.grad_fn._saved_exponent)


def saved_hooks_errors(torch, log):
    hooks = torch.autograd.graph.saved_tensors_hooks
    x = torch.ones(2, requires_grad=True)

    def run(pack, unpack):
        with hooks(pack, unpack):
            y = x.exp() * x
        y.sum().backward()
        return x.grad

    def fails(t):
        raise ValueError("no")

    log.error(lambda: run(fails, lambda t: t))
    log.error(lambda: run(lambda t: t, fails))
    log.error(lambda: run(lambda t: t, lambda t: 3))
    log.error(lambda: run(lambda t: t.add_(1), lambda t: t))
    log.error(lambda: run(lambda t: t, lambda t: t.add_(1)) is not None)
    log.error(lambda: run(lambda t: None, lambda t: torch.ones(2)))
    log.error(lambda: run(lambda t: "text", lambda t: torch.ones(3)))
    log.error(lambda: hooks(lambda t: t))
    with hooks(lambda t: "packed", lambda t: torch.full((2,), 5.0)):
        y = x * x
    log(y.grad_fn._saved_self, y.grad_fn._saved_other)
    log.error(lambda: y.grad_fn._raw_saved_self.register_hooks(lambda t: t, lambda t: t))
    y = x * x
    y.grad_fn._raw_saved_self.register_hooks(lambda t: t * 10, lambda t: t)
    log(y.grad_fn._saved_self)
    y.sum().backward()
    log(x.grad)
    log.error(lambda: y.grad_fn._raw_saved_self)


def saved_hooks_with_double_backward(torch, log):
    hooks = torch.autograd.graph.saved_tensors_hooks
    x = torch.tensor([0.5, 1.5], requires_grad=True)
    with hooks(lambda t: t.detach().clone(), lambda t: t):
        y = x.sin() * x.exp()
        (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        (h,) = torch.autograd.grad(g.sum(), x)
    log(g, h)


def disabling(torch, log):
    graph = torch.autograd.graph
    x = torch.ones(2, requires_grad=True)

    def enter():
        with graph.saved_tensors_hooks(lambda t: t, lambda t: t):
            pass

    with graph.disable_saved_tensors_hooks("not now"):
        log.error(enter)
        log.error(lambda: (x * x).grad_fn._saved_self)
        with graph.disable_saved_tensors_hooks("inner"):
            log.error(enter)
        log.error(enter)
    log.error(enter)

    def inside():
        with graph.saved_tensors_hooks(lambda t: t, lambda t: t), graph.disable_saved_tensors_hooks("within"):
            pass

    log.error(inside)
    log.error(enter)

    def save_on_cpu():
        with graph.disable_saved_tensors_hooks("no"), graph.save_on_cpu():
            pass

    log.error(save_on_cpu)


def save_on_cpu(torch, log):
    graph = torch.autograd.graph
    a, b, c = (torch.full((2,), value, requires_grad=True) for value in (2.0, 3.0, 5.0))
    with graph.save_on_cpu():
        prod1 = a * b
        with torch.no_grad():
            torch.ones(1)
        with graph.save_on_cpu(pin_memory=False):
            prod2 = prod1 * c
        y = prod2 * a
    log(y.grad_fn._saved_self, isinstance(graph.save_on_cpu(), graph.saved_tensors_hooks))
    y.sum().backward()
    log(a.grad, b.grad, c.grad)


def multi_grad_hook_all(torch, log):
    hook = torch.autograd.graph.register_multi_grad_hook
    seen = []

    def note(grads):
        seen.append([None if grad is None else grad.tolist() for grad in grads])

    a, b, c, d = (torch.full((2,), float(value), requires_grad=True) for value in (1, 2, 3, 4))
    handle = hook((a, b, c, d), note)
    (a * 2 + b).sum().backward()
    log(seen)
    (a * b * c * d).sum().backward()
    log(seen)
    (a + 1).sum().backward(inputs=[a])
    log(seen)
    handle.remove()
    (a * b).sum().backward()
    log(len(seen))
    x = a * 2
    y = x * b
    seen.clear()
    handle = hook((x, y), note)
    y.sum().backward(retain_graph=True)
    log(seen)
    torch.autograd.grad(y.sum(), b, retain_graph=True)
    log(seen)
    torch.autograd.grad(y.sum(), (x, a), retain_graph=True)
    log(seen)
    seen.clear()
    with hook((x,), note):
        y.sum().backward(retain_graph=True)
    y.sum().backward()
    log(seen)


def multi_grad_hook_any(torch, log):
    hook = torch.autograd.graph.register_multi_grad_hook
    seen = []
    a, b = torch.ones(1, requires_grad=True), torch.full((1,), 2.0, requires_grad=True)
    handle = hook((a, b), lambda grad: seen.append(grad.tolist()), mode="any")
    (a * 3 + b * 5).sum().backward()
    log(len(seen))
    (a * 3).sum().backward()
    (b * 7).sum().backward()
    log(seen[1:])
    handle.remove()
    (a * 3).sum().backward()
    log(len(seen))
    log.error(lambda: hook((a,), print, mode="some"))
    log.error(lambda: hook((a.detach(),), print))
    hook((a,), lambda grads: seen.append(grads))
    log.error(lambda: torch.autograd.grad((a * 2).sum(), a))
    (a * 2).sum().backward()
    log(len(seen), type(handle).__name__)

    def fails(grads):
        raise ValueError("from the hook")

    hook((b,), fails)
    log.error(lambda: (b * 2).sum().backward())
    log.error(lambda: (b * 2).sum().backward())


def mutation(torch, log):
    allow = torch.autograd.graph.allow_mutation_on_saved_tensors
    with allow() as ctx:
        a = torch.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
        b = a.clone()
        out = (b**2).sum()
        b.sin_()
        log(len(ctx.cloned), len(ctx.original))
        out.backward()
        log(a.grad.tolist(), len(ctx.cloned))
    with allow():
        a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
        b = a.clone()
        out = (b.sin() * b).sum()
        b.mul_(2)
        b.add_(1)
        out2 = (b.exp() + out).sum()
        b[0] = 7
        b.zero_()
        out2.backward()
        log(a.grad.tolist(), b.tolist())
    with allow():
        x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
        base = x.clone()
        view = base[1:3]
        y = (base * base).sum() + view.exp().sum()
        base.mul_(10)
        y.backward()
        log(x.grad.tolist())

    def nested():
        with allow(), allow():
            pass

    log.error(nested)

    def outside():
        with allow():
            a = torch.ones(2, requires_grad=True)
            out = (a.clone() ** 2).sum()
        out.backward()

    log.error(outside)

    def cleared():
        with allow() as ctx:
            a = torch.ones(2, requires_grad=True)
            out = (a.clone() ** 2).sum()
            ctx.clear()
            out.backward()

    log.error(cleared)
    with allow():
        a = torch.ones(2, requires_grad=True)
        b = a.clone()
        out = b.exp()
        out.mul_(2)
        out.sum().backward()
        log(a.grad.tolist())


def nodes(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x.sin() * x
    n = y.grad_fn
    Node = torch.autograd.graph.Node
    log(isinstance(n, Node), issubclass(type(n), Node), isinstance(n.next_functions[1][0], Node), n.name(), n.requires_grad)
    log(n.metadata, n.next_functions[1][0].variable is x, n.next_functions[1][0].name(), type(n.next_functions).__name__)
    n.metadata["note"] = 3
    log(y.grad_fn.metadata, [entry.shape for entry in n._input_metadata], [str(entry.dtype) for entry in n._input_metadata])
    log(n._sequence_nr() > n.next_functions[0][0]._sequence_nr())
    log.error(lambda: n.missing)
    log.error(lambda: setattr(n, "next_functions", ()))
    seen = []
    handle = n.register_hook(lambda gi, go: seen.append(("post", len(gi), go[0].tolist())))
    n.register_prehook(lambda go: seen.append(("pre", go[0].tolist())))
    y.sum().backward(retain_graph=True)
    log(seen)
    handle.remove()
    y.sum().backward()
    log(len(seen), n is y.grad_fn)


def gradient_edges(torch, log):
    edge = torch.autograd.graph.get_gradient_edge
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    z = y.exp()
    log(edge(y).node.name(), edge(y).output_nr, edge(x) == edge(x), edge(x).node.name(), type(edge(y)).__name__)
    log(torch.autograd.grad(edge(z), x, torch.ones(2), retain_graph=True))
    log(torch.autograd.grad(z.sum(), [edge(y), edge(x), x], retain_graph=True))
    log(torch.autograd.grad((z, y), edge(x), (torch.ones(2), torch.ones(2)), retain_graph=True))
    torch.autograd.backward(edge(z), torch.ones(2), retain_graph=True)
    log(x.grad)
    x.grad = None
    torch.autograd.backward(z, torch.ones(2), inputs=edge(x), retain_graph=True)
    log(x.grad)
    x.grad = None
    z.backward(torch.ones(2), inputs=[edge(x), x], retain_graph=True)
    log(x.grad)
    (a, b) = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True).unbind(0)
    log(edge(b).output_nr, torch.autograd.grad(edge(b), edge(a), torch.ones(2), allow_unused=True, retain_graph=True))
    log.error(lambda: edge(x.detach()))
    log.error(lambda: torch.autograd.grad(edge(z), x, retain_graph=True))
    log.error(lambda: torch.autograd.grad(edge(z), x, torch.ones(3), retain_graph=True))
    s = x.sum()
    log(torch.autograd.grad(edge(s), x))
    log.error(lambda: torch.autograd.grad(z.sum(), edge(torch.ones(1, requires_grad=True)), retain_graph=True))
    log(torch.autograd.grad(z.sum(), edge(torch.ones(1, requires_grad=True)), allow_unused=True, retain_graph=True))


def versions(torch, log):
    graph = torch.autograd.graph
    a, b = torch.ones(2), torch.ones(2)
    graph.increment_version(a)
    graph.increment_version([a, b])
    log(a._version, b._version)
    log.error(lambda: graph.increment_version(3))
    log.error(lambda: graph.increment_version([a, 3]))
    x = torch.ones(2, requires_grad=True)
    t = torch.ones(2)
    y = x * t
    graph.increment_version(t)
    log.error(lambda: y.sum().backward())
    y = x * t
    with torch.autograd._unsafe_preserve_version_counter(t):
        t.mul_(3)
    y.sum().backward()
    log(t._version, x.grad)
    with torch.autograd._unsafe_preserve_version_counter((a, b)):
        a.add_(1)
        b.add_(1)
        log(a._version)
    log(a._version, b._version)
    with torch.inference_mode():
        c = torch.ones(1)
    graph.increment_version(c)
    log.error(lambda: c._version)
