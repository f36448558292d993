"""Reductions, scans, sorting: values, shapes, gradients' names."""

METHODS = "sum mean prod amax amin std var logsumexp norm any all median nanmean nansum argmax argmin max min".split()


def over_dimensions(torch, log):
    torch.manual_seed(0)
    x = torch.randn(2, 3, 4, dtype=torch.float64)
    for name in METHODS:
        for arguments in ((), (0,), (-1,), (1, True), ((0, 2),), ((0, -1), True), (None,), ((),), (3,), ((0, 0),)):
            log.error(lambda name=name, arguments=arguments: values(getattr(x, name)(*arguments)))


def values(result):
    return tuple(result) if isinstance(result, tuple) else result


def named_results(torch, log):
    x = torch.tensor([[3.0, 1.0, 2.0], [1.0, 5.0, 4.0]], requires_grad=True)
    for result in (x.max(1), x.min(0), x.sort(1), x.sort(1, descending=True), x.topk(2), x.median(1), x.cummax(1), x.kthvalue(2), x.mode(1)):
        log(repr(result), tuple(result))
    log(x.max(1).values.grad_fn.name(), x.max(1)[1].requires_grad)


def empty_reductions(torch, log):
    x = torch.ones(0, 3)
    for name in METHODS:
        for arguments in ((), (0,), (1,)):
            log.error(lambda name=name, arguments=arguments: log.warns(lambda: values(getattr(x, name)(*arguments))))


def nan_and_inf(torch, log):
    nan, inf = float("nan"), float("inf")
    x = torch.tensor([[1.0, nan, 3.0], [inf, -inf, 2.0]])
    for name in METHODS:
        log.error(lambda name=name: values(getattr(x, name)()))
        log.error(lambda name=name: values(getattr(x, name)(1) if name != "norm" else x.norm(dim=1)))
    log(x.isnan(), x.isinf(), x.isfinite(), x.nan_to_num(), x.softmax(1), x.sort(1).values, x.cumsum(1))


def gradients(torch, log):
    torch.manual_seed(1)
    x = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    functions = [
        lambda t: t.sum(), lambda t: t.sum(0), lambda t: t.sum((0, 1), True), lambda t: t.mean(), lambda t: t.mean(1),
        lambda t: t.prod(), lambda t: t.prod(0), lambda t: t.std(), lambda t: t.std(1), lambda t: t.var(0, correction=0),
        lambda t: t.norm(), lambda t: t.norm(1, 1), lambda t: t.norm(3.0), lambda t: t.norm(float("inf")), lambda t: t.logsumexp(1),
        lambda t: t.softmax(0), lambda t: t.log_softmax(1), lambda t: t.cumsum(0), lambda t: t.cumprod(1), lambda t: t.max(),
        lambda t: t.amax(0), lambda t: t.max(1).values, lambda t: t.sort(1).values, lambda t: t.topk(2).values,
        lambda t: t.median(), lambda t: torch.var_mean(t, 1)[0], lambda t: torch.std_mean(t)[1], lambda t: t.trace(),
    ]  # fmt: skip
    for function in functions:
        y = function(x)
        weight = torch.arange(1.0, y.numel() + 1, dtype=torch.float64).reshape(y.shape)
        (g,) = torch.autograd.grad((y * weight).sum(), x, create_graph=True)
        log(y, g.detach(), list(g.stride()))
        if g.requires_grad:
            (second,) = torch.autograd.grad((g * g).sum(), x, allow_unused=True)
            log(second if second is None else second.clone())  # PyTorch's zeros may be without memory until they are copied


def product_with_zeros(torch, log):
    for values in ([1.0, 0.0, 3.0], [0.0, 0.0, 3.0], [1.0, 2.0, 3.0]):
        x = torch.tensor(values, requires_grad=True)
        log(torch.autograd.grad(x.prod(), x), torch.autograd.grad(x.cumprod(0).sum(), x), torch.autograd.grad(x.prod(0), x))


LINES = """
torch.arange(6.).reshape(2, 3).sum(-1)
torch.arange(6.).reshape(2, 3).sum(dim=(0, 1), keepdim=True)
torch.sum(torch.arange(6).reshape(2, 3), dim=1)
torch.arange(6.).sum(axis=0)
torch.arange(6.).reshape(2, 3).mean(axis=1, keepdims=True)
torch.tensor(5.0).sum(0)
torch.tensor(5.0).sum(-1)
torch.tensor(5.0).max(0)
torch.tensor(5.0).sort()
torch.tensor(5.0).cumsum(0)
torch.ones(3, 0).sum()
torch.ones(3, 0).sum(1)
torch.ones(3, 0).prod(1)
torch.ones(3, 0).mean()
torch.ones(3, 0).logsumexp(1)
torch.ones(3, 0).softmax(0)
torch.tensor([True, False]).any()
torch.tensor([0, 2]).all()
torch.tensor([0, 2], dtype=torch.uint8).all()
torch.tensor([0.0, 2]).any(0)
torch.all(torch.ones(2, 2), 0)
torch.tensor([1., 2., 2.]).argmax()
torch.tensor([[1., 2., 2.], [3., 3., 1.]]).argmax(1)
torch.tensor([[1., 2., 2.], [3., 3., 1.]]).argmin(1, keepdim=True)
torch.tensor([[1., 2.], [3., 0.]]).argmax(0)
torch.tensor([3, 1, 2]).argsort()
torch.tensor([3, 1, 2]).argsort(descending=True)
torch.tensor([2, 1, 2, 1]).sort(stable=True)
torch.tensor([2., float("nan"), 1.]).sort()
torch.tensor([2., float("nan"), 1.]).max()
torch.tensor([2., float("nan"), 1.]).argmax()
torch.tensor([5., 1., 4., 2.]).topk(2)
torch.tensor([5., 1., 4., 2.]).topk(2, largest=False)
torch.tensor([5., 1., 4., 2.]).kthvalue(2)
torch.tensor([5., 1., 4., 2.]).median()
torch.tensor([5., 1., 4., 2.]).quantile(0.3)
torch.tensor([1, 2, 2, 3]).unique()
torch.tensor([1, 2, 2, 3]).unique(return_counts=True)
torch.tensor([1, 2, 2, 3]).bincount()
torch.tensor([1., 2., 3.]).std(correction=0)
torch.tensor([1., 2., 3.]).std(unbiased=False)
torch.tensor([1., 2., 3.]).var(0, unbiased=True)
torch.std_mean(torch.tensor([1., 2., 3.]))
torch.var_mean(torch.arange(6.).reshape(2, 3), dim=0)
torch.tensor([3., 4.]).norm()
torch.tensor([3., 4.]).norm(1)
torch.tensor([[3., 4.], [6., 8.]]).norm(dim=1)
torch.tensor([[3., 4.], [6., 8.]]).norm("fro")
torch.tensor([3., -4.]).norm(float("-inf"))
torch.tensor([3., 0.]).norm(0)
torch.tensor([3 + 4j]).norm()
torch.tensor([3 + 4j, 1]).sum()
torch.tensor([3 + 4j, 1]).mean()
torch.tensor([1, 2, 3]).prod()
torch.tensor([1, 2, 3]).cumprod(0)
torch.arange(4.).cumsum(0, dtype=torch.float64)
torch.arange(4.).logcumsumexp(0)
torch.arange(4.).diff()
torch.tensor([1., 2.]).softmax(-1, dtype=torch.float64)
torch.tensor([1000., 1001.]).softmax(0)
torch.tensor([-float("inf"), -float("inf")]).softmax(0)
torch.tensor([1000., 1001.]).logsumexp(0)
torch.tensor([1., 2.]).log_softmax(0)
torch.amax(torch.arange(6.).reshape(2, 3), (0, 1))
torch.aminmax(torch.arange(6.))
torch.count_nonzero(torch.tensor([[0, 1], [2, 3]]), 0)
torch.arange(6.).reshape(2, 3).max()
torch.max(torch.ones(2), torch.tensor([0., 3.]))
torch.min(torch.arange(3), torch.tensor(1))
"""
