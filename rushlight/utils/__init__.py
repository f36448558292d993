"""torch.utils."""

from __future__ import annotations

from typing import Any

_LATER = ("_cxx_pytree", "_pytree", "checkpoint", "data", "dlpack", "hooks", "serialization")


def swap_tensors(t1: Any, t2: Any) -> None:
    """Exchange two tensors in all but their identity: values, gradients, history, class and attributes."""
    import copyreg
    import weakref

    from rushlight._serialize import OWN_FIELDS, user_state

    for name, tensor in (("t1", t1), ("t2", t2)):
        if weakref.getweakrefs(tensor):
            raise RuntimeError(f"Cannot swap {name} because it has weakref associated with it")
    slots, others = (set(copyreg._slotnames(type(tensor))) for tensor in (t1, t2))  # type: ignore[attr-defined]
    if slots != others:
        raise RuntimeError("Cannot swap t1 and t2 if they have different slots")
    for name in [*sorted(OWN_FIELDS), *slots]:
        first, second = getattr(t1, name, OWN_FIELDS), getattr(t2, name, OWN_FIELDS)
        for tensor, value in ((t1, second), (t2, first)):
            if value is not OWN_FIELDS:
                setattr(tensor, name, value)
            elif hasattr(tensor, name):
                delattr(tensor, name)
    first, second = user_state(t1), user_state(t2)
    for tensor, old, new in ((t1, first, second), (t2, second, first)):
        for name in old:
            del tensor.__dict__[name]
        tensor.__dict__.update(new)
    if type(t1) is not type(t2):
        t1.__class__, t2.__class__ = type(t2), type(t1)


def __getattr__(name: str) -> Any:
    from importlib import import_module

    from rushlight._install import elsewhere

    if name not in _LATER:
        return elsewhere(name, __name__)
    return import_module(f"{__name__}.{name}")
