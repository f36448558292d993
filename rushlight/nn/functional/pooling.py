"""Pooling."""

from __future__ import annotations

import math
from typing import Any

from rushlight.nn.functional._operators import operator as _op

__all__ = [  # noqa: PLE0604
    *[f"max_pool{count}d" for count in (1, 2, 3)], *[f"max_pool{count}d_with_indices" for count in (1, 2, 3)],
    *[f"adaptive_max_pool{count}d" for count in (1, 2, 3)], *[f"adaptive_max_pool{count}d_with_indices" for count in (1, 2, 3)],
    *[f"max_unpool{count}d" for count in (1, 2, 3)], *[f"lp_pool{count}d" for count in (1, 2, 3)],
    *[f"fractional_max_pool{count}d" for count in (2, 3)], *[f"fractional_max_pool{count}d_with_indices" for count in (2, 3)],
    "adaptive_avg_pool2d", "adaptive_avg_pool3d",
]  # fmt: skip


def _named(function: Any, name: str, doc: str) -> Any:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    function.__module__ = "rushlight.nn.functional"
    globals()[name] = function
    return function


def _chosen(function: Any, name: str, doc: str) -> None:
    """A function with `return_indices`, which calls itself by another name in the errors of its arguments, as in PyTorch."""
    _named(function, name, doc).__qualname__ = f"_{name}"


def _max_pool(count: int) -> None:
    name = f"max_pool{count}d"

    def with_indices(
        input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Any:  # fmt: skip
        return _op(f"{name}_with_indices")(input, kernel_size, [] if stride is None else stride, padding, dilation, ceil_mode)

    def pool(
        input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Any:  # fmt: skip
        if return_indices:
            return with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
        return _op(name)(input, kernel_size, [] if stride is None else stride, padding, dilation, ceil_mode)

    _named(with_indices, f"{name}_with_indices", "Maxima over windows, and their places.")
    _chosen(pool, name, "Maxima over windows, and their places if asked for.")


def _list_with_default(size: Any, defaults: Any) -> Any:
    """An output size whose missing entries are the input's."""
    if isinstance(size, (int, float)):
        return size
    if len(defaults) <= len(size):
        raise ValueError(f"Input dimension should be at least {len(size) + 1}")
    return [own if value is None else value for value, own in zip(size, defaults[-len(size) :])]


def _adaptive_max_pool(count: int) -> None:
    name = f"adaptive_max_pool{count}d"

    def with_indices(input: Any, output_size: Any, return_indices: bool = False) -> Any:
        return _op(name)(input, output_size if count == 1 else _sizes(output_size, input.size()))

    def pool(input: Any, output_size: Any, return_indices: bool = False) -> Any:
        found = with_indices(input, output_size)
        return found if return_indices else found[0]

    _named(with_indices, f"{name}_with_indices", "Maxima over windows that share the input out, and their places.")
    _chosen(pool, name, "Maxima over windows that share the input out, and their places if asked for.")


def _sizes(size: Any, defaults: Any) -> Any:
    if size is None:
        raise TypeError("object of type 'NoneType' has no len()")
    return _list_with_default(size, defaults)


def adaptive_avg_pool2d(input: Any, output_size: Any) -> Any:
    """Averages over windows that share the input out."""
    return _op("adaptive_avg_pool2d")(input, _sizes(output_size, input.size()))


def adaptive_avg_pool3d(input: Any, output_size: Any) -> Any:
    """Averages over windows that share the input out."""
    return _op("adaptive_avg_pool3d")(input, _sizes(output_size, input.size()))


def _fractional_max_pool(count: int) -> None:
    name = f"fractional_max_pool{count}d"

    def with_indices(
        input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
        _random_samples: Any = None,
    ) -> Any:  # fmt: skip
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
        if output_size is None:
            if count == 3:
                output_ratio = (output_ratio,) * 3 if isinstance(output_ratio, float) else output_ratio
            if len(output_ratio) > count:
                raise ValueError(f"{name} requires output_ratio to either be a single Int or tuple of Ints.")
            output_size = [int(input.size(at - count) * ratio) for at, ratio in enumerate(output_ratio)]
        if _random_samples is None:
            batch = 1 if input.dim() == count + 1 else input.size(0)
            _random_samples = _op("rand")(batch, input.size(-count - 1), count, dtype=input.dtype, device=input.device)
        return _op(name)(input, kernel_size, output_size, _random_samples)

    def pool(
        input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
        _random_samples: Any = None,
    ) -> Any:  # fmt: skip
        found = with_indices(input, kernel_size, output_size, output_ratio, False, _random_samples)
        return found if return_indices else found[0]

    _named(with_indices, f"{name}_with_indices", "Maxima over windows at random distances, and their places.")
    _chosen(pool, name, "Maxima over windows at random distances, and their places if asked for.")


def _tuple(value: Any, count: int) -> tuple[int, ...]:
    return (value,) * count if isinstance(value, int) else tuple(value)


def _unpool_size(input: Any, kernel_size: Any, stride: Any, padding: Any, output_size: Any) -> list[int]:
    """The size before pooling: that of the usual inverse, or the one given, if the pooling could have come from it."""
    count = len(kernel_size)
    default = [
        (size - 1) * step + kernel - 2 * extra for size, step, kernel, extra in zip(input.size()[-count:], stride, kernel_size, padding)
    ]
    if output_size is None:
        return default
    if len(output_size) == count + 2:
        output_size = output_size[2:]
    if len(output_size) != count:
        raise ValueError(
            f"output_size should be a sequence containing {count} or {count + 2} elements, but it has a length of '{len(output_size)}'"
        )
    for dim in range(count):
        least, most = default[dim] - stride[dim], default[dim] + stride[dim]
        if not least < output_size[dim] < most:
            raise ValueError(f'invalid output_size "{output_size}" (dim {dim} must be between {least} and {most})')
    return list(output_size)


def _max_unpool(count: int) -> None:
    def unpool(
        input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
    ) -> Any:
        kernel, extra = _tuple(kernel_size, count), _tuple(padding, count)
        step = kernel if stride is None else _tuple(stride, count)
        sizes = _unpool_size(input, kernel, step, extra, output_size)
        if count == 1:
            found = _op("max_unpool2d")(input.unsqueeze(-1), indices.unsqueeze(-1), [*sizes, 1])
            return found.squeeze(-1)
        if count == 2:
            return _op("max_unpool2d")(input, indices, sizes)
        return _op("max_unpool3d")(input, indices, sizes, step, extra)

    _named(unpool, f"max_unpool{count}d", "The inverse of max pooling: maxima at their places among zeros.")


def _lp_pool(count: int) -> None:
    def pool(input: Any, norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
        if norm_type == math.inf:
            return globals()[f"max_pool{count}d"](input.abs(), kernel_size, stride, 0, 1, ceil_mode)
        if norm_type == -math.inf:
            return -globals()[f"max_pool{count}d"](-input.abs(), kernel_size, stride, 0, 1, ceil_mode)
        size = math.prod(_tuple(kernel_size, count))
        found = _op(f"avg_pool{count}d")(input.pow(norm_type), kernel_size, [] if stride is None else stride, 0, ceil_mode)
        return (found.sign() * found.abs().relu()).mul(size).pow(1.0 / norm_type)

    _named(pool, f"lp_pool{count}d", "The p-norms of windows.")


for _count in (1, 2, 3):
    _max_pool(_count)
    _adaptive_max_pool(_count)
    _max_unpool(_count)
    _lp_pool(_count)
    if _count > 1:
        _fractional_max_pool(_count)
