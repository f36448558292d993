"""TorchDispatchMode: the operators that programs are made of, forward and backward."""

# What PyTorch makes besides: copies of results that it saves, and of what was a constant.
UNSEEN = ("aten.detach.default", "aten.lift_fresh.default", "aten.copy_.default", "aten.ones_like.default", "aten._local_scalar_dense.default")


def watcher(torch):
    dispatch = torch.utils._python_dispatch

    class Watch(dispatch.TorchDispatchMode):
        def __init__(self):
            super().__init__()
            self.seen = []

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            if str(func) not in UNSEEN:
                shown = ["T" if isinstance(entry, torch.Tensor) else str(entry) for entry in args if not isinstance(entry, list)]
                self.seen.append(f"{func}({', '.join(shown)}) {sorted((kwargs or {}).items(), key=str)}")
            return func(*args, **(kwargs or {}))

    return Watch


def operators(torch, log):
    Watch = watcher(torch)
    F = torch.nn.functional
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    w = x.clone().requires_grad_()
    for call in (
        lambda: x + 1, lambda: torch.add(x, x, alpha=2), lambda: x @ w, lambda: F.relu(w), lambda: F.linear(x, w, w[0]), lambda: x.view(4),
        lambda: w.sum(), lambda: w.sum(0, keepdim=True), lambda: x.clone().add_(1), lambda: F.log_softmax(w, dim=1), lambda: torch.cat([x, w]),
        lambda: w.t(), lambda: w.mean(), lambda: 1 - x, lambda: x / 2, lambda: x**2, lambda: x.to(torch.float64), lambda: F.layer_norm(w, (2,)),
        lambda: x.reshape(4), lambda: F.cross_entropy(w, torch.tensor([0, 1])), lambda: x.sum(0).expand(2, 2), lambda: x.clone().mul_(x),
        lambda: x.max(0)[0], lambda: x.argmax(), lambda: w.exp().log(),
    ):  # fmt: skip
        with Watch() as mode:
            found = call()
        log(mode.seen, found, found.grad_fn.name() if found.grad_fn else None)


def a_training_step(torch, log):
    Watch = watcher(torch)
    nn = torch.nn
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3), nn.LayerNorm(3))
    x = torch.randn(2, 1, 4, 4)
    with Watch() as mode:
        nn.functional.cross_entropy(model(x), torch.tensor([0, 1])).backward()
    log([entry.partition("(")[0] for entry in mode.seen])
    log(*(parameter.grad.clone() for parameter in model.parameters()))


def modes_that_change_results(torch, log):
    Watch = watcher(torch)

    class Doubled(Watch):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            found = func(*args, **(kwargs or {}))
            return found * 2 if func is torch.ops.aten.mul.Tensor else found

    w = torch.tensor([1.0, 2.0], requires_grad=True)
    with Doubled():
        z = w * 3
    z.sum().backward()
    log(z, w.grad)
    with Watch() as outer:
        with Watch() as inner:
            w.detach() + 1
        w.detach() - 1
    w.detach() * 2
    log(outer.seen, inner.seen)


def floating_point_operations(torch, log):
    nn = torch.nn
    Counter = __import__(f"{torch.__name__}.utils.flop_counter", fromlist=["utils"]).FlopCounterMode
    model = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.ConvTranspose2d(4, 2, 2), nn.Flatten(), nn.Linear(50, 3))
    x = torch.randn(2, 2, 4, 4, requires_grad=True)
    with Counter(display=False) as count:
        model(x).sum().backward()
    log(count.get_total_flops(), {str(key): value for key, value in count.get_flop_counts()["Global"].items()})
    with Counter(display=False) as count:
        torch.bmm(torch.ones(2, 3, 4), torch.ones(2, 4, 5))
        torch.einsum("bij,bjk->bik", torch.ones(2, 3, 4), torch.ones(2, 4, 5))
        nn.functional.linear(torch.ones(2, 2, 3), torch.ones(4, 3))
        nn.MultiheadAttention(4, 2)(*[torch.ones(3, 1, 4)] * 3)
    log(count.get_total_flops(), {str(key): value for key, value in count.get_flop_counts()["Global"].items()})


def in_place_forms(torch, log):
    """Those whose overloads are named otherwise than those of the plain form, or which are kernels of their own."""
    Watch = watcher(torch)
    two = torch.ones(2)
    calls = (("pow_", 2), ("pow_", two), ("atanh_",), ("asinh_",), ("acosh_",), ("arctanh_",), ("floor_divide_", 2), ("floor_divide_", two),
             ("conj_physical_",), ("square_",), ("polygamma_", 1), ("swapaxes_", 0, 0), ("ne_", 1), ("remainder_", 2), ("true_divide_", 2))  # fmt: skip
    for name, *args in calls:
        x = torch.tensor([0.25, 0.5])
        with Watch() as mode:
            getattr(x, name)(*args)
        log(name, mode.seen, x)
