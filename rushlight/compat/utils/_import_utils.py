"""torch.utils._import_utils: whether packages are installed."""

from __future__ import annotations

import functools
import importlib.util
from typing import Any


def _check_module_exists(name: str) -> bool:
    """Whether a module can be found, without importing it."""
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False


@functools.lru_cache
def dill_available() -> bool:
    """Whether dill is installed."""
    return _check_module_exists("dill")


def import_dill() -> Any:
    """dill, or None."""
    return importlib.import_module("dill") if dill_available() else None
