"""register_multi_grad_hook: one hook for the gradients of several tensors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from rushlight._core import engine
from rushlight._core.heap import Heap
from rushlight._core.node import accumulator_of, edge_of, target
from rushlight._core.tensor import TensorBase
from rushlight.autograd.graph import current_pass
from rushlight.utils.hooks import RemovableHandle


class _MultiHandle(RemovableHandle):
    """The handle of hooks that were registered together."""

    __module__ = "torch.autograd.graph"

    def __init__(self, handles: tuple[RemovableHandle, ...]) -> None:
        self.handles = handles

    def remove(self) -> None:
        """Remove all of them."""
        for handle in self.handles:
            handle.remove()

    def __getstate__(self) -> tuple[RemovableHandle, ...]:
        return self.handles

    def __setstate__(self, state: tuple[RemovableHandle, ...]) -> None:
        self.handles = state


def will_run(item: Any) -> bool:
    """Whether the backward pass that runs now reaches a node or leaf."""
    task = engine.RUNNING.get()
    if task is None:
        raise RuntimeError("_get_should_execute_nodes should only be called during the backward pass")
    item = target(item)
    if isinstance(item, TensorBase) and not task.accumulate:
        raise RuntimeError(
            "A leaf node was passed to _will_engine_execute_node but we are currently running autograd.grad(). This is currently not "
            "supported."
        )
    return item in task.slots and task.wants(item)


def order_to_come() -> list[Any]:
    """The node that runs now and all that the backward pass will run after it, in their order."""
    task = engine.RUNNING.get()
    if task is None:
        raise RuntimeError("_current_graph_task_execution_order should only be called during the backward pass")
    waiting = {slot: slot.waiting for slot in task.slots.values()}
    heap = Heap()
    heap.items, heap.size = task.heap.items[: task.heap.size], task.heap.size
    found = []
    slot = task.slots[task.current]
    while True:
        if not task.selective or slot.needed:
            found.append(accumulator_of(slot.leaf) if slot.leaf is not None else slot.item)
            for following in slot.targets if slot.targets is not None else (slot.target,):
                if following is not None:
                    waiting[following] -= 1
                    if not waiting[following]:
                        heap.push(following)
        if not heap.size:
            return found
        slot = heap.pop()


class _Gathering:
    """Collects the gradients of each backward pass, and calls the hook with all that the pass computes."""

    def __init__(self, tensors: Sequence[Any], fn: Callable[..., None]) -> None:
        self.fn = fn
        self.ends = [edge_of(tensor)[0] for tensor in tensors]
        self.found: dict[int, list[Any]] = {}  # pass -> gradients
        self.left: dict[int, int] = {}  # pass -> how many are still to come
        self.lock = threading.Lock()

    def hook_of(self, index: int) -> Callable[[Any], None]:
        """The hook of one tensor."""

        def hook(grad: Any) -> None:
            number = current_pass()
            with self.lock:
                if number not in self.left:
                    self.left[number] = sum(map(will_run, self.ends))
                    self.found[number] = [None] * len(self.ends)
                self.found[number][index] = grad
                self.left[number] -= 1
                complete = self.left[number] == 0
                grads = self.found[number]
                if complete:
                    del self.left[number], self.found[number]
            if complete:
                self.fn(grads)

        return hook


def _first_only(fn: Callable[[Any], None]) -> Callable[[Any], None]:
    """A hook that passes on the first gradient of each backward pass."""
    seen: set[int] = set()

    def hook(grad: Any) -> None:
        number = current_pass()
        if number not in seen:
            seen.add(number)
            fn(grad)

    return hook


def register_multi_grad_hook(tensors: Sequence[Any], fn: Callable[..., None], *, mode: str = "all") -> RemovableHandle:
    """Call `fn` once in each backward pass: with the list of the tensors' gradients when all that this pass computes are there (None
    for the others), or, with mode="any", with the first one.

    >>> a, b = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    >>> h = torch.autograd.graph.register_multi_grad_hook((a, b), print)
    >>> (a * 2 + b * 3).backward()
    [tensor([2.]), tensor([3.])]
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    if mode == "any":
        hook = _first_only(fn)
        return _MultiHandle(tuple(tensor.register_hook(hook) for tensor in tensors if tensor.requires_grad))
    for tensor in tensors:
        if edge_of(tensor)[0] is None:
            raise AssertionError("Expected gradient function to be set")
    gathering = _Gathering(tensors, fn)
    return _MultiHandle(tuple(tensor.register_hook(gathering.hook_of(index)) for index, tensor in enumerate(tensors)))
