"""torch.testing._utils: random draws that are the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rushlight.random import get_rng_state, manual_seed, set_rng_state


@contextmanager
def freeze_rng_state() -> Iterator[None]:
    """Put the random stream back where it was at the end of the block."""
    state = get_rng_state()
    try:
        yield
    finally:
        set_rng_state(state)


def wrapper_set_seed(op: Any, *args: Any, **kwargs: Any) -> Any:
    """Call op with the random stream of seed 42."""
    with freeze_rng_state():
        manual_seed(42)
        return op(*args, **kwargs)
