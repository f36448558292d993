"""The node of a recorded Op: runs the operator's gradient formulas on what was saved."""

from __future__ import annotations

from typing import Any, Final

from rushlight._core.blocks import LARGE, in_blocks
from rushlight._core.collector import unwatched
from rushlight._core.loops import NATIVE
from rushlight._core.memory import has_odd_strides
from rushlight._core.node import SECOND_TIME, Node, SavedTensor
from rushlight._core.origin import advice
from rushlight._core.plan import GRAD, GRADS, Plan
from rushlight._core.promotion import as_array
from rushlight._core.tensor import ARRAY, FLOAT32, FLOAT64, TensorBase, values_of, wrap
from rushlight._mypyc import mypyc_attr


@mypyc_attr(allow_interpreted_subclasses=True)
class OpNode(Node):
    """The node of a recorded Op; each Op has a subclass of its own that bears PyTorch's name."""

    op: Any = None
    plan: Any = None
    saved: Any = None  # a list; once released None, or the place that started the pass which released it
    packed: bool = False  # saved-tensor hooks are at work
    spans: Any = None  # for tensor-list parameters: how many edges each differentiable parameter has

    def run(self, grads: list[Any], graph: bool, needed: Any) -> Any:
        return run_node(self, grads, graph, needed)

    def release(self) -> None:
        if not self.plan.lasting:
            self.saved = None


def untouched(node: OpNode) -> bool:
    """Whether no hook, retained gradient or saved-tensor hook makes the node run code of the user's."""
    if node.tensor_hooks is not None or node.retains is not None or node.pre_hooks is not None or node.post_hooks is not None:
        return False
    return not node.packed


def run_node(node: OpNode, grads: list[Any], graph: bool, needed: Any) -> list[Any]:
    """OpNode.run(). Not a method: calls of methods that interpreted classes might override go through Python's look-up."""
    plan: Plan = node.plan
    saved = node.saved
    if not isinstance(saved, list):
        if plan.names:
            raise RuntimeError(SECOND_TIME + advice("freed", saved))
        saved = []
    values: list[Any] = []
    arrays = False  # whether any was saved
    exact = True  # whether the formula may run on bare arrays: everything saved has the gradient's dtype
    np_dtype: Any = None
    promotes = False
    if not graph:
        np_dtype = first_dtype(grads)
        exact = np_dtype is FLOAT32 or np_dtype is FLOAT64 or np_dtype.char in RAW_CHARS
        promotes = plan.promotes
    for item in saved:
        if isinstance(item, SavedTensor):
            if graph:
                values.append(item.unpack(node))
            else:
                array = item.raw(node)
                arrays = True
                if promotes and array.dtype is not np_dtype and array.dtype.kind != "b":
                    exact = False
                values.append(array)
        elif plan.number == len(values) and not graph:
            values.append(as_array(item, np_dtype))
        elif isinstance(item, list):
            arrays = True
            values.append([unpack_entry(entry, graph, node) for entry in item])
        else:
            values.append(item)
    if arrays and exact and not graph and (not promotes or len(node.shape) > 1 and 1 in node.shape):
        for value in values:
            if isinstance(value, ARRAY) and has_odd_strides(value):
                exact = False
                break
    if not exact:
        values = [wrap_arrays(value) for value in values]
        grads = [wrap_arrays(grad) for grad in grads]
    try:
        if plan.plain and node.spans is None:
            results = run_plain(node, plan, values, grads[0], needed, exact and not graph)
        else:
            results = run_steps(node, plan, values, grads, needed, exact and not graph)
    except TypeError:  # NumPy does not negate or subtract bools; nor does PyTorch, in words of its own
        if graph or not exact or not any([isinstance(value, ARRAY) and value.dtype.kind == "b" for value in values]):
            raise
        exact = False
        results = run_steps(node, plan, [wrap_arrays(value) for value in values], [wrap_arrays(grad) for grad in grads], needed, False)
    if not exact:
        results = [values_of(value) if isinstance(value, TensorBase) else value for value in results]
    return results


def run_plain(node: OpNode, plan: Plan, values: list[Any], grad: Any, needed: Any, raw: bool) -> list[Any]:
    """run_steps, for formulas of up to three arguments that give one gradient each."""
    next_nodes = node.next_nodes
    results: list[Any] = [None] if len(next_nodes) == 1 else [None] * len(next_nodes)
    for step in plan.steps:
        edge = step.edges[0]
        if next_nodes[edge] is None or needed is not None and not needed[edge] or grad is None and step.takes_grad:
            continue
        slots = step.slots
        function = step.function
        short = step.short if raw else None
        first = slots[0]
        a = grad if first < 0 else values[first]
        if len(slots) == 1:
            found = short(a) if short is not None else None
            if step.passes:
                results[edge] = a
            else:
                results[edge] = found if found is not None else compute(function, [a]) if by_blocks(plan, grad, raw) else function(a)
            continue
        second = slots[1]
        b = grad if second < 0 else values[second]
        if len(slots) == 2:
            if step.passes_one and type(b) is int and b == 1:
                results[edge] = a
                continue
            found = short(a, b) if short is not None else None
            results[edge] = found if found is not None else compute(function, [a, b]) if by_blocks(plan, grad, raw) else function(a, b)
        else:
            third = slots[2]
            c = grad if third < 0 else values[third]
            found = short(a, b, c) if short is not None else None
            if found is None:
                found = compute(function, [a, b, c]) if by_blocks(plan, grad, raw) else function(a, b, c)
            results[edge] = found
    return results


def by_blocks(plan: Plan, grad: Any, raw: bool) -> bool:
    """Whether a formula works element by element on arrays that are worth cutting; asked only where no loop stands in for it."""
    return raw and plan.promotes and grad is not None and bool(grad.size >= LARGE)


def compute(function: Any, arguments: list[Any]) -> Any:
    """The formula of a pointwise operator on large arrays, block by block."""
    found = in_blocks(function, arguments)
    return function(*arguments) if found is None else found


def run_steps(node: OpNode, plan: Plan, values: list[Any], grads: list[Any], needed: Any, raw: bool) -> list[Any]:
    """The formulas' results, one entry per edge. raw: everything is a plain array."""
    spans = node.spans
    results: list[Any] = [None] * len(node.next_nodes)
    large = raw and plan.promotes and grads[0] is not None and grads[0].size >= LARGE
    for step in plan.steps:
        if spans is None:
            first = step.edges[0]
            count = 1
        else:
            first, count = spans[step.edges[0]]
        if not step.several and not edges_wanted(node.next_nodes, needed, first, count):
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
                arguments.append([edges_wanted(node.next_nodes, needed, edge, 1) for edge in step.edges])
        if grads[0] is None and step.takes_grad:
            continue
        found = None
        if raw and step.short is not None:
            found = step.short(*arguments)
        if found is None:
            found = compute(step.function, arguments) if large and not step.several else step.function(*arguments)
        if step.several:
            for position, edge in enumerate(step.edges):
                if node.next_nodes[edge] is not None:
                    results[edge] = found[position]
        elif isinstance(found, (list, tuple)):
            for position in range(count):
                results[first + position] = found[position]
        else:
            results[first] = found
    return results


new_op_node: Final[Any] = OpNode.__new__ if NATIVE is None else NATIVE.maker(OpNode)


class _NodeBase:
    """What the node classes of operators derive from; `rushlight/autograd/graph.py` adds what users call."""

    def __init__(self) -> None:
        self.op_node: Any = OpNode

    def derived(self, name: str, of_view: bool) -> Any:
        """The class of an operator's nodes. Those of views can be referred to weakly, see SavedTensor.history."""
        slots = ("__weakref__",) if of_view and not self.op_node.__weakrefoffset__ else ()
        found = type(name, (self.op_node,), {"__module__": "builtins", "__slots__": slots})
        unwatched(found)
        return found


NODE_BASE: Final = _NodeBase()

RAW_CHARS: Final = "fdFD"  # dtypes whose formulas run on bare arrays; float16 and bfloat16 need the operators' float32 arithmetic


COMPLEX_GRADIENT: Final = (  # of a reduction to a complex dtype: PyTorch has no way back
    "Expected isFloatingType(grad.scalar_type()) || (input_is_complex == grad_is_complex) to be true, but got false.  (Could this "
    "error message be improved?  If so, please report an enhancement request to PyTorch.)"
)


def first_dtype(grads: list[Any]) -> Any:
    """The NumPy dtype of the first gradient that is there."""
    for grad in grads:
        if grad is not None:
            return grad.dtype
    raise RuntimeError("a node ran without any gradient")


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
    if isinstance(value, ARRAY):
        return wrap(value)
    if isinstance(value, list):
        return [wrap_arrays(entry) for entry in value]
    return value
