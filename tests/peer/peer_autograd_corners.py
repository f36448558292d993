"""Corners of autograd and torch.func that a sweep over PyTorch's operators and the examples of its pages found."""

import warnings


def values(torch, *found):
    """Results by their contents, whatever formulas wrote into them."""
    return torch.utils._pytree.tree_map(lambda x: x.clone(memory_format=torch.contiguous_format), found)


MATRIX = [[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]]
TANGENT = [[1.0, 2.0, -1.0], [0.5, 0.1, 3.0], [2.0, -0.7, 1.0]]  # not symmetric


def tangents(torch, log):
    jvp, vmap = torch.func.jvp, torch.func.vmap
    a, t = torch.tensor(MATRIX, dtype=torch.float64), torch.tensor(TANGENT, dtype=torch.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for upper in (False, True):
            factor = lambda x: torch.linalg.cholesky(x, upper=upper)
            log(values(torch, jvp(factor, (a,), (t,)), vmap(lambda x, v: jvp(factor, (x,), (v,))[1])(a[None], t[None])))
            log(values(torch, jvp(lambda x: jvp(factor, (x,), (t,))[1], (a,), (t,))[1]))
        for name in ("var_mean", "std_mean", "var", "std"):
            f = getattr(torch, name)
            for options in ({}, {"dim": 0}, {"dim": (0, 1), "correction": 0}, {"dim": 1, "keepdim": True}):
                log(name, values(torch, jvp(lambda x: f(x, **options), (a,), (t,))))
            log(values(torch, jvp(f, (a[0, :1],), (t[0, :1],)), jvp(lambda x: f(x, dim=0), (a[:1],), (t[:1],))))
        for training in (True, False):
            def norm(x, weight, bias):
                return torch.nn.functional.batch_norm(x, a[0].clone(), a[1].clone(), weight, bias, training=training)

            log(values(torch, jvp(norm, (a, a[0], a[1]), (t, t[0], t[1]))))
            log(values(torch, jvp(lambda x: norm(x, None, None), (a,), (t,)), jvp(lambda w: norm(a, w, None), (a[0],), (t[0],))))


def loops(torch, log):
    x = torch.arange(48.0).reshape(3, 4, 4) / 48
    index, mask = torch.tensor([[0, 1], [3, 2], [1, 1]]), x > 0.3
    calls = {
        "renorm": (lambda x: torch.renorm(x, 2.0, 0, 1.0), x),
        "take": (torch.take, x, index),
        "put": (lambda x, i: torch.put(x, i, torch.ones(2)), x, index[:2].repeat(2, 1)[:3]),
        "index_add": (lambda x, i: x.index_add(0, i, torch.ones(2, 4)), x, index),
        "index_fill": (lambda x, i: x.index_fill(0, i, 2.0), x, index),
        "masked_fill": (lambda x, m: x.masked_fill(m, torch.tensor(1.0)), x, mask),
        "masked_fill of a number": (lambda x, m: x.masked_fill(m, 1.0), x, mask),
        "isin": (torch.isin, x, x),
        "t_copy": (torch.t_copy, x),
        "lu": (lambda x: torch.linalg.lu(x + torch.eye(4))[1], x),
        "soft_margin_loss": (torch.nn.functional.soft_margin_loss, x, x),
        "unfold": (torch.func.grad(lambda x: x.unfold(0, 2, 1).sum()), x),
    }
    for name, (function, *arguments) in calls.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = torch.vmap(function)(*arguments)
        log(name, values(torch, found), [str(item.message).partition(". Please")[0] for item in caught])


def passes_in_passes(torch, log):
    class Deep(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            with torch.enable_grad():
                ctx.x = x.detach().requires_grad_() - 1
            return ctx.x.detach()

        @staticmethod
        def backward(ctx, grad):
            if ctx.x < 0:
                return grad
            with torch.enable_grad():
                Deep.apply(ctx.x).sum().backward()
            return grad

    for depth in (10.0, 150.0):
        x = torch.tensor(depth, requires_grad=True)
        Deep.apply(x).sum().backward()
        log(x.grad)


def redispatched(torch, log):
    class Logging(torch.Tensor):
        depth = 0

        @classmethod
        def __torch_function__(cls, func, types, args, kwargs=None):
            log(cls.depth, func.__name__)
            cls.depth += 1
            found = torch.overrides.redispatch_function(func, types, args, kwargs)
            cls.depth -= 1
            return found

    def scaled(a, b):
        if torch.overrides.has_torch_function((a, b)):
            return torch.overrides.handle_torch_function(scaled, (a, b), a, b)
        return a * b + 1

    log(scaled(Logging(torch.tensor([3.0])), Logging(torch.tensor([4.0]))))
    for budget in (0.0, 2.0, True):
        log.error(lambda budget=budget: torch.autograd.graph.region_activation_memory_budget(budget).__enter__())
