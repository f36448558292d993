"""An operator's extra memory on large operands: none as large as an operand, as far as PyTorch needs none either."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

import rushlight as torch
from rushlight import nn

F = nn.functional
SIDE = 512
UNIT = SIDE * SIDE * 4  # the bytes of an operand

torch.manual_seed(0)
X, Y, Z = [torch.rand(SIDE, SIDE) * 0.8 + 0.1 for _ in range(3)]
EXPANDED = X[0].expand(SIDE, SIDE)
SIGNS = torch.where(Y > 0.5, 1.0, -1.0)
LABELS = torch.randint(0, SIDE, (SIDE, SIDE))
HALF = X.half()

# What is computed, and how many operands' sizes its peak may have beyond the result's.
FORWARD: dict[str, tuple[float, Callable[[], Any]]] = {
    # several steps for each element
    **{
        name: (0.3, lambda name=name: getattr(torch, name)(X))
        for name in "sigmoid rsqrt logit frac sign sinc nan_to_num asinh exp deg2rad reciprocal isposinf angle".split()
    },
    **{
        name: (0.3, lambda name=name: getattr(F, name)(X))
        for name in "relu6 elu selu celu leaky_relu silu softplus softshrink hardshrink hardtanh hardswish hardsigmoid".split()
    },
    "erf": (0.6, lambda: torch.erf(X)),
    "gelu": (0.6, lambda: F.gelu(X)),
    "lgamma": (0.6, lambda: torch.lgamma(X)),
    "digamma": (0.6, lambda: torch.digamma(X)),
    "add, alpha": (0.3, lambda: torch.add(X, Y, alpha=0.5)),
    "add, integers": (0.3, lambda: X + LABELS),
    "add, row": (0.3, lambda: torch.add(X, Y[0], alpha=0.5)),
    "add, expanded": (0.3, lambda: torch.add(EXPANDED, Y, alpha=0.5)),
    "clamp": (0.3, lambda: X.clamp(0.2, 0.8)),
    "clamp, tensors": (0.3, lambda: X.clamp(Y, Z)),
    "xlogy": (0.3, lambda: torch.xlogy(X, Y)),
    "half": (0.3, lambda: HALF.exp()),
    "half, two": (0.3, lambda: HALF * HALF),
    # written in place
    **{
        f"in place: {name}": (0.3, lambda name=name: getattr(Z, name)())
        for name in "sigmoid_ neg_ relu_ rsqrt_ frac_ sign_ square_".split()
    },
    "in place: add_": (0.3, lambda: Z.add_(Y)),
    "in place: add_, alpha": (0.3, lambda: Z.add_(Y, alpha=0.5)),
    "in place: mul_, row": (0.3, lambda: Z.mul_(Y[0])),
    "in place: sub_, integers": (0.3, lambda: Z.sub_(LABELS)),
    "in place: clamp_": (0.3, lambda: Z.clamp_(0.2, 0.8)),
    # reductions
    **{f"{name}, all": (0.3, lambda name=name: getattr(X, name)()) for name in "sum mean amax var std norm nansum any".split()},
    **{
        f"{name}, {dim}": (0.4, lambda name=name, dim=dim: getattr(X, name)(dim))
        for name in "sum var std logsumexp".split()
        for dim in (0, 1)
    },
    **{f"{name}, expanded": (0.3, lambda name=name: getattr(EXPANDED, name)(1)) for name in "sum mean amax var logsumexp".split()},
    **{
        f"norm {order}, {dim}": (0.3, lambda order=order, dim=dim: torch.linalg.vector_norm(X, order, dim))
        for order in (0, 1, 2.5, 3, float("inf"))
        for dim in (None, 0, 1)
    },
    "softmax": (0.3, lambda: X.softmax(1)),
    "log_softmax": (0.3, lambda: X.log_softmax(1)),
    "log_softmax, 0": (0.3, lambda: X.log_softmax(0)),
    # losses: PyTorch makes the elements' losses too
    **{
        f"{name}, {reduction}": (
            1.3 if reduction == "mean" else 0.3,
            lambda name=name, reduction=reduction: getattr(F, name)(X, Y, reduction=reduction),
        )
        for name in "smooth_l1_loss huber_loss soft_margin_loss binary_cross_entropy mse_loss".split()
        for reduction in ("mean", "none")
    },
    # pairs of rows: one row of the first operand and all of the second at a time
    "cdist": (3.5, lambda: torch.cdist(X, Y)),
    "cdist, p=1": (3.5, lambda: torch.cdist(X, Y, 1.0)),
    "multilabel_margin_loss": (8, lambda: F.multilabel_margin_loss(X, LABELS)),
}
# Gradients: what a backward pass may have at its peak beyond the gradients that it gives.
BACKWARD: dict[str, tuple[float, Callable[[Any, Any], Any]]] = {
    **{
        name: (0.5, lambda x, y, name=name: getattr(torch, name)(x))
        for name in "abs acos asinh atan log2 log1p reciprocal rsqrt sqrt square tan erf digamma sinc".split()
    },
    **{
        f"F.{name}": (0.5, lambda x, y, name=name: getattr(F, name)(x))
        for name in "elu celu leaky_relu silu gelu mish softplus hardswish hardsigmoid logsigmoid".split()
    },
    "mul, row": (1.3, lambda x, y: x * y[0]),
    "pow": (0.5, lambda x, y: x**y),
    "hypot": (0.5, lambda x, y: torch.hypot(x, y)),
    "maximum": (0.5, lambda x, y: torch.maximum(x, y)),
    "written": (1.5, lambda x, y: x.clone().sin_().mul_(y).sigmoid_()),
}


def extra(run: Callable[[], Any]) -> float:
    """The peak of memory during a call less what its results have, in operands."""
    tracemalloc.start()
    try:
        found = run()
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found is not None
    return (peak - kept) / UNIT


@pytest.mark.parametrize("name", FORWARD)
def test_forward(name: str) -> None:
    bound, run = FORWARD[name]
    run()  # what is allocated once
    assert extra(run) < bound


@pytest.mark.parametrize("name", BACKWARD)
def test_backward(name: str) -> None:
    bound, run = BACKWARD[name]
    x, y = X.clone().requires_grad_(), Y.clone().requires_grad_()
    ones = torch.ones(SIDE, SIDE)
    first, second = run(x, y), run(x, y)
    torch.autograd.grad(first, [x, y], ones, allow_unused=True)
    assert extra(lambda: torch.autograd.grad(second, [x, y], ones, allow_unused=True)) < bound


@pytest.mark.parametrize("name", ["remainder_", "fmod_", "floor_divide_"])
def test_a_write_that_fails_changes_nothing(name: str) -> None:
    x, y = torch.arange(SIDE * SIDE), torch.full((SIDE * SIDE,), 3)
    y[-1] = 0
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        getattr(x, name)(y)
    assert torch.equal(x, torch.arange(SIDE * SIDE)) and x._version == 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_gradients_of_large_tensors_are_those_of_their_rows(dtype: torch.dtype) -> None:
    for function in (F.logsigmoid, F.softplus, F.elu, F.mish, torch.special.entr):
        whole = Y.detach().to(dtype, copy=True).requires_grad_()
        function(whole).sum().backward()
        for rows in (0, SIDE - 1):
            part = Y.detach()[rows : rows + 1].to(dtype, copy=True).requires_grad_()
            function(part).sum().backward()
            assert torch.equal(whole.grad[rows : rows + 1], part.grad), function


@pytest.mark.parametrize("name", ["sigmoid", "gelu, row", "var", "norm", "written", "odd order"])
def test_blocks_change_no_bit(name: str) -> None:
    run: dict[str, Callable[[Any, Any], Any]] = {
        "sigmoid": lambda x, y: x.sigmoid(),
        "gelu, row": lambda x, y: F.gelu(x) + torch.add(x, y[0], alpha=0.3),
        "var": lambda x, y: x.var(1),
        "norm": lambda x, y: torch.linalg.vector_norm(x, 3, 1),
        "written": lambda x, y: x.clone().add_(y, alpha=0.3).sigmoid_(),
        "odd order": lambda x, y: torch.hypot(x.t(), y).erf(),
    }
    whole = run[name](X, Y)
    rows = SIDE // 8  # below what is cut into blocks
    if name == "odd order":
        parts = [run[name](X[:, i : i + rows], Y[i : i + rows]) for i in range(0, SIDE, rows)]
    else:
        parts = [run[name](X[i : i + rows], Y[i : i + rows] if name == "written" else Y) for i in range(0, SIDE, rows)]
    assert torch.equal(whole, torch.cat(parts))
