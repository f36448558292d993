"""lerp: between two tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.memory import in_step
from rushlight._core.promotion import check_shapes
from rushlight.ops.carriers import conj, number_less, scaled
from rushlight.ops.declare import op
from rushlight.ops.pointwise import CPP_NAMES, unimplemented


def _same_dtype(self: Any, value: Any, name: str) -> None:
    expected, found = dtypes.of(self), dtypes.of(value)
    if expected is not found:
        first, second = (CPP_NAMES.get(entry.cpp, entry.cpp) for entry in (expected, found))
        raise RuntimeError(f"expected dtype {first} for `{name}` but got dtype {second}")


def _interpolate(self: Any, end: Any, weight: Any, kernel: str) -> Any:
    """self + weight * (end - self), from the nearer end."""
    found = dtypes.of(self)
    if found.category < dtypes.FLOATING:
        raise NotImplementedError(unimplemented(kernel) % found.cpp)
    operands = [value for value in (self, end, weight) if isinstance(value, np.ndarray)]
    try:
        if found.itemsize > 2:
            made = _nearer(self, end, weight)
        else:
            narrow = [value.astype(np.float32) if isinstance(value, np.ndarray) else value for value in (self, end, weight)]
            made = _nearer(*narrow).astype(found.np_dtype)
    except ValueError:
        check_shapes([self, end, weight])
        raise
    return in_step(made, operands) if made.ndim > 1 else made


def _nearer(self: Any, end: Any, weight: Any) -> Any:
    difference = end - self
    if isinstance(weight, np.ndarray):
        return np.where(np.abs(weight) < 0.5, self + weight * difference, end - difference * (1 - weight))
    return self + weight * difference if abs(weight) < 0.5 else end - difference * (1 - weight)


@op(
    "lerp.Scalar", tensors=("self", "end"), kind="pointwise",
    self=lambda grad, weight: scaled(grad, 1 - conj(weight)),
    end=lambda grad, weight: scaled(grad, conj(weight)),
)  # fmt: skip
def lerp_scalar(self: Any, end: Any, weight: Any) -> Any:
    """self + weight * (end - self)."""
    _same_dtype(self, end, "end")
    return _interpolate(self, end, weight, "lerp_kernel_scalar")


@op(
    "lerp.Tensor", tensors=("self", "end", "weight"), kind="pointwise", grad_fn="LerpBackward1",
    self=lambda grad, weight: grad * conj(number_less(1, weight)),
    end=lambda grad, weight: grad * conj(weight),
    weight=lambda grad, self, end: grad * conj(end - self),
)  # fmt: skip
def lerp(self: Any, end: Any, weight: Any) -> Any:
    """self + weight * (end - self)."""
    _same_dtype(self, end, "end")
    _same_dtype(self, weight, "weight")
    return _interpolate(self, end, weight, "lerp_kernel_tensor")
