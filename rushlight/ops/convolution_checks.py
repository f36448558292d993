"""What PyTorch refuses in convolutions, in its order and words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.inplace import check_result
from rushlight._core.promotion import result_dtype
from rushlight._core.tensor import shape_text
from rushlight.ops.carriers import array_of, dtype_of
from rushlight.ops.pointwise import CPP_NAMES

_AXES = {2: ("height", "width"), 3: ("depth", "height", "width")}


def check_complex(x: Any, weight: Any) -> None:
    """A complex input has a weight of its dtype, whatever the shapes."""
    if dtype_of(x).is_complex and dtype_of(x) is not dtype_of(weight):
        names = dtypes.type_text(array_of(x)), dtypes.type_text(array_of(weight))
        raise RuntimeError(f"Input type ({names[0]}) and weight type ({names[1]}) should be the same")


def check(
    x: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, transposed: bool, output_padding: Any, groups: int
) -> None:
    """The arguments' signs and sizes."""
    if any(value < 0 for value in padding):
        raise RuntimeError("negative padding is not supported")
    if any(value < 0 for value in output_padding):
        raise RuntimeError("negative output_padding is not supported")
    if any(value <= 0 for value in stride):
        raise RuntimeError("non-positive stride is not supported")
    if any(value < 0 for value in dilation):
        raise RuntimeError("dilation should be greater than zero")
    if weight.ndim != x.ndim:
        raise RuntimeError(
            f"Expected {weight.ndim}-dimensional input for {weight.ndim}-dimensional weight {shape_text(weight.shape)}, but got "
            f"{x.ndim}-dimensional input of size {shape_text(x.shape)} instead"
        )
    if weight.shape[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size "
            f"{shape_text(weight.shape)} instead"
        )
    if weight.shape[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size "
            f"[{shape_text(weight.shape)}] instead"
        )
    _check_channels(x, weight, bias, transposed, groups)
    if 0 in dilation:
        raise RuntimeError(_still(x, weight, dilation, transposed, groups))
    if not transposed:
        _check_kernel(x, weight, padding, dilation)


def _by_onednn(x: Any, weight: Any, groups: int) -> bool:
    """Whether PyTorch leaves the convolution to oneDNN (where it has several threads), whose refusals have other words."""
    name = dtypes.of(x).name
    if name != "float32":
        return name in ("bfloat16", "float16")
    large = weight.ndim > 3 and min(weight.shape[-2:]) > 3
    return groups > 1 or large or x.shape[0] > 1 or math.prod(x.shape[:4]) > 20480


def _still(x: Any, weight: Any, dilation: Any, transposed: bool, groups: int) -> str:
    """The words for a dilation of zero."""
    if _by_onednn(x, weight, groups):
        return "non-positive dilation is not supported"
    values = [1, *dilation] if len(dilation) == 1 else list(dilation)
    if transposed:
        return "dilation should be greater than zero, but got " + ", ".join(
            f"dilation_{name}: {value}" for name, value in zip(_AXES[len(values)], values)
        )
    return f"dilation should be greater than zero, but got {values}"


def _check_channels(x: Any, weight: Any, bias: Any, transposed: bool, groups: int) -> None:
    wanted = weight.shape[0] if transposed else weight.shape[1] * groups
    given = "transposed=1" if transposed else f"groups={groups}"
    if x.shape[1] != wanted:
        raise RuntimeError(
            f"Given {given}, weight of size {shape_text(weight.shape)}, expected input{shape_text(x.shape)} to have {wanted} channels, "
            f"but got {x.shape[1]} channels instead"
        )
    outputs = weight.shape[1] * groups if transposed else weight.shape[0]
    if bias is not None and bias.shape != (outputs,):
        given = "transposed=1, " if transposed else ""
        raise RuntimeError(
            f"Given {given}weight of size {shape_text(weight.shape)}, expected bias to be 1-dimensional with {outputs} elements, "
            f"but got bias of size {shape_text(bias.shape)} instead"
        )


def _check_kernel(x: Any, weight: Any, padding: Any, dilation: Any) -> None:
    sizes = [size + 2 * extra for size, extra in zip(x.shape[2:], padding)]
    spans = [spread * (size - 1) + 1 for spread, size in zip(dilation, weight.shape[2:])]
    if any(size < span for size, span in zip(sizes, spans)):
        raise RuntimeError(
            f"Calculated padded input size per channel: ({_times(sizes)}). Kernel size: ({_times(spans)}). "
            "Kernel size can't be greater than actual input size"
        )


def _times(sizes: Any) -> str:
    return " x ".join(map(str, sizes))


def check_bias_type(x: Any, bias: Any) -> None:
    """A bias has the dtype of the input."""
    if bias is not None and bias.dtype is not x.dtype:
        names = [CPP_NAMES.get(name, name) for name in (dtype_of(x).cpp, dtype_of(bias).cpp)]
        raise RuntimeError(f"Input type ({names[0]}) and bias type ({names[1]}) should be the same")


def check_types(x: Any, weight: Any, bias: Any, transposed: bool, dilation: Any, groups: int) -> None:
    """One dtype for all, and one that PyTorch's kernels have."""
    for label, other in (("weight", weight), ("bias", bias)):
        if other is None or x.dtype is other.dtype or not x.shape[0]:
            continue
        names = f"Input type ({dtypes.type_text(x)}) and {label} type ({dtypes.type_text(other)}) should be the same"
        if x.dtype.kind == "c" or label == "weight" and other.dtype.kind == "c":
            raise RuntimeError(names)
        if _by_onednn(x, weight, groups):
            raise RuntimeError(f"{names} or input should be a MKLDNN tensor and {label} is a dense tensor")
        if label == "weight" or x.ndim == 5 and transposed:  # other kernels add a bias of any dtype
            raise RuntimeError(f"expected scalar type {dtypes.of(x).cpp} but found {dtypes.of(other).cpp}")
        if transposed:  # the bias is added in place
            check_result("add", x, np.broadcast_to(np.empty((), result_dtype([x, other]).np_dtype), x.shape))
    refused = x.dtype.char in "?HILQ"
    dilated = any(value > 1 for value in dilation)
    volume = x.ndim == 5
    if transposed:
        refused = refused or x.dtype.char in "bBhi"
        kernel = f"slow_conv_transpose{3 if volume else 2}d_out_cpu"
    elif dilated:
        refused = refused or x.dtype.char in "bBhi"
        kernel = "slow_conv_dilated<>"
    else:
        kernel = "compute_columns3d" if volume else "slow_conv2d_cpu"
    if refused:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtypes.of(x).cpp}'")


def check_transposed(x: Any, shape: Any, stride: Any, dilation: Any, output_padding: Any) -> None:
    """What only transposed convolutions refuse."""
    if any(size < 0 for size in shape[2:]) and dtypes.of(x).name == "float32":
        raise RuntimeError("could not construct a memory descriptor using a format tag")
    count = len(stride)
    if any(more >= step and more >= spread for more, step, spread in zip(output_padding, stride, dilation)):
        values = [list(entry) for entry in (output_padding, stride, dilation)]
        if count == 1:
            values = [[0, *output_padding], [1, *stride], [1, *dilation]]
        names = _AXES[max(count, 2)]
        parts = [
            f"{label}_{name}: {value}"
            for label, entries in zip(("output_padding", "stride", "dilation"), values)
            for name, value in zip(names, entries)
        ]
        raise RuntimeError("output padding must be smaller than either stride or dilation, but got " + " ".join(parts))
    if any(size < 1 for size in shape[2:]):
        sizes = x.shape[2:] if count > 1 else (1, *x.shape[2:])
        found = shape[2:] if count > 1 else (1, *shape[2:])
        raise RuntimeError(
            f"Given input size per channel: ({_times(sizes)}). Calculated output size per channel: ({_times(found)}). "
            "Output size is too small"
        )
