"""torch.utils.swap_tensors: two tensors become each other."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from typing import Any

from rushlight._core.engine import RUNNING
from rushlight._core.node import Node, accumulator_of, next_sequence, target
from rushlight._core.tensor import TensorBase

# What a tensor has, whether in C or in its __dict__ (where the core is not compiled).
_FIELDS = (
    "_array", "_flags", "_requires_grad", "_node", "_output_nr", "_cell", "_view", "_grad", "_hooks", "_post_hooks", "_retains_grad",
    "_accumulator", "_storage", "_tangent", "_batch", "_name",
)  # fmt: skip


_POISONED = (
    "Trying to execute AccumulateGrad node that was poisoned by swap_tensors this can happen when you try to run backward on a tensor "
    "that was swapped. For a module m with `torch.__future__.set_swap_module_params_on_conversion(True)` you should not change the "
    "device or dtype of the module (e.g. `m.cpu()` or `m.half()`) between running forward and backward. To resolve this, please only "
    "change the device/dtype before running forward (or after both forward and backward)."
)


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
    used = [tensor._node is None and tensor._requires_grad for tensor in (t1, t2)]
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
    for tensor, was_leaf in zip((t1, t2), used):
        if was_leaf and tensor._node is None:
            _refuse_older_graphs(tensor)


def _refuse_older_graphs(leaf: Any) -> None:
    """Graphs that were recorded before now lead to `leaf`, which is another tensor since: their backward passes raise."""
    now = next_sequence()

    def refuse(grad_outputs: Any) -> None:
        task = RUNNING.get()
        for item in () if task is None else task.slots:
            if isinstance(item, Node) and item.sequence < now and any(target(following) is leaf for following in item.next_nodes):
                raise RuntimeError(_POISONED)

    node: Any = accumulator_of(leaf)
    node.register_prehook(refuse)
    leaf._swapped = node  # for as long as the leaf lives
    if leaf._hooks is None:
        leaf._hooks = OrderedDict()  # so that no pass is plain, and RUNNING tells which one it is


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
