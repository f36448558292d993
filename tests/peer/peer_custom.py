"""Custom functions: what forward may return, views and in-place results, ctx attributes, non-tensor values, keyword arguments."""

import gc
import weakref
from collections import namedtuple


def returns_of_all_kinds(torch, log):
    class Mixed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, factor, name, nothing=None):
            ctx.factor = factor
            return a * factor, name, 3, None, [a], a.sum()

        @staticmethod
        def backward(ctx, ga, gname, gn, gnone, glist, gsum):
            log(gname is None, gn is None, gnone is None, glist is None, gsum)
            return ga * ctx.factor + gsum, None, None, None

    x = torch.ones(2, requires_grad=True)
    out = Mixed.apply(x, 3.0, "name")
    log(out)
    (out[0].sum() + 2 * out[5]).backward()
    log(x.grad)

    class Several(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return [a * 2, a * 3]

        @staticmethod
        def backward(ctx, *g):
            return g[0]

    log(Several.apply(x))
    Pair = namedtuple("Pair", ["first", "second"])

    class Named(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return Pair(a * 2, a * 3)

        @staticmethod
        def backward(ctx, g, h):
            return 2 * g + 3 * h

    out = Named.apply(x)
    log(type(out).__name__, out[0], out[1])

    class Nothing(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return None

        @staticmethod
        def backward(ctx, g):
            return g

    log(Nothing.apply(x))

    class NoTensors(torch.autograd.Function):
        @staticmethod
        def forward(ctx, n):
            return n + 1

        @staticmethod
        def backward(ctx, g):
            return g

    log(NoTensors.apply(3), NoTensors.apply("a" and 2.5))

    class Integers(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a.long(), a * 2

        @staticmethod
        def backward(ctx, gi, g):
            log(gi)
            return g * 2

    i, f = Integers.apply(x)
    log(i, f)
    f.sum().backward()


def input_returned(torch, log):
    class Same(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            return a, b * 2

        @staticmethod
        def backward(ctx, ga, gb):
            return ga * 5, gb * 2

    x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    a, b = Same.apply(x, y)
    log(a is x, a._is_view(), a, b, a.data_ptr() == x.data_ptr())
    (a + b).sum().backward()
    log(x.grad, y.grad)
    log.error(lambda: a.add_(1))
    c, d = Same.apply(x * 2, y.detach())
    log(c, d)
    log.error(lambda: c.add_(1))
    with torch.no_grad():
        e, f = Same.apply(x, y)
        log(e is x, e, f)

    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            out = a * 2
            return out, out

        @staticmethod
        def backward(ctx, g, h):
            return g + 3 * h

    p, q = Twice.apply(x)
    log(p is q, p.output_nr, q.output_nr)
    x.grad = None
    (p * 2 + q).sum().backward()
    log(x.grad)


def in_place(torch, log):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            a.mul_(2)
            ctx.mark_dirty(a)
            return a

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = torch.ones(3, requires_grad=True)
    y = x.clone()
    z = Double.apply(y)
    log(z is y, z, y._version)
    z.sum().backward()
    log(x.grad)
    log.error(lambda: Double.apply(x))
    base = x.clone()
    view = base[:2]
    out = Double.apply(view)
    log(out is view, base, base.grad_fn)
    x.grad = None
    (base * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    log(x.grad)

    class DoubleTwoOut(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            a.mul_(2)
            ctx.mark_dirty(a)
            return a, a * 1

        @staticmethod
        def backward(ctx, g, h):
            return (g + h) * 2

    base = x.clone()
    log.error(lambda: DoubleTwoOut.apply(base[:2]))
    whole = x.clone()
    a, b = DoubleTwoOut.apply(whole)
    log(a is whole, a, b)

    class Unmarked(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            a.add_(1)
            return a

        @staticmethod
        def backward(ctx, g):
            return g

    u = Unmarked.apply(x.clone())
    log(u)

    class NotReturned(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            a.add_(1)
            ctx.mark_dirty(a)
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g

    log.error(lambda: NotReturned.apply(x.clone()))

    class DirtyNotInput(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            b = a * 2
            ctx.mark_dirty(b)
            return b

        @staticmethod
        def backward(ctx, g):
            return g

    log.error(lambda: DirtyNotInput.apply(x.clone()))
    plain = torch.ones(2)
    log(Double.apply(plain) is plain, plain, plain._version)


def views_made_inside(torch, log):
    class View(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a[:2]

        @staticmethod
        def backward(ctx, g):
            return torch.cat([g, torch.zeros(1)]) * 7

    class ViewOfNew(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return (a * 2)[:2]

        @staticmethod
        def backward(ctx, g):
            return torch.cat([g, torch.zeros(1)])

    class Views(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a[:2], a[1:]

        @staticmethod
        def backward(ctx, g, h):
            return torch.cat([g, torch.zeros(1)]) + torch.cat([torch.zeros(1), h])

    x = torch.ones(3, requires_grad=True)
    for function in (View, ViewOfNew, Views):
        y = x.clone()
        out = function.apply(y)
        out = out if isinstance(out, tuple) else (out,)
        log([entry._is_view() for entry in out], [entry.grad_fn for entry in out])
        log.error(lambda out=out: out[0].mul_(2))
        x.grad = None
        sum(entry.sum() for entry in out).backward()
        log(x.grad)
    n = torch.ones(3)
    v = View.apply(n)
    v.mul_(3)
    log(n, v, v._is_view())


def ctx_attributes(torch, log):
    class Watch(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b, n):
            log(ctx.needs_input_grad, type(ctx).__name__, ctx.saved_tensors)
            ctx.anything = [1, 2]
            ctx.save_for_backward(a, None, b)
            ctx.extra = n
            return a * b

        @staticmethod
        def backward(ctx, g):
            a, nothing, b = ctx.saved_tensors
            log(nothing, ctx.anything, ctx.extra, ctx.needs_input_grad, ctx.name(), a.requires_grad, torch.is_grad_enabled())
            return g * b, g * a, None

    x, y = torch.ones(2, requires_grad=True), torch.full((2,), 3.0)
    out = Watch.apply(x, y, 5)
    log(out.grad_fn.name(), type(out.grad_fn).__name__, out.grad_fn.saved_tensors, out.grad_fn.extra, out.grad_fn.needs_input_grad)
    log(out.grad_fn.next_functions, out.grad_fn.metadata, isinstance(out.grad_fn, torch.autograd.graph.Node))
    out.sum().backward(retain_graph=True)
    out.sum().backward()
    log.error(lambda: out.grad_fn.saved_tensors)
    log.error(lambda: out.sum().backward())
    log.error(lambda: Watch())
    log.error(lambda: Watch.apply(x, y))

    class Badly(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(3)
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g

    log.error(lambda: Badly.apply(x))

    class SavesInner(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            b = a.exp()
            out = b.sin()
            ctx.save_for_backward(a, b, out)
            return out

        @staticmethod
        def backward(ctx, g):
            a, b, out = ctx.saved_tensors
            log(a.requires_grad, b.requires_grad, out.requires_grad, out.grad_fn)
            return g * b * b.cos()

    s = SavesInner.apply(x)
    s.sum().backward()
    log(x.grad)
    log(torch.autograd.grad(SavesInner.apply(x).sum(), x, create_graph=True)[0].requires_grad)


def kwargs_and_defaults(torch, log):
    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(a, factor=2.0, *, offset=0.0):
            return a * factor + offset

        @staticmethod
        def setup_context(ctx, inputs, output):
            log(len(inputs), output.requires_grad)
            ctx.factor = inputs[1] if len(inputs) > 1 else None

        @staticmethod
        def backward(ctx, g):
            return g * ctx.factor, None

    class Plain(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, factor=2.0):
            ctx.factor = factor
            return a * factor

        @staticmethod
        def backward(ctx, g):
            return g * ctx.factor, None

    x = torch.ones(2, requires_grad=True)
    log(Plain.apply(x), Plain.apply(x, 3.0))
    Plain.apply(x, 4.0).sum().backward()
    log(x.grad)
    log.error(lambda: Plain.apply(x).sum().backward())

    class Setup(torch.autograd.Function):
        @staticmethod
        def forward(a, factor=2.0):
            return a * factor

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.factor = inputs[1]
            log(len(inputs))

        @staticmethod
        def backward(ctx, g):
            return g * ctx.factor, None

    log(Setup.apply(x), Setup.apply(x, 3.0))
    x.grad = None
    Setup.apply(x).sum().backward()
    log(x.grad)
    log(Setup.apply(x, factor=5.0))


def higher_derivatives(torch, log):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a**3

        @staticmethod
        def backward(ctx, g):
            (a,) = ctx.saved_tensors
            return g * 3 * a**2

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (g,) = torch.autograd.grad(Cube.apply(x).sum(), x, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), x, create_graph=True)
    (k,) = torch.autograd.grad(h.sum(), x)
    log(g, h, k)

    class Inner(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a.sin()

        @staticmethod
        def backward(ctx, g):
            return InnerBackward.apply(g, *ctx.saved_tensors)

    class InnerBackward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, g, a):
            ctx.save_for_backward(g, a)
            return g * a.cos()

        @staticmethod
        def backward(ctx, gg):
            g, a = ctx.saved_tensors
            return gg * a.cos(), -gg * g * a.sin()

    (g,) = torch.autograd.grad(Inner.apply(x).sum(), x, create_graph=True)
    log(g, g.grad_fn, torch.autograd.grad(g.sum(), x))
    log(torch.autograd.gradcheck(Inner.apply, x.detach().double().requires_grad_()))
    log(torch.autograd.gradgradcheck(Inner.apply, x.detach().double().requires_grad_()))


def lifetimes(torch, log):
    class Token:
        pass

    class Keeps(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, token):
            ctx.token = token
            ctx.save_for_backward(a)
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2, None

    gc.disable()
    try:
        x = torch.ones(2, requires_grad=True)
        token = Token()
        ref = weakref.ref(token)
        y = Keeps.apply(x, token)
        del token
        log(ref() is None)
        y.sum().backward()
        log(ref() is None)
        del y
        log(ref() is None)
        token = Token()
        ref = weakref.ref(token)
        with torch.no_grad():
            y = Keeps.apply(x, token)
        del token
        log(ref() is None, y.grad_fn)
    finally:
        gc.enable()


def mode_and_errors_inside(torch, log):
    class Modes(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            log(torch.is_grad_enabled(), (a * 2).requires_grad, a.requires_grad)
            with torch.enable_grad():
                log((a * 2).requires_grad)
            return a * 2

        @staticmethod
        def backward(ctx, g):
            log(torch.is_grad_enabled(), g.requires_grad)
            return g * 2

    x = torch.ones(2, requires_grad=True)
    Modes.apply(x).sum().backward()
    torch.autograd.grad(Modes.apply(x).sum(), x, create_graph=True)
    with torch.no_grad():
        log(Modes.apply(x))

    class Fails(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            raise ValueError("in forward")

        @staticmethod
        def backward(ctx, g):
            return g

    log.error(lambda: Fails.apply(x))
    log(torch.is_grad_enabled())

    class NoForward(torch.autograd.Function):
        @staticmethod
        def backward(ctx, g):
            return g

    log.error(lambda: NoForward.apply(x))

    class WrongShape(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return torch.ones(5)

    log.error(lambda: WrongShape.apply(x).sum().backward())

    class WrongType(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g.double()

    WrongType.apply(x).sum().backward()
    log(x.grad)

    class Expanded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a.sum()

        @staticmethod
        def backward(ctx, g):
            return torch.ones(3, 2) * g

    x.grad = None
    Expanded.apply(x).backward()
    log(x.grad)

    class Old(torch.autograd.Function):
        def forward(self, a):
            return a

        def backward(self, g):
            return g

    log.error(lambda: Old()(x))
    log.error(lambda: Old.apply(x))


def non_differentiable(torch, log):
    class Sorted(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            values, places = a.sort()
            ctx.mark_non_differentiable(places)
            ctx.save_for_backward(places)
            return values, places

        @staticmethod
        def backward(ctx, g, gi):
            log(gi)
            (places,) = ctx.saved_tensors
            out = torch.zeros_like(g)
            out[places] = g
            return out

    x = torch.tensor([3.0, 1.0, 2.0], requires_grad=True)
    v, p = Sorted.apply(x)
    log(v, p)
    (v * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    log(x.grad.tolist())

    class AllMarked(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            b = a + 1
            ctx.mark_non_differentiable(b)
            return b

        @staticmethod
        def backward(ctx, g):
            return g

    log(AllMarked.apply(x))

    class MarksInput(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.mark_non_differentiable(a)
            return a

        @staticmethod
        def backward(ctx, g):
            return g

    log(MarksInput.apply(x * 2))

    class DirtyAndMarked(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            a.add_(1)
            ctx.mark_dirty(a)
            ctx.mark_non_differentiable(a)
            return a

        @staticmethod
        def backward(ctx, g):
            return g

    log(DirtyAndMarked.apply(x.clone()))
