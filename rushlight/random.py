"""torch.random: the default generator's seed and state."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight._generator import Generator, default_generator

__all__ = ["set_rng_state", "get_rng_state", "manual_seed", "seed", "initial_seed", "fork_rng", "thread_safe_generator"]


def manual_seed(seed: Any) -> Generator:
    """Start the random stream that belongs to `seed`, a whole number in [-2**63, 2**64).

    >>> torch.manual_seed(0).initial_seed()
    0
    """
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Start the random stream of a seed from the system's entropy; returns the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the random stream was last started from."""
    return default_generator.initial_seed()


def get_rng_state() -> TensorBase:
    """The random stream's state, a tensor of 5056 bytes."""
    return default_generator.get_state()


def set_rng_state(new_state: TensorBase) -> None:
    """Go on from a state that get_rng_state() returned."""
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(
    devices: Any = None, enabled: bool = True, _caller: str = "fork_rng", _devices_kw: str = "devices", device_type: str = "cuda"
) -> Iterator[None]:
    """Put the random stream back where it was at the end of the block."""
    if not enabled:
        yield
        return
    if devices:
        warnings.warn(f"{_caller}: there are no devices of type {device_type} whose random state could be kept", stacklevel=3)
    state = default_generator._stream.get_state()
    try:
        yield
    finally:
        default_generator._stream.set_state(state)


def thread_safe_generator() -> Generator | None:
    """The generator of the worker thread that runs the caller; None outside of such threads (a DataLoader's workers are processes)."""
    return None
