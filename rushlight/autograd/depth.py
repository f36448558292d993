"""Backward passes inside each other's backward functions, however deep."""

from __future__ import annotations

import threading
from contextvars import ContextVar, copy_context
from typing import Any

# How many passes run inside each other on one thread. A pass inside a user's backward inside a pass, ..., goes on in another thread
# beyond that, where Python counts its frames anew; PyTorch does the same at 60.
_DEEPEST = 30
_DEPTH: ContextVar[int] = ContextVar("rushlight_passes_in_passes", default=0)


def shallow(function: Any, *args: Any) -> Any:
    """function(*args), in a thread of its own where too many such calls stand on each other."""
    depth = _DEPTH.get()
    if depth < _DEEPEST:
        token = _DEPTH.set(depth + 1)
        try:
            return function(*args)
        finally:
            _DEPTH.reset(token)
    found: list[Any] = []
    context = copy_context()
    context.run(_DEPTH.set, 0)

    def go() -> None:
        try:
            found.append((context.run(shallow, function, *args), None))
        except BaseException as error:
            found.append((None, error))

    thread = threading.Thread(target=go)
    thread.start()
    thread.join()
    result, error = found[0]
    if error is not None:
        raise error
    return result
