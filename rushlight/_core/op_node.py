"""The node of a recorded Op: runs the operator's gradient formulas on what was saved."""

from __future__ import annotations

from typing import Any

from numpy import ndarray

from rushlight._core.node import SECOND_TIME, Node, SavedTensor
from rushlight._core.plan import GRAD, GRADS, Plan, Step
from rushlight._core.tensor import TensorBase, wrap
from rushlight._mypyc import mypyc_attr


@mypyc_attr(allow_interpreted_subclasses=True)
class OpNode(Node):
    """The node of a recorded Op; each Op has a subclass of its own that bears PyTorch's name."""

    op: Any = None
    plan: Any = None
    saved: Any = None  # None once released
    spans: Any = None  # for tensor-list parameters: how many edges each differentiable parameter has

    def run(self, grads: list[Any], graph: bool, needed: Any) -> Any:
        plan: Plan = self.plan
        saved = self.saved
        if saved is None:
            if plan.names:
                raise RuntimeError(SECOND_TIME)
            saved = []
        promotes: bool = self.op.promotes
        values: list[Any] = []
        exact = True  # whether the formula may run on bare arrays: everything saved has the gradient's dtype
        np_dtype: Any = None
        if not graph:
            np_dtype = first_dtype(grads)
            exact = np_dtype.char in RAW_CHARS
        for item in saved:
            if isinstance(item, SavedTensor):
                if graph:
                    values.append(item.unpack(self))
                else:
                    array = item.raw(self)
                    if promotes and array.dtype is not np_dtype and array.dtype.kind != "b":
                        exact = False
                    values.append(array)
            elif isinstance(item, list):
                values.append([unpack_entry(entry, graph, self) for entry in item])
            else:
                values.append(item)
        if not exact:
            values = [wrap_arrays(value) for value in values]
            grads = [wrap_arrays(grad) for grad in grads]
        results = self.run_steps(plan, values, grads, needed)
        if not exact:
            results = [value._array if isinstance(value, TensorBase) else value for value in results]
        return results

    def run_steps(self, plan: Plan, values: list[Any], grads: list[Any], needed: Any) -> list[Any]:
        """The formulas' results, one entry per edge."""
        spans = self.spans
        results: list[Any] = [None] * len(self.next_nodes)
        for step in plan.steps:
            if spans is None:
                first = step.edges[0]
                count = 1
            else:
                first, count = spans[step.edges[0]]
            if not step.several and not edges_wanted(self.next_nodes, needed, first, count):
                continue
            arguments: list[Any] = []
            for slot in step.slots:
                if slot >= 0:
                    arguments.append(values[slot])
                elif slot == GRAD:
                    arguments.append(grads[0])
                elif slot == GRADS:
                    arguments.append(grads)
                else:
                    arguments.append([edges_wanted(self.next_nodes, needed, edge, 1) for edge in step.edges])
            if slots_lack_grad(step, grads):
                continue
            found = step.function(*arguments)
            if step.several:
                for position, edge in enumerate(step.edges):
                    if self.next_nodes[edge] is not None:
                        results[edge] = found[position]
            elif isinstance(found, (list, tuple)):
                for position in range(count):
                    results[first + position] = found[position]
            else:
                results[first] = found
        return results

    def release(self) -> None:
        self.saved = None


class _NodeBase:
    """What the node classes of operators derive from; `rushlight/autograd/graph.py` adds what users call."""

    def __init__(self) -> None:
        self.op_node: Any = OpNode


NODE_BASE = _NodeBase()

RAW_CHARS = "fdFD"  # dtypes whose formulas run on bare arrays; float16 and bfloat16 need the operators' float32 arithmetic


def first_dtype(grads: list[Any]) -> Any:
    """The NumPy dtype of the first gradient that is there."""
    for grad in grads:
        if grad is not None:
            return grad.dtype
    raise RuntimeError("a node ran without any gradient")


def slots_lack_grad(step: Step, grads: list[Any]) -> bool:
    """Whether the formula needs the gradient of the first output and there is none."""
    return grads[0] is None and GRAD in step.slots


def edges_wanted(next_nodes: Any, needed: Any, first: int, count: int) -> bool:
    """Whether any edge of a range leads somewhere that wants a gradient."""
    for index in range(first, first + count):
        if next_nodes[index] is not None and (needed is None or needed[index]):
            return True
    return False


def unpack_entry(entry: Any, graph: bool, owner: Node) -> Any:
    """One entry of a saved tensor list."""
    if isinstance(entry, SavedTensor):
        return entry.unpack(owner) if graph else entry.raw(owner)
    return entry


def wrap_arrays(value: Any) -> Any:
    """Arrays (also in a list) as tensors."""
    if isinstance(value, ndarray):
        return wrap(value)
    if isinstance(value, list):
        return [wrap_arrays(entry) for entry in value]
    return value
