"""Sizes of pooled results, and what PyTorch refuses in pooling, in its order and words."""

from __future__ import annotations

import math
from typing import Any

from rushlight._core import dtypes
from rushlight._core.tensor import shape_text
from rushlight.ops.view import size_at

_NUMBERS = {2: "two", 3: "three"}
_LETTERS = {2: "HW", 3: "THW"}


def not_implemented(kernel: str, array: Any) -> NotImplementedError:
    return NotImplementedError(f"\"{kernel}\" not implemented for '{dtypes.of(array).cpp}'")


def expand(name: str, what: str, values: Any, count: int, missing: Any = None) -> tuple[int, ...]:
    """An option for each dimension."""
    values = tuple(values)
    if not values and missing is not None:
        return tuple(missing)
    if len(values) == 1:
        return values * count
    if len(values) != count:
        number, short = _NUMBERS[count], name == "avg_pool3d"
        verb = "must be" if what == "dilation" or short else "must either be"
        middle = " either" if what == "dilation" else " omitted," if missing is not None and short else ""
        middle = " either be omitted," if missing is not None and not short else middle
        verb = "must" if missing is not None and not short else verb
        raise RuntimeError(f"{name}: {what} {verb}{middle} a single int, or a tuple of {number} ints")
    return values


def pooled_size(size: int, kernel: int, padding: int, stride: int, dilation: int, ceil_mode: bool) -> int:
    """How many windows fit along a dimension."""
    if stride == 0:
        raise RuntimeError("stride should not be zero")
    if padding < 0:
        raise RuntimeError(f"pad must be non-negative, but got pad: {padding}")
    if padding > math.trunc((dilation * (kernel - 1) + 1) / 2):
        raise RuntimeError(
            f"pad should be at most half of effective kernel size, but got pad={padding}, kernel_size={kernel} and dilation={dilation}"
        )
    extra = stride - 1 if ceil_mode else 0
    found = (size + 2 * padding - dilation * (kernel - 1) - 1 + extra) // stride + 1
    if ceil_mode and (found - 1) * stride >= size + padding:
        found -= 1
    return found


def _positive(label: str, letter: str, values: Any) -> None:
    if any(value <= 0 for value in values):
        listed = " ".join(f"{letter}{axis}: {value}" for axis, value in zip(_LETTERS[len(values)], values))
        raise RuntimeError(f"{label} should be greater than zero, but got {listed}")


def _dilation_positive(values: Any) -> None:
    if any(value <= 0 for value in values):
        listed = " ".join(f"dilation{axis}: {value}" for axis, value in zip(_LETTERS[len(values)], values))
        raise RuntimeError(f"dilation should be greater than zero, but got {listed}")


def pooled_sizes(
    name: str, self: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[int, ...]:
    """The spatial sizes of a pooled array."""
    count = len(kernel)
    low, high = count + 1, count + 2
    if self.ndim not in (low, high) and name != "avg_pool2d":
        raise RuntimeError(f"non-empty {low}D or {high}D (batch mode) tensor expected for input")
    if count == 2:
        size_at(self.shape, -3)
    sizes = self.shape[-count:]
    found = tuple(
        pooled_size(size, k, p, s, d, ceil_mode) for size, k, p, s, d in zip(sizes, kernel, padding, stride, dilation)
    )
    if count == 3:
        _check_lengths(name, self)
    _positive("kernel size", "k", kernel)
    _positive("stride", "d", stride)
    _dilation_positive(dilation)
    if count == 2 and (self.ndim not in (low, high) or 0 in self.shape[1 if self.ndim == high else 0 :]):
        raise RuntimeError(
            f"Expected {low}D or {high}D (batch mode) tensor with optional 0 dim batch size for input, but got:{shape_text(self.shape)}"
        )
    if any(extra > size // 2 for extra, size in zip(padding, kernel)):
        _refuse_padding(kernel, padding)
    if any(size < 1 for size in found) or name == "avg_pool3d" and any(size < k for size, k in zip(sizes, kernel)):
        _refuse_small(name, self, kernel, found)
    return found


def _refuse_padding(kernel: Any, padding: Any) -> None:
    names = ("T", "W", "H") if len(kernel) == 3 else ("W", "H")
    at = {letter: position for position, letter in enumerate(_LETTERS[len(kernel)])}
    pads, sizes = ([values[at[name]] for name in names] for values in (padding, kernel))
    if len(kernel) == 2:
        listed = ", ".join([f"pad{n} = {v}" for n, v in zip(names, pads)] + [f"k{n} = {v}" for n, v in zip(names, sizes)])
    else:
        listed = " ".join([f"k{n}: {v}" for n, v in zip(names, sizes)] + [f"pad{n}: {v}" for n, v in zip(names, pads)])
    raise RuntimeError(f"pad should be smaller than or equal to half of kernel size, but got {listed}")


def _check_lengths(name: str, self: Any) -> None:
    where = "max_pool3d_with_indices_out_cpu_template()" if name == "max_pool3d" else f"{name}()"
    lead = 1 if self.ndim == 5 else 0
    for size in self.shape[lead:]:
        if size == 0:
            raise RuntimeError(
                f"{where}: Expected input's non-batch dimensions to have positive length, but input has a shape of "
                f"{shape_text(self.shape)} and non-batch dimension 0 has length zero!"
            )


def _refuse_small(name: str, self: Any, kernel: Any, found: Any) -> None:
    count = len(kernel)
    sizes = self.shape[-count:]
    if name == "avg_pool3d" and any(size < k for size, k in zip(sizes, kernel)):
        image = " ".join(f"{axis}: {size}" for axis, size in zip("THW", sizes))
        window = " ".join(f"k{axis}: {size}" for axis, size in zip("THW", kernel))
        raise RuntimeError(f"input image ({image}) smaller than kernel size ({window})")
    channels = self.shape[-count - 1]
    given = "x".join(map(str, (channels, *sizes)))
    wanted = "x".join(map(str, (channels, *found)))
    raise RuntimeError(f"Given input size: ({given}). Calculated output size: ({wanted}). Output size is too small")


def check_dimensions(self: Any, name: str) -> None:
    """One-dimensional pooling takes batches of lines, or one."""
    if self.ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {self.ndim}-dimensional tensor for argument #1 'self' "
            f"(while checking arguments for {name})"
        )


def check_single(name: str, **options: Any) -> None:
    """One-dimensional pooling takes one number for each option; an empty stride means the kernel's size."""
    for label, values in options.items():
        if len(values) != 1 and not (label == "stride" and not values):
            raise RuntimeError(f"{name}() argument '{label}' should contain one int (got {len(values)})")


_TAKES = {"kernel_size": "an int, list of ints or", "stride": "None, an int, list of ints, or", "padding": "an int, list of ints, or",
          "dilation": "an int, list of ints or"}  # fmt: skip


def check_max_pool1d(self: Any, ceil_mode: bool, **options: Any) -> None:
    """What max_pool1d refuses by itself."""
    if self.ndim not in (2, 3) or 0 in self.shape[self.ndim - 2 :]:
        raise RuntimeError(
            f"max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:{shape_text(self.shape)}"
        )
    for label, values in options.items():
        if len(values) != 1:
            raise RuntimeError(f"max_pool1d() {label} must be {_TAKES[label]} tuple of ints of size 1 but got size {len(values)}")
    kernel, stride, padding, dilation = (values[0] for values in options.values())
    for name, value in (("kernel_size", kernel), ("stride", stride)):
        if value <= 0:
            raise RuntimeError(f"max_pool1d() {name} must be greater than zero, but got {value}")
    if padding < 0:
        raise RuntimeError(f"max_pool1d() padding must be non-negative, but got {padding}")
    if padding > kernel // 2:
        raise RuntimeError(
            f"max_pool1d() padding should be at most half of kernel size, but got padding={padding} and kernel_size={kernel}"
        )
    if dilation <= 0:
        raise RuntimeError(f"max_pool1d() dilation must be greater than zero, but got {dilation}")
    found = pooled_size(self.shape[-1], kernel, padding, stride, dilation, ceil_mode)
    if found <= 0:
        raise RuntimeError(f"max_pool1d() Invalid computed output size: {found}")
