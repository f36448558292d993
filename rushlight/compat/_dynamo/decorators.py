"""torch._dynamo.decorators: what programs say about functions and tensors to the compiler."""

from __future__ import annotations

from typing import Any


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None, wrapping: bool = True) -> Any:
    """The function, or a decorator that returns it."""
    return (lambda function: function) if fn is None else fn


skip = skip_frame_function = disable


def run(fn: Any = None) -> Any:
    """The function."""
    return fn if fn is not None else run


def allow_in_graph(fn: Any) -> Any:
    """The function, or the list of them."""
    if isinstance(fn, (list, tuple)):
        return [allow_in_graph(entry) for entry in fn]
    if not callable(fn):
        raise AssertionError("allow_in_graph expects a callable")
    return fn


disallow_in_graph = forbid_in_graph = nonstrict_trace = leaf_function = allow_in_graph


def assume_constant_result(fn: Any) -> Any:
    """The function."""
    fn._dynamo_marked_constant = True
    return fn


def graph_break(msg: str = "") -> None:
    """Nothing: there is no graph."""


def skip_frame(msg: str = "") -> None:
    """Nothing: there is no graph."""


def step_unsupported(msg: str = "") -> None:
    """Nothing: there is no graph."""


def mark_dynamic(t: Any, index: Any, *, hint_override: Any = None, min: Any = None, max: Any = None, specialize_on: Any = None) -> None:
    """Noted on the tensor, as PyTorch does."""
    _note(t, "_dynamo_dynamic_indices", index)


def mark_unbacked(t: Any, index: Any, **options: Any) -> None:
    """Noted on the tensor, as PyTorch does."""
    _note(t, "_dynamo_unbacked_indices", index)


def maybe_mark_dynamic(t: Any, index: Any) -> None:
    """Noted on the tensor, as PyTorch does."""
    _note(t, "_dynamo_weak_dynamic_indices", index)


def mark_static(t: Any, index: Any = None) -> None:
    """Noted on the tensor, as PyTorch does."""
    if isinstance(t, type):
        return
    _note(t, "_dynamo_static_indices", list(range(t.dim())) if index is None else index)


def mark_static_address(t: Any, guard: bool = False) -> None:
    """Noted on the tensor, as PyTorch does."""
    t._dynamo_static_input_type = "guarded" if guard else "unguarded"


def _note(t: Any, name: str, index: Any) -> None:
    if not hasattr(t, name):
        setattr(t, name, set())
    getattr(t, name).update(index if isinstance(index, (list, tuple)) else [index])


def substitute_in_graph(original_fn: Any, **options: Any) -> Any:
    """A decorator that returns the function."""
    return lambda function: function


class _Block:
    """A context manager and decorator that changes nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.arguments = args, kwargs

    def __call__(self, fn: Any) -> Any:
        return fn

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass


class set_stance(_Block):
    """Accepted."""

    __module__ = "torch._dynamo.decorators"


class error_on_graph_break(_Block):
    """Accepted."""

    __module__ = "torch._dynamo.decorators"


class dont_skip_tracing(_Block):
    """Accepted."""

    __module__ = "torch._dynamo.decorators"


def patch_dynamo_config(*args: Any, **kwargs: Any) -> Any:
    """Change settings in a block or function."""
    from rushlight._dynamo import config

    return config.patch(*args, **kwargs)
