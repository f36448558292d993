"""Factories of evenly spaced numbers: arange, range, linspace, logspace."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes, loops, memory
from rushlight._core.tensor import TensorBase, shape_text, values_of
from rushlight.ops import examples
from rushlight.ops.copying import number_in
from rushlight.ops.create import check_options, check_out, factory, into, is_meta, made, without_data
from rushlight.ops.streams_common import fma
from rushlight.ops.warn import warn_user

_NO_ARANGE = ("Bool", "ComplexFloat", "ComplexDouble", "UInt16", "UInt32", "UInt64")

_WHERE = "(Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/native/RangeFactories.cpp:199.)"


def deliver(name: str, values: Any, length: int, target: Any, out: Any, options: Any) -> TensorBase:
    """The tensor of a range, whose values the function `values` computes. options: layout, device, pin_memory, requires_grad."""
    layout, device, pin_memory, requires_grad = options
    check_options(layout, pin_memory)
    if out is not None:
        if out._array.size not in (0, length) and name == "arange":
            warn_user(
                f"The number of elements in the out tensor of shape {shape_text(out._array.shape)} is {out._array.size} which does not "
                f"match the computed number of elements {length}. Note that this may occur as a result of rounding error. The out tensor "
                f"will be resized to a tensor of shape ({length},). {_WHERE}"
            )
        found = values()
        if name.endswith("space") and out._array.size == length:  # any shape of so many elements will do
            found = found.reshape(out._array.shape)
        return into(out, found, requires_grad)
    if is_meta(device):
        return made(without_data((length,), target.np_dtype), requires_grad, True)
    with np.errstate(all="ignore"):
        return made(values(), requires_grad)


# ---------------------------------------------------------------- arange, range


def _check_range(start: Any, end: Any, step: Any) -> None:
    for value in (start, end, step):
        if isinstance(value, complex) and value.imag:
            raise RuntimeError("value cannot be converted to type double without overflow")
    if not (step > 0 or step < 0):
        raise RuntimeError("step must be nonzero")
    if not math.isfinite(start) or not math.isfinite(end):
        raise RuntimeError(f"unsupported range: {start:g} -> {end:g}")
    if step > 0 and end < start or step < 0 and end > start:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")


# NOTE [ Last bits of a range ]
# A float range is start + index * step, and its last bits depend on how PyTorch's kernels compute that. arange works in blocks of two
# AVX2 registers: the first element of a register is rounded to the dtype, and the others are counted from it; what is left at
# the end is computed one by one. Both multiply and add in one rounding (FMA), in float64 for float32 and in float32 for 16-bit
# floats. linspace works one by one in the dtype itself, counting the second half back from the end.

_LANES = {8: 4, 4: 8, 2: 16}
# In C: None where they decline, and always in the pure form.
_native_spaced, _native_line = loops.helper("spaced"), loops.helper("line")


def _fused(index: Any, step: float, start: float, wide: Any) -> Any:
    """index * step + start with one rounding, in float64 or (to within a hair) float32."""
    if wide is np.float64:
        return fma(index.astype(np.float64), step, start)
    return (index * float(step) + float(start)).astype(np.float32)


def _counted(heads: Any, lane: int, step: float) -> Any:
    """heads + lane * step with one rounding (Dekker's product, Knuth's sum)."""
    product = lane * step
    big = step * 134217729.0
    high = big - (big - step)
    error = (lane * high - product) + lane * (step - high)
    total = product + heads
    moved = total - product
    return total + ((product - (total - moved)) + (heads - moved) + error)


def _spaced(start: Any, step: Any, length: int, target: Any) -> Any:
    """start + index * step, see NOTE [ Last bits of a range ]."""
    np_dtype = target.np_dtype
    if target.category == dtypes.INTEGRAL or np_dtype.itemsize > 2:
        number: Any = int if target.category == dtypes.INTEGRAL else float
        native = _native_spaced(np_dtype, length, number(start), number(step), _LANES.get(np_dtype.itemsize, 0))
        if native is not None:
            return native
    index = np.arange(length, dtype=np.int64)
    if target.category == dtypes.INTEGRAL:
        return (int(start) + index * int(step)).astype(np_dtype)
    wide: Any = np.float64 if np_dtype.itemsize > 2 else np.float32
    step, start = float(wide(step)), float(wide(start))
    found = _fused(index, step, start, wide).astype(np_dtype)
    lanes = _LANES[np_dtype.itemsize]
    body = length // (2 * lanes) * 2 * lanes
    if body:
        heads = found[:body:lanes].astype(np.float64)
        for lane in range(1, lanes):
            counted = _counted(heads, lane, step) if wide is np.float64 else (heads + lane * step).astype(np.float32)
            found[lane:body:lanes] = counted.astype(np_dtype)
    return found


def _arange(start: Any, end: Any, step: Any, out: Any, dtype: Any, options: Any) -> Any:
    if out is not None:
        check_out("arange", out, dtype, options[1])
        target = dtypes.of(out._array)
    elif dtype is not None:
        target = dtype
    else:
        integral = all(isinstance(value, int) for value in (start, end, step))
        target = dtypes.int64 if integral else dtypes.get_default_dtype()
    if target.cpp in _NO_ARANGE or target.index >= dtypes.FIRST_RARE:
        raise NotImplementedError(f"\"arange_cpu\" not implemented for '{target.cpp}'")
    start, end, step = [value.real if isinstance(value, complex) and not value.imag else value for value in (start, end, step)]
    _check_range(start, end, step)
    if target.category == dtypes.INTEGRAL and math.isinf(step):
        raise RuntimeError("value cannot be converted to type int64_t without overflow")
    if target is dtypes.int64:
        if int(step) == 0:
            raise ValueError("step must be nonzero")
        both_whole = all(isinstance(value, int) for value in (start, end, step))
        length = -((start - end) // step) if both_whole else math.ceil((float(end) - float(start)) / float(step))
        if not both_whole:
            length = max(0, math.ceil((int(end) - int(start)) / int(step)))
    else:
        length = math.ceil((float(end) - float(start)) / float(step))
    if length >= 1 << 63:
        raise RuntimeError("invalid size, possible overflow?")
    if length * target.itemsize > memory.MOST:
        raise RuntimeError(f"Storage size calculation overflowed with sizes=[{length}]")
    return deliver("arange", lambda: _spaced(start, step, length, target), length, target, out, options)


@factory("arange")
def arange(end: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """The numbers from 0 up to, and without, end."""
    return _arange(0, end, 1, out, dtype, options)


@factory("arange.start")
def arange_start(start: Any, end: Any, dtype: Any, *options: Any) -> Any:
    """The numbers from start up to, and without, end."""
    return _arange(start, end, 1, None, dtype, options)


@factory("arange.start_step")
def arange_step(start: Any, end: Any, step: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """The numbers from start up to, and without, end in steps."""
    return _arange(start, end, step, out, dtype, options)


@factory("range")
def range_(start: Any, end: Any, step: Any, out: Any, dtype: Any, layout: Any, device: Any, requires_grad: Any) -> Any:
    """The numbers from start to end, with end (deprecated: use arange)."""
    warn_user(
        "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with Python's range "
        "builtin. Instead, use torch.arange, which produces values in [start, end).",
    )
    if out is not None:
        check_out("range", out, dtype, device)
        target = dtypes.of(out._array)
    else:
        target = dtypes.get_default_dtype() if dtype is None else dtype
    start, end, step = [value.real if isinstance(value, complex) and not value.imag else value for value in (start, end, step)]
    _check_range(start, end, step)
    length = int((end - start) / step + 1)
    return deliver("range", lambda: _spaced(start, step, length, target), length, target, out, (layout, device, False, requires_grad))


# ---------------------------------------------------------------- linspace, logspace


def _ends_dtype(name: str, start: Any, end: Any, dtype: Any, out: Any) -> Any:
    """The dtype of a linspace or logspace."""
    is_complex = any(isinstance(value, complex) for value in (start, end))
    if out is not None:
        return dtypes.of(out._array)
    if is_complex:
        inferred = dtypes.default_complex()
        if dtype is None:
            return inferred
        if dtype.category != dtypes.COMPLEX:
            c_name = "c10::complex<double>" if inferred is dtypes.complex128 else "c10::complex<float>"
            raise RuntimeError(f"torch.{name}(): inferred dtype {c_name} can't be safely cast to passed dtype {dtype.cpp}")
    return dtypes.get_default_dtype() if dtype is None else dtype


def _ends(name: str, start: Any, end: Any) -> tuple[Any, Any]:
    """The ends of the range as Python numbers."""
    given = [(which, value._array.ndim) for which, value in (("start", start), ("end", end)) if isinstance(value, TensorBase)]
    if any(ndim for _, ndim in given):
        said = " and ".join(f"{which} with {ndim} dimension(s)" for which, ndim in given)
        raise RuntimeError(f"{name} only supports 0-dimensional start and end tensors, but got {said}.")
    numbers = []
    for value in (start, end):
        if isinstance(value, TensorBase):
            examples.refuse(examples.ITEM, value)
            value = values_of(value).item()
        numbers.append(value)
    return numbers[0], numbers[1]


def _float_ends(start: Any, end: Any, steps: int, np_dtype: Any) -> tuple[float, float, float]:
    """The ends and the step as the dtype holds them."""
    exact = np_dtype.type
    return float(exact(start)), float(exact(end)), float(exact((exact(end) - exact(start)) / exact(steps - 1)))


def _line(start: Any, end: Any, steps: int, target: Any) -> Any:
    """Evenly spaced numbers; the second half is counted from the end, so that the result is symmetric."""
    np_dtype = target.np_dtype
    if steps == 0:
        return np.empty(0, np_dtype)
    if steps == 1:
        return np.array([start]).astype(np_dtype)
    if target.category == dtypes.FLOATING and np_dtype.itemsize > 2:
        native = _native_line(np_dtype, steps, *_float_ends(start, end, steps, np_dtype))
        if native is not None:
            return native
    index = np.arange(steps, dtype=np.int64)
    low, high = index[: steps // 2], steps - 1 - index[steps // 2 :]
    if target.category == dtypes.COMPLEX:
        wide = np_dtype.type
        step = wide((wide(end) - wide(start)) / wide(steps - 1))
        return np.concatenate([wide(start) + step * low.astype(wide), wide(end) - step * high.astype(wide)])
    if np_dtype.itemsize == 2 and target.category == dtypes.FLOATING:  # every operation is rounded
        exact = np_dtype.type
        step = exact(exact(exact(end) - exact(start)) / exact(steps - 1))
        parts = exact(start) + (step * low.astype(np_dtype)), exact(end) - (step * high.astype(np_dtype))
        return np.concatenate(parts).astype(np_dtype)
    if target.category == dtypes.INTEGRAL:
        first, last = float(number_in(start, np_dtype)), float(number_in(end, np_dtype))
        step = (last - first) / (steps - 1)
    else:
        first, last, step = _float_ends(start, end, steps, np_dtype)
    values = np.concatenate([fma(low.astype(np.float64), step, first), fma(high.astype(np.float64), -step, last)])
    return (np.trunc(values).astype(np.int64) if target.category == dtypes.INTEGRAL else values).astype(np_dtype)


def _check_steps(name: str, steps: int, target: Any) -> None:
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    if target.index >= dtypes.FIRST_RARE or steps > 1 and (target.category == dtypes.BOOL or target.cpp.startswith("UInt")):
        raise NotImplementedError(f"\"{name}_cpu\" not implemented for '{target.cpp}'")


@factory("linspace", "linspace.Tensor_Tensor", "linspace.Scalar_Tensor", "linspace.Tensor_Scalar")
def linspace(start: Any, end: Any, steps: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """`steps` evenly spaced numbers from start to end, both included."""
    start, end = _ends("linspace", start, end)
    if out is not None:
        check_out("linspace", out, dtype, options[1])
    target = _ends_dtype("linspace", start, end, dtype, out)
    _check_steps("linspace", steps, target)
    return deliver("linspace", lambda: _line(start, end, steps, target), steps, target, out, options)


@factory("logspace", "logspace.Tensor_Tensor", "logspace.Scalar_Tensor", "logspace.Tensor_Scalar")
def logspace(start: Any, end: Any, steps: Any, base: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """`base` to the powers of a linspace."""
    start, end = _ends("logspace", start, end)
    if out is not None:
        check_out("logspace", out, dtype, options[1])
    target = _ends_dtype("logspace", start, end, dtype, out)
    _check_steps("logspace", steps, target)
    return deliver("logspace", lambda: _powers(base, start, end, steps, target), steps, target, out, options)


def _powers(base: float, start: Any, end: Any, steps: int, target: Any) -> Any:
    """base to evenly spaced exponents, in float64 from ends that the dtype holds."""
    np_dtype = target.np_dtype
    if steps == 0:
        return np.empty(0, np_dtype)
    if steps == 1:
        return np.array([base**start]).astype(np_dtype)
    index = np.arange(steps, dtype=np.int64)
    low, high = index[: steps // 2], steps - 1 - index[steps // 2 :]
    exact: Any = np_dtype.type if target.category == dtypes.COMPLEX else np.float64
    held = np.array([start, end]).astype(np_dtype)
    step = exact(held[1] - held[0]) / exact(steps - 1)
    start, end = held.astype(exact)
    exponents = np.concatenate([start + step * low.astype(exact), end - step * high.astype(exact)])
    if target.category == dtypes.COMPLEX:
        return np.power(exact(base), exponents)
    return _power(float(exact(base)), exponents.astype(np.float64)).astype(np_dtype)


def _power(base: float, exponents: Any) -> Any:
    """base ** exponents by the C library, whose last bits NumPy's own loops do not share."""
    try:
        return np.array([math.pow(base, exponent) for exponent in exponents.tolist()])
    except (ValueError, OverflowError):  # Python raises where C returns NaN or an infinity
        return np.power(base, exponents)
