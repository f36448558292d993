"""Convolutions."""

from __future__ import annotations

import math
from typing import Any

from rushlight.nn import functional as F, init
from rushlight.nn._torch import torch
from rushlight.nn.modules._names import as_torch
from rushlight.nn.modules.lazy import LazyModuleMixin
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import _ntuple, _pair, _reverse_repeat_tuple, _single, _triple
from rushlight.nn.parameter import Parameter, UninitializedParameter

__all__ = [
    "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "LazyConv1d", "LazyConv2d", "LazyConv3d",
    "LazyConvTranspose1d", "LazyConvTranspose2d", "LazyConvTranspose3d",
]  # fmt: skip

_PADDINGS = {"same", "valid"}
_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


def _same_padding(kernel_size: Any, dilation: Any) -> list[int]:
    """What "same" adds at both ends of each dimension, the last dimension first."""
    found: list[int] = []
    for size, step in zip(reversed(kernel_size), reversed(dilation)):
        total = step * (size - 1)
        found += [total // 2, total - total // 2]
    return found


class _ConvNd(Module):
    __constants__ = [
        "stride", "padding", "dilation", "groups", "padding_mode", "output_padding", "in_channels", "out_channels", "kernel_size",
    ]  # fmt: skip
    in_channels: int
    out_channels: int
    bias: Any

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any, transposed: bool,
        output_padding: Any, groups: int, bias: bool, padding_mode: str, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        _check_settings(in_channels, out_channels, groups, padding, stride, padding_mode)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.transposed = transposed
        self.output_padding = output_padding
        self.groups = groups
        self.padding_mode = padding_mode
        if isinstance(padding, str):
            none = [0, 0] * len(kernel_size)
            self._reversed_padding_repeated_twice = _same_padding(kernel_size, dilation) if padding == "same" else none
        else:
            self._reversed_padding_repeated_twice = _reverse_repeat_tuple(padding, 2)  # type: ignore[assignment]
        channels = (in_channels, out_channels // groups) if transposed else (out_channels, in_channels // groups)
        self.weight = Parameter(torch.empty((*channels, *kernel_size), device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(torch.empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            if fan_in != 0:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        for name, usual in (("padding", 0), ("dilation", 1), ("output_padding", 0)):
            value = getattr(self, name)
            if value != (usual,) * len(value):
                parts.append(f"{name}={value}")
        if self.groups != 1:
            parts.append(f"groups={self.groups}")
        if self.bias is None:
            parts.append("bias=False")
        if self.padding_mode != "zeros":
            parts.append(f"padding_mode={self.padding_mode}")
        return ", ".join(parts)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if not hasattr(self, "padding_mode"):
            self.padding_mode = "zeros"


def _check_settings(in_channels: int, out_channels: int, groups: int, padding: Any, stride: Any, padding_mode: str) -> None:
    if groups <= 0:
        raise ValueError("groups must be a positive integer")
    if in_channels % groups != 0:
        raise ValueError("in_channels must be divisible by groups")
    if out_channels % groups != 0:
        raise ValueError("out_channels must be divisible by groups")
    if isinstance(padding, str):
        if padding not in _PADDINGS:
            raise ValueError(f"Invalid padding string {padding!r}, should be one of {_PADDINGS}")
        if padding == "same" and any(step != 1 for step in stride):
            raise ValueError("padding='same' is not supported for strided convolutions")
    if padding_mode not in _PADDING_MODES:
        raise ValueError(f"padding_mode must be one of {set(_PADDING_MODES)}, but got padding_mode='{padding_mode}'")


class _Convolution(_ConvNd):
    """A convolution over `_dims` dimensions by one of functional's functions."""

    _dims: int

    def _conv_forward(self, input: Any, weight: Any, bias: Any) -> Any:
        padding = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
            padding = (0,) * self._dims
        return getattr(F, f"conv{self._dims}d")(input, weight, bias, self.stride, padding, self.dilation, self.groups)

    def forward(self, input: Any) -> Any:
        """The convolution of a batch, or of one sample."""
        held = self._parameters
        try:  # faster than attributes
            weight, bias = held["weight"], held["bias"]
        except KeyError:
            weight, bias = self.weight, self.bias
        return self._conv_forward(input, weight, bias)


def _convolution(dims: int) -> Any:
    as_tuple = _ntuple(dims)

    def __init__(
        self: Any, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
        groups: int = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        padding = padding if isinstance(padding, str) else as_tuple(padding)
        _ConvNd.__init__(
            self, in_channels, out_channels, as_tuple(kernel_size), as_tuple(stride), padding, as_tuple(dilation), False, as_tuple(0),
            groups, bias, padding_mode, device=device, dtype=dtype,
        )  # fmt: skip

    return __init__


class Conv1d(_Convolution):
    """Convolution of sequences: (N, C, L)."""

    _dims = 1
    __init__ = _convolution(1)


class Conv2d(_Convolution):
    """Convolution of images: (N, C, H, W).

    >>> nn.Conv2d(16, 33, 3, stride=2)(torch.randn(20, 16, 50, 100)).shape
    torch.Size([20, 33, 24, 49])
    """

    _dims = 2
    __init__ = _convolution(2)


class Conv3d(_Convolution):
    """Convolution of volumes: (N, C, D, H, W)."""

    _dims = 3
    __init__ = _convolution(3)


class _ConvTransposeNd(_ConvNd):
    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any, transposed: bool,
        output_padding: Any, groups: int, bias: bool, padding_mode: str, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {self.__class__.__name__}')
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, transposed, output_padding, groups, bias, padding_mode,
            device=device, dtype=dtype,
        )  # fmt: skip

    def _output_padding(
        self, input: Any, output_size: Any, stride: Any, padding: Any, kernel_size: Any, num_spatial_dims: int, dilation: Any = None
    ) -> Any:
        """What is to be added at the end of each dimension for the output to have the wanted size."""
        if output_size is None:
            return _single(self.output_padding)
        others = 2 if input.dim() == num_spatial_dims + 2 else 1
        if len(output_size) == others + num_spatial_dims:
            output_size = output_size[others:]
        if len(output_size) != num_spatial_dims:
            raise ValueError(
                f"ConvTranspose{num_spatial_dims}D: for {input.dim()}D input, output_size must have {num_spatial_dims} or "
                f"{others + num_spatial_dims} elements (got {len(output_size)})"
            )
        least = [
            (input.size(d + others) - 1) * stride[d]
            - 2 * padding[d]
            + (1 if dilation is None else dilation[d]) * (kernel_size[d] - 1)
            + 1
            for d in range(num_spatial_dims)
        ]
        most = [low + step - 1 for low, step in zip(least, stride)]
        for size, low, high in zip(output_size, least, most):
            if size < low or size > high:
                raise ValueError(
                    f"requested an output size of {output_size}, but valid sizes range from {least} to {most} (for an input of "
                    f"{input.size()[2:]})"
                )
        return [size - low for size, low in zip(output_size, least)]


class _Transposed(_ConvTransposeNd):
    """A transposed convolution over `_dims` dimensions."""

    _dims: int

    def forward(self, input: Any, output_size: Any = None) -> Any:
        """The transposed convolution; `output_size` decides between the sizes that the stride leaves open."""
        dims = self._dims
        if self.padding_mode != "zeros":
            raise ValueError(f"Only `zeros` padding mode is supported for ConvTranspose{dims}d")
        added = self._output_padding(input, output_size, self.stride, self.padding, self.kernel_size, dims, self.dilation)
        function = getattr(F, f"conv_transpose{dims}d")
        return function(input, self.weight, self.bias, self.stride, self.padding, added, self.groups, self.dilation)


class _ConvTransposeMixin(_ConvTransposeNd):
    """Deprecated: the older name of _ConvTransposeNd."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        import warnings

        warnings.warn(
            "`_ConvTransposeMixin` is a deprecated internal class. Please consider using public APIs.", FutureWarning, stacklevel=2
        )
        super().__init__(*args, **kwargs)


def _transposed(dims: int) -> Any:
    as_tuple = _ntuple(dims)

    def __init__(
        self: Any, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
        groups: int = 1, bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        _ConvTransposeNd.__init__(
            self, in_channels, out_channels, as_tuple(kernel_size), as_tuple(stride), as_tuple(padding), as_tuple(dilation), True,
            as_tuple(output_padding), groups, bias, padding_mode, device=device, dtype=dtype,
        )  # fmt: skip

    return __init__


class ConvTranspose1d(_Transposed):
    """Transposed convolution of sequences."""

    _dims = 1
    __init__ = _transposed(1)


class ConvTranspose2d(_Transposed):
    """Transposed convolution of images."""

    _dims = 2
    __init__ = _transposed(2)


class ConvTranspose3d(_Transposed):
    """Transposed convolution of volumes."""

    _dims = 3
    __init__ = _transposed(3)


class _LazyConvXdMixin(LazyModuleMixin):
    """A convolution whose in_channels are those of the first input."""

    groups: int
    transposed: bool
    in_channels: int
    out_channels: int
    kernel_size: tuple[int, ...]
    weight: Any
    bias: Any
    _dims: int

    def reset_parameters(self) -> None:
        if not self.has_uninitialized_params() and self.in_channels != 0:
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self, input: Any, *args: Any, **kwargs: Any) -> None:
        """Make the parameters for the input's channels."""
        if not self.has_uninitialized_params():
            return
        self.in_channels = self._get_in_channels(input)
        if self.in_channels % self.groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        for name in ("weight", "bias"):
            held = getattr(self, name)
            if held is not None and not isinstance(held, UninitializedParameter):
                raise AssertionError(f"self.{name} must be an UninitializedParameter")
        channels = (self.in_channels, self.out_channels // self.groups)
        if not self.transposed:
            channels = (self.out_channels, self.in_channels // self.groups)
        self.weight.materialize((*channels, *self.kernel_size))
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()

    def _get_in_channels(self, input: Any) -> int:
        dims = self._get_num_spatial_dims()
        if input.dim() not in (dims + 1, dims + 2):
            raise RuntimeError(
                f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {self.__class__.__name__}, but got input of size: "
                f"{input.shape}"
            )
        return int(input.shape[1] if input.dim() == dims + 2 else input.shape[0])

    def _get_num_spatial_dims(self) -> int:
        return self._dims

    def _make_lazy(self, out_channels: int, bias: bool, device: Any, dtype: Any) -> None:
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_channels = out_channels
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)


def _lazy_convolution(
    self: Any, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1,
    bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
) -> None:  # fmt: skip
    LazyModuleMixin.__init__(self, 0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode, device=device, dtype=dtype)
    self._make_lazy(out_channels, bias, device, dtype)


def _lazy_transposed(
    self: Any, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
    bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
) -> None:  # fmt: skip
    settings = (0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode)
    LazyModuleMixin.__init__(self, *settings, device=device, dtype=dtype)
    self._make_lazy(out_channels, bias, device, dtype)


class LazyConv1d(_LazyConvXdMixin, Conv1d):  # type: ignore[misc]
    """Conv1d that learns in_channels from its first input."""

    cls_to_become = Conv1d
    __init__ = _lazy_convolution


class LazyConv2d(_LazyConvXdMixin, Conv2d):  # type: ignore[misc]
    """Conv2d that learns in_channels from its first input."""

    cls_to_become = Conv2d
    __init__ = _lazy_convolution


class LazyConv3d(_LazyConvXdMixin, Conv3d):  # type: ignore[misc]
    """Conv3d that learns in_channels from its first input."""

    cls_to_become = Conv3d
    __init__ = _lazy_convolution


class LazyConvTranspose1d(_LazyConvXdMixin, ConvTranspose1d):  # type: ignore[misc]
    """ConvTranspose1d that learns in_channels from its first input."""

    cls_to_become = ConvTranspose1d
    __init__ = _lazy_transposed


class LazyConvTranspose2d(_LazyConvXdMixin, ConvTranspose2d):  # type: ignore[misc]
    """ConvTranspose2d that learns in_channels from its first input."""

    cls_to_become = ConvTranspose2d
    __init__ = _lazy_transposed


class LazyConvTranspose3d(_LazyConvXdMixin, ConvTranspose3d):  # type: ignore[misc]
    """ConvTranspose3d that learns in_channels from its first input."""

    cls_to_become = ConvTranspose3d
    __init__ = _lazy_transposed


_ = _pair, _triple  # names that programs import from here


as_torch(globals())
