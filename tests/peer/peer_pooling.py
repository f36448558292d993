"""Pooling: values, places, layouts, gradients of both orders, nodes, refusals."""

import importlib

NAN, INF = float("nan"), float("inf")
SHAPES = {1: (2, 2, 7), 2: (1, 2, 5, 6), 3: (1, 2, 4, 3, 4)}
MAX = [{"kernel_size": 2}, {"kernel_size": 3, "stride": 2, "padding": 1}, {"kernel_size": 3, "stride": 1, "padding": 1, "ceil_mode": True},
       {"kernel_size": 2, "dilation": 2, "padding": 1, "stride": 2}]  # fmt: skip
AVG = [{"kernel_size": 2}, {"kernel_size": 3, "stride": 2, "padding": 1}, {"kernel_size": 2, "stride": 3, "ceil_mode": True},
       {"kernel_size": 3, "padding": 1, "count_include_pad": False}]  # fmt: skip


def functional(torch):
    return importlib.import_module(f"{torch.__name__}.nn.functional")


def orders(torch, log, function, x):
    """The result, its gradient and the gradient's gradient."""
    found = function(x)
    log(found)
    (first,) = torch.autograd.grad(found.sin().sum(), x, create_graph=True)
    log(first.detach().clone(), torch.autograd.grad((first * first).sum(), x)[0].clone())


def windows(torch, log):
    f = functional(torch)
    for count, shape in SHAPES.items():
        x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
        for options in MAX:
            orders(torch, log, lambda x: getattr(f, f"max_pool{count}d")(x, **options), x)
            log(getattr(f, f"max_pool{count}d")(x, return_indices=True, **options)[1])
        for options in AVG:
            orders(torch, log, lambda x: getattr(f, f"avg_pool{count}d")(x, **options), x)
        orders(torch, log, lambda x: getattr(f, f"lp_pool{count}d")(x, 2, 2), x)


def divisors(torch, log):
    f = functional(torch)
    x = torch.arange(60.0).reshape(1, 2, 5, 6).requires_grad_()
    orders(torch, log, lambda x: f.avg_pool2d(x, 2, divisor_override=3), x)
    log(f.avg_pool2d((x.detach() - 20).long(), 3, 2), f.avg_pool2d((x.detach() - 20).long(), 2, divisor_override=-3))


def shares(torch, log):
    f = functional(torch)
    for count, shape in SHAPES.items():
        x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
        for size in (1, 2, 3, 5, 7):
            orders(torch, log, lambda x: getattr(f, f"adaptive_avg_pool{count}d")(x, size), x)
            orders(torch, log, lambda x: getattr(f, f"adaptive_max_pool{count}d")(x, size), x)
            log(getattr(f, f"adaptive_max_pool{count}d")(x, size, return_indices=True)[1])
    log(f.adaptive_avg_pool2d(torch.ones(1, 2, 4, 6), (None, 3)), f.adaptive_max_pool2d(torch.ones(2, 4, 6), (2, None)))


def random_windows(torch, log):
    f = functional(torch)
    for count in (2, 3):
        for dtype in (torch.float32, torch.float64):
            x = torch.randn(SHAPES[count], dtype=dtype, requires_grad=True)
            pool = getattr(f, f"fractional_max_pool{count}d")
            torch.manual_seed(3)
            found, indices = pool(x, 2, (2, 1, 2)[:count], return_indices=True)
            log(found, indices, torch.autograd.grad(found.sum(), x)[0].clone())
            log(pool(x, (2, 1, 2)[:count], output_ratio=(0.5, 0.7, 0.5)[:count]))


def unpooling(torch, log):
    f = functional(torch)
    for count, shape in SHAPES.items():
        x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
        found, indices = getattr(f, f"max_pool{count}d")(x, 2, return_indices=True)
        orders(torch, log, lambda x: getattr(f, f"max_unpool{count}d")(x, indices, 2, output_size=shape), found)


def ties_and_nans(torch, log):
    f = functional(torch)
    x = torch.tensor([[[1, NAN, 2, NAN], [3, NAN, 1, 5], [-INF] * 4, [-INF] * 4]])
    for options in ((2,), ((1, 4),), ((2, 4),), (3, 2, 1)):
        log(*f.max_pool2d(x, *options, return_indices=True), f.max_pool2d(x, *options))
    log(*f.max_pool1d(x[0], 3, 1, return_indices=True), *f.max_pool2d(torch.zeros(1, 4, 4), 3, 1, 1, return_indices=True))
    log(*f.adaptive_max_pool2d(x, 3, return_indices=True), f.avg_pool2d(x, 2), *f.max_pool2d(torch.zeros(1, 40, 40), 17, return_indices=True))


def layouts(torch, log):
    f = functional(torch)
    for dtype in (torch.float32, torch.bfloat16, torch.int64):
        x = torch.arange(96).remainder(11).reshape(1, 3, 4, 8).to(dtype).contiguous(memory_format=torch.channels_last)
        log(*f.max_pool2d(x, 2, return_indices=True), f.avg_pool2d(x, 2), f.max_pool2d(x.transpose(2, 3), 2))
        if dtype.is_floating_point:
            log(f.adaptive_avg_pool2d(x, 3), f.adaptive_max_pool2d(x, 3), f.adaptive_avg_pool2d(x, 1))
    x = torch.ones(1, 2, 4, 4, 4).contiguous(memory_format=torch.channels_last_3d)
    log(f.max_pool3d(x, 2), f.avg_pool3d(x, 2), f.adaptive_avg_pool3d(x, 2), f.adaptive_max_pool3d(x, 2))


def dtypes(torch, log):
    f = functional(torch)
    for name in ("float16", "bfloat16", "int64", "int32", "uint8", "bool", "complex64", "uint16"):
        x = torch.arange(32).remainder(7).reshape(1, 2, 4, 4).to(getattr(torch, name))
        for call in ("max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d"):
            log.error(lambda x=x, call=call: getattr(f, call)(x, 2))
        for call in ("max_pool1d", "avg_pool1d", "adaptive_avg_pool1d", "adaptive_max_pool1d"):
            log.error(lambda x=x, call=call: getattr(f, call)(x[0], 2))
        for call in ("max_pool3d", "avg_pool3d", "adaptive_avg_pool3d", "adaptive_max_pool3d"):
            log.error(lambda x=x, call=call: getattr(f, call)(x, 2))


def nodes(torch, log):
    f = functional(torch)
    x = torch.ones(1, 2, 4, 4, requires_grad=True)
    node = f.max_pool2d(x, 2).grad_fn
    log(node, node._saved_kernel_size, node._saved_stride, node._saved_ceil_mode, node._saved_result1, node._saved_self)
    node = f.avg_pool2d(x, 2).grad_fn
    log(node, node._saved_kernel_size, node._saved_stride, node._saved_divisor_override, node._saved_count_include_pad)
    log(f.max_pool1d(x[0], 2).grad_fn, f.avg_pool1d(x[0], 2).grad_fn, f.adaptive_avg_pool2d(x, 1).grad_fn)
    with torch.no_grad():
        log(f.max_pool2d(x, 2), f.max_pool1d(x[0], 2))


def refusals(torch, log):
    f = functional(torch)
    x = torch.ones(2, 4, 6, 6)
    wrong = ((7,), (3, None, 2), (0,), (3, 0), ((1, 2, 3),), (-1,), (2, -1), (3, None, -1), (2, (1, 1, 1)))
    for options in wrong:
        for call in ("max_pool2d", "avg_pool2d", "max_pool3d", "avg_pool3d"):
            log.error(lambda options=options, call=call: getattr(f, call)(x, *options))
        for call in ("max_pool1d", "avg_pool1d"):
            log.error(lambda options=options, call=call: getattr(f, call)(x[0], *options))
    for shape in ((2, 0, 6, 6), (0, 4, 6, 6), (2, 4, 0, 6), (6, 6), (2, 2, 2, 6, 6)):
        for call in ("max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d"):
            log.error(lambda shape=shape, call=call: getattr(f, call)(torch.ones(shape), 2))
    log.error(lambda: f.avg_pool2d(x, 2, divisor_override=0))
    log.error(lambda: f.max_pool2d(x, 3, dilation=0))
    log.error(lambda: f.adaptive_avg_pool2d(x, -1))
    log.error(lambda: f.adaptive_avg_pool1d(x[0], (1, 2)))
    log.error(lambda: f.adaptive_max_pool2d(x, (1, 2, 3)))
    log.error(lambda: f.fractional_max_pool2d(x, 2))
    log.error(lambda: f.fractional_max_pool2d(x, 3, output_size=6))
    log.error(lambda: f.fractional_max_pool2d(x, 2, output_size=3, _random_samples=torch.ones(2, 1, 2)))
    indices = torch.zeros(2, 4, 3, 3, dtype=torch.int64)
    log.error(lambda: f.max_unpool2d(torch.ones(2, 4, 3, 3), indices.int(), 2))
    log.error(lambda: f.max_unpool2d(torch.ones(2, 4, 3, 3), indices[:1], 2))
    log.error(lambda: f.max_unpool2d(torch.ones(2, 4, 3, 3), indices, 2, output_size=(9, 9)))
