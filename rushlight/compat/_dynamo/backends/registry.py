"""torch._dynamo.backends.registry: the names that torch.compile takes for backends."""

from __future__ import annotations

from typing import Any

from rushlight import _compile


def list_backends(exclude_tags: Any = ("debug", "experimental")) -> list[str]:
    """The backends of PyTorch's, and those that a program registered."""
    return sorted({*_compile.LISTED, *_compile._registered, *(() if exclude_tags else _compile.KNOWN)})


def register_backend(compiler_fn: Any = None, name: str | None = None, tags: Any = ()) -> Any:
    """Give a name to a backend; it is never called."""
    if compiler_fn is None:
        return lambda function: register_backend(function, name, tags)
    if not callable(compiler_fn):
        raise AssertionError("compiler_fn must be callable")
    _compile._registered[name or compiler_fn.__name__] = compiler_fn
    return compiler_fn


register_debug_backend = register_experimental_backend = register_backend


def lookup_backend(compiler_fn: Any) -> Any:
    """The backend of a name that a program registered."""
    if not isinstance(compiler_fn, str):
        return compiler_fn
    _compile.check_backend(compiler_fn)
    return _compile._registered.get(compiler_fn, _eager)


def _eager(gm: Any, example_inputs: Any, **options: Any) -> Any:
    return gm
