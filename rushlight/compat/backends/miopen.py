"""torch.backends.miopen: the setting is remembered."""

from __future__ import annotations

from rushlight.backends._modules import with_settings

set_flags, flags = with_settings(__name__, immediate=False)
