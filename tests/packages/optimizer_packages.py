"""pytorch-optimizer, torch-optimizer, lion-pytorch, torch-ema, ema-pytorch: many optimizers on one small problem, and averages."""

import pytorch_optimizer
import torch
import torch_optimizer
from ema_pytorch import EMA
from lion_pytorch import Lion
from torch import nn
from torch_ema import ExponentialMovingAverage

PYTORCH_OPTIMIZER = [
    "AdaBelief", "AdaBound", "AdaFactor", "AdamP", "ADOPT", "Adan", "Apollo", "DAdaptAdam", "DiffGrad", "Lamb", "LARS", "Lion", "MADGRAD",
    "NovoGrad", "Prodigy", "QHAdam", "RAdam", "Ranger", "Ranger21", "ScheduleFreeAdamW", "SGDP", "ScalableShampoo", "Tiger", "Yogi",
]  # fmt: skip
TORCH_OPTIMIZER = ["AccSGD", "AdaMod", "AggMo", "A2GradUni", "DiffGrad", "Lamb", "NovoGrad", "PID", "QHM", "RAdam", "SGDW", "Shampoo", "SWATS", "Yogi"]


def fit(name, build, steps=4):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    x, y = torch.randn(16, 4), torch.randn(16, 1)
    optimizer = build(net)
    if hasattr(optimizer, "train"):
        optimizer.train()
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(x), y)
        loss.backward(create_graph=name == "Hessian")
        optimizer.step()
        losses.append(loss.item())
    print(name, losses)
    return net


def run():
    for name in PYTORCH_OPTIMIZER:
        kind = getattr(pytorch_optimizer, name, None)
        if kind is not None:
            extra = {"num_iterations": 10} if name == "Ranger21" else {}
            fit(name, lambda net, kind=kind, extra=extra: kind(net.parameters(), lr=1e-2, **extra))
    for name in TORCH_OPTIMIZER:
        kind = getattr(torch_optimizer, name)
        extra = {} if name == "A2GradUni" else {"lr": 1e-2}
        fit("torch_optimizer." + name, lambda net, kind=kind, extra=extra: kind(net.parameters(), **extra))
    net = fit("lion", lambda net: Lion(net.parameters(), lr=1e-3, weight_decay=1e-2))
    average, ema = ExponentialMovingAverage(net.parameters(), decay=0.9), EMA(net, beta=0.9, update_after_step=0, update_every=1)
    for _ in range(3):
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.add_(0.1)
        average.update()
        ema.update()
    with average.average_parameters():
        print("torch_ema", net[0].weight.flatten()[:4].tolist())
    print("ema_pytorch", ema.ema_model[0].weight.flatten()[:4].tolist())
    print("state", sorted(average.state_dict())[:3], len(ema.state_dict()))


if __name__ == "__main__":
    run()
