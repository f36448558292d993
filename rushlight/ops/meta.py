"""Operators on meta tensors, which have a shape and a dtype but no data.

What a result looks like is found by running the operator on stand-ins of zeros, whose memory the operating system hands out only when
it is touched; the result's data is then dropped. Large tensors are refused rather than computed.
"""

from __future__ import annotations

import math
from typing import Any

from numpy import eye, linalg, ndarray, zeros

from rushlight._core import memory
from rushlight._core.inplace import IN_PLACE
from rushlight._core.op import HOOKS, Op
from rushlight._core.tensor import META, TensorBase, version_cell, wrap
from rushlight.ops.create import meta_strides, with_strides, without_data

_LARGEST = 1 << 28  # bytes of one stand-in


def stand_in(tensor: TensorBase) -> TensorBase:
    """A tensor of zeros of a meta tensor's shape, strides and dtype."""
    array = tensor._array
    shape = array.shape
    strides = meta_strides(tensor)
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
    return with_strides(made, strides)


def _with_data(value: Any, made_from: Any = stand_in) -> Any:
    if isinstance(value, TensorBase):
        if value._flags & META:
            return made_from(value)
        if value._array.ndim:
            raise RuntimeError("Tensor on device cpu is not on the expected device meta!")
        return value
    if isinstance(value, (list, tuple)):
        return type(value)(_with_data(entry, made_from) for entry in value)
    return value


def _regular(tensor: TensorBase) -> TensorBase:
    """A stand-in that factorizations accept: square matrices are identities, all else is ones."""
    made = stand_in(tensor)
    shape = made._array.shape
    made._array[...] = eye(shape[-1]) if len(shape) > 1 and shape[-1] == shape[-2] else 1
    return made


# What depends on values, by the operator that PyTorch's message names.
_NO_KERNEL = {
    "equal": "equal", "masked_select": "masked_select", "geqrf": "geqrf", "histogram": "histogram.bin_ct", "_unique2": "_unique2",
    "unique_consecutive": "unique_consecutive", "unique_dim": "unique_dim", "_histogramdd_bin_edges": "_histogramdd_bin_edges",
    "bincount": "bincount", "linalg_lstsq": "linalg_lstsq.out",
}  # fmt: skip
_REFUSED = (
    "aten::{}: attempted to run this operator with Meta tensors, but there was no fake impl or Meta kernel registered. You may have run "
    "into this message while using an operator with PT2 compilation APIs (torch.compile/torch.export); in order to use this operator "
    "with those APIs you'll need to add a fake impl. Please see the following for next steps:  "
    "https://pytorch.org/tutorials/advanced/custom_ops_landing_page.html"
)


_NONZERO = (
    "The register_meta function for torch.nonzero() raises unimplemented by default, as a correct data-independent implementation does "
    "not exist. This implementation returns a fake value, assuming all elements of the tensor are non-zero. To enable this registration, "
    "please set 'torch.fx.experimental._config.meta_nonzero_assume_all_nonzero' to True."
)


def _check_kernel(name: str) -> None:
    if name == "nonzero":
        raise NotImplementedError(_NONZERO)
    if name in _NO_KERNEL:
        raise NotImplementedError(_REFUSED.format(_NO_KERNEL[name]))


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
        if op.promotes:
            op.apply_inplace([_with_data(value) for value in args])  # raises for shapes and dtypes that do not go together
        version_cell(target).value += 1
        return target
    _check_kernel(op.name)
    try:
        return _without(op.apply([_with_data(value) for value in args]))
    except NotImplementedError:
        raise
    except (linalg.LinAlgError, RuntimeError):  # perhaps for what the values are; errors of shapes come again
        return _without(op.apply([_with_data(value, _regular) for value in args]))


def install() -> None:
    """Send calls with meta tensors here, and others on to where they went before."""
    following = HOOKS.dispatch

    def dispatch(op: Any, args: Any, flags: int) -> Any:
        if flags & META:
            return run(op, args, flags)
        return NotImplemented if following is None else following(op, args, flags)

    HOOKS.dispatch = dispatch


install()
