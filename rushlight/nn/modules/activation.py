"""Activations. MultiheadAttention is in `_attention`."""

from __future__ import annotations

from typing import Any

from rushlight.nn import functional as F, init
from rushlight.nn._torch import torch
from rushlight.nn.modules._attention import (
    MultiheadAttention as MultiheadAttention,
    _arg_requires_grad as _arg_requires_grad,
    _check_arg_device as _check_arg_device,
    _is_make_fx_tracing as _is_make_fx_tracing,
)
from rushlight.nn.modules._fields import fields, hidden, showing
from rushlight.nn.modules._names import as_torch
from rushlight.nn.modules.module import Module
from rushlight.nn.parameter import Parameter

__all__ = [
    "CELU", "ELU", "GELU", "GLU", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh", "LeakyReLU", "LogSigmoid", "LogSoftmax", "Mish",
    "MultiheadAttention", "PReLU", "RReLU", "ReLU", "ReLU6", "SELU", "SiLU", "Sigmoid", "Softmax", "Softmax2d", "Softmin", "Softplus",
    "Softshrink", "Softsign", "Tanh", "Tanhshrink", "Threshold",
]  # fmt: skip


@fields()
class Threshold(Module):
    """x where it is above the threshold, `value` elsewhere."""

    threshold: float
    value: float
    inplace: bool = False

    def forward(self, input: Any) -> Any:
        return F.threshold(input, self.threshold, self.value, self.inplace)


@fields()
class ReLU(Module):
    """max(x, 0)."""

    inplace: bool = False

    def forward(self, input: Any) -> Any:
        return F.relu(input, inplace=self.inplace)


@fields("lower", "upper", "inplace")
class RReLU(Module):
    """A leaky ReLU whose slope is drawn from [lower, upper] in training."""

    lower: float = 1.0 / 8
    upper: float = 1.0 / 3
    inplace: bool = False

    def forward(self, input: Any) -> Any:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)


class Hardtanh(Module):
    """x clamped to [min_val, max_val]."""

    __constants__ = ["min_val", "max_val", "inplace"]
    min_val: float
    max_val: float
    inplace: bool

    def __init__(
        self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False, min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        given = {"min": min_value, "max": max_value}
        for end, value in given.items():
            if value is not None:
                import warnings

                text = f"keyword argument `{end}_value` is deprecated and renamed to `{end}_val`"
                warnings.warn(text, FutureWarning, stacklevel=2)
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        self.inplace = inplace
        if self.max_val <= self.min_val:
            raise AssertionError(f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})")

    def forward(self, input: Any) -> Any:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    extra_repr = showing("min_val", "max_val", "inplace")


class ReLU6(Hardtanh):
    """min(max(x, 0), 6)."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    extra_repr = showing("inplace")


class Sigmoid(Module):
    """1 / (1 + exp(-x))."""

    def forward(self, input: Any) -> Any:
        return torch.sigmoid(input)


@fields()
class Hardsigmoid(Module):
    """relu6(x + 3) / 6."""

    inplace: bool = False
    extra_repr = hidden

    def forward(self, input: Any) -> Any:
        return F.hardsigmoid(input, self.inplace)


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, input: Any) -> Any:
        return torch.tanh(input)


@fields()
class SiLU(Module):
    """x * sigmoid(x)."""

    inplace: bool = False

    def forward(self, input: Any) -> Any:
        return F.silu(input, inplace=self.inplace)


@fields()
class Mish(Module):
    """x * tanh(softplus(x))."""

    inplace: bool = False

    def forward(self, input: Any) -> Any:
        return F.mish(input, inplace=self.inplace)


@fields()
class Hardswish(Module):
    """x * relu6(x + 3) / 6."""

    inplace: bool = False
    extra_repr = hidden

    def forward(self, input: Any) -> Any:
        return F.hardswish(input, self.inplace)


@fields()
class ELU(Module):
    """x where positive, alpha * (exp(x) - 1) elsewhere."""

    alpha: float = 1.0
    inplace: bool = False

    def forward(self, input: Any) -> Any:
        return F.elu(input, self.alpha, self.inplace)


@fields()
class CELU(Module):
    """max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0)."""

    alpha: float = 1.0
    inplace: bool = False

    def forward(self, input: Any) -> Any:
        return F.celu(input, self.alpha, self.inplace)


@fields()
class SELU(Module):
    """The scaled exponential linear unit."""

    inplace: bool = False

    def forward(self, input: Any) -> Any:
        return F.selu(input, self.inplace)


@fields()
class GLU(Module):
    """The first half of a dimension times the sigmoid of the second."""

    dim: int = -1

    def forward(self, input: Any) -> Any:
        return F.glu(input, self.dim)


@fields()
class GELU(Module):
    """x times the normal distribution function of x; approximate="tanh" for the approximation."""

    approximate: str = "none"

    def forward(self, input: Any) -> Any:
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


def _lambda_only(self: Any) -> str:
    return str(self.lambd)


@fields()
class Hardshrink(Module):
    """x outside of [-lambd, lambd], 0 within."""

    lambd: float = 0.5
    extra_repr = _lambda_only

    def forward(self, input: Any) -> Any:
        return F.hardshrink(input, self.lambd)


@fields()
class LeakyReLU(Module):
    """x where positive, negative_slope * x elsewhere."""

    __constants__ = ["inplace", "negative_slope"]
    negative_slope: float = 1e-2
    inplace: bool = False

    def forward(self, input: Any) -> Any:
        return F.leaky_relu(input, self.negative_slope, self.inplace)


class LogSigmoid(Module):
    """log(sigmoid(x))."""

    def forward(self, input: Any) -> Any:
        return F.logsigmoid(input)


@fields()
class Softplus(Module):
    """log(1 + exp(beta * x)) / beta."""

    beta: float = 1.0
    threshold: float = 20.0

    def forward(self, input: Any) -> Any:
        return F.softplus(input, self.beta, self.threshold)


@fields()
class Softshrink(Module):
    """x moved towards 0 by lambd."""

    lambd: float = 0.5
    extra_repr = _lambda_only

    def forward(self, input: Any) -> Any:
        return F.softshrink(input, self.lambd)


class PReLU(Module):
    """A leaky ReLU with learnt slopes."""

    __constants__ = ["num_parameters"]

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        self.num_parameters = num_parameters
        super().__init__()
        self.init = init
        self.weight = Parameter(torch.empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set all slopes to the first value."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Any) -> Any:
        return F.prelu(input, self.weight)

    extra_repr = showing("num_parameters")


class Softsign(Module):
    """x / (1 + |x|)."""

    def forward(self, input: Any) -> Any:
        return F.softsign(input)


class Tanhshrink(Module):
    """x - tanh(x)."""

    def forward(self, input: Any) -> Any:
        return F.tanhshrink(input)


class _Soft(Module):
    """What the softmax layers share."""

    dim: int | None

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if not hasattr(self, "dim"):
            self.dim = None

    extra_repr = showing("dim")


@fields()
class Softmin(_Soft):
    """softmax(-x)."""

    dim: int | None = None

    def forward(self, input: Any) -> Any:
        return F.softmin(input, self.dim, _stacklevel=5)


@fields()
class Softmax(_Soft):
    """exp(x) over its sum along a dimension."""

    dim: int | None = None

    def forward(self, input: Any) -> Any:
        return F.softmax(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """softmax over the channels of images."""

    def forward(self, input: Any) -> Any:
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3, _stacklevel=5)


@fields()
class LogSoftmax(_Soft):
    """log(softmax(x))."""

    dim: int | None = None

    def forward(self, input: Any) -> Any:
        return F.log_softmax(input, self.dim, _stacklevel=5)


as_torch(globals())
