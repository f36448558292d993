"""Results that PyTorch computes but refuses to record."""

from __future__ import annotations

from typing import Any

from rushlight._core import dtypes

NO_COMPLEX = frozenset(
    "_log_softmax _softmax cummax cummin kthvalue median median.dim mode nan_to_num nanmedian nanmedian.dim silu conv_tbc".split()
)
NO_INTEGERS = frozenset("sum sum.dim_IntList prod prod.dim_int cumsum cumprod nansum".split())


def _refuse_complex(name: str) -> Any:
    def rule(array: Any) -> None:
        if array.dtype.kind == "c":
            raise RuntimeError(f"{name} does not support automatic differentiation for outputs with complex dtype.")

    return rule


def refuse_integers(array: Any) -> None:
    """Refuse a result whose dtype= argument made it an integer."""
    dtype = dtypes.of(array)
    if dtype.category < dtypes.FLOATING:
        raise RuntimeError(f"Autograd not support dtype: {dtype.cpp}")


def rule(spec: str, name: str) -> Any:
    """What an operator does with a result that is to be recorded: called with its array, it raises; None for most operators."""
    if spec in NO_COMPLEX:
        return _refuse_complex(name)
    return refuse_integers if spec in NO_INTEGERS else None
