"""vector-quantize, rotary-embedding, performer, local-attention, perceiver, vit-pytorch, mambapy, entmax: a step of each."""

import torch
from entmax import entmax15, entmax15_loss, entmax_bisect, sparsemax
from local_attention import LocalAttention
from mambapy.mamba import Mamba, MambaConfig
from perceiver_pytorch import Perceiver
from performer_pytorch import PerformerLM
from rotary_embedding_torch import RotaryEmbedding
from vector_quantize_pytorch import FSQ, LFQ, ResidualVQ, VectorQuantize
from vit_pytorch import SimpleViT, ViT


def step(name, net, *inputs, loss=lambda out: out.square().mean(), rate=1e-3):
    optimizer = torch.optim.Adam(net.parameters(), lr=rate) if list(net.parameters()) else None
    for _ in range(2):
        value = loss(net(*inputs))
        if optimizer is not None:
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        print(name, value.item())


def run():
    torch.manual_seed(0)
    images = torch.randn(2, 3, 32, 32)
    step("vit", ViT(image_size=32, patch_size=8, num_classes=5, dim=32, depth=2, heads=2, mlp_dim=32, dim_head=16, dropout=0.1), images)
    step("simple vit", SimpleViT(image_size=32, patch_size=8, num_classes=5, dim=32, depth=1, heads=2, mlp_dim=32, dim_head=16), images)
    step("perceiver", Perceiver(
        input_channels=3, input_axis=2, num_freq_bands=3, max_freq=10.0, depth=1, num_latents=8, latent_dim=16, cross_heads=1, latent_heads=2,
        cross_dim_head=8, latent_dim_head=8, num_classes=5, self_per_cross_attn=1,
    ), images.permute(0, 2, 3, 1))  # fmt: skip
    tokens = torch.randint(0, 50, (2, 32))
    step("performer", PerformerLM(num_tokens=50, max_seq_len=32, dim=32, depth=1, heads=4, causal=True, dim_head=8, generalized_attention=True), tokens)
    step("mamba", Mamba(MambaConfig(d_model=16, n_layers=2, d_state=4)), torch.randn(2, 16, 16))
    q = torch.randn(1, 2, 32, 16, requires_grad=True)
    local = LocalAttention(dim=16, window_size=8, causal=True, autopad=True)
    out = local(q, q * 0.5, q + 1, mask=torch.ones(1, 32).bool())
    out.sum().backward()
    print("local", out.mean().item(), q.grad.abs().sum().item())
    rotary = RotaryEmbedding(dim=16)
    print("rotary", rotary.rotate_queries_or_keys(q).std().item(), rotary(torch.arange(4).float()).sum().item())
    x = torch.randn(2, 16, 8, requires_grad=True)
    quantize = VectorQuantize(dim=8, codebook_size=16, decay=0.8, commitment_weight=1.0)
    for _ in range(2):
        quantized, indices, commit = quantize(x)
        print("vq", indices.tolist()[0], commit.item(), quantized.abs().mean().item())
    print("residual", ResidualVQ(dim=8, num_quantizers=2, codebook_size=8)(x)[0].mean().item())
    print("fsq", FSQ([4, 4, 4])(torch.randn(2, 6, 3))[1].tolist(), LFQ(codebook_size=16, dim=8)(x).entropy_aux_loss.item())
    z = torch.randn(3, 6, requires_grad=True)
    for name, value in (("sparsemax", sparsemax(z, dim=1)), ("entmax15", entmax15(z, dim=1)), ("bisect", entmax_bisect(z, 1.3, dim=1))):
        (grad,) = torch.autograd.grad(value.square().sum(), z)
        print(name, value.tolist(), grad.tolist())
    print("loss", entmax15_loss(z, torch.tensor([0, 1, 2])).sum().item())


if __name__ == "__main__":
    run()
