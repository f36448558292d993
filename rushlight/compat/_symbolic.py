"""torch.SymInt and its like: sizes are plain numbers here, so nothing is ever an instance; functions on sizes take numbers."""

from __future__ import annotations

import math
from typing import Any

from rushlight import overrides


class _Symbol:
    """A number of which only relations are known; none is ever made."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"torch.{cls.__name__}: sizes are plain numbers in rushlight")


class SymInt(_Symbol):
    """For isinstance(): no size is symbolic."""


class SymFloat(_Symbol):
    """For isinstance(): no number is symbolic."""


class SymBool(_Symbol):
    """For isinstance(): no condition is symbolic."""


for _cls in (SymInt, SymFloat, SymBool):
    _cls.__module__ = "torch"


def _assert(condition: Any, message: Any) -> None:
    """assert, as a function that torch.fx can write down."""
    if overrides.has_torch_function((condition,)):
        return overrides.handle_torch_function(_assert, (condition,), condition, message)  # type: ignore[no-any-return]
    assert condition, message
    return None


def sym_not(a: Any) -> Any:
    """not a."""
    return overrides.handle_torch_function(sym_not, (a,), a) if overrides.has_torch_function((a,)) else not a


def sym_float(a: Any) -> Any:
    """float(a)."""
    return overrides.handle_torch_function(sym_float, (a,), a) if overrides.has_torch_function((a,)) else float(a)


def sym_int(a: Any) -> Any:
    """int(a)."""
    return overrides.handle_torch_function(sym_int, (a,), a) if overrides.has_torch_function((a,)) else int(a)


def sym_max(a: Any, b: Any) -> Any:
    """The larger one, a float if either is one."""
    if overrides.has_torch_function((a, b)):
        return overrides.handle_torch_function(sym_max, (a, b), a, b)
    found = max(a, b)
    return float(found) if isinstance(a, float) or isinstance(b, float) else found


def sym_min(a: Any, b: Any) -> Any:
    """The smaller one, a float if either is one."""
    if overrides.has_torch_function((a, b)):
        return overrides.handle_torch_function(sym_min, (a, b), a, b)
    found = min(a, b)
    return float(found) if isinstance(a, float) or isinstance(b, float) else found


def sym_sum(args: Any) -> Any:
    """The sum of the entries."""
    return overrides.handle_torch_function(sym_sum, args, args) if overrides.has_torch_function(args) else sum(args)


def sym_ite(b: Any, t: Any, f: Any) -> Any:
    """t if b else f."""
    if overrides.has_torch_function((b, t, f)):
        return overrides.handle_torch_function(sym_ite, (b, t, f), b, t, f)
    if not (isinstance(b, bool) and type(t) is type(f)):
        raise AssertionError(f"expected b to be bool and t and f of one type, got {type(b)}, {type(t)}, {type(f)}")
    return t if b else f


def sym_sqrt(a: Any) -> Any:
    """The square root of a number."""
    return overrides.handle_torch_function(sym_sqrt, (a,), a) if overrides.has_torch_function((a,)) else math.sqrt(a)


def sym_fresh_size(expr: Any) -> Any:
    """Not available: there are no symbolic sizes."""
    raise NotImplementedError("fresh_size for symbolic sizes is not implemented in rushlight")


for _function in (_assert, sym_not, sym_float, sym_int, sym_max, sym_min, sym_sum, sym_ite):
    _function.__module__ = "torch"
