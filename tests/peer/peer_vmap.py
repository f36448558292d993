"""torch.vmap: dimensions, trees, chunks, randomness, writes, and what it refuses."""

import warnings


def row(torch, *shape):
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float64) * 0.37 - 0.9).sin().reshape(shape)


def dimensions(torch, log):
    vmap, x, y = torch.vmap, row(torch, 2, 3, 4), row(torch, 4)
    for in_dim in (0, 1, -1):
        for out_dim in (0, 1, -1):
            log(vmap(lambda a: a * 2 + a.sum(), in_dims=in_dim, out_dims=out_dim)(x))
    log(vmap(torch.mul, in_dims=(2, 0))(x, y), vmap(torch.mul, in_dims=(None, 0))(x, y), vmap(torch.dot)(x[0], x[1]))
    log(vmap(lambda a: (a, a.sum()), out_dims=(1, 0))(x), vmap(lambda a: {"p": a, "q": [a.t()]}, out_dims=1)(x))
    log(vmap(lambda d: d["a"] * d["b"][0], in_dims=({"a": 0, "b": [None]},))({"a": x, "b": [y]}))
    log(vmap(lambda a, k=1: a * k)(x, k=3), vmap(lambda a: torch.ones(2))(x), vmap(lambda a: a * 2)(torch.zeros(0, 3)))
    log(vmap(vmap(torch.dot, (0, None)), (None, 0))(x[0], x[1]).contiguous(), vmap(vmap(lambda a, b: a - b), (1, 0), 1)(x, row(torch, 3, 2)))
    log(vmap(lambda a: (a, 3), out_dims=(0, None))(x)[1])


def chunks(torch, log):
    x = row(torch, 5, 3)
    for size in (1, 2, 5, 9):
        log(torch.vmap(lambda a: (a.sin(), a.sum()), chunk_size=size)(x), torch.vmap(lambda a: a, out_dims=1, chunk_size=size)(x))
    log.error(lambda: torch.vmap(lambda a: a, chunk_size=0))


def refusals_of_arguments(torch, log):
    vmap, x = torch.vmap, torch.arange(6.0).reshape(2, 3)
    log.error(lambda: vmap(lambda a: a)(3))
    for dims in (None, (0, 0), 3, "a"):
        log.error(lambda dims=dims: vmap(lambda a: a, in_dims=dims)(x))
    log.error(lambda: vmap(lambda: 3)())
    log.error(lambda: vmap(lambda a, b: a)(x, torch.zeros(4)))
    log.error(lambda: vmap(lambda a: 3)(x))
    log.error(lambda: vmap(lambda a: None)(x))
    for dims in (3, (0, 0), None, "s"):
        log.error(lambda dims=dims: vmap(lambda a: a, out_dims=dims)(x))
    log.error(lambda: vmap(lambda a: (a, a), out_dims=(0,))(x))
    log.error(lambda: vmap(lambda a: a, randomness="foo"))


def refusals_of_values(torch, log):
    vmap, x, i = torch.vmap, torch.arange(6.0).reshape(2, 3), torch.tensor([0, 1])
    log.error(lambda: vmap(lambda a: a.sum().item())(x))
    log.error(lambda: vmap(lambda a: 1 if a.sum() > 0 else 2)(x))
    log.error(lambda: vmap(lambda a: float(a.sum()))(x))
    log.error(lambda: vmap(lambda a: a.tolist())(x))
    log.error(lambda: vmap(lambda a: a.numpy())(x))
    log.error(lambda: vmap(lambda a: a.nonzero())(x))
    log.error(lambda: vmap(lambda a: a[a > 1])(x))
    log.error(lambda: vmap(lambda a: a.index_put((a > 1,), torch.tensor(1.0)))(x))
    log.error(lambda: vmap(lambda a: torch.equal(a, a))(x))
    log.error(lambda: vmap(lambda a: torch.allclose(a, a))(x))
    log.error(lambda: vmap(lambda a: torch.unique(a))(x))
    log.error(lambda: vmap(lambda a: torch.masked_select(a, a > 1))(x))
    log.error(lambda: vmap(lambda a: a.data_ptr())(x))
    log.error(lambda: vmap(lambda a: f"{a.sum()}")(x))
    log.error(lambda: vmap(lambda a, b: a[b:])(x, i))
    log.error(lambda: vmap(lambda a: 3 in a)(x))
    log.error(lambda: vmap(lambda a: torch.tensor(a))(x))
    log.error(lambda: vmap(lambda b: torch.tensor([b, b]))(i))
    log.error(lambda: vmap(lambda b: torch.arange(b))(i))
    log.error(lambda: vmap(lambda a: a.requires_grad_())(x))


def writes(torch, log):
    vmap, x, i = torch.vmap, torch.arange(6.0).reshape(2, 3), torch.tensor([0, 1])

    def changed(a, b):
        a = a.clone()
        a[b] = 7.0
        a[1:].mul_(2)
        a.unsqueeze_(0).add_(b)
        return a

    log(vmap(changed)(x, i) * 1, vmap(lambda a: a.new_zeros(3).add_(a))(x), vmap(lambda a: torch.zeros_like(a).copy_(a))(x))
    log(vmap(lambda a: a.clone().fill_(2.0).sub_(a))(x), vmap(lambda a, b: a[b])(x, i), vmap(lambda b: x[b])(i))
    kept = x.clone()
    log(vmap(lambda a: a.sin_())(kept), kept)
    log.error(lambda: vmap(lambda a: torch.zeros(3).add_(a))(x))
    log.error(lambda: vmap(lambda a: torch.zeros(3).copy_(a))(x))
    log.error(lambda: vmap(lambda a: torch.add(a, a, out=torch.zeros(3)))(x))
    grad = torch.func.grad
    with warnings.catch_warnings():  # PyTorch loads its decompositions, with a warning, on first use
        warnings.simplefilter("ignore")
        torch.func.jvp(torch.sin, (torch.ones(1),), (torch.ones(1),))

    def inside(a):
        b = a * 1
        b[0] = b[1] * 3
        b.mul_(2)
        return (b * b).sum()

    log(vmap(grad(inside))(x), grad(lambda a: vmap(inside)(a).sum())(x), torch.func.jvp(vmap(inside), (x,), (x,))[1])


def random_numbers(torch, log):
    vmap, x = torch.vmap, torch.ones(3, 2)
    log.error(lambda: vmap(lambda a: a + torch.rand(2))(x))
    log.error(lambda: vmap(lambda a: torch.bernoulli(a / 2))(x))
    log.error(lambda: vmap(lambda a: torch.nn.functional.dropout(a))(x))
    log.error(lambda: vmap(lambda a: torch.bernoulli(a / 2), randomness="same")(x))
    log.error(lambda: vmap(lambda a: torch.zeros(3).normal_(), randomness="different")(x))
    for randomness in ("same", "different"):
        for draw in (
            lambda a: a + torch.rand(2), lambda a: torch.randn_like(a), lambda a: a.clone().normal_(), lambda a: a * torch.randint(9, (2,)),
            lambda a: torch.nn.functional.dropout(a, 0.5), lambda a: a[0] * torch.randperm(4),
        ):  # fmt: skip
            torch.manual_seed(0)
            log(vmap(draw, randomness=randomness)(x))
    torch.manual_seed(0)
    log(vmap(lambda a: torch.bernoulli(a / 2), randomness="different")(x))
    log(vmap(vmap(lambda a: a + torch.rand(()), randomness="same"), randomness="different")(x))


def promotion_of_scalars(torch, log):
    x, y = torch.arange(3, dtype=torch.float64), torch.arange(3.0)
    log(torch.vmap(lambda a: a + y)(x).dtype, torch.vmap(lambda a: a * 2)(torch.arange(3)).dtype)
    log(torch.vmap(lambda a, b: torch.where(a > 1, a, b))(x, y).dtype, torch.vmap(lambda a: y[0] + a)(x).dtype)


def strides(torch, log):
    x, seen = row(torch, 3, 2, 4), []
    torch.vmap(lambda a: (seen.append((a.shape, a.stride(), a.is_contiguous(), a.dim(), len(a))), a)[1], in_dims=1)(x)
    torch.vmap(lambda a: (seen.append((a.t().stride(), a.numel(), a.dtype)), a)[1], in_dims=0)(x)
    log(*seen)


def batched_gradients(torch, log):
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x.sin() * x.sum()
    rows = torch.eye(3)
    log(torch.autograd.grad(y, x, rows, is_grads_batched=True, retain_graph=True))
    (found,) = torch.autograd.grad(y, x, rows, is_grads_batched=True, create_graph=True)
    log(torch.autograd.grad(found.sum(), x))
    log.error(lambda: torch.autograd.grad(y, x, torch.eye(2), is_grads_batched=True))


def layers(torch, log):
    f, vmap, x = torch.nn.functional, torch.vmap, row(torch, 2, 3, 4, 5, 5)
    weight, bias = row(torch, 6, 4, 3, 3), row(torch, 6)
    log(vmap(lambda a: f.conv2d(a, weight, bias, padding=1))(x).sum((-1, -2)))
    log(vmap(lambda a, w: f.conv2d(a, w, bias), (0, 0))(x, torch.stack([weight, weight * 2])).sum((-1, -2)))
    log(vmap(lambda w: f.conv_transpose2d(x[0], w, stride=2))(torch.stack([row(torch, 4, 2, 2, 2)] * 2)).sum((-1, -2)))
    log(vmap(lambda a: f.max_pool2d(a, 2))(x).sum((-1, -2)), vmap(lambda a: f.avg_pool2d(a, 2))(x).sum((-1, -2)))
    log(vmap(lambda a: f.layer_norm(a, (5,), row(torch, 5)))(x).sum((-1, -2)), vmap(lambda a: f.group_norm(a, 2))(x).sum((-1, -2)))
    log(vmap(lambda a: f.batch_norm(a, None, None, training=True))(x).sum((-1, -2)))
    log.error(lambda: vmap(lambda a: f.batch_norm(a, torch.zeros(4), torch.ones(4), training=True))(x.float()))
    log(vmap(lambda a: f.interpolate(a, scale_factor=2.0))(x).sum((-1, -2)), vmap(lambda a: f.pad(a, (1, 1), "circular"))(x[..., 0]).sum(-1))
    gradient = torch.func.grad(lambda w, a: f.conv2d(a[None], w, padding=1).pow(2).sum())
    log(vmap(gradient, (None, 0))(weight, x[0]).sum((-1, -2)))
