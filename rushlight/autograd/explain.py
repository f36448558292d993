"""rushlight.explain(tensor): the graph behind a tensor as readable text, and why a gradient is or is not there.

Everything is found out when asked; operations record nothing for it. Names are those under which the caller's code knows the tensors:
its variables, and the parameters of its modules. A node's line is shown where anomaly mode recorded it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rushlight._core import dtypes, inplace, memory
from rushlight._core.node import AccumulateGrad, Node, SavedTensor, edge_of, target
from rushlight._core.origin import users_frame
from rushlight._core.tensor import INFERENCE, TensorBase, shape_text, wants_grad

_LINES = 200  # of a graph that are written out


class Explanation(str):
    """A text that shows itself as it is, also at a prompt."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


# ---------------------------------------------------------------- names


def tensors_by_name(frame: Any) -> Iterator[tuple[str, TensorBase]]:
    """The tensors that a frame's code can name: its variables, and the parameters of its modules."""
    spaces = [] if frame is None else [frame.f_locals] + ([] if frame.f_locals is frame.f_globals else [frame.f_globals])
    for space in spaces:
        for name, value in list(space.items()):
            if isinstance(value, TensorBase):
                if not name.startswith("_"):
                    yield name, value
            elif isinstance(value, (list, tuple)) and len(value) < 1000:
                for index, entry in enumerate(value):
                    if isinstance(entry, TensorBase):
                        yield f"{name}[{index}]", entry
            else:
                yield from parameters_by_name(name, value)


def parameters_by_name(name: str, module: Any) -> Iterator[tuple[str, TensorBase]]:
    """The parameters of a module that is called `name`."""
    listing = getattr(type(module), "named_parameters", None)
    if listing is None:
        return
    for key, value in listing(module):
        yield (f"{name}.{key}" if name != "self" else f"self.{key}"), value


class Names:
    """What tensors are called, by object; and by memory, for what a graph holds under another object."""

    def __init__(self, frame: Any) -> None:
        self.names: dict[int, str] = {}
        self.memories: dict[int, str] = {}
        self.listed: list[tuple[str, TensorBase]] = []
        while frame is not None:
            for name, tensor in tensors_by_name(frame):
                if id(tensor) not in self.names:
                    self.names[id(tensor)] = name
                    self.listed.append((name, tensor))
                    self.memories.setdefault(id(memory.root(tensor._array)), name)
            frame = frame.f_back if len(self.listed) < 10000 else None

    def of(self, tensor: Any) -> str | None:
        """A tensor's name; None where nobody calls it anything."""
        return self.names.get(id(tensor))


# ---------------------------------------------------------------- graphs


def nodes_of(root: Any) -> list[Any]:
    """Every node and leaf behind `root`, nearest first."""
    found: list[Any] = []
    seen: set[int] = set()
    stack = [root]
    while stack:
        item = stack.pop()
        if item is None or id(item) in seen:
            continue
        seen.add(id(item))
        found.append(item)
        if isinstance(item, Node):
            stack.extend(target(entry) for entry in reversed(list(item.next_nodes)) if entry is not None)
    return found


def saved_arrays(node: Any) -> list[tuple[str, Any]]:
    """What a node keeps for the backward pass: name and array."""
    inner = getattr(node, "inner", None)
    if inner is not None:
        return saved_arrays(inner)
    plan, saved = getattr(node, "plan", None), getattr(node, "saved", None)
    if plan is None:
        saved, names = getattr(node, "_saved", None) or (), ()
    else:
        names = plan.names
    found = []
    for number, item in enumerate(saved if isinstance(saved, (list, tuple)) else ()):
        name = names[number] if number < len(names) else f"saved_tensors[{number}]"
        entries = [entry for entry in (item if isinstance(item, list) else [item]) if isinstance(entry, SavedTensor)]
        found += [(name, entry.array if entry.tensor is None else entry.tensor._array) for entry in entries if entry.unpack_hook is None]
    return found


def size_text(count: int) -> str:
    """A number of bytes for people."""
    for unit in ("B", "kB", "MB"):
        if count < 10000:
            return f"{count} {unit}"
        count = (count + 512) // 1024
    return f"{count} GB"


def is_freed(node: Any) -> bool:
    """Whether a backward pass has used up what the node saved."""
    plan = getattr(node, "plan", None)
    if plan is not None:
        return bool(plan.names) and not isinstance(node.saved, list)
    return bool(getattr(node, "_released", False) or getattr(node, "gone", False))


class _Graph:
    """Writes a graph out, node by node."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.numbers: dict[int, int] = {}
        self.lines: list[str] = []
        self.counted: set[int] = set()
        self.total = 0
        self.leaves: list[TensorBase] = []

    def write(self, root: Any) -> None:
        """The graph behind `root`, indented by depth; what was shown before is #number."""
        stack = [(root, 0)]
        while stack:
            item, depth = stack.pop()
            indent = "  " * min(depth, 20)
            if id(item) in self.numbers:
                self.add(f"{indent}#{self.numbers[id(item)]}")
                continue
            self.numbers[id(item)] = len(self.numbers)
            if isinstance(item, TensorBase):
                self.leaves.append(item)
                self.add(f"{indent}leaf {self.described_leaf(item)}")
                continue
            self.add(f"{indent}#{self.numbers[id(item)]} {item.name()}{self.kept(item)}{line_of(item)}")
            following = [target(entry) for entry in item.next_nodes if entry is not None]
            stack.extend((entry, depth + 1) for entry in reversed(following))

    def add(self, line: str) -> None:
        if len(self.lines) < _LINES:
            self.lines.append(line)
        elif len(self.lines) == _LINES:
            self.lines.append("...")

    def described_leaf(self, leaf: TensorBase) -> str:
        return f"{self.names.of(leaf) or '(a tensor without a name)'} {shape_text(leaf._array.shape)}"

    def kept(self, node: Any) -> str:
        """What the node keeps alive, counted once for each memory."""
        if is_freed(node):
            return "  (freed by a backward pass)"
        parts = []
        for name, array in saved_arrays(node):
            root = memory.root(array)
            shared = id(root) in self.counted
            if not shared:
                self.counted.add(id(root))
                self.total += int(array.nbytes)
            known = self.names.memories.get(id(root))
            parts.append(f"{name}{f' = {known}' if known else ''} {size_text(array.nbytes)}{' (counted)' if shared else ''}")
        return f"  keeps {', '.join(parts)}" if parts else ""


def line_of(node: Any) -> str:
    """Where the user's code made a node, if anomaly mode recorded it."""
    lines = (getattr(node, "_metadata", None) or {}).get("traceback_")
    return f"  made at {lines[-1].strip().splitlines()[0].strip()}" if lines else ""


# ---------------------------------------------------------------- gradients


def why_no_grad(tensor: Any, name: str) -> str:
    """Why a tensor's .grad is None, and what to do about it."""
    if not wants_grad(tensor):
        return f"{name}.grad is None: {name} does not require grad. {why_untracked(tensor)}"
    if not inplace.is_leaf(tensor):
        if tensor._retains_grad:
            return f"{name}.grad is None: no backward pass through {name} has run since retain_grad()."
        return f"{name}.grad is None: {name} is computed, and only leaves keep gradients. Call {name}.retain_grad() before backward()."
    return (
        f"{name}.grad is None: {name} is a leaf, but no backward pass has added to it (none ran, none of what ran depends on it, or "
        "zero_grad() has reset it)."
    )


def why_untracked(tensor: Any) -> str:
    """What can be told about why a tensor is not part of a graph."""
    if not dtypes.of(tensor._array).category >= dtypes.FLOATING:
        return f"Its dtype is {dtypes.of(tensor._array)}, and only floating-point and complex tensors have gradients."
    if tensor._flags & INFERENCE:
        return "It was made in inference mode."
    return (
        "It is a leaf that was made without requires_grad=True, or the result of operations of which no input requires grad, or that ran "
        "under torch.no_grad(), or of detach()."
    )


def explain(tensor: Any, *others: Any) -> Explanation:
    """The graph behind a tensor as text: its nodes, the bytes that each keeps alive, the leaves it reaches; why `.grad` is None; and
    which parameters of the caller's modules (and of `others`: modules, or tensors) it does not depend on.

    >>> x = torch.ones(3, requires_grad=True)
    >>> print(torch.explain((x * 2).sin()))
    """
    if not isinstance(tensor, TensorBase):
        raise TypeError(f"explain() takes a tensor, not {type(tensor).__name__}")
    names = Names(users_frame())
    name = names.of(tensor) or "it"
    head = f"{name}: a tensor of shape {shape_text(tensor._array.shape)}, {dtypes.of(tensor._array)}"
    root, _ = edge_of(tensor) if wants_grad(tensor) else (None, 0)
    parts = [head]
    graph = _Graph(names)
    if root is None:
        parts.append(f"It is not part of a graph. {why_untracked(tensor)}")
    elif isinstance(root, (TensorBase, AccumulateGrad)):
        parts.append("It is a leaf that requires grad: backward passes add to its .grad.")
    else:
        graph.write(root)
        parts += ["Its graph:", *("  " + line for line in graph.lines)]
        parts.append(f"{len(graph.numbers) - len(graph.leaves)} operations, which keep {size_text(graph.total)} alive.")
        leaves = [graph.described_leaf(leaf) for leaf in graph.leaves]
        parts.append(f"It reaches {len(leaves)} lea{'f' if len(leaves) == 1 else 'ves'}: {', '.join(leaves) or '-'}.")
    if tensor._grad is None:
        parts.append(why_no_grad(tensor, name))
    unused = unused_parameters(graph.leaves, names, others)
    if graph.lines and unused:
        parts.append("It does not depend on these parameters: " + ", ".join(unused) + ".")
    return Explanation("\n".join(parts))


def unused_parameters(leaves: list[TensorBase], names: Names, others: Any) -> list[str]:
    """The names of the parameters that are not among the leaves."""
    reached = {id(leaf) for leaf in leaves}
    known: dict[int, str] = {}
    for number, entry in enumerate(others):
        if isinstance(entry, TensorBase):
            known.setdefault(id(entry), names.of(entry) or f"argument {number + 1}")
        else:
            known.update({id(value): key for key, value in parameters_by_name(type(entry).__name__, entry)})
    for name, value in names.listed:
        if "." in name and wants_grad(value):
            known.setdefault(id(value), name)
    return [name for key, name in known.items() if key not in reached]
