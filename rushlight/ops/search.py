"""Looking values up: searchsorted and bucketize, isin, histograms, nonzero of a fixed size."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import return_types
from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase, shape_text, values_of, wrap
from rushlight.ops.create_ranges import _line
from rushlight.ops.declare import composite, op
from rushlight.ops.pointwise import CPP_NAMES, unimplemented
from rushlight.ops.special_functions import underivable
from rushlight.ops.warn import warn_once

# ---------------------------------------------------------------- searchsorted, bucketize

_SLOW = (
    "torch.searchsorted(): {name} tensor is non-contiguous, this will lower the performance due to extra data copy when converting "
    "non-contiguous tensor to contiguous, please use contiguous {name} tensor if possible. This message will only appear once per program."
)


def _refuse(array: Any, kernel: str, chars: str) -> None:
    dtype = dtypes.of(array)
    if dtype.np_dtype.char in chars or dtype.is_complex:
        raise NotImplementedError(unimplemented(kernel) % dtype.cpp)


def _lookup_checks(bounds: Any, values: Any, side: Any, right: bool, sorter: Any) -> bool:
    """Refuse what searchsorted refuses; whether equal values are passed over."""
    if side is not None and side not in ("left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError("torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True")
    if not bounds.ndim:
        raise RuntimeError("torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension")
    if not values.ndim and bounds.ndim != 1:
        raise RuntimeError(
            "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got boundaries tensor "
            f"dim({bounds.ndim}) and input value's dim({values.ndim}) numel({values.size})"
        )
    if bounds.ndim != 1 and bounds.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input "
            f"value tensor must match, but we got boundaries tensor {shape_text(bounds.shape)} and input value tensor "
            f"{shape_text(values.shape)}"
        )
    if sorter is not None:
        if sorter.shape != bounds.shape:
            raise RuntimeError(
                "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor "
                f"{shape_text(bounds.shape)}and got sorter tensor {shape_text(sorter.shape)}"
            )
        if sorter.dtype != np.int64:
            raise RuntimeError(f"torch.searchsorted(): sorter must be a tensor of long dtype but got dtype {dtypes.of(sorter).cpp}")
        if sorter.size and (sorter.min() < 0 or sorter.max() >= bounds.shape[-1]):
            raise RuntimeError("torch.searchsorted(): sorter index out of range")
    return right or side == "right"


def _bisect(bounds: Any, values: Any, right: bool) -> Any:
    """Binary search of every value in its row of bounds, element by element as PyTorch compares (nan is never reached)."""
    low = np.zeros(values.shape, np.int64)
    high = np.full(values.shape, bounds.shape[-1], np.int64)
    rows = np.broadcast_to(bounds, (*values.shape[:-1], bounds.shape[-1]))
    while (low < high).any():
        open_ = low < high
        middle = np.minimum((low + high) // 2, bounds.shape[-1] - 1)
        found = np.take_along_axis(rows, middle, -1)
        after = ~(found > values if right else found >= values) & open_
        low = np.where(after, middle + 1, low)
        high = np.where(open_ & ~after, middle, high)
    return low


def _searched(bounds: Any, values: Any, right: bool, out_int32: bool, sorter: Any) -> Any:
    for name, array in (("input value", values), ("boundary", bounds), ("sorter", sorter)):
        if array is not None and values.size and not array.flags.c_contiguous:
            warn_once(_SLOW.format(name=name))
    if sorter is not None:
        bounds = np.take_along_axis(bounds, sorter, -1)
    common = dtypes.promote_types(dtypes.of(bounds), dtypes.of(values)).np_dtype if values.ndim else dtypes.of(bounds).np_dtype
    if values.dtype.kind == "f" and common.kind in "iu":
        common = dtypes.get_default_dtype().np_dtype
    if values.dtype.kind == "c":
        _refuse(values, "searchsorted_out_cpu", "")
    if values.size or not values.ndim:
        _refuse(np.empty(0, common), "searchsorted_out_cpu", "?HILQ")
    target = np.float32 if common.itemsize == 2 and common.kind not in "iu" else common
    bounds, values = bounds.astype(target, copy=False), values.astype(target, copy=False)
    plain = bounds.ndim == 1 and not (target in (np.float32, np.float64) and (np.isnan(bounds).any() or np.isnan(values).any()))
    if plain or not values.size or not bounds.size:
        found = np.searchsorted(bounds, values, "right" if right else "left") if plain else np.zeros(values.shape, np.int64)
    else:
        found = _bisect(bounds, np.atleast_1d(values), right).reshape(values.shape)
    return np.asarray(found).astype(np.int32 if out_int32 else np.int64, copy=False)


@op("searchsorted.Tensor", tensors=("sorted_sequence", "self", "sorter"))
def searchsorted(
    sorted_sequence: Any, self: Any, out_int32: bool = False, right: bool = False, side: Any = None, sorter: Any = None
) -> Any:
    """Where values would have to be put into sorted rows."""
    after = _lookup_checks(sorted_sequence, self, side, right, sorter)
    return _searched(sorted_sequence, self, after, out_int32, sorter)


def _number(value: Any) -> Any:
    """A Python number as a 0-d array of the dtype that PyTorch gives it."""
    if isinstance(value, bool):
        return np.asarray(value)
    if isinstance(value, complex):
        return np.asarray(value, np.complex128)
    return np.asarray(value, np.int64 if isinstance(value, int) else dtypes.get_default_dtype().np_dtype)


@op("searchsorted.Scalar", tensors=("sorted_sequence", "sorter"))
def searchsorted_number(
    sorted_sequence: Any, self: Any, out_int32: bool = False, right: bool = False, side: Any = None, sorter: Any = None
) -> Any:
    """Where a number would have to be put into a sorted row."""
    return searchsorted.kernel(sorted_sequence, _number(self), out_int32, right, side, sorter)


def _check_line(bounds: Any) -> None:
    if bounds.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({bounds.ndim})")


@op("bucketize.Tensor", tensors=("self", "boundaries"))
def bucketize(self: Any, boundaries: Any, out_int32: bool = False, right: bool = False) -> Any:
    """The number of the interval between boundaries that each value lies in."""
    _check_line(boundaries)
    return _searched(boundaries, self, right, out_int32, None)


@op("bucketize.Scalar", tensors=("boundaries",))
def bucketize_number(self: Any, boundaries: Any, out_int32: bool = False, right: bool = False) -> Any:
    """The number of the interval between boundaries that a number lies in."""
    _check_line(boundaries)
    return _searched(boundaries, _number(self), right, out_int32, None)


# ---------------------------------------------------------------- isin


def _among(elements: Any, candidates: Any, invert: bool) -> Any:
    for array in (elements, candidates):
        dtype = dtypes.of(array)
        if dtype.category == dtypes.BOOL or dtype.is_complex:
            raise RuntimeError(f"Unsupported input type encountered for isin(): {dtype.cpp}")
    _refuse(elements, "isin_default_cpu", "HILQ")
    if elements.dtype.itemsize == 2 and elements.dtype.kind not in "iu":
        elements = elements.astype(np.float32)
    if candidates.dtype.itemsize == 2 and candidates.dtype.kind not in "iu":
        candidates = candidates.astype(np.float32)
    return np.isin(elements, candidates, invert=invert)


@op("isin.Tensor_Tensor", tensors=("elements", "test_elements"))
def isin(elements: Any, test_elements: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Which elements are among the test elements."""
    return _among(elements, test_elements, invert)


@op("isin.Tensor_Scalar", tensors=("elements",))
def isin_number(elements: Any, test_element: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Which elements are the number."""
    return _among(elements, _number(test_element), invert)


@op("isin.Scalar_Tensor", tensors=("test_elements",))
def number_isin(element: Any, test_elements: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether the number is among the test elements."""
    return np.asarray(_among(_number(element), test_elements, invert))


# ---------------------------------------------------------------- histograms


def _cpp(array: Any) -> str:
    name = dtypes.of(array).cpp
    return CPP_NAMES.get(name, name)


def _check_weight(points: Any, weight: Any) -> None:
    if weight is None:
        return
    if weight.shape != points.shape[:-1]:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor excluding its innermost "
            f"dimension, but got input with shape {shape_text(points.shape)} and weight with shape {shape_text(weight.shape)}"
        )
    if weight.dtype != points.dtype:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same dtype, but got "
            f"input({_cpp(points)}), and weight({_cpp(weight)})"
        )


def _check_points(points: Any, weight: Any, kernel: str) -> None:
    if points.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    _check_weight(points, weight)
    if points.dtype not in (np.float32, np.float64):
        raise NotImplementedError(unimplemented(kernel) % dtypes.of(points).cpp)


def _check_edges(points: Any, edges: list[Any]) -> None:
    if len(edges) != points.shape[-1]:
        raise RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input.")
    for dim, row in enumerate(edges):
        if row.dtype != points.dtype:
            raise RuntimeError(
                "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input with dtype "
                f"{_cpp(points)} and bins for dimension {dim} with dtype {_cpp(row)}"
            )
        if row.ndim != 1:
            raise RuntimeError(
                f"torch.histogramdd: bins tensor should have one dimension, but got {row.ndim} dimensions in the bins tensor for "
                f"dimension {dim}"
            )
        if not row.size:
            raise RuntimeError(
                "torch.histogramdd: bins tensor should have at least 1 element, but got 0 elements in the bins tensor for dimension "
                f"{dim}"
            )
        if row.size == 1:
            raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {row.size - 1} for dimension {dim}")


def _ranges(points: Any, count: int, given: Any) -> list[tuple[float, float]]:
    """The lowest and highest edge in each dimension."""
    if given is not None:
        if len(given) != 2 * count:
            raise RuntimeError(
                f"torch.histogramdd: for a {count}-dimensional histogram range should have {2 * count} elements, but got {len(given)}"
            )
        found = [(given[2 * dim], given[2 * dim + 1]) for dim in range(count)]
    elif not points.size:
        found = [(0.0, 1.0)] * count
    else:
        rows = points.reshape(-1, count)
        found = [(float(low), float(high)) for low, high in zip(rows.min(0), rows.max(0))]
    for dim, (low, high) in enumerate(found):
        if not np.isfinite(low) or not np.isfinite(high):
            raise RuntimeError(f"torch.histogramdd: dimension {dim}'s range [{low:g}, {high:g}] is not finite")
        if low > high:
            raise RuntimeError(f"torch.histogramdd: min should not exceed max, but got min {low:g} max {high:g} for dimension {dim}")
    return [(low - 0.5, high + 0.5) if low == high else (low, high) for low, high in found]


def _edges(points: Any, bins: Any, given: Any) -> list[Any]:
    """Evenly spaced edges for counts of bins."""
    if len(bins) != points.shape[-1]:
        raise RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input.")
    for dim, count in enumerate(bins):
        if count <= 0:
            raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {count} for dimension {dim}")
    ranges = _ranges(points, len(bins), given)
    return [_line(low, high, count + 1, dtypes.of(points)) for (low, high), count in zip(ranges, bins)]


def _counted(points: Any, edges: list[Any], weight: Any, density: bool) -> Any:
    """The histogram: how many points (or what weight) each box between edges holds."""
    shape = tuple(row.size - 1 for row in edges)
    rows = points.reshape(-1, len(edges)) if edges else np.empty((0, 0), points.dtype)
    inside = np.ones(len(rows), np.bool_)
    places = []
    for dim, row in enumerate(edges):
        column = rows[:, dim]
        place = np.searchsorted(row, column, "right") - 1
        place[column == row[-1]] = row.size - 2
        inside &= (column >= row[0]) & (column <= row[-1])
        places.append(place)
    found = np.zeros(shape, np.float64)
    if len(edges):
        amounts = None if weight is None else weight.reshape(-1)[inside].astype(np.float64)
        flat = np.ravel_multi_index([place[inside] for place in places], shape)
        found = np.bincount(flat, amounts, found.size).astype(np.float64).reshape(shape)
    if density:
        found = found / found.sum()
        for dim, row in enumerate(edges):
            found = found / np.diff(row).reshape([-1 if at == dim else 1 for at in range(len(edges))])
    return found.astype(points.dtype)


def _histogram(self: Any, edges: list[Any], weight: Any, density: bool) -> tuple[Any, Any]:
    points = self.reshape(-1, 1)
    return _counted(points, edges, None if weight is None else weight.reshape(-1), density), edges[0].copy()


_HISTOGRAM: dict[str, Any] = {
    "grad_fn": "NotImplemented", "outputs": ("hist", "bin_edges"), "pack": return_types.histogram,
    "self": underivable("histogram"),
}  # fmt: skip


@op("histogram.bin_ct", tensors=("self", "weight"), **_HISTOGRAM)
def histogram(self: Any, bins: int = 100, range: Any = None, weight: Any = None, density: bool = False) -> Any:
    """How many elements fall into each of `bins` intervals of one width."""
    points = self.reshape(-1, 1)
    _check_points(points, None if weight is None else weight.reshape(-1), "histogramdd")
    return _histogram(self, _edges(points, [bins], range), weight, density)


@op("histogram.bins_tensor", tensors=("self", "bins", "weight"), **_HISTOGRAM)
def histogram_bins(self: Any, bins: Any, weight: Any = None, density: bool = False) -> Any:
    """How many elements fall between each two of the given edges."""
    points = self.reshape(-1, 1)
    _check_edges(points, [bins])
    _check_points(points, None if weight is None else weight.reshape(-1), "histogram_cpu")
    return _histogram(self, [bins], weight, density)


def _histogramdd(self: Any, edges: Any, given: Any, weight: Any, density: bool) -> Any:
    points, amounts = values_of(self), None if weight is None else values_of(weight)
    if isinstance(edges, int):
        if not points.ndim:
            raise IndexError("Dimension specified as -1 but tensor has no dimensions")
        edges = [edges] * points.shape[-1]
    if len(edges) and isinstance(edges[0], TensorBase):
        rows = [values_of(row) for row in edges]
        _check_edges(points, rows) if points.ndim > 1 else None
        _check_points(points, amounts, "histogram_cpu")
    elif points.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    elif len(edges) != points.shape[-1]:
        raise RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input.")
    else:
        _check_points(points, amounts, "histogramdd")
        rows = _edges(points, edges, given)
    with np.errstate(all="ignore"):
        hist = _counted(points, rows, amounts, density)
    return return_types.histogramdd([wrap(hist), tuple(wrap(row) for row in rows)])


@composite("histogramdd", "histogramdd.int_bins", "histogramdd.TensorList_bins")
def histogramdd(self: Any, bins: Any, range: Any = None, weight: Any = None, density: bool = False) -> Any:
    """How many points fall into each box."""
    return _histogramdd(self, bins, range, weight, density)


# ---------------------------------------------------------------- nonzero_static


@op("nonzero_static")
def nonzero_static(self: Any, size: int, fill_value: int = -1) -> Any:
    """The places of the first `size` elements that are not zero; rows of fill_value where there are fewer."""
    if size < 0:
        raise RuntimeError("nonzero_static: 'size' must be an non-negative integer")
    places = np.argwhere(self)[:size] if self.ndim else np.empty((min(size, int(self != 0)), 0), np.int64)
    found = np.full((size, self.ndim), fill_value, np.int64)
    found[: len(places)] = places
    return found


# ---------------------------------------------------------------- rows of a matrix from where they begin, and back


def _of_rows(array: Any, kernel: str, out_int32: bool) -> type:
    """The dtype of the result; refuses what is no index."""
    if array.dtype.kind not in "iu" or array.dtype.char in "HILQ":
        raise NotImplementedError(unimplemented(kernel) % dtypes.of(array).cpp)
    return np.int32 if out_int32 else np.int64


@op("_convert_indices_from_coo_to_csr")
def convert_indices_from_coo_to_csr(self: Any, size: int, out_int32: bool = False) -> Any:
    """Where each of `size` rows begins in the list of the entries' rows, which is in order; and where the last one ends."""
    if self.ndim > 1:
        raise RuntimeError(f"Input is supposed to be a vector, but got {self.ndim} dimensional tensor.")
    dtype = _of_rows(self, "convert_indices_from_coo_to_csr_cpu", out_int32)
    counts = np.bincount(self.reshape(-1), minlength=size)[:size] if self.size else np.zeros(size, np.int64)
    return np.concatenate([[0], np.cumsum(counts)]).astype(dtype)


@op("_convert_indices_from_csr_to_coo", tensors=("crow_indices", "col_indices"))
def convert_indices_from_csr_to_coo(crow_indices: Any, col_indices: Any, out_int32: bool = False, transpose: bool = False) -> Any:
    """Row and column (with transpose column and row) of the entries; before them the places in a batch, if there is one."""
    dtype = _of_rows(crow_indices, "convert_indices_from_csr_to_coo_cpu", out_int32)
    starts = crow_indices.reshape(-1, crow_indices.shape[-1])
    rows = [np.repeat(np.arange(starts.shape[1] - 1), np.diff(entry)) for entry in starts]
    pair = [np.concatenate(rows) if rows else np.zeros(0), col_indices.reshape(-1)]
    batch = np.indices(col_indices.shape).reshape(col_indices.ndim, -1)[:-1]
    return np.stack([*batch, *(pair[::-1] if transpose else pair)]).astype(dtype)
