"""Operators on meta tensors, which have a shape and a dtype but no data.

What a result looks like is found by running the operator on stand-ins of zeros, whose memory the operating system hands out only when
it is touched; the result's data is then dropped. Large tensors are refused rather than computed.
"""

from __future__ import annotations

import math
from typing import Any

from numpy import ndarray, zeros

from rushlight._core import memory
from rushlight._core.inplace import IN_PLACE
from rushlight._core.op import HOOKS, Op
from rushlight._core.tensor import META, TensorBase, version_cell, wrap
from rushlight.ops.create import without_data

_LARGEST = 1 << 28  # bytes of one stand-in


def stand_in(tensor: TensorBase) -> TensorBase:
    """A tensor of zeros of a meta tensor's shape, strides and dtype."""
    array = tensor._array
    shape = array.shape
    strides = getattr(tensor, "_meta_strides", None) or memory.contiguous_strides(shape)
    item = array.itemsize
    nbytes = max(1, memory.extent(shape, strides)) * item
    if max(nbytes, math.prod(shape) * item) > _LARGEST:
        raise NotImplementedError(f"rushlight cannot run operators on meta tensors as large as {list(shape)}")
    return wrap(ndarray(shape, array.dtype, zeros(nbytes, "u1"), 0, [step * item for step in strides]))


def to_meta(tensor: TensorBase) -> TensorBase:
    """The tensor without its data."""
    array = tensor._array
    strides = memory.element_strides(array)
    made = wrap(without_data(array.shape, array.dtype))
    made._flags |= META
    if strides != memory.contiguous_strides(array.shape):
        made._meta_strides = strides  # type: ignore[attr-defined]
    return made


def _with_data(value: Any) -> Any:
    if isinstance(value, TensorBase):
        if value._flags & META:
            return stand_in(value)
        if value._array.ndim:
            raise RuntimeError("Tensor on device cpu is not on the expected device meta!")
        return value
    if isinstance(value, (list, tuple)):
        return type(value)(_with_data(entry) for entry in value)
    return value


def _without(value: Any) -> Any:
    if isinstance(value, TensorBase):
        return to_meta(value)
    if isinstance(value, (list, tuple)):
        entries = [_without(entry) for entry in value]
        return type(value)(*entries) if hasattr(value, "_fields") else type(value)(entries)
    return value


def run(op: Op, args: list[Any], flags: int) -> Any:
    """The result of an operator some of whose tensors have no data."""
    if flags & IN_PLACE:
        target = args[0]
        if not target._flags & META:
            raise RuntimeError("Tensor on device meta is not on the expected device cpu!")
        version_cell(target).value += 1
        return target
    return _without(op.apply([_with_data(value) for value in args]))


def install() -> None:
    """Send calls with meta tensors here, and others on to where they went before."""
    following = HOOKS.dispatch

    def dispatch(op: Any, args: Any, flags: int) -> Any:
        if flags & META:
            return run(op, args, flags)
        return NotImplemented if following is None else following(op, args, flags)

    HOOKS.dispatch = dispatch


install()
