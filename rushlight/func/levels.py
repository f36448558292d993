"""The levels that torch.func's transforms stack, and the tensors that belong to one.

NOTE [ How transforms nest ]
`vmap`, `jvp` and `grad` push a Level each. What they do to tensors differs:

- vmap wraps. A batched tensor is an ordinary Tensor with the flag BATCHED; its `_batch` holds the level, the tensor with all examples
  and the dimension that counts them. Its `_array` is one example of that tensor (a view of it), so that shape, strides, dtype and all
  the argument checks that read them are those of one example, and compositions run on it as they are. Only its values must not be read.
- jvp marks. A dual tensor has the flag DUAL and its tangents in `_tangent`, one for each level that it depends on. The tangent of an
  inner level may itself be dual at an outer one: that is how derivatives of derivatives stay apart.
- grad does neither: gradients belong to graphs, and two graphs never mix. The transform makes a fresh leaf (joined to the outer graph
  when there is one) and asks for the gradient of what the function made of it.

A tensor's *stratum* is its vmap level (none for plain tensors). Each stratum has graphs of its own: an operation on batched tensors is
recorded on the wrappers for the grad levels inside the vmap, and, by the operation on all examples that carries it out, on what they
wrap for the grad levels outside. A tensor of an outer stratum that wants a gradient or has tangents is a constant to the inner one;
lift() wraps it so that it looks like one.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import numpy as np

from rushlight._core.node import Node, accumulator_of, edge_of, target
from rushlight._core.op import HOOKS
from rushlight._core.state import FORWARD_AD, GRAD, INFERENCE, MODE, SAVED_HOOKS, VMAP, get_mode
from rushlight._core.tensor import BATCHED, DISPATCH, DUAL, LAZY, TensorBase, new_as, wants_grad
from rushlight.ops.examples import HOOKED

FORWARD_OFF: ContextVar[bool] = ContextVar("rushlight_forward_off", default=False)  # operations compute no tangents
STACK: ContextVar[tuple[Any, ...]] = ContextVar("rushlight_func_levels", default=())


class Level:
    """One transform that is being carried out. Levels count from 1, outermost first."""

    __slots__ = (
        "alive", "forward", "internal", "joined", "kind", "leaves", "number", "quiet", "randomness", "recorded", "silenced", "size",
        "token", "word",
    )  # fmt: skip

    def __init__(self, kind: str, size: int = 0, randomness: str = "error", internal: bool = False) -> None:
        self.kind = kind
        self.internal = internal  # no transform of torch.func to those who ask: batches of torch.autograd's own
        self.size = size
        self.randomness = randomness
        self.alive = True
        self.joined = False  # of a forward-mode level: some of its primals want gradients
        self.leaves: Any = None  # of a grad level: the edges of its inputs
        self.quiet = 0  # of a vmap level: how many grad levels stand on it that were entered with the grad mode off
        self.silenced: Any = None  # of such a grad level: the vmap level
        self.recorded = internal  # a grad or jvp level stands on this vmap level: its tensors need views and versions

    def __enter__(self) -> Level:
        stack = STACK.get()
        self.number = len(stack) + 1
        self.token = STACK.set((*stack, self))
        self.word = word = get_mode()
        if self.kind == "vmap":
            MODE.set(word | VMAP)
        elif self.kind in ("jvp", "dual"):
            MODE.set((word | FORWARD_AD) & ~INFERENCE if self.kind == "jvp" else word | FORWARD_AD)
            self.forward = FORWARD_OFF.set(False)
        elif self.kind == "grad":
            MODE.set((word | GRAD) & ~INFERENCE)
        if self.kind != "vmap":
            outer = stratum(stack)
            if outer is not None:
                outer.recorded = True
                if self.kind == "grad" and not word & GRAD:
                    outer.quiet += 1
                    self.silenced = outer
        return self

    def __exit__(self, *error: Any) -> None:
        self.alive = False
        if self.silenced is not None:
            self.silenced.quiet -= 1
        STACK.reset(self.token)
        if self.kind == "jvp":
            FORWARD_OFF.reset(self.forward)
        MODE.set(self.word)


def refuse_hooks() -> None:
    """Raise where saved-tensor hooks are at work: transforms do not go together with them."""
    if get_mode() & SAVED_HOOKS:
        raise RuntimeError(HOOKED)


class Batch:
    """What a batched tensor stands for: `value` with its examples along `dim` (None: the same for all)."""

    __slots__ = ("dim", "level", "value")

    def __init__(self, level: Level, value: Any, dim: int | None) -> None:
        self.level = level
        self.value = value
        self.dim = dim


def stratum(stack: Any = None) -> Level | None:
    """The innermost vmap level."""
    for level in reversed(STACK.get() if stack is None else stack):
        if level.kind == "vmap":
            return level
    return None


# ---------------------------------------------------------------- batched tensors


def make(level: Level, value: Any, dim: int | None) -> Any:
    """The batched tensor of a level that stands for `value`."""
    if value._flags & LAZY:
        value = HOOKS.settle([value])[0]
    array = value._array
    if dim is not None:
        if array.shape[dim]:
            array = array[0, ...] if dim == 0 else array[(slice(None),) * dim + (0, ...)]
        else:
            array = np.empty(array.shape[:dim] + array.shape[dim + 1 :], array.dtype)
    made = new_as(type(value), array)
    made._flags = BATCHED | value._flags & ~(DUAL | BATCHED)
    made._batch = Batch(level, value, dim)
    return made


def lift(level: Level | None, tensor: Any) -> Any:
    """A tensor as one of a stratum: itself, or a batched tensor that is the same for all examples."""
    if level is None or tensor._batch is not None and tensor._batch.level is level:
        return tensor
    return make(level, tensor, None)


def bare(tensor: Any) -> Any:
    """A batched tensor without its stratum's graph and tangents."""
    made = new_as(type(tensor), tensor._array)
    made._flags = tensor._flags & ~DUAL
    made._batch = tensor._batch
    return made


def split(tensor: Any, level: Level) -> tuple[Any, int | None]:
    """What a tensor stands for at a level, and its batch dimension there."""
    batch = tensor._batch
    if batch is None or batch.level is not level:
        return tensor, None
    return batch.value, batch.dim


# ---------------------------------------------------------------- dual tensors


def tangents_of(tensor: Any) -> Any:
    """The tangents of a tensor at levels that are still being carried out: ((level, tangent), ...), outermost first."""
    found = tensor._tangent
    if found is None:
        return ()
    for level, _ in found:
        if not level.alive:
            found = tuple([pair for pair in found if pair[0].alive])
            set_tangents(tensor, found)
            return found
    return found


def set_tangents(tensor: Any, tangents: Any) -> None:
    """Give a tensor its tangents."""
    if tangents:
        tensor._tangent = tuple(tangents)
        tensor._flags |= DUAL
    else:
        tensor._tangent = None
        tensor._flags &= ~DUAL


def tangent_at(tensor: Any, level: Level) -> Any:
    """The tangent of a tensor at one level, or None."""
    for entry, tangent in tensor._tangent or ():
        if entry is level:
            return tangent
    return None


def stripped(tensor: Any, number: int) -> Any:
    """A tensor without its tangents at level `number` and inner ones, in the same place of the graph."""
    found = tensor._tangent
    if found is None or found[-1][0].number < number:
        return tensor
    made = twin(tensor)
    set_tangents(made, [pair for pair in found if pair[0].number < number])
    return made


def twin(tensor: Any) -> Any:
    """Another tensor over the same memory in the same place of the graph."""
    made = new_as(type(tensor), tensor._array)
    made._flags = tensor._flags
    if made._flags & DISPATCH:  # what its class keeps in it
        vars(made).update(vars(tensor))
    made._batch = tensor._batch
    made._tangent = tensor._tangent
    made._cell = tensor._cell
    if wants_grad(tensor):
        node, number = edge_of(tensor)
        made._node = accumulator_of(node) if isinstance(node, TensorBase) else node
        made._output_nr = number
        made._requires_grad = True
    return made


# ---------------------------------------------------------------- gradients


def tracking_level(tensor: Any, limit: int = 1 << 30) -> int | None:
    """The innermost grad level below `limit` whose inputs the tensor was computed from."""
    if not wants_grad(tensor):
        return None
    candidates = [level for level in STACK.get() if level.kind == "grad" and level.number < limit and level.leaves]
    if not candidates:
        return None
    seen: set[Any] = set()
    stack: list[Any] = [edge_of(tensor)[0]]
    while stack:
        item = target(stack.pop())
        if item not in seen:
            seen.add(item)
            if isinstance(item, Node):
                stack.extend([entry for entry in item.next_nodes if entry is not None])
    for level in candidates[::-1]:
        if any(edge[0] in seen for edge in level.leaves):
            return int(level.number)
    return None


def reaches_graph(tensor: Any) -> bool:
    """Whether a tensor, or what a batched one stands for, wants a gradient."""
    while tensor is not None:
        if wants_grad(tensor):
            return True
        tensor = None if tensor._batch is None else tensor._batch.value
    return False
