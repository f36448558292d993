"""Layouts of computed tensors, and which dtypes and shapes `out=` may have."""

CALLS = (
    lambda t, x: -x, lambda t, x: x * 2, lambda t, x: 2 - x, lambda t, x: x == 0, lambda t, x: x**2, lambda t, x: x.clamp(0, 1),
    lambda t, x: x + t.ones(x.shape), lambda t, x: t.ones(x.shape) + x, lambda t, x: x.double() + x, lambda t, x: t.where(x > 0, x, 0.0),
    lambda t, x: t.lerp(x, x, 0.5), lambda t, x: x.bfloat16() * 2, lambda t, x: t.addcmul(x, x, x), lambda t, x: t.zeros_like(x),
)  # fmt: skip


def computed(torch, log):
    for x in (
        torch.zeros(3, 1).t(), torch.zeros(1, 3), torch.arange(6.0).reshape(2, 3).unfold(0, 2, 1), torch.zeros(2, 1, 3).transpose(0, 1),
        torch.zeros(2, 3, 1).permute(2, 1, 0), torch.zeros(0, 3), torch.zeros(3, 0).t(), torch.zeros(3, 0),
    ):  # fmt: skip
        for call in CALLS:
            log(list(call(torch, x).stride()))


def out_dtypes(torch, log):
    x = torch.tensor([[0.5, 0.25], [0.125, 0.75]])

    def whole():
        return torch.empty(0, dtype=torch.int32)

    for name in ("add", "maximum", "pow", "matmul", "mm"):
        log.error(lambda name=name: getattr(torch, name)(x, x, out=whole()))
    for name in ("mean", "amax", "logsumexp", "argmax", "any", "softmax", "cumprod"):
        log.error(lambda name=name: getattr(torch, name)(x, 0, out=whole()))
    log.error(lambda: torch.cat([x, x], out=whole()))
    log.error(lambda: torch.index_select(x, 0, torch.tensor([0]), out=whole()))
    log.error(lambda: torch.max(x, 0, out=(torch.empty(0), torch.empty(0))))
    log.error(lambda: torch.nonzero(x, out=torch.empty(0)))
    log.error(lambda: torch.add(x, x, out=torch.ones(3)))


def unrecorded(torch, log):
    x = torch.ones(2, 2, requires_grad=True)
    log.error(lambda: x.sum(dtype=torch.int64))
    log.error(lambda: x.cumsum(0, dtype=torch.bool))
    log.error(lambda: x.to(torch.complex64).nan_to_num())
    log.error(lambda: x.sum().backward() or x.sum().backward())
