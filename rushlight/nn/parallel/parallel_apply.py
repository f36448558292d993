"""Calls of modules on several GPUs: there are none."""

from __future__ import annotations

from typing import Any

__all__ = ["get_a_var", "parallel_apply"]


def get_a_var(obj: Any) -> Any:
    """The first tensor found in nested lists, tuples and dicts."""
    from rushlight.nn._torch import Tensor

    if isinstance(obj, Tensor):
        return obj
    if isinstance(obj, (list, tuple, dict)):
        for value in obj.items() if isinstance(obj, dict) else obj:
            found = get_a_var(value)
            if isinstance(found, Tensor):
                return found
    return None


def parallel_apply(modules: Any, inputs: Any, kwargs_tup: Any = None, devices: Any = None) -> Any:
    """Refused: there are no GPUs."""
    raise RuntimeError("Cannot access accelerator device when none is available.")
