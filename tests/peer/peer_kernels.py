"""What is done in C in the compiled form, at the sizes and layouts where its ways part: blocks, tails, strides, overlaps, threads."""

SIZES = (7, 100, 1025, 70001)
HALVES = ("bfloat16", "float16")


def digest(tensor):
    """Few numbers that say what a large tensor holds."""
    flat = tensor.detach().double().reshape(-1)
    return [tuple(tensor.shape), tensor.stride(), str(tensor.dtype), flat.sum(), flat.abs().sum(), flat[:3].clone(), flat[-3:].clone()]


def values(torch, *shape, dtype=None, scale=1.0):
    made = torch.sin(torch.arange(1.0, 1 + torch.Size(shape).numel()) * 0.7).mul(3 * scale).reshape(shape)
    return made if dtype is None else made.to(dtype)


def halves(torch, log):
    log.tolerance(2e-3, 2e-3)
    for name in HALVES:
        for size in SIZES[:3]:
            x, y = values(torch, size, dtype=getattr(torch, name)), values(torch, size, dtype=getattr(torch, name)).flip(0)
            for found in (x + y, x * y, x / (y.abs() + 1), x - 0.1, 0.1 + x, x * 0.1, x / 3, x.exp(), x.abs().sqrt(), x.relu(), -x):
                log(digest(found))
            log(digest((x == 0.1).float()), digest((x > y).float()), digest(x.clamp(-0.1, 0.1)), digest(torch.nn.functional.gelu(x)))
            log(digest(x.reshape(-1, 1) * y[:5]), digest(x.clone().add_(y).mul_(0.3).clamp_(max=0.4)))


def numbers_beside_halves(torch, log):
    for name in HALVES:
        x = values(torch, 64, dtype=getattr(torch, name))
        log((x + 0.1).float(), (x - 0.3).float(), (1.7 - x).float(), (x * 0.1).float(), (x / 0.3).float(), (x + 257).float())
        log(torch.add(x, x.flip(0), alpha=0.3).float(), torch.sub(x, x.flip(0), alpha=0.3).float(), (x == 0.1).sum(), (x < 2.1).sum())


def in_place(torch, log):
    log.tolerance(1e-5, 1e-6)
    for size in SIZES:
        x, y = values(torch, size), values(torch, size).flip(0)
        for run in (
            lambda x: x.add_(y, alpha=0.3), lambda x: x.addcmul_(y, y, value=0.5), lambda x: x.addcdiv_(y, y + 4), lambda x: x.lerp_(y, 0.3),
            lambda x: x.clamp_(-0.5, 0.5), lambda x: x.relu_(), lambda x: x.sigmoid_(), lambda x: x.exp_(),
            lambda x: x.addcmul_(x, x), lambda x: x[::2].clamp_(min=0), lambda x: x.sub_(y.mean(), alpha=2),
        ):  # fmt: skip
            target = x.clone()
            run(target)
            log(digest(target), target._version)
    square = values(torch, 30, 40).t()
    log(digest(square.clamp_(0, 1)), digest(square.relu_()), digest(values(torch, 2, 3, 4).permute(2, 0, 1).clamp_(max=0.1)))


def functions(torch, log):
    edges = [0.0, -0.0, 1e-30, -1e-7, 0.3, -0.4, -1.0, -2.0, 1.5, 88.0, 89.5, -87.5, -100.0, -104.0, 1e20, 3e38]
    x = torch.tensor([*edges, float("inf"), -float("inf"), float("nan")])
    for name in ("exp", "expm1", "log1p", "sign", "frac", "erf"):
        log.tolerance(1e-6, 1e-30)
        log(name, getattr(torch, name)(x), getattr(torch, name)(x.double()))
        log.tolerance(1e-4, 1e-4)
        log(digest(getattr(torch, name)(values(torch, 70001).abs())))
    for name in ("softshrink", "hardshrink"):
        z = values(torch, 1025).requires_grad_()
        found = getattr(torch.nn.functional, name)(z)
        log(digest(found), digest(torch.autograd.grad(found.sum(), z)[0]))


def draws(torch, log):
    for size in (5, 16, 17, 625, 5000):
        for dtype in (torch.float32, torch.float64, torch.bfloat16):
            torch.manual_seed(size)
            log(digest(torch.randn(size, dtype=dtype)), digest(torch.rand(size, dtype=dtype)), digest(torch.empty(size, dtype=dtype).normal_(2, 0.5)))
            log(digest(torch.empty(size, 2, dtype=dtype)[:, 0].normal_()), digest(torch.empty(size, dtype=dtype).uniform_(-1, 3)), torch.rand(2))
        state = torch.get_rng_state()
        log(torch.randperm(size).float().mul(torch.arange(size) % 7).sum(), torch.randperm(size, dtype=torch.int32)[:5], state[:40])
        torch.set_rng_state(state)
        log(torch.randperm(size)[:3], torch.randint(9, (size,)).sum())


def convolutions(torch, log):
    log.tolerance(1e-4, 1e-4)
    for shape, weight, options in (
        ((2, 4, 30, 9), (9, 4, 3, 3), {"padding": 1}), ((1, 4, 9, 31), (6, 2, 2, 5), {"groups": 2, "dilation": 2}),
        ((3, 2, 17, 16), (17, 2, 3, 2), {"stride": 2, "padding": (0, 1)}), ((2, 3, 8, 40), (4, 3, 1, 3), {"stride": (1, 3), "padding": (2, 0)}),
        ((2, 3, 1500), (5, 3, 4), {"padding": 2}), ((2, 3, 50), (8, 3, 3), {"stride": 2}), ((1, 6, 5, 5), (6, 2, 5, 5), {"groups": 3}),
    ):  # fmt: skip
        x, w = values(torch, *shape).requires_grad_(), values(torch, *weight, scale=0.1).requires_grad_()
        b = values(torch, weight[0]).requires_grad_()
        found = getattr(torch, f"conv{len(shape) - 2}d")(x, w, b, **options)
        log(digest(found), *map(digest, torch.autograd.grad(found.sin().sum(), (x, w, b))))
    image = torch.ones(1, 1, 4, 4)
    image[0, 0, 0, 0] = float("inf")
    log(torch.conv2d(image, torch.ones(4, 1, 2, 2), padding=1))


def recurrent(torch, log):
    log.tolerance(1e-4, 1e-5)
    for kind in ("LSTM", "GRU", "RNN"):
        for steps, batch, inputs, size, options in (
            (5, 3, 4, 6, {}), (3, 17, 2, 33, {"bias": False}), (4, 9, 5, 8, {"num_layers": 2, "bidirectional": True, "batch_first": True}),
            (1, 1, 3, 1, {}),
        ):  # fmt: skip
            torch.manual_seed(1)
            layer = getattr(torch.nn, kind)(inputs, size, **options)
            x = values(torch, *((batch, steps) if options.get("batch_first") else (steps, batch)), inputs).requires_grad_()
            found, state = layer(x)
            ends = state if isinstance(state, tuple) else (state,)
            total = found.sin().sum() + sum((entry * entry).sum() for entry in ends)
            log(digest(found), *map(digest, ends), *map(digest, torch.autograd.grad(total, (x, *layer.parameters()))))


def groups_and_grids(torch, log):
    log.tolerance(1e-4, 1e-4)
    for shape, count in (((2, 6, 5, 4), 3), ((3, 4), 2), ((1, 4, 70), 4), ((0, 4, 3), 2)):
        x, w = values(torch, *shape).requires_grad_(), values(torch, shape[1]).requires_grad_()
        found = torch.nn.functional.group_norm(x, count, w, w * 0.3)
        log(found.detach().clone(), *torch.autograd.grad(found.sin().sum(), (x, w)))
    for padding in ("zeros", "border", "reflection"):
        for corners in (False, True):
            x, grid = values(torch, 2, 3, 5, 7).requires_grad_(), values(torch, 2, 9, 11, 2, scale=0.4).requires_grad_()
            found = torch.nn.functional.grid_sample(x, grid, padding_mode=padding, align_corners=corners)
            log(digest(found), *map(digest, torch.autograd.grad(found.sin().sum(), (x, grid))))


def statistics_of_long_rows(torch, log):
    x = (torch.arange(280000.0, dtype=torch.float64) % 1013).view(4, 70000)
    log(x.var(1), x.std(dim=1, keepdim=True), *torch.var_mean(x.view(4, 7, 100, 100), (1, 2, 3)), x.view(2, 2, 70000).var((1, 2)), x.norm(dim=1))
    y = x.view(2, 2, 70000).clone().requires_grad_()
    torch.nn.functional.layer_norm(y, (2, 70000)).pow(3).sum().backward()
    log(y.grad.abs().sum((1, 2)))
