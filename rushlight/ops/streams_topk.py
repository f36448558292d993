"""Which of equal values `torch.topk` takes, and in which order: it selects with the C++ library's algorithms."""

from collections.abc import Callable

import numpy as np

from rushlight._core import loops

# NOTE [ Equal values in topk ]
#
# On the CPU `topk` pairs each value with its index and runs std::partial_sort when k * 64 <= n, else std::nth_element
# and std::sort of the first k - 1. None of them is stable, so with equal values the indices show how the algorithm
# moved them: introselect with the median of three as pivot, insertion sort for short ranges, a binary heap for
# partial_sort. They are repeated here step by step on a list of indices; without equal values a plain sort gives the
# same.

_Before = Callable[[int, int], bool]


def _median_to_front(items: list[int], first: int, a: int, b: int, c: int, before: _Before) -> None:
    x, y, z = items[a], items[b], items[c]
    if before(x, y):
        chosen = b if before(y, z) else (c if before(x, z) else a)
    else:
        chosen = a if before(x, z) else (c if before(y, z) else b)
    items[first], items[chosen] = items[chosen], items[first]


def _partition(items: list[int], first: int, last: int, before: _Before) -> int:
    """Split [first, last) around a median of three; the start of the second part."""
    _median_to_front(items, first, first + 1, first + (last - first) // 2, last - 1, before)
    pivot = items[first]
    low, high = first + 1, last
    while True:
        while before(items[low], pivot):
            low += 1
        high -= 1
        while before(pivot, items[high]):
            high -= 1
        if low >= high:
            return low
        items[low], items[high] = items[high], items[low]
        low += 1


def _insertion_sort(items: list[int], first: int, last: int, before: _Before) -> None:
    for place in range(first + 1, last):
        item = items[place]
        hole = place
        while hole > first and before(item, items[hole - 1]):
            items[hole] = items[hole - 1]
            hole -= 1
        items[hole] = item


def _sift(items: list[int], first: int, hole: int, length: int, item: int, before: _Before) -> None:
    """Let the hole sink to a leaf, then let `item` rise from there."""
    top = hole
    child = hole
    while child < (length - 1) // 2:
        child = 2 * child + 2
        if before(items[first + child], items[first + child - 1]):
            child -= 1
        items[first + hole] = items[first + child]
        hole = child
    if length % 2 == 0 and child == (length - 2) // 2:
        child = 2 * child + 1
        items[first + hole] = items[first + child]
        hole = child
    parent = (hole - 1) // 2
    while hole > top and before(items[first + parent], item):
        items[first + hole] = items[first + parent]
        hole = parent
        parent = (hole - 1) // 2
    items[first + hole] = item


def _heap_select(items: list[int], first: int, middle: int, last: int, before: _Before) -> None:
    """Collect the foremost of [first, last) in [first, middle), as a heap with the hindmost of them on top."""
    length = middle - first
    for parent in range((length - 2) // 2, -1, -1):
        _sift(items, first, parent, length, items[first + parent], before)
    for place in range(middle, last):
        if before(items[place], items[first]):
            item = items[place]
            items[place] = items[first]
            _sift(items, first, 0, length, item, before)


def _partial_sort(items: list[int], first: int, middle: int, last: int, before: _Before) -> None:
    _heap_select(items, first, middle, last, before)
    for end in range(middle - 1, first, -1):
        item = items[end]
        items[end] = items[first]
        _sift(items, first, 0, end - first, item, before)


def _select(items: list[int], nth: int, before: _Before) -> None:
    """std::nth_element over the whole list."""
    first, last = 0, len(items)
    depth = 2 * (last.bit_length() - 1)
    while last - first > 3:
        if not depth:
            _heap_select(items, first, nth + 1, last, before)
            items[first], items[nth] = items[nth], items[first]
            return
        depth -= 1
        cut = _partition(items, first, last, before)
        if cut <= nth:
            first = cut
        else:
            last = cut
    _insertion_sort(items, first, last, before)


def _sort(items: list[int], last: int, before: _Before) -> None:
    """std::sort of [0, last)."""
    if last < 2:
        return
    pending = [(0, last, 2 * (last.bit_length() - 1))]
    while pending:
        first, end, depth = pending.pop()
        while end - first > 16:
            if not depth:
                _partial_sort(items, first, end, end, before)
                break
            depth -= 1
            cut = _partition(items, first, end, before)
            pending.append((cut, end, depth))
            end = cut
    _insertion_sort(items, 0, last, before)


def _ordered_row(row: np.ndarray, k: int, largest: bool) -> list[int]:
    values = row.tolist()

    def more(a: int, b: int) -> bool:
        x, y = values[a], values[b]
        return (x != x and y == y) or x > y

    def less(a: int, b: int) -> bool:
        x, y = values[a], values[b]
        return (x == x and y != y) or x < y

    before = more if largest else less
    items = list(range(len(values)))
    if k * 64 <= len(values):
        _partial_sort(items, 0, k, len(values), before)
    else:
        _select(items, k - 1, before)
        _sort(items, k - 1, before)
    return items[:k]


_native_topk = loops.helper("topk")  # the same in C; None where it declines, and always in the pure form


def topk_indices(values: np.ndarray, k: int, largest: bool = True) -> np.ndarray:
    """The indices (int64) `torch.topk(values, k)` gives along the last dimension, equal values and NaNs included."""
    if values.dtype.itemsize == 2 and values.dtype.kind not in "iu":
        values = values.astype(np.float32)
    rows = values.reshape(int(np.prod(values.shape[:-1])), values.shape[-1])
    native = _native_topk(rows, k, largest)
    if native is not None:
        return native.reshape(*values.shape[:-1], k)
    result = np.empty((len(rows), k), np.int64)
    if k:
        for index, row in enumerate(rows):
            order = np.argsort(row, kind="stable")
            ordered = row[order]
            unordered = row.dtype.kind == "f" and bool(np.isnan(ordered[-1:]).any())
            if unordered or (ordered[1:] == ordered[:-1]).any():
                result[index] = _ordered_row(row, k, largest)
            else:
                result[index] = order[: -k - 1 : -1] if largest else order[:k]
    return result.reshape(*values.shape[:-1], k)
