"""What random programs of transforms within each other found (tools/fuzz.py, kinds transforms and mapped): one line for each cause."""

import warnings

from harness import line_program

FOUND = """
x = torch.tensor([[-2., .5], [-1., 1.5], [1.5, 0.]], requires_grad=True); torch.vmap(torch.func.grad(lambda x: x.prod()))(x).tolist()
x = torch.tensor([[1., .5, 0.], [0., 0., 2.]]); torch.vmap(lambda x: torch.func.jvp(lambda x: x.prod(), (x,), (x + 1,))[1])(x)
x = torch.tensor([[1., .5, 0.], [0., 0., 2.]]); torch.vmap(torch.func.grad(lambda x: x.cumprod(0).sum()))(x)
torch.func.grad(lambda x: x.prod())(torch.tensor([3.], requires_grad=True)).requires_grad
torch.func.hessian(lambda x: x.prod())(torch.tensor([0., 2., 3.]))
x = torch.ones(2, requires_grad=True); torch.func.jvp(lambda x: x * 2, (x,), (x.detach(),))[1].requires_grad
x = torch.ones(2, requires_grad=True); torch.func.jvp(lambda x: x + 2, (x,), (x.detach(),))[1].requires_grad
x = torch.ones(2, requires_grad=True); torch.func.jvp(lambda x: x.clone().mul_(2), (x,), (x.detach(),))[1].requires_grad
x = torch.ones(2, requires_grad=True); y = torch.func.jvp(lambda x: x * 2, (x,), (x.detach(),))[1]; y.sum().backward(); x.grad.shape
x = torch.ones(2, requires_grad=True); torch.func.hessian(lambda x: (x * x).sum())(x).requires_grad
x = torch.ones(2, requires_grad=True); torch.func.hessian(lambda x: torch.nn.functional.mse_loss(x, torch.zeros(2)))(x).requires_grad
x = torch.ones(2); torch.func.hessian(lambda x: (x * x).sum())(x).requires_grad
x = torch.ones(2, 2, requires_grad=True); torch.func.jacfwd(lambda x: torch.where(x > 0, x, x * 0.1))(x).requires_grad
x = torch.ones(2, requires_grad=True); [g.requires_grad for g in torch.func.grad(lambda x, y: (x * y.sum() + 1).sum(), argnums=(0, 1))(x, torch.ones(2))]
torch.func.jvp(lambda x: x.sort()[0], (torch.arange(6.).reshape(2, 3).mT,), (torch.ones(3, 2),))[1].stride()
torch.func.jvp(lambda x: x.t() * 2, (torch.arange(6.).reshape(2, 3).mT,), (torch.ones(3, 2),))[1].stride()
torch.func.jvp(lambda x: x.softmax(-1), (torch.tensor([[.5, 1., 3.]], dtype=torch.float64),), (torch.ones(1, 3, dtype=torch.float64),))[1].tolist()
torch.func.jvp(lambda x: x.logsumexp(-1), (torch.tensor([[.5, 1., 3.]], dtype=torch.float64),), (torch.ones(1, 3, dtype=torch.float64),))[1].tolist()
torch.func.grad(lambda x: torch.zeros(()))(torch.ones(2, 3).t()).stride()
torch.vmap(torch.func.grad(lambda x: torch.zeros(())), in_dims=1)(torch.ones(2, 3, 4)).stride()
torch.func.jacfwd(lambda x: x * x * x)(torch.tensor(3., requires_grad=True)).grad_fn.name()
torch.func.jacfwd(lambda x: x * x)(torch.tensor([3.], requires_grad=True)).grad_fn.next_functions[0][0].name()
torch.func.jacrev(lambda x: x * x)(torch.tensor([3., 1.], requires_grad=True)).grad_fn.next_functions[0][0].name()
torch.func.jacrev(lambda x: x * x)(torch.zeros(0, 3, requires_grad=True)).requires_grad
torch.func.jacrev(lambda x: x * x, chunk_size=1)(torch.zeros(0, 3))
torch.func.jacrev(lambda x: x * x, chunk_size=2)(torch.zeros(0, 3)).shape
torch.vmap(lambda x: x.diff(), chunk_size=1)(torch.zeros(0, 3))
torch.vmap(lambda x: x.roll(1))(torch.arange(3.))
torch.vmap(lambda x: x.roll(1))(torch.arange(6.).reshape(2, 3))
torch.vmap(lambda x: torch.cat([x, x]))(torch.arange(3.))
torch.vmap(lambda x: torch.cat([x, x], -2))(torch.arange(3.))
torch.vmap(lambda x: torch.cat([torch.zeros(2), x]))(torch.arange(3.))
torch.vmap(lambda x: x.flip(0))(torch.arange(3.))
torch.vmap(lambda x: x.transpose(0, 1))(torch.arange(3.))
torch.vmap(lambda x: x.squeeze(1))(torch.arange(3.))
torch.vmap(lambda x: x.tril())(torch.arange(3.))
torch.vmap(lambda x: x.tril())(torch.arange(6.).reshape(2, 3))
torch.vmap(lambda x: x.trace())(torch.arange(6.).reshape(2, 3))
torch.vmap(lambda x: x.prod())(torch.zeros(0, 2)).shape
torch.vmap(lambda x: x.view(-1))(torch.zeros(0, 2))
torch.vmap(lambda x, y: x * y.sum())(torch.zeros(0, 3), torch.zeros(0, 3))
torch.vmap(lambda x: torch.nn.functional.layer_norm(x, ()))(torch.ones(3))
torch.func.jvp(lambda x: torch.nn.functional.layer_norm(x, ()), (torch.tensor(1.),), (torch.tensor(1.),))
torch.vmap(lambda x: x * 2, in_dims=1)(torch.ones(2, 3, requires_grad=True)).grad_fn.name()
torch.vmap(lambda x: x.sin(), in_dims=1)(torch.ones(2, 3, requires_grad=True)).grad_fn.name()
torch.vmap(lambda x: x.dot(x))(torch.ones(2, 3, requires_grad=True)).grad_fn.name()
x = torch.arange(6.).reshape(2, 3).mT.requires_grad_() * 1; torch.autograd.grad(torch.nn.functional.mse_loss(x, torch.ones(3, 2)), x)[0].stride()
x = torch.ones(2, requires_grad=True); torch.autograd.backward((x * 2, x * 3), (torch.ones(2), torch.ones(3)))
x = torch.ones(2, requires_grad=True); torch.autograd.backward((x * 2, x * 3), (torch.ones(1), torch.ones(2)))
handle = torch.autograd.graph.register_multi_grad_hook([torch.ones(1), torch.ones(1, requires_grad=True)], print, mode="any")
torch.arange(6.).reshape(2, 1, 3)[-2, 2:1, torch.tensor(0)].index_fill_(0, torch.tensor([0]), .5)
"""


def found_in_transforms(torch, log):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.func.jvp(torch.sin, (torch.ones(1),), (torch.ones(1),))
    for line in FOUND.strip().splitlines():
        line_program(line)(torch, log)


def tangents_and_errors(torch, log):
    """A write that is refused leaves tangents alone; levels of forward mode do not nest with those of torch.func."""
    forward_ad = torch.autograd.forward_ad
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.func.jvp(torch.sin, (torch.ones(1),), (torch.ones(1),))
    ones, leaf = torch.ones(2), torch.ones(2, requires_grad=True)

    def leveled(x):
        with forward_ad.dual_level():
            return x * 2

    with forward_ad.dual_level():
        whole, dual = torch.ones(4, requires_grad=True) * 1, forward_ad.make_dual(leaf, ones)
        log.error(lambda: whole.chunk(2)[0].mul_(dual))
        log.error(lambda: dual.mul_(2))
        log(forward_ad.unpack_dual(whole).tangent, forward_ad.unpack_dual(dual).tangent)
        log.error(lambda: torch.func.jvp(torch.sin, (ones,), (ones,)))
    log.error(lambda: torch.func.jvp(leveled, (ones,), (ones,)))
    log(torch.func.jvp(torch.sin, (ones,), (ones,)), torch.func.grad(lambda x: leveled(x).sum())(ones))


def nodes_to_those_who_look(torch, log):
    """The names that a node shows, and what was never kept, also after the pass."""
    leaf = torch.ones(2, 2, requires_grad=True)
    product = leaf * torch.ones(2, 2)
    log(sorted(name for name in dir(product.grad_fn) if not name.startswith("__")))
    log(product.grad_fn._saved_self)
    product.sum().backward()
    log(product.grad_fn._saved_self)
    log.error(lambda: product.grad_fn._saved_other)
    plain = torch.ones(2)
    log.error(lambda: plain.sum().backward(inputs=[plain]))
    log.error(lambda: (plain + leaf).sum().backward(inputs=[plain]))
