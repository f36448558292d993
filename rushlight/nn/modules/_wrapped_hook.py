"""Hooks that are handed their module."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any


class _WrappedHook:
    """A hook that gets its module, which it does not keep alive, as first argument."""

    __module__ = "torch.nn.modules.module"

    def __init__(self, hook: Callable[..., Any], module: Any = None) -> None:
        self.hook = hook
        functools.update_wrapper(self, hook)
        self.with_module = module is not None
        if module is not None:
            self.module: Any = weakref.ref(module)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.with_module:
            return self.hook(*args, **kwargs)
        module = self.module()
        if module is None:
            raise RuntimeError("You are trying to call the hook of a dead Module!")
        return self.hook(module, *args, **kwargs)

    def __reduce__(self) -> Any:
        return _unpickled, (), self.__getstate__()

    def __getstate__(self) -> dict[str, Any]:
        result = {"hook": self.hook, "with_module": self.with_module}
        if self.with_module:
            result["module"] = self.module()
        return result

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.hook = state["hook"]
        self.with_module = state["with_module"]
        if self.with_module:
            if state["module"] is None:
                raise RuntimeError("You are trying to revive the hook of a dead Module!")
            self.module = weakref.ref(state["module"])


def _unpickled() -> _WrappedHook:
    """A hook that waits for its state: rushlight's, also where PyTorch is installed and has the class under the same name."""
    return _WrappedHook.__new__(_WrappedHook)
