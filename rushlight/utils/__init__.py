"""torch.utils."""

from __future__ import annotations

from typing import Any

_LATER = ("_cxx_pytree", "_pytree", "checkpoint", "data", "dlpack", "hooks", "serialization")


def __getattr__(name: str) -> Any:
    from importlib import import_module

    from rushlight._install import elsewhere

    if name == "swap_tensors":
        from rushlight.nn._swap import swap_tensors

        return swap_tensors
    if name not in _LATER:
        return elsewhere(name, __name__)
    return import_module(f"{__name__}.{name}")
