"""torch.utils._mode_utils."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


def all_same_mode(modes: Any) -> bool:
    """Whether all modes are the first one."""
    return all(mode == modes[0] for mode in modes)


@contextmanager
def no_dispatch() -> Iterator[None]:
    """A block in which no __torch_dispatch__ is called."""
    from rushlight.utils._python_dispatch import _DisableTorchDispatch

    with _DisableTorchDispatch():
        yield
