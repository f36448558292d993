"""torch.fx.passes.split_module: a graph module cut into modules called one after the other."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from rushlight.fx.graph import Graph
from rushlight.fx.graph_module import GraphModule
from rushlight.fx.node import Node, map_arg

import rushlight as torch
from rushlight.nn import Module

__all__ = ["Partition", "split_module"]
_KEPT = ("placeholder", "get_attr", "output")  # stay in the outer graph


class Partition:
    """The nodes of one part, what they take from outside, and what others take from them; dicts serve as ordered sets."""

    __module__ = "torch.fx.passes.split_module"

    def __init__(self, name: str) -> None:
        self.name = name
        self.submod_name = f"submod_{name}"
        self.node_names: list[str] = []
        self.inputs: dict[str, None] = {}
        self.outputs: dict[str, None] = {}
        self.dependencies: dict[str, None] = {}
        self.dependents: dict[str, None] = {}
        self.graph = Graph()
        self.environment: dict[Node, Node] = {}
        self.targets: dict[str, Any] = {}

    def __repr__(self) -> str:
        return (
            f"name: {self.name},\n nodes: {self.node_names},\n inputs: {self.inputs},\n outputs: {self.outputs},\n"
            f" partitions depended on: {self.dependencies},\n partition dependents: {self.dependents}"
        )


def _assign(m: GraphModule, split_callback: Callable[[Node], Any], affix: str | None) -> tuple[dict[str, Partition], dict[Node, str]]:
    """The parts by name, in order of appearance, and the part of each node that is moved."""
    parts: dict[str, Partition] = {}
    home: dict[Node, str] = {}
    for node in m.graph.nodes:
        if node.op in _KEPT:
            continue
        name = str(split_callback(node))
        if affix is not None:
            name = f"{affix}_{name}"
        parts.setdefault(name, Partition(name)).node_names.append(node.name)
        home[node] = name
    return parts, home


def _connect(m: GraphModule, parts: dict[str, Partition], home: dict[Node, str]) -> None:
    """What crosses from one part to another, in the order in which it is used."""

    def used(target: str | None, value: Node) -> Node:
        source = home.get(value)
        if source == target:
            return value
        if source is not None:
            parts[source].outputs.setdefault(value.name)
        if target is not None:
            parts[target].inputs.setdefault(value.name)
        if source is not None and target is not None:
            parts[source].dependents.setdefault(target)
            parts[target].dependencies.setdefault(source)
        return value

    for node in m.graph.nodes:
        if node.op == "output" or node in home:
            map_arg((node.args, node.kwargs), partial(used, home.get(node)))


def _in_order(parts: dict[str, Partition]) -> list[str]:
    """Every part after those it takes from; of several that could come next, the one that became ready last."""
    ready = [name for name, part in parts.items() if not part.dependencies]
    waits = {name: len(part.dependencies) for name, part in parts.items()}
    order = []
    while ready:
        name = ready.pop()
        order.append(name)
        for dependent in parts[name].dependents:
            waits[dependent] -= 1
            if not waits[dependent]:
                ready.append(dependent)
    if len(order) != len(parts):
        raise RuntimeError("cycle exists between partitions!")
    return order


def _attribute(root: Any, path: str) -> Any:
    for step in path.split("."):
        if not hasattr(root, step):
            raise AttributeError(f"Node target {path} not found!")
        root = getattr(root, step)
    return root


class _Splitter:
    """Writes the graphs of the parts and the outer graph that calls them."""

    def __init__(self, m: GraphModule, root: Module, parts: dict[str, Partition], names: dict[str, str] | None) -> None:
        self.m, self.root, self.parts, self.qualnames = m, root, parts, names
        self.nodes = {node.name: node for node in m.graph.nodes}
        self.outer = Graph()
        self.made: dict[str, Node] = {}  # of the outer graph, by the name in the original
        self.held: dict[str, Any] = {}  # what the outer module holds

    def add_inputs(self, keep_name: bool) -> None:
        for part in self.parts.values():
            for number, name in enumerate(part.inputs):
                value = self.nodes[name]
                named = part.graph.placeholder(name if keep_name else f"arg_{number}", type_expr=value.type)
                named.meta = value.meta.copy()
                part.environment[value] = named

    def move(self, node: Node, part: Partition, keep_name: bool) -> None:
        def inside(value: Node) -> Node:
            return part.environment[value]

        target = node.target
        if node.op == "call_module":
            module = _attribute(self.m, target)
            target = target.replace(".", "_")
            part.targets[target] = module
            if self.qualnames is not None:
                self.qualnames[f"{part.submod_name}.{target}"] = node.target
        args, kwargs = map_arg(node.args, inside), map_arg(node.kwargs, inside)
        moved = part.graph.create_node(node.op, target, args, kwargs, node.name if keep_name else None, node.type)
        moved.meta = node.meta.copy()
        part.environment[node] = moved

    def keep(self, node: Node) -> None:
        """A placeholder or attribute, which stays in the outer graph."""
        if node.op == "placeholder":
            default = node.args[0] if node.args else inspect.Signature.empty
            kept = self.outer.placeholder(node.target, type_expr=node.type, default_value=default)
        else:
            kept = self.outer.get_attr(node.target)
            self.held[node.target] = _attribute(self.m, node.target)
        kept.meta = node.meta.copy()
        self.made[node.name] = kept

    def call(self, part: Partition, tuple_return: bool) -> None:
        """Finish the part's graph, make it a module and call it; several results are taken out of a tuple."""
        outputs = tuple(part.environment[self.nodes[name]] for name in part.outputs)
        several = len(outputs) > 1 or (tuple_return and len(outputs) == 1)
        if outputs:
            part.graph.output(outputs if several else outputs[0])
        else:
            part.graph.output(())
        self.held[part.submod_name] = GraphModule(part.targets, part.graph)
        result = self.outer.call_module(part.submod_name, tuple(self.made[name] for name in part.inputs))
        if several:
            proxy = torch.fx.Proxy(result)
            for number, name in enumerate(part.outputs):
                self.made[name] = proxy[number].node
        elif outputs:
            self.made[next(iter(part.outputs))] = result


def split_module(
    m: GraphModule,
    root_m: Module,
    split_callback: Callable[[Node], int],
    qualname_map: dict[str, str] | None = None,
    keep_original_order: bool | None = False,
    keep_original_node_name: bool | None = False,
    keep_original_input_name: bool = True,
    *,
    partition_affix: str | None = None,
    tuple_return: bool = False,
) -> GraphModule:
    """Cut a graph module: nodes for which `split_callback` answers alike become one module, `submod_` and the answer."""
    parts, home = _assign(m, split_callback, partition_affix)
    _connect(m, parts, home)
    order = _in_order(parts)
    split = _Splitter(m, root_m, parts, qualname_map)
    split.add_inputs(keep_original_input_name)
    for node in m.graph.nodes:
        if node in home:
            split.move(node, parts[home[node]], bool(keep_original_node_name))
        elif node.op == "placeholder" or (node.op == "get_attr" and not keep_original_order):
            split.keep(node)
    for name in parts if keep_original_order else order:
        for value in parts[name].inputs:
            if value not in split.made and split.nodes[value].op == "get_attr":
                split.keep(split.nodes[value])
        split.call(parts[name], tuple_return)
    for node in m.graph.nodes:
        if node.op == "output":
            split.outer.output(map_arg(node.args[0], lambda value: split.made[value.name]))
    return GraphModule(split.held, split.outer)


split_module.__module__ = "torch.fx.passes.split_module"
