"""Views in place (t_, unsqueeze_, ...), and the recorded form of in-place writes into views."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import inplace, memory, views
from rushlight._core.node import edge_of
from rushlight._core.op import HOOKS, records
from rushlight._core.origin import wrote
from rushlight._core.state import EXOTIC, FORWARD_AD, GRAD, INFERENCE, VMAP, get_mode
from rushlight._core.tensor import CONJUGATE, LAZY, NEGATIVE, TensorBase, differentiable, uncounted, version_of, wants_grad, wrap
from rushlight.ops import carriers, layout
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.view import (
    as_strided,
    as_strided_backward,
    cells_of,
    expand,
    geometry,
    overlaps,
    reshaped,
    squeeze,
    squeeze_dim,
    squeeze_dims,
    t,
    transpose,
    unsqueeze,
    view_as_complex,
    view_as_real,
)  # fmt: skip

# NOTE [ Views in place ]
# `x.t_()` gives the tensor itself another geometry: x._array is replaced, the memory stays. The history of its base (when x is a view)
# does not change, for no element does; the version counter moves on all the same, as PyTorch's does. The nodes have names of their
# own (TBackward1), the in-place forms being entries of their own in PyTorch's list of gradients.


def _reshaping(spec: str, source: views.ViewOp, grad_fn: str, kernel: Any = None) -> None:
    """Register the in-place form `spec` of the view operator `source`."""
    made = views.ViewOp(source.name, source.overload, kernel or source.kernel, source.params, source.defaults)
    made.kind = "view"
    made.node_name = grad_fn
    made.grad_params, made.formulas = source.grad_params, source.formulas

    def run(*args: Any) -> Any:
        values = list(args)
        made.fill(values, {})
        return _reshape_in_place(made, values)

    REGISTRY[spec] = run


def _reshape_in_place(made: views.ViewOp, args: list[Any]) -> TensorBase:
    target: TensorBase = args[0]
    word = get_mode()
    flags = word & EXOTIC | target._flags
    if flags and HOOKS.dispatch is not None:
        answer = HOOKS.dispatch(made, args, flags | inplace.IN_PLACE)
        if answer is not NotImplemented:
            result: TensorBase = answer
            return result
    recording = records(word) and wants_grad(target)
    if recording:
        inplace.check(target)
    array = made.kernel(target._array, *args[1:])
    if target._flags and not word & INFERENCE and uncounted(target):
        raise RuntimeError(inplace.INFERENCE_WRITE)
    before = wrap(target._array)
    if recording:
        before._node, before._output_nr = edge_of(target)
        before._requires_grad = True
    target._array = array
    wrote(target, made.name if made.name.endswith("_") else made.name + "_")
    if recording and differentiable(array):
        node = made.record([before, *args[1:]], [target], 1, word, before)
        kept = target._retains_grad
        target._retains_grad = False  # what retain_grad() asked for stays with the old geometry
        inplace.set_edge(target, node, 0)
        target._retains_grad = kept
        if target._view is not None:
            target._view.version = version_of(target)
    return target


def _t(self: Any) -> Any:
    if self.ndim > 2:
        raise RuntimeError(f"t_() expects a tensor with <= 2 dimensions, but self is {self.ndim}D")
    return t.kernel(self)


_reshaping("t_", t, "TBackward1", _t)
_reshaping("transpose_", transpose, "TransposeBackward1")
_reshaping("swapaxes_", transpose, "TransposeBackward1")
_reshaping("swapdims_", transpose, "TransposeBackward1")
_reshaping("unsqueeze_", unsqueeze, "UnsqueezeBackward1")
_reshaping("squeeze_", squeeze, "SqueezeBackward3")
_reshaping("squeeze_.dim", squeeze_dim, "SqueezeBackward4")
_reshaping("squeeze_.dims", squeeze_dims, "SqueezeBackward5")
_reshaping("as_strided_", as_strided, "AsStridedBackward1")


# ---------------------------------------------------------------- parts of a tensor by geometry


def _laid_out(array: Any, strides: Any) -> Any:
    """A copy with the given strides; where they overlap, the last element written stays."""
    item = array.itemsize
    buffer = np.zeros(max(memory.extent(array.shape, strides), 1), array.dtype)
    whole = memory.strided(buffer, array.dtype, array.shape, [step * item for step in strides], 0)
    whole[...] = array
    return whole


@op(
    "strided_part", kind="internal", tensors=("whole",),
    whole=lambda grad, strides, size, stride, offset, whole_sym_sizes: as_strided_backward(
        grad, whole_sym_sizes, strides, 0, size, stride, offset
    ),
)  # fmt: skip
def strided_part(whole: Any, strides: Any, size: Any, stride: Any, offset: Any) -> Any:
    """What a strided view sees of a tensor that is laid out with `strides`, with zeros around it."""
    start = max(0, -offset)
    cells = np.zeros(max(start + memory.extent(whole.shape, strides), start + offset + memory.extent(size, stride), 1), whole.dtype)
    geometry(cells[start:], whole.shape, strides)[...] = whole
    return geometry(cells[start + offset :], tuple(size), stride).copy()


@op(
    "strided_replace", kind="internal", tensors=("whole", "part"),
    whole=lambda grad, strides, size, stride, offset: strided_replace(
        grad, carriers.zeros(grad, tuple(size)), strides, size, stride, offset
    ),
    part=lambda grad, strides, size, stride, offset: strided_part(grad, strides, size, stride, offset),
)  # fmt: skip
def strided_replace(whole: Any, part: Any, strides: Any, size: Any, stride: Any, offset: Any) -> Any:
    """A tensor with the elements that a strided view sees replaced."""
    found = _laid_out(whole, strides)
    if 0 not in size:
        geometry(found, tuple(size), stride, offset)[...] = part
    return layout.row_major(found)


# ---------------------------------------------------------------- CopySlices, recorded


def copy_slices(node: Any, grad: Any, needed: Any) -> list[Any]:
    """The gradients of CopySlices by tensor operations, see NOTE [ In-place writes into views ]."""
    if node.steps is not None:
        return _copy_slices_step_by_step(node, grad, needed)
    if not grad._flags & ~LAZY and get_mode() & (GRAD | FORWARD_AD | VMAP) == GRAD:
        return _copy_slices_in_place(node, grad, needed)
    _, byte_strides, size, byte_stride, byte_offset, np_dtype = node.geometry
    whole_item = node.np_dtype.itemsize if node.np_dtype is not None else np_dtype.itemsize
    whole_dtype = node.np_dtype
    strides = [step // whole_item for step in byte_strides]
    paired = whole_dtype is not None and (whole_dtype.kind == "c") != (np_dtype.kind == "c")
    if paired:
        return _copy_slices_of_pairs(node, grad, needed, whole_dtype.kind == "c")
    stride = [step // np_dtype.itemsize for step in byte_stride]
    offset = byte_offset // np_dtype.itemsize if 0 not in size else 0
    grad = turned(grad, node.base_through)
    part = turned(strided_part(grad, strides, size, stride, offset), node.through)
    results = node.inner.run([part], True, needed)
    if not isinstance(results[0], TensorBase):
        changed = carriers.zeros(grad, tuple(size))
    else:
        changed = results[0] if results[0]._array.shape == tuple(size) else expand(results[0], size, False)
        changed = turned(changed, node.through)
    return [turned(strided_replace(grad, changed, strides, size, stride, offset), node.base_through), *results[1:]]


def _copy_slices_step_by_step(node: Any, grad: Any, needed: Any) -> list[Any]:
    """copy_slices(), for tensors that have no memory that a stride could lead through."""
    found = grad.new_empty_strided(grad.size(), grad.stride())
    found.copy_(grad)
    part = views.replay_all(found, node.steps)
    results = node.inner.run([REGISTRY["clone"](part)], True, needed)
    if isinstance(results[0], TensorBase):
        REGISTRY["copy_"](part, results[0])
    else:
        REGISTRY["zero_"](part)
    return [found, *results[1:]]


def _copy_slices_in_place(node: Any, grad: Any, needed: Any) -> list[Any]:
    """copy_slices() as PyTorch does it: the gradient is copied, and the inner node's result written into the view's part of the copy."""
    shape, byte_strides, size, byte_stride, byte_offset, np_dtype = node.geometry
    base_dtype = node.np_dtype
    found = wrap(layout.empty_strided(shape, [step // base_dtype.itemsize for step in byte_strides], grad._array.dtype))
    REGISTRY["copy_"](found, grad)
    part = _lazily(found, node.base_through)
    if base_dtype.kind == "c" and np_dtype.kind != "c":
        part = view_as_real(part)
    elif base_dtype.kind != "c" and np_dtype.kind == "c":
        part = view_as_complex(part)
    offset = byte_offset // np_dtype.itemsize if 0 not in size else 0
    part = _lazily(as_strided(part, size, [step // np_dtype.itemsize for step in byte_stride], offset), node.through)
    results = node.inner.run([REGISTRY["clone"](part)], True, needed)
    if isinstance(results[0], TensorBase):
        REGISTRY["copy_"](part, results[0])
    else:
        REGISTRY["zero_"](part)
    return [found, *results[1:]]


def _lazily(tensor: Any, flags: int) -> Any:
    if flags & CONJUGATE:
        tensor = REGISTRY["_conj"](tensor)
    return REGISTRY["_neg_view"](tensor) if flags & NEGATIVE else tensor


def turned(tensor: Any, flags: int) -> Any:
    """A tensor's conjugate or negative (or both), for what lies below a lazy one."""
    if flags & CONJUGATE:
        tensor = REGISTRY["conj_physical"](tensor)
    return REGISTRY["neg"](tensor) if flags & NEGATIVE else tensor


def _copy_slices_of_pairs(node: Any, grad: Any, needed: Any, complex_base: bool) -> list[Any]:
    """copy_slices where view_as_real or view_as_complex lies between the base and the view: on real numbers throughout."""
    _, byte_strides, size, byte_stride, byte_offset, np_dtype = node.geometry
    item = np_dtype.itemsize if complex_base else np_dtype.itemsize // 2
    strides = [step // item for step in byte_strides]
    stride = [step // item for step in byte_stride]
    whole = grad = turned(grad, node.base_through)
    if complex_base:
        whole, strides = view_as_real(grad), [*strides, 1]
    else:
        size, stride = (*size, 2), [*stride, 1]
    part = strided_part(whole, strides, size, stride, byte_offset // item)
    results = node.inner.run([turned(part if complex_base else view_as_complex(part), node.through)], True, needed)
    changed = carriers.zeros(whole, tuple(size))
    if isinstance(results[0], TensorBase):
        changed = turned(results[0], node.through)
        changed = changed if complex_base else view_as_real(changed)
    found = strided_replace(whole, changed, strides, size, stride, byte_offset // item)
    return [turned(view_as_complex(found) if complex_base else found, node.base_through), *results[1:]]


views.VIEWS_GRAPH.copy_slices = copy_slices


# ---------------------------------------------------------------- the gradient of as_strided


@composite("as_strided_steps")
def as_strided_steps(
    grad: Any, base_sizes: Any, base_strides: Any, base_offset: Any, size: Any, stride: Any, storage_offset: Any
) -> Any:
    """as_strided_backward(); where it is recorded, by PyTorch's own steps: a write into cells, and a view of them."""
    base = [(count, step) for count, step in zip(base_sizes, base_strides) if count != 1]
    if not isinstance(grad, TensorBase) or grad._flags or 0 in size or 0 in base_sizes or overlaps(*_columns(base)):
        return as_strided_backward(grad, base_sizes, base_strides, base_offset, size, stride, storage_offset)
    part = []
    for dim in range(len(size) - 1, -1, -1):
        if size[dim] == 1:
            grad = squeeze_dim(grad, dim)
        elif stride[dim] == 0:
            grad = REGISTRY["sum.dim_IntList"](grad, [dim], False)
        else:
            part.insert(0, (size[dim], stride[dim]))
    start, offset = max(0, base_offset - storage_offset), max(0, storage_offset - base_offset)
    sizes, strides = _columns(part)
    length = max(start + memory.extent(base_sizes, base_strides), offset + memory.extent(sizes, strides))
    cells = carriers.zeros(grad, (length,))
    if overlaps(sizes, strides):
        places = carriers.wrap_like(grad, cells_of(sizes, strides, offset).reshape(-1))
        cells = carriers.written(REGISTRY["index_add"](cells, 0, places, reshaped(grad, (-1,)), 1), 1)
    else:
        REGISTRY["copy_"](as_strided(cells, sizes, strides, offset), grad)
    return as_strided(cells, tuple(base_sizes), tuple(base_strides), start)


def _columns(pairs: Any) -> tuple[list[int], list[int]]:
    return [count for count, _ in pairs], [step for _, step in pairs]


# ---------------------------------------------------------------- as_strided_scatter


@composite("as_strided_scatter")
def as_strided_scatter(self: Any, src: Any, size: Any, stride: Any, storage_offset: Any = None) -> Any:
    """A copy with a strided part replaced."""
    if not self._array.flags.c_contiguous and (self.requires_grad or src.requires_grad):
        raise RuntimeError(_ONLY_CONTIGUOUS)
    return _as_strided_scatter(self, src, size, stride, storage_offset)


_ONLY_CONTIGUOUS = (
    '!self.requires_grad() || self.is_contiguous() INTERNAL ASSERT FAILED at '
    '"/__w/pytorch/pytorch/aten/src/ATen/native/TensorShape.cpp":4754, please report a bug to PyTorch. '
    "as_strided_scatter is currently only supported for contiguous inputs"
)
_as_strided_scatter = op(
    "_as_strided_scatter", tensors=("self", "src"), kind="internal", grad_fn="AsStridedScatterBackward0", writes=(1, 0),
    # PyTorch's gradient of self is zero where src was *not* written.
    self=lambda grad, size, stride, storage_offset: _as_strided_scatter(
        carriers.zeros_like(grad), strided_part(grad, memory.contiguous_strides(grad.shape), size, stride, storage_offset or 0),
        size, stride, storage_offset,
    ),
    src=lambda grad, size, stride, storage_offset: strided_part(
        grad, memory.contiguous_strides(grad.shape), size, stride, storage_offset or 0
    ),
)(lambda self, src, size, stride, storage_offset=None: _scattered(self, src, size, stride, storage_offset))  # fmt: skip


def _scattered(self: Any, src: Any, size: Any, stride: Any, storage_offset: Any) -> Any:
    found = layout.copied(self, self.dtype, None)
    if found.strides != self.strides and self.size and not overlaps(self.shape, memory.element_strides(self)):
        # with the memory between its elements
        whole = memory.root(self).copy(order="K")
        found = memory.strided(whole, self.dtype, self.shape, self.strides, memory.storage_offset(self) * self.itemsize)
    part = as_strided.kernel(found, size, stride, storage_offset)
    check_part(src, part)
    part[...] = src
    return found


def check_part(src: Any, part: Any) -> None:
    """Raise where a replacement has not the size of what it replaces."""
    from rushlight._core.tensor import shape_text

    if src.shape != part.shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {shape_text(src.shape)}, slice size = "
            f"{shape_text(part.shape)}"
        )
