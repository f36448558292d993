"""Weights as direction and norm: _weight_norm and the fused operator below it."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.tensor import shape_text
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.normalization_kernels import only, widened


def _others(ndim: int, dim: int) -> tuple[int, ...]:
    return tuple(axis for axis in range(ndim) if axis != dim)


def _gradients(grad: Any, v: Any, g: Any, result1: Any, dim: Any, output_mask: Any) -> Any:
    norms = result1 if result1.dtype == v.dtype else REGISTRY["_to_copy"](result1, dtype=v.dtype)
    along = REGISTRY["sum.dim_IntList"](grad * v, _others(v.ndim, dim), True)
    of_v = g / norms * grad - g / (norms * norms * norms) * v * along if output_mask[0] else None
    return only([of_v, along / norms], output_mask)


@op(
    "_weight_norm_interface", grad_fn="WeightNormInterfaceBackward0", tensors=("v", "g"), outputs=("result0", "result1"), pack=tuple,
    **{"v, g": _gradients},
)  # fmt: skip
def weight_norm_interface(v: Any, g: Any, dim: Any = 0) -> Any:
    """v with norms g over all dimensions but `dim`, the first or last one; the norms that v has."""
    if v.dtype != g.dtype:
        raise RuntimeError("weight_norm: expected v and g to have the same dtype")
    name = dtypes.of(v).name
    if name not in ("float32", "float64", "bfloat16", "float16"):
        raise NotImplementedError(f"\"weight_norm_kernel\" not implemented for '{dtypes.of(v).cpp}'")
    if dim not in (0, v.ndim - 1):
        raise RuntimeError("fused kernels can only be applied for first or last dim")
    wide = widened(v)
    norms = np.sqrt(np.square(wide).sum(axis=_others(v.ndim, dim), keepdims=True))
    if norms.shape != g.shape:
        raise RuntimeError(f"weight_norm: expected g of size {shape_text(norms.shape)}, but got {shape_text(g.shape)}")
    return (wide * (widened(g) / norms)).astype(v.dtype, copy=False), norms


@composite("_weight_norm")
def weight_norm(v: Any, g: Any, dim: Any = 0) -> Any:
    """v with norms g over all dimensions but `dim`; over all of them for dim=-1."""
    if dim == 0 or dim == v.ndim - 1:
        return weight_norm_interface(v, g, dim)[0]
    return v * (g / REGISTRY["norm_except_dim"](v, 2, dim))
