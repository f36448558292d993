"""torch.nn.attention: attention with a function for its scores, block masks, and causal masks known by name."""

import importlib
import warnings


def modules(torch):
    return importlib.import_module(f"{torch.__name__}.nn.attention.flex_attention"), importlib.import_module(f"{torch.__name__}.nn.attention.bias")


def operands(torch):
    return torch.randn(2, 4, 5, 8), torch.randn(2, 4, 7, 8), torch.randn(2, 4, 7, 6)


def scores(torch, log):
    flex = modules(torch)[0]
    q, k, v = operands(torch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log(flex.flex_attention(q, k, v))
        log(flex.flex_attention(q.transpose(1, 2).contiguous().transpose(1, 2), k, v))
        log(flex.flex_attention(q, k, v, score_mod=lambda s, b, h, i, j: s + (i - j) * 0.1 + h))
        log(flex.flex_attention(q.double(), k.double(), v.double(), scale=0.5, return_lse=True))
        found, more = flex.flex_attention(q, k, v, return_aux=flex.AuxRequest(lse=True))
        log(found, more.lse, more.max_scores)
        log(flex.flex_attention(q, k[:, :2], v[:, :2], enable_gqa=True))
        mask = flex.create_block_mask(lambda b, h, i, j: i >= j, None, None, 5, 7, device="cpu")
        log(flex.flex_attention(q, k, v, block_mask=mask))
        none = flex.create_block_mask(lambda b, h, i, j: i < 0, None, None, 5, 7, device="cpu")
        log(flex.flex_attention(q, k, v, block_mask=none, return_lse=True))
        large = flex.create_block_mask(lambda b, h, i, j: i >= j, None, None, 300, 300, device="cpu")
        for act in (
            lambda: flex.flex_attention(q, k, v, block_mask=large), lambda: flex.flex_attention(q[0], k, v),
            lambda: flex.flex_attention(q, k[:, :2], v[:, :2]), lambda: flex.flex_attention(q, k[:1], v[:1]),
            lambda: flex.flex_attention(q, k[..., :3], v), lambda: flex.flex_attention(q.clone().requires_grad_(), k, v),
            lambda: flex.flex_attention(q, k[:, :3], v[:, :3], enable_gqa=True), lambda: flex.flex_attention(q, k, v, block_mask=3),
            lambda: flex.flex_attention(q, k, v, return_aux=flex.AuxRequest(max_scores=True)), lambda: flex.and_masks(3),
        ):  # fmt: skip
            log.error(act)


def blocks(torch, log):
    flex = modules(torch)[0]
    window = flex.and_masks(lambda b, h, i, j: i >= j, lambda b, h, i, j: i - j < 150)
    for mask in (
        flex.create_block_mask(window, 2, None, 400, 500, device="cpu", BLOCK_SIZE=64),
        flex.create_block_mask(lambda b, h, i, j: i >= j, None, 2, 40, 50, device="cpu", BLOCK_SIZE=(8, 16), separate_full_blocks=False),
    ):
        log(*[part for part in mask.as_tuple() if not callable(part)])
        log(mask.shape, mask.numel(), mask.sparsity(), mask.to_dense(), mask.to_string(3), mask[0].shape, mask._adjust(16, 32).shape)
        log(repr(mask).replace("and_mask", "<lambda>"), str(mask))
    log(flex.create_mask(lambda s, b, h, i, j: s + i - j, 2, None, 3, 3, "cpu"))
    log(flex.create_mask(flex.or_masks(lambda b, h, i, j: i >= j, lambda b, h, i, j: j == 2), None, None, 3, 3, "cpu"))
    log.error(lambda: flex.create_mask(lambda x: x, 1, 1, 2, 2, "cpu"))
    log.error(lambda: flex.create_block_mask(lambda b, h, i, j: i + j, 1, 1, 2, 2, "cpu"))


def causal(torch, log):
    bias, sdpa = modules(torch)[1], torch.nn.functional.scaled_dot_product_attention
    q, k, v = operands(torch)
    for mask in (bias.causal_lower_right(5, 7), bias.causal_upper_left(5, 7)):
        log(mask.variant.name, mask.seq_len_q, mask.seq_len_kv, repr(mask), mask._materialize(), sdpa(q, k, v, attn_mask=mask))
    log(sdpa(k, k, v, bias.causal_lower_right(7, 7)))
    log.error(lambda: sdpa(q, k, v, bias.causal_upper_left(5, 7), is_causal=True))
    log.error(lambda: bias.CausalBias(3, 2, 2))
