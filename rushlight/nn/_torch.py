"""Public functions by name, for modules: `torch.empty(...)` here is what `rushlight.empty` is, without importing the whole package."""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import TYPES

__all__ = ["Tensor", "torch"]

Tensor: Any = TYPES.tensor


class _Functions:
    """Operators as attributes, looked up once."""

    def __getattr__(self, name: str) -> Any:
        from rushlight.ops.declare import available, public_function

        if not available("torch", name):
            raise NotImplementedError(f"torch.{name} is not available in rushlight")
        found = public_function("torch", name)
        setattr(self, name, found)
        return found


torch: Any = _Functions()
