"""Normalisations: values, layouts, graphs, saved fields, running statistics, first and second derivatives, refusals."""

import importlib


def functional(torch):
    return importlib.import_module(f"{torch.__name__}.nn.functional")


def made(torch, *sizes, dtype=None, grad=True, positive=False):
    x = torch.rand(*sizes, dtype=dtype or torch.float64) if positive else torch.randn(*sizes, dtype=dtype or torch.float64)
    return x.requires_grad_(grad)


def saved(torch, node):
    names = sorted(name for name in dir(node) if name.startswith("_saved_"))
    return [(name, getattr(node, name)) for name in names]


def derivatives(torch, log, function, *inputs):
    """The result, its gradients, and the gradients of those."""
    result = function(*inputs)
    log(result)
    cotangent = torch.linspace(-1, 1, result.numel(), dtype=result.dtype).view(result.shape).requires_grad_()
    log(torch.autograd.grad(result, inputs, cotangent.detach(), retain_graph=True))
    grads = torch.autograd.grad(result, inputs, cotangent, create_graph=True)
    total = sum((grad * torch.linspace(-0.5, 1, grad.numel(), dtype=grad.dtype).view(grad.shape)).sum() for grad in grads)
    again = torch.autograd.grad(total, [*inputs, cotangent], allow_unused=True)
    log([None if grad is None else grad.detach().clone() for grad in again])


def layer_norms(torch, log):
    torch.manual_seed(0)
    F = functional(torch)
    for sizes, shape in (((4, 6), (6,)), ((2, 3, 4), (3, 4)), ((2, 3, 4), (4,)), ((5,), (5,))):
        x, w, b = made(torch, *sizes), made(torch, *shape), made(torch, *shape)
        derivatives(torch, log, lambda x, w, b, shape=shape: F.layer_norm(x, shape, w, b), x, w, b)
        derivatives(torch, log, lambda x, shape=shape: F.layer_norm(x, shape, eps=0.1), x)
        derivatives(torch, log, lambda x, w, shape=shape: F.layer_norm(x, shape, w), x, w)
    log(saved(torch, F.layer_norm(x, shape, w, b).grad_fn), torch.native_layer_norm(x, shape, w, None, 1e-5))
    log(F.layer_norm(torch.randn(3, 4).t(), (3,)), F.layer_norm(torch.empty(0, 3), (3,)), F.layer_norm(torch.empty(3, 0), (0,)))
    log(F.layer_norm(torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last), (5,)))


def layer_norm_of_halves(torch, log):
    torch.manual_seed(0)
    F = functional(torch)
    for dtype in (torch.float16, torch.bfloat16):
        x, w, b = made(torch, 3, 8, dtype=dtype), made(torch, 8, dtype=dtype), made(torch, 8, dtype=torch.float32)
        log([t.dtype for t in torch.native_layer_norm(x, (8,), w, w, 1e-5)], [t.dtype for t in torch.native_layer_norm(x, (8,), b, b, 1e-5)])
        y = F.layer_norm(x, (8,), w, w)
        log(y, torch.autograd.grad(y.sum(), w))
        log(F.layer_norm(x, (8,), b, b))


def layer_norm_refusals(torch, log):
    F = functional(torch)
    x = torch.rand(3, 4)
    for arguments in (((3,),), ((3, 4), torch.rand(4)), ((4,), None, torch.rand(3)), ((),), ((4,), torch.rand(4).double())):
        log.error(lambda arguments=arguments: F.layer_norm(x, *arguments))
    for dtype in (torch.int64, torch.bool, torch.complex64):
        log.error(lambda dtype=dtype: F.layer_norm(torch.ones(3, 4, dtype=dtype), (4,)))
    log.error(lambda: F.layer_norm(x.half(), (4,), torch.rand(4).double()))
    log.error(lambda: F.layer_norm(x.double(), (4,), torch.rand(4)))


def statistics(torch, channels):
    return torch.linspace(-1, 1, channels, dtype=torch.float64), torch.linspace(0.5, 2, channels, dtype=torch.float64)


def batch_norms(torch, log):
    torch.manual_seed(0)
    F = functional(torch)
    for sizes in ((4, 3), (2, 3, 5), (2, 3, 2, 4), (2, 3, 2, 1, 3)):
        x, w, b = made(torch, *sizes), made(torch, 3), made(torch, 3)
        for training in (True, False):
            mean, var = statistics(torch, 3)
            log(F.batch_norm(x, mean, var, w, b, training, 0.3), mean, var)
            derivatives(torch, log, lambda x, w, b, mean=mean, var=var, training=training: F.batch_norm(x, mean, var, w, b, training), x, w, b)
            derivatives(torch, log, lambda x, mean=mean, var=var, training=training: F.batch_norm(x, mean, var, None, None, training), x)
        derivatives(torch, log, lambda x, w: F.batch_norm(x, None, None, w, None, True), x, w)
    mean, var = statistics(torch, 3)
    for training in (True, False):
        log(saved(torch, F.batch_norm(x, mean, var, w, b, training).grad_fn), mean._version)
        log(torch.native_batch_norm(x, w, b, mean, var, training, 0.1, 1e-5))
        log(torch._native_batch_norm_legit(x, w, b, mean, var, training, 0.1, 1e-5), mean._version)
        log(torch._batch_norm_impl_index(x, w, b, mean, var, training, 0.1, 1e-5, True))
    log(torch._native_batch_norm_legit_no_training(x, w, b, mean, var, 0.1, 1e-5))
    log(torch._native_batch_norm_legit(x, w, b, True, 0.1, 1e-5))


def batch_norm_layouts(torch, log):
    torch.manual_seed(0)
    F = functional(torch)
    x = torch.randn(2, 3, 4, 5)
    for y in (x.to(memory_format=torch.channels_last), x.permute(0, 3, 1, 2), x[:, :, ::2], x[0].t().t() if x[0].dim() == 2 else x[0, 0].t()):
        log(F.batch_norm(y, None, None, training=True))
        leaf = y.clone().requires_grad_()
        F.batch_norm(leaf, None, None, training=True).pow(3).sum().backward()
        log(leaf.grad)
    log(F.batch_norm(torch.rand(0, 3), torch.zeros(3), torch.ones(3), training=True))


def batch_norm_of_halves(torch, log):
    torch.manual_seed(0)
    F = functional(torch)
    for dtype in (torch.float16, torch.bfloat16):
        x, w, p = made(torch, 4, 3, dtype=dtype), made(torch, 3, dtype=dtype), made(torch, 3, dtype=torch.float32)
        log([t.dtype for t in torch.native_batch_norm(x, w, w, None, None, True, 0.1, 1e-5)])
        log([t.dtype for t in torch.native_batch_norm(x, p, p, torch.zeros(3), torch.ones(3), True, 0.1, 1e-5)])
        log(F.batch_norm(x, None, None, training=True), F.batch_norm(x, torch.zeros(3), torch.ones(3), p, p))


def batch_norm_refusals(torch, log):
    F = functional(torch)
    x, zero, one = torch.rand(2, 3), torch.zeros(3), torch.ones(3)
    log.error(lambda: F.batch_norm(torch.rand(1, 3), None, None, training=True))
    log.error(lambda: F.batch_norm(x, None, None))
    log.error(lambda: F.batch_norm(x, torch.zeros(2), one))
    log.error(lambda: F.batch_norm(x, zero, one, torch.rand(2)))
    log.error(lambda: F.batch_norm(x, zero, one, None, torch.rand(2)))
    log.error(lambda: F.batch_norm(x, zero, None, training=True))
    log.error(lambda: F.batch_norm(torch.rand(3), zero, one))
    log.error(lambda: F.batch_norm(x.long(), zero, one))
    log.error(lambda: F.batch_norm(x.double(), zero, one))
    log.error(lambda: F.batch_norm(x, zero, torch.ones(3, requires_grad=True), training=True))
    log.error(lambda: F.batch_norm(torch.rand(1, 3, 1), None, None, training=True))


def group_norms(torch, log):
    torch.manual_seed(0)
    F = functional(torch)
    for sizes, groups in (((2, 6), 3), ((2, 6, 5), 2), ((2, 4, 3, 2), 4), ((2, 4, 3, 2), 1)):
        x, w, b = made(torch, *sizes), made(torch, sizes[1]), made(torch, sizes[1])
        y = F.group_norm(x, groups, w, b)
        found = torch.autograd.grad(y, (x, w, b), torch.linspace(0, 1, y.numel(), dtype=y.dtype).view(y.shape), retain_graph=True)
        log(y, [grad.clone() for grad in found])
        second(torch, log, lambda x, w, b, groups=groups: F.group_norm(x, groups, w, b), x, w, b)
        second(torch, log, lambda x, groups=groups: F.group_norm(x, groups), x)
    log(saved(torch, y.grad_fn), torch.native_group_norm(x, w, b, 2, 4, 6, 2, 1e-5))
    _, mean, scale = torch.native_group_norm(x, w, b, 2, 4, 6, 2, 1e-5)
    log(torch.autograd.grad((mean * scale).sum(), x))
    log(F.group_norm(torch.rand(2, 4, 5, 3).to(memory_format=torch.channels_last), 2), F.group_norm(torch.rand(2, 5, 4).transpose(1, 2), 2))
    log(F.group_norm(torch.rand(0, 4), 2))


def second(torch, log, function, *inputs):
    """Second derivatives, whatever the graph that leads to them."""
    result = function(*inputs)
    cotangent = torch.linspace(-1, 1, result.numel(), dtype=result.dtype).view(result.shape).requires_grad_()
    grads = torch.autograd.grad(result, inputs, cotangent, create_graph=True)
    total = sum((grad * torch.linspace(-0.5, 1, grad.numel(), dtype=grad.dtype).view(grad.shape)).sum() for grad in grads)
    log([grad.detach().clone() for grad in torch.autograd.grad(total, [*inputs, cotangent], allow_unused=True) if grad is not None])


def group_norm_refusals(torch, log):
    F = functional(torch)
    x = torch.rand(2, 4)
    for arguments in ((3,), (2, torch.rand(3)), (2, None, torch.rand(3)), (2, torch.rand(4), torch.rand(3)), (0,), (-2,)):
        log.error(lambda arguments=arguments: F.group_norm(x, *arguments))
    log.error(lambda: F.group_norm(torch.rand(4), 2))
    log.error(lambda: F.group_norm(torch.rand(1, 4), 4))
    log.error(lambda: F.group_norm(x.long(), 2))
    log.error(lambda: F.group_norm(x.double(), 2, torch.rand(4)))
    log.error(lambda: torch.native_group_norm(x, None, None, 2, 3, 1, 2, 1e-5))
    log.error(lambda: torch.native_group_norm(x, None, None, 2, 4, 3, 2, 1e-5))


def instance_norms(torch, log):
    torch.manual_seed(0)
    F = functional(torch)
    x, w, b = made(torch, 2, 3, 5), made(torch, 3), made(torch, 3)
    mean, var = statistics(torch, 3)
    derivatives(torch, log, lambda x, w, b: F.instance_norm(x, None, None, w, b), x, w, b)
    log(F.instance_norm(x, mean, var, w, b), mean, var, mean._version)
    derivatives(torch, log, lambda x, w, b: F.instance_norm(x, mean, var, w, b, use_input_stats=False), x, w, b)
    log(F.instance_norm(torch.randn(2, 3, 4, 4, 2)))


def instance_norm_refusals(torch, log):
    F = functional(torch)
    x = torch.rand(2, 3, 4)
    log.error(lambda: F.instance_norm(torch.rand(2, 3)))
    log.error(lambda: F.instance_norm(torch.rand(2, 3, 1)))
    log.error(lambda: F.instance_norm(x, use_input_stats=False))
    log.error(lambda: F.instance_norm(x, torch.zeros(3), torch.ones(2), use_input_stats=False))
    log.error(lambda: F.instance_norm(x, None, None, torch.rand(2)))
    log.error(lambda: torch.instance_norm(torch.rand(3), None, None, None, None, True, 0.1, 1e-5, True))
    log.error(lambda: F.instance_norm(x.double(), None, None, torch.rand(3)))


def rms_norms(torch, log):
    torch.manual_seed(0)
    F = functional(torch)
    x, w = made(torch, 4, 6), made(torch, 6)
    derivatives(torch, log, lambda x, w: F.rms_norm(x, (6,), w), x, w)
    derivatives(torch, log, lambda x: F.rms_norm(x, (4, 6), eps=0.1), x)
    log(F.rms_norm(torch.zeros(2, 3), (3,)), F.rms_norm(torch.full((1, 3), 1e-8, dtype=torch.float64), (3,)))
    log(F.rms_norm(torch.randn(2, 3, dtype=torch.complex64), (3,)))
    for dtype in (torch.float16, torch.bfloat16):
        log(F.rms_norm(made(torch, 3, 4, dtype=dtype), (4,), made(torch, 4, dtype=dtype)))
    for arguments in (((2,),), ((6,), torch.rand(2)), ((),)):
        log.error(lambda arguments=arguments: F.rms_norm(x, *arguments))
    log.error(lambda: F.rms_norm(torch.ones(2, 3).long(), (3,)))


def normalized(torch, log):
    torch.manual_seed(0)
    F = functional(torch)
    x = made(torch, 3, 4)
    derivatives(torch, log, F.normalize, x)
    derivatives(torch, log, lambda x: F.normalize(x, p=1.5, dim=0), x)
    log(F.normalize(torch.zeros(2, 3)), F.normalize(torch.ones(2, 3), dim=(0, 1)), F.normalize(torch.ones(2, 2), out=torch.empty(2, 2)))
