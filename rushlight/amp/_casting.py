"""Which operators autocast runs in which precision, and how they come to be cast.

NOTE [ Where autocast casts ]
While autocast is on, a bit of the mode word leads every call of an operator past the hook that is installed here when autocast is used
for the first time. Functions made of other operators do not come past it as such; those of the lists are wrapped where the public
functions lead to them, so that what they call runs in one precision.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from rushlight._core import dtypes
from rushlight._core.function import Route
from rushlight._core.inplace import IN_PLACE
from rushlight._core.op import Op
from rushlight._core.op_inplace import HOOKS
from rushlight._core.state import AUTOCAST, MODE, get_mode
from rushlight._core.tensor import TensorBase

LOWER = frozenset(
    "conv1d conv2d conv3d bmm mm linalg_vecdot baddbmm addmm addbmm linear convolution matmul conv_tbc conv_transpose1d conv_transpose2d "
    "conv_transpose3d prelu _prelu_kernel scaled_dot_product_attention mkldnn_rnn_layer _rnn_layer".split()
)
SINGLE = frozenset(
    "avg_pool3d binary_cross_entropy grid_sampler polar prod quantile nanquantile stft cdist _cdist_forward grid_sampler_2d "
    "grid_sampler_3d trace view_as_complex cholesky cholesky_inverse cholesky_solve inverse linalg_inv linalg_inv_ex lu_solve orgqr "
    "linalg_householder_product ormqr pinverse max_pool3d max_pool3d_with_indices max_unpool2d max_unpool3d adaptive_avg_pool3d "
    "_adaptive_avg_pool3d reflection_pad1d reflection_pad2d replication_pad1d replication_pad2d replication_pad3d mse_loss "
    "cosine_embedding_loss nll_loss nll_loss_forward nll_loss2d nll_loss2d_forward hinge_embedding_loss poisson_nll_loss smooth_l1_loss "
    "cross_entropy_loss l1_loss huber_loss margin_ranking_loss soft_margin_loss triplet_margin_loss multi_margin_loss ctc_loss kl_div "
    "multilabel_margin_loss binary_cross_entropy_with_logits fft_fft fft_ifft fft_fft2 fft_ifft2 fft_fftn fft_ifftn fft_rfft fft_irfft "
    "fft_rfft2 fft_irfft2 fft_rfftn fft_irfftn fft_hfft fft_ihfft linalg_cond linalg_matrix_rank linalg_solve linalg_cholesky "
    "linalg_svdvals linalg_eigvals linalg_eigvalsh linalg_tensorinv linalg_tensorsolve linalg_eig linalg_eigh linalg_lstsq".split()
)
FAST: ContextVar[Any] = ContextVar("rushlight_autocast_dtype", default=dtypes.bfloat16)


def cast(value: Any, dtype: Any) -> Any:
    """A floating-point tensor (or those of a list) in another precision; float64 stays."""
    if isinstance(value, TensorBase):
        tensor: Any = value
        own = tensor.dtype
        return tensor.to(dtype) if own.is_floating_point and own is not dtypes.float64 and own is not dtype else tensor
    if isinstance(value, (list, tuple)) and any(isinstance(entry, TensorBase) for entry in value):
        return type(value)([cast(entry, dtype) for entry in value])
    return value


def wanted(name: str) -> Any:
    """The dtype that an operator runs in; None for those that autocast leaves alone."""
    if name in LOWER:
        return FAST.get()
    return dtypes.float32 if name in SINGLE else None


def without(function: Any, values: Any, dtype: Any) -> Any:
    """Call with cast values and with autocast off."""
    token = MODE.set(get_mode() & ~AUTOCAST)
    try:
        return function([cast(value, dtype) for value in values])
    finally:
        MODE.reset(token)


def _wrapped(target: Any, name: str) -> Any:
    """A function of tensors that casts while autocast is on."""

    def casting(*values: Any) -> Any:
        dtype = wanted(name) if get_mode() & AUTOCAST else None
        return target(*values) if dtype is None else without(lambda cast_values: target(*cast_values), values, dtype)

    casting.__name__ = getattr(target, "__name__", name)
    return casting


class _Installed:
    done = False


def install() -> None:
    """Hook in, once."""
    if _Installed.done:
        return
    _Installed.done = True
    following = HOOKS.dispatch

    def dispatch(op: Any, args: Any, flags: int) -> Any:
        if flags & AUTOCAST and not flags & IN_PLACE:
            dtype = wanted(op.name)
            if dtype is not None:
                return without(op.apply, args, dtype)
        return NotImplemented if following is None else following(op, args, flags)

    HOOKS.dispatch = dispatch
    _wrap_functions()


def _wrap_functions() -> None:
    from rushlight._core.function import SOURCE
    from rushlight.ops import declare

    for namespace, name, routes in declare.LOADED:
        _wrap_routes(namespace, name, routes)
    load = SOURCE.routes

    def load_wrapped(namespace: str, name: str) -> list[Route]:
        routes: list[Route] = load(namespace, name)
        _wrap_routes(namespace, name, routes)
        return routes

    SOURCE.routes = load_wrapped


def _wrap_routes(namespace: str, name: str, routes: list[Route]) -> None:
    """Let the routes of a listed function lead to functions that cast."""
    listed = name if name in LOWER or name in SINGLE else f"{namespace}_{name}"
    if listed in LOWER or listed in SINGLE:
        for route in routes:
            if not isinstance(route.target, Op):
                route.redirect(_wrapped(route.target, listed))
