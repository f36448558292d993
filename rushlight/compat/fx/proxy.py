"""torch.fx.proxy: stand-ins for values, which write down what is done to them."""

from __future__ import annotations

import copy
import dis
import enum
import inspect
import operator
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import rushlight as torch
from rushlight import overrides
from rushlight.fx import traceback as fx_traceback
from rushlight.fx._codegen import MAGIC as magic_methods
from rushlight.fx.graph import Graph, reflectable_magic_methods
from rushlight.fx.immutable_collections import immutable_dict, immutable_list
from rushlight.fx.node import Node, base_types as _plain_types

__all__ = [
    "TracerBase", "GraphAppendingTracer", "TraceError", "Proxy", "MetaProxy", "Attribute", "ParameterProxy", "Scope", "ScopeContextManager",
]  # fmt: skip

base_types = (*_plain_types, torch.dtype, torch.Tensor, torch.device, torch.memory_format, torch.layout, type(...))


class TraceError(ValueError):
    """The program does something that depends on values, which tracing does not know."""

    __module__ = "torch.fx.proxy"


class Scope:
    """The module that runs while a program is traced."""

    def __init__(self, module_path: str, module_type: Any) -> None:
        self.module_path = module_path
        self.module_type = module_type


class ScopeContextManager:
    """Makes another module the current one for a block."""

    def __init__(self, scope: Scope, current_scope: Scope) -> None:
        self._before = copy.copy(scope)
        scope.module_path, scope.module_type = current_scope.module_path, current_scope.module_type
        self._scope = scope

    def __enter__(self) -> Scope:
        return self._scope

    def __exit__(self, *error: object) -> None:
        self._scope.module_path, self._scope.module_type = self._before.module_path, self._before.module_type


class TracerBase:
    """What makes nodes and proxies."""

    graph: Graph
    record_stack_traces: bool = False
    check_mutable_operations: bool = False
    trace_asserts: bool = False
    proxy_buffer_attributes: bool = False
    traced_func_name: str = "forward"
    scope: Scope
    module_stack: dict[str, Any]
    node_name_to_scope: dict[str, Any]

    def create_node(self, kind: str, target: Any, args: Any, kwargs: Any, name: str | None = None, type_expr: Any = None) -> Node:
        """Add a node to the graph; every node that tracing makes comes through here."""
        if kind == "call_function" and self.check_mutable_operations:
            from rushlight.fx.operator_schemas import check_for_mutable_operation

            check_for_mutable_operation(target, args, kwargs)
        node = self.graph.create_node(kind, target, args, kwargs, name, type_expr)
        scope = getattr(self, "scope", None)
        if scope is not None:
            self.node_name_to_scope[node.name] = (scope.module_path, scope.module_type)
        if fx_traceback.has_preserved_node_meta():
            node.meta.update(fx_traceback.get_current_meta())
        elif getattr(self, "module_stack", None):
            node.meta["nn_module_stack"] = copy.copy(self.module_stack)
        return node

    def proxy(self, node: Node) -> Proxy:
        """A stand-in for what a node computes."""
        return Proxy(node, self)

    def create_proxy(
        self, kind: str, target: Any, args: Any, kwargs: Any, name: str | None = None, type_expr: Any = None, proxy_factory_fn: Any = None
    ) -> Any:
        """Add a node and return the stand-in for its value."""
        given, named = self.create_arg(args), self.create_arg(kwargs)
        if not isinstance(given, tuple) or not isinstance(named, dict):
            raise AssertionError("args must be a tuple and kwargs a dict")
        node = self.create_node(kind, target, given, named, name, type_expr)
        made = proxy_factory_fn(node) if proxy_factory_fn else self.proxy(node)
        if self.record_stack_traces and not node.stack_trace:
            node.stack_trace = _users_stack()
        return made

    def create_arg(self, a: Any) -> Any:
        """A value as a node keeps it: proxies become nodes, containers immutable ones."""
        if isinstance(a, Proxy):
            return a.node
        if hasattr(a, "__fx_create_arg__"):
            return a.__fx_create_arg__(self)
        if isinstance(a, tuple):
            entries = [self.create_arg(entry) for entry in a]
            return type(a)(*entries) if hasattr(a, "_fields") else tuple(entries)
        if isinstance(a, list):
            return immutable_list([self.create_arg(entry) for entry in a])
        if isinstance(a, dict):
            return _as_dict(self, a)
        if isinstance(a, slice):
            return slice(self.create_arg(a.start), self.create_arg(a.stop), self.create_arg(a.step))
        if isinstance(a, range):
            return range(self.create_arg(a.start), self.create_arg(a.stop), self.create_arg(a.step))
        if isinstance(a, (*base_types, Node, enum.Enum)) or callable(getattr(a, "overloads", None)) or type(a).__name__ == "OpOverload":
            return a
        if is_dataclass(a) and not isinstance(a, type):
            named = {field.name: self.create_arg(getattr(a, field.name)) for field in fields(a)}
            return self.create_node("call_function", a.__class__, (), named)
        raise NotImplementedError(f"argument of type: {type(a)}")

    def to_bool(self, obj: Proxy) -> bool:
        """The truth of a proxy: not known."""
        raise TraceError("symbolically traced variables cannot be used as inputs to control flow")

    def iter(self, obj: Proxy) -> Iterator[Any]:
        """The entries of a proxy, which are known only where the program unpacks it into so many names."""
        frame = inspect.currentframe()
        caller = frame.f_back.f_back if frame is not None and frame.f_back is not None else None
        if caller is None:
            raise AssertionError("calling_frame must not be None")
        for instruction in dis.get_instructions(caller.f_code):
            if instruction.offset == caller.f_lasti and instruction.opname == "UNPACK_SEQUENCE":
                return (obj[index] for index in range(instruction.argval))
        raise TraceError(
            "Proxy object cannot be iterated. This can be attempted when the Proxy is used in a loop or as a *args or **kwargs function "
            "argument. See the torch.fx docs on pytorch.org for a more detailed explanation of what types of control flow can be traced, "
            "and check out the Proxy docstring for help troubleshooting Proxy iteration errors"
        )

    def keys(self, obj: Proxy) -> Any:
        """What the keys() of a proxy are."""
        return Attribute(obj, "keys")()


def _as_dict(tracer: TracerBase, value: dict[Any, Any]) -> Any:
    found = {}
    for key, entry in value.items():
        key = tracer.create_arg(key)
        if any(isinstance(leaf, Node) for leaf in (key if isinstance(key, tuple) else (key,))):
            raise RuntimeError(f"Keys for dictionaries used as an argument cannot contain a Node. Got key: {key}")
        found[key] = tracer.create_arg(entry)
    return immutable_dict(found)


def _users_stack() -> str:
    """The stack of the program, without the frames of tracing."""
    import traceback

    own = ("/fx/proxy.py", "/fx/_symbolic_trace.py", "/nn/modules/module.py", "/autograd/overriding.py", "/_core/function.py")
    return "".join(traceback.format_list([entry for entry in traceback.extract_stack() if not entry.filename.endswith(own)])).strip()


class GraphAppendingTracer(TracerBase):
    """Adds nodes to a graph that is there."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.scope = Scope("", None)
        self.module_stack = {}
        self.node_name_to_scope = {}


def assert_fn(x: Any) -> None:
    """What a traced assert calls."""
    assert x


class Proxy:
    """A stand-in for a value: what is done to it becomes nodes of a graph."""

    __module__ = "torch.fx.proxy"

    def __init__(self, node: Node, tracer: TracerBase | None = None) -> None:
        self.tracer = GraphAppendingTracer(node.graph) if tracer is None else tracer
        self.node = node

    def __repr__(self) -> str:
        return f"Proxy({self.node.name})"

    def __getattr__(self, k: str) -> Any:
        if k.startswith("__") and k.endswith("__") or k in ("node", "tracer"):  # copy and pickle look for such
            raise AttributeError(k)
        return Attribute(self, k)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        found = {name: copy.deepcopy(value, memo) for name, value in vars(self).items()}
        made = Proxy.__new__(type(self))
        vars(made).update(found)
        return made

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.tracer.create_proxy("call_method", "__call__", (self, *args), kwargs)

    def __iter__(self) -> Iterator[Any]:
        return self.tracer.iter(self)

    def __abs__(self) -> Any:
        return self.tracer.create_proxy("call_function", operator.abs, (self,), {})

    def __bool__(self) -> bool:
        return self.tracer.to_bool(self)

    def keys(self) -> Any:
        """The keys of what the proxy stands for."""
        return self.tracer.keys(self)

    def __len__(self) -> int:
        raise RuntimeError(
            "'len' is not supported in symbolic tracing by default. If you want this call to be recorded, please call torch.fx.wrap('len') "
            "at module scope"
        )

    @classmethod
    def __torch_function__(cls, orig_method: Any, types: Any, args: Any = None, kwargs: Any = None) -> Any:
        args, kwargs = args or (), kwargs or {}
        tracers: dict[Any, None] = {}
        _find_tracers(args, tracers)
        _find_tracers(kwargs, tracers)
        if len(tracers) > 1:
            raise RuntimeError(f"Found multiple different tracers {list(tracers)} while trying to trace operations {orig_method}")
        tracer = next(iter(tracers))
        if overrides.is_tensor_method_or_property(orig_method):
            name = orig_method.__name__
            if name == "__get__":  # an attribute of Tensor, such as T
                resolved = overrides.resolve_name(orig_method) or ""
                return tracer.create_proxy("call_function", getattr, (args[0], resolved.split(".")[-2]), {})
            return tracer.create_proxy("call_method", name, args, kwargs)
        return tracer.create_proxy("call_function", orig_method, args, kwargs, name=tracer.graph._target_to_str(orig_method.__name__))


def _find_tracers(value: Any, found: dict[Any, None]) -> None:
    if isinstance(value, Proxy):
        found[value.tracer] = None
    elif isinstance(value, (list, tuple)):
        for entry in value:
            _find_tracers(entry, found)
    elif isinstance(value, dict):
        _find_tracers(list(value.values()), found)
    elif isinstance(value, slice):
        _find_tracers((value.start, value.stop, value.step), found)


class MetaProxy(Proxy):
    """A proxy that keeps a fake mode."""

    def __init__(self, node: Node, tracer: TracerBase | None = None, fake_mode: Any = None) -> None:
        super().__init__(node, tracer)
        self.fake_mode = fake_mode


class Attribute(Proxy):
    """An attribute of a proxy: a node if it is used as a value, a method if it is called."""

    def __init__(self, root: Proxy, attr: str) -> None:
        self.root = root
        self.attr = attr
        self.tracer = root.tracer
        self._node: Node | None = None

    @property
    def node(self) -> Node:  # type: ignore[override]
        """The node of getattr, made at first use."""
        if self._node is None:
            self._node = self.tracer.create_proxy("call_function", getattr, (self.root, self.attr), {}).node
        return self._node

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.tracer.create_proxy("call_method", self.attr, (self.root, *args), kwargs)


class ParameterProxy(Proxy):
    """A proxy of a parameter, whose shape is known."""

    def __init__(self, tracer: TracerBase, node: Node, name: str, param: Any) -> None:
        super().__init__(node, tracer)
        if not isinstance(param, torch.nn.Parameter):
            raise AssertionError("expected Parameter")
        self.param = param
        self.name = name

    def __repr__(self) -> str:
        return f"ParameterProxy({self.name})"

    @property
    def shape(self) -> Any:
        """The shape of the parameter."""
        return self.param.shape

    def size(self) -> Any:
        """The shape of the parameter."""
        return self.param.size()

    def dim(self) -> int:
        """The number of dimensions of the parameter."""
        return int(self.param.dim())

    @property
    def ndim(self) -> int:
        """The number of dimensions of the parameter."""
        return int(self.param.ndim)

    def numel(self) -> int:
        """The number of elements of the parameter."""
        return int(self.param.numel())

    def nelement(self) -> int:
        """The number of elements of the parameter."""
        return int(self.param.nelement())


def _forward(name: str) -> Any:
    target = getattr(operator, name)

    def method(*args: Any, **kwargs: Any) -> Any:
        return args[0].tracer.create_proxy("call_function", target, args, kwargs)

    method.__name__ = f"__{name.strip('_')}__"
    return method


def _reflected(name: str) -> Any:
    target = getattr(operator, name)

    def method(self: Proxy, rhs: Any) -> Any:
        return self.tracer.create_proxy("call_function", target, (rhs, self), {})

    method.__name__ = f"__r{name.strip('_')}__"
    return method


for _name in magic_methods:
    if hasattr(operator, _name):
        setattr(Proxy, f"__{_name.strip('_')}__", _forward(_name))
for _name in reflectable_magic_methods:
    if hasattr(operator, _name) and _name != "getitem":
        setattr(Proxy, f"__r{_name.strip('_')}__", _reflected(_name))
