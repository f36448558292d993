"""searchsorted, isin, histograms, frexp, gradient, renorm, LDL factors, reflections, copies of views and other operators of no family."""

import warnings


def tree_free(tensor):
    return tensor.detach().clone()


def looking_up(torch, log):
    row, values = torch.tensor([1.0, 3.0, 5.0, 7.0, 9.0]), torch.tensor([[3.0, 6.0, 9.0], [-1.0, 6.5, 10.0]])
    rows = torch.tensor([[1, 3, 5, 7, 9], [2, 4, 6, 8, 10]])
    nan = float("nan")
    for options in ({}, {"right": True}, {"side": "right"}, {"side": "left", "right": True}, {"side": "bad"}, {"out_int32": True}):
        log.error(lambda options=options: torch.searchsorted(row, values, **options))
        log.error(lambda options=options: torch.searchsorted(rows, values, **options))
    log(torch.searchsorted(row, 4), torch.bucketize(values, row), torch.bucketize(3, row, right=True), torch.searchsorted(row, torch.ones(0)))
    log(torch.searchsorted(torch.tensor([1.0, 2.0, nan]), torch.tensor([nan, 0.0, 3.0])))
    log(torch.searchsorted(torch.tensor([3.0, 1.0, 2.0]), values[0], sorter=torch.tensor([1, 2, 0])))
    for bounds, wanted in ((rows, torch.tensor(3)), (rows, torch.ones(3, 1)), (torch.tensor(3.0), values), (row.bool(), values)):
        log.error(lambda bounds=bounds, wanted=wanted: torch.searchsorted(bounds, wanted))
    log.error(lambda: torch.bucketize(values, values))
    log.error(lambda: torch.searchsorted(row, values, sorter=torch.tensor([1, 2])))


def membership(torch, log):
    table, nan = torch.tensor([[1, 2], [3, 4]]), float("nan")
    log(torch.isin(table, torch.tensor([2, 3])), torch.isin(table, torch.tensor([2, 3]), invert=True), torch.isin(table, 2), torch.isin(2, table))
    log(torch.isin(table, torch.tensor([2.5, 3.0])), torch.isin(torch.tensor([nan]), torch.tensor([nan])))
    for dtype in (torch.bool, torch.complex64, torch.uint16, torch.float16):
        log.error(lambda dtype=dtype: torch.isin(table.to(dtype), table.to(dtype)))


def histograms(torch, log):
    x, weight = torch.tensor([1.0, 2.0, 1.0, 0.3]), torch.tensor([1.0, 2.0, 4.0, 0.5])
    for options in ({"bins": 4, "range": (0.0, 3.0)}, {"bins": 4}, {"bins": torch.tensor([0.0, 1.0, 2.0, 3.0])}, {"bins": 0},
                    {"bins": 4, "weight": weight, "density": True}, {"bins": 2, "range": (3.0, 1.0)}, {"bins": torch.tensor([1, 2, 3])},
                    {"bins": 2, "weight": weight[:1]}, {"bins": 2, "range": (0.0, float("inf"))}):  # fmt: skip
        log.error(lambda options=options: torch.histogram(x, **options))
    y = torch.tensor([[0.0, 1.0], [1.0, 0.0], [2.0, 0.0], [2.0, 2.0]])
    for bins in ([3, 3], 2, [torch.tensor([0.0, 1.0, 2.0]), torch.tensor([0.0, 2.0])], [3]):
        log.error(lambda bins=bins: list(torch.histogramdd(y, bins)))
    log.error(lambda: torch.histogram(x.long(), 2))


def places(torch, log):
    z = torch.tensor([[0, 1, 0], [2, 0, 3]])
    for size in (0, 2, 5, -1):
        log.error(lambda size=size: torch.nonzero_static(z, size=size))
    log(z.nonzero_static(size=4, fill_value=7), torch.nonzero_static(torch.tensor(1), size=2))
    x = torch.arange(6.0).reshape(2, 3)
    log(torch.take_along_dim(x, torch.tensor([[-1], [2]]), 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the operator is new, which each library says once
        log(torch.index_reduce(torch.tensor(2.0), 0, torch.tensor([0]), torch.tensor(3.0), "mean"))


def mantissas(torch, log):
    x = torch.tensor([[1.0, -3.5, 0.0], [0.25, 100.0, 7.0]], requires_grad=True)
    mantissa, exponent = torch.frexp(x)
    log(mantissa, exponent, torch.autograd.grad(mantissa.sum(), x)[0], torch.frexp(torch.tensor([float("inf"), -0.0])))
    log.error(lambda: torch.frexp(torch.tensor([1, 2])))


def finite_differences(torch, log):
    y = torch.tensor([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0], [1.0, 4.0, 9.0]], requires_grad=True)
    points = (torch.tensor([1.0, 2.0, 4.0]), torch.tensor([0.0, 1.0, 3.0]))
    for options in ({}, {"spacing": 2.0}, {"dim": 0}, {"dim": (0, 1), "spacing": [2.0, 3.0]}, {"spacing": points}, {"edge_order": 2},
                    {"edge_order": 3}, {"dim": (0, 0)}, {"dim": 5}, {"spacing": [1.0]}, {"spacing": points, "edge_order": 2}):  # fmt: skip
        log.error(lambda options=options: [tree_free(part) for part in torch.gradient(y, **options)])
    log(torch.gradient(y)[0].grad_fn)
    log.error(lambda: torch.gradient(y[:1]))


def limited_norms(torch, log):
    y = torch.tensor([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0], [1.0, 4.0, 9.0]], dtype=torch.float64, requires_grad=True)
    for p in (1, 2, 3.0, 0.5, float("inf")):
        result = torch.renorm(y, p, 0, 5.0)
        log(result)
        (first,) = torch.autograd.grad((result**3).sum(), y)
        log(first.clone())
    for p, dim, most in ((2, 4, 3), (0, 0, 3), (2, 0, -1)):
        log.error(lambda p=p, dim=dim, most=most: torch.renorm(y, p, dim, most))
    log(y.detach().clone().renorm_(2, -1, 3))


def hashes(torch, log):
    for dtype in (torch.bool, torch.int8, torch.int64, torch.float16, torch.float64):
        log(torch.hash_tensor(torch.tensor([[1, 2, 3], [0, 5, 7]]).to(dtype), 1, keepdim=True))
    log.error(lambda: torch.hash_tensor(torch.ones(0)))
    log.error(lambda: torch.hash_tensor(torch.ones(2), mode=1))


def symmetric_factors(torch, log):
    a = torch.tensor([[4.0, 1, 2], [1, 3, 0], [2, 0, 5]], dtype=torch.float64)
    b = torch.tensor([[0.0, 1, 2], [1, 0, 3], [2, 3, 0]], dtype=torch.float64)
    right = torch.arange(6.0, dtype=torch.float64).view(3, 2)
    for matrix in (a, b, torch.stack([a, b])):
        factors = torch.linalg.ldl_factor(matrix)
        log(*factors, torch.linalg.ldl_factor_ex(matrix).info, torch.linalg.ldl_solve(*factors, right.expand(*matrix.shape[:-2], 3, 2)))
    hermitian = a + 1j * (torch.triu(b) - torch.tril(b))
    log(*torch.linalg.ldl_factor(hermitian, hermitian=True))
    for bad in (torch.zeros(2, 3), torch.zeros(2), a.long(), a.half(), torch.zeros(2, 2)):
        log.error(lambda bad=bad: torch.linalg.ldl_factor(bad))


def reflections(torch, log):
    packed, tau = torch.geqrf(torch.tensor([[2.0, 1.0], [1.0, 3.0], [0.5, 2.0]], dtype=torch.float64))
    packed, tau = packed.requires_grad_(), tau.requires_grad_()
    other = torch.arange(9.0, dtype=torch.float64).view(3, 3).requires_grad_()
    product = torch.linalg.householder_product(packed, tau)
    log(product.detach(), product.grad_fn.name())
    log(*[gradient.clone(memory_format=torch.contiguous_format) for gradient in torch.autograd.grad((product**3).sum(), (packed, tau))])
    for left in (True, False):
        for transpose in (True, False):
            result = torch.ormqr(packed, tau, other, left, transpose)
            gradients = torch.autograd.grad((result**2).sum() + (result**3).sum(), (packed, tau, other))
            log(result.detach(), *[gradient.clone(memory_format=torch.contiguous_format) for gradient in gradients])
    log.error(lambda: torch.ormqr(packed, tau, other[0]))


def factors_of_any_shape(torch, log):
    for shape in ((3, 3), (4, 2), (2, 4)):
        a = torch.cos(torch.arange(float(shape[0] * shape[1]), dtype=torch.float64) * 1.7).view(shape).requires_grad_()
        for factors in (torch.linalg.lu(a)[1:], torch.linalg.lu_factor(a)[:1]):
            loss = sum((factor**2).sum() for factor in factors)
            log(torch.autograd.grad(loss, a)[0].clone(memory_format=torch.contiguous_format))


def copies_of_views(torch, log):
    x = torch.arange(6.0).view(3, 2).requires_grad_()
    for parts in (torch.split_copy(x, 2), torch.split_with_sizes_copy(x, [1, 2]), torch.unbind_copy(x)):
        log(parts, torch.autograd.grad(parts[0].sum(), x)[0])
    log(torch.detach_copy(x.detach()), torch._neg_view_copy(x), torch._is_all_true(torch.ones(2).bool()))


def masked(torch, log):
    import importlib

    module = importlib.import_module(f"{torch.__name__}.masked")
    x, mask = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]]), torch.tensor([[True, False, True], [False, True, True]])
    for name in "sum prod mean amax amin argmax argmin var std norm logsumexp softmax log_softmax softmin cumsum cumprod median".split():
        log(name)
        log.error(lambda name=name: getattr(module, name)(x, dim=1, mask=mask))
    log(module.normalize(x, 2.0, 1, mask=mask), module.logaddexp(x, x + 1, input_mask=mask))
