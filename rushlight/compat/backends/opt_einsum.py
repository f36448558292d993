"""torch.backends.opt_einsum: einsum finds its order itself."""

from __future__ import annotations

from typing import Any

from rushlight.backends._modules import with_settings


def is_available() -> bool:
    """False."""
    return False


def get_opt_einsum() -> Any:
    """None: it is not used."""
    return None


set_flags, flags = with_settings(__name__, enabled=False, strategy=None)
