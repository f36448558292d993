"""Which native kernels stand in for operators' NumPy kernels.

A native kernel (`_kernels_*.c`) takes the arguments of the operator's own kernel. It declines what it is not made for (other dtypes,
memory in another order, empty arrays, anything to be refused), and then the NumPy kernel is called. In the pure form there are none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rushlight._core import loops, plan, views
from rushlight._core.calls import ATTEMPTS
from rushlight._core.op import Op

KERNELS = {
    # views and products
    "view": "view",
    "_unsafe_view": "view",
    "select.int": "select",
    "slice.Tensor": "slice",
    "transpose.int": "transpose",
    "t": "turn",
    "permute": "permute",
    "unsqueeze": "unsqueeze",
    "expand": "expand",
    "diagonal": "diagonal",
    "mm": "matmul",
    "dot": "dot",
    "mv": "mv",
    "bmm": "bmm",
    "addmm": "addmm",
    "cat": "cat",
    "stack": "stack",
    # reductions
    "sum": "sum",
    "sum.dim_IntList": "sum_over",
    "mean": "mean",
    "mean.dim": "mean_over",
    "max": "max",
    "min": "min",
    "amax": "max_over",
    "amin": "min_over",
    "prod": "prod",
    "prod.dim_int": "prod_over",
    "var.correction": "var_over",
    "std.correction": "std_over",
    "linalg_vector_norm": "norm_over",
    # elementwise
    **{
        name: name
        for name in (
            "relu threshold_backward leaky_relu leaky_relu_backward hardtanh hardtanh_backward elu elu_backward sigmoid sigmoid_backward "
            "tanh_backward silu gelu gelu_backward softplus softplus_backward hardswish hardswish_backward hardsigmoid "
            "hardsigmoid_backward rsqrt addcmul addcdiv softshrink softshrink_backward hardshrink sign frac hypot logaddexp floor_divide "
            "nan_to_num celu erfc erfinv lgamma"
        ).split()
    },
    **{name: f"{name}_of" for name in ("exp", "expm1", "log1p", "erf", "sqrt")},
    "hardshrink_backward": "softshrink_backward",
    "sgn": "sign",
    **{f"{name}.{form}": name for name in ("fmod", "remainder") for form in ("Tensor", "Scalar")},
    "remainder.Scalar_Tensor": "remainder",
    "lerp.Scalar": "lerp",
    "add.Tensor": "scaled_sum",
    "sub.Tensor": "scaled_difference",
    "clamp.of_numbers": "clamp",
    "where.self": "choose",
    "pow.Tensor_Scalar": "power",
    "rsub.Scalar": "number_minus",
    # along lines and rows
    "_to_copy": "to_copy",
    "_softmax": "softmax",
    "_softmax_backward_data": "softmax_backward",
    "_log_softmax": "log_softmax",
    "_log_softmax_backward_data": "log_softmax_backward",
    "native_layer_norm": "layer_norm",
    "native_layer_norm_backward": "layer_norm_backward",
    # losses
    "nll_loss_forward": "nll_forward",
    "nll_loss_backward": "nll_backward",
    # looking up
    "select_backward": "select_backward",
    "slice_backward": "slice_backward",
    "index_select": "index_select",
    "embedding": "embedding",
    "index.Tensor": "index",
    "gather": "gather",
    "cumsum": "cumsum",
    # order and choice
    **{name: name for name in ("tril", "triu", "flip", "roll", "argmax", "argmin", "any", "all", "sort")},
    "masked_fill.Scalar": "masked_fill",
    "nonzero_indices": "nonzero",
    "sort.stable": "sort_stable",
    "max.dim": "max_along",
    "min.dim": "min_along",
    "topk": "topk_along",
    # images
    "max_pool2d_with_indices": "max_pool",
    "avg_pool2d": "average_pool",
    "avg_pool2d_backward": "average_pool_backward",
}

# Functions of tensors (compositions and factories) whose calls ask a native kernel of the same values first.
ATTEMPTED = {
    "size": "read_size",
    "stride": "read_stride",
    "dim": "read_ndim",
    "numel": "read_numel",
    "storage_offset": "read_offset",
    "element_size": "read_itemsize",
    "is_contiguous": "read_contiguous",
    "contiguous": "same_if_contiguous",
    "is_same_size": "read_same_size",
    "is_floating_point": "read_is_real",
    "is_complex": "read_is_complex",
    "is_nonzero": "read_truth",
    "item": "read_item",
    "equal": "equal",
    # random numbers
    "rand": "rand",
    "rand.generator": "rand_generator",
    "randn": "randn",
    "randn.generator": "randn_generator",
    "rand_like": "rand_like",
    "randn_like": "randn_like",
    "randint": "randint",
    "randint.generator": "randint_generator",
    "randint.low": "randint_low",
    "randint.low_generator": "randint_low_generator",
    "dropout": "dropout",
    # writes
    "fill_.Scalar": "fill_",
    "zero_": "zero_",
    "copy_": "copy_",
    "masked_fill_.Scalar": "masked_fill_",
    "scatter_.src": "scatter_",
    "scatter_add_": "scatter_add_",
    # dtypes
    "to": "to",
    "cpu": "stay",
    **{name: f"cast_{name}" for name in ("float", "double", "long", "int", "bool")},
    # new tensors
    "zeros": "make_zeros",
    "ones": "make_ones",
    "empty.memory_format": "make_empty",
    "full": "make_full",
    "scalar_tensor": "make_scalar",
    "zeros_like": "make_zeros_like",
    "ones_like": "make_ones_like",
    "empty_like": "make_empty_like",
    "full_like": "make_full_like",
    "new_zeros": "make_new_zeros",
    "new_ones": "make_new_ones",
    "new_empty": "make_new_empty",
    "new_full": "make_new_full",
    "arange": "make_range_to",
    "arange.start": "make_range_from",
    "arange.start_step": "make_range_in_steps",
    "linspace": "make_line",
    "eye": "make_eye",
    "eye.m": "make_eye_of",
    "tolist": "read_list",
}
# The same for in-place forms of operators.
ATTEMPTED_IN_PLACE = {"uniform": "uniform_", "normal": "normal_"}
# The same for attributes and special methods of Tensor.
ATTRIBUTES = {
    "shape": "read_shape",
    "dtype": "read_dtype",
    "ndim": "read_ndim",
    "device": "read_device",
    "requires_grad": "read_requires_grad",
    "is_leaf": "read_is_leaf",
    "grad": "read_gradient",
    "grad_fn": "read_node",
    "data": "read_data",
    "_version": "read_version",
    "itemsize": "read_itemsize",
    "nbytes": "read_nbytes",
    **{f"is_{name}": "read_false" for name in ("cuda", "meta", "sparse", "quantized", "mps", "xpu", "nested", "mkldnn")},
    "__setitem__": "set_item",
    "__bool__": "read_truth",
    "__float__": "read_float",
    "__int__": "read_int",
    "__index__": "read_index",
}


def attempt(spec: str, made: Any, in_place: bool = False) -> None:
    """Let calls of a function, or of an operator's in-place form, ask its native kernel first."""
    name = (ATTEMPTED_IN_PLACE if in_place else ATTEMPTED).get(spec)
    if name is not None and loops.NATIVE is not None:
        ATTEMPTS[made, in_place] = loops.helper(name)


def preferred(spec: str, kernel: Any) -> Any:
    """The kernel that an operator is to have: the native one before `kernel`, where there is one."""
    name = KERNELS.get(spec)
    return kernel if name is None else loops.kernel(name, kernel)


def direct_loop(spec: str, kernel: Any) -> Any:
    """What runs an operator's direct kernel on operands that need no thought: the native kernel alone, where there is one."""
    name = KERNELS.get(spec)
    return None if name is None else loops.declining(name, kernel)


# ---------------------------------------------------------------- formulas


def _text(formula: Any) -> Any:
    code = formula.__code__
    return code.co_code, code.co_names, code.co_consts, code.co_argcount


def _anonymous(text: Any) -> Any:
    return text[0], len(text[1]), text[2], text[3]


def _formula(text: str) -> Any:
    return _text(eval(f"lambda {text}"))


# Formulas that say no more than one of these run as what stands beside it, on plain arrays of one dtype of real numbers. They are found by
# what they say, so that a formula has one text and no second form of it can go astray.
_SHORTCUTS: dict[Any, Any] = {
    _formula("grad: grad"): plan.PASSES,
    _formula("grad, alpha: _scaled(grad, conj(alpha))"): plan.PASSES_ONE,
    _formula("grad, self_sym_sizes: expand_back(grad, self_sym_sizes)"): loops.declining("expand", None),
    _formula("grad, a, b, c, alpha: mm_mat1_backward(grad, a, b, c, alpha)"): loops.declining("mm_mat1_backward", None),
    _formula("grad, a, b, c, alpha: mm_mat2_backward(grad, a, b, c, alpha)"): loops.declining("mm_mat2_backward", None),
    _formula("grad, a, b, c: mm_mat1_backward(grad, a, b, c, 1)"): loops.declining("mm_mat1_backward", None),
    _formula("grad, a, b, c: mm_mat2_backward(grad, a, b, c, 1)"): loops.declining("mm_mat2_backward", None),
    _formula("grad, self, exponent: _pow_scalar_self(grad, self, exponent)"): loops.declining("power_slope", None),
    _formula("grad, alpha: _scaled(-grad, conj(alpha))"): loops.declining("negated_if_one", None),
    _formula("grad: -grad"): loops.loop(np.negative, "fd"),
    _formula("grad, other: grad * conj(other)"): loops.loop(np.multiply, "fd"),
    _formula("grad, other: grad / conj(other)"): loops.loop(np.true_divide, "fd"),
}
# Formulas that only call an operator with what they are given.
_OF_AN_OPERATOR = [
    _anonymous(_formula(f"{names}: operator({names})"))
    for names in ("a", "a, b", "a, b, c", "a, b, c, d", "a, b, c, d, e", "a, b, c, d, e, f")
]


def shortcut(formula: Callable[..., Any]) -> Any:
    """What a formula may be replaced by on plain arrays: see SHORTCUTS in _core/plan.py."""
    text = _text(formula)
    found = _SHORTCUTS.get(text)
    if found is not None or _anonymous(text) not in _OF_AN_OPERATOR:
        return found
    called = formula.__globals__.get(text[1][0])
    if not isinstance(called, Op):
        return None
    if called.promotes:
        return called.loop if called.direct_floats and text[3] == 2 else None
    return called.kernel if type(called) in (Op, views.ViewOp) and text[3] == len(called.params) else None


plan.SHORTCUTS.find = shortcut
