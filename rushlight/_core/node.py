"""Nodes of the recorded graph: edges, saved values with their version checks, hooks."""

from __future__ import annotations

import weakref
from typing import Any, Final

from rushlight._core import dtypes, state, tensor as tensors
from rushlight._core.collector import static, unwatched
from rushlight._core.origin import advice, written_text
from rushlight._core.state import SEQUENCE
from rushlight._core.tensor import INFERENCE, TensorBase, Version, version_cell, wrap
from rushlight._mypyc import mypyc_attr

LEAF_PRIORITY: Final = 1 << 64  # AccumulateGrad runs before every other ready node

SECOND_TIME = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). "
    "Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if "
    "you need to backward through the graph a second time or if you need to access saved tensors after calling backward."
)


DETACHED = (
    "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_()."
    "This is not supported, please use out-of-place `.detach()` instead"
)
INFERENCE_SAVED = (
    "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation tracked by "
    "autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` "
    "instead of `torch.inference_mode()`."
)


@mypyc_attr(allow_interpreted_subclasses=True)
class Node:
    """One recorded operation. Its subclasses say how gradients pass through it.

    `next_nodes[i]`, `next_numbers[i]` are the edge that the i-th result of run() goes to: a node, and which of that node's
    outputs it is a gradient of. `shape` and `np_dtype` describe the operation's only output, so what run() receives; with several
    outputs `shapes` and `np_dtypes` do.
    """

    sequence: int = 0
    next_nodes: tuple[Any, ...] = ()
    next_numbers: tuple[Any, ...] = ()
    shape: Any = ()
    np_dtype: Any = None
    shapes: Any = None
    np_dtypes: Any = None
    tensor_hooks: Any = None  # list of (output number, dict of hooks registered on that output)
    retains: Any = None  # output number -> weak reference to the tensor that keeps its gradient
    writes: int = 0  # the `_version` that PyTorch's formulas, which write in place, leave on the results: 4 bits for each of them,
    # and from the 33rd bit on those of recorded passes
    pre_hooks: Any = None
    post_hooks: Any = None
    _metadata: Any = None

    def run(self, grads: list[Any], graph: bool, needed: Any) -> Any:
        """Gradients for next_nodes from gradients of the outputs.

        grads: one entry per output, None where no gradient arrived. They are arrays, or tensors when `graph` is true (then
        the work is recorded). needed: which edges matter, None for all.
        """
        raise NotImplementedError(self.name())

    def release(self) -> None:
        """Drop what was saved for the backward pass."""

    def name(self) -> str:
        """PyTorch's name of the node."""
        name = type(self).__name__
        return "torch::autograd::NotImplemented" if name == "NotImplemented" else name

    def runs_without_grads(self) -> bool:
        """Whether the node runs also where no gradient arrives: only a user's own backward does."""
        return False

    def output_count(self) -> int:
        """How many outputs the recorded operation had."""
        return 1 if self.shapes is None else len(self.shapes)

    def output_shape(self, number: int) -> Any:
        """The shape of output `number`."""
        return self.shape if self.shapes is None else self.shapes[number]

    def output_dtype(self, number: int) -> Any:
        """The NumPy dtype of output `number`."""
        return self.np_dtype if self.np_dtypes is None else self.np_dtypes[number]


static(Node)


def short_name(node: Node) -> str:
    """A node's name as error texts have it: SqueezeBackward0 is Squeeze there, and SqueezeBackward3 is Squeeze3."""
    name = node.name()
    head, found, number = name.rpartition("Backward")
    if not found or number and not number.isdigit():
        return name
    return head if number == "0" else head + number


def edge_of(tensor: TensorBase) -> tuple[Any, int]:
    """The edge to which a gradient of `tensor` flows (for a leaf, to itself); (None, 0) when it needs none."""
    if tensor._view is not None:
        node = VIEWS.current_node(tensor)
        if node is not None:
            return node, tensor._output_nr
    elif tensor._node is not None:
        return tensor._node, tensor._output_nr
    if tensor._requires_grad:
        return tensor, 0
    return None, 0


class Relay(Node):
    """Passes a gradient on: joins a tensor that stands for a leaf (from an unpack hook) to that leaf."""

    def run(self, grads: list[Any], graph: bool, needed: Any) -> Any:
        return [grads[0]]


class _RelayMaker:
    def make(self, leaf: TensorBase) -> Relay:
        """A relay to `leaf`."""
        node = Relay()
        node.sequence = next_sequence()
        node.shape = leaf._array.shape
        node.np_dtype = leaf._array.dtype
        node.next_nodes = (leaf,)
        node.next_numbers = (0,)
        return node


RELAY: Final = _RelayMaker()


class _ViewHooks:
    """views.py registers here, since it needs nodes and nodes need it."""

    def __init__(self) -> None:
        self.current_node: Any = None
        self.check_creation: Any = None
        self.rebase: Any = None


VIEWS: Final = _ViewHooks()


# NOTE [ Leaves in the graph ]
# An edge to a leaf holds the leaf tensor itself: no object is made for it, and there is no reference cycle. The AccumulateGrad node
# that PyTorch shows there (in next_functions) is made when someone looks: then it takes the leaf's place in that edge, so that it
# lives as long as the graph, and the leaf remembers it weakly, so that every graph shows the same one and its hooks are found. The
# engine works with the leaf in either case, see target().
@mypyc_attr(allow_interpreted_subclasses=True)
class AccumulateGrad(Node):
    """Where gradients of a leaf end, as users see it; the adding is done by the engine."""

    variable: Any = None

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"


class _NodeTypes:
    def __init__(self) -> None:
        self.accumulate: Any = AccumulateGrad


NODE_TYPES: Final = _NodeTypes()


def live_accumulator(leaf: TensorBase) -> AccumulateGrad | None:
    """The leaf's AccumulateGrad node if someone holds it."""
    held = leaf._accumulator
    if held is None:
        return None
    found: AccumulateGrad | None = held()
    return found


def accumulator_of(leaf: TensorBase) -> AccumulateGrad:
    """The leaf's AccumulateGrad node, the same one for as long as anyone holds it."""
    found = live_accumulator(leaf)
    if found is not None:
        return found
    node: AccumulateGrad = NODE_TYPES.accumulate()
    node.variable = leaf
    node.sequence = LEAF_PRIORITY
    leaf._accumulator = weakref.ref(node)
    return node


def target(following: Any) -> Any:
    """What an edge leads to, for the engine: a node, or a leaf tensor."""
    return following.variable if isinstance(following, AccumulateGrad) else following


def show_edges(node: Node) -> Any:
    """The node's following nodes as users see them, AccumulateGrad nodes in place of leaves."""
    shown = node.next_nodes
    for following in shown:
        if isinstance(following, TensorBase):
            shown = tuple([accumulator_of(entry) if isinstance(entry, TensorBase) else entry for entry in shown])
            node.next_nodes = shown
            break
    return shown


# ---------------------------------------------------------------- saved values


class SavedTensor:
    """A tensor saved for the backward pass, with the version it had.

    NOTE [ What a saved tensor holds ]
    - an input of the saving node: the tensor itself, so that unpacking gives the very object;
    - an output of the saving node: array and cell. Holding the tensor would close a cycle; its edge is the node itself, known when it
      is unpacked;
    - under saved-tensor hooks: what the pack hook returned (`packed`), and the unpack hook.
    """

    def __init__(self) -> None:
        self.tensor: TensorBase | None = None
        self.array: Any = None
        self.cell: Version | None = None
        self.version: int = 0
        self.number: int = 0
        self.requires_grad: bool = False
        self.history: Any = None  # for an output that was written into a view, a weak reference to the view's node
        self.exotic: Any = None  # the flags, tangents and batch of an output, or of what hooks packed, where it has any
        self.unpack_hook: Any = None
        self.packed: Any = None

    def raw(self, owner: Node) -> Any:
        """The array, after the version check."""
        if self.unpack_hook is not None:
            return self.unpack(owner)._array
        tensor = self.tensor
        if tensor is not None:
            cell = tensor._cell
            if cell is not None and (cell.value != self.version or cell.detached):
                self.check(owner, tensor, cell)
            return tensor._array
        cell = self.cell
        if cell is not None and cell.value != self.version:
            raise RuntimeError(self.modified_text(owner, cell.value))
        return self.array

    def check(self, owner: Node, tensor: TensorBase, cell: Version) -> None:
        """Raise where the input was modified, or cut off the graph in place, since it was saved."""
        if self.requires_grad and tensor._node is None and owner.sequence < cell.detached:
            raise RuntimeError(DETACHED)
        if cell.value != self.version:
            raise RuntimeError(self.modified_text(owner, cell.value))

    def unpack(self, owner: Node) -> TensorBase:
        """The tensor, joined to the graph as it was when saved."""
        if self.unpack_hook is not None:
            value = state.loudly(self.unpack_hook, self.packed)
            if not isinstance(value, TensorBase):
                raise TypeError(f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(value).__name__}")
            if not self.requires_grad:
                return value
            joined = self._joined(value if value._flags & tensors.FOREIGN else wrap(value._array), owner)
            if value._flags & tensors.BATCHED:  # the examples are what the hook gave
                joined._flags |= tensors.BATCHED
                joined._batch = value._batch
            return joined
        array = self.raw(owner)
        return self._joined(wrap(array), owner) if self.tensor is None else self.tensor

    def _joined(self, result: TensorBase, owner: Node) -> TensorBase:
        """A new tensor in the place of the saved one in the graph."""
        result._requires_grad = self.requires_grad
        if self.exotic is not None:
            flags, result._tangent, result._batch = self.exotic
            result._flags |= flags
        tensor = self.tensor
        if tensor is None:
            result._cell = self.cell
            history = None if self.history is None else self.history()
            if history is not None:  # that of the view, which starts at CopySlices of the base
                result._node = history
                return result
            result._output_nr = self.number
            result._node = owner if self.requires_grad else None
            return result
        node, number = edge_of(tensor)
        result._node = accumulator_of(node) if isinstance(node, TensorBase) else node
        result._output_nr = number
        return result

    def modified_text(self, owner: Node, now: int) -> str:
        """PyTorch's text for a saved tensor that was modified since."""
        tensor = self.tensor
        array = self.array if tensor is None else tensor._array
        text = (
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            f"[{dtypes.type_text(array)} {tensors.shape_text(array.shape)}]"
        )
        source: Any = owner if self.requires_grad else None
        if tensor is not None:
            source = edge_of(tensor)[0]
        if self.history is not None and source is owner:
            source = self.history() or owner  # the view's history as it was rebuilt then, where anything still has it
        if isinstance(source, Node):
            number = self.number if tensor is None else tensor._output_nr
            text += f", which is output {number} of {short_name(source)},"
        text += f" is at version {now}; expected version {self.version} instead. "
        if state.get_mode() & state.ANOMALY:
            text += (
                "Hint: the backtrace further above shows the operation that failed to compute its gradient. The variable in question "
                "was changed in there or anywhere later. Good luck!"
            )
        else:
            text += (
                "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
                "torch.autograd.set_detect_anomaly(True, check_nan=False)."
            )
        cell = self.cell if tensor is None else tensor._cell
        if cell is not None:
            text += written_text(cell)
        return text + advice("saved_changed", array, owner, self)


unwatched(SavedTensor)


def save_input(tensor: TensorBase) -> SavedTensor:
    """Save an input of the recorded operation."""
    if tensor._flags & INFERENCE:
        raise RuntimeError(INFERENCE_SAVED)
    saved = SavedTensor()
    saved.tensor = tensor
    cell = tensor._cell
    if cell is not None:
        saved.version = cell.value
        if cell.writer is not None:
            cell.earlier = cell.writer
            cell.writer = None
    saved.requires_grad = tensor._requires_grad or tensor._view is not None and tensors.wants_grad(tensor)
    return saved


def save_output(tensor: TensorBase, number: int, requires_grad: bool) -> SavedTensor:
    """Save an output of the operation being recorded (its edge is the node that saves it)."""
    cell = version_cell(tensor)
    if cell.writer is not None:
        cell.earlier = cell.writer
        cell.writer = None
    saved = SavedTensor()
    saved.array = tensor._array
    saved.cell = cell
    saved.version = cell.value
    saved.number = number
    saved.requires_grad = requires_grad
    if tensor._flags & tensors.LAZY or tensor._tangent is not None or tensor._batch is not None:
        saved.exotic = (tensor._flags, tensor._tangent, tensor._batch)
    return saved


def next_sequence() -> int:
    """The sequence number of a new node."""
    number = SEQUENCE.value
    SEQUENCE.value = number + 1
    return number


def add_tensor_hook(node: Node, number: int, hooks: Any) -> None:
    """Run the dict `hooks` on gradients of the node's output `number`."""
    if node.tensor_hooks is None:
        node.tensor_hooks = []
    node.tensor_hooks.append((number, hooks))


@mypyc_attr(allow_interpreted_subclasses=True)
class ManyRoots(Node):
    """The start of a backward pass from several tensors: hands out their initial gradients."""

    initial: Any = ()

    def run(self, grads: list[Any], graph: bool, needed: Any) -> Any:
        return list(self.initial)


class _RootTypes:
    def __init__(self) -> None:
        self.root: Any = ManyRoots


ROOT_TYPES: Final = _RootTypes()


def make_root(roots: list[tuple[Any, int]], grads: list[Any]) -> tuple[Any, list[Any]]:
    """The node (or leaf) that a pass starts from and the gradients of its outputs."""
    if len(roots) == 1:
        node, number = target(roots[0][0]), roots[0][1]
        start: list[Any] = [None] * (node.output_count() if isinstance(node, Node) and node.shapes is not None else 1)
        start[number] = grads[0]
        return node, start
    root: Any = ROOT_TYPES.root()
    root.next_nodes = tuple([node for node, _ in roots])
    root.next_numbers = tuple([number for _, number in roots])
    root.initial = grads
    return root, [grads[0]]
