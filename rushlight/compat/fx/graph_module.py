"""torch.fx.graph_module: a module whose forward is written from a graph."""

from __future__ import annotations

import contextlib
import copy
import itertools
import linecache
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rushlight as torch
from rushlight.fx.graph import Graph, PythonCode, _PyTreeCodeGen
from rushlight.fx.node import Node, map_aggregate
from rushlight.nn import Module

__all__ = ["reduce_graph_module", "GraphModule"]

_USER_PRESERVED_ATTRIBUTES_KEY = "_user_preserved_attributes"
_HOOKS = ("_replace_hooks", "_create_node_hooks", "_erase_node_hooks", "_deepcopy_hooks")
_numbers = itertools.count()


def _evaluate(source: str, names: dict[str, Any], fields: dict[str, Any] | None) -> Any:
    """Run generated code; its lines are there for tracebacks. Returns the function `forward`."""
    key = f"<eval_with_key>.{next(_numbers)}"
    if fields:
        key += f" from {fields['co_filename']}:{fields['co_firstlineno']} in {fields['co_name']}"
    linecache.cache[key] = (len(source), None, source.splitlines(keepends=True), key)  # no time: linecache does not look for a file
    exec(compile(source, key, "exec", dont_inherit=True), names)
    return names


class _WrappedCall:
    """The __call__ of a GraphModule: errors in generated code are shown with its lines."""

    def __init__(self, cls: Any, cls_call: Any) -> None:
        self.cls = cls
        self.cls_call = cls_call

    @staticmethod
    def _text(frame: traceback.FrameSummary) -> str:
        line = frame.lineno or 1
        lines = linecache.getlines(frame.filename)
        before = "".join(lines[line - 2 : line])
        marked = "~" * (len(lines[line - 1]) if line <= len(lines) else 0) + "~~~ <--- HERE"
        message = f"Call using an FX-traced Module, line {line} of the traced Module's generated forward function:"
        return "\n".join([message, before, marked, "\n".join(lines[line : line + 2])])

    def __call__(self, obj: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            if self.cls_call is not None:
                return self.cls_call(obj, *args, **kwargs)
            return super(self.cls, obj).__call__(*args, **kwargs)
        except Exception as error:
            if not error.__traceback__:
                raise
            innermost = traceback.extract_tb(error.__traceback__)[-1]
            frames = [entry for entry in traceback.extract_tb(error.__traceback__) if "eval_with_key" in entry.filename]
            if not frames or isinstance(error, NotImplementedError) and innermost is None:
                raise
            if innermost is not frames[-1] and not _is_of_rushlight(innermost.filename):
                raise
            print("".join(traceback.format_exception(error)), file=sys.stderr)
            print(self._text(frames[-1]), file=sys.stderr)
            raise error.with_traceback(None) from None


def _is_of_rushlight(file: str) -> bool:
    return file.startswith(str(Path(torch.__file__).parent))


class GraphModule(Module):
    """A module that runs a Graph, by code that is written from it.

    `root` is a module, or a dict by name, with what the graph's nodes refer to.
    """

    __module__ = "torch.fx.graph_module"

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        # Each instance has a class of its own, since its forward is a function of the class.
        generic = _generic(cls)

        class GraphModuleImpl(generic):  # type: ignore[misc, valid-type]
            pass

        GraphModuleImpl.__module__ = GraphModule.__module__
        GraphModuleImpl.__qualname__ = "GraphModule.__new__.<locals>.GraphModuleImpl"
        return super().__new__(GraphModuleImpl)

    def __init__(self, root: Any, graph: Graph, class_name: str = "GraphModule") -> None:
        super().__init__()
        self.__class__.__name__ = class_name
        if isinstance(root, Module):
            if hasattr(root, "training"):
                self.training = root.training
            for node in graph.nodes:
                if node.op in ("get_attr", "call_module"):
                    _copy_attr(root, self, node.target)
        elif isinstance(root, dict):
            self._take(root, graph)
        else:
            raise RuntimeError(f"Unsupported type {root} passed for root!")
        self.graph = graph
        self._tracer_cls = None
        if graph._tracer_cls and "<locals>" not in graph._tracer_cls.__qualname__:
            self._tracer_cls = graph._tracer_cls
        self._tracer_extras = graph._tracer_extras or {}
        self.meta: dict[str, Any] = {}
        for name in _HOOKS:
            vars(self)[name] = []

    def _take(self, root: dict[str, Any], graph: Graph) -> None:
        targets = []
        for node in graph.nodes:
            if node.op in ("get_attr", "call_module"):
                if node.target not in root:
                    raise RuntimeError(f"Node {node!s} referenced target {node.target} but that target was not provided in ``root``!")
                targets.append(node.target)
        for target in sorted(targets, key=lambda name: name.count(".")):
            _assign_attr(root[target], self, target)

    __jit_unused_properties__ = ["graph"]

    @property
    def graph(self) -> Graph:
        """The graph; call recompile() after changing it."""
        return self._graph

    @graph.setter
    def graph(self, g: Graph) -> None:
        if not isinstance(g, Graph):
            raise AssertionError(f"Expected a Graph instance, but got {type(g)}")
        vars(self)["_graph"] = g
        g.owning_module = self
        self.recompile()

    # ------------------------------------------------------------ code

    @property
    def code(self) -> str:
        """The source of forward."""
        if "_code" not in vars(self):
            raise RuntimeError("Code has not been generated! Please report a bug to PyTorch")
        return str(vars(self)["_code"])

    def recompile(self) -> PythonCode:
        """Write forward anew from the graph."""
        graph = self._graph
        if isinstance(graph._codegen, _PyTreeCodeGen):
            vars(self)["_in_spec"] = graph._codegen.pytree_info.in_spec
            vars(self)["_out_spec"] = graph._codegen.pytree_info.out_spec
        written = graph.python_code(root_module="self")
        vars(self)["_code"] = written.src
        names = _evaluate(written.src, dict(written.globals), graph._co_fields)
        cls = type(self)
        cls.forward = names[graph._codegen._func_name]
        call = vars(cls).get("__call__")
        if "_wrapped_call" not in vars(cls):
            cls._wrapped_call = _WrappedCall(cls, call)

        def call_wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
            return self._wrapped_call(self, *args, **kwargs)

        cls.__call__ = call_wrapped
        return written

    def print_readable(
        self, print_output: bool = True, include_stride: bool = False, include_device: bool = False, colored: bool = False, **options: Any
    ) -> str:
        """Print the code as a class; returns the text."""
        text = _readable(self, self._get_name())
        if print_output:
            print(text)
        return text

    def __str__(self) -> str:
        hint = "# To see more debug info, please use `graph_module.print_readable()`"
        return "\n".join([super().__str__(), self._code, hint])

    # ------------------------------------------------------------ submodules

    def add_submodule(self, target: str, m: Module) -> bool:
        """Put a module under a dotted name; empty modules are made on the way."""
        *path, name = target.split(".")
        place: Module = self
        for part in path:
            inner = getattr(place, part, None)
            if inner is None:
                inner = Module()
                setattr(place, part, inner)
            if not isinstance(inner, Module):
                return False
            place = inner
        place.add_module(name, m)
        return True

    def delete_submodule(self, target: str) -> bool:
        """Take the module under a dotted name away."""
        *path, name = target.split(".")
        place: Any = self
        for part in path:
            if not hasattr(place, part):
                return False
            place = getattr(place, part)
            if not isinstance(place, Module):
                return False
        if not isinstance(getattr(place, name, None), Module):
            return False
        delattr(place, name)
        return True

    def delete_all_unused_submodules(self) -> None:
        """Take away the modules that no node names."""
        used: set[str] = set()
        for node in self.graph.nodes:
            if node.op not in ("call_module", "get_attr"):
                continue
            parts = node.target.split(".")
            used.update(".".join(parts[:count]) for count in range(1, len(parts) + 1))
            if node.op == "call_module":
                with contextlib.suppress(AttributeError):
                    used.update(f"{node.target}.{name}" for name, _ in self.get_submodule(node.target).named_modules())
        for name in [name for name, _ in self.named_modules() if name and name not in used]:
            self.delete_submodule(name)

    # ------------------------------------------------------------ copies

    def __reduce__(self) -> Any:
        state = vars(self).copy()
        graph = state.pop("_graph")
        state.pop("_code", None)
        return _rebuild, (state, type(self).__name__, _rows(graph), graph._codegen, graph._co_fields, _generic(type(self)))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()

    def _deepcopy_init(self) -> Any:
        return GraphModule.__init__

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        plain = Module()
        state = {name: value for name, value in vars(self).items() if name != "_graph"}
        vars(plain).update(copy.deepcopy(state, memo))
        vars(plain)["_graph"] = copy.deepcopy(self._graph, memo)
        self._deepcopy_init()(made, plain, vars(plain)["_graph"])
        for name in (*_HOOKS, "_state_dict_hooks", "_load_state_dict_pre_hooks", "_load_state_dict_post_hooks", "_forward_hooks",
                     "_forward_pre_hooks", "_in_spec", "_out_spec"):  # fmt: skip
            if name in vars(self):
                vars(made)[name] = copy.copy(vars(self)[name])
        for hook in vars(self).get("_deepcopy_hooks", ()):
            hook(made)
        made.meta = copy.copy(getattr(self, "meta", {}))
        for name, value in getattr(self, "meta", {}).get(_USER_PRESERVED_ATTRIBUTES_KEY, {}).items():
            setattr(made, name, value)
        return made

    def __copy__(self) -> Any:
        made = GraphModule(self, self.graph)
        made.meta = getattr(self, "meta", {})
        return made

    def to_folder(self, folder: Any, module_name: str = "FxModule") -> None:
        """Not available: write out `code` and a state dict instead."""
        raise NotImplementedError("GraphModule.to_folder is not implemented in rushlight")

    # ------------------------------------------------------------ hooks

    @contextlib.contextmanager
    def _set_replace_hook(self, f: Any) -> Iterator[None]:
        self._register_replace_node_hook(f)
        try:
            yield
        finally:
            self._unregister_replace_node_hook(f)

    def _register_replace_node_hook(self, f: Any) -> None:
        self._replace_hooks.append(f)

    def _unregister_replace_node_hook(self, f: Any) -> None:
        self._replace_hooks.remove(f)

    def _register_create_node_hook(self, f: Any) -> None:
        self._create_node_hooks.append(f)

    def _unregister_create_node_hook(self, f: Any) -> None:
        self._create_node_hooks.remove(f)

    def _register_erase_node_hook(self, f: Any) -> None:
        self._erase_node_hooks.append(f)

    def _unregister_erase_node_hook(self, f: Any) -> None:
        self._erase_node_hooks.remove(f)


# ---------------------------------------------------------------- attributes by dotted names


def _copy_attr(from_module: Module, to_module: Module, target: str) -> None:
    """Give a module what another one has under a dotted name."""
    *path, name = target.split(".")
    for part in path:
        inner, place = getattr(from_module, part), getattr(to_module, part, None)
        if inner is place:
            return
        if place is None:
            place = Module()
            setattr(to_module, part, place)
        from_module, to_module = inner, place
    original = getattr(from_module, name)
    if isinstance(original, torch.Tensor) and not isinstance(original, torch.nn.Parameter):
        to_module.register_buffer(name, original)
    else:
        setattr(to_module, name, original)


def _assign_attr(from_obj: Any, to_module: Module, target: str) -> None:
    """Put an object under a dotted name."""
    *path, name = target.split(".")
    for part in path:
        inner = getattr(to_module, part, None)
        if inner is None:
            inner = Module()
            setattr(to_module, part, inner)
        to_module = inner
    if isinstance(from_obj, torch.Tensor) and not isinstance(from_obj, torch.nn.Parameter):
        to_module.register_buffer(name, from_obj)
    else:
        setattr(to_module, name, from_obj)


def _get_attr(model: Module, attr_name: str) -> Any:
    found: Any = model
    for part in attr_name.split("."):
        found = getattr(found, part)
    return found


def _del_attr(model: Module, attr_name: str) -> None:
    *path, name = attr_name.split(".")
    delattr(_get_attr(model, ".".join(path)) if path else model, name)


def _has_attr(model: Module, attr_name: str) -> bool:
    try:
        _get_attr(model, attr_name)
    except AttributeError:
        return False
    return True


# ---------------------------------------------------------------- pickles


class _Place:
    """In a pickled node's arguments: the node at a place of the graph."""

    def __init__(self, index: int) -> None:
        self.index = index


def _rows(graph: Graph) -> list[Any]:
    places = {node: _Place(index) for index, node in enumerate(graph.nodes)}

    def placed(value: Any) -> Any:
        return places[value] if isinstance(value, Node) else value

    return [
        (node.op, node.name, node.target, map_aggregate(node.args, placed), map_aggregate(node.kwargs, placed), node.type)
        for node in graph.nodes
    ]


def _generic(cls: type) -> type:
    return next(kind for kind in cls.__mro__ if "<locals>" not in kind.__qualname__)


def _rebuild(state: dict[str, Any], class_name: str, rows: Any, codegen: Any, fields: Any, cls: Any) -> Any:
    """What a pickle calls."""
    graph = Graph()
    graph._codegen = codegen
    graph._co_fields = fields
    nodes: list[Node] = []

    def found(value: Any) -> Any:
        return nodes[value.index] if isinstance(value, _Place) else value

    for op, name, target, args, kwargs, kind in rows:
        nodes.append(graph.create_node(op, target, tuple(map_aggregate(args, found)), dict(map_aggregate(kwargs, found)), name, kind))
    root = Module()
    vars(root).update(state)
    made = GraphModule.__new__(cls)
    GraphModule.__init__(made, root, graph, class_name)
    for name, value in state.items():
        if name not in vars(made):
            vars(made)[name] = value
    return made


def reduce_graph_module(body: dict[Any, Any], import_block: str) -> Any:
    """Not used: pickles hold nodes here, not source text."""
    raise NotImplementedError("torch.fx.graph_module.reduce_graph_module is not implemented in rushlight")


def _readable(module: GraphModule, name: str) -> str:
    written = module._graph.python_code(root_module="self", verbose=True).src.lstrip("\n")
    body = "\n".join("    " + line for line in written.split("\n"))
    parts = [f"class {name}(torch.nn.Module):\n{body}"]
    for child_name, child in module.named_children():
        if isinstance(child, GraphModule):
            parts.append("\n".join("    " + line for line in _readable(child, child_name).split("\n")))
    return "\n".join(parts)
