"""Corner cases of layers and of torch.nn.utils: signs, empty inputs, odd bags and lengths, graphs older than a swap."""

import warnings

LINES_REFUSED = """
torch.conv2d(torch.ones(1, 3, 8, 8), torch.ones(4, 3, 3, 3), dilation=0)
torch.conv1d(torch.ones(1, 3, 8), torch.ones(4, 3, 3), dilation=0)
torch.conv_transpose3d(torch.ones(1, 3, 4, 4, 4), torch.ones(3, 3, 3, 3, 3), dilation=(0, 1, 1))
torch.conv2d(torch.ones(1, 3, 8, 8), torch.ones(4, 3, 3, 3, dtype=torch.float64))
torch.conv2d(torch.ones(2, 3, 8, 8), torch.ones(4, 3, 3, 3, dtype=torch.float64))
torch.nn.functional.interpolate(torch.ones(1, 1, 4, 4), scale_factor=1e20)
torch.nn.functional.interpolate(torch.ones(1, 1, 4, 4), scale_factor=float("nan"))
torch.ones(3, device="meta").share_memory_()
torch._weight_norm_interface(torch.ones(2, 3).long(), torch.ones(2, 1).long())
"""


def householder(torch, log):
    for trivial in (True, False):
        for sizes in ((3, 3), (5, 3), (3, 5)):
            torch.manual_seed(1)
            m = torch.nn.utils.parametrizations.orthogonal(
                torch.nn.Linear(*sizes, dtype=torch.float64), orthogonal_map="householder", use_trivialization=trivial
            )
            log(m.weight)
            m(torch.ones(sizes[0], dtype=torch.float64)).sin().sum().backward()
            log(m.parametrizations.weight.original.grad)
            if not trivial:
                m.weight = -torch.eye(sizes[1], sizes[0], dtype=torch.float64)
                log(m.weight)


def orthogonal_states(torch, log):
    for name in ("matrix_exp", "cayley", "householder"):
        for sizes in ((3, 3), (4, 3), (3, 4)):
            m = torch.nn.utils.parametrizations.orthogonal(torch.nn.Linear(*sizes), orthogonal_map=name)
            log(m.parametrizations.weight.original)


def weight_norms(torch, log):
    v = torch.randn(3, 4, 2, dtype=torch.float64, requires_grad=True)
    for dim in (0, 1, 2, -1, -2):
        g = torch.rand_like(torch.norm_except_dim(v, 2, dim)).detach().requires_grad_()
        w = torch._weight_norm(v, g, dim)
        v.grad = None
        log(w if dim in (0, 2) else w.detach().clone(), sorted(name for name in dir(w.grad_fn) if name.startswith("_saved")))
        w.sin().sum().backward()
        log(g.grad, v.grad)
    m = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(3, 2))
    log(m.weight, m.state_dict())
    first = torch.autograd.grad(torch._weight_norm(v, torch.ones(3, 1, 1, dtype=torch.float64), 0).sin().sum(), v, create_graph=True)[0]
    log(first.detach(), torch.autograd.grad(first.sin().sum(), v))


def margins(torch, log):
    F = torch.nn.functional
    for sizes, target in (((5,), ()), ((5,), (1,)), ((), (1,)), ((1, 5), (1,)), ((1, 5), ())):
        for reduction in ("none", "mean", "sum"):
            x = torch.rand(sizes, requires_grad=True)
            loss = F.multi_margin_loss(x, torch.zeros(target).long(), reduction=reduction)
            loss.sum().backward()
            log(loss, x.grad)


def pooling(torch, log):
    F = torch.nn.functional
    x = (torch.arange(16.0) - 8).requires_grad_()
    for norm in (float("inf"), float("-inf")):
        for y in (F.lp_pool1d(x.view(1, 16), norm, 2), F.lp_pool2d(x.view(1, 4, 4), norm, (2, 3), 1, True), F.lp_pool3d(x.view(1, 2, 2, 4), norm, 2)):
            x.grad = None
            y.sum().backward()
            log(y.detach(), x.grad)


def bags(torch, log):
    F = torch.nn.functional
    w = torch.arange(15.0).view(5, 3)
    for mode in ("sum", "mean", "max"):
        for kind in (torch.float32, torch.float64):
            log(F.embedding_bag(torch.tensor([0, 2, 1, 4]), w.to(kind), torch.tensor([0, 1, 3]), mode=mode, include_last_offset=True))
        if mode != "max":
            log(F.embedding_bag(torch.tensor([0, 2]), w, torch.tensor([0]), mode=mode, include_last_offset=True).shape)


def empty_batches(torch, log):
    for kind in (torch.nn.RNN, torch.nn.LSTM, torch.nn.GRU):
        m = kind(3, 4, 2, bidirectional=True)
        y = m(torch.ones(5, 0, 3))[0]
        y.sum().backward()
        log(y.shape, m.weight_ih_l0.grad)


def lengths(torch, log):
    rnn = torch.nn.utils.rnn
    for values in (torch.tensor([3.0, 1]), torch.tensor([3, 1], dtype=torch.int32), [3.0, 1.7]):
        log(rnn.pack_padded_sequence(torch.ones(3, 2, 1), values).batch_sizes)
    log(list(rnn.pack_padded_sequence(torch.ones(3, 2, 1), torch.tensor([1.5, 3]), enforce_sorted=False)))


def older_graphs(torch, log):
    torch.__future__.set_swap_module_params_on_conversion(True)
    try:
        m = torch.nn.Linear(2, 3)
        y = m(torch.ones(2))
        m.double()
        log.error(lambda: y.sum().backward())
        m(torch.ones(2, dtype=torch.float64)).sum().backward()
        log(m.weight.grad)
    finally:
        torch.__future__.set_swap_module_params_on_conversion(False)
    a, b = torch.randn(3, requires_grad=True), torch.randn(3)
    y = a * 2
    torch.utils.swap_tensors(a, b)
    log.error(lambda: y.sum().backward())
    log(a.requires_grad, b.requires_grad)


def class_names(torch, log):
    data, optim, dist = torch.utils.data, torch.optim, torch.distributions
    for cls in (
        optim.SGD, optim.Muon, optim.Optimizer, optim.lr_scheduler.OneCycleLR, optim.lr_scheduler.LRScheduler, data.DataLoader, data.Subset,
        data.RandomSampler, dist.Normal, dist.SoftmaxTransform, dist.constraints.Constraint, torch.amp.GradScaler,
        torch.nn.utils.rnn.PackedSequence, torch.nn.Linear, optim.swa_utils.SWALR,
    ):  # fmt: skip
        log(repr(cls))
    log.error(lambda: dist.Multinomial(3, torch.ones(2)).mode)


def recurrent_autocast(torch, log):
    for kind in (torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN):
        m = kind(3, 2, 2, bidirectional=True)
        packed = torch.nn.utils.rnn.pack_sequence([torch.ones(3, 3), torch.ones(2, 3)])
        with torch.autocast("cpu"):
            y, state = m(torch.ones(4, 2, 3))
            z = m(packed)[0].data
            w = m.double()(torch.ones(4, 2, 3, dtype=torch.float64))[0]
        log(y.dtype, y.shape, [part.dtype for part in (state if isinstance(state, tuple) else (state,))], z.dtype, w.dtype)
    log.error(lambda: torch.compile(mode="x")(len))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        log.error(lambda: torch.jit.load("/no such file"))
        with torch.cpu.amp.autocast():
            log((torch.ones(2, 2) @ torch.ones(2, 2)).dtype)
        log(torch.cpu.amp.GradScaler().is_enabled())
    log([str(entry.message) for entry in caught])


def batched_gradients(torch, log):
    for kind in (torch.nn.RNN, torch.nn.LSTM, torch.nn.GRU):
        m = kind(3, 2, dtype=torch.float64)
        x = torch.randn(4, 1, 3, dtype=torch.float64, requires_grad=True)
        y = m(x)[0]
        log(torch.autograd.grad(y, x, torch.randn(2, *y.shape, dtype=torch.float64), is_grads_batched=True)[0])
