"""Padding: constant, reflected, replicated, circular; and shuffles between channels and pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core.tensor import shape_text
from rushlight.ops import copying, examples, layout
from rushlight.ops.carriers import beside, zeros
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.formats import channels_last_strides, empty_like_format, like_channels_last
from rushlight.ops.pointwise import no_derivative
from rushlight.ops.pooling_checks import not_implemented
from rushlight.ops.reduce_common import widened

# ---------------------------------------------------------------- constant


@op("constant_pad_nd", self=lambda grad, pad: constant_pad_nd(grad, [-count for count in pad], 0))
def constant_pad_nd(self: Any, pad: Any, value: Any = 0) -> Any:
    """The tensor with `value` around it: pairs (before, after) from the last dimension on; negative counts cut off."""
    if len(pad) % 2:
        raise RuntimeError(f"Length of pad must be even but instead it equals {len(pad)}")
    if len(pad) > 2 * self.ndim:
        raise RuntimeError(
            "Length of pad should be no more than twice the number of dimensions of the input. Pad length is "
            f"{len(pad)} while the input has {self.ndim} dimensions."
        )
    shape = list(self.shape)
    source, target = [slice(None)] * self.ndim, [slice(None)] * self.ndim
    for pair in range(len(pad) // 2):
        dim, before, after = self.ndim - 1 - pair, pad[2 * pair], pad[2 * pair + 1]
        size = shape[dim]
        kept = slice(max(-before, 0), size - max(-after, 0))
        if kept.stop < 0 or kept.start > size or kept.start > kept.stop:
            raise RuntimeError("narrow(): length must be non-negative.")
        source[dim] = kept
        target[dim] = slice(max(before, 0), max(before, 0) + kept.stop - kept.start)
        shape[dim] = size + before + after
    if all(count <= 0 for count in pad):
        kept = self[tuple(source)]
        return layout.laid_out(kept.copy(), layout.format_strides(kept, None))
    result = empty_like_format(shape, self.dtype, self)
    result.fill(copying.number_in(value, result.dtype))
    result[tuple(target)] = self[tuple(source)]
    return result


# ---------------------------------------------------------------- reflected and replicated


def _pairs(padding: Any, ndim: int) -> list[tuple[int, int, int]]:
    """(axis, before, after) for each padded dimension, the outermost first."""
    count = len(padding) // 2
    return [(ndim - 1 - pair, padding[2 * pair], padding[2 * pair + 1]) for pair in range(count - 1, -1, -1)]


def _sources(reflects: bool, size: int, before: int, after: int) -> tuple[Any, Any]:
    """The elements that are repeated before and after a dimension."""
    left, right = np.arange(-before, 0), np.arange(size, size + after)
    if reflects:
        return -left, 2 * (size - 1) - right
    return np.zeros_like(left), np.full_like(right, size - 1)


def _sections(size: int, before: int, after: int) -> tuple[slice, slice, slice]:
    """The parts of a padded dimension (before, inside, after)."""
    total = size + before + after
    return slice(0, max(before, 0)), slice(max(before, 0), total - max(after, 0)), slice(total - max(after, 0), total)


def _at(axis: int, index: Any) -> tuple[Any, ...]:
    return (*[slice(None)] * axis, index)


def _crossing(size: int, before: int, after: int) -> bool:
    """Whether the elements before a dimension reach past its end, because it is cut off there, or the other way round."""
    total = size + before + after
    return total <= 0 or before > total or after > total


def _places(reflects: bool, size: int, before: int, after: int) -> Any:
    """Where each element of a padded dimension comes from."""
    at = np.arange(max(size + before + after, 0)) - before
    if not reflects:
        return np.clip(at, 0, size - 1)
    at = np.abs(at)
    return np.where(at < size, at, 2 * (size - 1) - at)


def _padded(array: Any, axis: int, before: int, after: int, reflects: bool) -> Any:
    size = array.shape[axis]
    if _crossing(size, before, after):
        return array.take(_places(reflects, size, before, after), axis)
    left, inside, right = _sections(size, before, after)
    found = np.empty((*array.shape[:axis], size + before + after, *array.shape[axis + 1 :]), array.dtype)
    found[_at(axis, inside)] = array[_at(axis, slice(max(-before, 0), size - max(-after, 0)))]
    for part, source in zip((left, right), _sources(reflects, size, before, after)):
        if part.start < part.stop:
            found[_at(axis, part)] = array[_at(axis, source)]
    return found


def _folded(grad: Any, axis: int, size: int, before: int, after: int, reflects: bool) -> Any:
    """The transpose of _padded."""
    if _crossing(size, before, after):
        found = np.zeros((*grad.shape[:axis], size, *grad.shape[axis + 1 :]), grad.dtype)
        np.add.at(found, _at(axis, _places(reflects, size, before, after)), grad)
        return found
    left, inside, right = _sections(size, before, after)
    found = np.zeros((*grad.shape[:axis], size, *grad.shape[axis + 1 :]), grad.dtype)
    found[_at(axis, slice(max(-before, 0), size - max(-after, 0)))] = grad[_at(axis, inside)]
    for part, source in zip((left, right), _sources(reflects, size, before, after)):
        if part.start >= part.stop:
            continue
        if reflects:
            found[_at(axis, source)] += grad[_at(axis, part)]
        else:
            found[_at(axis, source[0])] += grad[_at(axis, part)].sum(axis=axis)
    return found


def _check_padding(name: str, self: Any, padding: Any, count: int, reflects: bool) -> None:
    low, high = count + 1, count + 2
    if len(padding) != 2 * count:
        raise RuntimeError(f"padding size is expected to be {2 * count}, but got: {len(padding)}")
    if self.ndim not in (low, high) or 0 in self.shape[self.ndim - low :]:
        raise RuntimeError(
            f"Expected {low}D or {high}D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, "
            f"but got: {shape_text(self.shape)}"
        )
    pairs = _pairs(padding, self.ndim)
    if reflects:
        for axis, before, after in reversed(pairs):
            if before >= self.shape[axis] or after >= self.shape[axis]:
                raise RuntimeError(
                    f"Argument #{2 * (self.ndim - axis) + 2}: Padding size should be less than the corresponding input dimension, but got: "
                    f"padding ({before}, {after}) at dimension {axis} of input {shape_text(self.shape)}"
                )
    sizes = [self.shape[axis] for axis, _, _ in pairs]
    found = [self.shape[axis] + before + after for axis, before, after in pairs]
    if all(size < 1 for size in found):
        letters = "DHW"[3 - count :]
        given = [f"{letter}: {size}" for letter, size in zip(letters, sizes)]
        wanted = " ".join(f"{letter}: {size}" for letter, size in zip(letters, found))
        text = ", ".join(given) if count < 3 else f"{given[0]} {given[1]}, {given[2]}"
        raise RuntimeError(f"input ({text}) is too small. Calculated output {wanted}")
    for size in found:
        if size < 0:
            raise RuntimeError(
                f"Trying to create tensor with negative dimension {size}: {shape_text((*self.shape[: self.ndim - count], *found))}"
            )
    if self.dtype.char in "?HILQ" and (self.size or count == 1):
        raise not_implemented(f"{name}_channels_last" if count == 3 and like_channels_last(self) else name, self)


def _border_operators(kind: str, count: int, reflects: bool) -> Any:
    name = f"{kind}_pad{count}d"
    node = f"{kind.capitalize()}Pad{count}DBackward0"

    @op(name, grad_fn=node, self=lambda grad, self, padding: gradient(grad, self, padding))
    def pad(self: Any, padding: Any) -> Any:
        _check_padding(name, self, padding, count, reflects)
        found = self
        for axis, before, after in _pairs(padding, self.ndim):
            found = _padded(found, axis, before, after, reflects)
        return _like(found, self)

    @op(
        f"{name}_backward", grad_fn=node.replace("Backward0", "BackwardBackward0"), tensors=("grad_output", "self"),
        grad_output=lambda grad, padding: pad(grad, padding), self=lambda grad, self_sym_sizes: zeros(grad, self_sym_sizes),
    )  # fmt: skip
    def gradient(grad_output: Any, self: Any, padding: Any) -> Any:
        found = widened(grad_output)
        for axis, before, after in reversed(_pairs(padding, self.ndim)):
            found = _folded(found, axis, self.shape[axis], before, after, reflects)
        return _like(found.astype(grad_output.dtype, copy=False), self)

    return pad


def _like(found: Any, array: Any) -> Any:
    """A result in the memory format of the images that it comes from, and in memory of its own."""
    if np.may_share_memory(found, array):
        found = found.copy()
    if like_channels_last(array):
        return layout.laid_out(found, channels_last_strides(found.shape))
    return layout.row_major(found)


_BORDERS = {
    (mode, count): _border_operators(kind, count, mode == "reflect")
    for mode, kind in (("reflect", "reflection"), ("replicate", "replication"))
    for count in (1, 2, 3)
}


# ---------------------------------------------------------------- circular


def _slice(tensor: Any, dim: int, start: int, stop: int) -> Any:
    return REGISTRY["slice.Tensor"](tensor, dim, start, stop, 1)


@composite("_pad_circular")
def pad_circular(self: Any, pad: Any) -> Any:
    """The tensor, continued at each end with what is at the other end."""
    shape = list(self.shape)
    pairs = _pairs(pad, self.ndim)
    for axis, before, after in pairs:
        size = self.shape[axis]
        if before > size or after > size:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        shape[axis] = size + before + after
        if shape[axis] < 0:
            raise RuntimeError("Negative padding value is resulting in an empty dimension")
    result = examples.for_each(beside(self, np.empty(tuple(shape), self._array.dtype)), self)
    target, source = result, self
    for axis, before, after in reversed(pairs):
        target = _slice(target, axis, max(before, 0), shape[axis] - max(after, 0))
        source = _slice(source, axis, max(-before, 0), self.shape[axis] - max(-after, 0))
    target.copy_(source)
    for axis, before, after in reversed(pairs):
        size = shape[axis]
        if before > 0:
            end = size - max(after, 0)
            _slice(result, axis, 0, before).copy_(_slice(result, axis, end - before, end))
        if after > 0:
            start = max(before, 0)
            _slice(result, axis, size - after, size).copy_(_slice(result, axis, start, start + after))
    return result


_MODES = ("reflect", "replicate", "circular")
_COMBINATIONS = (
    "Padding size {} is not supported for {}D input tensor.\nSupported combinations for non-constant padding:\n"
    "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
    "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
    "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
)


@composite("pad")
def pad(self: Any, pad: Any, mode: Any = "constant", value: Any = None) -> Any:
    """Padding by mode: pairs (before, after) from the last dimension on."""
    if mode != "constant" and mode not in _MODES:
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) > 2 * self.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {self.ndim}"
        )
    if mode == "constant":
        return constant_pad_nd.apply([self, list(pad), 0.0 if value is None else value])
    if value is not None and value != 0:
        raise RuntimeError(f"Padding mode \"{mode}\" doesn't take in value argument")
    count = len(pad) // 2
    if count not in (1, 2, 3) or self.ndim not in (count + 1, count + 2):
        raise NotImplementedError(_COMBINATIONS.format(len(pad), self.ndim))
    if mode == "circular":
        return pad_circular(self, pad)
    return _BORDERS[mode, count].apply([self, list(pad)])


@composite("_pad_enum")
def pad_enum(self: Any, pad_: Any, mode: Any, value: Any = None) -> Any:
    """pad() with the mode as a number."""
    return pad(self, pad_, ("constant", *_MODES)[mode], value)


# ---------------------------------------------------------------- shuffles


def _check_shuffle(name: str, self: Any, label: str, factor: int) -> None:
    if self.ndim < 3:
        raise RuntimeError(f"{name} expects input to have at least 3 dimensions, but got input with {self.ndim} dimension(s)")
    if factor <= 0:
        raise RuntimeError(f"{name} expects a positive {label}, but got {factor}")


@op("pixel_shuffle", self=lambda grad, upscale_factor: pixel_unshuffle(grad, upscale_factor))
def pixel_shuffle(self: Any, upscale_factor: Any) -> Any:
    """Groups of channels spread over blocks of pixels."""
    _check_shuffle("pixel_shuffle", self, "upscale_factor", upscale_factor)
    *lead, channels, height, width = self.shape
    r = upscale_factor
    if channels % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
            f"input.size(-3)={channels} is not divisible by {r * r}"
        )
    apart = self.reshape(*lead, channels // (r * r), r, r, height, width)
    n = len(lead)
    turned = apart.transpose(*range(n), n, n + 3, n + 1, n + 4, n + 2)
    return _like(turned.reshape(*lead, channels // (r * r), height * r, width * r), self)


@op("pixel_unshuffle", self=lambda grad, downscale_factor: pixel_shuffle(grad, downscale_factor))
def pixel_unshuffle(self: Any, downscale_factor: Any) -> Any:
    """Blocks of pixels gathered into groups of channels."""
    _check_shuffle("pixel_unshuffle", self, "downscale_factor", downscale_factor)
    *lead, channels, height, width = self.shape
    r = downscale_factor
    for label, size, dim in (("height", height, -2), ("width", width, -1)):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {label} to be divisible by downscale_factor, but input.size({dim})={size} is not divisible by {r}"
            )
    apart = self.reshape(*lead, channels, height // r, r, width // r, r)
    n = len(lead)
    turned = apart.transpose(*range(n), n, n + 2, n + 4, n + 1, n + 3)
    return _like(turned.reshape(*lead, channels * r * r, height // r, width // r), self)


def _shuffled(self: Any, groups: Any) -> Any:
    if self.ndim < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {shape_text(self.shape)}")
    channels = self.shape[1]
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    if channels % groups:
        raise RuntimeError(f"Number of channels must be divisible by groups. Got {channels} channels and {groups} groups.")
    batch, *_ = self.shape
    apart = self.reshape(batch, groups, channels // groups, *self.shape[2:])
    return _like(apart.swapaxes(1, 2).reshape(self.shape), self)


channel_shuffle = op(
    "channel_shuffle", self=lambda grad, self_sym_sizes, groups: channel_shuffle(grad, self_sym_sizes[1] // groups)
)(lambda self, groups: _shuffled(self, groups))
native_channel_shuffle = op(
    "native_channel_shuffle", grad_fn="NotImplemented", self=no_derivative("native_channel_shuffle")
)(lambda self, groups: _shuffled(self, groups))
