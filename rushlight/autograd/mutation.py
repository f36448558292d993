"""allow_mutation_on_saved_tensors: saved tensors may be written to, because what was saved is copied just before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from rushlight._core.function import SOURCE
from rushlight._core.inplace import IN_PLACE
from rushlight._core.op import HOOKS
from rushlight._core.tensor import TensorBase, version_cell
from rushlight.autograd.saved_hooks import saved_tensors_hooks

_ACTIVE: ContextVar[Any] = ContextVar("rushlight_allow_mutation", default=None)
_OUTSIDE = (
    "Trying to backward outside of the 'allow_mutation_on_saved_tensors' contextin which the graph was originally recorded."
)


class _Handle:
    """What a graph holds in place of a saved tensor."""

    __slots__ = ("__weakref__", "version")

    def __init__(self, version: int) -> None:
        self.version = version


class _AllowMutationOnSavedContext:
    """What was saved inside the block, by handle: still shared with the program (original), or copied before a write (cloned)."""

    __module__ = "torch.autograd.graph"

    def __init__(self) -> None:
        self.cloned: WeakKeyDictionary[_Handle, Any] = WeakKeyDictionary()
        self.original: WeakKeyDictionary[_Handle, Any] = WeakKeyDictionary()
        self.by_memory: dict[int, tuple[Any, WeakSet[_Handle]]] = {}  # of a version counter: itself (so that its id stays its own)

    @property
    def tid_to_weakhandle(self) -> dict[Any, _Handle]:
        """The handles that graphs hold, by memory and version."""
        return {(key, handle.version): handle for key, (_, handles) in self.by_memory.items() for handle in handles}

    def clear(self) -> None:
        """Forget everything: graphs of the block cannot be used any more."""
        self.cloned.clear()
        self.original.clear()
        self.by_memory.clear()

    def pack(self, tensor: Any) -> _Handle:
        """Note that a tensor was saved."""
        cell = version_cell(tensor)
        _, handles = self.by_memory.setdefault(id(cell), (cell, WeakSet()))
        for handle in handles:
            if handle.version == cell.value and handle in self.original and self.original[handle]._array is tensor._array:
                return handle
        handle = _Handle(cell.value)
        handles.add(handle)
        self.original[handle] = tensor.detach()
        return handle

    def unpack(self, handle: _Handle) -> Any:
        """The tensor as it was saved."""
        if _ACTIVE.get() is not self or handle not in self.cloned and handle not in self.original:
            raise AssertionError(_OUTSIDE)
        return self.cloned[handle] if handle in self.cloned else self.original[handle]

    def before_write(self, target: TensorBase) -> None:
        """Copy what was saved of the memory that is about to be written to."""
        cell = target._cell
        held = None if cell is None else self.by_memory.get(id(cell))
        if held is None:
            return
        for handle in list(held[1]):
            if handle in self.original:
                self.cloned[handle] = self.original.pop(handle).clone()


class _Installed:
    """Whether in-place operations look for an active block."""

    done = False


def _watch_writes() -> None:
    if _Installed.done:
        return
    _Installed.done = True
    following = HOOKS.dispatch

    def dispatch(op: Any, args: Any, flags: int) -> Any:
        context = _ACTIVE.get() if flags & IN_PLACE else None
        if context is not None and args and isinstance(args[0], TensorBase):
            context.before_write(args[0])
        return NotImplemented if following is None else following(op, args, flags)

    HOOKS.dispatch = dispatch
    before = SOURCE.out_values

    def out_values(route: Any, values: Any, outs: Any) -> Any:
        context = _ACTIVE.get()
        for target in outs if context is not None else ():
            context.before_write(target)
        return before(route, values, outs)

    SOURCE.out_values = out_values


@contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_AllowMutationOnSavedContext]:
    """Inside the block, tensors that the graph saved may be modified in place: the backward pass uses what they were.

    >>> with torch.autograd.graph.allow_mutation_on_saved_tensors():
    ...     a = torch.ones(2, requires_grad=True)
    ...     b = a.clone()
    ...     out = (b ** 2).sum()
    ...     b.sin_()
    ...     out.backward()
    """
    if _ACTIVE.get() is not None:
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    _watch_writes()
    context = _AllowMutationOnSavedContext()
    with saved_tensors_hooks(context.pack, context.unpack):
        token = _ACTIVE.set(context)
        try:
            yield context
        finally:
            context.clear()
            _ACTIVE.reset(token)
