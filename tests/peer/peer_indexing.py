"""Indexing in every form, read and written."""

# x is 4 x 5 x 6; each form is read, differentiated and written.
FORMS = """
0
-1
(0, 1, 2)
slice(None)
slice(1, 3)
slice(None, None, 2)
slice(3, 1)
slice(-3, 100)
(slice(1, 3), slice(None, None, 3))
None
(None, 0)
(0, None, slice(None))
(None, None)
Ellipsis
(Ellipsis, 0)
(0, Ellipsis)
(0, Ellipsis, slice(1, 2))
(Ellipsis, None)
(slice(None), None, Ellipsis, None, 2)
(0, 0, 0, Ellipsis)
()
True
False
(True, 0)
(slice(None), True)
torch.tensor(2)
torch.tensor([0, 2])
torch.tensor([-1, 0, -1])
torch.tensor([[0, 1], [2, 3]])
torch.tensor([], dtype=torch.int64)
[0, 2]
[[0, 2], [1, 3]]
([0, 2], [1, 3])
[True, False, True, False]
(slice(None), [1, 1, 0])
(torch.tensor([0, 1]), torch.tensor([2, 3]))
(torch.tensor([0, 1]), 2)
(2, torch.tensor([0, 1]))
(torch.tensor([0, 1]), slice(None), torch.tensor([2, 3]))
(torch.tensor([0, 1]), slice(1, 3), 2)
(slice(None), torch.tensor([0, 1]), torch.tensor([2, 3]))
(slice(None), torch.tensor([[0], [1]]), torch.tensor([2, 3]))
(Ellipsis, torch.tensor([0, 1]))
(torch.tensor([0, 1]), Ellipsis, torch.tensor([2, 3]))
(torch.tensor([0, 1]), None, torch.tensor([2, 3]))
(None, torch.tensor([0, 1]), slice(None), 1)
(slice(None), torch.tensor(1))
(torch.tensor(1), torch.tensor(2))
(torch.tensor([1]), torch.tensor(2), slice(None))
torch.tensor([0, 1], dtype=torch.int32)
torch.tensor([0, 1], dtype=torch.uint8)
torch.tensor([True, False, True, False])
torch.tensor([False, False, False, False])
(torch.tensor([True, False, True, False]), 1)
(slice(None), torch.tensor([True, False, True, False, True]))
(torch.tensor([True, False, True, False]), torch.tensor([0, 1]))
(torch.tensor([True, False, True, False]), slice(None), torch.tensor([0, 1]))
torch.ones(4, 5, dtype=torch.bool)
torch.tensor(True)
torch.tensor(False)
np.array([0, 2])
np.int64(1)
(np.array([True, False, False, True]), 0)
range(2)
""".strip().splitlines()

WRONG = """
4
-5
(0, 5)
(0, 0, 0, 0)
1.5
"a"
{}
slice(None, None, -1)
slice(None, None, 0)
slice("a")
torch.tensor([4])
torch.tensor([-5])
torch.tensor([0.5])
torch.tensor(1.5)
(torch.tensor([0, 1]), torch.tensor([0, 1, 2]))
torch.tensor([True, False])
torch.ones(4, 4, dtype=torch.bool)
[True, False]
(Ellipsis, Ellipsis)
[0, 1.5]
torch.tensor([1j])
""".strip().splitlines()


def values(torch):
    return torch.arange(120.0).reshape(4, 5, 6)


def index_of(torch, form):
    import numpy as np

    return eval(form, {"torch": torch, "np": np})


def read(torch, log):
    for form in FORMS:
        result = outcome(lambda form=form: values(torch)[index_of(torch, form)])
        log(form, *summary(result))


def outcome(function):
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = function()
        except Exception as error:
            result = f"{type(error).__name__}: {error}"
    return result, [str(item.message) for item in caught]


def summary(result):
    """Enough to tell one selection from another, without all of its numbers."""
    result, warned = result
    if isinstance(result, str):
        return [result, warned]
    weights = 1 + result.detach().reshape(-1) * 0
    total = (result.detach().reshape(-1) * weights.cumsum(0)).sum().item()
    return [list(result.shape), list(result.stride()), result._is_view(), total, warned]


def read_gradients(torch, log):
    for form in FORMS:
        x = values(torch).requires_grad_()
        index = index_of(torch, form)
        result, _ = outcome(lambda x=x, index=index: (x * 1)[index])
        if isinstance(result, str):
            log(form, result)
            continue
        (g,) = torch.autograd.grad((result * (1 + result.detach() * 0).cumsum(0)).sum() if result.dim() else result.sum(), x)
        log(form, result.grad_fn.name(), g.sum().item(), (g * values(torch)).sum().item(), list(g.stride()))


def write_number(torch, log):
    for form in FORMS:
        x = values(torch)
        result = outcome(lambda x=x, form=form: x.__setitem__(index_of(torch, form), -1000.0) or x)
        log(form, *summary(result), x._version)


def write_tensor(torch, log):
    for form in FORMS:
        x = values(torch).requires_grad_()
        index = index_of(torch, form)
        y = x * 1
        selected, _ = outcome(lambda index=index: values(torch)[index])
        if isinstance(selected, str):
            continue
        w = (selected * 0 + 2.0).requires_grad_()
        if selected.numel() == 0:
            continue
        error, _ = outcome(lambda y=y, index=index, w=w: y.__setitem__(index, w))
        log(form, error, y.grad_fn.name(), y.sum().item(), y._version)
        gx, gw = torch.autograd.grad((y * values(torch)).sum(), [x, w], allow_unused=True)
        log(gx.sum().item(), gw is None or gw.sum().item())


def wrong_reads(torch, log):
    for form in WRONG:
        log.error(lambda form=form: values(torch)[index_of(torch, form)])


def wrong_writes(torch, log):
    for form in WRONG:
        x = values(torch)
        log.error(lambda form=form, x=x: x.__setitem__(index_of(torch, form), 1.0))
        log(x.sum().item())


LINES = """
torch.tensor(2.)[(0,)]
torch.tensor(2.)[np.int64(0)]
torch.tensor(2.)[np.int64(1)]
torch.tensor(2.)[np.array([0, -1])]
torch.tensor(2.)[(np.int64(0),)]
x = torch.tensor(2.); x[::-1] = 1
x = torch.tensor(2.); x[::0] = 1
torch.ones(2, 3)[..., ..., 0:-1]
x = torch.arange(6.); x[1:4] = torch.tensor([9., 8., 7.]); x
x = torch.arange(6.).reshape(2, 3); x[:, 1] = torch.tensor([9., 8.]); x
x = torch.arange(6.).reshape(2, 3); x[0] = 5; x
x = torch.arange(6.).reshape(2, 3); x[x > 2] = torch.tensor([1., 2., 3.]); x
x = torch.arange(6.).reshape(2, 3); x[x > 2] = torch.tensor([1., 2.]); x
x = torch.arange(6.).reshape(2, 3); x[:, 0] = torch.ones(3); x
x = torch.arange(6.).reshape(2, 3); x[torch.tensor([0, 0])] = torch.tensor([[1., 2., 3.], [4., 5., 6.]]); x
x = torch.arange(6.).reshape(2, 3); x[0, 0] = torch.ones(2); x
x = torch.arange(6.).reshape(2, 3); x[0] = [1., 2., 3.]; x
x = torch.arange(6.).reshape(2, 3); x[0] = np.array([1., 2., 3.]); x
x = torch.arange(6.).reshape(2, 3); x[0] = "a"; x
x = torch.arange(6.).reshape(2, 3); x[0] = None; x
x = torch.arange(6.).reshape(2, 3); x[0, 1] = 1j; x
x = torch.arange(6); x[0] = 2.7; x
x = torch.arange(6); x[1:3] = torch.tensor([2.7, -2.7]); x
x = torch.arange(6.); x[...] = x.flip(0); x
x = torch.arange(6.); x[1:] += x[:-1].clone(); x
x = torch.arange(6.); x[::2] *= 10; x
x = torch.arange(6.); x[torch.tensor([0, 0, 1])] += 1; x
x = torch.arange(6.).reshape(2, 3); x[:, None] = 4; x
x = torch.arange(6.).reshape(2, 3); x[0] = torch.ones(1, 1, 3); x
x = torch.tensor(3.0); x[()] = 4; x
x = torch.tensor(3.0); x[...] = 4; x
x = torch.tensor(3.0); x[0]
x = torch.tensor(3.0); x[None]
x = torch.tensor(3.0); x[True]
x = torch.arange(6.); del x[0]
x = torch.arange(3.); a, b, c = x; (a, b, c)
x = torch.arange(6.).reshape(2, 3); [row.tolist() for row in x]
x = torch.arange(6.); 3.0 in x
x = torch.arange(6.); torch.tensor(7.0) in x
x = torch.arange(6.); "a" in x
x = torch.arange(6.); reversed(x)
x = torch.arange(6.); x.index_put((torch.tensor([0, 0]),), torch.tensor([1., 2.]), accumulate=True)
x = torch.arange(6.); x.index_put_((torch.tensor([1]),), torch.tensor(9.))
x = torch.arange(6.).reshape(2, 3); x.take(torch.tensor([0, 5, -1]))
x = torch.arange(6.).reshape(2, 3); x.gather(1, torch.tensor([[0, 2], [1, 1]]))
x = torch.zeros(2, 3); x.scatter(1, torch.tensor([[0], [2]]), 5.)
x = torch.zeros(2, 3); x.scatter_add(1, torch.tensor([[0, 0], [2, 1]]), torch.ones(2, 2))
x = torch.zeros(2, 3); x.index_add(1, torch.tensor([0, 0]), torch.ones(2, 2), alpha=3)
x = torch.arange(6.).reshape(2, 3); x.index_select(1, torch.tensor([2, 0]))
x = torch.arange(6.).reshape(2, 3); x.masked_select(x > 2)
x = torch.arange(6.).reshape(2, 3); x.masked_fill(x > 2, -1)
x = torch.arange(6.).reshape(2, 3); (x > 2).nonzero()
x = torch.arange(6.).reshape(2, 3); (x > 2).nonzero(as_tuple=True)
x = torch.arange(6.).reshape(2, 3); torch.where(x > 2)
x = torch.arange(6.).reshape(2, 3); x.nonzero().stride()
"""
