"""Scripted and traced functions and modules: Python inside."""

from __future__ import annotations

import functools
import inspect
import warnings
from typing import Any

import rushlight as torch
from rushlight._jit_internal import _qualified_name, get_torchscript_modifier
from rushlight.nn import Module


def deprecated(name: str, advice: str = "Please switch to `torch.compile` or `torch.export`.") -> None:
    """PyTorch's warning about its own TorchScript."""
    warnings.warn(f"`torch.jit.{name}` is deprecated. {advice}", DeprecationWarning, stacklevel=3)


class TracerWarning(Warning):
    """What tracing warned about; never given here."""

    __module__ = "torch.jit._trace"

    @staticmethod
    def ignore_lib_warnings() -> None:
        """Nothing to do."""


class TracingCheckError(Exception):
    """A trace that differs from the program; never raised here."""

    __module__ = "torch.jit._trace"


def _absent(what: str) -> NotImplementedError:
    return NotImplementedError(f"{what} of a scripted object is not implemented in rushlight: it runs as Python")


class ScriptFunction:
    """A function that was scripted: it calls the Python function."""

    __module__ = "torch.jit"

    def __init__(self, function: Any) -> None:
        functools.update_wrapper(self, function, updated=())
        self._torchdynamo_inline = function
        for name in ("__name__", "__qualname__"):
            vars(self).pop(name, None)
        self.name = getattr(function, "__name__", "")
        self.qualified_name = _qualified_name(function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._torchdynamo_inline(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name in ("code", "code_with_constants", "graph", "inlined_graph", "schema", "save", "save_to_buffer", "graph_for"):
            raise _absent(f"'{name}'")
        raise AttributeError(f"'ScriptFunction' object has no attribute '{name}'")


class ScriptMeta(type(Module)):  # type: ignore[misc]
    """The metaclass of script modules."""

    __module__ = "torch.jit._script"


class ScriptModule(Module, metaclass=ScriptMeta):
    """A module that is written for TorchScript; it runs as Python."""

    __module__ = "torch.jit._script"

    def define(self, src: str) -> None:
        """Not available: TorchScript source is not compiled."""
        raise NotImplementedError("ScriptModule.define is not implemented in rushlight")

    @property
    def code(self) -> str:
        """Not available."""
        raise _absent("'code'")

    @property
    def code_with_constants(self) -> Any:
        """Not available."""
        raise _absent("'code_with_constants'")

    @property
    def graph(self) -> Any:
        """Not available."""
        raise _absent("'graph'")

    @property
    def inlined_graph(self) -> Any:
        """Not available."""
        raise _absent("'inlined_graph'")

    def save(self, f: Any, **kwargs: Any) -> None:
        """Not available: TorchScript files cannot be written."""
        raise _absent("'save'")


_OWN_STATE = ("_parameters", "_buffers", "_non_persistent_buffers_set")


class RecursiveScriptModule(ScriptModule):
    """A module that was scripted: it holds the parameters of the original and calls its methods."""

    def __init__(self, original: Module) -> None:
        super().__init__()
        state = vars(self)
        state["_original"] = original
        for name in _OWN_STATE:
            state[name] = vars(original)[name]
        state["_modules"] = {name: None if child is None else wrapped(child) for name, child in original._modules.items()}
        state["training"] = original.training
        state["original_name"] = type(original).__name__

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The original's forward, with its hooks."""
        return vars(self)["_original"](*args, **kwargs)

    def train(self, mode: bool = True) -> Any:
        """Set the mode of this module and the original."""
        vars(self)["_original"].train(mode)
        return super().train(mode)

    def extra_repr(self) -> str:
        """The name of the original's class."""
        return f"original_name={self.original_name}"

    def __getattr__(self, name: str) -> Any:
        state = vars(self)
        for place in ("_parameters", "_buffers", "_modules"):
            if name in state.get(place, ()):
                return state[place][name]
        if "_original" in state and name != "__setstate__":
            try:
                return getattr(state["_original"], name)
            except AttributeError:
                pass
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        original = vars(self).get("_original")
        if original is not None and name not in vars(self):
            setattr(original, name, value)
            if isinstance(value, Module):
                self._modules[name] = wrapped(value)
            return
        super().__setattr__(name, value)

    def __len__(self) -> int:
        return len(vars(self)["_original"])

    def __iter__(self) -> Any:
        return iter(self._modules.values())

    def __getitem__(self, index: Any) -> Any:
        return list(self._modules.values())[index] if isinstance(index, int) else self._modules[index]

    def __bool__(self) -> bool:
        return True


class TracedModule(ScriptModule):
    """For isinstance()."""

    __module__ = "torch.jit._trace"


class TopLevelTracedModule(RecursiveScriptModule):
    """A module that was traced."""

    __module__ = "torch.jit._trace"

    def _get_name(self) -> str:
        return "RecursiveScriptModule" if type(self) is TopLevelTracedModule else type(self).__name__


class CompilationUnit:
    """Not available: TorchScript source is not compiled."""

    __module__ = "torch.jit"

    def __init__(self, lang: Any = None, _frames_up: int = 0) -> None:
        if lang is not None:
            raise NotImplementedError("torch.jit.CompilationUnit: rushlight does not compile TorchScript source")


def script_method(fn: Any) -> Any:
    """The method."""
    deprecated("script_method")
    return fn


def wrapped(module: Module) -> Any:
    """The script module of a module."""
    return module if isinstance(module, ScriptModule) else RecursiveScriptModule(module)


def scripted(obj: Any) -> Any:
    """What script() returns."""
    if isinstance(obj, (ScriptModule, ScriptFunction)):
        return obj
    if isinstance(obj, Module):
        return wrapped(obj)
    if isinstance(obj, (list, dict)) or inspect.isclass(obj):
        return obj
    if inspect.isfunction(obj) or inspect.ismethod(obj):
        if get_torchscript_modifier(obj) is None:
            raise RuntimeError("not a function")
        return ScriptFunction(obj)
    if callable(obj) and hasattr(obj, "__name__"):
        return ScriptFunction(obj)
    raise TypeError(f"{type(obj)} is a built-in class")


def traced(func: Any, example_inputs: Any, example_kwargs: Any) -> Any:
    """What trace() returns."""
    if isinstance(func, (ScriptModule, ScriptFunction)):
        return func
    if example_kwargs is not None:
        func(**example_kwargs)
    elif isinstance(example_inputs, torch.Tensor) or not isinstance(example_inputs, (tuple, list)):
        func(example_inputs)
    else:
        func(*example_inputs)
    if isinstance(func, Module):
        deprecated("trace_method")
        return TopLevelTracedModule(func)
    return ScriptFunction(func)
