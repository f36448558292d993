"""What this rushlight is made of."""

from __future__ import annotations


def is_compiled() -> bool:
    """Whether the core runs compiled (mypyc) rather than as Python."""
    from rushlight._core import op

    return not str(op.__file__).endswith(".py")


def show() -> str:
    """A few lines on the library: its version, which form of the core runs, NumPy's version.

    >>> print(torch.__config__.show())  # doctest: +SKIP
    """
    import sys

    import numpy

    from rushlight.version import __version__

    form = "compiled (mypyc)" if is_compiled() else "pure Python"
    python = ".".join(map(str, sys.version_info[:3]))
    return f"rushlight {__version__}:\n  - core: {form}\n  - NumPy {numpy.__version__}\n  - Python {python}\n  - devices: cpu, meta\n"


def parallel_info() -> str:
    """What is known of threads: NumPy's matrix products may use some, nothing else does."""
    from rushlight._settings import get_num_threads

    return f"rushlight parallel info:\n\tget_num_threads() : {get_num_threads()}\n"
