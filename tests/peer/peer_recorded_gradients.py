"""Gradients that are recorded: of which nodes their graphs are made, and in which order these were made."""

import warnings

CASES = """
x.acosh() | atanh | x * y[:1] * x | x.erfinv() | x.logit() | x.sinc() | x.rsqrt() | x.reciprocal() | x.square() | torch.special.i0e(x) | torch.special.i1(x)
torch.special.entr(x) | torch.special.ndtri(x) | torch.special.log_ndtr(x) | torch.special.erfcx(x) | torch.mvlgamma(x + 2, 2)
F.silu(x) | F.mish(x) | x / y | x.fmod(y) | x.remainder(y) | x ** y | torch.atan2(x, y) | torch.copysign(x, y) | torch.ldexp(x, y)
torch.logaddexp(x, y) | torch.logaddexp2(x, y) | torch.lerp(x, y, x) | torch.special.xlog1py(x, y) | torch.add(x, y, alpha=2)
torch.sub(x, y, alpha=2) | torch.rsub(x, y, alpha=2) | torch.addcmul(x, y, x, value=2) | torch.addcdiv(x, y, x, value=2)
torch.addmm(x, x, y, beta=2, alpha=3) | torch.polar(x, y) | x.var(0) | x.std() | x[0].var(0) | torch.std_mean(x, 1) | x.amax(0) | x.amin()
x.aminmax() | x.norm(0.5) | x.norm(1.5) | x.norm(torch.inf) | x.renorm(3, 0, 0.5) | (x - x[0, 0]).prod() | x.trace() | x.repeat(2, 1, 3)
x.expand(2, 2) | x[0, 0].expand(()) | x.masked_fill(x > 0.5, y[0, 0]) | torch.block_diag(x, x[0], x[0, 0]) | x.diff(2, 0) | torch.cov(x)
torch.corrcoef(x) | torch.gradient(x) | torch.gradient(x, spacing=[torch.arange(2.0), torch.arange(2.0) * 2]) | torch.trapezoid(x, y[0])
torch.trapezoid(x) | torch.cumulative_trapezoid(x, y) | x.quantile(y[0]) | x.quantile(y[0], dim=1) | x.logcumsumexp(0)
x.index_add(0, torch.tensor([1, 0]), y, alpha=2) | x.index_copy(0, torch.tensor([1]), y[:1]) | x.scatter_reduce(0, index, y, "prod")
x.index_reduce(0, torch.tensor([1, 0]), y, "prod") | x.index_reduce(0, torch.tensor([1, 0]), y, "mean", include_self=False)
F.kl_div(x, y, log_target=True) | F.poisson_nll_loss(x, y, full=True) | F.binary_cross_entropy(x, y) | F.cosine_similarity(x, y)
F.binary_cross_entropy_with_logits(x, y) | F.instance_norm(x[None], weight=y[0]) | torch.linalg.multi_dot([x, y, x])
torch.tensordot(x, y, 1) | torch.tensordot(x, y, 2) | x.as_strided((2, 2), (1, 1)) | x.as_strided((2, 1), (0, 1), 1) | x.t().as_strided((2,), (3,))
x.clone().mul_(y) | x.clone().sin_() | x.clone().lerp_(y, x) | x.clone()[0].mul_(y[0]) | (x * 2).pow_(y) | F.hardsigmoid(x)
F.nll_loss(x[None], torch.tensor([[0, 1]])) | F.scaled_dot_product_attention(x[None, None], y[None, None], y[None, None])
"""


def _made_of(root):
    """The nodes of a graph from its end, in words: name, edges, and the node's place in the order of making."""
    nodes, places = [root], {root: 0}
    for node in nodes:
        for following, _ in node.next_functions:
            if following is not None and following not in places:
                places[following] = len(nodes)
                nodes.append(following)
    made = [node for node in nodes if node.name() not in ("torch::autograd::AccumulateGrad", "torch::autograd::NotImplemented")]
    order = sorted(made, key=lambda node: node._sequence_nr())
    words = []
    for node in nodes:
        edges = ["-" if following is None else f"{places[following]}.{number}" for following, number in node.next_functions]
        words.append(f"{node.name()}({' '.join(edges)}){'@' + str(order.index(node)) if node in order else ''}")
    return " ".join(words)


def graphs(torch, log):
    warnings.simplefilter("ignore")  # index_reduce is in beta
    for case in CASES.replace("atanh", "x.atanh()").replace("\n", "|").split("|"):
        if not case.strip():
            continue
        x = torch.tensor([[0.75, 0.5], [0.25, 0.625]], dtype=torch.float64, requires_grad=True)
        y = torch.tensor([[0.375, 0.25], [0.5, 0.875]], dtype=torch.float64, requires_grad=True)
        if "acosh" in case:
            x = (x.detach() + 1).requires_grad_()
        index = torch.tensor([[0, 1], [1, 1]])
        found = eval(case.strip(), {"torch": torch, "F": torch.nn.functional, "x": x, "y": y, "index": index})
        found = list(found) if isinstance(found, (tuple, list)) else [found]
        given = [torch.ones_like(value).requires_grad_() for value in found]
        grads = torch.autograd.grad(found, (x, y), given, create_graph=True, allow_unused=True)
        log(case.strip(), [_made_of(value.grad_fn) for value in found])
        log([None if grad is None else (grad.stride(), grad.tolist(), grad.grad_fn and _made_of(grad.grad_fn)) for grad in grads])


def passed_on(torch, log):
    """Where the graph only hands a gradient on, the caller gets back the tensor given."""
    x = torch.ones(3, requires_grad=True)
    for wants in (False, True):
        given = torch.tensor([1.0, 2.0, 3.0], requires_grad=wants)
        for function in (torch.clone, lambda x: x + 1, lambda x: x * 1, lambda x: x):
            found = torch.autograd.grad(function(x), x, given)[0]
            log(found is given, found.requires_grad, found.data_ptr() == given.data_ptr())
    z = torch.ones(2, dtype=torch.complex64, requires_grad=True)
    given = torch.tensor([1j, 2.0])
    log(torch.autograd.grad(z.conj(), z, given.conj())[0] is given, torch.autograd.grad(z.conj(), z, given)[0])


def extremes(torch, log):
    """Values that the graphs above do not show: targets at 0 and 1, traces of tall matrices, one of several elements."""
    warnings.simplefilter("ignore")
    x = torch.tensor([0.0, 1.0, 0.5], requires_grad=True)
    y = torch.tensor([0.5, 1.0, 0.0], requires_grad=True)
    log([grad.tolist() for grad in torch.autograd.grad(torch.nn.functional.binary_cross_entropy(x, y, reduction="sum"), (x, y))])
    tall = torch.ones(7, 3, requires_grad=True)
    log(torch.autograd.grad(tall.trace(), tall)[0].tolist(), torch.autograd.grad(tall.trace(), tall, create_graph=True)[0].tolist())
    q, k = torch.ones(1, 2, 3, 4, requires_grad=True), torch.ones(1, 2, 5, 4, requires_grad=True)
    log([grad.stride() for grad in torch.autograd.grad(torch.nn.functional.scaled_dot_product_attention(q, k, k).sum(), (q, k))])
    s = torch.ones((), requires_grad=True)
    log(torch.autograd.grad(s.index_reduce(0, torch.tensor([0]), torch.ones(()), "prod", include_self=False), s))


def dtypes_of_products(torch, log):
    """prod(dtype=...): the backward pass brings the operand to the gradient's dtype, with a warning where a part is lost."""
    x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.complex64, requires_grad=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = x.prod(0, dtype=torch.float64)
        found.backward()
    log(found, x.grad, sorted({str(entry.message) for entry in caught}))
    y = torch.tensor([1.0, 2.0, 0.0], requires_grad=True)
    y.prod(dtype=torch.float64).backward()
    log(y.grad)
