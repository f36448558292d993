"""Factories: tensors of constants, ranges and Python data.

A factory receives its signature's values in order, `out` included (see `factory`). It computes an array; `made` turns that into
a tensor and sees to the device, requires_grad and inference mode.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes, function, inplace, loops, memory
from rushlight._core.dtypes import FLOATING, dtype as dtype_type
from rushlight._core.origin import wrote
from rushlight._core.state import GRAD, INFERENCE, get_mode
from rushlight._core.tensor import INFERENCE as INFERENCE_TENSOR, META, TensorBase, bump, shape_text, wants_grad, wrap
from rushlight.ops import data as python_data, determinism, examples, layout as layouts
from rushlight.ops.declare import REGISTRY, composite
from rushlight.ops.sparse_layer import sparse_module
from rushlight.ops.warn import warn_user

_INT64_MAX = (1 << 63) - 1
NO_PINNED_MEMORY = (
    "pin_memory=True requires a CUDA or other accelerator backend; no pinned memory allocator is available on this system."
)
INTEGERS_HAVE_NO_GRADIENT = "Only Tensors of floating point and complex dtype can require gradients"


def factory(*specs: str) -> Any:
    """composite() for a function that takes `out` with its other values and writes into it itself."""

    def declare(made: Any) -> Any:
        made.takes_out = True
        return composite(*specs)(made)

    return declare


# ---------------------------------------------------------------- what all factories share


def is_meta(device: Any) -> bool:
    """Whether a new tensor has no data: what the device says, or the default device where none was named."""
    if device is None:
        device = _objects.context_device()
        if device is None:
            return False
    return device is not _objects.CPU and _objects.check_device(device)


def check_options(layout: Any, pin_memory: Any) -> None:
    """Refuse what a factory cannot give: sparse layouts, pinned memory."""
    if pin_memory:
        raise RuntimeError(NO_PINNED_MEMORY)
    if layout is not None and layout is not _objects.strided:
        raise NotImplementedError(f"rushlight does not have the layout {layout!r}")


def made(array: Any, requires_grad: Any = False, meta: bool = False) -> TensorBase:
    """The tensor of a new array."""
    tensor = wrap(array)
    if meta:
        tensor._flags |= META
    if get_mode() & INFERENCE:
        tensor._flags |= INFERENCE_TENSOR
    if requires_grad:
        if dtypes.of(tensor._array).category < FLOATING:
            raise RuntimeError(INTEGERS_HAVE_NO_GRADIENT)
        tensor._requires_grad = True
    return tensor


def without_data(shape: Any, np_dtype: Any, strides: Any = None) -> Any:
    """The array of a meta tensor: one element that stands for all, so that any shape costs nothing."""
    return np.ndarray(tuple(shape), np_dtype, np.zeros(1, np_dtype), 0, [0] * len(shape))


def meta_strides(tensor: TensorBase) -> Any:
    """The strides of a meta tensor, in elements."""
    return getattr(tensor, "_meta_strides", None) or memory.contiguous_strides(tensor._array.shape)


def shaped(tensor: TensorBase) -> Any:
    """An array of the tensor's shape and strides; that of a meta tensor is not to be read."""
    array = tensor._array
    if not tensor._flags & META:
        return array
    return np.lib.stride_tricks.as_strided(array, array.shape, [step * array.itemsize for step in meta_strides(tensor)])


def strides_like(tensor: TensorBase, memory_format: Any) -> Any:
    """The strides of a copy in a memory format."""
    return layouts.format_strides(shaped(tensor), memory_format)


def with_strides(tensor: TensorBase, strides: Any) -> TensorBase:
    """Let a meta tensor have strides (in elements) of its own."""
    if tuple(strides) != memory.contiguous_strides(tensor._array.shape):
        tensor._meta_strides = tuple(strides)  # type: ignore[attr-defined]
    return tensor


def check_signs(size: Any) -> None:
    """Refuse negative sizes."""
    for entry in size:
        if entry < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {entry}: {shape_text(size)}")


def check_sizes(size: Any) -> None:
    """Refuse negative sizes, and more elements than 64 bits count."""
    check_signs(size)
    count = math.prod(size)
    if not count:
        check_steps(size)
    if count > _INT64_MAX >> 4:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={shape_text(size)}")


def check_steps(size: Any) -> None:
    """Refuse sizes whose row-major strides are more than 64 bits hold."""
    if max(memory.contiguous_strides(size), default=1) > memory.MOST:
        raise RuntimeError("Stride calculation overflowed")


def filled(size: Any, np_dtype: Any, value: Any) -> Any:
    """A new array of one value; None leaves it as it comes."""
    check_sizes(size)
    try:
        if value is None:
            found = np.empty(size, np_dtype)
            return determinism.fill(found) if determinism.STATE.fills else found
        if value is False or value == 0 and type(value) is int:
            return np.zeros(size, np_dtype)
        with np.errstate(all="ignore"):
            return np.full(size, value, np_dtype)
    except MemoryError:
        needed = math.prod(size) * np_dtype.itemsize
        raise RuntimeError(
            f"[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate "
            f"{needed} bytes. Error code 12 (Cannot allocate memory)"
        ) from None


def check_out(name: str, out: TensorBase, dtype: Any, device: Any) -> None:
    """Refuse an `out` that is recorded, or of another dtype than the one asked for."""
    if wants_grad(out) and get_mode() & GRAD:
        if name in ("empty", "randn"):
            raise RuntimeError("cannot resize variables that require grad")
        raise RuntimeError(
            f"aten::{name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments "
            "requires grad."
        )
    if dtype is not None and dtype is not dtypes.of(out._array):
        raise RuntimeError(f"dtype {dtype.cpp} does not match dtype of out parameter ({dtypes.of(out._array).cpp})")
    if device is not None and is_meta(device) != bool(out._flags & META):
        raise RuntimeError(f"device {device} does not match device of out parameter ({'meta' if out._flags & META else 'cpu'})")


def into(out: TensorBase, array: Any, requires_grad: Any = False) -> TensorBase:
    """Write a factory's array into `out`, which takes its shape without a warning."""
    if out._array.shape != array.shape:
        function.SOURCE.resize(out, array.shape)
    inplace.check_overlap(out._array)
    with np.errstate(all="ignore"):
        np.copyto(out._array, array, casting="unsafe")
    wrote(out, "out=")
    if requires_grad:
        if dtypes.of(out._array).category < FLOATING:
            raise RuntimeError(INTEGERS_HAVE_NO_GRADIENT)
        out._requires_grad = True
    return out


def constant(name: str, size: Any, value: Any, out: Any, dtype: Any, options: Any) -> TensorBase:
    """A tensor of one value. options: layout, device, pin_memory, requires_grad."""
    layout, device, pin_memory, requires_grad = options
    if layout is not None and layout is not _objects.strided:
        if value:
            raise RuntimeError("full(...) is not implemented for sparse layout")
        found = sparse_module("_creation").empty_of(size, dtype, layout)
        return found.requires_grad_() if requires_grad else found  # type: ignore[no-any-return]
    if pin_memory or layout is not None:
        check_options(layout, pin_memory)
    if out is not None:
        check_out(name, out, dtype, device)
        return into(out, filled(size, out._array.dtype, value), requires_grad)
    np_dtype = (dtypes.get_default_dtype() if dtype is None else dtype).np_dtype
    if is_meta(device):
        check_sizes(size)
        return made(without_data(size, np_dtype), requires_grad, True)
    return made(filled(size, np_dtype, value), requires_grad)


# ---------------------------------------------------------------- constants


@factory("zeros")
def zeros(size: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """A tensor of zeros."""
    if any(entry < 0 for entry in size) and not is_meta(options[1]):
        raise RuntimeError("zeros: Dimension size must be non-negative.")
    return constant("zeros", size, 0, out, dtype, options)


@factory("ones")
def ones(size: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """A tensor of ones."""
    return constant("ones", size, 1, out, dtype, options)


@factory("full")
def full(size: Any, fill_value: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """A tensor of one value, whose kind decides the dtype where none is named."""
    if out is not None:
        return constant("full", size, cast_number(fill_value, dtypes.of(out._array)), out, dtype, options)
    target = dtypes.of_scalar(fill_value) if dtype is None else dtype
    return constant("full", size, cast_number(fill_value, target), out, target, options)


@factory("empty.memory_format")
def empty(size: Any, memory_format: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """A tensor whose values are not set."""
    tensor = constant("empty", size, None, out, dtype, options)
    if memory_format in (None, _objects.contiguous_format) or out is not None:
        return tensor
    if memory_format is _objects.preserve_format:
        raise RuntimeError("unsupported memory format Preserve")
    strides = layouts.format_strides(tensor._array, memory_format)
    tensor._array = _unset(size, strides, tensor._array.dtype)
    return tensor


def _unset(shape: Any, strides: Any, np_dtype: Any) -> Any:
    """A new array whose values are not set."""
    found = layouts.empty_strided(shape, strides, np_dtype)
    return determinism.fill(found) if determinism.STATE.fills else found


def cast_number(value: Any, target: dtype_type) -> Any:
    """A Python number as a dtype stores it; RuntimeError where it does not fit."""
    if target.category == dtypes.BOOL:
        return bool(value)
    if target.category == dtypes.COMPLEX:
        return value
    if isinstance(value, complex):
        if value.imag:
            raise RuntimeError(f"value cannot be converted to type {c_type(target)} without overflow")
        value = value.real
    if target.category == FLOATING:
        return checked_float(float(value), target)
    info = np.iinfo(target.np_dtype)
    low = int(info.min) if info.min or isinstance(value, float) else -int(info.max)
    if value != value or not low <= value <= int(info.max):
        raise RuntimeError(f"value cannot be converted to type {c_type(target)} without overflow")
    return int(value) % (int(info.max) + 1) if not info.min and value < 0 else int(value)


_LARGEST = {"float16": 65504.0, "bfloat16": 3.3895313892515355e38, "float32": 3.4028234663852886e38}


def checked_float(value: float, target: dtype_type) -> float:
    """A float that the dtype holds; infinities and NaN always fit."""
    largest = _LARGEST.get(target.name)
    if largest is not None and abs(value) > largest and not math.isinf(value):
        raise RuntimeError(f"value cannot be converted to type {c_type(target)} without overflow")
    return value


_C_TYPES = {
    "uint8": "uint8_t", "int8": "int8_t", "int16": "int16_t", "int32": "int", "int64": "int64_t", "uint16": "uint16_t",
    "uint32": "uint32_t", "uint64": "uint64_t", "float16": "c10::Half", "bfloat16": "c10::BFloat16", "float32": "float",
    "float64": "double",
}  # fmt: skip


def c_type(target: dtype_type) -> str:
    """The dtype's name in overflow messages."""
    return _C_TYPES.get(target.name, target.name)


@factory("scalar_tensor")
def scalar_tensor(s: Any, dtype: Any, *options: Any) -> Any:
    """A 0-d tensor of one number."""
    target = dtypes.get_default_dtype() if dtype is None else dtype
    return constant("scalar_tensor", (), cast_number(s, target), None, target, options)


@factory("empty_strided")
def empty_strided(size: Any, stride: Any, dtype: Any, layout: Any, device: Any, pin_memory: Any, requires_grad: Any) -> Any:
    """A tensor of given strides whose values are not set."""
    check_options(layout, pin_memory)
    if len(size) != len(stride):
        raise RuntimeError(f"dimensionality of sizes ({len(size)}) must match dimensionality of strides ({len(stride)})")
    check_signs(size)
    np_dtype = (dtypes.get_default_dtype() if dtype is None else dtype).np_dtype
    if any(step < 0 for step in stride) or memory.extent(size, stride) * np_dtype.itemsize > memory.MOST:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={shape_text(size)} and strides={shape_text(stride)}")
    memory.check_numel(size)
    if is_meta(device):
        return with_strides(made(without_data(size, np_dtype), requires_grad, True), stride)
    return made(_unset(size, stride, np_dtype), requires_grad)


@factory("empty_permuted")
def empty_permuted(size: Any, physical_layout: Any, dtype: Any, *options: Any) -> Any:
    """A dense tensor whose dimensions lie in memory in the given order, outermost first."""
    if len(size) != len(physical_layout):
        raise RuntimeError(
            "Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = "
            f"{len(size)} is not equal to len(physical_layout) = {len(physical_layout)}"
        )
    for place, dim in enumerate(physical_layout):
        if not 0 <= dim < len(size):
            raise RuntimeError(
                f"Dimension out of range (expected to be between 0 and {len(size) - 1}, but got {dim} at index {place}).  NB: negative "
                "dims not currently supported; file an issue if you want it."
            )
        if dim in physical_layout[:place]:
            raise RuntimeError("Duplicate dim not allowed")
    strides = [0] * len(size)
    step = 1
    for dim in reversed(physical_layout):
        strides[dim] = step
        step *= max(size[dim], 1)
    return empty_strided(size, strides, dtype, *options)


# ---------------------------------------------------------------- like another tensor


def constant_like(tensor: TensorBase, value: Any, memory_format: Any, dtype: Any, options: Any) -> TensorBase:
    """A tensor of one value with another's shape, and its strides where they are dense."""
    layout, device, pin_memory, requires_grad = options
    check_options(layout, pin_memory)
    array = tensor._array
    target = dtypes.of(array) if dtype is None else dtype
    number = None if value is None else cast_number(value, target)
    if tensor._flags & META and device is None or device is not None and is_meta(device):
        empty = made(without_data(array.shape, target.np_dtype), requires_grad, True)
        return with_strides(empty, strides_like(tensor, memory_format))
    return examples.for_each(made(like(array, target.np_dtype, memory_format, number), requires_grad), tensor)


def like(array: Any, np_dtype: Any, memory_format: Any, value: Any) -> Any:
    """A new array of `array`'s shape and memory layout; value None leaves it as it comes."""
    if array.flags.c_contiguous and memory_format is None and array.size and 1 not in array.shape:
        return filled(array.shape, np_dtype, value)
    found = layouts.empty_strided(array.shape, layouts.format_strides(array, memory_format), np_dtype)
    if value is not None:
        found[...] = value
    elif determinism.STATE.fills:
        determinism.fill(found)
    return found


@factory("zeros_like")
def zeros_like(self: Any, memory_format: Any, dtype: Any, *options: Any) -> Any:
    """Zeros of another tensor's shape, dtype and layout."""
    return constant_like(self, 0, memory_format, dtype, options)


@factory("ones_like")
def ones_like(self: Any, memory_format: Any, dtype: Any, *options: Any) -> Any:
    """Ones of another tensor's shape, dtype and layout."""
    return constant_like(self, 1, memory_format, dtype, options)


@factory("empty_like")
def empty_like(self: Any, memory_format: Any, dtype: Any, *options: Any) -> Any:
    """A tensor of another's shape, dtype and layout whose values are not set."""
    return constant_like(self, None, memory_format, dtype, options)


@factory("full_like")
def full_like(self: Any, fill_value: Any, memory_format: Any, dtype: Any, *options: Any) -> Any:
    """One value in another tensor's shape, dtype and layout."""
    return constant_like(self, fill_value, memory_format, dtype, options)


def _inherited(tensor: TensorBase, dtype: Any, options: Any) -> tuple[Any, Any]:
    """The dtype and options of a new_* call, from the tensor where the call names none."""
    layout, device, pin_memory, requires_grad = options
    if device is None:
        device = _objects.META if tensor._flags & META else _objects.CPU
    return dtypes.of(tensor._array) if dtype is None else dtype, (layout, device, pin_memory, requires_grad)


def _written(tensor: TensorBase, made: TensorBase) -> TensorBase:
    """A new_* result; beside an inference tensor PyTorch counts in normal mode that it is written to."""
    if tensor._flags & INFERENCE_TENSOR and not get_mode() & INFERENCE:
        bump(made)
    return made


@factory("new_zeros")
def new_zeros(self: Any, size: Any, dtype: Any, *options: Any) -> Any:
    """Zeros of the tensor's dtype and device."""
    found, *rest = _flat(self, dtype, options)
    return _written(self, examples.for_each(constant("new_zeros", size, 0, None, found, rest), self))


@factory("new_ones")
def new_ones(self: Any, size: Any, dtype: Any, *options: Any) -> Any:
    """Ones of the tensor's dtype and device."""
    return _written(self, examples.for_each(ones(size, None, *_flat(self, dtype, options)), self))


@factory("new_full")
def new_full(self: Any, size: Any, fill_value: Any, dtype: Any, *options: Any) -> Any:
    """One value in the tensor's dtype and on its device."""
    return _written(self, examples.for_each(full(size, fill_value, None, *_flat(self, dtype, options)), self))


@factory("new_empty")
def new_empty(self: Any, size: Any, dtype: Any, *options: Any) -> Any:
    """Unset values in the tensor's dtype and on its device."""
    return examples.for_each(empty(size, None, None, *_flat(self, dtype, options)), self)


@factory("new_empty_strided")
def new_empty_strided(self: Any, size: Any, stride: Any, dtype: Any, *options: Any) -> Any:
    """Unset values in the tensor's dtype and on its device, with given strides."""
    return examples.for_each(empty_strided(size, stride, *_flat(self, dtype, options)), self)


def _flat(tensor: TensorBase, dtype: Any, options: Any) -> tuple[Any, ...]:
    target, rest = _inherited(tensor, dtype, options)
    return (target, *rest)


# ---------------------------------------------------------------- Python data

COPY_CONSTRUCT = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than {name}(sourceTensor)."
)


@factory("tensor")
def tensor(data: Any, dtype: Any, device: Any, pin_memory: Any, requires_grad: Any) -> Any:
    """A new tensor with a copy of the data."""
    if isinstance(data, TensorBase):
        warn_user(COPY_CONSTRUCT.format(name="torch.tensor"))
    return copied_data(data, dtype, device, pin_memory, requires_grad)


def copied_data(data: Any, dtype: Any, device: Any, pin_memory: Any, requires_grad: Any) -> TensorBase:
    """A new leaf with a copy of the data."""
    if device is not None and device.type in ("mps", "cuda", "xpu"):
        _objects.check_device(device)
    examples.refuse(examples.DETACHED, data)
    array = (python_data.shape_of if is_meta(device) else python_data.array_of)(data, dtype)
    if pin_memory:
        raise RuntimeError(NO_PINNED_MEMORY)
    meta = isinstance(data, TensorBase) and device is None and bool(data._flags & META) or is_meta(device)
    np_dtype = array.dtype if dtype is None else dtype.np_dtype
    if meta:
        return made(without_data(array.shape, np_dtype), requires_grad, True)
    if isinstance(data, (TensorBase, np.ndarray, np.generic)) or array.dtype is not np_dtype:
        array = converted(array, np_dtype)
    return made(array, requires_grad)


def converted(array: Any, np_dtype: Any) -> Any:
    """A copy of an array in a dtype, with its memory layout."""
    return REGISTRY["_to_copy"].kernel(array, dtype=dtypes.of_numpy(np_dtype))


@factory("new_tensor")
def new_tensor(self: Any, data: Any, dtype: Any, device: Any, requires_grad: Any) -> Any:
    """A new tensor with a copy of the data, on the tensor's device."""
    if isinstance(data, TensorBase):
        warn_user(COPY_CONSTRUCT.format(name="tensor.new_tensor"))
    if device is None:
        device = _objects.META if self._flags & META else _objects.CPU
    return copied_data(data, dtypes.of(self._array) if dtype is None else dtype, device, False, requires_grad)


@factory("eye")
def eye(n: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """A matrix with ones on the diagonal."""
    return eye_m(n, n, out, dtype, *options)


@factory("eye.m")
def eye_m(n: Any, m: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """A matrix with ones on the diagonal."""
    for name, count in (("n", n), ("m", m)):
        if count < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {count}")
    found = constant("eye", (n, m), 0, out, dtype, options)
    if not found._flags & META:
        np.fill_diagonal(found._array[:m] if n > m else found._array, 1)
    return found


if loops.NATIVE is not None:
    _numbers = {target: number for number, target in dtypes.BY_NUM.items() if target.np_dtype.num == number}
    loops.NATIVE.set_makers(
        _objects.strided, _objects.CPU, _numbers, dtypes.DEFAULTS, _objects.INNER_DEVICE, _objects.DEFAULT_DEVICE, determinism.STATE,
        REGISTRY["_to_copy"],
    )
