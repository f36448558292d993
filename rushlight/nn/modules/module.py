"""torch.nn.Module: parameters, buffers and submodules under one name each, hooks around calls, and state that can be saved.

How the state is written and read is in `_state`, what walks over the tree of modules in `_walk`, what converts it in `_convert`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from rushlight.nn._torch import Tensor, typename
from rushlight.nn.modules import _convert, _state, _walk
from rushlight.nn.modules._names import as_torch, importable, reduce_unnamed
from rushlight.nn.modules._state import _EXTRA_STATE_KEY_SUFFIX as _EXTRA_STATE_KEY_SUFFIX, _IncompatibleKeys as _IncompatibleKeys
from rushlight.nn.modules._wrapped_hook import _WrappedHook as _WrappedHook
from rushlight.nn.parameter import Buffer, Parameter
from rushlight.utils.hooks import RemovableHandle

__all__ = [
    "Module", "register_module_backward_hook", "register_module_buffer_registration_hook", "register_module_forward_hook",
    "register_module_forward_pre_hook", "register_module_full_backward_hook", "register_module_full_backward_pre_hook",
    "register_module_module_registration_hook", "register_module_parameter_registration_hook",
]  # fmt: skip

T = TypeVar("T", bound="Module")

# Hooks of all modules. They are looked up here by name on each use: programs put fresh dicts in their places.
_global_buffer_registration_hooks: dict[int, Any] = OrderedDict()
_global_module_registration_hooks: dict[int, Any] = OrderedDict()
_global_parameter_registration_hooks: dict[int, Any] = OrderedDict()
_global_backward_pre_hooks: dict[int, Any] = OrderedDict()
_global_backward_hooks: dict[int, Any] = OrderedDict()
_global_is_full_backward_hook: bool | None = None
_global_forward_pre_hooks: dict[int, Any] = OrderedDict()
_global_forward_hooks: dict[int, Any] = OrderedDict()
_global_forward_hooks_always_called: dict[int, bool] = OrderedDict()
_global_forward_hooks_with_kwargs: dict[int, bool] = OrderedDict()

_MIXED = "Cannot use both regular backward hooks and full backward hooks {}. Please use only one of them."
_GLOBALLY = _MIXED.format("as a global Module hook")
_ON_ONE = _MIXED.format("on a single Module")
# What never is a parameter, a module or a buffer: assigned without a second look, unless the name is one of theirs.
_PLAIN = frozenset({bool, int, float, str, tuple, list, dict, complex, bytes})


def _addindent(s_: str, numSpaces: int) -> str:
    """The text with all lines but the first moved to the right."""
    return s_.replace("\n", "\n" + numSpaces * " ")


def is_traceable_wrapper_subclass(t: object) -> bool:
    """Whether a tensor of a subclass says what tensors it is made of."""
    return type(t) is not Tensor and hasattr(t, "__tensor_flatten__") and hasattr(type(t), "__tensor_unflatten__")


def _has_any_global_hook() -> Any:
    return (
        _global_backward_pre_hooks
        or _global_backward_hooks
        or _global_forward_pre_hooks
        or _global_forward_hooks
        or _global_forward_hooks_always_called
        or _global_forward_hooks_with_kwargs
    )


def _add(hooks: Any, hook: Any, *extra: tuple[Any, bool], prepend: bool = False) -> RemovableHandle:
    """Register a hook, and in the given dicts what is special about it."""
    handle = RemovableHandle(hooks, extra_dict=[marks for marks, _ in extra])
    hooks[handle.id] = hook
    for marks, marked in extra:
        if marked:
            marks[handle.id] = True
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def register_module_buffer_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call hook(module, name, buffer) when any module registers a buffer; what it returns takes the buffer's place."""
    return _add(_global_buffer_registration_hooks, hook)


def register_module_module_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call hook(module, name, submodule) when any module registers a submodule."""
    return _add(_global_module_registration_hooks, hook)


def register_module_parameter_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call hook(module, name, param) when any module registers a parameter."""
    return _add(_global_parameter_registration_hooks, hook)


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call hook(module, args) before the forward of every module."""
    return _add(_global_forward_pre_hooks, hook)


def register_module_forward_hook(hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False) -> RemovableHandle:
    """Call hook(module, args, output) after the forward of every module."""
    return _add(
        _global_forward_hooks, hook, (_global_forward_hooks_with_kwargs, with_kwargs), (_global_forward_hooks_always_called, always_call)
    )


def register_module_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """The older form of register_module_full_backward_hook."""
    return _global_backward(hook, False)


def register_module_full_backward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call hook(module, grad_output) before the backward of every module."""
    return _add(_global_backward_pre_hooks, hook)


def register_module_full_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call hook(module, grad_input, grad_output) when the gradients of any module's inputs are there."""
    return _global_backward(hook, True)


def _global_backward(hook: Callable[..., Any], full: bool) -> RemovableHandle:
    global _global_is_full_backward_hook
    if _global_is_full_backward_hook is (not full):
        raise RuntimeError(_GLOBALLY)
    _global_is_full_backward_hook = full
    return _add(_global_backward_hooks, hook)


def _forward_unimplemented(self: Any, *input: Any) -> None:
    """Compute the module's outputs: every subclass has a forward of its own."""
    raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')


_ORDERED = (
    "_backward_pre_hooks", "_backward_hooks", "_is_full_backward_hook", "_forward_hooks", "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called", "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_state_dict_hooks", "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks", "_load_state_dict_post_hooks",
)  # fmt: skip


class Module:
    """Base of all neural network modules: assign parameters, buffers and submodules as attributes, write `forward`.

    >>> class Twice(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.inner = nn.Linear(2, 2)
    ...     def forward(self, x):
    ...         return self.inner(self.inner(x))
    """

    dump_patches: bool = False
    _version: int = 1  # of the format of the state that this class saves
    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Any]
    _non_persistent_buffers_set: set[str]
    _modules: dict[str, Module | None]
    call_super_init: bool = False
    _compiled_call_impl: Callable[..., Any] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not self.call_super_init and (args or kwargs):
            name = type(self).__name__
            if kwargs:
                raise TypeError(f"{name}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'")
            raise TypeError(f"{name}.__init__() takes 1 positional argument but {len(args) + 1} were given")
        state = self.__dict__
        state["training"] = True
        state["_parameters"] = {}
        state["_buffers"] = {}
        state["_non_persistent_buffers_set"] = set()
        for name in _ORDERED:
            state[name] = OrderedDict()
        state["_is_full_backward_hook"] = None
        state["_modules"] = {}
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    forward: Callable[..., Any] = _forward_unimplemented

    # ------------------------------------------------------------ registering

    def _check_name(self, kind: str, name: Any, held: dict[str, Any]) -> None:
        got = f", got: {name}" if kind == "module" else ""
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
        if kind == "module" and hasattr(self, name) and name not in held:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."{got}')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in held:
            raise KeyError(f"attribute '{name}' already exists")

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Keep a tensor as state that is not trained; `persistent` ones are part of the state_dict."""
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign '{typename(tensor)}' object to buffer '{name}' (torch Tensor or None required)")
        for hook in _global_buffer_registration_hooks.values():
            output = hook(self, name, tensor)
            if output is not None:
                tensor = output
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def register_parameter(self, name: str, param: Any) -> None:
        """Count a Parameter (or None, for one that is left out) among the module's parameters."""
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        self._check_name("parameter", name, self._parameters)
        if param is None:
            self._parameters[name] = None
            return
        if not isinstance(param, Parameter):
            raise TypeError(f"cannot assign '{typename(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)")
        if param.grad_fn:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. To express "
                f"'{name}' as a function of another Tensor, compute the value in the forward() method."
            )
        for hook in _global_parameter_registration_hooks.values():
            output = hook(self, name, param)
            if output is not None:
                param = output
        self._parameters[name] = param

    def add_module(self, name: str, module: Module | None) -> None:
        """Make a module a child under the given name."""
        if not isinstance(module, Module) and module is not None:
            raise TypeError(f"{typename(module)} is not a Module subclass")
        self._check_name("module", name, self._modules)
        self._modules[name] = self._registered(name, module)

    def register_module(self, name: str, module: Module | None) -> None:
        """The same as add_module."""
        self.add_module(name, module)

    def _registered(self, name: str, module: Module | None) -> Module | None:
        """What the registration hooks make of a submodule."""
        for hook in _global_module_registration_hooks.values():
            output = hook(self, name, module)
            if output is not None:
                module = output
        return module

    # ------------------------------------------------------------ attributes

    def __getattr__(self, name: str) -> Any:
        state = self.__dict__
        if "_modules" in state:  # the last that __init__ makes
            held = state["_parameters"]
            if name in held:
                return held[name]
            held = state["_modules"]
            if name in held:
                return held[name]
            held = state["_buffers"]
            if name in held:
                return held[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        state = self.__dict__
        if type(value) in _PLAIN and "_parameters" in state:
            if name not in state["_parameters"] and name not in state["_modules"] and name not in state["_buffers"]:
                object.__setattr__(self, name, value)
                return
        params = state.get("_parameters")
        if isinstance(value, Parameter):
            if params is None:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            self._forget(name, state, self._buffers, self._modules, self._non_persistent_buffers_set)
            self.register_parameter(name, value)
        elif params is not None and name in params:
            if value is not None:
                raise TypeError(f"cannot assign '{typename(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)")
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            if state.get("_modules") is None:
                raise AttributeError("cannot assign module before Module.__init__() call")
            self._forget(name, state, self._parameters, self._buffers, self._non_persistent_buffers_set)
            state["_modules"][name] = self._registered(name, value)
        elif name in state.get("_modules", ()):
            if value is not None:
                raise TypeError(f"cannot assign '{typename(value)}' as child module '{name}' (torch.nn.Module or None expected)")
            state["_modules"][name] = self._registered(name, value)
        elif name in state.get("_buffers", ()) or isinstance(value, Buffer):
            self._set_buffer(name, value)
        else:
            object.__setattr__(self, name, value)

    @staticmethod
    def _forget(name: str, *places: Any) -> None:
        """Drop a name from where it was known as another kind of attribute."""
        for place in places:
            if name in place:
                if isinstance(place, dict):
                    del place[name]
                else:
                    place.discard(name)

    def _set_buffer(self, name: str, value: Any) -> None:
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(f"cannot assign '{typename(value)}' as buffer '{name}' (torch.nn.Buffer, torch.Tensor or None expected)")
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        if isinstance(value, Buffer):
            persistent = value.persistent
        else:
            persistent = name not in self._non_persistent_buffers_set
        if type(self).register_buffer is Module.register_buffer:
            self.register_buffer(name, value, persistent)
            return
        import inspect

        if "persistent" in inspect.signature(self.register_buffer).parameters:
            self.register_buffer(name, value, persistent)
        elif not persistent:
            raise RuntimeError(
                "Registering a non-persistent buffer on a Module subclass that implements register_buffer() without the persistent "
                "argument is not allowed."
            )
        else:
            self.register_buffer(name, value)

    def __delattr__(self, name: str) -> None:
        if name in self._parameters:
            del self._parameters[name]
        elif name in self._buffers:
            del self._buffers[name]
            self._non_persistent_buffers_set.discard(name)
        elif name in self._modules:
            del self._modules[name]
        else:
            object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        keys = [*dir(self.__class__), *self.__dict__, *self._parameters, *self._modules, *self._buffers]
        return sorted([key for key in keys if not key[0].isdigit()])

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        state.pop("_compiled_call_impl", None)
        return state

    def __reduce_ex__(self, protocol: Any) -> Any:
        return object.__reduce_ex__(self, protocol) if importable(self.__class__) else reduce_unnamed(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for name in _ORDERED:
            if name not in self.__dict__ and name != "_backward_hooks":
                self.__dict__[name] = None if name == "_is_full_backward_hook" else OrderedDict()
        self.__dict__.setdefault("_non_persistent_buffers_set", set())

    # ------------------------------------------------------------ calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        state = self.__dict__
        if not (
            state["_forward_hooks"]
            or state["_forward_pre_hooks"]
            or state["_backward_hooks"]
            or state["_backward_pre_hooks"]
            or _global_forward_hooks
            or _global_forward_pre_hooks
            or _global_backward_hooks
            or _global_backward_pre_hooks
        ):
            return self.forward(*args, **kwargs)
        return self._call_hooked(args, kwargs)

    _call_impl = __call__
    _wrapped_call_impl = __call__

    def _slow_forward(self, *input: Any, **kwargs: Any) -> Any:
        return self.forward(*input, **kwargs)

    def _call_hooked(self, args: Any, kwargs: Any) -> Any:
        """A call with its hooks. Forward hooks that are always called run even where the rest of the call failed."""
        from rushlight.nn.modules._call import Call

        call = Call(self, args, kwargs)
        if not (_global_forward_hooks_always_called or self._forward_hooks_always_called):
            return call.run()
        try:
            return call.run()
        except Exception:
            call.finish_after_error()
            raise

    def _get_backward_hooks(self) -> tuple[list[Any], list[Any]]:
        """The full backward hooks of a call, and the others."""
        kinds: tuple[list[Any], list[Any]] = ([], [])
        for full, hooks in ((_global_is_full_backward_hook, _global_backward_hooks), (self._is_full_backward_hook, self._backward_hooks)):
            if full is not None:
                kinds[0 if full else 1].extend(hooks.values())
        return kinds

    def _get_backward_pre_hooks(self) -> list[Any]:
        return [*_global_backward_pre_hooks.values(), *self._backward_pre_hooks.values()]

    def register_forward_pre_hook(self, hook: Any, *, prepend: bool = False, with_kwargs: bool = False) -> RemovableHandle:
        """Call hook(module, args), or hook(module, args, kwargs), before forward; what it returns takes the arguments' place."""
        return _add(self._forward_pre_hooks, hook, (self._forward_pre_hooks_with_kwargs, with_kwargs), prepend=prepend)

    def register_forward_hook(
        self, hook: Any, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call hook(module, args, output), or hook(module, args, kwargs, output), after forward; it may return another output."""
        marks = ((self._forward_hooks_with_kwargs, with_kwargs), (self._forward_hooks_always_called, always_call))
        return _add(self._forward_hooks, hook, *marks, prepend=prepend)

    def register_full_backward_pre_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call hook(module, grad_output) before the module's backward; it may return another grad_output."""
        return _add(self._backward_pre_hooks, hook, prepend=prepend)

    def register_backward_hook(self, hook: Any) -> RemovableHandle:
        """The older form of register_full_backward_hook, which sees the last node of the module's graph alone."""
        if self._is_full_backward_hook is True:
            raise RuntimeError(_ON_ONE)
        self._is_full_backward_hook = False
        return _add(self._backward_hooks, hook)

    def register_full_backward_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call hook(module, grad_input, grad_output) when the gradients of the inputs are there; it may return another grad_input."""
        if self._is_full_backward_hook is False:
            raise RuntimeError(_ON_ONE)
        self._is_full_backward_hook = True
        return _add(self._backward_hooks, hook, prepend=prepend)

    def _maybe_warn_non_full_backward_hook(self, inputs: Any, result: Any, grad_fn: Any) -> None:
        from rushlight.nn.modules._backward_hook import warn_of_partial_hook

        warn_of_partial_hook(inputs, result, grad_fn)

    # ------------------------------------------------------------ what other files hold

    get_submodule, set_submodule = _walk.get_submodule, _walk.set_submodule
    get_parameter, get_buffer = _walk.get_parameter, _walk.get_buffer
    get_extra_state, set_extra_state = _state.get_extra_state, _state.set_extra_state
    _register_state_dict_hook = _state._register_state_dict_hook
    register_state_dict_post_hook = _state.register_state_dict_post_hook
    register_state_dict_pre_hook = _state.register_state_dict_pre_hook
    _save_to_state_dict, state_dict = _state._save_to_state_dict, _state.state_dict
    T_destination = TypeVar("T_destination", bound=dict[str, Any])
    _register_load_state_dict_pre_hook = _state._register_load_state_dict_pre_hook
    register_load_state_dict_pre_hook = _state.register_load_state_dict_pre_hook
    register_load_state_dict_post_hook = _state.register_load_state_dict_post_hook
    _load_from_state_dict, load_state_dict = _state._load_from_state_dict, _state.load_state_dict
    _named_members = _walk._named_members
    parameters, named_parameters = _walk.parameters, _walk.named_parameters
    buffers, named_buffers = _walk.buffers, _walk.named_buffers
    children, named_children = _walk.children, _walk.named_children
    modules, named_modules = _walk.modules, _walk.named_modules
    apply, train, eval, requires_grad_ = _walk.apply, _walk.train, _walk.eval, _walk.requires_grad_
    zero_grad, share_memory = _walk.zero_grad, _walk.share_memory
    _apply, to, to_empty, type = _convert._apply, _convert.to, _convert.to_empty, _convert.type_
    cpu, cuda, ipu, xpu, mtia = _convert.cpu, _convert.cuda, _convert.ipu, _convert.xpu, _convert.mtia
    float, double, half, bfloat16 = _convert.float_, _convert.double, _convert.half, _convert.bfloat16

    # ------------------------------------------------------------ printing and the rest

    def _get_name(self) -> str:
        return self.__class__.__name__

    def extra_repr(self) -> str:
        """What repr shows of the module itself, between the parentheses."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        extra_lines = extra.split("\n") if extra else []
        child_lines = [f"({key}): {_addindent(repr(module), 2)}" for key, module in self._modules.items()]
        lines = extra_lines + child_lines
        if len(extra_lines) == 1 and not child_lines:
            inner = extra_lines[0]
        else:
            inner = "\n  " + "\n  ".join(lines) + "\n" if lines else ""
        return f"{self._get_name()}({inner})"

    def _replicate_for_data_parallel(self) -> Any:
        replica = self.__new__(self.__class__)
        replica.__dict__ = self.__dict__.copy()
        replica.__dict__.update(_parameters={}, _buffers=replica._buffers.copy(), _modules=replica._modules.copy())
        replica.__dict__["_is_replica"] = True
        return replica

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Accepted: there is no compiler, and calls run as they are."""
        self._compiled_call_impl = self._call_impl


for _name, _value in vars(Module).items():
    if getattr(_value, "__module__", "").startswith(__package__) and "." not in getattr(_value, "__qualname__", "."):
        _value.__qualname__ = f"Module.{_name}"  # the functions from other files
as_torch(globals())
