"""Rearrangements made of other operators, and the functions that take tensors one by one (`torch.meshgrid(a, b)`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes, memory
from rushlight._core.op import Op
from rushlight._core.signature_types import type_name
from rushlight._core.tensor import META, TensorBase, shape_text
from rushlight.ops import copying, joining, layout, shape, view_composite as views
from rushlight.ops.carriers import beside, written
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.view import expand, reshaped, unsqueeze, view_size, wrap_dim
from rushlight.ops.view_parts import slice_backward, slice_tensor, unbind

# ---------------------------------------------------------------- repeats


@composite("tile")
def tile(self: Any, dims: Any) -> Any:
    """repeat, with missing leading counts of 1."""
    lead = self._array.ndim - len(dims)
    return shape.repeat(self, [1] * max(lead, 0) + list(dims))


@composite("repeat_interleave.self_int")
def repeat_interleave_int(self: Any, repeats: Any, dim: Any = None, output_size: Any = None) -> Any:
    """Each index of a dimension repeated so many times."""
    if repeats < 0:
        raise RuntimeError("Repeats must be non-negative")
    if dim is None:
        self, dim = views.flatten(self), 0
    sizes = self._array.shape
    dim = wrap_dim(dim, len(sizes))
    if not sizes:
        raise IndexError("Dimension out of range (expected to be in range of [-1, 0], but got 1)")
    if output_size is not None and output_size != sizes[dim] * repeats:
        raise RuntimeError(f"repeat_interleave: Invalid output_size, expected {sizes[dim] * repeats} but got {output_size}")
    stretched = expand(unsqueeze(self, dim + 1), (*sizes[: dim + 1], repeats, *sizes[dim + 1 :]), False)
    return views.flatten(copying.clone(stretched, memory_format=_objects.contiguous_format), dim, dim + 1)


@composite("repeat_interleave.self_Tensor")
def repeat_interleave_tensor(self: Any, repeats: Any, dim: Any = None, output_size: Any = None) -> Any:
    """Each index of a dimension repeated as often as `repeats` says for it."""
    if dim is None:
        self, dim = views.flatten(self), 0
    counts = repeats._array
    size = self._array.shape[dim] if self._array.ndim else 1
    if counts.ndim > 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    if counts.ndim == 0 or counts.size == 1:
        repeats = expand(reshaped(repeats, (1,)), (size,), False)
    elif counts.size != size:
        raise RuntimeError(
            f"repeats must have the same size as input along dim, but got repeats.size(0) = {counts.size} and input.size({dim}) = {size}"
        )
    if repeats._flags & META:
        if output_size is None:
            raise RuntimeError("cannot repeat_interleave a meta tensor without output_size")
        positions = beside(repeats, np.zeros(output_size, np.int64))
    else:
        positions = shape.repeat_interleave(repeats, output_size)
    return REGISTRY["index_select"](self, dim, positions)


# ---------------------------------------------------------------- flips


@composite("fliplr")
def fliplr(self: Any) -> Any:
    """The second dimension reversed."""
    if self._array.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return shape.flip(self, [1])


@composite("flipud")
def flipud(self: Any) -> Any:
    """The first dimension reversed."""
    if self._array.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return shape.flip(self, [0])


# ---------------------------------------------------------------- diagonals


@composite("diag")
def diag(self: Any, diagonal: Any = 0) -> Any:
    """A vector as a diagonal matrix, or a matrix's diagonal."""
    ndim = self._array.ndim
    if ndim == 1:
        return shape.diag_embed(self, diagonal, 0, 1)
    if ndim == 2:
        return shape.diagonal_copy(self, diagonal, 0, 1)
    raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {ndim}D")


@composite("diagflat")
def diagflat(self: Any, offset: Any = 0) -> Any:
    """All elements on the diagonal of a matrix."""
    return shape.diag_embed(reshaped(copying.contiguous(self), (-1,)), offset, 0, 1)


# ---------------------------------------------------------------- grids


@composite("meshgrid.indexing")
def meshgrid(tensors: Any, indexing: Any = "ij") -> Any:
    """Every vector stretched over the grid of all."""
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    for tensor in tensors:
        if tensor._array.ndim > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {tensor!r}")
        if tensor._array.dtype is not tensors[0]._array.dtype:
            raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    if indexing not in ("xy", "ij"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    tensors = list(tensors)
    swapped = indexing == "xy" and len(tensors) > 1
    if swapped:
        tensors[0], tensors[1] = tensors[1], tensors[0]
    sizes = [tensor._array.size for tensor in tensors]
    grids: list[Any] = []
    for position, tensor in enumerate(tensors):
        line = [1] * len(sizes)
        line[position] = sizes[position]
        grids.append(expand(view_size(tensor, tuple(line)), tuple(sizes), False))
    if swapped:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


_MESHGRID = (
    "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument. (Triggered internally at "
    "/__w/pytorch/pytorch/aten/src/ATen/native/TensorShape.cpp:4579.)"
)


@composite("meshgrid")
def meshgrid_default(tensors: Any) -> Any:
    """meshgrid with "ij" indexing."""
    return meshgrid(tensors, "ij")


@composite("cartesian_prod")
def cartesian_prod(tensors: Any) -> Any:
    """All combinations of the vectors' elements, one per row."""
    for tensor in tensors:
        if tensor._array.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {shape_text(tensor._array.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    return joining.stack([views.flatten(grid) for grid in meshgrid(tensors, "ij")], 1)


@composite("combinations")
def combinations(self: Any, r: Any = 2, with_replacement: Any = False) -> Any:
    """All combinations of r elements of a vector."""
    if self._array.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {shape_text(self._array.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return copying.wrap(copying.np.empty(0, self._array.dtype))
    grids = meshgrid([self] * r, "ij")
    mask = written(copying.wrap(_ascending(self._array.size, r, with_replacement)), r)  # so often PyTorch writes into it
    return joining.stack([shape.masked_select(grid, mask) for grid in grids], 1)


def _ascending(size: int, count: int, equal: bool) -> Any:
    places = copying.np.indices((size,) * count)
    mask = copying.np.ones((size,) * count, bool)
    for axis in range(1, count):
        first, second = places[axis - 1], places[axis]
        mask &= first <= second if equal else first < second
    return mask


# ---------------------------------------------------------------- copies of views


def _register_copy(spec: str, source: Any) -> None:
    """`name_copy`: a view's elements in a row-major tensor of their own, differentiated as the view is."""

    def kernel(self: Any, *args: Any) -> Any:
        if spec == "view_copy":  # takes what cannot be viewed too
            self = layout.row_major(self.copy("C"))
        return layout.row_major(source.kernel(self, *args).copy("C"))

    name, _, overload = spec.partition(".")
    made = Op(name, overload, kernel, source.params, source.defaults)
    made.node_name = source.node_name + "_copy"
    made.grad_params, made.formulas, made.writes = source.grad_params, source.formulas, source.writes
    REGISTRY[spec] = made


for _copy, _source in {
    "permute_copy": "permute", "transpose_copy.int": "transpose.int", "t_copy": "t", "unsqueeze_copy": "unsqueeze",
    "squeeze_copy": "squeeze", "squeeze_copy.dim": "squeeze.dim", "squeeze_copy.dims": "squeeze.dims", "select_copy.int": "select.int",
    "slice_copy.Tensor": "slice.Tensor", "view_copy": "view", "expand_copy": "expand", "alias_copy": "alias",
    "view_as_real_copy": "view_as_real", "view_as_complex_copy": "view_as_complex", "as_strided_copy": "as_strided",
    "unfold_copy": "unfold",
}.items():  # fmt: skip
    _register_copy(_copy, REGISTRY[_source])


@op(
    "narrow_copy",
    self=lambda grad, self_sym_sizes, dim, start, length: slice_backward(grad, self_sym_sizes, dim, start, start + length, 1),
)
def narrow_copy(self: Any, dim: Any, start: Any, length: Any) -> Any:
    """narrow, as a new tensor."""
    if not self.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if dim >= self.ndim:
        raise RuntimeError(
            "Expected dim < static_cast<int64_t>(self_sizes.size()) to be true, but got false.  "
            "(Could this error message be improved?  If so, please report an enhancement request to PyTorch.)"
        )
    size = self.shape[wrap_dim(dim, self.ndim)]
    if not -size <= start <= size:
        raise IndexError(f"start out of range (expected to be in range of [-{size}, {size}], but got {start})")
    start += size if start < 0 else 0
    if length < 0 or start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return layout.row_major(slice_tensor.kernel(self, dim, start, start + length, 1).copy("C"))


# ---------------------------------------------------------------- functions that take tensors one by one


def _tensors(args: Any) -> Any:
    found = args[0] if len(args) == 1 and isinstance(args[0], (list, tuple)) else args
    for place, entry in enumerate(found):
        if not isinstance(entry, TensorBase):
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {type_name(entry)}")
    return found


def _public_split(tensor: Any, split_size_or_sections: Any, dim: Any = 0) -> Any:
    """Parts of a size, or of several sizes, along a dimension."""
    return tensor.split(split_size_or_sections, dim)


def _public_meshgrid(*tensors: Any, indexing: Any = None) -> Any:
    """The grids that vectors span: torch.meshgrid(x, y, indexing="ij")."""
    given = _tensors(tensors)
    if indexing is None:
        import warnings

        warnings.warn(_MESHGRID, UserWarning, stacklevel=2)
        indexing = "ij"
    elif not isinstance(indexing, str):
        raise TypeError(f"meshgrid(): argument 'indexing' must be str, not {type_name(indexing)}")
    return meshgrid(given, indexing)


def _public_unravel_index(indices: Any, shape: Any) -> Any:
    """Flat indices as a tuple of index tensors, one per dimension of `shape`."""
    if not isinstance(shape, (int, Sequence)):
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got {type(shape)}")
    sizes = [shape] if isinstance(shape, int) else list(shape)
    for size in sizes:
        if not isinstance(size, int):
            raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(size)}")
    if any(size < 0 for size in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {tuple(sizes)}")
    if dtypes.of(indices._array).category >= dtypes.FLOATING or dtypes.of(indices._array) is dtypes.bool_:
        raise TypeError(f"expected 'indices' to be integer dtype, but got {dtypes.of(indices._array)}")
    steps, counts = (
        beside(indices, np.array(values, np.int64)) for values in (memory.contiguous_strides(sizes), sizes)
    )
    whole = REGISTRY["floor_divide"](unsqueeze(indices, -1), steps)
    return unbind(REGISTRY["remainder.Tensor"](whole, counts), -1)


def _public_broadcast_shapes(*shapes: Any) -> Any:
    """The shape that tensors of these shapes broadcast to."""
    for entry in shapes:
        if not isinstance(entry, (int, tuple, list)):
            raise RuntimeError(f"Input shapes should be of type ints, a tuple of ints, or a list of ints, got {entry}")
    given = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    common: list[int] = [1] * max((len(shape) for shape in given), default=0)
    for position, sizes in enumerate(given):
        for place in range(-1, -1 - len(sizes), -1):
            if sizes[place] in (1, common[place]):
                continue
            if sizes[place] < 0:
                raise RuntimeError(
                    f"Trying to create tensor with negative dimension ({sizes[place]}): ({sizes[place]})"
                )
            if common[place] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {sizes[place]} at {place}! Mismatching argument at index "
                    f"{position} had {shapes[position]}; but expected shape should be broadcastable to {common}"
                )
            common[place] = sizes[place]
    return _objects.Size(common)


def _variadic(call: Any) -> Any:
    def function(*tensors: Any) -> Any:
        return call(_tensors(tensors))

    return function


def _one_or_several(single: Any) -> Any:
    def function(*tensors: Any) -> Any:
        if len(tensors) == 1 and isinstance(tensors[0], TensorBase):
            return single(tensors[0])
        return tuple([single(tensor) for tensor in _tensors(tensors)])

    return function


PUBLIC = {
    "meshgrid": _public_meshgrid,
    "split": _public_split,
    "broadcast_tensors": _variadic(views.broadcast_tensors),
    "cartesian_prod": _variadic(cartesian_prod),
    "block_diag": _variadic(lambda tensors: shape.block_diag.apply([list(tensors)])),
    "atleast_1d": _one_or_several(views.atleast_1d),
    "atleast_2d": _one_or_several(views.atleast_2d),
    "atleast_3d": _one_or_several(views.atleast_3d),
    "unravel_index": _public_unravel_index,
    "broadcast_shapes": _public_broadcast_shapes,
}
for _name, _function in PUBLIC.items():
    _function.__name__ = _function.__qualname__ = _name
    _function.__module__ = "rushlight.functional"
