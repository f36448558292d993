"""The backward pass as a whole: passes within passes, threads, errors, undefined gradients, batches, layouts, what is kept."""

import threading
import warnings


def batched_gradients(torch, log):
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * x
    eye = torch.eye(3)
    log(torch.autograd.grad(y, x, eye, is_grads_batched=True, retain_graph=True))
    z = y.sum() + 0 * x.sum()
    log(torch.autograd.grad((y, z), (x, y), (eye, torch.ones(3)), is_grads_batched=True, retain_graph=True, allow_unused=True))
    (g,) = torch.autograd.grad(y, x, eye, is_grads_batched=True, create_graph=True)
    log(g.requires_grad, torch.autograd.grad(g.sum(), x, retain_graph=True)[0].tolist())
    log.error(lambda: torch.autograd.grad(y, x, torch.ones(3), is_grads_batched=True, retain_graph=True))
    log.error(lambda: torch.autograd.grad(y, x, torch.ones(2, 4), is_grads_batched=True, retain_graph=True))
    w = torch.ones(2, requires_grad=True)
    log(torch.autograd.grad(y, (x, w), eye, is_grads_batched=True, allow_unused=True, retain_graph=True))
    log(torch.autograd.grad(y, (x, w), torch.ones(3), materialize_grads=True, retain_graph=True))
    log.error(lambda: torch.autograd.grad(y, (x, w), eye, is_grads_batched=True, retain_graph=True))
    torch.autograd.grad(y, x, eye, is_grads_batched=True)
    log.error(lambda: torch.autograd.grad(y, x, eye, is_grads_batched=True))


def passes_within_passes(torch, log):
    order = []

    class Inner(torch.autograd.Function):
        @staticmethod
        def forward(ctx, t):
            with torch.enable_grad():
                ctx.leaf = t.detach().requires_grad_()
                ctx.out = (ctx.leaf * 3).sin()
            return ctx.out.detach()

        @staticmethod
        def backward(ctx, g):
            order.append("outer")
            with torch.enable_grad():
                ctx.out.register_hook(lambda grad: order.append("inner"))
                ctx.out.backward(g)
            order.append("after")
            return ctx.leaf.grad

    x = torch.tensor([0.5, 1.0], requires_grad=True)
    y = Inner.apply(x * 2)
    y.sum().backward()
    log(x.grad.tolist(), order)

    def hook(g):
        z = torch.ones(1, requires_grad=True)
        with torch.enable_grad():
            (z * 2).backward()
        order.append(z.grad.item())
        return g * z.grad

    order.clear()
    x.grad = None
    w = x * 3
    w.register_hook(hook)
    w.sum().backward()
    log(x.grad, order)

    class Deep(torch.autograd.Function):
        @staticmethod
        def forward(ctx, t):
            ctx.value = t.item()
            return t.clone()

        @staticmethod
        def backward(ctx, g):
            if ctx.value > 0:
                with torch.enable_grad():
                    leaf = torch.tensor(ctx.value - 1, requires_grad=True)
                    Deep.apply(leaf).backward()
                return g + leaf.grad
            return g

    d = torch.tensor(40.0, requires_grad=True)
    Deep.apply(d).backward()
    log(d.grad)


def the_same_leaf_from_a_hook(torch, log):
    a = torch.ones(2, requires_grad=True)
    seen = []

    def hook(g):
        if len(seen) < 2:
            seen.append(1)
            with torch.enable_grad():
                (a * 5).sum().backward()
        return g

    b = a * 2
    b.register_hook(hook)
    b.sum().backward()
    log(a.grad, len(seen))


def errors_inside_passes_within(torch, log):
    class Fails(torch.autograd.Function):
        @staticmethod
        def forward(ctx, t):
            return t.clone()

        @staticmethod
        def backward(ctx, g):
            raise ValueError("inner failure")

    class Outer(torch.autograd.Function):
        @staticmethod
        def forward(ctx, t):
            return t.clone()

        @staticmethod
        def backward(ctx, g):
            with torch.enable_grad():
                leaf = torch.ones(1, requires_grad=True)
                Fails.apply(leaf).backward()
            return g

    x = torch.ones(2, requires_grad=True)
    y = x * 2
    z = Outer.apply(y)
    log.error(lambda: z.sum().backward())
    log(x.grad, torch.is_grad_enabled())
    y.sum().backward()
    log(x.grad)


def errors_leave_the_graph_usable(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    z = y * 2
    broken = [True]

    def hook(g):
        if broken[0]:
            raise RuntimeError("not yet")
        return g

    y.register_hook(hook)
    log.error(lambda: z.sum().backward(retain_graph=True))
    log(x.grad)
    broken[0] = False
    z.sum().backward(retain_graph=True)
    log(x.grad)
    broken[0] = True
    log.error(lambda: torch.autograd.grad(z.sum(), x, retain_graph=True))
    log(x.grad, torch.is_grad_enabled())
    h = x.register_hook(lambda g: g.foo)
    broken[0] = False
    log.error(lambda: z.sum().backward(retain_graph=True))
    h.remove()
    z.sum().backward()
    log(x.grad)


def threads_on_shared_leaves(torch, log):
    x = torch.ones(5, requires_grad=True)

    def work():
        for _ in range(20):
            (x * 2 + x).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log(x.grad.tolist())
    results = []

    def own():
        z = (x * x).sum()
        results.append(torch.autograd.grad(z, x)[0].tolist())

    threads = [threading.Thread(target=own) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log(results)
    y = (x.exp() * 1).sum()
    failures = []

    def again():
        try:
            y.backward()
        except RuntimeError as error:
            failures.append(str(error)[:40])

    threads = [threading.Thread(target=again) for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join()
    log(failures)
    modes = []

    def mode():
        modes.append(torch.is_grad_enabled())
        with torch.no_grad():
            modes.append((x * 2).requires_grad)

    with torch.no_grad():
        thread = threading.Thread(target=mode)
        thread.start()
        thread.join()
    log(modes)


def undefined_gradients(torch, log):
    class Two(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            ctx.set_materialize_grads(False)
            return a * 2, b * 3

        @staticmethod
        def backward(ctx, ga, gb):
            log(ga is None, gb is None)
            return (None if ga is None else ga * 2), (None if gb is None else gb * 3)

    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    out = Two.apply(a * 1, b * 1)
    out[0].sum().backward()
    log(a.grad, b.grad)

    class Nothing(torch.autograd.Function):
        @staticmethod
        def forward(ctx, t):
            return t.clone()

        @staticmethod
        def backward(ctx, g):
            return None

    c = torch.ones(2, requires_grad=True)
    y = Nothing.apply(c.exp().sin())
    seen = []
    c.register_hook(lambda g: seen.append(g))
    (y * 2).sum().backward()
    log(c.grad, seen)
    (g,) = torch.autograd.grad((Nothing.apply(c * 2) * 1).sum(), c, allow_unused=True)
    log(g)
    log.error(lambda: torch.autograd.grad((Nothing.apply(c * 2) * 1).sum(), c))
    log(torch.autograd.grad((Nothing.apply(c * 2) + c).sum(), c))
    n = c * 2
    n.retain_grad()
    Nothing.apply(n).sum().backward()
    log(n.grad, c.grad)
    f = c.exp().grad_fn
    log.error(lambda: f(None))
    m = torch.ones(2, 2, requires_grad=True)
    parts = (m * 1).unbind(0)
    parts[1].sum().backward()
    log(m.grad)
    _, s, _ = torch.linalg.svd(torch.tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True))
    log(torch.autograd.grad(s.sum(), s))


def layouts_and_what_is_stolen(torch, log):
    x = torch.ones(2, 3, requires_grad=True)
    g = torch.arange(6.0).view(3, 2).t()
    (x * 1).backward(g)
    log(x.grad.stride(), x.grad.data_ptr() == g.data_ptr())
    p = torch.ones(3, 2).t().requires_grad_()
    (p * 2).backward(torch.ones(2, 3))
    log(p.grad.stride())
    y = torch.ones(4, requires_grad=True)
    keep = []
    (y * 2).sum().backward()
    keep.append(y.grad)
    (y * 2).sum().backward()
    log(y.grad is keep[0], keep[0])
    y.grad = None
    v = torch.ones(4)
    y.backward(v)
    log(y.grad.data_ptr() == v.data_ptr(), y.grad is v)
    y.backward(v)
    log(y.grad, v)
    z = torch.ones(3, requires_grad=True)
    z.expand(2, 3).sum().backward()
    log(z.grad, z.grad.stride())
    w = torch.ones(2, 2, requires_grad=True)
    w.sum().backward()
    log(w.grad.stride(), w.grad)
    w.grad.add_(1)
    log(w.grad)
    q = torch.ones(2, requires_grad=True)
    (q * q).sum().backward(create_graph=False)
    first = q.grad
    with torch.no_grad():
        q.grad = q.grad * 2
    (q * 3).sum().backward()
    log(first, q.grad)
    e = torch.ones(2, dtype=torch.float64, requires_grad=True)
    (e.float() * 2).sum().backward()
    log(e.grad)
    c = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    (c * c.conj()).real.sum().backward()
    log(c.grad)
    c.grad = None
    c.abs().sum().backward()
    log(c.grad)
    log.error(lambda: (c * 2).sum().backward())
    (c * 2).sum().backward(torch.tensor(1 + 0j))
    log(c.grad)


def create_graph_accumulates(torch, log):
    warnings.simplefilter("ignore")
    x = torch.tensor([2.0], requires_grad=True)
    (x**3).sum().backward(create_graph=True)
    first = x.grad
    log(first)
    (x**3).sum().backward(create_graph=True)
    log(x.grad, x.grad is first, first)
    (x**2).sum().backward()
    log(x.grad.detach(), x.grad is first)
    g = x.grad
    x.grad = None
    log(torch.autograd.grad(g.sum(), x))


def settings_are_accepted(torch, log):
    a = torch.autograd
    with a.set_multithreading_enabled(False):
        log(a.is_multithreading_enabled())
        x = torch.ones(1, requires_grad=True)
        (x * 2).backward()
    log(a.is_multithreading_enabled(), x.grad)
    a.set_multithreading_enabled(False)
    log(a.is_multithreading_enabled())
    a.set_multithreading_enabled(True)
    log(a.is_multithreading_enabled())

    @a.set_multithreading_enabled(False)
    def f():
        return a.is_multithreading_enabled()

    log(f(), a.is_multithreading_enabled())


def callbacks_at_the_end(torch, log):
    order = []

    def hook(g):
        order.append("hook")
        torch.autograd.Variable._execution_engine.queue_callback(lambda: order.append("end"))

    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.register_hook(hook)
    x.register_hook(lambda g: order.append("leaf"))
    y.sum().backward()
    log(order)


def inputs_of_backward(torch, log):
    x, w = torch.ones(2, requires_grad=True), torch.full((2,), 3.0, requires_grad=True)
    y = x * w
    z = y.exp().sum()
    z.backward(inputs=[y], retain_graph=True)
    log(x.grad, w.grad, y.grad)
    z.backward(inputs=(x,), retain_graph=True)
    log(x.grad, w.grad, y.grad)
    z.backward(inputs=w, retain_graph=True)
    log(w.grad)
    log.error(lambda: z.backward(inputs=[], retain_graph=True))
    log.error(lambda: z.backward(inputs=[x.detach()], retain_graph=True))
    other = torch.ones(1, requires_grad=True)
    z.backward(inputs=[other], retain_graph=True)
    log(other.grad)
    torch.autograd.backward([z, y.sum()], inputs=[x, w])
    log(x.grad, w.grad)
    log.error(lambda: torch.autograd.backward([y, y], [torch.ones(2)]))
    log.error(lambda: torch.autograd.backward([y], [torch.ones(3)]))
    log.error(lambda: torch.autograd.backward(x.detach().sum()))
    log.error(lambda: torch.autograd.grad(x.sum(), []))
    log.error(lambda: torch.autograd.grad((x * 2).sum(), w))
    log.error(lambda: torch.autograd.grad((x * 2), x))
    log.error(lambda: torch.autograd.grad((x * 2).sum(), x.detach()))
    log.error(lambda: torch.autograd.grad((x * 2).sum(), x, allow_unused=False, materialize_grads=True))
    log.warns(lambda: torch.autograd.grad((x * 2).sum(), x, only_inputs=False))


def hooks_change_during_the_pass(torch, log):
    order = []
    x = torch.ones(1, requires_grad=True)
    y = x * 2
    z = y * 3

    def late(g):
        order.append("late")

    def first(g):
        order.append("first")
        y.register_hook(late)
        handle.remove()

    handle = z.register_hook(first)
    z.backward(retain_graph=True)
    z.backward(retain_graph=True)
    log(order, x.grad)
    y2 = x * 2
    y2.retain_grad()
    y2.register_hook(lambda g: g * 10)
    y2.sum().backward()
    log(y2.grad, x.grad)
    p = torch.ones(1, requires_grad=True)
    p.register_post_accumulate_grad_hook(lambda t: t.data.sub_(t.grad) and setattr(t, "grad", None))
    (p * 2).backward()
    log(p, p.grad)


def graph_of_many_uses(torch, log):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    order = []
    parts = []
    for k in range(4):
        part = x * (k + 1)
        part.register_hook(lambda g, k=k: order.append(k))
        parts.append(part)
    total = sum(parts)
    total.register_hook(lambda g: order.append("t"))
    total.sum().backward()
    log(order, x.grad)
    order.clear()
    a = x * 2
    b = a.sin()
    c = a.cos()
    for name, t in (("a", a), ("b", b), ("c", c)):
        t.register_hook(lambda g, name=name: order.append(name))
    (c * b).sum().backward()
    log(order)


def anomaly_in_derivatives(torch, log):
    class Makes(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            return g * float("nan")

    class Outer(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sum()

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return Makes.apply(x) * g

    def second():
        x = torch.ones(3, requires_grad=True)
        (g,) = torch.autograd.grad(Outer.apply(x), x, create_graph=True)
        g.sum().backward()

    def masked():
        (torch.zeros(2, requires_grad=True).sqrt() * 0).sum().backward()

    def hooked():
        y = torch.ones(2, requires_grad=True) * 2
        y.register_hook(lambda g: g * float("nan"))
        y.sum().backward()

    for run in (second, masked, hooked):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with torch.autograd.set_detect_anomaly(True):
                log.error(run)
        log([str(item.message).strip().partition(".")[0] for item in caught])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with torch.autograd.set_detect_anomaly(True, check_nan=False):
            masked()
    log(len(caught))
