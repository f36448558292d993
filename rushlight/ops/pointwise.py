"""Arithmetic and comparison."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight.ops.carriers import conj, is_complex, zeros_like
from rushlight.ops.declare import COMPARE, EVERY, FLOAT, FLOATS, INTEGERS, NUMBERS, REALS, pointwise


# ---------------------------------------------------------------- dtypes that operators refuse


def no_bool(text: str) -> Any:
    """A check that refuses bool operands with PyTorch's text."""

    def check(dtype: dtypes.dtype) -> None:
        if dtype is dtypes.bool_:
            raise RuntimeError(text)

    return check


def no_complex(name: str) -> Any:
    """A check that refuses complex operands of the kernel called `name`."""

    def check(dtype: dtypes.dtype) -> None:
        if dtype.is_complex:
            raise RuntimeError(f'"{name}" not implemented for \'{dtype.cpp}\'')

    return check


_SUB_BOOL = (
    "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
)
_NEG_BOOL = (
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
    "`logical_not()` operator instead."
)

# ---------------------------------------------------------------- arithmetic


def _scaled(value: Any, alpha: Any) -> Any:
    return value if alpha == 1 and not isinstance(alpha, bool) else value * alpha


def _add(self: Any, other: Any, *, alpha: Any = 1) -> Any:
    return np.add(self, other) if alpha == 1 else np.add(self, np.multiply(other, alpha, dtype=other.dtype, casting="unsafe"))


def _sub(self: Any, other: Any, *, alpha: Any = 1) -> Any:
    return np.subtract(self, other) if alpha == 1 else np.subtract(self, np.multiply(other, alpha, dtype=other.dtype, casting="unsafe"))


def _rsub(self: Any, other: Any, alpha: Any = 1) -> Any:
    return _sub(other, self, alpha=alpha)


add = pointwise(
    "add.Tensor", _add, direct=EVERY, direct_kernel=np.add,
    self=lambda grad: grad,
    other=lambda grad, alpha: _scaled(grad, conj(alpha)),
)  # fmt: skip
sub = pointwise(
    "sub.Tensor", _sub, check=no_bool(_SUB_BOOL), direct_kernel=np.subtract,
    self=lambda grad: grad,
    other=lambda grad, alpha: _scaled(-grad, conj(alpha)),
)  # fmt: skip
rsub = pointwise(
    "rsub.Tensor", _rsub, check=no_bool(_SUB_BOOL), direct="",
    self=lambda grad, alpha: _scaled(-grad, conj(alpha)),
    other=lambda grad: grad,
)  # fmt: skip
rsub_scalar = pointwise(
    "rsub.Scalar", _rsub, check=no_bool(_SUB_BOOL), direct="", grad_fn="RsubBackward1",
    self=lambda grad, alpha: _scaled(-grad, conj(alpha)),
)  # fmt: skip
mul = pointwise(
    "mul.Tensor", np.multiply, direct=EVERY,
    self=lambda grad, other: grad * conj(other),
    other=lambda grad, self: grad * conj(self),
)  # fmt: skip
div = pointwise(
    "div.Tensor", np.true_divide, computes=FLOAT,
    self=lambda grad, other: grad / conj(other),
    other=lambda grad, self, other: -grad * conj((self / other) / other),
)  # fmt: skip
neg = pointwise("neg", np.negative, check=no_bool(_NEG_BOOL), self=lambda grad: -grad)
