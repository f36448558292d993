"""Draws that depend on tensors, and the in-place ones: bernoulli, normal, multinomial, poisson, uniform_, normal_, ...

The in-place methods are declared as operators whose kernel makes the new values; the result is then written into the tensor as
for any in-place operator, and the gradient that reaches it is zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.state import VMAP, get_mode
from rushlight._core.tensor import META, TensorBase, values_of
from rushlight._generator import stream_of
from rushlight.ops import examples, native
from rushlight.ops.carriers import zeros_like
from rushlight.ops.create import check_options, factory, is_meta, like, made, strides_like, with_strides, without_data
from rushlight.ops.declare import REGISTRY, op
from rushlight.ops.later import later
from rushlight.ops.view import expand

streams = later("streams")


def no_gradient(grad: Any) -> Any:
    """The gradient of what was overwritten or drawn."""
    return zeros_like(grad)


def drawn_into(array: Any, draw: Any) -> Any:
    """The values of draw(shape, contiguous) for a tensor of the array's layout, in the order of its memory."""
    if array.flags.c_contiguous:
        return draw(array.shape, True)
    order, back = streams.memory_order(array.shape, array.strides)
    return draw(tuple([array.shape[dim] for dim in order]), False).transpose(back)


def _in_place(spec: str, node: str, kernel: Any, params: tuple[str, ...]) -> None:
    """Declare spec's in-place form (`spec` is written without the underscore). A parameter may be called `from`."""
    declared = op(spec, grad_fn=node, self=no_gradient)(kernel)
    declared.params = params
    native.attempt(spec, declared, True)


def _uniform(self: Any, low: Any, high: Any, generator: Any) -> Any:
    stream = stream_of(generator)
    return drawn_into(self, lambda shape, contiguous: streams.uniform(stream, shape, self.dtype, low, high))


def _normal(self: Any, mean: Any, std: Any, generator: Any) -> Any:
    stream = stream_of(generator)
    return drawn_into(self, lambda shape, contiguous: streams.normal(stream, shape, self.dtype, mean, std, contiguous))


def _random(self: Any, generator: Any) -> Any:
    stream = stream_of(generator)
    return drawn_into(self, lambda shape, contiguous: streams.random(stream, shape, self.dtype))


def _random_from(self: Any, low: Any, high: Any, generator: Any) -> Any:
    stream = stream_of(generator)
    return drawn_into(self, lambda shape, contiguous: streams.random(stream, shape, self.dtype, low, high))


def _random_to(self: Any, to: Any, generator: Any) -> Any:
    return _random_from(self, 0, to, generator)


def _bernoulli(self: Any, p: Any, generator: Any) -> Any:
    stream = stream_of(generator)
    return drawn_into(self, lambda shape, contiguous: streams.bernoulli(stream, shape, self.dtype, p))


def _exponential(self: Any, lambd: Any, generator: Any) -> Any:
    stream = stream_of(generator)
    return drawn_into(self, lambda shape, contiguous: streams.exponential(stream, shape, self.dtype, lambd))


def _geometric(self: Any, p: Any, generator: Any) -> Any:
    stream = stream_of(generator)
    return drawn_into(self, lambda shape, contiguous: streams.geometric(stream, shape, self.dtype, p))


def _cauchy(self: Any, median: Any, sigma: Any, generator: Any) -> Any:
    stream = stream_of(generator)
    return drawn_into(self, lambda shape, contiguous: streams.cauchy(stream, shape, self.dtype, median, sigma))


def _log_normal(self: Any, mean: Any, std: Any, generator: Any) -> Any:
    stream = stream_of(generator)
    return drawn_into(self, lambda shape, contiguous: streams.log_normal(stream, shape, self.dtype, mean, std))


_in_place("uniform", "UniformBackward0", _uniform, ("self", "from", "to", "generator"))
_in_place("normal", "NormalBackward0", _normal, ("self", "mean", "std", "generator"))
_in_place("random.from", "RandomBackward0", _random_from, ("self", "from", "to", "generator"))
_in_place("random.to", "RandomBackward1", _random_to, ("self", "to", "generator"))
_in_place("random", "RandomBackward2", _random, ("self", "generator"))
_in_place("bernoulli.float", "BernoulliBackward2", _bernoulli, ("self", "p", "generator"))
_in_place("exponential", "ExponentialBackward0", _exponential, ("self", "lambd", "generator"))
_in_place("geometric", "GeometricBackward0", _geometric, ("self", "p", "generator"))
_in_place("cauchy", "CauchyBackward0", _cauchy, ("self", "median", "sigma", "generator"))
_in_place("log_normal", "LogNormalBackward0", _log_normal, ("self", "mean", "std", "generator"))


@op("bernoulli.Tensor", grad_fn="BernoulliBackward1", tensors=("self", "p"), self=no_gradient, p=no_gradient)
def bernoulli_tensor(self: Any, p: Any, generator: Any = None) -> Any:
    """For bernoulli_: 1 with the probabilities p, else 0."""
    p = expand(p, self.shape)
    return streams.bernoulli_of_tensor(stream_of(generator), p, self.shape, self.dtype, self.strides)


# ---------------------------------------------------------------- new tensors


@op("bernoulli", self=no_gradient)
def bernoulli(self: Any, generator: Any = None) -> Any:
    """1 with the tensor's values as probabilities, else 0."""
    return streams.bernoulli_of_tensor(stream_of(generator), self)


def _no_formula(name: str) -> Any:
    def formula(grad: Any) -> Any:
        raise RuntimeError(f"derivative for aten::{name} is not implemented")

    return formula


@op("bernoulli.p", grad_fn="NotImplemented", self=_no_formula("bernoulli"))
def bernoulli_p(self: Any, p: Any = 0.5, generator: Any = None) -> Any:
    """1 with probability p, else 0, in the tensor's shape."""
    return streams.bernoulli(stream_of(generator), self.shape, self.dtype, p)


@op("_standard_gamma", self=lambda grad, self, result: grad * REGISTRY["_standard_gamma_grad"](self, result))
def standard_gamma(self: Any, generator: Any = None) -> Any:
    """Draws of gamma distributions with the tensor's values as shapes and rate 1."""
    return streams.standard_gamma(stream_of(generator), self)


@op("_sample_dirichlet", grad_fn="NotImplemented", self=_no_formula("_sample_dirichlet"))
def sample_dirichlet(self: Any, generator: Any = None) -> Any:
    """Draws of Dirichlet distributions with the rows as concentrations."""
    return streams.sample_dirichlet(stream_of(generator), self)


@op("multinomial")
def multinomial(self: Any, num_samples: Any, replacement: Any = False, generator: Any = None) -> Any:
    """Indices drawn with the rows' weights as probabilities."""
    return streams.multinomial(stream_of(generator), self, num_samples, replacement)


@op("poisson", self=no_gradient)
def poisson(self: Any, generator: Any = None) -> Any:
    """Counts of Poisson distributions with the tensor's values as rates."""
    return streams.poisson(stream_of(generator), self)


@op("binomial", grad_fn="NotImplemented", tensors=("count", "prob"), count=_no_formula("binomial"), prob=_no_formula("binomial"))
def binomial(count: Any, prob: Any, generator: Any = None) -> Any:
    """Successes in `count` tries of probability `prob`."""
    return streams.binomial(stream_of(generator), count, prob)


@op("normal.Tensor_float", grad_fn="NormalBackward1", writes=1, tensors=("mean",), mean=lambda grad, mean_sym_sizes: no_gradient(grad))
def normal_mean(mean: Any, std: Any = 1.0, generator: Any = None) -> Any:
    """Normals of given means and one standard deviation."""
    return streams.normal_of_tensors(stream_of(generator), mean, std)


@op("normal.float_Tensor", grad_fn="NormalBackward2", writes=1, tensors=("std",), std=lambda grad, std_sym_sizes: no_gradient(grad))
def normal_std(mean: Any, std: Any, generator: Any = None) -> Any:
    """Normals of one mean and given standard deviations."""
    return streams.normal_of_tensors(stream_of(generator), mean, std)


@op(
    "normal.Tensor_Tensor", grad_fn="NormalBackward3", writes=1, tensors=("mean", "std"),
    mean=lambda grad, mean_sym_sizes: no_gradient(grad), std=lambda grad, std_sym_sizes: no_gradient(grad),
)  # fmt: skip
def normal_both(mean: Any, std: Any, generator: Any = None) -> Any:
    """Normals of given means and standard deviations."""
    return streams.normal_of_tensors(stream_of(generator), mean, std)


# ---------------------------------------------------------------- like another tensor


def _like(tensor: TensorBase, kernel: Any, values: tuple[Any, ...], memory_format: Any, dtype: Any, options: Any) -> Any:
    """A tensor of another's shape and layout, filled by an in-place kernel."""
    layout, device, pin_memory, requires_grad = options
    check_options(layout, pin_memory)
    array = tensor._array
    np_dtype = (dtypes.of(array) if dtype is None else dtype).np_dtype
    if tensor._flags & META and device is None or device is not None and is_meta(device):
        return with_strides(made(without_data(array.shape, np_dtype), requires_grad, True), strides_like(tensor, memory_format))
    if get_mode() & VMAP:
        return examples.drawn(array.shape, lambda shape: made(kernel(np.empty(shape, np_dtype), *values), requires_grad))
    target = like(array, np_dtype, memory_format, None)
    with np.errstate(all="ignore"):
        target[...] = kernel(target, *values)
    return made(target, requires_grad)


@factory("rand_like")
def rand_like(self: Any, memory_format: Any, dtype: Any, *options: Any) -> Any:
    """Uniform numbers from [0, 1) in another tensor's shape."""
    return _like(self, _uniform, (0.0, 1.0, None), memory_format, dtype, options)


@factory("rand_like.generator")
def rand_like_generator(self: Any, generator: Any, memory_format: Any, dtype: Any, *options: Any) -> Any:
    """Uniform numbers from [0, 1) in another tensor's shape."""
    return _like(self, _uniform, (0.0, 1.0, generator), memory_format, dtype, options)


@factory("randn_like")
def randn_like(self: Any, memory_format: Any, dtype: Any, *options: Any) -> Any:
    """Standard normals in another tensor's shape."""
    return _like(self, _normal, (0.0, 1.0, None), memory_format, dtype, options)


@factory("randn_like.generator")
def randn_like_generator(self: Any, generator: Any, memory_format: Any, dtype: Any, *options: Any) -> Any:
    """Standard normals in another tensor's shape."""
    return _like(self, _normal, (0.0, 1.0, generator), memory_format, dtype, options)


def _bound(value: Any) -> Any:
    return values_of(value).item() if isinstance(value, TensorBase) else value


@factory("randint_like", "randint_like.Tensor")
def randint_like(self: Any, high: Any, memory_format: Any, dtype: Any, *options: Any) -> Any:
    """Whole numbers from [0, high) in another tensor's shape."""
    return _like(self, _random_from, (0, _bound(high), None), memory_format, dtype, options)


@factory("randint_like.generator", "randint_like.Tensor_generator")
def randint_like_generator(self: Any, high: Any, generator: Any, memory_format: Any, dtype: Any, *options: Any) -> Any:
    """Whole numbers from [0, high) in another tensor's shape."""
    return _like(self, _random_from, (0, _bound(high), generator), memory_format, dtype, options)


@factory("randint_like.low_dtype")
def randint_like_low(self: Any, low: Any, high: Any, memory_format: Any, dtype: Any, *options: Any) -> Any:
    """Whole numbers from [low, high) in another tensor's shape."""
    return _like(self, _random_from, (low, high, None), memory_format, dtype, options)


@factory("randint_like.low_generator_dtype")
def randint_like_low_generator(
    self: Any, low: Any, high: Any, generator: Any, memory_format: Any, dtype: Any, *options: Any
) -> Any:
    """Whole numbers from [low, high) in another tensor's shape."""
    return _like(self, _random_from, (low, high, generator), memory_format, dtype, options)


@factory("normal.float_float")
def normal_new(mean: Any, std: Any, size: Any, generator: Any, out: Any, dtype: Any, *options: Any) -> Any:
    """Normals of one mean and standard deviation."""
    from rushlight.ops.random import drawn

    def draw(shape: Any, np_dtype: Any, contiguous: bool = True) -> Any:
        return streams.normal(stream_of(generator), shape, np_dtype, mean, std, contiguous)

    return drawn("normal", size, draw, out, dtype, options)
