"""Random tensors for tests."""

from __future__ import annotations

import collections.abc
import math
import warnings
from typing import Any

import rushlight
from rushlight._core import dtypes

_torch: Any = rushlight


def _limits(dtype: Any, low: Any, high: Any) -> tuple[Any, Any]:
    """The range of values, checked and brought within what the dtype holds."""
    exact = not (dtype.is_floating_point or dtype.is_complex)
    if dtype is dtypes.bool_:
        least, most, default = 0, 2, (0, 2)
    elif exact:
        info = _torch.iinfo(dtype)
        least, most, default = info.min, info.max + (dtype is not dtypes.int64), (-9, 10)
    else:
        info = _torch.finfo(dtype)
        least, most, default = info.min, info.max, (-9, 9)
    low = default[0] if low is None else low
    high = default[1] if high is None else high
    if any(isinstance(value, float) and math.isnan(value) for value in (low, high)):
        raise ValueError(f"`low` and `high` cannot be NaN, but got low={low!r} and high={high!r}")
    if low == high and not exact:
        warnings.warn(
            "Passing `low==high` to `torch.testing.make_tensor` for floating or complex types is deprecated since 2.1 and will be removed "
            "in 2.3. Use `torch.full(...)` instead.",
            FutureWarning,
            stacklevel=3,
        )
    elif low >= high:
        raise ValueError(f"`low` must be less than `high`, but got {low} >= {high}")
    elif high < least or low >= most:
        raise ValueError(
            f"The value interval specified by `low` and `high` is [{low}, {high}), but {dtype} only supports [{least}, {most})"
        )
    low, high = (min(max(value, least), most) for value in (low, high))
    return (math.ceil(low), math.ceil(high)) if exact else (low, high)


def _uniform(tensor: Any, low: float, high: float) -> None:
    if high - low >= _torch.finfo(tensor.dtype).max:
        tensor.uniform_(low / 2, high / 2).mul_(2)
    else:
        tensor.uniform_(low, high)


def make_tensor(
    *shape: Any, dtype: Any, device: Any, low: float | None = None, high: float | None = None, requires_grad: bool = False,
    noncontiguous: bool = False, exclude_zero: bool = False, memory_format: Any = None,
) -> Any:  # fmt: skip
    """A tensor of uniform random numbers from [low, high).

    >>> torch.testing.make_tensor(3, dtype=torch.int64, device="cpu", low=0, high=2).shape
    torch.Size([3])
    """
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], collections.abc.Sequence) else shape
    exact = not (dtype.is_floating_point or dtype.is_complex)
    if noncontiguous and memory_format is not None:
        raise ValueError(
            f"The parameters `noncontiguous` and `memory_format` are mutually exclusive, but got noncontiguous={noncontiguous!r} and "
            f"memory_format={memory_format!r}"
        )
    if requires_grad and exact:
        raise ValueError(f"`requires_grad=True` is not supported for boolean and integral dtypes, but got dtype={dtype!r}")
    noncontiguous = noncontiguous and math.prod(sizes) > 1
    if noncontiguous:
        sizes = (*sizes[:-1], 2 * sizes[-1])
    low, high = _limits(dtype, low, high)
    if exact:
        result = _torch.randint(low, high, sizes, device=device, dtype=dtype)
    else:
        result = _torch.empty(sizes, device=device, dtype=dtype)
        _uniform(_torch.view_as_real(result) if dtype.is_complex else result, low, high)
    if noncontiguous:
        result = result[..., 1::2]
    elif memory_format is not None:
        result = result.clone(memory_format=memory_format)
    if exclude_zero:
        result[result == 0] = 1 if exact else _torch.finfo(dtype).tiny
    if not exact:
        result.requires_grad = requires_grad
    return result
