"""What the random draws share: type names in messages, rounding to a dtype, float64 maths as the C library does it."""

import math
from collections.abc import Sequence

import numpy as np

from rushlight._core import loops

FLOAT32 = np.dtype(np.float32)
FLOAT64 = np.dtype(np.float64)
REAL_OF = {np.dtype(np.complex64): FLOAT32, np.dtype(np.complex128): FLOAT64}



class _Names(dict):
    """Each dtype's name, computed once: NumPy puts it together anew at every `dtype.name`."""

    def __missing__(self, dtype: np.dtype) -> str:
        self[dtype] = name = str(dtype)
        return name


NAME = _Names()

# NumPy name: (the name in dispatch errors, the name of the C++ type)
_NAMES = {
    "bool": ("Bool", "bool"),
    "uint8": ("Byte", "unsigned char"),
    "int8": ("Char", "signed char"),
    "int16": ("Short", "short int"),
    "int32": ("Int", "int"),
    "int64": ("Long", "long int"),
    "uint16": ("UInt16", "short unsigned int"),
    "uint32": ("UInt32", "unsigned int"),
    "uint64": ("UInt64", "long unsigned int"),
    "float16": ("Half", "c10::Half"),
    "bfloat16": ("BFloat16", "c10::BFloat16"),
    "float32": ("Float", "float"),
    "float64": ("Double", "double"),
    "complex64": ("ComplexFloat", "c10::complex<float>"),
    "complex128": ("ComplexDouble", "c10::complex<double>"),
}
FLOATING = ("float32", "float64", "float16", "bfloat16")

# Digits of the significand, and the largest finite value.
DIGITS = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}
LARGEST = {
    "float16": 65504.0,
    "bfloat16": math.ldexp(255, 120),
    "float32": math.ldexp(2**24 - 1, 104),
    "float64": math.ldexp(2**53 - 1, 971),
}


def scalar_name(dtype: np.dtype) -> str:
    """The dtype as PyTorch's dispatch errors call it: `Float`, `Long`."""
    name = NAME[dtype]
    return _NAMES[name][0] if name in _NAMES else name.capitalize()


def c_name(dtype: np.dtype) -> str:
    """The dtype as PyTorch's range errors call it: `float`, `long int`."""
    name = NAME[dtype]
    return _NAMES[name][1] if name in _NAMES else "c10::" + name.capitalize()


def not_implemented(kernel: str, dtype: np.dtype) -> NotImplementedError:
    """The error of a kernel that does not take `dtype`."""
    return NotImplementedError(f"\"{kernel}\" not implemented for '{scalar_name(dtype)}'")


def check_floating(kernel: str, dtype: np.dtype) -> None:
    """Raise the kernel's error unless `dtype` is a real floating point one."""
    if NAME[dtype] not in FLOATING:
        raise not_implemented(kernel, dtype)


def number(value: float) -> str:
    """A double as C++ streams print it."""
    return format(float(value), "g")


def element_count(shape: Sequence[int]) -> int:
    """How many elements `shape` has; a negative size is an error."""
    for size in shape:
        if size < 0:
            listed = ", ".join(map(str, shape))
            raise RuntimeError(f"Trying to create tensor with negative dimension {size}: [{listed}]")
    return math.prod(shape)


def fresh(values: np.ndarray, shape: Sequence[int], dtype: np.dtype) -> np.ndarray:
    """A new array of `shape` and `dtype` from flat values, which PyTorch narrows to 16 bits by way of float32."""
    if dtype.itemsize == 2 and values.dtype != FLOAT32 and NAME[dtype] in FLOATING:
        with np.errstate(all="ignore"):
            values = values.astype(FLOAT32)
    if values.dtype == dtype:
        return values.reshape(shape).copy()
    with np.errstate(all="ignore"):
        return values.astype(dtype).reshape(shape)


_LIBRARY = {name: loops.helper(f"library_{name}") for name in ("log", "log1p", "cos", "sin", "tan", "exp")}


def libm(name: str, values: np.ndarray, exact: bool = True) -> np.ndarray:
    """Apply a function of one float64. `exact` means the C library's last bit, as PyTorch has it; NumPy's own loops are
    faster and may differ there, which a result that is rounded to float32 afterwards does not show."""
    if exact or values.size < 64:
        found = _LIBRARY[name](values)
        if found is not None:
            return found
        try:
            return np.fromiter(map(getattr(math, name), values.tolist()), np.float64, values.size)
        except (ValueError, OverflowError):  # Python raises where C returns an infinity
            exact = False
    with np.errstate(all="ignore"):
        return getattr(np, name)(values)


def _split(value):
    big = value * 134217729.0
    high = big - (big - value)
    return high, value - high


_native_fma = loops.helper("fused")  # None where it declines, and always in the pure form


def fma(value: np.ndarray, factor: float, addend: float) -> np.ndarray:
    """`value * factor + addend` in float64, rounded once: PyTorch's build fuses the two.

    Dekker's product and Knuth's sum keep both rounding errors and add them at the end.
    """
    if factor == 1.0:
        return value + addend
    found = _native_fma(value, float(factor), float(addend))
    if found is not None:
        return found
    product = value * factor
    if addend == 0.0 or not math.isfinite(addend) or not abs(factor) < 2.0**900:
        return product + addend
    value_high, value_low = _split(value)
    factor_high, factor_low = _split(factor)
    product_error = value_high * factor_high - product
    product_error = ((product_error + value_high * factor_low) + value_low * factor_high) + value_low * factor_low
    total = product + addend
    moved = total - product
    total_error = (product - (total - moved)) + (addend - moved)
    return total + (total_error + product_error)
