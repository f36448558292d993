"""Losses and distances: values, gradients, second derivatives, graphs, refusals."""

import importlib
import warnings


def functional(torch):
    return importlib.import_module(f"{torch.__name__}.nn.functional")


def derivatives(torch, log, function, *inputs, second=True):
    """The result, its gradients, and the gradients of those."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = function(*inputs)
    log(result)
    cotangent = (torch.linspace(-1, 1, result.numel(), dtype=result.dtype) + 0.1).view(result.shape).requires_grad_()
    log([grad.clone() for grad in torch.autograd.grad(result, inputs, cotangent.detach(), retain_graph=True)])
    if second:
        grads = torch.autograd.grad(result, inputs, cotangent, create_graph=True)
        total = sum((grad * torch.linspace(-0.5, 1, grad.numel(), dtype=grad.dtype).view(grad.shape)).sum() for grad in grads)
        again = torch.autograd.grad(total, [*inputs, cotangent], allow_unused=True)
        log([None if grad is None else grad.detach().clone() for grad in again])


def operands(torch):
    torch.manual_seed(0)
    x = (torch.randn(3, 4, dtype=torch.float64) * 1.5).requires_grad_()
    y = (torch.randn(3, 4, dtype=torch.float64) * 1.5).requires_grad_()
    p = torch.rand(3, 4, dtype=torch.float64).requires_grad_()
    q = torch.rand(3, 4, dtype=torch.float64).requires_grad_()
    return x, y, p, q


def elementwise_losses(torch, log):
    F = functional(torch)
    x, y, p, q = operands(torch)
    w, c = torch.rand(3, 4, dtype=torch.float64), torch.rand(4, dtype=torch.float64)
    sign = torch.tensor([1.0, -1.0, 1.0, -1.0], dtype=torch.float64).expand(3, 4)
    for reduction in ("none", "mean", "sum"):
        for beta in (1.0, 0.5, 0):
            derivatives(torch, log, lambda x, y, beta=beta, r=reduction: F.smooth_l1_loss(x, y, beta=beta, reduction=r), x, y)
        derivatives(torch, log, lambda x, y, r=reduction: F.huber_loss(x, y, delta=0.7, reduction=r), x, y)
        derivatives(torch, log, lambda x, y, r=reduction: F.huber_loss(x, y, weight=w, reduction=r), x, y)
        derivatives(torch, log, lambda x, r=reduction: F.soft_margin_loss(x, sign, reduction=r), x)
        derivatives(torch, log, lambda p, q, r=reduction: F.binary_cross_entropy(p, q, reduction=r), p, q)
        derivatives(torch, log, lambda p, q, r=reduction: F.binary_cross_entropy(p, q, w, reduction=r), p, q)
        derivatives(torch, log, lambda x, q, r=reduction: F.binary_cross_entropy_with_logits(x, q, reduction=r), x, q)
        derivatives(torch, log, lambda x, q, r=reduction: F.binary_cross_entropy_with_logits(x, q, w, pos_weight=c, reduction=r), x, q)
        derivatives(torch, log, lambda x, q, r=reduction: F.kl_div(x, q, reduction=r), x, q)
        derivatives(torch, log, lambda x, y, r=reduction: F.kl_div(x, y, reduction=r, log_target=True), x, y)
        derivatives(torch, log, lambda x, r=reduction: F.poisson_nll_loss(x, 3 * p.detach(), full=True, reduction=r), x)
        derivatives(torch, log, lambda p, r=reduction: F.poisson_nll_loss(p, w, log_input=False, reduction=r), p)
        derivatives(torch, log, lambda x, p, r=reduction: F.gaussian_nll_loss(x, y.detach(), p, full=True, reduction=r), x, p)
        derivatives(torch, log, lambda x, r=reduction: F.hinge_embedding_loss(x, sign, 0.5, reduction=r), x)
        derivatives(torch, log, lambda x, r=reduction: F.multilabel_soft_margin_loss(x, w, c, reduction=r), x)
    derivatives(torch, log, lambda x, q: F.kl_div(x, q, reduction="batchmean"), x, q)


def paired_losses(torch, log):
    F = functional(torch)
    x, y, p, _ = operands(torch)
    sign = torch.tensor([1.0, -1.0, 1.0], dtype=torch.float64)
    for reduction in ("none", "mean", "sum"):
        derivatives(torch, log, lambda x, y, r=reduction: F.margin_ranking_loss(x, y, sign[:, None], 0.3, reduction=r), x, y)
        derivatives(torch, log, lambda x, y, r=reduction: F.cosine_embedding_loss(x, y, sign, 0.1, reduction=r), x, y)
        derivatives(torch, log, lambda x, y, p, r=reduction: F.triplet_margin_loss(x, y, p, reduction=r), x, y, p)
        derivatives(torch, log, lambda x, y, p, r=reduction: F.triplet_margin_loss(x, y, p, 0.5, 1, swap=True, reduction=r), x, y, p)
        derivatives(torch, log, lambda x, y, p, r=reduction: F.triplet_margin_with_distance_loss(x, y, p, swap=True, reduction=r), x, y, p)
    derivatives(
        torch, log, lambda x, y, p: F.triplet_margin_with_distance_loss(x, y, p, distance_function=lambda a, b: (a - b).abs().sum(1)), x, y, p
    )
    derivatives(torch, log, F.cosine_similarity, x, y)
    derivatives(torch, log, lambda x, y: F.cosine_similarity(x, y[0], dim=0, eps=2.0), x, y)
    for exponent in (0.5, 1, 2, 3, float("inf")):
        derivatives(torch, log, lambda x, y, p=exponent: F.pairwise_distance(x, y, p, keepdim=True), x, y, second=exponent > 1)
        derivatives(torch, log, lambda x, p=exponent: F.pdist(x, p), x, second=False)


def margin_losses(torch, log):
    F = functional(torch)
    x = operands(torch)[0]
    target, weight = torch.tensor([1, 0, 3]), torch.rand(4, dtype=torch.float64)
    labels = torch.tensor([[1, 2, -1, 0], [0, -1, 3, 1], [-1, 0, 1, 2]])
    for reduction in ("none", "mean", "sum"):
        for p in (1, 2):
            derivatives(torch, log, lambda x, p=p, r=reduction: F.multi_margin_loss(x, target, p, 0.7, reduction=r), x, second=False)
            derivatives(torch, log, lambda x, p=p, r=reduction: F.multi_margin_loss(x, target, p, 1.2, weight, reduction=r), x, second=False)
        derivatives(torch, log, lambda x, r=reduction: F.multilabel_margin_loss(x, labels, reduction=r), x, second=False)
    z = x[0].detach().requires_grad_()
    derivatives(torch, log, lambda z: F.multi_margin_loss(z, torch.tensor(1), reduction="none"), z, second=False)
    derivatives(torch, log, lambda z: F.multilabel_margin_loss(z, labels[0], reduction="none"), z, second=False)
    log(F.multilabel_margin_loss(x, labels).grad_fn._saved_is_target)


def classes(torch, log):
    F = functional(torch)
    torch.manual_seed(0)
    for sizes in ((3, 4), (4,), (2, 4, 3), (2, 4, 3, 2), (2, 4, 2, 1, 2)):
        x = torch.randn(sizes, dtype=torch.float64).requires_grad_()
        shape = [size for dim, size in enumerate(sizes) if dim != (1 if len(sizes) > 1 else 0)]
        target = torch.randint(0, 4, shape)
        weight = torch.rand(4, dtype=torch.float64)
        soft = torch.rand(sizes, dtype=torch.float64).requires_grad_()
        for reduction in ("none", "mean", "sum"):
            for options in ({}, {"weight": weight}, {"ignore_index": 1}, {"label_smoothing": 0.2}, {"weight": weight, "label_smoothing": 0.3, "ignore_index": 2}):
                derivatives(torch, log, lambda x, o=options, r=reduction, t=target: F.cross_entropy(x, t, reduction=r, **o), x)
            for options in ({}, {"weight": weight, "label_smoothing": 0.3}):
                derivatives(torch, log, lambda x, s, o=options, r=reduction: F.cross_entropy(x, s, reduction=r, **o), x, soft)


def bilinear_products(torch, log):
    F = functional(torch)
    torch.manual_seed(0)
    a, b, w = [torch.randn(sizes, dtype=torch.float64).requires_grad_() for sizes in ((2, 3), (2, 4), (5, 3, 4))]
    derivatives(torch, log, F.bilinear, a, b, w, torch.randn(5, dtype=torch.float64).requires_grad_())
    log(F.bilinear(torch.ones(2, 6, 3), torch.ones(2, 6, 4), torch.ones(5, 3, 4)), F.bilinear(torch.ones(3), torch.ones(4), torch.ones(5, 3, 4)))
    for arguments in (
        (torch.ones(2, 3), torch.ones(3, 4), torch.ones(5, 3, 4)), (torch.ones(2, 3), torch.ones(2, 2, 4), torch.ones(5, 3, 4)),
        (torch.ones(2, 2), torch.ones(2, 4), torch.ones(5, 3, 4)), (torch.ones(2, 3), torch.ones(2, 3), torch.ones(5, 3, 4)),
        (torch.ones(2, 3), torch.ones(2, 4), torch.ones(5, 3, 4), torch.ones(4)), (torch.ones(2, 3), torch.ones(2, 4).double(), torch.ones(5, 3, 4)),
    ):  # fmt: skip
        log.error(lambda arguments=arguments: F.bilinear(*arguments))


PAIRS = "binary_cross_entropy binary_cross_entropy_with_logits smooth_l1_loss huber_loss soft_margin_loss kl_div poisson_nll_loss " \
    "hinge_embedding_loss multilabel_soft_margin_loss mse_loss l1_loss"


def dtypes_and_refusals(torch, log):
    log.tolerance(1e-2, 1e-6)
    F = functional(torch)
    x, t = torch.linspace(0.1, 0.9, 6).view(2, 3), torch.linspace(0.8, 0.2, 6).view(2, 3)
    for name in PAIRS.split():
        f = getattr(F, name)
        calls = [
            lambda f=f: f(x, t, reduction="abc"), lambda f=f: f(x, t[0]), lambda f=f: f(x, torch.ones(2, 4)),
            lambda f=f: f(x.long(), t.long()), lambda f=f: f(x, t.double()), lambda f=f: f(x.half(), t.half()),
            lambda f=f: f(x.bfloat16(), t.bfloat16()), lambda f=f: f(x[:0], t[:0]), lambda f=f: f(x[:0], t[:0], reduction="none"),
            lambda f=f: f(x, t, reduction="elementwise_mean"), lambda f=f: f(x.t().contiguous().t(), t, reduction="none"),
        ]  # fmt: skip
        if name != "huber_loss":
            calls.append(lambda f=f: f(x, t, size_average=False))
        for call in calls:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                log.error(call)
            log([str(item.message) for item in caught])


LINES = """
torch.nn.functional.binary_cross_entropy(torch.tensor([1.5]), torch.tensor([0.5]))
torch.nn.functional.binary_cross_entropy(torch.tensor([-1.0]), torch.tensor([0.5]))
torch.nn.functional.binary_cross_entropy(torch.tensor([0.5]), torch.tensor([2.0]))
torch.nn.functional.binary_cross_entropy(torch.tensor([0.0, 1.0]), torch.tensor([1.0, 0.0]))
torch.nn.functional.binary_cross_entropy(torch.full((2, 3), 0.3), torch.ones(2, 3), torch.ones(2))
torch.nn.functional.binary_cross_entropy(torch.full((2, 3), 0.3), torch.ones(2, 3), torch.full((3,), 0.5))
torch.nn.functional.binary_cross_entropy(torch.tensor([0.5]), torch.tensor([True]))
torch.nn.functional.binary_cross_entropy_with_logits(torch.ones(2, 3), torch.ones(2, 3), torch.ones(2))
torch.nn.functional.binary_cross_entropy_with_logits(torch.ones(2, 3), torch.ones(2, 3), pos_weight=torch.ones(2))
torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor([1000.0, -1000.0]), torch.tensor([0.0, 1.0]), reduction="none")
torch.nn.functional.smooth_l1_loss(torch.ones(2), torch.zeros(2), beta=-1)
torch.nn.functional.huber_loss(torch.ones(2), torch.zeros(2), delta=0)
torch.nn.functional.huber_loss(torch.ones(2), torch.zeros(2), weight=torch.ones(3))
torch.nn.functional.multi_margin_loss(torch.ones(2, 3), torch.tensor([0, 2]), p=3)
torch.nn.functional.multi_margin_loss(torch.ones(2, 3), torch.tensor([0, 3]))
torch.nn.functional.multi_margin_loss(torch.ones(2, 3), torch.tensor([0, 2]), weight=torch.ones(2))
torch.nn.functional.multi_margin_loss(torch.ones(3), torch.tensor([0, 2]))
torch.nn.functional.multi_margin_loss(torch.ones(2, 3), torch.tensor([0]))
torch.nn.functional.multi_margin_loss(torch.ones(2, 3).long(), torch.tensor([0, 2]))
torch.nn.functional.multi_margin_loss(torch.ones(2, 3), torch.tensor([0, 2]).int())
torch.nn.functional.multi_margin_loss(torch.ones(2, 3, 4), torch.tensor([0, 2]))
torch.nn.functional.multi_margin_loss(torch.ones(2, 3).half(), torch.tensor([0, 2]))
torch.nn.functional.multilabel_margin_loss(torch.ones(2, 3), torch.tensor([[0, 3, -1], [1, -1, 0]]))
torch.nn.functional.multilabel_margin_loss(torch.ones(2, 3), torch.tensor([0, 2]))
torch.nn.functional.multilabel_margin_loss(torch.ones(2, 3, 4), torch.tensor([0, 2]))
torch.nn.functional.multilabel_margin_loss(torch.ones(2, 3).long(), torch.tensor([[0, 2, -1], [1, -1, 0]]))
torch.nn.functional.multilabel_margin_loss(torch.ones(2, 3), torch.tensor([[0, 2, -1], [1, -1, 0]]).int())
torch.nn.functional.margin_ranking_loss(torch.ones(2, 3), torch.ones(2, 3), torch.ones(3))
torch.nn.functional.cosine_embedding_loss(torch.ones(2, 3), torch.ones(3), torch.ones(2))
torch.nn.functional.cosine_embedding_loss(torch.ones(2, 3), torch.ones(2, 3), torch.ones(2, 2))
torch.nn.functional.cosine_embedding_loss(torch.ones(3), torch.ones(3), torch.tensor(1.0))
torch.nn.functional.triplet_margin_loss(torch.ones(2, 3), torch.ones(2, 3), torch.ones(3))
torch.nn.functional.triplet_margin_loss(torch.ones(2, 3), torch.ones(2, 3), torch.ones(2, 3), margin=-1)
torch.nn.functional.triplet_margin_with_distance_loss(torch.ones(2, 3), torch.ones(2, 3), torch.ones(3))
torch.nn.functional.triplet_margin_with_distance_loss(torch.ones(2, 3), torch.ones(2, 3), torch.ones(2, 3), margin=-1)
torch.nn.functional.triplet_margin_with_distance_loss(torch.ones(2, 3), torch.ones(2, 3), torch.ones(2, 3), reduction="z")
torch.nn.functional.gaussian_nll_loss(torch.ones(2, 3), torch.zeros(2, 3), torch.ones(3))
torch.nn.functional.gaussian_nll_loss(torch.ones(2, 3), torch.zeros(2, 3), torch.ones(2))
torch.nn.functional.gaussian_nll_loss(torch.ones(2, 3), torch.zeros(2, 3), torch.ones(2, 1))
torch.nn.functional.gaussian_nll_loss(torch.ones(2, 3), torch.zeros(2, 3), -torch.ones(2, 3))
torch.nn.functional.gaussian_nll_loss(torch.ones(2, 3), torch.zeros(2, 3), 0.5)
torch.nn.functional.gaussian_nll_loss(torch.ones(2, 3), torch.zeros(2, 3), torch.ones(2, 3), reduction="x")
torch.nn.functional.multilabel_soft_margin_loss(torch.ones(2, 3), torch.ones(2, 3), torch.ones(2))
torch.nn.functional.multilabel_soft_margin_loss(torch.ones(2, 3), torch.ones(2, 3), reduction="x")
torch.nn.functional.cosine_similarity(torch.ones(2, 3), torch.ones(2, 4))
torch.nn.functional.cosine_similarity(torch.ones(2, 3), torch.ones(2, 3), dim=5)
torch.nn.functional.cosine_similarity(torch.ones(2, 3).long(), torch.ones(2, 3).long())
torch.nn.functional.cosine_similarity(torch.ones(2, 3), torch.ones(2, 3).double()).dtype
torch.nn.functional.cosine_similarity(torch.zeros(2, 3), torch.ones(2, 3))
torch.nn.functional.pairwise_distance(torch.ones(2, 3), torch.zeros(2, 4))
torch.nn.functional.pairwise_distance(torch.tensor(1.0), torch.tensor(3.0))
torch.nn.functional.pdist(torch.ones(3))
torch.nn.functional.pdist(torch.ones(3, 2), -1)
torch.nn.functional.pdist(torch.ones(1, 2))
torch.nn.functional.pdist(torch.ones(3, 0))
torch.nn.functional.pdist(torch.ones(3, 2).half())
torch.nn.functional.pdist(torch.ones(3, 2).long())
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.ones(2, 4))
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.tensor([0, 2]), label_smoothing=1.5)
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.tensor([0, 5]))
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.tensor([0.0, 1.0]))
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.tensor([0, 2, 1]))
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.tensor([0, 2]), torch.ones(4))
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.ones(2, 3).double())
torch.nn.functional.cross_entropy(torch.ones(0, 3), torch.tensor([]).long())
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.full((2,), -100))
torch.nn.functional.cross_entropy(torch.tensor(1.0), torch.tensor(0))
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.tensor([0, 2]).int())
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.tensor([0, 2]).byte())
torch.nn.functional.cross_entropy(torch.ones(2, 3).half(), torch.tensor([0, 2]))
torch.nn.functional.cross_entropy(torch.ones(2, 3).long(), torch.tensor([0, 2]))
torch.nn.functional.cross_entropy(torch.ones(2, 3, 4), torch.zeros(2, 5).long())
torch.nn.functional.cross_entropy(torch.ones(2, 3, 4, 4), torch.zeros(2, 4, 3).long())
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.ones(2, 3), ignore_index=1)
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.ones(2, 3).long())
torch.nn.functional.nll_loss(torch.ones(2, 3), torch.tensor([0.0, 1.0]))
"""
