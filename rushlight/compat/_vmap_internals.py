"""torch._vmap_internals: vmap as it was before torch.func."""

from __future__ import annotations

import functools
import warnings
from typing import Any

from rushlight._tensor import Tensor
from rushlight.func.mapping import get_name, vmap as _mapped


def _checked(outputs: Any, func: Any, passes_none: bool) -> tuple[Any, ...]:
    """The outputs, a tensor or a tuple of tensors, as a tuple."""
    many = isinstance(outputs, tuple)
    found = outputs if many else (outputs,)
    for place, value in enumerate(found):
        if not isinstance(value, Tensor) and not (value is None and passes_none):
            where = f"for return {place}" if many else "as the return"
            raise ValueError(f"vmap({get_name(func)}, ...): `{get_name(func)}` must only return Tensors, got type {type(value)} {where}.")
    return found


def _vmap(func: Any, in_dims: Any = 0, out_dims: Any = 0, allow_none_pass_through: bool = False) -> Any:
    """torch.vmap() of a function of tensors that returns a tensor or a tuple of them; allow_none_pass_through: or None."""

    @functools.wraps(func)
    def wrapped(*args: Any) -> Any:
        seen: list[Any] = []

        def tensors_only(*inner: Any) -> tuple[Any, ...]:
            outputs = func(*inner)
            found = _checked(outputs, func, allow_none_pass_through)
            if isinstance(out_dims, tuple) and len(out_dims) != len(found):
                raise ValueError(
                    f"vmap({get_name(func)}, ..., out_dims={out_dims}): `out_dims` must have one dim per output (got {len(found)} outputs) "
                    f"of {get_name(func)}."
                )
            seen.append((isinstance(outputs, tuple), [value is not None for value in found]))
            return tuple([Tensor.new_zeros(inner[0], ()) if value is None else value for value in found])

        mapped = iter(_mapped(tensors_only, in_dims, out_dims)(*args))
        many, there = seen[0]
        results = tuple([value if kept else None for value, kept in zip(mapped, there)])
        return results if many else results[0]

    return wrapped


def vmap(func: Any, in_dims: Any = 0, out_dims: Any = 0) -> Any:
    """Deprecated: torch.vmap."""
    warnings.warn("Please use `torch.vmap` instead of `torch._vmap_internals.vmap`.", FutureWarning, stacklevel=2)
    return _vmap(func, in_dims, out_dims)


def __getattr__(name: str) -> Any:
    from rushlight._install import elsewhere

    return elsewhere(name, __name__)
