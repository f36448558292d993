"""conj() and _neg_view(): views whose elements are the conjugates or negatives of what lies in memory.

See NOTE [ Conjugates and negatives ] in `_core/tensor.py`. Inside the transforms of torch.func, in forward mode and on meta tensors,
conjugates are computed at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import memory, views
from rushlight._core.node import SavedTensor, accumulator_of, edge_of
from rushlight._core.op import HOOKS, records
from rushlight._core.op_node import OpNode
from rushlight._core.state import EXOTIC, FORWARD_AD, VMAP, get_mode
from rushlight._core.tensor import (
    BATCHED,
    CONJUGATE,
    DUAL,
    LAZY,
    META,
    NEGATIVE,
    TensorBase,
    View,
    settled,
    uncounted,
    values_of,
    version_cell,
    wants_grad,
    wrap,
)
from rushlight.ops import layout
from rushlight.ops.carriers import conj
from rushlight.ops.copying import clone
from rushlight.ops.declare import REGISTRY, composite
from rushlight.ops.pointwise_unary import conj_ as conj_at_once, neg


class Turn(views.ViewOp):
    """The same memory under the other flag."""

    bit = 0

    def apply(self, args: list[Any]) -> Any:
        source: TensorBase = args[0]
        word = get_mode()
        flags = word & EXOTIC | source._flags & ~LAZY
        if flags and HOOKS.dispatch is not None:
            answer = HOOKS.dispatch(self, args, flags)
            if answer is not NotImplemented:
                return answer
        output = wrap(source._array)
        views.link(source, output, self, args, 0, word)
        output._flags ^= self.bit
        if records(word) and wants_grad(source):
            self.record(args, [output], 1, word, None)
        return output


def _turn(name: str, bit: int, kernel: Any, node: str, formula: Any) -> Turn:
    made = Turn(name, "", kernel, ("self",), ())
    made.kind, made.is_view, made.changes_meaning, made.bit = "view", True, True, bit
    made.node_name, made.grad_params, made.formulas = node, [0], {"self": formula}
    return made


lazy_conj = _turn("_conj", CONJUGATE, np.conjugate, "ConjBackward0", lambda grad: _turned(grad, conj))
lazy_neg = _turn("_neg_view", NEGATIVE, np.negative, "NegViewBackward0", lambda grad: _turned(grad, neg))


def _turned(grad: Any, function: Any) -> Any:
    """A conjugate or negative gradient. One number for all elements stays one: PyTorch's is a view."""
    if isinstance(grad, TensorBase) or any(grad.strides) or grad.size < 2:
        return function(grad)
    number = function(grad[(0,) * grad.ndim + (...,)])
    return memory.strided(memory.root(number), number.dtype, grad.shape, grad.strides, 0)


def _at_once(tensor: Any) -> bool:
    return bool(tensor._flags & (DUAL | BATCHED | META) or get_mode() & (FORWARD_AD | VMAP))


def conj_view(self: Any) -> Any:
    """The complex conjugate, a view; a real tensor itself."""
    if self._array.dtype.kind != "c":
        return self
    return conj_at_once.call1(self) if _at_once(self) else lazy_conj.apply([self])


REGISTRY["_conj"] = REGISTRY["conj"] = conj_view


@composite("_neg_view")
def neg_view(self: Any) -> Any:
    """The negative, a view."""
    return neg.call1(self) if _at_once(self) else lazy_neg.apply([self])


@composite("is_conj")
def is_conj(self: Any) -> bool:
    """Whether the tensor is a view of the conjugates of what lies in its memory."""
    return bool(self._flags & CONJUGATE)


@composite("is_neg")
def is_neg(self: Any) -> bool:
    """Whether the tensor is a view of the negatives of what lies in its memory."""
    return bool(self._flags & NEGATIVE)


@composite("resolve_conj")
def resolve_conj(self: Any) -> Any:
    """The tensor itself, or a copy if it is a lazy conjugate."""
    return clone(self) if self._flags & CONJUGATE else self


@composite("resolve_neg")
def resolve_neg(self: Any) -> Any:
    """The tensor itself, or a copy if it is a lazy negative."""
    return clone(self) if self._flags & NEGATIVE else self


# ---------------------------------------------------------------- operators on such tensors


def twin(tensor: TensorBase) -> TensorBase:
    """A plain tensor with the values of `tensor` and its place in the graph."""
    array = tensor._array
    made = wrap(layout.laid_out(values_of(tensor), layout.format_strides(array, None)))
    if made._array is array:
        made._array = array.copy(order="K")
    made._flags = tensor._flags & ~LAZY
    made._tangent, made._batch = tensor._tangent, tensor._batch
    made._cell = None if uncounted(tensor) else version_cell(tensor)
    view = tensor._view
    node, number = edge_of(tensor)
    if view is not None and not made._flags:  # for the names in errors about modified tensors
        made._view = View(view.base, view.previous, view.op, view.args, view.creation, view.version)
    if node is not None:
        made._node = accumulator_of(node) if isinstance(node, TensorBase) else node
        made._output_nr = number
        made._requires_grad = True
    return made


def settle(args: Any) -> list[Any]:
    """An operator's arguments with twins in place of lazy conjugates and negatives."""
    return [_settled(value) for value in args]


def _settled(value: Any) -> Any:
    if isinstance(value, TensorBase):
        return twin(value) if value._flags & LAZY else value
    if isinstance(value, (list, tuple)) and any(isinstance(entry, TensorBase) and entry._flags & LAZY for entry in value):
        return [_settled(entry) for entry in value]
    return value


def write_lazily(args: Any, run: Any) -> Any:
    """run(args) for an operator that writes into its first argument, with no lazy conjugate or negative among the arguments."""
    target = args[0]
    flags = target._flags & LAZY
    others = settle(args[1:])
    if not flags:
        return run([target, *others])
    root = memory.root(target._array)
    apart = [twin(value) if isinstance(value, TensorBase) and memory.root(value._array) is root else value for value in others]
    part = target._array[(*[slice(0, 1) if step == 0 else slice(None) for step in target._array.strides], ...)]
    base = target if target._view is None else target._view.base
    history = base._node
    part[...] = settled(part, flags)
    target._flags &= ~LAZY
    try:
        return run([target, *apart])
    finally:
        target._flags |= flags
        part[...] = settled(part, flags)
        if base._node is not history:
            _mend(target, base._node, flags)


def _mend(target: TensorBase, node: Any, flags: int) -> None:
    """Let the history of a write know that the memory holds other values than it saw."""
    if isinstance(node, views.CopySlices):
        node.through = flags
        node = node.inner
    if isinstance(node, OpNode):
        for item in node.saved or ():
            if isinstance(item, SavedTensor) and item.tensor is None and item.array is target._array:
                item.array = np.asarray(settled(item.array, flags))


HOOKS.settle = settle
HOOKS.write_lazily = write_lazily
