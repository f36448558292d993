"""The dropout family and the activations with parameters: random streams, graphs, derivatives, refusals."""

import importlib
import warnings


def functional(torch):
    return importlib.import_module(f"{torch.__name__}.nn.functional")


def derivatives(torch, log, function, *inputs):
    """The result, its gradients, and the gradients of those."""
    result = function(*inputs)
    log(result)
    cotangent = torch.linspace(-1, 1, result.numel(), dtype=result.dtype).view(result.shape).requires_grad_()
    log(torch.autograd.grad(result, inputs, cotangent.detach(), retain_graph=True))
    grads = torch.autograd.grad(result, inputs, cotangent, create_graph=True)
    log(grads)
    total = sum((grad * torch.linspace(-0.5, 1, grad.numel(), dtype=grad.dtype).view(grad.shape)).sum() for grad in grads)
    again = torch.autograd.grad(total, [*inputs, cotangent], allow_unused=True)
    log([None if grad is None else grad.detach().clone() for grad in again])


def saved(torch, node):
    return [(name, getattr(node, name)) for name in sorted(dir(node)) if name.startswith("_saved_")]


NAMES = "dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout".split()


def every_dropout(torch, log):
    F = functional(torch)
    for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
        for name in NAMES:
            for sizes in ((4,), (3, 4), (2, 3, 4), (2, 3, 2, 4), (2, 3, 2, 1, 4)):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    torch.manual_seed(1)
                    x = torch.linspace(-1, 1, torch.zeros(sizes).numel()).view(sizes).to(dtype).requires_grad_()
                    log.error(lambda name=name, x=x: getattr(F, name)(x, 0.3, True))


def dropout_modes(torch, log):
    F = functional(torch)
    for name in NAMES:
        x = torch.ones(*((2, 3, 4, 5, 6)[: 5 if name == "dropout3d" else 4 if name == "dropout2d" else 3])).requires_grad_()
        for p in (0.0, 0.7, 1.0, -0.1, 1.1):
            for training in (True, False):
                log.error(lambda name=name, x=x, p=p, training=training: getattr(F, name)(x, p, training))
        y = x * 1
        log(getattr(F, name)(y, 0.5, True, True), y._version)
        y = x * 1
        log(getattr(F, name)(y, 1.0, True, True), y._version)
        log.error(lambda name=name: getattr(F, name)(torch.ones(2, 3, 1).long(), 0.5, True))
    log(torch.rand(2))


def dropout_warnings(torch, log):
    F = functional(torch)
    for name in ("dropout2d", "dropout3d"):
        for sizes in ((3,), (2, 3), (2, 3, 4), (2, 3, 4, 5), (2, 3, 1, 1, 2), (1, 1, 1, 1, 1, 2)):
            log.warns(lambda name=name, sizes=sizes: outcome(lambda: getattr(F, name)(torch.ones(sizes))))


def outcome(function):
    try:
        return function()
    except RuntimeError:
        return None


def native_dropouts(torch, log):
    x = torch.randn(4, 5, dtype=torch.float64).requires_grad_()
    for train in (True, False, None):
        y, mask = torch.native_dropout(x, 0.4, train)
        log(y, mask, saved(torch, y.grad_fn)[:2])
        log(torch.autograd.grad(y.sum(), x))
    log.error(lambda: torch.native_dropout(x, 1.0, True))
    log.error(lambda: torch.native_dropout(x.detach().long(), 0.5, True))
    log.error(lambda: torch.native_dropout(x, 1.5, True))
    for name in ("dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout"):
        log.error(lambda name=name: getattr(torch, name)(x, 1.5, True))
        log.error(lambda name=name: getattr(torch, name)(torch.ones(3), 0.5, True))
        log.error(lambda name=name: getattr(torch, name + "_")(torch.ones(3, 2), 0.5, True))


def activations(torch, log):
    F = functional(torch)
    torch.manual_seed(0)
    x = (2 * torch.randn(2, 4, 3, dtype=torch.float64)).requires_grad_()
    w = torch.randn(4, dtype=torch.float64).requires_grad_()
    derivatives(torch, log, F.prelu, x, w)
    derivatives(torch, log, F.prelu, x, w[:1].detach().requires_grad_())
    for function in (
        lambda x: F.glu(x, 1), lambda x: F.glu(x[:, 2:, :2]), F.softshrink, F.hardshrink, F.logsigmoid, F.rrelu,
        lambda x: F.softshrink(x, 1.5), lambda x: F.hardshrink(x, 0.0),
    ):  # fmt: skip
        derivatives(torch, log, function, x)
        log([name for name, _ in saved(torch, function(x).grad_fn)])
    torch.manual_seed(0)
    y = F.rrelu(x, 0.1, 0.6, training=True)
    log(y, saved(torch, y.grad_fn), torch.autograd.grad(y.sum(), x))
    for training in (True, False):
        z = x * 1
        F.rrelu(z, 0.1, 0.6, training, True)
        log(z, torch.autograd.grad(z.sum(), x))


def activation_dtypes(torch, log):
    F = functional(torch)
    torch.manual_seed(0)
    for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.int64, torch.bool, torch.complex64):
        x = (torch.randn(2, 4) * 2).to(dtype)
        for name in ("glu", "softshrink", "hardshrink", "logsigmoid", "rrelu"):
            log.error(lambda name=name, x=x: getattr(F, name)(x))
        log.error(lambda x=x: F.prelu(x, torch.full((4,), 0.3).to(x.dtype)))


LINES = """
torch.nn.functional.glu(torch.ones(3))
torch.nn.functional.glu(torch.tensor(1.0))
torch.nn.functional.glu(torch.ones(2, 4), 5)
torch.nn.functional.prelu(torch.ones(2, 3), torch.ones(2))
torch.nn.functional.prelu(torch.ones(2, 3), torch.ones(2, 2))
torch.nn.functional.prelu(torch.ones(2, 3), torch.ones(1, 1))
torch.nn.functional.prelu(torch.ones(2, 3), torch.ones(1).double())
torch.nn.functional.prelu(torch.tensor(-1.0), torch.ones(1))
torch.nn.functional.prelu(torch.tensor(-1.0), torch.ones(2))
torch.nn.functional.prelu(torch.ones(3), torch.ones(3))
torch.nn.functional.prelu(torch.ones(2, 3), torch.tensor(0.5))
torch.nn.functional.softshrink(torch.ones(2), -1)
torch.nn.functional.softshrink(torch.tensor([0.5, -0.5, float("nan"), 0.6]), 0.5)
torch.nn.functional.hardshrink(torch.tensor([0.5, -0.5, float("nan"), 0.6]), 0.5)
torch.nn.functional.hardshrink(torch.ones(2), -1)
torch.nn.functional.rrelu(torch.ones(2), 0.5, 0.1)
torch.nn.functional.rrelu(-torch.ones(2).half(), training=True)
torch.nn.functional.gumbel_softmax(torch.ones(2, 3), eps=1e-5).shape
torch.nn.functional.gumbel_softmax(torch.ones(2, 3).requires_grad_(), hard=True)
torch.nn.functional.gumbel_softmax(torch.ones(2, 3), tau=0.3, dim=0)
torch.nn.functional.gumbel_softmax(torch.ones(2, 3).long())
torch.nn.functional.threshold(torch.tensor([0.0, 1.0, 2.0]), 1, -5)
torch.nn.functional.glu(torch.ones(2, 4).t(), 0)
torch.hardshrink(torch.ones(2, 2), out=torch.empty(0)), torch.ones(2).hardshrink(2)
"""
