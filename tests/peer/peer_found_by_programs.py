"""What random programs found (tools/fuzz.py, the kinds of tools/fuzz_models.py, fuzz_calls.py, fuzz_objects.py): one line for each cause."""

REFUSED = """
torch.device(1.5, 2)
torch.device("cpu", dtype=1)
torch.device(10 ** 30)
torch.device(type=2)
torch.device(index=2)
torch.Generator(1, 2)
torch.Generator(device="cpu", x=1)
torch.Generator(torch.ones(1), x=1)
x.requires_grad_(True, False)
torch.zeros(0, 3).fill_(torch.ones(2))
x.requires_grad_(x=True)
x.bool().requires_grad_()
setattr(x.bool(), "requires_grad", True)
x.unflatten()
x.unflatten(1)
x.unflatten(1, [])
x.unflatten("a", [1, 3])
x.split()
x.split("a")
x.split([1.5])
x.split(2, keepdim=1)
x.split(2, 1, 1)
x.split(2, "a")
x.split(torch.tensor([1, 1]))
torch.split(x, "a")
x.unique(foo=1)
x + torch.float32
torch.float32 - x
torch.strided >> x
x ** torch.device("cpu")
__import__("operator").ifloordiv(x, torch.device("cpu"))
torch.device("cpu") / x
x.masked_fill_(torch.ones(2, 2) > 0, 2)
x.masked_fill(torch.ones(2, 2), 2)
torch.take_along_dim(x, torch.tensor([True]), 1)
torch.take_along_dim(x, torch.tensor([True]))
torch.linalg.cross(torch.tensor(1.0), torch.tensor(1.0))
torch.vander(torch.arange(3), -1)
"""

ANSWERED = """
[len(part) for part in x.split(torch.tensor(1))]
x.unflatten(1, (1, 3)).shape
torch.vander(leaf)
torch.vander(leaf, 2, increasing=True)
torch.vander(torch.arange(3), 1)
torch.vander(torch.arange(3), 0)
torch.linalg.norm(torch.zeros(0, 3).requires_grad_(), ord=2)
torch.linalg.norm(torch.zeros(0, 3).requires_grad_(), ord=-2)
torch.linalg.matrix_norm(torch.zeros(2, 0, 3).requires_grad_(), ord=2, keepdim=True)
torch.linalg.matrix_norm(torch.zeros(3, 0).requires_grad_(), ord=1)
torch.linalg.cond(torch.zeros(2, 0, 0).requires_grad_(), 2)
"""


def _answers(torch, log, text):
    space = {"torch": torch, "x": torch.arange(6.0).reshape(2, 3), "leaf": torch.arange(3.0).requires_grad_()}
    for line in text.strip().splitlines():
        log.error(lambda line=line: eval(line, dict(space)))


def wrong_arguments(torch, log):
    _answers(torch, log, REFUSED)


def answers(torch, log):
    _answers(torch, log, ANSWERED)


def determinants_of_singular_matrices(torch, log):
    stack = torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 1.0]]], dtype=torch.float64, requires_grad=True)
    for matrices in (stack, stack.detach()[2].requires_grad_()):
        grad = torch.autograd.grad(torch.linalg.det(matrices).sum(), matrices, create_graph=True)[0]
        log([round(value, 6) + 0.0 for value in grad.flatten().tolist()])
        again = torch.autograd.grad((grad**2).sum(), matrices)[0]
        log([round(value, 6) + 0.0 for value in again.flatten().tolist()])


def draws_that_fail_halfway(torch, log):
    for values in ([1.0, 0.0, 0.5, -0.5, 0.0], [-1.0, 0.5], [0.5, float("nan")]):
        for dtype in (torch.float32, torch.float64, torch.bfloat16):
            torch.manual_seed(0)
            log.error(lambda values=values, dtype=dtype: torch.bernoulli(torch.tensor(values, dtype=dtype)))
            log(torch.rand(2))


def gradients_of_mixed_dtypes(torch, log):
    one, two = torch.ones(2, requires_grad=True), torch.ones(2, dtype=torch.float64, requires_grad=True)
    log.error(lambda: torch.addr(torch.eye(2), one, two).sum().backward())


def answers_of_hooks_on_leaves(torch, log):
    for answer in (lambda p: p.grad[0], lambda p: p.grad.double(), lambda p: p.grad * 2, lambda p: 3):
        leaf = torch.ones(3, requires_grad=True)
        leaf.register_post_accumulate_grad_hook(answer)
        leaf.register_post_accumulate_grad_hook(lambda p: log(p.shape, p.dtype))
        log.error(lambda leaf=leaf: (leaf * 2).sum().backward())


def writes_named_through_views(torch, log):
    for keep in (True, False):
        result = torch.ones(2, 3, requires_grad=True) * 1
        view = result.view(-1)
        view.tanh_()
        if not keep:
            del view
        with torch.no_grad():
            result.mul_(2)
        log.error(lambda result=result: result.sum().backward())
    for again in (lambda view: view.exp_(), lambda view: view.grad_fn):  # the second write holds on to the history of before, a look does not
        result = torch.ones(2, 3, requires_grad=True) * 1
        view = result.view(-1)
        view.tanh_()
        with torch.no_grad():
            result.mul_(2)
        again(view)
        log.error(lambda view=view: view.sum().backward())


def functions_that_saved_nothing(torch, log):
    class Doubled(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * (2 + len(ctx.saved_tensors))

    result = Doubled.apply(torch.ones(2, requires_grad=True)).sum()
    log.error(lambda: result.backward(retain_graph=True))
    log.error(lambda: result.backward())
    log.error(lambda: result.backward())


def gradients_of_16_bits(torch, log):
    """What the gradient of logsigmoid is made of was rounded to 16 bits."""
    for dtype in (torch.bfloat16, torch.float16):
        x = torch.arange(-40, 40).to(dtype).div(8).requires_grad_()
        torch.nn.functional.logsigmoid(x).sum().backward()
        log(x.grad.float().mul(2**14).int())
