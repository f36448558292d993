"""Pooling of arrays, one dimension after the other.

NOTE [ Pooling by taps ]
Windows along one dimension are given by taps: the k-th tap pairs the results that have a k-th element in their window with the places
of those elements, as two slices (or two index arrays, where windows are irregular). A maximum or a sum over windows is then a maximum
or a sum over a few shifted views, and a gradient goes back through the same views. Windows in two or three dimensions are products of
windows along one, so dimensions are done in turn, the last first. The place of a maximum is kept as a small code, the number of the tap,
until the end: `max > before` sets it, which takes the first of equal elements, as PyTorch does, and the last nan.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import loops

Taps = list[tuple[Any, Any]]


def regular_taps(size: int, places: int, kernel: int, stride: int, padding: int, dilation: int) -> Taps:
    """Windows at equal distances; elements in the padding are left out."""
    found: Taps = []
    for number in range(kernel):
        start = number * dilation - padding
        first = max(0, -(start // stride))
        last = min(places, (size - 1 - start) // stride + 1)
        if first >= last:
            found.append((slice(0, 0), slice(0, 0)))
        else:
            found.append((slice(first, last), slice(start + first * stride, start + (last - 1) * stride + 1, stride)))
    return found


def irregular_taps(starts: Any, ends: Any) -> Taps:
    """Windows from starts to ends (arrays)."""
    found: Taps = []
    for number in range(int((ends - starts).max(initial=0))):
        which = np.flatnonzero(starts + number < ends)
        found.append((slice(None) if which.size == starts.size else which, starts[which] + number))
    return found


def _at(axis: int, index: Any) -> tuple[Any, ...]:
    return (*[slice(None)] * axis, index)


def _resized(shape: Any, axis: int, size: int) -> tuple[int, ...]:
    return (*shape[:axis], size, *shape[axis + 1 :])


def _covers(taps: Taps, places: int) -> bool:
    """Whether every result has an element for the first tap."""
    first = taps[0][0] if taps else slice(0, 0)
    return isinstance(first, slice) and first.indices(places)[:2] == (0, places)


# ---------------------------------------------------------------- sums


def sum_taps(x: Any, axis: int, places: int, taps: Taps) -> Any:
    """The sums over windows along one dimension."""
    shape = _resized(x.shape, axis, places)
    covers = _covers(taps, places)
    total = np.empty(shape, x.dtype) if covers else np.zeros(shape, x.dtype)
    for number, (results, elements) in enumerate(taps):
        if covers and number == 0:
            total[...] = x[_at(axis, elements)]
        else:
            total[_at(axis, results)] += x[_at(axis, elements)]
    return total


def spread_taps(grad: Any, axis: int, size: int, taps: Taps) -> Any:
    """The transpose of sum_taps: each window's number added to each of its elements."""
    total = np.zeros(_resized(grad.shape, axis, size), grad.dtype)
    for results, elements in taps:
        part = grad[_at(axis, results)]
        if not isinstance(elements, slice) and (elements[1:] == elements[:-1]).any():  # an element in several windows, in order
            first = np.flatnonzero(np.diff(elements, prepend=-1))
            part, elements = np.add.reduceat(part, first, axis), elements[first]
        total[_at(axis, elements)] += part
    return total


# ---------------------------------------------------------------- maxima


def _lowest(np_dtype: Any) -> Any:
    return -math.inf if np_dtype.kind == "f" else np.iinfo(np_dtype).min


def max_taps(x: Any, axis: int, places: int, taps: Taps) -> Any:
    """The maxima over windows along one dimension."""
    shape = _resized(x.shape, axis, places)
    covers = _covers(taps, places)
    best = np.empty(shape, x.dtype) if covers else np.full(shape, _lowest(x.dtype), x.dtype)
    for number, (results, elements) in enumerate(taps):
        values = x[_at(axis, elements)]
        if covers and number == 0:
            best[...] = values
        elif isinstance(results, slice):
            part = best[_at(axis, results)]
            np.maximum(part, values, out=part)
        else:
            best[_at(axis, results)] = np.maximum(best[_at(axis, results)], values)
    return best


def coded_max_taps(x: Any, axis: int, places: int, taps: Taps, codes: Any, unit: int, code_dtype: Any, has_nan: bool) -> tuple[Any, Any]:
    """max_taps, and a code for each maximum: the number of its tap times `unit`, added to its element's own code in `codes`."""
    shape = _resized(x.shape, axis, places)
    best, code = np.full(shape, _lowest(x.dtype), x.dtype), np.zeros(shape, code_dtype)
    for number in reversed(range(1 if _covers(taps, places) else len(taps))):  # where nothing is larger, the first element counts
        where, elements = _at(axis, taps[number][0]), _at(axis, taps[number][1])
        code[where] = code_dtype(number * unit) if codes is None else codes[elements] + code_dtype(number * unit)
        if number == 0 and _covers(taps, places):
            best[where] = x[elements]
    for number in range(1 if _covers(taps, places) else 0, len(taps)):
        where, elements = _at(axis, taps[number][0]), _at(axis, taps[number][1])
        values, before = x[elements], best[where]
        larger = values > before
        if has_nan:
            larger |= np.isnan(values)
        best[where] = np.maximum(before, values)
        new = code_dtype(number * unit) if codes is None else codes[elements] + code_dtype(number * unit)
        if isinstance(taps[number][0], slice):
            np.copyto(code[where], new, where=larger)
        else:
            code[where] = np.where(larger, new, code[where])
    return best, code


def max_with_places(x: Any, axes: list[int], places: list[int], taps: list[Taps], starts: list[Any], spreads: list[int]) -> tuple[Any, Any]:
    """The maxima over windows in the dimensions `axes`, and where they are in a row-major plane of these dimensions.

    starts: where along each dimension each window starts (its first tap, which may be in the padding); spreads: the distance of taps.
    """
    has_nan = x.dtype.kind == "f" and x.size > 0 and bool(np.isnan(x.min()))
    counts = [len(entry) for entry in taps]
    total = math.prod(counts)
    code_dtype = np.uint8 if total <= 256 else np.uint16 if total <= 65536 else np.int64
    best, codes, unit = x, None, 1
    for axis, count, entry, size in reversed(list(zip(axes, places, taps, counts))):
        best, codes = coded_max_taps(best, axis, count, entry, codes, unit, code_dtype, has_nan)
        unit *= size
    steps = [1]
    for axis in reversed(axes[1:]):
        steps.insert(0, steps[0] * x.shape[axis])
    offsets = np.zeros((), np.int64)
    for size, spread, step in zip(counts, spreads, steps):
        offsets = offsets[..., None] + np.arange(size) * (spread * step)
    found = offsets.reshape(-1).take(codes)
    for axis, start, step in zip(axes, starts, steps):
        found += (np.asarray(start, np.int64) * step).reshape(-1, *[1] * (x.ndim - axis - 1))
    return best, found


_native_put = loops.helper("put_planes")


def put_planes(grad: Any, indices: Any, planes: int, size: int, overlap: bool) -> Any:
    """(planes, size) with each gradient added at its index within its plane."""
    found = _native_put(grad, indices, planes, size)
    if found is not None:
        return found
    total = np.zeros(planes * size, grad.dtype)
    if not grad.size:
        return total.reshape(planes, size)
    flat = (indices.reshape(planes, -1) + np.arange(planes)[:, None] * size).reshape(-1)
    if overlap:
        np.add.at(total, flat, grad.reshape(-1))
    else:
        total[flat] = grad.reshape(-1)
    return total.reshape(planes, size)
