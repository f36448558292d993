"""Attention: the fused operator, the composition, masks, grouped heads, and several heads between projections."""

import importlib
import warnings


def functional(torch):
    return importlib.import_module(f"{torch.__name__}.nn.functional")


def leaves(torch, *shapes, dtype=None):
    return [torch.randn(*shape, dtype=dtype or torch.float64).requires_grad_() for shape in shapes]


def gradients(torch, log, result, inputs):
    log(result)
    weights = torch.linspace(-1, 1, result.numel(), dtype=result.dtype).view(result.shape)
    log([grad.detach().contiguous().clone() for grad in torch.autograd.grad(result, inputs, weights)])


def fused(torch, log):
    torch.manual_seed(0)
    attention = functional(torch).scaled_dot_product_attention
    q, k, v = leaves(torch, (2, 3, 4, 8), (2, 3, 5, 8), (2, 3, 5, 8))
    gradients(torch, log, attention(q, k, v), (q, k, v))
    gradients(torch, log, attention(q, k, v, scale=0.3), (q, k, v))
    for mask in (torch.rand(4, 5, dtype=torch.float64), torch.rand(4, 5) > 0.5, torch.rand(2, 1, 4, 5) > 0.3, torch.rand(1, 1, 4, 5) > 0.5):
        gradients(torch, log, attention(q, k, v, mask), (q, k, v))
    gradients(torch, log, attention(q, k, v, torch.zeros(4, 5).bool()), (q, k, v))
    x, y, z = leaves(torch, (2, 3, 4, 8), (2, 3, 4, 8), (2, 3, 4, 8))
    gradients(torch, log, attention(x, y, z, is_causal=True), (x, y, z))
    a, b = leaves(torch, (2, 4, 3, 8), (2, 4, 3, 8))
    gradients(torch, log, attention(a.transpose(1, 2), b.transpose(1, 2), b.transpose(1, 2)), (a, b))
    m, n = leaves(torch, (2, 4, 5, 8), (2, 2, 5, 8))
    gradients(torch, log, attention(m, n, n, enable_gqa=True), (m, n))
    node = attention(q, k, v, scale=0.5).grad_fn
    log([(name, getattr(node, name)) for name in sorted(dir(node)) if name.startswith("_saved_")])
    (grad,) = torch.autograd.grad(attention(q, k, v).sum(), q, create_graph=True)
    log.error(lambda: torch.autograd.grad(grad.sum(), q))


def composed(torch, log):
    attention = functional(torch).scaled_dot_product_attention
    torch.manual_seed(0)
    q, k, v = leaves(torch, (3, 4, 8), (3, 5, 8), (3, 5, 8))
    gradients(torch, log, attention(q, k, v), (q, k, v))
    gradients(torch, log, attention(q, k, v, torch.rand(4, 5) > 0.5), (q, k, v))
    gradients(torch, log, attention(q, k, v, torch.zeros(4, 5).bool()), (q, k, v))
    gradients(torch, log, attention(q, k, v, is_causal=True, scale=0.2), (q, k, v))
    gradients(torch, log, attention(q[0], k[0], v[0]), (q, k, v))
    bias = torch.rand(4, 5, dtype=torch.float64).requires_grad_()
    gradients(torch, log, attention(q, k, v, bias), (q, k, v, bias))
    x, y, z = leaves(torch, (2, 3, 4, 8), (2, 3, 5, 8), (2, 3, 5, 6))
    gradients(torch, log, attention(x, y, z), (x, y, z))
    gradients(torch, log, attention(x, y, z, dropout_p=0.3), (x, y, z))
    gradients(torch, log, attention(x, y, y, dropout_p=0.3, is_causal=True), (x, y))
    m, n = leaves(torch, (2, 4, 5, 8), (2, 2, 5, 8))
    gradients(torch, log, attention(m, n, n, enable_gqa=True, dropout_p=0.2), (m, n))
    gradients(torch, log, attention(x, y[:1], z[:1]), (x, y, z))
    out, weights = torch._scaled_dot_product_attention_math(x, y, z)
    log(out, weights)


def attention_dtypes(torch, log):
    attention = functional(torch).scaled_dot_product_attention
    log.tolerance(3e-2, 5e-3)
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        torch.manual_seed(0)
        q, k, v = leaves(torch, (2, 3, 4, 8), (2, 3, 5, 8), (2, 3, 5, 8), dtype=dtype)
        log(attention(q, k, v))
        log(attention(q.detach(), k.detach(), v.detach(), torch.ones(4, 5).tril().bool()))


def attention_refusals(torch, log):
    attention = functional(torch).scaled_dot_product_attention
    torch.manual_seed(0)
    q, k, v = torch.randn(2, 3, 4, 8), torch.randn(2, 3, 5, 8), torch.randn(2, 3, 5, 8)
    for call in (
        lambda: attention(q, k.double(), v), lambda: attention(q, k, v, torch.ones(4, 5).long()), lambda: attention(q, k, v, torch.ones(4, 4)),
        lambda: attention(q[0, 0, 0], k[0, 0, 0], v[0, 0, 0]), lambda: attention(q, k, v, dropout_p=1.5), lambda: attention(q, k[:, :2], v[:, :2]),
        lambda: attention(q, k[:, :2], v[:, :2], enable_gqa=True), lambda: attention(q, k, v, torch.ones(4, 5).double()),
        lambda: attention(q[0], k[0], v[0], torch.ones(4, 5), is_causal=True),
    ):  # fmt: skip
        log.error(call)


def kernels(torch, log):
    attention = functional(torch).scaled_dot_product_attention
    module = importlib.import_module(f"{torch.__name__}.nn.attention")
    backend = module.SDPBackend
    log(sorted(backend.__members__))
    q, k, v = leaves(torch, (2, 3, 4, 8), (2, 3, 5, 8), (2, 3, 5, 8))
    for chosen in (backend.MATH, backend.FLASH_ATTENTION, [backend.MATH, backend.FLASH_ATTENTION]):
        with module.sdpa_kernel(chosen):
            log(attention(q, k, v))
    with module.sdpa_kernel(backend.EFFICIENT_ATTENTION):
        log.error(lambda: attention(q, k, v))
    log(attention(q, k, v))


def heads(torch, size=6, key_size=None):
    torch.manual_seed(0)
    make = leaves(torch, (3 * size, size), (3 * size,), (size, size), (size,))
    return make, leaves(torch, (4, 2, size), (5, 2, size))


def forward(torch, query, key, value, made, **options):
    weight, bias, out_weight, out_bias = made
    settings = {"bias_k": None, "bias_v": None, "add_zero_attn": False, "dropout_p": 0.0, **options}
    positional = [settings.pop(name) for name in ("bias_k", "bias_v", "add_zero_attn", "dropout_p")]
    return functional(torch).multi_head_attention_forward(query, key, value, 6, 3, weight, bias, *positional, out_weight, out_bias, **settings)


def several_heads(torch, log):
    made, (q, k) = heads(torch)
    causal = torch.ones(4, 4).triu(1).bool()
    bias_k, bias_v = leaves(torch, (1, 1, 6), (1, 1, 6))
    padding = torch.tensor([[False] * 5, [False, False, False, True, True]])
    for options in (
        {}, {"need_weights": False}, {"average_attn_weights": False}, {"key_padding_mask": padding}, {"key_padding_mask": padding, "need_weights": False},
        {"attn_mask": torch.rand(4, 5, dtype=torch.float64)}, {"attn_mask": torch.rand(6, 4, 5) > 0.2}, {"add_zero_attn": True},
        {"bias_k": bias_k, "bias_v": bias_v}, {"dropout_p": 0.3}, {"dropout_p": 0.3, "need_weights": False},
        {"attn_mask": torch.rand(4, 5) > 0.3, "key_padding_mask": padding, "add_zero_attn": True, "need_weights": False},
    ):  # fmt: skip
        found, weights = forward(torch, q, k, k, made, **options)
        gradients(torch, log, found, (q, k, *made))
        log(weights)
    found, weights = forward(torch, q, q, q, made, attn_mask=causal, is_causal=True, need_weights=False)
    gradients(torch, log, found, (q, *made))
    found, weights = forward(torch, q, k, k * 2, made)
    gradients(torch, log, found, (q, k, *made))
    found, weights = forward(torch, q[:, 0], k[:, 0], k[:, 0], made)
    log(found, weights)
    a, b, c = leaves(torch, (6, 6), (6, 4), (6, 5))
    y, z = leaves(torch, (5, 2, 4), (5, 2, 5))
    separate = {"use_separate_proj_weight": True, "q_proj_weight": a, "k_proj_weight": b, "v_proj_weight": c}
    found, weights = forward(torch, q, y, z, (None, *made[1:]), **separate)
    gradients(torch, log, found, (q, y, z, a, b, c))
    log(weights)


def refusals_of_heads(torch, log):
    made, (q, k) = heads(torch)
    for call in (
        lambda: forward(torch, q[0, 0], k, k, made), lambda: forward(torch, q, k[0], k[0], made), lambda: forward(torch, q, k, k[:3], made),
        lambda: forward(torch, q, k, k, made, key_padding_mask=torch.zeros(5).bool()), lambda: forward(torch, q, k, k, made, is_causal=True),
        lambda: forward(torch, q, k, k, made, attn_mask=torch.zeros(5).bool()), lambda: forward(torch, q, k, k, made, attn_mask=torch.zeros(4, 4)),
        lambda: forward(torch, q, k, k, made, attn_mask=torch.zeros(2, 4, 5)), lambda: forward(torch, q, k, k, made, attn_mask=torch.zeros(4, 5).long()),
        lambda: forward(torch, q[..., :4], k, k, made), lambda: forward(torch, q, k, k, made, key_padding_mask=torch.zeros(2, 4).bool()),
        lambda: forward(torch, q[:, 0], k[:, 0], k[:, 0], made, attn_mask=torch.zeros(2, 4, 5)),
    ):  # fmt: skip
        log.error(call)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log(forward(torch, q, k, k, made, attn_mask=torch.zeros(4, 5, dtype=torch.float64), key_padding_mask=torch.zeros(2, 5).bool())[0])
