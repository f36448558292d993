"""NumPy's inner loops without the ufuncs around them: the native module where it was built, nothing in the pure form."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from rushlight._core.state import run_quiet


def _load() -> Any:
    if find_spec("rushlight._core._loops") is None:  # the pure form: kernels go through NumPy's ufuncs
        return None
    return import_module("rushlight._core._loops")


NATIVE: Final = _load()
if NATIVE is not None:
    run_quiet(NATIVE.use_memory)  # what kernels make in the quiet context takes memory that was used before: see _memory.c


def loop(ufunc: Any, chars: str, rounds: bool = False) -> Any:
    """What runs a ufunc on plain operands of the given dtype characters, or None: see _loops.c.

    With `rounds`, numbers beside 16-bit floats are rounded to 16 bits first.
    """
    return None if NATIVE is None else NATIVE.Loop(ufunc, chars, rounds)


def kernel(name: str, fallback: Any = None) -> Any:
    """A native kernel by its name, which calls `fallback` with the same arguments where it does not know better than NumPy.

    Without a fallback it answers None there, as a Loop does: `kernel("sum")(x)` is the sum of a plain array of float32 or float64 as a
    0-d array, and `kernel("sum_over")(x, dim, keepdim)` sums over dimensions (an int or a tuple of them), both within 0.15 us of calling
    any function for the smallest arrays. In the pure form this is the fallback itself, or None.
    """
    if NATIVE is None or name not in NATIVE.KERNELS:
        return fallback
    return NATIVE.Kernel(name, fallback)


def declining(name: str, fallback: Any) -> Any:
    """kernel(), which answers None itself where it would call the fallback; None in the pure form."""
    return None if NATIVE is None or name not in NATIVE.KERNELS else NATIVE.Kernel(name, fallback, True)


def helper(name: str) -> Any:
    """A native kernel that answers None where it declines, and always in the pure form."""
    return nothing if NATIVE is None or name not in NATIVE.KERNELS else NATIVE.Kernel(name)


def nothing(*args: Any) -> None:
    """What helper() gives in the pure form."""
