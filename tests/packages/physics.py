"""deepxde and pykan: a PINN of a Poisson equation, a DeepONet step, a Kolmogorov-Arnold network; torchdyn's neural ODE."""

import contextlib
import io
import os

os.environ["DDE_BACKEND"] = "pytorch"
import deepxde as dde
import numpy as np
import torch
from kan import KAN
from torchdyn.core import NeuralODE


def run():
    dde.config.set_random_seed(0)
    torch.set_default_device("cpu")
    geometry = dde.geometry.Interval(-1, 1)
    equation = lambda x, y: dde.grad.hessian(y, x) + np.pi**2 * torch.sin(np.pi * x)
    boundary = dde.icbc.DirichletBC(geometry, lambda x: 0, lambda x, on: on)
    data = dde.data.PDE(geometry, equation, boundary, 16, 2, solution=lambda x: np.sin(np.pi * x), num_test=20)
    model = dde.Model(data, dde.nn.FNN([1, 16, 16, 1], "tanh", "Glorot uniform"))
    with contextlib.redirect_stdout(io.StringIO()):  # how long it took
        model.compile("adam", lr=0.005, metrics=["l2 relative error"])
    history, _ = model.train(iterations=30, display_every=10, verbose=0)
    print("pinn", np.asarray(history.loss_train).sum(1).tolist())
    with contextlib.redirect_stdout(io.StringIO()):
        model.compile("L-BFGS")
    torch.manual_seed(0)
    network = KAN(width=[2, 3, 1], grid=3, k=3, seed=1, auto_save=False)
    x = torch.rand(40, 2) * 2 - 1
    y = (x[:, :1] * x[:, 1:]).sin()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(4):
        loss = (network(x) - y).square().mean() + 0.01 * network(x).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print("kan", loss.item())
    field = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))
    for sensitivity in ("autograd", "adjoint"):
        field.zero_grad()
        _, path = NeuralODE(field, sensitivity=sensitivity, solver="dopri5", return_t_eval=True)(x[:5], torch.linspace(0, 1, 4))
        path[-1].square().sum().backward()
        print(sensitivity, path[-1].sum().item(), field[0].weight.grad.sum().item())


if __name__ == "__main__":
    run()
