"""Views: how they are made, when their grad_fn is out of date, and what an in-place write does to their base.

NOTE [ In-place writes into views ]
`v = b[0]; v.mul_(2)` changes b, so b's history must change: b's new grad_fn is CopySlices. Its backward takes the gradient of b,
gives the part that v covers to the inner node (MulBackward0), and passes the whole on to b's old grad_fn with that part replaced
by the inner node's result. v, and every other view of b, finds out by b's version counter that its own grad_fn is out of date; it
is rebuilt when next asked for: as a strided view of the new b (AsStridedBackward0).

The part that v covers is found by geometry: the gradient is laid out in memory as b is (sizes and strides), and v's sizes, strides
and offset then select it. This needs no replay of the view operations, whatever they were.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Final

from numpy import empty, ndarray, uint8

from rushlight._core import memory
from rushlight._core.collector import FORGET
from rushlight._core.inplace import check_overlap, set_edge
from rushlight._core.node import SECOND_TIME, VIEWS, Node, edge_of, next_sequence, short_name
from rushlight._core.op import HOOKS, SERVE, Op, call_with, mark_inference, records
from rushlight._core.state import EXOTIC, GRAD, INFERENCE, LEVELS, MODE, get_mode
from rushlight._core.tensor import (
    ARRAY,
    FOREIGN,
    INFERENCE as INFERENCE_TENSOR,
    LAZY,
    TensorBase,
    View,
    differentiable,
    settled,
    shape_text,
    version_cell,
    version_of,
    wants_grad,
    wrap,
)
from rushlight._mypyc import mypyc_attr

# Creation kinds, for the rules on in-place writes.
DEFAULT: Final = 0
MULTI_OUTPUT: Final = 1
NO_GRAD: Final = 2
INFERENCE_MODE: Final = 3
CUSTOM_FUNCTION: Final = 4

_WHY = {
    MULTI_OUTPUT: (
        " This view is the output of a function that returns multiple views. Such functions do not allow the output views to be "
        "modified inplace. You should replace the inplace operation by an out-of-place one."
    ),
    NO_GRAD: (
        " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view "
        "and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you "
        "want the inplace to be tracked)."
    ),
    INFERENCE_MODE: (
        " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view "
        "and the inplace either both inside the inference_mode block (if you don't want the inplace to be tracked) or both outside "
        "(if you want the inplace to be tracked)."
    ),
    CUSTOM_FUNCTION: (
        " This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle "
        "view+inplace would override the custom backward associated with the custom Function, leading to incorrect gradients. This "
        "behavior is forbidden. You can fix this by cloning the output of the custom Function."
    ),
}


@mypyc_attr(allow_interpreted_subclasses=True)
class ViewOp(Op):
    """An operator whose results share the memory of its first argument."""

    def apply(self, args: list[Any]) -> Any:
        if SERVE is not None:
            served = SERVE(self, args)
            if served is not None:
                return served
        source: TensorBase = args[0]
        word = get_mode()
        flags = word & EXOTIC | source._flags
        if flags & ~LEVELS and HOOKS.dispatch is not None:
            answer = HOOKS.dispatch(self, args, flags)
            if answer is not NotImplemented:
                return answer
        values = list(args)
        values[0] = source._array
        found = call_with(self.kernel, values)
        recording = records(word) and (source._requires_grad or source._view is not None) and wants_grad(source)
        if isinstance(found, ARRAY):
            output = wrap(found)
            link(source, output, self, args, 0, word)
            if recording and differentiable(found):
                if word & EXOTIC:
                    self.record(args, [output], 1, word, None)
                else:
                    self.record_plain(args, output, 1)
            return output
        outputs = [wrap(array) for array in found]
        for number, output in enumerate(outputs):
            link(source, output, self, args, number, word)
        if recording and outputs:
            self.record(args, outputs, 1, word, None)
        return tuple(outputs)

    def compute(self, values: list[Any]) -> Any:
        return self.kernel(*values)


def link(source: TensorBase, output: TensorBase, op: Op, args: list[Any], number: int, word: int) -> None:
    """Make `output` a view of `source`."""
    flags = source._flags
    if flags:
        output._flags |= flags & LAZY
        if flags & INFERENCE_TENSOR:  # the memory decides, not the mode: a view of a normal tensor is one
            mark_inference([output])
            return  # and nothing is known of its base
    cell = version_cell(source)
    output._cell = cell
    if word & INFERENCE:
        creation = INFERENCE_MODE
    elif not word & GRAD:
        creation = NO_GRAD
    elif op.multi_view:
        creation = MULTI_OUTPUT
    else:
        creation = DEFAULT
    previous = source._view
    if previous is None:
        base = source
    else:
        base = previous.base
        if creation == DEFAULT or previous.creation == INFERENCE_MODE:
            creation = previous.creation
    rest = args[1:]
    if FORGET is not None:
        FORGET(rest)
    view = View(base, previous, op, rest, creation, cell.value)
    view.output = number
    output._view = view


def alias(source: TensorBase, output: TensorBase) -> None:
    """Make `output` share memory and version counter with `source` without being a view of it (detach)."""
    output._cell = version_cell(source)
    output._storage = source._storage


def check_creation(tensor: TensorBase, indirect: bool) -> None:
    """Raise where a view may not be modified in place; indirect: its base or another view was."""
    view = tensor._view
    if view is None or view.creation == DEFAULT:
        return
    node = tensor._node
    how = "its base or another view of its base has been" if indirect else "is being"
    if view.creation in (NO_GRAD, INFERENCE_MODE) or node is None:
        prefix = "A view was created"
        if node is not None:
            prefix = f"Output {tensor._output_nr} of {short_name(node)} is a view of a view which was created"
        if view.creation == INFERENCE_MODE:
            text = f"{prefix} in inference mode and {how} modified inplace in normal mode."
        else:
            text = f"{prefix} in no_grad mode and {how} modified inplace with grad mode enabled."
    else:
        text = f"Output {tensor._output_nr} of {short_name(node)} is a view and {how} modified inplace."
    raise RuntimeError(text + _WHY[view.creation])


def current_node(tensor: TensorBase) -> Any:
    """A view's grad_fn, rebuilt when the base was modified since it was made."""
    view = tensor._view
    if view is None:
        return tensor._node
    now = version_of(tensor)
    if view.version == now:
        return tensor._node
    base = view.base
    if not base._requires_grad and tensor._node is None:
        return None
    if not differentiable(tensor._array):
        return tensor._node
    check_creation(tensor, True)
    rebuild(tensor, view)
    view.version = now
    return tensor._node


class _StridedView:
    """The op that takes a strided view of a tensor; `rushlight/ops/view.py` registers it."""

    def __init__(self) -> None:
        self.op: Any = None


STRIDED: Final = _StridedView()
VIEW_REPLAY: Final[ContextVar[bool]] = ContextVar("rushlight_view_replay", default=False)  # whether views are rebuilt step by step


def rebuild(tensor: TensorBase, view: View) -> None:
    """Give a stale view the grad_fn of a strided view of its base."""
    base = view.base
    steps = steps_of(view)
    if VIEW_REPLAY.get() or tensor._flags & FOREIGN:
        token = MODE.set((get_mode() | GRAD) & ~INFERENCE)
        try:
            node = replay_all(base, steps)._node
        finally:
            MODE.reset(token)
    elif not any([step.op is not None and step.op.changes_meaning for step in steps]):
        array = tensor._array
        args = [base, array.shape, memory.element_strides(array), memory.storage_offset(array)]
        node = STRIDED.op.record(args, [detached_twin(tensor)], 1, get_mode(), None)
    else:
        token = MODE.set((get_mode() | GRAD) & ~INFERENCE)  # also when a backward pass asks
        try:
            node = replay(base, steps)._node
        finally:
            MODE.reset(token)
    set_edge(tensor, node, 0)  # hooks stay with the node that they were registered on


def detached_twin(tensor: TensorBase) -> TensorBase:
    """A bare tensor over the same array, for recording."""
    return wrap(tensor._array)


def steps_of(view: View) -> list[View]:
    """The view operations that lead from the base to a view, in their order."""
    found: list[View] = []
    step: View | None = view
    while step is not None:
        found.append(step)
        step = step.previous
    found.reverse()
    return found


def replay(base: TensorBase, steps: list[View]) -> TensorBase:
    """The view made again from its base, as PyTorch does it: what changes the meaning of the elements (view_as_real, conj) is called
    again, the steps before the first such one are a strided view, and so is each of those after it."""
    current = base
    array = base._array
    waiting = False  # whether steps before the first change of meaning are still to come
    changed = False
    for step in steps:
        if step.op is None:
            continue
        if step.op.changes_meaning:
            if waiting:
                current = strided(current, array)
                waiting = False
            current = step.op.apply([current, *step.args])
            array = current._array
            changed = True
            continue
        found = step.op.kernel(array, *step.args)
        array = found if isinstance(found, ndarray) else found[step.output]
        if changed:
            current = strided(current, array)
        else:
            waiting = True
    return current


def replay_all(base: TensorBase, steps: list[View]) -> TensorBase:
    """The view made again from its base, each step by its own operator."""
    current = base
    for step in steps:
        if step.op is not None:
            found = step.op.apply([current, *step.args])
            current = found[step.output] if isinstance(found, (tuple, list)) else found
    return current


def strided(source: TensorBase, array: Any) -> TensorBase:
    """The strided view of a tensor whose elements are those of `array`."""
    made: TensorBase = STRIDED.op.apply([source, array.shape, memory.element_strides(array), memory.storage_offset(array)])
    return made


@mypyc_attr(allow_interpreted_subclasses=True)
class CopySlices(Node):
    """The grad_fn of a base that a view was written into, see NOTE [ In-place writes into views ]."""

    writes = 2  # PyTorch copies the gradient, then the inner node's result into it
    inner: Any = None
    geometry: Any = None  # (base shape, base byte strides, view shape, view byte strides, byte offset, view dtype)
    through: int = 0  # the flags of a view that is a lazy conjugate or negative
    base_through: int = 0  # the same of its base
    steps: Any = None  # how a view without memory (of a tensor that takes operators over) came from its base
    gone: bool = False

    def name(self) -> str:
        return "torch::autograd::CopySlices"

    def release(self) -> None:
        self.gone = True
        if self.inner is not None:
            self.inner.release()
            self.inner = None  # with the nodes that only its edges held

    def run(self, grads: list[Any], graph: bool, needed: Any) -> Any:
        if self.gone:
            raise RuntimeError(SECOND_TIME)
        if graph:
            return VIEWS_GRAPH.copy_slices(self, grads[0], needed)
        whole, part = laid_out(settled(grads[0], self.base_through), self.geometry)
        results = self.inner.run([settled(part.copy(), self.through)], False, needed)
        if results[0] is not None:
            check_overlap(part)
            part[...] = settled(results[0], self.through)
        else:
            part[...] = 0
        return [settled(whole, self.base_through), *results[1:]]


class _GraphHooks:
    """The recorded form of CopySlices is written with tensor operations, in `rushlight/ops/view.py`."""

    def __init__(self) -> None:
        self.copy_slices: Any = None


VIEWS_GRAPH: Final = _GraphHooks()


def laid_out(grad: Any, geometry: Any) -> tuple[Any, Any]:
    """A copy of `grad` with the base's memory layout, and the part of it that the view covers."""
    shape, strides, part_shape, part_strides, offset, np_dtype = geometry
    size = grad.itemsize
    buffer: Any
    if grad.dtype.isbuiltin == 1 and grad.size and strides == tuple([step * size for step in memory.contiguous_strides(shape)]):
        buffer = whole = empty(shape, grad.dtype)
    else:
        buffer = empty(max(0, memory.extent(shape, strides) - 1 + size), uint8)
        whole = ndarray(shape, grad.dtype, buffer, 0, strides)
    whole[...] = grad
    if 0 in part_shape:
        return whole, empty(part_shape, grad.dtype)
    if np_dtype is not grad.dtype and np_dtype.kind == grad.dtype.kind:
        np_dtype = grad.dtype
    needed = offset + memory.extent(part_shape, part_strides) - 1 + np_dtype.itemsize
    if needed > buffer.nbytes:  # the base was given another geometry since
        steps = [step // size for step in part_strides]
        raise RuntimeError(
            f"setStorage: sizes {shape_text(part_shape)}, strides {shape_text(steps)}, storage offset {offset // size}, and itemsize "
            f"{size} requiring a storage size of {needed} are out of bounds for storage of size {buffer.nbytes}"
        )
    return whole, ndarray(part_shape, np_dtype, buffer, offset, part_strides)


def rebase(target: TensorBase, node: Node) -> None:
    """Make CopySlices(node) the history of the base of the view `target`."""
    view = target._view
    assert view is not None
    base = view.base
    outer = COPY_SLICES.node_class()
    outer.sequence = next_sequence()
    first, number = edge_of(base)
    outer.next_nodes = (first, *node.next_nodes[1:])
    outer.next_numbers = (number, *node.next_numbers[1:])
    if node.next_nodes[0] is None:
        node.next_nodes = (first, *node.next_nodes[1:])
    outer.inner = node
    array = target._array
    whole = base._array
    outer.geometry = (
        whole.shape, whole.strides, array.shape, array.strides,
        memory.byte_offset(array) - memory.byte_offset(whole) if array.size else 0, array.dtype,
    )  # fmt: skip
    outer.base_through = base._flags & LAZY
    if target._flags & FOREIGN:
        outer.steps = steps_of(view)
    outer.shape = whole.shape
    outer.np_dtype = whole.dtype
    set_edge(base, outer, 0)
    view.version = -1
    target._hooks = None
    current_node(target)


class _CopySlicesType:
    def __init__(self) -> None:
        self.node_class: Any = CopySlices


COPY_SLICES: Final = _CopySlicesType()
VIEWS.current_node = current_node
VIEWS.check_creation = check_creation
VIEWS.rebase = rebase
