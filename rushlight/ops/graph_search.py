"""Whether a backward pass meets tensors that take operators over (sparse ones, those of some classes): then it works on tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rushlight._core.leaf import TENSORS
from rushlight._core.tensor import TensorBase

_TESTS: list[tuple[Callable[[Any], bool], Callable[[Any], bool]]] = []


def expect(is_such_tensor: Callable[[Any], bool], is_such_node: Callable[[Any], bool]) -> None:
    """Have every later pass look for tensors and nodes of which these say yes."""
    _TESTS.append((is_such_tensor, is_such_node))
    TENSORS.subclasses = _meets


def _meets(roots: Any, grads: Any) -> bool:
    """Whether any is among the gradients, the leaves, or the nodes that a pass reaches."""
    if any(is_tensor(grad) for grad in grads if grad is not None for is_tensor, _ in _TESTS):
        return True
    waiting = [item for item, _ in roots]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if item is None or id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, TensorBase):
            if any(is_tensor(item) for is_tensor, _ in _TESTS):
                return True
            continue
        if any(is_node(item) for _, is_node in _TESTS):
            return True
        waiting.extend(item.next_nodes)
    return False
