"""Copies: clone, contiguous, dtype conversion, detach; writes of whole tensors: copy_, fill_, zero_."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes, inplace, memory, views
from rushlight._core.leaf import TENSORS
from rushlight._core.op import HOOKS
from rushlight._core.op_node import NODE_BASE
from rushlight._core.origin import wrote
from rushlight._core.state import EXOTIC, GRAD, INFERENCE, SEQUENCE, get_mode, quiet_begin, quiet_end
from rushlight._core.tensor import (
    DISPATCH,
    DUAL,
    INFERENCE as INFERENCE_TENSOR,
    LAZY,
    TensorBase,
    Version,
    shape_text,
    version_cell,
    wants_grad,
    wrap,
)
from rushlight.ops import carriers, examples, layout
from rushlight.ops.casting import as_dtype, as_integers
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.view_composite import broadcast_shape
from rushlight.ops.warn import warn_once
from rushlight.ops.writing import ALLOWED, in_place, write


@op("clone", self=lambda grad: grad)
def clone(self: Any, memory_format: Any = None) -> Any:
    """A copy."""
    return layout.copied(self, self.dtype, memory_format)


HOOKS.clone = lambda tensor: clone.apply([tensor, None])


@composite("contiguous")
def contiguous(self: Any, memory_format: Any = _objects.contiguous_format) -> Any:
    """The tensor itself if its elements lie in order, else a copy in which they do."""
    if memory_format is not _objects.contiguous_format:
        examples.refuse("NYI: querying is_contiguous inside of vmap for memory_format other than torch.contiguous_format", self)
    if self._flags & DISPATCH and self.is_contiguous(memory_format=memory_format) or layout.is_contiguous(self._array, memory_format):
        return self
    if memory_format is _objects.preserve_format:
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    return clone(self, memory_format=memory_format)


@op("_to_copy", self=lambda grad, self_scalar_type: _cast_back(grad, self_scalar_type))
def to_copy(self: Any, dtype: Any = None, memory_format: Any = None) -> Any:
    """A copy, perhaps in another dtype."""
    target = self.dtype if dtype is None else dtype.np_dtype
    if self.dtype is not target:
        kinds = self.dtype.kind + target.kind
        if kinds[0] == "c" and kinds[1] not in "cb" or kinds[0] in "fV" and kinds[1] in "iu":
            strides = layout.format_strides(self, memory_format)
            return layout.laid_out(converted(self, target), strides)
        if target.itemsize == 1 and kinds[1] in "fV":
            self = layout.fitted(self, target)
    return layout.copied(self, target, memory_format)


def warn_discard() -> None:
    """Warn, once per process, that a conversion drops imaginary parts."""
    warn_once(
        "Casting complex values to real discards the imaginary part (Triggered internally at "
        "/__w/pytorch/pytorch/aten/src/ATen/native/Copy.cpp:307.)"
    )


def truncated(array: Any, target: Any) -> Any:
    """Floats made integers as a machine does it: through int32 or int64, then cut to the width."""
    token = quiet_begin()  # NumPy would warn of nan and infinities
    try:
        if target.char == "Q":
            return array.astype(target)
        found = array.astype(np.int64)
        if target.itemsize < 4 or target.char == "i":
            found[(found < -(2**31)) | (found >= 2**31)] = -(2**31)
        return found
    finally:
        quiet_end(token)


def _cast_back(grad: Any, dtype: dtypes.dtype) -> Any:
    if isinstance(grad, TensorBase):
        grad = carriers.real_if(grad, dtype)
        return grad if dtypes.of(grad._array) is dtype else to_copy(grad, dtype=dtype)
    if grad.dtype.kind == "c" and not dtype.is_complex:
        grad = grad.real  # a view, which stays one
        return grad if grad.dtype is dtype.np_dtype else as_dtype(grad, dtype.np_dtype)
    return as_dtype(grad, dtype.np_dtype)


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
        output._flags |= source._flags & LAZY
        if source._flags & INFERENCE_TENSOR:
            output._flags |= INFERENCE_TENSOR
            output._storage = source._storage
            if not word & INFERENCE:  # writes to it are allowed, and counted apart
                output._cell = Version()
        else:
            views.alias(source, output)
        return output


detach = _Detach("detach", "", lambda self: self, ("self",), ())
detach.kind = "view"
REGISTRY["detach"] = detach


@composite("detach_")
def detach_(self: Any) -> Any:
    """Make the tensor a leaf."""
    if get_mode() & INFERENCE:
        return self  # as in PyTorch, where autograd does not see the call
    if self._view is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for "
            "training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence "
            "detach_() cannot be called on these gradients. To fix this error, please refer to the "
            "Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."
        )
    if self._node is not None:
        version_cell(self).detached = SEQUENCE.value
    self._node = None
    self._output_nr = 0
    self._requires_grad = False
    self._tangent, self._flags = None, self._flags & ~DUAL
    return self


def cast(value: Any, dtype: dtypes.dtype) -> Any:
    """A gradient in the dtype of what it belongs to."""
    found = value if dtype.is_complex else carriers.real(value)
    return found if dtypes.of(found._array) is dtype else to_copy(found, dtype=dtype)


TENSORS.clone = lambda tensor: clone(tensor, _objects.contiguous_format)
TENSORS.detach = detach
TENSORS.cast = cast
TENSORS.sum_to = lambda tensor, shape: REGISTRY["sum_to"](tensor, shape)
if TENSORS.add is None:
    TENSORS.add = lambda first, second: REGISTRY["add.Tensor"](first, second)


# ---------------------------------------------------------------- writes of a whole tensor


def number_in(value: Any, np_dtype: Any) -> Any:
    """A Python number in a dtype, refused where PyTorch says that it overflows."""
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.item()
    kind = np_dtype.kind
    target = dtypes.of_numpy(np_dtype)
    if kind == "b":
        return bool(value)
    if isinstance(value, complex) and kind != "c":
        if value.imag:
            raise RuntimeError(f"value cannot be converted to type {_CPP_TYPE[target.cpp]} without overflow")
        value = value.real
    if kind in "iu":
        if isinstance(value, float) and (math.isnan(value) or math.isinf(value)):
            raise RuntimeError(f"value cannot be converted to type {_CPP_TYPE[target.cpp]} without overflow")
        bits = 8 * np_dtype.itemsize
        if isinstance(value, float) and not (-(1 << bits - 1) if kind == "i" else 0) <= value <= (1 << bits - (kind == "i")) - 1:
            raise RuntimeError(f"value cannot be converted to type {_CPP_TYPE[target.cpp]} without overflow")
        whole = int(value)
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if kind == "i" else (-(1 << bits) + 1, (1 << bits) - 1)
        if not low <= whole <= high:
            raise RuntimeError(f"value cannot be converted to type {_CPP_TYPE[target.cpp]} without overflow")
        return whole if whole >= 0 or kind == "i" else whole + (1 << bits)
    if kind == "f" and 1 < np_dtype.itemsize < 8 and not isinstance(value, complex):
        wide = float(value)
        if math.isfinite(wide) and abs(wide) > np.finfo(np_dtype).max:
            raise RuntimeError(f"value cannot be converted to type {_CPP_TYPE[target.cpp]} without overflow")
    return value


_CPP_TYPE = {
    "Float": "float", "Double": "double", "Half": "c10::Half", "BFloat16": "c10::BFloat16", "Byte": "uint8_t", "Char": "int8_t",
    "Short": "int16_t", "Int": "int", "Long": "int64_t", "UInt16": "uint16_t", "UInt32": "uint32_t", "UInt64": "uint64_t",
    "ComplexFloat": "c10::complex<float>", "ComplexDouble": "c10::complex<double>", "Bool": "bool",
}  # fmt: skip


def assign(target: Any, value: Any) -> None:
    """target[...] = value with PyTorch's conversions and its texts for shapes that do not fit."""
    if value.shape != target.shape:
        shape = broadcast_shape([target.shape, value.shape])
        if shape != target.shape:
            raise RuntimeError(
                f"output with shape {shape_text(target.shape)} doesn't match the broadcast shape {shape_text(shape)}"
            )
    if not target.size:
        return
    if value.dtype is not target.dtype:
        value = converted(value, target.dtype)
    target[...] = value


def converted(array: Any, target: Any) -> Any:
    """An array in another dtype, as PyTorch converts: imaginary parts dropped, floats truncated."""
    kind = target.kind
    if array.dtype.kind == "c" and kind not in "cb":
        if array.size:
            warn_discard()
        array = array.real
    if kind in "iu" and array.dtype.kind in "fV":
        found = as_integers(array, target)
        if found is not None:
            return found
        if array.dtype.isbuiltin != 1:
            array = array.astype(np.float32)
        array = truncated(array, target)
    if target.itemsize == 1 and kind in "fV":
        array = layout.fitted(array, target)
    return as_dtype(array, target)


copy = op(
    "copy", tensors=("self", "src"), self=lambda grad: carriers.zeros_like(grad), src=lambda grad: grad, grad_fn="CopyBackwards"
)(lambda self, src, non_blocking=False: _copied_over(self, src))


# the one node of an operator whose name has a namespace
copy.node_class = type(
    "CopyBackwards", (NODE_BASE.op_node,), {"__module__": "builtins", "name": lambda self: "torch::autograd::CopyBackwards"}
)


def _copied_over(self: Any, src: Any) -> Any:
    found = layout.copied(self, self.dtype, None)
    assign(found, src)
    return found


@composite("copy_")
def copy_(self: Any, other: Any, non_blocking: Any = False) -> Any:
    """Write the elements of `other` into the tensor."""
    if not isinstance(other, TensorBase):
        other = wrap(np.asarray(other))
    if _written_plainly(self, other):
        return self
    same = same_data(self._array, other._array)
    return write(copy, [self, other, non_blocking], _write_copy, ALLOWED if same else "")


def _written_plainly(self: Any, other: Any) -> bool:
    """copy_(), where nothing is recorded, converted or watched and the memory is not the same; False, and nothing done, elsewhere."""
    word = get_mode()
    target, value = self._array, other._array
    if word & EXOTIC or self._flags or other._flags or target.dtype is not value.dtype or target.shape != value.shape:
        return False
    if value.base is not None or target.base is value or target is value or word & GRAD and (wants_grad(self) or wants_grad(other)):
        return False
    inplace.check_overlap(target)
    target[...] = value
    wrote(self, "copy_")
    return True


def same_data(first: Any, second: Any) -> bool:
    """Whether two arrays are the same elements in the same places, so that a copy of one to the other changes nothing."""
    return first is second or (
        first.dtype is second.dtype and first.shape == second.shape and first.strides == second.strides
        and memory.address(first) == memory.address(second)
    )  # fmt: skip


def _write_copy(target: Any, value: Any, non_blocking: Any) -> None:
    if not same_data(target, value):
        inplace.check_shared(target, value)
        assign(target, value)


fill = op("fill.Scalar", self=lambda grad: carriers.zeros_like(grad))(lambda self, value: _filled(self, value))
fill_tensor = op(
    "fill.Tensor", tensors=("self", "value"), grad_fn="FillBackward1",
    self=lambda grad: carriers.zeros_like(grad), value=lambda grad: REGISTRY["sum"](grad),
)(lambda self, value: _filled(self, _zero_dim(value)))  # fmt: skip
zero = op("zero", self=lambda grad: carriers.zeros_like(grad))(lambda self: _filled(self, 0))


def _zero_dim(value: Any) -> Any:
    if value.ndim:
        raise RuntimeError(f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions.")
    return value


def _filled(self: Any, value: Any) -> Any:
    found = layout.empty_strided(self.shape, layout.format_strides(self, None), self.dtype)
    fill_array(found, value)
    return found


def fill_array(target: Any, value: Any) -> None:
    """Set every element to a number or a 0-d array."""
    if isinstance(value, np.ndarray):
        value = _zero_dim(value)
    if not target.size:
        return
    if isinstance(value, np.ndarray):
        target[...] = converted(value, target.dtype)
    else:
        target[...] = number_in(value, target.dtype)


@composite("fill_diagonal_")
def fill_diagonal_(self: Any, fill_value: Any, wrap: bool = False) -> Any:
    """Write a number on the main diagonal; wrap: after a matrix's last column go on with its first, one row further down."""
    shape = self._array.shape
    if len(shape) < 2:
        raise RuntimeError("dimensions must larger than 1")
    if len(shape) > 2 and any(size != shape[0] for size in shape):
        raise RuntimeError("all dimensions of input must be of equal length")
    strides, start, count = memory.element_strides(self._array), memory.storage_offset(self._array), min(shape)
    step = sum(strides)
    parts = [(count, start)]
    if wrap and len(shape) == 2 and shape[0] > shape[1] + 1:
        period = shape[1] + 1
        parts.append((-(-shape[0] * shape[1] // period) - count, start + strides[0] * period))
    for size, offset in parts:
        REGISTRY["fill_.Scalar"](REGISTRY["as_strided"](self, (size,), (step,), offset), fill_value)
    return self


# The in-place forms have nodes of other names, being entries of their own in PyTorch's list of gradients.
fill_scalar_ = op("fill_.Scalar", grad_fn="FillBackward2", self=lambda grad: carriers.zeros_like(grad))(fill.kernel)
fill_tensor_ = op(
    "fill_.Tensor", tensors=("self", "value"), grad_fn="FillBackward3",
    self=lambda grad: carriers.zeros_like(grad), value=lambda grad: REGISTRY["sum"](grad),
)(fill_tensor.kernel)  # fmt: skip
for _op, _spec in ((fill_scalar_, "fill_.Scalar"), (fill_tensor_, "fill_.Tensor")):
    del REGISTRY[_spec]
    in_place(_op, _spec, fill_array, ALLOWED if _op is fill_scalar_ else "")
in_place(zero, "zero_", lambda target: target.fill(0), ALLOWED)
