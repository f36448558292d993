"""How tensors print inside transforms: with the levels that they depend on around them."""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import DUAL, new_as, wants_grad
from rushlight._tensor_str import tensor_str, wrapper_str
from rushlight.func.levels import STACK, set_tangents, stripped, tangents_of, tracking_level


def transformed(tensor: Any) -> bool:
    """Whether a tensor prints with levels around it."""
    return bool(tensor._batch is not None or tensor._tangent is not None and tangents_of(tensor) or STACK.get() and wants_grad(tensor))


def text(tensor: Any, limit: int = 1 << 30) -> str:
    """The tensor as levels below `limit` see it."""
    duals = [level for level, _ in tangents_of(tensor) if level.number < limit]
    tracking = tracking_level(tensor, limit)
    batch = tensor._batch
    numbers = [level.number for level in duals if level.kind == "jvp"]
    numbers += [tracking] if tracking else []
    numbers += [batch.level.number] if batch is not None else []
    if not numbers:
        dual = next((value for level, value in tangents_of(tensor) if level.kind == "dual"), None)
        shown = tensor if tracking_level(tensor) is None else _plain(tensor)
        return tensor_str(shown, tangent=dual)
    top = max(numbers)
    if batch is not None and batch.level.number == top:
        return wrapper_str("BatchedTensor", top, Shown(batch.value, top), bdim=batch.dim)
    return wrapper_str("GradTrackingTensor", top, Shown(stripped(tensor, top), top))


class Shown:
    """A tensor that prints as the levels below a number see it."""

    def __init__(self, tensor: Any, limit: int) -> None:
        self.tensor = tensor
        self.limit = limit

    def __repr__(self) -> str:
        return text(self.tensor, self.limit)


def _plain(tensor: Any) -> Any:
    """The tensor without its graph."""
    made = new_as(type(tensor), tensor._array)
    made._flags, made._batch = tensor._flags, tensor._batch
    if tensor._flags & DUAL:
        set_tangents(made, tangents_of(tensor))
    return made
