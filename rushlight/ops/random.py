"""Random factories and in-place draws, over the streams of `streams*.py`."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase, version_cell
from rushlight._generator import stream_of
from rushlight.ops import examples
from rushlight.ops.create import check_options, check_out, check_sizes, factory, into, is_meta, made, without_data
from rushlight.ops.later import later

streams = later("streams")


def drawn(name: str, size: Any, draw: Any, out: Any, dtype: Any, options: Any) -> TensorBase:
    """A new tensor of what draw(shape, np_dtype) gives."""
    layout, device, pin_memory, requires_grad = options
    check_options(layout, pin_memory)
    check_sizes(size)
    if out is not None:
        examples.refuse_random_out()
        check_out(name, out, dtype, device)
        if out._array.shape == tuple(size) and not out._array.flags.c_contiguous:
            streams.fill(out._array, lambda shape, contiguous: _flexible(draw, shape, out._array.dtype, contiguous))
            version_cell(out).value += 1
            return out
        return into(out, draw(tuple(size), out._array.dtype), requires_grad)
    np_dtype = (dtypes.get_default_dtype() if dtype is None else dtype).np_dtype
    if is_meta(device):
        return made(without_data(size, np_dtype), requires_grad, True)
    return examples.drawn(size, lambda shape: made(draw(shape, np_dtype), requires_grad))


def _flexible(draw: Any, shape: Any, np_dtype: Any, contiguous: bool) -> Any:
    """Call a draw, telling it of the target's layout if it wants to know."""
    if "contiguous" in draw.__code__.co_varnames[: draw.__code__.co_argcount]:
        return draw(shape, np_dtype, contiguous)
    return draw(shape, np_dtype)


# ---------------------------------------------------------------- uniform and normal


def _uniform(generator: Any, low: float = 0.0, high: float = 1.0) -> Any:
    return lambda shape, np_dtype: streams.uniform(stream_of(generator), shape, np_dtype, low, high)


def _normal(generator: Any, mean: float = 0.0, std: float = 1.0) -> Any:
    return lambda shape, np_dtype, contiguous=True: streams.normal(stream_of(generator), shape, np_dtype, mean, std, contiguous)


@factory("rand")
def rand(size: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """Uniform numbers from [0, 1)."""
    return drawn("rand", size, _uniform(None), out, dtype, options)


@factory("rand.generator")
def rand_generator(size: Any, generator: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """Uniform numbers from [0, 1)."""
    return drawn("rand", size, _uniform(generator), out, dtype, options)


@factory("randn")
def randn(size: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """Numbers of the standard normal distribution."""
    return drawn("randn", size, _normal(None), out, dtype, options)


@factory("randn.generator")
def randn_generator(size: Any, generator: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """Numbers of the standard normal distribution."""
    return drawn("randn", size, _normal(generator), out, dtype, options)


def _randint(generator: Any, low: int, high: int) -> Any:
    return lambda shape, np_dtype: streams.randint(stream_of(generator), shape, np_dtype, low, high)


def _integers(size: Any, generator: Any, low: int, high: int, out: Any, dtype: Any, options: Any) -> Any:
    if dtype is None and out is None:
        dtype = dtypes.int64
    return drawn("randint", size, _randint(generator, low, high), out, dtype, options)


@factory("randint")
def randint(high: Any, size: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """Whole numbers from [0, high)."""
    return _integers(size, None, 0, high, out, dtype, options)


@factory("randint.generator")
def randint_generator(high: Any, size: Any, generator: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """Whole numbers from [0, high)."""
    return _integers(size, generator, 0, high, out, dtype, options)


@factory("randint.low")
def randint_low(low: Any, high: Any, size: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """Whole numbers from [low, high)."""
    return _integers(size, None, low, high, out, dtype, options)


@factory("randint.low_generator")
def randint_low_generator(low: Any, high: Any, size: Any, generator: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """Whole numbers from [low, high)."""
    return _integers(size, generator, low, high, out, dtype, options)


@factory("randperm")
def randperm(n: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """The numbers from 0 to n - 1 in random order."""
    return randperm_generator(n, None, out, dtype, *options)


@factory("randperm.generator")
def randperm_generator(n: Any, generator: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """The numbers from 0 to n - 1 in random order."""
    if dtype is None and out is None:
        dtype = dtypes.int64

    def draw(shape: Any, np_dtype: Any) -> Any:
        if len(shape) == 1:
            return streams.randperm(stream_of(generator), n, np_dtype)
        return np.stack([draw(shape[1:], np_dtype) for _ in range(shape[0])])  # inside vmap

    return drawn("randperm", (n,), draw, out, dtype, options)
