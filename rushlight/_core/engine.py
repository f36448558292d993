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

from numpy import add as np_add, asarray, ndarray

from rushlight._core import dtypes
from rushlight._core.leaf import TENSORS, accumulate, expandable, sum_to
from rushlight._core.node import LEAF_PRIORITY, AccumulateGrad, Node, live_accumulator, target
from rushlight._core.state import ANOMALY, MODE, get_mode, quiet_begin, quiet_end, with_grad
from rushlight._core.tensor import TensorBase, shape_text, wrap
from rushlight._mypyc import mypyc_attr


class _Heap:
    """A max-heap of nodes and leaves by sequence number that breaks ties as PyTorch's does."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.ranks: list[int] = []

    def push(self, item: Any) -> None:
        rank = item.sequence if isinstance(item, Node) else LEAF_PRIORITY
        self.items.append(item)
        self.ranks.append(rank)
        if len(self.items) > 1:
            self.rise(len(self.items) - 1, 0, item, rank)

    def rise(self, hole: int, top: int, item: Any, rank: int) -> None:
        items = self.items
        ranks = self.ranks
        parent = (hole - 1) // 2
        while hole > top and ranks[parent] < rank:
            items[hole] = items[parent]
            ranks[hole] = ranks[parent]
            hole = parent
            parent = (hole - 1) // 2
        items[hole] = item
        ranks[hole] = rank

    def pop(self) -> Any:
        items = self.items
        ranks = self.ranks
        result = items[0]
        last = items.pop()
        rank = ranks.pop()
        size = len(items)
        if size == 0:
            return result
        hole = 0
        child = 0
        while child < (size - 1) // 2:
            child = 2 * (child + 1)
            if ranks[child] < ranks[child - 1]:
                child -= 1
            items[hole] = items[child]
            ranks[hole] = ranks[child]
            hole = child
        if size % 2 == 0 and child == (size - 2) // 2:
            child = 2 * (child + 1)
            items[hole] = items[child - 1]
            ranks[hole] = ranks[child - 1]
            hole = child - 1
        self.rise(hole, 0, last, rank)
        return result


class Capture:
    """A gradient to hand out: for `autograd.grad` and `backward(inputs=)`."""

    def __init__(self, position: int, number: int) -> None:
        self.position: int = position
        self.number: int = number


BORROWED, OWNED, SUM = 0, 1, 2


class Buffer:
    """The gradients that arrived at a node, by output number, and whether each is borrowed, owned or a sum of ours."""

    def __init__(self, size: int) -> None:
        self.grads: list[Any] = [None] * size
        self.owned: list[int] = [BORROWED] * size


class Task:
    """One backward pass. Its tables are keyed by nodes and leaf tensors, see NOTE [ Leaves in the graph ]."""

    def __init__(self, keep_graph: bool, graph: bool, accumulate: bool) -> None:
        self.keep_graph: bool = keep_graph
        self.graph: bool = graph
        self.accumulate: bool = accumulate
        self.dependencies: dict[Any, int] = {}
        self.needed: dict[Any, bool] | None = None  # what leads to a requested input
        self.captures: dict[Any, list[Capture]] = {}
        self.captured: list[Any] = []
        self.buffers: dict[Any, Buffer] = {}
        self.callbacks: list[Any] | None = None

    # ------------------------------------------------------------ preparation

    def count_dependencies(self, root: Any) -> None:
        """How many edges lead to each node and leaf."""
        dependencies = self.dependencies
        dependencies[root] = 0
        if not isinstance(root, Node):
            return
        stack: list[Node] = [root]
        while stack:
            node = stack.pop()
            for following in node.next_nodes:
                if following is None:
                    continue
                if isinstance(following, AccumulateGrad):
                    following = following.variable
                count = dependencies.get(following)
                if count is None:
                    dependencies[following] = 1
                    if isinstance(following, Node):
                        stack.append(following)
                else:
                    dependencies[following] = count + 1

    def find_needed(self, root: Any, inputs: list[tuple[Any, int]]) -> None:
        """Mark what leads to the inputs: nothing else runs."""
        needed: dict[Any, bool] = {}
        for position, (item, number) in enumerate(inputs):
            item = target(item)
            if self.accumulate:
                needed[item] = True
            else:
                self.captures.setdefault(item, []).append(Capture(position, number))
        stack: list[Any] = [root]
        state: dict[Any, int] = {}
        while stack:
            item = stack[-1]
            if item in state:
                stack.pop()
                if state[item] == 0:
                    state[item] = 1
                    if not needed.get(item, False):
                        needed[item] = leads_to(item, needed, self.captures)
                continue
            state[item] = 0
            if isinstance(item, Node):
                stack.extend([target(entry) for entry in item.next_nodes if entry is not None and target(entry) not in state])
        self.needed = needed

    # ------------------------------------------------------------ the loop

    def run(self, root: Any, grads: list[Any]) -> None:
        """Run from `root`, whose outputs' gradients are `grads`."""
        buffer = Buffer(len(grads))
        buffer.grads = list(grads)
        self.buffers[root] = buffer
        heap = _Heap()
        heap.push(root)
        while heap.items:
            item = heap.pop()
            buffer = self.buffers.pop(item)
            if isinstance(item, Node):
                self.step(item, buffer, heap)
            else:
                self.step_leaf(item, buffer)

    def step(self, node: Node, buffer: Buffer, heap: _Heap) -> None:
        """Evaluate one node and hand its results on."""
        grads = buffer.grads
        needed = self.needed
        runs = needed is None or needed.get(node, False)
        captures = self.captures.get(node) if needed is not None else None
        if (node.tensor_hooks is not None or node.retains is not None) and (runs or captures is not None):
            grads = self.run_tensor_hooks(node.tensor_hooks, node.retains, grads)
        if captures is not None:
            self.capture(captures, grads)
        if not runs:
            return
        if node.pre_hooks:
            grads = self.run_pre_hooks(node.pre_hooks, grads)
        results: Any
        if any_grad(grads):
            edges = None if needed is None else self.needed_edges(node)
            if MODE.get() & ANOMALY:
                results = TENSORS.anomaly(node, grads, self.graph, edges)
            else:
                results = node.run(grads, self.graph, edges)
        else:
            results = [None] * len(node.next_nodes)
        if not self.keep_graph:
            node.release()
        results = self.validate(node, results)
        if node.post_hooks:
            results = self.run_post_hooks(node.post_hooks, results, grads)
        self.distribute(node, grads, results, heap)

    def step_leaf(self, leaf: TensorBase, buffer: Buffer) -> None:
        """End at a leaf: hooks, captures, and the sum into `.grad`."""
        grads = buffer.grads
        owned = buffer.owned[0] != BORROWED
        needed = self.needed
        runs = needed is None or needed.get(leaf, False)
        captures = self.captures.get(leaf) if needed is not None else None
        if leaf._hooks and (runs or captures is not None):
            grads = self.run_tensor_hooks([(0, leaf._hooks)], None, grads)
            owned = False
        if captures is not None:
            self.capture(captures, grads)
            owned = False
        if not runs:
            return
        node = live_accumulator(leaf)
        if node is not None and node.pre_hooks:
            grads = self.run_pre_hooks(node.pre_hooks, grads)
            owned = False
        if grads[0] is not None:
            accumulate(leaf, grads[0], owned, self.graph)
        if node is not None and node.post_hooks:
            self.run_post_hooks(node.post_hooks, [], grads)

    def capture(self, captures: list[Capture], grads: list[Any]) -> None:
        """Keep gradients that were asked for."""
        for entry in captures:
            self.captured[entry.position] = grads[entry.number]

    def needed_edges(self, node: Node) -> list[bool]:
        """Which edges of a node lead to a requested input."""
        return [following is not None and self.wants(target(following)) for following in node.next_nodes]

    def wants(self, item: Any) -> bool:
        """Whether a node or leaf is needed or captured."""
        needed = self.needed
        return needed is None or needed.get(item, False) or item in self.captures

    def distribute(self, node: Node, grads: list[Any], results: Any, heap: _Heap) -> None:
        """Add each result to the buffer of what its edge leads to; push what is complete."""
        dependencies = self.dependencies
        buffers = self.buffers
        numbers = node.next_numbers
        index = -1
        for following in node.next_nodes:
            index += 1
            if following is None:
                continue
            if isinstance(following, AccumulateGrad):
                following = following.variable
            count = dependencies[following] - 1
            dependencies[following] = count
            if self.needed is not None and not self.wants(following):
                continue
            result = results[index]
            buffer = buffers.get(following)
            if buffer is None:
                buffer = Buffer(following.output_count() if isinstance(following, Node) else 1)
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
            buffer.owned[number] = OWNED if fresh else BORROWED
        elif self.graph:
            buffer.grads[number] = TENSORS.add(present, grad)
        elif buffer.owned[number] == SUM and present.shape:
            np_add(present, grad, out=present)
        else:
            total = np_add(present, grad)
            buffer.grads[number] = total if isinstance(total, ndarray) else asarray(total)
            buffer.owned[number] = SUM

    def validate(self, node: Node, results: Any) -> Any:
        """Check count, shapes and dtypes of a node's results; sum broadcast gradients down to what each edge expects."""
        count = len(node.next_nodes)
        if len(results) != count:
            results = self.fit_count(node, results, count)
        index = -1
        for following in node.next_nodes:
            index += 1
            grad = results[index]
            if following is None or grad is None:
                continue
            if isinstance(following, Node) and not isinstance(following, AccumulateGrad):
                number = node.next_numbers[index]
                shape, np_dtype = following.output_shape(number), following.output_dtype(number)
            else:
                variable = target(following)._array
                shape, np_dtype = variable.shape, variable.dtype
            array = grad._array if isinstance(grad, TensorBase) else grad
            if not isinstance(array, ndarray):
                array = asarray(grad)
                results = replaced(results, index, array)
                grad = array
            if array.dtype is np_dtype and array.shape == shape:
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

    def run_tensor_hooks(self, groups: Any, retains: Any, grads: list[Any]) -> list[Any]:
        """Tensor.register_hook's hooks, then retain_grad's; grads may be replaced."""
        found = list(grads)
        for number, hooks in groups or ():
            if found[number] is None:
                continue
            for hook in list(hooks.values()):
                answer = hook(self.tensor(found[number]))
                if answer is not None:
                    found[number] = self.checked_answer(hook, answer, found[number])
        if retains is not None:
            for number, reference in list(retains.items()):
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

    def checked_answer(self, hook: Any, answer: Any, grad: Any) -> Any:
        """What a hook returned, in the carrier of this pass."""
        name = getattr(hook, "__name__", None)
        named = "hook" if name is None else f"hook '{name}'"
        if not isinstance(answer, TensorBase):
            raise TypeError(f"expected Variable, but hook returned '{type(answer).__name__}'")
        before = grad._array if isinstance(grad, TensorBase) else grad
        if answer._array.dtype is not before.dtype:
            raise RuntimeError(
                f"{named} has changed the type of value (was torch."
                f"{dtypes.of(before).cpp}Tensor got torch.{dtypes.of(answer._array).cpp}Tensor)"
            )
        if answer._array.shape != before.shape:
            raise RuntimeError(f"{named} has changed the size of value")
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

    def run_pre_hooks(self, hooks: Any, grads: list[Any]) -> list[Any]:
        """Node.register_prehook's hooks."""
        found = grads
        for hook in list(hooks.values()):
            seen = tuple([self.tensor(grad) for grad in found])
            answer = hook(seen)
            if answer is not None:
                found = [self.carrier(grad) for grad in as_tuple(answer, len(found))]
        return found

    def run_post_hooks(self, hooks: Any, results: Any, grads: list[Any]) -> Any:
        """Node.register_hook's hooks; results may be replaced."""
        found = results
        seen_grads = tuple([self.tensor(grad) for grad in grads])
        for hook in list(hooks.values()):
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


def leads_to(item: Any, needed: dict[Any, bool], captures: dict[Any, list[Capture]]) -> bool:
    """Whether an edge of `item` leads to what is needed or captured."""
    if isinstance(item, Node):
        for following in item.next_nodes:
            if following is not None:
                following = target(following)
                if needed.get(following, False) or following in captures:
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


# ---------------------------------------------------------------- entry


def execute(
    roots: list[tuple[Any, int]], grads: list[Any], keep_graph: bool, graph: bool, inputs: list[tuple[Any, int]] | None, accumulate_in: bool
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


def make_root(roots: list[tuple[Any, int]], grads: list[Any]) -> tuple[Any, list[Any]]:
    """The node (or leaf) that a pass starts from and the gradients of its outputs."""
    if len(roots) == 1:
        node, number = target(roots[0][0]), roots[0][1]
        start: list[Any] = [None] * (node.output_count() if isinstance(node, Node) else 1)
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


