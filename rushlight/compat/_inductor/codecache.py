"""torch._inductor.codecache: there is no compiler behind it, which is what callers find out when they ask for code."""

from __future__ import annotations

from typing import Any

from rushlight._inductor.exc import InvalidCxxCompiler


class CppCodeCache:
    """Would compile C++."""

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> Any:
        """Raises: there is no compiler."""
        raise InvalidCxxCompiler
