"""Which of equal values are taken, nan's place, distinct elements, norms and counts."""


def equal_values(torch, log):
    """Positions among equal values, in lines short and long (std::sort keeps the order of short ones only)."""
    for size in (1, 2, 5, 16, 17, 40):
        x = (torch.arange(size) * 7919 % 13 % 5).double()
        log(x.max(0)[1], x.min(0)[1], x.argmax(), x.argmin(), x.median(0)[1], x.nanmedian(0)[1], x.mode()[1])
        log(x.sort()[1], x.sort(descending=True)[1], x.sort(stable=True, descending=True)[1], x.argsort())
        log(x.cummax(0)[1], x.cummin(0)[1])
        for k in {1, (size + 1) // 2, size}:
            log(x.topk(k)[1], x.topk(k, largest=False)[1], x.topk(k, sorted=False)[1], x.kthvalue(k)[1])


def nan_values(torch, log):
    nan = float("nan")
    x = torch.tensor([[nan, 1.0, 2.0, nan], [3.0, 1.0, 1.0, 0.0], [nan, nan, nan, nan]])
    log(tuple(x.sort(1)), tuple(x.sort(1, descending=True)), tuple(x.topk(2)), tuple(x.median(1)), tuple(x.nanmedian(1)))
    log(tuple(x.kthvalue(2)), tuple(x.max(1)), tuple(x.min(0)), x.argmin(1), tuple(x.cummax(1)), x.amax(0), x.nansum(1), x.nanmean(1))
    log(x.quantile(0.3, 1), x.nanquantile(0.3, 1), x.unique(), x.logsumexp(1), tuple(x.aminmax()))


def distinct(torch, log):
    x = torch.tensor([[3, 1, 1], [1, 2, 2], [3, 1, 1]])
    log(x.unique(), x.unique(return_inverse=True), torch.unique(x, return_counts=True), x.unique(dim=0), x.unique(dim=1, return_inverse=True))
    log(torch.unique_consecutive(x), x.unique_consecutive(True, True), x.unique_consecutive(dim=1))
    y = torch.ones(3, requires_grad=True)
    for call in (lambda: y.unique(), lambda: y.unique(dim=0), lambda: y.unique_consecutive()):
        log.error(lambda call=call: torch.autograd.grad(call().sum(), y))


def orders_of_norm(torch, log):
    x = torch.tensor([[3.0, -1.0, 0.0], [0.5, 2.0, -4.0]], dtype=torch.float64, requires_grad=True)
    for p in (0.5, 1, 1.5, 2, 3, float("inf"), float("-inf"), -2, "fro", None):
        for arguments in ((), (0,), (1, True), ((0, 1),)):
            y = x.norm(p, *arguments)
            log(y, y.grad_fn.name(), torch.autograd.grad(y.sum(), x)[0])


def second_derivatives(torch, log):
    x = torch.tensor([[3.0, 1.0, 2.0], [-0.5, 5.0, 4.0]], dtype=torch.float64, requires_grad=True)
    z = torch.tensor([[3.0, 0.0, 2.0], [0.0, 0.0, 4.0]], dtype=torch.float64, requires_grad=True)
    calls = [
        lambda t: t.prod(1), lambda t: t.prod(), lambda t: t.cumprod(1), lambda t: t.logcumsumexp(1), lambda t: t.logsumexp(0),
        lambda t: t.softmax(1), lambda t: t.log_softmax(0), lambda t: t.var(1), lambda t: t.std(), lambda t: torch.var_mean(t, 0)[0],
    ]  # fmt: skip
    for call in calls:
        for leaf in (x, z):
            weight = torch.arange(1.0, call(leaf).numel() + 1, dtype=torch.float64).reshape(call(leaf).shape)
            first = torch.autograd.grad((call(leaf) * weight).sum(), leaf, create_graph=True)[0]
            log(first.tolist(), torch.autograd.grad((first * first * first).sum(), leaf)[0].tolist())


LINES = """
torch.tensor([[1, 0, 2], [0, 3, 0]]).nonzero()
torch.tensor([[1, 0, 2], [0, 3, 0]]).nonzero(as_tuple=True)
torch.tensor(1.).nonzero().shape
torch.bincount(torch.tensor([1, 2, 2]), torch.tensor([0.5, 1., 2.]), 5)
torch.bincount(torch.tensor([-1]))
torch.tensor([1., 2., 2.5, 3.]).histc(4, 0, 3)
torch.tensor([1., 2.]).histc(4, 3, 1)
torch.arange(6.).reshape(2, 3).quantile(torch.tensor([0.25, 0.75]), 1)
torch.arange(6.).reshape(2, 3).quantile(0.4, 0, True, interpolation='nearest')
torch.tensor([1., 4., 9.]).diff(prepend=torch.tensor([0.]))
torch.trapezoid(torch.tensor([1., 4., 9.]), torch.tensor([0., 1., 3.]))
torch.arange(6.).reshape(2, 3).cov()
torch.tensor([[1., 2., 4.], [3., 1., 0.]]).corrcoef()
torch.ones(2, 3).kthvalue(4)
torch.ones(2, 3).topk(4)
torch.ones(2, 3).mean(dtype=torch.int64)
torch.ones(2, 3).sum((0, -2))
torch.ones(0, 3).max(0)
torch.ones(0, 3).amax()
torch.ones(0, 3).argmax()
torch.ones(3, dtype=torch.complex64).sort()
torch.ones(3, dtype=torch.int64).softmax(0)
torch.return_types.max((1, 2))
"""
