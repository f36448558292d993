"""Memory that several tensors share: growth, other geometries, layouts of gradients, inference tensors, marks of custom functions."""


def growth(torch, log):
    x = torch.arange(4.0)
    views = [x.view(2, 2), x[1:3], x.detach(), x.view(2, 2).t()]
    storage = x.untyped_storage()
    x.resize_(9).fill_(2)
    log(*views)
    log(storage.nbytes(), x.untyped_storage().nbytes(), views[0].untyped_storage().nbytes(), views[2].data_ptr() == x.data_ptr())
    views[0].zero_()
    log(x)
    x = torch.arange(3.0)
    part = x[:1]
    out = log.warns(lambda: torch.add(torch.ones(2, 3), 1, out=x))
    part.add_(5)
    log(out, part)
    x = torch.arange(3.0)
    twin = x.detach()
    log.warns(lambda: torch.exp(torch.zeros(2, 4), out=twin))
    log(x)
    x.untyped_storage().resize_(64)
    twin.fill_(3)
    log(x, x.untyped_storage().nbytes())
    x = torch.ones(2)
    log.error(lambda: x.clone().set_(torch.ones(1).untyped_storage(), 0, (2,), (1,)))
    log(x.clone().set_(torch.ones(1).untyped_storage(), 0, (1,), (1,)))


def overlapping_out(torch, log):
    x = torch.arange(6.0)
    log.error(lambda: log.warns(lambda: torch.add(x.view(2, 1, 3), 1, out=x.detach())))
    log.error(lambda: log.warns(lambda: torch.cat([x, x], out=x.detach())))
    log.error(lambda: torch.cat([x[:3], x[3:]], out=x.detach()))
    log.error(lambda: torch.add(torch.ones(6), 1, out=torch.ones(1).expand(3)))
    log(torch.cat([x[:0], x[:0]], out=x[:0].detach()))


def gradient_layouts(torch, log):
    functions = (
        lambda t: t * t, lambda t: t.exp(), lambda t: t**3, lambda t: t / (t * t + 1), lambda t: t.clamp(-1, 1), lambda t: t.abs(),
        lambda t: torch.where(t > 0, t, t * 2), lambda t: t.softmax(-1) ** 2, lambda t: t.flip(1) * t, lambda t: t * 2, lambda t: t.amax(1),
    )  # fmt: skip
    for shape in ((2, 1, 3), (1, 3, 2), (2, 3, 1)):
        for order in ((0, 2, 1), (1, 0, 2), (2, 1, 0), (1, 2, 0)):
            for function in functions:
                x = torch.linspace(-1, 1, shape[0] * shape[1] * shape[2]).reshape(shape).permute(order).clone().requires_grad_()
                function(x.permute(order)).sum().backward()
                log(x.grad.stride())


def strided_gradients(torch, log):
    x = torch.arange(12.0).reshape(3, 4).requires_grad_()
    for view in (x[1:, 1:], x.t()[2:], x[1], x[..., 2:]):
        for size, stride, offset in (((2,), (1,), 0), ((2, 2), (1, 2), 1), ((2, 2), (1, 1), 3), ((1,), (1,), 11)):
            part = view.as_strided(size, stride, offset)
            (grad,) = torch.autograd.grad((part**3).sum(), x, create_graph=True)
            (second,) = torch.autograd.grad((grad**2).sum(), x)
            log(grad.detach(), second, torch.autograd.grad((part**2).sum(), view)[0])


def parts_of_complex(torch, log):
    x = torch.tensor(1 + 2j, requires_grad=True)
    y = x * 1
    y.imag.zero_()
    y.abs().backward()
    log(x.grad)
    for value in (2, torch.tensor(3.0)):
        z = torch.ones(2, requires_grad=True) * 1
        z.real = value
        log(z)
    y = torch.tensor([1 + 1j, 2], requires_grad=True) * 1
    pair = torch.view_as_real(y)
    first, shorter = pair[..., 0], pair[..., 0][:1]
    y.mul_(2)
    log(pair, first, shorter)


def inference(torch, log):
    with torch.inference_mode():
        t = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    for function in (
        lambda: t * 2, lambda: t.exp(), lambda: t[0], lambda: t.view(-1), lambda: t.sum(), lambda: t.mean(), lambda: t.clone(), lambda: t @ t,
        lambda: torch.cat([t, t]), lambda: t + torch.ones(2), lambda: t * torch.ones(2), lambda: t.std(), lambda: t.double(), lambda: t.max(),
    ):  # fmt: skip
        log.error(function)
    normal, made = torch.ones(2), torch.ones(2)
    with torch.inference_mode():
        normal.data = made * 3
    log(normal.is_inference(), normal._version, normal.view(-1).is_inference())
    log.error(lambda: normal.add_(1))


def marks(torch, log):
    class Viewed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.view(-1)

        @staticmethod
        def backward(ctx, grad):
            return grad

    class Swapped(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.mark_dirty(x, y)
            return x.mul_(2), y.add_(1)

        @staticmethod
        def backward(ctx, g, h):
            return g * 2, h

    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, grad):
            return grad * 2

    x = torch.ones(2, requires_grad=True)
    y = x * 1
    with torch.no_grad():
        view = Viewed.apply(y)
    log.error(lambda: view.mul_(2))
    y.mul_(2)
    log.error(lambda: view.grad_fn)
    log.error(lambda: Swapped.apply((x * 1).chunk(2)[0], x * 2))
    (grad,) = torch.autograd.grad((Once.apply(x) ** 2).sum(), x, create_graph=True)
    log(torch.autograd.grad(grad.sum(), x, allow_unused=True))
    log.error(lambda: grad.sum().backward())
    log.error(lambda: torch.ones(2).new_zeros((2, -1)))


def post_accumulate_answers(torch, log):
    x = torch.ones(2, requires_grad=True)
    x.register_post_accumulate_grad_hook(lambda p: p.grad * 2)
    log.error(lambda: x.sum().backward())
    x.register_post_accumulate_grad_hook(lambda p: log(p))
    log.error(lambda: x.sum().backward())
