"""What PyTorch's vmap has no rule for, and loops over the examples with a warning: operators, in-place forms, functions made of others.

rushlight has rules for nearly all of them, and warns nevertheless. The names are public data: PyTorch's dispatcher tells which
operators have a kernel for batched tensors. Left out are names that rushlight's own compositions use and PyTorch's do not.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from rushlight._core.state import VMAP, get_mode

OPERATORS = frozenset(
    "isin.Tensor_Tensor masked_fill.Tensor _upsample_nearest_exact1d _upsample_nearest_exact1d_backward soft_margin_loss "
    "max_unpool2d max_unpool3d _trilinear ormqr permute_copy put take unfold_backward renorm squeeze_copy squeeze_copy.dim "
    "unsqueeze_copy transpose_copy.int t_copy mkldnn_rnn_layer linalg_ldl_solve linalg_lu special_log_ndtr special_airy_ai "
    "multi_margin_loss multi_margin_loss_backward multilabel_margin_loss_forward multilabel_margin_loss_backward _ctc_loss "
    "_ctc_loss_backward _embedding_bag _embedding_bag_backward _embedding_bag_per_sample_weights_backward _pdist_forward "
    "_pdist_backward fractional_max_pool2d fractional_max_pool3d fractional_max_pool2d_backward fractional_max_pool3d_backward "
    "index_reduce _conj_physical _upsample_nearest_exact2d _upsample_nearest_exact2d_backward _upsample_nearest_exact3d "
    "_upsample_nearest_exact3d_backward _upsample_lanczos2d_aa _upsample_lanczos2d_aa_backward view_as_complex_copy "
    "view_as_real_copy slice_copy.Tensor select_copy.int squeeze_copy.dims detach_copy fill.Scalar "
    "isin.Scalar_Tensor isin.Tensor_Scalar conv_tbc affine_grid_generator soft_margin_loss_backward "
    "searchsorted.Scalar _embedding_bag_forward_only".split()
)
POLYNOMIALS = ("special_chebyshev", "special_hermite", "special_laguerre", "special_legendre", "special_shifted")  # so do they all
IN_PLACE = frozenset(
    "addbmm_ addcdiv_ addcmul_ addmm_ addmv_ addr_ baddbmm_ clamp_ clip_ conj_physical_ cumprod_ cumsum_ divide_.Scalar eq_ fix_ "
    "float_power_ floor_divide_ fmod_ ge_ gelu_ greater_ greater_equal_ gt_ heaviside_ hypot_ igamma_ igammac_ index_copy_ "
    "index_reduce_ ldexp_ le_ lerp_ less_ less_equal_ lt_ masked_fill_.Tensor masked_scatter_ ne_ negative_ nextafter_ not_equal_ "
    "polygamma_ pow_.Tensor put_ remainder_ renorm_ scatter_ square_ subtract_ tril_ triu_ xlogy_".split()
)
FUNCTIONS = frozenset(
    "argwhere bilinear diagflat embedding_bag.padding_idx fft_ihfft2 fft_ihfftn isclose kl_div linalg_tensorsolve lu_solve "
    "margin_ranking_loss multilabel_margin_loss nanquantile nanquantile.scalar pdist quantile quantile.scalar stft "
    "triplet_margin_loss _upsample_nearest_exact1d.vec _upsample_nearest_exact2d.vec _upsample_nearest_exact3d.vec vander "
    "norm_except_dim linalg_cond.p_str rnn_tanh_cell rnn_relu_cell gru_cell _weight_norm fake_quantize_per_tensor_affine "
    "fake_quantize_per_tensor_affine.tensor_qparams fake_quantize_per_channel_affine fill_diagonal_ to_dense "
    "".split()
)
_SPELLED = {  # overloads that are rushlight's own, or those of the functions that are not in place
    "of_numbers": "", "of_tensors": "Tensor", "in_place_number": "Scalar", "Tensor_Tensor": "Tensor", "Tensor_Scalar": "Scalar",
}  # fmt: skip


class _Hook:
    def __init__(self) -> None:
        self.run: Any = None  # (spec, function, values): torch.func's


HOOK = _Hook()


def loops(name: str, overload: str) -> bool:
    """Whether PyTorch loops for an operator."""
    return name in OPERATORS or f"{name}.{overload}" in OPERATORS or name.startswith(POLYNOMIALS)


def in_place(name: str, overload: str) -> tuple[str, str] | None:
    """An in-place form's name and overload, if PyTorch loops for it."""
    name, overload = name.removesuffix("_") + "_", _SPELLED.get(overload, overload)
    if name not in IN_PLACE and f"{name}.{overload}" not in IN_PLACE:
        return None
    return name, "Tensor" if name == "floor_divide_" else overload


def looped(spec: str, function: Any) -> Any:
    """A function of FUNCTIONS, which says so inside vmap; any other as it is."""
    if spec not in FUNCTIONS:
        return function

    @wraps(function)
    def run(*values: Any) -> Any:
        if get_mode() & VMAP and HOOK.run is not None:
            return HOOK.run(spec, function, values)
        return function(*values)

    return run
