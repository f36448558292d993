"""Conversions: dtypes and devices, Python numbers and lists, NumPy arrays; and what a tensor says of its shape and memory."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes, memory
from rushlight._core.tensor import META, TensorBase, wants_grad
from rushlight.ops import layout as layouts
from rushlight.ops.declare import REGISTRY, composite

# ---------------------------------------------------------------- Python and NumPy


def need_data(tensor: TensorBase, what: str) -> None:
    """Refuse meta tensors where values are needed."""
    if tensor._flags & META:
        raise RuntimeError(what)


@composite("item")
def item(self: Any) -> Any:
    """The only element as a Python number."""
    if self._flags & META:
        raise RuntimeError("Tensor.item() cannot be called on meta tensors")
    array = self._array
    if array.size != 1:
        raise RuntimeError(f"a Tensor with {array.size} elements cannot be converted to Scalar")
    return array.item() if array.dtype.isbuiltin == 1 else float(array.reshape(()).astype(np.float32))


@composite("tolist")
def tolist(self: Any) -> Any:
    """The elements as nested lists of Python numbers; a number for a 0-d tensor."""
    need_data(self, "Cannot copy out of meta tensor; no data!")
    array = self._array
    return array.tolist() if array.dtype.isbuiltin == 1 else array.astype(np.float32).tolist()


@composite("numpy")
def numpy(self: Any, force: Any = False) -> Any:
    """A NumPy array that shares the tensor's memory."""
    if wants_grad(self) and not force:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    if self._flags & META:
        raise TypeError(
            "can't convert meta device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first."
        )
    array = self._array
    if array.dtype.isbuiltin != 1:
        raise TypeError("Got unsupported ScalarType BFloat16")
    return array.view()
