"""Normalisations."""

from __future__ import annotations

from typing import Any

from rushlight.nn.functional._operators import operator as _op


def normalize(input: Any, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Any = None) -> Any:
    """x over its p-norm along `dim`, or over eps where that is larger."""
    size = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input / size if out is None else _op("div")(input, size, out=out)


def layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """(x - mean) / sqrt(variance + eps) over the last dimensions, times weight plus bias."""
    return _op("layer_norm")(input, normalized_shape, weight, bias, eps, True)


def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Any:
    """x over the root of its mean square over the last dimensions, times weight."""
    return _op("rms_norm")(input, normalized_shape, weight, eps)


def _several_values(size: Any) -> None:
    """Raise where a channel has a single value, which has no variance."""
    count = size[0]
    for entry in size[2:]:
        count *= entry
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {size}")


def group_norm(
    input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Normalisation of each sample over groups of channels."""
    if input.dim() < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.dim()}")
    _several_values([input.size(0) * input.size(1) // num_groups, num_groups, *input.shape[2:]])
    return _op("group_norm")(input, num_groups, weight, bias, eps, True)


def batch_norm(
    input: Any, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None, training: bool = False,
    momentum: float = 0.1, eps: float = 1e-5,
) -> Any:  # fmt: skip
    """Normalisation by channel, over the batch in training and by running statistics otherwise."""
    if training and (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    if training:
        _several_values(input.size())
        if eps <= 0.0:
            raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    elif eps < 0.0:
        raise ValueError(f"batch_norm eps must be non-negative, but got {eps}")
    return _op("batch_norm")(input, weight, bias, running_mean, running_var, training, momentum, eps, True)


def _several_positions(size: Any) -> None:
    """Raise where a channel of a sample has a single value."""
    count = 1
    for entry in size[2:]:
        count *= entry
    if count == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {size}")


def instance_norm(
    input: Any, running_mean: Any = None, running_var: Any = None, weight: Any = None, bias: Any = None, use_input_stats: bool = True,
    momentum: float = 0.1, eps: float = 1e-5,
) -> Any:  # fmt: skip
    """Normalisation of each channel of each sample."""
    if use_input_stats:
        _several_positions(input.size())
    return _op("instance_norm")(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, True)


def local_response_norm(input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Any:
    """x over a power of the mean square of neighbouring channels."""
    from rushlight.nn import functional

    dim = input.dim()
    if dim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality                          input (got {dim} dimensions)")
    if input.numel() == 0:
        return input
    square = input.mul(input)
    if dim == 3:
        padded = functional.pad(square.unsqueeze(1), (0, 0, size // 2, (size - 1) // 2))
        mean = functional.avg_pool2d(padded, (size, 1), stride=1).squeeze(1)
    else:
        sizes = input.size()
        rows = square.view(sizes[0], 1, sizes[1], sizes[2], -1)
        padded = functional.pad(rows, (0, 0, 0, 0, size // 2, (size - 1) // 2))
        mean = functional.avg_pool3d(padded, (size, 1, 1), stride=1).squeeze(1).view(sizes)
    return input / mean.mul(alpha).add(k).pow(beta)
