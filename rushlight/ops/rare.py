"""8-bit floats: which operators take them. Programs that never make one pay nothing: the guards are put before the kernels when a
program first does."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.op import Op
from rushlight.ops.declare import REGISTRY

# Operators that move or compare elements.
TAKES_FLOAT8 = frozenset((
    "_to_copy", "clone", "copy", "copy_", "alias", "fill", "fill_", "zero", "zero_", "eq", "ne", "cat", "stack", "index_select",
    "index", "index_put", "embedding", "where", "masked_select", "flip", "roll", "repeat", "isnan", "isinf", "isfinite", "abs", "all",
    "any", "constant_pad_nd", "diag_embed", "mul", "_local_scalar_dense", "contiguous", "select_scatter", "slice_scatter",
    "as_strided_scatter", "diagonal_scatter", "empty_like", "lift_fresh", "select_backward", "slice_backward", "diagonal_backward",
    "unfold", "view_as", "to", "narrow_copy", "detach", "resize_", "set_", "tile", "kron", "mm", "addmm", "repeat_interleave",
    "diagonal_copy",
))  # fmt: skip
_KERNELS = {
    "add": "add_stub", "sub": "add_stub", "rsub": "add_stub", "mul": "mul_cpu_reduced_float", "pow": "pow",
    "gather": "scatter_gather_tensor_cpu", "scatter": "scatter_gather_tensor_cpu", "scatter_add": "scatter_gather_tensor_cpu",
    "index_add": "scatter_gather_tensor_cpu", "masked_fill": "masked_fill", "masked_scatter": "masked_scatter",
    "sort": "sorting_kernel_method_name", "tril": "tril", "triu": "triu", "amax": "max_values_cpu", "amin": "min_values_cpu",
    "max": "max_all", "min": "min_all", "nonzero": "nonzero_count_cpu", "fmax": "fmax_cpu", "equal": "equal_notnan_cpu",
    "isclose": "mul_cpu_reduced_float", "nonzero_indices": "nonzero_count_cpu", "count_nonzero": "nonzero_count_cpu",
    "clamp": "clamp_scalar_cpu", "relu": "clamp_min_scalar_cpu", "_softmax": "softmax_lastdim_kernel_impl",
    "_log_softmax": "log_softmax_lastdim_kernel_impl", "sigmoid": "sigmoid_cpu_reduced_float", "gelu": "GeluKernelImpl",
    "silu": "silu_cpu", "linalg_vector_norm": "norm_cpu", "digamma": "digamma", "mse_loss": "mse_cpu", "std": "std_cpu",
    "var": "std_cpu", "mean": "sum_cpu", "div": "div_cpu_reduced_float", "logsumexp": "max_values_cpu",
    **{name: f"{name}_vml_cpu" for name in (
        "acos", "asin", "atan", "ceil", "cos", "erf", "erfc", "erfinv", "exp", "expm1", "floor", "lgamma", "log", "log10", "log1p", "log2",
        "round", "sin", "sqrt", "tan", "tanh", "trunc",
    )},
}  # fmt: skip


def _guarded(made: Op, kernel: Any) -> Any:
    name = made.name
    text = f"\"{_KERNELS.get(name, name + '_cpu')}\" not implemented for '%s'"

    def run(*values: Any, **options: Any) -> Any:
        for value in values:
            for array in value if type(value) is list else (value,):
                if isinstance(array, np.ndarray) and dtypes.of(array).index >= dtypes.FIRST_RARE:
                    raise NotImplementedError(text % dtypes.of(array).cpp)
        return kernel(*values, **options)

    return run


def _multiplication(made: Op, kernel: Any) -> Any:
    """A kernel that takes two tensors of 8-bit floats, and no numbers."""
    refuse = _guarded(made, kernel)

    def run(self: Any, other: Any) -> Any:
        both = isinstance(self, np.ndarray) and isinstance(other, np.ndarray) and self.dtype == other.dtype and other.ndim >= self.ndim > 0
        return kernel(self, other) if both else refuse(self, other)

    return run


def guard() -> None:
    """Let the operators that do not take 8-bit floats refuse them, in PyTorch's words."""
    for made in {id(entry): entry for entry in REGISTRY.values() if isinstance(entry, Op)}.values():
        if made.name == "mul" and made.promotes:
            made.kernel = _multiplication(made, made.kernel)
        elif not made.is_view and made.name not in TAKES_FLOAT8:
            made.kernel = _guarded(made, made.kernel)
