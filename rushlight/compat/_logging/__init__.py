"""torch._logging: PyTorch's own logs; there is nothing to log here."""

from __future__ import annotations

import functools
import logging
from typing import Any


def set_logs(*args: Any, **kwargs: Any) -> None:
    """Accepted."""


def getArtifactLogger(module_qname: str, artifact_name: str) -> logging.Logger:
    """The logger of a module and artifact."""
    return logging.getLogger(f"{module_qname}.__{artifact_name}")


def trace_structured(*args: Any, **kwargs: Any) -> None:
    """Nothing is traced."""


def get_structured_logging_overhead() -> None:
    """None: nothing is traced."""


@functools.lru_cache(None)
def warning_once(logger_obj: Any, *args: Any, **kwargs: Any) -> None:
    """logger.warning(), once for the same arguments."""
    logger_obj.warning(*args, **kwargs)


class LazyString:
    """A text that is made when it is shown."""

    def __init__(self, func: Any, *args: Any, **kwargs: Any) -> None:
        self.func, self.args, self.kwargs = func, args, kwargs

    def __str__(self) -> str:
        return str(self.func(*self.args, **self.kwargs))
