"""Which of several mistakes an error speaks of, and what is refused: the order in which PyTorch looks at arguments."""

LINES = """
x = torch.zeros(2, 3); x[1.5] = ['a']
x = torch.zeros(2, 3); x[9] = 1j
x = torch.zeros(3, dtype=torch.int8); x[9] = 1000
x = torch.zeros(()); x[0] = 'a'
i = torch.arange(12).reshape(4, 3); i[i[0]] = 0
v = torch.zeros(0, 3); v[[0, 0]] = v
v = torch.zeros(4); v.index_put((torch.tensor([True, False]), torch.tensor([9])), torch.tensor(2.0))
t = torch.zeros(2, 3); t[torch.tensor([True, True]), ::1] = torch.tensor(1 + 2j); t
torch.zeros(()).index_select(-1, torch.tensor([True, False]))
torch.zeros(2) + 10 ** 30
torch.zeros(2).long() * -(10 ** 30)
torch.zeros(2) + 2 ** 63
torch.full((2,), 2 ** 64)
torch.nn.functional.linear(torch.ones(2, 3), torch.ones(2, 4).double(), torch.ones(2))
torch.nn.functional.layer_norm(torch.ones(2, 2).double(), (2, 3), torch.ones(2, 3))
torch.nn.functional.layer_norm(torch.ones(2, 3).half(), (3,), torch.ones(3), torch.ones(3).half())
torch.nn.functional.nll_loss(torch.ones(2, 4, 4, 4), torch.ones(2, 3, 4))
torch.nn.utils.clip_grad_value_(torch.nn.Linear(2, 2).parameters(), 0.1)
torch.inner(torch.ones(2, 2, dtype=torch.complex64), torch.ones(1))
torch.inner(torch.ones((), dtype=torch.float64), torch.ones(2))
torch.block_diag(torch.tensor(1.0, dtype=torch.float64), torch.ones(2, 1))
torch.einsum("...,...->...", torch.ones(2, 2), torch.ones(3))
x = torch.arange(6.0).reshape(2, 3).requires_grad_(); torch.tensordot(x.mT, x.mT, 2)
x = torch.arange(6.0).reshape(2, 3).requires_grad_(); torch.inner(x[:, 0], x[:, 0])
z = torch.ones(2, 2, 2).mT; [torch.complex(z, z).stride(), torch.polar(z, z).stride()]
torch.ones(3).to(torch.uint16).flip(0)
torch.split(torch.ones(3), split_size=1)
torch.unique(torch.ones(3), 1.5)
torch.unique(torch.ones(3), dim=0.5)
torch.device(["a"])
torch.device((1, "a"))
torch.broadcast_shapes(1.5)
torch.broadcast_tensors(1, 2)
torch.meshgrid(3, unknown=1)
torch.func.vmap(lambda x: x.item())(torch.ones(2, 3))
torch.func.vmap(lambda x: bool(x))(torch.ones(2, 3))
torch.func.vmap(torch.dot)(torch.ones(2, 3), torch.ones(2, 1, 3))
torch.autograd.grad([0, 1], torch.ones(2, requires_grad=True))
torch.autograd.grad(torch.ones((), requires_grad=True), [np.ones(2)])
torch.bitwise_and(torch.ones(3), torch.ones(3), out=torch.zeros(3, dtype=torch.int64))
torch.gcd(torch.ones(3), torch.ones(3).cfloat(), out=torch.zeros(3))
torch.zeros(3).backward(unknown=1)
x = torch.zeros(2, 3); x[0] = 10 ** 30
torch.autograd.grad(torch.float32, torch.ones(2, requires_grad=True))
torch.ones((), requires_grad=True).backward(inputs="ab")
torch.zeros(2).grad = np.float32(2)
torch.zeros(2).data = torch.float32
torch.from_dlpack(torch.ones(2, requires_grad=True))
a = torch.zeros(3); b = torch.from_dlpack(a); b.add_(1); [a, a._version, b._version]
torch.ones(2, 3, requires_grad=True).to("meta")
torch.asarray(torch.ones(2, requires_grad=True), copy=True, requires_grad=True).grad_fn.name()
"""

FLAGS = ("a", 1.5, [], 2, 300, -1, 10**30, slice(0), True)


def settings_of_the_engine_are_small_integers(torch, log):
    x = torch.ones(2, requires_grad=True)
    for flag in (*FLAGS, torch.ones(2), torch.tensor(1), torch.tensor(1.5)):
        log.error(lambda flag=flag: (x * x).sum().backward(retain_graph=flag))
        log.error(lambda flag=flag: torch.autograd.grad((x * x).sum(), x, retain_graph=flag))
        log.error(lambda flag=flag: torch.autograd.grad((x * x).sum(), x, allow_unused=flag))


def some_inputs_may_not_require_grad(torch, log):
    functional = torch.nn.functional
    x = torch.linspace(0.1, 0.9, 6).reshape(2, 3).requires_grad_()
    weight, target, plain = torch.ones(3, requires_grad=True), torch.tensor([0, 1]), x.detach()
    log.error(lambda: functional.binary_cross_entropy(plain, plain, weight))
    log.error(lambda: functional.binary_cross_entropy_with_logits(x, plain, pos_weight=weight))
    log.error(lambda: functional.multi_margin_loss(x, target, weight=weight))
    log.error(lambda: functional.nll_loss(x, target, weight))
    log.error(lambda: functional.nll_loss(x[..., None, None], target[..., None, None], weight))
    log.error(lambda: functional.soft_margin_loss(plain, x))
    with torch.no_grad():
        log(functional.binary_cross_entropy(plain, plain, weight))


def out_of_operators_without_derivatives(torch, log):
    x = torch.linspace(-1, 1, 6).reshape(2, 3).requires_grad_()
    log(torch.eq(x, x, out=torch.zeros(2, 3, dtype=torch.bool)), torch.argmax(x, 0, out=torch.zeros(3, dtype=torch.int64)))
    log(torch.any(x, 0, out=torch.zeros(3, dtype=torch.bool)), torch.isposinf(x, out=torch.zeros(2, 3, dtype=torch.bool)))
    log.error(lambda: torch.all(x, out=torch.zeros(())))
    log.error(lambda: torch.nextafter(x, x, out=torch.zeros(2, 3)))


def what_custom_functions_mark_and_return(torch, log):
    def made(forward, backward):
        parts = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
        return type("Made", (torch.autograd.Function,), parts)

    x = torch.ones(2, 3, requires_grad=True)
    grown = made(lambda ctx, x: (x * 2).requires_grad_(), lambda ctx, g: g)
    log(grown.apply(x.detach()))
    with torch.no_grad():
        log(grown.apply(x))
    log.error(lambda: made(lambda ctx, x: ctx.mark_dirty(3) or x * 2, lambda ctx, g: g).apply(x))
    log.error(lambda: made(lambda ctx, x: ctx.mark_non_differentiable(None) or x * 2, lambda ctx, g: g).apply(x))
    unreturned, values = made(lambda ctx, x: ctx.mark_dirty(x) or x.mul_(2) + 1, lambda ctx, g: g), torch.ones(2)
    log.error(lambda: unreturned.apply(values))
    log(values._version)
    log.error(lambda: made(lambda ctx, x: x * 2, lambda ctx, g: g.cfloat()).apply(x).sum().backward())
    log.error(lambda: made(lambda ctx, x: x * 2, lambda ctx, g: g.long()).apply(x).sum().backward())


def what_post_accumulate_hooks_return(torch, log):
    answers = (lambda p: p.grad, lambda p: p.grad[0], lambda p: p.grad.double(), lambda p: p.grad.cfloat(), lambda p: 3, lambda p: p)
    for answer in answers:
        x = torch.ones(2, 3, requires_grad=True)
        x.register_post_accumulate_grad_hook(answer)
        log.error(lambda x=x: x.sum().backward())


def inference_tensors_and_their_memory(torch, log):
    with torch.inference_mode():
        made = torch.zeros(2, 3)
    log(made.resize_(2, 3))
    log.error(lambda: made.resize_(3, 3))
    with torch.inference_mode():
        other = torch.zeros(2)
    log.error(lambda: other.set_(torch.zeros(2)))
