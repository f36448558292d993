"""torch._functorch.vmap."""

from __future__ import annotations

from typing import Any

from rushlight.func.mapping import (
    _batch_size as _validate_and_get_batch_size_of,
    _check_out_dims_is_int_or_int_pytree as _check_out_dims_is_int_or_int_pytree,
    _check_randomness_arg as _check_randomness_arg,
    _flat_vmap as _flat_vmap,
    _process_batched_inputs as _process_batched_inputs,
    get_chunk_sizes as get_chunk_sizes,
    get_name,
    vmap as vmap,
    vmap_impl as vmap_impl,
)
from rushlight.utils._pytree import (
    _broadcast_to_and_flatten as _broadcast_to_and_flatten,
    tree_flatten as tree_flatten,
    tree_map_ as tree_map_,
    tree_unflatten as tree_unflatten,
)

_get_name = get_name
in_dims_t = Any
out_dims_t = Any


def _validate_and_get_batch_size(flat_in_dims: Any, flat_args: Any) -> int:
    """The size of the mapped dimension."""
    return _validate_and_get_batch_size_of(flat_in_dims, flat_args)
