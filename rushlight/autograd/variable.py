"""torch.autograd.Variable: the old name of tensors that require gradients."""

from __future__ import annotations

import warnings
from typing import Any

from rushlight._core.signature_types import type_name
from rushlight._core.tensor import TYPES, TensorBase, version_cell, wrap

__all__ = ["Variable", "VariableMeta"]


class VariableMeta(type):
    """Makes every tensor an instance of Variable."""

    def __instancecheck__(cls, other: Any) -> bool:
        return isinstance(other, TensorBase)


class ImperativeEngine:
    """What programs reach as Variable._execution_engine."""

    __module__ = "torch._C"

    @staticmethod
    def queue_callback(callback: Any) -> None:
        """Call `callback` at the end of the backward pass that runs the caller."""
        from rushlight._core.engine import RUNNING

        task = RUNNING.get()
        if task is None:
            raise RuntimeError("Final callbacks can only be installed during backward pass.")
        task.callbacks = [*(task.callbacks or ()), callback]

    @staticmethod
    def is_checkpoint_valid() -> bool:
        """Whether a re-entrant checkpoint may run: in a pass into all leaves."""
        from rushlight._core.engine import RUNNING

        task = RUNNING.get()
        return task is None or task.accumulate and not task.selective


class Variable(metaclass=VariableMeta):
    """`Variable(data, requires_grad)` gives a new tensor over the same memory.

    >>> torch.autograd.Variable(torch.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """

    _execution_engine = ImperativeEngine()

    def __new__(
        cls, data: Any = None, requires_grad: bool = False, volatile: Any = None, _grad_fn: Any = None, name: Any = None, **unknown: Any
    ) -> Any:  # fmt: skip
        for option in unknown:
            raise TypeError(f"'{option}' is an invalid keyword argument for this function")
        if volatile:
            warnings.warn("volatile was removed and now has no effect. Use `with torch.no_grad():` instead.", stacklevel=2)
        if data is not None and not isinstance(data, TensorBase):
            raise TypeError(f"Variable data has to be a tensor, but got {type_name(data)}")
        if data is None:
            made = TYPES.tensor()
        else:
            made = wrap(data._array)
            made._flags = data._flags
            made._cell = version_cell(data)
            made._storage = data._storage
        made._name = name
        return _asking(made, requires_grad)


def _asking(tensor: Any, requires_grad: bool) -> Any:
    """A new leaf with requires_grad set, as the legacy constructors refuse it."""
    if requires_grad and not (tensor.dtype.is_floating_point or tensor.dtype.is_complex):
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    tensor._requires_grad = bool(requires_grad)
    return tensor
