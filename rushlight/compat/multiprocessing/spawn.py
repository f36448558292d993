"""torch.multiprocessing.spawn: a module and, as an attribute of its package, the function."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from rushlight.multiprocessing import (
    ProcessContext as ProcessContext,
    ProcessException as ProcessException,
    ProcessExitedException as ProcessExitedException,
    ProcessRaisedException as ProcessRaisedException,
    spawn as spawn,
    start_processes as start_processes,
)

SpawnContext = ProcessContext


class _Callable(ModuleType):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return vars(self)["spawn"](*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
