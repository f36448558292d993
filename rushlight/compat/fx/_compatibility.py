"""torch.fx._compatibility: a decorator that marks what stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_BACK_COMPAT_OBJECTS: dict[Any, None] = {}
_MARKED_WITH_COMPATIBILITY: dict[Any, None] = {}


def compatibility(is_backward_compatible: bool) -> Callable[[Any], Any]:
    """Mark a function or class; it is returned as it is."""

    def decorate(function: Any) -> Any:
        function._backward_compatible = is_backward_compatible
        _MARKED_WITH_COMPATIBILITY.setdefault(function)
        if is_backward_compatible:
            _BACK_COMPAT_OBJECTS.setdefault(function)
        return function

    return decorate
