"""torch.utils.checkpoint: both kinds, random state, checks, early stop, nesting, keyword arguments, sequences."""

import contextlib


def simple(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    for use_reentrant in (True, False):
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        calls = []

        def function(t, calls=calls):
            calls.append(torch.is_grad_enabled())
            return (t.sin() * t).exp()

        y = checkpoint(function, x, use_reentrant=use_reentrant)
        log(y, y.grad_fn, len(calls))
        y.sum().backward()
        log(x.grad.tolist(), calls)
        y = checkpoint(function, x * 2, use_reentrant=use_reentrant)
        (y * 3).sum().backward(retain_graph=True)
        (y * 3).sum().backward()
        log(x.grad.tolist(), len(calls))
        log.error(lambda y=y: y.sum().backward())
        y = checkpoint(function, x, use_reentrant=use_reentrant)
        with torch.no_grad():
            log(checkpoint(function, x, use_reentrant=use_reentrant).requires_grad)


def warnings_and_errors(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    x = torch.ones(2, requires_grad=True)
    log.warns(lambda: checkpoint(torch.sin, x))
    log.warns(lambda: checkpoint(torch.sin, x.detach(), use_reentrant=True))
    log.warns(lambda: checkpoint(torch.sin, x.detach(), use_reentrant=False))
    log.warns(lambda: torch.utils.checkpoint.checkpoint_sequential([torch.sin, torch.exp], 2, x))
    for call in (
        lambda: checkpoint(torch.sin, x, use_reentrant=True, foo=1),
        lambda: checkpoint(lambda t: t, x, use_reentrant=True, debug=True),
        lambda: checkpoint(torch.sin, x, use_reentrant=True, context_fn=lambda: 1),
        lambda: checkpoint(torch.sin, x, use_reentrant=False, determinism_check="zz"),
        lambda: torch.autograd.grad(checkpoint(torch.sin, x, use_reentrant=True).sum(), x),
        lambda: checkpoint(torch.sin, x, use_reentrant=True).sum().backward(inputs=[x]),
        lambda: checkpoint(lambda y: y.detach(), x, use_reentrant=True).sum().backward(),
        lambda: torch.utils.checkpoint.checkpoint_sequential([torch.sin], 1, x, use_reentrant=False, foo=1),
        lambda: torch.utils.checkpoint.detach_variable(x),
    ):  # fmt: skip
        log.error(call)
    log(torch.utils.checkpoint.detach_variable((x, 1)))
    log.warns(lambda: torch.utils.checkpoint.check_backward_validity([x.detach(), 1]))
    log(issubclass(torch.utils.checkpoint.CheckpointError, RuntimeError), sorted(torch.utils.checkpoint.__all__))


def second_runs_that_differ(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint

    def twofold(first, second):
        calls = []

        def function(t):
            calls.append(1)
            return (first if len(calls) % 2 else second)(t)

        return function

    x = torch.ones(2, requires_grad=True)
    short, long, wide = (lambda t: t.sin()), (lambda t: t.sin().exp()), (lambda t: torch.cat([t, t]).sin().exp())
    for first, second, options in (
        (short, long, {"early_stop": False}), (short, long, {}), (long, short, {}), (long, wide, {}),
        (long, short, {"determinism_check": "none"}), (long, lambda t: t.double().sin().exp(), {}),
    ):  # fmt: skip
        log.error(lambda first=first, second=second, options=options: checkpoint(
            twofold(first, second), x, use_reentrant=False, **options).sum().backward())  # fmt: skip


def random_state(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    for use_reentrant in (True, False):
        for preserve in (True, False):
            torch.manual_seed(3)
            x = torch.ones(6, requires_grad=True)
            seen = []

            def function(t, seen=seen):
                mask = (torch.rand(6) > 0.5).float()
                seen.append(mask)
                return (t * mask).sin()

            y = checkpoint(function, x, use_reentrant=use_reentrant, preserve_rng_state=preserve)
            between = torch.rand(2)
            y.sum().backward()
            log(y, between, x.grad, torch.equal(seen[0], seen[1]), torch.rand(2))


def early_stop(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    for settings in ({}, {"early_stop": False}, {"early_stop": True}):
        for outer in (None, True, False):
            steps = []

            def function(t, steps=steps):
                t = t.sin()
                steps.append("a")
                t = t.exp()
                steps.append("b")
                t = t + 1
                steps.append("c")
                return t

            x = torch.ones(2, requires_grad=True)
            context = contextlib.nullcontext() if outer is None else torch.utils.checkpoint.set_checkpoint_early_stop(outer)
            with context:
                y = checkpoint(function, x, use_reentrant=False, **settings)
            y.sum().backward()
            log("".join(steps), x.grad)


def nested(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    counts = []

    def inner(t):
        counts.append("i")
        return t.sin().exp()

    def middle(t):
        counts.append("m")
        return checkpoint(inner, t * 2, use_reentrant=False).cos()

    def outer(t):
        counts.append("o")
        return checkpoint(middle, t.tanh(), use_reentrant=False) * t

    x = torch.tensor([0.5, 1.0], requires_grad=True)
    y = checkpoint(outer, x, use_reentrant=False)
    log("".join(counts))
    y.sum().backward()
    log(x.grad, "".join(counts))
    log(torch.autograd.grad(middle(x.tanh()).mul(x).sum(), x))
    counts.clear()
    with torch.utils.checkpoint.set_checkpoint_early_stop(False):
        y = checkpoint(outer, x, use_reentrant=False)
        y.sum().backward()
    log("".join(counts), x.grad)


def nested_reentrant(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    x = torch.tensor([0.5, 1.0], requires_grad=True)

    def outer(t):
        return checkpoint(lambda s: s.sin().exp(), t * 2, use_reentrant=False).cos()

    y = checkpoint(outer, x, use_reentrant=True)
    y.sum().backward()
    log(x.grad)
    z = checkpoint(lambda t: checkpoint(torch.exp, t.sin(), use_reentrant=True), x, use_reentrant=False)
    z.sum().backward()
    log(x.grad)


def arguments(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    x, w = torch.ones(2, requires_grad=True), torch.tensor(3.0, requires_grad=True)

    def function(a, scale, *, weight, name="n", unused=None):
        return a * scale * weight, name, unused, [a.sin()], {"k": a.exp()}

    out = checkpoint(function, x, 2.0, weight=w, name="other", use_reentrant=False)
    log(out)
    (out[0].sum() + out[3][0].sum() + out[4]["k"].sum()).backward()
    log(x.grad.tolist(), w.grad.tolist())
    x.grad = w.grad = None
    out = checkpoint(lambda a, s, b: (a * s * b, "text", None, b.detach()), x, 2.0, w, use_reentrant=True)
    log(out)
    out[0].sum().backward()
    log(x.grad.tolist(), w.grad.tolist())
    x.grad = None
    checkpoint(lambda a, b: a if b is None else b, x, None, use_reentrant=True).sum().backward()
    log(x.grad.tolist())
    out = checkpoint(lambda a: (a * 2, a.sin()), x, use_reentrant=True)
    out[1].sum().backward()
    log(x.grad.tolist())


def higher_derivatives_and_grad(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    x = torch.tensor([0.5, 1.0], requires_grad=True)
    y = checkpoint(lambda t: t.sin() * t.exp(), x, use_reentrant=False)
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    log(torch.autograd.grad(g.sum(), x), g.requires_grad)
    y = checkpoint(lambda t: t.sin() * t.exp(), x, use_reentrant=False)
    y.sum().backward(inputs=[x])
    log(x.grad)

    def with_gradient_inside(t):
        s = t.sin()
        (d,) = torch.autograd.grad(s.exp().sum(), t, create_graph=True)
        return d * s

    x.grad = None
    checkpoint(with_gradient_inside, x, use_reentrant=False).sum().backward()
    log(x.grad)
    log(torch.autograd.grad(with_gradient_inside(x).sum(), x))


def saved_tensors(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    x = torch.ones(2, requires_grad=True)
    y = checkpoint(lambda t: t.sin().exp(), x, use_reentrant=False)
    log(y.grad_fn._saved_result, y.grad_fn._saved_result)

    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a, a.exp())
            return a * 2

        @staticmethod
        def backward(ctx, g):
            _, b = ctx.saved_tensors
            _, b = ctx.saved_tensors
            return g * b

    log.error(lambda: checkpoint(lambda t: Twice.apply(t), x, use_reentrant=False).sum().backward())
    seen = []

    def pack(t):
        seen.append(("pack", tuple(t.shape)))
        return t

    def unpack(t):
        seen.append(("unpack", tuple(t.shape)))
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = checkpoint(lambda t: (t * 2).sin().exp(), x, use_reentrant=False)
    log(seen)
    y.sum().backward()
    log(seen, x.grad)


def contexts(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    entered = []

    @contextlib.contextmanager
    def note(name):
        entered.append(name)
        yield
        entered.append("/" + name)

    x = torch.ones(2, requires_grad=True)
    y = checkpoint(torch.sin, x, use_reentrant=False, context_fn=lambda: (note("first"), note("second")))
    log(list(entered))
    y.sum().backward()
    log(entered)


def hooks_and_inplace(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    x = torch.ones(2, requires_grad=True)
    seen = []

    def function(t):
        h = t * 3
        if h.requires_grad:
            h.register_hook(lambda g: seen.append(g.clone()))
        h = h.sin()
        h.mul_(2)
        return h.add_(1)

    for use_reentrant in (True, False):
        x.grad = None
        checkpoint(function, x, use_reentrant=use_reentrant).sum().backward()
        log(x.grad, seen)
        seen.clear()


def fails_and_goes_on(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    x = torch.ones(2, requires_grad=True)

    def broken(t):
        t.sin()
        raise ValueError("in the function")

    log.error(lambda: checkpoint(broken, x, use_reentrant=False))
    log.error(lambda: checkpoint(broken, x, use_reentrant=True))
    y = x.sin()
    y.sum().backward()
    log(x.grad, torch.is_grad_enabled())


def sequences(torch, log):
    sequential = torch.utils.checkpoint.checkpoint_sequential
    for use_reentrant in (True, False):
        for segments in (1, 2, 3):
            calls = []

            def step(n, calls=calls):
                def run(t):
                    calls.append(n)
                    return (t * (n + 1)).sin()

                return run

            x = torch.tensor([0.1, 0.2], requires_grad=True)
            y = sequential([step(n) for n in range(5)], segments, x, use_reentrant=use_reentrant)
            log(y, list(calls))
            y.sum().backward()
            log(x.grad, calls)
