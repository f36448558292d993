"""torch.jit: functions and modules that are scripted or traced run as the Python that they are.

What TorchScript would make of them (`.code`, `.graph`, files) is not there: NotImplementedError.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections import namedtuple
from collections.abc import Iterator
from typing import Any, Final

from rushlight._jit_internal import (
    FunctionModifiers as FunctionModifiers,
    _drop as _drop,
    _isinstance as _isinstance,
    _overload as _overload,
    _overload_method as _overload_method,
    export as export,
    ignore as ignore,
    is_scripting as is_scripting,
    unused as unused,
)
from rushlight.futures import Future as Future
from rushlight.jit import _parts
from rushlight.jit._parts import (
    CompilationUnit as CompilationUnit,
    RecursiveScriptModule as RecursiveScriptModule,
    ScriptFunction as ScriptFunction,
    ScriptModule as ScriptModule,
    TopLevelTracedModule as TopLevelTracedModule,
    TracedModule as TracedModule,
    TracerWarning as TracerWarning,
    TracingCheckError as TracingCheckError,
    deprecated as _deprecated,
    script_method as script_method,
)

__all__ = [
    "Attribute", "CompilationUnit", "Error", "Future", "ScriptFunction", "ScriptModule", "annotate", "enable_onednn_fusion", "export",
    "export_opnames", "fork", "freeze", "interface", "ignore", "isinstance", "last_executed_optimized_graph", "load", "onednn_fusion_enabled",
    "optimize_for_inference", "optimized_execution", "run_frozen_optimizations", "save", "script", "script_if_tracing",
    "set_fusion_strategy", "strict_fusion", "trace", "trace_module", "unused", "wait",
]  # fmt: skip

isinstance = _isinstance
Attribute = namedtuple("Attribute", ["value", "type"])
Attribute.__module__ = "torch.jit._script"
_fusion: list[Any] = [("STATIC", 2), ("DYNAMIC", 10)]
_onednn = [False]


class Error(RuntimeError):
    """An error inside of TorchScript."""

    __module__ = "torch.jit"


def script(obj: Any, optimize: Any = None, _frames_up: int = 0, _rcb: Any = None, example_inputs: Any = None) -> Any:
    """A function, module or class as it is, in an object that is a ScriptFunction or ScriptModule.

    >>> torch.jit.script(lambda x: x + 1)(torch.ones(2))
    tensor([2., 2.])
    """
    _deprecated("script")
    return _parts.scripted(obj)


def trace(func: Any, example_inputs: Any = None, *args: Any, **kwargs: Any) -> Any:
    """As script(); the function or module runs once on the example."""
    _deprecated("trace")
    inputs = kwargs.get("example_kwarg_inputs")
    return _parts.traced(func, example_inputs, inputs)


def trace_module(mod: Any, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
    """As script(); the methods that `inputs` names run once on their examples."""
    _deprecated("trace_method")
    for name, value in inputs.items():
        getattr(mod, name)(*(value if type(value) is tuple else (value,)))
    return _parts.scripted(mod)


def script_if_tracing(fn: Any) -> Any:
    """The function: nothing is traced here."""
    import functools

    @functools.wraps(fn)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    return wrapper


def is_tracing() -> bool:
    """False."""
    return False


def annotate(the_type: Any, the_value: Any) -> Any:
    """The value."""
    return the_value


def interface(obj: Any) -> Any:
    """The class."""
    _deprecated("interface", "Please use `torch.compile` instead.")
    return obj


def fork(func: Any, *args: Any, **kwargs: Any) -> Future:
    """Run a function now; returns a Future of its result."""
    _deprecated("fork", "Please use `torch.compile` instead.")
    made = Future()
    try:
        made.set_result(func(*args, **kwargs))
    except Exception as error:
        made.set_exception(error)
    return made


def wait(future: Future) -> Any:
    """The result of a Future."""
    _deprecated("wait", "Please use `torch.compile` instead.")
    return future.wait()


_fork, _wait = fork, wait


def freeze(mod: Any, preserved_attrs: Any = None, optimize_numerics: bool = True) -> Any:
    """A scripted module in evaluation mode, as it is."""
    _deprecated("freeze", "Please use `torch.compile` instead.")
    if type(mod) is not RecursiveScriptModule:
        raise RuntimeError(
            "Freezing expects a ScriptModule as input. Please use torch.jit.script or torch.jit.trace to script your 'nn.Module'."
        )
    if mod.training:
        raise RuntimeError(
            "Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module before freezing."
        )
    return mod


def optimize_for_inference(mod: Any, other_methods: Any = None) -> Any:
    """A scripted module, as it is."""
    _deprecated("optimize_for_inference", "Please use `torch.compile` instead.")
    if type(mod) is not RecursiveScriptModule:
        raise RuntimeError(
            "optimize_for_inference expects a ScriptModule as input. Please use torch.jit.script or torch.jit.trace to script your 'nn.Module'."
        )
    return freeze(mod.eval()) if mod.training else mod


def run_frozen_optimizations(mod: Any, optimize_numerics: bool = True, preserved_methods: Any = None) -> None:
    """Nothing: modules run as they are."""


def save(m: Any, f: Any, _extra_files: Any = None) -> None:
    """Not available: TorchScript files cannot be written."""
    raise NotImplementedError("torch.jit.save: rushlight has no TorchScript files; save the state_dict with torch.save")


def load(f: Any, map_location: Any = None, _extra_files: Any = None, _restore_shapes: bool = False) -> Any:
    """Not available: TorchScript files cannot be read."""
    _deprecated("load", "Please switch to `torch.export`.")
    if isinstance(f, (str, os.PathLike)):
        if not os.path.exists(f):
            raise ValueError(f"The provided filename {f} does not exist")
        if os.path.isdir(f):
            raise ValueError(f"The provided filename {f} is a directory")
    raise NotImplementedError("torch.jit.load: rushlight cannot run TorchScript files")


def set_fusion_strategy(strategy: Any) -> list[Any]:
    """Remembered; returns what was set before."""
    _deprecated("set_fusion_strategy", "Please use `torch.compile` instead.")
    before = list(_fusion)
    _fusion[:] = strategy
    return before


@contextlib.contextmanager
def optimized_execution(should_optimize: bool) -> Iterator[None]:
    """Accepted."""
    yield


@contextlib.contextmanager
def fuser(name: str) -> Iterator[None]:
    """Accepted."""
    if name not in ("fuser0", "fuser1", "fuser2", "fuser3", "none"):
        raise Exception(f"unrecognized fuser option (name: {name})")
    yield


def enable_onednn_fusion(enabled: bool) -> None:
    """Remembered."""
    _onednn[0] = enabled


def onednn_fusion_enabled() -> bool:
    """What enable_onednn_fusion() was told."""
    return _onednn[0]


def last_executed_optimized_graph() -> Any:
    """Not available: there are no graphs."""
    raise NotImplementedError("torch.jit.last_executed_optimized_graph is not implemented in rushlight")


class strict_fusion:
    """Accepted; warns as PyTorch does outside of TorchScript."""

    __module__ = "torch.jit"

    def __init__(self) -> None:
        warnings.warn("Only works in script mode", stacklevel=2)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass


def export_opnames(m: Any) -> Any:
    """Not available: there are no graphs."""
    raise NotImplementedError("torch.jit.export_opnames is not implemented in rushlight")


def is_graph_optimized_execution() -> bool:
    """False."""
    return False
_script_if_tracing = script_if_tracing  # what torchvision imports
