"""torch.autograd._functions.tensor."""

from __future__ import annotations

import math
from typing import Any

from rushlight.autograd.function import Function

__all__ = ["Resize", "Type"]


class Resize(Function):
    """A tensor in another shape of as many elements."""

    __module__ = "torch.autograd._functions.tensor"

    @staticmethod
    def forward(ctx: Any, tensor: Any, sizes: Any) -> Any:
        ctx.sizes = sizes
        ctx.numel = math.prod(sizes)
        if tensor.numel() != ctx.numel:
            shapes = "x".join(map(str, sizes)), "x".join(map(str, tensor.size()))
            raise RuntimeError(
                f"requested resize to {shapes[0]} ({ctx.numel} elements in total), but the given tensor has a size of {shapes[1]} "
                f"({tensor.numel()} elements). autograd's resize can only change the shape of a given tensor, while preserving the number "
                "of elements. "
            )
        ctx.input_sizes = tensor.size()
        return tensor.contiguous().view(*sizes)

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        return grad_output.contiguous().view(ctx.input_sizes), None


class Type(Function):
    """A tensor of another type, as `Tensor.type` takes it."""

    __module__ = "torch.autograd._functions.tensor"

    @staticmethod
    def forward(ctx: Any, i: Any, dest_type: Any) -> Any:
        ctx.input_type = type(i)
        ctx.input_device = -1
        return i.type(dest_type)

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        return grad_output.type(ctx.input_type), None
