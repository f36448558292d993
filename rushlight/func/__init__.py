"""torch.func: composable transforms of functions. See NOTE [ How transforms nest ] in levels.py."""

from __future__ import annotations

from typing import Any

# name: the module that has it, loaded on first use
_LATER = {
    "grad": "transforms", "grad_and_value": "transforms", "vjp": "transforms", "jvp": "transforms", "jacrev": "jacobians",
    "jacfwd": "jacobians", "hessian": "jacobians", "linearize": "transforms", "vmap": "mapping", "functional_call": "modules",
    "stack_module_state": "modules", "replace_all_batch_norm_modules_": "modules", "functionalize": "others", "debug_unwrap": "others",
    "rearrange": "others",
}  # fmt: skip

__all__ = [
    "grad", "grad_and_value", "vmap", "replace_all_batch_norm_modules_", "functionalize", "hessian", "jacfwd", "jacrev", "jvp", "linearize",
    "rearrange", "vjp", "functional_call", "stack_module_state", "debug_unwrap",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    from importlib import import_module

    from rushlight._install import elsewhere

    if name not in _LATER:
        return elsewhere(name, __name__)
    found = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    found.__module__ = "torch.func"
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
