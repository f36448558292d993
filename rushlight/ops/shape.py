"""Operators that rearrange elements into a new tensor: repeat, flip, roll, triangles, diagonals, masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes, inplace, memory
from rushlight._core.promotion import result_dtype
from rushlight._core.tensor import TensorBase, shape_text
from rushlight.ops import carriers, copying, layout, writing
from rushlight.ops.declare import REGISTRY, op
from rushlight.ops.deprecated import deprecated
from rushlight.ops.resize import cpp_name
from rushlight.ops.view import reshaped, wrap_dim, wrap_dims
from rushlight.ops.view_parts import diagonal, diagonal_backward, diagonal_geometry

# ---------------------------------------------------------------- repeat


def _repeat_backward(grad: Any, repeats: Any, self_sym_sizes: Any) -> Any:
    """The sum over all copies: one by one over dimensions that were new, then over those that were repeated."""
    if 0 in repeats or 0 in self_sym_sizes:
        return carriers.zeros(grad, tuple(self_sym_sizes))
    lead = len(repeats) - len(self_sym_sizes)
    for _ in range(lead):
        grad = _sum_over(grad, [0])
    split: list[int] = []
    dims: list[int] = []
    for count, size in zip(repeats[lead:], self_sym_sizes):
        if count != 1:
            dims.append(len(split))
            split.append(count)
        split.append(size)
    return _sum_over(reshaped(grad, tuple(split)), dims) if dims else grad


def _sum_over(grad: Any, dims: list[int]) -> Any:
    return REGISTRY["sum.dim_IntList"](grad, dims, False) if isinstance(grad, TensorBase) else grad.sum(axis=tuple(dims))


@op("repeat", self=_repeat_backward)
def repeat(self: Any, repeats: Any) -> Any:
    """The tensor laid side by side with itself so many times along each dimension."""
    if len(repeats) < self.ndim:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    sizes = [1] * (len(repeats) - self.ndim) + list(self.shape)
    shape = [count * size for count, size in zip(repeats, sizes)]
    for size in shape:
        if size < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {size}: {shape_text(shape)}")
    if 0 in shape:
        return np.empty(shape, self.dtype)
    return layout.row_major(np.tile(self, tuple(repeats)))


def _check_repeats(repeats: Any) -> None:
    if repeats.dtype.char not in "ilq":
        raise NotImplementedError(f"\"repeat_interleave_cpu\" not implemented for '{dtypes.of(repeats).cpp}'")
    if repeats.ndim != 1:
        raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
    if (repeats < 0).any():
        raise RuntimeError("repeats can not be negative")


@op("repeat_interleave.Tensor", tensors=("repeats",))
def repeat_interleave(repeats: Any, output_size: Any = None) -> Any:
    """Each index so many times as `repeats` says."""
    _check_repeats(repeats)
    return np.repeat(np.arange(repeats.size, dtype=repeats.dtype), repeats)


# ---------------------------------------------------------------- flip, roll, rot90


@op("flip", self=lambda grad, dims: flip(grad, dims))
def flip(self: Any, dims: Any) -> Any:
    """Dimensions in reverse order."""
    axes = wrap_dims(dims, self.ndim)
    if axes and self.size and self.dtype.char in "HILQ":
        raise NotImplementedError(f"\"flip_cpu\" not implemented for '{dtypes.of(self).cpp}'")
    found = np.flip(self, tuple(axes)) if self.ndim and axes else self
    return layout.laid_out(found, layout.format_strides(self, None)) if axes and self.ndim else copying.clone.kernel(self)


def _roll_back(grad: Any, shifts: Any, dims: Any) -> Any:
    return roll(grad, [-shift for shift in reversed(shifts)], list(reversed(dims or [])))


@op("roll", self=_roll_back)
def roll(self: Any, shifts: Any, dims: Any = None) -> Any:
    """Elements moved along dimensions; those that fall off come in at the other end."""
    dims = list(dims or [])
    if not shifts:
        raise RuntimeError("`shifts` required")
    if not dims and len(shifts) == 1:
        return layout.row_major(np.roll(self, shifts[0]))
    if len(shifts) != len(dims):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")
    if not self.size:
        return copying.clone.kernel(self)
    if not self.ndim:
        raise IndexError(f"Dimension specified as {dims[0]} but tensor has no dimensions")
    axes = [wrap_dim(dim, self.ndim) for dim in dims]
    return layout.row_major(np.roll(self, tuple(shifts), tuple(axes)))


@op("rot90", self=lambda grad, k, dims: rot90(grad, -k, dims))
def rot90(self: Any, k: Any = 1, dims: Any = (0, 1)) -> Any:
    """A quarter turn, k times, in the plane of two dimensions."""
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if self.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {self.ndim}")
    if dims[0] == dims[1] or abs(dims[0] - dims[1]) == self.ndim:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    first, second = [wrap_dim(dim, self.ndim) for dim in dims]
    k %= 4
    if k == 2:
        return flip.kernel(self, [first, second])
    if k == 0:
        return self.copy("C")
    turned = flip.kernel(self, [second if k == 1 else first])
    return turned.swapaxes(first, second)


# ---------------------------------------------------------------- triangles


def _triangle(name: str, pick: Any) -> Any:
    def kernel(self: Any, diagonal: Any = 0) -> Any:
        if self.ndim < 2:
            raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
        return layout.row_major(pick(self, diagonal))

    made: Any = op(name, self=lambda grad, diagonal: made(grad, diagonal))(kernel)
    return made


tril = _triangle("tril", np.tril)
triu = _triangle("triu", np.triu)


# ---------------------------------------------------------------- diagonals


@op("diag_embed", self=lambda grad, offset, dim1, dim2: diagonal(grad, offset, dim1, dim2))
def diag_embed(self: Any, offset: Any = 0, dim1: Any = -2, dim2: Any = -1) -> Any:
    """Zeros with the last dimension on a diagonal of two new dimensions."""
    ndim = self.ndim + 1
    first, second = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    size = self.shape[-1] + abs(offset)
    shape = list(self.shape[:-1])
    for dim in sorted((first, second)):
        shape.insert(dim, size)
    return diagonal_backward.kernel(self, shape, offset, first, second)


@op("diagonal_copy", grad_fn="DiagonalBackward0_copy", self=lambda grad, self_sym_sizes, offset, dim1, dim2: diagonal_backward(
    grad, self_sym_sizes, offset, dim1, dim2))  # fmt: skip
def diagonal_copy(self: Any, offset: Any = 0, dim1: Any = 0, dim2: Any = 1) -> Any:
    """A diagonal, as a new tensor."""
    diagonal_geometry(self.shape, memory.element_strides(self), offset, dim1, dim2)
    return layout.row_major(diagonal.kernel(self, offset, dim1, dim2).copy())


@op("trace", writes=2, self=lambda grad, self_sym_sizes: _trace_backward(grad, self_sym_sizes))
def trace(self: Any) -> Any:
    """The sum of a matrix's diagonal."""
    kind = self.dtype.kind
    if kind == "b":
        raise NotImplementedError("\"trace\" not implemented for 'Bool'")
    if self.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {self.ndim}")
    values = np.diagonal(self)
    if kind in "iu":
        return np.asarray(values.sum(dtype=np.int64))
    wide = np.float32 if self.dtype.itemsize == 2 else np.float64 if self.dtype.char == "f" else self.dtype
    return np.asarray(values.sum(dtype=wide)).astype(self.dtype)


def _trace_backward(grad: Any, sizes: Any) -> Any:
    if isinstance(grad, TensorBase) and len(sizes) == 2:
        diagonal = carriers.wrap_like(grad, np.arange(0, min(sizes) * sizes[1], sizes[1] + 1))
        found = REGISTRY["index_fill.int_Tensor"](carriers.zeros(grad, (sizes[0] * sizes[1],)), 0, diagonal, grad)
        return REGISTRY["view"](carriers.written(found, 2), sizes)
    found = trace_backward(grad, sizes)
    return carriers.written(found, 2) if isinstance(found, TensorBase) else found


@op("trace_backward", kind="internal", tensors=("grad_output",), grad_output=lambda grad: trace(grad))
def trace_backward(grad_output: Any, sizes: Any) -> Any:
    """The gradient of a trace: it, on the diagonal of zeros."""
    whole = np.zeros(tuple(sizes), grad_output.dtype)
    np.fill_diagonal(whole, grad_output)
    if whole.shape[0] > whole.shape[1]:  # fill_diagonal starts again below a square
        whole[whole.shape[1] :] = 0
    return whole


# ---------------------------------------------------------------- block_diag


def _block_diag_backward(grad: Any, tensors_sym_sizes: Any) -> Any:
    found: list[Any] = []
    row = column = 0
    for sizes in tensors_sym_sizes:
        height, width = ([1] * (2 - len(sizes)) + list(sizes))[-2:]
        block = REGISTRY["slice.Tensor"](REGISTRY["slice.Tensor"](grad, 0, row, row + height, 1), 1, column, column + width, 1)
        if isinstance(block, TensorBase):
            for _ in range(2 - len(sizes)):
                block = REGISTRY["squeeze.dim"](block, -1)
        else:
            block = block.reshape(sizes)
        found.append(block)
        row += height
        column += width
    return found


# The key " tensors" (with a space) tells the formula's name from the setting `tensors`.
@op("block_diag", tensors=("tensors",), **{" tensors": _block_diag_backward})
def block_diag(tensors: Any) -> Any:
    """Matrices in a row along the diagonal of zeros."""
    blocks: list[Any] = []
    for position, array in enumerate(tensors):
        if array.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {position} has {array.ndim} dimensions"
            )
        blocks.append(array.reshape((1, -1) if array.ndim < 2 else array.shape))
    if not blocks:
        return np.empty((1, 0), dtypes.get_default_dtype().np_dtype)
    found = result_dtype(tensors)
    whole = np.zeros((sum(block.shape[0] for block in blocks), sum(block.shape[1] for block in blocks)), found.np_dtype)
    row = column = 0
    for block in blocks:
        whole[row : row + block.shape[0], column : column + block.shape[1]] = block
        row += block.shape[0]
        column += block.shape[1]
    return whole


# ---------------------------------------------------------------- masks

def _check_mask(mask: Any) -> None:
    if mask.dtype.kind != "b":
        raise RuntimeError(
            f"masked_fill_ only supports boolean masks, but got mask with dtype {cpp_name(dtypes.of(mask))}"
        )


def mask_fill(target: Any, mask: Any, value: Any) -> None:
    """Write a value where the mask is true."""
    _check_mask(mask)
    if mask.shape != target.shape:
        shape = copying.broadcast_shape([target.shape, mask.shape])
        if shape != target.shape:
            raise RuntimeError(
                f"output with shape {shape_text(target.shape)} doesn't match the broadcast shape {shape_text(shape)}"
            )
    inplace.check_shared(target, mask)
    if isinstance(value, np.ndarray):
        if value.ndim:
            raise RuntimeError(
                f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
            )
    value = np.asarray(copying.number_in(value, target.dtype)).astype(target.dtype)
    np.copyto(target, value, where=mask)


def _mask_filled(self: Any, mask: Any, value: Any) -> Any:
    shape = copying.broadcast_shape([mask.shape, self.shape])
    source = np.broadcast_to(self, shape)
    found = np.empty(shape, self.dtype)
    found[...] = source
    mask_fill(found, mask, value)
    return found


masked_fill = op("masked_fill.Scalar", tensors=("self", "mask"), self=lambda grad, mask: masked_fill(grad, mask, 0))(
    lambda self, mask, value: _mask_filled(self, mask, value)
)
masked_fill_tensor = op(
    "masked_fill.Tensor", tensors=("self", "mask", "value"), grad_fn="MaskedFillBackward1",
    self=lambda grad, mask: masked_fill(grad, mask, 0), value=lambda grad, mask: _sum_where(grad, mask),
)(lambda self, mask, value: _mask_filled(self, mask, value))  # fmt: skip


def _sum_where(grad: Any, mask: Any) -> Any:
    if isinstance(grad, TensorBase):
        return REGISTRY["sum"](REGISTRY["masked_select"](grad, mask))
    return REGISTRY["sum"](np.where(mask, grad, grad.dtype.type(0)))


_EXPANDED = writing.deprecated_overlap("masked_fill_", "tensor[mask] = scalar", 2450)
writing.in_place(masked_fill, "masked_fill_.Scalar", mask_fill, _EXPANDED)
writing.in_place(masked_fill_tensor, "masked_fill_.Tensor", mask_fill, _EXPANDED)


@op("masked_select", tensors=("self", "mask"), writes=1, self=lambda grad, self, mask: _select_backward(grad, self, mask))
def masked_select(self: Any, mask: Any) -> Any:
    """The elements where the mask is true, in one dimension."""
    if mask.dtype.kind != "b":
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    shape = copying.broadcast_shape([mask.shape, self.shape])
    return np.broadcast_to(self, shape)[np.broadcast_to(mask, shape)]


def _select_backward(grad: Any, self: Any, mask: Any) -> Any:
    shape = tuple(copying.broadcast_shape([self.shape, mask.shape]))
    if isinstance(grad, TensorBase):
        return masked_scatter(carriers.zeros(grad, shape), mask, grad)
    found = np.zeros_like(self, grad.dtype) if shape == self.shape else np.zeros(shape, grad.dtype)
    mask_scatter(found, mask, grad)
    return found


def mask_scatter(target: Any, mask: Any, source: Any) -> None:
    """Write the source's elements, in order, where the mask is true."""
    if mask.dtype.char == "B":
        deprecated("masked_scatter")
    if mask.dtype.kind != "b":
        raise RuntimeError(f"masked_scatter_ only supports boolean masks, but got mask with dtype {dtypes.of(mask).cpp}")
    if source.dtype is not target.dtype:
        raise RuntimeError(
            f"masked_scatter: expected self and source to have same dtypes but got{dtypes.of(target).cpp} and {dtypes.of(source).cpp}"
        )
    if mask.shape != target.shape:
        shape = copying.broadcast_shape([mask.shape, target.shape])
        if shape != target.shape:
            raise RuntimeError(
                f"output with shape {shape_text(target.shape)} doesn't match the broadcast shape {shape_text(shape)}"
            )
        mask = np.broadcast_to(mask, target.shape)
    count = int(np.count_nonzero(mask))
    if source.size < count:
        raise RuntimeError("Number of elements of source < number of ones in mask")
    target[mask] = source.reshape(-1)[:count]


def _mask_scattered(self: Any, mask: Any, source: Any) -> Any:
    shape = copying.broadcast_shape([mask.shape, self.shape])
    found = np.broadcast_to(self, shape).copy("C")
    mask_scatter(found, mask, source)
    return found


masked_scatter = op(
    "masked_scatter", tensors=("self", "mask", "source"),
    self=lambda grad, mask: masked_fill(grad, mask, 0),
    source=lambda grad, mask, source_sym_sizes: masked_scatter_backward(grad, mask, source_sym_sizes),
)(lambda self, mask, source: _mask_scattered(self, mask, source))  # fmt: skip
writing.in_place(masked_scatter, "masked_scatter_", mask_scatter)


@op(
    "masked_scatter_backward", kind="internal", tensors=("grad_output", "mask"),
    grad_output=lambda grad, mask, grad_output_sym_sizes: masked_scatter(
        carriers.zeros(grad, tuple(grad_output_sym_sizes)), mask, grad
    ),
)  # fmt: skip
def masked_scatter_backward(grad_output: Any, mask: Any, sizes: Any) -> Any:
    """The gradient of masked_scatter's source: the masked elements in order, then zeros."""
    whole = np.zeros(tuple(sizes), grad_output.dtype)
    chosen = grad_output[np.broadcast_to(mask, grad_output.shape)]
    whole.reshape(-1)[: chosen.size] = chosen
    return whole
