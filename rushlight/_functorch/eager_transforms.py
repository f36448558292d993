"""torch._functorch.eager_transforms."""

from __future__ import annotations

from typing import Any

from rushlight.func.jacobians import (
    error_if_complex as error_if_complex,
    hessian as hessian,
    jacfwd as jacfwd,
    jacrev as jacrev,
)
from rushlight.func.mapping import get_chunk_sizes as get_chunk_sizes, vmap as vmap
from rushlight.func.modules import functional_call as functional_call
from rushlight.func.others import debug_unwrap as debug_unwrap, functionalize as functionalize
from rushlight.func.products import _vjp_with_argnums as _vjp_with_argnums
from rushlight.func.transforms import (
    _check_argnums as _validate_and_wrap_argnums,
    _chosen,
    _jvp_with_argnums as _jvp_with_argnums,
    grad_and_value_impl as grad_and_value_impl,
    grad_impl as grad_impl,
    jvp as jvp,
    linearize as linearize,
    vjp as vjp,
)
from rushlight.utils._pytree import (
    tree_flatten as tree_flatten,
    tree_map as tree_map,
    tree_map_ as tree_map_,
    tree_map_only as tree_map_only,
    tree_unflatten as tree_unflatten,
    treespec_pprint as treespec_pprint,
)


def _slice_argnums(args: Any, argnums: Any, as_tuple: bool = True) -> Any:
    """The arguments that `argnums` names; one of them as a tuple too, unless as_tuple=False."""
    chosen = _chosen(args, _validate_and_wrap_argnums(argnums, len(args)))
    return (chosen,) if as_tuple and isinstance(argnums, int) else chosen
