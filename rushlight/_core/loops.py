"""NumPy's inner loops without the ufuncs around them: the native module where it was built, nothing in the pure form."""

from __future__ import annotations

from typing import Any, Final


def _load() -> Any:
    try:
        from rushlight._core import _loops  # type: ignore[attr-defined]
    except ImportError:  # the pure form: kernels go through NumPy's ufuncs
        return None
    return _loops


NATIVE: Final = _load()


def loop(ufunc: Any, chars: str) -> Any:
    """What runs a ufunc on plain operands of the given dtype characters, or None: see _loops.c."""
    return None if NATIVE is None else NATIVE.Loop(ufunc, chars)
