"""Sample arguments, in float64, for every differentiable operator of the registry.

An operator's tensors get shapes and ranges from the defaults below, by parameter name and kind, so that a new pointwise operator
or reduction needs no line here. DOMAINS narrows the range of an operator's operands; TABLE lists whole argument lists.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import samples_images
import samples_layers
import samples_rest

from rushlight._core.dtypes import float64
from rushlight._core.op import Op
from rushlight.ops.declare import REGISTRY


class Draw:
    """An array to draw: its shape, its range, and what is done to the drawn numbers."""

    def __init__(self, shape: tuple[int, ...], low: float = -1.9, high: float = 1.9, make: Any = None, turned: bool = False) -> None:
        self.shape, self.low, self.high, self.make, self.turned = shape, low, high, make, turned

    def array(self, random: np.random.Generator) -> Any:
        drawn = random.uniform(self.low, self.high, self.shape)
        if self.turned:
            drawn = drawn + 1j * random.uniform(-1.9, 1.9, self.shape)
        return drawn if self.make is None else self.make(drawn, random)

    def complex(self) -> Draw:
        """The same with imaginary parts."""
        return Draw(self.shape, self.low, self.high, self.make, True)


def R(*shape: int) -> Draw:
    """Any real numbers."""
    return Draw(shape)


def P(*shape: int) -> Draw:
    """Positive numbers."""
    return Draw(shape, 0.3, 2.2)


def U(*shape: int) -> Draw:
    """Numbers between -1 and 1."""
    return Draw(shape, -0.9, 0.9)


def Z(*shape: int) -> Draw:
    """Complex numbers."""
    return Draw(shape, turned=True)


def SPD(*shape: int) -> Draw:
    """Symmetric (Hermitian) positive definite matrices."""
    return Draw(shape, make=lambda drawn, random: drawn @ drawn.conj().swapaxes(-1, -2) + np.eye(shape[-1]))


def SYM(*shape: int) -> Draw:
    """Symmetric matrices with distant eigenvalues."""
    return Draw(shape, make=lambda drawn, random: drawn + drawn.swapaxes(-1, -2) + np.diag(np.arange(shape[-1]) * 3.0))


def LOW(*shape: int) -> Draw:
    """Lower triangular matrices, well away from singular."""
    return Draw(shape, make=lambda drawn, random: np.tril(drawn, -1) + np.diag(random.uniform(1, 2, shape[-1])))


def GOOD(*shape: int) -> Draw:
    """Square matrices, well away from singular."""
    return Draw(shape, make=lambda drawn, random: drawn + 4 * np.eye(shape[-1]))


def T(*shape: int) -> Draw:
    """A matrix that is not contiguous."""
    return Draw(shape, make=lambda drawn, random: np.ascontiguousarray(drawn.T).T)


def I(*values: Any) -> Any:  # noqa: E743
    """An index tensor."""
    return np.array(values, np.int64)


def M(text: str) -> Any:
    """A mask, rows separated by spaces."""
    return np.array([[mark == "1" for mark in row] for row in text.split()])


MASK, ROWS = M("101 011"), I([0, 1, 0], [1, 0, 1])
WEIGHT, TOTAL = np.array([0.5, 1.5, 1.25]), np.array(1.75)
PIVOTS = np.array([2, 3, 3], np.int32)

# operators -> the range of every operand
DOMAINS: dict[str, tuple[float, float]] = {
    **dict.fromkeys("log log2 log10 log1p sqrt rsqrt reciprocal lgamma digamma pow.Tensor_Tensor pow.Scalar polygamma".split(), (0.3, 2.2)),
    **dict.fromkeys("div.Tensor div.mode_None addcdiv xlogy.Tensor xlogy.Scalar_Self dist logit".split(), (0.3, 2.2)),
    **dict.fromkeys("remainder.Tensor fmod.Tensor pow.Tensor_Scalar div.mode_floor div.mode_trunc".split(), (0.3, 2.2)),
    **dict.fromkeys("asin acos atanh erfinv atan2 sinc".split(), (-0.9, 0.9)),
    **dict.fromkeys("logit bernoulli.Tensor bernoulli".split(), (0.1, 0.9)),
    **dict.fromkeys("tan cosh sinh".split(), (-1.2, 1.2)),
    **dict.fromkeys("poisson _standard_gamma normal.float_Tensor normal.Tensor_Tensor".split(), (0.3, 2.2)),
    "acosh": (1.2, 3.0),
    "hardswish": (-4.0, 4.0),
}

# What parameters that are no operands get, in every operator that is not in TABLE: two variants where two are listed.
VALUES: dict[str, tuple[Any, ...]] = {
    "dim": (1, 0), "keepdim": (False, True), "p": (0.4, 0.6), "generator": (None,), "value": (0.7,), "alpha": (1.5,), "beta": (0.8,),
    "threshold": (0.2,), "negative_slope": (0.3,), "decimals": (1,), "mean": (0.5,), "std": (1.5,), "from": (0,), "to": (5,), "lambd": (1.5,),
    "median": (0.1,), "sigma": (1.2,), "min_val": (-0.7,), "max_val": (0.8,), "is_result": (False,), "self_is_result": (False,),
    "scale": (1.1,), "input_scale": (0.9,), "weight": (0.3,), "approximate": ("none", "tanh"), "index": (0,), "diagonal": (0, 1),
    "stable": (True,), "k": (1, 2), "size": ((3, 2),), "dims": ((1, 0),),
}  # fmt: skip

TABLE: dict[str, list[list[Any]]] = {
    # views and their backward operators
    "as_strided_backward": [[R(2, 2), (6,), (1,), 0, (2, 2), (2, 1), 1], [R(2, 3), (6,), (1,), 0, (2, 3), (1, 1), 0]],
    "as_strided": [[R(6), (2, 2), (2, 1), 1], [R(2, 3), (2, 3), (1, 1)]],
    "_reshape_alias": [[R(6), (2, 3), (3, 1)]],
    "transpose.int": [[R(2, 3, 2), 0, -1], [R(2, 3), 1, 0]],
    "permute": [[R(2, 3, 4), (2, 0, 1)]],
    "unsqueeze": [[R(2, 3), 1], [R(), 0]],
    "squeeze": [[R(1, 3, 1)], [R(2, 3)]],
    "squeeze.dim": [[R(1, 3), 0], [R(2, 3), 0]],
    "squeeze.dims": [[R(1, 3, 1), (0, 2)]],
    "expand": [[R(3, 1), (2, 3, 4)], [R(), (2,)], [R(1, 3), (2, -1)]],
    "view_as_real": [[Z(2, 3)]],
    "view_as_complex": [[R(3, 2)]],
    "select_backward": [[R(3), (2, 3), 0, 1], [R(2), (2, 3), -1, -1]],
    "select.int": [[R(2, 3), 0, 1], [R(2, 3), -1, -1]],
    "slice_backward": [[R(2, 2), (2, 4), 1, 0, 4, 2]],
    "slice.Tensor": [[R(5, 2), 0, 1, 5, 2], [R(2, 5), 1, -2, None, 1]],
    "diagonal_backward": [[R(2), (2, 3), 0, 0, 1], [R(3, 1), (2, 3, 2), 1, 0, 2]],
    "diagonal": [[R(2, 3)], [R(2, 3, 2), -1, 0, 2]],
    "split.Tensor": [[R(5, 2), 2], [R(2, 4), 2, 1]],
    "split_with_sizes": [[R(5, 2), (1, 4)], [R(2, 4), (1, 0, 3), 1]],
    "unsafe_split.Tensor": [[R(5, 2), 2]],
    "unsafe_split_with_sizes": [[R(5, 2), (1, 4)]],
    "unbind.int": [[R(3, 2)], [R(2, 3), 1]],
    "unfold_backward": [[R(3, 3), (7,), 0, 3, 2], [R(3, 2, 2), (4, 2), 0, 2, 1]],
    "unfold": [[R(7), 0, 3, 2], [R(4, 2), 0, 2, 1]],
    "_squeeze_first": [[R(1, 2, 3), 0]],
    "strided_part": [[R(2, 3), (3, 1), (2,), (3,), 1]],
    "strided_replace": [[R(2, 3), R(2), (3, 1), (2,), (3,), 1]],
    # copies of views
    "permute_copy": [[R(2, 3, 4), (2, 0, 1)]],
    "transpose_copy.int": [[R(2, 3), 0, 1]],
    "unsqueeze_copy": [[R(2, 3), 1]],
    "squeeze_copy": [[R(1, 3)]],
    "squeeze_copy.dim": [[R(1, 3), 0]],
    "squeeze_copy.dims": [[R(1, 3, 1), (0, 2)]],
    "select_copy.int": [[R(2, 3), 1, 2]],
    "slice_copy.Tensor": [[R(5, 2), 0, 1, 5, 2]],
    "expand_copy": [[R(3, 1), (2, 3, 4)]],
    "view_as_real_copy": [[Z(2, 3)]],
    "view_as_complex_copy": [[R(3, 2)]],
    "as_strided_copy": [[R(6), (2, 2), (2, 1), 1]],
    "unfold_copy": [[R(7), 0, 3, 2]],
    "narrow_copy": [[R(4, 2), 0, 1, 2]],
    "select_scatter": [[R(2, 3), R(2), 1, 2]],
    "slice_scatter": [[R(5, 2), R(2, 2), 0, 1, 5, 2]],
    "diagonal_scatter": [[R(2, 3), R(2)], [R(3, 3), R(2), 1]],
    # copies and fills
    "copy": [[R(2, 3), R(2, 3)], [R(2, 3), R(3)]],
    "fill.Tensor": [[R(2, 3), R()]],
    # pointwise operators with operands of their own
    "rsub.Scalar": [[R(2, 3), 1.5, 2]],
    "pow.Tensor_Scalar": [[P(2, 3), 2.5], [P(2, 3), 2], [P(2, 3), 0.5], [R(2, 3), 3], [P(2, 3), -1], [R(2, 3), 0]],
    "pow.Scalar": [[1.7, R(2, 3)]],
    "addcmul": [[R(2, 3), R(3), R(2, 1), 0.5], [R(2, 3), R(2, 3), R(2, 3)]],
    "addcdiv": [[R(2, 3), R(3), P(2, 1), 0.5], [R(2, 3), R(2, 3), P(2, 3)]],
    "lerp.Scalar": [[R(2, 3), R(2, 3), 0.3], [R(2, 3), R(3), 0.8]],
    "lerp.Tensor": [[R(2, 3), R(2, 3), U(2, 3)], [R(2, 3), R(3), U(2, 1)]],
    "where.self": [[MASK, R(2, 3), R(2, 3)], [MASK, R(3), R(2, 1)], [MASK, R(2, 3), R()]],
    "polygamma.in_place": [[P(2, 3), 1]],
    "polygamma": [[1, P(2, 3)], [2, P(3)]],
    "complex": [[R(2, 3), R(2, 3)]],
    "polar": [[P(2, 3), R(2, 3)]],
    "angle": [[Z(2, 3)], [R(2, 3)]],
    "tanh_backward": [[R(2, 3), U(2, 3)]],
    "sigmoid_backward": [[R(2, 3), U(2, 3)]],
    "elu_backward": [[R(2, 3), 1.2, 1.1, 0.9, False, R(2, 3)], [R(2, 3), 1.2, 1.1, 0.9, True, U(2, 3)]],
    "elu.in_place": [[R(2, 3), 1.2, 1.1, 0.9]],
    "softplus_backward": [[R(2, 3), R(2, 3), 0.8, 1.0]],
    "softplus": [[R(2, 3)], [R(2, 3), 0.8, 1.0]],
    "hardswish_backward": [[R(2, 3), Draw((2, 3), -4, 4)]],
    "clamp.of_tensors": [[R(2, 3), U(2, 3), P(3)], [R(2, 3), None, U(3)], [R(2, 3), U(3), None]],
    "clamp.of_numbers": [[R(2, 3), -0.5, 0.6], [R(2, 3), None, 0.1]],
    "clamp_min": [[R(2, 3), -0.1]],
    "clamp_max": [[R(2, 3), 0.1]],
    "clamp_min.Tensor": [[R(2, 3), R(3)]],
    "clamp_max.Tensor": [[R(2, 3), R(3)]],
    "xlogy.Scalar_Self": [[1.5, P(2, 3)]],
    "xlogy.Scalar_Other": [[R(2, 3), 1.5]],
    "nan_to_num": [[R(2, 3), 0.5, 2.0, -2.0]],
    "logit": [[Draw((2, 3), 0.1, 0.9)], [Draw((2, 3), -0.2, 1.2), 0.25]],
    # matrices
    "mm": [[R(2, 3), R(3, 4)], [T(2, 3), T(3, 4)], [Z(2, 3), Z(3, 2)]],
    "mv": [[R(2, 3), R(3)]],
    "dot": [[R(3), R(3)], [Z(3), Z(3)]],
    "vdot": [[R(3), R(3)], [Z(3), Z(3)]],
    "bmm": [[R(2, 2, 3), R(2, 3, 4)], [Z(2, 2, 3), Z(2, 3, 2)]],
    "addmm": [[R(2, 4), R(2, 3), R(3, 4), 0.8, 1.5], [R(4), R(2, 3), R(3, 4)]],
    "addmv": [[R(2), R(2, 3), R(3), 0.8, 1.5]],
    "addr": [[R(2, 3), R(2), R(3), 0.8, 1.5]],
    "baddbmm": [[R(2, 2, 4), R(2, 2, 3), R(2, 3, 4), 0.8, 1.5]],
    "addbmm": [[R(2, 4), R(3, 2, 3), R(3, 3, 4), 0.8, 1.5]],
    "_cdist_forward": [[R(2, 3), R(4, 3), 2.0], [R(2, 3), R(4, 3), 1.0], [R(2, 3), R(4, 3), 3.0], [R(2, 3), R(4, 3), float("inf")]],
    # linear algebra
    "linalg_inv_ex": [[GOOD(3, 3)], [GOOD(2, 3, 3)]],
    "_linalg_det": [[GOOD(3, 3)], [GOOD(2, 2, 2)]],
    "_linalg_slogdet": [[GOOD(3, 3)]],
    "_linalg_solve_ex": [[GOOD(3, 3), R(3, 2)], [GOOD(3, 3), R(3)], [GOOD(3, 3), R(2, 3), False]],
    "linalg_solve_triangular": [[LOW(3, 3), R(3, 2), False], [GOOD(3, 3), R(2, 3), True, False], [LOW(3, 3), R(3, 2), False, True, True]],
    "triangular_solve": [[R(3, 2), LOW(3, 3), False], [R(3, 2), GOOD(3, 3)], [R(3, 2), LOW(3, 3), False, True, True]],
    "_unsafe_masked_index": [[R(3, 2), M("11 01 11"), [I([2], [9], [0]), I([0, 1])], 0.5]],
    "_unsafe_masked_index_put_accumulate": [[R(3, 2), M("11 01 11"), [I([2], [9], [0]), I([0, 1])], R(3, 2)]],
    "linalg_cholesky_ex": [[SPD(3, 3)], [SPD(2, 3, 3), True]],
    "cholesky": [[SPD(3, 3)], [SPD(3, 3), True]],
    "cholesky_inverse": [[LOW(3, 3)]],
    "cholesky_solve": [[R(3, 2), LOW(3, 3)]],
    "linalg_lu": [[GOOD(3, 3)]],
    "linalg_lu_factor_ex": [[GOOD(3, 3)]],
    "lu_unpack": [[GOOD(3, 3), PIVOTS]],
    "linalg_lu_solve": [[GOOD(3, 3), PIVOTS, R(3, 2)], [GOOD(3, 3), PIVOTS, R(2, 3), False], [GOOD(3, 3), PIVOTS, R(3, 2), True, True]],
    "linalg_qr": [[GOOD(3, 3)], [R(4, 2)]],
    "_linalg_eigh": [[SYM(3, 3)], [SYM(3, 3), "U"]],
    "linalg_eig": [[SYM(3, 3)], [GOOD(3, 3)]],
    "_linalg_svd": [[GOOD(3, 3)], [R(2, 4)]],
    "_pinv": [[R(4, 2)], [R(2, 3)]],
    "linalg_lstsq": [[R(4, 2), R(4, 3)]],
    "linalg_matrix_exp": [[R(3, 3)], [R(2, 2, 2)]],
    "linalg_cross": [[R(2, 3), R(2, 3)], [R(3, 2), R(3, 1), 0]],
    "linalg_vector_norm": [[R(2, 3)], [R(2, 3), 3, (1,), True], [R(2, 3), 1, (0,)], [R(2, 3), float("inf"), (1,)], [Z(2, 3)]],
    "dist": [[R(2, 3), R(2, 3)], [R(2, 3), R(3), 3]],
    # indices
    "index.Tensor": [[R(3, 2), [I(2, 0, 2)]], [R(2, 3), [None, I(1, 1)]], [R(2, 3), [M("101 010")]]],
    "index_backward": [[R(3, 2), (3, 2), [I(2, 0, 2)]]],
    "index_put": [[R(3, 2), [I(2, 0)], R(2, 2)], [R(3, 2), [I(2, 0, 2)], R(2), True]],
    "gather": [[R(2, 3), 0, ROWS], [R(2, 3), 1, I([2, 2], [0, 1])]],
    "scatter.src": [[R(2, 3), 1, I([2, 1], [0, 1]), R(2, 2)]],
    "scatter.value": [[R(2, 3), 1, I([2, 1], [0, 1]), 0.7]],
    "scatter_add": [[R(2, 3), 0, ROWS, R(2, 3)]],
    "scatter_reduce.two": [[P(2, 3), 1, I([2, 1], [0, 0]), P(2, 2), name] for name in "sum prod mean amax amin".split()]
    + [[P(2, 3), 1, I([2, 1], [0, 0]), P(2, 2), name, False] for name in "sum mean amax".split()],
    "index_reduce": [[P(3, 2), 0, I(2, 0, 2), P(3, 2), name] for name in "prod mean amax amin".split()],
    "index_select": [[R(3, 2), 0, I(2, 0, 2)]],
    "index_add": [[R(3, 2), 0, I(2, 0, 2), R(3, 2), 1.5]],
    "index_copy": [[R(3, 2), 0, I(2, 0), R(2, 2)]],
    "index_fill.int_Scalar": [[R(3, 2), 0, I(2, 0), 0.7]],
    "index_fill.int_Tensor": [[R(3, 2), 0, I(2, 0), R()]],
    "take": [[R(2, 3), I(5, 0, 5)]],
    "put": [[R(2, 3), I(5, 0), R(2)], [R(2, 3), I(5, 0, 5), R(3), True]],
    "masked_fill.Scalar": [[R(2, 3), MASK, 0.7], [R(2, 3), MASK[0], 0.7]],
    "masked_fill.Tensor": [[R(2, 3), MASK, R()]],
    "masked_select": [[R(2, 3), MASK], [R(3), MASK]],
    "masked_scatter": [[R(2, 3), MASK, R(5)]],
    "masked_scatter_backward": [[R(2, 3), MASK, (5,)]],
    # shapes
    "cat": [[[R(2, 3), R(1, 3)]], [[R(2, 1), R(2, 3), R(2, 0)], 1]],
    "stack": [[[R(2, 3), R(2, 3)]], [[R(3), R(3), R(3)], 1]],
    "block_diag": [[[R(2, 3), R(1, 1), R(2)]]],
    "constant_pad_nd": [[R(2, 3), (1, 2)], [R(2, 3), (-1, 1, 0, 2), 0.5]],
    "repeat": [[R(2, 3), (2, 1, 2)]],
    "flip": [[R(2, 3), (1,)], [R(2, 3), (0, 1)]],
    "roll": [[R(2, 3), (1,), (1,)], [R(2, 3), (2,), ()]],
    "rot90": [[R(2, 3)], [R(2, 3), 3, (1, 0)]],
    "diag_embed": [[R(2, 3)], [R(3), 1]],
    "diagonal_copy": [[R(2, 3)]],
    "trace_backward": [[R(), (2, 3)]],
    # reductions
    "sum.dim_IntList": [[R(2, 3), (1,)], [R(2, 3, 2), (0, 2), True], [R(2, 3), ()]],
    "mean.dim": [[R(2, 3), (1,)], [R(2, 3, 2), (0, 2), True]],
    "nansum": [[R(2, 3)], [R(2, 3), (1,), True]],
    "prod": [[R(2, 3)], [np.array([1.5, 0.0, -2.0])]],
    "prod.dim_int": [[R(2, 3), 1], [R(2, 3), 0, True]],
    "logsumexp": [[R(2, 3), (1,)], [R(2, 3), (0, 1), True]],
    "amax": [[R(2, 3), (1,)], [R(2, 3), (), True]],
    "amin": [[R(2, 3), (1,)], [R(2, 3), (), True]],
    "aminmax": [[R(2, 3)], [R(2, 3), 1, True]],
    **{name: [[R(2, 3)], [R(2, 3), (1,), 0, True], [R(2, 3), (0, 1), 1.5]] for name in ("var.correction", "std.correction")},
    **{name: [[R(2, 3)], [R(2, 3), (1,), 0, True]] for name in ("var_mean.correction", "std_mean.correction")},
    **{name: [[R(3, 4), 2], [R(3, 4), 1, 0]] for name in ("topk", "kthvalue")},
    "_unique2": [[R(2, 3)]],
    # losses and softmax
    "mse_loss": [[R(2, 3), R(2, 3), 1], [R(2, 3), R(2, 3), 0], [R(2, 3), R(2, 3), 2]],
    "mse_loss_backward": [[R(), R(2, 3), R(2, 3), 1], [R(2, 3), R(2, 3), R(2, 3), 0]],
    "nll_loss_forward": [[R(2, 3), I(2, 0), WEIGHT, 1, -100], [R(3, 2), I(1, 0, 1), None, 0, 1], [R(2, 3), I(2, 0), WEIGHT, 2, -100]],
    "nll_loss_backward": [[R(), R(2, 3), I(2, 0), WEIGHT, 1, -100, TOTAL], [R(3), R(3, 2), I(1, 0, 1), None, 0, 1, np.array(1.0)]],
    "nll_loss2d_forward": [[R(1, 3, 2, 2), I([[2, 0], [1, 1]]), WEIGHT, 1, -100]],
    "nll_loss2d_backward": [[R(), R(1, 3, 2, 2), I([[2, 0], [1, 1]]), WEIGHT, 1, -100, np.array(4.75)]],
    "_softmax_backward_data": [[R(2, 3), P(2, 3), 1, float64]],
    "_log_softmax_backward_data": [[R(2, 3), R(2, 3), 0, float64]],
    # draws
    "normal.Tensor_float": [[R(2, 3)]],
    "random.from": [[R(2, 3), 0, 5, None]],
}  # fmt: skip

TABLE.update(samples_images.table(R, I))
TABLE.update(samples_rest.table(R, Draw))
TABLE.update(samples_layers.table(R, U, P, I, Draw))
DOMAINS.update(samples_rest.DOMAINS)

# Operators that also get complex operands, in the place of the first sample's.
COMPLEX = (
    "add.Tensor sub.Tensor rsub.Tensor mul.Tensor div.Tensor addcmul addcdiv lerp.Scalar lerp.Tensor where.self neg exp exp2 expm1 log log2 "
    "log10 log1p sqrt rsqrt reciprocal sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sigmoid sinc abs sgn _conj_at_once _conj_physical "
    "pow.Tensor_Tensor pow.Tensor_Scalar pow.Scalar logaddexp tanh_backward sigmoid_backward mv addmm addmv addr baddbmm addbmm "
    "linalg_inv_ex _linalg_det _linalg_slogdet _linalg_solve_ex linalg_solve_triangular linalg_cholesky_ex linalg_lu linalg_lu_factor_ex "
    "linalg_lu_solve linalg_qr linalg_matrix_exp linalg_cross _pinv dist sum sum.dim_IntList mean mean.dim prod prod.dim_int var.correction "
    "std.correction logsumexp cumsum cumprod logcumsumexp index_put gather scatter_add index_add put masked_scatter cat trace tril "
    "diag_embed constant_pad_nd copy fill.Tensor convolution convolution_backward im2col col2im pixel_shuffle reflection_pad2d "
    "replication_pad1d"
).split()

# Differentiable operators without a sample, and why.
WITHOUT: dict[str, str] = {
    "_cdist_backward": "its formula is PyTorch's refusal",
    "unique_dim": "its formula is PyTorch's refusal",
    "unique_consecutive": "its formula is PyTorch's refusal",
    "geqrf": "its formula is PyTorch's refusal",
    "_unique2": "its formula is PyTorch's refusal",
    "_once_only": "its formula is PyTorch's refusal",
    "asinh.in_place": "its formula is PyTorch's refusal",
    "acosh.in_place": "its formula is PyTorch's refusal",
    "atanh.in_place": "its formula is PyTorch's refusal",
    "_as_strided_scatter": "its formula is PyTorch's, which is not the derivative",
    "_test_autograd_multiple_dispatch.fullcoverage": "its formula is PyTorch's, which is not the derivative",
    "_grouped_mm": "it refuses float64, in which these tests differentiate: tests/peer holds its gradients against PyTorch's",
    **samples_rest.WITHOUT,
    **samples_layers.WITHOUT,
}


def differentiable() -> dict[str, Op]:
    """The registry's operators with gradient formulas, each under its first name."""
    found: dict[int, tuple[str, Op]] = {}
    for spec, op in REGISTRY.items():
        # PyTorch's nodes named NotImplemented raise: there is nothing to differentiate.
        if isinstance(op, Op) and op.grad_params and op.node_name != "NotImplemented":
            found.setdefault(id(op), (spec, op))
    return dict(found.values())


def generator(spec: str, number: int = 0) -> np.random.Generator:
    """Random numbers of an operator's own, the same in every run."""
    return np.random.default_rng([zlib.crc32(spec.encode()), number])


def materialise(value: Any, random: np.random.Generator) -> Any:
    """A sample's value with its arrays drawn."""
    if isinstance(value, list):
        return [materialise(entry, random) for entry in value]
    return value.array(random) if isinstance(value, Draw) else value


def _complex(value: Any) -> Any:
    if isinstance(value, list):
        return [_complex(entry) for entry in value]
    return value.complex() if isinstance(value, Draw) else value


def _operands(spec: str, op: Op) -> Iterator[list[Any]]:
    """The shapes that an operator's tensors get when it is not in TABLE: equal ones, and for a pair also broadcast ones."""
    low, high = DOMAINS.get(spec, (-1.9, 1.9))
    count = len(op.tensor_params)
    shapes: list[tuple[tuple[int, ...], ...]] = [((2, 3),) * count]
    if op.kind == "pointwise":
        if count == 2 and not spec.endswith("_backward"):  # broadcast; what is written in place keeps its shape
            shapes += [((2, 3), (3,))] if ".in_place" in spec else [((3,), (2, 1))]
        shapes += [((),) * count, ((0, 3),) * count]
    for group in shapes:
        yield [Draw(shape, low, high) for shape in group]
    if spec in COMPLEX:
        yield [Draw((2, 3), low, high).complex() for _ in range(count)]


def default_samples(spec: str, op: Op) -> list[list[Any]]:
    """Argument lists by the defaults; KeyError names a parameter that has none."""
    found = []
    first_default = len(op.params) - len(op.defaults)
    variants = 2 if {"keepdim", "approximate", "diagonal"} & set(op.params) else 1
    for operands in _operands(spec, op):
        for variant in range(variants):
            arguments: list[Any] = []
            for index, name in enumerate(op.params):
                if index in op.tensor_params:
                    is_number = name in ("other", "min", "max") and index not in op.grad_params
                    arguments.append(1.5 if is_number else operands[op.tensor_params.index(index)])
                elif name in VALUES and not (index >= first_default and name in ("size", "index", "weight")):
                    arguments.append(VALUES[name][variant % len(VALUES[name])])
                elif index >= first_default:
                    arguments.append(op.defaults[index - first_default])
                else:
                    arguments.append({"other": 1.5}[name])
            found.append(arguments)
    return found


def samples(spec: str, op: Op) -> list[list[Any]]:
    """The argument lists of an operator, arrays drawn, defaults filled in."""
    rows = TABLE.get(spec) or default_samples(spec, op)
    if spec in TABLE and spec in COMPLEX:
        rows = [*rows, [_complex(value) for value in rows[0]]]
    found = []
    for number, row in enumerate(rows):
        row = [*row, *op.defaults[len(op.defaults) - (len(op.params) - len(row)) :]] if len(row) < len(op.params) else row
        random = generator(spec, number)
        found.append([materialise(value, random) for value in row])
    return found
