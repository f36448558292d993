"""torch.distributed, with one process: init_process_group(world_size=1) makes a group, whose collectives have nothing to send."""

from __future__ import annotations

from typing import Any

from rushlight.distributed.distributed_c10d import *
from rushlight.distributed.distributed_c10d import (
    _get_default_group as _get_default_group,
    _resolve_process_group as _resolve_process_group,
    _world as _world,
)

_backend = "gloo"


def is_available() -> bool:
    """True."""
    return True


class DistError(RuntimeError):
    """The base of the errors of this package."""

    __module__ = "torch.distributed"


class DistBackendError(DistError):
    """An error of a backend."""

    __module__ = "torch.distributed"


class DistNetworkError(DistError):
    """An error of the network."""

    __module__ = "torch.distributed"


class DistStoreError(DistError):
    """An error of a store."""

    __module__ = "torch.distributed"


class QueueEmptyError(DistError):
    """An empty queue."""

    __module__ = "torch.distributed"


def get_debug_level() -> Any:
    """DebugLevel.OFF."""
    return DebugLevel.OFF  # noqa: F405


def set_debug_level(level: Any) -> None:
    """Accepted."""


def set_debug_level_from_env() -> None:
    """Accepted."""


def breakpoint(rank: int = 0, skip: int = 0, timeout_s: int = 3600) -> None:
    """The debugger."""
    import pdb

    pdb.set_trace()
