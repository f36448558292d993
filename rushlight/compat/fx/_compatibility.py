"""torch.fx._compatibility: a decorator that marks what stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def compatibility(is_backward_compatible: bool) -> Callable[[Any], Any]:
    """Mark a function or class; it is returned as it is."""

    def decorate(function: Any) -> Any:
        function._backward_compatible = is_backward_compatible
        return function

    return decorate
