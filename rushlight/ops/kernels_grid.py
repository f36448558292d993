"""Sampling images at the places that a grid holds.

NOTE [ Samples as separable taps ]
A sample is a weighted sum of the elements around a place, and its weights are products of one weight for each dimension. So the value,
the derivatives by the place and the second derivatives are all sums over the same few taps, with other products: for each dimension a tap
has its weight and the weight's first two derivatives. One loop over taps (4 in a plane, 8 in a volume, 16 for cubic ones) serves the
forward pass and both gradients; everything else runs over whole arrays.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from rushlight.ops.kernels_resample import cubic_weights
from rushlight.ops.reduce_common import widened

BILINEAR, NEAREST, BICUBIC = 0, 1, 2
ZEROS, BORDER, REFLECTION = 0, 1, 2
_FAR = -100  # an index that is outside of every image


def _reflected(place: Any, low: int, high: int) -> tuple[Any, Any]:
    """Places reflected between low / 2 and high / 2, and the sign of their derivative."""
    if low == high:
        return np.zeros_like(place), np.zeros_like(place)
    least, span = place.dtype.type(low / 2), place.dtype.type((high - low) / 2)
    offset = place - least
    sign = np.where(offset < 0, -1, 1).astype(place.dtype)
    offset = np.abs(offset)
    flips, extra = np.floor(offset / span), np.fmod(offset, span)
    even = np.fmod(flips, 2) == 0
    return np.where(even, extra + least, span - extra + least), np.where(even, sign, -sign)


def _clipped(place: Any, size: int) -> tuple[Any, Any]:
    inside = (place > 0) & (place < size - 1)
    return np.fmin(np.fmax(place, 0), size - 1), inside.astype(place.dtype)


def _within(place: Any, size: int, padding: int, align_corners: bool) -> tuple[Any, Any]:
    """Places as the padding mode moves them, and the derivative of that (a number 1 where it moves none)."""
    if padding == BORDER:
        return _clipped(place, size)
    if padding == REFLECTION:
        low, high = (0, 2 * (size - 1)) if align_corners else (-1, 2 * size - 1)
        moved, sign = _reflected(place, low, high)
        clipped, kept = _clipped(moved, size)
        return clipped, sign * kept
    return place, 1


def _index(place: Any) -> Any:
    """Places as whole numbers; what is no index becomes one that is outside."""
    bad = ~(np.abs(place) < 2**31)
    return np.where(bad, _FAR, place).astype(np.int64)


def _cubic_slopes(t: Any) -> tuple[list[Any], list[Any]]:
    a = -0.75
    x = [t + 1, t, 1 - t, 2 - t]
    far = [(3 * a * y - 10 * a) * y + 8 * a for y in (x[0], x[3])]
    near = [(3 * (a + 2) * y - 2 * (a + 3)) * y for y in (x[1], x[2])]
    far_again = [6 * a * y - 10 * a for y in (x[0], x[3])]
    near_again = [6 * (a + 2) * y - 2 * (a + 3) for y in (x[1], x[2])]
    return [far[0], near[0], -near[1], -far[1]], [far_again[0], near_again[0], near_again[1], far_again[1]]


class Sampler:
    """A grid of places in images of some sizes: taps, with what the sums over them need."""

    def __init__(self, shape: Any, grid: Any, mode: int, padding: int, align_corners: bool) -> None:
        self.batch, self.channels, *self.sizes = shape
        self.count = len(self.sizes)
        self.places = grid.shape[1:-1]
        self.axes: list[list[tuple[Any, Any, Any, Any]]] = []  # for each dimension, taps (index, weight, slope, second slope)
        self.rates: list[Any] = []  # what a place moves when the grid's number does
        self.mode = mode
        flat = grid.reshape(-1, self.count)
        self.points = flat.shape[0] // max(self.batch, 1)
        for axis, size in enumerate(self.sizes):
            real = grid.dtype.type
            number = flat[:, self.count - 1 - axis]  # a grid's last dimension holds x, y, z
            if align_corners:
                place, rate = (number + real(1)) / real(2) * real(size - 1), real((size - 1) / 2)
            else:
                place, rate = ((number + real(1)) * real(size) - real(1)) / real(2), real(size / 2)
            self._add_axis(place, np.float32(rate) if grid.dtype.itemsize == 2 else rate, size, padding, align_corners)

    # 16-bit places are worked out in 16 bits, as PyTorch does; their weights are not.
    def _add_axis(self, place: Any, rate: Any, size: int, padding: int, align_corners: bool) -> None:
        if self.mode == BICUBIC:
            first = np.floor(place)
            t = widened(place - first)
            slopes, again = _cubic_slopes(t)
            taps = []
            for number, weight in enumerate(cubic_weights(t)):
                moved, _ = _within(first + place.dtype.type(number - 1), size, padding, align_corners)
                taps.append((_index(moved), weight, slopes[number], again[number]))
            self.axes.append(taps)
            self.rates.append(rate)
            return
        place, slope = _within(place, size, padding, align_corners)
        if self.mode == NEAREST:
            self.axes.append([(_index(np.rint(place)), 1, 0, 0)])
            self.rates.append(0)
            return
        first = np.floor(place)
        index, t = _index(first), widened(place - first)
        self.axes.append([(index, 1 - t, -1, 0), (index + 1, t, 1, 0)])
        self.rates.append(rate * slope[:, None] if isinstance(slope, np.ndarray) else rate)

    def taps(self) -> Iterator[tuple[Any, Any, list[tuple[Any, Any, Any, Any]]]]:
        """For each tap: rows of the images' elements (batch * points), which are inside (None: all), and its parts along each dimension."""
        images = np.repeat(np.arange(self.batch), self.points)
        for parts in itertools.product(*self.axes):
            inside: Any = True
            index: Any = images
            for (at, _, _, _), size in zip(parts, self.sizes):
                inside = inside & (at >= 0) & (at < size)
                index = index * size + np.minimum(np.maximum(at, 0), size - 1)
            yield index, None if inside.all() else ~inside, list(parts)

    def weight(self, parts: Any, *orders: int) -> Any:
        """The product of a tap's weights, derived by the given dimensions, as a column."""
        total: Any = 1
        for axis, part in enumerate(parts):
            total = total * part[1 + orders.count(axis)]
        return total[:, None] if isinstance(total, np.ndarray) else total


def rows_of(images: Any) -> Any:
    """(batch * places, channels) of images or of their gradients."""
    turned = np.ascontiguousarray(np.moveaxis(images, 1, -1))
    return turned.reshape(math.prod(turned.shape[:-1]), turned.shape[-1])


def images_of(rows: Any, shape: Any) -> Any:
    """The inverse of rows_of."""
    turned = rows.reshape(shape[0], *shape[2:], shape[1])
    return np.ascontiguousarray(np.moveaxis(turned, -1, 1))


def _pick(rows: Any, index: Any, outside: Any) -> Any:
    found = rows.take(index, 0)
    if outside is not None:
        found[outside] = 0
    return found


def _scatter(total: Any, index: Any, outside: Any, amount: Any) -> None:
    """Add rows to the rows at an index, which may come up several times."""
    if outside is not None:
        amount[outside] = 0
    channels = total.shape[1]
    flat = (index * channels)[:, None] + np.arange(channels)
    total += np.bincount(flat.reshape(-1), amount.reshape(-1), total.size).reshape(total.shape)


def _dot(a: Any, b: Any) -> Any:
    return np.einsum("qc,qc->q", a, b)[:, None]


def forward(sampler: Sampler, values: Any) -> Any:
    """The samples, as rows, of images, as rows."""
    total = np.zeros((sampler.batch * sampler.points, sampler.channels), values.dtype)
    for index, outside, parts in sampler.taps():
        picked = _pick(values, index, outside)
        np.multiply(picked, sampler.weight(parts), out=picked)
        total += picked
    return total


def _places(sampler: Sampler, like: Any) -> Any:
    return np.zeros((sampler.batch * sampler.points, sampler.count), like.dtype)


def backward(sampler: Sampler, grad: Any, values: Any, wanted: Any) -> tuple[Any, Any]:
    """The gradients of images and grid, as rows; None for those that are not wanted."""
    by_values = np.zeros(values.shape, np.float64) if wanted[0] else None
    by_grid = _places(sampler, values) if wanted[1] else None
    for index, outside, parts in sampler.taps():
        if by_values is not None:
            _scatter(by_values, index, outside, grad * sampler.weight(parts))
        if by_grid is not None and sampler.mode != NEAREST:
            along = _dot(grad, _pick(values, index, outside))
            for axis, rate in enumerate(sampler.rates):
                by_grid[:, sampler.count - 1 - axis] += (along * sampler.weight(parts, axis) * rate)[:, 0]
    return by_values, by_grid


def double_backward(sampler: Sampler, to_values: Any, to_grid: Any, grad: Any, values: Any) -> tuple[Any, Any, Any]:
    """The gradients of backward()'s operands grad, values and grid, from those of its results (either may be None)."""
    by_grad, by_values, by_grid = np.zeros(grad.shape, grad.dtype), np.zeros(values.shape, np.float64), _places(sampler, values)
    axes = range(sampler.count)
    moves = None if to_grid is None else [to_grid[:, sampler.count - 1 - axis, None] * sampler.rates[axis] for axis in axes]
    for index, outside, parts in sampler.taps():
        picked = _pick(values, index, outside)
        if to_values is not None:
            along = _pick(to_values, index, outside)
            total = _dot(grad, along)
            by_grad += along * sampler.weight(parts)
            for axis in axes:
                by_grid[:, sampler.count - 1 - axis] += (total * sampler.weight(parts, axis) * sampler.rates[axis])[:, 0]
        if moves is not None:
            slope: Any = sum(move * sampler.weight(parts, axis) for axis, move in enumerate(moves))
            by_grad += picked * slope
            _scatter(by_values, index, outside, grad * slope)
            total = _dot(grad, picked)
            for axis in axes:
                bend: Any = sum(move * sampler.weight(parts, axis, other) for other, move in enumerate(moves))
                by_grid[:, sampler.count - 1 - axis] += (total * bend * sampler.rates[axis])[:, 0]
    return by_grad, by_values, by_grid
