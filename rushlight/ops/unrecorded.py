"""Results that PyTorch computes but refuses to record."""

from __future__ import annotations

from typing import Any

from rushlight._core import dtypes
from rushlight._core.op import Op
from rushlight.ops.declare import REGISTRY

NO_COMPLEX = "_log_softmax _softmax cummax cummin kthvalue median median.dim mode nan_to_num nanmedian nanmedian.dim silu conv_tbc".split()
NO_INTEGERS = "sum sum.dim_IntList prod prod.dim_int cumsum cumprod nansum".split()


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


def _set(names: list[str], make: Any) -> None:
    for name in names:
        found = REGISTRY.get(name)
        if isinstance(found, Op):
            found.record_rule = make(found.name)
            if found.promotes:  # complex operands take the general path, which looks at the rule
                found.direct = "".join(char for char in found.direct if char not in "FD")


_set(NO_COMPLEX, _refuse_complex)
_set(NO_INTEGERS, lambda name: refuse_integers)
