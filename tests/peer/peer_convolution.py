"""Convolutions: values, layouts, gradients of both orders, nodes and what they save, refusals."""

import importlib

PLAIN = [
    ("conv1d", (2, 4, 9), (6, 4, 3), True, {}), ("conv1d", (2, 4, 9), (6, 2, 3), True, {"groups": 2, "stride": 2, "padding": 1}),
    ("conv1d", (4, 9), (6, 4, 3), True, {"dilation": 2}), ("conv2d", (2, 2, 5, 4), (3, 2, 3, 2), True, {}),
    ("conv2d", (2, 2, 5, 4), (3, 2, 2, 3), True, {"stride": (2, 1), "padding": (1, 2)}),
    ("conv2d", (1, 4, 6, 5), (4, 2, 3, 2), True, {"groups": 2, "dilation": 2, "padding": 2}),
    ("conv2d", (2, 3, 4, 4), (6, 1, 3, 3), True, {"groups": 3, "padding": 1}), ("conv2d", (2, 3, 4, 4), (2, 3, 1, 1), True, {}),
    ("conv2d", (2, 3, 4, 4), (2, 3, 1, 1), True, {"stride": 2}), ("conv2d", (3, 4, 4), (2, 3, 3, 3), True, {"padding": "same"}),
    ("conv2d", (1, 2, 4, 4), (2, 2, 2, 2), True, {"padding": "same"}), ("conv2d", (1, 2, 4, 4), (2, 2, 2, 2), True, {"padding": "valid"}),
    ("conv2d", (1, 2, 12, 11), (2, 2, 3, 3), True, {"padding": 1}), ("conv3d", (1, 2, 3, 4, 3), (2, 2, 2, 2, 2), True, {}),
    ("conv3d", (1, 2, 3, 4, 3), (2, 1, 2, 3, 2), True, {"groups": 2, "stride": 2, "padding": 1}),
    ("conv_transpose1d", (2, 4, 5), (4, 3, 3), True, {"groups": 1}),
    ("conv_transpose1d", (4, 5), (4, 3, 3), True, {"groups": 2, "stride": 2, "output_padding": 1, "padding": 1}),
    ("conv_transpose2d", (1, 2, 3, 4), (2, 3, 3, 2), True, {"stride": (2, 3), "output_padding": (1, 2), "padding": 1}),
    ("conv_transpose2d", (1, 2, 3, 4), (2, 3, 3, 3), True, {"dilation": 2, "output_padding": 1}),
    ("conv_transpose3d", (1, 2, 2, 3, 2), (2, 2, 2, 2, 2), True, {"stride": 2}), ("conv_tbc", (5, 2, 3), (2, 3, 4), True, {"pad": 1}),
]  # fmt: skip


def operands(torch, name, x_shape, w_shape, dtype):
    x = torch.randn(x_shape, dtype=torch.float64).to(dtype).requires_grad_()
    w = torch.randn(w_shape, dtype=torch.float64).to(dtype).requires_grad_()
    outputs = w_shape[2] if name == "conv_tbc" else w_shape[0]
    return x, w, outputs


def gradients(torch, log):
    for name, x_shape, w_shape, _, options in PLAIN:
        x, w, outputs = operands(torch, name, x_shape, w_shape, torch.float64)
        if "transpose" in name:
            outputs = w_shape[1] * options.get("groups", 1)
        b = torch.randn(outputs, dtype=torch.float64, requires_grad=True)
        if options.get("padding") == "same" and w_shape[-1] == 2:
            found = log.warns(lambda: getattr(torch, name)(x, w, b, **options))
        else:
            found = getattr(torch, name)(x, w, b, **options)
        log(found)
        for gradient in torch.autograd.grad(found.sin().sum(), (x, w, b)):
            log(gradient.clone())


def double_gradients(torch, log):
    for name, x_shape, w_shape, _, options in PLAIN:
        if options.get("padding") == "same" and w_shape[-1] == 2:
            continue
        x, w, outputs = operands(torch, name, x_shape, w_shape, torch.float64)
        if "transpose" in name:
            outputs = w_shape[1] * options.get("groups", 1)
        b = torch.zeros(outputs, dtype=torch.float64, requires_grad=True)
        found = getattr(torch, name)(x, w, b, **options)
        first = torch.autograd.grad((found * found).sum(), (x, w, b), create_graph=True)
        for gradient in torch.autograd.grad(sum((entry * entry).sum() for entry in first), (x, w, b)):
            log(gradient.reshape(-1).clone())


def nodes(torch, log):
    x, w, b = torch.ones(1, 2, 4, 4, requires_grad=True), torch.ones(3, 2, 2, 2, requires_grad=True), torch.ones(3, requires_grad=True)
    node = torch.conv2d(x, w, b, stride=2, padding=1).grad_fn
    names = ("stride", "padding", "dilation", "groups", "transposed", "output_padding", "bias_sym_sizes_opt", "input", "weight")
    log(node, [getattr(node, f"_saved_{name}") for name in names])
    log(torch.conv2d(x[0], w).grad_fn, torch.conv_transpose2d(x, w.transpose(0, 1)).grad_fn, torch.conv1d(x[0], torch.ones(3, 4, 2)).grad_fn)
    first = torch.autograd.grad(torch.conv2d(x, w, b).sum(), x, create_graph=True)[0]
    log(first.grad_fn)


def layouts(torch, log):
    for dtype in (torch.float32, torch.float64, torch.bfloat16):
        for x_last in (False, True):
            for w_last in (False, True):
                x = torch.arange(1 * 2 * 3 * 4.0).reshape(1, 2, 3, 4).to(dtype)
                w = torch.arange(2 * 2 * 2 * 2.0).reshape(2, 2, 2, 2).to(dtype)
                x = x.contiguous(memory_format=torch.channels_last) if x_last else x
                w = w.contiguous(memory_format=torch.channels_last) if w_last else w
                log(torch.conv2d(x, w), torch.conv_transpose2d(x, w), torch.conv2d(x.transpose(2, 3), w))


def dtypes(torch, log):
    for name in ("float16", "bfloat16", "float32", "complex64", "complex128", "int64", "uint8", "int8", "bool", "uint16"):
        x = torch.arange(2 * 5 * 4).reshape(1, 2, 5, 4).remainder(7).to(getattr(torch, name))
        w = torch.arange(2 * 2 * 2 * 2).reshape(2, 2, 2, 2).remainder(3).to(getattr(torch, name))
        log.error(lambda x=x, w=w: torch.conv2d(x, w, padding=1))
        log.error(lambda x=x, w=w: torch.conv2d(x, w, dilation=2))
        log.error(lambda x=x, w=w: torch.conv1d(x[0], w[0]))
        log.error(lambda x=x, w=w: torch.conv3d(x[:, :, None], w[:, :, None]))
        log.error(lambda x=x, w=w: torch.conv_transpose2d(x, w))


def complex_gradients(torch, log):
    x = torch.randn(1, 2, 4, 3, dtype=torch.complex128, requires_grad=True)
    w = torch.randn(3, 2, 2, 2, dtype=torch.complex128, requires_grad=True)
    found = torch.conv2d(x, w)
    for gradient in torch.autograd.grad(found.abs().sum(), (x, w)):
        log(gradient.clone())


def many_images(torch, log):
    """More than fit into one block of columns."""
    functional = importlib.import_module(f"{torch.__name__}.nn.functional")
    x = torch.arange(40 * 3 * 40 * 40).reshape(40, 3, 40, 40).remainder(17).double().requires_grad_()
    w = torch.arange(5 * 3 * 3 * 3).reshape(5, 3, 3, 3).remainder(5).double().requires_grad_()
    found = functional.conv2d(x, w, padding=1)
    gradients = torch.autograd.grad((found * found).sum(), (x, w))
    log(found.sum(), found[39, 4, 39], gradients[0][39, 2, 0], gradients[0].sum(), gradients[1].clone())


def refusals(torch, log):
    x, w, b = torch.ones(2, 4, 5, 5), torch.ones(6, 4, 3, 3), torch.ones(6)
    conv, back = torch.conv2d, torch.conv_transpose2d
    options = (
        {"groups": 3}, {"groups": 0}, {"stride": 0}, {"padding": -1}, {"dilation": 0}, {"dilation": -1}, {"dilation": 3},
        {"stride": (1, 2, 3)}, {"padding": (1, 2, 3)}, {"padding": "other"}, {"padding": "same", "stride": 2}, {"bias": b[:3]},
        {"bias": b.reshape(6, 1)}, {"bias": b.double()},
    )  # fmt: skip
    for given in options:
        log.error(lambda given=given: conv(x, w, **given))
    for first, second in ((x[0, 0], w), (x, w[0]), (x[:, :3], w), (x, torch.ones(6, 4, 7, 7)), (x, w.double()), (x.double(), w), (x, w[0, 0])):
        log.error(lambda first=first, second=second: conv(first, second))
    log.error(lambda: conv(x, torch.ones(0, 4, 3, 3)))
    log.error(lambda: conv(x, torch.ones(5, 2, 3, 3), groups=2))
    log.error(lambda: conv(x[..., :0], w))
    log.error(lambda: conv(x[:0], w))
    square = torch.ones(4, 3, 3, 3)
    log.error(lambda: back(x, w))
    log.error(lambda: back(x, square, torch.ones(2)))
    log.error(lambda: back(x, square, output_padding=1))
    log.error(lambda: back(x, square, stride=2, output_padding=-1))
    log.error(lambda: torch.conv_transpose1d(x[0], torch.ones(4, 3, 3), output_padding=1))
    log.error(lambda: back(x.double(), square.double(), padding=4))
    log.error(lambda: torch.conv1d(x, w))
    log.error(lambda: torch.conv_tbc(x[0], torch.ones(2, 4, 4), torch.ones(4), 1))
