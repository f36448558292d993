"""torch.nn.utils.memory_format: the memory format of convolutions' weights."""

from __future__ import annotations

from typing import Any

__all__ = ["convert_conv2d_weight_memory_format", "convert_conv3d_weight_memory_format"]


def _convert(module: Any, memory_format: Any, kinds: tuple[str, ...]) -> Any:
    from rushlight.nn.modules import conv

    if isinstance(module, tuple(getattr(conv, kind) for kind in kinds)):
        data = module.weight.detach().clone(memory_format=memory_format)
        module.weight.data = data.resize_(data.size(), memory_format=memory_format)
    for child in module.children():
        _convert(child, memory_format, kinds)
    return module


def convert_conv2d_weight_memory_format(module: Any, memory_format: Any) -> Any:
    """The module with the weights of all its convolutions of images in another memory format."""
    return _convert(module, memory_format, ("Conv2d", "ConvTranspose2d"))


def convert_conv3d_weight_memory_format(module: Any, memory_format: Any) -> Any:
    """The module with the weights of all its convolutions of volumes in another memory format."""
    return _convert(module, memory_format, ("Conv3d", "ConvTranspose3d"))
