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


def compare_tensor_meta(
    a: Any, b: Any, check_sizes: bool = True, check_strides: bool = False, *, allow_rhs_unbacked: bool = False, check_conj: bool = True
) -> None:
    """Raises where two tensors differ in sizes, dtype, device, conjugation or sign, and, if asked, in strides."""
    from rushlight import Tensor
    from rushlight._subclasses.fake_tensor import MetadataMismatchError

    for side, tensor in (("a", a), ("b", b)):
        if not isinstance(tensor, Tensor):
            raise AssertionError(f"{side} must be TensorLike, got {type(tensor)}")
    if check_sizes and a.shape != b.shape:
        raise MetadataMismatchError(f"Shapes {a.shape} and {b.shape} are not equal!")
    if a.dtype != b.dtype:
        raise MetadataMismatchError(f"Dtypes {a.dtype} and {b.dtype} are not equal!")
    if a.device != b.device:
        raise MetadataMismatchError(f"Devices {a.device} and {b.device} are not equal!")
    if check_strides:
        matters = [place for place, size in enumerate(a.shape) if size > 1 or check_strides == "all"] if a.numel() else []
        wrong = [place for place in matters if a.stride()[place] != b.stride()[place]]
        if wrong:
            raise MetadataMismatchError(f"Stride mismatch! Strides are {a.stride()} and {b.stride()} (mismatched at {wrong[0]})!")
        if a.storage_offset() != b.storage_offset():
            raise MetadataMismatchError(
                f"Storage offset mismatch! Storage offsets are {a.storage_offset()} and {b.storage_offset()}!"
            )
    if check_conj and a.is_conj() != b.is_conj():
        raise MetadataMismatchError(f"Conj mismatch! is_conj is set to {a.is_conj()} and {b.is_conj()}")
    if a.is_neg() != b.is_neg():
        raise MetadataMismatchError(f"Neg mismatch! is_neg is set to {a.is_neg()} and {b.is_neg()}")
