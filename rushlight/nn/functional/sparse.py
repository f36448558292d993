"""Look-ups in tables of vectors."""

from __future__ import annotations

import warnings
from typing import Any

from rushlight.nn.functional._operators import operator as _op


def _wrapped(padding_idx: int, weight: Any) -> int:
    """padding_idx from the start of the table."""
    if padding_idx > 0 and not padding_idx < weight.size(0) or padding_idx < 0 and not padding_idx >= -weight.size(0):
        raise AssertionError("Padding_idx must be within num_embeddings")
    return padding_idx + weight.size(0) if padding_idx < 0 else padding_idx


def _renormalized(weight: Any, input: Any, max_norm: float, norm_type: float) -> None:
    from rushlight.autograd.grad_mode import no_grad

    with no_grad():
        _op("embedding_renorm_")(weight, input, max_norm, norm_type)


def embedding(
    input: Any, weight: Any, padding_idx: int | None = None, max_norm: float | None = None, norm_type: float = 2.0,
    scale_grad_by_freq: bool = False, sparse: bool = False,
) -> Any:  # fmt: skip
    """The rows of `weight` at `input`; rows longer than max_norm are shortened first."""
    padding = -1 if padding_idx is None else _wrapped(padding_idx, weight)
    if max_norm is not None:
        input = input.contiguous()
        _renormalized(weight, input, max_norm, norm_type)
    return _op("embedding")(weight, input, padding, scale_grad_by_freq, sparse)


_MODES = {"sum": 0, "mean": 1, "max": 2}


def _flat_bags(input: Any, offsets: Any, per_sample_weights: Any, include_last_offset: bool) -> tuple[Any, Any, Any]:
    """Input, offsets and weights of samples in one dimension."""
    if per_sample_weights is not None and input.size() != per_sample_weights.size():
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the same shape as the "
            f"input ({input.shape})"
        )
    dims = input.dim()
    if dims not in (1, 2):
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {dims}")
    if dims == 1:
        if offsets is None:
            raise ValueError("offsets has to be a 1D Tensor but got None")
        if offsets.dim() != 1:
            raise ValueError("offsets has to be a 1D Tensor")
        return input, offsets, per_sample_weights
    if offsets is not None:
        raise ValueError(
            "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found "
            "offsets of type " + str(type(offsets))
        )
    end = input.numel() + (1 if include_last_offset else 0)  # the last offset is the end of the last bag
    offsets = _op("arange")(0, end, input.size(1), dtype=input.dtype, device=input.device)
    return input.reshape(-1), offsets, None if per_sample_weights is None else per_sample_weights.reshape(-1)


def embedding_bag(
    input: Any, weight: Any, offsets: Any = None, max_norm: float | None = None, norm_type: float = 2, scale_grad_by_freq: bool = False,
    mode: str = "mean", sparse: bool = False, per_sample_weights: Any = None, include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Any:  # fmt: skip
    """Sums, means or maxima of bags of rows of `weight`."""
    if weight.dtype == _long() and input.is_floating_point():
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is deprecated, and "
            "should now be `embedding_bag(input, weight, ...)`.",
            stacklevel=2,
        )
        input, weight = weight, input
    input, offsets, per_sample_weights = _flat_bags(input, offsets, per_sample_weights, include_last_offset)
    number = _MODES.get(mode)
    if number is None:
        raise ValueError("mode has to be one of sum, mean or max")
    if number == 2:
        if scale_grad_by_freq:
            raise ValueError("max mode does not support scaling the gradient by the frequency")
        if sparse:
            raise ValueError("max mode does not support sparse weights")
    if max_norm is not None:
        _renormalized(weight, input, max_norm, norm_type)
    if per_sample_weights is not None and number:
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
            f"mode='{mode}'). Please open a feature request on GitHub."
        )
    return _op("embedding_bag")(
        weight, input, offsets, scale_grad_by_freq, number, sparse, per_sample_weights, include_last_offset, padding_idx
    )[0]


def _long() -> Any:
    from rushlight._core.dtypes import int64

    return int64
