"""Arrays in another dtype, as PyTorch converts: 16-bit floats are made by way of float32."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import loops

FLOAT32 = np.dtype(np.float32)
_native_cast = loops.helper("cast")  # by several threads; None where it declines, and always in the pure form


def as_dtype(array: Any, np_dtype: Any) -> Any:
    """A copy in another dtype, which lies in memory as the array does. Floats must fit where integers are wanted."""
    found = _native_cast(array, np_dtype)
    if found is not None:
        return found
    if np_dtype.char == "e" and array.dtype.char == "d":
        array = array.astype(FLOAT32)
    return array.astype(np_dtype)


def narrowed(array: Any, np_dtype: Any) -> Any:
    """A result in the dtype that it is to have: itself where it is of that dtype."""
    return array if array.dtype is np_dtype else as_dtype(array, np_dtype)


def is_half(np_dtype: Any) -> bool:
    """Whether a dtype is float16 or bfloat16, whose sums run in float32."""
    return np_dtype.itemsize == 2 and np_dtype.kind not in "iu"


def widened(array: Any) -> Any:
    """16-bit floats as float32; other arrays as they are."""
    return as_dtype(array, FLOAT32) if is_half(array.dtype) else array


def as_integers(array: Any, np_dtype: Any) -> Any:
    """Floats as int32 or int64 by the native kernel, which makes the least integer of what does not fit; None where it declines."""
    return _native_cast(array, np_dtype) if np_dtype.char in "li" else None
