"""torch._prims_common: questions about dtypes that PyTorch's tests and other packages ask."""

from __future__ import annotations

from enum import Enum
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


class ELEMENTWISE_TYPE_PROMOTION_KIND(Enum):
    """How an elementwise operator chooses the dtypes it computes in and answers with."""

    DEFAULT = (0,)
    NO_OPMATH = (1,)
    INT_TO_FLOAT = (2,)
    ALWAYS_BOOL = (3,)
    COMPLEX_TO_FLOAT = (4,)
    BOOL_TO_LONG = (5,)


def elementwise_dtypes(*_args: Any, type_promotion_kind: ELEMENTWISE_TYPE_PROMOTION_KIND) -> tuple[Any, Any]:
    """The dtype that an elementwise operator computes in for some tensors and numbers, and its result's dtype."""
    from rushlight import Tensor, tensor

    kinds = ELEMENTWISE_TYPE_PROMOTION_KIND
    found: Any = None
    entries = [entry for entry in _args if entry is not None]
    for entry in entries:
        if not isinstance(entry, (Tensor, bool, int, float, complex)):
            raise ValueError(f"Unexpected type {type(entry)} when computing elementwise type promotion!")
    if len(entries) == 1:
        found = entries[0].dtype if isinstance(entries[0], Tensor) else tensor(entries[0]).dtype
    else:
        found = _joined(entries)
    if type_promotion_kind is kinds.INT_TO_FLOAT and not is_grad_dtype(found):
        found = dtypes.get_default_dtype()
    if type_promotion_kind is kinds.BOOL_TO_LONG and found is dtypes.bool_:
        return dtypes.int64, dtypes.int64
    wide = {dtypes.float16: dtypes.float32, dtypes.bfloat16: dtypes.float32, dtypes.complex32: dtypes.complex64}
    computed = found if type_promotion_kind is kinds.NO_OPMATH else wide.get(found, found)
    if type_promotion_kind is kinds.ALWAYS_BOOL:
        return computed, dtypes.bool_
    if type_promotion_kind is kinds.COMPLEX_TO_FLOAT and is_complex_dtype(found):
        return computed, found.to_real()
    return computed, found


def _joined(entries: list[Any]) -> Any:
    """The dtype of several operands: tensors with dimensions before those without and numbers, which count where their category is higher."""
    from rushlight import Tensor, tensor

    def rank(entry: Any) -> int:
        return 2 if not isinstance(entry, Tensor) else int(entry.ndim == 0)

    found, strongest = None, min(map(rank, entries))
    for entry in sorted(entries, key=rank):
        own = entry.dtype if isinstance(entry, Tensor) else tensor(entry).dtype
        if found is not None and rank(entry) > strongest and own.is_complex and found.is_floating_point:
            own = found.to_complex()
        if found is None or rank(entry) > strongest and own.category > found.category:
            found, strongest = own, rank(entry)
        elif rank(entry) == strongest:
            found = dtypes.promote_optional(found, own)
    return found
