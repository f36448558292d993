"""What hooks saw: a backward pass on arrays shows each gradient as the same tensor for as long as someone holds it."""

from __future__ import annotations

from typing import Any
from weakref import ref

from rushlight._core.tensor import TensorBase, wrap


class Seen:
    """Tensors by the ids of their arrays. Weakly: who else refers to an array decides whether a sum may write into it."""

    def __init__(self) -> None:
        self.known: dict[int, Any] = {}

    def tensor(self, array: Any) -> TensorBase:
        """The tensor that was shown for this array, or a new one."""
        reference = self.known.get(id(array))
        tensor: TensorBase | None = None if reference is None else reference()
        if tensor is None or tensor._array is not array:
            tensor = wrap(array)
            self.keep(array, tensor)
        return tensor

    def keep(self, array: Any, tensor: TensorBase) -> None:
        """Show this tensor for the array from now on."""
        self.known[id(array)] = ref(tensor)
