"""torch._dynamo._trace_wrapped_higher_order_op."""

from __future__ import annotations

from typing import Any


class TransformGetItemToIndex:
    """A block in which tensors index as they do anyway."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def trace_wrapped(*args: Any, **kwargs: Any) -> Any:
    """Call the function that `fn` names."""
    return kwargs.pop("fn")(*args, **kwargs)
