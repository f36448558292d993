"""Views made of other views."""

from __future__ import annotations

from typing import Any

from rushlight import _objects
from rushlight._core import dtypes
from rushlight._core.tensor import CONJUGATE, META, shape_text
from rushlight.ops import examples, view_parts as parts
from rushlight.ops.declare import REGISTRY, composite
from rushlight.ops.view import (
    expand,
    infer_size,
    permute,
    reshaped,
    transpose,
    unsqueeze,
    view_as_real,
    view_size,
    wrap_dim,
)  # fmt: skip
from rushlight.ops.warn import warn_once

# ---------------------------------------------------------------- shapes


@composite("reshape")
def reshape(self: Any, shape: Any) -> Any:
    """The same elements in another shape: a view where the strides allow it, else a copy."""
    return reshaped(self, shape)


reshape.tried_first = view_size


@composite("view_as")
def view_as(self: Any, other: Any) -> Any:
    """A view of the shape of `other`."""
    return view_size(self, other._array.shape)


@composite("reshape_as")
def reshape_as(self: Any, other: Any) -> Any:
    """reshape to the shape of `other`."""
    return reshaped(self, other._array.shape)


@composite("expand_as")
def expand_as(self: Any, other: Any) -> Any:
    """expand to the shape of `other`."""
    return expand(self, other._array.shape)


@composite("broadcast_to")
def broadcast_to(self: Any, size: Any) -> Any:
    """expand."""
    return expand(self, size)


def broadcast_shape(shapes: Any) -> tuple[int, ...]:
    """The common shape of several; RuntimeError in PyTorch's words where there is none."""
    common: list[int] = []
    for shape in shapes:
        lead = len(common) - len(shape)
        if lead < 0:
            common = [1] * -lead + common
            lead = 0
        for index in range(len(shape) - 1, -1, -1):
            size, have = shape[index], common[lead + index]
            if have != size and have != 1 and size != 1:
                raise RuntimeError(
                    f"The size of tensor a ({have}) must match the size of tensor b ({size}) at non-singleton dimension {lead + index}"
                )
            if have == 1:
                common[lead + index] = size
    return tuple(common)


@composite("broadcast_tensors")
def broadcast_tensors(tensors: Any) -> Any:
    """Every tensor expanded to their common shape; those that have it are returned as they are."""
    shape = broadcast_shape([tensor._array.shape for tensor in tensors])
    return tuple([tensor if tensor._array.shape == shape else expand(tensor, shape) for tensor in tensors])


@composite("flatten.using_ints")
def flatten(self: Any, start_dim: Any = 0, end_dim: Any = -1) -> Any:
    """Some dimensions in a row made one."""
    shape = self._array.shape
    first, last = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if not shape:
        return reshaped(self, (1,))
    if first == last:
        return self
    count = 1
    for size in shape[first : last + 1]:
        count *= size
    return reshaped(self, (*shape[:first], count, *shape[last + 1 :]))


@composite("unflatten.int")
def unflatten(self: Any, dim: Any, sizes: Any) -> Any:
    """One dimension made several."""
    shape = self._array.shape
    dim = wrap_dim(dim, len(shape))
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if not shape:
        raise RuntimeError("unflatten got an unexpected error:\nDimension specified as 0 but tensor has no dimensions")
    size = shape[dim]
    try:
        found = infer_size(sizes, size)
    except RuntimeError as error:
        if str(error).startswith("shape '"):
            raise RuntimeError(
                f"unflatten: Provided sizes {shape_text(sizes)} don't multiply up to the size of dim {dim} ({size}) in the input "
                "tensor"
            ) from None
        raise RuntimeError(f"unflatten got an unexpected error:\n{error}") from None
    return view_size(self, (*shape[:dim], *found, *shape[dim + 1 :]))


@composite("ravel")
def ravel(self: Any) -> Any:
    """All elements in one dimension."""
    return view_size(REGISTRY["contiguous"](self, _objects.contiguous_format), (-1,))


# ---------------------------------------------------------------- transposes


@composite("swapaxes", "swapdims")
def swapaxes(self: Any, axis0: Any, axis1: Any) -> Any:
    """transpose."""
    return transpose(self, axis0, axis1)


@composite("movedim.intlist", "moveaxis.intlist")
def movedim(self: Any, source: Any, destination: Any) -> Any:
    """Some dimensions moved to other places; the rest keep their order."""
    ndim = self._array.ndim
    if len(source) != len(destination):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({shape_text(source)} dims) should contain the same number of "
            f"dims as destination ({shape_text(destination)} dims)"
        )
    sources = [wrap_dim(dim, ndim) for dim in source]
    targets = [wrap_dim(dim, ndim) for dim in destination]
    for name, given, found in (("source", source, sources), ("destination", destination, targets)):
        if len(set(found)) != len(found):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({shape_text(given)})")
    if not ndim:
        return parts.alias(self)
    order = [-1] * ndim
    for origin, target in zip(sources, targets):
        order[target] = origin
    rest = iter([dim for dim in range(ndim) if dim not in sources])
    return permute(self, [dim if dim >= 0 else next(rest) for dim in order])


@composite("movedim.int", "moveaxis.int")
def movedim_int(self: Any, source: Any, destination: Any) -> Any:
    """One dimension moved to another place."""
    return movedim(self, [source], [destination])


def _conj(tensor: Any) -> Any:
    return REGISTRY["_conj"](tensor) if dtypes.of(tensor._array).is_complex else tensor


def warn_of_number(name: str, advice: str, line: int) -> None:
    """Warn that a number is transposed."""
    warn_once(
        f"{name} is deprecated on 0-D tensors. {advice} (Triggered internally at "
        f"/__w/pytorch/pytorch/aten/src/ATen/native/TensorShape.cpp:{line}.)"
    )


def transposed_property(name: str) -> Any:
    """What Tensor.T, .H, .mT and .mH are."""

    def T(self: Any) -> Any:
        """All dimensions reversed."""
        ndim = self._array.ndim
        if ndim == 0:
            warn_of_number("Tensor.T", "This function is the identity in these cases.", 4321)
        elif ndim != 2:
            warn_once(
                "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error in "
                "a future release. Consider `x.mT` to transpose batches of matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` to "
                "reverse the dimensions of a tensor. (Triggered internally at "
                "/__w/pytorch/pytorch/aten/src/ATen/native/TensorShape.cpp:4314.)"
            )
        return permute(self, list(range(self._array.ndim))[::-1])

    def H(self: Any) -> Any:
        """The conjugate transpose of a matrix."""
        ndim = self._array.ndim
        if ndim not in (0, 2):
            extra = " For batches of matrices, consider using tensor.mH" if ndim > 2 else ""
            raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {ndim}-D tensor.{extra}")
        if ndim == 0:
            warn_of_number("Tensor.H", "Consider using x.conj().", 4335)
        return matrix_transpose(self, "tensor.H", True)

    def mT(self: Any) -> Any:
        """The last two dimensions exchanged."""
        if self._array.ndim == 0:
            warn_of_number("Tensor.mT", "This function is the identity in these cases.", 4373)
        return matrix_transpose(self, "tensor.mT", False)

    def mH(self: Any) -> Any:
        """The conjugate, with the last two dimensions exchanged."""
        if self._array.ndim == 0:
            warn_of_number("Tensor.mH", "Consider using x.conj().", 4382)
        return matrix_transpose(self, "tensor.mH", True)

    return property({"T": T, "H": H, "mT": mT, "mH": mH}[name])


def matrix_transpose(self: Any, name: str, conjugated: bool) -> Any:
    """The last two dimensions exchanged, and conjugated for mH and H."""
    ndim = self._array.ndim
    if ndim == 1:
        raise RuntimeError(f"{name} is only supported on matrices or batches of matrices. Got 1-D tensor.")
    if ndim == 0:
        return _conj(self) if conjugated else self
    found = transpose(self, -2, -1)
    return _conj(found) if conjugated else found


@composite("adjoint")
def adjoint(self: Any) -> Any:
    """The conjugate, with the last two dimensions exchanged."""
    if self._array.ndim == 0:
        warn_of_number("adjoint()", "Consider using x.conj().", 4390)
    return matrix_transpose(self, "tensor.adjoint()", True)


# ---------------------------------------------------------------- at least so many dimensions


@composite("atleast_1d")
def atleast_1d(self: Any) -> Any:
    """A 0-d tensor as 1-d; others as they are."""
    return self if self._array.ndim else reshaped(self, (1,))


@composite("atleast_2d")
def atleast_2d(self: Any) -> Any:
    """With leading dimensions of size 1 up to two."""
    ndim = self._array.ndim
    if ndim == 0:
        return reshaped(self, (1, 1))
    return unsqueeze(self, 0) if ndim == 1 else self


@composite("atleast_3d")
def atleast_3d(self: Any) -> Any:
    """With dimensions of size 1 around up to three."""
    ndim = self._array.ndim
    if ndim == 0:
        return reshaped(self, (1, 1, 1))
    if ndim == 1:
        return unsqueeze(unsqueeze(self, 0), -1)
    return unsqueeze(self, -1) if ndim == 2 else self


for _name, _single in (("atleast_1d", atleast_1d), ("atleast_2d", atleast_2d), ("atleast_3d", atleast_3d)):
    composite(f"{_name}.Sequence")(lambda tensors, single=_single: tuple([single(tensor) for tensor in tensors]))


# ---------------------------------------------------------------- parts


@composite("narrow")
def narrow(self: Any, dim: Any, start: Any, length: Any) -> Any:
    """`length` indices of a dimension from `start`."""
    shape = self._array.shape
    if not shape:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    size = shape[wrap_dim(dim, len(shape))]
    if not -size <= start <= size:
        raise IndexError(f"start out of range (expected to be in range of [-{size}, {size}], but got {start})")
    if start < 0:
        start += size
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return parts.slice_tensor(self, dim, start, start + length, 1)


@composite("narrow.Tensor")
def narrow_tensor(self: Any, dim: Any, start: Any, length: Any) -> Any:
    """narrow with the start in a 0-d integer tensor."""
    array = start._array
    if array.ndim or array.dtype.kind not in "iu":
        raise RuntimeError("start must be an 0-dim integral Tensor.")
    examples.refuse(examples.ITEM, start)
    if start._flags & META:
        raise RuntimeError("Tensor.item() cannot be called on meta tensors")
    return narrow(self, dim, int(array), length)


@composite("split.sizes")
def split_sizes(self: Any, split_size: Any, dim: Any = 0) -> Any:
    """split_with_sizes."""
    return parts.split_with_sizes(self, split_size, dim)


def _chunk(self: Any, chunks: int, dim: int, split: Any, split_with_sizes: Any) -> Any:
    shape = self._array.shape
    if not shape:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    size = shape[wrap_dim(dim, len(shape))]
    split_size = (size + chunks - 1) // chunks
    if split_size == 0 and size == 0:
        return split_with_sizes(self, [0] * chunks, dim)
    return split(self, split_size, dim)


@composite("chunk")
def chunk(self: Any, chunks: Any, dim: Any = 0) -> Any:
    """At most `chunks` pieces of one size (the last may be smaller)."""
    return _chunk(self, chunks, dim, parts.split, parts.split_with_sizes)


@composite("unsafe_chunk")
def unsafe_chunk(self: Any, chunks: Any, dim: Any = 0) -> Any:
    """chunk, for programs that promise not to write into both the pieces and the whole."""
    return _chunk(self, chunks, dim, parts.unsafe_split, parts.unsafe_split_with_sizes)


def _check_tensor_split(self: Any) -> None:
    if not self._array.ndim:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")


@composite("tensor_split.sections")
def tensor_split_sections(self: Any, sections: Any, dim: Any = 0) -> Any:
    """`sections` pieces, the first of which may be one longer."""
    _check_tensor_split(self)
    dim = wrap_dim(dim, self._array.ndim)
    if sections <= 0:
        raise RuntimeError(f"number of sections must be larger than 0, got {sections}")
    size = self._array.shape[dim]
    short, longer = divmod(size, sections)
    pieces: list[Any] = []
    start = 0
    for index in range(sections):
        end = start + short + (1 if index < longer else 0)
        pieces.append(parts.slice_tensor(self, dim, start, end, 1))
        start = end
    return tuple(pieces)


@composite("tensor_split.indices")
def tensor_split_indices(self: Any, indices: Any, dim: Any = 0) -> Any:
    """Pieces that end at the given indices."""
    _check_tensor_split(self)
    dim = wrap_dim(dim, self._array.ndim)
    pieces: list[Any] = []
    start = 0
    for end in indices:
        pieces.append(parts.slice_tensor(self, dim, start, end, 1))
        start = end
    pieces.append(parts.slice_tensor(self, dim, start, self._array.shape[dim], 1))
    return tuple(pieces)


@composite("tensor_split.tensor_indices_or_sections")
def tensor_split_tensor(self: Any, tensor_indices_or_sections: Any, dim: Any = 0) -> Any:
    """tensor_split with its argument in a tensor."""
    _check_tensor_split(self)
    examples.refuse(examples.POINTER, tensor_indices_or_sections)
    if tensor_indices_or_sections._flags & META:
        raise RuntimeError("tensor_split expected tensor_indices_or_sections to be on cpu, but it's on meta")
    array = tensor_indices_or_sections._array
    dtype = dtypes.of(array)
    if dtype is not dtypes.int64:
        raise RuntimeError(f"tensor_split expected tensor_indices_or_sections to have dtype of long, but got {dtype.cpp}")
    if array.ndim > 1:
        raise RuntimeError(
            "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor "
            f"with {array.ndim} dims"
        )
    if array.ndim == 0:
        return tensor_split_sections(self, int(array), dim)
    return tensor_split_indices(self, array.tolist(), dim)


def _register_split(name: str, least: int, dim: int) -> None:
    """hsplit, vsplit or dsplit."""

    def check(self: Any) -> int:
        ndim = self._array.ndim
        if ndim < least:
            raise RuntimeError(
                f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {ndim} dimensions!"
            )
        return 0 if ndim == 1 else dim

    def by_count(self: Any, sections: Any) -> Any:
        along = check(self)
        size = self._array.shape[along]
        if sections == 0 or size % sections:
            raise RuntimeError(
                f"torch.{name} attempted to split along dimension {along}, but the size of the dimension {size} is not divisible by "
                f"the split_size {sections}!"
            )
        return tensor_split_sections(self, sections, along)

    def by_indices(self: Any, indices: Any) -> Any:
        return tensor_split_indices(self, indices, check(self))

    composite(f"{name}.int")(by_count)
    composite(f"{name}.array")(by_indices)


_register_split("hsplit", 1, 1)
_register_split("vsplit", 2, 0)
_register_split("dsplit", 3, 2)


# ---------------------------------------------------------------- complex


@composite("real")
def real(self: Any) -> Any:
    """The real parts: a view; a real tensor itself."""
    if not dtypes.of(self._array).is_complex:
        return self
    return parts.select(view_as_real(_conj(self) if self._flags & CONJUGATE else self), self._array.ndim, 0)


@composite("imag")
def imag(self: Any) -> Any:
    """The imaginary parts: a view."""
    if not dtypes.of(self._array).is_complex:
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    if self._flags & CONJUGATE:
        return parts.select(REGISTRY["_neg_view"](view_as_real(_conj(self))), self._array.ndim, 1)
    return parts.select(view_as_real(self), self._array.ndim, 1)


# ---------------------------------------------------------------- summing back


@composite("sum_to")
def sum_to(self: Any, size: Any) -> Any:
    """The sum over everything that an expand to this shape repeated (not public: the graph form of broadcast gradients)."""
    if not size:
        return REGISTRY["sum"](self, None)
    shape = self._array.shape
    lead = len(shape) - len(size)
    dims = list(range(lead))
    dims.extend([dim for dim in range(lead, len(shape)) if size[dim - lead] == 1 and shape[dim] != 1])
    found = REGISTRY["sum.dim_IntList"](self, dims, True) if dims else self
    return view_size(found, tuple(size)) if lead else found


@composite("sum_to_size")
def sum_to_size(self: Any, size: Any) -> Any:
    """The sum down to a shape that this one is an expansion of."""
    shape = self._array.shape
    lead = len(shape) - len(size)
    fits = lead >= 0 and all(size[index] in (1, shape[lead + index]) for index in range(len(size)))
    if not fits:
        raise RuntimeError(f"size {{{shape_text(size)}}} is not expandable to size {{{shape_text(shape)}}}.")
    return sum_to(self, size)


@composite("slice_inverse")
def slice_inverse(self: Any, src: Any, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Any:
    """What a slice was cut from, as a view: a tensor of src's geometry over the memory of `self`."""
    return REGISTRY["as_strided"](self, src.size(), src.stride(), src.storage_offset())
