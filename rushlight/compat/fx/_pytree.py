"""torch.fx._pytree: containers taken apart by a given structure."""

from __future__ import annotations

from typing import Any

from rushlight.utils._pytree import LeafSpec, PyTree, TreeSpec, tree_flatten

SUPPORTED_NODES: dict[Any, Any] = {}
SUPPORTED_NODES_EXACT_MATCH: dict[Any, Any] = {}


def register_pytree_flatten_spec(cls: Any, flatten_fn_spec: Any, flatten_fn_exact_match_spec: Any = None) -> None:
    """Say how a class is taken apart along a structure."""
    SUPPORTED_NODES[cls] = flatten_fn_spec
    SUPPORTED_NODES_EXACT_MATCH[cls] = flatten_fn_exact_match_spec


def tree_flatten_spec(pytree: Any, spec: Any) -> list[Any]:
    """The leaves of a container along a structure; what is below the structure's leaves stays whole."""
    if spec.is_leaf():
        return [pytree]
    if spec.type in SUPPORTED_NODES:
        children = SUPPORTED_NODES[spec.type](pytree, spec)
    elif isinstance(pytree, dict):
        children = [pytree[key] for key in spec.context]
    else:
        children = list(pytree)
    return [leaf for child, inner in zip(children, spec.children_specs, strict=True) for leaf in tree_flatten_spec(child, inner)]
