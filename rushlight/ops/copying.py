"""Copies: clone, contiguous, dtype conversion, detach; writes of whole tensors: copy_, fill_, zero_."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes, engine, memory, views
from rushlight._core.op import HOOKS
from rushlight._core.state import EXOTIC, INFERENCE, get_mode
from rushlight._core.tensor import INFERENCE as INFERENCE_TENSOR, TensorBase, wrap
from rushlight.ops import layout
from rushlight.ops.declare import REGISTRY, composite, op


@op("clone", self=lambda grad: grad)
def clone(self: Any, memory_format: Any = None) -> Any:
    """A copy."""
    return layout.copied(self, self.dtype, memory_format)


@composite("contiguous")
def contiguous(self: Any, memory_format: Any = _objects.contiguous_format) -> Any:
    """The tensor itself if its elements lie in order, else a copy in which they do."""
    if memory_format is _objects.preserve_format:
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    if layout.is_contiguous(self._array, memory_format):
        return self
    return clone(self, memory_format=memory_format)


@op("_to_copy", self=lambda grad, self_scalar_type: _cast_back(grad, self_scalar_type))
def to_copy(self: Any, dtype: Any = None, memory_format: Any = None) -> Any:
    """A copy, perhaps in another dtype."""
    target = self.dtype if dtype is None else dtype.np_dtype
    if self.dtype.kind == "c" and target.kind not in "cb":
        self = self.real
    if self.dtype.kind in "fV" and target.kind in "iu":
        self = self if self.dtype.isbuiltin == 1 else self.astype(np.float32)
        return layout.copied(truncated(self, target), target, memory_format)
    return layout.copied(self, target, memory_format)


def truncated(array: Any, target: Any) -> Any:
    """Floats made integers as a machine does it: through int64, then cut to the width."""
    return array.astype(np.int64) if target.itemsize < 8 or target.kind == "i" else array.astype(target)


def _cast_back(grad: Any, dtype: dtypes.dtype) -> Any:
    if isinstance(grad, TensorBase):
        return to_copy(grad, dtype=dtype)
    return grad.real.astype(dtype.np_dtype) if grad.dtype.kind == "c" and not dtype.is_complex else grad.astype(dtype.np_dtype)


class _Detach(views.ViewOp):
    """The same memory and version counter, outside the graph; no view."""

    def apply(self, args: list[Any]) -> Any:
        source: TensorBase = args[0]
        word = get_mode()
        flags = word & EXOTIC | source._flags
        if flags and HOOKS.dispatch is not None:
            answer = HOOKS.dispatch(self, args, flags)
            if answer is not NotImplemented:
                return answer
        output = wrap(source._array)
        views.alias(source, output)
        if word & INFERENCE:
            output._flags |= INFERENCE_TENSOR
        return output


detach = _Detach("detach", "", lambda self: self, ("self",), ())
detach.kind = "view"
REGISTRY["detach"] = detach


@composite("detach_")
def detach_(self: Any) -> Any:
    """Make the tensor a leaf."""
    if self._view is not None:
        raise RuntimeError(
            "Can't detach views in-place; use detach() instead. This error happens when calling detach_() on a view."
        )
    self._node = None
    self._output_nr = 0
    self._requires_grad = False
    return self


def cast(value: Any, dtype: dtypes.dtype) -> Any:
    """A gradient in the dtype of what it belongs to."""
    return to_copy(value, dtype=dtype)


engine.TENSORS.clone = lambda tensor: clone(tensor)
engine.TENSORS.detach = detach
engine.TENSORS.cast = cast
engine.TENSORS.sum_to = lambda tensor, shape: REGISTRY["sum_to"](tensor, shape)
if engine.TENSORS.add is None:
    engine.TENSORS.add = lambda first, second: REGISTRY["add.Tensor"](first, second)


def whole(tensor: TensorBase) -> Any:
    """The array that owns a tensor's memory."""
    return memory.root(tensor._array)
