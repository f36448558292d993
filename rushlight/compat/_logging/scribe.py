"""torch._logging.scribe: nothing is logged."""

from __future__ import annotations

from typing import Any

TAtom = Any
TField = Any
TLazyField = Any


def open_source_signpost(*, subsystem: str, name: str, parameters: Any = None) -> None:
    """Accepted."""
