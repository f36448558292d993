"""layer_norm, group_norm and rms_norm. Their backward passes are operators, with formulas of their own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes, loops
from rushlight._core.state import GRAD, get_mode
from rushlight._core.tensor import TensorBase, shape_text
from rushlight.ops.carriers import zeros
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.normalization_kernels import (
    Normal,
    absent,
    is_channels_last,
    need_float,
    new_like,
    only,
    parameter_dtype,
    row_gradients,
    row_moments,
    widened,
)
from rushlight.ops.pointwise import CPP_NAMES, no_derivative
from rushlight.ops.warn import warn_once


def _sum_to(value: Any, axes: Any, shape: Any) -> Any:
    """A value summed over axes, in a shape."""
    return None if value is None else REGISTRY["sum.dim_IntList"](value, axes, False).reshape(shape)


# ---------------------------------------------------------------- layer_norm


def check_normalized(input: Any, normalized_shape: Any, weight: Any, bias: Any, star: str = "*, ") -> None:
    """Raise unless the last dimensions are normalized_shape, and the parameters' too."""
    wanted = tuple(normalized_shape)
    if not wanted:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = "
            f"{shape_text(wanted)}"
        )
    for name, value in (("weight", weight), ("bias", bias)):
        if value is not None and tuple(value.shape) != wanted:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {shape_text(value.shape)} and "
                f"normalized_shape = {shape_text(wanted)}"
            )
    shape = tuple(input.shape)
    if len(shape) < len(wanted) or shape[len(shape) - len(wanted) :] != wanted:
        sizes = ", ".join([str(size) for size in wanted])
        raise RuntimeError(
            f"Given normalized_shape={shape_text(wanted)}, expected input with shape [{star}{sizes}], but got input of size"
            f"{shape_text(shape)}"
        )


def _rows(array: Any, columns: int) -> Any:
    """The array as rows of `columns` elements, in float32 where it holds 16-bit floats."""
    return np.ascontiguousarray(widened(array)).reshape(array.size // columns if columns else 0, columns)


def _layer_norm_formula(
    grad: Any, input: Any, normalized_shape: Any, result1: Any, result2: Any, weight: Any, bias: Any, output_mask: Any
) -> Any:
    return only(layer_norm_backward(grad, input, normalized_shape, result1, result2, weight, bias, output_mask), output_mask)


@op(
    "native_layer_norm", tensors=("input", "weight", "bias"), outputs=("result", "result1", "result2"), pack=tuple,
    **{"input, weight, bias": _layer_norm_formula},
)  # fmt: skip
def native_layer_norm(input: Any, normalized_shape: Any, weight: Any, bias: Any, eps: Any) -> Any:
    """(input - mean) / sqrt(variance + eps) over the last dimensions, times weight plus bias; means and inverse deviations."""
    statistics = parameter_dtype(input, weight, bias)
    check_normalized(input, normalized_shape, weight, bias)
    need_float(input, "LayerNormKernelImpl")
    outer = input.shape[: input.ndim - len(normalized_shape)]
    shape = (*outer, *[1] * len(normalized_shape))
    rows = _rows(input, math.prod(normalized_shape))
    found = np.empty_like(rows)
    if not rows.shape[1]:
        rows = rows.reshape(math.prod(outer), 0)
        found = np.empty_like(rows)
    mean, scale = row_moments(rows, eps, found)
    if weight is not None:
        np.multiply(found, widened(weight).reshape(-1), out=found)
    if bias is not None:
        np.add(found, widened(bias).reshape(-1), out=found)
    result = narrowed(found.reshape(input.shape), input.dtype)
    return result, mean.reshape(shape).astype(statistics, copy=False), scale.reshape(shape).astype(statistics, copy=False)


def _layer_norm_twice(grads: Any, grad_out: Any, input: Any, normalized_shape: Any, mean: Any, rstd: Any, weight: Any) -> Any:
    if all(grad is None for grad in grads):
        return None, None, None
    axes = tuple(range(input.ndim - len(normalized_shape), input.ndim))
    outer = tuple(range(axes[0]))
    normal = Normal(input, mean, rstd, axes, False)
    of_weight = None if weight is None else normal.of_weight(grads, grad_out)
    if outer and of_weight is not None:
        of_weight = _sum_to(of_weight, outer, weight.shape)
    of_grad = normal.of_grad(grads, weight)
    if grads[0] is None and grads[1] is None:  # what is left has the bias's shape
        of_grad = REGISTRY["expand"](of_grad, tuple(grad_out.shape))
    return normal.of_input(grads, grad_out, weight), of_weight, of_grad


@op(
    "native_layer_norm_backward", tensors=("grad_out", "input", "mean", "rstd", "weight", "bias"),
    outputs=("result", "result1", "result2"), pack=tuple,
    **{"input, weight, grad_out": _layer_norm_twice}, bias=lambda: None,
    mean=no_derivative("native_layer_norm_backward mean"), rstd=no_derivative("native_layer_norm_backward rstd"),
)  # fmt: skip
def layer_norm_backward(
    grad_out: Any, input: Any, normalized_shape: Any, mean: Any, rstd: Any, weight: Any, bias: Any, output_mask: Any
) -> Any:
    """The gradients of layer_norm's input, weight and bias."""
    columns = math.prod(normalized_shape)
    grad, rows = _rows(grad_out, columns), _rows(input, columns)
    means, scales = widened(mean).reshape(-1), widened(rstd).reshape(-1)
    results = [absent(), absent(), absent()]
    if output_mask[0]:
        weighted = grad if weight is None else grad * widened(weight).reshape(-1)
        found = np.empty_like(rows)
        if columns:
            row_gradients(weighted, rows, means, scales, found)
        results[0] = found.reshape(input.shape).astype(input.dtype, copy=False)
    if output_mask[1] and weight is not None:
        normal = np.subtract(rows, means[:, None])
        np.multiply(normal, scales[:, None], out=normal)
        np.multiply(normal, grad, out=normal)
        results[1] = np.add.reduce(normal, axis=0).reshape(weight.shape).astype(weight.dtype, copy=False)
    if output_mask[2] and bias is not None:
        results[2] = np.add.reduce(grad, axis=0).reshape(bias.shape).astype(bias.dtype, copy=False)
    return results


@composite("layer_norm")
def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-5, cudnn_enable: Any = True) -> Any:
    """torch.layer_norm."""
    return native_layer_norm(input, normalized_shape, weight, bias, eps)[0]


# ---------------------------------------------------------------- rms_norm


@composite("rms_norm")
def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Any:
    """input / sqrt(mean of its squares over the last dimensions + eps), times weight."""
    dtype = input.dtype
    if input.ndim < len(normalized_shape):
        raise ValueError(f"Input tensor must have at least {len(normalized_shape)} dimensions, but got {input.ndim}")
    check_normalized(input, normalized_shape, weight, None, "*")
    if weight is not None and weight.dtype is not dtype and not dtype.is_complex:
        warn_once(
            f"Mismatch dtype between input and weight: input dtype = {CPP_NAMES[dtype.cpp]}, weight dtype = {CPP_NAMES[weight.dtype.cpp]}, "
            "Cannot dispatch to fused implementation.",
            place="rms_norm",
        )
    if dtype.category < dtypes.FLOATING:
        raise NotImplementedError(f"\"rms_norm\" not implemented for '{dtype.cpp}'")
    half = dtype.itemsize == 2
    wide = REGISTRY["_to_copy"](input, dtype=dtypes.float32) if half else input
    if eps is None:
        eps = 2.0**-23 if wide.dtype in (dtypes.float32, dtypes.complex64) else 2.0**-52
    dims = tuple(range(input.ndim - 1, input.ndim - len(normalized_shape) - 1, -1))
    scale = REGISTRY["rsqrt"](REGISTRY["add.Scalar"](wide.pow(2).mean(dims, keepdim=True), eps))
    found = wide * scale
    if weight is not None:
        found = found * weight
    return REGISTRY["contiguous"](REGISTRY["_to_copy"](found, dtype=dtype) if found.dtype is not dtype else found)


# ---------------------------------------------------------------- group_norm


# Sums and affine maps of channels in C: None where they decline, and always in the pure form. A group is one channel to them, and so is
# a channel of one image.
_native_sums, _native_map = loops.helper("channel_sums"), loops.helper("channel_map")


def _by_channel(values: Any, sizes: Any, by_weight: Any = None) -> Any:
    """Numbers of groups for every channel of every image, times the channels' weights: a vector of float64."""
    N, C, _, group = sizes
    spread = values.reshape(-1).astype(np.float64).repeat(C // group)
    return spread if by_weight is None else (spread.reshape(N, C) * by_weight).reshape(-1)


def _native_group(rows: Any, weight: Any, bias: Any, sizes: Any, eps: float) -> Any:
    """The normalised rows times weight plus bias, means and inverse deviations; None where NumPy has to do it."""
    N, C, HxW, group = sizes
    if not rows.size:
        return None
    groups, planes = rows.reshape(1, N * group, -1), rows.reshape(1, N * C, HxW)
    sums = _native_sums(groups, None, None)
    if sums is None:
        return None
    count = groups.shape[2]
    mean = sums[0] / count
    scale = 1 / np.sqrt(_native_sums(groups, None, mean)[1] / count + eps)
    mean, scale = mean.astype(rows.dtype), scale.astype(rows.dtype)
    shift = np.zeros(N * C) if bias is None else np.tile(widened(bias).astype(np.float64), N)
    factor = _by_channel(scale, sizes, None if weight is None else widened(weight))
    found = _native_map(planes, None, _by_channel(mean, sizes), factor, shift, None)
    return None if found is None else (found, mean, scale)


def _native_group_gradients(rows: Any, grad: Any, means: Any, scales: Any, weight: Any, sizes: Any, wanted: bool) -> Any:
    """The gradients of group_norm's input (None without `wanted`), weight and bias; None where NumPy has to do it.

    With n = (x - mean) * scale it is scale * (g w - mean(g w) - n * mean(g w n)), the means over a group: a linear map of x and g.
    """
    N, C, HxW, group = sizes
    if not rows.size:
        return None
    planes, slopes = rows.reshape(1, N * C, HxW), grad.reshape(1, N * C, HxW)
    centre = _by_channel(means, sizes)
    sums = _native_sums(planes, slopes, centre)
    if sums is None:
        return None
    factor = None if weight is None else widened(weight).astype(np.float64)
    of_bias, of_weight = (entry.reshape(N, C) for entry in sums)
    found = None
    if wanted:
        count, wide = HxW * C // group, scales.astype(np.float64)
        weighted = [entry if factor is None else entry * factor for entry in (of_bias, of_weight)]
        average, slope = (entry.reshape(N * group, -1).sum(1) / count for entry in weighted)
        by_x, shift = _by_channel(-slope * wide**3, sizes), _by_channel(-average * wide, sizes)
        found = _native_map(planes, slopes, centre, by_x, shift, _by_channel(wide, sizes, factor))
    return found, (of_weight * _by_channel(scales, sizes).reshape(N, C)).sum(0), of_bias.sum(0)


def _group_rows(array: Any, rows: int) -> Any:
    return np.ascontiguousarray(widened(array)).reshape(rows, array.size // rows if rows else 0)


def _check_group(input: Any, weight: Any, bias: Any, channels: int, groups: int) -> None:
    if groups <= 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {groups}")
    if channels % groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{shape_text(input.shape)} and num_groups={groups}"
        )
    for name, value in (("weight", weight), ("bias", bias)):
        if value is not None and tuple(value.shape) != (channels,):
            shown = "[0]" if weight is None else shape_text(weight.shape)  # PyTorch's text has the weight's shape for both
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of shape {shown} "
                f"and input of shape {shape_text(input.shape)}"
            )


def _group_formula(
    grads: Any, input: Any, result1: Any, result2: Any, weight: Any, N: Any, C: Any, HxW: Any, group: Any, eps: Any, output_mask: Any
) -> Any:
    recorded = isinstance(input, TensorBase) and get_mode() & GRAD
    if not recorded and grads[1] is None and grads[2] is None:
        if grads[0] is None:
            return None, None, None
        return only(group_norm_backward(grads[0], input, result1, result2, weight, N, C, HxW, group, output_mask), output_mask)
    return _group_gradients(grads, input, result1, result2, weight, (N, C, HxW, group))


def _group_gradients(grads: Any, input: Any, mean: Any, rstd: Any, weight: Any, sizes: Any) -> Any:
    """The gradients of group_norm as differentiable operations on the input, the statistics and their gradients."""
    N, C, HxW, group = sizes
    inside, outside = (N, group, C // group, HxW), (N, group, 1, 1)
    x, mu, scale = input.reshape(inside), mean.reshape(outside), rstd.reshape(outside)
    normal = Normal(x, mu, scale, (2, 3), False)
    of_input = of_weight = of_bias = None
    if grads[0] is not None:
        grad = grads[0].reshape(inside)
        weighted = grad if weight is None else grad * weight.reshape((1, group, C // group, 1))
        of_input = scale * normal.project(weighted)
        of_weight = None if weight is None else _sum_to(grad * normal.normal, (0, 3), (C,))
        of_bias = _sum_to(grad, (0, 3), (C,))
    if grads[1] is not None:
        part = grads[1].reshape(outside) / normal.count + zeros(x, inside)
        of_input = part if of_input is None else of_input + part
    if grads[2] is not None:
        part = -grads[2].reshape(outside) * scale * scale * normal.normal / normal.count
        of_input = part if of_input is None else of_input + part
    return None if of_input is None else of_input.reshape(input.shape), of_weight, of_bias


@op(
    "native_group_norm", tensors=("input", "weight", "bias"), outputs=("result", "result1", "result2"), pack=tuple,
    **{"input, weight, bias": _group_formula},
)  # fmt: skip
def native_group_norm(input: Any, weight: Any, bias: Any, N: Any, C: Any, HxW: Any, group: Any, eps: Any) -> Any:
    """Normalisation over groups of channels, times weight plus bias (by channel); means and inverse deviations."""
    _check_group(input, weight, bias, C, group)
    if input.size != N * C * HxW:
        raise RuntimeError(
            "Expected X.numel() == N * C * HxW to be true, but got false.  (Could this error message be improved?  If so, please "
            "report an enhancement request to PyTorch.)"
        )
    statistics = parameter_dtype(input, weight, bias)
    need_float(input, "GroupNormKernelImpl")
    rows = _group_rows(input, N * group)
    native = _native_group(rows, weight, bias, (N, C, HxW, group), eps)
    if native is not None:
        return _as_input(native[0], input), *[value.reshape(N, group).astype(statistics, copy=False) for value in native[1:]]
    found = np.empty_like(rows)
    mean, scale = row_moments(rows, eps, found)
    shaped = found.reshape(N, C, HxW)
    if weight is not None:
        np.multiply(shaped, widened(weight)[:, None], out=shaped)
    if bias is not None:
        np.add(shaped, widened(bias)[:, None], out=shaped)
    return _as_input(shaped, input), *[value.reshape(N, group).astype(statistics, copy=False) for value in (mean, scale)]


def _as_input(found: Any, input: Any) -> Any:
    """A row-major result in the input's shape, dtype and memory format."""
    result = narrowed(found.reshape(input.shape), input.dtype)
    if is_channels_last(input):
        target = new_like(input, input.dtype)
        target[...] = result
        return target
    return result


@op("native_group_norm_backward", tensors=("grad_out", "input", "mean", "rstd", "weight"), outputs=("result", "result1", "result2"))
def group_norm_backward(
    grad_out: Any, input: Any, mean: Any, rstd: Any, weight: Any, N: Any, C: Any, HxW: Any, group: Any, output_mask: Any
) -> Any:
    """The gradients of group_norm's input, weight and bias."""
    rows = _group_rows(input, N * group)
    grad = np.ascontiguousarray(widened(grad_out)).reshape(N, C, HxW)
    means, scales = widened(mean).reshape(-1), widened(rstd).reshape(-1)
    results = [absent(), absent(), absent()]
    parameter = input.dtype if weight is None else weight.dtype
    native = _native_group_gradients(rows, grad, means, scales, weight, (N, C, HxW, group), output_mask[0])
    if native is not None:
        results[0] = _as_input(native[0], input) if output_mask[0] else results[0]
        for place in (1, 2):
            results[place] = native[place].astype(parameter) if output_mask[place] else results[place]
        return results
    if output_mask[0]:
        weighted = grad if weight is None else grad * widened(weight)[:, None]
        found = np.empty_like(rows)
        row_gradients(weighted.reshape(rows.shape), rows, means, scales, found)
        results[0] = _as_input(found, input)
    if output_mask[1]:
        normal = ((rows - means[:, None]) * scales[:, None]).reshape(N, C, HxW)
        results[1] = np.add.reduce(normal * grad, axis=(0, 2)).astype(parameter, copy=False)
    if output_mask[2]:
        results[2] = np.add.reduce(grad, axis=(0, 2)).astype(parameter, copy=False)
    return results


@composite("group_norm")
def group_norm(
    input: Any, num_groups: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-5, cudnn_enabled: Any = True
) -> Any:
    """torch.group_norm."""
    channels = input.shape[1]
    _check_group(input, weight, bias, channels, num_groups)
    return native_group_norm(input, weight, bias, input.shape[0], channels, math.prod(input.shape[2:]), num_groups, eps)[0]
