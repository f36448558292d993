"""torch.utils.swap_tensors, which conversions of modules use."""

from __future__ import annotations

import copyreg
import weakref
from typing import Any

from rushlight._core.tensor import TensorBase

_FIELDS = frozenset(TensorBase.__annotations__) | {"_meta_strides"}


def _attributes(tensor: Any) -> dict[str, Any]:
    return {name: value for name, value in tensor.__dict__.items() if name not in _FIELDS}


def swap_tensors(t1: Any, t2: Any) -> None:
    """Exchange two tensors in all but their identity: values, gradients, history, class and attributes."""
    for name, tensor in (("t1", t1), ("t2", t2)):
        if weakref.getweakrefs(tensor):
            raise RuntimeError(f"Cannot swap {name} because it has weakref associated with it")
    slots, others = (set(copyreg._slotnames(type(tensor))) for tensor in (t1, t2))  # type: ignore[attr-defined]
    if slots != others:
        raise RuntimeError("Cannot swap t1 and t2 if they have different slots")
    for name in [*sorted(_FIELDS), *slots]:
        first, second = getattr(t1, name, _FIELDS), getattr(t2, name, _FIELDS)
        for tensor, value in ((t1, second), (t2, first)):
            if value is not _FIELDS:
                setattr(tensor, name, value)
            elif hasattr(tensor, name):
                delattr(tensor, name)
    first, second = _attributes(t1), _attributes(t2)
    for tensor, old, new in ((t1, first, second), (t2, second, first)):
        for name in old:
            del tensor.__dict__[name]
        tensor.__dict__.update(new)
    if type(t1) is not type(t2):
        t1.__class__, t2.__class__ = type(t2), type(t1)
