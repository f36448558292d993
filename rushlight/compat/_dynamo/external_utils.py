"""torch._dynamo.external_utils."""

from __future__ import annotations


def is_compiling() -> bool:
    """False."""
    return False
