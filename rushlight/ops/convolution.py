"""Convolutions: one operator for all of them, `convolution`, its gradient, and the functions that call it."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import loops
from rushlight._core.tensor import TensorBase, shape_text
from rushlight._objects import contiguous_format
from rushlight.ops import copying, layout
from rushlight.ops.carriers import is_complex
from rushlight.ops.casting import narrowed
from rushlight.ops.convolution_checks import check, check_bias_type, check_complex, check_transposed, check_types
from rushlight.ops.declare import REGISTRY, composite, counted, op
from rushlight.ops.formats import empty_channels_last, like_channels_last
from rushlight.ops.later import later
from rushlight.ops.reduce_common import widened
from rushlight.ops.warn import warn_once

kernels = later("kernels_convolution")

_VOLUMES_LAST = "fE"  # float32 and bfloat16: PyTorch's other kernels of volumes give rows


def _conj(array: Any) -> Any:
    return array.conj() if array.dtype.kind == "c" else array


def _result(shape: Any, np_dtype: Any, *operands: Any) -> Any:
    """An empty result: channels last if that is how the first operand or the weight lies."""
    if len(shape) == 5 and np_dtype.char not in _VOLUMES_LAST or not any(map(like_channels_last, operands)):
        return np.empty(shape, np_dtype)
    return empty_channels_last(shape, np_dtype)


def _transposed_shape(x: Any, weight: Any, stride: Any, padding: Any, dilation: Any, output_padding: Any, groups: int) -> tuple[int, ...]:
    sizes = [
        (size - 1) * step - 2 * extra + spread * (kernel - 1) + more + 1
        for size, step, extra, spread, kernel, more in zip(x.shape[2:], stride, padding, dilation, weight.shape[2:], output_padding)
    ]
    return (x.shape[0], weight.shape[1] * groups, *sizes)


# Convolutions of single channels in C: None where they decline, and always in the pure form.
_by_channel, _by_channel_backward = loops.helper("channel_conv"), loops.helper("channel_conv_backward")


def _forward(x: Any, weight: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    if groups > 1 and groups == x.shape[1]:
        found = _by_channel(x, weight, stride, padding, dilation)
        if found is not None:
            return found
    geometry = kernels.geometry_of(x.shape, weight.shape, stride, padding, dilation, groups)
    if not x.shape[1]:  # PyTorch gives no channels where there are none
        return np.empty((x.shape[0], 0, *geometry.places), x.dtype)
    result = _result((x.shape[0], weight.shape[0], *geometry.places), x.dtype, x, weight)
    kernels.forward(widened(x), widened(weight), geometry, result)
    return result


def _forward_transposed(x: Any, weight: Any, stride: Any, padding: Any, dilation: Any, output_padding: Any, groups: int) -> Any:
    shape = _transposed_shape(x, weight, stride, padding, dilation, output_padding, groups)
    geometry = kernels.geometry_of(shape, weight.shape, stride, padding, dilation, groups, x.shape[2:])
    result = _result(shape, x.dtype, x, weight)
    large = any(more >= step for more, step in zip(output_padding, stride))
    accumulate = x.dtype if x.dtype.char == "e" or x.dtype.char == "E" and large else None  # where PyTorch's kernel rounds at each tap
    kernels.input_gradient(widened(x), widened(weight), geometry, result, accumulate)
    return result


def _convolution_backward(
    grad: Any, input: Any, weight: Any, bias_sym_sizes_opt: Any, stride: Any, padding: Any, dilation: Any, transposed: Any,
    output_padding: Any, groups: Any, output_mask: Any,
) -> list[Any]:  # fmt: skip
    found = convolution_backward(
        grad, input, weight, bias_sym_sizes_opt, stride, padding, dilation, transposed, output_padding, groups, list(output_mask)
    )
    return [entry if wanted else None for entry, wanted in zip(found, output_mask)]


def _writes(input: Any, *_: Any) -> int:
    return counted((1, 0), (1, 0), (1, 0)) if is_complex(input) else 0


@op("convolution", tensors=("input", "weight", "bias"), writes=_writes, **{"input, weight, bias": _convolution_backward})
def convolution(
    input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, transposed: Any, output_padding: Any, groups: Any
) -> Any:
    """The convolution (cross-correlation) of a batch of images with a weight, or its transpose."""
    if input.dtype is not weight.dtype:
        check_complex(input, weight)
    given = stride, padding, dilation, output_padding
    stride, padding, dilation, output_padding = _checked(input, weight, bias, given, transposed, groups)
    if input.dtype is not weight.dtype or bias is not None and bias.dtype is not input.dtype or input.dtype.char not in "fd":
        check_types(input, weight, bias, transposed, dilation, groups)
    if transposed:
        check_transposed(input, _transposed_shape(input, weight, stride, padding, dilation, output_padding, groups), stride, dilation,
                         output_padding)  # fmt: skip
        result = _forward_transposed(input, weight, stride, padding, dilation, output_padding, groups)
    else:
        result = _forward(input, weight, stride, padding, dilation, groups)
    if bias is not None and result.size:
        bias = bias if bias.dtype is result.dtype else copying.converted(bias, result.dtype)
        np.add(result, bias.reshape(-1, *[1] * len(stride)), out=result)
    return result


# The settings of earlier calls with the same sizes, which were right.
_CHECKED: dict[Any, Any] = {}


def _checked(input: Any, weight: Any, bias: Any, given: Any, transposed: bool, groups: int) -> Any:
    """Stride, padding, dilation and output padding for each dimension, checked with the sizes."""
    key = (input.shape, weight.shape, None if bias is None else bias.shape, *map(tuple, given), transposed, groups)
    found = _CHECKED.get(key)
    if found is not None:
        return found
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    if weight.ndim < 3:
        raise RuntimeError("weight should have at least three dimensions")
    names = ("stride", "padding", "dilation", "output_padding")
    found = stride, padding, dilation, output_padding = [
        _expanded(values, name, weight.ndim - 2) for values, name in zip(given, names)
    ]
    check(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups)
    if len(_CHECKED) >= 1024:
        _CHECKED.clear()
    _CHECKED[key] = found
    return found


def _expanded(values: Any, name: str, count: int) -> tuple[int, ...]:
    values = tuple(values)
    if len(values) == 1:
        return values * count
    if len(values) != count:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {count} values to match the convolution dimensions, "
            f"but got {name}={shape_text(values)}"
        )
    return values


# ---------------------------------------------------------------- gradients


def _double_backward(
    grads: Any, grad_output: Any, input: Any, weight: Any, stride: Any, padding: Any, dilation: Any, transposed: Any,
    output_padding: Any, groups: Any, output_mask: Any,
) -> list[Any]:  # fmt: skip
    """The gradients of a gradient: each of its parts is a convolution of two of its operands."""
    to_input, to_weight, to_bias = grads
    options = (stride, padding, dilation, transposed, output_padding, groups)
    first = second = third = None
    if output_mask[0]:
        if to_input is not None:
            first = convolution(to_input, weight, None, *options)
        if to_weight is not None:
            term = convolution(input, to_weight, None, *options)
            first = term if first is None else first + term
        if to_bias is not None:
            term = _over_channels(to_bias, grad_output)
            first = term if first is None else first + term
    if output_mask[2] and to_input is not None:
        if is_complex(grad_output):
            third = convolution_backward(grad_output, to_input, weight, None, *options, [False, True, False])[1]
        else:
            third = _to_weight(grad_output, to_input, weight, *options)
    if output_mask[1] and to_weight is not None:
        if is_complex(grad_output):
            second = convolution_backward(grad_output, input, to_weight, None, *options, [True, False, False])[0]
        else:
            second = _to_input(grad_output, input, to_weight, *options)
    return [first, second, third]


def _to_weight(
    grad: Any, to_input: Any, weight: Any, stride: Any, padding: Any, dilation: Any, transposed: Any, output_padding: Any, groups: int
) -> Any:  # fmt: skip
    """The weight's part: images and gradients convolve with the batch as their channels, and strides and dilations change places."""
    turned, part = REGISTRY["transpose.int"], REGISTRY["slice.Tensor"]
    flipped = turned(grad, 0, 1)
    images = turned(to_input, 0, 1)
    found = []
    for group in range(groups):
        pair = [images, flipped]
        if groups > 1:
            sizes = [value.shape[0] // groups for value in pair]
            pair = [part(value, 0, size * group, size * (group + 1), 1) for value, size in zip(pair, sizes)]
        if transposed:
            pair.reverse()
        found.append(convolution(*pair, None, dilation, padding, stride, False, output_padding, 1))
    return _cut(turned(REGISTRY["cat"](found, 1) if groups > 1 else found[0], 0, 1), weight)


def _cut(found: Any, like: Any) -> Any:
    """A result without what lies beyond the sizes of `like`."""
    for dim in range(2, len(like.shape)):
        if found.shape[dim] > like.shape[dim]:
            found = REGISTRY["slice.Tensor"](found, dim, 0, like.shape[dim], 1)
    return found


def _to_input(
    grad: Any, input: Any, to_weight: Any, stride: Any, padding: Any, dilation: Any, transposed: Any, output_padding: Any, groups: int
) -> Any:  # fmt: skip
    """The input's part: the convolution turned round."""
    if not transposed:
        reached = [
            (size - 1) * step - 2 * margin + wide * (width - 1) + 1
            for size, step, margin, wide, width in zip(grad.shape[2:], stride, padding, dilation, to_weight.shape[2:])
        ]
        output_padding = [size - end for size, end in zip(input.shape[2:], reached)]
    return _cut(convolution(grad, to_weight, None, stride, padding, dilation, not transposed, output_padding, groups), input)


def _over_channels(bias: Any, like: Any) -> Any:
    shape = (1, -1) + (1,) * (like.ndim - 2)
    if isinstance(bias, TensorBase):
        return REGISTRY["expand"](REGISTRY["reshape"](bias, shape), tuple(like.shape))
    return np.broadcast_to(bias.reshape(shape), like.shape)


@op(
    "convolution_backward", tensors=("grad_output", "input", "weight"), outputs=("result0", "result1", "result2"), pack=tuple,
    **{"grad_output, input, weight": _double_backward},
)  # fmt: skip
def convolution_backward(
    grad_output: Any, input: Any, weight: Any, bias_sizes: Any, stride: Any, padding: Any, dilation: Any, transposed: Any,
    output_padding: Any, groups: Any, wanted: Any,
) -> Any:  # fmt: skip
    """The gradients of a convolution's input, weight and bias; empty arrays for those that are not asked for."""
    stride, padding, dilation = tuple(stride), tuple(padding), tuple(dilation)
    empty = np.empty(0, grad_output.dtype)
    large, small = (grad_output, input) if transposed else (input, grad_output)
    geometry = kernels.geometry_of(large.shape, weight.shape, stride, padding, dilation, groups, small.shape[2:])
    by_input = by_weight = by_bias = empty
    grad = widened(grad_output)
    if groups > 1 and not transposed and groups == input.shape[1] and (wanted[0] or wanted[1]):
        found = _by_channel_backward(input, weight, stride, padding, dilation, grad)
        if found is not None:
            by_input, by_weight = found[0] if wanted[0] else empty, found[1] if wanted[1] else empty
            wanted = [False, False, wanted[2]]
    if wanted[0]:
        factor = widened(_conj(weight))
        by_input = _result(input.shape, input.dtype, input, weight)
        if transposed:
            kernels.forward(grad, factor, geometry, by_input)
        else:
            kernels.input_gradient(grad, factor, geometry, by_input)
    if wanted[1]:
        values = widened(_conj(input))
        operands = (grad, values) if transposed else (values, grad)
        by_weight = narrowed(kernels.weight_gradient(*operands, geometry, weight.shape), weight.dtype)
        if like_channels_last(input) or like_channels_last(weight):
            by_weight = layout.laid_out(by_weight, layout.format_strides(_result(weight.shape, weight.dtype, input, weight), None))
    if wanted[2]:
        by_bias = narrowed(grad.sum(axis=(0, *range(2, grad.ndim))), grad_output.dtype)
        if not grad.shape[1]:
            by_bias = np.zeros(bias_sizes, grad_output.dtype)
    return by_input, by_weight, by_bias


# ---------------------------------------------------------------- the public functions


def _unbatched(name: str, self: Any, count: int) -> bool:
    if self.ndim == count + 1:
        return True
    if self.ndim != count + 2:
        raise RuntimeError(
            f"Expected {count + 1}D (unbatched) or {count + 2}D (batched) input to {name}, but got input of size: {shape_text(self.shape)}"
        )
    return False


def _run(name: str, count: int, self: Any, *options: Any) -> Any:
    """`convolution` of a batch, or of one image."""
    if _unbatched(name, self, count):
        return REGISTRY["squeeze.dim"](convolution.apply([REGISTRY["unsqueeze"](self, 0), *options]), 0)
    return convolution.apply([self, *options])


def _plain(count: int) -> None:
    name, zeros = f"conv{count}d", (0,) * count

    @composite(name)
    def convolve(
        input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: Any = 1
    ) -> Any:
        if bias is not None and bias._array.dtype is not input._array.dtype:
            check_bias_type(input, bias)
        return _run(name, count, input, weight, bias, stride, padding, dilation, False, zeros, groups)

    @composite(f"{name}.padding")
    def convolve_padded(
        input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = "valid", dilation: Any = 1, groups: Any = 1
    ) -> Any:
        single = _unbatched(name, input, count)
        batch = REGISTRY["unsqueeze"](input, 0) if single else input
        found = convolution_mode(batch, weight, bias, stride, padding, dilation, groups)
        return REGISTRY["squeeze.dim"](found, 0) if single else found


@composite("_convolution_mode")
def convolution_mode(input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: Any) -> Any:
    """A convolution with padding "same" (the result has the input's sizes) or "valid" (none)."""
    zeros = (0,) * max(1, weight.ndim - 2)
    if padding == "valid":
        return convolution.apply([input, weight, bias, stride, zeros, dilation, False, zeros, groups])
    if padding != "same":
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    count = weight.ndim - 2
    if count <= 0:
        raise RuntimeError("weight should have at least three dimensions")
    if weight.ndim != input.ndim and weight.ndim > 2:
        raise RuntimeError(
            f"Expected {weight.ndim}-dimensional input for {weight.ndim}-dimensional weight{shape_text(weight.shape)}, but got "
            f"{input.ndim}-dimensional input of size {shape_text(input.shape)} instead"
        )
    if any(step != 1 for step in stride):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    dilation = _expanded(dilation, "dilation", count)
    totals = [spread * (size - 1) for spread, size in zip(dilation, weight.shape[2:])]
    if any(total % 2 for total in totals):
        warn_once(
            "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input be created"
        )
        extra: list[int] = []
        for total in reversed(totals):
            extra.extend((0, total % 2))
        input = REGISTRY["constant_pad_nd"](input, extra, 0)
    return convolution.apply([input, weight, bias, stride, [total // 2 for total in totals], dilation, False, zeros, groups])


def _transposed(count: int) -> None:
    name = f"conv_transpose{count}d"

    @composite(name if count == 1 else f"{name}.input")
    def convolve(
        input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: Any = 1,
        dilation: Any = 1,
    ) -> Any:  # fmt: skip
        return _run(name, count, input, weight, bias, stride, padding, dilation, True, output_padding, groups)


for _count in (1, 2, 3):
    _plain(_count)
    _transposed(_count)


@composite("_convolution", "_convolution.deprecated")
def convolution_with_flags(
    input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, transposed: Any, output_padding: Any, groups: Any,
    *flags: Any,
) -> Any:  # fmt: skip
    """`convolution` with PyTorch's flags for other devices, which mean nothing here."""
    return convolution.apply([input, weight, bias, stride, padding, dilation, transposed, output_padding, groups])


# ---------------------------------------------------------------- conv_tbc: sequences with time first


def _conv_tbc_backward(grad: Any, self: Any, weight: Any, bias: Any, pad: Any, output_mask: Any) -> list[Any]:
    """The gradients of conv_tbc through those of convolution."""
    found = convolution_backward(
        _turned(grad, (1, 2, 0)), _turned(self, (1, 2, 0)), _turned(weight, (2, 1, 0)), None, (1,), (pad,), (1,), False, (0,), 1,
        [output_mask[0], output_mask[1], False],
    )  # fmt: skip
    total = None
    if output_mask[2]:
        total = REGISTRY["sum.dim_IntList"](grad, (0, 1), False) if isinstance(grad, TensorBase) else grad.sum(axis=(0, 1))
    return [
        _turned(found[0], (2, 0, 1)) if output_mask[0] else None, _turned(found[1], (2, 1, 0)) if output_mask[1] else None, total
    ]  # fmt: skip


def _turned(value: Any, dims: Any) -> Any:
    if isinstance(value, TensorBase):
        return REGISTRY["clone"](REGISTRY["permute"](value, dims), memory_format=contiguous_format)
    return np.ascontiguousarray(value.transpose(dims))


@op("conv_tbc", tensors=("self", "weight", "bias"), **{"self, weight, bias": _conv_tbc_backward})
def conv_tbc(self: Any, weight: Any, bias: Any, pad: Any = 0) -> Any:
    """A convolution in one dimension of (time, batch, channels) with a weight (taps, channels in, channels out)."""
    if self.ndim != 3:
        raise RuntimeError("Input must have 3 dims: time, batch, in_channel")
    if weight.ndim != 3:
        raise RuntimeError("Weight tensor must have 3 dims: kernel_width, in_channels, out_channels.")
    if bias.ndim != 1:
        raise RuntimeError("Bias must be 1-D")
    if self.shape[2] != weight.shape[1]:
        raise RuntimeError("Input dim 2 (input channels) is not == dim 1 in the weight tensor")
    if weight.shape[2] != bias.shape[0]:
        raise RuntimeError("Bias size must equal dim 2 in the weight tensor (output channels).")
    check_types(self, weight, bias, False, (1,), 1)
    found = _forward(np.ascontiguousarray(self.transpose(1, 2, 0)), weight.transpose(2, 1, 0), (1,), (pad,), (1,), 1)
    return layout.row_major(found.transpose(2, 0, 1)) + bias
