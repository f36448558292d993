"""Resampling along one dimension: which elements each result is made of, with what weights, and how that is applied.

A table is a list of taps: the results that have a k-th element (a slice for all, or indices), the places of those elements, and their
weights (None for ones). The gradient's table is the same matrix transposed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Table = list[tuple[Any, Any, Any]]
ALL = slice(None)


def _scale(size: int, places: int, align_corners: bool, scale: Any, real: Any) -> Any:
    """How far apart the results are, in elements."""
    if align_corners:
        return real(size - 1) / real(places - 1) if places > 1 else real(0)
    return real(1.0 / scale) if scale is not None and scale > 0 else real(size) / real(places)


def nearest(size: int, places: int, scale: Any, exact: bool, shortcuts: bool) -> Table:
    """shortcuts: the same and the double size are exact, whatever the scale."""
    at = np.arange(places)
    if shortcuts and places == size:
        return [(ALL, at, None)]
    if shortcuts and places == 2 * size:
        return [(ALL, at // 2, None)]
    step = _scale(size, places, False, scale, np.float32)
    index = np.floor((at.astype(np.float32) + np.float32(0.5 if exact else 0)) * step).astype(np.int64)
    return [(ALL, np.minimum(index, size - 1), None)]


def linear(size: int, places: int, align_corners: bool, scale: Any, real: Any) -> Table:
    if places == size:
        return [(ALL, np.arange(places), None)]
    step = _scale(size, places, align_corners, scale, real)
    at = np.arange(places, dtype=real)
    source = at * step if align_corners else np.maximum(step * (at + real(0.5)) - real(0.5), real(0))
    first = np.minimum(source.astype(np.int64), size - 1)
    weight = np.clip(source - first, 0, 1).astype(real)
    return [(ALL, first, real(1) - weight), (ALL, np.minimum(first + 1, size - 1), weight)]


def _cubic_near(x: Any, a: float) -> Any:
    return ((a + 2) * x - (a + 3)) * x * x + 1


def _cubic_far(x: Any, a: float) -> Any:
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a


def cubic(size: int, places: int, align_corners: bool, scale: Any, real: Any) -> Table:
    step = _scale(size, places, align_corners, scale, real)
    at = np.arange(places, dtype=real)
    source = at * step if align_corners else step * (at + real(0.5)) - real(0.5)
    whole = np.floor(source)
    t, first = source - whole, whole.astype(np.int64)
    weights = cubic_weights(t)
    return [(ALL, np.clip(first + number - 1, 0, size - 1), weight.astype(real)) for number, weight in enumerate(weights)]


def cubic_weights(t: Any) -> list[Any]:
    """The weights of the four elements around a place that is t behind the second of them."""
    a = -0.75
    return [_cubic_far(t + 1, a), _cubic_near(t, a), _cubic_near(1 - t, a), _cubic_far(2 - t, a)]


def _triangle(x: Any) -> Any:
    return np.maximum(1 - np.abs(x), 0)


def _cubic_filter(x: Any) -> Any:
    x = np.abs(x)
    return np.where(x < 1, _cubic_near(x, -0.5), np.where(x < 2, _cubic_far(x, -0.5), 0))


def _lanczos_filter(x: Any) -> Any:
    return np.where((x >= -3) & (x < 3), np.sinc(x) * np.sinc(x / 3), 0)


_FILTERS = {"linear": (_triangle, 2), "cubic": (_cubic_filter, 4), "lanczos": (_lanczos_filter, 6)}


def antialiased(kind: str, size: int, places: int, align_corners: bool, scale: Any, real: Any) -> Table:
    """A filter that is as wide as the distance of the results, if that is more than one element."""
    function, width = _FILTERS[kind]
    step = float(_scale(size, places, align_corners, scale, real))
    stretch = max(step, 1.0)
    support = width * 0.5 * stretch
    centres = step * (np.arange(places) + 0.5)
    first = np.maximum((centres - support + 0.5).astype(np.int64), 0)
    counts = np.clip(np.minimum((centres + support + 0.5).astype(np.int64), size) - first, 0, math.ceil(support) * 2 + 1)
    number = np.arange(int(counts.max(initial=0)))
    weights = function((number + first[:, None] - centres[:, None] + 0.5) / stretch)
    weights[number >= counts[:, None]] = 0
    total = weights.sum(axis=1, keepdims=True)
    weights = np.divide(weights, total, out=weights, where=total != 0).astype(real)
    return _listed(counts, first, weights)


def _listed(counts: Any, first: Any, weights: Any) -> Table:
    found: Table = []
    for number in range(weights.shape[1]):
        which = np.flatnonzero(counts > number)
        rows = ALL if which.size == counts.size else which
        found.append((rows, first[rows] + number, weights[rows, number]))
    return found


def transposed(table: Table, size: int, places: int) -> Table:
    """The table that brings gradients of results back to the elements."""
    rows = np.concatenate([np.arange(places)[which] for which, _, _ in table])
    columns = np.concatenate([index for _, index, _ in table])
    plain = all(weight is None for _, _, weight in table)
    weights = None if plain else np.concatenate([np.ones(len(index)) if weight is None else weight for _, index, weight in table])
    order = np.argsort(columns, kind="stable")
    rows, columns = rows[order], columns[order]
    starts = np.searchsorted(columns, np.arange(size + 1))
    counts = np.diff(starts)
    found: Table = []
    for number in range(int(counts.max(initial=0))):
        which = np.flatnonzero(counts > number)
        at = starts[which] + number
        found.append((ALL if which.size == size else which, rows[at], None if weights is None else weights[order][at]))
    return found


def apply(array: Any, axis: int, places: int, table: Table) -> Any:
    """The weighted sums that a table describes, along one dimension."""
    lead, tail = (slice(None),) * axis, (1,) * (array.ndim - axis - 1)
    result: Any = None
    for rows, index, weight in table:
        part = array.take(index, axis)
        if weight is not None:
            np.multiply(part, weight.astype(part.dtype, copy=False).reshape(-1, *tail), out=part)
        if result is None and rows is ALL:
            result = part
            continue
        if result is None:
            result = np.zeros((*array.shape[:axis], places, *array.shape[axis + 1 :]), array.dtype)
        result[(*lead, rows)] += part
    return np.zeros((*array.shape[:axis], places, *array.shape[axis + 1 :]), array.dtype) if result is None else result


# ---------------------------------------------------------------- uint8: whole-number weights, as PyTorch's kernels of images have them


def _precision(table: Table) -> int:
    largest = max((float(weight.max(initial=0)) for _, _, weight in table), default=0.0)
    for precision in range(22):
        if int(0.5 + largest * (1 << (precision + 1))) >= 1 << 15:
            return precision
    return 22


def apply_bytes(array: Any, axis: int, places: int, table: Table) -> Any:
    """apply() for uint8, with rounded weights and a rounded result."""
    table = [(rows, index, np.ones(len(index)) if weight is None else weight) for rows, index, weight in table]
    precision = _precision(table)
    lead, tail = (slice(None),) * axis, (1,) * (array.ndim - axis - 1)
    total = np.full((*array.shape[:axis], places, *array.shape[axis + 1 :]), 1 << (precision - 1), np.int32)
    for rows, index, weight in table:
        scaled = weight * (1 << precision)
        whole = np.trunc(scaled + np.where(weight < 0, -0.5, 0.5)).astype(np.int32)
        total[(*lead, rows)] += array.take(index, axis).astype(np.int32) * whole.reshape(-1, *tail)
    return np.clip(total >> precision, 0, 255).astype(np.uint8)
