"""torch._functorch.vmap: the steps of a vmap, which packages replace here for their own collections of tensors."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight._functorch import _c
from rushlight._functorch._c import _add_batch_dim as _add_batch_dim, _remove_batch_dim as _remove_batch_dim
from rushlight._tensor import Tensor as Tensor
from rushlight.func.mapping import (
    STEPS,
    _batch_size as _validate_and_get_batch_size_of,
    _check_out_dims_is_int_or_int_pytree as _check_out_dims_is_int_or_int_pytree,
    _check_randomness_arg as _check_randomness_arg,
    _create_batched_inputs as _create_batched_inputs,
    _maybe_remove_batch_dim as _maybe_remove_batch_dim,
    _process_batched_inputs as _process_batched_inputs,
    _unwrap_batched as _unwrap_batched,
    get_chunk_sizes as get_chunk_sizes,
    get_name,
    map_flat,
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


def _flat_vmap(
    func: Any, batch_size: int, flat_in_dims: Any, flat_args: Any, args_spec: Any, out_dims: Any, randomness: str, **kwargs: Any
) -> Any:  # fmt: skip
    """One call of a mapped function."""
    return map_flat(func, batch_size, flat_in_dims, flat_args, args_spec, out_dims, randomness, kwargs)


def _validate_and_get_batch_size(flat_in_dims: Any, flat_args: Any) -> int:
    """The size of the mapped dimension."""
    return _validate_and_get_batch_size_of(flat_in_dims, flat_args)


class _Steps(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name in STEPS:
            STEPS[name] = value


sys.modules[__name__].__class__ = _Steps


# ---------------------------------------------------------------- a level by hand


def wrap_batched(args: Any, bdims: Any, level: int) -> Any:
    """The arguments as batched tensors of a level."""
    flat, spec = tree_flatten(args)
    dims = _broadcast_to_and_flatten(bdims, spec)
    return _create_batched_inputs(dims, flat, level, spec)


def unwrap_batched(args: Any, level: int) -> tuple[Any, Any]:
    """What batched tensors of a level stand for, and where their examples are counted (None: the same for all)."""
    flat, spec = tree_flatten(args)
    if not flat:
        return args, ()
    pairs = [_c._unwrap_batched(value, level) if isinstance(value, TensorBase) else (value, None) for value in flat]
    values, dims = zip(*pairs, strict=True)
    return tree_unflatten(list(values), spec), tree_unflatten(list(dims), spec)


@contextmanager
def vmap_increment_nesting(batch_size: int, randomness: str) -> Iterator[int]:
    """A vmap level; gives its number."""
    number = _c._vmap_increment_nesting(batch_size, randomness)
    try:
        yield number
    finally:
        _c._vmap_decrement_nesting()


def restore_vmap(func: Any, in_dims: Any, batch_size: int, randomness: str) -> Any:
    """vmap() that takes the outputs as they are: the function returned gives them and where their examples are counted."""

    def inner(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        with vmap_increment_nesting(batch_size, randomness) as level:
            return unwrap_batched(func(*wrap_batched(args, in_dims, level), **kwargs), level)

    return inner
