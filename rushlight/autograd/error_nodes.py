"""torch._C._functions: the nodes that do no arithmetic, and the classes of all others."""

from __future__ import annotations

from typing import Any

from rushlight._core import node as nodes
from rushlight._core.node import edge_of, next_sequence
from rushlight._core.state import GRAD, get_mode
from rushlight._core.tensor import LAZY, TensorBase, differentiable, version_cell, wants_grad, wrap
from rushlight.autograd.graph import AccumulateGrad as AccumulateGrad, CopySlices as CopySlices, Node


class Error(Node, nodes.Node):
    """A node that raises when a backward pass reaches it."""

    __module__ = "builtins"
    text: str = ""

    def name(self) -> str:
        return "torch::autograd::Error"

    def run(self, grads: list[Any], graph: bool, needed: Any) -> Any:
        raise RuntimeError(self.text)


class UndefinedGradBackward(Node, nodes.Node):
    """A node that hands on no gradient."""

    __module__ = "builtins"

    def name(self) -> str:
        return "torch::autograd::UndefinedGradBackward"

    def runs_without_grads(self) -> bool:
        return True

    def run(self, grads: list[Any], graph: bool, needed: Any) -> Any:
        return [None] * len(self.next_nodes)


def _passed_through(node: Any, inputs: tuple[Any, ...], count: int) -> Any:
    """The inputs as outputs of `node`, detached; where none wants a gradient they have no history."""
    if len(inputs) != count:
        raise TypeError(f"expected {count} arguments, got {len(inputs)} instead")
    for position, entry in enumerate(inputs):
        if entry is not None and not isinstance(entry, TensorBase):
            raise TypeError(f"argument {position} is not a Variable")
    tensors = [entry for entry in inputs if entry is not None]
    recorded = get_mode() & GRAD and any(wants_grad(entry) for entry in tensors)
    edges = [(None, 0) if entry is None else edge_of(entry) for entry in inputs]
    node.next_nodes = tuple(following for following, _ in edges)
    node.next_numbers = tuple(number for _, number in edges)
    node.sequence = next_sequence()
    node.shapes = [() if entry is None else entry._array.shape for entry in inputs]
    node.np_dtypes = [nodes.dtypes.float32.np_dtype if entry is None else entry._array.dtype for entry in inputs]
    if count == 1 and tensors:
        node.shape, node.np_dtype, node.shapes = node.shapes[0], node.np_dtypes[0], None
    outputs = []
    for number, entry in enumerate(inputs):
        if entry is None:
            outputs.append(None)
            continue
        made = wrap(entry._array)
        made._flags |= entry._flags & LAZY
        made._cell = version_cell(entry)
        if recorded and differentiable(entry._array):
            made._node, made._output_nr, made._requires_grad = node, number, True
        outputs.append(made)
    return outputs[0] if count == 1 else tuple(outputs)


class DelayedError:
    """A function of `num_inputs` tensors that returns them; a backward pass through them raises RuntimeError(msg)."""

    __module__ = "builtins"

    def __init__(self, msg: str, num_inputs: int) -> None:
        self._text = msg
        self._count = num_inputs

    def __call__(self, *inputs: Any) -> Any:
        node = Error()
        node.text = self._text
        return _passed_through(node, inputs, self._count)


class UndefinedGrad:
    """A function that returns its tensor; a backward pass through it hands on nothing."""

    __module__ = "builtins"

    def __call__(self, *inputs: Any) -> Any:
        return _passed_through(UndefinedGradBackward(), inputs, 1)


def __getattr__(name: str) -> Any:
    """The class of an operator's node."""
    from rushlight._install import unsupported
    from rushlight.ops.declare import REGISTRY

    for op in REGISTRY.values():
        if getattr(op, "node_name", None) == name:
            if op.node_class is None:
                op.new_node()
            return op.node_class
    raise unsupported(name, "rushlight._C._functions")
