"""batch_norm and instance_norm, with running statistics."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import loops
from rushlight._core.state import GRAD, get_mode
from rushlight._core.tensor import DUAL, wrap
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.normalization_kernels import Normal, absent, need_float, new_like, only, parameter_dtype, widened
from rushlight.ops.pointwise import no_derivative
from rushlight.ops.view import size_at

# ---------------------------------------------------------------- channels


def _channels(array: Any) -> Any:
    """The array as (batch, channel, the rest), a view where it can be."""
    return array.reshape(array.shape[0], array.shape[1], math.prod(array.shape[2:]))


def _along_channels(values: Any, ndim: int) -> Any:
    """A vector in the shape that meets dimension 1."""
    return widened(values).reshape((1, -1) + (1,) * (ndim - 2))


def _channel_sums(array: Any) -> Any:
    """The sum of each channel: pairwise along memory, in double precision across the batch."""
    parts = _channels(array)
    if parts.shape[2] > 1:
        return np.add.reduce(np.add.reduce(parts, axis=2), axis=0, dtype=np.float64)
    flat = parts[:, :, 0]
    whole = flat.shape[0] - flat.shape[0] % 64
    if not whole:
        return np.add.reduce(flat, axis=0, dtype=np.float64)
    folded = np.add.reduce(flat[:whole].reshape(-1, 64, flat.shape[1]), axis=1)
    return np.add.reduce(folded, axis=0, dtype=np.float64) + np.add.reduce(flat[whole:], axis=0, dtype=np.float64)


def _moments(source: Any, count: int) -> tuple[Any, Any]:
    """The mean of each channel, and the sum of its squared deviations, in double precision."""
    sums = _native_sums(source, None, None)
    if sums is not None:
        mean = sums[0] / count
        return mean, _native_sums(source, None, mean)[1]
    mean = _channel_sums(source) / count
    centred = source - mean.astype(source.dtype).reshape((1, -1) + (1,) * (source.ndim - 2))
    return mean, _channel_sums(centred * centred)


# Sums and affine maps of channels in C: None where they decline, and always in the pure form.
_native_sums = loops.helper("channel_sums")
_native_map = loops.helper("channel_map")


def _double(vector: Any) -> Any:
    return np.ascontiguousarray(vector, np.float64)


def _update(running: Any, momentum: float, value: Any) -> None:
    """running = (1 - momentum) * running + momentum * value, in place."""
    if running is not None:
        running[...] = (1 - momentum) * widened(running) + momentum * value


def _check(input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: bool) -> None:
    channels = input.shape[1] if input.ndim > 1 else 0
    for name, value in (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)):
        if value is None:
            if name.startswith("running") and not training:
                raise RuntimeError(f"{name} must be defined in evaluation mode")
        elif math.prod(value.shape) != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {math.prod(value.shape)}")


# ---------------------------------------------------------------- the operators


def _normalized(input: Any, weight: Any, bias: Any, mean: Any, scale: Any) -> Any:
    ndim = input.ndim
    source = widened(input)
    factor = _double(scale) if weight is None else _double(scale) * widened(weight)
    found = _native_map(source, None, _double(mean), factor, np.zeros(factor.shape) if bias is None else _double(bias), None)
    if found is not None:
        return narrowed(found, input.dtype)
    found = new_like(input, source.dtype)
    np.subtract(source, _along_channels(mean, ndim), out=found)
    np.multiply(found, _along_channels(scale, ndim), out=found)
    if weight is not None:
        np.multiply(found, _along_channels(weight, ndim), out=found)
    if bias is not None:
        np.add(found, _along_channels(bias, ndim), out=found)
    return narrowed(found, input.dtype)


def _forward(
    input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: Any, momentum: Any, eps: Any
) -> Any:
    """(input - mean) / sqrt(variance + eps) by channel, times weight plus bias; updates the running statistics in training."""
    need_float(input, "batch_norm")
    statistics = parameter_dtype(input, weight, bias, running_mean, running_var)
    if not training:
        mean = widened(running_mean)
        scale = 1 / np.sqrt(widened(running_var) + mean.dtype.type(eps))
        return _normalized(input, weight, bias, mean, scale), np.empty(0, statistics), np.empty(0, statistics)
    source = widened(input)
    count = input.size // max(input.shape[1], 1)
    mean, spread = _moments(source, count)
    _update(running_mean, momentum, mean)
    _update(running_var, momentum, spread / (count - 1) if count > 1 else np.divide(spread, np.float64(0)))
    scale = 1 / np.sqrt(spread / count + eps)
    mean, scale = mean.astype(source.dtype).astype(statistics), scale.astype(source.dtype).astype(statistics)
    return _normalized(input, weight, bias, widened(mean), widened(scale)), mean, scale


def _formula(
    grad: Any, input: Any, weight: Any, running_mean: Any, running_var: Any, result1: Any, result2: Any, training: Any, eps: Any,
    output_mask: Any,
) -> Any:  # fmt: skip
    found = batch_norm_backward(grad, input, weight, running_mean, running_var, result1, result2, training, eps, output_mask)
    return only(found, output_mask)


def _twice(
    grads: Any, grad_out: Any, input: Any, weight: Any, running_mean: Any, running_var: Any, save_mean: Any, save_invstd: Any,
    train: Any, eps: Any,
) -> Any:  # fmt: skip
    if all(grad is None for grad in grads):
        return None, None, None
    channels = (1, input.shape[1]) + (1,) * (input.ndim - 2)
    if train:
        mean, scale = save_mean, save_invstd
    else:
        mean, scale = running_mean, REGISTRY["rsqrt"](running_var + eps)
    axes = (0, *range(2, input.ndim))
    normal = Normal(input, mean.reshape(channels), scale.reshape(channels), axes, not train)
    spread = None if weight is None else weight.reshape(channels)
    cotangents = [grads[0], *[None if grad is None else grad.reshape(channels) for grad in grads[1:]]]
    of_weight = None if weight is None else normal.of_weight(cotangents, grad_out)
    return (
        normal.of_input(cotangents, grad_out, spread),
        None if of_weight is None else REGISTRY["sum.dim_IntList"](of_weight, axes, False),
        normal.of_grad(cotangents, spread) + (grad_out * 0 if grads[0] is None and grads[1] is None else 0),
    )


@op(
    "native_batch_norm_backward",
    tensors=("grad_out", "input", "weight", "running_mean", "running_var", "save_mean", "save_invstd"),
    outputs=("result", "result1", "result2"), pack=tuple,
    **{"input, weight, grad_out": _twice},
    save_mean=no_derivative("native_batch_norm_backward save_mean"), save_invstd=no_derivative("native_batch_norm_backward save_invstd"),
)  # fmt: skip
def batch_norm_backward(
    grad_out: Any, input: Any, weight: Any, running_mean: Any, running_var: Any, save_mean: Any, save_invstd: Any, train: Any,
    eps: Any, output_mask: Any,
) -> Any:  # fmt: skip
    """The gradients of batch_norm's input, weight and bias."""
    ndim = input.ndim
    grad, source = widened(grad_out), widened(input)
    if train:
        mean, scale = widened(save_mean), widened(save_invstd)
    else:
        mean = widened(running_mean)
        scale = 1 / np.sqrt(widened(running_var) + mean.dtype.type(eps))
    parameter = input.dtype if weight is None else weight.dtype
    factor = scale if weight is None else scale * widened(weight)
    sums = _native_sums(source, grad, _double(mean))
    if sums is not None and input.dtype is source.dtype:
        totals, slopes = sums[0], sums[1] * scale
        by_input = _native_input(source, grad, mean, scale, factor, sums, train, output_mask)
        return [by_input, slopes.astype(parameter), totals.astype(parameter)]
    normal = (source - _along_channels(mean, ndim)) * _along_channels(scale, ndim)
    slopes, totals = _channel_sums(grad * normal), _channel_sums(grad)
    results = [absent(), slopes.astype(parameter), totals.astype(parameter)]
    if output_mask[0]:
        found = new_like(input, source.dtype)
        if train:
            count = max(input.size // max(input.shape[1], 1), 1)
            np.multiply(normal, _along_channels((slopes / count).astype(source.dtype), ndim), out=found)
            np.subtract(grad, found, out=found)
            np.subtract(found, _along_channels((totals / count).astype(source.dtype), ndim), out=found)
        else:
            found[...] = grad
        np.multiply(found, _along_channels(factor, ndim), out=found)
        results[0] = found.astype(input.dtype, copy=False)
    return results


def _native_input(source: Any, grad: Any, mean: Any, scale: Any, factor: Any, sums: Any, train: bool, output_mask: Any) -> Any:
    """The gradient of batch_norm's input by the native kernels: factor * (grad - mean of grad - normal * mean of grad * normal)."""
    if not output_mask[0]:
        return absent()
    factor, count = _double(factor), max(source.size // max(source.shape[1], 1), 1)
    if not train:
        return _native_map(grad, None, None, factor, np.zeros(factor.shape), None)
    slope = sums[1] * _double(scale) * scale / count
    return _native_map(source, grad, _double(mean), -slope * factor, -sums[0] / count * factor, factor)


_INPUTS = ("input", "weight", "bias", "running_mean", "running_var")


def _declare(spec: str, kernel: Any, formula: Any, tensors: Any = _INPUTS, grad_fn: str | None = None) -> Any:
    outputs = ("result", "result1", "result2")
    return op(spec, grad_fn=grad_fn, tensors=tensors, outputs=outputs, pack=tuple, **{"input, weight, bias": formula})(kernel)


native_batch_norm = _declare("native_batch_norm", _forward, _formula)


# ---------------------------------------------------------------- _native_batch_norm_legit: the same under other names


_declare("_native_batch_norm_legit", _forward, _formula)
_declare(
    "_native_batch_norm_legit.no_stats",
    lambda input, weight, bias, training, momentum, eps: _forward(input, weight, bias, None, None, training, momentum, eps),
    lambda grad, input, weight, result1, result2, training, eps, output_mask: _formula(
        grad, input, weight, None, None, result1, result2, training, eps, output_mask
    ),
    ("input", "weight", "bias"), "NativeBatchNormLegitBackward1",
)  # fmt: skip
_declare(
    "_native_batch_norm_legit_no_training",
    lambda input, weight, bias, running_mean, running_var, momentum, eps: _forward(
        input, weight, bias, running_mean, running_var, False, momentum, eps
    ),
    lambda grad, input, weight, running_mean, running_var, result1, result2, eps, output_mask: _formula(
        grad, input, weight, running_mean, running_var, result1, result2, False, eps, output_mask
    ),
    grad_fn="NativeBatchNormLegitNoTrainingBackward0",
)  # fmt: skip

_RESERVED = ("result", "result1", "result2", "result3")


def _declare_reserving(spec: str, train: bool) -> Any:
    """native_batch_norm in training or in evaluation, and the (empty) memory that other devices hand to its gradient."""

    def kernel(input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, momentum: Any, eps: Any) -> Any:
        return *_forward(input, weight, bias, running_mean, running_var, train, momentum, eps), np.empty(0, np.uint8)

    def formula(
        grad: Any, input: Any, weight: Any, running_mean: Any, running_var: Any, result1: Any, result2: Any, result3: Any, eps: Any,
        output_mask: Any,
    ) -> Any:  # fmt: skip
        return _formula(grad, input, weight, running_mean, running_var, result1, result2, train, eps, output_mask)

    return op(spec, tensors=_INPUTS, outputs=_RESERVED, pack=tuple, **{"input, weight, bias": formula})(kernel)


batch_norm_with_update = _declare_reserving("_batch_norm_with_update", True)
batch_norm_no_update = _declare_reserving("_batch_norm_no_update", False)


# ---------------------------------------------------------------- public forms


def _refuse_grad(name: str, **tensors: Any) -> None:
    for argument, value in tensors.items():
        if value is not None and value.requires_grad and get_mode() & GRAD:
            raise RuntimeError(
                f"The function '{name}' is not differentiable with respect to argument '{argument}'. This input cannot have "
                "requires_grad True."
            )


@composite("_batch_norm_impl_index")
def batch_norm_impl_index(
    input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: Any, momentum: Any, eps: Any, cudnn_enabled: Any
) -> Any:
    """native_batch_norm with its checks, and what PyTorch tells of the implementation that it chose."""
    _check(input, weight, bias, running_mean, running_var, training)
    reserve = wrap(np.empty(0, np.uint8))
    if not input.numel():
        found = input.clone()
        found = found if weight is None else found * weight[0]
        found = found if bias is None else found + bias[0]
        empty = wrap(np.empty(0, input._array.dtype))
        return found, empty, empty, reserve, 0
    _refuse_grad("native_batch_norm", running_mean=running_mean, running_var=running_var)
    if not training and any(value is not None and value._flags & DUAL for value in (running_mean, running_var)) and (
        any(value is not None and value._flags & DUAL for value in (input, weight, bias))
    ):
        raise RuntimeError("batch_norm is not differentiable wrt running_mean and running_var, they cannot have forward grad defined")
    return (*native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps), reserve, 0)


@composite("batch_norm")
def batch_norm(
    input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: Any, momentum: Any, eps: Any, cudnn_enabled: Any
) -> Any:
    """torch.batch_norm."""
    return batch_norm_impl_index(input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled)[0]


def _repeated(value: Any, count: int) -> Any:
    return None if value is None else value.repeat(count)


@composite("instance_norm")
def instance_norm(
    input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, use_input_stats: Any, momentum: Any, eps: Any,
    cudnn_enabled: Any,
) -> Any:  # fmt: skip
    """batch_norm of every sample by itself; the running statistics are averaged over the batch."""
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
    shape = [int(size) for size in input.shape]
    size_at(shape, 1)
    count, channels = shape[:2]
    mean, var = _repeated(running_mean, count), _repeated(running_var, count)
    scale, shift = _repeated(weight, count), _repeated(bias, count)
    flat = REGISTRY["view"].apply([REGISTRY["contiguous"](input), [1, count * channels, *shape[2:]]])
    found = batch_norm(
        flat, scale, shift, mean, var, use_input_stats, momentum, eps, cudnn_enabled
    )
    if use_input_stats:
        for running, repeated in ((running_mean, mean), (running_var, var)):
            if running is not None:
                running.copy_(repeated.view(count, channels).mean(0))
    return REGISTRY["view"].apply([found, shape])
