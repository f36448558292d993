"""Sparse tensors: what they are made of, arithmetic, products, shapes, reductions, printing, gradients, files, optimizers."""

from __future__ import annotations

import copy
import io
import pickle
import warnings


def space(torch):
    """The tensors that expressions speak of: fresh ones each time, for some are written into."""
    torch.sparse.check_sparse_tensor_invariants.disable()
    torch.set_warn_always(False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.eye(2).to_sparse_csr()  # it warns once
    i = torch.tensor([[0, 1, 1, 0], [2, 0, 2, 2]])
    v = torch.tensor([3.0, 4.0, 5.0, 6.0], requires_grad=True)
    x = torch.sparse_coo_tensor(i, v, (2, 3))
    h = torch.sparse_coo_tensor(i, torch.arange(8.0).reshape(4, 2) + 1, (2, 3, 2))
    z = torch.sparse_coo_tensor(i, torch.tensor([1 + 2j, 3j, -1, 2]), (2, 3))
    w = torch.arange(6.0).reshape(3, 2).requires_grad_()
    y = torch.sparse_coo_tensor([[1, 0, 1], [0, 1, 2]], [1.0, -2.0, 0.5], (2, 3))
    t = torch.sparse_coo_tensor([[0, 1, 1, 0], [2, 0, 1, 2], [3, 1, 1, 0]], [1.0, 2.0, 3.0, 4.0], (2, 3, 4))
    return {
        "torch": torch, "i": i, "v": v, "x": x, "c": x.coalesce(), "d": x.detach(), "h": h, "z": z, "w": w, "y": y, "t": t,
        "dense": torch.arange(6.0).reshape(2, 3), "leaf": x.detach().requires_grad_(), "grad": torch.autograd.grad, "copy": copy,
        "empty": torch.sparse_coo_tensor(size=(2, 3)), "F": torch.nn.functional, "again": lambda value: pickle.loads(pickle.dumps(value)),
    }  # fmt: skip


def shown(value, torch):
    """A result as text: how it prints, and what a COO tensor says of its entries."""
    text = repr(value)
    if isinstance(value, torch.Tensor):
        text += f" {type(value.grad_fn).__name__}"
        if value.layout is torch.sparse_coo:
            text += f" coalesced={value.is_coalesced()}"
    return text


def each(torch, log, expressions):
    for line in expressions.strip().splitlines():
        for expression in line.split("; "):
            try:
                found = shown(eval(expression, space(torch)), torch)
            except Exception as error:
                text = str(error).partition(" This could be because")[0]
                found = f"{type(error).__name__}: {text}"
            log(f"{expression.strip()} -> {found}")


def properties(torch, log):
    each(torch, log, """
x; c; h; z; t; empty; x.values(); c.values(); c.indices(); x.indices(); x._values(); x._indices(); x.layout; x.is_sparse; x.is_sparse_csr
x._nnz(); h.sparse_dim(); h.dense_dim(); x._dimI(); h._dimV(); x.stride(); x.is_contiguous(); x.nbytes; x.type(); x.device; len(x); x._version
x.t()._is_view(); x.t()._base is x; c.values()._base is c; x.detach()._is_view(); x.is_leaf; leaf.is_leaf; x.storage_offset(); x.element_size()
torch.ones(2).values(); torch.ones(2)._nnz(); torch.ones(2)._indices(); torch.ones(2).coalesce(); torch.ones(2).dense_dim()
x.storage(); x.untyped_storage(); x.data_ptr(); x.numpy(); x.tolist(); x.item(); bool(x); x.contiguous(); x.is_pinned(); x.data
isinstance(x, torch.sparse.FloatTensor); isinstance(x, torch.FloatTensor); x.coalesce() is x; c.coalesce() is c; x.to("cpu") is x
""")  # fmt: skip


def construction(torch, log):
    each(torch, log, """
torch.sparse_coo_tensor(i, v); torch.sparse_coo_tensor((2, 3)); torch.sparse_coo_tensor(size=(2, 3), dtype=torch.int64)
torch.sparse_coo_tensor([[0], [1]], [1.0]); torch.sparse_coo_tensor(i, v, (2, 2)); torch.sparse_coo_tensor(i, v, (2, 3, 4))
torch.sparse_coo_tensor(i, [1, 2, 3, 4], requires_grad=True); torch.sparse_coo_tensor(i, [1.0, 2, 3, 4], requires_grad=True)
torch.sparse_coo_tensor(i, torch.ones(3), (2, 3)); torch.sparse_coo_tensor(i[0], torch.ones(4)); torch.sparse_coo_tensor(i, 1.0)
torch.sparse_coo_tensor(i, torch.ones(4), (2, 2), check_invariants=True); torch.sparse_coo_tensor(-i, torch.ones(4), (2, 2), check_invariants=True)
torch.sparse_coo_tensor(-i, torch.ones(4)); torch.sparse_coo_tensor(i, torch.ones(4), dtype=torch.float64, is_coalesced=True)
torch.sparse_coo_tensor(torch.empty(1, 0), torch.empty(0, 2), (3, 2)); torch.sparse_coo_tensor([[0, 1]], [[1.0, 2], [3, 4]], (3, 3))
torch.zeros(2, 3, layout=torch.sparse_coo); torch.ones(2, layout=torch.sparse_coo); torch.zeros_like(x); torch.ones_like(x); x.new_zeros(2, 2)
dense.to_sparse(); dense.to_sparse(1); dense.to_sparse(0); dense.to_sparse(3); torch.tensor(3.0).to_sparse(); x.to_sparse() is x; x.to_sparse(1)
torch.sparse.spdiags(dense, torch.tensor([0, -1]), (3, 3)); torch.zeros_like(x, layout=torch.strided)
""")  # fmt: skip


def arithmetic(torch, log):
    each(torch, log, """
x + x; x + c; c + c; x + y; y + x; c + y.coalesce(); x - y; torch.add(x, y, alpha=2); dense + x; dense - x; x + dense; x + 1; 1 - x; x + empty
x * x; x * y; c * y; x * y.coalesce(); c * y.coalesce(); x * empty; x * dense; dense * x; x * dense[0]; x * 2; 2 * x; x * torch.tensor(3.0)
x / 2; x / torch.tensor(2.0); x / dense; 1 / x; x // 2; torch.div(x, 2, rounding_mode="floor"); x % 2; x ** 2; x ** 0; x ** 0.5; -x; abs(x); +x
h + h; h * h; h * 2; z + z; z.conj(); z.abs(); z.real; z.coalesce(); h.coalesce(); x.double() + x; d.long() * 2.5; d.half() + d.half()
x.relu(); x.sin(); x.sqrt(); x.sign(); x.isnan(); x.log1p(); x.round(); x.exp(); x.sigmoid(); x > 0; x == x; x == 0; x.clamp(0); x.max()
d.add_(d); d.sub_(y); d.mul_(2); d.div_(2); d.mul_(y); d.neg_(); d.relu_(); c.detach().sin_(); d.zero_(); d.copy_(y); d.copy_(dense); d.fill_(1)
dense.add_(d, alpha=2); dense.sub_(d); dense.mul_(d); dense.copy_(d); d.clone().to(torch.float64); d.half(); d.bool(); d.to(torch.int64)
""")  # fmt: skip


def products(torch, log):
    each(torch, log, """
x @ w; torch.mm(x, w); x.t() @ dense; torch.ones(2, 2) @ x; x.mv(torch.ones(3)); x @ torch.ones(3); torch.addmm(w[:2], x, w, beta=2, alpha=3)
torch.sparse.mm(x, w); torch.sparse.mm(x, x.t()); x @ y.t(); torch.sparse.mm(torch.ones(2, 2), x); torch.sparse.addmm(w[:2], x, w, beta=2)
torch.mm(x, torch.ones(2, 2)); torch.sparse.mm(x, x); torch.mv(x, torch.ones(4)); x @ w.double(); h @ w
torch.bmm(t, torch.ones(2, 4, 2)); t.bmm(t); torch.matmul(x, torch.ones(2, 3, 2)); F.linear(torch.ones(2, 3), x); z @ torch.eye(3).cfloat()
x.smm(w); torch.hspmm(x, w); torch.sspaddmm(x, x, torch.ones(3, 3)); torch.dot(x, x); x.det(); empty @ w
""")  # fmt: skip


def shapes(torch, log):
    each(torch, log, """
x.t(); x.T; x.mT; x.transpose(0, 1); x.permute(1, 0); x.permute(0, 0); t.permute(2, 0, 1); h.transpose(0, 1); h.transpose(1, 2); h.t()
x[0]; x[0, 1]; x[-1, -1]; x[5]; x[..., 0]; x[:, 1]; x[None]; x[0:1]; x[torch.tensor([0])]; h[0]; h[0, 2]; h[0, 2, 1]; h.select(2, 1); t[1, 2]
x.unsqueeze(0); x.unsqueeze(-1); h.unsqueeze(3); h.unsqueeze(-2); x.unsqueeze(3); x.squeeze(); x.reshape(3, 2); x.view(3, 2); x.flatten()
x.index_select(0, torch.tensor([1, 0, 1])); h.index_select(2, torch.tensor([1])); x.index_select(0, torch.tensor([5])); x.expand(2, 2, 3)
x.narrow_copy(1, 1, 2); h.narrow_copy(2, 0, 1); x.narrow(0, 0, 1); torch.cat([x, y]); torch.cat([x, y], 1); torch.cat([h, h], 2); torch.cat([x, h])
torch.cat([x, dense]); torch.stack([x, y]); x.unbind(0); list(x); x.split(1); d.t_(); d.sparse_resize_((3, 4), 2, 0); d.resize_as_sparse_(y)
x.sparse_mask(y); c.sparse_mask(x); x.sparse_mask(x); dense.sparse_mask(x); dense[:, :2].sparse_mask(x); x.sparse_mask(dense); x.movedim(0, 1)
""")  # fmt: skip


def reductions(torch, log):
    each(torch, log, """
x.sum(); x.sum(0); x.sum(1, keepdim=True); x.sum((0, 1)); x.sum(dtype=torch.float64); h.sum(0); h.sum(2); h.sum((0, 2)); t.sum(-1); d.long().sum(0)
torch.sparse.sum(x); torch.sparse.sum(x, 0); torch.sparse.sum(h, 2); torch.sparse.sum(t, (0, 2)); torch.sparse.sum(x, [0, 1]); x.sum(5)
torch.sparse.sum(x, 0, dtype=torch.float64); x.any(); x.norm(); x.norm(1); torch.norm(x); x.norm(2, 0); x.mean(); x.prod(); x.std(); x.cumsum(0)
torch.sparse.softmax(x, 1); torch.sparse.softmax(x, 0); torch.sparse.log_softmax(t, 2); torch.sparse.softmax(h, 2); x.softmax(1); x.argmax(); x.sort()
""")  # fmt: skip


def gradients(torch, log):
    each(torch, log, """
grad(x.to_dense().sum(), v); grad(c.values().sum(), v); grad((x @ w).square().sum(), (v, w)); grad(torch.sparse.mm(x, w).square().sum(), (v, w))
grad(torch.sparse.addmm(w[:2], x, w).square().sum(), (v, w)); grad(torch.sparse.sum(x), v); grad(torch.sparse.sum(x, 0).to_dense().sum(), v)
grad((x * x).to_dense().sum(), v); grad((x + x * 2).to_dense().sum(), v); grad((x / 2).to_dense().sum(), v); grad(x.t().to_dense().sum(), v)
grad(x.mv(torch.ones(3)).sum(), v); grad((-x).to_dense().sum(), v); grad(torch.sparse.mm(x, x.t()).to_dense().sum(), v)
grad(x.relu().to_dense().sum(), v); grad(x.abs().to_dense().sum(), v); grad(x.double().to_dense().sum(), v); grad(x.pow(2).to_dense().sum(), v)
grad(x.sin().to_dense().sum(), v); grad(x[0].to_dense().sum(), v); grad(torch.sparse.softmax(x, 1).to_dense().square().sum(), v)
grad((torch.ones(2, 2) @ x).sum(), v); grad(x.sparse_mask(c.detach()).to_dense().sum(), v); grad((dense * x).to_dense().sum(), v)
grad((leaf @ w).square().sum(), (leaf, w)); grad(torch.sparse.mm(leaf, w).square().sum(), (leaf, w)); grad(leaf.to_dense().sum(), leaf)
grad(leaf.coalesce().values().sum(), leaf); grad(w.to_sparse().coalesce().values().sum(), w); grad(torch.sparse.mm(w.t().to_sparse(), w).sum(), w)
grad(F.embedding(i, w, sparse=True).sum(), w); grad(F.embedding(i, w, sparse=True, padding_idx=1).sum(), w)
grad(F.embedding(i, w, sparse=True, scale_grad_by_freq=True).sum(), w); grad(F.embedding_bag(i, w, sparse=True).sum(), w)
grad(F.embedding_bag(i, w, sparse=True, mode="sum", padding_idx=0).sum(), w); grad(w.gather(0, i.t()[:, :1] * 0 + 1, sparse_grad=True).sum(), w)
grad(F.embedding(i, w, sparse=True).sum() + w.sum(), w); grad(F.embedding(i, w, sparse=True).sum() + F.embedding(i[0], w, sparse=True).sum(), w)
""")  # fmt: skip


def copies_and_files(torch, log):
    each(torch, log, """
copy.copy(d); copy.deepcopy(d); copy.deepcopy(c.detach()); copy.deepcopy(x); again(d); again(c.detach()); again(h)
torch.testing.assert_close(d, d); torch.testing.assert_close(d, c.detach()); torch.testing.assert_close(d, d * 2); torch.testing.assert_close(d, dense)
torch.nn.Parameter(d)
""")  # fmt: skip
    buffer = io.BytesIO()
    names = space(torch)
    torch.save({"x": names["d"], "c": names["c"].detach()}, buffer)
    buffer.seek(0)
    log(repr(torch.load(buffer, weights_only=False)))


def second_derivatives(torch, log):
    names = space(torch)
    v, w = names["v"].detach().double().requires_grad_(), names["w"].detach().double().requires_grad_()
    for function in (
        lambda x: torch.sparse.mm(x, w), lambda x: (x @ w).sin(), lambda x: torch.sparse.softmax(x, 1).to_dense(), lambda x: (x * x).to_dense(),
        lambda x: torch.sparse.sum(x, 0).to_dense(), lambda x: torch.sparse.mm(x, x.t()).to_dense(),
    ):  # fmt: skip
        x = torch.sparse_coo_tensor(names["i"], v, (2, 3))
        (first,) = torch.autograd.grad(function(x).pow(3).sum(), v)
        log(first)


def accumulation(torch, log):
    w = torch.nn.Parameter(torch.ones(4, 2))
    seen = []

    def look_up():
        return torch.nn.functional.embedding(torch.tensor([1, 2, 1]), w, sparse=True).sum()

    look_up().backward()
    first = w.grad
    log(repr(w.grad))
    look_up().backward()
    log(repr(w.grad), w.grad is first)
    w.sum().backward()
    log(repr(w.grad))
    look_up().backward()
    log(repr(w.grad))
    w.grad = None
    w.register_hook(lambda grad: seen.append(grad) or grad * 3)
    look_up().backward()
    log(repr(w.grad), repr(seen))


def optimizers(torch, log):
    for name, options in (
        *((name, {}) for name in ("SGD", "Adam", "AdamW", "Adagrad", "Adadelta", "RMSprop", "NAdam", "Muon", "LBFGS", "SparseAdam")),
        ("SGD", {"momentum": 0.9}), ("SGD", {"momentum": 0.9, "nesterov": True}), ("SGD", {"weight_decay": 0.1}), ("SGD", {"maximize": True}),
        ("Adagrad", {"lr_decay": 0.1}), ("Adagrad", {"weight_decay": 0.1}), ("SparseAdam", {"betas": (0.5, 0.6), "eps": 0.1}),
    ):  # fmt: skip
        w = torch.nn.Parameter(torch.arange(8.0).reshape(4, 2) / 5)
        optimizer = getattr(torch.optim, name)([w], lr=0.1, **options)

        def closure(optimizer=optimizer, w=w):
            optimizer.zero_grad()
            loss = torch.nn.functional.embedding(torch.tensor([1, 2, 1]), w, sparse=True).square().sum()
            loss.backward()
            return loss

        try:
            for _ in range(3):
                optimizer.step(closure)
            log(w.detach().clone())
            if name in ("SparseAdam", "Adagrad") or options.get("momentum"):
                log({key: value if not isinstance(value, torch.Tensor) else repr(value) for key, value in optimizer.state[w].items()})
        except RuntimeError as error:
            log(f"{type(error).__name__}: {error}")


def compressed(torch, log):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        each(torch, log, """
d.to_sparse_csr(); d.to_sparse_csc(); dense[:, :2].to_sparse_bsr((1, 2)); dense[:, :2].to_sparse_bsc((2, 1)); d.to_sparse(layout=torch.sparse_csr)
d.to_sparse_csr().to_dense(); d.to_sparse_csc().to_sparse(); d.to_sparse_csr() @ w; d.to_sparse_csr() @ torch.ones(3); d.to_sparse_csr().t()
d.to_sparse_csr() * 2; d.to_sparse_csr() + d.to_sparse_csr(); d.to_sparse_csr().sin(); d.to_sparse_csr().exp(); d.to_sparse_csr().sum()
d.to_sparse_csr().values(); d.to_sparse_csr().crow_indices(); d.to_sparse_csr().indices(); d.crow_indices(); d.to_sparse_csr().coalesce()
d.to_sparse_csr()[0]; d.to_sparse_csr()[0, 2]; d.to_sparse_csr().is_sparse; d.to_sparse_csr().is_sparse_csr; d.to_sparse_csr().stride()
torch.sparse_csr_tensor([0, 2, 3], [0, 1, 1], [1.0, 2, 3]); torch.sparse_csc_tensor([0, 2, 3], [0, 1, 1], [1.0, 2, 3], (2, 2)).to_dense()
torch.sparse_csr_tensor([0, 2, 3], [0, 1, 1], [1.0, 2, 3], (2, 2), dtype=torch.float64); torch.zeros(2, 3, layout=torch.sparse_csr)
torch.sparse.sampled_addmm(torch.eye(2).to_sparse_csr(), dense, dense.t(), beta=2); d.to_sparse_csr() * dense; copy.deepcopy(d.to_sparse_csr())
grad((torch.sparse_csr_tensor([0, 2, 4], [0, 1, 1, 2], v, (2, 3)) @ w).square().sum(), (v, w))
d.to_sparse_csr().type(); d.to_sparse_csr().numpy(); d.to_sparse_csr() @ d.t(); d.to_sparse_csr().sum(1, keepdim=True); x.to_sparse_csr()
""")  # fmt: skip


def warnings_given(torch, log):
    checks = torch.sparse.check_sparse_tensor_invariants
    checks.disable()
    log.warns(lambda: torch.sparse_coo_tensor([[0]], [1.0], (2,)))
    log.warns(lambda: torch.eye(2).to_sparse_csr())
    log.warns(lambda: torch.sparse.FloatTensor(2, 3))
    log.warns(lambda: torch.sparse.FloatTensor(torch.tensor([[0]]), torch.ones(1), (2,)))
    with checks():
        log(checks.is_enabled())
        log.error(lambda: torch.sparse_coo_tensor([[3]], [1.0], (2,)))
    log(checks.is_enabled())


def gradients_after_a_dispatch_mode(torch, log):
    class Through(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            return func(*args, **(kwargs or {}))

    weight = torch.ones(4, 2, requires_grad=True)
    for _ in range(2):
        weight.grad = None
        torch.nn.functional.embedding(torch.tensor([1, 1, 3]), weight, sparse=True).sum().backward()
        log(str(weight.grad.layout), weight.grad.coalesce().indices().tolist())
        with Through():
            log(torch.ones(2) + 1)
