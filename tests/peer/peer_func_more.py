"""More of torch.func: mapped keyword names, draws inside vmap, custom functions through several levels, functorch's old tools."""

import warnings
from importlib import import_module


def attempt(log, function):
    try:
        found = function()
    except Exception as error:
        log(type(error).__name__, str(error).split("\nException raised")[0])
    else:
        log(found)


def mapped_calls(torch, log):
    x = torch.arange(6.0).reshape(3, 2)
    log(torch.vmap(lambda x, size, dims, spec, flat: x * size * dims * spec * flat)(x, size=2, dims=3, spec=4, flat=5))
    chunk_vmap = import_module(f"{torch.__name__}._functorch.apis").chunk_vmap

    for chunks in (0, -1, 2, 7):
        attempt(log, lambda chunks=chunks: chunk_vmap(torch.sin, chunks=chunks)(x))
    one_hot = torch.nn.functional.one_hot
    attempt(log, lambda: torch.vmap(one_hot)(torch.tensor([[0, 1], [2, 0]])))
    log(torch.vmap(lambda x: one_hot(x, num_classes=3))(torch.tensor([[0, 1], [2, 0]])))
    log(torch.vmap(lambda x: torch.count_nonzero(x))(x), torch.vmap(lambda x: torch.count_nonzero(x, 0))(x))
    log(torch.vmap(lambda x: x.clone().resize_(1))(x), torch.vmap(lambda x: x.resize_(2, 1))(x.clone()).shape)
    attempt(log, lambda: torch.vmap(lambda x: x.resize_(1), 1)(x.clone()))
    attempt(log, lambda: torch.vmap(torch.vmap(torch.Tensor.atan2_, (0, None)), (None, 1))(x.clone(), x))
    attempt(log, lambda: torch.vmap(lambda x: x.sin().retain_grad())(x))
    attempt(log, lambda: torch.vmap(lambda x: __import__("copy").deepcopy(x))(x))


def empty_choices_and_bounds(torch, log):
    vjp, vmap = torch.func.vjp, torch.func.vmap

    def combined(x, v):
        return vjp(lambda x: torch.combinations(x, 2), x)[1](v)

    log(vmap(combined)(torch.rand(2, 1), torch.zeros(2, 0, 2))[0].shape)

    def clamped(x, low, high, v):
        return vjp(torch.clamp, x, low, high)[1](v)

    x, low, high = torch.tensor([-2.0, 0.5, 3.0]), torch.full((3,), -1.0), torch.tensor([[1.0, 1.0, 1.0], [4.0, 0.0, 2.0]])
    log(vmap(clamped, (None, None, 0, None))(x, low, high, torch.ones(3)))
    log(vmap(clamped, (None, 0, None, None))(x, -high, high[0], torch.ones(3)))


def draws(torch, log):
    x, p = torch.zeros(3, 2), torch.full((3, 2), 0.5)
    for randomness in ("error", "same", "different"):
        vmap = lambda function, dims=0: torch.vmap(function, dims, randomness=randomness)
        for dims in ((None, 0), (0, None), (0, 0)):
            torch.manual_seed(3)
            arguments = [value if dim == 0 else value[0].clone() for value, dim in zip((x.clone(), p), dims)]
            attempt(log, lambda: vmap(lambda x, p: x.bernoulli_(p), dims)(*arguments))
        torch.manual_seed(3)
        attempt(log, lambda: vmap(lambda x: x.uniform_(), 1)(x.clone()))
        attempt(log, lambda: vmap(lambda x: torch.randn(3, out=torch.ones(3)))(x))
        attempt(log, lambda: vmap(lambda x: torch.randint(3, (3,), out=torch.ones(3)))(x))
        attempt(log, lambda: vmap(torch.rrelu)(x))
        attempt(log, lambda: vmap(torch.rrelu_)(x.clone()))
        attempt(log, lambda: vmap(lambda x: torch.rrelu(torch.ones(2)))(x))


def custom_functions_through_levels(torch, log):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # PyTorch's of its own torch.jit.script
        torch.func.jacfwd(torch.sin)(torch.ones(1))
    grad, jacfwd, jacrev, jvp, vmap = (getattr(torch.func, name) for name in ("grad", "jacfwd", "jacrev", "jvp", "vmap"))

    class Exp(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x):
            return x.exp()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(output)
            ctx.save_for_forward(output)

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

        @staticmethod
        def jvp(ctx, t):
            return t * ctx.saved_tensors[0]

    x = torch.arange(3.0) / 3
    total = lambda x: Exp.apply(x).sum()
    log(jacrev(jacfwd(total))(x), jacfwd(jacrev(total))(x), jacrev(jacrev(total))(x), jacfwd(jacrev(jacfwd(total)))(x))
    log(vmap(jacrev(jacfwd(total)))(x[None]))
    log(grad(lambda x: vmap(grad(Exp.apply))(x).sum())(x))
    log(grad(lambda x: vmap(lambda a: jvp(Exp.apply, (a,), (a,))[1])(x).sum())(x))
    leaf = x.clone().requires_grad_()
    log(torch.autograd.grad(jacfwd(total)(leaf).sum(), leaf))

    class Nested(torch.autograd.Function):
        @staticmethod
        def forward(x, rest, options):
            return x + rest[0]

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def vmap(info, in_dims, x, rest, options):
            log(in_dims)
            return x + rest[0], 0

    log(vmap(lambda x: Nested.apply(x, [x, 2], {"a": x}))(x), vmap(lambda x: Nested.apply(torch.ones(()), [x], (1, 2)))(x))


def forward_mode_inside_a_custom_forward(torch, log):
    forward_ad = torch.autograd.forward_ad

    class Asks(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            log(forward_ad._is_fwd_grad_enabled())
            return x * 2

        @staticmethod
        def backward(ctx, g):
            log(forward_ad._is_fwd_grad_enabled())
            return g

    Asks.apply(torch.ones(2, requires_grad=True)).sum().backward()
    log(forward_ad._is_fwd_grad_enabled())


def products_recorded_later(torch, log):
    x = torch.tensor(3.0, requires_grad=True)
    with torch.no_grad():
        value, product = torch.func.vjp(lambda x: x**2, x)
    (slope,) = product(torch.tensor(1.0))
    log(value, slope, torch.autograd.grad(slope, x))


def levels_by_hand(torch, log):
    levels = import_module(f"{torch.__name__}._C._functorch")
    is_batchedtensor, reshape_dim_into, reshape_dim_outof = levels.is_batchedtensor, levels.reshape_dim_into, levels.reshape_dim_outof
    restore_vmap = import_module(f"{torch.__name__}._functorch.vmap").restore_vmap

    x = torch.arange(24.0).reshape(2, 3, 4)
    for src, dst in ((0, 0), (0, 1), (1, 1), (0, -1), (-3, -2)):
        log(reshape_dim_into(src, dst, x))
    for src, size in ((0, 2), (1, 3), (-1, 2)):
        log(reshape_dim_outof(src, size, x))
    attempt(log, lambda: reshape_dim_outof(2, 3, x))

    def inner(x, y, z):
        log(is_batchedtensor(x), is_batchedtensor(y))
        return {"sum": x + y, "same": y * 2, "kept": z}

    log(restore_vmap(inner, (1, None, None), 3, "error")(x, torch.ones(4), 5))


def functorch_as_it_was(torch, log):
    deprecated, make_functional = (import_module(f"{torch.__name__}._functorch.{name}") for name in ("deprecated", "make_functional"))

    class Tied(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = torch.nn.Linear(2, 2)
            self.second = self.first
            self.register_buffer("shift", torch.ones(2))

        def forward(self, x):
            return self.second(self.first(x)) + self.shift

    torch.manual_seed(0)
    model, x = Tied(), torch.ones(1, 2)
    function, parameters, buffers = make_functional.make_functional_with_buffers(model)
    log(function, len(parameters), buffers, function(parameters, buffers, x), model(x))
    log(function([value * 0 for value in parameters], buffers, x))
    log([value.requires_grad for value in make_functional.make_functional(torch.nn.Linear(1, 1), disable_autograd_tracking=True)[1]])
    attempt(log, lambda: make_functional.make_functional(model))
    combine = make_functional.combine_state_for_ensemble
    each, stacked, rest = combine([torch.nn.Linear(2, 1) for _ in range(3)])
    log([value.shape for value in stacked], rest, torch.vmap(each, (0, 0, None))(stacked, rest, x).shape)
    attempt(log, lambda: combine([]))
    attempt(log, lambda: combine([torch.nn.Linear(2, 1), torch.nn.Conv1d(1, 1, 1)]))
    attempt(log, lambda: combine([torch.nn.Linear(2, 1), torch.nn.Linear(2, 1).eval()]))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        log(deprecated.grad(torch.sin)(torch.tensor(0.0)), deprecated.vmap(torch.sin)(torch.zeros(2)))
    log([(warning.category.__name__, str(warning.message)) for warning in caught])


def statistics_of_group_norm(torch, log):
    """The means and inverse deviations have derivatives of their own; those of layer_norm have none."""
    grad, jvp = torch.func.grad, torch.func.jvp
    torch.manual_seed(0)
    x, t, c = (torch.randn(2, 4, 3, dtype=torch.double) for _ in range(3))
    w, b = torch.randn(4, dtype=torch.double), torch.randn(4, dtype=torch.double)

    def by_group(x):
        found, mean, scale = torch.native_group_norm(x, w, b, 2, 4, 3, 2, 1e-5)
        return (found * c).sum() + mean.sin().sum() + (scale**2).sum()

    def by_row(x):
        found, mean, scale = torch.native_layer_norm(x, [3], None, None, 1e-5)
        return (found * c).sum() + mean.sin().sum() + (scale**2).sum()

    for function in (by_group, by_row):
        log(jvp(function, (x,), (t,))[1], grad(function)(x).clone())
    log(jvp(grad(by_group), (x,), (t,))[1].clone(), grad(lambda x: (grad(by_group)(x) * t).sum())(x).clone())
    log(torch.vmap(lambda x, t: jvp(by_group, (x,), (t,))[1])(torch.stack([x, t]), torch.stack([t, x])))


def no_grad_inside_vmap(torch, log):
    """What a grad level computes below itself is recorded in the mode that it was entered in."""
    p = torch.tensor([0.5, 1.0, -0.3], requires_grad=True)
    vectors = torch.arange(12.0).reshape(4, 3)

    @torch.no_grad()
    def product(vector):
        return torch.func.vjp(torch.sin, p)[1](vector)[0]

    @torch.no_grad()
    def curvature(vector):
        first = torch.func.jacrev(lambda q: (q.sin() * p).sum())(vector)
        return torch.func.vjp(lambda q: q * q.sin(), p)[1](first)[0]

    for function in (product, curvature):
        for found in (torch.vmap(function)(vectors), function(vectors[0])):
            log(found.tolist(), found.requires_grad)
    second = torch.no_grad()(lambda: torch.func.hessian(lambda q: (q.sin() * q).sum())(p))()
    log(second.tolist(), second.requires_grad)
    log(torch.vmap(lambda vector: torch.func.vjp(torch.sin, p)[1](vector)[0])(vectors).requires_grad)
