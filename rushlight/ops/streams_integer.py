"""Integer draws and permutations, number for number as PyTorch's CPU kernels make them."""

import warnings
from collections.abc import Sequence

import numpy as np

from rushlight._core import loops

from .streams_common import DIGITS, FLOAT32, LARGEST, NAME, c_name, element_count, fresh, not_implemented
from .streams_state import Stream

_LOWEST = -(2**63)
_HIGHEST = 2**63 - 1
_WIDE_RANGE = 2**28  # from this range on a draw takes 64 bits, so that the remainder is nearly fair
_UNSIGNED = ("uint16", "uint32", "uint64")
_LONG_PERMUTATION = 600
_native_permutation = loops.helper("permutation")  # of 32-bit draws; None in the pure form
_PERMUTATIONS = ("uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")


def _bounds(dtype: np.dtype) -> tuple[int, int]:
    if dtype.kind == "b":
        return 0, 1
    if dtype == np.uint64:
        return 0, _HIGHEST
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)


def _is_floating(dtype: np.dtype) -> bool:
    return NAME[dtype] in DIGITS


def _nearest(value: int, dtype: np.dtype) -> int:
    """`value` as the floating `dtype` holds it, back as an int64; what does not fit becomes the lowest, as on x86."""
    wide = np.asarray(value, np.int64).astype(np.float64 if dtype.itemsize == 8 else FLOAT32)
    with np.errstate(all="ignore"):
        held = float(wide.astype(dtype))
    return int(held) if -(2.0**63) <= held < 2.0**63 else _LOWEST


def _tighten_low(low: int, dtype: np.dtype) -> int:
    """Move the start of a range up to a value the floating `dtype` holds, so that no draw rounds below it."""
    after = _nearest(low + 1, dtype)
    if after < low:
        low = after + (1 << (abs(low + 1).bit_length() - DIGITS[NAME[dtype]]))
    return low


def _tighten_high(high: int, dtype: np.dtype) -> int:
    """Move the end of a range down likewise."""
    before = _nearest(high - 1, dtype)
    if before >= high:
        high = before - (1 << (abs(high - 1).bit_length() - DIGITS[NAME[dtype]]))
    return high


def _check_range(low: int, last: int, dtype: np.dtype) -> None:
    floating = _is_floating(dtype)
    if not floating and dtype.kind not in "iub":
        raise RuntimeError("check_random_bounds handles only integral, floating-point and boolean types")
    ends = (("from", low), ("to - 1", last))
    if not floating:
        lowest, highest = _bounds(dtype)
        for name, value in ends:
            if not lowest <= value <= highest:
                raise RuntimeError(f"{name} is out of bounds for {c_name(dtype)}")
        return
    for name, value in ends:
        if abs(value) > LARGEST[NAME[dtype]]:
            raise RuntimeError(f"{name} is out of bounds for {c_name(dtype)}")
    digits = DIGITS[NAME[dtype]]
    for name, value in ends:
        if abs(value) > 2**digits:
            warnings.warn(f"{name} is out of bounds [-(2^{digits}), 2^{digits}]. Due to precision limitations "
                          f"{c_name(dtype)} can support discrete uniform distribution only within this range. This "
                          "warning will become an error in version 1.7 release, please fix the code in advance",
                          stacklevel=4)


def _draw_range(stream: Stream, shape: Sequence[int], dtype: np.dtype, width: int, low: int) -> np.ndarray:
    count = element_count(shape)
    if not count:
        return np.empty(shape, dtype)
    if width >= _WIDE_RANGE:
        draws = stream.bits64(count)
        if width < 2**64:
            draws %= np.uint64(width)
    else:
        draws = (stream.bits32(count) % np.uint32(width)).astype(np.uint64)
    values = draws.view(np.int64)
    if low:
        values += low  # wraps, as in C++
    return fresh(values, shape, dtype)


def _random_all(stream: Stream, shape: Sequence[int], dtype: np.dtype) -> np.ndarray:
    """Every value of int64, as `random_(-2**63, None)` asks."""
    kernel = "random_full_64_bits_range_kernel_cpu"
    count = element_count(shape)
    if not count:
        return np.empty(shape, dtype)
    if dtype.kind in "cb" or NAME[dtype] in (*_UNSIGNED, "float16"):
        raise not_implemented(kernel, dtype)
    if NAME[dtype] not in ("int64", "float64", "float32", "bfloat16"):
        raise RuntimeError(f"{kernel} handles only int64, double, float and bfloat16")
    return fresh(stream.bits64(count).view(np.int64), shape, dtype)


def _random_default(stream: Stream, shape: Sequence[int], dtype: np.dtype) -> np.ndarray:
    """`random_()`: the whole non-negative range of an integer dtype, [0, 2**digits] of a floating one."""
    count = element_count(shape)
    if not count:
        return np.empty(shape, dtype)
    if dtype.kind == "c" or NAME[dtype] in _UNSIGNED:
        raise not_implemented("random_kernel_cpu", dtype)
    width = 2 ** DIGITS[NAME[dtype]] + 1 if _is_floating(dtype) else _bounds(dtype)[1] + 1
    if dtype.itemsize == 8:
        draws = stream.bits64(count) % np.uint64(width)
    else:
        draws = stream.bits32(count) % np.uint32(width)
    return fresh(draws, shape, dtype)


def random(stream: Stream, shape: Sequence[int], dtype: np.dtype, low: int | None = None,
           high: int | None = None) -> np.ndarray:
    """Draw as `Tensor.random_` does: `random()`, `random(low, high)` or, without `high`, from `low` to the dtype's end.

    `random_(to)` is `low=0, high=to`. Raises RuntimeError for an empty range or one that the dtype does not hold.
    """
    if low is None:
        return _random_default(stream, shape, dtype)
    if high is None:
        return _random_from(stream, shape, dtype, low)
    if not low < high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    if _is_floating(dtype):
        low, high = _tighten_low(low, dtype), _tighten_high(high, dtype)
        if not low < high:
            raise RuntimeError("random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, "
                               f"but got from={low} >= to={high}")
    _check_range(low, high - 1, dtype)
    return _draw_range(stream, shape, dtype, high - low, low)


def _random_from(stream: Stream, shape: Sequence[int], dtype: np.dtype, low: int) -> np.ndarray:
    if low == _LOWEST:
        return _random_all(stream, shape, dtype)
    if _is_floating(dtype):
        last = 2 ** DIGITS[NAME[dtype]]
        low = _tighten_low(low, dtype)
        if not low < last:
            raise RuntimeError("random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to "
                               f"dtype, but got from={low} > to_inc={last}")
    elif dtype.kind in "iub":
        last = np.iinfo(dtype).max if dtype.kind != "b" else 1
        last = int(last) if last <= _HIGHEST else -1  # uint64's largest does not fit the int64 it is kept in
    else:
        raise RuntimeError("random_from_to_impl handles only integral, floating-point and boolean types")
    _check_range(low, last, dtype)
    return _draw_range(stream, shape, dtype, last - low + 1, low)


def randint(stream: Stream, shape: Sequence[int], dtype: np.dtype, low: int, high: int) -> np.ndarray:
    """Draw integers from [low, high) as `torch.randint` does: 32 bits a draw below a range of 2**28, else 64."""
    if dtype.kind == "i" and 0 <= low < high <= 127:
        count = element_count(shape)
        return (stream.bits32(count) % np.uint32(high - low) + np.uint32(low)).astype(dtype).reshape(shape)
    return random(stream, shape, dtype, low, high)


def _check_permutation(n: int, dtype: np.dtype) -> None:
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    if NAME[dtype] == "float16" and n > 2**11 + 1:
        raise RuntimeError("n cannot be greater than 2049 for Half type.")
    if NAME[dtype] == "float32" and n > 2**24 + 1:
        raise RuntimeError("n cannot be greater than 2^24+1 for Float type.")
    if NAME[dtype] == "float64" and n > 2**53 + 1:
        raise RuntimeError("n cannot be greater than 2^53+1 for Double type.")
    if dtype.kind in "iu" and n > 0 and n - 1 > np.iinfo(dtype).max:
        raise RuntimeError(f"value cannot be converted to type {NAME[dtype]}_t without overflow")
    if NAME[dtype] not in _PERMUTATIONS:
        raise not_implemented("randperm", dtype)


def randperm(stream: Stream, n: int, dtype: np.dtype) -> np.ndarray:
    """A permutation of `range(n)` as `torch.randperm` makes it: one 32-bit draw a swap (64-bit from 2**32 // 20 on)."""
    _check_permutation(n, dtype)
    if n < 2:
        return np.zeros(n, dtype)
    if n < (2**32 - 1) // 20:
        draws = stream.bits32(n - 1)
        made = _native_permutation(draws)
        if made is not None:
            return made if dtype.char == "l" else fresh(made, (n,), dtype)
        steps = draws % np.arange(n, 1, -1).astype(np.uint32)
    else:
        steps = stream.bits64(n - 1) % np.arange(n, 1, -1).astype(np.uint64)
    shuffle = _swap_one_by_one if n < _LONG_PERMUTATION else _swap_all
    return fresh(shuffle(steps), (n,), dtype)


def _swap_one_by_one(steps: np.ndarray) -> np.ndarray:
    values = list(range(steps.size + 1))
    for place, step in enumerate(steps.tolist()):
        if step:
            other = place + step
            values[place], values[other] = values[other], values[place]
    return np.array(values, np.int64)


def _swap_all(steps: np.ndarray) -> np.ndarray:
    """The same permutation without a loop over the elements.

    Step i swaps places i and t[i] >= i. Place t[i] then holds what the last earlier step with the same t left there,
    which is what that step had found at its own place. So `found[i]`, the value at place i when step i comes, is
    `found` of the last earlier step that aimed at i (or i itself), a chain that doubling follows to its end; and step
    i's result is `found` of the last earlier step that aimed at t[i] (or t[i] itself).
    """
    n = steps.size + 1
    places = np.arange(n, dtype=np.int64)
    targets = places.copy()
    targets[:-1] += steps.astype(np.int64)
    ordered = targets * n + places  # by target, then by step
    ordered.sort()
    by_target = ordered % n
    sorted_targets = targets[by_target]
    same = sorted_targets[1:] == sorted_targets[:-1]
    earlier = np.full(n, -1, np.int64)  # the last earlier step with the same target
    earlier[by_target[1:][same]] = by_target[:-1][same]
    found = places.copy()
    ends = np.append(~same, True)
    last_step, last_target = by_target[ends], sorted_targets[ends]
    last_step = np.where(last_step == last_target, earlier[last_step], last_step)
    aimed = last_step >= 0
    found[last_target[aimed]] = last_step[aimed]
    while True:
        further = found[found]
        if np.array_equal(further, found):
            break
        found = further
    return np.where(earlier >= 0, found[earlier], targets)
