"""torch.nn.modules._functions: custom nodes that modules use."""

from __future__ import annotations

from typing import Any

from rushlight.autograd.function import Function


class BackwardHookFunction(Function):
    """Tensors as they are, behind a node that can carry hooks."""

    __module__ = "torch.nn.modules._functions"

    @staticmethod
    def forward(ctx: Any, *args: Any) -> Any:
        ctx.mark_non_differentiable(*[arg for arg in args if not arg.requires_grad])
        return args

    @staticmethod
    def backward(ctx: Any, *args: Any) -> Any:
        return args


class CrossMapLRN2d(Function):
    """Local response normalisation over neighbouring channels of images."""

    @staticmethod
    def forward(ctx: Any, input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> Any:
        if input.dim() != 4:
            raise ValueError(f"CrossMapLRN2d: Expected input to be 4D, got {input.dim()}D instead.")
        ctx.settings = (size, alpha, beta)
        scale = k + alpha / size * _windowed(input * input, size)
        output = input * scale.pow(-beta)
        ctx.scale = scale
        ctx.save_for_backward(input, output)
        return output

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        input, output = ctx.saved_tensors
        size, alpha, beta = ctx.settings
        ratio = _windowed(grad_output * output / ctx.scale, size, backward=True)
        grad = grad_output * ctx.scale.pow(-beta) - (2 * alpha * beta / size) * input * ratio
        return grad, None, None, None, None


def _windowed(values: Any, size: int, backward: bool = False) -> Any:
    """Sums over the channels around each channel.

    As in PyTorch the window of the backward pass is another one, and the first channel stays in all windows of the forward pass.
    """
    ahead = int((size - 1) / 2 + 1) - 1
    low, high = -ahead, ahead
    if backward:
        low = -int(size - (size - 1) / 2)
        high = low + size - 1
    channels = values.size(1)
    sums = values.new_zeros(values.shape)
    for shift in range(low, high + 1):
        start, stop = max(0, -shift), min(channels, channels - shift)
        if stop > start:
            sums[:, start:stop] += values[:, start + shift : stop + shift]
    if not backward:
        sums[:, ahead + 1 :] += values[:, :1]
    return sums
