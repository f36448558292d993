"""x-transformers: an autoregressive decoder with rotary positions, an encoder-decoder, a ViT wrapper."""

import torch
from x_transformers import AutoregressiveWrapper, Decoder, Encoder, TransformerWrapper, ViTransformerWrapper, XTransformer


def run():
    torch.manual_seed(0)
    net = TransformerWrapper(num_tokens=64, max_seq_len=64, attn_layers=Decoder(dim=32, depth=2, heads=4, attn_dim_head=8, rotary_pos_emb=True, ff_glu=True))
    model = AutoregressiveWrapper(net)
    data = torch.randint(0, 64, (4, 24))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(4):
        loss = model(data)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        print("decoder", loss.item())
    model.eval()
    print("generated", model.generate(data[:1, :4], 8, temperature=0.0, cache_kv=True).tolist())
    model = XTransformer(dim=32, enc_num_tokens=64, enc_depth=1, enc_heads=4, enc_max_seq_len=24, dec_num_tokens=64, dec_depth=1, dec_heads=4, dec_max_seq_len=24)
    loss = model(data, torch.randint(0, 64, (4, 16)), mask=torch.ones_like(data).bool())
    loss.backward()
    print("xtransformer", loss.item(), sum(p.grad.abs().sum().item() for p in model.parameters() if p.grad is not None))
    vit = ViTransformerWrapper(image_size=32, patch_size=8, num_classes=5, attn_layers=Encoder(dim=32, depth=2, heads=4, alibi_pos_bias=False))
    print("vit", vit(torch.randn(2, 3, 32, 32)).tolist())


if __name__ == "__main__":
    run()
