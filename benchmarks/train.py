"""Train steps of whole models on rushlight and PyTorch, side by side: `python benchmarks/train.py [WORD ...]`, options as run.py."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import run
from run import WORKLOADS, Workload, main, module_step, workload


def step_of(torch: Any, model: Any, loss: Callable[[], Any], optimizer: str, **options: Any) -> Workload:
    stepping = getattr(torch.optim, optimizer)(model.parameters(), **options)

    def step() -> None:
        stepping.zero_grad()
        loss().backward()
        stepping.step()

    return step


WORKLOADS.clear()  # only the ones below


@workload("train step, MLP 32-64-64-10, batch 32, optim.SGD", 4.0)
def mlp_sgd(torch: Any) -> Workload:
    return module_step(torch, 32, [32, 64, 64, 10], "SGD", lr=0.01)


@workload("train step, MLP 32-64-64-10, batch 32, optim.Adam", 4.0)
def mlp_adam(torch: Any) -> Workload:
    return module_step(torch, 32, [32, 64, 64, 10], "Adam")


@workload("train step, MLP 784-256-10, batch 64, optim.Adam", 1.0)
def mlp_mnist(torch: Any) -> Workload:
    return module_step(torch, 64, [784, 256, 10], "Adam")


@workload("train step, LeNet, batch 32, optim.SGD with momentum", 0.8)
def lenet(torch: Any) -> Workload:
    nn = torch.nn
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip
    images, digits = torch.randn(32, 1, 28, 28), torch.randint(0, 10, (32,))
    return step_of(torch, model, lambda: nn.functional.cross_entropy(model(images), digits), "SGD", lr=0.01, momentum=0.9)


@workload("train step, LSTM 32-64, 20 steps, batch 16, optim.Adam", 1.0)
def lstm(torch: Any) -> Workload:
    nn = torch.nn
    torch.manual_seed(0)
    model = nn.ModuleDict({"lstm": nn.LSTM(32, 64, batch_first=True), "head": nn.Linear(64, 10)})
    x, kinds = torch.randn(16, 20, 32), torch.randint(0, 10, (16,))
    return step_of(torch, model, lambda: nn.functional.cross_entropy(model["head"](model["lstm"](x)[0][:, -1]), kinds), "Adam")


@workload("train step, transformer of 4 layers, 128 wide, 8 x 32 tokens, optim.AdamW", 0.8)
def transformer(torch: Any) -> Workload:
    nn = torch.nn
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(128, 4, 256, dropout=0.0, batch_first=True)
    layers = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
    model = nn.ModuleDict({"embedding": nn.Embedding(64, 128), "layers": layers, "head": nn.Linear(128, 64)})
    mask = nn.Transformer.generate_square_subsequent_mask(32)
    text, following = torch.randint(0, 64, (8, 32)), torch.randint(0, 64, (8 * 32,))

    def loss() -> Any:
        states = model["layers"](model["embedding"](text), mask=mask, is_causal=True)
        return nn.functional.cross_entropy(model["head"](states).flatten(0, 1), following)

    return step_of(torch, model, loss, "AdamW")


@workload("train step, residual block of 32 channels, 8 x 16 x 16, optim.SGD with momentum", 0.4)
def residual(torch: Any) -> Workload:
    nn = torch.nn
    torch.manual_seed(0)

    def half() -> list[Any]:
        return [nn.Conv2d(32, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32)]

    model = nn.Sequential(*half(), nn.ReLU(), *half())
    x, wanted = torch.randn(8, 32, 16, 16), torch.randn(8, 32, 16, 16)
    return step_of(torch, model, lambda: nn.functional.mse_loss((model(x) + x).relu(), wanted), "SGD", lr=0.01, momentum=0.9)


if __name__ == "__main__":
    run.__doc__ = __doc__
    sys.exit(main(sys.argv[1:]))
