"""Saved-tensor hooks: what happens to tensors between forward and backward is the user's choice."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import numpy as np

from rushlight._core import op as operators
from rushlight._core.collector import expect_cycle
from rushlight._core.node import SavedTensor, edge_of
from rushlight._core.state import ANOMALY, GRAD, MODE, SAVED_HOOKS, get_mode
from rushlight._core.tensor import DUAL, TensorBase, wrap
from rushlight.ops.examples import HOOKED, transformed

_STACK: ContextVar[tuple[Any, ...]] = ContextVar("rushlight_saved_tensor_hooks", default=())
_DISABLED: ContextVar[str | None] = ContextVar("rushlight_saved_tensor_hooks_disabled", default=None)


class saved_tensors_hooks:
    """Inside the block, `pack_hook(tensor)` is kept in place of each saved tensor; `unpack_hook` gives the tensor back.

    >>> with torch.autograd.graph.saved_tensors_hooks(lambda t: t * 1, lambda t: t):
    ...     y = x * x
    """

    __module__ = "torch.autograd.graph"

    def __init__(self, pack_hook: Any, unpack_hook: Any) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        reason = _DISABLED.get()
        if reason is not None:
            raise RuntimeError(reason)
        _push((*_STACK.get(), (self.pack_hook, self.unpack_hook)))

    def __exit__(self, *args: object) -> None:
        _push(_STACK.get()[:-1])


class disable_saved_tensors_hooks:
    """Inside the block, entering saved_tensors_hooks raises a RuntimeError with the given message."""

    __module__ = "torch.autograd.graph"

    def __init__(self, error_message: str) -> None:
        self.error_message = error_message

    def __enter__(self) -> None:
        self.previous = _DISABLED.get()
        if _STACK.get():
            raise RuntimeError(self.error_message)
        _DISABLED.set(self.error_message)

    def __exit__(self, *args: object) -> None:
        _DISABLED.set(self.previous)


class save_on_cpu(saved_tensors_hooks):
    """Keep saved tensors in copies."""

    __module__ = "torch.autograd.graph"

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda tensor: tensor.detach().clone(), lambda packed: packed)


def _push(stack: tuple[Any, ...]) -> None:
    if stack and transformed("grad"):
        raise RuntimeError(HOOKED)
    _STACK.set(stack)
    word = get_mode()
    MODE.set(word | SAVED_HOOKS if stack else word & ~SAVED_HOOKS)


def pack(saved: SavedTensor, owner: Any, pack_hook: Any, unpack_hook: Any) -> None:
    """Replace what `saved` holds by what a pack hook makes of it."""
    tensor = saved.unpack(owner)
    before = tensor._cell.value if tensor._cell is not None else 0
    word = get_mode()
    token = MODE.set(word & ~SAVED_HOOKS & ~GRAD)
    try:
        packed = pack_hook(tensor)
    finally:
        MODE.reset(token)
    if tensor._cell is not None and tensor._cell.value != before:
        raise RuntimeError(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified by "
            "in-place operations as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place "
            "operations on the input to a pack hook."
        )
    saved.packed = packed
    saved.exotic = (DUAL, tensor._tangent, None) if tensor._flags & DUAL else None  # hooks do not see tangents
    saved.array = None
    saved.cell = None
    if saved.tensor is not None:
        saved.tensor = stand_in(saved.tensor)
    saved.unpack_hook = unpack_hook
    expect_cycle(owner)


def pack_all(values: Any, owner: Any) -> None:
    """Give everything that a node saved to the innermost pack hook."""
    for entry in values:
        for saved in entry if isinstance(entry, list) else (entry,):
            if isinstance(saved, SavedTensor):
                pack(saved, owner, *_STACK.get()[-1])


def stand_in(tensor: TensorBase) -> TensorBase | None:
    """What keeps a packed input's place in the graph without keeping its memory: the leaf itself, or an empty tensor."""
    node, number = edge_of(tensor)
    if node is None or isinstance(node, TensorBase):
        return node
    empty = wrap(np.empty(0, tensor._array.dtype))
    empty._node, empty._output_nr, empty._requires_grad = node, number, True
    return empty


def recorded(node: Any, args: Any) -> None:
    """After an operation was recorded in an exotic mode."""
    word = get_mode()
    if word & ANOMALY:
        from rushlight.autograd.anomaly_mode import record_traceback

        record_traceback(node)
    if word & SAVED_HOOKS and _STACK.get():
        node.packed = True
        pack_all(node.saved or (), node)


operators.HOOKS.recorded = recorded
