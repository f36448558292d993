"""torch.distributed.rpc.api: there are no other processes to call; packages decorate functions with what is here."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def _require_initialized(func: Callable[..., Any]) -> Callable[..., Any]:
    """A function that wants RPC: it raises, for RPC never is initialized."""

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("RPC has not been initialized. Call torch.distributed.rpc.init_rpc first.")

    return wrapper


def _is_current_rpc_agent_set() -> bool:
    """False."""
    return False
