"""Views that keep or reorder dimensions: reshape, transpose, permute, squeeze, expand and their kin.

NOTE [ Strides of views ]
A program can see a result's strides, so they follow PyTorch's rules to the letter, also for dimensions of size 1 and for empty
tensors, where NumPy is free to put anything. Where NumPy's own view has the right strides it is used, being the fastest; otherwise
`geometry` makes an array of given strides over the same memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from rushlight import _objects
from rushlight._core import dtypes, memory, views
from rushlight._core.state import INFERENCE, get_mode
from rushlight._core.tensor import CONJUGATE, INFERENCE as INFERENCE_TENSOR, LAZY, META, TensorBase, shape_text
from rushlight.ops.declare import REGISTRY, counted, op, view


def wrap_dim(dim: int, ndim: int) -> int:
    """A dimension number made non-negative; IndexError in PyTorch's words when out of range (0-d tensors have dim 0 and -1)."""
    count = ndim or 1
    if not -count <= dim < count:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-count}, {count - 1}], but got {dim})")
    return dim + count if dim < 0 else dim


def size_at(sizes: Any, dim: int) -> int:
    """One of several sizes, with the errors of `Tensor.size(dim)`."""
    if not sizes:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    size: int = sizes[wrap_dim(dim, len(sizes))]
    return size


def wrap_dims(dims: Any, ndim: int) -> list[int]:
    """Several dimension numbers made non-negative, none twice."""
    found: list[int] = []
    for dim in dims:
        dim = wrap_dim(dim, ndim)
        if dim in found:
            raise RuntimeError(f"dim {dim} appears multiple times in the list of dims")
        found.append(dim)
    return found


def geometry(array: Any, shape: Any, strides: Any, offset: int = 0) -> Any:
    """An array over the memory of `array`, which starts `offset` elements after it; strides in elements."""
    array = np.asarray(array)
    item = array.itemsize
    steps = [step * item for step in strides]
    if 0 in shape:
        return _empty_part(array, shape, steps, offset * item)
    flags = array.flags
    if flags.writeable and array.dtype.isbuiltin == 1:
        if flags.c_contiguous:
            return ndarray(shape, array.dtype, array, offset * item, steps)
        if flags.f_contiguous:
            return ndarray(shape, array.dtype, array.T, offset * item, steps)
    owner = memory.root(array)
    start = memory.address(array) - memory.address(owner) + offset * item
    return memory.strided(owner, array.dtype, tuple(shape), steps, start)


def _empty_part(array: Any, shape: Any, byte_strides: Any, byte_offset: int) -> Any:
    """An empty array at some distance from `array`, in its memory where that reaches so far."""
    owner = memory.root(array)
    start = memory.address(array) - memory.address(owner) + byte_offset
    flags = owner.flags
    buffer = memory.NOTHING
    if start <= owner.nbytes and owner.size and owner.dtype.isbuiltin == 1 and flags.writeable and flags.forc:
        buffer = owner if flags.c_contiguous else owner.T
    if not 0 <= start <= buffer.nbytes:
        start = 0
    return ndarray(shape, array.dtype, buffer, start, byte_strides)


# ---------------------------------------------------------------- as_strided


@op(
    "as_strided_backward", kind="internal", tensors=("grad_output",),
    grad_output=lambda grad, base_strides, base_offset, size, stride, storage_offset: REGISTRY["strided_part"](
        grad, base_strides, size, stride, storage_offset - base_offset
    ),
)  # fmt: skip
def as_strided_backward(
    grad_output: Any, base_sizes: Any, base_strides: Any, base_offset: Any, size: Any, stride: Any, storage_offset: Any
) -> Any:
    """The gradient of as_strided: entries that share a memory cell add up."""
    start = max(0, base_offset - storage_offset)  # where the base begins among the cells
    offset = max(0, storage_offset - base_offset)
    length = max(start + memory.extent(base_sizes, base_strides), offset + memory.extent(size, stride))
    cells = np.zeros(length, grad_output.dtype)
    where = cells_of(size, stride, offset)
    np.add.at(cells, where.reshape(-1), grad_output.reshape(-1))
    if not overlaps(base_sizes, base_strides):
        return geometry(cells[start:], tuple(base_sizes), base_strides)
    base = cells_of(base_sizes, base_strides, start)
    counts = np.zeros(length, np.int64)
    np.add.at(counts, base.reshape(-1), 1)
    return (cells / np.maximum(counts, 1))[base]


def overlaps(sizes: Any, strides: Any) -> bool:
    """Whether a geometry may name a memory cell twice."""
    reach = 0
    for step, size in sorted([(step, size) for size, step in zip(sizes, strides) if size > 1]):
        if step <= reach:
            return True
        reach += (size - 1) * step
    return False


def cells_of(size: Any, stride: Any, offset: int) -> Any:
    where = np.full((), offset, np.int64)
    for count, step in zip(size, stride):
        where = where[..., None] + np.arange(count, dtype=np.int64) * step
    return where.reshape(tuple(size))


def _check_strided(array: Any, size: Any, stride: Any, offset: int) -> None:
    if len(size) != len(stride):
        raise RuntimeError("mismatch in length of strides and shape")
    if any(step < 0 for step in stride):
        raise RuntimeError(
            f"as_strided: Negative strides are not supported at the moment, got strides: {shape_text(stride)}"
        )
    if any(count < 0 for count in size):
        raise RuntimeError(
            f"Storage size calculation overflowed with sizes={shape_text(size)} and strides={shape_text(stride)}"
        )
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    if 0 not in size:
        check_bounds(memory.root(array), size, stride, offset, array.itemsize)


def check_bounds(root: Any, size: Any, stride: Any, offset: int, item: int) -> None:
    """Raise where a geometry reaches beyond the memory that `root` owns."""
    needed = (offset + memory.extent(size, stride)) * item
    if needed > memory.MOST:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={shape_text(size)} and strides={shape_text(stride)}")
    if needed > root.nbytes:
        raise RuntimeError(
            f"setStorage: sizes {shape_text(size)}, strides {shape_text(stride)}, storage offset {offset}, and itemsize {item} requiring "
            f"a storage size of {needed} are out of bounds for storage of size {root.nbytes}"
        )


@view(
    "as_strided",
    self=lambda grad, self_sym_sizes, self_sym_strides, self_sym_storage_offset, size, stride, storage_offset: REGISTRY["as_strided_steps"](
        grad, self_sym_sizes, self_sym_strides, self_sym_storage_offset, size, stride,
        self_sym_storage_offset if storage_offset is None else storage_offset,
    ),
)  # fmt: skip
def as_strided(self: Any, size: Any, stride: Any, storage_offset: Any = None) -> Any:
    """A view of the storage with the given sizes, strides and offset, all in elements."""
    offset = memory.storage_offset(self) if storage_offset is None else storage_offset
    item = self.itemsize
    _check_strided(self, size, stride, offset)
    if 0 in size:
        memory.check_numel(size)
        return geometry(self, tuple(size), stride, offset - memory.storage_offset(self))
    return memory.strided(memory.root(self), self.dtype, tuple(size), [step * item for step in stride], offset * item)


as_strided.writes = counted(1)
views.STRIDED.op = as_strided


# ---------------------------------------------------------------- view, reshape


def infer_size(size: Any, numel: int) -> tuple[int, ...]:
    """A requested shape with its -1 worked out."""
    if len(size) == 1 and size[0] == numel:
        return (numel,)
    shape = [int(n) for n in size]
    known = 1
    hole = -1
    for index, count in enumerate(shape):
        if count == -1:
            if hole >= 0:
                raise RuntimeError("only one dimension can be inferred")
            hole = index
        elif count < 0:
            raise RuntimeError(f"invalid shape dimension {count} at index {index} of shape {shape_text(shape)}")
        else:
            known *= count
    if known != numel and (hole < 0 or known == 0 or numel % known) or hole >= 0 and known == 0 and numel:
        raise RuntimeError(f"shape '{shape_text(shape)}' is invalid for input of size {numel}")
    if hole >= 0:
        if known == 0:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {shape_text(shape)} because the unspecified dimension size -1 can "
                "be any value and is ambiguous"
            )
        shape[hole] = numel // known
    return tuple(shape)


def view_strides(old_shape: Any, old_strides: Any, shape: Any, numel: int) -> list[int] | None:
    """The strides with which a tensor can be seen as `shape`, or None where it needs a copy.

    Dimensions of the old shape that follow each other densely form a chunk; each new dimension must lie within one chunk.
    """
    if not old_shape:
        return [1] * len(shape)
    if numel == 0:
        return list(old_strides) if tuple(old_shape) == tuple(shape) else list(memory.contiguous_strides(shape))
    strides = [0] * len(shape)
    position = len(shape) - 1
    chunk_stride = old_strides[-1]
    chunk = 1
    seen = 1
    for index in range(len(old_shape) - 1, -1, -1):
        chunk *= old_shape[index]
        if index and (old_shape[index - 1] == 1 or old_strides[index - 1] == chunk * chunk_stride):
            continue
        while position >= 0 and (seen < chunk or shape[position] == 1):
            strides[position] = seen * chunk_stride
            seen *= shape[position]
            position -= 1
        if seen != chunk:
            return None
        if index:
            chunk_stride = old_strides[index - 1]
            chunk = seen = 1
    return strides if position < 0 else None


def _viewed(array: Any, shape: tuple[int, ...]) -> Any:
    """The array seen as `shape`, or None."""
    size = array.size
    if size and array.flags.c_contiguous and array.ndim and array.strides[-1] == array.itemsize and (
        shape != array.shape or 1 not in shape  # NumPy does nothing then, where PyTorch gives row-major strides
    ):
        return array.reshape(shape)
    strides = view_strides(array.shape, memory.element_strides(array), shape, size)
    return None if strides is None else geometry(array, shape, strides)


@view("view", self=lambda grad, self_sym_sizes: reshaped(grad, self_sym_sizes))
def view_size(self: Any, size: Any) -> Any:
    """The same elements in another shape."""
    found = _viewed(self, infer_size(size, self.size))
    if found is None:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous "
            "subspaces). Use .reshape(...) instead."
        )
    return found


@op("_unsafe_view", self=lambda grad, self_sym_sizes: reshaped(grad, self_sym_sizes))
def unsafe_view(self: Any, size: Any) -> Any:
    """A reshape of a temporary. Nothing else will see its memory, so the result is no view."""
    return _viewed(self, infer_size(size, self.size))


@view("_reshape_alias", self=lambda grad, self_sym_sizes: reshaped(grad, self_sym_sizes))
def reshape_alias(self: Any, size: Any, stride: Any) -> Any:
    """A view with the given sizes and strides."""
    return geometry(self, tuple(size), stride)


def reshaped(value: Any, shape: Any) -> Any:
    """reshape for either carrier."""
    if not isinstance(value, TensorBase):
        return value.reshape(shape)
    array = value._array
    if array.flags.c_contiguous:
        return view_size.apply([value, shape])
    size = infer_size(shape, array.size)
    steps = REGISTRY["stride"](value) if value._flags & META else memory.element_strides(array)
    strides = view_strides(array.shape, steps, size, array.size)
    if strides is not None:
        return reshape_alias(value, size, strides)
    return unsafe_view(REGISTRY["clone"](value, memory_format=_objects.contiguous_format), size)


def _seen_as(self: Any, dtype: Any) -> Any:
    """The same memory read as another dtype."""
    target = dtype.np_dtype
    old, new = self.itemsize, target.itemsize
    if old == new:
        return self.view(target) if self.size else geometry(self.astype(target), self.shape, memory.element_strides(self))
    what = f"to view {dtypes.of(self).cpp} as {dtype.cpp} (different element sizes)"
    if self.ndim == 0:
        raise RuntimeError(f"self.dim() cannot be 0 {what}")
    strides = list(memory.element_strides(self))
    shape = list(self.shape)
    if new > old and shape[-1] % (new // old):
        raise RuntimeError(f"self.size(-1) must be divisible by {new // old} {what}, but got {shape[-1]}")
    if strides[-1] != 1:
        raise RuntimeError(f"self.stride(-1) must be 1 {what}, but got {strides[-1]}")
    if old > new:
        factor = old // new
        shape[-1] *= factor
        strides = [step * factor for step in strides[:-1]] + [1]
    else:
        factor = new // old
        _check_wider(self, shape, strides, factor, what)
        shape[-1] //= factor
        strides = [step // factor for step in strides[:-1]] + [1]
    if 0 in shape:
        return geometry(np.zeros(0, target), tuple(shape), strides)
    owner = memory.root(self)
    start = memory.address(self) - memory.address(owner)
    return memory.strided(owner, target, tuple(shape), [step * new for step in strides], start)


class _DtypeView(views.ViewOp):
    """PyTorch gives such a result no gradient, so that it keeps no view chain for it: memory and version are shared."""

    def apply(self, args: list[Any]) -> Any:
        if args[0]._flags & LAZY:
            which = "for conjugate view tensors" if args[0]._flags & CONJUGATE else "for tensors with negative bit set"
            raise RuntimeError(f"torch.Tensor.view is not supported {which} when converting to a different dtype.")
        output = views.ViewOp.apply(self, args)
        word = get_mode()
        if isinstance(output, TensorBase) and (word & INFERENCE or output._flags & INFERENCE_TENSOR):  # here the mode decides
            output._flags = output._flags | INFERENCE_TENSOR if word & INFERENCE else output._flags & ~INFERENCE_TENSOR
            output._cell = None
        output._view = None
        output._requires_grad = False
        output._node = None
        return output


view_dtype = _DtypeView("view", "dtype", _seen_as, ("self", "dtype"), ())
view_dtype.kind, view_dtype.is_view = "view", True
REGISTRY["view.dtype"] = view_dtype


def _check_wider(array: Any, shape: Any, strides: Any, factor: int, what: str) -> None:
    offset = memory.storage_offset(array)
    if offset % factor:
        raise RuntimeError(f"self.storage_offset() must be divisible by {factor} {what}, but got {offset}")
    for dim in range(len(strides) - 1):
        if strides[dim] % factor:
            raise RuntimeError(f"self.stride({dim}) must be divisible by {factor} {what}, but got {strides[dim]}")


# ---------------------------------------------------------------- reordered dimensions


@view("transpose.int", self=lambda grad, dim0, dim1: transpose(grad, dim0, dim1))
def transpose(self: Any, dim0: Any, dim1: Any) -> Any:
    """Two dimensions exchanged."""
    ndim = self.ndim
    first, second = wrap_dim(dim0, ndim), wrap_dim(dim1, ndim)
    if first == second:
        return self.view()
    if not self.size:
        order = list(range(ndim))
        order[first], order[second] = second, first
        return _reordered(self, order)
    return self.swapaxes(first, second)


def _reordered(array: Any, order: Any) -> Any:
    strides = memory.element_strides(array)
    return geometry(array, tuple([array.shape[dim] for dim in order]), [strides[dim] for dim in order])


@view("t", self=lambda grad: t(grad))
def t(self: Any) -> Any:
    """A matrix transposed; vectors and numbers as they are."""
    if self.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {self.ndim}D")
    return self.T if self.size else _reordered(self, list(range(self.ndim))[::-1])


@view("permute", self=lambda grad, dims: permute(grad, inverse_order(dims)))
def permute(self: Any, dims: Any) -> Any:
    """Dimensions in another order."""
    ndim = self.ndim
    if len(dims) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of "
            f"dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {len(dims)}"
        )
    order = [wrap_dim(dim, ndim) for dim in dims]
    if len(set(order)) != ndim:
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return self.transpose(order) if self.size else _reordered(self, order)


def inverse_order(dims: Any) -> list[int]:
    """The permutation that undoes `dims`."""
    order = [0] * len(dims)
    for position, dim in enumerate(dims):
        order[wrap_dim(dim, len(dims))] = position
    return order


# ---------------------------------------------------------------- dimensions of size 1


@view("unsqueeze", self=lambda grad, dim: squeeze_dim(grad, dim))
def unsqueeze(self: Any, dim: Any) -> Any:
    """A new dimension of size 1."""
    shape = self.shape
    dim = wrap_dim(dim, len(shape) + 1)
    larger = (*shape[:dim], 1, *shape[dim:])
    if 1 not in shape and 0 not in shape and self.flags.c_contiguous:
        return self.reshape(larger)
    strides = list(memory.element_strides(self))
    strides.insert(dim, shape[dim] * strides[dim] if dim < len(shape) else 1)
    return geometry(self, larger, strides)


def _squeezed(array: Any, dims: Any) -> Any:
    gone = tuple([dim for dim in dims if array.ndim and array.shape[dim] == 1])
    if array.size:
        return array.squeeze(gone) if gone else array.view()
    kept = [dim for dim in range(array.ndim) if dim not in gone]
    return _reordered(array, kept)


def unsqueeze_to(grad: Any, sizes: Any, dims: Any = None) -> Any:
    """A gradient with the dimensions of size 1 back that squeeze took away."""
    if dims is None:
        dims = range(len(sizes))
    elif isinstance(dims, int):
        dims = [wrap_dim(dims, len(sizes))]
    else:
        dims = [wrap_dim(dim, len(sizes)) for dim in dims]
    for dim in sorted(dims):
        if len(sizes) and sizes[dim] == 1:
            grad = unsqueeze(grad, dim)
    return grad


@view("squeeze", self=lambda grad, self_sym_sizes: unsqueeze_to(grad, self_sym_sizes))
def squeeze(self: Any) -> Any:
    """Without the dimensions of size 1."""
    return _squeezed(self, range(self.ndim))


@view("squeeze.dim", grad_fn="SqueezeBackward1", self=lambda grad, self_sym_sizes, dim: unsqueeze_to(grad, self_sym_sizes, dim))
def squeeze_dim(self: Any, dim: Any) -> Any:
    """Without one dimension, if it has size 1."""
    return _squeezed(self, (wrap_dim(dim, self.ndim),))


@view("squeeze.dims", grad_fn="SqueezeBackward2", self=lambda grad, self_sym_sizes, dim: unsqueeze_to(grad, self_sym_sizes, dim))
def squeeze_dims(self: Any, dim: Any) -> Any:
    """Without those of some dimensions that have size 1."""
    return _squeezed(self, wrap_dims(dim, self.ndim))


# ---------------------------------------------------------------- expand


def _summed_to(grad: Any, sizes: Any) -> Any:
    if isinstance(grad, TensorBase):
        return grad if sizes and grad._array.shape == tuple(sizes) else REGISTRY["sum_to"](grad, sizes)
    return grad  # the engine sums bare arrays down to the edge's shape


@view("expand", self=lambda grad, self_sym_sizes: _summed_to(grad, self_sym_sizes))
def expand(self: Any, size: Any, implicit: Any = False) -> Any:
    """Dimensions of size 1 repeated without copying, new leading dimensions too."""
    shape, strides = expanded(self, size)
    if not shape and not self.ndim:
        return self.view()
    return geometry(self, shape, strides)


def expanded(array: Any, size: Any) -> tuple[tuple[int, ...], list[int]]:
    """The shape and strides of an expanded tensor."""
    old, ndim = array.shape, array.ndim
    count = len(size)
    if count < ndim:
        raise RuntimeError(
            f"expand({dtypes.type_text(array)}{{{shape_text(old)}}}, size={shape_text(size)}): the number of sizes "
            f"provided ({count}) must be greater or equal to the number of dimensions in the tensor ({ndim})"
        )
    if ndim == 0:
        memory.check_numel(size)
        return tuple([int(n) for n in size]), [0] * count
    old_strides = memory.element_strides(array)
    shape = [0] * count
    strides = [0] * count
    for index in range(count - 1, -1, -1):
        dim = index - count + ndim
        have = old[dim] if dim >= 0 else 1
        step = old_strides[dim] if dim >= 0 else shape[index + 1] * strides[index + 1]
        want = int(size[index])
        if want == -1:
            if dim < 0:
                _check_leading(size, index + 1)
            want = have
        if have != want:
            if have == 1 and want < 0:
                memory.check_numel((want,))
            if have != 1:
                raise RuntimeError(
                    f"The expanded size of the tensor ({want}) must match the existing size ({have}) at non-singleton dimension "
                    f"{index}.  Target sizes: {shape_text(size)}.  Tensor sizes: {shape_text(old)}"
                )
            step = 0
        shape[index] = want
        strides[index] = step
    memory.check_numel(shape)
    return tuple(shape), strides


def _check_leading(size: Any, count: int) -> None:
    for index in range(count - 1, -1, -1):
        if size[index] < 0:
            raise RuntimeError(
                f"The expanded size of the tensor ({size[index]}) isn't allowed in a leading, non-existing dimension {index}"
            )


# ---------------------------------------------------------------- complex numbers as pairs


def contiguous_like(grad: Any) -> Any:
    """contiguous() on either carrier."""
    if isinstance(grad, TensorBase):
        return REGISTRY["resolve_conj"](REGISTRY["contiguous"](grad))
    return np.ascontiguousarray(grad)


class _Pairs(views.ViewOp):
    """Numbers seen as pairs, or pairs as numbers."""

    def apply(self, args: list[Any]) -> Any:
        if self.name == "view_as_real" and args[0]._flags & CONJUGATE:
            raise RuntimeError(
                "view_as_real doesn't work on unresolved conjugated tensors.  To resolve the conjugate tensor so you can view it as "
                "real, use self.resolve_conj(); however, be warned that the resulting tensor will NOT alias the original."
            )
        return views.ViewOp.apply(self, args)


@view("view_as_real", made_by=_Pairs, self=lambda grad: view_as_complex(contiguous_like(grad)))
def view_as_real(self: Any) -> Any:
    """Complex numbers as a last dimension of two real ones."""
    if self.dtype.kind != "c":
        raise RuntimeError("view_as_real is only supported for complex tensors")
    strides = [step * 2 for step in memory.element_strides(self)] + [1]
    real = self.real
    shape = (*self.shape, 2)
    if 0 in shape:
        return geometry(real, shape, strides)
    owner = memory.root(self)
    start = memory.address(self) - memory.address(owner)
    return memory.strided(owner, real.dtype, shape, [step * real.itemsize for step in strides], start)


_COMPLEX_OF = {"f": np.complex64, "d": np.complex128}


@view("view_as_complex", made_by=_Pairs, self=lambda grad: view_as_real(contiguous_like(grad)))
def view_as_complex(self: Any) -> Any:
    """A last dimension of two real numbers as one complex number."""
    if self.dtype.char not in "efd":
        raise RuntimeError(
            "view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: "
            f"{dtypes.of(self).cpp}"
        )
    if self.dtype.char == "e":
        raise NotImplementedError("rushlight does not have complex32, the dtype of view_as_complex of float16")
    if not self.ndim:
        raise RuntimeError("Input tensor must have one or more dimensions")
    if self.shape[-1] != 2:
        raise RuntimeError("Tensor must have a last dimension of size 2")
    strides = memory.element_strides(self)
    if strides[-1] != 1:
        raise RuntimeError("Tensor must have a last dimension with stride 1")
    if any(step % 2 for step in strides[:-1]):
        raise RuntimeError("Tensor must have a stride divisible by 2 for all but last dimension")
    if memory.storage_offset(self) % 2:
        raise RuntimeError("Tensor must have a storage_offset divisible by 2")
    target = np.dtype(_COMPLEX_OF[self.dtype.char])
    shape = self.shape[:-1]
    steps = [step // 2 for step in strides[:-1]]
    if 0 in shape:
        return geometry(np.zeros(0, target), shape, steps)
    owner = memory.root(self)
    start = memory.address(self) - memory.address(owner)
    return memory.strided(owner, target, shape, [step * target.itemsize for step in steps], start)


view_as_real.changes_meaning = view_as_complex.changes_meaning = True
