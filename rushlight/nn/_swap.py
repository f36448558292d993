"""torch.utils.swap_tensors: two tensors become each other."""

from __future__ import annotations

import weakref
from typing import Any

from rushlight._core.tensor import TensorBase

# What a tensor has, whether in C or in its __dict__ (where the core is not compiled).
_FIELDS = (
    "_array", "_flags", "_requires_grad", "_node", "_output_nr", "_cell", "_view", "_grad", "_hooks", "_post_hooks", "_retains_grad",
    "_accumulator", "_storage", "_tangent", "_batch", "_name",
)  # fmt: skip


def swap_tensors(t1: Any, t2: Any) -> None:
    """Exchange all that two tensors are: their class, attributes, memory and place in the graph. Who holds one then has the other's.

    Raises RuntimeError where weak references know one of them, or their classes have different slots.
    """
    for name, tensor in (("t1", t1), ("t2", t2)):
        if weakref.getweakrefcount(tensor) > _own_references(tensor):
            raise RuntimeError(f"Cannot swap {name} because it has weakref associated with it")
    slots = [_slots(type(tensor)) for tensor in (t1, t2)]
    if slots[0] != slots[1]:
        raise RuntimeError("Cannot swap t1 and t2 if they have different slots")
    t1.__class__, t2.__class__ = t2.__class__, t1.__class__
    fields = [{name: getattr(tensor, name) for name in _FIELDS} for tensor in (t1, t2)]
    t1.__dict__, t2.__dict__ = t2.__dict__, t1.__dict__
    for tensor, found in ((t1, fields[1]), (t2, fields[0])):
        for name, value in found.items():
            setattr(tensor, name, value)
    for slot in slots[0]:
        values = [(hasattr(tensor, slot), getattr(tensor, slot, None)) for tensor in (t1, t2)]
        for tensor, (present, value) in ((t1, values[1]), (t2, values[0])):
            if present:
                setattr(tensor, slot, value)
            elif hasattr(tensor, slot):
                delattr(tensor, slot)


def _own_references(tensor: TensorBase) -> int:
    """How many weak references rushlight itself holds (nodes know who retains a gradient)."""
    node = tensor._node
    return 1 if tensor._retains_grad and node is not None and node.retains else 0


def _slots(cls: type) -> list[str]:
    found: list[str] = []
    for base in cls.__mro__:
        if issubclass(base, TensorBase) and not base.__module__.startswith("rushlight"):
            slots = base.__dict__.get("__slots__", ())
            found += [slots] if isinstance(slots, str) else list(slots)
    return sorted(name for name in found if name not in ("__dict__", "__weakref__"))
