"""Functions that gradient formulas use on either carrier: bare arrays, or tensors when the backward pass is recorded."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from rushlight._core import dtypes
from rushlight._core.tensor import LAZY, META, TensorBase, values_of, version_cell, wrap
from rushlight.ops.declare import REGISTRY


def array_of(value: Any) -> Any:
    """The array behind a tensor; other values as they are."""
    return values_of(value) if isinstance(value, TensorBase) else value


def is_complex(value: Any) -> bool:
    """Whether a tensor, array or number is complex."""
    value = array_of(value)
    if isinstance(value, (ndarray, np.generic)):
        return value.dtype.kind == "c"
    return isinstance(value, complex)


def conj(value: Any) -> Any:
    """The complex conjugate; real values as they are (np.conj would copy them)."""
    kind = type(value)
    if kind is int or kind is float:
        return value
    if (value if kind is ndarray else value._array if isinstance(value, TensorBase) else np.asarray(value)).dtype.kind != "c":
        return value
    if isinstance(value, complex):
        return value.conjugate()
    if isinstance(value, (ndarray, np.generic)):
        return np.asarray(value.conjugate())
    return REGISTRY["_conj"](value)


def real(value: Any) -> Any:
    """The real part; real values as they are."""
    if not is_complex(value):
        return value
    return REGISTRY["real"](value) if isinstance(value, TensorBase) else value.real


def imag(value: Any) -> Any:
    """The imaginary part of a complex value."""
    return REGISTRY["imag"](value) if isinstance(value, TensorBase) else value.imag


def where(condition: Any, value: Any, other: Any) -> Any:
    """Elements of `value` where the condition holds, of `other` elsewhere; either may be a number."""
    return REGISTRY["where.self"](condition, value, other)


def scaled(value: Any, number: Any) -> Any:
    """value * number, recorded as the product with a number that PyTorch's C++ makes (MulBackward1)."""
    return REGISTRY["mul.Scalar"](value, number) if isinstance(value, TensorBase) else value * number


def plus(value: Any, number: Any) -> Any:
    """value + number, recorded as AddBackward1."""
    return REGISTRY["add.Scalar"](value, number) if isinstance(value, TensorBase) else value + number


def less(value: Any, number: Any) -> Any:
    """value - number, recorded as SubBackward1."""
    return REGISTRY["sub.Scalar"](value, number) if isinstance(value, TensorBase) else value - number


_UFUNCS = {"add.Tensor": np.add, "sub.Tensor": np.subtract, "mul.Tensor": np.multiply}


def led(spec: str, value: Any, other: Any) -> Any:
    """A pointwise operator of two operands whose result lies as its first does (NumPy's prefers row-major ones)."""
    if isinstance(value, TensorBase) or isinstance(other, TensorBase):
        return REGISTRY[spec](value, other)
    ufunc = _UFUNCS[spec]
    if value.flags.c_contiguous or value.dtype is not other.dtype or not value.flags.forc and value.shape != other.shape:
        return ufunc(value, other)
    return ufunc(value, other, out=np.empty_like(value))


def divided(value: Any, number: Any) -> Any:
    """value / number, recorded as DivBackward1."""
    return REGISTRY["div.Scalar"](value, number) if isinstance(value, TensorBase) else value / number


def number_less(number: Any, value: Any) -> Any:
    """number - value, recorded as what C++ makes of it: SubBackward0 of a tensor full of that number, which is written to."""
    if not isinstance(value, TensorBase):
        return number - value
    return written(REGISTRY["sub.Tensor"](filled(value, number), value), 2)


def number_over(number: Any, value: Any) -> Any:
    """number / value, recorded as DivBackward0 of a tensor full of that number, which is written to."""
    if not isinstance(value, TensorBase):
        return number / value
    return written(REGISTRY["div.Tensor"](filled(value, number), value), 2)


def filled(like: TensorBase, number: Any) -> TensorBase:
    """A tensor as another, full of a number."""
    return beside(like, np.full_like(like._array, number))


def masked(value: Any, mask: Any, number: Any = 0) -> Any:
    """`value` with a number where the mask holds, recorded as MaskedFillBackward0."""
    return REGISTRY["masked_fill.Scalar"](value, mask, number) if isinstance(value, TensorBase) else where(mask, number, value)


def masked_in_place(value: Any, mask: Any) -> Any:
    """masked() with zeros, where PyTorch writes them into `value`."""
    found = masked(value, mask)
    return written(found, 1) if isinstance(found, TensorBase) else found


def takes_writes(*values: Any) -> bool:
    """Whether these are tensors that may be written into, as PyTorch's formulas do: not where a batch might not fit in."""
    return all(isinstance(value, TensorBase) and not value._flags & ~LAZY for value in values)


def write_part(target: TensorBase, ranges: dict[int, tuple[int, int]], source: TensorBase) -> None:
    """target.narrow(...).copy_(source): the range of each dimension that is not taken whole."""
    for dim, (start, end) in ranges.items():
        target = REGISTRY["slice.Tensor"](target, dim, start, end, 1)
    REGISTRY["copy"].apply_inplace([target, source, False])


def written(tensor: TensorBase, times: int) -> TensorBase:
    """A new tensor, as if it had been written into: PyTorch's formulas write in place, which `_version` shows."""
    version_cell(tensor).value += times
    return tensor


def dtype_of(value: Any) -> dtypes.dtype:
    """The dtype of a tensor or array."""
    return dtypes.of(array_of(value))


def zeros_like(value: Any) -> Any:
    """Zeros of the same carrier, shape and dtype."""
    if isinstance(value, TensorBase):
        return beside(value, np.zeros_like(value._array))
    return np.zeros(value.shape, value.dtype)


def ones_like(value: Any) -> Any:
    """Ones of the same carrier, shape and dtype."""
    return filled(value, 1) if isinstance(value, TensorBase) else np.ones(value.shape, value.dtype)


def zeros(like: Any, shape: Any, dtype: dtypes.dtype | None = None) -> Any:
    """Zeros of the carrier (and, by default, the dtype) of `like`."""
    made = np.zeros(shape, (dtype or dtype_of(like)).np_dtype)
    return wrap_like(like, made)


def wrap_like(like: Any, array: Any) -> Any:
    """An array in the carrier of `like`."""
    return beside(like, array) if isinstance(like, TensorBase) else array


def beside(tensor: TensorBase, array: Any) -> TensorBase:
    """An array as a tensor on another's device."""
    made = wrap(array)
    made._flags |= tensor._flags & META
    return made


def real_if(value: Any, like: dtypes.dtype) -> Any:
    """The real part where the gradient's target is real."""
    return value if like.is_complex else real(value)


BOOL_OPERAND = (
    "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
    "`logical_not()` operator instead."
)


def less_one(value: Any) -> Any:
    """value - 1; NumPy would subtract a number from bools too."""
    if not isinstance(value, TensorBase) and value.dtype.kind == "b":
        raise RuntimeError(BOOL_OPERAND)
    return less(value, 1)
