"""The dropout family: masks are drawn from PyTorch's random stream, and the products with them are ordinary operations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.tensor import META, wrap
from rushlight.ops import examples
from rushlight.ops.carriers import beside
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, op

_ALPHA = 1.7580993408473766  # minus the limit of selu for small numbers


def _draw(shape: Any, np_dtype: Any, kept: float, like: Any = None) -> Any:
    """Ones with probability `kept`, and zeros; those for the elements of `like` lie as they do, and are drawn in the order of memory."""
    from rushlight._generator import stream_of
    from rushlight.ops import streams
    from rushlight.ops.random_draws import drawn_into

    stream = stream_of(None)
    if like is None or tuple(shape) != like.shape:
        return streams.bernoulli(stream, shape, np_dtype, kept)
    return drawn_into(like, lambda sizes, contiguous: streams.bernoulli(stream, sizes, np_dtype, kept))


def _rounded(values: Any, np_dtype: Any) -> Any:
    return narrowed(values, np_dtype)


def _scaled(drawn: Any, kept: float) -> Any:
    """A drawn mask divided by the probability that an element is kept."""
    if drawn.dtype.itemsize == 2 and drawn.dtype.kind not in "iu":
        return _rounded(drawn.astype(np.float32) / np.float32(kept), drawn.dtype)
    return np.true_divide(drawn, kept, out=drawn)


def _check(input: Any, p: float) -> None:
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p:g}")


def _alpha_noise(drawn: Any, p: float) -> tuple[Any, Any]:
    """Factor and summand that keep mean and variance of selu's values, dropped ones becoming its limit."""
    scale = 1 / math.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    wide = drawn.astype(np.float32) if drawn.dtype.itemsize == 2 else drawn
    np_dtype = drawn.dtype
    summand = _rounded(wide - wide.dtype.type(1), np_dtype)
    summand = _rounded(summand * wide.dtype.type(_ALPHA * scale), np_dtype)
    summand = _rounded(summand + wide.dtype.type(_ALPHA * scale * p), np_dtype)
    return _rounded(wide * wide.dtype.type(scale), np_dtype), summand


def _written(name: str, in_place: bool, *values: Any) -> Any:
    target = REGISTRY[name]
    return target.apply_inplace([*values, *target.defaults]) if in_place else target(*values)


def _dropped(input: Any, p: float, train: bool, features: bool, alpha: bool, in_place: bool) -> Any:
    """The four operators, of elements or of whole channels, to zero or to selu's limit."""
    _check(input, p)
    if p == 0 or not train or input.numel() == 0:
        return input
    np_dtype = input._array.dtype
    if p == 1:
        return _written("mul.Tensor", in_place, input, beside(input, np.zeros((), np_dtype)))
    shape = tuple(input.shape)
    if features:
        if len(shape) < 2:
            raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
        shape = shape[:2] + (1,) * (len(shape) - 2)
    if input._flags & META:
        return _written("mul.Tensor", in_place, input, beside(input, np.zeros(shape, np_dtype)))
    like = None if features else input._array
    noise = examples.drawn(shape, lambda sizes: wrap(_draw(sizes, np_dtype, 1 - p, like)))
    drawn = examples.of_all(noise)._array
    if dtypes.of(drawn).category < dtypes.FLOATING:
        raise RuntimeError(f"result type Float can't be cast to the desired output type {dtypes.of(drawn).cpp}")
    if not alpha:
        return _written("mul.Tensor", in_place, input, examples.changed(noise, _scaled(drawn, 1 - p)))
    factor, summand = _alpha_noise(drawn, p)
    found = _written("mul.Tensor", in_place, input, examples.changed(noise, factor))
    return _written("add.Tensor", True, found, examples.changed(noise, summand))


def _declare(name: str, features: bool, alpha: bool) -> None:
    def call(input: Any, p: Any, train: Any) -> Any:
        return _dropped(input, p, train, features, alpha, False)

    def call_in_place(input: Any, p: Any, train: Any) -> Any:
        return _dropped(input, p, train, features, alpha, True)

    composite(name)(call)
    composite(name + "_")(call_in_place)


_declare("dropout", False, False)
_declare("feature_dropout", True, False)
_declare("alpha_dropout", False, True)
_declare("feature_alpha_dropout", True, True)


# ---------------------------------------------------------------- native_dropout: the mask is a result


def _factor(p: float, train: Any) -> float:
    return (0.0 if p == 1 else 1.0 / (1.0 - p)) if train else 1.0


@op(
    "native_dropout_backward", tensors=("grad_output", "mask"),
    grad_output=lambda grad, mask, scale: native_dropout_backward(grad, mask, scale),
)  # fmt: skip
def native_dropout_backward(grad_output: Any, mask: Any, scale: Any) -> Any:
    """The gradient where the mask holds, scaled."""
    whole = grad_output.dtype.kind in "biu"
    wide = grad_output.astype(np.float32) if whole or grad_output.dtype.itemsize == 2 else grad_output
    return _rounded(wide * mask * wide.dtype.type(scale), wide.dtype if whole else grad_output.dtype)


@op(
    "native_dropout", tensors=("input",), outputs=("result0", "result1"), pack=tuple,
    input=lambda grad, result1, p, train: native_dropout_backward(grad, result1, _factor(p, train)),
)  # fmt: skip
def native_dropout(input: Any, p: Any, train: Any) -> Any:
    """dropout and the mask of what it kept."""
    if input.size == 0:
        return input.copy(), np.empty(input.shape, bool)
    if train is not None and not train:
        return input.copy(), np.ones(input.shape, bool)
    drawn = _draw(input.shape, input.dtype, 1 - p, input)
    if dtypes.of(drawn).category < dtypes.FLOATING:
        raise RuntimeError(f"result type Float can't be cast to the desired output type {dtypes.of(drawn).cpp}")
    if p == 1:
        return np.zeros_like(input), np.zeros(input.shape, bool)
    mask = drawn != 0
    factor = _scaled(drawn, 1 - p)
    wide = np.float32 if input.dtype.itemsize == 2 else input.dtype
    return _rounded(input.astype(wide) * factor.astype(wide), input.dtype), mask
