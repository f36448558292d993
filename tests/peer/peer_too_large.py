"""Sizes that 64 bits do not count, lists of results with too few tensors to be stored in, and lists of indices with gaps."""

HUGE = 2**29


def sizes(torch, log):
    x = torch.empty((), dtype=torch.float64)
    for shape in ((2, 4, HUGE, HUGE), (8, 8, HUGE, HUGE), (0, 4, 2**61), (2**62,), (-1,)):
        log.error(lambda shape=shape: x.resize_(shape))
    for shape in ((2, 4, HUGE, HUGE), (8, 8, HUGE, HUGE), (0, 4, 2**61)):
        for make in (torch.empty, torch.zeros, torch.rand, x.new_empty):
            log.error(lambda make=make, shape=shape: make(shape))
    log.error(lambda: torch.arange(0, 2**62))


def strides(torch, log):
    x = torch.arange(4.0)
    for shape, steps in (((8, 8), (2**62, 2**62)), ((2, 2), (2**62, 1)), ((2, 2), (2**40, 1))):
        log.error(lambda shape=shape, steps=steps: x.as_strided(shape, steps))
    for shape, steps in (((8, 8), (2**62, 2**62)), ((8, 8, HUGE, HUGE), (0, 0, 0, 0))):
        log.error(lambda shape=shape, steps=steps: torch.empty_strided(shape, steps))
    for value in (torch.zeros(1), torch.tensor(1.0)):
        log.error(lambda value=value: value.expand(2**40, 2**40))
    log.error(lambda: torch.zeros(0, 3).expand(2**40, 2**40, 0, 3))
    log.error(lambda: x.as_strided((2**40, 2**40, 0), (0, 0, 0)))


def results_stored(torch, log):
    x = torch.arange(4.0)
    for count in (1, 3):
        outs = [torch.empty(2) for _ in range(count)]
        log.error(lambda outs=outs: torch.split_copy(x, 2, out=outs))
        log.error(lambda outs=outs: torch.split_with_sizes_copy(x, [2, 2], out=outs))
        log.error(lambda outs=outs: torch.unbind_copy(x, out=outs))
    outs = [torch.empty(2), torch.empty(0)]
    torch.split_with_sizes_copy(x, [2, 2], out=outs)
    log(outs[0], outs[1].tolist())


def indices_with_gaps(torch, log):
    aten = torch.ops.aten
    x, mask = torch.arange(4).view(1, 2, 2, 1), torch.tensor([[True, False], [False, True]])
    log(aten.index_put(x, [None, mask], torch.tensor(7)))
    log(aten.index_put_(x, [None, mask, None], torch.tensor(5), True), x)
    log(aten.index_put.default(x, [None, mask, None], torch.tensor(5), accumulate=True))
    log(aten.index.Tensor(x, [None, None, torch.tensor([1])]))
    y = torch.ones(2, 2, requires_grad=True)
    log(aten.index_put(y, [None, torch.tensor([1])], torch.tensor(2.0)))
    log.error(lambda: torch.index_put(x, [None, mask], torch.tensor(7)))
    log.error(lambda: x.index_put_((None, mask), torch.tensor(7)))
