"""The lists and dicts that hold a node's arguments: they refuse changes, which the graph would not notice."""

from __future__ import annotations

from typing import Any

from rushlight.utils._pytree import register_pytree_node

__all__ = ["immutable_list", "immutable_dict"]

_LIST = ("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort", "__delitem__", "__iadd__", "__imul__", "__setitem__")
_DICT = ("clear", "pop", "popitem", "setdefault", "update", "__delitem__", "__ior__", "__setitem__")


def _no_mutation(self: Any, *args: Any, **kwargs: Any) -> None:
    raise TypeError(
        f"'{type(self).__name__}' object does not support mutation. If you are attempting to modify the kwargs or args of a "
        "torch.fx.Node object,\ninstead create a new copy of it and assign the copy to the node:\n\n"
        "    new_args = ...  # copy and mutate args\n    node.args = new_args\n"
    )


class immutable_list(list):  # type: ignore[type-arg]
    """A list that cannot be changed."""

    def __reduce__(self) -> Any:
        return immutable_list, (tuple(self),)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))


class immutable_dict(dict):  # type: ignore[type-arg]
    """A dict that cannot be changed."""

    def __reduce__(self) -> Any:
        return immutable_dict, (tuple(self.items()),)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


for _cls, _names in ((immutable_list, _LIST), (immutable_dict, _DICT)):
    _cls.__module__ = "torch.fx.immutable_collections"
    for _name in _names:
        setattr(_cls, _name, _no_mutation)

register_pytree_node(immutable_list, lambda value: (list(value), None), lambda entries, context: immutable_list(entries))
register_pytree_node(
    immutable_dict,
    lambda value: (list(value.values()), list(value)),
    lambda entries, context: immutable_dict(zip(context, entries)),
)
