"""torch.fx.subgraph_rewriter: parts of a graph that look like a pattern, replaced by another graph."""

from __future__ import annotations

import copy
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rushlight.fx._symbolic_trace import symbolic_trace
from rushlight.fx.graph import Graph
from rushlight.fx.graph_module import GraphModule
from rushlight.fx.node import Node
from rushlight.nn import Module

__all__ = ["Match", "replace_pattern", "replace_pattern_with_filters", "ReplacedPatterns"]

Match = namedtuple("Match", ["anchor", "nodes_map"])
Match.__module__ = "torch.fx.subgraph_rewriter"


@dataclass
class ReplacedPatterns:
    """A match and the nodes that took its place."""

    anchor: Node
    nodes_map: dict[Node, Node]
    replacements: list[Node]


class _Matcher:
    """Finds a pattern in a graph."""

    def __init__(self, pattern: Graph, ignore_literals: bool) -> None:
        self.pattern = pattern
        self.ignore_literals = ignore_literals
        self.placeholders = [node for node in pattern.nodes if node.op == "placeholder"]
        self.output = pattern.output_node()
        self.returning = self.output.all_input_nodes
        self.anchors = self._anchors()

    def _anchors(self) -> list[Node]:
        """The nodes of the pattern that only the output uses."""
        if not self.returning:
            return []
        found = [node for node in self.returning if len(node.users) == 1]
        return found or self.returning[:1]

    def matches(self, graph: Graph) -> list[dict[Node, Node]]:
        """Maps from nodes of the pattern to nodes of the graph, without those that overlap earlier ones."""
        anchor = self.anchors[0]
        candidates = [node for node in graph.nodes if self._alike(anchor, node)]
        found: list[dict[Node, Node]] = []
        taken: set[Node] = set()
        for candidate in candidates:
            mapping: dict[Node, Node] = {}
            if not self._match(anchor, candidate, mapping) or not self._others(graph, mapping) or not self._contained(mapping):
                continue
            inner = {node for part, node in mapping.items() if part.op not in ("placeholder", "output")}
            if not inner & taken:
                taken |= inner
                found.append(mapping)
        return found

    def _others(self, graph: Graph, mapping: dict[Node, Node]) -> bool:
        """Match what the first anchor does not lead to."""
        for anchor in self.anchors[1:]:
            if anchor in mapping:
                continue
            for node in graph.nodes:
                attempt = dict(mapping)
                if self._alike(anchor, node) and self._match(anchor, node, attempt):
                    mapping.update(attempt)
                    break
            else:
                return False
        return True

    def _contained(self, mapping: dict[Node, Node]) -> bool:
        """Whether nothing outside uses what is inside, but for what the pattern returns."""
        inside = {node for part, node in mapping.items() if part.op != "placeholder"}
        return all(
            user in inside
            for part, node in mapping.items()
            if part.op not in ("placeholder", "get_attr") and part not in self.returning
            for user in node.users
        )

    def _alike(self, part: Node, node: Node) -> bool:
        if part.op == "placeholder":
            return True
        if part.op != node.op:
            return False
        if part.op == "call_module":
            return self._module_type(part) is self._module_type(node)
        if part.op == "get_attr":
            return part.target.split(".")[-1].rstrip("0123456789") == node.target.split(".")[-1].rstrip("0123456789")
        return part.target == node.target

    def _module_type(self, node: Node) -> Any:
        owner = node.graph.owning_module
        return node.target if owner is None else type(owner.get_submodule(node.target))

    def _match(self, part: Any, node: Any, mapping: dict[Node, Node]) -> bool:
        if not isinstance(part, Node):
            return self._match_value(part, node, mapping)
        if part in mapping:
            return mapping[part] is node
        if not isinstance(node, Node):
            return part.op == "placeholder" and self._literal(part, node, mapping)
        if not self._alike(part, node):
            return False
        mapping[part] = node
        if part.op == "placeholder":
            return True
        given, expected = self._arguments(node, part), self._arguments(part, node)
        return self._match_value(expected, given, mapping)

    def _literal(self, part: Node, value: Any, mapping: dict[Node, Node]) -> bool:
        mapping[part] = value
        return True

    @staticmethod
    def _arguments(node: Node, other: Node) -> list[Any]:
        """Arguments as a list; keywords that both have come at the end, in the order of names."""
        return [*node.args, *(node.kwargs[name] for name in sorted(node.kwargs))]

    def _match_value(self, part: Any, value: Any, mapping: dict[Node, Node]) -> bool:
        if isinstance(part, Node):
            return self._match(part, value, mapping)
        if isinstance(part, (list, tuple)):
            return (
                isinstance(value, (list, tuple))
                and len(part) == len(value)
                and all(self._match_value(left, right, mapping) for left, right in zip(part, value))
            )
        if isinstance(part, dict):
            return (
                isinstance(value, dict)
                and part.keys() == value.keys()
                and all(self._match_value(part[key], value[key], mapping) for key in part)
            )
        if isinstance(value, Node):
            return False
        return self.ignore_literals or type(part) is type(value) and part == value


def _graph_of(given: Any) -> Graph:
    if isinstance(given, GraphModule):
        return given.graph
    return given if isinstance(given, Graph) else symbolic_trace(given).graph


def _replace(
    gm: GraphModule, pattern: Any, replacement: Any, filters: Any, ignore_literals: bool, callback: Any = None
) -> list[ReplacedPatterns]:
    graph = gm.graph
    matcher = _Matcher(_graph_of(pattern), ignore_literals)
    matches = matcher.matches(graph)
    common = None if replacement is None else _graph_of(replacement)
    found: list[ReplacedPatterns] = []
    exchanged: dict[Node, Node] = {}
    for mapping in matches:
        if filters and not all(keep(mapping, graph, matcher.pattern) for keep in filters):
            continue
        wanted = common if callback is None else callback(mapping, graph, matcher.pattern)
        found.append(_exchange(graph, matcher, mapping, wanted, exchanged))
    gm.recompile()
    if isinstance(replacement, Module):
        _take_attributes(gm, replacement)
    return found


def _exchange(graph: Graph, matcher: _Matcher, mapping: dict[Node, Node], wanted: Any, exchanged: dict[Node, Node]) -> ReplacedPatterns:
    """Put the replacement in the place of one match."""
    inputs = [node for node in wanted.nodes if node.op == "placeholder"]
    if len(inputs) != len(matcher.placeholders):
        raise AssertionError(f"Placeholders count mismatch: {len(matcher.placeholders)} vs {len(inputs)}")
    values: dict[Node, Any] = {}
    for own, part in zip(inputs, matcher.placeholders):
        given = mapping.get(part)
        while isinstance(given, Node) and given in exchanged:
            given = exchanged[given]
        values[own] = given
    inside = [node for node in graph.nodes if any(node is other for part, other in mapping.items() if part.op != "placeholder")]
    users = {user for part in matcher.returning for user in mapping[part].users if user not in inside}
    # The replacement comes as late as it can: before the first node that uses it.
    place = next((node for node in graph.nodes if node in users), inside[-1].next)
    with graph.inserting_before(place):
        copied = graph.graph_copy(wanted, values)
    outputs = [copied] if isinstance(copied, Node) else [entry for entry in _flat(copied) if isinstance(entry, Node)]
    added = [values[node] for node in wanted.nodes if node in values and node.op != "placeholder"]
    for part, new in zip(matcher.returning, outputs, strict=True):
        old = mapping[part]
        old.replace_all_uses_with(new)
        exchanged[old] = new
    for node in reversed(inside):
        if not node.users:
            graph.erase_node(node)
    kept = {part: node for part, node in mapping.items() if part.op != "output"}
    return ReplacedPatterns(mapping[matcher.anchors[0]], kept, added)


def _flat(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [leaf for entry in value for leaf in _flat(entry)]
    return [leaf for entry in value.values() for leaf in _flat(entry)] if isinstance(value, dict) else [value]


def _take_attributes(gm: GraphModule, replacement: Module) -> None:
    """Give the module what the replacement's nodes name."""
    gm.delete_all_unused_submodules()
    if isinstance(replacement, GraphModule):
        replacement.graph.lint()
    for node in gm.graph.nodes:
        if node.op not in ("call_module", "get_attr"):
            continue
        try:
            gm_has = _lookup(gm, node.target)
        except AttributeError:
            gm_has = None
        if gm_has is not None:
            continue
        try:
            value = copy.deepcopy(_lookup(replacement, node.target))
        except AttributeError as error:
            raise RuntimeError(
                f'Attempted to create a "{node.op}" node during subgraph rewriting with target {node.target}, but the referenced attribute '
                "does not exist in the replacement GraphModule"
            ) from error
        if isinstance(value, Module):
            gm.add_submodule(node.target, value)
        else:
            setattr(gm, node.target, value)
    gm.graph.lint()


def _lookup(module: Any, target: str) -> Any:
    for part in target.split("."):
        module = getattr(module, part)
    return module


def replace_pattern(gm: GraphModule, pattern: Callable[..., Any] | GraphModule, replacement: Callable[..., Any] | GraphModule) -> list[Any]:
    """Replace every part of a graph that looks like `pattern`; returns the matches.

    >>> torch.fx.replace_pattern(gm, lambda a, b: torch.add(a, b).relu(), lambda a, b: torch.mul(a, b))
    """
    return [Match(anchor=entry.anchor, nodes_map=entry.nodes_map) for entry in _replace(gm, pattern, replacement, None, False)]


def replace_pattern_with_filters(
    gm: GraphModule, pattern: Any, replacement: Any = None, match_filters: Any = None, ignore_literals: bool = False,
    replacement_callback: Any = None, node_name_match: str = "",
) -> list[ReplacedPatterns]:  # fmt: skip
    """replace_pattern(), for the matches that pass the filters."""
    return _replace(gm, pattern, replacement, match_filters, ignore_literals, replacement_callback)
