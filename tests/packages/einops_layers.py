"""einops: rearrange, reduce, repeat, pack, einsum and the layers, in a small mixer network."""

import torch
from einops import einsum, pack, rearrange, reduce, repeat, unpack
from einops.layers.torch import EinMix, Rearrange, Reduce
from torch import nn


def run():
    torch.manual_seed(0)
    net = nn.Sequential(
        Rearrange("b c (h p) (w q) -> b (h w) (p q c)", p=4, q=4),
        nn.Linear(48, 32),
        nn.GELU(),
        EinMix("b n c -> b n2 c", weight_shape="n n2", bias_shape="n2", n=16, n2=16),
        nn.LayerNorm(32),
        Reduce("b n c -> b c", "mean"),
        nn.Linear(32, 5),
    )
    images, labels = torch.randn(8, 3, 16, 16), torch.randint(5, (8,))
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-2)
    for _ in range(10):
        loss = nn.functional.cross_entropy(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print("loss", loss.item())
    x = torch.randn(2, 3, 4, requires_grad=True)
    packed, shapes = pack([x, repeat(x.mean(2), "b c -> b c k", k=5)], "b c *")
    first, second = unpack(packed, shapes, "b c *")
    y = einsum(first, second, "b c i, b c j -> i j")
    reduce(rearrange(y, "i j -> j i"), "j i -> j", "max").sum().backward()
    print("grad", x.grad.tolist())
    print(type(y.grad_fn).__name__, tuple(packed.shape), type(packed.grad_fn).__name__)


if __name__ == "__main__":
    run()
