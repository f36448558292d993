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
    """A block without __torch_dispatch__, which is never called here."""
    yield
