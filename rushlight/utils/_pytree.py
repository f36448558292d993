"""Trees of Python containers: flatten to a list of leaves and a TreeSpec, and back. The API of torch.utils._pytree.

Tuples, lists, dicts, OrderedDicts, defaultdicts, deques, named tuples and registered classes are nodes; everything else, None too, is a
leaf.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, NamedTuple

Context = Any
PyTree = Any
KeyPath = tuple[Any, ...]


class NodeDef(NamedTuple):
    """How a registered class is taken apart and put together."""

    type: Any
    flatten_fn: Any
    unflatten_fn: Any
    flatten_with_keys_fn: Any


class _SerializeNodeDef(NamedTuple):
    typ: Any
    serialized_type_name: str
    to_dumpable_context: Any
    from_dumpable_context: Any


class SequenceKey(NamedTuple):
    """A step into a sequence."""

    idx: int

    def __str__(self) -> str:
        return f"[{self.idx!r}]"

    def get(self, sequence: Any) -> Any:
        """The entry."""
        return sequence[self.idx]


class MappingKey(NamedTuple):
    """A step into a mapping."""

    key: Any

    def __str__(self) -> str:
        return f"[{self.key!r}]"

    def get(self, mapping: Any) -> Any:
        """The entry."""
        return mapping[self.key]


class GetAttrKey(NamedTuple):
    """A step to an attribute."""

    name: str

    def __str__(self) -> str:
        return f".{self.name}"

    def get(self, obj: Any) -> Any:
        """The attribute."""
        return getattr(obj, self.name)


SUPPORTED_NODES: dict[Any, NodeDef] = {}
SUPPORTED_SERIALIZED_TYPES: dict[Any, _SerializeNodeDef] = {}
SERIALIZED_TYPE_TO_PYTHON_TYPE: dict[str, Any] = {}
CONSTANT_NODES: set[Any] = set()
BUILTIN_TYPES = frozenset({tuple, list, dict, namedtuple, OrderedDict, defaultdict, deque})
STANDARD_DICT_TYPES = frozenset({dict, OrderedDict, defaultdict})
NO_SERIALIZED_TYPE_NAME_FOUND = "NO_SERIALIZED_TYPE_NAME_FOUND"


# ---------------------------------------------------------------- specs


class TreeSpec:
    """The structure of a tree: a node's type, what else is needed to build it, and the structures of its children."""

    __slots__ = ("_children", "_context", "num_children", "num_leaves", "num_nodes", "type")

    def __init__(self, type: Any, context: Any, children_specs: list[TreeSpec]) -> None:
        self.type = type
        self._context = context
        self._children = children_specs
        self.num_children = len(children_specs)
        self.num_nodes = 1 + sum([child.num_nodes for child in children_specs])
        self.num_leaves = 1 if type is None else sum([child.num_leaves for child in children_specs])

    @property
    def context(self) -> Any:
        """What else is needed to build the node."""
        return self._context

    @property
    def children_specs(self) -> list[TreeSpec]:
        """The children's structures."""
        return self._children

    def children(self) -> list[TreeSpec]:
        """The children's structures."""
        return list(self._children)

    def child(self, index: int) -> TreeSpec:
        """The structure of one child."""
        return self._children[index]

    def is_leaf(self) -> bool:
        """Whether this is the structure of a leaf."""
        return self.type is None

    def __repr__(self, indent: int = 0) -> str:
        if self.type is None:
            return "*"
        indent += 2
        texts = [child.__repr__(indent) for child in self._children]
        lines = (",\n" + " " * indent).join(texts)
        return f"TreeSpec({self.type.__name__}, {self._context}, [{lines}])"

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, TreeSpec):
            return NotImplemented
        if self.type is not other.type or self.num_children != other.num_children:
            return False
        return bool(self._context == other._context) and self._children == other._children

    def __hash__(self) -> int:
        if self.type is None:
            return hash((None, None, ()))
        context = self._context
        if self.type is defaultdict:
            hashable = str(context)
        else:
            hashable = tuple(context) if isinstance(context, list) else context
        return hash((self.type, hashable, tuple(self._children)))

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The tree of this structure with the given leaves."""
        values = leaves if isinstance(leaves, (list, tuple)) else list(leaves)
        if len(values) != self.num_leaves:
            raise ValueError(
                f"treespec.unflatten(leaves): `leaves` has length {len(values)} but the spec refers to a pytree that holds "
                f"{self.num_leaves} items ({self})."
            )
        return _build(self, iter(values))

    def flatten_up_to(self, tree: Any) -> list[Any]:
        """The parts of `tree` that stand where this structure has leaves."""
        parts: list[Any] = []
        _flatten_up_to(self, tree, parts)
        return parts


class LeafSpec(TreeSpec):
    """The structure of a leaf."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(None, None, [])


_LEAF_SPEC = LeafSpec()
PyTreeSpec = TreeSpec


def _build(spec: TreeSpec, leaves: Any) -> Any:
    if spec.type is None:
        return next(leaves)
    children = [_build(child, leaves) for child in spec._children]
    return SUPPORTED_NODES[spec.type].unflatten_fn(children, spec._context)


def _flatten_up_to(spec: TreeSpec, tree: Any, parts: list[Any]) -> None:
    if spec.type is None:
        parts.append(tree)
        return
    kind = _get_node_type(tree)
    if spec.type not in BUILTIN_TYPES:
        _check_kind(spec, kind)
        children, context = SUPPORTED_NODES[kind].flatten_fn(tree)
        _check_arity(spec, children)
        if context != spec._context:
            raise ValueError(f"Node context mismatch for custom node type {spec.type!r}.")
    else:
        dicts = kind in STANDARD_DICT_TYPES and spec.type in STANDARD_DICT_TYPES
        if not dicts:
            _check_kind(spec, kind)
        children = list(tree.values()) if dicts else list(tree)
        _check_arity(spec, children)
        if dicts:
            keys = spec._context[1] if spec.type is defaultdict else spec._context
            _check_keys(keys, tree)
            children = [tree[key] for key in keys]
        elif spec.type is namedtuple and spec._context is not type(tree):
            raise ValueError(f"Node type mismatch; expected {spec._context!r}, but got {type(tree)!r}.")
    for child, value in zip(spec._children, children):
        _flatten_up_to(child, value, parts)


def _check_kind(spec: TreeSpec, kind: Any) -> None:
    if kind is not spec.type:
        raise ValueError(f"Node type mismatch; expected {spec.type!r}, but got {kind!r}.")


def _check_arity(spec: TreeSpec, children: Any) -> None:
    if len(children) != spec.num_children:
        raise ValueError(f"Node arity mismatch; expected {spec.num_children}, but got {len(children)}.")


def _check_keys(expected: Any, tree: Any) -> None:
    wanted, got = set(expected), set(tree)
    if wanted != got:
        missing, extra = wanted - got, got - wanted
        text = (f"; missing key(s): {missing}" if missing else "") + (f"; extra key(s): {extra}" if extra else "")
        raise ValueError(f"Node keys mismatch{text}.")


# ---------------------------------------------------------------- registration


def register_pytree_node(
    cls: Any, flatten_fn: Any, unflatten_fn: Any, *, serialized_type_name: str | None = None, to_dumpable_context: Any = None,
    from_dumpable_context: Any = None, flatten_with_keys_fn: Any = None,
) -> None:  # fmt: skip
    """Make instances of a class nodes: flatten_fn(obj) -> (children, context), unflatten_fn(children, context) -> obj."""
    if cls in SUPPORTED_NODES:
        raise ValueError(f"{cls} is already registered as pytree node.")
    _private_register_pytree_node(
        cls, flatten_fn, unflatten_fn, serialized_type_name=serialized_type_name, to_dumpable_context=to_dumpable_context,
        from_dumpable_context=from_dumpable_context, flatten_with_keys_fn=flatten_with_keys_fn,
    )  # fmt: skip



def _private_register_pytree_node(
    cls: Any, flatten_fn: Any, unflatten_fn: Any, *, serialized_type_name: str | None = None, to_dumpable_context: Any = None,
    from_dumpable_context: Any = None, flatten_with_keys_fn: Any = None,
) -> None:  # fmt: skip
    if (to_dumpable_context is None) ^ (from_dumpable_context is None):
        raise ValueError(f"Both to_dumpable_context and from_dumpable_context for {cls} must be None or registered.")
    SUPPORTED_NODES[cls] = NodeDef(cls, flatten_fn, unflatten_fn, flatten_with_keys_fn)
    name = NO_SERIALIZED_TYPE_NAME_FOUND if serialized_type_name is None else serialized_type_name
    SUPPORTED_SERIALIZED_TYPES[cls] = _SerializeNodeDef(cls, name, to_dumpable_context, from_dumpable_context)
    SERIALIZED_TYPE_TO_PYTHON_TYPE[name] = cls


def _deregister_pytree_node(cls: Any) -> None:
    """Undo a registration."""
    SUPPORTED_NODES.pop(cls)
    SERIALIZED_TYPE_TO_PYTHON_TYPE.pop(SUPPORTED_SERIALIZED_TYPES.pop(cls).serialized_type_name, None)



class ConstantNode(NamedTuple):
    """The context of a constant."""

    value: Any


def register_constant(cls: Any) -> None:
    """Make instances of a class nodes without leaves: part of the structure."""
    if cls.__eq__ is object.__eq__:
        raise TypeError("register_constant(cls) expects `cls` to have a non-default `__eq__` implementation.")
    _private_register_pytree_node(cls, lambda obj: ([], ConstantNode(obj)), lambda values, context: context.value)
    CONSTANT_NODES.add(cls)


def is_constant_class(cls: Any) -> bool:
    """Whether a class was given to register_constant."""
    return isinstance(cls, type) and cls in CONSTANT_NODES


def _is_constant_holder(spec: TreeSpec) -> bool:
    return isinstance(spec._context, ConstantNode)


def _retrieve_constant(spec: TreeSpec) -> Any:
    return spec._context.value


def _with_indices(flatten: Any) -> Any:
    def run(tree: Any) -> Any:
        values, context = flatten(tree)
        return [(SequenceKey(index), value) for index, value in enumerate(values)], context

    return run


def _dict_keys(tree: Any) -> Any:
    return [(MappingKey(key), value) for key, value in tree.items()], list(tree)


def _register_builtin(cls: Any, flatten: Any, unflatten: Any, keys: Any, name: str, dump: Any = None, read: Any = None) -> None:
    SUPPORTED_NODES[cls] = NodeDef(cls, flatten, unflatten, keys)
    SUPPORTED_SERIALIZED_TYPES[cls] = _SerializeNodeDef(cls, name, dump, read)
    SERIALIZED_TYPE_TO_PYTHON_TYPE[name] = cls


def _plain_parts(tree: Any) -> Any:
    return list(tree), None


def _dict_parts(tree: Any) -> Any:
    return list(tree.values()), list(tree)


def _deque_parts(tree: Any) -> Any:
    return list(tree), tree.maxlen


def _default_parts(tree: Any) -> Any:
    return list(tree.values()), [tree.default_factory, list(tree)]


def _dump_default(context: Any) -> dict[str, Any]:
    """A defaultdict's factory by its names, and the keys."""
    factory, keys = context
    return {"default_factory_module": factory.__module__, "default_factory_name": factory.__qualname__, "dict_context": keys}


def _read_default(found: Any) -> list[Any]:
    if not isinstance(found, dict) or found.keys() != {"default_factory_module", "default_factory_name", "dict_context"}:
        raise AssertionError("the context of a defaultdict names its factory's module and name, and the keys")
    return [getattr(import_module(found["default_factory_module"]), found["default_factory_name"]), found["dict_context"]]


_register_builtin(tuple, _plain_parts, lambda values, context: tuple(values), _with_indices(_plain_parts), "builtins.tuple")
_register_builtin(list, _plain_parts, lambda values, context: values, _with_indices(_plain_parts), "builtins.list")
_register_builtin(dict, _dict_parts, lambda values, context: dict(zip(context, values)), _dict_keys, "builtins.dict")
_register_builtin(
    namedtuple, lambda tree: (list(tree), type(tree)), lambda values, context: context(*values),
    lambda tree: ([(GetAttrKey(name), value) for name, value in zip(tree._fields, tree)], type(tree)), "collections.namedtuple",
)  # fmt: skip
_register_builtin(
    OrderedDict, _dict_parts, lambda values, context: OrderedDict(zip(context, values)), _dict_keys, "collections.OrderedDict"
)
_register_builtin(
    defaultdict, _default_parts, lambda values, context: defaultdict(context[0], zip(context[1], values)),
    lambda tree: (_dict_keys(tree)[0], _default_parts(tree)[1]), "collections.defaultdict", _dump_default, _read_default,
)  # fmt: skip
_register_builtin(
    deque, _deque_parts, lambda values, context: deque(values, maxlen=context), _with_indices(_deque_parts), "collections.deque"
)


# ---------------------------------------------------------------- kinds of nodes


def is_namedtuple_class(cls: Any) -> bool:
    """Whether a class is a named tuple."""
    if not isinstance(cls, type) or not issubclass(cls, tuple):
        return False
    fields = getattr(cls, "_fields", None)
    return type(fields) is tuple and all(type(name) is str for name in fields) and callable(getattr(cls, "_make", None))


def is_namedtuple_instance(obj: Any) -> bool:
    """Whether an object is a named tuple."""
    return is_namedtuple_class(type(obj))


def is_namedtuple(obj: Any) -> bool:
    """Whether an object or class is a named tuple."""
    return is_namedtuple_class(obj if isinstance(obj, type) else type(obj))


_is_namedtuple_instance = is_namedtuple_instance


def is_structseq_class(cls: Any) -> bool:
    """Whether a class is a structure sequence, as named results of operators are in PyTorch."""
    if not isinstance(cls, type) or not issubclass(cls, tuple):
        return False
    if all(isinstance(getattr(cls, name, None), int) for name in ("n_fields", "n_sequence_fields", "n_unnamed_fields")):
        return True
    return cls.__module__ == "torch.return_types"


def is_structseq_instance(obj: Any) -> bool:
    """Whether an object is a structure sequence."""
    return is_structseq_class(type(obj))


def is_structseq(obj: Any) -> bool:
    """Whether an object or class is a structure sequence."""
    return is_structseq_class(obj if isinstance(obj, type) else type(obj))


def _get_node_type(tree: Any) -> Any:
    kind = type(tree)
    if kind in SUPPORTED_NODES:
        return kind
    if isinstance(tree, tuple):
        if is_structseq_class(kind) or kind.__module__ == "torch" and kind.__name__ == "Size":
            made = kind if is_structseq_class(kind) else tuple  # a torch.Size comes back as a tuple, as in PyTorch
            SUPPORTED_NODES[kind] = NodeDef(kind, _plain_parts, lambda values, context: made(values), _with_indices(_plain_parts))
            return kind
        if is_namedtuple_class(kind):
            return namedtuple
    return kind


def tree_is_leaf(tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    """Whether an object is a leaf."""
    if is_leaf is not None and is_leaf(tree):
        return True
    return _get_node_type(tree) not in SUPPORTED_NODES


_is_leaf = tree_is_leaf


# ---------------------------------------------------------------- flatten, unflatten


def tree_flatten(tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> tuple[list[Any], TreeSpec]:
    """A tree's leaves and its structure."""
    leaves: list[Any] = []
    return leaves, _flatten(tree, leaves, is_leaf)


def _flatten(tree: Any, leaves: list[Any], is_leaf: Any) -> TreeSpec:
    kind = _get_node_type(tree)
    if kind not in SUPPORTED_NODES or is_leaf is not None and is_leaf(tree):
        leaves.append(tree)
        return _LEAF_SPEC
    children, context = SUPPORTED_NODES[kind].flatten_fn(tree)
    return TreeSpec(kind, context, [_flatten(child, leaves, is_leaf) for child in children])


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> PyTree:
    """The tree of a structure with the given leaves."""
    if not isinstance(treespec, TreeSpec):
        raise TypeError(f"Expected `treespec` to be an instance of PyTreeSpec but got item of type {type(treespec)}.")
    return treespec.unflatten(leaves)


def tree_iter(tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> Iterable[Any]:
    """A tree's leaves, one by one."""
    if tree_is_leaf(tree, is_leaf):
        yield tree
        return
    for child in SUPPORTED_NODES[_get_node_type(tree)].flatten_fn(tree)[0]:
        yield from tree_iter(child, is_leaf)


def tree_leaves(tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> list[Any]:
    """A tree's leaves."""
    return tree_flatten(tree, is_leaf)[0]


def tree_structure(tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> TreeSpec:
    """A tree's structure."""
    return tree_flatten(tree, is_leaf)[1]


def arg_tree_leaves(*args: Any, **kwargs: Any) -> list[Any]:
    """The leaves of a call's arguments."""
    return tree_leaves(args) + tree_leaves(list(kwargs.values()))


def treespec_leaf() -> LeafSpec:
    """The structure of a leaf."""
    return _LEAF_SPEC


def treespec_tuple(iterable: Iterable[TreeSpec] = (), /) -> TreeSpec:
    """The structure of a tuple."""
    return TreeSpec(tuple, None, list(iterable))


def treespec_dict(mapping: Any = (), /, **kwargs: TreeSpec) -> TreeSpec:
    """The structure of a dict."""
    entries = dict(mapping, **kwargs)
    return TreeSpec(dict, list(entries), list(entries.values()))


# ---------------------------------------------------------------- maps


def tree_map(func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> PyTree:
    """The tree with func applied to its leaves (and to what stands in their places in `rests`)."""
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [spec.flatten_up_to(rest) for rest in rests]
    return spec.unflatten([func(*entries) for entries in zip(leaves, *others)])


def tree_map_(func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> PyTree:
    """tree_map for its effects; returns the tree."""
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [spec.flatten_up_to(rest) for rest in rests]
    for entries in zip(leaves, *others):
        func(*entries)
    return tree


def map_only(type_or_types_or_pred: Any, /) -> Any:
    """Decorate a function of leaves to leave others alone: those that are not of the type(s), or that the predicate refuses."""
    chosen = type_or_types_or_pred
    if isinstance(chosen, (type, tuple)) or type(chosen).__name__ == "UnionType":

        def wanted(value: Any) -> bool:
            return isinstance(value, chosen)

    elif callable(chosen):
        wanted = chosen
    else:
        raise TypeError("Argument must be a type, a tuple of types, or a callable.")

    def wrapper(func: Any) -> Any:
        return lambda value: func(value) if wanted(value) else value

    return wrapper


def tree_map_only(type_or_types_or_pred: Any, /, func: Any, tree: PyTree, is_leaf: Any = None) -> PyTree:
    """tree_map over the leaves of some types."""
    return tree_map(map_only(type_or_types_or_pred)(func), tree, is_leaf=is_leaf)


def tree_map_only_(type_or_types_or_pred: Any, /, func: Any, tree: PyTree, is_leaf: Any = None) -> PyTree:
    """tree_map_ over the leaves of some types."""
    return tree_map_(map_only(type_or_types_or_pred)(func), tree, is_leaf=is_leaf)


def tree_all(pred: Any, tree: PyTree, is_leaf: Any = None) -> bool:
    """Whether all leaves satisfy a predicate."""
    return all(map(pred, tree_iter(tree, is_leaf)))


def tree_any(pred: Any, tree: PyTree, is_leaf: Any = None) -> bool:
    """Whether any leaf satisfies a predicate."""
    return any(map(pred, tree_iter(tree, is_leaf)))


def tree_all_only(type_or_types: Any, /, pred: Any, tree: PyTree, is_leaf: Any = None) -> bool:
    """Whether all leaves of some types satisfy a predicate."""
    return all(pred(value) for value in tree_iter(tree, is_leaf) if isinstance(value, type_or_types))


def tree_any_only(type_or_types: Any, /, pred: Any, tree: PyTree, is_leaf: Any = None) -> bool:
    """Whether any leaf of some types satisfies a predicate."""
    return any(pred(value) for value in tree_iter(tree, is_leaf) if isinstance(value, type_or_types))


def _broadcast_to_and_flatten(tree: PyTree, treespec: TreeSpec, is_leaf: Any = None) -> list[Any] | None:
    """The leaves of `tree` repeated so that it has a structure of which it is a prefix; None where it is none."""
    if tree_is_leaf(tree, is_leaf):
        return [tree] * treespec.num_leaves
    if treespec.type is None:
        return None
    kind = _get_node_type(tree)
    if kind is not treespec.type:
        return None
    children, context = SUPPORTED_NODES[kind].flatten_fn(tree)
    if len(children) != treespec.num_children or context != treespec._context:
        return None
    found: list[Any] = []
    for child, spec in zip(children, treespec._children):
        part = _broadcast_to_and_flatten(child, spec, is_leaf)
        if part is None:
            return None
        found += part
    return found


# the rarer names, in a module of their own
_LATER = (
    "tree_flatten_with_path", "tree_leaves_with_path", "tree_map_with_path", "keystr", "key_get", "treespec_pprint", "treespec_dumps",
    "treespec_loads", "register_dataclass", "_register_pytree_node",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module("rushlight.utils._pytree_text"), name)
    # how the built-in containers are taken apart and put together: _list_flatten, _dict_unflatten, _deque_flatten_with_keys, ...
    kind, _, part = name[1:].partition("_")
    for cls in SUPPORTED_NODES if name.startswith("_") else ():
        if getattr(cls, "__name__", "").lower() == kind and f"{part}_fn" in NodeDef._fields:
            return getattr(SUPPORTED_NODES[cls], f"{part}_fn")
    from rushlight._install import elsewhere

    return elsewhere(name, __name__)
