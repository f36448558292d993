"""Lazy conjugates and negatives: views under another flag, what sees the flag, writes through them, and their gradients."""

LOOKS = """
conj()
conj().conj()
conj_physical()
conj().conj_physical()
conj().resolve_conj()
conj().clone()
conj().detach()
conj().T
conj().real
conj().imag
conj().imag.neg()
conj().imag.resolve_neg()
conj()._neg_view()
conj().view(-1)
conj().reshape(-1)
conj().T.reshape(-1)
conj().T.contiguous()
conj()[[0]]
conj()[0]
mH
adjoint()
conj().contiguous()
conj().to(torch.complex128)
conj().cfloat()
conj().abs()
conj() + 1
conj().mH
conj().sum()
conj().unbind(0)[1]
conj().as_strided((2,), (1,))
conj().diagonal()
conj().expand(2, 2, 3)
conj().flip(0)
conj().movedim(0, 1)
_neg_view()
_neg_view().real
_neg_view().conj().imag
real._neg_view()
real._neg_view().conj()
"""

REFUSALS = """
torch.view_as_real(c)
c.view(torch.float32)
c.view(torch.complex64)
c.imag.view(torch.int32)
c.detach().numpy()
c.imag.detach().numpy()
np.asarray(c.detach())
c.detach().numpy(force=True)
c.imag.detach().numpy(force=True)
c.tolist()
c[0, 1].item()
complex(c[0, 0])
bool(c[0, 0])
c.data_ptr() == y.data_ptr()
c.is_set_to(y)
torch.is_conj(c), torch.is_neg(c.imag)
torch.tensor(c.detach())
copy.copy(c.detach())
copy.deepcopy(c.detach())
pickle.loads(pickle.dumps(c.detach())).is_conj()
torch.equal(c, y.conj_physical())
(1 - 2j) in c
torch.cat([c, y])
torch.where(c.abs() > 1, c, y)
"""

WRITES = """
y.conj().mul_(2j)
y.conj().fill_(1j)
y.conj().copy_(y.clone())
y.conj().mul_(y.clone())
y.add_(y.conj())
y.copy_(y.conj())
y.conj().sigmoid_()
y.conj().imag.add_(1)
y.conj().imag.neg_()
y.conj().real.mul_(2)
y.conj().masked_fill_(y.abs() > 2, 1j)
y.conj().index_add_(0, torch.tensor([0]), torch.ones(1, 3) * 1j)
y.conj()[0].zero_()
y.conj().T[0].mul_(y[:, 1].clone())
y.mH.add_(1j)
y._neg_view().add_(3)
y.conj().__setitem__(0, 1j)
y.conj().__setitem__(torch.tensor([0]), 1j)
setattr(y.conj(), "real", 5)
setattr(y.conj(), "imag", 5)
"""


def _start(torch):
    return torch.tensor([[1 + 2j, 3 - 1j, 2], [0.5, 1j, 2 - 2j]], requires_grad=True)


def looks(torch, log):
    for line in LOOKS.strip().splitlines():
        y = _start(torch) * 1
        found = eval(f"y.{line}", {"y": y, "torch": torch})
        log.show(found)
        log(found.is_conj(), found.is_neg(), found._base is y)


def refusals(torch, log):
    import copy
    import pickle

    import numpy as np

    y = _start(torch) * 1
    space = {"y": y, "c": y.conj(), "torch": torch, "copy": copy, "pickle": pickle, "np": np}
    for line in REFUSALS.strip().splitlines():
        log.error(lambda line=line: eval(line, space))


def writes(torch, log):
    for line in WRITES.strip().splitlines():
        y = _start(torch).detach()
        eval(line, {"y": y, "torch": torch})
        log.show(y)
        x = _start(torch)
        y = x * 1
        c = y.conj()
        eval(line, {"y": y, "torch": torch})
        log.show(y, c)
        (y * y).real.sum().backward()
        log(x.grad.resolve_conj())


def twice(torch, log):
    x = _start(torch)
    for write in (lambda y: y.conj().mul_(y.detach().clone()), lambda y: y.conj().imag.mul_(2), lambda y: y.mH[0].mul_(1j)):
        y = x * 1
        write(y)
        (grad,) = torch.autograd.grad((y * y * y).abs().sum(), x, create_graph=True)
        (second,) = torch.autograd.grad(grad.abs().sum(), x)
        log(grad.detach().resolve_conj(), second.resolve_conj())


def gradients(torch, log):
    for function in (
        lambda z: z.conj(), lambda z: z.conj().imag, lambda z: z.conj() * z, lambda z: z.mH @ z, lambda z: z.conj().clone() ** 2,
        lambda z: z.conj()._neg_view(), lambda z: torch.view_as_real(z.conj().resolve_conj()),
    ):  # fmt: skip
        z = _start(torch)
        out = function(z)
        log.show(out)
        out.backward(torch.ones_like(out).conj() * (1 + 1j) if out.is_complex() else torch.ones_like(out))
        log(z.grad.resolve_conj())


def stale(torch, log):
    y = _start(torch) * 1
    views = [y.conj(), y.conj()[0], y.conj().imag, y.T.conj(), y.T[:2].conj().real[0], y.conj().T.conj()]
    y.mul_(2)
    for view in views:
        log.show(view)


def out(torch, log):
    y = _start(torch).detach()
    torch.add(y.clone(), 1j, out=y.conj())
    log.show(y)
    torch.mul(y.conj(), y.clone().conj(), out=y)
    log.show(y)
    z = torch.zeros(2, 3)
    z.data = y.imag.conj()
    log.show(z)
    y.data = y.conj()
    log.show(y)
    log(y.is_conj())


def functions(torch, log):
    class Turned(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x.conj()
            ctx.save_for_backward(y)
            return y * y

        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            log(y.is_conj())
            return (2 * grad * y.conj()).conj()

    x = _start(torch)
    Turned.apply(x).abs().sum().backward()
    log(x.grad.resolve_conj())
    x.grad = None
    y = x * 1
    y.register_hook(lambda grad: grad.conj())
    y.abs().sum().backward()
    log(x.grad.resolve_conj())
    log(torch.vmap(lambda row: row.conj() * 2)(x.detach().conj()).resolve_conj())


