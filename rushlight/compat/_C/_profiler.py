"""torch._C._profiler: tracebacks that profiles would show."""

from __future__ import annotations

import traceback
from typing import Any


def gather_traceback(python: bool, script: bool, cpp: bool) -> Any:
    """The frames that run, from the innermost."""
    return traceback.extract_stack()[:-1]


def symbolize_tracebacks(to_symbolize: list[Any]) -> list[list[dict[str, Any]]]:
    """Frames as dicts."""
    return [
        [{"filename": frame.filename, "line": frame.lineno, "name": frame.name} for frame in reversed(frames)] for frames in to_symbolize
    ]
