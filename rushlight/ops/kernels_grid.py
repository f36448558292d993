"""Sampling images at the places that a grid holds.

NOTE [ Samples as separable taps ]
A sample is a weighted sum of the elements around a place, and its weights are products of one weight for each dimension. So the value,
the derivatives by the place and the second derivatives are all sums over the same few taps, with other products: for each dimension a tap
has its weight and the weight's first two derivatives. One loop over taps (4 in a plane, 8 in a volume, 16 for cubic ones) serves the
forward pass and both gradients; everything else runs over whole arrays.
"""

from __future__ import annotations

import itertools
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
        flat = grid.reshape(self.batch, -1, self.count)
        self.points = flat.shape[1]
        for axis, size in enumerate(self.sizes):
            real = grid.dtype.type
            number = flat[:, :, self.count - 1 - axis]  # a grid's last dimension holds x, y, z
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
        self.rates.append(rate * slope)

    def taps(self) -> Iterator[tuple[Any, Any, list[tuple[Any, Any, Any, Any]]]]:
        """For each tap: flat indices (batch, channels, points), which are inside, and its parts along each dimension."""
        planes = np.arange(self.batch * self.channels).reshape(self.batch, self.channels, 1)
        for parts in itertools.product(*self.axes):
            inside: Any = True
            index: Any = 0
            for (at, _, _, _), size in zip(parts, self.sizes):
                inside = inside & (at >= 0) & (at < size)
                index = index * size + np.minimum(np.maximum(at, 0), size - 1)
            yield planes * int(np.prod(self.sizes)) + index[:, None], inside, list(parts)

    def weight(self, parts: Any, *orders: int) -> Any:
        """The product of a tap's weights, derived by the given dimensions."""
        total: Any = 1
        for axis, part in enumerate(parts):
            total = total * part[1 + orders.count(axis)]
        return total

    def pick(self, values: Any, index: Any, inside: Any) -> Any:
        found = values.reshape(-1).take(index)
        return found if inside.all() else np.where(inside[:, None], found, found.dtype.type(0))


def forward(sampler: Sampler, values: Any) -> Any:
    total = np.zeros((sampler.batch, sampler.channels, sampler.points), values.dtype)
    for index, inside, parts in sampler.taps():
        weight = np.broadcast_to(np.asarray(sampler.weight(parts), values.dtype), inside.shape)
        total += sampler.pick(values, index, inside) * weight[:, None]
    return total


def _scatter(total: Any, index: Any, inside: Any, amount: Any) -> None:
    amount = np.where(inside[:, None], amount, 0)
    total += np.bincount(index.reshape(-1), amount.reshape(-1), total.size)


def backward(sampler: Sampler, grad: Any, values: Any, wanted: Any) -> tuple[Any, Any]:
    """The gradients of images and grid; None for those that are not wanted."""
    by_values = np.zeros(values.size, np.float64) if wanted[0] else None
    by_grid = np.zeros((sampler.batch, sampler.points, sampler.count), values.dtype) if wanted[1] else None
    for index, inside, parts in sampler.taps():
        if by_values is not None:
            weight = np.broadcast_to(np.asarray(sampler.weight(parts), grad.dtype), inside.shape)
            _scatter(by_values, index, inside, grad * weight[:, None])
        if by_grid is not None and sampler.mode != NEAREST:
            along = np.einsum("ncq,ncq->nq", grad, sampler.pick(values, index, inside))
            for axis, rate in enumerate(sampler.rates):
                by_grid[:, :, sampler.count - 1 - axis] += along * sampler.weight(parts, axis) * rate
    return None if by_values is None else by_values.astype(values.dtype).reshape(values.shape), by_grid


def double_backward(sampler: Sampler, to_values: Any, to_grid: Any, grad: Any, values: Any) -> tuple[Any, Any, Any]:
    """The gradients of backward()'s operands grad, values and grid, from those of its results (either may be None)."""
    by_grad = np.zeros(grad.shape, grad.dtype)
    by_values = np.zeros(values.size, np.float64)
    by_grid = np.zeros((sampler.batch, sampler.points, sampler.count), values.dtype)
    axes = range(sampler.count)
    moves = None if to_grid is None else [to_grid[:, :, sampler.count - 1 - axis] * sampler.rates[axis] for axis in axes]
    for index, inside, parts in sampler.taps():
        picked = sampler.pick(values, index, inside)
        if to_values is not None:
            along = sampler.pick(to_values, index, inside)
            weight = np.broadcast_to(np.asarray(sampler.weight(parts), grad.dtype), inside.shape)
            by_grad += along * weight[:, None]
            total = np.einsum("ncq,ncq->nq", grad, along)
            for axis in axes:
                by_grid[:, :, sampler.count - 1 - axis] += total * sampler.weight(parts, axis) * sampler.rates[axis]
        if moves is not None:
            slope: Any = sum(move * sampler.weight(parts, axis) for axis, move in enumerate(moves))
            slope = np.broadcast_to(slope, inside.shape)[:, None]
            by_grad += picked * slope
            _scatter(by_values, index, inside, grad * slope)
            total = np.einsum("ncq,ncq->nq", grad, picked)
            for axis in axes:
                bend = sum(move * sampler.weight(parts, axis, other) for other, move in enumerate(moves))
                by_grid[:, :, sampler.count - 1 - axis] += total * bend * sampler.rates[axis]
    return by_grad, by_values.astype(values.dtype).reshape(values.shape), by_grid
