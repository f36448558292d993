"""Promotion of the operands of a pointwise operator, and the float32 arithmetic of 16-bit floats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy import ndarray, ufunc

from rushlight._core import dtypes
from rushlight._core.blocks import in_blocks, is_large
from rushlight._core.dtypes import COMPLEX, FLOATING, INTEGRAL, dtype
from rushlight._core.memory import in_step

if TYPE_CHECKING:
    from rushlight._core.op import Op

# What an operator computes in, given the promoted dtype of its operands (Op.computes).
COMMON: Final = 0  # the promoted dtype itself
FLOAT: Final = 1  # integers and bools become the default dtype (exp, true division)
COMPARE: Final = 2  # as COMMON, and 16-bit floats are compared as they are

_NUMBERS = (bool, int, float, complex)


def result_dtype(values: Any, join: Any = dtypes.combine_categories) -> dtype:
    """torch.result_type over arrays and Python numbers (anything else is ignored)."""
    dims: dtype | None = None
    zeros: dtype | None = None
    numbers: dtype | None = None
    for value in values:
        if isinstance(value, ndarray):
            if value.ndim:
                dims = dtypes.promote_optional(dims, dtypes.of(value))
            else:
                zeros = dtypes.promote_optional(zeros, dtypes.of(value))
        elif isinstance(value, np.generic):
            zeros = dtypes.promote_optional(zeros, dtypes.of(value))
        elif isinstance(value, _NUMBERS):
            numbers = dtypes.promote_optional(numbers, dtypes.of_scalar(value))
    found: dtype | None = join(dims, join(zeros, numbers))
    if found is None:
        raise RuntimeError("no operand has a dtype")
    return found


def join_operands(higher: dtype | None, lower: dtype | None) -> dtype | None:
    """combine_categories() as operators have it: here a complex number may join uint16, uint32 and uint64."""
    if higher is not None and lower is not None and higher.category == INTEGRAL and lower.category == COMPLEX:
        return lower
    return dtypes.combine_categories(higher, lower)


def cast(value: Any, target: Any) -> Any:
    """An operand as an array of NumPy dtype `target`; integers wrap around as in C."""
    if isinstance(value, (ndarray, np.generic)):
        return value if value.dtype is target else value.astype(target)
    if type(value) is float and target.kind == "f":
        return np.asarray(value, target)
    if isinstance(value, int) and not isinstance(value, bool) and target.kind in "iu":
        bits = 8 * target.itemsize
        wrapped = value & ((1 << bits) - 1)
        if target.kind == "i" and wrapped >> (bits - 1):
            wrapped -= 1 << bits
        return np.asarray(wrapped, target)
    return np.asarray(value).astype(target)


def alike(values: list[Any], positions: Any, chars: str) -> bool:
    """Whether all operands are arrays of one dtype, whose character is in `chars` (absent operands do not count)."""
    found: Any = None
    for index in positions:
        value = values[index]
        if value is None:
            continue
        if not isinstance(value, ndarray) or (found is not None and value.dtype is not found):
            return False
        found = value.dtype
    return found is not None and found.char in chars


def is_number(value: Any) -> bool:
    """Whether the value is a real Python number."""
    return type(value) is float or type(value) is int


def only_numbers(values: list[Any], positions: Any) -> bool:
    """Whether the operands after the first are real Python numbers, which cannot change a floating-point dtype."""
    for index in positions[1:]:
        value = values[index]
        if value is not None and not is_number(value):
            return False
    return True


def promote_arguments(op: Op, values: list[Any]) -> Any:
    """Run a pointwise kernel on `values`, its operands promoted as PyTorch promotes them."""
    try:
        found = promote_in_blocks(op, values) if is_large(values[op.tensor_params[0]]) else promote(op, values)
    except ValueError:
        check_shapes([values[index] for index in op.tensor_params])
        raise
    if isinstance(found, ndarray) and found.ndim > 1:
        first = values[op.tensor_params[0]]
        if not isinstance(first, ndarray) or found.strides != first.strides:
            operands = [values[index] for index in op.tensor_params if values[index] is not None]
            return in_step(found, operands if op.number_operand else [value for value in operands if isinstance(value, ndarray)])
    return found


def promote_in_blocks(op: Op, values: list[Any]) -> Any:
    """promote(), for a large first operand: block by block, unless a native kernel or one ufunc does it all without a temporary."""
    positions = op.tensor_params
    if op.draws or len(op.outputs) > 1:
        return promote(op, values)
    if alike(values, positions, op.direct):
        if isinstance(op.kernel, ufunc):
            return promote(op, values)
        found = None if op.native is None else op.native(*values)
        if found is not None:
            return found
    elif op.native is not None and values[positions[0]].itemsize == 2:
        return promote(op, values)
    if op.check_dtype is not None:
        op.check_dtype(common_dtype(op, values), values)
    found = in_blocks(lambda *part: promote(op, list(part)), values)
    return promote(op, values) if found is None else found


def check_shapes(operands: list[Any]) -> None:
    """Raise PyTorch's error for operands whose shapes do not broadcast."""
    found: tuple[int, ...] = ()
    for operand in operands:
        shape: tuple[int, ...] = operand.shape if isinstance(operand, ndarray) else ()
        count = max(len(found), len(shape))
        first = (1,) * (count - len(found)) + found
        second = (1,) * (count - len(shape)) + shape
        for dim in range(count - 1, -1, -1):
            if first[dim] != second[dim] and first[dim] != 1 and second[dim] != 1:
                raise RuntimeError(
                    f"The size of tensor a ({first[dim]}) must match the size of tensor b ({second[dim]}) at non-singleton dimension {dim}"
                )
        found = tuple(b if a == 1 else a for a, b in zip(first, second))


def promote(op: Op, values: list[Any]) -> Any:
    """promote_arguments(), with NumPy's error where shapes do not broadcast."""
    positions = op.tensor_params
    if len(positions) == 2 and len(values) == 2:
        a = values[0]
        b = values[1]
        if isinstance(a, ndarray) and isinstance(b, ndarray) and a.dtype is b.dtype and a.dtype.char in op.direct:
            return op.kernel(a, b)
    elif len(values) == 1:
        a = values[0]
        if isinstance(a, ndarray) and a.dtype.char in op.direct:
            return op.kernel(a)
    elif alike(values, positions, op.direct) and not (op.rounds_numbers and values[positions[0]].dtype.char == "e"):
        return op.kernel(*values)
    first = values[positions[0]]
    if isinstance(first, ndarray) and first.dtype.char in "fd" and only_numbers(values, positions):
        return run_as(op, values, dtypes.of(first))
    return run_as(op, values, common_dtype(op, values))


def common_dtype(op: Op, values: list[Any]) -> dtype:
    """The dtype in which a pointwise operator computes."""
    common = result_dtype([values[index] for index in op.tensor_params], join_operands)
    return dtypes.get_default_dtype() if op.computes == FLOAT and common.category <= INTEGRAL else common


def run_as(op: Op, values: list[Any], common: dtype) -> Any:
    """Run a kernel with its tensor operands as dtype `common`."""
    if op.check_dtype is not None:
        try:
            op.check_dtype(common, values)
        except NotImplementedError:
            check_shapes([values[index] for index in op.tensor_params])
            raise
    half = common.category == FLOATING and common.itemsize == 2 and op.computes != COMPARE
    if half and op.rounds_numbers:
        values = [float(np.asarray(value, common.np_dtype)) if is_number(value) else value for value in values]
    if half and op.native is not None:
        widened = op.native(*values)  # does what follows block by block
        if widened is not None:
            return widened
    working = dtypes.float32.np_dtype if half else common.np_dtype
    arguments = list(values)
    for index in op.tensor_params:
        value = values[index]
        if value is None:
            continue
        if half and isinstance(value, ndarray) and value.dtype.kind == "f" and value.dtype.itemsize > 2:
            value = value.astype(common.np_dtype)
        arguments[index] = cast(value, working)
    found = op.kernel(*arguments)
    return half_results(found, common) if half else found


def half_results(found: Any, common: dtype) -> Any:
    """float32 results of a 16-bit computation, rounded to its dtype."""
    if isinstance(found, (tuple, list)):
        return [half_results(entry, common) for entry in found]
    if found.dtype.char == "f":
        return found.astype(common.np_dtype)
    return found


_NUMBERS_AS_ARRAYS: Final[dict[Any, dict[Any, Any]]] = {}
_KEPT_NUMBERS: Final = 256


def as_array(value: Any, np_dtype: Any) -> Any:
    """A Python number as a 0-d array of dtype `np_dtype`; anything else as it is.

    NumPy converts a number in 0.2 us on each call; the arrays of the numbers met are kept. They are never written to.
    """
    if type(value) is not float and type(value) is not int:
        return value
    kept = _NUMBERS_AS_ARRAYS.get(np_dtype)
    if kept is None:
        kept = {}
        _NUMBERS_AS_ARRAYS[np_dtype] = kept
    found = kept.get(value)
    if found is None or value == 0:  # 0.0 and -0.0 are one key
        found = np.asarray(value, np_dtype)
        if len(kept) >= _KEPT_NUMBERS:
            kept.clear()
        kept[value] = found
    return found
