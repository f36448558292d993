"""torch.utils._contextlib: context managers that are decorators."""

from __future__ import annotations

import functools
from typing import Any

from rushlight.autograd.grad_mode import _Mode as _DecoratorContextManager, context_decorator as _wrapped


class _NoParamDecoratorContextManager(_DecoratorContextManager):
    """One that can be put on a function without being called: `@manager`."""

    def __new__(cls, orig_func: Any = None) -> Any:
        made = super().__new__(cls)
        return made if orig_func is None else made(orig_func)


def context_decorator(ctx: Any, func: Any) -> Any:
    """`func` inside a context manager (or what a function without arguments makes of one) on every call."""
    if callable(ctx) and hasattr(ctx, "__enter__"):
        raise AssertionError(
            f"Passed in {ctx} is both callable and also a valid context manager (has __enter__), making it ambiguous which interface to "
            "use.  If you intended to pass a context manager factory, rewrite your call as context_decorator(lambda: ctx()); if you "
            "intended to pass a context manager directly, rewrite your call as context_decorator(lambda: ctx)"
        )
    return _wrapped(ctx if callable(ctx) else functools.partial(lambda manager: manager, ctx), func)
