"""torch.compiler: what programs say to a compiler; there is none."""

from __future__ import annotations

from typing import Any

from rushlight._compile import compile as compile
from rushlight._dynamo import decorators as _decorators

__all__ = [
    "compile", "config", "assume_constant_result", "reset", "allow_in_graph", "substitute_in_graph", "list_backends", "disable",
    "set_stance", "set_enable_guard_collectives", "cudagraph_mark_step_begin", "load_compiled_function", "wrap_numpy", "is_compiling",
    "is_dynamo_compiling", "is_exporting", "save_cache_artifacts", "load_cache_artifacts", "keep_portable_guards_unsafe",
    "skip_guard_on_inbuilt_nn_modules_unsafe", "skip_guard_on_all_nn_modules_unsafe", "keep_tensor_guards_unsafe",
    "skip_guard_on_globals_unsafe", "skip_all_guards_unsafe", "nested_compile_region",
]  # fmt: skip

allow_in_graph = _decorators.allow_in_graph
assume_constant_result = _decorators.assume_constant_result
substitute_in_graph = _decorators.substitute_in_graph
set_stance = _decorators.set_stance


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """The function, or a decorator: nothing is compiled."""
    return _decorators.disable(fn, recursive, reason=reason)


def is_compiling() -> bool:
    """False."""
    return False


def is_dynamo_compiling() -> bool:
    """False."""
    return False


def is_exporting() -> bool:
    """False."""
    return False


def reset() -> None:
    """Nothing: nothing was compiled."""


def cudagraph_mark_step_begin() -> None:
    """Nothing: there are no CUDA graphs."""


def list_backends(exclude_tags: Any = ("debug", "experimental")) -> list[str]:
    """The backends of PyTorch's that compile() takes."""
    from rushlight._dynamo.backends.registry import list_backends as listed

    return listed(exclude_tags)


def wrap_numpy(fn: Any) -> Any:
    """A function of NumPy arrays as one of tensors."""
    import functools

    import rushlight as torch
    from rushlight.utils import _pytree

    @functools.wraps(fn)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = _pytree.tree_map_only(torch.Tensor, lambda tensor: tensor.numpy(), (args, kwargs))
        found = fn(*args, **kwargs)
        import numpy

        return _pytree.tree_map_only(numpy.ndarray, torch.as_tensor, found)

    return wrapped


def nested_compile_region(fn: Any = None, **options: Any) -> Any:
    """The function, or a decorator that returns it."""
    return (lambda function: function) if fn is None else fn


def save_cache_artifacts() -> None:
    """None: there is no cache."""


def load_cache_artifacts(serialized_artifacts: bytes) -> None:
    """Nothing is loaded."""


def set_enable_guard_collectives(enabled: bool) -> bool:
    """Remembered; returns what was set before."""
    global _guard_collectives
    before, _guard_collectives = _guard_collectives, enabled
    return before


_guard_collectives = False
