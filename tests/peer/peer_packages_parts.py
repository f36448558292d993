"""What packages reach besides layers: products in groups (experts), gradients of each example, functions that are the same object."""

from importlib import import_module


def products_in_groups(torch, log):
    F = torch.nn.functional
    torch.manual_seed(0)

    def tried(label, call):
        try:
            made = call()
            log(label, made, made.stride())
        except RuntimeError as error:
            log(f"{label}: {error}")

    ends = torch.tensor([2, 5, 8], dtype=torch.int32)
    for dtype in (torch.float32, torch.bfloat16, torch.float64):
        a, b = torch.randn(8, 16).to(dtype), torch.randn(3, 16, 8).to(dtype)
        tried("rows", lambda: F.grouped_mm(a, b, offs=ends))
        tried("columns", lambda: F.grouped_mm(b.mT.mT, torch.randn(16, 8).to(dtype).mT.mT, offs=ends)[:, :4])
        tried("turned", lambda: F.grouped_mm(a, torch.randn(3, 8, 16).to(dtype).mT, offs=ends))
        tried("summands", lambda: F.grouped_mm(torch.randn(8, 16).to(dtype).t(), torch.randn(8, 8).to(dtype), offs=ends))
        tried("columns", lambda: F.grouped_mm(torch.randn(3, 8, 16).to(dtype), torch.randn(16, 8).to(dtype), offs=ends))
        tried("batches", lambda: F.grouped_mm(torch.randn(3, 4, 16).to(dtype), b))
    a, b = torch.randn(8, 16), torch.randn(3, 16, 8)
    for label, call in {
        "no offsets": lambda: F.grouped_mm(a, b), "int64": lambda: F.grouped_mm(a, b, offs=ends.long()),
        "two groups": lambda: F.grouped_mm(a, b, offs=ends[:2]), "bias": lambda: F.grouped_mm(a, b, offs=ends, bias=a[0]),
        "out dtype": lambda: F.grouped_mm(a, b, offs=ends, out_dtype=torch.float64), "two dtypes": lambda: F.grouped_mm(a, b.half(), offs=ends),
        "inner": lambda: F.grouped_mm(a, b[:, :12], offs=ends), "vector": lambda: F.grouped_mm(a[0], b, offs=ends),
        "both batches": lambda: F.grouped_mm(b.mT, b, offs=ends), "batches": lambda: F.grouped_mm(torch.ones(2, 4, 16), b),
        "steps": lambda: F.grouped_mm(a[:, ::2], b[:, ::2], offs=ends), "sizes": lambda: F.grouped_mm(a[:, :6].clone(), b[:, :6], offs=ends),
        "padded": lambda: F.grouped_mm(a, torch.randn(3, 5, 16).mT, offs=ends), "before": lambda: torch._grouped_mm(a, b, ends),
    }.items():  # fmt: skip
        tried(label, call)


def gradients_of_products_in_groups(torch, log):
    F = torch.nn.functional
    torch.manual_seed(0)
    ends = torch.tensor([4, 8], dtype=torch.int32)
    rows, turned = (torch.randn(shape).div(2).requires_grad_() for shape in ((8, 4), (2, 8, 4)))
    batch, matrix = (torch.randn(shape).div(2).requires_grad_() for shape in ((2, 8, 4), (4, 8)))
    cases = {"rows": (rows, turned.mT, ends), "columns": (batch, matrix, ends), "summands": (matrix, rows, ends), "batches": (batch, turned.mT, None)}
    for label, (a, b, offs) in cases.items():
        made = F.grouped_mm(a, b, offs=offs)
        log(label, made, type(made.grad_fn).__name__, [name for name in dir(made.grad_fn) if name.startswith("_saved")])
        first = torch.autograd.grad(made.pow(2).sum(), (a, b), create_graph=True)
        log(*first, [part.stride() for part in first], [type(part.grad_fn).__name__ for part in first])
        log(*[part / 4 for part in torch.autograd.grad(sum(part.pow(2).sum() for part in first), (a, b))])
    try:
        F.grouped_mm(rows, turned.mT, offs=ends).sum().backward()
    except RuntimeError as error:
        log(str(error))


def gradients_of_each_example(torch, log):
    nn = torch.nn
    call = import_module(f"{torch.__name__}.nn.utils._per_sample_grad").call_for_per_sample_grads
    torch.manual_seed(0)
    layers = [
        (nn.Linear(4, 3), (5, 2, 4)), (nn.Linear(4, 3, bias=False), (5, 4)), (nn.Conv1d(2, 4, 3, padding=1, groups=2), (5, 2, 6)),
        (nn.Conv2d(2, 3, 3, stride=2, padding=1, padding_mode="circular"), (5, 2, 6, 6)), (nn.Conv3d(2, 2, 3, padding="same"), (5, 2, 3, 3, 3)),
        (nn.GroupNorm(2, 4), (5, 4, 3)), (nn.LayerNorm(4), (5, 3, 4)), (nn.InstanceNorm1d(4, affine=True), (5, 4, 3)),
        (nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.LayerNorm(4), nn.Linear(4, 2)), (5, 4)), (nn.BatchNorm1d(4), (5, 4)),
        (nn.ConvTranspose1d(2, 2, 3), (5, 2, 5)), (nn.PReLU(), (5, 4)), (nn.Linear(4, 3), (4,)), (nn.Linear(4, 3), (3, 4)),
    ]  # fmt: skip
    for module, shape in layers:
        for settings in ({"batch_size": 5}, {"loss_reduction": "mean"}):
            for parameter in module.parameters():
                parameter.grad_sample = None
            x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
            try:
                out = call(module.double(), **settings)(x)
            except (RuntimeError, IndexError) as error:
                log(str(error))
                continue
            out.pow(3).sum().backward()
            log(type(out.grad_fn).__name__, x.grad.mul(1).contiguous(), *[parameter.grad_sample.mul(1).contiguous() for parameter in module.parameters()])
            log([parameter.grad for parameter in module.parameters()])
    table = nn.Embedding(6, 3, padding_idx=1)
    call(table)(torch.tensor([[0, 1], [5, 5]])).pow(2).sum().backward()
    log(table.weight.grad_sample * 1)
    plain, x = nn.Linear(2, 3), torch.ones(4, 2)
    for attempt in (
        lambda: call(table), lambda: call(plain, batch_size=3)(x), lambda: call(3), lambda: call(plain, batch_size=1.5),
        lambda: call(plain, loss_reduction="x"), lambda: call(plain)(3), lambda: call(plain, batch_size=0),
    ):  # fmt: skip
        try:
            log(attempt())
        except RuntimeError as error:
            log(str(error))


def functions_under_two_names(torch, log):
    F = torch.nn.functional
    names = (
        "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d conv_tbc avg_pool1d adaptive_avg_pool1d bilinear pdist "
        "cosine_similarity pairwise_distance pixel_shuffle pixel_unshuffle channel_shuffle hardshrink prelu relu_ celu_ selu_ rrelu_ threshold_"
    )
    for name in names.split():
        log(name, getattr(F, name) is getattr(torch, name), name in dir(F))
    for name in ("linear", "gelu", "softplus", "one_hot", "avg_pool2d", "scaled_dot_product_attention", "elu_", "hardtanh_"):
        log(name, getattr(F, name) is getattr(torch._C._nn, name), name in dir(F))

    class Seen(torch.Tensor):
        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            log([name for name in names.split() if function is getattr(torch, name)])
            return super().__torch_function__(function, types, args, kwargs or {})

    layer = torch.nn.Conv1d(1, 1, 1)
    torch.func.functional_call(layer, {"weight": layer.weight.detach().as_subclass(Seen)}, torch.ones(1, 1, 2))


def names_that_modules_list(torch, log):
    for place in (torch.Tensor, torch, torch.nn.functional, torch.linalg, torch.fft, torch.special, torch.nn, torch.nn.init):
        log([name for name in dir(place) if not hasattr(place, name)])


def functions_that_nobody_overrides(torch, log):
    ignored, listed = torch.overrides.get_ignored_functions(), torch.overrides.get_overridable_functions()
    for name in ("is_autocast_enabled", "get_autocast_dtype", "set_grad_enabled", "no_grad", "finfo", "result_type", "is_tensor", "add", "sin_"):
        log(name, getattr(torch, name) in ignored, getattr(torch, name) in listed[torch])
    for name in ("new_zeros", "stride", "unflatten", "_make_subclass", "__new__", "size", "add_", "__add__"):
        log(name, getattr(torch.Tensor, name) in ignored, getattr(torch.Tensor, name) in listed[torch.Tensor])
    log([name for name in ("relu_", "relu", "threshold_") if getattr(torch.nn.functional, name) in listed[torch.nn.functional]])
    log(torch.overrides.resolve_name(torch.sin_), torch.overrides.resolve_name(torch.Tensor.new_zeros))


def arguments_of_to(torch, log):
    parse = torch._C._nn._parse_to
    log(parse(torch.float64), parse("cpu", torch.int8, True), parse(dtype=torch.half, memory_format=torch.channels_last), parse(torch.ones(2)))
