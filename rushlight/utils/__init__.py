"""torch.utils."""

from __future__ import annotations

from typing import Any

_LATER = ("_cxx_pytree", "_pytree", "checkpoint", "data", "dlpack", "hooks", "serialization")


def swap_tensors(t1: Any, t2: Any) -> None:
    """Exchange two tensors in all but their identity: values, gradients, history, class and attributes."""
    from rushlight.nn._swap import swap_tensors as swap

    swap(t1, t2)


def __getattr__(name: str) -> Any:
    from importlib import import_module

    from rushlight._install import elsewhere

    if name == "swap_tensors":
        from rushlight.utils._swapping import swap_tensors

        return swap_tensors
    if name not in _LATER:
        return elsewhere(name, __name__)
    return import_module(f"{__name__}.{name}")
