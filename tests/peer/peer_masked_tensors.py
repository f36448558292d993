"""torch.masked.MaskedTensor: how it is made and printed, its operators, reductions, layouts and gradients."""

import warnings


def parts(torch):
    data = torch.tensor([[0.5, 1.25, -2.0], [3.0, 4.5, -100.125]])
    mask = torch.tensor([[True, False, True], [False, True, True]])
    return data, mask


def shown(torch, log, calls):
    """The text of each result, or the error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for call in calls:
            try:
                found = call()
                log(*(repr(entry) for entry in (found if isinstance(found, (tuple, list)) else [found])))
            except Exception as error:  # what is wrong is part of the answer
                log(type(error).__name__, str(error).partition("\n")[0])


def made_and_printed(torch, log):
    data, mask = parts(torch)
    make = torch.masked.masked_tensor
    numbers = torch.arange(6).reshape(2, 3)
    shown(torch, log, [
        lambda: make(data, mask), lambda: make(data[0], mask[0]), lambda: make(data[0, 0], mask[0, 0]), lambda: make(data[0, 1], mask[0, 1]),
        lambda: make(numbers, mask), lambda: make(numbers[0, 0], mask[0, 0]), lambda: make(mask, mask),
        lambda: make(torch.arange(8.0).reshape(2, 2, 2), torch.tensor([True, False] * 4).reshape(2, 2, 2)),
        lambda: make(data.double(), mask, requires_grad=True), lambda: make(torch.zeros(0), torch.zeros(0, dtype=torch.bool)),
        lambda: make(3, mask), lambda: make(data, 3), lambda: make(data, mask[0]), lambda: make(data, mask[:, :2]),
        lambda: make(data, mask.to_sparse()), lambda: make(data, mask.float()), lambda: make(data.to(torch.complex64), mask),
        lambda: make(make(data, mask), mask), lambda: make(data.to_sparse_csc(), mask.to_sparse_csc()),
        lambda: make(mask, mask, requires_grad=True),
    ])  # fmt: skip


def what_it_says_of_itself(torch, log):
    data, mask = parts(torch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        m = torch.masked.masked_tensor(data, mask)
        sparse = torch.masked.masked_tensor(data.to_sparse(), data.bool().to_sparse())
        turned = torch.masked.masked_tensor(data.t(), mask.t())
        kinds = (torch.masked.is_masked_tensor(m), torch.masked.is_masked_tensor(data), isinstance(m, torch.masked.MaskedTensor))
        log(m.shape, m.dtype, repr(m.layout), str(m.device), m.requires_grad, m.is_leaf, m.stride(), m.dim(), m.numel(), kinds)
        log(m.is_cpu, m.is_meta, m.is_sparse, m.is_sparse_coo(), m.is_sparse_csr(), m.get_data(), m.get_mask(), m.to_tensor(7.0))
        log(repr(sparse.layout), sparse.is_sparse, sparse.is_sparse_coo(), turned.is_contiguous(), turned.contiguous().is_contiguous())
        log(type(m).__module__, type(m).__name__, str(m.device), turned.stride())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.masked.masked_tensor(data.clone().requires_grad_(), mask)
        log.error(lambda: torch.masked.masked_tensor(data, mask).max())
    log([(entry.category.__name__, str(entry.message)) for entry in caught])


def operators(torch, log):
    data, mask = parts(torch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        m = torch.masked.masked_tensor(data, mask)
        fresh = m.clone
        aten = torch.ops.aten
    shown(torch, log, [
        lambda: m + m, lambda: m * 2, lambda: m / 3, lambda: m == m, lambda: m < 1, lambda: m**2, lambda: -m, lambda: abs(m), lambda: m + data,
        lambda: data * m, lambda: m + torch.masked.masked_tensor(data, ~mask), lambda: m @ m, lambda: torch.relu(m), lambda: m.max(),
        lambda: fresh().add_(1), lambda: fresh().exp_(), lambda: fresh().pow_(2), lambda: fresh().atanh_(), lambda: fresh().floor_divide_(2),
        lambda: fresh().ne_(1), lambda: m.detach(), lambda: m.double(), lambda: m.view(3, 2), lambda: m.reshape(6), lambda: m.transpose(0, 1),
        lambda: m.expand(2, 2, 3), lambda: m[0], lambda: m[:, 1:], lambda: m.split(1), lambda: torch.cat([m, m]), lambda: torch.stack([m, m]),
        lambda: m[mask[:, 0]], lambda: torch.ones_like(m), lambda: aten.clamp(m, -1, 1), lambda: aten.logaddexp(m, m),
        lambda: aten.add(m, 1, alpha=2), lambda: aten.mul_(fresh(), m), lambda: torch.masked.masked_tensor(data[0, 0], mask[0, 0]).item(),
        lambda: torch.masked.masked_tensor(data[0, 1], mask[0, 1]).item(),
        lambda: torch._is_any_true(torch.masked.masked_tensor(mask, ~mask)), lambda: torch._is_any_true(m),
    ])  # fmt: skip


def reductions(torch, log):
    data, mask = parts(torch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        m = torch.masked.masked_tensor(data, mask)
        truths = torch.masked.masked_tensor(data > 0, mask)
        at = mask.to_sparse().coalesce()
        coo = torch.masked.masked_tensor(data.sparse_mask(at), at)
        csr = torch.masked.masked_tensor(data.sparse_mask(mask.to_sparse_csr()), mask.to_sparse_csr())
    shown(torch, log, [
        lambda: m.sum(), lambda: m.sum(0), lambda: m.sum(dim=1, keepdim=True), lambda: torch.sum(m, 1), lambda: m.sum((0, 1)), lambda: m.mean(),
        lambda: m.mean(0), lambda: m.amax(1), lambda: m.amin(0), lambda: m.prod(0), lambda: m.prod(), lambda: m.argmax(0), lambda: m.argmin(),
        lambda: m.std(1), lambda: m.norm(), lambda: truths.all(), lambda: truths.all(0), lambda: truths.all(dim=1, keepdim=True),
        lambda: torch.ops.aten.sum(m), lambda: torch.masked.sum(m, mask=mask), lambda: coo, lambda: coo.exp(), lambda: coo + coo,
        lambda: coo.sum(), lambda: coo.argmax(), lambda: coo.prod(), lambda: csr, lambda: csr.exp(), lambda: csr + csr, lambda: csr.sum(),
        lambda: csr.amin(), lambda: coo.to_dense(), lambda: csr.to_dense(), lambda: m.to_sparse().to_dense(), lambda: m.to_sparse_csr().layout,
        lambda: coo.is_contiguous(),
    ])  # fmt: skip


def gradients(torch, log):
    data, mask = parts(torch)
    F = torch.nn.functional
    for f in (
        lambda m: m.sum(), lambda m: m.mean(), lambda m: m.sum(0).sum(), lambda m: m.amax(), lambda m: m.amin(1).sum(), lambda m: m.prod(),
        lambda m: (m * m).sum(), lambda m: m.exp().sum(), lambda m: m.t().sum(), lambda m: m[0].sum(), lambda m: torch.stack([m, m]).sum(),
        lambda m: m.contiguous().sum(), lambda m: m.to_tensor(0).sum(), lambda m: m.get_data().sum(), lambda m: m.mean(1).sum(),
        lambda m: (m.sum(0, keepdim=True) * 2).sum(), lambda m: (m / 2 - 3).view(3, 2).sum(), lambda m: m.unfold(1, 2, 1).sum(),
        lambda m: torch.cat([m, m]).sum(), lambda m: m.double().sum(), lambda m: m.to_sparse().to_dense().sum(),
        lambda m: m.to_sparse_csr().to_dense().sum(), lambda m: torch.where(mask, m.exp(), torch.masked.masked_tensor(data, ~mask)).sum(),
        lambda m: F.unfold(m.view(1, 1, 2, 3), (2, 2)).sum(), lambda m: (torch.softmax(m, -1) * torch.softmax(m, -1)).sum(),
    ):  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            m = torch.masked.masked_tensor(data, mask, requires_grad=True)
            found = f(m)
            found.backward()
        log(repr(found), found.grad_fn.name(), repr(m.grad))


def through_plain_tensors(torch, log):
    data, mask = parts(torch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = data.clone().requires_grad_()
        m = torch.masked.as_masked_tensor(plain, mask)
        (m.sum() + 0).backward()
        log(repr(m), m.requires_grad, m.grad_fn.name(), type(plain.grad).__name__, repr(plain.grad))


def neutral_elements(torch, log):
    data, mask = parts(torch)
    combine, neutral = torch.masked._combine_input_and_mask, torch.masked._reduction_identity
    log(*(combine(op, data, mask) for op in (torch.sum, torch.prod, torch.amax, torch.amin)))
    for name in ("sum", "prod", "amax", "amin", "argmax", "norm", "mean", "median", "logsumexp", "x.cumsum"):
        for dtype in (torch.float32, torch.int16, torch.uint8):
            log(neutral(name, torch.ones(2, dtype=dtype)))
    log(neutral("norm", data, float("-inf")))
    log.error(lambda: neutral("frobnicate", data))
    log.error(lambda: combine("sum", data, mask))
