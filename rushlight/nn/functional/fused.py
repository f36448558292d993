"""Several steps as one function: products in groups, a linear layer with the loss of its outputs."""

from __future__ import annotations

import warnings
from typing import Any

from rushlight._core.dtypes import int64
from rushlight.nn.functional._operators import operator as _op
from rushlight.nn.functional.loss import cross_entropy

__all__ = ["grouped_mm", "linear_cross_entropy"]


def grouped_mm(mat_a: Any, mat_b: Any, *, offs: Any = None, bias: Any = None, out_dtype: Any = None) -> Any:
    """Products of groups of matrices: the layers of experts. `offs` (int32) says where each group of rows, columns or summands ends."""
    return _op("_grouped_mm")(mat_a, mat_b, offs=offs, bias=bias, out_dtype=out_dtype)


def linear_cross_entropy(
    input: Any, linear_weight: Any, target: Any, *, linear_bias: Any = None, weight: Any = None, reduction: str = "mean",
    ignore_index: int | None = None, label_smoothing: float = 0.0, options: Any = None,
) -> Any:  # fmt: skip
    """cross_entropy of the logits input @ linear_weight.T + linear_bias; linear_weight is (classes, *more, features)."""
    if input.dim() not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {input.dim()}")
    if linear_weight.dim() < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {linear_weight.dim()}")
    *sizes, features = linear_weight.shape
    if input.shape[-1] != features:
        raise RuntimeError(
            "expected equal input and linear_weight last dimensions (in_features), got "
            f"{input.shape[-1]} and {features}, respectively"
        )
    if linear_bias is not None and tuple(linear_bias.shape) != tuple(sizes):
        raise RuntimeError(f"expected linear_bias shape {tuple(sizes)}, got {tuple(linear_bias.shape)}")
    if len(sizes) > 1 and input.dim() == 1:
        raise RuntimeError(
            f"K-dimensional loss defined by linear_weight shape {tuple(linear_weight.shape)} requires batched input, (N, {features}), got "
            f"unbatched input with shape {tuple(input.shape)}"
        )
    if ignore_index is not None and tuple(target.shape) == (*input.shape[:-1], *sizes):
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    if options is not None:
        _check_options(reduction, label_smoothing, target, tuple(sizes[1:]), linear_bias)
    flat_weight = linear_weight if len(sizes) == 1 else linear_weight.reshape(-1, features)
    flat_bias = linear_bias if linear_bias is None or len(sizes) == 1 else linear_bias.reshape(-1)
    logits = _op("linear")(input, flat_weight, flat_bias)
    if len(sizes) > 1:
        logits = logits.unflatten(-1, sizes)
    return cross_entropy(
        logits, target, weight=weight, ignore_index=-100 if ignore_index is None else ignore_index, reduction=reduction,
        label_smoothing=label_smoothing,
    )  # fmt: skip


def _check_options(reduction: str, label_smoothing: float, target: Any, more: tuple[int, ...], linear_bias: Any) -> None:
    """Warn as PyTorch does where its way in chunks, which the options are for, does not take a call."""
    if reduction in ("mean", "sum", "none") and label_smoothing == 0.0 and target.dtype == int64 and not more:
        return
    warnings.warn(
        "linear_cross_entropy: ``options`` ignored; chunked path needs reduction in {'mean','sum','none'}, label_smoothing == 0, "
        f"target.dtype == int64, out_features == (). Got reduction={reduction!r}, label_smoothing={label_smoothing}, "
        f"target.dtype={target.dtype}, out_features={more}, tracing=False, "
        f"linear_bias.shape={tuple(linear_bias.shape) if linear_bias is not None else None}.",
        stacklevel=3,
    )
