"""Batching rules of indexing: index, gather, scatter and their kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core.tensor import TensorBase, wrap
from rushlight.func.batching import RULES, decomposed, front, full, rank_of, rule
from rushlight.func.levels import Level
from rushlight.func.rules_reduce import flat, shifted, squeezed
from rushlight.ops.declare import REGISTRY
from rushlight.ops.deprecated import deprecated

_MASK = (
    "vmap: We do not support batching operators that can support dynamic shape. Attempting to batch over indexing with a boolean mask."
)
_DYNAMIC = (
    "vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over aten::{}. Please file an issue at "
    "https://github.com/pytorch/pytorch/issues if you need this feature."
)


def _refused(name: str) -> Any:
    def run(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
        raise RuntimeError(_DYNAMIC.format(name))

    return run


for _spec, _name in (
    ("nonzero_indices", "nonzero"), ("_unique2", "_unique2"), ("unique_dim", "unique_dim"),
    ("unique_consecutive", "unique_consecutive"),
):  # fmt: skip
    RULES[_spec] = _refused(_name)


@rule("masked_select")
def _masked_select(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    if dims[1] is not None:
        raise RuntimeError(
            "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot support this because for each batch this "
            "would return a differently shaped Tensor. Please file an issue at https://github.com/pytorch/pytorch/issues if you need "
            "this feature."
        )
    value, mask = front(values[0], dims[0]), values[1]
    rank = value._array.ndim - 1
    shape = np.broadcast_shapes(value._array.shape[1:], mask._array.shape)
    for _ in range(len(shape) - rank):
        value = REGISTRY["unsqueeze"](value, 1)
    value = REGISTRY["reshape"](REGISTRY["expand"](value, (level.size, *shape), False), (level.size, -1))
    where = wrap(np.flatnonzero(np.broadcast_to(mask._array, shape)))
    return REGISTRY["index_select"](value, 1, where), 0


# ---------------------------------------------------------------- index


class _Plan:
    """An index of all examples: the entries (None for whole dimensions), and where the indexed dimensions come out and belong."""

    def __init__(self, indices: Any, dims: Any, level: Level) -> None:
        present = [place for place, entry in enumerate(indices) if entry is not None]
        adjacent = present[-1] - present[0] + 1 == len(present)
        self.shape = np.broadcast_shapes(*[_example_shape(indices[place], dims[place]) for place in present])
        width = len(self.shape)
        self.target = present[0] if adjacent else 0  # where they belong among an example's dimensions
        some = any(dims[place] is not None for place in present)
        if not some and adjacent:
            self.entries = [None, *indices]
            self.moved = False
            return
        count = np.arange(level.size).reshape((level.size, *(1,) * width))
        self.entries = [wrap(count)] + [None if entry is None else _aligned(entry, dim, width) for entry, dim in zip(indices, dims)]
        self.moved = self.target > 0


def _example_shape(value: Any, dim: int | None) -> Any:
    shape = value._array.shape
    return shape if dim is None else shape[:dim] + shape[dim + 1 :]


def _aligned(entry: Any, dim: int | None, width: int) -> Any:
    """An index tensor with its batch in front and its examples of `width` dimensions."""
    if dim is None:
        return entry
    entry = front(entry, dim)
    for _ in range(width - (entry._array.ndim - 1)):
        entry = REGISTRY["unsqueeze"](entry, 1)
    return entry


def _moved(found: Any, width: int, target: int) -> Any:
    """Dimensions 1 to width put behind `target` further ones."""
    ndim = found._array.ndim
    rest = list(range(width + 1, ndim))
    order = [0, *rest[:target], *range(1, width + 1), *rest[target:]]
    return REGISTRY["permute"](found, order)


def _checked_indices(indices: Any, dims: Any) -> Any:
    """Masks that are the same for all as positions; batched ones are refused."""
    entries, places = [], []
    for entry, dim in zip(indices, dims):
        if isinstance(entry, TensorBase) and entry._array.dtype.char in "?B":
            if dim is not None:
                raise RuntimeError(_MASK)
            for part in np.nonzero(entry._array):
                entries.append(wrap(part))
                places.append(None)
            continue
        entries.append(entry)
        places.append(dim)
    return entries, places


@rule("index.Tensor")
def _index(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    indices, places = _checked_indices(values[1], dims[1])
    if dims[0] is None and len(indices) == 1:  # one batched index into the same table for all
        return op.apply([values[0], [front(indices[0], places[0])]]), 0
    source = full(values[0], dims[0], level)
    plan = _Plan(indices, places, level)
    found = op.apply([source, plan.entries])
    if plan.moved:
        found = _moved(found, len(plan.shape), plan.target)
    return found, 0


def _within(self: Any, indices: Any) -> list[Any]:
    clamp = REGISTRY["clamp"]
    return [None if entry is None else clamp(entry, -size, size - 1) for entry, size in zip(indices, self.shape)]


@decomposed("_unsafe_masked_index")
def _masked_index(self: Any, mask: Any, indices: Any, fill: Any) -> Any:
    return REGISTRY["where.self"](mask, REGISTRY["index.Tensor"](self, _within(self, indices)), fill)


@decomposed("_unsafe_masked_index_put_accumulate")
def _masked_index_put(self: Any, mask: Any, indices: Any, values: Any) -> Any:
    return REGISTRY["index_put"](self, _within(self, indices), REGISTRY["where.self"](mask, values, 0), True)


@rule("index_put")
def _index_put(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    indices, places = _checked_indices(values[1], dims[1])
    target = full(values[0], dims[0], level)
    plan = _Plan(indices, places, level)
    source = values[2]
    if dims[2] is not None:
        source = front(source, dims[2])
        shape = target._array.shape[1:]
        present = [place for place, entry in enumerate(indices) if entry is not None]
        rest = [size for place, size in enumerate(shape) if place not in present]
        wanted = len(plan.shape) + len(rest)
        for _ in range(wanted - (source._array.ndim - 1)):
            source = REGISTRY["unsqueeze"](source, 1)
        if plan.moved:  # the indexed dimensions come first in what is written
            width, lead = len(plan.shape), plan.target
            ndim = source._array.ndim
            order = [0, *range(1 + lead, 1 + lead + width), *range(1, 1 + lead), *range(1 + lead + width, ndim)]
            source = REGISTRY["permute"](source, order)
    elif plan.moved and source._array.ndim > 0:
        shape = target._array.shape[1:]
        present = [place for place, entry in enumerate(indices) if entry is not None]
        rest = [size for place, size in enumerate(shape) if place not in present]
        whole = (*rest[: plan.target], *plan.shape, *rest[plan.target :])
        source = REGISTRY["expand"](source, whole, False)
        width, lead = len(plan.shape), plan.target
        source = REGISTRY["permute"](source, [*range(lead, lead + width), *range(lead), *range(lead + width, len(whole))])
    return op.apply([target, plan.entries, source, values[3]]), 0


@decomposed("index_backward")
def _index_backward(grad: Any, input_sizes: Any, indices: Any) -> Any:
    whole = grad.new_zeros(input_sizes)
    return REGISTRY["index_put"](whole, indices, grad, True)


@decomposed("take")
def _take(self: Any, index: Any) -> Any:
    return REGISTRY["index.Tensor"](flat(self), [index])


@decomposed("put")
def _put(self: Any, index: Any, source: Any, accumulate: Any = False) -> Any:
    found = REGISTRY["index_put"](flat(self), [flat(index)], flat(source), accumulate)
    return REGISTRY["reshape"](found, self._array.shape)


# ---------------------------------------------------------------- gather, scatter


@rule("gather", "scatter.src", "scatter.value", "scatter_add", "scatter.reduce", "scatter.value_reduce", "scatter_reduce.two")
def _along(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """Every tensor with its batch in front."""
    found = list(values)
    rank = rank_of(values[0], dims[0])
    lone = False
    for index in op.tensor_params:
        value = full(values[index], dims[index], level)
        if value._array.ndim == 1:
            value = REGISTRY["unsqueeze"](value, 1)
            lone = lone or index == (2 if op.name == "gather" else 0)
        found[index] = value
    found[1] = shifted(values[1], rank)
    result = op.apply(found)
    return (squeezed(result) if lone else result), 0


@rule("index_select")
def _index_select(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    rank = rank_of(values[0], dims[0])
    dim = shifted(values[1], rank)
    if dims[2] is None:
        source = front(values[0], dims[0])
        if not rank:
            return squeezed(op.apply([REGISTRY["unsqueeze"](source, 1), 1, values[2]])), 0
        return op.apply([source, dim, values[2]]), 0
    index = front(values[2], dims[2])
    source = full(values[0], dims[0], level)
    if not rank:
        source = REGISTRY["unsqueeze"](source, 1)
    if index._array.ndim == 1:
        index = REGISTRY["unsqueeze"](index, 1)
    count = REGISTRY["unsqueeze"](wrap(np.arange(level.size)), 1)
    found = REGISTRY["index.Tensor"](source, [count, *[None] * (dim - 1), index])
    if dim > 1:
        found = _moved(found, 1, dim - 1)
    return (squeezed(found) if not rank else found), 0


def _by_index(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """index_add and its kin: one index for all shifts the dimension."""
    if op.name == "index_reduce":
        for _ in range(level.size - (dims[2] is None)):  # PyTorch calls it for each example, and it says so each time
            deprecated("index_reduce")
    if dims[2] is not None or op.name == "index_fill" and dims[3] is not None:
        return _by_batched_index(op, values, dims, level)
    rank = rank_of(values[0], dims[0])
    found = list(values)
    for index in op.tensor_params:
        if index == 2 or op.name == "index_fill" and index > 2:
            continue
        found[index] = full(values[index], dims[index], level)
        if found[index]._array.ndim == 1:
            found[index] = REGISTRY["unsqueeze"](found[index], 1)
    if values[2]._array.ndim == 0:
        found[2] = REGISTRY["unsqueeze"](values[2], 0)
    found[1] = shifted(values[1], rank)
    result = op.apply(found)
    return (squeezed(result) if not rank else result), 0


for _name in ("index_add", "index_copy", "index_fill.int_Scalar", "index_fill.int_Tensor", "index_reduce"):
    RULES[_name] = _by_index


def _by_batched_index(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """index_add and its kin with an index for each example, by index_put and scatter_reduce."""
    rank = rank_of(values[0], dims[0])
    dim = shifted(values[1], rank)
    target, index = (full(values[place], dims[place], level) for place in (0, 2))
    if not isinstance(values[3], TensorBase):
        source = wrap(np.asarray(values[3], target._array.dtype))
    elif op.name == "index_fill":
        source = front(values[3], dims[3])
        for _ in range(max(rank, 1) if dims[3] is not None else 0):
            source = REGISTRY["unsqueeze"](source, 1)
    else:
        source = full(values[3], dims[3], level)
        if source._array.ndim == 1:
            source = REGISTRY["unsqueeze"](source, 1)
    if op.name == "index_add" and values[4] != 1:
        source = REGISTRY["mul.Scalar"](source, values[4])
    if index._array.ndim == 1:
        index = REGISTRY["unsqueeze"](index, 1)
    if not rank:
        target = REGISTRY["unsqueeze"](target, 1)
    if op.name == "index_reduce":
        places = REGISTRY["view"](index, (level.size, *(-1 if place == dim else 1 for place in range(1, source._array.ndim))))
        places = REGISTRY["expand"](places, source._array.shape, False)
        found = REGISTRY["scatter_reduce.two"](target, dim, places, source, *values[4:])
    else:
        count = REGISTRY["unsqueeze"](wrap(np.arange(level.size)), 1)
        if dim > 1 and op.name != "index_fill":  # an index apart from the batch's brings its dimension to the front
            source = REGISTRY["permute"](source, [0, dim, *[place for place in range(1, source._array.ndim) if place != dim]])
        found = REGISTRY["index_put"](target, [count, *[None] * (dim - 1), index], source, op.name == "index_add")
    return (found if rank else squeezed(found)), 0


@decomposed("masked_scatter")
def _masked_scatter(self: Any, mask: Any, source: Any) -> Any:
    """Each True takes the element of `source` that its place among them counts."""
    shape = np.broadcast_shapes(self._array.shape, mask._array.shape)
    whole = REGISTRY["expand"](self, shape, False)
    chosen = REGISTRY["expand"](mask, shape, False)
    if not source._array.size:  # nothing to take: an example with a True in its mask would be an error
        return REGISTRY["clone"](whole, None)
    flags = flat(chosen)
    place = REGISTRY["clamp_min"](REGISTRY["cumsum"](flags, 0) - 1, 0)
    taken = REGISTRY["index.Tensor"](flat(source), [place])
    return REGISTRY["where.self"](chosen, REGISTRY["reshape"](taken, shape), whole)


@decomposed("masked_scatter_backward")
def _masked_scatter_backward(grad: Any, mask: Any, sizes: Any) -> Any:
    count = int(np.prod(sizes))
    flags = flat(REGISTRY["expand"](mask, grad._array.shape, False))
    place = REGISTRY["clamp_max"](REGISTRY["clamp_min"](REGISTRY["cumsum"](flags, 0) - 1, 0), max(count - 1, 0))
    masked = flat(grad) * flags
    whole = grad.new_zeros((count,))
    return REGISTRY["reshape"](REGISTRY["index_put"](whole, [place], masked, True), sizes)
