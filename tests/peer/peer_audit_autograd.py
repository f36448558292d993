"""What PyTorch's pages on autograd, its mechanics, inference mode and custom functions say, statement by statement."""

import asyncio
import gc
import threading
import weakref

LINES_FIELDS = """
x = torch.ones(2, requires_grad=True); y = x * 2; y.grad_fn = None
x = torch.ones(2); x.shape = (1, 2)
x = torch.ones(2); x.is_leaf = False
x = torch.ones(2); x.dtype = torch.float64
x = torch.ones(2); x.device = 'cpu'
x = torch.ones(2); x.ndim = 3
x = torch.ones(2); x._version = 3
x = torch.ones(2); x.output_nr = 3
x = torch.ones(2); x.T = x
x = torch.ones(2); del x.shape
x = torch.ones(2); x.grad = 3
x = torch.ones(2); x.grad = torch.ones(3)
x = torch.ones(2); x.grad = torch.ones(2, dtype=torch.float64)
x = torch.ones(2); x.grad = torch.ones(2); x.grad
x = torch.ones(2); x.grad = torch.ones(2); del x.grad; x.grad
x = torch.ones(2); x.grad = x
x = torch.ones(2, requires_grad=True); y = x * 2; y.requires_grad = False
x = torch.ones(2, requires_grad=True); y = x * 2; y.requires_grad_(False)
x = torch.ones(2, requires_grad=True); y = x * 2; y.requires_grad = True; y.requires_grad
x = torch.ones(2); x.requires_grad = 1
x = torch.ones(2); x.requires_grad_(1)
torch.tensor([1]).requires_grad_()
torch.tensor([1], requires_grad=True)
torch.tensor([True], requires_grad=True)
torch.tensor([1j], requires_grad=True)
torch.ones(2, dtype=torch.int64, requires_grad=True)
torch.ones(2).requires_grad_().is_leaf
torch.ones(2).backward()
torch.ones(2, requires_grad=True).backward()
torch.ones((), requires_grad=True).backward()
torch.ones(1, 1, requires_grad=True).backward()
x = torch.ones(2, requires_grad=True); y = x * 2; y.backward(torch.ones(2)); x.grad
x = torch.ones(2, requires_grad=True); y = x * 2; y.backward(torch.ones(3))
x = torch.ones(2, requires_grad=True); y = x * 2; y.backward(torch.ones(1))
x = torch.ones(2, requires_grad=True); y = x * 2; y.backward(1.0)
x = torch.ones(2, requires_grad=True); y = x * 2; y.backward(gradient=[1., 2.])
x = torch.ones(2, requires_grad=True); y = (x * x).sum(); y.backward(); y.backward()
x = torch.ones(2, requires_grad=True); y = (x * x).sum(); y.backward(retain_graph=True); y.backward(); x.grad
x = torch.ones(2, requires_grad=True); y = (x * x).sum(); y.backward(inputs=[x]); x.grad
x = torch.ones(2, requires_grad=True); y = (x * x).sum(); y.backward(inputs=[])
x = torch.ones(2, requires_grad=True); z = x * x; y = z.sum(); y.backward(inputs=[z]); (x.grad, z.grad)
x = torch.ones(2, requires_grad=True); z = x * x; y = z.sum(); y.backward(inputs=z); z.grad
x = torch.ones(2, requires_grad=True); z = torch.ones(2); (x * z).sum().backward(inputs=[z])
x = torch.ones(2, requires_grad=True); w = torch.ones(2, requires_grad=True); (x * 2).sum().backward(inputs=[w]); w.grad
x = torch.ones(2, requires_grad=True); z = torch.ones(2); torch.autograd.grad((x * z).sum(), z)
x = torch.ones(2, requires_grad=True); w = torch.ones(2, requires_grad=True); torch.autograd.grad((x * 2).sum(), w)
x = torch.ones(2, requires_grad=True); w = torch.ones(2, requires_grad=True); torch.autograd.grad((x * 2).sum(), (x, w), allow_unused=True)
x = torch.ones(2, requires_grad=True); w = torch.ones(2, requires_grad=True); torch.autograd.grad((x * 2).sum(), (x, w), materialize_grads=True)
x = torch.ones(2, requires_grad=True); torch.autograd.grad((x * 2).sum(), x, allow_unused=False, materialize_grads=True)
x = torch.ones(2, requires_grad=True); torch.autograd.grad(x * 2, x)
x = torch.ones(2, requires_grad=True); torch.autograd.grad(x * 2, x, torch.ones(2))
x = torch.ones(2, requires_grad=True); torch.autograd.grad([x * 2, x.sum()], [x], [torch.ones(2), None])
x = torch.ones(2, requires_grad=True); torch.autograd.grad([x * 2, x.sum()], [x], [torch.ones(2)])
x = torch.ones(2, requires_grad=True); torch.autograd.grad((x * 2).sum(), [])
x = torch.ones(2, requires_grad=True); torch.autograd.grad((x * 2).sum(), {'a': x})
x = torch.ones(2, requires_grad=True); torch.autograd.grad((x * 2).sum(), x, only_inputs=False)
x = torch.ones(2, requires_grad=True); torch.autograd.backward([x.sum(), (x * x).sum()]); x.grad
x = torch.ones(2, requires_grad=True); torch.autograd.backward([x.sum(), x * x], [None, torch.ones(2)]); x.grad
x = torch.ones(2, requires_grad=True); torch.autograd.backward([x.sum(), x * x], [None])
x = torch.ones(2, requires_grad=True); torch.autograd.backward(x * x, grad_variables=torch.ones(2)); x.grad
x = torch.ones(2, requires_grad=True); torch.autograd.backward([]); x.grad
x = torch.ones(2, requires_grad=True); torch.autograd.backward(3)
x = torch.ones(2, requires_grad=True); torch.autograd.grad(3, x)
x = torch.tensor([1+1j], requires_grad=True); (x * x).backward()
x = torch.tensor([1+1j], requires_grad=True); (x * x).abs().backward(); x.grad
x = torch.ones(2, requires_grad=True); y = x * 2; y.grad
x = torch.ones(2, requires_grad=True); y = x * 2; y.retain_grad(); y.sum().backward(); (y.grad, y.retains_grad, x.retains_grad)
x = torch.ones(2, requires_grad=True); x.retain_grad(); x.retains_grad
torch.ones(2).retain_grad()
x = torch.ones(2, requires_grad=True); y = x.detach(); (y.requires_grad, y.is_leaf, y.grad_fn, y.data_ptr() == x.data_ptr())
x = torch.ones(2, requires_grad=True); y = x * 2; y.detach_(); (y.requires_grad, y.is_leaf, y.grad_fn)
x = torch.ones(2, requires_grad=True); y = x * 2; v = y[0]; v.detach_()
x = torch.ones(2, requires_grad=True); y = x * 2; v = y.view(2); y.detach_(); (y.requires_grad, v.requires_grad)
x = torch.ones(2, requires_grad=True); x.add_(1)
x = torch.ones(2, requires_grad=True); x[0].add_(1)
x = torch.ones(2, requires_grad=True); x[0] = 3
x = torch.ones(2, requires_grad=True); x.data[0] = 3; (x, x._version)
x = torch.ones(2, requires_grad=True); x.detach()[0] = 3; (x, x._version)
x = torch.ones(2, requires_grad=True); x.data = torch.zeros(3); (x, x._version)
x = torch.ones(2, requires_grad=True); x.data = torch.zeros(3, dtype=torch.float64); x
x = torch.ones(2, requires_grad=True); x.data = torch.zeros(3, dtype=torch.int64); x
x = torch.ones(2); x.data = 3
x = torch.ones(2, requires_grad=True); y = x * x; y.backward(torch.ones(2)); x.grad = None; x.grad
x = torch.ones(2, requires_grad=True); y = x.exp(); y.add_(1); y.sum().backward()
x = torch.ones(2, requires_grad=True); y = x.exp(); y.data.add_(1); y.sum().backward(); x.grad
x = torch.ones(2, requires_grad=True); y = x.exp(); y.detach().add_(1); y.sum().backward()
x = torch.ones(2, requires_grad=True); y = x * x; z = y.unbind(); z[0].add_(1)
x = torch.ones(2, requires_grad=True); y = x.unbind(); y[0].add_(1)
x = torch.ones(2, requires_grad=True); y = x.split(1); y[0].add_(1)
x = torch.ones(2, requires_grad=True); y = (x * 1).chunk(2); y[0].mul_(2)
x = torch.ones(4); a, b = x.chunk(2); a.add_(1); x
x = torch.ones(2, requires_grad=True)\nwith torch.no_grad(): x.add_(1)\n(x, x.requires_grad, x._version)
x = torch.ones(2, requires_grad=True); y = x * 1; y.fill_(2); y.grad_fn
x = torch.ones(2, requires_grad=True); y = torch.zeros(2); y.copy_(x); (y.requires_grad, y.grad_fn)
x = torch.ones(2, requires_grad=True); y = torch.zeros(2); y[0] = x[1]; (y, y._version)
x = torch.ones(2, requires_grad=True); torch.add(x, x, out=torch.zeros(2))
x = torch.ones(2, requires_grad=True); x.numpy()
x = torch.ones(2, requires_grad=True); (x * 2).numpy()
x = torch.ones(2, requires_grad=True); x.detach().numpy().tolist()
x = torch.ones(2, requires_grad=True); x.tolist()
x = torch.ones(1, requires_grad=True); x.item()
x = torch.ones(1, requires_grad=True); np.asarray(x)
x = torch.ones(1, requires_grad=True); float(x)
x = torch.ones(2, requires_grad=True); import copy; copy.deepcopy(x * 2)
x = torch.ones(2, requires_grad=True); x.resize_(3)
x = torch.ones(2, requires_grad=True); x.set_(torch.ones(3))
x = torch.ones(2, requires_grad=True); y = x * 2; y.grad_fn.next_functions[0][0].variable is x
x = torch.ones(2, requires_grad=True); y = x * 2; (y.grad_fn.name(), type(y.grad_fn).__name__, repr(y.grad_fn))
x = torch.ones(2, requires_grad=True); y = x ** 3; (y.grad_fn._saved_self is x, y.grad_fn._saved_exponent)
x = torch.ones(2, requires_grad=True); y = x.exp(); (y.grad_fn._saved_result is y, y.grad_fn._saved_result.equal(y))
x = torch.ones(2, requires_grad=True); y = x.exp(); y.backward(torch.ones(2)); y.grad_fn._saved_result
x = torch.ones(2, requires_grad=True); y = x.exp(); y.grad_fn._raw_saved_result
x = torch.ones(2, requires_grad=True); y = x.exp(); y.grad_fn._raw_saved_result.data
x = torch.ones(2, requires_grad=True); y = x.exp(); y.grad_fn._raw_saved_result.register_hooks(lambda x: x, lambda x: x)
x = torch.ones(2, requires_grad=True); y = x.exp(); y.grad_fn._raw_saved_result.register_hooks(lambda x: 2, lambda x: torch.full((2,), 5.)); y.sum().backward(); x.grad
x = torch.ones(2, requires_grad=True); y = x.exp(); y.grad_fn._saved_nothing
x = torch.ones(2, requires_grad=True); y = x.exp(); y.grad_fn.metadata['k'] = 3; y.grad_fn.metadata
x = torch.ones(2, requires_grad=True); y = x.exp(); y.grad_fn is y.grad_fn
x = torch.ones(2, requires_grad=True); y = x.exp(); y.grad_fn._sequence_nr() == y.grad_fn._sequence_nr()
x = torch.ones(2, requires_grad=True); y = x.exp(); y.grad_fn._input_metadata
x = torch.ones(2, requires_grad=True); y = x.exp(); isinstance(y.grad_fn, torch.autograd.graph.Node)
x = torch.ones(2, requires_grad=True); y = x.exp(); issubclass(type(y.grad_fn), torch.autograd.graph.Node)
x = torch.ones(2, requires_grad=True); y = x.exp(); y.grad_fn(torch.ones(2))
x = torch.ones(2, requires_grad=True); y = x.exp(); y.grad_fn.next_functions[0][0](torch.ones(2)); x.grad
torch.autograd.graph.get_gradient_edge(torch.ones(2))
x = torch.ones(2, requires_grad=True); e = torch.autograd.graph.get_gradient_edge(x * 2); (type(e).__name__, e.output_nr, e.node.name())
x = torch.ones(2, requires_grad=True); e = torch.autograd.graph.get_gradient_edge(x); torch.autograd.grad((x * 3).sum(), e)
x = torch.ones(2, requires_grad=True); x.register_hook(3)
torch.ones(2).register_hook(lambda g: g)
x = torch.ones(2, requires_grad=True); (x * 2).register_post_accumulate_grad_hook(lambda t: t)
torch.ones(2).register_post_accumulate_grad_hook(lambda t: t)
x = torch.ones(2, requires_grad=True); h = x.register_hook(lambda g: g * 2); x.sum().backward(); h.remove(); h.remove(); x.sum().backward(); x.grad
x = torch.ones(2, requires_grad=True); x.register_hook(lambda g: torch.ones(3)); x.sum().backward()
x = torch.ones(2, requires_grad=True); x.register_hook(lambda g: 3); x.sum().backward()
x = torch.ones(2, requires_grad=True); x.register_hook(lambda g: g.double()); x.sum().backward(); x.grad
x = torch.ones(2, requires_grad=True); (x * 2)._backward_hooks
x = torch.ones(2, requires_grad=True); x.register_hook(print); len(x._backward_hooks)
x = torch.ones(2, requires_grad=True); y = x * 2; y.grad_fn.register_hook(lambda gi, go: (gi[0] * 2, None)); y.sum().backward(); x.grad
x = torch.ones(2, requires_grad=True); y = x * 2; y.grad_fn.register_hook(lambda gi, go: gi[0] * 2); y.sum().backward(); x.grad
x = torch.ones(2, requires_grad=True); y = x * 2; y.grad_fn.register_prehook(lambda go: (go[0] * 5,)); y.sum().backward(); x.grad
x = torch.ones(2, requires_grad=True); y = x * 2; y.grad_fn.register_prehook(lambda go: go[0] * 5); y.sum().backward(); x.grad
torch.is_grad_enabled(), torch.is_inference_mode_enabled()
torch.no_grad()
torch.no_grad().__enter__()
torch.set_grad_enabled(False); r = torch.ones(1, requires_grad=True) * 2; torch.set_grad_enabled(True); r.requires_grad
torch.set_grad_enabled(1)
torch.set_grad_enabled(mode=True)
repr(torch.set_grad_enabled(True))
torch.inference_mode(1)
torch.autograd.set_grad_enabled is torch.set_grad_enabled
torch.autograd.grad_mode.no_grad is torch.no_grad
torch.no_grad(3)
torch.autograd.set_detect_anomaly(True).__exit__(); torch.is_anomaly_enabled()
torch.autograd.detect_anomaly
torch.autograd.Function.apply(torch.ones(2))
torch.autograd.Function.apply(torch.ones(2, requires_grad=True))
"""


def inference(torch, log):
    with torch.inference_mode():
        log(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
        a = torch.ones(2)
        b = torch.ones(2, requires_grad=True)
        c = a * 2
        v = a.view(2)
        log(a.is_inference(), b.is_inference(), c.is_inference(), v.is_inference(), b.requires_grad, c.requires_grad)
        log.error(lambda: a._version)
        a.add_(1)
        v.mul_(2)
        log(a)
        with torch.inference_mode(False):
            log(torch.is_inference_mode_enabled(), torch.is_grad_enabled(), torch.ones(1).is_inference())
            log((torch.ones(1, requires_grad=True) * 2).requires_grad)
        with torch.enable_grad():
            log((torch.ones(1, requires_grad=True) * 2).requires_grad, torch.is_grad_enabled())
    x = torch.ones(2, requires_grad=True)
    log.error(lambda: x * a)
    log.error(lambda: (x * a).sum().backward())
    log(x + a)
    log.error(lambda: a.requires_grad_())
    log.error(lambda: a.view(2))
    log(a.view(2).is_inference(), a.clone().is_inference(), a.detach().is_inference(), a[0].is_inference())
    log.error(lambda: a.copy_(x))
    log.error(lambda: x.view(2).copy_(a))
    normal = torch.ones(2)
    with torch.inference_mode():
        view = normal.view(2)
        log(view.is_inference(), view._version)
        normal.add_(1)
        view.add_(1)
        log(normal._version, view._is_view())
        leaf_view = x.view(2)
        log(leaf_view.requires_grad, leaf_view.is_inference())
        log.error(lambda: x.add_(1))
    log.error(lambda: leaf_view.add_(1))
    log.error(lambda: (x * leaf_view).sum().backward())

    @torch.inference_mode()
    def decorated(x):
        return x * 2

    @torch.inference_mode
    def bare(x):
        return x * 2

    log(decorated(x).is_inference(), bare(x).is_inference(), decorated.__name__)
    log.show(decorated(x))
    log(x)


def threads_and_tasks(torch, log):
    x = torch.ones(1, requires_grad=True)
    found = {}

    def other():
        found["thread"] = (torch.is_grad_enabled(), (x * 2).requires_grad, torch.is_inference_mode_enabled())
        torch.set_grad_enabled(False)

    with torch.no_grad():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        log(torch.is_grad_enabled())
    log(found["thread"], torch.is_grad_enabled())
    errors = []

    def backward():
        try:
            for _ in range(20):
                (x * 2).sum().backward()
        except Exception as error:
            errors.append(repr(error))

    workers = [threading.Thread(target=backward) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    log(errors, x.grad is not None)


def generators(torch, log):
    @torch.no_grad()
    def values():
        log(torch.is_grad_enabled())
        got = yield 1
        log(torch.is_grad_enabled(), got)
        try:
            yield 2
        except ValueError:
            log(torch.is_grad_enabled())
            yield 3
        try:
            yield 4
        finally:
            log("closed", torch.is_grad_enabled())
        return 5

    made = values()
    log(torch.is_grad_enabled(), next(made), torch.is_grad_enabled(), made.send("sent"), torch.is_grad_enabled())
    log(made.throw(ValueError()), torch.is_grad_enabled(), next(made))
    made.close()
    log(torch.is_grad_enabled(), values.__name__)

    @torch.enable_grad()
    def inner():
        yield torch.is_grad_enabled()
        yield torch.is_grad_enabled()

    with torch.no_grad():
        made = inner()
        log(next(made), torch.is_grad_enabled(), list(made))
    switched = torch.set_grad_enabled(False)
    log(torch.is_grad_enabled())
    with switched:
        pass
    log(torch.is_grad_enabled())

    @torch.set_grad_enabled(False)
    def plain():
        return torch.is_grad_enabled()

    log(torch.is_grad_enabled(), plain(), torch.is_grad_enabled())
    try:
        with torch.no_grad():
            raise ValueError
    except ValueError:
        log(torch.is_grad_enabled())


def classes_and_methods(torch, log):
    class Holder:
        @torch.no_grad()
        def method(self, x):
            return (x * 2).requires_grad

        @staticmethod
        @torch.no_grad()
        def static():
            return torch.is_grad_enabled()

    log(Holder().method(torch.ones(1, requires_grad=True)), Holder.static())
    log.warns(lambda: torch.no_grad()(Holder))
    no_grad = torch.no_grad()
    with no_grad:
        with no_grad:
            log(torch.is_grad_enabled())
        log(torch.is_grad_enabled())
    log(torch.is_grad_enabled())
    torch.set_grad_enabled(True)


def nothing_keeps_graphs(torch, log):
    gc.collect()
    gc.disable()
    try:
        x = torch.ones(3, requires_grad=True)

        class Exp(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                y = x.exp()
                ctx.save_for_backward(x, y)
                return y

            @staticmethod
            def backward(ctx, grad):
                return grad * ctx.saved_tensors[1]

        def hooked():
            y = x * 2
            y.register_hook(lambda g: g * 2)
            y.retain_grad()
            z = y.exp()
            z.grad_fn.register_hook(lambda gi, go: None)
            z.sum().backward()
            return y, z

        def written():
            y = x.clone()
            v = y[0]
            v.mul_(2)
            y[1:] = x.sum()
            return y, v

        def passed():
            y = (x * 2).exp()
            y.sum().backward()
            return (y,)

        def twice():
            y = (x * x).exp()
            (grad,) = torch.autograd.grad(y.sum(), x, create_graph=True)
            return y, grad

        def inspected():
            y = x * 2
            z = y.exp()
            node = z.grad_fn
            return y, z, node.next_functions[0][0]._saved_other or node._saved_result

        for make in (hooked, written, passed, twice, inspected, lambda: (Exp.apply(x * 1),), lambda: torch.stack([x, x]).unbind()):
            references = [weakref.ref(made) for made in make()]
            log([reference() is None for reference in references])
    finally:
        gc.enable()


def tasks(torch, log):
    """Two tasks that interleave; PyTorch's modes belong to the thread, so what a task sees is not compared, only what is left."""

    async def work():
        with torch.no_grad():
            await asyncio.sleep(0)
        return

    async def both():
        await asyncio.gather(work())

    asyncio.run(both())
    log(torch.is_grad_enabled())
