"""Tensors of subclasses with a __torch_dispatch__ that have no memory of their own."""

from __future__ import annotations

from typing import Any, NamedTuple

from rushlight import _objects
from rushlight._core import dtypes, memory
from rushlight._core.tensor import DISPATCH, META, SUBCLASS, TYPES, TensorBase, new_as
from rushlight._tensor_methods import _disabled_torch_dispatch_impl, takes_operators_over, takes_over
from rushlight.ops.create import without_data


class Wrapper(NamedTuple):
    """What such a tensor says of itself."""

    device: Any
    layout: Any
    storage_offset: int


def wrapper(
    cls: Any, size: Any, strides: Any, storage_offset: Any, dtype: Any, layout: Any, device: Any, requires_grad: bool
) -> Any:  # fmt: skip
    """See Tensor._make_wrapper_subclass."""
    if not isinstance(cls, type) or not issubclass(cls, TensorBase):
        raise TypeError(
            "Creating a Tensor subclass from a class that does not inherit from Tensor is not possible. Make sure your class inherits from "
            "Tensor."
        )
    if cls is TYPES.tensor or cls.__torch_dispatch__ is _disabled_torch_dispatch_impl:  # type: ignore[attr-defined]
        raise TypeError(f"{cls.__name__} must define __torch_dispatch__")
    dtype = dtypes.get_default_dtype() if dtype is None else dtype
    shape = tuple(int(entry) for entry in size)
    made: Any = new_as(cls, without_data(shape, dtype.np_dtype))
    takes_operators_over(cls)
    made._flags = META | DISPATCH | (SUBCLASS if takes_over(cls) else 0)
    steps = memory.contiguous_strides(shape) if strides is None else tuple(int(entry) for entry in strides)
    if steps != memory.contiguous_strides(shape):
        made._meta_strides = steps
    device = _objects.CPU if device is None else _objects.device(device) if not isinstance(device, _objects.device) else device
    made._wrapper = Wrapper(device, layout, int(storage_offset or 0))
    if requires_grad:
        if dtype.category < dtypes.FLOATING:
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        made._requires_grad = True
    return made
