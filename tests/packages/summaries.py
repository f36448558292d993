"""torchinfo, torchsummary, opt_einsum, safetensors: tables of layers, contraction paths, files."""

import os
import tempfile

import opt_einsum
import torch
import torchinfo
import torchsummary
from safetensors import safe_open
from safetensors.torch import load_file, load_model, save_file, save_model
from torch import nn


def run():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, 4))
    print(torchinfo.summary(net, (2, 3, 16, 16), verbose=0, depth=2, col_names=("input_size", "output_size", "num_params", "mult_adds")))
    torchsummary.summary(net, (3, 16, 16), device="cpu")
    a, b, c = torch.randn(4, 5), torch.randn(5, 6), torch.randn(6, 3)
    print("einsum", opt_einsum.contract("ij,jk,kl->il", a, b, c).sum().item(), opt_einsum.contract_path("ij,jk,kl->il", a, b, c)[0])
    with tempfile.TemporaryDirectory() as place:
        file = os.path.join(place, "net.safetensors")
        save_model(net, file, metadata={"kind": "test"})
        other = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, 4))
        print(load_model(other, file), torch.equal(net[0].weight, other[0].weight))
        save_file({"a": a, "half": a.half(), "brain": a.bfloat16(), "int": torch.arange(3), "bool": a > 0}, file)
        print({name: (value.dtype, tuple(value.shape)) for name, value in sorted(load_file(file).items())})
        with safe_open(file, framework="pt") as opened:
            print(sorted(opened.keys()), opened.get_slice("a")[1:2].tolist())


if __name__ == "__main__":
    run()
