"""torch.nn.utils. Each file is imported when a program first names what is in it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# These two share their names with the files that they are in, so they must be here before the files are imported otherwise.
from rushlight.nn.utils.spectral_norm import spectral_norm as spectral_norm
from rushlight.nn.utils.weight_norm import weight_norm as weight_norm

_WHERE = {
    "clip_grad_norm": "clip_grad", "clip_grad_norm_": "clip_grad", "clip_grad_value_": "clip_grad",
    "get_total_norm": "clip_grad:_get_total_norm", "clip_grads_with_norm_": "clip_grad:_clip_grads_with_norm_",
    "convert_conv2d_weight_memory_format": "memory_format", "convert_conv3d_weight_memory_format": "memory_format",
    "fuse_conv_bn_eval": "fusion", "fuse_conv_bn_weights": "fusion", "fuse_linear_bn_eval": "fusion", "fuse_linear_bn_weights": "fusion",
    "parameters_to_vector": "convert_parameters", "vector_to_parameters": "convert_parameters", "skip_init": "init",
    "remove_spectral_norm": "spectral_norm", "remove_weight_norm": "weight_norm",
}  # fmt: skip
_MODULES = tuple("clip_grad convert_parameters fusion init memory_format parametrizations parametrize prune rnn stateless".split())

__all__ = sorted({*_WHERE, "parametrizations", "parametrize", "rnn", "spectral_norm", "stateless", "weight_norm"})  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        where, _, other = _WHERE[name].partition(":")
        found = getattr(import_module(f"{__name__}.{where}"), other or name)
    elif name in _MODULES:
        return import_module(f"{__name__}.{name}")
    else:
        from rushlight._install import elsewhere

        return elsewhere(name, __name__)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
