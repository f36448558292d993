"""embedding, embedding_bag, one_hot: values, gradients, second derivatives, refusals."""

import importlib


def functional(torch):
    return importlib.import_module(f"{torch.__name__}.nn.functional")


def tables(torch):
    torch.manual_seed(0)
    return torch.randn(6, 3, dtype=torch.float64).requires_grad_(), torch.tensor([[1, 4, 4], [0, 1, 5]])


def embeddings(torch, log):
    F = functional(torch)
    w, index = tables(torch)
    for options in ({}, {"padding_idx": 4}, {"padding_idx": -2}, {"scale_grad_by_freq": True}):
        y = F.embedding(index, w, **options)
        weights = torch.linspace(-1, 1, y.numel(), dtype=y.dtype).view(y.shape).requires_grad_()
        (g,) = torch.autograd.grad(y, w, weights, create_graph=True)
        log(y, g.clone(), torch.autograd.grad(g.pow(2).sum(), weights)[0].clone())
    log(F.embedding(torch.tensor(3), w), F.embedding(torch.zeros(0, 2).long(), w), F.embedding(index.int(), w.float()))
    log(F.embedding(index, w.detach().long()), torch.embedding(w, index[0]))
    for dtype in (torch.float16, torch.bfloat16):
        v = w.detach().to(dtype).requires_grad_()
        log(F.embedding(index, v), torch.autograd.grad(F.embedding(index, v).sum(), v))


def renormalized(torch, log):
    F = functional(torch)
    for norm in (1.0, 2.0, 3.0, float("inf")):
        w, index = tables(torch)
        v = w.detach().clone()
        log(F.embedding(index, v, max_norm=0.5, norm_type=norm), v, v._version)
    log(torch.embedding_renorm_(v, index, 0.1, 2))
    log(F.embedding(index, w, max_norm=0.5), w)
    log.error(lambda: torch.embedding_renorm_(v, index.float(), 0.1, 2))


BAGS = ({}, {"padding_idx": 4}, {"include_last_offset": True}, {"scale_grad_by_freq": True})


def bags(torch, log):
    F = functional(torch)
    w, index = tables(torch)
    flat, offsets = index.reshape(-1), torch.tensor([0, 2, 2, 5])
    for mode in ("sum", "mean", "max"):
        for options in BAGS[: 3 if mode == "max" else 4]:
            y = F.embedding_bag(flat, w, offsets, mode=mode, **options)
            log(y)
            weights = torch.linspace(-1, 1, y.numel(), dtype=y.dtype).view(y.shape)
            log([g.clone() for g in torch.autograd.grad(y, w, weights)])
        log(F.embedding_bag(index, w, mode=mode))
        for number in (0, 1, 2):
            for padding in (None, 4):
                log(torch.embedding_bag(w.detach().float(), flat, offsets, False, number, False, None, False, padding))
    sample = torch.rand(6, dtype=torch.float64).requires_grad_()
    y = F.embedding_bag(flat, w, offsets, mode="sum", per_sample_weights=sample)
    log(y, [g.clone() for g in torch.autograd.grad(y.pow(2).sum(), (w, sample))])
    y = F.embedding_bag(flat, w, offsets, mode="sum", per_sample_weights=sample, padding_idx=1)
    log(y, [g.clone() for g in torch.autograd.grad(y.pow(2).sum(), (w, sample))])


def bag_refusals(torch, log):
    F = functional(torch)
    w = tables(torch)[0].detach().float()
    flat, offsets = torch.tensor([1, 2]), torch.tensor([0, 1])
    bag = F.embedding_bag
    for call in (
        lambda: bag(flat, w, offsets, mode="x"), lambda: bag(flat, w), lambda: bag(flat[None], w, offsets),
        lambda: bag(flat[None, None], w), lambda: bag(flat, w, offsets[None]), lambda: bag(flat, w, torch.tensor([1])),
        lambda: bag(flat, w, torch.tensor([0, 5])), lambda: bag(flat.float(), w, offsets), lambda: bag(flat, w, offsets.int()),
        lambda: bag(flat, w, offsets, per_sample_weights=torch.ones(2)),
        lambda: bag(flat, w, offsets, per_sample_weights=torch.ones(3), mode="sum"),
        lambda: bag(flat, w, offsets, per_sample_weights=torch.ones(2).double(), mode="sum"),
        lambda: bag(flat, w, offsets, mode="max", scale_grad_by_freq=True), lambda: bag(flat, w, offsets, mode="max", sparse=True),
        lambda: bag(torch.tensor([11, 2]), w, offsets), lambda: bag(torch.tensor([-1, 2]), w, offsets),
        lambda: bag(flat, w, torch.tensor([]).long(), include_last_offset=True), lambda: bag(flat, w, offsets, padding_idx=12),
    ):  # fmt: skip
        log.error(call)


LINES = """
torch.nn.functional.embedding(torch.tensor([10]), torch.ones(10, 3))
torch.nn.functional.embedding(torch.tensor([-1]), torch.ones(10, 3))
torch.nn.functional.embedding(torch.tensor([1.0]), torch.ones(10, 3))
torch.nn.functional.embedding(torch.tensor([1]).short(), torch.ones(10, 3))
torch.nn.functional.embedding(torch.tensor([1]), torch.ones(3))
torch.nn.functional.embedding(torch.tensor([1]), torch.ones(3, 4, 5))
torch.nn.functional.embedding(torch.tensor([1]), torch.ones(3, 4), padding_idx=3)
torch.nn.functional.embedding(torch.tensor([1]), torch.ones(3, 4), padding_idx=-4)
torch.nn.functional.one_hot(torch.tensor([[1, 0], [2, 1]])).clone()
torch.nn.functional.one_hot(torch.tensor([1, 0]), 4).clone()
torch.nn.functional.one_hot(torch.tensor([1, 0]), num_classes=1).clone()
torch.nn.functional.one_hot(torch.tensor([1, -1])).clone()
torch.nn.functional.one_hot(torch.tensor([1.0])).clone()
torch.nn.functional.one_hot(torch.tensor([]).long()).clone()
torch.nn.functional.one_hot(torch.tensor([]).long(), 3).clone()
torch.nn.functional.one_hot(torch.tensor(2)).clone()
torch.nn.functional.one_hot(torch.tensor([1]), 0).clone()
"""
