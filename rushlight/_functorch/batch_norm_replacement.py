"""torch._functorch.batch_norm_replacement."""

from __future__ import annotations

from rushlight.func.modules import replace_all_batch_norm_modules_ as replace_all_batch_norm_modules_
