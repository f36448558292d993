"""Handles of registered hooks."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from typing import Any


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook away again. Also a context manager."""

    __module__ = "torch.utils.hooks"
    next_id: int = 0

    def __init__(self, hooks_dict: Any, *, extra_dict: Any = None) -> None:
        self.hooks_dict_ref = weakref.ref(hooks_dict)
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1
        extra = extra_dict if isinstance(extra_dict, list) else [] if extra_dict is None else [extra_dict]
        self.extra_dict_ref: tuple[Any, ...] = tuple(weakref.ref(entry) for entry in extra)

    def remove(self) -> None:
        """Remove the hook; again is no error."""
        for reference in (self.hooks_dict_ref, *self.extra_dict_ref):
            hooks = reference()
            if hooks is not None and self.id in hooks:
                del hooks[self.id]

    def __getstate__(self) -> Any:
        return (self.hooks_dict_ref(), self.id, tuple(reference() for reference in self.extra_dict_ref))

    def __reduce__(self) -> Any:
        return _unpickled, (), self.__getstate__()

    def __setstate__(self, state: Any) -> None:
        self.hooks_dict_ref = weakref.ref(OrderedDict() if state[0] is None else state[0])
        self.id = state[1]
        RemovableHandle.next_id = max(RemovableHandle.next_id, self.id + 1)
        extra = state[2] if len(state) > 2 else ()
        self.extra_dict_ref = tuple(weakref.ref(OrderedDict() if entry is None else entry) for entry in extra)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, type: Any, value: Any, tb: Any) -> None:
        self.remove()


def add_hook(hooks: Any, hook: Any) -> RemovableHandle:
    """Register `hook` in an ordered dict of hooks."""
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle


def _unpickled() -> RemovableHandle:
    """A handle that waits for its state."""
    return RemovableHandle.__new__(RemovableHandle)


def unserializable_hook(f: Any) -> Any:
    """Mark a hook that is not to be saved: saving a tensor that has it does not warn."""
    f.__torch_unserializable__ = True
    return f


def warn_if_has_hooks(tensor: Any) -> None:
    """Warn of hooks that are lost when the tensor is saved."""
    import warnings

    for hook in (tensor._backward_hooks or {}).values():
        if not hasattr(hook, "__torch_unserializable__"):
            warnings.warn(
                f"backward hook {hook!r} on tensor will not be serialized.  If this is expected, you can decorate the function with "
                "@torch.utils.hooks.unserializable_hook to suppress this warning",
                stacklevel=2,
            )


def __getattr__(name: str) -> Any:
    from importlib import import_module

    from rushlight._install import elsewhere

    if name != "BackwardHook":
        return elsewhere(name, __name__)
    # It is built on custom functions, which are above this file.
    return import_module("rushlight.nn.modules._backward_hook").BackwardHook
