"""More of what packages written for PyTorch rely on, found by running them."""

from importlib import import_module


def exported_names(torch, log):
    log(sorted(set(torch.__all__) - {"cpp"}))
    log("nn" in torch.__all__, "unique" in torch.__all__)


def handed_on_by_packages(torch, log):
    for module, name in (
        ("distributed._composable.fsdp", "FSDPModule"), ("distributed._composable", "contract"), ("distributed._tensor", "DTensor"),
        ("nn.attention", "SDPBackend"), ("_library", "triton_op"), ("distributed._shard", "shard_module"),
    ):  # fmt: skip
        log(getattr(import_module(f"{torch.__name__}.{module}"), name).__name__)
    onnx = import_module(f"{torch.__name__}.onnx")
    log(onnx.TrainingMode.EVAL.name, onnx.OperatorExportTypes.ONNX.name)


def which_attention(torch, log):
    cuda = torch.backends.cuda
    q = torch.zeros(1, 2, 3, 4)
    params = cuda.SDPAParams(q, q, q, None, 0.0, True, False)
    log(params.is_causal, params.dropout, params.enable_gqa, params.attn_mask, params.query.shape)
    log(cuda.can_use_flash_attention(params), cuda.can_use_efficient_attention(params, False), cuda.can_use_cudnn_attention(params))


def helpers_of_functional(torch, log):
    module = import_module(f"{torch.__name__}.autograd.functional")
    x = torch.ones(2, requires_grad=True)
    log(module._as_tuple(x)[0], module._as_tuple((x, x), "inputs", "vjp")[0])
    log.error(lambda: module._as_tuple(1, "inputs", "vjp"))
    log(module._tuple_postprocess((x,), False), module._tuple_postprocess(((x,), (x,)), (True, False)))
    for graph in (False, True):
        (taken,) = module._grad_preprocess((x,), graph, True)
        log(taken is x, taken.grad_fn is None, taken.requires_grad)
        log(module._grad_postprocess((x * 2,), graph)[0].requires_grad, module._grad_postprocess(((x * 2,),), graph)[0][0].requires_grad)


def compressed_indices(torch, log):
    t = torch.tensor
    ahead, back = torch._convert_indices_from_coo_to_csr, torch._convert_indices_from_csr_to_coo
    log(ahead(t([0, 0, 2]), 4), ahead(t([0, 0, 2], dtype=torch.int32), 3, out_int32=True), ahead(t([], dtype=torch.int64), 2))
    log(back(t([0, 2, 2, 3]), t([1, 2, 0])), back(t([0, 2, 2, 3]), t([1, 2, 0]), transpose=True, out_int32=True))
    log(back(t([[0, 2, 3], [0, 1, 3]]), t([[1, 2, 0], [0, 1, 2]])), back(t([0, 0]), t([], dtype=torch.int64)))
    log.error(lambda: ahead(t([[0]]), 3))
    log.error(lambda: ahead(t([0.5]), 3))
    log.error(lambda: back(t([True]), t([True])))


def saved_numbers(torch, log):
    F = torch.nn.functional
    x = torch.ones(3, 4, requires_grad=True)
    y = torch.tensor([0, 1, 2])
    for result in (
        F.nll_loss(x, y), F.nll_loss(x[..., None, None], y.view(3, 1, 1)), F.log_softmax(x, -1), x.softmax(1), x.double(), x + 1,
        x.add(x, alpha=-2), x * -3, x.pow(-1), x.diag_embed(), x.cumsum(-1), x.sum((-1, -2)), x.transpose(-1, 0), x.select(-1, -2),
    ):  # fmt: skip
        node = result.grad_fn
        saved = {}
        for name in sorted(name for name in dir(node) if name.startswith("_saved_")):
            value = getattr(node, name)
            saved[name] = "tensor" if isinstance(value, torch.Tensor) else value
        log(node.name(), saved)


def limits_of_python_types(torch, log):
    for kind in (float, int, bool, complex, str):
        for info in (torch.finfo, torch.iinfo):
            try:
                log(str(info(kind)))
            except TypeError as error:
                log(str(error))


def few_long_windows(torch, log):
    def numbers(*shape):
        return (torch.arange(torch.Size(shape).numel(), dtype=torch.float64) % 7 - 3).view(shape).requires_grad_()

    def run(x, w, **options):
        found = getattr(torch.nn.functional, f"conv{x.ndim - 2}d")(x, w, **options)
        log(found.shape)
        for grad in torch.autograd.grad((found * numbers(*found.shape)).sum(), [x, w]):
            log(grad.shape, grad.flatten()[::29], (grad * numbers(*grad.shape)).sum())

    run(numbers(2, 4, 96), numbers(6, 2, 40), stride=16, padding=8, groups=2)
    run(numbers(2, 4, 96), numbers(6, 2, 30), stride=7, dilation=2, groups=2)
    run(numbers(1, 2, 12, 11), numbers(3, 2, 9, 8), stride=(3, 2))


def pieces_of_one_gradient(torch, log):
    factor = (torch.arange(24, dtype=torch.float64) % 5 - 2).view(3, 4, 2)
    w = factor.clone().requires_grad_()
    for joined in (torch.stack, torch.cat):
        rows = [w[i] * 2 for i in range(3)]
        total = (joined(rows) * factor.view(joined(rows).shape)).sum() + (torch.stack(rows).sum(0) ** 3).sum()
        log(torch.autograd.grad(total, w))
    pieces = [w * 2, w * 3, w * 4]
    total = sum((piece * factor).sum() for piece in pieces) + (torch.stack(pieces).sum(0) ** 2).sum()
    log(torch.autograd.grad(total, w))
