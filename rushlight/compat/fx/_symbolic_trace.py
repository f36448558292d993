"""torch.fx symbolic tracing: a program runs on proxies, and what it does becomes a graph."""

from __future__ import annotations

import builtins
import collections
import contextlib
import functools
import inspect
import math
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import rushlight as torch
from rushlight import overrides
from rushlight.fx.graph import Graph, _PyTreeCodeGen, _PyTreeInfo
from rushlight.fx.graph_module import GraphModule
from rushlight.fx.node import Node, base_types
from rushlight.fx.proxy import ParameterProxy, Proxy, Scope, ScopeContextManager, TracerBase
from rushlight.nn import Module
from rushlight.utils import _pytree as pytree

HAS_VARSTUFF = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
_wrapped_fns_to_patch: dict[tuple[int, str], dict[str, Any]] = {}
_wrapped_methods_to_patch: list[tuple[type, str]] = []
_proxyable_classes: dict[type, None] = {}
_is_fx_tracing_flag = False
_original_call = Module.__call__
_original_getattr = Module.__getattr__


def is_fx_tracing() -> bool:
    """Whether a program is being traced."""
    return _is_fx_tracing_flag


def is_fx_symbolic_tracing() -> bool:
    """Whether a program is being traced, not compiled."""
    return _is_fx_tracing_flag


class ProxyableClassMeta(type):
    """The metaclass of classes whose construction from proxies is written down."""

    def __init__(cls, name: str, bases: Any, attrs: Any) -> None:
        _proxyable_classes.setdefault(cls)
        super().__init__(name, bases, attrs)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        instance = cls.__new__(cls)
        if not is_fx_tracing():
            cls.__init__(instance, *args, **kwargs)  # type: ignore[misc]
            return instance
        proxies: list[Proxy] = []
        _collect(args, proxies)
        _collect(kwargs, proxies)
        if proxies:
            return proxies[0].tracer.create_proxy("call_function", cls, args, kwargs)
        cls.__init__(instance, *args, **kwargs)  # type: ignore[misc]
        return instance


def _collect(value: Any, found: list[Proxy]) -> None:
    if isinstance(value, Proxy):
        found.append(value)
    elif isinstance(value, (list, tuple)):
        for entry in value:
            _collect(entry, found)
    elif isinstance(value, dict):
        _collect(list(value.values()), found)
    elif isinstance(value, slice):
        _collect((value.start, value.stop, value.step), found)


class PHBase:
    """In concrete_args: this stays an argument."""

    def __repr__(self) -> str:
        return "PH"


class PHWithMeta(PHBase):
    """A PH with something to remember."""

    def __init__(self, ph_key: str | None = None) -> None:
        self.ph_key = ph_key


PH = PHBase()


def _patch_function(fn: Any, nargs: int) -> Any:
    """A function that takes all its arguments by position, *args and **kwargs as one each."""
    code = fn.__code__
    flags = code.co_flags & ~HAS_VARSTUFF
    code = code.replace(co_argcount=nargs, co_posonlyargcount=0, co_kwonlyargcount=0, co_flags=flags)
    return types.FunctionType(code, fn.__globals__, fn.__name__, None, fn.__closure__)


# ---------------------------------------------------------------- what is replaced while a program is traced


class _Patcher:
    """Replacements in namespaces and classes that are undone at the end."""

    def __init__(self) -> None:
        self.undo: list[Callable[[], Any]] = []
        self.seen: set[int] = set()

    def patch(self, namespace: dict[str, Any], name: str, value: Any) -> None:
        new = name not in namespace
        before = getattr(builtins, name, None) if new else namespace[name]
        if getattr(before, "__fx_already_patched", False):
            return
        value.__fx_already_patched = True
        namespace[name] = value
        self.undo.append(lambda: namespace.pop(name) if new else namespace.__setitem__(name, before))

    def patch_method(self, cls: type, name: str, value: Any) -> None:
        before = getattr(cls, name)
        if getattr(before, "__fx_already_patched", False):
            return
        value.__fx_already_patched = True
        setattr(cls, name, value)
        self.undo.append(lambda: setattr(cls, name, before))

    def visit_once(self, thing: Any) -> bool:
        if id(thing) in self.seen:
            return False
        self.seen.add(id(thing))
        return True

    def __enter__(self) -> _Patcher:
        return self

    def __exit__(self, *error: object) -> None:
        for step in reversed(self.undo):
            step()
        self.undo.clear()


def _recording(function: Callable[..., Any]) -> Any:
    """A function whose calls with proxies are written down instead of made."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        proxies: list[Proxy] = []
        _collect(args, proxies)
        _collect(kwargs, proxies)
        if not proxies:
            return function(*args, **kwargs)
        made = proxies[0].tracer.create_proxy("call_function", function, args, kwargs)
        made.node.meta["is_wrapped"] = True
        return made

    return wrapped


def _recording_method(cls: type, name: str) -> Any:
    original = getattr(cls, name)

    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        proxies: list[Proxy] = []
        _collect(args, proxies)
        _collect(kwargs, proxies)
        if proxies:
            return proxies[0].tracer.create_proxy("call_method", name, args, kwargs)
        return original(*args, **kwargs)

    return wrapped


def _patch_wrapped_functions(patcher: _Patcher) -> None:
    for (_, name), frame in list(_wrapped_fns_to_patch.items()):
        original = frame[name] if name in frame else getattr(builtins, name)
        patcher.patch(frame, name, _recording(original))
    for cls, name in _wrapped_methods_to_patch:
        patcher.patch_method(cls, name, _recording_method(cls, name))


def _autowrap(patcher: _Patcher, frame: dict[str, Any], functions: set[int]) -> None:
    if not patcher.visit_once(frame):
        return
    for name, value in list(frame.items()):
        if not name.startswith("_") and callable(value) and id(value) in functions:
            patcher.patch(frame, name, _recording(value))


def wrap(fn_or_name: Any) -> Any:
    """Write calls of a function down as one node, instead of looking into it; call this at the top level of a module."""
    if not callable(fn_or_name) and not isinstance(fn_or_name, str):
        raise RuntimeError("Unsupported type for global function! Must be either a callable or string name")
    if callable(fn_or_name):
        if isinstance(fn_or_name, str):
            raise AssertionError("fn_or_name must not be a string if it is callable")
        name = fn_or_name.__name__
    else:
        name = fn_or_name
    here = inspect.currentframe()
    frame = here.f_back if here is not None else None
    if frame is None:
        raise AssertionError("frame must not be None")
    if frame.f_code.co_name != "<module>":
        raise NotImplementedError("wrap must be called at the top level of a module")
    _wrapped_fns_to_patch[(id(frame.f_globals), name)] = frame.f_globals
    return fn_or_name


# ---------------------------------------------------------------- the tracer


class Tracer(TracerBase):
    """Traces modules and functions; subclasses say what is a leaf and how arguments are kept."""

    __module__ = "torch.fx._symbolic_trace"

    def __init__(
        self, autowrap_modules: tuple[Any, ...] = (math,), autowrap_functions: tuple[Any, ...] = (), param_shapes_constant: bool = False
    ) -> None:
        super().__init__()
        self._autowrap_function_ids = {
            id(value) for module in autowrap_modules for name, value in vars(module).items() if not name.startswith("_") and callable(value)
        }
        self._autowrap_function_ids.update(id(function) for function in autowrap_functions)
        self._autowrap_search = list(autowrap_modules)
        self.param_shapes_constant = param_shapes_constant
        self.submodule_paths: dict[Module, str] | None = None
        self.root_module_name = ""
        self.scope = Scope("", None)
        self.module_stack = collections.OrderedDict()
        self.num_calls: dict[str, int] = {}
        self.node_name_to_scope = {}

    def get_fresh_qualname(self, prefix: str) -> str:
        """A name for a new attribute of the root."""
        number = 0
        while hasattr(self.root, f"{prefix}{number}"):
            number += 1
        return f"{prefix}{number}"

    def create_arg(self, a: Any) -> Any:
        """A value as a node keeps it; parameters and tensors become attributes of the root."""
        if isinstance(a, torch.nn.Parameter):
            for name, parameter in self.root.named_parameters():
                if a is parameter:
                    return self.create_node("get_attr", name, (), {})
            raise NameError("parameter is not a member of this module")
        if isinstance(a, torch.Tensor):
            for name, buffer in self.root.named_buffers():
                if a is buffer:
                    return self.create_node("get_attr", name, (), {})
        elif isinstance(a, Module):
            for name, module in self.root.named_modules():
                if a is module:
                    return self.create_node("get_attr", name, (), {})
        if isinstance(a, tuple) and hasattr(a, "_fields"):
            return self.create_node("call_function", a.__class__, tuple(self.create_arg(entry) for entry in a), {})
        if isinstance(a, torch.Tensor):
            name = next((found for tensor, found in self.tensor_attrs if tensor is a), None)
            if name is None:
                name = self.get_fresh_qualname("_tensor_constant")
                self.tensor_attrs.append((a, name))
                setattr(self.root, name, a)
            return self.create_node("get_attr", name, (), {})
        if type(a) in _proxyable_classes:
            name = self.get_fresh_qualname(f"_{a.__class__.__name__}_constant_")
            setattr(self.root, name, a)
            return self.create_node("get_attr", name, (), {})
        return super().create_arg(a)

    def is_leaf_module(self, m: Module, module_qualified_name: str) -> bool:
        """Whether calls of a module are one node."""
        home = m.__module__
        return (home.startswith(("torch.nn", "torch.ao.nn", "rushlight.nn"))) and not isinstance(m, torch.nn.Sequential)

    def path_of_module(self, mod: Module) -> str:
        """The name of a module below the root."""
        if self.submodule_paths:
            path = self.submodule_paths.get(mod)
            if path is None:
                raise NameError("module is not installed as a submodule")
            return path
        for name, module in self.root.named_modules():
            if module is mod:
                return name
        raise NameError("module is not installed as a submodule")

    def call_module(self, m: Module, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """What a call of a module does."""
        qualified = self.path_of_module(m)
        with ScopeContextManager(self.scope, Scope(qualified, type(m))):
            number = self.num_calls.get(qualified, 0)
            key = f"{qualified}@{number}" if number > 0 else qualified
            self.module_stack[key] = (qualified, type(m))
            self.num_calls[qualified] = number + 1
            try:
                if self.is_leaf_module(m, qualified):
                    return self.create_proxy("call_module", qualified, args, kwargs)
                return forward(*args, **kwargs)
            finally:
                self.module_stack.popitem()  # type: ignore[call-arg]

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        """What a module's parameter, buffer or submodule is inside the program."""
        if isinstance(attr_val, torch.nn.Parameter):
            return self._attribute(attr_val, self.root.named_parameters(), parameter_proxy_cache)
        if self.proxy_buffer_attributes and isinstance(attr_val, torch.Tensor):
            return self._attribute(attr_val, self.root.named_buffers(), parameter_proxy_cache)
        return attr_val

    def _attribute(self, value: Any, named: Iterator[Any], cache: dict[str, Any]) -> Any:
        for name, entry in named:
            if entry is not value:
                continue
            if name not in cache:
                factory = None
                if self.param_shapes_constant and isinstance(value, torch.nn.Parameter):
                    factory = lambda node: ParameterProxy(self, node, name, value)  # noqa: B023
                cache[name] = self.create_proxy("get_attr", name, (), {}, proxy_factory_fn=factory)
            return cache[name]
        return value

    # ------------------------------------------------------------ arguments

    def _placeholder(self, name: str, concrete: Any, signature: Any, function: Any) -> Any:
        """The proxy of an argument; several for a container in concrete_args."""
        default: Any = ()
        if name[0] != "*":
            parameter = signature.parameters.get(name)
            default = () if parameter is None or parameter.default is inspect.Parameter.empty else (parameter.default,)
        if concrete is not None and name in concrete:
            count = 0

            def replaced(value: Any) -> Any:
                nonlocal count
                count += 1
                made = self.create_proxy("placeholder", f"{name}_{count}", default, {})
                if isinstance(value, PHBase):
                    if isinstance(value, PHWithMeta) and value.ph_key is not None:
                        made.node.meta["ph_key"] = value.ph_key
                    return made
                self._specialize(made, value, name)
                return value

            return pytree.tree_map(replaced, concrete[name])
        return self.create_proxy("placeholder", name, default, {}, type_expr=_annotations(function).get(name))

    def _specialize(self, made: Any, value: Any, name: str) -> None:
        """Write down that an argument must be what it was when the program was traced."""
        text = f"{name} has been specialized to have value {value} but got another value"
        if type(value) is bool or type(value) in base_types and not isinstance(value, (torch.Tensor, type(None), str)):
            torch._assert(made == value, text)
        elif value is None:
            torch._assert(made == None, text)  # noqa: E711
        else:
            warnings.warn(
                f"Was not able to add assertion to guarantee correct input {name} to specialized function. It is up to the user to make sure "
                "that your inputs match the inputs you specialized the function with.",
                stacklevel=2,
            )

    def create_args_for_root(self, root_fn: Any, is_module: bool, concrete_args: Any = None) -> tuple[Any, list[Any]]:
        """The function that runs, and the proxies that it runs on."""
        unwrapped = inspect.unwrap(root_fn)
        code = unwrapped.__code__
        total = code.co_argcount + code.co_kwonlyargcount
        names = list(code.co_varnames)
        signature = inspect.signature(unwrapped)
        args: list[Any] = []
        skip = 0
        if is_module:
            if total == 0:
                raise RuntimeError("``self`` argument cannot be part of *args expansion!")
            skip = 1
            args.append(self.root)
        if isinstance(concrete_args, tuple):
            if len(names[skip:total]) != len(concrete_args):
                raise RuntimeError(f"Tracing expected {len(names[skip:total])} arguments but got {len(concrete_args)} concrete arguments")
            concrete_args = dict(zip(names[skip:total], concrete_args))
        args.extend(self._placeholder(name, concrete_args, signature, unwrapped) for name in names[skip:total])
        if code.co_kwonlyargcount > 0 or code.co_flags & HAS_VARSTUFF:
            rest = iter(names[total:])
            if code.co_flags & inspect.CO_VARARGS:
                args.append(self._placeholder("*" + next(rest), None, signature, unwrapped))
            if code.co_flags & inspect.CO_VARKEYWORDS:
                args.append(self._placeholder("**" + next(rest), None, signature, unwrapped))
            root_fn = _patch_function(unwrapped, len(args))
        flat, spec = pytree.tree_flatten(tuple(args))
        if all(child.is_leaf() for child in spec.children_specs):
            return root_fn, args
        self.graph._codegen = _PyTreeCodeGen(_PyTreeInfo(names[:total], spec, None))

        def flattened(*flat_args: Any) -> Any:
            out = root_fn(*pytree.tree_unflatten(list(flat_args), spec))
            flat_out, out_spec = pytree.tree_flatten(out)
            self.graph._codegen.pytree_info = self.graph._codegen.pytree_info._replace(out_spec=out_spec)  # type: ignore[attr-defined]
            return flat_out

        flattened.__annotations__ = {}  # the return annotation of the program's own function does not hold for this one
        return flattened, flat

    # ------------------------------------------------------------ tracing

    def trace(self, root: Any, concrete_args: Any = None) -> Graph:
        """The graph of a module's forward, or of a function."""
        global _is_fx_tracing_flag
        before = _is_fx_tracing_flag
        _is_fx_tracing_flag = True
        try:
            return self._trace(root, concrete_args)
        finally:
            _is_fx_tracing_flag = before
            self.submodule_paths = None

    def _trace(self, root: Any, concrete_args: Any) -> Graph:
        if isinstance(root, Module):
            self.root = root
            if not hasattr(type(root), self.traced_func_name):
                raise AssertionError(f"traced_func_name={self.traced_func_name} doesn't exist in {type(root).__name__}")
            function = getattr(type(root), self.traced_func_name)
            self.root_module_name = root._get_name()
            self.submodule_paths = {module: name for name, module in root.named_modules()}
        else:
            self.root = Module()
            function = root
        tracer_cls = type(self)
        self.graph = Graph(tracer_cls=tracer_cls)
        if hasattr(function, "__code__"):
            code = function.__code__
            self.graph._co_fields = {"co_name": code.co_name, "co_filename": code.co_filename, "co_firstlineno": code.co_firstlineno}
        self.tensor_attrs: list[tuple[Any, str]] = []
        _note_tensors(self.root, [], self.tensor_attrs)
        if not isinstance(function, types.FunctionType):
            raise AssertionError(f"Expected FunctionType, got {type(function)}")
        frame = function.__globals__
        function, args = self.create_args_for_root(function, isinstance(root, Module), concrete_args)
        with self._patched(frame):
            result = function(*args)
        self.create_node("output", "output", (self.create_arg(result),), {}, type_expr=_annotations(function).get("return"))
        return self.graph

    @contextlib.contextmanager
    def _patched(self, frame: dict[str, Any]) -> Iterator[None]:
        """The block in which modules, wrapped functions and attributes write themselves down."""
        cache: dict[str, Any] = {}

        @functools.wraps(_original_getattr)
        def module_getattr(mod: Module, attr: str) -> Any:
            return self.getattr(attr, _original_getattr(mod, attr), cache)

        @functools.wraps(_original_call)
        def module_call(mod: Module, *args: Any, **kwargs: Any) -> Any:
            def forward(*args: Any, **kwargs: Any) -> Any:
                return _original_call(mod, *args, **kwargs)

            _autowrap(patcher, getattr(getattr(mod, "forward", mod), "__globals__", {}), self._autowrap_function_ids)
            return self.call_module(mod, forward, args, kwargs)

        with _Patcher() as patcher:
            patcher.patch_method(Module, "__getattr__", module_getattr)
            patcher.patch_method(Module, "__call__", module_call)
            _patch_wrapped_functions(patcher)
            _autowrap(patcher, frame, self._autowrap_function_ids)
            for module in self._autowrap_search:
                _autowrap(patcher, vars(module), self._autowrap_function_ids)
            yield


def _annotations(function: Any) -> dict[str, Any]:
    """A program's annotations; rushlight's own say other things than PyTorch's."""
    return {} if (function.__module__ or "").startswith("rushlight.") else function.__annotations__


def _note_tensors(module: Module, prefix: list[str], found: list[tuple[Any, str]]) -> None:
    """The tensors that are plain attributes of modules."""
    for name, value in vars(module).items():
        if isinstance(value, torch.Tensor):
            found.append((value, ".".join([*prefix, name])))
    for name, child in module.named_children():
        _note_tensors(child, [*prefix, name], found)


def symbolic_trace(root: Any, concrete_args: Any = None) -> GraphModule:
    """Trace a module or function into a GraphModule.

    >>> print(torch.fx.symbolic_trace(lambda x: x.relu() + 1).code)
    """
    tracer = Tracer()
    graph = tracer.trace(root, concrete_args)
    name = root.__class__.__name__ if isinstance(root, Module) else root.__name__
    return GraphModule(tracer.root, graph, name)
