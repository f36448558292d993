"""torch.nn.functional: activations, losses and layers as functions.

Each part is a file of its own; what an operator does as it is needs no more than its name here.
"""

from __future__ import annotations

from typing import Any

from rushlight._install import elsewhere
from rushlight.nn.functional._operators import operator as _op
from rushlight.nn.functional.activation import *
from rushlight.nn.functional.attention import *
from rushlight.nn.functional.attention import _canonical_mask as _canonical_mask, _none_or_dtype as _none_or_dtype
from rushlight.nn.functional.ctc import *
from rushlight.nn.functional.dropout import *
from rushlight.nn.functional.fused import *
from rushlight.nn.functional.loss import *
from rushlight.nn.functional.normalization import *
from rushlight.nn.functional.pooling import *
from rushlight.nn.functional.resample import *
from rushlight.nn.functional.sparse import *
from rushlight.nn.functional.vision import *
from rushlight.ops import signatures
from rushlight.ops.declare import available

# Operators that are functions here as they are.
_BUILTINS = {
    "linear": "linear", "gelu": "gelu", "softplus": "softplus", "logsigmoid": "log_sigmoid", "one_hot": "one_hot",
    "softshrink": "softshrink", "hardshrink": "hardshrink", "prelu": "prelu", "relu_": "relu_", "elu_": "elu_", "celu_": "celu_",
    "selu_": "selu_", "leaky_relu_": "leaky_relu_", "hardtanh_": "hardtanh_", "threshold_": "threshold_", "rrelu_": "rrelu_",
    "bilinear": "bilinear", "cosine_similarity": "cosine_similarity", "pairwise_distance": "pairwise_distance", "pdist": "pdist",
    "scaled_dot_product_attention": "scaled_dot_product_attention", "conv1d": "conv1d", "conv2d": "conv2d", "conv3d": "conv3d",
    "conv_transpose1d": "conv_transpose1d", "conv_transpose2d": "conv_transpose2d", "conv_transpose3d": "conv_transpose3d",
    "conv_tbc": "conv_tbc", "avg_pool1d": "avg_pool1d", "avg_pool2d": "avg_pool2d", "avg_pool3d": "avg_pool3d",
    "pixel_shuffle": "pixel_shuffle", "pixel_unshuffle": "pixel_unshuffle", "channel_shuffle": "channel_shuffle",
    "native_channel_shuffle": "native_channel_shuffle", "adaptive_avg_pool1d": "adaptive_avg_pool1d",
}  # fmt: skip

# What PyTorch's file has besides, and programs that copy parts of it ask for.
_ELSEWHERE = {
    "_Reduction": "_reduction", "Tensor": "_torch:Tensor", "_pair": "modules.utils:_pair", "_single": "modules.utils:_single",
    "_triple": "modules.utils:_triple", "_list_with_default": "modules.utils:_list_with_default",
    "_in_projection_packed": "functional.attention:_project_packed", "_mha_shape_check": "functional.attention:_check_shapes",
    "_verify_batch_size": "functional.normalization:_several_values",
    "_verify_spatial_size": "functional.normalization:_several_positions", "grad": "grad",
    **{name: f"_leaked:{name}" for name in (
        "has_torch_function", "has_torch_function_unary", "has_torch_function_variadic", "handle_torch_function", "assert_int_or_pair",
        "GRID_SAMPLE_PADDING_MODES", "GRID_SAMPLE_INTERPOLATION_MODES", "reproducibility_notes", "tf32_notes", "sparse_support_notes",
        "BroadcastingList1", "BroadcastingList2", "BroadcastingList3", "boolean_dispatch", "Callable", "Optional", "TYPE_CHECKING",
    )},
}  # fmt: skip


def __getattr__(name: str) -> Any:
    operator = _BUILTINS.get(name)
    if operator is not None:
        namespace = "nn" if operator in signatures.table("nn") else "torch"
        if operator in signatures.table(namespace) and available(namespace, operator):
            globals()[name] = found = _op(operator)
            return found
    if name in _ELSEWHERE:
        from importlib import import_module

        where, _, inner = _ELSEWHERE[name].partition(":")
        module = import_module("rushlight.nn." + where)
        globals()[name] = found = getattr(module, inner) if inner else module
        return found
    return elsewhere(name, __name__)


def __dir__() -> list[str]:
    return sorted({*globals(), *_BUILTINS, *_ELSEWHERE})
