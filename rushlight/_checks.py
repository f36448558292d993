"""torch._check and its kin: errors for what must hold."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase

_FAILED = (
    "Expected cond to be True, but got False. (Could this error message be improved? If so, please report an enhancement request "
    "to PyTorch.)"
)


def _check_with(error_type: type[Exception], cond: Any, message: Callable[[], Any] | None = None) -> None:
    """Raise an error of the given type, with what `message()` says, unless the condition holds."""
    from rushlight._symbolic import SymBool

    if not isinstance(cond, (bool, SymBool)):
        raise TypeError(f"cond must be a bool, but got {type(cond)}")
    if cond:
        return
    if message is not None and not callable(message):
        raise TypeError("message must be a callable")
    raise error_type(_FAILED if message is None else str(message()))


def _checker(name: str, error_type: type[Exception]) -> Any:
    def check(cond: Any, message: Callable[[], Any] | None = None) -> None:
        _check_with(error_type, cond, message)

    check.__name__ = check.__qualname__ = name
    check.__doc__ = f"Raise {error_type.__name__}, with what `message()` says, unless the condition holds."
    return check


_check = _checker("_check", RuntimeError)
_check_index = _checker("_check_index", IndexError)
_check_value = _checker("_check_value", ValueError)
_check_type = _checker("_check_type", TypeError)
_check_not_implemented = _checker("_check_not_implemented", NotImplementedError)


def _check_is_size(i: Any, message: Callable[[], Any] | None = None, *, max: Any = None) -> None:
    """Raise RuntimeError unless the number is not negative (and at most `max`)."""
    warnings.warn(
        "_check_is_size will be removed in a future PyTorch release along with guard_size_oblivious.     Use _check(i >= 0) instead.",
        FutureWarning, stacklevel=2,
    )  # fmt: skip
    _check(i >= 0, message)
    if max is not None:
        _check(i <= max, message)


def _check_tensor_all_with(error_type: type[Exception], cond: Any, message: Callable[[], Any] | None = None) -> None:
    """Raise an error of the given type unless every element of a bool tensor is true."""
    if not isinstance(cond, TensorBase):
        raise TypeError(f"cond must be a tensor, but got {type(cond)}")
    if dtypes.of(cond._array) is not dtypes.bool_:
        raise TypeError(f"cond tensor must have dtype torch.bool, but got {dtypes.of(cond._array)}")
    _check_with(error_type, bool(cond._array.all()), message)


def _check_tensor_all(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """Raise RuntimeError unless every element of a bool tensor is true."""
    _check_tensor_all_with(RuntimeError, cond, message)


def _debug_has_internal_overlap(tensor: TensorBase, /) -> int:
    """Whether elements of a tensor share their memory: 0 no, 1 yes, 2 hard to tell."""
    from rushlight._core import memory

    array = tensor._array
    strides = memory.element_strides(array)
    if memory.is_dense(array.shape, strides):
        return 0
    if any(step == 0 and size > 1 for step, size in zip(strides, array.shape)):
        return 1
    reached = 1
    for step, size in sorted((step, size) for step, size in zip(strides, array.shape) if size > 1):
        if step < reached:
            return 2
        reached = step * size
    return 0
