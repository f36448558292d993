"""What makes a graph well formed."""

from __future__ import annotations

from typing import Any

from rushlight.fx.node import Node, map_arg


def lint(graph: Any) -> None:
    """Raise RuntimeError for the first fault of a graph."""
    seen: set[Node] = set()
    names: set[str] = set()

    def check_argument(argument: Node, user: Node) -> None:
        described = f"'{argument}'" if user is None else f"'{argument}' of Node '{user}'"
        if argument.graph is not graph:
            raise RuntimeError(f"Argument {described} does not belong to this Graph, but was used as an argument! If you are copying nodes "
                               "from another graph, make sure to use ``arg_transform`` on node_copy() to remap values\n" + str(graph))  # fmt: skip
        if argument not in seen:
            raise RuntimeError(f"Argument {described} was used before it has been defined! Please check that Nodes in the graph are "
                               f"topologically ordered\n{graph}")  # fmt: skip

    for node in graph.nodes:
        if node.graph is not graph:
            raise RuntimeError(f"Node '{node}' does not belong to this Graph!")
        if node._erased:
            raise RuntimeError(f"Attempting to use erased node {node}")
        if node in seen:
            raise RuntimeError(f"Node {node} defined twice")
        map_arg(node.args, lambda argument, node=node: check_argument(argument, node))
        map_arg(node.kwargs, lambda argument, node=node: check_argument(argument, node))
        seen.add(node)
        if node.name in names:
            raise RuntimeError(f"Node redefined name {node.name}!")
        names.add(node.name)
    if graph.owning_module is not None:
        for node in graph.nodes:
            if node.op in ("get_attr", "call_module"):
                _check_target(graph.owning_module, node)


def _check_target(owner: Any, node: Node) -> None:
    found = owner
    for index, part in enumerate(node.target.split(".")):
        before = found
        found = getattr(found, part, None)
        if found is None and not hasattr(before, part):
            missing = ".".join(node.target.split(".")[:index])
            raise RuntimeError(
                f"Node {node} target {node.target} references nonexistent attribute {part} of {missing}"
                if index
                else f"Node {node} target {node.target} references nonexistent attribute {part} of "
            )
    if node.op == "call_module" and not callable(found):
        raise RuntimeError(f"Node {node} target {node.target} {part} of {owner} does not reference an nn.Module")
