"""torch.nn.attention.flex_attention: attention whose scores a function of the user's changes, and whose mask is a function."""

from __future__ import annotations

import inspect
import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple, TypedDict

from rushlight._core import dtypes
from rushlight.autograd.grad_mode import is_grad_enabled
from rushlight.nn import functional as F
from rushlight.nn._torch import torch
from rushlight.nn.attention._block_mask import BlockMask, listed, noop_mask
from rushlight.ops.warn import warn_once

__all__ = [
    "BlockMask", "flex_attention", "AuxOutput", "AuxRequest", "FlexKernelOptions", "create_block_mask", "create_mask", "or_masks",
    "and_masks", "noop_mask",
]  # fmt: skip

_DEFAULT_SPARSE_BLOCK_SIZE = 128
_FLEX_ATTENTION_DISABLE_COMPILE_DEBUG = False
_UNFUSED = (
    "flex_attention called without torch.compile() - this will use an unfused implementation that materializes the full scores matrix "
    "instead of generating a fused kernel.\n\nSOLUTION: Use torch.compile(flex_attention)(...)\n\nIf you want to debug your "
    "score_mod/mask_mod, you can set:\ntorch.nn.attention.flex_attention._FLEX_ATTENTION_DISABLE_COMPILE_DEBUG = True\n\nThis will "
    "allow you to use print statements or breakpoints. Note: This doesn't work with the backwards pass and may produce incorrect results."
)
_RETURN_LSE = "return_lse is deprecated and will be removed in v2.10. Please use return_aux=AuxRequest(lse=True) instead."


class FlexKernelOptions(TypedDict, total=False):
    """Options of PyTorch's kernels, which change no values."""


class AuxRequest(NamedTuple):
    """What flex_attention is to return besides its result."""

    lse: bool = False
    max_scores: bool = False


class AuxOutput(NamedTuple):
    """What was asked for: the logarithms of the sums of exponentials, the largest scores."""

    lse: Any = None
    max_scores: Any = None


def _identity(score: Any, batch: Any, head: Any, token_q: Any, token_kv: Any) -> Any:
    return score


def _joined(mask_mods: Any, start: bool, join: Callable[[Any, Any], Any], name: str) -> Any:
    if not all(callable(mod) for mod in mask_mods):
        raise RuntimeError(f"All inputs should be callable mask_mods: {mask_mods}")

    def mask_mod(b: Any, h: Any, q_idx: Any, kv_idx: Any) -> Any:
        result = b.new_ones((), dtype=dtypes.bool_) if start else b.new_zeros((), dtype=dtypes.bool_)
        for mask in mask_mods:
            result = join(result, mask(b, h, q_idx, kv_idx))
        return result

    mask_mod.__name__ = name  # block masks print it
    mask_mod.__qualname__ = f"{name}s.<locals>.{name}"
    return mask_mod


def or_masks(*mask_mods: Any) -> Any:
    """The mask that is set where any of them is."""
    return _joined(mask_mods, False, operator.or_, "or_mask")


def and_masks(*mask_mods: Any) -> Any:
    """The mask that is set where all of them are."""
    return _joined(mask_mods, True, operator.and_, "and_mask")


def _over_all(function: Callable[..., Any], scored: bool) -> Any:
    """The function of single indices (and a score), over all of them at once."""
    from rushlight.func import vmap

    head = (0,) if scored else ()
    for place in (3, 2, 1, 0):
        function = vmap(function, in_dims=(*head, *[0 if entry == place else None for entry in range(4)]))
    return function


def _indices(sizes: Any, device: Any) -> list[Any]:
    return [torch.arange(size, device=device) for size in sizes]


def create_mask(mod_fn: Any, B: int | None, H: int | None, Q_LEN: int, KV_LEN: int, device: Any = None) -> Any:
    """The mask (or the scores of zeros that were changed) of a function of indices, as a tensor of size (B, H, Q_LEN, KV_LEN)."""
    sizes = (1 if B is None else B, 1 if H is None else H, Q_LEN, KV_LEN)
    count = len([entry for entry in inspect.signature(mod_fn).parameters.values() if entry.default is inspect.Parameter.empty])
    if count not in (4, 5):
        raise AssertionError(f"Expected 4 or 5 positional args, got {count}")
    indices = _indices(sizes, device)
    if count == 4:
        return _over_all(mod_fn, False)(*indices).expand(sizes).contiguous()
    scores = _over_all(mod_fn, True)(torch.zeros(sizes, device=device), *indices)
    return torch.where(torch.isneginf(scores), False, True)


def create_block_mask(
    mask_mod: Any, B: int | None, H: int | None, Q_LEN: int, KV_LEN: int, device: Any = None, BLOCK_SIZE: Any = 128, _compile: bool = False,
    separate_full_blocks: bool = True, compute_dq_write_order: bool = False, dq_kv_order: bool = True,
) -> BlockMask:  # fmt: skip
    """The blocks of the mask that a function of (batch, head, query, key) makes."""
    mask = create_mask(mask_mod, B, H, Q_LEN, KV_LEN, device)
    if mask.dtype is not dtypes.bool_:
        raise AssertionError(f"mask.dtype must be torch.bool, got {mask.dtype}")
    rows, columns = (BLOCK_SIZE, BLOCK_SIZE) if isinstance(BLOCK_SIZE, int) else BLOCK_SIZE
    padded = F.pad(mask, (0, -KV_LEN % columns, 0, -Q_LEN % rows))
    sizes = padded.shape
    counts = padded.view(*sizes[:2], sizes[2] // rows, rows, sizes[3] // columns, columns).sum(dim=(3, 5))
    full = counts == rows * columns
    partly = (counts > 0) & ~full if separate_full_blocks else counts > 0
    of_full = listed(full) if separate_full_blocks else (None, None)
    return BlockMask.from_kv_blocks(*listed(partly), *of_full, (rows, columns), mask_mod, (Q_LEN, KV_LEN))


def _check(query: Any, key: Any, value: Any, enable_gqa: bool, block_mask: Any) -> None:
    if query.dim() != 4 or key.dim() != 4 or value.dim() != 4:
        raise NotImplementedError("NYI: query, key, and value must be 4D tensors")
    heads, key_heads = query.size(-3), key.size(-3)
    if query.size(0) != key.size(0) and block_mask is None:
        raise ValueError(
            "Expect query and key/value to have the same batch size, or non-none block_mask, but got block_mask=None, "
            f"Bq={query.size(0)}, and Bkv={key.size(0)}."
        )
    if not enable_gqa and heads != key_heads:
        raise ValueError(
            f"Expect query and key/value to have the same number of heads but got Hq={heads} and Hkv={key_heads}. "
            "Try setting enable_gqa=True for GQA."
        )
    if enable_gqa and heads % key_heads:
        raise ValueError(f"Expect number of query heads to be a multiple of kv heads for GQA but got Hq={heads} and Hkv={key_heads}.")
    if query.size(-1) != key.size(-1):
        raise ValueError(
            f"Expect query and key/value to have the same embedding dimension but got E={query.size(-1)} and E={key.size(-1)}."
        )
    if is_grad_enabled() and (query.requires_grad or key.requires_grad or value.requires_grad):
        raise NotImplementedError(
            "FlexAttention does not support backward on CPU. Please set the input requires_grad to False or use another device."
        )


def _check_mask(query: Any, key: Any, block_mask: Any) -> None:
    block_mask.BLOCK_SIZE  # noqa: B018  (an AttributeError is what other objects get)
    wanted, given = (query.size(-2), key.size(-2)), tuple(block_mask.seq_lengths)
    if given == wanted:
        return
    start = f"block_mask was created for block_mask.shape={block_mask.shape} but got q_len={wanted[0]} and kv_len={wanted[1]}. As the "
    if given[0] < wanted[0] or given[1] < wanted[1]:
        raise ValueError(
            start + "block mask was created for a smaller length than you're using it for, you likely need to create a new block mask."
        )
    raise ValueError(
        start + "block mask was created for a larger length than you're using it for, you can either 1. create a new block mask with "
        "the correct length, or 2. 'adjust' the existing block mask to the correct length by calling block_mask._adjust(q_len, kv_len). "
        "This essentially 'crops' the block mask to the upper left corner, which does not work for all mask_mods!"
    )


def flex_attention(
    query: Any, key: Any, value: Any, score_mod: Any = None, block_mask: Any = None, scale: float | None = None, enable_gqa: bool = False,
    return_lse: bool = False, kernel_options: Any = None, *, return_aux: Any = None,
) -> Any:  # fmt: skip
    """Attention of (batch, heads, positions, features), with score_mod(score, batch, head, query, key) in place of each score.

    >>> torch.nn.attention.flex_attention.flex_attention(x, x, x, score_mod=lambda score, b, h, i, j: score - (i - j).abs())
    """
    _check(query, key, value, enable_gqa, block_mask)
    if block_mask is not None:
        _check_mask(query, key, block_mask)
    if not _FLEX_ATTENTION_DISABLE_COMPILE_DEBUG:
        warn_once(_UNFUSED)
    if return_lse:
        warn_once(_RETURN_LSE, FutureWarning)
    if return_aux is not None and return_aux.max_scores:
        raise NotImplementedError("Returning max scores is not supported on CPU/MPS.")
    found, lse = _attend(query, key, value, score_mod, block_mask, 1 / math.sqrt(query.size(-1)) if scale is None else scale)
    if return_aux is not None:
        return found, AuxOutput(lse=lse if return_aux.lse else None)
    return (found, lse) if return_lse else found


def _attend(query: Any, key: Any, value: Any, score_mod: Any, block_mask: Any, scale: float) -> tuple[Any, Any]:
    """The result and the logarithms of the sums of exponentials."""
    groups = query.size(1) // key.size(1)
    if groups > 1:
        key, value = key.repeat_interleave(groups, dim=1), value.repeat_interleave(groups, dim=1)
    working = dtypes.float64 if query.dtype is dtypes.float64 else dtypes.float32
    scores = (query.to(working) @ key.to(working).transpose(-2, -1)) * scale
    indices = _indices(scores.shape, query.device)
    if score_mod is not None:
        scores = _over_all(score_mod, True)(scores, *indices).to(working)
    if block_mask is not None:
        scores = torch.where(_over_all(block_mask.mask_mod, False)(*indices), scores, -math.inf)
    lse = scores.logsumexp(dim=-1)
    weights = torch.where((scores == -math.inf).all(dim=-1, keepdim=True), 0.0, scores.softmax(dim=-1))
    return _ordered_as(query, weights.to(query.dtype) @ value.to(query.dtype)), lse


def _ordered_as(query: Any, found: Any) -> Any:
    """A copy whose dimensions lie in memory in the order of query's."""
    order = sorted(range(4), key=query.stride, reverse=True)
    made = torch.empty([found.shape[dim] for dim in order], dtype=found.dtype, device=found.device)
    return made.permute([order.index(dim) for dim in range(4)]).copy_(found)
