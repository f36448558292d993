"""The backward pass: dependencies, order, sums, hooks, captures.

One loop serves `backward` and `autograd.grad`, on arrays or (create_graph) on tensors: what differs between the two carriers is in
_Arithmetic below. Nothing here recurses: a chain of a million nodes is fine.

NOTE [ Order of execution ]
Among the nodes whose gradients have all arrived, the one recorded last runs first, and AccumulateGrad before all others. This
fixes the order of float sums and of hooks, so it follows PyTorch to the letter, also among equals: its ready queue is a binary
heap (libstdc++'s push_heap and pop_heap), so _Heap moves elements as those do.

NOTE [ Who owns a gradient ]
Formulas may return the very array that they received, or a view of it. An array is *owned* when nothing else can refer to it: a
formula made it, it is no view, and it was handed to one edge only. Sums borrow the first arrival, allocate at the second and add in
place from the third. A leaf keeps an owned array of the right layout and copies any other.
"""

from __future__ import annotations

from typing import Any

from numpy import add as np_add, ndarray

from rushlight._core import dtypes, memory
from rushlight._core.node import AccumulateGrad, Node
from rushlight._core.state import GRAD, MODE, get_mode, quiet_begin, quiet_end, with_grad
from rushlight._core.tensor import TensorBase, bump, shape_text, wrap
from rushlight._mypyc import mypyc_attr


class _Tensors:
    """Operators on tensors that a recorded backward pass needs; `rushlight/ops` registers them."""

    def __init__(self) -> None:
        self.add: Any = None
        self.sum_to: Any = None
        self.cast: Any = None
        self.clone: Any = None
        self.detach: Any = None
        self.anomaly: Any = None  # (node, grads, results) after each node, under anomaly mode


TENSORS = _Tensors()


class _Heap:
    """A max-heap of nodes by sequence number that breaks ties as PyTorch's does."""

    def __init__(self) -> None:
        self.items: list[Node] = []

    def push(self, node: Node) -> None:
        self.items.append(node)
        self.rise(len(self.items) - 1, 0, node)

    def rise(self, hole: int, top: int, node: Node) -> None:
        items = self.items
        parent = (hole - 1) // 2
        while hole > top and items[parent].sequence < node.sequence:
            items[hole] = items[parent]
            hole = parent
            parent = (hole - 1) // 2
        items[hole] = node

    def pop(self) -> Node:
        items = self.items
        result = items[0]
        last = items.pop()
        size = len(items)
        if size == 0:
            return result
        hole = 0
        child = 0
        while child < (size - 1) // 2:
            child = 2 * (child + 1)
            if items[child].sequence < items[child - 1].sequence:
                child -= 1
            items[hole] = items[child]
            hole = child
        if size % 2 == 0 and child == (size - 2) // 2:
            child = 2 * (child + 1)
            items[hole] = items[child - 1]
            hole = child - 1
        self.rise(hole, 0, last)
        return result


class Capture:
    """A gradient to hand out: for `autograd.grad` and `backward(inputs=)`."""

    def __init__(self, position: int, number: int) -> None:
        self.position: int = position
        self.number: int = number


class Buffer:
    """The gradients that arrived at a node, by output number, and which of them are owned (1) or a sum of ours (2)."""

    def __init__(self, size: int) -> None:
        self.grads: list[Any] = [None] * size
        self.owned: list[int] = [0] * size


class Task:
    """One backward pass."""

    def __init__(self, keep_graph: bool, graph: bool, accumulate: bool) -> None:
        self.keep_graph: bool = keep_graph
        self.graph: bool = graph
        self.accumulate: bool = accumulate
        self.dependencies: dict[Node, int] = {}
        self.needed: dict[Node, bool] | None = None  # nodes that lead to a requested input
        self.captures: dict[Node, list[Capture]] = {}
        self.captured: list[Any] = []
        self.buffers: dict[Node, Buffer] = {}
        self.callbacks: list[Any] = []

    # ------------------------------------------------------------ preparation

    def count_dependencies(self, root: Node) -> None:
        """How many edges lead to each node."""
        dependencies = self.dependencies
        dependencies[root] = 0
        stack: list[Node] = [root]
        while stack:
            node = stack.pop()
            for following in node.next_nodes:
                if following is not None:
                    count = dependencies.get(following)
                    if count is None:
                        dependencies[following] = 1
                        stack.append(following)
                    else:
                        dependencies[following] = count + 1

    def find_needed(self, root: Node, inputs: list[tuple[Node, int]]) -> None:
        """Mark the nodes that lead to the inputs: nothing else runs."""
        needed: dict[Node, bool] = {}
        for position, (node, number) in enumerate(inputs):
            if self.accumulate:
                needed[node] = True
                continue
            self.captures.setdefault(node, []).append(Capture(position, number))
        stack: list[Node] = [root]
        state: dict[Node, int] = {}
        while stack:
            node = stack[-1]
            if node in state:
                stack.pop()
                if state[node] == 0:
                    state[node] = 1
                    if not needed.get(node, False):
                        needed[node] = leads_to(node, needed, self.captures)
                continue
            state[node] = 0
            for following in node.next_nodes:
                if following is not None and following not in state:
                    stack.append(following)
        self.needed = needed

    # ------------------------------------------------------------ the loop

    def run(self, root: Node, grads: list[Any]) -> None:
        """Run from `root`, whose outputs' gradients are `grads`."""
        buffer = Buffer(len(grads))
        buffer.grads = list(grads)
        self.buffers[root] = buffer
        heap = _Heap()
        heap.push(root)
        while heap.items:
            node = heap.pop()
            self.step(node, self.buffers.pop(node), heap)

    def step(self, node: Node, buffer: Buffer, heap: _Heap) -> None:
        """Evaluate one node and hand its results on."""
        grads = buffer.grads
        needed = self.needed
        runs = needed is None or needed.get(node, False)
        hooked = node.tensor_hooks is not None or node.retains is not None
        if isinstance(node, AccumulateGrad) and node.variable._hooks:
            hooked = True
        captures = self.captures.get(node) if needed is not None else None
        if hooked and (runs or captures is not None):
            grads = self.run_tensor_hooks(node, grads)
            buffer.owned = [0] * len(grads)
        if captures is not None:
            for capture in captures:
                self.captured[capture.position] = grads[capture.number]
            buffer.owned = [0] * len(grads)
        if not runs:
            return
        if node.pre_hooks:
            grads = self.run_pre_hooks(node, grads)
            buffer.owned = [0] * len(grads)
        if isinstance(node, AccumulateGrad):
            if grads[0] is not None:
                accumulate(node, grads[0], buffer.owned[0] != 0, self.graph)
            results: Any = ()
            if node.post_hooks:
                self.run_post_hooks(node, [], grads)
            return
        if any_grad(grads):
            results = node.run(grads, self.graph, self.needed_edges(node))
        else:
            results = [None] * len(node.next_nodes)
        if not self.keep_graph:
            node.release()
        results = self.validate(node, results)
        if node.post_hooks:
            results = self.run_post_hooks(node, results, grads)
        if TENSORS.anomaly is not None and get_mode() & 4:
            TENSORS.anomaly(node, grads, results)
        self.distribute(node, grads, results, heap)

    def needed_edges(self, node: Node) -> Any:
        """Which edges of a node lead to a requested input; None when all matter."""
        needed = self.needed
        if needed is None:
            return None
        return [following is not None and (needed.get(following, False) or following in self.captures) for following in node.next_nodes]

    def distribute(self, node: Node, grads: list[Any], results: Any, heap: _Heap) -> None:
        """Add each result to the buffer of the node that its edge leads to; push nodes that are complete."""
        dependencies = self.dependencies
        buffers = self.buffers
        needed = self.needed
        numbers = node.next_numbers
        for index, following in enumerate(node.next_nodes):
            if following is None:
                continue
            count = dependencies[following] - 1
            dependencies[following] = count
            if needed is not None and not needed.get(following, False) and following not in self.captures:
                continue
            result = results[index]
            buffer = buffers.get(following)
            if buffer is None:
                buffer = Buffer(following.output_count())
                buffers[following] = buffer
            if result is not None:
                self.arrive(buffer, numbers[index], result, is_fresh(result, grads, results, index))
            if count == 0:
                heap.push(following)

    def arrive(self, buffer: Buffer, number: int, grad: Any, fresh: bool) -> None:
        """Add one gradient to a buffer, see NOTE [ Who owns a gradient ]."""
        present = buffer.grads[number]
        if present is None:
            buffer.grads[number] = grad
            buffer.owned[number] = 1 if fresh else 0
        elif self.graph:
            buffer.grads[number] = TENSORS.add(present, grad)
        elif buffer.owned[number] == 2 and present.shape:
            np_add(present, grad, out=present)
        else:
            total = np_add(present, grad)
            buffer.grads[number] = total if isinstance(total, ndarray) else wrap(total)._array
            buffer.owned[number] = 2

    def validate(self, node: Node, results: Any) -> Any:
        """Check count, shapes and dtypes of a node's results; sum broadcast gradients down to what each edge expects."""
        count = len(node.next_nodes)
        if len(results) != count:
            results = self.fit_count(node, results, count)
        for index in range(count):
            following = node.next_nodes[index]
            grad = results[index]
            if following is None or grad is None:
                continue
            if isinstance(following, AccumulateGrad):
                variable = following.variable._array
                shape, np_dtype = variable.shape, variable.dtype
            else:
                number = node.next_numbers[index]
                shape, np_dtype = following.output_shape(number), following.output_dtype(number)
            array = grad._array if isinstance(grad, TensorBase) else grad
            if not isinstance(array, ndarray):
                array = wrap(grad)._array
                results = replaced(results, index, array)
                grad = array
            if array.shape == shape and array.dtype is np_dtype:
                continue
            results = replaced(results, index, self.fit(node, index, grad, array, shape, np_dtype))
        return results

    def fit_count(self, node: Node, results: Any, count: int) -> list[Any]:
        """Results with surplus None entries cut off; an error for any other wrong number."""
        found = list(results)
        while len(found) > count and found[-1] is None:
            found.pop()
        if len(found) != count:
            raise RuntimeError(
                f"Function {node.name()} returned an invalid number of gradients - expected {count}, but got {len(found)}"
            )
        return found

    def fit(self, node: Node, index: int, grad: Any, array: Any, shape: Any, np_dtype: Any) -> Any:
        """A result with the shape and dtype that its edge expects."""
        if array.shape != shape:
            if not expandable(shape, array.shape):
                raise RuntimeError(
                    f"Function {node.name()} returned an invalid gradient at index {index} - got {shape_text(array.shape)} but "
                    f"expected shape compatible with {shape_text(shape)}"
                )
            grad = TENSORS.sum_to(grad, shape) if isinstance(grad, TensorBase) else sum_to(array, shape)
        if isinstance(grad, TensorBase):
            return grad if grad._array.dtype is np_dtype else TENSORS.cast(grad, dtypes.of_numpy(np_dtype))
        if grad.dtype is np_dtype:
            return grad
        if grad.dtype.kind == "c" and np_dtype.kind != "c":
            grad = grad.real
        return grad.astype(np_dtype)

    # ------------------------------------------------------------ hooks

    def run_tensor_hooks(self, node: Node, grads: list[Any]) -> list[Any]:
        """Tensor.register_hook's hooks, then retain_grad's; grads may be replaced."""
        found = list(grads)
        groups = node.tensor_hooks or []
        if isinstance(node, AccumulateGrad) and node.variable._hooks:
            groups = [(0, node.variable._hooks)]
        for number, hooks in groups:
            if found[number] is None:
                continue
            for hook in list(hooks.values()):
                answer = hook(self.tensor(found[number]))
                if answer is not None:
                    found[number] = self.checked_answer(answer, found[number])
        if node.retains is not None:
            for number, reference in list(node.retains.items()):
                tensor = reference()
                if tensor is not None and found[number] is not None:
                    self.retain(tensor, self.tensor(found[number]))
        return found

    def retain(self, tensor: TensorBase, grad: TensorBase) -> None:
        """Keep a non-leaf's gradient."""
        if tensor._grad is None:
            tensor._grad = TENSORS.clone(grad)
        else:
            tensor._grad = TENSORS.add(tensor._grad, grad)

    def checked_answer(self, answer: Any, grad: Any) -> Any:
        """What a hook returned, in the carrier of this pass."""
        if not isinstance(answer, TensorBase):
            raise TypeError(f"expected Variable, but hook returned '{type(answer).__name__}'")
        before = grad._array if isinstance(grad, TensorBase) else grad
        if answer._array.dtype is not before.dtype:
            raise RuntimeError(
                "hook has changed the type of value (was torch."
                f"{dtypes.of(before).cpp}Tensor got torch.{dtypes.of(answer._array).cpp}Tensor)"
            )
        if answer._array.shape != before.shape:
            raise RuntimeError("hook has changed the size of value")
        return answer if self.graph else answer._array

    def tensor(self, grad: Any) -> Any:
        """A gradient as hooks see it."""
        if grad is None or isinstance(grad, TensorBase):
            return grad
        return wrap(grad)

    def carrier(self, grad: Any) -> Any:
        """A tensor in the carrier of this pass."""
        if grad is None or self.graph or not isinstance(grad, TensorBase):
            return grad
        return grad._array

    def run_pre_hooks(self, node: Node, grads: list[Any]) -> list[Any]:
        """Node.register_prehook's hooks."""
        found = grads
        for hook in list(node.pre_hooks.values()):
            seen = tuple([self.tensor(grad) for grad in found])
            answer = hook(seen)
            if answer is not None:
                found = [self.carrier(grad) for grad in as_tuple(answer, len(found))]
        return found

    def run_post_hooks(self, node: Node, results: Any, grads: list[Any]) -> Any:
        """Node.register_hook's hooks; results may be replaced."""
        found = results
        seen_grads = tuple([self.tensor(grad) for grad in grads])
        for hook in list(node.post_hooks.values()):
            answer = hook(tuple([self.tensor(grad) for grad in found]), seen_grads)
            if answer is not None:
                found = [self.carrier(grad) for grad in as_tuple(answer, len(found))]
        return found


def replaced(results: Any, index: int, value: Any) -> list[Any]:
    """A list of results with one entry replaced (results may be a tuple)."""
    found: list[Any] = results if isinstance(results, list) else list(results)
    found[index] = value
    return found


def as_tuple(answer: Any, count: int) -> Any:
    """A hook's answer as a tuple of the right length."""
    if isinstance(answer, TensorBase):
        answer = (answer,)
    if not isinstance(answer, (tuple, list)):
        raise TypeError(f"expected tuple, but hook returned '{type(answer).__name__}'")
    if len(answer) != count:
        raise RuntimeError(f"hook has returned an incorrect number of values (got {len(answer)}, but expected {count})")
    return answer


def any_grad(grads: list[Any]) -> bool:
    """Whether any gradient is there."""
    for grad in grads:
        if grad is not None:
            return True
    return False


def leads_to(node: Node, needed: dict[Node, bool], captures: dict[Node, list[Capture]]) -> bool:
    """Whether an edge of `node` leads to a needed or captured node."""
    for following in node.next_nodes:
        if following is not None and (needed.get(following, False) or following in captures):
            return True
    return False


def is_fresh(result: Any, grads: list[Any], results: Any, index: int) -> bool:
    """Whether nothing but this result refers to its memory."""
    if isinstance(result, TensorBase) or result.base is not None or not result.flags.owndata:
        return False
    for grad in grads:
        if result is grad:
            return False
    for position in range(len(results)):
        if position != index and results[position] is result:
            return False
    return True


def expandable(shape: Any, larger: Any) -> bool:
    """Whether `shape` broadcasts to `larger`."""
    if len(shape) > len(larger):
        return False
    for offset in range(1, len(shape) + 1):
        if shape[-offset] != larger[-offset] and shape[-offset] != 1:
            return False
    return True


def sum_to(array: Any, shape: Any) -> Any:
    """Sum a broadcast gradient down to `shape`."""
    lead = array.ndim - len(shape)
    axes = tuple([axis for axis in range(array.ndim) if axis < lead or shape[axis - lead] == 1 and array.shape[axis] != 1])
    if axes:
        array = np_add.reduce(array, axis=axes, keepdims=True)
    return array.reshape(shape)


# ---------------------------------------------------------------- leaves


def accumulate(node: AccumulateGrad, grad: Any, owned: bool, graph: bool) -> None:
    """Add a gradient to a leaf's `.grad`."""
    variable: TensorBase = node.variable
    present = variable._grad
    if graph:
        tensor: TensorBase = grad if isinstance(grad, TensorBase) else wrap(grad)
        variable._grad = TENSORS.clone(tensor) if present is None else TENSORS.add(present, tensor)
    elif present is None:
        array = grad._array if isinstance(grad, TensorBase) else grad
        if not owned or not same_layout(array, variable._array):
            array = laid_out_as(array, variable._array)
        variable._grad = wrap(array)
    elif present._requires_grad:
        variable._grad = wrap(present._array + grad)
    else:
        np_add(present._array, grad, out=present._array, casting="unsafe")
        bump(present)
    if variable._post_hooks:
        for hook in list(variable._post_hooks.values()):
            hook(variable)


def same_layout(array: Any, like: Any) -> bool:
    """Whether a gradient has the memory layout that its leaf asks for."""
    if array.strides == like.strides:
        return True
    return bool(array.flags.c_contiguous and (like.flags.c_contiguous or not is_dense(like)))


def is_dense(array: Any) -> bool:
    """Whether an array fills its memory without gaps or overlaps."""
    return memory.extent(array.shape, array.strides) - 1 + array.itemsize == array.nbytes and 0 not in array.strides


def laid_out_as(array: Any, like: Any) -> Any:
    """A copy with the layout of a dense leaf, else row-major."""
    if like.flags.c_contiguous or not is_dense(like):
        return array.copy()
    return array.copy(order="K") if array.strides == like.strides else _copy_like(array, like)


def _copy_like(array: Any, like: Any) -> Any:
    order = sorted(range(like.ndim), key=lambda axis: -like.strides[axis])
    inverse = [order.index(axis) for axis in range(like.ndim)]
    return array.transpose(order).copy().transpose(inverse)


# ---------------------------------------------------------------- entry


def execute(
    roots: list[tuple[Node, int]], grads: list[Any], keep_graph: bool, graph: bool, inputs: list[tuple[Node, int]] | None, accumulate_in: bool
) -> list[Any]:
    """Run a backward pass from `roots` (nodes and output numbers) with initial gradients `grads` (tensors).

    inputs: the edges whose gradients are wanted; None for all leaves. Returns the captured gradients as tensors (None where an
    input was not reached), an empty list for a pass that accumulates.
    """
    task = Task(keep_graph, graph, accumulate_in)
    root, start = make_root(roots, [grad if graph or grad is None else grad._array for grad in grads])
    task.count_dependencies(root)
    if inputs is not None:
        task.captured = [None] * len(inputs)
        task.find_needed(root, inputs)
    mode = MODE.set(with_grad(get_mode(), graph))
    quiet = quiet_begin()
    RUNNING.tasks.append(task)
    try:
        task.run(root, start)
        while task.callbacks:
            task.callbacks.pop(0)()
    finally:
        RUNNING.tasks.pop()
        quiet_end(quiet)
        MODE.reset(mode)
    return [task.tensor(grad) for grad in task.captured]


class _Running:
    def __init__(self) -> None:
        self.tasks: list[Task] = []


RUNNING = _Running()


def make_root(roots: list[tuple[Node, int]], grads: list[Any]) -> tuple[Node, list[Any]]:
    """The node that a pass starts from and the gradients of its outputs."""
    if len(roots) == 1:
        node, number = roots[0]
        start: list[Any] = [None] * node.output_count()
        start[number] = grads[0]
        return node, start
    root: Any = ROOT_TYPES.root()
    root.next_nodes = [node for node, _ in roots]
    root.next_numbers = [number for _, number in roots]
    root.initial = grads
    return root, [grads[0]]


@mypyc_attr(allow_interpreted_subclasses=True)
class ManyRoots(Node):
    """The start of a backward pass from several tensors: hands out their initial gradients."""

    initial: Any = ()

    def run(self, grads: list[Any], graph: bool, needed: Any) -> Any:
        return list(self.initial)


class _RootTypes:
    def __init__(self) -> None:
        self.root: Any = ManyRoots


ROOT_TYPES = _RootTypes()


