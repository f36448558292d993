"""Recorded gradients of matrix functions and others made of many operators: their graphs, node by node in the order of making."""

import warnings

CASES = """
x | torch.linalg.svd(x, False) | torch.linalg.svd(tall)[1:] | torch.linalg.svd(tall, False)[:2] | torch.linalg.svd(wide, False)[0]
torch.linalg.svd(wide, False)[2] | torch.linalg.svdvals(wide) | torch.linalg.eigh(x) | torch.linalg.eigvalsh(x) | torch.linalg.eigh(x)[1]
torch.linalg.eigvals(x).abs() | torch.linalg.eig(x)[1].abs() | torch.linalg.qr(x) | torch.linalg.qr(tall)[0] | torch.linalg.qr(tall)[1]
torch.linalg.qr(wide) | torch.linalg.qr(wide)[0] | torch.linalg.qr(wide)[1] | torch.linalg.lu(x) | torch.linalg.lu(tall) | torch.linalg.lu(wide)
torch.linalg.lu(tall)[1] | torch.linalg.lu(tall)[2] | torch.linalg.lu(wide)[1] | torch.linalg.lu(wide)[2] | torch.linalg.lu_factor(x)
torch.linalg.lu_factor(wide) | torch.lu_unpack(wide, pivots) | torch.lu_unpack(tall, pivots)[1] | torch.lu_unpack(wide, pivots)[2]
torch.linalg.lu_solve(x, pivots, x) | torch.linalg.lu_solve(x, pivots, x, left=False) | torch.linalg.cholesky(x @ x.mT)
torch.linalg.cholesky(x @ x.mT, upper=True) | torch.cholesky_inverse(x) | torch.linalg.inv(x) | torch.linalg.solve(x, x[0]) | torch.linalg.det(x)
torch.linalg.det(x * 0) | torch.linalg.slogdet(x) | torch.linalg.pinv(x) | torch.linalg.pinv(tall) | torch.linalg.lstsq(x, x)[0]
torch.linalg.lstsq(tall, tall * 2, driver="gelsd")[1] | torch.matrix_exp(x) | torch.fft.rfft(x) | torch.fft.rfft2(tall) | torch.fft.irfft(z, 3)
torch.fft.hfft(z, 4) | torch.fft.ihfft(tall)
"""


def _made_of(root):
    """The nodes of a graph from its end, in words: name, edges, and the node's place in the order of making."""
    nodes, places = [root], {root: 0}
    for node in nodes:
        for following, _ in node.next_functions:
            if following is not None and following not in places:
                places[following] = len(nodes)
                nodes.append(following)
    made = sorted([node for node in nodes if "::AccumulateGrad" not in node.name()], key=lambda node: node._sequence_nr())
    words = []
    for node in nodes:
        edges = ["-" if following is None else f"{places[following]}.{number}" for following, number in node.next_functions]
        words.append(f"{node.name()}({' '.join(edges)}){'@' + str(made.index(node)) if node in made else ''}")
    return " ".join(words)


def _inputs(torch):
    leaf = {"dtype": torch.float64, "requires_grad": True}
    return {
        "torch": torch, "F": torch.nn.functional, "pivots": torch.tensor([1, 2], dtype=torch.int32),
        "x": torch.tensor([[0.75, 0.5], [0.25, 0.625]], **leaf), "y": torch.tensor([[0.375, 0.25], [0.5, 0.875]], **leaf),
        "tall": torch.tensor([[0.75, 0.5], [0.25, 0.625], [0.125, 0.875]], **leaf),
        "wide": torch.tensor([[0.75, 0.5, 0.375], [0.25, 0.625, 0.875]], **leaf),
        "z": torch.tensor([[0.75, 0.5j], [0.25, 0.625 + 1j]], dtype=torch.complex128, requires_grad=True),
    }  # fmt: skip


def graphs(torch, log):
    warnings.simplefilter("ignore")
    for case in CASES.replace("\n", "|").split("|"):
        if not case.strip():
            continue
        given = _inputs(torch)
        found = eval(case.strip(), dict(given))
        found = [value for value in (found if isinstance(found, (tuple, list)) else [found]) if value.requires_grad]
        leaves = [given[name] for name in ("x", "y", "tall", "wide", "z")]
        starts = [torch.ones_like(value).requires_grad_() for value in found]
        grads = torch.autograd.grad(found, leaves, starts, create_graph=True, allow_unused=True)
        log(case.strip(), [(value.output_nr, value._version) for value in found])
        log([None if grad is None else (grad.stride(), grad.grad_fn and _made_of(grad.grad_fn)) for grad in grads])


def saved(torch, log):
    """What nodes show of what they saved: names, and values by PyTorch's unsigned integers."""
    warnings.simplefilter("ignore")
    given = _inputs(torch)
    cases = """
    x + 1 | x - y | x.softmax(-1) | torch.addbmm(x, x[None], y[None], beta=2) | x.as_strided((2,), (1,)) | x.diagonal()
    torch.block_diag(x, y) | torch.cat([x, y], -1) | F.embedding(pivots - 1, x, padding_idx=-1) | F.unfold(x[None, None], 1)
    F.nll_loss(x, pivots.long() - 1) | torch.linalg.svd(x)[1] | torch.linalg.lu_factor(x)[0] | torch.linalg.slogdet(x)[1] | x.select(0, -1)
    F.avg_pool2d(x[None, None], 1, divisor_override=-2) | x.sum(-1) | x.norm(-1) | x.to(torch.float32) | x.squeeze(-1) | x.addcdiv(y, y)
    """
    for case in cases.replace("\n", "|").split("|"):
        if case.strip():
            node = eval(case.strip(), dict(given)).grad_fn
            names = [name for name in dir(node) if name.startswith(("_saved", "_raw_saved"))]
            values = [getattr(node, name) for name in names if not name.startswith("_raw")]
            log(case.strip(), node.name(), names, [value.stride() if isinstance(value, torch.Tensor) else value for value in values])


def kept(torch, log):
    """What is saved though no formula that will run asks for it: a write into it is an error all the same."""
    for number in range(3):
        leaves = [torch.ones(2, requires_grad=number == index) for index in range(3)]
        wide = [leaf * 1 for leaf in leaves]
        result = torch.addcdiv(*wide)
        for value in wide[1:]:
            with torch.no_grad():
                value.add_(1)
            log.error(lambda: result.sum().backward(retain_graph=True))


VERSIONS = """
x.gather(0, index) | x.index_select(0, index[0]) | x.take(index) | x.masked_select(x > 0.3) | torch.maximum(x, y) | torch.minimum(x, y[0])
torch.copysign(x, y) | torch.nextafter(x, y) | torch.combinations(x[0]) | torch.combinations(x[0], 1) | x.repeat_interleave(index[0], 0)
z.sgn() | x.sgn() | F.conv1d(z[None], z[None]) | F.conv1d(x[None], y[None]) | torch.as_strided_scatter(x, y[0], (2,), (2,)) | x.sort(0)[0]
F.binary_cross_entropy(x, y) | F.binary_cross_entropy(x, y, weight=x.detach(), reduction="sum") | x.trace() | x.kthvalue(1)[0] | x[index]
F.binary_cross_entropy_with_logits(x, y) | F.binary_cross_entropy_with_logits(x, y, reduction="none", pos_weight=x.detach())
F.binary_cross_entropy_with_logits(x, y, weight=x.detach(), pos_weight=x.detach()) | x.max() | x.max(0)[0] | F.max_pool1d(x, 2) | x.t() + y
torch.ops.aten.max_pool2d_with_indices_backward(y[None], x[None], [1, 1], [1, 1], [0, 0], [1, 1], False, index[None] * 0)
"""


def versions(torch, log):
    """How often gradients were written into: PyTorch's formulas write in place, recorded ones less often."""
    for case in VERSIONS.replace("\n", "|").split("|"):
        if not case.strip():
            continue
        for graph in (False, True):
            given = {**_inputs(torch), "index": torch.tensor([[0, 1], [1, 1]])}
            found = eval(case.strip(), given)
            leaves = [given[name] for name in "xyz"]
            grads = torch.autograd.grad(found, leaves, torch.ones_like(found), create_graph=graph, allow_unused=True)
            log(case.strip(), graph, [None if grad is None else grad._version for grad in grads])
            wanted = [grad for grad in grads if grad is not None and grad.requires_grad]
            if wanted:  # nothing that is needed was written into
                torch.autograd.grad(wanted, leaves, [torch.ones_like(grad) for grad in wanted], allow_unused=True)


TWICE = """
x.softmax(1) | x.log_softmax(1) | F.gelu(x) | F.elu(x) | F.celu(x) | F.selu(x) | F.logsigmoid(x) | F.glu(x.mT @ x, 0) | x.sigmoid() | x.tanh()
F.soft_margin_loss(x, y.detach()) | F.soft_margin_loss(x, y.detach(), reduction="none") | torch.ldexp(x, y) | torch.logaddexp2(x, y)
F.hardswish(x) | F.tanhshrink(x) | F.softplus(x) | torch.var_mean(z, 0) | x * y[:1] | torch.addcmul(x, y[0], x) | torch.outer(x[0], y[0])
F.rms_norm(x.t(), [2]) | F.conv1d(wide[None], x[:, :, None], y[0], stride=2) | F.conv1d(wide[None], x[:, None], groups=2, padding=1, stride=2)
F.conv_transpose1d(wide[None], x[:, None], y[0], groups=2) | F.conv_transpose1d(wide[None], x[:, :, None], y[0], stride=2, output_padding=1)
F.conv2d(tall[None, None], x[None, None], dilation=(2, 1), padding=1)
"""


def twice(torch, log):
    """Graphs of the gradients of recorded gradients."""
    for case in TWICE.replace("\n", "|").split("|"):
        if not case.strip():
            continue
        given = _inputs(torch)
        found = eval(case.strip(), dict(given))
        found = list(found) if isinstance(found, (tuple, list)) else [found]
        leaves = [given[name] for name in ("x", "y", "wide", "z")]
        starts = [torch.ones_like(value).requires_grad_() for value in found]
        grads = torch.autograd.grad(found, leaves, starts, create_graph=True, allow_unused=True)
        grads = [grad for grad in grads if grad is not None]
        more = [torch.ones_like(grad).requires_grad_() for grad in grads]
        again = torch.autograd.grad(grads, leaves + starts, more, create_graph=True, allow_unused=True)
        log(case.strip(), [grad if grad is None else (grad.stride(), grad.grad_fn and _made_of(grad.grad_fn)) for grad in again])


def saved_versions(torch, log):
    """What recorded gradients save shows how often PyTorch's formulas wrote into it."""
    cases = """
    x.norm(3) | x.norm(1.5, dim=1) | x.norm() | torch.copysign(x, y) | torch.fmax(x, y) | torch.fmin(x, y) | torch.cdist(x, y)
    torch.clamp(x, y * 0, y * 0 + 0.5) | torch.combinations(x[0]) | torch.combinations(x[0], 1) | x.narrow(-1, 0, 1) | F.rms_norm(tall, [3, 2])
    """
    for case in cases.replace("\n", "|").split("|"):
        if not case.strip():
            continue
        given = _inputs(torch)
        found = eval(case.strip(), dict(given))
        leaves = [given[name] for name in ("x", "y", "tall")]
        start = torch.ones_like(found).requires_grad_()
        grads = torch.autograd.grad(found, leaves, start, create_graph=True, allow_unused=True)
        nodes = [found.grad_fn, *[grad.grad_fn for grad in grads if grad is not None and grad.grad_fn is not None]]
        for node in nodes:
            nodes.extend([following for following, _ in node.next_functions if following is not None and following not in nodes])
            for name in dir(node):
                if name.startswith("_saved"):
                    value = getattr(node, name)
                    if isinstance(value, torch.Tensor):
                        log(case.strip(), node.name(), name, value._version, value.stride(), value.grad_fn)
