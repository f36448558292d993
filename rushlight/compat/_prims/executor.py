"""torch._prims.executor: running functions that are traced first; what a trace holds are the operators that run here at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def execute(gm: Any, *args: Any, executor: str = "aten", executor_parameters: dict[str, Any] | None = None) -> Any:
    """Run a traced function."""
    if executor == "aten":
        return gm.forward(*args)
    raise ValueError(f"Received unexpected value for 'executor': {executor}. Allowed values are: aten.")


def make_traced(fn: Callable[..., Any]) -> Callable[..., Any]:
    """A function that runs fn by an executor."""

    def _traced(*args: Any, executor: str = "aten", **kwargs: Any) -> Any:
        if executor != "aten":
            raise ValueError(f"Received unexpected value for 'executor': {executor}. Allowed values are: aten.")
        return fn(*args, **kwargs)

    return _traced
