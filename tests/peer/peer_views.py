"""View operations: shapes, strides, offsets, node names, gradients."""

FORMS = """
view(24)
view(6, 4)
view(-1, 3)
view(2, 2, 2, 3)
reshape(3, 8)
reshape(-1)
transpose(0, 2)
transpose(-1, 0)
swapaxes(0, 1)
permute(2, 0, 1)
permute((1, 0, 2))
permute(-1, 0, 1)
mT
mH
select(1, 2)
select(-1, -1)
narrow(1, 1, 2)
unsqueeze(0)
unsqueeze(-1)
unsqueeze(2).squeeze(2)
unsqueeze(0).squeeze()
squeeze()
squeeze(0)
squeeze((0, 1))
expand(5, 2, 3, 4)
expand(-1, 3, 4)
unsqueeze(1).expand(2, 7, 3, 4)
expand_as(torch.ones(2, 2, 3, 4))
diagonal(0, 0, 1)
diagonal(1, 1, 2)
diagonal(-1, dim1=0, dim2=2)
split(2, 1)
split([1, 3], 2)
chunk(2, 2)
chunk(5, 2)
unbind(0)
unbind(-1)
unfold(2, 2, 1)
unfold(1, 3, 2)
movedim(0, 2)
movedim((0, 1), (2, 0))
flatten()
flatten(1)
flatten(0, 1)
unflatten(2, (2, 2))
unflatten(-1, (-1, 2))
as_strided((2, 2), (1, 3), 1)
view_as(torch.ones(4, 6))
detach()
contiguous()
clone()
flip(0)
flip((0, 2))
roll(1, 0)
roll((1, -1), (0, 2))
roll(3)
tile(2)
tile((2, 1, 1, 1))
repeat(2, 1, 1)
repeat_interleave(2, 1)
tril()
triu(1)
rot90(1, (0, 1))
T
tensor_split(2)
tensor_split((1, 2), 2)
hsplit(3)
ravel()
alias() if False else x[:]
view(torch.int32)
view(torch.uint8).shape
data
real
positive()
t()
select_scatter(torch.ones(3, 4), 0, 1)
index_select(1, torch.tensor([2, 0]))
sum_to_size(1, 3, 1)
""".strip().splitlines()


def apply(torch, x, form):
    return eval(f"x.{form}", {"x": x, "torch": torch})


def strides_and_names(torch, log):
    import warnings

    for form in FORMS:
        base = torch.arange(24.0).reshape(2, 3, 4).requires_grad_() * 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            log(form)
            log.error(lambda form=form, base=base: parts(apply(torch, base, form)))
            log.error(lambda form=form, base=base: [one._base is base for one in listed(apply(torch, base, form))])


def listed(result):
    return list(result) if isinstance(result, (tuple, list)) else [result]


def parts(result):
    """Shape, stride, offset and graph of each result."""
    rows = []
    for one in listed(result):
        if hasattr(one, "stride"):
            rows.append([list(one.shape), list(one.stride()), one.storage_offset(), one.grad_fn and one.grad_fn.name(), one.is_contiguous()])
        else:
            rows.append(repr(one))
    return rows


def on_transposed_input(torch, log):
    import warnings

    for form in FORMS:
        base = torch.arange(24.0).reshape(4, 3, 2).permute(2, 1, 0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            log(form)
            log.error(lambda form=form, base=base: parts(apply(torch, base, form)))


def gradients(torch, log):
    import warnings

    for form in FORMS:
        x = torch.arange(24.0).reshape(2, 3, 4).requires_grad_()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                results = [one for one in listed(apply(torch, x * 1, form)) if hasattr(one, "requires_grad") and one.requires_grad]
            except Exception as error:
                log(form, type(error).__name__)
                continue
        total = sum((one.float() * torch.arange(1.0, one.numel() + 1).reshape(one.shape)).sum() for one in results)
        log(form)
        if results:
            (g,) = torch.autograd.grad(total, x, allow_unused=True)
            log(g if g is None else [g.tolist(), list(g.stride())])


def written_through(torch, log):
    import warnings

    for form in FORMS:
        if form == "unfold(2, 2, 1)":
            continue  # its windows overlap: what is left in memory depends on the order of the writes
        x = torch.arange(24.0).reshape(2, 3, 4).requires_grad_()
        base = x * 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                view = listed(apply(torch, base, form))[0]
                view.mul_(2)
            except Exception as error:
                log(form, f"{type(error).__name__}: {error}")
                continue
        log(form, base, view.grad_fn and view.grad_fn.name())
        (g,) = torch.autograd.grad((base * base.detach()).sum(), x)
        log(g.tolist())


LINES = """
torch.ones(2, 3).T
torch.arange(3).t()
torch.arange(6).reshape(2, 3).T.reshape(-1)
torch.arange(6).reshape(2, 3).T.view(-1)
torch.arange(6).view(2, 3).view(3, 2).stride()
torch.ones(2, 1, 3).squeeze(1).shape
torch.ones(1, 1).squeeze()
torch.ones(2, 3).unsqueeze(1).stride()
torch.ones(1, 3).expand(2, 3).stride()
torch.ones(1, 3).expand(2, 3).contiguous().stride()
torch.ones(1, 3).expand(2, 3).reshape(-1).stride()
torch.ones(3).expand(0, 3).shape
torch.tensor(1.0).expand(2)
torch.ones(2, 1).stride(), torch.ones(1, 1).t().stride(), torch.ones(2, 0, 3).stride()
torch.ones(5, 5)[1:3, ::2].is_contiguous()
torch.ones(1, 5).t().is_contiguous()
torch.view_as_real(torch.tensor([1 + 2j]))
torch.view_as_complex(torch.tensor([[1., 2.], [3., 4.]]))
torch.tensor([1 + 2j]).real
torch.tensor([1 + 2j]).imag
torch.tensor([1 + 2j]).conj()
torch.tensor([1 + 2j]).conj().resolve_conj()
torch.tensor([1 + 2j]).mH
torch.tensor([1 + 2j]).conj().imag
torch.tensor([1 + 2j], requires_grad=True).conj()
torch.tensor([1 + 2j], requires_grad=True).real
torch.ones(2, requires_grad=True).real
torch.ones(4, dtype=torch.float32).view(torch.int32)
torch.ones(4, dtype=torch.float32).view(torch.float64)
torch.ones(4, dtype=torch.float32).view(torch.int16).shape
torch.cat([torch.ones(2, 1), torch.zeros(2, 2)], 1)
torch.cat([torch.ones(0), torch.ones(2)])
torch.cat([torch.ones(0), torch.ones(2, 2)])
torch.cat((torch.ones(2, requires_grad=True), torch.ones(1)))
torch.stack([torch.arange(2), torch.arange(2)], -1)
torch.hstack([torch.ones(2), torch.ones(1)])
torch.vstack([torch.ones(2), torch.ones(2)])
torch.atleast_2d(torch.tensor(1.0))
torch.broadcast_tensors(torch.ones(2, 1), torch.ones(3))
torch.broadcast_shapes((2, 1), (3,))
torch.broadcast_to(torch.ones(3), (2, 3)).stride()
torch.movedim(torch.ones(2, 3, 4), 1, -1).shape
torch.arange(6).reshape(2, 3).rot90()
torch.arange(4).reshape(2, 2).diagonal()
torch.arange(3).diag_embed()
torch.arange(6.).reshape(2, 3).swapdims(0, 1)
torch.arange(6.).split(4)
torch.arange(6.).tensor_split(4)
torch.ones(2, 3).numpy(force=True).shape
torch.nn.functional.pad(torch.arange(3.), (1, 2))
torch.outer(torch.arange(2.), torch.arange(3.))
torch.einsum("ij,jk", torch.ones(2, 3), torch.ones(3, 2))
torch.einsum("ii->i", torch.arange(4.).reshape(2, 2))
torch.einsum("bij,bjk->bik", torch.ones(2, 2, 3), torch.ones(2, 3, 2)).shape
torch.ones(2, 3) @ torch.ones(3)
torch.ones(3) @ torch.ones(3, 2)
torch.ones(4, 2, 3) @ torch.ones(3, 2)
torch.ones(2, 1, 2, 3).matmul(torch.ones(5, 3, 2)).shape
torch.arange(4).reshape(2, 2) @ torch.arange(4).reshape(2, 2)
"""
