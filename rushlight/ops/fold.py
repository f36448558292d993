"""unfold and fold: sliding blocks of images as columns (im2col), and columns summed into images (col2im)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from rushlight._core.tensor import shape_text
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import op
from rushlight.ops.pooling_checks import not_implemented
from rushlight.ops.reduce_common import widened
from rushlight.ops.view import size_at


def _check_options(options: dict[str, Any]) -> None:
    for name, values in options.items():
        if len(values) != 2:
            raise RuntimeError(f"It is expected {name} equals to 2, but got size {len(values)}")
    for name, label in (("kernel_size", "kernel size"), ("stride", "stride"), ("dilation", "dilation")):
        values = options[name]
        if min(values) <= 0:
            short = name.removesuffix("_size")
            raise RuntimeError(
                f"{label} should be greater than zero, but got {short}_height: {values[0]} {short}_width: {values[1]}"
            )
    padding = options["padding"]
    if min(padding) < 0:
        raise RuntimeError(f"padding should be non-negative, but got pad_height: {padding[0]} pad_width: {padding[1]}")


def _pair(values: Any) -> str:
    return f"({values[0]}, {values[1]})"


def _blocks(sizes: Any, kernel: Any, dilation: Any, padding: Any, stride: Any) -> tuple[int, int]:
    """How many blocks there are along each dimension."""
    height, width = (
        (size + 2 * extra - spread * (k - 1) - 1) // step + 1
        for size, k, spread, extra, step in zip(sizes, kernel, dilation, padding, stride)
    )
    return height, width


def _view(images: Any, kernel: Any, dilation: Any, stride: Any, blocks: Any) -> Any:
    """(batch, channels, *kernel, *blocks) of padded images, sharing their memory."""
    rows, columns = images.strides[2:]
    return as_strided(
        images, (*images.shape[:2], *kernel, *blocks),
        (*images.strides[:2], rows * dilation[0], columns * dilation[1], rows * stride[0], columns * stride[1]),
    )  # fmt: skip


def _check_images(self: Any) -> None:
    if self.ndim not in (3, 4) or 0 in self.shape[self.ndim - 3 :]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: "
            f"{shape_text(self.shape)}"
        )


@op(
    "im2col", grad_fn="Im2ColBackward0",
    self=lambda grad, self_sym_sizes, kernel_size, dilation, padding, stride: col2im(
        grad, tuple(self_sym_sizes[-2:]), kernel_size, dilation, padding, stride
    ),
)  # fmt: skip
def im2col(self: Any, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Any:
    """The blocks that a kernel slides over, each as a column."""
    _check_options({"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride})
    size_at(self.shape, 2)
    _check_images(self)
    blocks = _blocks(self.shape[-2:], kernel_size, dilation, padding, stride)
    if min(blocks) < 1:
        raise RuntimeError(
            f"Given input with spatial size {_pair(self.shape[-2:])}, kernel_size={_pair(kernel_size)}, dilation={_pair(dilation)}, "
            f"padding={_pair(padding)}, calculated shape of the array of sliding blocks as {_pair(blocks)}, but its components must be "
            "at least one."
        )
    if self.dtype.kind in "iu":
        raise not_implemented("im2col_out_cpu", self)
    images = self if self.ndim == 4 else self[None]
    if any(padding):
        extra = [(0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2]
        images = np.pad(images, extra)
    view = _view(images, kernel_size, dilation, stride, blocks)
    taps = images.shape[1] * kernel_size[0] * kernel_size[1]
    found = np.ascontiguousarray(view).reshape(images.shape[0], taps, blocks[0] * blocks[1])
    if np.may_share_memory(found, self):
        found = found.copy()
    return found if self.ndim == 4 else found[0]


def _check_columns(self: Any, output_size: Any, kernel: Any, dilation: Any, padding: Any, stride: Any) -> tuple[int, int]:
    if self.ndim not in (2, 3) or 0 in self.shape[self.ndim - 2 :]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: "
            f"{shape_text(self.shape)}"
        )
    taps, columns = self.shape[-2:]
    if taps % (kernel[0] * kernel[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={taps} and kernel_size={_pair(kernel)}."
        )
    blocks = _blocks(output_size, kernel, dilation, padding, stride)
    if blocks[0] * blocks[1] != columns or min(blocks) < 1:
        raise RuntimeError(
            f"Given output_size={_pair(output_size)}, kernel_size={_pair(kernel)}, dilation={_pair(dilation)}, padding={_pair(padding)}, "
            f"stride={_pair(stride)}, expected size of input's dimension 2 to match the calculated number of sliding blocks "
            f"{blocks[0]} * {blocks[1]} = {blocks[0] * blocks[1]}, but got input.size(2)={columns}."
        )
    return blocks


@op(
    "col2im", grad_fn="Col2ImBackward0",
    self=lambda grad, kernel_size, dilation, padding, stride: im2col(grad, kernel_size, dilation, padding, stride),
)  # fmt: skip
def col2im(self: Any, output_size: Any, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Any:
    """Images with each block's column added at its place."""
    if len(output_size) != 2:
        raise RuntimeError(f"It is expected output_size equals to 2, but got size {len(output_size)}")
    _check_options({"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride})
    blocks = _check_columns(self, output_size, kernel_size, dilation, padding, stride)
    if self.dtype.kind in "iu":
        raise not_implemented("col2im_out_cpu", self)
    columns = widened(self if self.ndim == 3 else self[None])
    batch, taps = columns.shape[:2]
    parts = columns.reshape(batch, taps // (kernel_size[0] * kernel_size[1]), *kernel_size, *blocks)
    sizes = [size + 2 * extra for size, extra in zip(output_size, padding)]
    whole = np.zeros((*parts.shape[:2], *sizes), columns.dtype)
    view = _view(whole, kernel_size, dilation, stride, blocks)
    for row, column in np.ndindex(*kernel_size):
        view[:, :, row, column] += parts[:, :, row, column]
    found = whole[:, :, padding[0] : padding[0] + output_size[0], padding[1] : padding[1] + output_size[1]]
    found = narrowed(np.ascontiguousarray(found), self.dtype)
    return found if self.ndim == 3 else found[0]
