"""Indexing where a mask says which indices count: the others may lie outside the tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight.ops import carriers, copying
from rushlight.ops.declare import op
from rushlight.ops.index import index, kept, put


def _clamped(self: Any, indices: Any) -> list[Any]:
    """The indices, each within its dimension."""
    return [None if entry is None else np.clip(entry, -size, size - 1) for entry, size in zip(indices, self.shape)]


@op(
    "_unsafe_masked_index", tensors=("self", "mask", "indices"),
    self=lambda grad, self, mask, indices: unsafe_masked_index_put_accumulate(carriers.zeros(grad, self.shape), mask, indices, grad),
)  # fmt: skip
def unsafe_masked_index(self: Any, mask: Any, indices: Any, fill: Any) -> Any:
    """self[indices], with `fill` where the mask is false."""
    if not self.size:
        return np.full(mask.shape, fill, self.dtype)
    found = np.array(index.kernel(self, _clamped(self, indices)))
    np.copyto(found, np.asarray(copying.number_in(fill, self.dtype)).astype(self.dtype), where=~mask)
    return found


@op(
    "_unsafe_masked_index_put_accumulate", tensors=("self", "mask", "indices", "values"), self=lambda grad: grad,
    values=lambda grad, mask, indices: unsafe_masked_index(grad, mask, indices, 0),
)  # fmt: skip
def unsafe_masked_index_put_accumulate(self: Any, mask: Any, indices: Any, values: Any) -> Any:
    """A copy with values added where the indices say and the mask is true."""
    found = kept(self)
    if self.size:
        put(found, _clamped(self, indices), np.where(mask, values, values.dtype.type(0)), True)
    return found
