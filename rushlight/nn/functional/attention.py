"""Multi-head attention."""

from __future__ import annotations

import math
import warnings
from typing import Any

from rushlight.nn.functional._operators import operator as _op


def _expect(condition: bool, text: str) -> None:
    if not condition:
        raise AssertionError(text)


def _check_shapes(query: Any, key: Any, value: Any, key_padding_mask: Any, attn_mask: Any, num_heads: int) -> bool:
    """Whether the inputs are batches; AssertionError where their dimensions do not fit each other."""
    dims = query.dim()
    if dims not in (2, 3):
        raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {dims}-D query tensor")
    kind = "batched" if dims == 3 else "unbatched"
    _expect(
        key.dim() == dims and value.dim() == dims,
        f"For {kind} ({dims}-D) `query`, expected `key` and `value` to be {dims}-D but found {key.dim()}-D and {value.dim()}-D "
        "tensors respectively",
    )
    if key_padding_mask is not None:
        _expect(
            key_padding_mask.dim() == dims - 1,
            f"For {kind} ({dims}-D) `query`, expected `key_padding_mask` to be `None` or {dims - 1}-D but found "
            f"{key_padding_mask.dim()}-D tensor instead",
        )
    if attn_mask is not None:
        _expect(
            attn_mask.dim() in (2, 3),
            f"For {kind} ({dims}-D) `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.dim()}-D tensor instead",
        )
        if dims == 2 and attn_mask.dim() == 3:
            expected = (num_heads, query.shape[0], key.shape[0])
            _expect(
                tuple(attn_mask.shape) == expected,
                f"Expected `attn_mask` shape to be {expected} but got {attn_mask.shape}",
            )
    return dims == 3


def _canonical_mask(
    mask: Any, mask_name: str, other_type: Any, other_name: str, target_type: Any, check_other: bool = True
) -> Any:
    """A mask of booleans as zeros and -inf; float masks as they are."""
    if mask is None:
        return None
    from rushlight._core.dtypes import bool_

    if mask.dtype is not bool_ and not mask.is_floating_point():
        raise AssertionError(f"only bool and floating types of {mask_name} are supported")
    if check_other and other_type is not None and mask.dtype != other_type:
        warnings.warn(
            f"Support for mismatched {mask_name} and {other_name} is deprecated. Use same type for both instead.", stacklevel=3
        )
    if mask.is_floating_point():
        return mask
    return _op("zeros_like")(mask, dtype=target_type).masked_fill_(mask, float("-inf"))


def _none_or_dtype(input: Any) -> Any:
    """The dtype of a mask that there is."""
    if input is None:
        return None
    if hasattr(input, "dtype"):
        return input.dtype
    raise RuntimeError("input to _none_or_dtype() must be None or torch.Tensor")


def _canonical_masks(query: Any, key_padding_mask: Any, attn_mask: Any, is_causal: bool, need_weights: bool) -> Any:
    """Both masks in additive form, and whether attention is causal without them."""
    padding = _canonical_mask(
        key_padding_mask, "key_padding_mask", None if attn_mask is None else attn_mask.dtype, "attn_mask", query.dtype
    )
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    if is_causal and padding is None and not need_weights:
        return None, None, True
    mask = _canonical_mask(attn_mask, "attn_mask", None, "", query.dtype, False)
    return padding, mask, is_causal and padding is None


def _unpacked(projected: Any, count: int, size: int) -> Any:
    found = projected.unflatten(-1, (count, size)).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()
    return [found[index] for index in range(count)]


def _project_packed(query: Any, key: Any, value: Any, weight: Any, bias: Any) -> Any:
    """Queries, keys and values by one weight of three blocks, in as few products as the inputs allow."""
    size = query.size(-1)
    linear = _op("linear")
    if key is value and query is key:
        return _unpacked(linear(query, weight, bias), 3, size)
    if key is value:
        weights = weight.split([size, size * 2])
        biases = (None, None) if bias is None else bias.split([size, size * 2])
        return [linear(query, weights[0], biases[0]), *_unpacked(linear(key, weights[1], biases[1]), 2, size)]
    weights = weight.chunk(3)
    biases = (None, None, None) if bias is None else bias.chunk(3)
    return [linear(tensor, w, b) for tensor, w, b in zip((query, key, value), weights, biases)]


def _project(query: Any, key: Any, value: Any, weights: Any, bias: Any) -> Any:
    """Queries, keys and values by weights of their own."""
    size = query.size(-1)
    sizes = (size, key.size(-1), value.size(-1))
    for name, weight, wanted in zip("qkv", weights, sizes):
        if weight is None:
            raise AssertionError(f"use_separate_proj_weight is True but {name}_proj_weight is None")
        _expect(
            tuple(weight.shape) == (size, wanted), f"expecting {name.upper()} weights shape of {(size, wanted)}, but got {weight.shape}"
        )
    biases = (None, None, None) if bias is None else bias.chunk(3)
    return [_op("linear")(tensor, w, b) for tensor, w, b in zip((query, key, value), weights, biases)]


def _check_mask(mask: Any, batch: int, tgt_len: int, src_len: int, num_heads: int) -> Any:
    """The attention mask in three dimensions."""
    if mask is None:
        return None
    shapes = {2: (tgt_len, src_len), 3: (batch * num_heads, tgt_len, src_len)}
    expected = shapes.get(mask.dim())
    if expected is None:
        raise RuntimeError(f"attn_mask's dimension {mask.dim()} is not supported")
    if tuple(mask.shape) != expected:
        raise RuntimeError(f"The shape of the {mask.dim()}D attn_mask is {mask.shape}, but should be {expected}.")
    return mask.unsqueeze(0) if mask.dim() == 2 else mask


def _padded(mask: Any) -> Any:
    from rushlight.nn import functional

    return None if mask is None else functional.pad(mask, (0, 1))


def _split_heads(tensor: Any, static: Any, name: str, batch: int, num_heads: int, head_dim: int) -> Any:
    """(length, batch, embedding) as (batch * heads, length, head size)."""
    if static is None:
        return tensor.view(tensor.shape[0], batch * num_heads, head_dim).transpose(0, 1)
    _expect(
        static.size(0) == batch * num_heads, f"expecting static_{name}.size(0) of {batch * num_heads}, but got {static.size(0)}"
    )
    _expect(static.size(2) == head_dim, f"expecting static_{name}.size(2) of {head_dim}, but got {static.size(2)}")
    return static


def _with_zero(tensor: Any) -> Any:
    shape = (tensor.size(0), 1, tensor.size(2))
    return _op("cat")([tensor, _op("zeros")(shape, dtype=tensor.dtype, device=tensor.device)], dim=1)


def _merged(mask: Any, padding: Any, batch: int, num_heads: int, src_len: int) -> Any:
    """The two masks as one."""
    if padding is None:
        return mask
    for dim, expected in enumerate((batch, src_len)):
        _expect(
            padding.shape[dim] == expected, f"Expected key_padded_mask.shape[{dim}] to be {expected}, but got {padding.shape[dim]}"
        )
    spread = padding.view(batch, 1, 1, src_len).expand(-1, num_heads, -1, -1).reshape(batch * num_heads, 1, src_len)
    return spread if mask is None else mask + spread


def _with_weights(q: Any, k: Any, v: Any, mask: Any, dropout_p: float) -> tuple[Any, Any]:
    """Attention and its weights."""
    from rushlight.nn import functional

    scaled = q * math.sqrt(1.0 / float(q.shape[2]))
    turned = k.transpose(-2, -1)
    scores = _op("bmm")(scaled, turned) if mask is None else _op("baddbmm")(mask, scaled, turned)
    weights = functional.softmax(scores, dim=-1)
    if dropout_p > 0.0:
        weights = functional.dropout(weights, p=dropout_p)
    return _op("bmm")(weights, v), weights


def multi_head_attention_forward(
    query: Any, key: Any, value: Any, embed_dim_to_check: int, num_heads: int, in_proj_weight: Any, in_proj_bias: Any, bias_k: Any,
    bias_v: Any, add_zero_attn: bool, dropout_p: float, out_proj_weight: Any, out_proj_bias: Any, training: bool = True,
    key_padding_mask: Any = None, need_weights: bool = True, attn_mask: Any = None, use_separate_proj_weight: bool = False,
    q_proj_weight: Any = None, k_proj_weight: Any = None, v_proj_weight: Any = None, static_k: Any = None, static_v: Any = None,
    average_attn_weights: bool = True, is_causal: bool = False,
) -> tuple[Any, Any]:  # fmt: skip
    """Attention with several heads between projections; its result, and the weights if wanted."""
    batched = _check_shapes(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        same_key, same_value = key is query, value is key
        query = query.unsqueeze(1)
        key = query if same_key else key.unsqueeze(1)
        value = key if same_value else value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    tgt_len, batch, embed_dim = query.shape
    padding, mask, is_causal = _canonical_masks(query, key_padding_mask, attn_mask, is_causal, need_weights)
    _expect(embed_dim == embed_dim_to_check, f"was expecting embedding dimension of {embed_dim_to_check}, but got {embed_dim}")
    head_dim = embed_dim // num_heads
    _expect(head_dim * num_heads == embed_dim, f"embed_dim {embed_dim} not divisible by num_heads {num_heads}")
    if use_separate_proj_weight:
        _expect(
            key.shape[:2] == value.shape[:2],
            f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}",
        )
        q, k, v = _project(query, key, value, (q_proj_weight, k_proj_weight, v_proj_weight), in_proj_bias)
    else:
        _expect(key.shape == value.shape, f"key shape {key.shape} does not match value shape {value.shape}")
        if in_proj_weight is None:
            raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
        q, k, v = _project_packed(query, key, value, in_proj_weight, in_proj_bias)
    mask = _check_mask(mask, batch, tgt_len, key.shape[0], num_heads)
    if bias_k is not None and bias_v is not None:
        _expect(static_k is None, "bias cannot be added to static key.")
        _expect(static_v is None, "bias cannot be added to static value.")
        k, v = _op("cat")([k, bias_k.repeat(1, batch, 1)]), _op("cat")([v, bias_v.repeat(1, batch, 1)])
        mask, padding = _padded(mask), _padded(padding)
    else:
        _expect(bias_k is None and bias_v is None, "bias_k is None")
    q = _split_heads(q, None, "q", batch, num_heads, head_dim)
    k = _split_heads(k, static_k, "k", batch, num_heads, head_dim)
    v = _split_heads(v, static_v, "v", batch, num_heads, head_dim)
    if add_zero_attn:
        k, v, mask, padding = _with_zero(k), _with_zero(v), _padded(mask), _padded(padding)
    src_len = k.size(1)
    mask = _merged(mask, padding, batch, num_heads, src_len)
    dropout = dropout_p if training else 0.0
    if need_weights:
        _expect(not (is_causal and mask is None), "FIXME: is_causal not implemented for need_weights")
        found, weights = _with_weights(q, k, v, mask, dropout)
        found = found.transpose(0, 1).reshape(tgt_len * batch, embed_dim)
        weights = weights.view(batch, num_heads, tgt_len, src_len)
        weights = weights.mean(dim=1) if average_attn_weights else weights
    else:
        if mask is not None:
            mask = mask.unsqueeze(0) if mask.size(0) == 1 and mask.dim() == 3 else mask.view(batch, num_heads, -1, src_len)
        heads = [tensor.view(batch, num_heads, -1, head_dim) for tensor in (q, k, v)]
        found, weights = _op("scaled_dot_product_attention")(*heads, mask, dropout, is_causal), None
        found = found.permute(2, 0, 1, 3).reshape(batch * tgt_len, embed_dim)
    found = _op("linear")(found, out_proj_weight, out_proj_bias)
    found = found.view(tgt_len, batch, found.size(1))
    if not batched:
        found, weights = found.squeeze(1), None if weights is None else weights.squeeze(0)
    return found, weights
