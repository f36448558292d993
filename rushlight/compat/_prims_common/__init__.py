"""torch._prims_common: questions about dtypes that PyTorch's tests and other packages ask."""

from __future__ import annotations

from typing import Any

from rushlight._core import dtypes

_FLOATS = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)


def dtype_to_type(dtype: Any) -> type:
    """Python's type for a dtype's values."""
    if not isinstance(dtype, dtypes.dtype):
        raise AssertionError(f"Expected torch.dtype, got {type(dtype)}")
    return (bool, int, float, complex)[dtype.category]


def type_to_dtype(typ: type) -> Any:
    """The dtype that stands for one of Python's types of numbers."""
    if not isinstance(typ, type):
        raise AssertionError(f"Expected type, got {type(typ)}")
    found = {bool: dtypes.bool_, int: dtypes.int64, float: dtypes.get_default_dtype(), complex: dtypes.default_complex()}
    if typ not in found:
        raise ValueError(f"Invalid type {typ}!")
    return found[typ]


def is_boolean_dtype(dtype: Any) -> bool:
    """Whether a dtype is bool."""
    return dtype is dtypes.bool_


def is_integer_dtype(dtype: Any) -> bool:
    """Whether a dtype is one of integers."""
    return bool(dtype.category == dtypes.INTEGRAL)


def is_float_dtype(dtype: Any) -> bool:
    """Whether a dtype is one of real floating point."""
    return bool(dtype.is_floating_point)


def is_complex_dtype(dtype: Any) -> bool:
    """Whether a dtype is complex."""
    return bool(dtype.is_complex)


def is_grad_dtype(dtype: Any) -> bool:
    """Whether tensors of a dtype can have gradients."""
    return bool(dtype.is_floating_point or dtype.is_complex)


def is_low_precision_dtype(dtype: Any) -> bool:
    """Whether a dtype is one of 16-bit floats."""
    return dtype in (dtypes.float16, dtypes.bfloat16, dtypes.complex32)


def corresponding_real_dtype(dtype: Any) -> Any:
    """The dtype of a complex dtype's parts."""
    return dtype.to_real()


def corresponding_complex_dtype(dtype: Any) -> Any:
    """The complex dtype whose parts have a dtype."""
    return dtype.to_complex()


def get_higher_dtype(a: Any, b: Any) -> Any:
    """The dtype to which both convert."""
    kinds = [entry if entry is None or isinstance(entry, dtypes.dtype) else getattr(entry, "dtype", None) or type_to_dtype(type(entry))
             for entry in (a, b)]  # fmt: skip
    return dtypes.promote_optional(*kinds)


def canonicalize_dim(rank: int, idx: int, wrap_scalar: bool = True) -> int:
    """A dimension counted from the front."""
    if rank < 0:
        raise IndexError(f"Rank cannot be negative but got {rank}")
    if rank == 0:
        if not wrap_scalar:
            raise IndexError(f"Dimension specified as {idx} but tensor has no dimensions")
        rank = 1
    if not -rank <= idx < rank:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-rank}, {rank - 1}], but got {idx})")
    return idx + rank if idx < 0 else idx


def canonicalize_dims(rank: int, indices: Any, wrap_scalar: bool = True) -> Any:
    """Dimensions counted from the front."""
    if isinstance(indices, int):
        return canonicalize_dim(rank, indices, wrap_scalar)
    return tuple(canonicalize_dim(rank, index, wrap_scalar) for index in indices)


def make_contiguous_strides_for(shape: Any, row_major: bool = True) -> tuple[int, ...]:
    """The strides of a contiguous tensor of a shape."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    result = tuple(reversed(strides))
    return result if row_major or len(result) < 2 else (*result[:-2], 1, max(shape[-2], 1))
