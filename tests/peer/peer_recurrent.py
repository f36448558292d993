"""Recurrent operators: padded and packed, layers, directions, projections, cells; first and second derivatives; refusals."""


def leaves(torch, *shapes, dtype=None):
    return [torch.randn(*shape, dtype=dtype or torch.float64).requires_grad_() for shape in shapes]


def parameters(torch, gates, layers=1, directions=1, biases=True, inputs=3, hidden=2, projection=0):
    found = []
    for layer in range(layers):
        for _ in range(directions):
            size = inputs if layer == 0 else (projection or hidden) * directions
            shapes = [(gates * hidden, size), (gates * hidden, projection or hidden)]
            shapes += [(gates * hidden,), (gates * hidden,)] if biases else []
            shapes += [(projection, hidden)] if projection else []
            found += leaves(torch, *shapes)
    return found


def seen(torch, log, results, inputs, second=False):
    """Values and layouts (graphs differ), gradients, and gradients of those."""
    log([result.detach().clone() for result in results])
    total = sum((result * torch.linspace(-1, 1, result.numel(), dtype=result.dtype).view(result.shape)).sum() for result in results)
    log([grad.contiguous().clone() for grad in torch.autograd.grad(total, inputs, retain_graph=True)])
    if second:
        grads = torch.autograd.grad(total, inputs, create_graph=True)
        squares = sum((grad * grad).sum() for grad in grads)
        log([grad.detach().contiguous().clone() for grad in torch.autograd.grad(squares, inputs)])


GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}
KINDS = ({}, {"layers": 2}, {"directions": 2}, {"biases": False}, {"layers": 2, "directions": 2})


def states(torch, mode, options, batch):
    count = options.get("layers", 1) * options.get("directions", 1)
    found = leaves(torch, *[(count, batch, 2)] * (2 if mode == "lstm" else 1))
    return found, found if mode == "lstm" else found[0]


def padded_sequences(torch, log):
    torch.manual_seed(0)
    for mode, gates in GATES.items():
        for options in KINDS:
            for batch_first in (False, True):
                params = parameters(torch, gates, **options)
                hidden, hx = states(torch, mode, options, 4)
                x = leaves(torch, (4, 5, 3) if batch_first else (5, 4, 3))[0]
                settings = (options.get("biases", True), options.get("layers", 1), 0.0, True, options.get("directions", 1) == 2, batch_first)
                results = getattr(torch, mode)(x, hx, params, *settings)
                seen(torch, log, results, [x, *hidden, *params], not batch_first)


def packed_sequences(torch, log):
    torch.manual_seed(0)
    sizes = torch.tensor([4, 4, 2, 1, 1])
    for mode, gates in GATES.items():
        for options in KINDS:
            params = parameters(torch, gates, **options)
            hidden, hx = states(torch, mode, options, 4)
            x = leaves(torch, (12, 3))[0]
            settings = (options.get("biases", True), options.get("layers", 1), 0.0, True, options.get("directions", 1) == 2)
            seen(torch, log, getattr(torch, mode)(x, sizes, hx, params, *settings), [x, *hidden, *params], True)


def projections(torch, log):
    torch.manual_seed(0)
    for layers, directions in ((1, 1), (2, 2)):
        params = parameters(torch, 4, layers, directions, hidden=3, projection=2)
        count = layers * directions
        x, h, c = leaves(torch, (5, 4, 3), (count, 4, 2), (count, 4, 3))
        seen(torch, log, torch.lstm(x, [h, c], params, True, layers, 0.0, True, directions == 2, False), [x, h, c, *params], True)


def dropout_between_layers(torch, log):
    for mode, gates in GATES.items():
        for train in (True, False):
            torch.manual_seed(0)
            params = parameters(torch, gates, 3)
            hidden, hx = states(torch, mode, {"layers": 3}, 4)
            x = leaves(torch, (5, 4, 3))[0]
            seen(torch, log, getattr(torch, mode)(x, hx, params, True, 3, 0.4, train, False, False), [x, *hidden, *params])


def single_precision(torch, log):
    torch.manual_seed(0)
    x, h, c = leaves(torch, (5, 4, 3), (1, 4, 2), (1, 4, 2), dtype=torch.float32)
    params = leaves(torch, (8, 3), (8, 2), (8,), (8,), dtype=torch.float32)
    for result in torch.lstm(x, [h, c], params, True, 1, 0.0, True, False, False):
        log(result)
    with torch.no_grad():
        log(torch.lstm(x, [h, c], params, True, 1, 0.0, True, False, False))
    log.tolerance(3e-2, 5e-3)
    for dtype in (torch.float16, torch.bfloat16):
        half = [value.detach().to(dtype) for value in (x, h, *params)]
        log(torch.gru(half[0], half[1], [value[:6] for value in half[2:]], True, 1, 0.0, True, False, False))
        log(torch.rnn_tanh(half[0], half[1], [value[:2] for value in half[2:]], True, 1, 0.0, True, False, False))


def cells(torch, log):
    torch.manual_seed(0)
    x, h, c = leaves(torch, (4, 3), (4, 2), (4, 2))
    for name, gates in GATES.items():
        for biases in (True, False):
            params = parameters(torch, gates, biases=biases)
            found = getattr(torch, name + "_cell")(x, [h, c] if name == "lstm" else h, *params)
            results = found if isinstance(found, tuple) else (found,)
            log(len(results), results[0].grad_fn.name())
            seen(torch, log, results, [x, h, *params], True)


def cell_refusals(torch, log):
    w, u = torch.ones(6, 3), torch.ones(6, 2)
    for x, h in (((4, 4), (4, 2)), ((4, 3), (4, 3)), ((4, 3), (3, 2)), ((3,), (2,))):
        log.error(lambda x=x, h=h: torch.gru_cell(torch.ones(x), torch.ones(h), w, u))
        log.error(lambda x=x, h=h: torch.rnn_tanh_cell(torch.ones(x), torch.ones(h), w[:2], u[:2]))
    log.error(lambda: torch.lstm_cell(torch.ones(4, 3), [torch.ones(4, 2), torch.ones(4, 3)], torch.ones(8, 3), torch.ones(8, 2)))
    log.error(lambda: torch.lstm_cell(torch.ones(4, 3), [torch.ones(4, 2)], torch.ones(8, 3), torch.ones(8, 2)))


def layer_refusals(torch, log):
    x, h = torch.ones(5, 4, 3), torch.ones(1, 4, 2)
    params = [torch.ones(6, 3), torch.ones(6, 2), torch.ones(6), torch.ones(6)]
    log.error(lambda: torch.gru(x[..., :2], h, params, True, 1, 0.0, True, False, False))
    log.error(lambda: torch.gru(x, h[:, :3], params, True, 1, 0.0, True, False, False))
    log.error(lambda: torch.gru(x, h, params, True, 2, 0.0, True, False, False))
    log.error(lambda: torch.gru(x, h, params[:3], True, 1, 0.0, True, False, False))
    log.error(lambda: torch.lstm(x, [h], params, True, 1, 0.0, True, False, False))


def packing(torch, log):
    x = torch.arange(24.0).view(4, 2, 3).requires_grad_()
    data, sizes = torch._pack_padded_sequence(x, torch.tensor([4, 2]), False)
    log(data, sizes, torch.autograd.grad(data.pow(2).sum(), x, retain_graph=True)[0].clone())
    for batch_first, value, total in ((False, 0.0, -1), (True, -1.0, 6), (True, 0.0, 0)):
        found, lengths = torch._pad_packed_sequence(data, sizes, batch_first, value, total)
        log(found.detach().clone(), lengths, torch.autograd.grad(found.pow(2).sum(), x, retain_graph=True)[0].clone())
    log(torch._pack_padded_sequence(x, torch.tensor([2, 2, 2, 1]), True))
    for lengths in ([2, 4], [4], [4, 0], [[4, 2]], [4.0, 2.0]):
        log.error(lambda lengths=lengths: torch._pack_padded_sequence(x, torch.tensor(lengths), False))
    log.error(lambda: torch._pack_padded_sequence(x, torch.tensor([4, 2]).int(), False))
    log.error(lambda: torch._pack_padded_sequence(x[:0], torch.tensor([4, 2]), False))
    log.error(lambda: torch._pad_packed_sequence(data, sizes, False, 0.0, 3))
    log(torch._VF.rnn_tanh_cell(torch.ones(1, 2), torch.ones(1, 2), torch.eye(2), torch.eye(2)))
