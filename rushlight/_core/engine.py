"""The backward pass: dependencies, order, sums, hooks, captures.

One loop serves `backward` and `autograd.grad`, on arrays or (create_graph) on tensors; TENSORS (leaf.py) holds
the operators that the latter needs. Nothing here recurses: a chain of a million nodes is fine.

NOTE [ Order of execution ]
Among the nodes whose gradients have all arrived, the one recorded last runs first, and AccumulateGrad before all others. This
fixes the order of float sums and of hooks, so it follows PyTorch to the letter, also among equals: its ready queue is a binary
heap (libstdc++'s push_heap and pop_heap), so Heap (heap.py) moves elements as those do.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Final

from numpy import asarray

from rushlight._core import dtypes
from rushlight._core.collector import expect_cycle
from rushlight._core.heap import Heap
from rushlight._core.leaf import TENSORS, accumulate, add_into, check_answer, check_answers, expandable, shape_error, sum_to
from rushlight._core.loops import NATIVE
from rushlight._core.memory import in_step
from rushlight._core.node import (
    ROOT_TYPES as ROOT_TYPES,
    AccumulateGrad,
    ManyRoots as ManyRoots,
    Node,
    edge_of,
    live_accumulator,
    make_root,
    target,
)
from rushlight._core.op_node import COMPLEX_GRADIENT, OpNode, run_node, untouched
from rushlight._core.origin import users_place
from rushlight._core.plan import Plan
from rushlight._core.seen import Seen
from rushlight._core.slot import (
    LEAF_RANK,
    QUIET,
    SOLE,
    Capture,
    Slot,
    any_grad,
    ask_leaves,
    count_writes,
    find_needed,
    inherited_versions,
    may_add_into,
    one_like,
    plain_scalar,
    plus,
    references,
    shares_all,
    taken_over,
    writes_into,
)
from rushlight._core.state import ANOMALY, FORWARD_AD, MODE, PROFILE, VMAP, get_mode, loudly, pass_begin, pass_end, run_quiet, with_grad
from rushlight._core.tensor import ARRAY, TensorBase, shape_text, values_of, version_cell, wants_grad, wrap

FITS: Final[Any] = None if NATIVE is None else NATIVE.fits


class Task:
    """One backward pass. Its tables are keyed by nodes and leaf tensors, see NOTE [ Leaves in the graph ]."""

    def __init__(self, keep_graph: bool, graph: bool, accumulate: bool) -> None:
        self.keep_graph: bool = keep_graph
        self.graph: bool = graph  # gradients are tensors
        self.record: bool = graph  # and the pass is recorded
        self.accumulate: bool = accumulate
        self.started: bool = False
        self.slots: dict[Any, Slot] = {}
        self.selective: bool = False  # only what leads to requested inputs runs: see Slot.needed
        self.captured: list[Any] = []
        self.root: Any = None
        self.heap: Heap = Heap()
        self.place: Any = None if keep_graph else users_place()  # what nodes remember of the pass that used them up
        self.number: int = 0  # given when someone asks which pass runs
        self.seen: Seen | None = None
        self.current: Any = None  # the node or leaf that runs, where code of the user's may ask
        self.callbacks: list[Any] | None = None  # what the user's code asked to run at the end of the pass
        self.plain: bool = not graph  # nothing of the user's runs: no hooks, no functions of his own, no modes that watch

    # ------------------------------------------------------------ preparation

    def count_dependencies(self, root: Any) -> None:
        """Find every node and leaf, and how many edges lead to each."""
        self.root = root
        first = self.slot_of(root)
        if first.leaf is not None:
            return
        stack: list[Slot] = [first]
        plain = self.plain
        slots = self.slots
        while stack:
            slot = stack.pop()
            node: Node = slot.item
            if plain and not (isinstance(node, OpNode) and untouched(node)):
                plain = self.plain = False
            targets: list[Slot | None] = []
            for following in node.next_nodes:
                found: Slot | None = None
                if following is not None:
                    found = slots.get(following)
                    if found is None:
                        found = self.slot_of(following)
                        if found.leaf is None:
                            stack.append(found)
                        plain = self.plain
                    found.waiting += 1
                targets.append(found)
            if len(targets) == 1:
                slot.target = targets[0]
            else:
                slot.targets = targets

    def slot_of(self, item: Any) -> Slot:
        """The slot of what an edge leads to, made where there is none."""
        if isinstance(item, AccumulateGrad):
            self.plain = False
            item = item.variable
            known = self.slots.get(item)
            if known is not None:
                return known
        if isinstance(item, TensorBase):
            slot = Slot(item, LEAF_RANK)
            slot.leaf = item
            slot.shape = item._array.shape
            slot.np_dtype = item._array.dtype
            if item._hooks is not None or item._post_hooks is not None:
                self.plain = False
        else:
            node: Node = item
            slot = Slot(node, node.sequence)
            if node.shapes is None:
                slot.shape = node.shape
                slot.np_dtype = node.np_dtype
            elif len(node.shapes) == 1:
                slot.shape = node.shapes[0]
                slot.np_dtype = node.np_dtypes[0]
            else:
                slot.count = len(node.shapes)
        self.slots[item] = slot
        return slot

    # ------------------------------------------------------------ the loop

    def run(self, root: Any, grads: list[Any]) -> None:
        """Run from `root`, whose outputs' gradients are `grads`."""
        self.started = True
        slot = self.slots[target(root)]
        slot.grads = grads
        heap = self.heap
        heap.push(slot)
        plain = self.plain and not get_mode() & (ANOMALY | PROFILE)
        while heap.size:
            slot = heap.pop()
            if slot.leaf is not None:
                self.step_leaf(slot.leaf, slot)
            elif plain and slot.captures is None:
                self.step_plain(slot.item, slot)
            else:
                self.step(slot.item, slot)
            slot.grads = None

    def step_plain(self, node: OpNode, slot: Slot) -> None:
        """step(), where nothing watches and no gradient is handed out."""
        edges: list[bool] | None = None
        if self.selective:
            if not slot.needed:
                return
            edges = slot.wanted_edges()
        grads = slot.grads
        if grads is None:
            grads = [None] * slot.count
        results: list[Any]
        if any_grad(grads):
            results = run_node(node, grads, False, edges)
        else:
            results = [None] * len(node.next_nodes)
        plan: Plan = node.plan
        if not self.keep_graph and not plan.lasting:
            node.saved = self.place
        self.distribute(node, slot, grads, results, edges)

    def step(self, node: Node, slot: Slot) -> None:
        """Evaluate one node and hand its results on."""
        grads = slot.grads
        if grads is None:
            grads = [None] * node.output_count()
        arrived = grads
        self.current = node
        edges: list[bool] | None = None
        if node.tensor_hooks is not None or node.retains is not None:
            if not self.selective or slot.wanted():
                grads = self.run_tensor_hooks(node.tensor_hooks, node.retains, grads)
        if self.selective:
            if slot.captures is not None:  # PyTorch takes them before the hooks where the node itself runs
                self.capture(slot.captures, arrived if slot.needed else grads, slot if slot.needed or grads is arrived else None)
            if not slot.needed:
                return
            edges = slot.wanted_edges()
        if node.pre_hooks:
            grads = self.run_pre_hooks(node.pre_hooks, grads)
        if grads is not arrived:
            slot.versions = None  # what hooks gave is new
            slot.version = 0
        results: Any
        if not any_grad(grads) and not node.runs_without_grads():
            results = [None] * len(node.next_nodes)
        elif get_mode() & (ANOMALY | PROFILE):
            results = TENSORS.anomaly(node, grads, self.graph, edges)
        elif isinstance(node, OpNode):
            results = run_node(node, grads, self.graph, edges)
        else:
            results = node.run(grads, self.graph, edges)
        if not self.keep_graph:
            if isinstance(node, OpNode):
                plan: Plan = node.plan
                if not plan.lasting:
                    node.saved = self.place
            else:
                node.release()
        if node.post_hooks:
            results = self.run_post_hooks(node.post_hooks, self.validate(node, results), grads)
        self.distribute(node, slot, grads, results, edges)

    def step_leaf(self, leaf: TensorBase, slot: Slot) -> None:
        """End at a leaf: hooks, captures, and the sum into `.grad`."""
        grads = slot.grads
        if grads is None:
            grads = [None]
        runs = not self.selective or slot.needed
        captures = slot.captures
        self.current = leaf
        if leaf._hooks and (runs or captures is not None):
            arrived = grads
            grads = self.run_tensor_hooks([(0, leaf._hooks)], None, grads)
            if grads is not arrived:
                slot.version = 0  # what a hook gave is new
            arrived = []
        if captures is not None:
            self.capture(captures, grads, slot)
        if not runs:
            return
        node = live_accumulator(leaf) if leaf._accumulator is not None else None
        if node is not None and node.pre_hooks:
            grads = self.run_pre_hooks(node.pre_hooks, grads)
        slot.grads = grads
        if grads[0] is not None and leaf._requires_grad:
            sole = not self.graph and references(grads, 0) == SOLE
            if self.graph and not self.record:  # .grad keeps no tangents
                grads[0] = TENSORS.detach(grads[0])
            accumulate(leaf, grads[0], sole, sole and shares_all(grads[0]), slot.version, self.graph)
        if leaf._post_hooks:
            seen: Any = leaf
            for hook in list(leaf._post_hooks.values()):
                answer = loudly(hook, seen)
                if answer is not None:
                    check_answer(hook, answer, leaf._array)
                    seen = answer  # the next hook gets it, and PyTorch complains in the end
            if seen is not leaf:
                raise RuntimeError("Tensor post accumulate grad hooks should return None.")
        if node is not None and node.post_hooks:
            self.run_post_hooks(node.post_hooks, [], grads)

    def capture(self, captures: list[Capture], grads: list[Any], slot: Slot | None) -> None:
        """Keep gradients that were asked for, as tensors."""
        for entry in captures:
            grad = grads[entry.number]
            if grad is not None and not isinstance(grad, TensorBase):
                grad = wrap(grad)
                if slot is not None and slot.version_of(entry.number):
                    version_cell(grad).value = slot.version_of(entry.number)
            self.captured[entry.position] = grad

    def wants(self, item: Any) -> bool:
        """Whether a node or leaf is needed or captured."""
        return not self.selective or self.slots[item].wanted()

    def distribute(self, node: Node, source: Slot, grads: list[Any], results: Any, edges: list[bool] | None) -> None:
        """Check each result and add it to what arrived where its edge leads; push what is complete.

        What the node received and each result that was handed on are let go, for the reference counts to tell who owns a gradient.
        """
        next_nodes = node.next_nodes
        found: list[Any] = results if isinstance(results, list) else list(results)
        results = None
        if len(found) != len(next_nodes):
            found = self.fit_count(node, found, len(next_nodes))
        versions: list[int] | None = None
        if self.graph:
            if node.writes:
                count_writes(found, grads, node.writes)
        else:
            if node.writes:
                versions = [writes_into(node.writes, index) for index in range(len(found))]
            if source.version:
                versions = inherited_versions(found, grads, source, versions)
            source.grads = None
            for index in range(len(grads)):
                grads[index] = None
        targets = source.targets
        if targets is None:  # one edge
            following = source.target
            if following is not None:
                following.waiting -= 1
                if edges is None or edges[0]:
                    if found[0] is not None:
                        number = node.next_numbers[0] if following.count > 1 else 0
                        self.arrive(node, 0, following, number, found, 0 if versions is None else versions[0])
                    if following.waiting == 0:
                        self.heap.push(following)
            return
        if self.graph:  # all are brought into shape before any is added up, which the order of what is recorded shows
            found = self.validate(node, found)
        for index, following in enumerate(targets):
            if following is None:
                continue
            following.waiting -= 1
            if edges is not None and not edges[index]:
                continue
            if found[index] is not None:
                number = node.next_numbers[index] if following.count > 1 else 0
                self.arrive(node, index, following, number, found, 0 if versions is None else versions[index])
            if following.waiting == 0:
                self.heap.push(following)

    def arrive(self, node: Node, index: int, slot: Slot, number: int, results: list[Any], version: int) -> None:
        """Add results[index] to a slot, in the shape and dtype that is expected there, see NOTE [ Who owns a gradient ]."""
        count = slot.count
        shape, np_dtype = slot.shape, slot.np_dtype
        if count > 1:
            entry: Node = slot.item
            shape, np_dtype = entry.output_shape(number), entry.output_dtype(number)
        grad: Any = results[index]
        results[index] = None
        if self.graph:
            if grad._array.dtype is not np_dtype or grad._array.shape != shape:
                grad = self.fit(node, index, grad, grad._array, shape, np_dtype)
        else:
            if not isinstance(grad, ARRAY):
                grad = asarray(grad)
            if (FITS is None or not FITS(grad, np_dtype, shape)) and (grad.dtype is not np_dtype or grad.shape != shape):
                if grad.shape != shape:
                    version = 0  # the sum is new
                grad = self.fit(node, index, grad, grad, shape, np_dtype)
        present = slot.grads
        if present is None:
            if count == 1:
                slot.grads = [grad]
                grad = None
                slot.version = version
                return
            present = [None] * count
            slot.grads = present
        if present[number] is None:
            present[number] = grad
            grad = None
            if version:
                slot.set_version(number, version, count)
        elif self.graph:
            present[number] = TENSORS.add(present[number], grad)
        elif may_add_into(present, number):
            add_into(present[number], grad)
            slot.set_version(number, slot.version_of(number) + 1, count)
        else:
            total = plus(present[number], grad)
            if len(shape) > 1 and (1 in shape or total.strides != present[number].strides):
                total = in_step(total, (present[number], grad))
            adds_in_place = not shape and references(present, number) == SOLE and present[number].base is None
            present[number] = total if isinstance(total, ARRAY) else asarray(total)
            slot.set_version(number, slot.version_of(number) + 1 if adds_in_place else 0, count)

    def validate(self, node: Node, results: Any) -> list[Any]:
        """A node's results in the shapes and dtypes that its edges expect, for hooks."""
        next_nodes = node.next_nodes
        found = list(results) if len(results) == len(next_nodes) else self.fit_count(node, results, len(next_nodes))
        for index, following in enumerate(next_nodes):
            grad = found[index]
            if following is None or grad is None:
                continue
            item = target(following)
            if isinstance(item, Node):
                number = node.next_numbers[index]
                shape, np_dtype = item.output_shape(number), item.output_dtype(number)
            else:
                shape, np_dtype = item._array.shape, item._array.dtype
            array = grad._array if isinstance(grad, TensorBase) else asarray(grad)
            if array.dtype is not np_dtype or array.shape != shape:
                found[index] = self.fit(node, index, grad, array, shape, np_dtype)
        return found

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
        if isinstance(grad, TensorBase) and array.shape != shape and array.dtype.kind == "c" and np_dtype.kind != "c":
            grad = TENSORS.cast(grad, dtypes.of_numpy(np_dtype))  # the real part first, which PyTorch's formulas take
            array = grad._array
        if array.shape != shape:
            if not expandable(shape, array.shape):
                raise RuntimeError(
                    f"Function {node.name()} returned an invalid gradient at index {index} - got {shape_text(array.shape)} but "
                    f"expected shape compatible with {shape_text(shape)}"
                )
            grad = TENSORS.sum_to(grad, shape) if isinstance(grad, TensorBase) else sum_to(array, shape)
        if array.dtype.kind == "c" and np_dtype.kind != "c":
            if node.op.kind == "reduction" if isinstance(node, OpNode) else node.runs_without_grads():  # that is a user's function
                raise RuntimeError(COMPLEX_GRADIENT)
        if isinstance(grad, TensorBase):
            return grad if grad._array.dtype is np_dtype else TENSORS.cast(grad, dtypes.of_numpy(np_dtype))
        if grad.dtype is np_dtype:
            return grad
        if grad.dtype.kind == "c" and np_dtype.kind != "c":
            grad = grad.real
            if grad.dtype is np_dtype:
                return grad
        return grad.astype(np_dtype)

    # ------------------------------------------------------------ hooks

    def run_tensor_hooks(self, groups: Any, retains: Any, grads: list[Any]) -> list[Any]:
        """Tensor.register_hook's hooks, then retain_grad's; grads may be replaced."""
        found = grads
        for number, hooks in groups or ():
            for hook in list(hooks.values()):
                seen = self.tensor(found[number])  # held until the next hook had it: users hang attributes on it
                answer = loudly(hook, seen)
                if answer is not None:
                    if found[number] is None:
                        raise RuntimeError("can't replace a None gradient with a non-None value")
                    if found is grads:
                        found = list(grads)
                    found[number] = self.checked_answer(hook, answer, found[number])
        if retains is not None:
            for number, reference in list(retains.items()):
                tensor = reference()
                if tensor is not None and found[number] is not None:
                    self.retain(tensor, self.tensor(found[number]))
        return found

    def retain(self, tensor: TensorBase, grad: TensorBase) -> None:
        """Keep a non-leaf's gradient."""
        if self.record:
            expect_cycle(tensor)
        if tensor._grad is None:
            tensor._grad = TENSORS.clone(grad)
        else:
            tensor._grad = TENSORS.add(tensor._grad, grad)

    def checked_answer(self, hook: Any, answer: Any, grad: Any) -> Any:
        """What a hook returned, in the carrier of this pass."""
        check_answer(hook, answer, grad)
        return self.carrier(answer)

    def tensor(self, grad: Any) -> Any:
        """A gradient as hooks see it: the same tensor for all of them."""
        if grad is None or isinstance(grad, TensorBase):
            return grad
        if self.seen is None:
            self.seen = Seen()
        return self.seen.tensor(grad)

    def carrier(self, grad: Any) -> Any:
        """A tensor in the carrier of this pass."""
        if grad is None or self.graph or not isinstance(grad, TensorBase):
            return grad
        array = values_of(grad)
        if self.seen is not None:
            self.seen.keep(array, grad)
        return array

    def run_pre_hooks(self, hooks: Any, grads: list[Any]) -> list[Any]:
        """Node.register_prehook's hooks."""
        found = grads
        for hook in list(hooks.values()):
            seen = tuple([self.tensor(grad) for grad in found])
            answer = loudly(hook, seen)
            if answer is not None:
                check_answers(hook, answer, found)
                found = [self.carrier(grad) for grad in answer]
        return found

    def run_post_hooks(self, hooks: Any, results: Any, grads: list[Any]) -> Any:
        """Node.register_hook's hooks; results may be replaced."""
        found = results
        seen_grads = tuple([self.tensor(grad) for grad in grads])
        for hook in list(hooks.values()):
            answer = loudly(hook, tuple([self.tensor(grad) for grad in found]), seen_grads)
            if answer is not None:
                check_answers(hook, answer, found)
                found = [self.carrier(grad) for grad in answer]
        return found


# ---------------------------------------------------------------- entry


def execute(
    roots: list[tuple[Any, int]], grads: list[Any], keep_graph: bool, graph: bool, inputs: list[tuple[Any, int]] | None,
    accumulate_in: bool, only_leaves: bool = False,
) -> list[Any]:  # fmt: skip
    """Run a backward pass from `roots` (nodes and output numbers) with initial gradients `grads` (tensors).

    inputs: the edges whose gradients are wanted; None for all leaves. only_leaves: they are all the leaves that can be reached.
    Returns the captured gradients as tensors (None where an input was not reached), an empty list for a pass that accumulates.
    """
    word = get_mode()
    tensors = graph or word & (FORWARD_AD | VMAP) != 0 or taken_over(roots, grads, word)  # what was saved may have tangents, be batched
    task = Task(keep_graph, tensors, accumulate_in)
    task.record = graph
    root, start = make_root(roots, [grad if tensors or grad is None else values_of(grad) for grad in grads])
    task.count_dependencies(root)
    if inputs is not None:
        task.captured = [None] * len(inputs)
        if only_leaves:
            ask_leaves(task.slots, inputs)
        else:
            find_needed(task.slots, task.root, [(target(item), number) for item, number in inputs], accumulate_in)
        task.selective = True
    try:
        if task.plain and not word & (ANOMALY | PROFILE) and not QUIET.busy:
            run_plain_pass(task, root, start, word)
        else:
            run_in_mode(task, root, start, word)
    except ValueError as error:
        raise shape_error(error) from None
    return task.captured


def run_plain_pass(task: Task, root: Any, start: list[Any], word: int) -> None:
    """Run a pass without any code of the user's in the quiet context."""
    QUIET.busy = True
    try:
        run_quiet(task.run, root, start)
    except RuntimeError:
        if task.started:
            raise
        run_in_mode(task, root, start, word)  # another thread was in the quiet context
    finally:
        QUIET.busy = False


def gradients_of_scalar(tensor: TensorBase, inputs: Any, keep_graph: bool, graph: bool) -> list[Any] | None:
    """autograd.grad(tensor, inputs) for the plain case; None (and nothing done) when it is not one: see backward_from_scalar()."""
    if not plain_scalar(tensor):
        return None
    edges: list[tuple[Any, int]] = []
    for entry in inputs:
        if not isinstance(entry, TensorBase) or not wants_grad(entry):
            return None
        edges.append(edge_of(entry))
    return execute([edge_of(tensor)], [wrap(one_like(tensor._array))], keep_graph, graph, edges, False)


def backward_from_scalar(tensor: TensorBase, keep_graph: bool) -> bool:
    """tensor.backward() for the plain case; False (and nothing done) when it is not one: not a real floating-point scalar."""
    if not plain_scalar(tensor):
        return False
    root, number = edge_of(tensor)
    if isinstance(root, TensorBase) or root is None:
        return False
    execute([(root, number)], [wrap(one_like(tensor._array))], keep_graph, False, None, True)
    return True


RUNNING: Final[ContextVar[Task | None]] = ContextVar("rushlight_running_pass", default=None)  # the pass whose user code this is


def run_in_mode(task: Task, root: Any, start: list[Any], word: int) -> None:
    """Run a pass in the user's own context, with the grad mode that hooks and custom functions are to see."""
    wanted = with_grad(word, task.record)
    if wanted != word:
        MODE.set(wanted)
    tokens = pass_begin()
    outer = RUNNING.get()
    RUNNING.set(task)
    try:
        task.run(root, start)
        while task.callbacks:
            loudly(task.callbacks.pop(0))
    finally:
        RUNNING.set(outer)
        pass_end(tokens)
        if wanted != word:
            MODE.set(word)
