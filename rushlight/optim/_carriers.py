"""What an optimizer's formula calls besides Python's operators, on arrays and on tensors: see NOTE [ One formula, two carriers ]."""

from __future__ import annotations

from typing import Any

import numpy as np


class Arrays:
    """The carrier of bare arrays."""

    sqrt = staticmethod(np.sqrt)
    sign = staticmethod(np.sign)
    maximum = staticmethod(np.maximum)

    @staticmethod
    def kept(x: Any) -> Any:
        """A value that a later write may not spoil."""
        return x

    @staticmethod
    def assign(target: Any, value: Any) -> None:
        """Overwrite an array."""
        np.copyto(target, value)

    @staticmethod
    def clamp(x: Any, low: float, high: float) -> None:
        """Bring values into a range, in place."""
        np.maximum(x, low, out=x)
        np.minimum(x, high, out=x)

    where = staticmethod(np.where)

    @staticmethod
    def lerp(start: Any, end: Any, weight: Any) -> None:
        """Move `start` towards `end`, in place, rounded as PyTorch's lerp_ is."""
        if weight < 0.5:
            start += (end - start) * weight
        else:
            step = (end - start) * (1 - weight)
            np.copyto(start, end)
            start -= step

    @staticmethod
    def addcmul(target: Any, x: Any, y: Any, value: Any) -> None:
        """Add x * y * value, in place."""
        target += x * value * y


class Tensors:
    """The carrier of tensors."""

    @staticmethod
    def sqrt(x: Any) -> Any:
        return x.sqrt()

    @staticmethod
    def sign(x: Any) -> Any:
        return x.sign()

    @staticmethod
    def maximum(x: Any, y: Any) -> Any:
        return x.maximum(y)

    @staticmethod
    def kept(x: Any) -> Any:
        return x.clone()

    @staticmethod
    def assign(target: Any, value: Any) -> None:
        target.copy_(value)

    @staticmethod
    def clamp(x: Any, low: float, high: float) -> None:
        x.clamp_(low, high)

    @staticmethod
    def where(mask: Any, x: Any, y: Any) -> Any:
        import rushlight

        return rushlight.where(mask, x, y)

    @staticmethod
    def lerp(start: Any, end: Any, weight: Any) -> None:
        start.lerp_(end, weight)

    @staticmethod
    def addcmul(target: Any, x: Any, y: Any, value: Any) -> None:
        target.addcmul_(x, y, value=value)
