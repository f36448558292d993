"""The rarer part of torch.utils._pytree: paths, structures as text, dataclasses as nodes, the deprecated registration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rushlight.utils._pytree import (
    _LEAF_SPEC,
    NO_SERIALIZED_TYPE_NAME_FOUND,
    SERIALIZED_TYPE_TO_PYTHON_TYPE,
    SUPPORTED_NODES,
    SUPPORTED_SERIALIZED_TYPES,
    GetAttrKey,
    KeyPath,
    PyTree,
    TreeSpec,
    _get_node_type,
    _private_register_pytree_node,
    tree_is_leaf,
    tree_structure,
    tree_unflatten,
)


def register_dataclass(
    cls: Any, *, field_names: list[str] | None = None, drop_field_names: list[str] | None = None, serialized_type_name: str | None = None
) -> None:
    """Make instances of a dataclass nodes; fields that are None go into the context."""
    import dataclasses

    if field_names is None:
        if not dataclasses.is_dataclass(cls):
            raise ValueError(
                "field_names must be specified with a list of all fields used to initialize the class, as it is not a dataclass."
            )
        dropped = drop_field_names or []
        field_names = [field.name for field in dataclasses.fields(cls) if field.init and field.name not in dropped]
    names = list(field_names)

    def parts(obj: Any) -> Any:
        present = [name for name in names if getattr(obj, name) is not None]
        absent = [name for name in names if getattr(obj, name) is None]
        return [getattr(obj, name) for name in present], [present, absent]

    def build(values: Any, context: Any) -> Any:
        return cls(**dict(zip(context[0], values)), **dict.fromkeys(context[1]))

    def with_keys(obj: Any) -> Any:
        values, context = parts(obj)
        return [(GetAttrKey(name), value) for name, value in zip(context[0], values)], context

    _private_register_pytree_node(cls, parts, build, serialized_type_name=serialized_type_name, flatten_with_keys_fn=with_keys)


def _register_pytree_node(
    cls: Any, flatten_fn: Any, unflatten_fn: Any, to_str_fn: Any = None, maybe_from_str_fn: Any = None, **options: Any
) -> None:
    """register_pytree_node() under its old name."""
    import warnings

    warnings.warn(
        "`torch.utils._pytree._register_pytree_node` is deprecated. Please use `torch.utils._pytree.register_pytree_node` instead.",
        FutureWarning,
        stacklevel=2,
    )
    if cls in SUPPORTED_NODES:
        warnings.warn(f"{cls} is already registered as pytree node. Overwriting the previous registration.", stacklevel=2)
    _private_register_pytree_node(cls, flatten_fn, unflatten_fn, **options)


def tree_flatten_with_path(tree: PyTree, is_leaf: Any = None) -> tuple[list[tuple[KeyPath, Any]], TreeSpec]:
    """A tree's leaves with the keys that lead to them, and its structure."""
    return list(_paths((), tree, is_leaf)), tree_structure(tree, is_leaf)


def tree_leaves_with_path(tree: PyTree, is_leaf: Any = None) -> list[tuple[KeyPath, Any]]:
    """A tree's leaves with the keys that lead to them."""
    return list(_paths((), tree, is_leaf))


def tree_map_with_path(func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: Any = None) -> PyTree:
    """tree_map with a function that gets the path to each leaf first."""
    pairs, spec = tree_flatten_with_path(tree, is_leaf)
    others = [spec.flatten_up_to(rest) for rest in rests]
    return spec.unflatten([func(path, *entries) for (path, *_), *entries in zip(pairs, [pair[1] for pair in pairs], *others)])


def _paths(path: KeyPath, tree: Any, is_leaf: Any) -> Any:
    if tree_is_leaf(tree, is_leaf):
        yield path, tree
        return
    kind = _get_node_type(tree)
    handler = SUPPORTED_NODES[kind].flatten_with_keys_fn
    if handler is None:
        raise ValueError(
            f"Did not find a flatten_with_keys_fn for type: {kind}. Please pass a flatten_with_keys_fn argument to register_pytree_node."
        )
    for key, child in handler(tree)[0]:
        yield from _paths((*path, key), child, is_leaf)


def keystr(kp: KeyPath) -> str:
    """A path as text."""
    return "".join([str(key) for key in kp])


def key_get(obj: Any, kp: KeyPath) -> Any:
    """What a path leads to."""
    for key in kp:
        obj = key.get(obj)
    return obj


def treespec_pprint(treespec: TreeSpec) -> str:
    """A structure as the tree that it describes."""

    class _Star:
        def __repr__(self) -> str:
            return "*"

    return repr(tree_unflatten([_Star()] * treespec.num_leaves, treespec))


def treespec_dumps(treespec: TreeSpec, protocol: int | None = None) -> str:
    """A structure as JSON text."""
    import json

    if not isinstance(treespec, TreeSpec):
        raise TypeError(
            "treespec_dumps(treespec, protocol): Expected `treespec` to be instance of PyTreeSpec but got item of type "
            f"{type(treespec)}."
        )
    if protocol not in (None, 1):
        raise ValueError(f"Unknown protocol {protocol}. Available protocols: [1]")
    return json.dumps((1, _to_schema(treespec)))


def _to_schema(spec: TreeSpec) -> dict[str, Any]:
    import json

    if spec.type is None:
        return {"type": None, "context": None, "children_spec": []}
    held = SUPPORTED_SERIALIZED_TYPES.get(spec.type)
    if held is None:
        raise NotImplementedError(f"Serializing {spec.type} in pytree is not registered.")
    if held.serialized_type_name == NO_SERIALIZED_TYPE_NAME_FOUND:
        raise NotImplementedError(
            f"No registered serialization name for {spec.type} found. Please update your _register_pytree_node call with a "
            "`serialized_type_name` kwarg."
        )
    context = spec._context
    text: Any
    if held.to_dumpable_context is not None:
        text = held.to_dumpable_context(context)
    else:
        try:
            text = json.dumps(context)
        except TypeError as error:
            raise TypeError(
                "Unable to serialize context. Please make the context json dump-able, or register a custom serializer using "
                "_register_pytree_node."
            ) from error
    return {"type": held.serialized_type_name, "context": text, "children_spec": [_to_schema(child) for child in spec._children]}


def treespec_loads(serialized: str) -> TreeSpec:
    """A structure from the text that treespec_dumps made."""
    import json

    protocol, schema = json.loads(serialized)
    if protocol != 1:
        raise ValueError(f"Unknown protocol {protocol}. Available protocols: [1]")
    return _from_schema(schema)


def _from_schema(schema: Any) -> TreeSpec:
    import json

    if schema["type"] is None:
        return _LEAF_SPEC
    if schema["type"] not in SERIALIZED_TYPE_TO_PYTHON_TYPE:
        raise NotImplementedError(f"Deserializing {schema['type']} in pytree is not registered.")
    kind = SERIALIZED_TYPE_TO_PYTHON_TYPE[schema["type"]]
    held = SUPPORTED_SERIALIZED_TYPES[kind]
    read = held.from_dumpable_context
    context = json.loads(schema["context"]) if read is None else read(schema["context"])
    return TreeSpec(kind, context, [_from_schema(child) for child in schema["children_spec"]])
