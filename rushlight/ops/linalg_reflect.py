"""Products of Householder reflections, and their derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight.ops.carriers import REGISTRY, array_of, conj, wrap_like
from rushlight.ops.declare import composite, op
from rushlight.ops.later import later
from rushlight.ops.linalg import m_h, need_code, need_matrix, tril
from rushlight.ops.padding import constant_pad_nd
from rushlight.ops.pointwise import unimplemented
from rushlight.ops.view import unsqueeze
from rushlight.ops.view_parts import slice_tensor

kernels = later("kernels_linalg")


def _reflect(rows: Any, vector: Any, tau: Any) -> Any:
    return rows - tau * (vector @ (m_h(vector) @ rows))


def _eye(like: Any, rows: int, columns: int) -> Any:
    return wrap_like(like, np.eye(rows, columns, dtype=array_of(like).dtype))


def _product_backward(grad: Any, vectors: Any, tau: Any, start: Any, adjoint: bool) -> tuple[Any, Any, Any]:
    """The gradients of H1 H2 ... Hk @ start (of its adjoint's product, if asked for) by vectors, tau and start."""
    rows, columns = vectors.shape[-2:]
    count = tau.shape[-1]
    packed = tril(vectors, -1) + _eye(vectors, rows, columns)
    order = list(reversed(range(count))) if adjoint else list(range(count))
    parts = {at: slice_tensor(packed, -1, at, at + 1, 1) for at in order}
    factors = {at: unsqueeze(slice_tensor(tau, -1, at, at + 1, 1), -1) for at in order}
    if adjoint:
        factors = {at: conj(factor) for at, factor in factors.items()}
    states = [start]
    for at in reversed(order):
        states.append(_reflect(states[-1], parts[at], factors[at]))
    grad_parts: dict[int, Any] = {}
    grad_factors: dict[int, Any] = {}
    for step, at in enumerate(order):
        state, vector, factor = states[count - 1 - step], parts[at], factors[at]
        inner, outer = m_h(state) @ vector, m_h(grad) @ vector
        grad_parts[at] = -(conj(factor) * (grad @ inner)) - factor * (state @ outer)
        found = -(m_h(outer) @ inner)
        grad_factors[at] = conj(found) if adjoint else found
        grad = _reflect(grad, vector, conj(factor))
    if not count:
        return vectors * 0, tau * 0, grad
    cat = REGISTRY["cat"]
    grad_vectors = tril(cat([grad_parts[at] for at in range(count)], -1), -1)
    grad_tau = cat([REGISTRY["squeeze.dim"](grad_factors[at], -1) for at in range(count)], -1)
    return constant_pad_nd(grad_vectors, [0, columns - count], 0), grad_tau, grad


def _householder_backward(grad: Any, input: Any, tau: Any) -> tuple[Any, Any]:
    if 0 in input.shape or 0 in tau.shape:
        return None, None
    found = _product_backward(grad, input, tau, _eye(input, *input.shape[-2:]), False)
    return found[0], found[1]


@op(
    "linalg_householder_product", tensors=("self", "tau"),
    **{"self, tau": lambda grad, self, tau: _householder_backward(grad, self, tau)},
)  # fmt: skip
def householder_product(self: Any, tau: Any) -> Any:
    """The first columns of a product of Householder reflections."""
    need_matrix("torch.linalg.householder_product", self, "input")
    if self.shape[-2] < self.shape[-1]:
        raise RuntimeError("torch.linalg.householder_product: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if self.shape[-1] < tau.shape[-1]:
        raise RuntimeError("torch.linalg.householder_product: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    need_code("orgqr_cpu", self)
    return kernels.householder_product(self, tau)


@composite("orgqr")
def orgqr(self: Any, input2: Any) -> Any:
    """torch.orgqr: linalg.householder_product."""
    return householder_product(self, input2)


# ---------------------------------------------------------------- ormqr


def _check_ormqr(vectors: Any, tau: Any, other: Any, left: bool) -> None:
    for array, name in ((vectors, "input"), (other, "other")):
        if array.ndim < 2:
            raise RuntimeError(f"torch.ormqr: {name} must have at least 2 dimensions.")
    side = -2 if left else -1
    if other.shape[side] < tau.shape[-1]:
        raise RuntimeError(f"torch.ormqr: other.shape[{side}] must be greater than or equal to tau.shape[-1]")
    if other.shape[side] != vectors.shape[-2]:
        raise RuntimeError(f"torch.ormqr: other.shape[{side}] must be equal to input.shape[-2]")
    if tau.shape[-1] != min(other.shape[side], vectors.shape[-1]):
        raise RuntimeError(f"torch.ormqr: tau.shape[-1] must be equal to min(other.shape[{side}], input.shape[-1])")
    for array, name in ((tau, "tau"), (other, "other")):
        if array.dtype != vectors.dtype:
            raise RuntimeError(
                f"torch.ormqr: Expected input and {name} to have the same dtype, but input has dtype{dtypes.of(vectors).cpp} and {name} "
                f"has dtype {dtypes.of(array).cpp}"
            )
    if vectors.dtype.char not in "fdFD":
        raise NotImplementedError(unimplemented("ormqr_cpu") % dtypes.of(vectors).cpp)


def _ormqr_backward(grad: Any, vectors: Any, tau: Any, other: Any, left: bool, transpose: bool) -> tuple[Any, Any, Any]:
    if left:
        return _product_backward(grad, vectors, tau, other, transpose)
    grad_vectors, grad_tau, grad_other = _product_backward(m_h(grad), vectors, tau, m_h(other), not transpose)
    return grad_vectors, grad_tau, m_h(grad_other)


@op(
    "ormqr", tensors=("self", "input2", "input3"),
    **{
        "self, input2, input3": lambda grad, self, input2, input3, left, transpose: _ormqr_backward(
            grad, self, input2, input3, left, transpose
        )
    },
)  # fmt: skip
def ormqr(self: Any, input2: Any, input3: Any, left: bool = True, transpose: bool = False) -> Any:
    """A matrix times the product of Householder reflections."""
    _check_ormqr(self, input2, input3, left)
    return kernels.ormqr(self, input2, input3, left, transpose)
