"""torch.autograd.Function."""


def exp_with_saved_output(torch, log):
    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, i):
            result = i.exp()
            ctx.save_for_backward(result)
            return result

        @staticmethod
        def backward(ctx, grad_output):
            (result,) = ctx.saved_tensors
            return grad_output * result

    x = torch.tensor([0.5, 1.0], requires_grad=True)
    y = Exp.apply(x)
    log(y, y.grad_fn.name(), type(y.grad_fn).__name__)
    y.sum().backward(retain_graph=True)
    log(x.grad)
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    log(g, torch.autograd.grad(g.sum(), x))
    log.error(lambda: Exp.apply(x).grad_fn.saved_tensors)
    log.error(lambda: Exp()(x))


def setup_context_form(torch, log):
    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(x, factor):
            return x * factor

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, ctx.factor = inputs
            ctx.save_for_backward(x)

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.factor, None

    x = torch.ones(3, requires_grad=True)
    y = Scale.apply(x, 4.0)
    log(y)
    y.sum().backward()
    log(x.grad)


def needs_input_grad_and_none(torch, log):
    seen = []

    class Add(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b, c):
            seen.append(ctx.needs_input_grad)
            return a + b + c

        @staticmethod
        def backward(ctx, grad):
            seen.append(ctx.needs_input_grad)
            return grad, None, grad * 2

    a, b, c = torch.ones(2, requires_grad=True), torch.ones(2), torch.ones(2, requires_grad=True)
    Add.apply(a, b, c).sum().backward()
    log(seen, a.grad, c.grad)
    log(Add.apply(b, b, 3))


def several_outputs(torch, log):
    seen = []

    class Split(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(True)
            return x * 2, x * 3, "text", None

        @staticmethod
        def backward(ctx, *grads):
            seen.append([None if g is None else g.tolist() for g in grads])
            return grads[0] * 2 + grads[1] * 3

    x = torch.ones(2, requires_grad=True)
    first, second, text, nothing = Split.apply(x)
    log(first, second, text, nothing)
    second.sum().backward()
    log(seen, x.grad)


def no_materialized_grads(torch, log):
    seen = []

    class Split(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, first, second):
            seen.append((first is None, second is None))
            return second * 3

    x = torch.ones(2, requires_grad=True)
    Split.apply(x)[1].sum().backward()
    log(seen, x.grad)


def mark_dirty(torch, log):
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
    log.error(lambda: AddOne.apply(x))
    y = x * 1
    z = AddOne.apply(y)
    log(z is y, y, y._version)
    y.sum().backward()
    log(x.grad)


def mark_non_differentiable(torch, log):
    class Sort(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            values, indices = x.sort()
            ctx.mark_non_differentiable(indices)
            ctx.save_for_backward(indices)
            return values, indices

        @staticmethod
        def backward(ctx, grad, _):
            (indices,) = ctx.saved_tensors
            return torch.zeros_like(grad).scatter(0, indices, grad)

    x = torch.tensor([3.0, 1.0, 2.0], requires_grad=True)
    values, indices = Sort.apply(x)
    log(values, indices)
    (values * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    log(x.grad)


def once_differentiable(torch, log):
    from importlib import import_module

    once = import_module(f"{torch.__name__}.autograd.function").once_differentiable

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return 2 * x * grad

    x = torch.tensor([3.0], requires_grad=True)
    (g,) = torch.autograd.grad(Square.apply(x).sum(), x, create_graph=True)
    log(g)
    log.error(lambda: g.sum().backward())


def wrong_backward_results(torch, log):
    def function(result):
        class Wrong(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, y):
                return x * y

            @staticmethod
            def backward(ctx, grad):
                return result(grad)

        return Wrong

    x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    for result in (
        lambda g: g,
        lambda g: (g, g, g),
        lambda g: (g, g, None),
        lambda g: (torch.ones(3), g),
        lambda g: (1.0, g),
        lambda g: (g.double(), g),
        lambda g: (g[:1], None),
        lambda g: (torch.ones(2, 2), g),
    ):
        log.error(lambda result=result: function(result).apply(x, y).sum().backward())
        log(x.grad, y.grad)
        x.grad = y.grad = None


def missing_methods(torch, log):
    class NoBackward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    class NoForward(torch.autograd.Function):
        pass

    x = torch.ones(2, requires_grad=True)
    log.error(lambda: NoBackward.apply(x).sum().backward())
    log.error(lambda: NoForward.apply(x))
    log(NoBackward.apply(torch.ones(2)))


def saved_tensor_is_version_checked(torch, log):
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return 2 * x * grad

    x = torch.ones(2, requires_grad=True)
    y = x * 1
    z = Square.apply(y)
    y.add_(1)
    log.error(lambda: z.sum().backward())
    z = Square.apply(x)
    z.sum().backward()
    log.error(lambda: z.sum().backward())


def input_returned_as_is(torch, log):
    class Same(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad * 3

    x = torch.ones(2, requires_grad=True)
    y = Same.apply(x)
    log(y, y is x, y._is_view())
    y.sum().backward()
    log(x.grad)
    log.error(lambda: Same.apply(x).add_(1))


def view_returned(torch, log):
    class First(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x[:1]

        @staticmethod
        def backward(ctx, grad):
            return torch.cat([grad, torch.zeros(1)])

    x = torch.ones(2, requires_grad=True)
    y = First.apply(x * 1)
    log(y, y._is_view())
    log.error(lambda: y.add_(1))


def error_in_backward(torch, log):
    class Fails(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            raise ZeroDivisionError("on purpose")

    x = torch.ones(2, requires_grad=True)
    log.error(lambda: Fails.apply(x).sum().backward())
    log(x.grad)


def grad_mode_inside(torch, log):
    states = []

    class Watch(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            states.append((torch.is_grad_enabled(), (x * 2).requires_grad, x.requires_grad))
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            states.append((torch.is_grad_enabled(), grad.requires_grad))
            return grad * 2

    x = torch.ones(2, requires_grad=True)
    Watch.apply(x).sum().backward()
    torch.autograd.grad(Watch.apply(x).sum(), x, create_graph=True)
    with torch.no_grad():
        states.append(Watch.apply(x).requires_grad)
    log(states)
