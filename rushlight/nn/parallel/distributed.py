"""DistributedDataParallel: needs a process group, and there are none."""

from __future__ import annotations

from typing import Any

from rushlight.nn.modules._names import as_torch
from rushlight.nn.modules.module import Module

__all__ = ["DistributedDataParallel"]


class DistributedDataParallel(Module):
    """Refuses: no process group can be made."""

    def __init__(self, module: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        raise ValueError("Default process group has not been initialized, please make sure to call init_process_group.")


as_torch(globals())
