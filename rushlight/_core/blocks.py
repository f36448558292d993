"""Large arrays a block at a time: what works element by element needs no temporaries larger than a block.

A kernel or gradient formula of several steps (`grad * (1 - result * result)`) makes an array for each step. On large arrays that is
memory nobody asked for, and time, since every step goes through all of it. Run on one block after the other the steps stay in the
processor's cache, and the result is the only large array. Each element goes through the same arithmetic, so the bits are the same.
"""

from __future__ import annotations

from typing import Any, Final

from numpy import concatenate, empty, ndarray

from rushlight._core.tensor import TensorBase

BLOCK: Final = 1 << 14  # elements
LARGE: Final = 1 << 16  # from here on


def is_large(value: Any) -> bool:
    """Whether something is an array that is worth the trouble."""
    return isinstance(value, ndarray) and bool(value.size >= LARGE)


def in_blocks(function: Any, values: list[Any], out: Any = None) -> Any:
    """function(*values) for a function that works element by element, into `out` if given; None, and nothing done, where blocks do
    not serve: operands in another than row-major order, or a result that is no array of the largest operand's shape."""
    shape = common_shape(values)
    if shape is None or out is not None and (out.shape != shape or not out.flags.c_contiguous):
        return None
    flat = True
    for value in values:
        if isinstance(value, ndarray):
            if not (value.size == 1 or value.shape == shape and value.flags.c_contiguous):
                flat = False
                if not is_row_major(value):
                    return None
    if not flat:
        return by_rows(function, values, shape, out)
    single = [value.reshape(-1) if isinstance(value, ndarray) and value.ndim else value for value in values]
    into = None if out is None else out.reshape(-1)
    count = 1
    for size in shape:
        count *= size
    found = along(function, single, count, BLOCK, (count,), into)
    return None if found is None else found.reshape(shape)


def common_shape(values: list[Any]) -> tuple[int, ...] | None:
    """The shape of the largest operand, if all others broadcast to it and it is worth the trouble."""
    largest: Any = None
    for value in values:
        if isinstance(value, ndarray):
            if largest is None or value.size > largest.size or value.size == largest.size and value.ndim > largest.ndim:
                largest = value
        elif isinstance(value, (list, tuple, TensorBase)):  # what is not cut with the others
            return None
    if largest is None or largest.size < LARGE:
        return None
    shape: tuple[int, ...] = largest.shape
    for value in values:
        if isinstance(value, ndarray) and value.shape != shape and not broadcasts(value.shape, shape):
            return None
    return shape


def broadcasts(shape: Any, wanted: Any) -> bool:
    """Whether an array of one shape stretches to another."""
    if len(shape) > len(wanted):
        return False
    for size, other in zip(reversed(shape), reversed(wanted)):
        if size != other and size != 1:
            return False
    return True


def is_row_major(array: Any) -> bool:
    """Whether an array's dimensions lie in memory in their order (those that do not move there aside)."""
    last = 0
    strides = array.strides
    for dim in range(array.ndim - 1, -1, -1):
        if array.shape[dim] != 1 and strides[dim] != 0:
            if strides[dim] < last:
                return False
            last = strides[dim]
    return True


def by_rows(function: Any, values: list[Any], shape: tuple[int, ...], out: Any) -> Any:
    """in_blocks(), cut along the first dimension that has several elements, and further where its parts are still large."""
    lead = 0
    while shape[lead] == 1:
        lead += 1
    rest = len(shape) - lead
    inner = shape[lead:]
    parts = []
    for value in values:
        if isinstance(value, ndarray) and value.ndim > rest:
            value = value.reshape(value.shape[value.ndim - rest :])  # ones alone are left out: no copy
        parts.append(value)
    row = 1
    for size in inner[1:]:
        row *= size
    into = None if out is None else out.reshape(inner)
    found = along(function, parts, inner[0], max(1, BLOCK // row), inner, into)
    return None if found is None else found.reshape(shape)


def along(function: Any, values: list[Any], count: int, step: int, shape: tuple[int, ...], out: Any, splits: bool = True) -> Any:
    """The function on parts of `step` entries of the first dimension, put together; `splits`: where one entry is still large, its parts
    may be computed apart as well."""
    cut = [isinstance(value, ndarray) and value.ndim == len(shape) and value.shape[0] == count for value in values]
    part: Any
    for start in range(0, count, step):
        stop = min(start + step, count)
        arguments = [value[start:stop] if sliced else value for value, sliced in zip(values, cut)]
        part = in_blocks(function, arguments) if splits and step == 1 else None
        if part is None:
            part = function(*arguments)
        if start == 0:
            if not isinstance(part, ndarray) or part.shape != (stop, *shape[1:]):
                return None
            if out is None:
                out = empty(shape, part.dtype)
        out[start:stop] = part
    return out


def by_element(function: Any, *values: Any) -> Any:
    """function(*values) for a function that works element by element, on large arrays block by block."""
    found = in_blocks(function, list(values))
    return function(*values) if found is None else found


def reduced(reduce: Any, function: Any, values: list[Any], axes: Any, keepdims: bool) -> Any:
    """reduce(function(*values), axis=axes, keepdims=keepdims) for a function that works element by element and a ufunc's `reduce`:
    the function's result, as large as the first value, is never there as a whole."""
    first = values[0]
    shape = first.shape
    if first.size < LARGE or axes is not None and not axes:
        return reduce(function(*values), axis=axes, keepdims=keepdims)
    if axes is None:
        axes = tuple(range(first.ndim))
        arrays = [value for value in values if isinstance(value, ndarray)]
        if all([value.size == 1 or value.shape == shape and value.flags.c_contiguous for value in arrays]):
            flat = [value.reshape(-1) if isinstance(value, ndarray) else value for value in values]
            found = folded(reduce, function, flat, (0,), BLOCK)
            return found.reshape((1,) * first.ndim) if keepdims else found.reshape(())
    row = first.size // shape[0]
    if 0 in axes:
        found = folded(reduce, function, values, axes, max(1, BLOCK // row))
    else:
        step, narrow = max(1, BLOCK // row), kept(shape, axes)
        found = along(lambda *part: reduce(function(*part), axis=axes, keepdims=True), values, shape[0], step, narrow, None, False)
    return found if keepdims else found.squeeze(axes)


def kept(shape: tuple[int, ...], axes: Any) -> tuple[int, ...]:
    """A shape with ones for what is reduced."""
    return tuple([1 if axis in axes else size for axis, size in enumerate(shape)])


def folded(reduce: Any, function: Any, values: list[Any], axes: Any, step: int) -> Any:
    """reduced() over the first dimension among others, with ones kept: a sum (or what `reduce` makes) of sums over its parts."""
    count = values[0].shape[0]
    ndim = values[0].ndim
    cut = [isinstance(value, ndarray) and value.ndim == ndim and value.shape[0] == count for value in values]
    parts: list[Any] = []
    for start in range(0, count, step):
        arguments = [value[start : start + step] if sliced else value for value, sliced in zip(values, cut)]
        parts.append(reduce(function(*arguments), axis=axes, keepdims=True))
        if len(parts) == 64:  # not all of them at once
            parts = [reduce(concatenate(parts), axis=(0,), keepdims=True)]
    return reduce(concatenate(parts), axis=(0,), keepdims=True)
