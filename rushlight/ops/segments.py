"""segment_reduce, and quantization that is only acted out (fake_quantize_*)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.pointwise import no_derivative
from rushlight.ops.view import wrap_dim

# ---------------------------------------------------------------- segment_reduce

_UFUNCS = {"sum": np.add, "mean": np.add, "max": np.maximum, "amax": np.maximum, "min": np.minimum, "amin": np.minimum, "prod": np.multiply}
_EMPTY = {"sum": 0.0, "mean": math.nan, "max": -math.inf, "amax": -math.inf, "min": math.inf, "amin": math.inf, "prod": 1.0}


def _bounds(data: Any, lengths: Any, offsets: Any, axis: int, unsafe: bool) -> tuple[Any, Any]:
    """Where each segment begins and how long it is; both have the batch dimensions first."""
    given, name = (lengths, "lengths") if lengths is not None else (offsets, "offsets")
    axis = wrap_dim(axis, data.ndim)
    if given.ndim - 1 != axis:
        raise RuntimeError(f"segment_reduce(): Expected axis to be the last dimension of {name} but got {axis}.")
    if dtypes.of(given) not in (dtypes.int32, dtypes.int64):
        raise NotImplementedError(f"\"_segment_reduce_{name}_cpu_kernel1\" not implemented for '{dtypes.of(given).cpp}'")
    if given.shape[:-1] != data.shape[:axis]:
        raise RuntimeError(f"segment_reduce(): Expected the leading sizes of {name} {given.shape} to be those of data {data.shape}.")
    wide = given.astype(np.int64)
    if lengths is None:
        return wide[..., :-1], np.diff(wide, axis=-1)
    if not unsafe:
        if wide.size == 0:
            raise RuntimeError(
                "min(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."
            )
        if wide.min() < 0:
            raise RuntimeError("lengths contains negative value!")
        if (wide.sum(-1) != data.shape[axis]).any():
            raise RuntimeError(
                "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe."
            )
    return np.cumsum(wide, -1) - wide, wide


def _segments(starts: Any, counts: Any) -> Any:
    """(place of the result, batch and slice of the data) of every segment."""
    for place in np.ndindex(*counts.shape):
        start = int(starts[place])
        yield place, (*place[:-1], slice(start, start + int(counts[place])))


@op(
    "segment_reduce", tensors=("data", "lengths", "indices", "offsets"),
    data=lambda grad, result, data, reduce, lengths, offsets, axis, initial: segment_reduce_backward(
        grad, result, data, reduce, lengths, offsets, axis, initial
    ),
)  # fmt: skip
def segment_reduce(
    data: Any, reduce: Any, lengths: Any = None, indices: Any = None, offsets: Any = None, axis: int = 0, unsafe: bool = False,
    initial: Any = None,
) -> Any:  # fmt: skip
    """Reductions of consecutive runs of rows."""
    if reduce not in _UFUNCS:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    if indices is not None:
        raise RuntimeError("segment_reduce(): indices based reduction is not supported yet.")
    if lengths is None and offsets is None:
        raise RuntimeError("segment_reduce(): Either lengths or offsets must be defined.")
    starts, counts = _bounds(data, lengths, offsets, axis, unsafe)
    if dtypes.of(data).category != dtypes.FLOATING:
        raise NotImplementedError(f"\"_segment_reduce_cpu\" not implemented for '{dtypes.of(data).cpp}'")
    ufunc = _UFUNCS[reduce]
    wide = data.astype(np.float32) if data.dtype.itemsize == 2 else data
    empty = _EMPTY[reduce] if initial is None else initial
    found = np.full(counts.shape + data.shape[counts.ndim :], empty, wide.dtype)
    for place, part in _segments(starts, counts):
        rows = wide[part]
        if not len(rows):
            continue
        value = ufunc.reduce(rows, axis=0)
        if initial is not None:
            value = ufunc(value, wide.dtype.type(initial))
        found[place] = value / len(rows) if reduce == "mean" else value
    return found.astype(data.dtype, copy=False)


@op("_segment_reduce_backward", kind="internal", tensors=("grad", "output", "data", "lengths", "offsets"), grad_fn="NotImplemented",
    **{"grad, data": no_derivative("_segment_reduce_backward")})  # fmt: skip
def segment_reduce_backward(
    grad: Any, output: Any, data: Any, reduce: Any, lengths: Any = None, offsets: Any = None, axis: int = 0, initial: Any = None
) -> Any:  # fmt: skip
    """The gradient of segment_reduce: of several extreme rows each has its share."""
    starts, counts = _bounds(data, lengths, offsets, axis, True)
    found = np.zeros(data.shape, grad.dtype)
    for place, part in _segments(starts, counts):
        rows = data[part]
        if not len(rows):
            continue
        if reduce == "sum":
            found[part] = grad[place]
        elif reduce == "mean":
            found[part] = grad[place] / len(rows)
        elif reduce == "prod":
            found[part] = grad[place] * _other_products(rows) * (1 if initial is None else initial)
        else:
            equal = rows == output[place]
            found[part] = np.where(equal, grad[place] / np.maximum(equal.sum(0), 1), 0)
    return found


def _other_products(rows: Any) -> Any:
    """For each row, the product of the others."""
    ones = np.ones_like(rows[:1])
    before = np.cumprod(np.concatenate([ones, rows[:-1]]), 0)
    after = np.cumprod(np.concatenate([ones, rows[:0:-1]]), 0)[::-1]
    return before * after


@composite("_chunk_cat")
def chunk_cat(tensors: Any, dim: int, num_chunks: int) -> Any:
    """Tensors that are cut into chunks along a dimension (with zeros after the last ones), flat, chunk by chunk beside each other."""
    if num_chunks < 1:
        raise RuntimeError("_chunk_cat expects positive num_chunks")
    if not tensors:
        raise RuntimeError("_chunk_cat expects a non-empty input tensor list")
    if dim >= 0 and any(dim >= tensor._array.ndim for tensor in tensors):
        raise RuntimeError("_chunk_cat expects dim < ndim for all input tensors")
    if dim < 0 and any(tensor._array.ndim != tensors[0]._array.ndim for tensor in tensors):
        raise RuntimeError("_chunk_cat expects non-negative dim when input tensors have different ndims")
    dim = wrap_dim(dim, tensors[0]._array.ndim)
    parts = []
    for tensor in tensors:
        shape = tensor._array.shape
        if tensor._array.dtype != tensors[0]._array.dtype:
            raise RuntimeError("_chunk_cat expects all input tensors with the same dtype")
        if not tensor._array.size:
            raise RuntimeError("_chunk_cat expects non-empty tensor")
        if shape[:dim] != tensors[0]._array.shape[:dim]:
            raise RuntimeError("_chunk_cat expects same sizes of 0,...,dim-1 dimensions for all tensors")
        missing = -shape[dim] % num_chunks
        padded = REGISTRY["constant_pad_nd"](tensor, [0, 0] * (len(shape) - dim - 1) + [0, missing], 0) if missing else tensor
        rest = (shape[dim] + missing) // num_chunks * math.prod(shape[dim + 1 :])
        parts.append(REGISTRY["reshape"](padded, [*shape[:dim], num_chunks, rest]))
    return REGISTRY["cat"](parts, dim + 1)


# ---------------------------------------------------------------- fake_quantize


def _check_range(zero_point: Any, quant_min: int, quant_max: int) -> None:
    if quant_min > quant_max:
        raise RuntimeError("`quant_min` should be less than or         equal to `quant_max`.")
    if zero_point is not None and ((zero_point < quant_min) | (zero_point > quant_max)).any():
        raise RuntimeError("`zero_point` must be between `quant_min` and `quant_max`.")


def _rounded(self: Any, scale: Any, zero_point: Any, quant_min: int, quant_max: int, exact: bool) -> tuple[Any, Any]:
    """The values that survive quantization, and which were within its range. exact: zero_point is an integer."""
    if dtypes.of(self).category != dtypes.FLOATING:
        raise NotImplementedError(f"\"fake_quantize_tensor_cachemask_kernel_type_handling\" not implemented for '{dtypes.of(self).cpp}'")
    wide = self.astype(np.float32) if self.dtype.itemsize == 2 else self
    inverse = np.float32(1) / scale
    level = np.rint(wide * inverse) + zero_point if exact else np.rint(wide * inverse + zero_point)
    kept = np.fmin(np.fmax(level, quant_min), quant_max)
    return ((kept - zero_point) * scale).astype(self.dtype, copy=False), (level >= quant_min) & (level <= quant_max)


def _masked(grad: Any, mask: Any) -> Any:
    return grad * mask


@op("fake_quantize_per_tensor_affine_cachemask", outputs=("output", "mask"), self=lambda grad, mask: _masked(grad, mask))
def per_tensor(self: Any, scale: Any, zero_point: Any, quant_min: int, quant_max: int) -> tuple[Any, Any]:
    """Quantization by one scale, undone again."""
    _check_range(np.asarray(zero_point), quant_min, quant_max)
    return _rounded(self, np.float32(scale), np.float32(zero_point), quant_min, quant_max, True)


@op(
    "_fake_quantize_per_tensor_affine_cachemask_tensor_qparams", tensors=("self", "scale", "zero_point"), outputs=("output", "mask"),
    grad_fn="FakeQuantizePerTensorAffineCachemaskTensorQparamsBackward0", self=lambda grad, mask: _masked(grad, mask),
)  # fmt: skip
def per_tensor_qparams(self: Any, scale: Any, zero_point: Any, quant_min: int, quant_max: int) -> tuple[Any, Any]:
    """Quantization by one scale that a tensor holds, undone again."""
    _check_range(None, quant_min, quant_max)
    scale, zero_point = np.float32(scale.reshape(())), np.float32(zero_point.reshape(()))
    return _rounded(self, scale, zero_point, quant_min, quant_max, True)


@op(
    "fake_quantize_per_channel_affine_cachemask", tensors=("self", "scale", "zero_point"), outputs=("output", "mask"),
    self=lambda grad, mask: _masked(grad, mask),
)  # fmt: skip
def per_channel(self: Any, scale: Any, zero_point: Any, axis: int, quant_min: int, quant_max: int) -> tuple[Any, Any]:
    """Quantization by one scale for each index of a dimension, undone again."""
    if dtypes.of(scale) not in (dtypes.float32, dtypes.bfloat16):
        raise RuntimeError(f"Scale must be Float or BFloat16, found {dtypes.of(scale).cpp}")
    if dtypes.of(zero_point) not in (dtypes.int32, dtypes.float32, dtypes.float16):
        raise RuntimeError(f"Zero-point must be Int32, Float or Half, found {dtypes.of(zero_point).cpp}")
    for name, value in (("scale", scale), ("zero point", zero_point)):
        if value.ndim != 1:
            raise RuntimeError(f"{name} should be a 1-D tensor")
    if scale.shape != zero_point.shape:
        raise RuntimeError("scale and zero-point need to have the same dimensions")
    axis = wrap_dim(axis, self.ndim)
    if scale.shape[0] != self.shape[axis]:
        raise RuntimeError("dimensions of scale and zero-point are not consistent with input tensor")
    exact = zero_point.dtype.kind == "i"
    _check_range(zero_point if exact else None, quant_min, quant_max)
    shape = [-1 if dim == axis else 1 for dim in range(self.ndim)]
    scale, zero_point = (value.astype(np.float32).reshape(shape) for value in (scale, zero_point))
    return _rounded(self, scale, zero_point, quant_min, quant_max, exact)


@composite("fake_quantize_per_tensor_affine")
def fake_quantize_per_tensor_affine(self: Any, scale: Any, zero_point: Any, quant_min: int, quant_max: int) -> Any:
    """What is left of a tensor that was quantized by one scale."""
    return per_tensor(self, scale, zero_point, quant_min, quant_max)[0]


@composite("fake_quantize_per_tensor_affine.tensor_qparams")
def fake_quantize_tensor_qparams(self: Any, scale: Any, zero_point: Any, quant_min: int, quant_max: int) -> Any:
    """What is left of a tensor that was quantized by the scale that a tensor holds."""
    return per_tensor_qparams(self, scale, zero_point, quant_min, quant_max)[0]


@composite("fake_quantize_per_channel_affine")
def fake_quantize_per_channel_affine(self: Any, scale: Any, zero_point: Any, axis: int, quant_min: int, quant_max: int) -> Any:
    """What is left of a tensor that was quantized by one scale for each index of a dimension."""
    return per_channel(self, scale, zero_point, axis, quant_min, quant_max)[0]
