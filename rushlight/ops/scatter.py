"""Indexing along one dimension: gather, scatter, index_select and their kin; take and put by flat position."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes, loops, memory
from rushlight._core.tensor import TensorBase, shape_text
from rushlight.ops import carriers, copying, layout, writing
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.determinism import alert
from rushlight.ops.index import kept
from rushlight.ops.pointwise import no_derivative
from rushlight.ops.sparse_layer import sparse_module
from rushlight.ops.view import expand, reshaped, wrap_dim
from rushlight.ops.warn import warn_once

# ---------------------------------------------------------------- gather and scatter: checks and positions


def _check_bounds(index: Any, dim: int, size: int) -> None:
    if index.size and (index.min() < 0 or index.max() >= size):
        wrong = index[(index < 0) | (index >= size)].flat[0]
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {dim} with size {size}")


def _as_1d(array: Any) -> Any:
    return array if array.ndim else array.reshape(1)


def _check_gather(array: Any, dim: int, index: Any) -> None:
    if index.size == 0:
        return
    if index.dtype.char not in "ilq":
        raise RuntimeError("gather(): Expected dtype int32/int64 for index")
    if max(array.ndim, 1) != max(index.ndim, 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as input tensor")
    self_shape, index_shape = _as_1d(array).shape, _as_1d(index).shape
    for axis in range(len(self_shape)):
        if axis != dim and index_shape[axis] > self_shape[axis]:
            raise RuntimeError(
                f"Size does not match at dimension {axis} expected index {shape_text(index.shape)} to be no larger than self "
                f"{shape_text(array.shape)} apart from dimension {dim}"
            )


def _refuse_wide(kernel: str, array: Any) -> None:
    if array.dtype.char in "HILQ":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtypes.of(array).cpp}'")


def check_scatter(name: str, array: Any, dim: int, index: Any, src: Any, kernel: str = "scatter_gather_tensor_cpu") -> None:
    if index.size and index.dtype.char not in "ilq":
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    if src is not None and src.dtype is not array.dtype:
        raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
    if index.size == 0:
        return
    if src is not None:
        _refuse_wide(kernel, array)
    if max(array.ndim, 1) != max(index.ndim, 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as self tensor")
    if src is not None and max(src.ndim, 1) != max(index.ndim, 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    sizes, limits = _as_1d(index).shape, _as_1d(array).shape
    too_large = any(sizes[axis] > limits[axis] for axis in range(len(sizes)) if axis != dim)
    short = src is not None and any(have > given for have, given in zip(sizes, _as_1d(src).shape))
    if too_large or short:
        text = f"Expected index {shape_text(index.shape)} to be no larger than self {shape_text(array.shape)} apart from dimension {dim}"
        if src is not None:
            text += f" and to be no larger size than src {shape_text(src.shape)}"
        raise RuntimeError(text)


def _corner(array: Any, shape: Any) -> Any:
    """The part of an array at its start that has a given shape."""
    return array[tuple([slice(0, size) for size in shape])]


def _places(index: Any, dim: int) -> Any:
    """NumPy's index for the elements that `index` names along `dim`."""
    grid = list(np.ogrid[tuple([slice(0, size) for size in index.shape])])
    grid[dim] = index
    return tuple(grid)


# ---------------------------------------------------------------- gather


@op(
    "gather", tensors=("self", "index"), writes=1,
    self=lambda grad, self, dim, index, sparse_grad: _gather_backward(grad, self, dim, index, sparse_grad),
)  # fmt: skip
def gather(self: Any, dim: Any, index: Any, sparse_grad: Any = False) -> Any:
    """out[i][j] = self[index[i][j]][j] for dim 0."""
    if sparse_grad:
        sparse_module("_dispatch").install()
    dim = wrap_dim(dim, self.ndim)
    _check_gather(self, dim, index)
    if not index.size:
        return np.empty(index.shape, self.dtype)
    _refuse_wide("scatter_gather_tensor_cpu", self)
    array, places = _as_1d(self), _as_1d(index)
    _check_bounds(places, dim, array.shape[dim])
    limits = list(places.shape)
    limits[dim] = array.shape[dim]
    return layout.row_major(np.take_along_axis(_corner(array, limits), places, dim).reshape(index.shape))


def _gather_backward(grad: Any, self: Any, dim: Any, index: Any, sparse_grad: Any) -> Any:
    if sparse_grad:
        return sparse_module("_embedding").gather_backward(grad, self, dim, index)
    return scatter_add(carriers.zeros(grad, tuple(self.shape)), dim, index, grad)


# ---------------------------------------------------------------- scatter


def apply_at(array: Any, dim: int, index: Any, src: Any, how: Any) -> None:
    """Apply `how(target, places, values)` at the places that index names; src is an array or a number."""
    if not index.size:
        return
    dim = wrap_dim(dim, array.ndim)
    target, index = _as_1d(array), _as_1d(index)
    _check_bounds(index, dim, target.shape[dim])
    values = _corner(_as_1d(src), index.shape) if isinstance(src, np.ndarray) else np.asarray(src, array.dtype)
    how(target, _places(index, dim), values)


def _set(target: Any, places: Any, values: Any) -> None:
    target[places] = values


def accumulating(ufunc: Any) -> Any:
    def apply(target: Any, places: Any, values: Any) -> None:
        if target.dtype.char == "e" or target.dtype.isbuiltin != 1:
            wide = target.astype(np.float32)
            ufunc.at(wide, places, values.astype(np.float32))
            target[...] = wide
        else:
            ufunc.at(target, places, values)

    return apply


# In C: None where they decline, and always in the pure form.
_native_scatter, _native_scatter_add, _native_add = loops.helper("scatter"), loops.helper("scatter_add"), loops.helper("add_lines")
_ADD, _MULTIPLY = accumulating(np.add), accumulating(np.multiply)


def write_scatter(array: Any, dim: Any, index: Any, src: Any) -> None:
    """self[index[i][j]][j] = src[i][j] for dim 0."""
    dim = wrap_dim(dim, array.ndim)
    check_scatter("scatter", array, dim, index, src)
    if _native_scatter(array, dim, index, src) is None:
        apply_at(array, dim, index, src, _set)


def write_value(array: Any, dim: Any, index: Any, value: Any) -> None:
    """self[index[i][j]][j] = value for dim 0."""
    dim = wrap_dim(dim, array.ndim)
    check_scatter("scatter", array, dim, index, None)
    apply_at(array, dim, index, copying.number_in(value, array.dtype), _set)


def write_add(array: Any, dim: Any, index: Any, src: Any) -> None:
    """self[index[i][j]][j] += src[i][j] for dim 0."""
    dim = wrap_dim(dim, array.ndim)
    check_scatter("scatter", array, dim, index, src)
    if _native_scatter_add(array, dim, index, src) is None:
        apply_at(array, dim, index, src, _ADD)


def copied(self: Any) -> Any:
    """A row-major copy."""
    return layout.copied(np.asarray(self), self.dtype, layout._objects.contiguous_format)


def _scatter_self(grad: Any, dim: Any, index: Any) -> Any:
    return scatter_value(grad, dim, index, 0)


scatter = op(
    "scatter.src", tensors=("self", "index", "src"),
    self=_scatter_self, src=lambda grad, dim, index: gather(grad, dim, index, False),
)(lambda self, dim, index, src: after(write_scatter, self, dim, index, src))  # fmt: skip
scatter_value = op("scatter.value", tensors=("self", "index"), grad_fn="ScatterBackward1", self=_scatter_self)(
    lambda self, dim, index, value: after(write_value, self, dim, index, value)
)
scatter_add = op(
    "scatter_add", tensors=("self", "index", "src"),
    self=lambda grad: grad, src=lambda grad, dim, index: gather(grad, dim, index, False),
)(lambda self, dim, index, src: after(write_add, self, dim, index, src))  # fmt: skip


def after(write: Any, self: Any, *args: Any) -> Any:
    found = copied(self)
    write(found, *args)
    return found


writing.in_place(scatter, "scatter_.src", write_scatter)
writing.in_place(scatter_value, "scatter_.value", write_value)
writing.in_place(scatter_add, "scatter_add_", write_add)

_SCATTER_REDUCE = (
    "The reduce argument of torch.scatter with Tensor src is deprecated and will be removed in a future PyTorch release. Use "
    "torch.scatter_reduce instead for more reduction options. (Triggered internally at "
    "/__w/pytorch/pytorch/aten/src/ATen/native/TensorAdvancedIndexing.cpp:232.)"
)


def _warn_of_reduce() -> None:
    """PyTorch's warning, which comes before any check."""
    warn_once(_SCATTER_REDUCE)


def _reducer(reduce: str) -> Any:
    if reduce not in ("add", "multiply"):
        raise RuntimeError("reduce argument must be either add or multiply.")
    return _ADD if reduce == "add" else _MULTIPLY


def write_reduced(array: Any, dim: Any, index: Any, src: Any, reduce: Any) -> None:
    """scatter with reduce="add" or "multiply"."""
    how = _reducer(reduce)
    dim = wrap_dim(dim, array.ndim)
    if isinstance(src, np.ndarray):
        check_scatter("scatter", array, dim, index, src)
    else:
        check_scatter("scatter", array, dim, index, None)
        src = copying.number_in(src, array.dtype)
    apply_at(array, dim, index, src, how)


_NO_GRADIENT = no_derivative("scatter")
scatter_reduced = op(
    "scatter.reduce", tensors=("self", "index", "src"), grad_fn="NotImplemented", self=_NO_GRADIENT, src=_NO_GRADIENT
)(
    lambda self, dim, index, src, reduce: _warn_of_reduce() or after(write_reduced, self, dim, index, src, reduce)
)
scatter_value_reduced = op("scatter.value_reduce", tensors=("self", "index"), grad_fn="NotImplemented", self=_NO_GRADIENT)(
    lambda self, dim, index, value, reduce: after(write_reduced, self, dim, index, value, reduce)
)
writing.in_place(scatter_reduced, "scatter_.reduce", write_reduced, before=_warn_of_reduce)
writing.in_place(scatter_value_reduced, "scatter_.value_reduce", write_reduced)


# ---------------------------------------------------------------- index_select


@op(
    "index_select", tensors=("self", "index"), writes=1,
    self=lambda grad, self_sym_sizes, dim, index: _index_select_backward(grad, self_sym_sizes, dim, index),
)  # fmt: skip
def index_select(self: Any, dim: Any, index: Any) -> Any:
    """The given indices of one dimension."""
    dim = wrap_dim(dim, self.ndim)
    if index.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if self.ndim == 0 and index.size != 1:
        raise RuntimeError(f"index_select(): Index to scalar can have only 1 value, got {index.size} value(s)")
    if index.dtype.char not in "ilq":
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    array = _as_1d(self)
    if index.size and (index.min() < 0 or index.max() >= array.shape[dim]):
        if array.ndim > 1 and not array.shape[dim]:
            raise RuntimeError("index_select(): self indexing axis dim should be positive")
        if array.ndim > 1 and (dim == 1 or not array.size):
            wrong = next(entry for entry in index.reshape(-1).tolist() if not 0 <= entry < array.shape[dim])
            raise RuntimeError(f"INDICES element is out of DATA bounds, id={wrong} axis_dim={array.shape[dim]}")
        raise IndexError("index out of range in self")
    found = np.take(array, _as_1d(index), axis=dim)
    return layout.row_major(found) if self.ndim else found.reshape(())


def _index_select_backward(grad: Any, sizes: Any, dim: Any, index: Any) -> Any:
    return index_add(carriers.zeros(grad, tuple(sizes)), dim, index, grad, 1)


def _selected_like(grad: Any, dim: Any, index: Any, shape: Any) -> Any:
    found = index_select(grad, dim, index)
    if isinstance(found, TensorBase) and shape and found.ndim <= len(shape):
        return expand(found, tuple(shape))
    return found if found.ndim == len(shape) else reshaped(found, tuple(shape))


# ---------------------------------------------------------------- index_add, index_copy, index_fill


def _slice_shape(shape: Any, dim: int) -> list[int]:
    return [size for axis, size in enumerate(shape) if axis != dim]


def _check_index_add(array: Any, dim: int, index: Any, source: Any) -> None:
    if index.ndim > 1:
        raise IndexError(
            f"index_add_(): Index is supposed to be a vector, but got dim: {index.ndim} with type: {dtypes.of(index).cpp} and size: "
            f"{shape_text(index.shape)}"
        )
    if index.dtype.char not in "ilq":
        raise RuntimeError(f"index_add_(): Expected dtype int32/int64 for index but got: {dtypes.of(index).cpp}")
    if source.dtype is not array.dtype:
        raise RuntimeError(
            f"index_add_(): self ({dtypes.of(array).cpp}) and source ({dtypes.of(source).cpp}) must have the same scalar type"
        )
    size = source.shape[dim] if source.ndim else 1
    if index.size != size:
        raise RuntimeError(
            f"index_add_(): Number of indices ({index.size}) should be equal to source.size(dim): ({size}), for dim: {dim}"
        )
    if _slice_shape(array.shape, dim) != _slice_shape(source.shape, dim) or array.ndim and not source.ndim:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{shape_text(array.shape)} source.shape = {shape_text(source.shape)}"
        )


def write_index_add(array: Any, dim: Any, index: Any, source: Any, alpha: Any = 1) -> None:
    """self[index[i]] += alpha * source[i] for dim 0."""
    dim = wrap_dim(dim, array.ndim)
    _check_index_add(array, dim, index, source)
    _refuse_wide("index_add_", array)
    target, index, source = _as_1d(array), _as_1d(index), _as_1d(source)
    _check_bounds(index, dim, target.shape[dim])
    if alpha != 1:
        source = np.multiply(source, copying.number_in(alpha, array.dtype)).astype(array.dtype)
    if _native_add(target, dim, index, source, False) is None:
        _ADD(target, (slice(None),) * dim + (index,), source)


index_add = op(
    "index_add", tensors=("self", "index", "source"), self=lambda grad: grad,
    source=lambda grad, alpha, dim, index, source, source_dim: _scaled(_selected_like(grad, dim, index, source.shape), alpha),
)(lambda self, dim, index, source, alpha=1: after(write_index_add, self, dim, index, source, alpha))  # fmt: skip
writing.in_place(index_add, "index_add_", write_index_add)


def _scaled(value: Any, alpha: Any) -> Any:
    return value if alpha == 1 else carriers.scaled(value, alpha)


def _check_index_copy(array: Any, dim: int, index: Any, source: Any) -> None:
    if index.ndim > 1:
        raise IndexError(f"index_copy_(): Index should have dimension 1 or 0 (got {index.ndim})")
    if index.dtype.char not in "lq":
        raise RuntimeError(f"index_copy_(): Expected a long tensor for index, but got {dtypes.of(index).cpp}")
    if source.dtype is not array.dtype:
        raise RuntimeError(
            f"index_copy_(): self and source expected to have the same dtype, but got (self) {dtypes.of(array).cpp} and (source) "
            f"{dtypes.of(source).cpp}"
        )
    if source.ndim == 0 and index.size != 1:
        raise IndexError(f"index_copy_(): When source is scalar, index should have one element (got {index.size})")
    if source.ndim and array.ndim and source.ndim != array.ndim:
        raise IndexError(
            "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source dimensionality "
            f"({source.ndim}), destination dimensionality ({array.ndim})"
        )
    expected, given = _slice_shape(array.shape, dim), _slice_shape(source.shape, dim)
    if expected != given:
        raise RuntimeError(
            "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: "
            f"{' '.join(map(str, expected))} at dimension {dim} and source slice shape: {' '.join(map(str, given))} at dimension 0."
        )
    if source.ndim and index.size != source.shape[dim]:
        raise IndexError(
            f"index_copy_(): Number of indices ({index.size}) should be equal to source.size(dim) ({source.shape[dim]})"
        )


def write_index_copy(array: Any, dim: Any, index: Any, source: Any) -> None:
    """self[index[i]] = source[i] for dim 0."""
    dim = wrap_dim(dim, array.ndim)
    _check_index_copy(array, dim, index, source)
    _refuse_wide("index_copy_cpu", array)
    target, index, source = _as_1d(array), _as_1d(index), _as_1d(source)
    size = target.shape[dim]
    wrong = index[(index < 0) | (index >= size)]
    if wrong.size:
        raise IndexError(f"index_copy_(): index {wrong[0]} is out of bounds for dimension {dim} with size {size}")
    target[(slice(None),) * dim + (index,)] = source


index_copy = op(
    "index_copy", tensors=("self", "index", "source"),
    self=lambda grad, dim, index: index_fill(grad, dim, index, 0),
    source=lambda grad, dim, index, source, source_dim: _selected_like(grad, dim, index, source.shape),
)(lambda self, dim, index, source: after(write_index_copy, self, dim, index, source))  # fmt: skip
writing.in_place(index_copy, "index_copy_", write_index_copy)


def _check_fill_of_empty(array: Any, dim: int, index: Any) -> None:
    """Filling entries of a dimension of size 0 fails in PyTorch's words, unless another dimension makes the tensor empty anyway."""
    shape, strides = list(array.shape), list(memory.element_strides(array))
    shape[dim], strides[dim] = index.size, 0
    if 0 not in shape:
        needed = (memory.storage_offset(array) + memory.extent(shape, strides)) * array.itemsize
        if needed <= memory.root(array).nbytes:
            raise IndexError(f"index {index.ravel()[0]} is out of bounds for dimension {dim} with size 0")
        raise RuntimeError(
            f"setStorage: sizes {shape_text(shape)}, strides {shape_text(strides)}, storage offset {memory.storage_offset(array)}, and "
            f"itemsize {array.itemsize} requiring a storage size of {needed} are out of bounds for storage of size "
            f"{memory.root(array).nbytes}"
        )


def write_index_fill(array: Any, dim: Any, index: Any, value: Any) -> None:
    """self[index[i]] = value for dim 0."""
    if isinstance(value, np.ndarray):
        if value.ndim:
            raise RuntimeError(
                f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
            )
        value = value.item()
    if index.dtype.char not in "lq":
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    dim = wrap_dim(dim, array.ndim)
    if index.ndim > 1:
        raise RuntimeError("Index has to be a vector/scalar")
    if isinstance(value, complex) and array.dtype.kind != "c":
        raise RuntimeError("index_fill_(): Converting complex Scalar to non-complex type is not supported")
    value = copying.number_in(value, array.dtype)
    target, index = _as_1d(array), _as_1d(index)
    size = target.shape[dim]
    if not target.size:
        _check_fill_of_empty(target, dim, index)
        return
    wrong = index[(index < -size) | (index >= size)]
    if wrong.size:
        raise IndexError(f"index {wrong[0]} is out of bounds for dimension {dim} with size {size}")
    target[(slice(None),) * dim + (index,)] = value


def _filled(self: Any, dim: Any, index: Any, value: Any) -> Any:
    found = kept(self)
    write_index_fill(found, dim, index, value)
    return found


index_fill = op("index_fill.int_Scalar", tensors=("self", "index"), self=lambda grad, dim, index: index_fill(grad, dim, index, 0))(
    lambda self, dim, index, value: _filled(self, dim, index, value)
)
index_fill_tensor = op(
    "index_fill.int_Tensor", tensors=("self", "index", "value"), grad_fn="IndexFillBackward1",
    self=lambda grad, dim, index: index_fill(grad, dim, index, 0),
    value=lambda grad, dim, index: _sum_selected(grad, dim, index),
)(lambda self, dim, index, value: _filled(self, dim, index, value))  # fmt: skip
_EXPANDED = writing.deprecated_overlap("index_fill_", "tensor[mask] = scalar", 1913)
writing.in_place(index_fill, "index_fill_.int_Scalar", write_index_fill, _EXPANDED)
writing.in_place(index_fill_tensor, "index_fill_.int_Tensor", write_index_fill, _EXPANDED)


def _sum_selected(grad: Any, dim: Any, index: Any) -> Any:
    places = index._array if isinstance(index, TensorBase) else index
    once = np.unique(places)
    if isinstance(grad, TensorBase):
        return REGISTRY["sum"](index_select(grad, dim, copying.wrap(once)), None)
    return index_select(grad, dim, once).sum()


# ---------------------------------------------------------------- take and put


def _check_flat(name: str, index: Any) -> None:
    if index.dtype.char not in "lq":
        raise RuntimeError(f"{name}(): Expected a long tensor for index, but got {dtypes.of(index).cpp}")


def _check_flat_bounds(index: Any, count: int) -> None:
    wrong = index[(index < -count) | (index >= count)]
    if wrong.size:
        raise IndexError(f"out of range: tried to access index {wrong.flat[0]} on a tensor of {count} elements.")


@op("take", tensors=("self", "index"), writes=1, self=lambda grad, self, index: _take_backward(grad, self, index))
def take(self: Any, index: Any) -> Any:
    """Elements by their positions in row-major order."""
    _check_flat("take", index)
    if not self.size and index.size:
        raise IndexError("take(): tried to take from an empty tensor")
    index = np.asarray(index)
    _check_flat_bounds(index.reshape(-1), self.size)
    return np.asarray(self.reshape(-1)[index])


def _take_backward(grad: Any, self: Any, index: Any) -> Any:
    return put(carriers.zeros(grad, tuple(self.shape)), index, grad, True)


def write_put(array: Any, index: Any, source: Any, accumulate: Any = False) -> None:
    """Set (or add to) elements by their positions in row-major order."""
    if not accumulate:
        alert("put_")
    _check_flat("put_", index)
    if source.dtype is not array.dtype:
        raise RuntimeError(
            f"put_(): self and source expected to have the same dtype, but got self.dtype = {dtypes.of(array).cpp} and source.dtype = "
            f"{dtypes.of(source).cpp}"
        )
    if source.size != index.size:
        raise IndexError(
            f"put_(): Expected source and index to have the same number of elements, but got source.numel() = {source.size}, "
            f"index.numel() = {index.size}"
        )
    places = index.reshape(-1)
    _check_flat_bounds(places, array.size)
    if not places.size:
        return
    flat = array.reshape(-1)
    (_ADD if accumulate else _set)(flat, (places,), source.reshape(-1))
    if not array.flags.c_contiguous:
        array[...] = flat.reshape(array.shape)


def _put(self: Any, index: Any, source: Any, accumulate: Any = False) -> Any:
    found = kept(self)
    write_put(found, index, source, accumulate)
    return found


put = op(
    "put", tensors=("self", "index", "source"),
    self=lambda grad, index, source, accumulate: (
        grad if accumulate else put(grad, index, carriers.zeros(grad, tuple(source.shape)), False)
    ),
    source=lambda grad, index, source: reshaped(take(grad, index), tuple(source.shape)),
)(_put)  # fmt: skip
writing.in_place(put, "put_", write_put)


@composite("take_along_dim")
def take_along_dim(self: Any, indices: Any, dim: Any = None) -> Any:
    """gather, with self and indices broadcast against each other except along dim."""
    if dim is None:
        return gather(reshaped(self, (-1,)), 0, reshaped(indices, (-1,)), False)
    ndim = self._array.ndim
    if ndim != indices._array.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{ndim} dimensions for input, and {indices._array.ndim} dimensions for indices"
        )
    if dtypes.of(indices._array) is not dtypes.int64:
        raise RuntimeError(f"torch.take_along_dim(): dtype of indices should be Long but got {dtypes.of(indices._array).cpp}")
    dim = wrap_dim(dim, ndim)
    if not ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    ours, theirs = list(self._array.shape), list(indices._array.shape)
    places = indices._array
    if places.size and ours[dim] and (places.min() < 0 or places.max() >= ours[dim]):
        indices = indices % ours[dim]
    common = list(copying.broadcast_shape([ours[:dim] + [1] + ours[dim + 1 :], theirs[:dim] + [1] + theirs[dim + 1 :]]))
    return gather(
        expand(self, common[:dim] + [ours[dim]] + common[dim + 1 :], False), dim,
        expand(indices, common[:dim] + [theirs[dim]] + common[dim + 1 :], False), False,
    )  # fmt: skip
