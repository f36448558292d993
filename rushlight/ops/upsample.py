"""Resampling images to a size: nearest, linear, cubic, and with antialiasing."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core.tensor import shape_text
from rushlight.ops import layout
from rushlight.ops.declare import composite, op
from rushlight.ops.formats import channels_last_strides, like_channels_last
from rushlight.ops.later import later
from rushlight.ops.pooling_checks import not_implemented
from rushlight.ops.reduce_common import widened

kernels = later("kernels_resample")

_LETTERS = {1: "W", 2: "HW", 3: "DHW"}


def _scaled(size: int, factor: float) -> int:
    """A size times a factor, as a number of 64 bits."""
    scaled = size * factor
    if not abs(scaled) < 2**63:
        raise RuntimeError("value cannot be converted to type int64_t without overflow")
    return int(scaled)


def _check_sizes(input_size: Any, output_size: Any, count: int) -> None:
    if len(output_size) != count:
        raise RuntimeError(f"It is expected output_size equals to {count}, but got size {len(output_size)}")
    if len(input_size) != count + 2:
        raise RuntimeError(f"It is expected input_size equals to {count + 2}, but got size {len(input_size)}")
    sizes = input_size[2:]
    if min(sizes) <= 0 or min(output_size) <= 0:
        given, wanted = (
            ", ".join(f"{letter}: {size}" for letter, size in zip(_LETTERS[count], values)) for values in (sizes, output_size)
        )
        joined = " and" if count == 1 else ""
        raise RuntimeError(f"Input and output sizes should be greater than 0, but got input ({given}){joined} output ({wanted})")


class Resampling:
    """One of PyTorch's ways to resample: how its tables are made, and what its kernels are called in refusals."""

    operator: Any
    gradient: Any

    def __init__(self, name: str, count: int, kind: str, exact: bool = False, antialias: bool = False) -> None:
        self.name, self.count, self.kind, self.exact, self.antialias = name, count, kind, exact, antialias

    def table(self, size: int, places: int, align_corners: bool, scale: Any, np_dtype: Any, shortcuts: bool) -> kernels.Table:
        real = np.float64 if np_dtype.char == "d" else np.float32
        if self.kind == "nearest":
            return kernels.nearest(size, places, scale, self.exact, shortcuts and not self.exact)
        if self.antialias:
            return kernels.antialiased(self.kind, size, places, align_corners, scale, real)
        made = kernels.linear if self.kind == "linear" else kernels.cubic
        return made(size, places, align_corners, scale, real)

    def check_dtype(self, array: Any) -> None:
        takes = "efdEB" if self.kind == "nearest" or self.count == 2 else "efdE"
        if self.antialias:
            takes = "fdB"
        if array.dtype.char in takes or not array.size:
            return
        label = f"compute_indices_weights_{self.kind}"
        if self.antialias:
            label = "compute_index_ranges_weights"
        elif self.count == 2 and self.kind != "cubic" and (array.shape[1] < 4 or like_channels_last(array)):
            label = f"upsample_{'nearest' if self.kind == 'nearest' else 'bilinear'}2d_channels_last"
        raise not_implemented(label, array)

    def tables(
        self, input_size: Any, output_size: Any, align_corners: bool, scales: Any, np_dtype: Any, shortcuts: bool
    ) -> list[kernels.Table]:
        return [
            self.table(size, places, align_corners, scale, np_dtype, shortcuts)
            for size, places, scale in zip(input_size[2:], output_size, scales)
        ]

    def forward(self, array: Any, output_size: Any, align_corners: bool, scales: Any) -> Any:
        _check_sizes(array.shape, output_size, self.count)
        if not array.size and 0 in array.shape[1:]:
            raise RuntimeError(f"Non-empty {self.count + 2}D data tensor expected but got a tensor with sizes {shape_text(array.shape)}")
        self.check_dtype(array)
        shortcuts = self.count == 2 or self.count == 3 and array.shape[1] > 3 and like_channels_last(array)  # as PyTorch's kernels do
        tables = self.tables(array.shape, output_size, align_corners, scales, array.dtype, shortcuts)
        found, last = _turned(array)
        for number in reversed(range(self.count)):
            same = array.shape[2 + number] == output_size[number]
            if same and self.kind != "nearest" and (self.antialias or scales[number] in (None, 1.0)):
                continue
            apply = kernels.apply_bytes if array.dtype.char == "B" and self.kind != "nearest" else kernels.apply
            found = apply(found, number + 1 if last else number + 2, output_size[number], tables[number])
        return _back(found, last, array)

    def backward(self, grad: Any, output_size: Any, input_size: Any, align_corners: bool, scales: Any) -> Any:
        _check_sizes(input_size, output_size, self.count)
        if self.kind == "cubic" and not self.antialias and tuple(input_size[2:]) == tuple(output_size):
            return layout.row_major(grad.copy())  # whatever the scales
        tables = self.tables(input_size, output_size, align_corners, scales, grad.dtype, True)
        found, last = _turned(grad)
        for number, table in enumerate(tables):
            size, places = input_size[2 + number], output_size[number]
            found = kernels.apply(found, number + 1 if last else number + 2, size, kernels.transposed(table, size, places))
        found = _back(found, last, grad)
        rows = self.kind in ("cubic", "lanczos") or self.count == 3 and self.kind == "nearest"
        return layout.row_major(found) if rows else found


def _turned(array: Any) -> tuple[Any, bool]:
    """The array with its channels where they lie, and whether that is last."""
    last = like_channels_last(array)
    return widened(np.moveaxis(array, 1, -1) if last else array), last


def _back(found: Any, last: bool, array: Any) -> Any:
    found = found.astype(array.dtype, copy=found is array or np.may_share_memory(found, array))
    if not last:
        return layout.row_major(found)
    turned = np.moveaxis(found, -1, 1)
    return layout.laid_out(turned, channels_last_strides(turned.shape))


# ---------------------------------------------------------------- operators, by the number of dimensions and of options


def _node(name: str) -> str:
    words = [word for word in name.split("_") if word]
    return "".join(word.capitalize() for word in words).replace("1d", "1D").replace("2d", "2D").replace("3d", "3D") + "Backward0"


# The kernels and formulas of a way, by the number of dimensions: (forward, backward, gradient of the input, of the gradient). They differ
# in the names of their parameters alone, which are the schemas'.
Functions = tuple[Any, Any, Any, Any]


def _plain_1d(way: Resampling) -> Functions:
    def forward(self: Any, output_size: Any, scales: Any = None) -> Any:
        return way.forward(self, output_size, False, [scales])

    def backward(grad_output: Any, output_size: Any, input_size: Any, scales: Any = None) -> Any:
        return way.backward(grad_output, output_size, input_size, False, [scales])

    def to_input(grad: Any, output_size: Any, self_sym_sizes: Any, scales: Any) -> Any:
        return way.gradient(grad, output_size, tuple(self_sym_sizes), scales)

    def to_gradient(grad: Any, output_size: Any, scales: Any) -> Any:
        return way.operator(grad, output_size, scales)

    return forward, backward, to_input, to_gradient


def _plain_2d(way: Resampling) -> Functions:
    def forward(self: Any, output_size: Any, scales_h: Any = None, scales_w: Any = None) -> Any:
        return way.forward(self, output_size, False, [scales_h, scales_w])

    def backward(grad_output: Any, output_size: Any, input_size: Any, scales_h: Any = None, scales_w: Any = None) -> Any:
        return way.backward(grad_output, output_size, input_size, False, [scales_h, scales_w])

    def to_input(grad: Any, output_size: Any, self_sym_sizes: Any, scales_h: Any, scales_w: Any) -> Any:
        return way.gradient(grad, output_size, tuple(self_sym_sizes), scales_h, scales_w)

    def to_gradient(grad: Any, output_size: Any, scales_h: Any, scales_w: Any) -> Any:
        return way.operator(grad, output_size, scales_h, scales_w)

    return forward, backward, to_input, to_gradient


def _plain_3d(way: Resampling) -> Functions:
    def forward(self: Any, output_size: Any, scales_d: Any = None, scales_h: Any = None, scales_w: Any = None) -> Any:
        return way.forward(self, output_size, False, [scales_d, scales_h, scales_w])

    def backward(
        grad_output: Any, output_size: Any, input_size: Any, scales_d: Any = None, scales_h: Any = None, scales_w: Any = None
    ) -> Any:
        return way.backward(grad_output, output_size, input_size, False, [scales_d, scales_h, scales_w])

    def to_input(grad: Any, output_size: Any, self_sym_sizes: Any, scales_d: Any, scales_h: Any, scales_w: Any) -> Any:
        return way.gradient(grad, output_size, tuple(self_sym_sizes), scales_d, scales_h, scales_w)

    def to_gradient(grad: Any, output_size: Any, scales_d: Any, scales_h: Any, scales_w: Any) -> Any:
        return way.operator(grad, output_size, scales_d, scales_h, scales_w)

    return forward, backward, to_input, to_gradient


def _aligned_1d(way: Resampling) -> Functions:
    def forward(self: Any, output_size: Any, align_corners: Any, scales: Any = None) -> Any:
        return way.forward(self, output_size, align_corners, [scales])

    def backward(grad_output: Any, output_size: Any, input_size: Any, align_corners: Any, scales: Any = None) -> Any:
        return way.backward(grad_output, output_size, input_size, align_corners, [scales])

    def to_input(grad: Any, output_size: Any, self_sym_sizes: Any, align_corners: Any, scales: Any) -> Any:
        return way.gradient(grad, output_size, tuple(self_sym_sizes), align_corners, scales)

    def to_gradient(grad: Any, output_size: Any, align_corners: Any, scales: Any) -> Any:
        return way.operator(grad, output_size, align_corners, scales)

    return forward, backward, to_input, to_gradient


def _aligned_2d(way: Resampling) -> Functions:
    def forward(self: Any, output_size: Any, align_corners: Any, scales_h: Any = None, scales_w: Any = None) -> Any:
        return way.forward(self, output_size, align_corners, [scales_h, scales_w])

    def backward(
        grad_output: Any, output_size: Any, input_size: Any, align_corners: Any, scales_h: Any = None, scales_w: Any = None
    ) -> Any:
        return way.backward(grad_output, output_size, input_size, align_corners, [scales_h, scales_w])

    def to_input(grad: Any, output_size: Any, self_sym_sizes: Any, align_corners: Any, scales_h: Any, scales_w: Any) -> Any:
        return way.gradient(grad, output_size, tuple(self_sym_sizes), align_corners, scales_h, scales_w)

    def to_gradient(grad: Any, output_size: Any, align_corners: Any, scales_h: Any, scales_w: Any) -> Any:
        return way.operator(grad, output_size, align_corners, scales_h, scales_w)

    return forward, backward, to_input, to_gradient


def _aligned_3d(way: Resampling) -> Functions:
    def forward(self: Any, output_size: Any, align_corners: Any, scales_d: Any = None, scales_h: Any = None, scales_w: Any = None) -> Any:
        return way.forward(self, output_size, align_corners, [scales_d, scales_h, scales_w])

    def backward(
        grad_output: Any, output_size: Any, input_size: Any, align_corners: Any, scales_d: Any = None, scales_h: Any = None,
        scales_w: Any = None,
    ) -> Any:  # fmt: skip
        return way.backward(grad_output, output_size, input_size, align_corners, [scales_d, scales_h, scales_w])

    def to_input(grad: Any, output_size: Any, self_sym_sizes: Any, align_corners: Any, scales_d: Any, scales_h: Any, scales_w: Any) -> Any:
        return way.gradient(grad, output_size, tuple(self_sym_sizes), align_corners, scales_d, scales_h, scales_w)

    def to_gradient(grad: Any, output_size: Any, align_corners: Any, scales_d: Any, scales_h: Any, scales_w: Any) -> Any:
        return way.operator(grad, output_size, align_corners, scales_d, scales_h, scales_w)

    return forward, backward, to_input, to_gradient


_FUNCTIONS = {
    (1, False): _plain_1d, (2, False): _plain_2d, (3, False): _plain_3d, (1, True): _aligned_1d, (2, True): _aligned_2d,
    (3, True): _aligned_3d,
}  # fmt: skip


def _operators(name: str, count: int, kind: str, **settings: bool) -> Any:
    """An operator, its gradient, and the form that takes scale factors."""
    way = Resampling(name, count, kind, **settings)
    forward, backward, to_input, to_gradient = _FUNCTIONS[count, kind != "nearest"](way)
    node = _node(name)
    operator = way.operator = op(name, grad_fn=node, self=to_input)(forward)
    way.gradient = op(
        f"{name}_backward", grad_fn=node.replace("Backward0", "BackwardBackward0"), tensors=("grad_output",), grad_output=to_gradient
    )(backward)

    @composite(f"{name}.vec")
    def with_factors(input: Any, output_size: Any, *options: Any) -> Any:
        *corners, factors = options
        if (output_size is None) == (factors is None):
            raise RuntimeError("Must specify exactly one of output_size and scale_factors")
        if output_size is None:
            if len(factors) != input.ndim - 2:
                raise RuntimeError(f"Expected {input.ndim - 2} scale factors, got {len(factors)}")
            output_size = tuple(_scaled(size, factor) for size, factor in zip(input.shape[2:], factors))
        return operator.apply([input, output_size, *corners, *(factors or [None] * count)])

    return operator


upsample_nearest1d = _operators("upsample_nearest1d", 1, "nearest")
upsample_nearest2d = _operators("upsample_nearest2d", 2, "nearest")
upsample_nearest3d = _operators("upsample_nearest3d", 3, "nearest")
_upsample_nearest_exact1d = _operators("_upsample_nearest_exact1d", 1, "nearest", exact=True)
_upsample_nearest_exact2d = _operators("_upsample_nearest_exact2d", 2, "nearest", exact=True)
_upsample_nearest_exact3d = _operators("_upsample_nearest_exact3d", 3, "nearest", exact=True)
upsample_linear1d = _operators("upsample_linear1d", 1, "linear")
upsample_bilinear2d = _operators("upsample_bilinear2d", 2, "linear")
upsample_trilinear3d = _operators("upsample_trilinear3d", 3, "linear")
upsample_bicubic2d = _operators("upsample_bicubic2d", 2, "cubic")
_upsample_bilinear2d_aa = _operators("_upsample_bilinear2d_aa", 2, "linear", antialias=True)
_upsample_bicubic2d_aa = _operators("_upsample_bicubic2d_aa", 2, "cubic", antialias=True)
_upsample_lanczos2d_aa = _operators("_upsample_lanczos2d_aa", 2, "lanczos", antialias=True)
