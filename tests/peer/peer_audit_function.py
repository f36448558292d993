"""Extending torch.autograd: custom functions, their context, graph utilities and hooks, as PyTorch's pages describe them."""

import contextlib

LINES_GRAPH = """
torch.autograd.graph.increment_version(torch.ones(2))
x = torch.ones(2); torch.autograd.graph.increment_version(x); x._version
x = torch.ones(2); torch.autograd.graph.increment_version((x, x)); x._version
torch.autograd.graph.save_on_cpu
torch.autograd.graph.GradientEdge._fields
torch.autograd.set_multithreading_enabled(False).__exit__(None, None, None)
torch.autograd.function.once_differentiable
torch.autograd.function.FunctionCtx
torch.autograd.Function.__mro__[-1]
type(torch.autograd.Function).__name__
"""


def a_function(torch, log):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, power, label=None):
            log(ctx.needs_input_grad, torch.is_grad_enabled(), x.requires_grad)
            ctx.save_for_backward(x)
            ctx.power = power
            return x**power

        @staticmethod
        def backward(ctx, grad):
            log(torch.is_grad_enabled(), ctx.needs_input_grad, type(grad).__name__)
            (x,) = ctx.saved_tensors
            return ctx.power * x ** (ctx.power - 1) * grad, None, None

    x = torch.tensor([2.0, 3.0], requires_grad=True)
    y = Cube.apply(x, 3)
    log(y, y.grad_fn.name(), type(y.grad_fn).__name__, type(y.grad_fn).__mro__[1].__name__, y.grad_fn.saved_tensors[0] is x)
    y.sum().backward()
    log(x.grad)
    log.error(lambda: y.sum().backward())
    log.error(lambda: y.grad_fn.saved_tensors)
    (first,) = torch.autograd.grad(Cube.apply(x, 3).sum(), x, create_graph=True)
    log(first, torch.autograd.grad(first.sum(), x))
    with torch.no_grad():
        log(Cube.apply(x, 2))
    log(Cube.apply(x.detach(), 2), Cube.apply(x, 2, "label").requires_grad)
    log.error(lambda: Cube.apply(x, power=2))
    log.error(lambda: Cube.apply(x, 2, nothing=2))
    log.error(lambda: Cube.apply())
    log.error(lambda: Cube()(x, 2))
    log.error(lambda: Cube.apply(x, label="label"))
    log.error(lambda: Cube.apply(x, 2, power=2))
    log.error(lambda: Cube.apply(label="label", x=x, power=2))
    log.error(lambda: Cube.forward(None, x, 2))


def setup_context(torch, log):
    class Multiply(torch.autograd.Function):
        @staticmethod
        def forward(x, y, scale=2):
            return x * y * scale

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, y, scale = inputs
            log(len(inputs), output, output.requires_grad)
            ctx.save_for_backward(x, y)
            ctx.scale = scale

        @staticmethod
        def backward(ctx, grad):
            x, y = ctx.saved_tensors
            return grad * y * ctx.scale, grad * x * ctx.scale, None

    x, y = torch.tensor([2.0], requires_grad=True), torch.tensor([5.0], requires_grad=True)
    z = Multiply.apply(x, y)
    z.backward()
    log(z, x.grad, y.grad, Multiply.apply(x, y, 3), Multiply.apply(x, y=y))


def outputs(torch, log):
    class Several(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            index = x.argmax()
            ctx.mark_non_differentiable(index)
            ctx.save_for_backward(x)
            return x * 2, index, x.exp(), "text", None

        @staticmethod
        def backward(ctx, *grads):
            log(*[grad if grad is None else grad.clone() for grad in grads])
            return grads[0] * 2 + grads[2]

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    a, index, b, text, nothing = Several.apply(x)
    log(a, index, b, text, nothing, a.output_nr, b.output_nr)
    a.sum().backward()
    log(x.grad)

    class Returned(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad * 5

    y = Returned.apply(x)
    log(y is x, y.grad_fn.name(), y._is_view(), y.data_ptr() == x.data_ptr())
    log.error(lambda: y.add_(1))

    class Viewed(Returned):
        @staticmethod
        def forward(ctx, x):
            return x.view(2, 1)

    z = Viewed.apply(x)
    log(z._is_view())
    log.error(lambda: z.mul_(2))

    class ListOut(Returned):
        @staticmethod
        def forward(ctx, x):
            return [x * 1]

    log(ListOut.apply(x))


def dirty(torch, log):
    class AddOne(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.add_(1)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad * 7

    x = torch.ones(2, requires_grad=True)
    y = x * 2
    z = AddOne.apply(y)
    log(z is y, z, y.grad_fn.name(), y._version)
    z.sum().backward()
    log(x.grad)
    log.error(lambda: AddOne.apply(x))
    log(x)
    plain = torch.zeros(2)
    log(AddOne.apply(plain) is plain, plain)
    base = x * 1
    view = base[:1]
    AddOne.apply(view)
    log(base, view.grad_fn.name(), base.grad_fn.name())

    class Forgets(AddOne):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x * 2

    log.error(lambda: Forgets.apply(x * 1))


def wrong_backwards(torch, log):
    x = torch.ones(2, requires_grad=True)

    def make(result, several=False):
        class Wrong(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, number=1):
                return x * number

            @staticmethod
            def backward(ctx, grad):
                return result(grad)

        return Wrong

    results = (lambda g: (g, None, None), lambda g: (g, g, g), lambda g: None, lambda g: 3, lambda g: (g, g), lambda g: torch.ones(3),
               lambda g: g.double(), lambda g: (), lambda g: [g], lambda g: g.new_ones(2, 2), lambda g: torch.ones(1),
               lambda g: (g, 5), lambda g: g * 1j)  # fmt: skip
    for result in results:
        x.grad = None
        log.error(lambda result=result: (make(result).apply(x, 2).sum().backward(), x.grad)[1])

    class NoBackward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    log.error(lambda: NoBackward.apply(x).sum().backward())

    class Nothing(torch.autograd.Function):
        pass

    log.error(lambda: Nothing.apply(x))

    class Raises(NoBackward):
        @staticmethod
        def backward(ctx, grad):
            raise KeyError("mine")

    log.error(lambda: Raises.apply(x).sum().backward())

    class NotStatic(torch.autograd.Function):
        def forward(self, x):
            return x

    log.error(lambda: NotStatic.apply(x).requires_grad)

    class SavesText(NoBackward):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x, "a")
            return x * 1

    log.error(lambda: SavesText.apply(x))

    class SavesNone(NoBackward):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x, None)
            return x * 1

        @staticmethod
        def backward(ctx, grad):
            log(ctx.saved_tensors[1])
            return grad

    SavesNone.apply(x).sum().backward()


def materialized(torch, log):
    def make(setting):
        class Two(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                if setting is not None:
                    ctx.set_materialize_grads(setting)
                return x * 1, x * 2

            @staticmethod
            def backward(ctx, first, second):
                log(first, second)
                return first if second is None else second

        return Two

    x = torch.ones(2, requires_grad=True)
    for setting in (None, True, False):
        make(setting).apply(x)[0].sum().backward()
    log(x.grad.tolist())


def once(torch, log):
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, grad):
            log(torch.is_grad_enabled())
            return 2 * ctx.saved_tensors[0] * grad

    x = torch.ones(2, requires_grad=True)
    (first,) = torch.autograd.grad(Square.apply(x).sum(), x, create_graph=True)
    log(first.requires_grad)
    log.error(lambda: first.sum().backward())
    Square.apply(x).sum().backward()
    log(x.grad)


def modified_saved(torch, log):
    class Keep(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x * 2
            ctx.save_for_backward(x, y)
            return y

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[1]

    x = torch.ones(2, requires_grad=True)
    y = Keep.apply(x)
    log(y.grad_fn.saved_tensors[1].grad_fn is y.grad_fn, y.grad_fn._raw_saved_tensors[0] is None)
    y.add_(1)
    log.error(lambda: y.sum().backward())
    a = x * 1
    z = Keep.apply(a)
    a.mul_(2)
    log.error(lambda: z.sum().backward())


def saved_tensor_hooks(torch, log):
    x = torch.tensor([2.0], requires_grad=True)
    steps = []

    def pack(t):
        steps.append(("pack", t.tolist(), t.requires_grad))
        return t.tolist()

    def unpack(kept):
        steps.append(("unpack", kept))
        return torch.tensor(kept)

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = x * x
        z = y.exp()
    z.backward()
    log(steps, x.grad)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.add_(1), lambda t: t):
        log.error(lambda: (x * 1) * x)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: 3):
        y = x.exp()
    log.error(lambda: y.backward())
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: torch.ones(3)):
        y = x * x
    log.error(lambda: y.backward())
    with torch.autograd.graph.disable_saved_tensors_hooks("not here"):
        log.error(lambda: torch.autograd.graph.saved_tensors_hooks(pack, unpack).__enter__())
    with torch.autograd.graph.save_on_cpu():
        y = x.exp() * x
    x.grad = None
    y.backward()
    log(x.grad)

    class Keep(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0]

    with torch.autograd.graph.saved_tensors_hooks(lambda t: t * 10, lambda t: t):
        y = Keep.apply(x)
    x.grad = None
    y.backward()
    log(x.grad)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: log(torch.is_grad_enabled(), t.requires_grad), lambda t: t):
        x**3
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.autograd.graph.saved_tensors_hooks(lambda t: t * 2, lambda t: t))
        stack.enter_context(torch.autograd.graph.saved_tensors_hooks(lambda t: t * 5, lambda t: t))
        y = x * x
    x.grad = None
    y.backward()
    log(x.grad)
