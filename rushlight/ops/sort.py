"""Sorting, selection by rank, distinct elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import return_types
from rushlight._core import loops
from rushlight.ops import layout
from rushlight.ops.declare import composite, op, reduction
from rushlight.ops.later import later
from rushlight.ops.reduce_common import (
    COMPLEX,
    INT64,
    NO_ORDER,
    WIDE_UNSIGNED,
    as_lines,
    check_not_empty,
    from_lines,
    per_line,
    refuse,
    scatter_selected,
    take_per_line,
    widened,
)
from rushlight.ops.view import wrap_dim

streams_topk = later("streams_topk")

# In C: None where they decline, and always in the pure form.
_native_sort, _native_selected = loops.helper("sort_rows"), loops.helper("selected")
_native_kth, _native_rank, _native_mode = loops.helper("kth"), loops.helper("rank"), loops.helper("mode")


def _dense_like(self: Any, np_dtype: Any) -> Any:
    """An empty array with the strides that a copy of `self` has."""
    return layout.empty_strided(self.shape, layout.format_strides(self, None), np.dtype(np_dtype))


def order_of(values: Any, axis: int, descending: bool) -> Any:
    """The stable sorting order along an axis; nan counts as the largest."""
    values = widened(values)
    if not descending:
        return np.argsort(values, axis=axis, kind="stable")
    order = np.argsort(np.flip(values, axis), axis=axis, kind="stable")
    return values.shape[axis] - 1 - np.flip(order, axis)


# NOTE [ Equal values in sort ]
# Without stable=True PyTorch sorts with std::sort, which keeps the order of equal values in lines of up to 16 elements only. Longer
# lines with equal values are sorted the same way, step by step, up to a length at which that takes too long; beyond it the order is
# the stable one, as PyTorch's documentation allows.
# In C, all of this is as PyTorch does it.
_INSERTION = 16
_LONGEST = 4096


def _shuffle_equal(values: Any, order: Any, axis: int, descending: bool) -> None:
    """Put equal values into the order in which std::sort leaves them."""
    rows, orders = as_lines(widened(values), axis), np.moveaxis(order, axis, -1)
    for number, row in enumerate(rows):
        place = np.unravel_index(number, orders.shape[:-1])
        ordered = row[orders[place]]
        if (ordered[1:] == ordered[:-1]).any() or (ordered != ordered).sum() > 1:
            orders[place] = _std_sort(row.tolist(), descending)


def _std_sort(values: list[Any], descending: bool) -> list[int]:
    items = list(range(len(values)))

    def below(a: int, b: int) -> bool:
        x, y = values[a], values[b]
        return (x == x and y != y) or x < y

    def above(a: int, b: int) -> bool:
        return below(b, a)

    streams_topk._sort(items, len(items), above if descending else below)
    return items


def _sort(self: Any, dim: int, descending: bool, stable: bool) -> list[Any]:
    axis = wrap_dim(dim, self.ndim)
    if self.dtype.char in COMPLEX:
        raise RuntimeError(" Sort does not support complex dtypes on CPU")
    if not self.ndim:
        return [self.copy(), np.zeros((), INT64)]
    # PyTorch has a stable sort of its own for one long line of integers.
    stable = stable or self.ndim == 1 and self.dtype.kind in "iu" and not descending and self.size >= 32768
    found = None if stable or not self.size else _native_sort(as_lines(self, axis), bool(descending))
    if found is not None:
        return [layout.laid_out(from_lines(rows, self.shape, axis), layout.format_strides(self, None)) for rows in found]
    values, indices = _dense_like(self, self.dtype), _dense_like(self, INT64)
    if self.size:
        order = order_of(self, axis, descending)
        if not stable and _INSERTION < self.shape[axis] <= _LONGEST:
            _shuffle_equal(self, order, axis, descending)
        indices[...] = order
        values[...] = np.take_along_axis(self, order, axis)
    return [values, indices]


def _scatter_kept(grad: Any, self_sym_sizes: Any, dim: int, indices: Any) -> Any:
    return scatter_selected(grad, dim, indices, self_sym_sizes, True)


@op("sort", kind="sort", outputs=("values", "indices"), writes=2, pack=return_types.sort, self=_scatter_kept)
def sort(self: Any, dim: Any = -1, descending: Any = False) -> Any:
    """Values in order along a dimension, and where each came from."""
    return _sort(self, dim, descending, False)


@op(
    "sort.stable", grad_fn="SortBackward1", kind="sort", outputs=("values", "indices"), writes=2, pack=return_types.sort, self=_scatter_kept
)
def sort_stable(self: Any, stable: Any = None, dim: Any = -1, descending: Any = False) -> Any:
    """sort() that keeps the order of equal values if asked to."""
    return _sort(self, dim, descending, bool(stable))


@composite("argsort")
def argsort(self: Any, dim: Any = -1, descending: Any = False) -> Any:
    """The order that sorts along a dimension."""
    return sort(self.detach(), dim, descending)[1]


@composite("argsort.stable")
def argsort_stable(self: Any, stable: Any, dim: Any = -1, descending: Any = False) -> Any:
    """argsort() that keeps the order of equal values if asked to."""
    return sort_stable(self.detach(), stable, dim, descending)[1]


@composite("msort")
def msort(self: Any) -> Any:
    """Values in order along the first dimension."""
    return sort(self, 0, False)[0]


# ---------------------------------------------------------------- selection by rank


@op("topk", kind="sort", outputs=("values", "indices"), writes=2, pack=return_types.topk, self=_scatter_kept)
def topk(self: Any, k: Any, dim: Any = -1, largest: Any = True, sorted: Any = True) -> Any:
    """The k largest (or smallest) along a dimension."""
    axis = wrap_dim(dim, self.ndim)
    if not 0 <= k <= (self.shape[axis] if self.ndim else 1):
        raise RuntimeError("selected index k out of range")
    if self.dtype.kind == "c":
        raise RuntimeError(" topk does not support complex dtypes on CPU")
    if self.dtype.kind == "b":
        raise RuntimeError("topk does not support bool dtypes on CPU")
    if not self.ndim:
        return [self.copy(), np.zeros((), INT64)]
    refuse("topk_cpu", self, WIDE_UNSIGNED)
    rows = as_lines(self, axis)
    if not rows.shape[0] or not k:
        shape = [*self.shape[:axis], k, *self.shape[axis + 1 :]]
        return [np.empty(shape, self.dtype), np.empty(shape, INT64)]
    if sorted or k * 64 <= rows.shape[1]:
        places = streams_topk.topk_indices(rows, k, largest)
    else:
        places = _native_selected(rows, k, bool(largest))
        if places is None:
            places = np.array([_selected(row, k, largest) for row in widened(rows).tolist()], INT64)
    values = np.take_along_axis(rows, places, 1)
    return [from_lines(values, self.shape, axis), from_lines(places, self.shape, axis)]


def _selected(values: list[Any], k: int, largest: bool) -> list[int]:
    """The k largest (or smallest) in the order in which std::nth_element leaves them."""
    items = list(range(len(values)))

    def below(a: int, b: int) -> bool:
        x, y = values[a], values[b]
        return (x == x and y != y) or x < y

    streams_topk._select(items, k - 1, (lambda a, b: below(b, a)) if largest else below)
    return items[:k]


def _selecting(grad: Any, self_sym_sizes: Any, dim: int, indices: Any, keepdim: bool) -> Any:
    return scatter_selected(grad, dim, indices, self_sym_sizes, keepdim)


def _by_rank(self: Any, dim: int, keepdim: bool, choose: Any) -> list[Any]:
    """Values and positions of the elements whose positions choose() finds in each line."""
    axis = wrap_dim(dim, self.ndim)
    if not self.ndim:
        return [self.copy(), np.zeros((), INT64)]
    rows = as_lines(self, axis)
    if not rows.shape[0]:
        places = np.empty(0, INT64)
        values = np.empty(0, self.dtype)
    else:
        places = choose(widened(rows))
        values = take_per_line(rows, places)
    return [per_line(values, self.shape, axis, keepdim), per_line(places, self.shape, axis, keepdim)]


def _placed(rows: Any, order: Any, rank: Any, simulate: Any) -> Any:
    """The positions of the elements of a rank; simulate(row, rank) decides between equal ones as PyTorch's selection does."""
    lines = np.arange(rows.shape[0])
    ranks = np.broadcast_to(rank, lines.shape)
    places = order[lines, ranks]
    taken = rows[lines, places][:, None]
    equal = (rows == taken) | ((rows != rows) & (taken != taken))
    for line in np.nonzero(np.count_nonzero(equal, axis=1) > 1)[0]:
        places[line] = simulate(rows[line].tolist(), int(ranks[line]))
    return places


def _quick_select(values: list[Any], rank: int) -> int:
    """What kthvalue's own selection leaves at a rank: Hoare's, around the median of three, nan being the largest."""
    items = list(range(len(values)))

    def above(a: int, b: int) -> bool:
        x, y = values[items[a]], values[items[b]]
        return (x != x and y == y) or x > y

    def swap(a: int, b: int) -> None:
        items[a], items[b] = items[b], items[a]

    low, high = 0, len(items) - 1
    while high > low:
        if high == low + 1:
            if above(low, high):
                swap(low, high)
            break
        swap(low + (high - low) // 2, low + 1)
        for a, b in ((low + 1, high), (low, high), (low + 1, low)):
            if above(a, b):
                swap(a, b)
        left, right = low + 1, high
        while True:
            left += 1
            while above(low, left):
                left += 1
            right -= 1
            while above(right, low):
                right -= 1
            if right < left:
                break
            swap(left, right)
        swap(low, right)
        if right <= rank:
            low = left
        if right >= rank:
            high = right - 1
    return items[rank]


@reduction("kthvalue", outputs=("values", "indices"), pack=return_types.kthvalue, writes=2, self=_selecting)
def kthvalue(self: Any, k: Any, dim: Any = -1, keepdim: Any = False) -> Any:
    """The k-th smallest element along a dimension."""
    axis = wrap_dim(dim, self.ndim)
    if self.ndim and not self.shape[axis]:
        check_not_empty("kthvalue", self, axis)
    if not 1 <= k <= (self.shape[axis] if self.ndim else 1):
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {axis}")
    if self.ndim:
        refuse("kthvalue_cpu", self, NO_ORDER + "?")
    return _by_rank(self, dim, keepdim, lambda rows: _kth_places(rows, k - 1))


def _kth_places(rows: Any, rank: int) -> Any:
    found = _native_kth(rows, rank)
    return _placed(rows, np.argsort(rows, axis=1, kind="stable"), rank, _quick_select) if found is None else found


def _ranked(rows: Any, ranks: Any) -> Any:
    """The positions of elements by their ranks in the stable order of their lines."""
    ranks = np.broadcast_to(ranks, rows.shape[:1]).astype(INT64)
    found = _native_rank(rows, ranks)
    return np.argsort(rows, axis=1, kind="stable")[np.arange(rows.shape[0]), ranks] if found is None else found


def _median_places(rows: Any, ignore_nan: bool) -> Any:
    size = rows.shape[1]
    nans = rows != rows
    if ignore_nan:
        numbers = size - np.count_nonzero(nans, axis=1)
        places = _ranked(rows, np.maximum(numbers - 1, 0) // 2)
        if not numbers.all():  # only among nan does the order that std::nth_element leaves show
            items = list(range(size))
            streams_topk._select(items, 0, lambda a, b: False)
            places[numbers == 0] = items[0]
        return places
    return np.where(nans.any(axis=1), np.argmax(nans, axis=1), _ranked(rows, (size - 1) // 2))


def _declare_median(name: str, ignore_nan: bool, numbers: tuple[int, int]) -> None:
    title = name.capitalize()

    @reduction(
        name, grad_fn=f"{title}Backward{numbers[0]}", writes=1, self=lambda grad, self, result: _evenly(grad, self, result)
    )
    def over_all(self: Any) -> Any:
        if not self.size:
            return np.asarray(np.nan).astype(self.dtype)
        refuse("median_cpu", self, NO_ORDER + "?")
        flat = widened(self).reshape(1, -1)
        return self.reshape(-1)[_median_value_place(flat, ignore_nan)]

    @reduction(
        f"{name}.dim", grad_fn=f"{title}Backward{numbers[1]}", outputs=("values", "indices"), pack=getattr(return_types, name), writes=2,
        self=_selecting,
    )  # fmt: skip
    def over_dim(self: Any, dim: Any, keepdim: Any = False) -> Any:
        check_not_empty("median", self, wrap_dim(dim, self.ndim))
        refuse("median_out", self, NO_ORDER + "?")
        return _by_rank(self, dim, keepdim, lambda rows: _median_places(rows, ignore_nan))


def _median_value_place(flat: Any, ignore_nan: bool) -> int:
    """The position of a median of one line; which of equal elements does not matter."""
    nans = int(np.count_nonzero(flat != flat))
    last = flat.shape[1] - 1
    return int(_ranked(flat, last if nans and not ignore_nan else max(last - nans, 0) // 2)[0])


def _evenly(grad: Any, self: Any, result: Any) -> Any:
    from rushlight.ops.reduce_extrema import evenly_distribute

    return evenly_distribute(grad, self, result)


_declare_median("median", False, (0, 1))
_declare_median("nanmedian", True, (0, 1))


def _mode_place(values: list[Any]) -> int:
    items = list(range(len(values)))
    streams_topk._sort(items, len(items), lambda a, b: values[a] < values[b])
    best = start = 0
    place = items[0]
    for position in range(1, len(items) + 1):
        if position == len(items) or values[items[position]] != values[items[position - 1]]:
            if position - start > best:
                best, place = position - start, items[position - 1]
            start = position
    return place


@reduction("mode", outputs=("values", "indices"), pack=return_types.mode, writes=2, self=_selecting)
def mode(self: Any, dim: Any = -1, keepdim: Any = False) -> Any:
    """The most frequent element along a dimension (the smallest of several), and a place where it stands."""
    check_not_empty("mode", self, wrap_dim(dim, self.ndim))
    if self.ndim:
        refuse("mode_cpu", self, NO_ORDER)
    return _by_rank(self, dim, keepdim, _mode_places)


def _mode_places(rows: Any) -> Any:
    found = _native_mode(rows)
    return np.array([_mode_place(row) for row in rows.tolist()], INT64) if found is None else found


# ---------------------------------------------------------------- places of nonzero elements


@op("nonzero_indices", kind="data")
def nonzero_indices(self: Any) -> Any:
    """The indices of the elements that are not 0, one row each (stored column by column, as PyTorch's)."""
    refuse("nonzero_count_cpu", self, WIDE_UNSIGNED)
    if not self.ndim:
        count = int(bool(self != 0))
        return layout.empty_strided((count, 0), (1, count), INT64)
    places = np.nonzero(self if self.dtype.isbuiltin else self != 0)
    found = layout.empty_strided((len(places[0]), self.ndim), (1, len(places[0])), INT64)
    for axis, place in enumerate(places):
        found[:, axis] = place
    return found


@composite("nonzero")
def nonzero(self: Any, as_tuple: Any = False) -> Any:
    """The indices of the elements that are not 0: a matrix of rows, or one tensor for each dimension."""
    if not as_tuple:
        return nonzero_indices.apply([self])
    return tuple(nonzero_indices.apply([self if self.ndim else self.detach().unsqueeze(0)]).unbind(1))


@composite("argwhere")
def argwhere(self: Any) -> Any:
    """nonzero()."""
    return nonzero_indices.apply([self])
