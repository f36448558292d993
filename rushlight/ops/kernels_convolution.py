"""Convolutions of arrays: forward, and the gradients of the input and of the weight, in any number of dimensions.

NOTE [ Convolutions as matrix products ]
A convolution is one product of the weight (channels out x taps) with the columns (taps x positions), where a tap is an input
channel and a place in the kernel. Copying the columns is cheap if memory is read in long runs. With a stride of one all positions
of an image, row after row, are one run of the padded image for each tap, as long as the few positions between the rows' ends
are computed too and dropped afterwards; this is done where they are less than a third of all. Else a run is one row of results.
Columns are made for so many images, or rows of images, at a time that they stay within BLOCK elements.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from rushlight._core import loops

BLOCK = 1 << 19
# Without columns, in C: see _kernels_convolution.c. None where they decline, and always in the pure form.
_native, _native_slope = loops.helper("convolve"), loops.helper("convolve_slope")


class Geometry:
    """The sizes of a convolution: x (N, C, *sizes) with w (O, C / groups, *kernel) gives (N, O, *places)."""

    def __init__(self, x_shape: Any, w_shape: Any, stride: Any, padding: Any, dilation: Any, groups: int, places: Any = None) -> None:
        self.batch, self.channels = x_shape[:2]
        self.sizes, self.kernel = tuple(x_shape[2:]), tuple(w_shape[2:])
        self.stride, self.padding, self.dilation, self.groups = stride, padding, dilation, groups
        self.outputs = w_shape[0]
        self.padded = tuple(size + 2 * extra for size, extra in zip(self.sizes, padding))
        spans = [step * (size - 1) + 1 for step, size in zip(dilation, self.kernel)]
        self.places = places or tuple((size - span) // step + 1 for size, span, step in zip(self.padded, spans, stride))
        self.taps = self.channels // groups * math.prod(self.kernel)
        self.plane = math.prod(self.padded)
        steps = [1]
        for size in self.padded[:0:-1]:
            steps.insert(0, steps[0] * size)
        self.steps = steps  # how far apart neighbours along each dimension are in a padded plane
        run = self.run(self.places[0]) if math.prod(self.places) else 0
        self.flat = all(step == 1 for step in stride) and 3 * run < 4 * math.prod(self.places) + 64
        ones = all(size == 1 for size in self.kernel) and all(step == 1 for step in stride)
        self.is_pointwise = ones and not any(padding) and groups == 1  # a product over channels at each place

    def by_rows(self) -> Geometry:
        """The same with one run for each row of results."""
        found = copy.copy(self)
        found.flat = False
        return found

    def run(self, rows: int) -> int:
        """How long the run of positions is that covers so many rows of results."""
        return 1 + (rows - 1) * self.steps[0] + sum((size - 1) * step for size, step in zip(self.places[1:], self.steps[1:]))

    def positions(self, rows: int) -> tuple[int, ...]:
        """The sizes of the dimensions of positions in columns that cover so many rows."""
        return (self.run(rows),) if self.flat else (rows, *self.places[1:])

    def blocks(self) -> Iterator[tuple[int, int, int, int]]:
        """Images first:last and rows top:bottom to take at a time."""
        rows = self.places[0]
        per_row = max(1, math.prod(self.places[1:]) * self.taps * self.groups)
        images = max(1, min(self.batch, BLOCK // (per_row * rows)))
        height = rows if images > 1 or per_row * rows <= BLOCK else max(1, BLOCK // per_row)
        for first in range(0, self.batch, images):
            for top in range(0, rows, height):
                yield first, min(first + images, self.batch), top, min(top + height, rows)

    def tap_strides(self, item: int) -> list[int]:
        return [step * dilation * item for step, dilation in zip(self.steps, self.dilation)]

    def position_strides(self, item: int) -> list[int]:
        return [item] if self.flat else [step * stride * item for step, stride in zip(self.steps, self.stride)]


geometry_of = lru_cache(maxsize=1024)(Geometry)  # programs convolve the same sizes again and again


def _padded(x: Any, geometry: Geometry) -> Any:
    """The images with zeros around them; each plane lies in one piece."""
    if not any(geometry.padding):
        expected = [step * x.itemsize for step in geometry.steps]
        return x if list(x.strides[2:]) == expected else np.ascontiguousarray(x)
    whole = np.zeros((*x.shape[:2], *geometry.padded), x.dtype)
    whole[_inside(geometry)] = x
    return whole


def _inside(geometry: Geometry) -> tuple[Any, ...]:
    return (slice(None), slice(None), *[slice(extra, extra + size) for extra, size in zip(geometry.padding, geometry.sizes)])


def _columns(x: Any, geometry: Geometry, first: int, last: int, top: int, bottom: int) -> Any:
    """(groups, taps, positions) of some images' rows, from padded images."""
    item, groups = x.itemsize, geometry.groups
    per_group = geometry.channels // groups
    positions = geometry.positions(bottom - top)
    image, channel = x.strides[:2]
    origin = x[first:last, :, top * geometry.stride[0] :]
    view = as_strided(
        origin, (groups, per_group, *geometry.kernel, last - first, *positions),
        (channel * per_group, channel, *geometry.tap_strides(item), image, *geometry.position_strides(item)),
    )  # fmt: skip
    return view.reshape(groups, geometry.taps, -1)


def _product(a: Any, b: Any) -> Any:
    """Products of batches of matrices, (groups, ...)."""
    return a[0].dot(b[0])[None] if a.shape[0] == 1 else np.matmul(a, b)


def _dense(values: Any) -> Any:
    """float32 values in one piece, as the native kernels want them."""
    return np.ascontiguousarray(values) if values.dtype.char == "f" else values


def _unrolled(values: Any, geometry: Geometry, images: int, rows: int) -> Any:
    """(outputs, images * positions) as a view (images, outputs, rows, *rest)."""
    item = values.itemsize
    shape = (images, geometry.outputs, rows, *geometry.places[1:])
    if not geometry.flat:
        return np.moveaxis(values.reshape(geometry.outputs, images, rows, *geometry.places[1:]), 0, 1)
    run = geometry.run(rows)
    return as_strided(values, shape, (run * item, images * run * item, *[step * item for step in geometry.steps]))


def _rolled(grad: Any, geometry: Geometry, first: int, last: int, top: int, bottom: int) -> Any:
    """Gradients of results as (groups, outputs / groups, images * positions), zero at positions between rows."""
    images, rows = last - first, bottom - top
    length = images * math.prod(geometry.positions(rows))
    make = np.zeros if geometry.flat else np.empty
    whole = make((geometry.outputs, length), grad.dtype)
    _unrolled(whole, geometry, images, rows)[...] = grad[first:last, :, top:bottom]
    return whole.reshape(geometry.groups, -1, length)


def _planes(x: Any) -> Any:
    return np.ascontiguousarray(x).reshape(*x.shape[:2], -1)


def forward(x: Any, w: Any, geometry: Geometry, result: Any) -> None:
    """Write the convolution of x with w to result."""
    if not result.size:
        return
    if not geometry.taps:
        result[...] = 0
        return
    weight = w.reshape(geometry.groups, -1, geometry.taps)
    if geometry.is_pointwise:
        result[...] = np.matmul(weight[0], _planes(x)).reshape(result.shape)
        return
    if _native(_dense(x), _dense(w), geometry.stride, geometry.padding, geometry.dilation, geometry.groups, result) is not None:
        return
    x = _padded(x, geometry)
    for first, last, top, bottom in geometry.blocks():
        found = _product(weight, _columns(x, geometry, first, last, top, bottom))
        result[first:last, :, top:bottom] = _unrolled(found.reshape(geometry.outputs, -1), geometry, last - first, bottom - top)


def input_gradient(grad: Any, w: Any, geometry: Geometry, result: Any, accumulate: Any = None) -> None:
    """Write the gradient of x (the transposed convolution of grad) to result; `accumulate`: the dtype that taps are added up in."""
    if not result.size:
        return
    if not grad.size or not w.size:
        result[...] = 0
        return
    weight = w.reshape(geometry.groups, -1, geometry.taps).swapaxes(1, 2)
    if geometry.is_pointwise:
        result[...] = np.matmul(weight[0], _planes(grad)).reshape(result.shape)
        return
    finite = bool(np.isfinite(w).all())  # else zeros in padding and between rows would meet what is not finite
    inverse = _inverse(grad, geometry) if finite and not accumulate else None
    if inverse is not None:
        forward(grad, _turned(w, geometry), inverse, result)
        return
    if finite and not accumulate and grad.dtype.char == "f" and _has_phases(geometry):
        _by_phases(grad, w, geometry, result)
        return
    geometry = geometry if finite else geometry.by_rows()
    whole = None
    for first, last, top, bottom in geometry.blocks():
        if top == 0:
            whole = np.zeros((geometry.channels, last - first, geometry.plane), accumulate or grad.dtype)
        found = _product(weight, _rolled(grad, geometry, first, last, top, bottom))
        _add_taps(whole, found, geometry, last - first, top, bottom)
        if bottom == geometry.places[0]:
            images = whole.reshape(geometry.channels, last - first, *geometry.padded).swapaxes(0, 1)
            result[first:last] = images[_inside(geometry)]


def _turned(w: Any, geometry: Geometry) -> Any:
    """The weight, or a part of it, mirrored and with the roles of its channels exchanged."""
    kernel = w.shape[2:]
    turned = w.reshape(geometry.groups, -1, geometry.channels // geometry.groups, *kernel).swapaxes(1, 2)
    return np.flip(turned.reshape(geometry.channels, -1, *kernel), tuple(range(2, 2 + len(kernel))))


def _has_phases(geometry: Geometry) -> bool:
    """Whether few strides, which overlap, cut the input into as many convolutions of the gradient."""
    if loops.NATIVE is None or math.prod(geometry.stride) > 9 or len(geometry.stride) > 2 or geometry.channels < 3 * geometry.groups:
        return False
    dense = all(step == 1 or spread == 1 for step, spread in zip(geometry.stride, geometry.dilation))
    return dense and any(size > step for size, step in zip(geometry.kernel, geometry.stride))


def _by_phases(grad: Any, w: Any, geometry: Geometry, result: Any) -> None:
    """The gradient of x by the phases of the strides: places of one phase meet the taps of that phase only, one step apart."""
    result[...] = 0
    count = len(geometry.stride)
    for phase in np.ndindex(*geometry.stride):
        part = w[(..., *[slice(at, None, step) for at, step in zip(phase, geometry.stride)])]
        if not part.size:
            continue
        padding = tuple(spread * (size - 1) for spread, size in zip(geometry.dilation, part.shape[2:]))
        shape = (geometry.channels, geometry.outputs // geometry.groups, *part.shape[2:])
        inverse = geometry_of(grad.shape, shape, (1,) * count, padding, geometry.dilation, geometry.groups)
        found = np.empty((grad.shape[0], geometry.channels, *inverse.places), grad.dtype)
        forward(grad, _turned(part, geometry), inverse, found)
        sources, targets = [], []
        for at, step, extra, size, places in zip(phase, geometry.stride, geometry.padding, geometry.sizes, inverse.places):
            start = max(0, -(-(extra - at) // step))  # the first place within the input
            stop = min(places, -(-(size + extra - at) // step))
            sources.append(slice(start, max(start, stop)))
            first = at + step * start - extra
            targets.append(slice(first, first + step * max(0, stop - start), step))
        result[(..., *targets)] = found[(..., *sources)]


def _inverse(grad: Any, geometry: Geometry) -> Geometry | None:
    """The convolution of the gradient with the mirrored weight that gives the input's gradient, where there is one and it is cheaper."""
    padding = [step * (size - 1) - extra for step, size, extra in zip(geometry.dilation, geometry.kernel, geometry.padding)]
    if any(step != 1 for step in geometry.stride) or min(padding) < 0 or geometry.outputs > 4 * geometry.channels:
        return None
    shape = (geometry.channels, geometry.outputs // geometry.groups, *geometry.kernel)
    found = geometry_of(grad.shape, shape, geometry.stride, tuple(padding), geometry.dilation, geometry.groups)
    return found if found.places == geometry.sizes else None


def _add_taps(whole: Any, found: Any, geometry: Geometry, images: int, top: int, bottom: int) -> None:
    """Add what each tap gives to the places that it reads; the order of an element's sum is that of the taps."""
    positions = geometry.positions(bottom - top)
    parts = found.reshape(geometry.channels, *geometry.kernel, images, *positions)
    moves = geometry.position_strides(1)
    spreads = tuple(step * dilation for step, dilation in zip(geometry.steps, geometry.dilation))
    whole, item = whole[:, :, top * geometry.stride[0] * geometry.steps[0] :], whole.itemsize
    few = math.prod(positions) < math.prod(geometry.kernel)  # then window by window, from the last one on, which is the same order
    if few:
        parts = np.moveaxis(parts, 1 + len(geometry.kernel), 1)
    targets = geometry.kernel if few else positions
    strides = (*whole.strides[:2], *(step * item for step in (spreads if few else moves)))
    for at in reversed(list(np.ndindex(*positions))) if few else np.ndindex(*geometry.kernel):
        offset = sum(place * step for place, step in zip(at, moves if few else spreads))
        place = as_strided(whole[:, :, offset:], (geometry.channels, images, *targets), strides)
        place += (parts[(..., *at)] if few else parts[(slice(None), *at)]).astype(whole.dtype, copy=False)


def weight_gradient(x: Any, grad: Any, geometry: Geometry, w_shape: Any) -> Any:
    """The gradient of w."""
    found = np.empty(w_shape, grad.dtype)
    options = (geometry.stride, geometry.padding, geometry.dilation, geometry.groups)
    if found.size and _native_slope(_dense(x), _dense(grad), *options, found) is not None and np.isfinite(found).all():
        return found
    total = _weight_gradient(x, grad, geometry)
    if geometry.flat and not np.isfinite(total).all():  # zeros between rows may have met what is not finite: take rows one by one
        total = _weight_gradient(x, grad, geometry.by_rows())
    return total.reshape(w_shape)


def _weight_gradient(x: Any, grad: Any, geometry: Geometry) -> Any:
    total = np.zeros((geometry.groups, geometry.outputs // geometry.groups, geometry.taps), grad.dtype)
    if total.size and grad.size:
        x = _padded(x, geometry)
        for first, last, top, bottom in geometry.blocks():
            columns = _columns(x, geometry, first, last, top, bottom)
            total += _product(_rolled(grad, geometry, first, last, top, bottom), columns.swapaxes(1, 2))
    return total
