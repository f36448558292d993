"""torch._inductor.exc: the error of a machine without a compiler."""

from __future__ import annotations


class InvalidCxxCompiler(RuntimeError):
    """There is no compiler."""

    def __init__(self) -> None:
        super().__init__("No working C++ compiler found in torch._inductor.config.cpp.cxx: (None, 'g++')")
