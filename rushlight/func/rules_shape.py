"""Batching rules of operators that rearrange, copy or join: views, repeat, flip, cat, pad."""

from __future__ import annotations

import math
from typing import Any

from rushlight import _objects
from rushlight._core import memory
from rushlight._core.tensor import TensorBase
from rushlight.func.batching import RULES, decomposed, front, full, padded, rank_of, rule
from rushlight.func.levels import Level
from rushlight.func.rules_reduce import shifted
from rushlight.ops.declare import REGISTRY
from rushlight.ops.view import infer_size, wrap_dim, wrap_dims


def _same_place(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """An operator that treats all elements alike: the batch stays where it is."""
    return op.apply(values), dims[0]


for _name in (
    "alias", "detach", "_func_input", "zero", "fill.Scalar", "fill_.Scalar", "alias_copy", "view.dtype", "_conj_copy",
    "_neg_view", "_neg_view_copy", "detach_copy", "_once_only",
):  # fmt: skip
    RULES[_name] = _same_place


@rule("clone", "_to_copy")
def _clone(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    memory_format = values[-1]
    if memory_format in (None, _objects.preserve_format):
        return op.apply(values), dims[0]
    value = front(values[0], dims[0])
    if memory_format is _objects.contiguous_format:
        return op.apply([value, *values[1:]]), 0
    shape = value._array.shape
    found = op.apply([REGISTRY["reshape"](value, (shape[0] * shape[1], *shape[2:])), *values[1:]])
    return REGISTRY["view"](found, shape), 0


def _in_front(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """An operator on the last dimensions of its first tensor."""
    return op.apply([front(values[0], dims[0]), *values[1:]]), 0


for _name in ("view_as_real", "view_as_complex", "view_as_real_copy", "view_as_complex_copy", "constant_pad_nd"):
    RULES[_name] = _in_front


def _triangle(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    value = front(values[0], dims[0])  # PyTorch takes examples of one dimension together for a matrix
    if value._array.ndim < 2:
        raise RuntimeError(f"{op.name}: The input tensor must have at least 2 dimensions.")
    return op.apply([value, *values[1:]]), 0


RULES["tril"] = RULES["triu"] = _triangle


def _shifting(*params: str, extra: int = 0) -> Any:
    """A rule for an operator whose parameters `params` are dimension numbers (or lists of them) of an example of rank + extra."""

    def run(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
        value = front(values[0], dims[0])
        rank = value._array.ndim - 1 + extra
        values = [value, *values[1:]]
        for name in params:
            place = op.params.index(name)
            values[place] = shifted(values[place], rank)
        found = op.apply(values)
        return (list(found), [0] * len(found)) if isinstance(found, (tuple, list)) else (found, 0)

    return run


for _names, _rule in (
    (("select.int", "slice.Tensor", "split.Tensor", "split_with_sizes", "unsafe_split.Tensor", "unsafe_split_with_sizes", "unbind.int",
      "select_copy.int", "slice_copy.Tensor", "narrow_copy", "split_with_sizes_copy", "unbind_copy.int",
      "split_copy.Tensor"), _shifting("dim")),
    (("diagonal", "diagonal_copy"), _shifting("dim1", "dim2")),
    (("diag_embed",), _shifting("dim1", "dim2", extra=1)),
    (("unsqueeze", "unsqueeze_copy"), _shifting("dim", extra=1)),
    (("unfold", "unfold_copy"), _shifting("dimension")),
    (("flip", "rot90"), _shifting("dims")),
    (("transpose.int", "transpose_copy.int"), _shifting("dim0", "dim1")),
):  # fmt: skip
    for _name in _names:
        RULES[_name] = _rule


def _zero_dim_view(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """transpose and unfold of examples without dimensions do nothing to them (or make one dimension); flip does not take them."""
    rank = rank_of(values[0], dims[0])
    if rank:
        return _OF_RANK[op.name](op, values, dims, level)  # type: ignore[no-any-return]
    if op.name.startswith("unfold"):
        found = op.apply([REGISTRY["unsqueeze"](front(values[0], dims[0]), 1), 1, *values[2:]])
        return REGISTRY["squeeze.dim"](found, 1), 0
    for dim in values[1] if op.name == "flip" else values[1:]:
        if op.name == "flip" or dim not in (-1, 0):
            shown = 1 if op.name == "flip" and dim in (-1, 0) else dim
            raise IndexError(f"Dimension out of range (expected to be in range of [-1, 0], but got {shown})")
    return REGISTRY["alias" if op.is_view else "clone"](values[0]), dims[0]


_OF_RANK = {name.partition(".")[0]: RULES[name] for name in ("transpose.int", "transpose_copy.int", "flip", "unfold", "unfold_copy")}
for _name in ("transpose.int", "transpose_copy.int", "flip", "unfold", "unfold_copy"):
    RULES[_name] = _zero_dim_view


@rule("t", "t_copy")
def _t(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    value = front(values[0], dims[0])
    if value._array.ndim > 3:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {value._array.ndim - 1}D")
    spec = "transpose_copy.int" if op.name == "t_copy" else "transpose.int"
    if value._array.ndim < 3:
        return REGISTRY["alias" if op.is_view else "clone"](value), 0
    return REGISTRY[spec](value, 1, 2), 0


@rule("permute", "permute_copy")
def _permute(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    value, order = front(values[0], dims[0]), values[1]
    rank = value._array.ndim - 1
    if len(order) != rank:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of "
            f"dimensions i.e. input.dim() = {rank} is not equal to len(dims) = {len(order)}"
        )
    return op.apply([value, [0, *[wrap_dim(dim, rank) + 1 for dim in order]]]), 0


@rule("squeeze", "squeeze_copy", "squeeze.dim", "squeeze_copy.dim", "squeeze.dims", "squeeze_copy.dims")
def _squeeze(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    value = front(values[0], dims[0])
    shape = value._array.shape
    rank = len(shape) - 1
    if len(values) == 1:
        chosen = list(range(rank))
    elif not rank and isinstance(values[1], int) and values[1] not in (-1, 0):
        raise RuntimeError(f"Dimension is out of range (expected to be in range of [-1, 0], but got [{values[1]}]")
    else:
        chosen = wrap_dims(values[1], rank) if isinstance(values[1], (list, tuple)) else [wrap_dim(values[1], rank)]
    gone = [dim + 1 for dim in chosen if rank and shape[dim + 1] == 1]
    return REGISTRY["squeeze_copy.dims" if "copy" in op.name else "squeeze.dims"](value, gone), 0


@rule("expand", "expand_copy")
def _expand(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    size = list(values[1])
    value = padded(values[0], dims[0], len(size))
    if value._array.ndim - 1 > len(size):
        op.kernel(level_example(values[0], dims[0]), size)
    return op.apply([value, [value._array.shape[0], *size], *values[2:]]), 0


def level_example(value: Any, dim: int) -> Any:
    """An array like one example, for a kernel's own complaint."""
    return value._array[(slice(None),) * dim + (0,)]


@rule("view", "_unsafe_view", "view_copy", "_reshape_alias", "_reshape_alias_copy")
def _view(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    value = front(values[0], dims[0])
    shape = value._array.shape
    size = infer_size(values[1], math.prod(shape[1:]))
    if not shape[0] and -1 in values[1]:
        infer_size((0, *values[1]), 0)  # which raises
    name = {"_reshape_alias": "view", "_reshape_alias_copy": "view_copy", "_unsafe_view": "reshape"}.get(op.name, op.name)
    return REGISTRY[name](value, (shape[0], *size)), 0


@rule("as_strided", "as_strided_copy")
def _as_strided(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    value = front(values[0], dims[0])
    array = value._array
    step = memory.element_strides(array)[0]
    offset = values[3] if len(values) > 3 and values[3] is not None else memory.storage_offset(array)
    if len(values) > 3 and values[3] is not None:
        offset = values[3] + memory.storage_offset(array)
    return op.apply([value, [array.shape[0], *values[1]], [step, *values[2]], offset]), 0


def _span(shape: Any, strides: Any, size: Any, stride: Any, offset: int) -> int:
    """The memory cells of one example that is laid out with `strides` and seen by a strided view."""
    return max(memory.extent(shape, strides), offset + memory.extent(size, stride), 1)


@rule("strided_part", "strided_replace")
def _strided(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """Examples one behind the other, each laid out as it would be alone."""
    tensors = [full(values[index], dims[index], level) for index in op.tensor_params]
    strides, size, stride, offset = values[len(tensors) :]
    span = _span(tensors[0]._array.shape[1:], strides, size, stride, offset)
    return op.apply([*tensors, [span, *strides], (level.size, *size), [span, *stride], offset]), 0


@rule("_as_strided_scatter")
def _as_strided_scatter(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """What is written into is laid out without gaps, whatever it was."""
    target, source = (full(values[place], dims[place], level) for place in (0, 1))
    size, stride, offset = values[2:]
    shape = target._array.shape[1:]
    span = math.prod(shape)
    if memory.extent(size, stride) + (offset or 0) > span or tuple(source._array.shape[1:]) != tuple(size):
        op.apply([*(REGISTRY["select.int"](value, 0, 0) for value in (target, source)), size, stride, offset])  # which raises
    whole = REGISTRY["contiguous"](target)
    return op.apply([whole, source, (level.size, *size), (span, *stride), offset]), 0


@rule("as_strided_backward")
def _as_strided_backward(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    grad, sizes, strides, start, size, stride, offset = values
    span = _span(sizes, strides, size, stride, offset - start)
    grad = full(grad, dims[0], level)
    return op.apply([grad, (level.size, *sizes), [span, *strides], start, (level.size, *size), [span, *stride], offset]), 0


@rule("repeat")
def _repeat(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    repeats = list(values[1])
    value = padded(values[0], dims[0], len(repeats))
    if value._array.ndim - 1 > len(repeats):
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    return op.apply([value, [1, *repeats]]), 0


@rule("roll")
def _roll(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    value, shifts, along = front(values[0], dims[0]), values[1], values[2]
    shape = value._array.shape
    if along:
        return op.apply([value, shifts, shifted(along, len(shape) - 1)]), 0
    if len(shape) == 1:  # PyTorch rolls the examples themselves where they are single numbers
        return op.apply([value, shifts, [0]]), 0
    found = op.apply([REGISTRY["reshape"](value, (shape[0], -1)), shifts, [1]])
    return REGISTRY["reshape"](found, shape), 0


@rule("cat", "stack")
def _join(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    tensors, places, dim = values[0], dims[0], values[1]
    if op.name == "cat":
        shapes = [rank_of(value, place) for value, place in zip(tensors, places)]
        if max(shapes) > 1:  # empty vectors are left out, as ever
            kept = [
                (value, place) for value, place in zip(tensors, places)
                if rank_of(value, place) != 1 or math.prod(_example_shape(value, place))
            ]  # fmt: skip
            tensors, places = [pair[0] for pair in kept], [pair[1] for pair in kept]
    ranks = [rank_of(value, place) for value, place in zip(tensors, places)]
    rank = max(ranks)
    if op.name == "cat" and 0 in ranks:
        if ranks[0]:
            raise RuntimeError(f"Tensors must have same number of dimensions: got {ranks[0] + 1} and 1")
        raise IndexError(f"Dimension out of range (expected to be in range of [-1, 0], but got {1 if dim in (0, -1) else dim})")
    tensors = [full(value, place, level) for value, place in zip(tensors, places)]
    return op.apply([tensors, shifted(dim, rank + (op.name == "stack"))]), 0


def _example_shape(value: Any, dim: int | None) -> Any:
    shape = value._array.shape
    return shape if dim is None else shape[:dim] + shape[dim + 1 :]


@decomposed("trace")
def _trace(self: Any) -> Any:
    if self._array.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {self._array.ndim}")
    return REGISTRY["sum"](REGISTRY["diagonal"](self, 0, 0, 1))


@decomposed("trace_backward")
def _trace_backward(grad: Any, sizes: Any) -> Any:
    return REGISTRY["diag_embed"](REGISTRY["expand"](grad, (min(sizes),), False), 0, 0, 1) if sizes[0] == sizes[1] else (
        REGISTRY["diagonal_backward"](REGISTRY["expand"](grad, (min(sizes),), False), sizes, 0, 0, 1)
    )


@decomposed("block_diag")
def _block_diag(tensors: Any) -> Any:
    parts = []
    matrices = [REGISTRY["view"](value, (1, -1)) if value._array.ndim < 2 else value for value in tensors]
    width = sum(value._array.shape[1] for value in matrices)
    before = 0
    for value in matrices:
        columns = value._array.shape[1]
        parts.append(REGISTRY["constant_pad_nd"](value, [before, width - before - columns], 0))
        before += columns
    return REGISTRY["cat"](parts, 0)


def _backward_of_view(*params: str) -> Any:
    """A rule for the gradient of a view: `input_sizes` gains the batch, `params` are shifted."""

    def run(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
        sizes = values[1]
        values = [front(values[0], dims[0]), (level.size, *sizes), *values[2:]]
        for name in params:
            place = op.params.index(name)
            values[place] = shifted(values[place], len(sizes))
        return op.apply(values), 0

    return run


RULES["select_backward"] = RULES["slice_backward"] = _backward_of_view("dim")
RULES["diagonal_backward"] = _backward_of_view("dim1", "dim2")


@rule("unfold_backward")
def _unfold_backward(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    if not values[1]:
        windows = REGISTRY["unsqueeze"](front(values[0], dims[0]), 1)
        found = op.apply([windows, (level.size, 1), 1, *values[3:]])
        return REGISTRY["squeeze.dim"](found, 1), 0
    return _backward_of_view("dim")(op, values, dims, level)  # type: ignore[no-any-return]


@rule("select_scatter", "slice_scatter", "diagonal_scatter")
def _part_scatter(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    values = [full(values[0], dims[0], level), full(values[1], dims[1], level), *values[2:]]
    rank = values[0]._array.ndim - 1
    for name in ("dim", "dim1", "dim2"):
        if name in op.params:
            place = op.params.index(name)
            values[place] = shifted(values[place], rank)
    return op.apply(values), 0


@rule("copy", "masked_fill.Scalar", "masked_fill.Tensor", "fill.Tensor", "fill_.Tensor")
def _onto(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """Operators whose result has the first tensor's shape, to which the others broadcast."""
    ranks = [rank_of(values[index], dims[index]) for index in op.tensor_params if isinstance(values[index], TensorBase)]
    rank = max(ranks)
    found = list(values)
    for index in op.tensor_params:
        if isinstance(values[index], TensorBase):
            found[index] = padded(values[index], dims[index], rank)
    if dims[0] is None:
        found[0] = padded(full(values[0], None, level), 0, rank)
    if op.name in ("fill", "fill_"):
        return REGISTRY["copy"](found[0], found[1], False), 0
    if op.overload == "Tensor" and dims[2] is not None:
        if rank_of(values[2], dims[2]):
            raise RuntimeError(
                "masked_fill only supports a 0-dimensional value tensor, but got tensor with "
                f"{rank_of(values[2], dims[2])} dimension(s)."
            )
        value = found[2]
        if value._array.dtype is not found[0]._array.dtype:
            value = REGISTRY["_to_copy"](value, dtype=found[0].dtype)
        return REGISTRY["where.self"](found[1], value, found[0]), 0
    return op.apply(found), 0
