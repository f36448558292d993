"""embedding and embedding_bag: rows of a table, looked up or added up."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes, loops
from rushlight._core.tensor import TensorBase
from rushlight.ops import writing
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.normalization_kernels import widened
from rushlight.ops.pointwise import no_derivative
from rushlight.ops.sparse_layer import sparse_module

SUM, MEAN, MAX = 0, 1, 2


def _check_index_type(indices: Any, number: int, name: str, function: str) -> None:
    if dtypes.of(indices).name not in ("int64", "int32"):
        raise RuntimeError(
            f"Expected tensor for argument #{number} '{name}' to have one of the following scalar types: Long, Int; but got "
            f"{dtypes.type_text(indices)} instead (while checking arguments for {function})"
        )


_native_add = loops.helper("add_lines")


def add_rows(result: Any, index: Any, rows: Any) -> None:
    """result[index[i]] += rows[i] for every i, in order; much faster than np.add.at."""
    if not index.size or _native_add(result, 0, index, rows, False) is not None:
        return
    order = np.argsort(index, kind="stable")
    ordered = index[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    result[ordered[starts]] += np.add.reduceat(rows[order], starts, axis=0)


# ---------------------------------------------------------------- embedding


def _dense_twice(grad: Any, indices: Any, padding_idx: int, columns: int) -> Any:
    """What the gradient of a table's gradient looks up: rows, zero at the padding index."""
    found = REGISTRY["index_select"](grad, 0, indices.reshape((-1,)))
    if padding_idx >= 0:
        mask = (indices != padding_idx).reshape((-1, 1))
        found = REGISTRY["where.self"](mask, found, 0)
    return found.reshape((*indices.shape, columns))


@op(
    "embedding_dense_backward", tensors=("grad_output", "indices"),
    grad_output=lambda grad, grad_output_sym_sizes, indices, padding_idx: _dense_twice(
        grad, indices, padding_idx, grad_output_sym_sizes[-1]
    ),
)  # fmt: skip
def embedding_dense_backward(
    grad_output: Any, indices: Any, num_weights: Any, padding_idx: Any, scale_grad_by_freq: Any
) -> Any:
    """Each row's gradient is the sum of those of its look-ups (or their mean); the padding row has none."""
    columns = grad_output.shape[-1]
    rows = widened(grad_output).reshape(-1, columns)
    index = indices.reshape(-1)
    if padding_idx >= 0:
        kept = index != padding_idx
        rows, index = rows[kept], index[kept]
    result = np.zeros((num_weights, columns), rows.dtype)
    if scale_grad_by_freq and index.size:
        counts = np.bincount(index, minlength=num_weights)
        rows = rows / counts[index][:, None].astype(rows.dtype)
    add_rows(result, index, rows)
    return narrowed(result, grad_output.dtype)


def _embedding_formula(
    grad: Any, indices: Any, weight_sym_sizes: Any, padding_idx: Any, scale_grad_by_freq: Any, sparse: Any
) -> Any:
    if sparse:
        return sparse_module("_embedding").backward(grad, indices, weight_sym_sizes, padding_idx, scale_grad_by_freq)
    return embedding_dense_backward(grad, indices, weight_sym_sizes[0], padding_idx, scale_grad_by_freq)


@op("embedding", tensors=("weight", "indices"), weight=_embedding_formula)
def embedding(weight: Any, indices: Any, padding_idx: Any = -1, scale_grad_by_freq: Any = False, sparse: Any = False) -> Any:
    """The rows of `weight` at `indices`."""
    if sparse:
        sparse_module("_dispatch").install()
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    _check_index_type(indices, 1, "indices", "embedding")
    if indices.size:
        low, high = indices.min(), indices.max()
        if low < 0 or high >= weight.shape[0]:
            raise IndexError("index out of range in self")
    return np.take(weight, indices, axis=0)


def _write_renorm(self: Any, indices: Any, max_norm: Any, norm_type: Any) -> None:
    _check_index_type(indices, 2, "indices", "embedding_renorm_")
    index = np.unique(indices)
    if index.size and (index[0] < 0 or index[-1] >= self.shape[0]):
        raise IndexError("index out of range in self")
    if dtypes.of(self).category < dtypes.FLOATING:
        raise RuntimeError(f"norm(): input dtype should be either floating point or complex. Got {dtypes.of(self).cpp} instead.")
    rows = widened(self[index])
    if norm_type == math.inf:
        norms = np.abs(rows).max(axis=1)
    else:
        norms = np.power(np.power(np.abs(rows), norm_type).sum(axis=1), 1 / norm_type)
    large = norms > max_norm
    scale = (max_norm / (norms[large] + 1e-7)).astype(rows.dtype)
    self[index[large]] = rows[large] * scale[:, None]


_renorm = op(
    "embedding_renorm", tensors=("self", "indices"), grad_fn="NotImplemented", self=no_derivative("embedding_renorm_")
)(lambda self, indices, max_norm, norm_type: writing_copy(self, indices, max_norm, norm_type))  # fmt: skip


def writing_copy(self: Any, *values: Any) -> Any:
    """embedding_renorm_ on a copy."""
    found = self.copy()
    _write_renorm(found, *values)
    return found


writing.in_place(_renorm, "embedding_renorm_", _write_renorm)


# ---------------------------------------------------------------- embedding_bag


def _bags_of(offsets: Any, count: int, include_last_offset: bool) -> tuple[Any, int]:
    """The bag of each index, and how many bags there are."""
    bags = offsets.size - 1 if include_last_offset else offsets.size
    ends = np.append(offsets[1:], count) if not include_last_offset else offsets[1:]
    sizes = np.maximum(ends[:bags] - offsets[:bags], 0)
    found = np.repeat(np.arange(bags), sizes)
    if found.size > count:
        raise RuntimeError(
            "Expected i < index_size to be true, but got false.  (Could this error message be improved?  If so, please report an "
            "enhancement request to PyTorch.)"
        )
    if found.size < count:  # PyTorch gives what lies behind the last offset to the last bag
        found = np.append(found, np.full(count - found.size, max(bags - 1, 0)))
    return found, bags


def _check_bag(weight: Any, indices: Any, offsets: Any, per_sample_weights: Any, mode: int, include_last_offset: bool) -> None:
    _check_index_type(indices, 1, "indices", "embedding_bag")
    _check_index_type(offsets, 1, "offsets", "embedding_bag")
    if include_last_offset and not offsets.size:
        raise RuntimeError("include_last_offset: number of offset should be at least 1")
    if dtypes.of(weight).category != dtypes.FLOATING:
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have one of the following scalar types: Half, BFloat16, Float, Double; but got "
            f"{dtypes.type_text(weight)} instead (while checking arguments for embedding_bag)"
        )
    if offsets.size:
        if offsets[0] != 0:
            raise RuntimeError(
                "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got "
                f"{offsets[0]}\n[ torch.LongTensor{{}} ]"
            )
        if offsets[-1] > indices.size:
            raise RuntimeError(
                f"offsets[-1] can not be greater than input's length {indices.size} but got offsets[-1] of {offsets[-1]}"
            )
    if per_sample_weights is not None:
        _check_samples(weight, indices, per_sample_weights, mode)
    bad = (indices < 0) | (indices >= weight.shape[0])
    if bad.any():
        place = int(bad.argmax())
        raise RuntimeError(f"Index {place} of input takes value {indices[place]} which is not in the valid range [0, {weight.shape[0]})")


def _check_samples(weight: Any, indices: Any, per_sample_weights: Any, mode: int) -> None:
    if mode != SUM:
        raise RuntimeError("embedding_bag: per_sample_weights only supported with mode='sum'")
    if weight.dtype != per_sample_weights.dtype:
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 'per_sample_weights'; but type "
            f"{dtypes.type_text(weight)} does not equal {dtypes.type_text(per_sample_weights)} (while checking arguments for embedding_bag)"
        )


def _bag_max(rows: Any, index: Any, bag: Any, bags: int) -> tuple[Any, Any]:
    """The largest element of each column over each bag, and the index it comes from."""
    columns = rows.shape[1]
    found, chosen = np.zeros((bags, columns), rows.dtype), np.zeros((bags, columns), np.int64)
    for number in np.unique(bag):
        members = np.flatnonzero(bag == number)
        place = rows[members].argmax(axis=0)
        found[number] = rows[members[place], np.arange(columns)]
        chosen[number] = index[members[place]]
    return found, chosen


def _bag_forward(
    weight: Any, indices: Any, offsets: Any, scale_grad_by_freq: Any = False, mode: Any = SUM, sparse: Any = False,
    per_sample_weights: Any = None, include_last_offset: Any = False, padding_idx: Any = -1,
) -> Any:  # fmt: skip
    """Sums, means or maxima of bags of rows; the bag of each index, the bags' sizes, and the indices of maxima."""
    if sparse:
        sparse_module("_dispatch").install()
    _check_bag(weight, indices, offsets, per_sample_weights, mode, include_last_offset)
    bag, bags = _bags_of(offsets, indices.size, include_last_offset)
    kept = indices != padding_idx if padding_idx >= 0 else np.ones(indices.size, bool)
    if not bags:
        kept[:] = False
    index, group = indices[kept], bag[kept]
    rows = widened(weight[index])
    sizes = np.bincount(group, minlength=bags).astype(offsets.dtype)
    if mode == MAX:
        found, chosen = _bag_max(rows, index, group, bags)
        return found.astype(weight.dtype, copy=False), bag.astype(offsets.dtype), sizes, chosen.astype(offsets.dtype)
    if per_sample_weights is not None:
        rows = rows * widened(per_sample_weights)[kept][:, None]
    found = np.zeros((bags, weight.shape[1]), rows.dtype)
    fast = padding_idx < 0 and dtypes.of(weight).name in ("float32", "float16", "bfloat16") and weight.strides[1] == weight.itemsize
    if fast and include_last_offset and bags:  # PyTorch's fast sums, and only they, end at the last offset
        group, rows = group[: offsets[-1]], rows[: offsets[-1]]
    add_rows(found, group, rows)
    if mode == MEAN:
        found /= np.maximum(sizes, 1)[:, None].astype(rows.dtype)
        return found.astype(weight.dtype, copy=False), bag.astype(offsets.dtype), sizes, sizes.copy()
    empty = np.zeros(bags, offsets.dtype)
    return found.astype(weight.dtype, copy=False), bag[: 0 if fast else None].astype(offsets.dtype), empty, empty.copy()


def _bag_weight(
    grad: Any, indices: Any, offsets: Any, result1: Any, result2: Any, result3: Any, weight_sym_sizes: Any, scale_grad_by_freq: Any,
    mode: Any, sparse: Any, per_sample_weights: Any, padding_idx: Any, include_last_offset: Any,
) -> Any:  # fmt: skip
    if sparse:
        bag = _bags_of(offsets._array if isinstance(offsets, TensorBase) else offsets, indices.shape[0], include_last_offset)[0]
        return sparse_module("_embedding").bag_backward(
            grad, indices, bag, result2, weight_sym_sizes, scale_grad_by_freq, mode, per_sample_weights, padding_idx
        )
    return _bag_backward(
        grad, indices, offsets, result1, result2, result3, weight_sym_sizes[0], scale_grad_by_freq, mode, per_sample_weights,
        padding_idx, include_last_offset,
    )  # fmt: skip


@op(
    "_embedding_bag_backward", tensors=("grad", "indices", "offsets", "offset2bag", "bag_size", "maximum_indices", "per_sample_weights"),
    grad=no_derivative("_embedding_bag_backward", "the derivative for '{}' is not implemented."),
    per_sample_weights=no_derivative("_embedding_bag_backward"),
)  # fmt: skip
def _bag_backward(
    grad: Any, indices: Any, offsets: Any, offset2bag: Any, bag_size: Any, maximum_indices: Any, num_weights: Any,
    scale_grad_by_freq: Any, mode: Any, per_sample_weights: Any, padding_idx: Any, include_last_offset: Any,
) -> Any:  # fmt: skip
    wide = widened(grad)
    columns = grad.shape[1]
    result = np.zeros((num_weights, columns), wide.dtype)
    bag, bags = _bags_of(offsets, indices.size, include_last_offset)
    if mode == MAX:
        filled = np.flatnonzero(bag_size[:bags] > 0)
        places = maximum_indices[filled], np.broadcast_to(np.arange(columns), (filled.size, columns))
        np.add.at(result, places, wide[filled])
        return narrowed(result, grad.dtype)
    kept = indices != padding_idx if padding_idx >= 0 else np.ones(indices.size, bool)
    index, group = indices[kept], bag[kept]
    if not bags:
        return result.astype(grad.dtype, copy=False)
    rows = wide[group]
    if mode == MEAN:
        rows = rows / np.maximum(bag_size, 1)[group][:, None].astype(rows.dtype)
    if per_sample_weights is not None:
        rows = rows * widened(per_sample_weights)[kept][:, None]
    if scale_grad_by_freq and index.size:
        # PyTorch divides the rows of the n-th smallest index by the count of the n-th entry of the sorted list.
        ordinals = np.searchsorted(np.unique(indices), index)
        rows = rows / np.bincount(indices)[np.sort(indices)[ordinals]][:, None].astype(rows.dtype)
    add_rows(result, index, rows)
    return narrowed(result, grad.dtype)


@op(
    "_embedding_bag_per_sample_weights_backward", tensors=("grad", "weight", "indices", "offsets"), grad_fn="NotImplemented",
    **{"grad, weight": no_derivative("_embedding_bag_per_sample_weights_backward")},
)  # fmt: skip
def _samples_backward(grad: Any, weight: Any, indices: Any, offsets: Any, padding_idx: Any, include_last_offset: Any) -> Any:
    bag, _ = _bags_of(offsets, indices.size, include_last_offset)
    found = np.einsum("ij,ij->i", widened(grad)[bag], widened(weight)[indices])
    if padding_idx >= 0:
        found = np.where(indices == padding_idx, found.dtype.type(0), found)
    return narrowed(found, grad.dtype)


_TENSORS = ("weight", "indices", "offsets", "per_sample_weights")
_OUTPUTS = ("output", "result1", "result2", "result3")

embedding_bag_raw = op(
    "_embedding_bag", tensors=_TENSORS, outputs=_OUTPUTS, pack=tuple, weight=_bag_weight,
    per_sample_weights=lambda grad, weight, indices, offsets, padding_idx, include_last_offset: _samples_backward(
        grad, weight, indices, offsets, padding_idx, include_last_offset
    ),
)(_bag_forward)  # fmt: skip
op("_embedding_bag_forward_only", tensors=_TENSORS, outputs=_OUTPUTS, pack=tuple)(_bag_forward)


@composite("embedding_bag.padding_idx")
def embedding_bag_with_padding(
    weight: Any, indices: Any, offsets: Any, scale_grad_by_freq: Any, mode: Any, sparse: Any, per_sample_weights: Any,
    include_last_offset: Any, padding_idx: Any,
) -> Any:  # fmt: skip
    """embedding_bag that leaves one row out."""
    padding = -1
    if padding_idx is not None:
        rows = weight.shape[0]
        if not -rows <= padding_idx < rows:
            raise RuntimeError(
                f"padding_idx must be within the number of embeddings, {-rows} through {rows - 1}, but got {padding_idx}"
            )
        padding = padding_idx % rows
    if indices.dtype is not offsets.dtype:
        common = dtypes.promote_types(indices.dtype, offsets.dtype)
        indices, offsets = indices.to(common), offsets.to(common)
    return embedding_bag_raw(
        weight, indices, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights, include_last_offset, padding
    )


@composite("embedding_bag")
def embedding_bag(weight: Any, indices: Any, offsets: Any, *options: Any) -> Any:
    """torch.embedding_bag."""
    return embedding_bag_with_padding(weight, indices, offsets, *options, None)
