"""torch._functorch.apis."""

from __future__ import annotations

from rushlight.func.mapping import chunk_vmap as chunk_vmap, vmap as vmap, vmap_impl as vmap_impl
from rushlight.func.transforms import grad as grad, grad_and_value as grad_and_value
