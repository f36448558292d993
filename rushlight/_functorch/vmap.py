"""torch._functorch.vmap: the steps of a vmap, which packages replace here for their own collections of tensors."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from rushlight._functorch._c import _add_batch_dim as _add_batch_dim, _remove_batch_dim as _remove_batch_dim
from rushlight._tensor import Tensor as Tensor
from rushlight.func.mapping import (
    STEPS,
    _batch_size as _validate_and_get_batch_size_of,
    _check_out_dims_is_int_or_int_pytree as _check_out_dims_is_int_or_int_pytree,
    _check_randomness_arg as _check_randomness_arg,
    _create_batched_inputs as _create_batched_inputs,
    _flat_vmap as _flat_vmap,
    _maybe_remove_batch_dim as _maybe_remove_batch_dim,
    _process_batched_inputs as _process_batched_inputs,
    _unwrap_batched as _unwrap_batched,
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


class _Steps(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name in STEPS:
            STEPS[name] = value


sys.modules[__name__].__class__ = _Steps
