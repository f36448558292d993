"""Padding, shuffles, fold and unfold, interpolate, grid_sample and affine_grid: values, layouts, gradients, nodes, refusals."""

import importlib


def functional(torch):
    return importlib.import_module(f"{torch.__name__}.nn.functional")


def orders(torch, log, function, *inputs):
    """The result, its gradients and the gradients' gradients."""
    found = function(*inputs)
    log(found)
    first = torch.autograd.grad(found.sin().sum(), inputs, create_graph=True)
    log(*[entry.detach().clone() for entry in first])
    log(*[entry.clone() for entry in torch.autograd.grad(sum((entry * entry).sum() for entry in first), inputs)])


PADS = [((1, 2, 3), (1, 2)), ((2, 4), (-1, 3)), ((1, 2, 3, 4), (1, 2, 2, 1)), ((2, 3, 4), (0, 1, -1, 1)), ((1, 2, 3, 3), (1, 1, 1, 1, 1, 0))]


def padding(torch, log):
    f = functional(torch)
    for mode in ("reflect", "replicate", "circular", "constant"):
        for shape, pads in PADS:
            x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
            orders(torch, log, lambda x: f.pad(x, pads, mode=mode), x)
        for name in ("float16", "bfloat16", "complex64", "int64", "bool"):
            x = torch.arange(12).reshape(1, 1, 3, 4).to(getattr(torch, name))
            log.error(lambda x=x: f.pad(x, (1, 1, 2, 0), mode=mode))
        x = torch.arange(24.0).reshape(1, 2, 3, 4).contiguous(memory_format=torch.channels_last)
        log(f.pad(x, (1, 1, 2, 0), mode=mode), f.pad(x[:0], (1, 1, 2, 0), mode=mode))


def padding_refusals(torch, log):
    f = functional(torch)
    x = torch.ones(2, 3, 4, 5)
    for mode in ("reflect", "replicate", "circular", "constant", "other"):
        for pads in ((1, 1), (1,), (), (5, 5, 0, 0), [1] * 10):
            log.error(lambda pads=pads: f.pad(x, pads, mode=mode))
        log.error(lambda: f.pad(x, (1, 1, 1, 1), mode=mode, value=1.0))
        log.error(lambda: f.pad(x[:, :0], (1, 1, 1, 1), mode=mode))


def shuffles(torch, log):
    f = functional(torch)
    x = torch.arange(2 * 8 * 4 * 6.0, dtype=torch.float64).reshape(2, 8, 4, 6).requires_grad_()
    for function in (lambda x: f.pixel_shuffle(x, 2), lambda x: f.pixel_unshuffle(x, 2), lambda x: f.channel_shuffle(x, 4)):
        orders(torch, log, function, x[:1, :, :2, :2].detach().requires_grad_())
        log(function(x.detach().contiguous(memory_format=torch.channels_last)).stride(), function(x.detach()[0, :, :, :2].long()))
    for function in (
        lambda: f.pixel_shuffle(x, 3), lambda: f.pixel_shuffle(x, 0), lambda: f.pixel_shuffle(x[0, 0], 1), lambda: f.pixel_unshuffle(x, 4),
        lambda: f.channel_shuffle(x, 3), lambda: f.channel_shuffle(x, 0), lambda: f.channel_shuffle(x[0, 0], 2),
        lambda: torch.native_channel_shuffle(x.detach(), 2).shape,
    ):  # fmt: skip
        log.error(function)


def blocks(torch, log):
    f = functional(torch)
    x = torch.randn(2, 3, 4, 5, dtype=torch.float64, requires_grad=True)
    orders(torch, log, lambda x: f.unfold(x, (2, 3), dilation=(1, 2), padding=(1, 0), stride=(2, 1)), x)
    orders(torch, log, lambda x: f.unfold(x, 3), x[0].detach().requires_grad_())
    y = torch.randn(1, 8, 6, dtype=torch.float64, requires_grad=True)
    orders(torch, log, lambda y: f.fold(y, (3, 4), 2), y)
    orders(torch, log, lambda y: f.fold(y, (4, 4), 2, dilation=(2, 1)), y[0].detach().requires_grad_())
    for function in (
        lambda: f.unfold(x, 7), lambda: f.unfold(x, 0), lambda: f.unfold(x, 2, stride=0), lambda: f.unfold(x, (1, 2, 3)),
        lambda: f.unfold(x.detach().long(), 2), lambda: f.unfold(x[:, :0], 2), lambda: f.fold(y, (3, 5), 2), lambda: f.fold(y, (3, 4), 5),
        lambda: f.fold(y[0, 0], (3, 4), 2), lambda: f.fold(y, (3, 4), 2, padding=-1), lambda: f.fold(y, (3, 4, 5), 2),
    ):  # fmt: skip
        log.error(function)


SIZES = ({"size": 5}, {"size": 2}, {"scale_factor": 2}, {"scale_factor": 1.7}, {"scale_factor": 0.6, "recompute_scale_factor": True})
MODES = {3: ("nearest", "nearest-exact", "linear", "area"), 4: ("nearest", "nearest-exact", "bilinear", "bicubic", "area"),
         5: ("nearest", "nearest-exact", "trilinear")}  # fmt: skip


def interpolation(torch, log):
    f = functional(torch)
    for ndim, modes in MODES.items():
        x = torch.randn((1, 2, 4, 3, 2)[:ndim], dtype=torch.float64, requires_grad=True)
        for mode in modes:
            for options in SIZES:
                for corners in (False, True) if "linear" in mode or mode == "bicubic" else (None,):
                    orders(torch, log, lambda x: f.interpolate(x, mode=mode, align_corners=corners, **options), x)


def antialiasing(torch, log):
    f = functional(torch)
    x = torch.randn(1, 2, 7, 6, dtype=torch.float64, requires_grad=True)
    for mode in ("bilinear", "bicubic", "lanczos"):
        for options in ({"size": 3}, {"size": (9, 4)}, {"scale_factor": 0.6}):
            orders(torch, log, lambda x: f.interpolate(x, mode=mode, antialias=True, **options), x)


def interpolation_of_bytes(torch, log):
    f = functional(torch)
    x = (torch.arange(60) * 37).remainder(256).reshape(1, 2, 5, 6).to(torch.uint8)
    for mode in ("nearest", "bilinear", "bicubic"):
        for size in ((7, 3), (3, 9)):
            log(f.interpolate(x, size=size, mode=mode))
            if mode != "nearest":
                log(f.interpolate(x, size=size, mode=mode, antialias=True), f.interpolate(x, size=size, mode=mode, align_corners=True))


def interpolation_in_other_dtypes(torch, log):
    f = functional(torch)
    for name in ("float32", "float16", "bfloat16", "int64", "bool"):
        x = torch.arange(32).remainder(5).reshape(1, 2, 4, 4).to(getattr(torch, name))
        for mode in ("nearest", "bilinear", "bicubic", "area"):
            log.error(lambda x=x, mode=mode: f.interpolate(x, size=(3, 6), mode=mode))
        log.error(lambda x=x: f.interpolate(x, size=(3, 6), mode="bilinear", antialias=True))
    last = torch.arange(32.0).reshape(1, 2, 4, 4).contiguous(memory_format=torch.channels_last)
    log(f.interpolate(last, size=3), f.interpolate(last, size=3, mode="bilinear"), f.interpolate(last, size=3, mode="bicubic"))


def interpolation_refusals(torch, log):
    f = functional(torch)
    x = torch.ones(2, 3, 5, 6, requires_grad=True)
    for options in (
        {}, {"size": 3, "scale_factor": 2}, {"size": (3,)}, {"scale_factor": (2,)}, {"size": 3, "align_corners": True}, {"size": 0},
        {"size": (-1, 2)}, {"size": 3, "recompute_scale_factor": True}, {"size": 3, "antialias": True}, {"size": 3, "mode": "linear"},
        {"size": 3, "mode": "trilinear"}, {"size": 3, "mode": "other"}, {"size": 3, "mode": "lanczos"}, {"scale_factor": 0.01},
    ):  # fmt: skip
        log.error(lambda options=options: f.interpolate(x, **options))
    log.error(lambda: f.interpolate(x[:, :0], size=3))
    log(log.warns(lambda: f.upsample(x, size=2)).shape, log.warns(lambda: f.upsample_nearest(x, size=2)).grad_fn)
    node = log.warns(lambda: f.upsample_bilinear(x, scale_factor=2)).grad_fn
    log(node, node._saved_output_size, node._saved_scales_h, node._saved_align_corners, node._saved_self_sym_sizes)


def grids(torch, log):
    f = functional(torch)
    x = torch.randn(2, 2, 4, 5, dtype=torch.float64, requires_grad=True)
    grid = (torch.randn(2, 3, 2, 2, dtype=torch.float64) * 0.8).requires_grad_()
    volume = torch.randn(1, 2, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    places = (torch.randn(1, 2, 1, 2, 3, dtype=torch.float64) * 0.8).requires_grad_()
    for corners in (False, True):
        for border in ("zeros", "border", "reflection"):
            for mode in ("bilinear", "nearest", "bicubic"):
                options = {"mode": mode, "padding_mode": border, "align_corners": corners}
                orders(torch, log, lambda x, grid: f.grid_sample(x, grid, **options), x, grid)
                if mode != "bicubic":
                    orders(torch, log, lambda x, grid: f.grid_sample(x, grid, **options), volume, places)


def affine_grids(torch, log):
    f = functional(torch)
    for shape, size in (((2, 2, 3), (2, 3, 2, 3)), ((2, 3, 4), (2, 1, 2, 3, 2))):
        theta = torch.randn(shape, dtype=torch.float64, requires_grad=True)
        for corners in (False, True):
            found = f.affine_grid(theta, size, align_corners=corners)
            log(found, torch.autograd.grad(found.sin().sum(), theta)[0])


def grid_refusals(torch, log):
    f = functional(torch)
    x, grid, theta = torch.ones(2, 3, 5, 6), torch.zeros(2, 3, 4, 2), torch.ones(2, 2, 3)
    log(log.warns(lambda: f.grid_sample(x, grid)).shape, log.warns(lambda: f.affine_grid(theta, (2, 3, 1, 1), align_corners=True)))
    for first, second, options in (
        (x, grid, {"mode": "other"}), (x, grid, {"padding_mode": "other"}), (x[:1], grid, {}), (x, grid[..., :1], {}), (x[0], grid[0], {}),
        (x.double(), grid, {}), (x[..., :0], grid, {}), (x.long(), grid.long(), {}), (x[:, :0], grid, {}), (x, grid[:, :0], {}),
        (x[:, :, None], torch.zeros(2, 1, 1, 1, 3), {"mode": "bicubic"}),
    ):  # fmt: skip
        log.error(lambda first=first, second=second, options=options: f.grid_sample(first, second, align_corners=False, **options))
    for given, size in ((theta, (2, 3, 4)), (theta, (2, 3, 0, 5)), (theta.long(), (2, 3, 4, 5)), (theta[0], (1, 3, 4, 5)), (theta, (3, 3, 4, 5))):
        log.error(lambda given=given, size=size: f.affine_grid(given, size, align_corners=False))
