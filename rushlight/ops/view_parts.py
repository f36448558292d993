"""Views that take a part of a tensor, and the operators that put gradients of such parts back."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import memory
from rushlight._core.op_node import NODE_BASE
from rushlight._core.tensor import shape_text
from rushlight.ops import carriers
from rushlight.ops.declare import REGISTRY, op, view
from rushlight.ops.view import geometry, wrap_dim

# ---------------------------------------------------------------- select


@op("select_backward", kind="internal", tensors=("grad_output",), grad_output=lambda grad, dim, index: select(grad, dim, index))
def select_backward(grad_output: Any, input_sizes: Any, dim: Any, index: Any) -> Any:
    """Zeros with `grad_output` at one index of a dimension."""
    whole = np.zeros(tuple(input_sizes), grad_output.dtype)
    whole[(slice(None),) * wrap_dim(dim, whole.ndim) + (index,)] = grad_output
    return whole


@view("select.int", self=lambda grad, self_sym_sizes, dim, index: select_backward(grad, self_sym_sizes, dim, index))
def select(self: Any, dim: Any, index: Any) -> Any:
    """One index of a dimension, which goes."""
    shape = self.shape
    if not shape:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    if dim:
        dim = wrap_dim(dim, len(shape))
    size = shape[dim]
    if not -size <= index < size:
        raise IndexError(f"select(): index {index} out of range for tensor of size {shape_text(shape)} at dimension {dim}")
    if not self.size:
        strides = list(memory.element_strides(self))
        offset = (index + size if index < 0 else index) * strides[dim]
        del strides[dim]
        return geometry(self, shape[:dim] + shape[dim + 1 :], strides, offset)
    if dim == 0:
        return self[index, ...]
    return self[(slice(None),) * dim + (index, ...)]


# ---------------------------------------------------------------- slice, narrow


def slice_bounds(start: Any, end: Any, size: int) -> tuple[int, int]:
    """A slice's bounds within a dimension, as PyTorch clamps them."""
    start = 0 if start is None else start
    end = size if end is None else end
    if start < 0:
        start = max(start + size, 0)
    elif start > size:
        start = size
    if end < 0:
        end += size
    return start, max(start, min(end, size))


@op(
    "slice_backward", kind="internal", tensors=("grad_output",),
    grad_output=lambda grad, dim, start, end, step: slice_tensor(grad, dim, start, end, step),
)  # fmt: skip
def slice_backward(grad_output: Any, input_sizes: Any, dim: Any, start: Any, end: Any, step: Any) -> Any:
    """Zeros with `grad_output` at a slice."""
    whole = np.zeros(tuple(input_sizes), grad_output.dtype)
    dim = wrap_dim(dim, whole.ndim)
    start, end = slice_bounds(start, end, whole.shape[dim])
    whole[(slice(None),) * dim + (slice(start, end, step),)] = grad_output
    return whole


@view(
    "slice.Tensor",
    self=lambda grad, self_sym_sizes, dim, start, end, step: slice_backward(grad, self_sym_sizes, dim, start, end, step),
)
def slice_tensor(self: Any, dim: Any = 0, start: Any = None, end: Any = None, step: Any = 1) -> Any:
    """Every `step`-th index of a dimension from `start` to before `end`."""
    shape = self.shape
    if not shape:
        raise RuntimeError("slice() cannot be applied to a 0-dim tensor.")
    dim = wrap_dim(dim, len(shape))
    if step <= 0:
        raise RuntimeError("slice step must be positive")
    start, end = slice_bounds(start, end, shape[dim])
    if start == end or not self.size:
        strides = list(memory.element_strides(self))
        offset = start * strides[dim]
        strides[dim] *= step
        return geometry(self, (*shape[:dim], (end - start + step - 1) // step, *shape[dim + 1 :]), strides, offset)
    if dim == 0:
        return self[start:end:step]
    return self[(slice(None),) * dim + (slice(start, end, step),)]


# ---------------------------------------------------------------- diagonal


def diagonal_geometry(shape: Any, strides: Any, offset: int, dim1: int, dim2: int) -> tuple[Any, Any, int]:
    """Shape, strides and starting offset of a diagonal, in elements."""
    first, second = wrap_dim(dim1, len(shape)), wrap_dim(dim2, len(shape))
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    if offset >= 0:
        size = max(min(shape[first], shape[second] - offset), 0)
        start = offset * strides[second]
    else:
        size = max(min(shape[first] + offset, shape[second]), 0)
        start = -offset * strides[first]
    kept = [dim for dim in range(len(shape)) if dim not in (first, second)]
    new_shape = tuple([shape[dim] for dim in kept] + [size])
    new_strides = [strides[dim] for dim in kept] + [strides[first] + strides[second]]
    return new_shape, new_strides, start if size else 0


@op(
    "diagonal_backward", kind="internal", tensors=("grad_output",),
    grad_output=lambda grad, offset, dim1, dim2: diagonal(grad, offset, dim1, dim2),
)  # fmt: skip
def diagonal_backward(grad_output: Any, input_sizes: Any, offset: Any, dim1: Any, dim2: Any) -> Any:
    """Zeros with `grad_output` on a diagonal."""
    whole = np.zeros(tuple(input_sizes), grad_output.dtype)
    diagonal.kernel(whole, offset, dim1, dim2)[...] = grad_output
    return whole


@view(
    "diagonal",
    self=lambda grad, self_sym_sizes, offset, dim1, dim2: diagonal_backward(grad, self_sym_sizes, offset, dim1, dim2),
)
def diagonal(self: Any, offset: Any = 0, dim1: Any = 0, dim2: Any = 1) -> Any:
    """A diagonal of two dimensions, as the last dimension."""
    shape, strides, start = diagonal_geometry(self.shape, memory.element_strides(self), offset, dim1, dim2)
    return geometry(self, shape, strides, start)


# ---------------------------------------------------------------- split, unbind


def _piece(array: Any, dim: int, start: int, end: int) -> Any:
    return slice_tensor.kernel(array, dim, start, end, 1)


def check_split(array: Any, split_size: int, dim: int) -> int:
    """How many pieces of split_size a dimension has."""
    size = array.shape[dim]
    if split_size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={split_size}")
    if split_size == 0:
        if size:
            raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {size}")
        return 1
    return max((size + split_size - 1) // split_size, 1)


def _split(self: Any, split_size: Any, dim: Any = 0) -> Any:
    if not self.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    dim = wrap_dim(dim, self.ndim)
    count = check_split(self, split_size, dim)
    return [_piece(self, dim, index * split_size, (index + 1) * split_size) for index in range(count)]


def _split_with_sizes(self: Any, split_sizes: Any, dim: Any = 0) -> Any:
    if not self.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    dim = wrap_dim(dim, self.ndim)
    pieces: list[Any] = []
    start = 0
    for count in split_sizes:
        if count < 0:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={shape_text(split_sizes)}"
            )
        pieces.append((start, start + count))
        start += count
    if start != self.shape[dim]:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {self.shape[dim]} (input tensor's size at dimension {dim}), "
            f"but got split_sizes={shape_text(split_sizes)}"
        )
    return [_piece(self, dim, first, last) for first, last in pieces]


def joined(grads: Any, counts: Any, dim: int, sizes: Any) -> Any:
    """The pieces' gradients in a row along `dim`; zeros where there is none."""
    dim = wrap_dim(dim, len(sizes))
    present = next(grad for grad in grads if grad is not None)
    pieces: list[Any] = []
    for grad, count in zip(grads, counts):
        shape = (*sizes[:dim], count, *sizes[dim + 1 :])
        pieces.append(carriers.zeros(present, shape) if grad is None else grad)
    return REGISTRY["cat"](pieces, dim)


def _split_backward(grads: Any, split_size: Any, dim: Any, self_sym_sizes: Any) -> Any:
    size = self_sym_sizes[wrap_dim(dim, len(self_sym_sizes))]
    counts = [min(split_size, size - index * split_size) for index in range(len(grads))]
    return joined(grads, counts, dim, self_sym_sizes)


def _split_with_sizes_backward(grads: Any, split_sizes: Any, dim: Any, self_sym_sizes: Any) -> Any:
    return joined(grads, split_sizes, dim, self_sym_sizes)


def _unbind_backward(grads: Any, dim: Any) -> Any:
    present = next(grad for grad in grads if grad is not None)
    return REGISTRY["stack"]([carriers.zeros(present, present.shape) if grad is None else grad for grad in grads], dim)


split = view("split.Tensor", multi=True, self=_split_backward)(_split)
split_with_sizes = view("split_with_sizes", multi=True, self=_split_with_sizes_backward)(_split_with_sizes)


@op("unsafe_split.Tensor", pack=tuple, self=_split_backward)
def unsafe_split(self: Any, split_size: Any, dim: Any = 0) -> Any:
    """split, for programs that promise not to write into both the pieces and the whole."""
    return _split(self, split_size, dim)


@op("unsafe_split_with_sizes", pack=tuple, self=_split_with_sizes_backward)
def unsafe_split_with_sizes(self: Any, split_sizes: Any, dim: Any = 0) -> Any:
    """split_with_sizes, for programs that promise not to write into both the pieces and the whole."""
    return _split_with_sizes(self, split_sizes, dim)


@view("unbind.int", multi=True, self=_unbind_backward)
def unbind(self: Any, dim: Any = 0) -> Any:
    """Every index of a dimension."""
    if not self.ndim:
        raise IndexError(f"Dimension specified as {wrap_dim(dim, 0)} but tensor has no dimensions")
    dim = wrap_dim(dim, self.ndim)
    return [select.kernel(self, dim, index) for index in range(self.shape[dim])]


# ---------------------------------------------------------------- unfold


def _windows(array: Any, dim: int, size: int, step: int) -> tuple[Any, list[int]]:
    if not array.ndim:
        return (size,), [1]
    shape, strides = list(array.shape), list(memory.element_strides(array))
    count = (shape[dim] - size) // step + 1
    new_shape = (*shape[:dim], count, *shape[dim + 1 :], size)
    return new_shape, [*strides[:dim], strides[dim] * step, *strides[dim + 1 :], strides[dim]]


@op(
    "unfold_backward", kind="internal", tensors=("grad_in",),
    grad_in=lambda grad, dim, size, step: unfold(grad, dim, size, step),
)  # fmt: skip
def unfold_backward(grad_in: Any, input_sizes: Any, dim: Any, size: Any, step: Any) -> Any:
    """Windows added back to where they came from."""
    whole = np.zeros(tuple(input_sizes), grad_in.dtype)
    if not whole.ndim:
        return whole + grad_in.sum()
    dim = wrap_dim(dim, whole.ndim)
    windows = grad_in.swapaxes(-1, -1)
    lead = (slice(None),) * dim
    for position in range(size):
        count = windows.shape[dim]
        whole[lead + (slice(position, position + (count - 1) * step + 1, step),)] += windows[..., position]
    return whole


@view(
    "unfold",
    self=lambda grad, self_sym_sizes, dimension, size, step: unfold_backward(grad, self_sym_sizes, dimension, size, step),
)
def unfold(self: Any, dimension: Any, size: Any, step: Any) -> Any:
    """All windows of `size` along a dimension, `step` apart; each is a last dimension of the result."""
    dim = wrap_dim(dimension, self.ndim)
    most = self.shape[dim] if self.ndim else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > most:
        raise RuntimeError(f"maximum size for tensor at dimension {dim} is {most} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    shape, strides = _windows(self, dim, size, step)
    return geometry(self, shape, strides)


# ---------------------------------------------------------------- alias


@view("alias", self=lambda grad: grad)
def alias(self: Any) -> Any:
    """The whole tensor as a view."""
    return self.view()


@view("_primal_of_dual", grad_fn="CppFunction", self=lambda grad: grad)
def primal_part(self: Any) -> Any:
    """The whole of a dual tensor without its tangent, as a view."""
    return self.view()


primal_part.node_class = NODE_BASE.derived("CppFunction", True)  # PyTorch's has no class of its own
primal_part.node_class.name = lambda self: "torch::autograd::Identity"
