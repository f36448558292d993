"""torch.cuda.nvtx: marks for a profiler that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["range_push", "range_pop", "range_start", "range_end", "mark", "range"]


def _fail(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("NVTX functions not installed. Are you sure you have a CUDA build?")


def range_push(msg: str) -> int:
    """Fails: there is no CUDA."""
    return _fail()  # type: ignore[no-any-return]


def range_pop() -> int:
    """Fails: there is no CUDA."""
    return _fail()  # type: ignore[no-any-return]


def range_start(msg: str) -> int:
    """Fails: there is no CUDA."""
    return _fail()  # type: ignore[no-any-return]


def range_end(range_id: int) -> None:
    """Fails: there is no CUDA."""
    _fail()


def mark(msg: str) -> int:
    """Fails: there is no CUDA."""
    return _fail()  # type: ignore[no-any-return]


@contextmanager
def range(msg: str, *args: Any, **kwargs: Any) -> Iterator[None]:
    """Fails on entry: there is no CUDA."""
    _fail()
    yield
