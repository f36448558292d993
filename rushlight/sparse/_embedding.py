"""Sparse gradients of strided tensors: of embedding, embedding_bag and gather."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core.tensor import TensorBase
from rushlight.sparse._coordinates import from_parts
from rushlight.sparse._layout import strided


def _tensors_only(grad: Any) -> None:
    if not isinstance(grad, TensorBase):
        raise NotImplementedError("rushlight has no sparse gradients inside this transform")


def backward(grad: Any, indices: Any, sizes: Any, padding_idx: Any, scale_grad_by_freq: Any) -> Any:
    """The gradient of an embedding's weight: a row for each look-up."""
    _tensors_only(grad)
    if scale_grad_by_freq:
        raise RuntimeError("embedding_backward: scale_grad_by_freq not supported with sparse gradients")
    if padding_idx is not None and padding_idx >= 0:
        kept = strided(np.flatnonzero(indices._array.reshape(-1) != padding_idx))
        grad = grad.reshape(-1, grad.shape[-1]).index_select(0, kept)
        indices = indices.reshape(-1).index_select(0, kept)
    index = indices.reshape(1, -1).long()
    if index is indices:
        index = index.detach()
    return from_parts.apply([index, grad.reshape(index.shape[1], *sizes[1:]), tuple(sizes), False])


def bag_backward(
    grad: Any, indices: Any, offset2bag: Any, bag_size: Any, sizes: Any, scale_grad_by_freq: Any, mode: int, weights: Any, padding_idx: Any
) -> Any:
    """The gradient of an embedding bag's weight: a row for each look-up."""
    _tensors_only(grad)
    if mode == 2:
        raise RuntimeError("embedding_bag: max mode does not support sparse weights")
    bag = strided(np.asarray(offset2bag).astype(np.int64))
    rows = grad.index_select(0, bag)
    if mode == 1:
        rows = rows / bag_size.clamp(min=1).index_select(0, bag).to(rows.dtype).unsqueeze(1)
    if weights is not None:
        rows = rows * weights.unsqueeze(1)
    return backward(rows, indices, sizes, padding_idx, scale_grad_by_freq)


def gather_backward(grad: Any, self: Any, dim: int, index: Any) -> Any:
    """The gradient of gather's input: an entry for each element of the index."""
    _tensors_only(grad)
    if not self.ndim:
        return from_parts.apply([strided(np.zeros((0, grad.numel()), np.int64)), grad.reshape(-1), self.shape, False])
    places = np.indices(index._array.shape).reshape(index.ndim, -1)
    places[dim % self.ndim] = index._array.reshape(-1)
    return from_parts.apply([strided(places.astype(np.int64)), grad.reshape(-1), self.shape, False])
