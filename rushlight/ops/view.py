"""Operators whose results share their argument's memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import memory, views
from rushlight.ops.declare import op, view


def wrap_dim(dim: int, ndim: int) -> int:
    """A dimension number made non-negative; IndexError in PyTorch's words when out of range (0-d tensors have dim 0 and -1)."""
    count = max(ndim, 1)
    if not -count <= dim < count:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-count}, {count - 1}], but got {dim})")
    return dim + count if dim < 0 else dim


@op("as_strided_backward", kind="internal", tensors=("grad",))
def as_strided_backward(
    grad: Any, base_sizes: Any, base_strides: Any, base_offset: Any, size: Any, stride: Any, storage_offset: Any
) -> Any:
    """The gradient of as_strided: entries that share a memory cell add up (PyTorch's as_strided_backward)."""
    offset = storage_offset - base_offset
    length = max(memory.extent(base_sizes, base_strides), offset + memory.extent(size, stride))
    cells = np.zeros(length, grad.dtype)
    counts = None
    where = _cells(size, stride, offset)
    np.add.at(cells, where.reshape(-1), grad.reshape(-1))
    base = _cells(base_sizes, base_strides, 0)
    if np.unique(base).size != base.size:
        counts = np.zeros(length, np.int64)
        np.add.at(counts, base.reshape(-1), 1)
        cells = cells / np.maximum(counts, 1)
    return cells[base]


def _cells(size: Any, stride: Any, offset: int) -> Any:
    where = np.full((), offset, np.int64)
    for count, step in zip(size, stride):
        where = where[..., None] + np.arange(count, dtype=np.int64) * step
    return where.reshape(tuple(size))


@view(
    "as_strided",
    self=lambda grad, self_sym_sizes, self_sym_strides, self_sym_storage_offset, size, stride, storage_offset: as_strided_backward(
        grad, self_sym_sizes, self_sym_strides, self_sym_storage_offset, size, stride,
        self_sym_storage_offset if storage_offset is None else storage_offset,
    ),
)  # fmt: skip
def as_strided(self: Any, size: Any, stride: Any, storage_offset: Any = None) -> Any:
    """A view of the storage with the given sizes, strides and offset, all in elements."""
    offset = memory.storage_offset(self) if storage_offset is None else storage_offset
    item = self.itemsize
    return memory.strided(memory.root(self), self.dtype, tuple(size), [step * item for step in stride], offset * item)


views.STRIDED.op = as_strided
