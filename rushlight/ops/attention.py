"""scaled_dot_product_attention: one fused operator where PyTorch has it on the CPU, a composition elsewhere."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from rushlight._core import dtypes, loops
from rushlight._core.state import GRAD, get_mode
from rushlight.ops.carriers import beside, scaled
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.matmul import _CPP, batched_product
from rushlight.ops.normalization_kernels import is_half, widened
from rushlight.ops.pointwise import no_derivative
from rushlight.ops.softmax import softmax_backward_data
from rushlight.ops.view import wrap_dim

# Which implementations may be chosen (torch.nn.attention.sdpa_kernel).
BACKENDS = {"cudnn": True, "flash": True, "mem_efficient": True, "math": True, "overrideable": True}

# ---------------------------------------------------------------- softmax of rows that may be masked altogether


@op(
    "_safe_softmax", grad_fn="SafeSoftmaxBackward0",
    self=lambda grad, result, dim, self_scalar_type: softmax_backward_data(grad, result, dim, self_scalar_type),
)  # fmt: skip
def safe_softmax(self: Any, dim: Any, dtype: Any = None) -> Any:
    """softmax that gives zeros where every element is -inf."""
    values = widened(self if dtype is None else self.astype(dtype.np_dtype))
    axis = wrap_dim(dim, self.ndim)
    return _weights(values.copy(), axis)[0].astype(self.dtype if dtype is None else dtype.np_dtype, copy=False)


# In C, the first in place: None where they decline, and always in the pure form.
_native_softmax, _native_softmax_backward = loops.helper("safe_softmax"), loops.helper("softmax_backward")


def _weights(scores: Any, axis: int = -1) -> tuple[Any, Any]:
    """softmax in place, zeros for rows of -inf, and the logarithm of each row's sum of exponentials."""
    if not scores.shape[axis]:
        return scores, np.full((*scores.shape[:-1], 1), -np.inf, scores.dtype)
    found = _native_softmax(scores) if axis in (-1, scores.ndim - 1) else None
    if found is not None:
        return scores, found
    top = np.maximum.reduce(scores, axis=axis, keepdims=True)
    hidden = np.isneginf(top)
    finite = np.where(hidden, scores.dtype.type(0), top)
    np.subtract(scores, finite, out=scores)
    np.exp(scores, out=scores)
    total = np.add.reduce(scores, axis=axis, keepdims=True)
    np.divide(scores, np.where(hidden, scores.dtype.type(1), total), out=scores)
    return scores, finite + np.log(total)


# ---------------------------------------------------------------- the fused operator


def _factor(query: Any, scale: Any) -> float:
    if scale is not None:
        return float(scale)
    return 1.0 / math.sqrt(query.shape[-1]) if query.shape[-1] else math.inf


def _heads(value: Any, heads: int) -> Any:
    """Keys or values for every query head."""
    value = widened(value)
    return value if value.shape[1] == heads else np.repeat(value, heads // value.shape[1], axis=1)


def _scores(query: Any, key: Any, is_causal: bool, attn_mask: Any, scale: Any) -> Any:
    """query @ key.T, scaled and masked."""
    wide = widened(query)
    scores = batched_product(wide, key.swapaxes(-1, -2))
    np.multiply(scores, wide.dtype.type(_factor(query, scale)), out=scores)
    if is_causal:
        hidden = ~np.tri(scores.shape[-2], scores.shape[-1], dtype=bool)
        scores[..., hidden] = -np.inf
    if attn_mask is not None:
        np.add(scores, widened(attn_mask).astype(scores.dtype, copy=False), out=scores)
    return scores


def _formula(
    grad: Any, query: Any, key: Any, value: Any, output: Any, logsumexp: Any, dropout_p: Any, is_causal: Any, attn_mask: Any, scale: Any
) -> Any:
    found = flash_backward(grad, query, key, value, output, logsumexp, dropout_p, is_causal, attn_mask, scale)
    return tuple(found)


_NAME = "_scaled_dot_product_flash_attention_for_cpu_backward"


def _per_head(grad: Any, heads: int) -> Any:
    """The gradient of keys or values that several query heads share."""
    if grad.shape[1] == heads:
        return grad
    return grad.reshape(grad.shape[0], heads, -1, *grad.shape[2:]).sum(axis=2)


def _no_second_derivative(grads: Any) -> Any:
    no_derivative(_NAME)(grads)


@op(
    _NAME, grad_fn="NotImplemented", tensors=("grad_out", "query", "key", "value", "out", "logsumexp", "attn_mask"),
    outputs=("grad_query", "grad_key", "grad_value"),
    **{"grad_out, query, key, value, out": _no_second_derivative},
)  # fmt: skip
def flash_backward(
    grad_out: Any, query: Any, key: Any, value: Any, out: Any, logsumexp: Any, dropout_p: Any, is_causal: Any, attn_mask: Any = None,
    scale: Any = None,
) -> Any:  # fmt: skip
    """The gradients of attention's query, key and value."""
    heads = query.shape[1]
    keys, values, grad = _heads(key, heads), _heads(value, heads), widened(grad_out)
    weights = _weights(_scores(query, keys, is_causal, attn_mask, scale))[0]
    of_value = batched_product(weights.swapaxes(-1, -2), grad)
    slope = batched_product(grad, values.swapaxes(-1, -2))
    inner = _native_softmax_backward(slope, weights, -1, slope.dtype)
    if inner is None:
        slope -= np.add.reduce(grad * widened(out), axis=-1, keepdims=True)
        inner = np.multiply(slope, weights, out=slope)
    slope = inner
    np.multiply(slope, slope.dtype.type(_factor(query, scale)), out=slope)
    of_query = batched_product(slope, keys)
    of_key = batched_product(slope.swapaxes(-1, -2), widened(query))
    found = (of_query, query), (_per_head(of_key, key.shape[1]), key), (_per_head(of_value, value.shape[1]), value)
    return [_heads_inside(array, source) for array, source in found]


def _heads_inside(array: Any, source: Any) -> Any:
    """An array in the dtype of another, laid out with the heads of each place side by side."""
    batch, heads, count, size = array.shape
    result = np.empty((batch, count, heads, size), source.dtype).swapaxes(1, 2)
    result[...] = array
    return result


def _like(array: Any, source: Any) -> Any:
    """An array in the dtype and, where that is dense, the layout of another."""
    result = np.empty_like(source) if array.shape == source.shape else np.empty(array.shape, source.dtype)
    result[...] = array
    return result


@op(
    "_scaled_dot_product_flash_attention_for_cpu", tensors=("query", "key", "value", "attn_mask"), outputs=("output", "logsumexp"),
    pack=tuple, **{"query, key, value": _formula},
)  # fmt: skip
def flash_attention(
    query: Any, key: Any, value: Any, dropout_p: Any = 0.0, is_causal: Any = False, attn_mask: Any = None, scale: Any = None
) -> Any:
    """softmax(query @ key.T * scale + mask) @ value, and the logarithms of the softmax's denominators."""
    if dropout_p:
        raise RuntimeError("scaled_dot_product_attention_flash_attention: Currently do not support dropout > 0")
    heads = query.shape[1]
    weights, logsumexp = _weights(_scores(query, _heads(key, heads), is_causal, attn_mask, scale))
    found = batched_product(weights, _heads(value, heads))
    by_row = np.ascontiguousarray(logsumexp[..., 0].swapaxes(1, 2))
    return _like(found, query), by_row.swapaxes(1, 2)


# ---------------------------------------------------------------- checks and choice


def _check(query: Any, key: Any, value: Any, attn_mask: Any) -> None:
    if not query.dtype is key.dtype is value.dtype:
        names = [_CPP[tensor.dtype.name] for tensor in (query, key, value)]
        raise RuntimeError(
            f"Expected query, key, and value to have the same dtype, but got query.dtype: {names[0]} key.dtype: {names[1]} and "
            f"value.dtype: {names[2]} instead."
        )
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
            f"{query.ndim} key.dim: {key.ndim} and value.dim: {value.ndim} instead."
        )
    if attn_mask is not None and attn_mask.dtype not in (dtypes.bool_, query.dtype, dtypes.float32):
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{_CPP[attn_mask.dtype.name]} and  query.dtype: {_CPP[query.dtype.name]} instead."
        )


def _is_fusible(query: Any, key: Any, value: Any, attn_mask: Any, dropout_p: float, enable_gqa: bool) -> bool:
    """Whether PyTorch's fused CPU kernel takes these."""
    tensors = (query, key, value)
    if not BACKENDS["flash"] or dropout_p > 0 or any(tensor.ndim != 4 for tensor in tensors):
        return False
    if not query.dtype.is_floating_point or any(0 in tensor.shape for tensor in tensors):
        return False
    if not query.shape[0] == key.shape[0] == value.shape[0] or not query.shape[3] == key.shape[3] == value.shape[3]:
        return False
    if key.shape[1] != value.shape[1] or key.shape[2] != value.shape[2]:
        return False
    if query.shape[1] % key.shape[1] if enable_gqa else query.shape[1] != key.shape[1]:
        return False
    if any(tensor.stride(3) != 1 for tensor in tensors):
        return False
    return attn_mask is None or _mask_fits(query, key, attn_mask)


def _mask_fits(query: Any, key: Any, attn_mask: Any) -> bool:
    if attn_mask.requires_grad:
        return False
    if not attn_mask.ndim:
        raise IndexError("Dimension specified as -2 but tensor has no dimensions")
    if attn_mask.ndim == 1:
        raise IndexError("Dimension out of range (expected to be in range of [-1, 0], but got -2)")
    if attn_mask.ndim not in (2, 4):
        return False
    wanted = (query.shape[0], query.shape[1], query.shape[2], key.shape[2])[4 - attn_mask.ndim :]
    return all(size in (1, full) for size, full in zip(attn_mask.shape, wanted))


def _additive(attn_mask: Any, query: Any) -> Any:
    """A mask of booleans as zeros and -inf."""
    if attn_mask is None or attn_mask.dtype is not dtypes.bool_:
        return attn_mask
    if query.dtype.category < dtypes.FLOATING:
        raise RuntimeError(f"expected scalar type Float but found {query.dtype.cpp}")
    zero = np.zeros((), query._array.dtype)
    return beside(query, np.where(attn_mask._array, zero, np.asarray(-np.inf, query._array.dtype)))


def _obstacle(query: Any, key: Any, value: Any, attn_mask: Any, dropout_p: float, enable_gqa: bool) -> str:
    """Why PyTorch's fused kernel does not take these, in its words; "" where it says nothing."""
    tensors = (query, key, value)
    if not query.dtype.is_floating_point:
        name = _CPP[query.dtype.name]
        return (
            "Expected query, key and value to all be of dtype: {Float, Double, BFloat16, Half}. "
            f"Got Query dtype: {name}, Key dtype: {name}, and Value dtype: {name} instead."
        )
    if dropout_p > 0:
        return "Both fused kernels do not support non-zero dropout."
    if any(tensor.ndim != 4 for tensor in tensors):
        return (
            f"All fused kernels requires query, key and value to be 4 dimensional, but got Query dim: {query.ndim}, Key dim: {key.ndim}, "
            f"Value dim: {value.ndim} instead."
        )
    query_sizes, key_sizes, value_sizes = (list(tensor.shape) for tensor in tensors)
    advice = "To broadcast dense inputs, try using unsqueeze and expand_to before passing them into the kernel."
    if not query_sizes[0] == key_sizes[0] == value_sizes[0]:
        return (
            "For dense inputs, both fused kernels require query, key and value to have the same batch_size. "
            f"Query.sizes(): {query_sizes}, Key.sizes(): {key_sizes}, Value.sizes(): {value_sizes} instead. {advice}"
        )
    if not enable_gqa and not query_sizes[1] == key_sizes[1] == value_sizes[1]:
        return (
            "For dense input, both fused kernels require query, key and value to have the same num_heads. "
            f"Query.sizes(): {query_sizes}, Key sizes(): {key_sizes}, Value sizes(): {value_sizes} instead. {advice}"
        )
    if attn_mask is not None and not attn_mask.requires_grad and not _mask_fits(query, key, attn_mask):
        return (
            "Please use the following attn mask shapes: 2d - ({Q_seq_len, 1}  x {KV_seq_len, 1}); 4d - ({Batch, 1} x {Num_heads, 1} x "
            "{Q_seq_len, 1}  x {KV_seq_len, 1})"
        )
    if not query_sizes[3] == key_sizes[3] == value_sizes[3]:
        return (
            f"Flash attention requires q,k,v to have the same last dimension. Got Query.size(-1): {query_sizes[3]}, Key.size(-1): "
            f"{key_sizes[3]}, Value.size(-1): {value_sizes[3]} instead."
        )
    strides = [tensor.stride(3) for tensor in tensors]
    if strides != [1, 1, 1]:
        return (
            "All fused kernels require the last dimension of the input to have stride 1. "
            f"Got Query.stride(-1): {strides[0]}, Key.stride(-1): {strides[1]}, Value.stride(-1): {strides[2]}"
        )
    return ""


def _refuse(*call: Any) -> None:
    """The error of a call that no implementation takes which is allowed, after a warning that says why."""
    if not BACKENDS["flash"]:
        raise RuntimeError(
            "No viable backend for scaled_dot_product_attention was found. This is likely due to turning off both the math kernel and "
            "the fused kernels."
        )
    reasons = ["Flash attention kernel not used because:", _obstacle(*call)]
    for reason in filter(None, reasons):
        warnings.warn(reason, UserWarning, stacklevel=2)
    raise RuntimeError("No available kernel.  Aborting execution.")


@composite("_fused_sdp_choice")
def fused_choice(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: Any = 0.0, is_causal: Any = False, scale: Any = None,
    enable_gqa: Any = False,
) -> Any:  # fmt: skip
    """The number of the implementation that attention takes: 1 for the fused one, 0 for the composition."""
    return int(_is_fusible(query, key, value, attn_mask, dropout_p, enable_gqa))


@composite("scaled_dot_product_attention")
def scaled_dot_product_attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: Any = 0.0, is_causal: Any = False, scale: Any = None,
    enable_gqa: Any = False,
) -> Any:  # fmt: skip
    """softmax(query @ key.T * scale + mask) @ value."""
    _check(query, key, value, attn_mask)
    if (0 in query.shape[:-1] or 0 in value.shape[-2:]) and query.shape[:-2] == key.shape[:-2] == value.shape[:-2]:
        zeros = beside(query, np.zeros((*query.shape[:-1], value.shape[-1]), query._array.dtype))
        return zeros + REGISTRY["mul.Scalar"](query.sum() + key.sum() + value.sum(), 0)  # nothing to attend to, but recorded
    if _is_fusible(query, key, value, attn_mask, dropout_p, enable_gqa):
        mask = _additive(attn_mask, query)
        return flash_attention(query, key, value, dropout_p, is_causal, mask, scale)[0]
    if not BACKENDS["math"]:
        _refuse(query, key, value, attn_mask, dropout_p, enable_gqa)
    return attention_math(query, key, value, attn_mask, dropout_p, is_causal, None, scale, enable_gqa)[0]


def _grouped(query: Any, key: Any, value: Any) -> tuple[Any, Any]:
    """Keys and values repeated for query heads that share them."""
    heads = query.shape[-3]
    if heads % key.shape[-3] or heads % value.shape[-3] or key.shape[-3] > heads:
        raise RuntimeError("Number of heads in key and value must divide the number of heads in ")
    return tuple(
        [
            tensor if tensor.shape[-3] == heads else REGISTRY["repeat_interleave.self_int"](tensor, heads // tensor.shape[-3], -3, None)
            for tensor in (key, value)
        ]
    )


@composite("_scaled_dot_product_attention_math")
def attention_math(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: Any = 0.0, is_causal: Any = False, dropout_mask: Any = None,
    scale: Any = None, enable_gqa: Any = False,
) -> Any:  # fmt: skip
    """Attention as a composition, and its weights."""
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
        attn_mask = beside(query, np.tri(query.shape[-2], key.shape[-2], dtype=bool))
    mask = _additive(attn_mask, query)
    factor = math.sqrt(abs(_factor(query, scale)))
    sign = -1.0 if _factor(query, scale) < 0 else 1.0
    if enable_gqa:
        key, value = _grouped(query, key, value)
    matmul = REGISTRY["matmul"]
    half = is_half(query._array)
    convert = REGISTRY["_to_copy"]
    kind = query.dtype
    if half and get_mode() & GRAD:
        query, key, value = [convert(tensor, dtype=dtypes.float32) for tensor in (query, key, value)]
    turned = REGISTRY["transpose.int"].apply([key, -2, -1])
    weights = matmul(scaled(query, factor * sign), scaled(turned, factor))
    if query.dtype.is_complex:
        raise NotImplementedError(f"\"softmax_lastdim_kernel_impl\" not implemented for '{query.dtype.cpp}'")
    if mask is not None:
        weights = weights + mask
    weights = safe_softmax(weights, -1, None)
    if dropout_mask is not None:
        kept = REGISTRY["masked_fill.Scalar"](weights, ~dropout_mask, 0.0)
        found = matmul(kept, scaled(value, 1.0 / (1.0 - dropout_p)))
    else:
        if dropout_p > 0:
            weights = REGISTRY["dropout"](weights, dropout_p, True)
        found = matmul(weights, value)
    return (convert(found, dtype=kind), convert(weights, dtype=kind)) if found.dtype is not kind else (found, weights)
