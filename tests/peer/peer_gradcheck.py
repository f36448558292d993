"""gradcheck and gradgradcheck: what passes, what fails, and how the failure reads."""

import importlib
import warnings


def tools(torch):
    found = importlib.import_module(f"{torch.__name__}.autograd")
    return found.gradcheck, found.gradgradcheck


def inputs(torch):
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    z = torch.tensor([1 + 2j], dtype=torch.complex128, requires_grad=True)
    return x, z


def wrong(torch, factor=3, forward=lambda x: x * x, conjugate=True):
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return forward(x)

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return grad * factor * (x.conj() if conjugate else x)

    return Wrong.apply


def passing(torch, log):
    gradcheck, gradgradcheck = tools(torch)
    x, z = inputs(torch)
    log(gradcheck(lambda x: x.exp(), (x,)), gradcheck(lambda z: z * z, (z,)), gradcheck(lambda z: z.abs(), (z,)))
    log(gradcheck(lambda x: x * (1 + 2j), (x,)), gradcheck(lambda x, n: x * n, (x, 2.0)), gradcheck(lambda x: [x * 2], [x]))
    log(gradcheck(lambda x: (x.detach(), x * 2), x), gradcheck(lambda x: x.long(), x), gradcheck(lambda x: x[:0], x))
    log(gradcheck(lambda x: x.sum(), torch.zeros(0, dtype=torch.float64, requires_grad=True)))
    log(gradcheck(lambda x, z: (x * z, x.sum(), z.real), (x, z)), gradcheck(lambda x: (x[:, None] * x).t(), x))
    log(gradgradcheck(lambda x: x**3, (x,)), gradgradcheck(lambda z: z**3, (z,)), gradgradcheck(lambda x: x * 2, (x,)))
    log(gradgradcheck(lambda x: x**3, (x,), torch.ones(2, dtype=torch.float64)), x.grad, x)
    torch.manual_seed(0)
    gradgradcheck(lambda x: x**3, (x,))
    log(torch.rand(1))
    torch.manual_seed(0)
    gradgradcheck(lambda z: z**3, (z,))
    log(torch.rand(1))


def failing(torch, log):
    gradcheck, gradgradcheck = tools(torch)
    x, z = inputs(torch)
    bad = wrong(torch)
    log(gradcheck(bad, (x,), raise_exception=False))
    log.error(lambda: gradcheck(bad, (x,)))
    log.error(lambda: gradcheck(bad, (z,)))
    log.error(lambda: gradcheck(wrong(torch, 2, conjugate=False), (z,)))
    log.error(lambda: gradcheck(lambda x, z: (x * 2, bad(z)), (x, z)))
    log.error(lambda: gradcheck(lambda x, z: (z * 2, bad(x)), (x, z)))
    log.error(lambda: gradcheck(lambda z: bad(z).abs(), (z,)))
    log.error(lambda: gradcheck(lambda x: (x.detach(), bad(x)), (x,)))
    log.error(lambda: gradcheck(lambda x: x.detach(), (x,)))
    log.error(lambda: gradcheck(lambda x: (x if x.sum() > 3 else x[:1]) * 2, (x,)))
    log.error(lambda: gradcheck(lambda x: "a", (x,)))
    log.error(lambda: gradcheck(lambda x: x * 2, (x.detach(),)))
    log.error(lambda: gradcheck(lambda x: (x * 2).sum(), x.expand(3, 2)))
    log.error(lambda: gradcheck(lambda x: x * 2, x, check_backward_ad=False))
    log.error(lambda: gradgradcheck(lambda x: x * 2, x, check_rev_over_rev=False))


def by_part(torch, log):
    gradcheck, _ = tools(torch)
    _, z = inputs(torch)

    class RealOnly(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            return z.clone()

        @staticmethod
        def backward(ctx, grad):
            return torch.complex(grad.real * 2, grad.imag)

    log.error(lambda: gradcheck(RealOnly.apply, (z,)))


def constant_backward(torch, log):
    gradcheck, _ = tools(torch)

    class Constant(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return torch.full_like(grad, 2.0)

    log.error(lambda: gradcheck(Constant.apply, torch.ones(1, dtype=torch.float64, requires_grad=True)))
    log.error(lambda: gradcheck(Constant.apply, torch.ones(2, dtype=torch.float64, requires_grad=True)))


def not_reentrant(torch, log):
    gradcheck, _ = tools(torch)
    x, _ = inputs(torch)

    class Random(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2 + torch.rand_like(grad) * 1e-9

    log.error(lambda: gradcheck(Random.apply, x))
    log(gradcheck(Random.apply, x, nondet_tol=1e-6, raise_exception=False))


def undefined_gradients(torch, log):
    gradcheck, _ = tools(torch)
    x, _ = inputs(torch)
    seen = []

    def make(missing):
        class Optional(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.set_materialize_grads(False)
                return x * 2

            @staticmethod
            def backward(ctx, grad):
                seen.append(grad is None)
                return missing() if grad is None else grad * 2

        return Optional.apply

    def fail():
        raise RuntimeError("x")

    ones, failing = make(lambda: torch.ones(2, dtype=torch.float64)), make(fail)
    log.warns(lambda: log.error(lambda: gradcheck(ones, x)))
    log.warns(lambda: log.error(lambda: gradcheck(failing, x)))
    log(gradcheck(failing, x, check_undefined_grad=False), gradcheck(make(lambda: None), x), seen)


def single_precision(torch, log):
    gradcheck, _ = tools(torch)
    x = torch.ones(1, requires_grad=True)
    log(log.warns(lambda: gradcheck(lambda x: x * 2, x, atol=1, eps=0.1)))
    log.warns(lambda: log.error(lambda: gradcheck(lambda x: x * 2, x)))
    log.warns(lambda: log.error(lambda: gradcheck(lambda x: x.float(), x.detach().double().requires_grad_())))


def how_often_the_function_runs(torch, log):
    counts = [0]

    def one(x):
        counts[0] += 1
        return x.sin()

    def two(x):
        counts[0] += 1
        return x.sin(), x.cos()

    def none(x):
        counts[0] += 1
        return (x * 0).detach()

    for shape in ((), (2,), (2, 2)):
        x = torch.ones(shape, dtype=torch.float64, requires_grad=True)
        for function in (one, two, none):
            for options in ({}, {"check_undefined_grad": False}, {"check_batched_grad": True}, {"check_grad_dtypes": True}):
                counts[0] = 0
                log([torch.autograd.gradcheck(function, x, **options), counts[0]])
        counts[0] = 0
        log([torch.autograd.gradgradcheck(one, x), counts[0]])
        log.error(lambda x=x: torch.autograd.gradgradcheck(none, x))


def gradients_that_are_nan_are_no_accident(torch, log):
    x = torch.tensor([-0.5, 0.0], dtype=torch.float64, requires_grad=True)
    log.error(lambda: torch.autograd.gradcheck(lambda x: x.reciprocal(), x))


def jacobians_of_nothing(torch, log):
    from functools import partial

    nothing, some = torch.zeros(0, 3, requires_grad=True), torch.ones(2, requires_grad=True)
    with warnings.catch_warnings():  # PyTorch compiles something of its own in forward mode
        warnings.simplefilter("ignore")
        torch.autograd.functional.jacobian(torch.sin, some, vectorize=True, strategy="forward-mode")
    for strategy in ("forward-mode", "reverse-mode"):
        jacobian = partial(torch.autograd.functional.jacobian, vectorize=True, strategy=strategy)
        log.error(lambda j=jacobian: j(lambda x: x[:0] * 2, (some,), strict=True) if strategy == "reverse-mode" else 1 / 0)
        log([value.shape for value in (jacobian(lambda x: x.detach(), nothing), jacobian(lambda x: torch.zeros(0), some))])
        log([value.tolist() for value in jacobian(lambda x: (x[:0], x * 2), some)])
    log([jacobian(f, nothing, strategy="forward-mode").shape for f in (lambda x: x.reciprocal(), lambda x: x * 2, lambda x: x.t(), lambda x: x @ x.t())])
