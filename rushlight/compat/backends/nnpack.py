"""torch.backends.nnpack: the setting is remembered."""

from __future__ import annotations

from rushlight.backends._modules import with_settings


def is_available() -> bool:
    """True, as for PyTorch's wheels."""
    return True


set_flags, flags = with_settings(__name__, enabled=True)
