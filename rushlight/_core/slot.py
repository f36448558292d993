"""What a backward pass keeps of one node or leaf, and who owns the gradients that arrived there.

NOTE [ Who owns a gradient ]
Formulas may return the very array that they received, a view of it, or what they saved; hooks and users may keep what they saw. As in
PyTorch, reference counts tell: an array that only its slot refers to may be added to in place, and a leaf may keep it as its `.grad`;
any other is copied. Additions in place show in the gradient's `_version`, so they are counted.
"""

from __future__ import annotations

from sys import getrefcount
from typing import Any, Final

from numpy import array as make_array, dtype

from rushlight._core.collector import unwatched
from rushlight._core.leaf import is_dense, plus as plus, taken_over as taken_over
from rushlight._core.loops import NATIVE
from rushlight._core.memory import same_order
from rushlight._core.state import MODE, PROFILE
from rushlight._core.tensor import ARRAY, TensorBase, version_cell, wants_grad

REFERENCES: Final[Any] = getrefcount
OWNED: Final[Any] = None if NATIVE is None else NATIVE.owned
BYTES: Final = dtype("uint8")


class Capture:
    """A gradient to hand out: for `autograd.grad` and `backward(inputs=)`."""

    def __init__(self, position: int, number: int) -> None:
        self.position: int = position
        self.number: int = number


LEAF_RANK: Final = 1 << 60  # gradients are added to leaves before any other ready node runs


class Slot:
    """What a pass knows of one node or leaf: where its edges lead, how many edges are still to come, the gradients that arrived by output
    number and their versions."""

    def __init__(self, item: Any, rank: int) -> None:
        self.item: Any = item  # a node, or a leaf tensor
        self.rank: int = rank  # its place in the order of execution
        self.leaf: TensorBase | None = None
        self.shape: Any = None  # of the one gradient that is expected
        self.np_dtype: Any = None
        self.count: int = 1  # how many there are: with several, the node knows their shapes
        self.waiting: int = 0
        self.target: Slot | None = None  # where the node's only edge leads ...
        self.targets: list[Slot | None] | None = None  # ... or all of them
        self.grads: list[Any] | None = None
        self.version: int = 0  # of the first gradient
        self.versions: list[int] | None = None  # of all, for several outputs
        # Where only some gradients are asked for:
        self.needed: bool = False  # it leads to one
        self.captures: list[Capture] | None = None  # it is one
        self.visits: int = 0

    def ask(self, position: int, number: int) -> None:
        """Ask for the gradient of output `number` as the pass's result at `position`."""
        if self.captures is None:
            self.captures = []
        self.captures.append(Capture(position, number))

    def wanted(self) -> bool:
        """Whether a gradient that arrives here matters."""
        return self.needed or self.captures is not None

    def visit_targets(self, stack: list[Slot]) -> None:
        """Push the targets that were not visited yet."""
        if self.targets is None:
            if self.target is not None and self.target.visits == 0:
                stack.append(self.target)
            return
        stack.extend([target for target in self.targets if target is not None and target.visits == 0])

    def leads_on(self) -> bool:
        """Whether an edge leads to what is wanted."""
        if self.targets is None:
            return self.target is not None and self.target.wanted()
        for target in self.targets:
            if target is not None and target.wanted():
                return True
        return False

    def wanted_edges(self) -> list[bool]:
        """For each edge whether its gradient matters."""
        if self.targets is None:
            return [self.target is not None and self.target.wanted()]
        return [target is not None and target.wanted() for target in self.targets]

    def version_of(self, number: int) -> int:
        """How often gradient `number` was added to in place."""
        return self.version if self.versions is None else self.versions[number]

    def set_version(self, number: int, version: int, count: int) -> None:
        """Note how often gradient `number` (of `count`) was added to in place."""
        if count == 1:
            self.version = version
            return
        if self.versions is None:
            self.versions = [0] * count
        self.versions[number] = version
        if version:
            self.version = self.version or -1  # some gradient has a version


unwatched(Slot)


def references(holder: list[Any], index: int) -> int:
    """How often the entry of a list is referred to."""
    return REFERENCES(holder[index])  # type: ignore[no-any-return]


SOLE: Final = references([make_array(0)], 0)  # by its list alone; the compiled form counts differently


def base_references(array: Any, base: Any) -> int:
    """How often the memory's owner is referred to, for one who was given it."""
    return REFERENCES(base)  # type: ignore[no-any-return]


def sole_base(array: Any) -> int:
    """That of a view that is alone with its memory."""
    return base_references(array, array.base)


def fetched_references(array: Any) -> int:
    """How often the memory's owner is referred to, for one who looked it up."""
    base = array.base
    return REFERENCES(base)  # type: ignore[no-any-return]


SOLE_BASE: Final = sole_base(make_array([0])[:])
SOLE_FETCHED: Final = fetched_references(make_array([0])[:])


def may_add_into(holder: list[Any], index: int) -> bool:
    """Whether a gradient may be added to in place: nothing else refers to it or its memory, and it is contiguous."""
    if OWNED is not None:
        answer = OWNED(holder, index)
        if answer is not None:
            return answer is True
    if references(holder, index) != SOLE:
        return False
    array = holder[index]
    if array.base is not None and not remade(array, array.base):  # as in PyTorch, where a view's memory has two owners
        return False
    return array.ndim > 0 and bool(array.flags.forc or is_dense(array)) and bool(array.flags.writeable)


def remade(array: Any, base: Any) -> bool:
    """Whether an array is no view, but a result of its own that was given other strides (see in_step)."""
    if not isinstance(base, ARRAY) or REFERENCES(base) > SOLE_BASE:
        return False
    if base.dtype is BYTES:
        return array.dtype is not BYTES
    return base.shape == array.shape and same_order(base.shape, base.strides, array.strides)


def shares_all(array: Any) -> bool:
    """Whether an array is a view of all of some memory that others refer to. PyTorch does not look: there the gradients of x and y in
    x.view(4) + y.view(4) are one memory, and a second backward adds to both twice."""
    base = array.base
    if not isinstance(base, ARRAY):
        return False
    return bool(base.nbytes == array.nbytes) and REFERENCES(base) > SOLE_FETCHED


def inherited(result: Any, grads: list[Any], source: Slot) -> int:
    """The version of a result that is one of the gradients it was made from, or a view of one."""
    for index, grad in enumerate(grads):
        if grad is not None and (result is grad or result.base is not None and (result.base is grad or result.base is grad.base)):
            return source.version_of(index)
    return 0


def inherited_versions(results: list[Any], grads: list[Any], source: Slot, counted: list[int] | None) -> list[int]:
    """The versions of results, of which some may be gradients they were made from; counted: what the formula's own writes leave."""
    versions: list[int] = []
    for index, result in enumerate(results):
        found = 0 if result is None else inherited(result, grads, source)
        versions.append(found if found or counted is None else counted[index])
    return versions


RECORDED: Final = 32  # bits of Node.writes before those of recorded passes


def writes_into(writes: int, index: int) -> int:
    """How many writes Node.writes counts for one gradient of a pass that is not recorded."""
    return writes >> 4 * index & 15


def count_writes(results: list[Any], grads: list[Any], writes: int) -> None:
    """Leave on the recorded results of formulas the versions that PyTorch's formulas, which write in place, leave on them."""
    for index, result in enumerate(results):
        times = writes_into(writes >> RECORDED, index)
        if times and result is not None and result._cell is None and not any([result is grad for grad in grads]):
            version_cell(result).value = times


def find_needed(slots: dict[Any, Slot], root: Any, inputs: list[tuple[Any, int]], accumulate: bool) -> None:
    """Mark what leads to the inputs (nodes or leaves, and output numbers), where nothing else is to run."""
    reached = False
    for position, (item, number) in enumerate(inputs):
        slot = slots.get(item)
        if slot is None:
            continue
        reached = True
        if accumulate:
            slot.needed = True
        else:
            slot.ask(position, number)
    stack: list[Slot] = [slots[root]] if reached else []
    while stack:
        slot = stack[-1]
        if slot.visits == 0:
            slot.visits = 1
            slot.visit_targets(stack)
            continue
        stack.pop()
        if slot.visits == 1:
            slot.visits = 2
            if not slot.needed:
                slot.needed = slot.leads_on()


def ask_leaves(slots: dict[Any, Slot], inputs: list[tuple[Any, int]]) -> None:
    """find_needed(), where the inputs are all the leaves that can be reached."""
    for slot in slots.values():
        slot.needed = slot.leaf is None
    for position, (item, number) in enumerate(inputs):
        found = slots.get(item)
        if found is not None:
            found.ask(position, number)


def any_grad(grads: list[Any]) -> bool:
    """Whether any gradient is there."""
    for grad in grads:
        if grad is not None:
            return True
    return False


ONES: Final = {"f": make_array(1, "f"), "d": make_array(1, "d")}


def one_like(array: Any) -> Any:
    """The gradient of a scalar with respect to itself, an array of its own."""
    one = ONES[array.dtype.char].copy()
    return one.reshape(array.shape) if array.ndim else one


class _Quiet:
    """Whether some pass runs in the context of run_quiet()."""

    def __init__(self) -> None:
        self.busy: bool = False


QUIET: Final = _Quiet()


def plain_scalar(tensor: TensorBase) -> bool:
    """Whether a tensor that wants a gradient has one real element, and nobody takes operators over or watches them."""
    array = tensor._array
    char: str = array.dtype.char
    if (char != "f" and char != "d") or array.size != 1 or tensor._flags or MODE.get() & PROFILE:
        return False
    return wants_grad(tensor)
