"""A neural differential equation: a network learns the law of motion of a spiral, through the steps of a Runge-Kutta solver."""

from itertools import pairwise

import torch
from showing import progress, save_plot


def solve(law, start, times):
    """The states at the given times, by the classical Runge-Kutta method."""
    states = [start]
    for now, then in pairwise(times):
        step, x = then - now, states[-1]
        k1 = law(x)
        k2 = law(x + step / 2 * k1)
        k3 = law(x + step / 2 * k2)
        k4 = law(x + step * k3)
        states.append(x + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    return torch.stack(states)


def spiral(x):
    """The law that is to be found."""
    return (x**3) @ torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])


def build():
    return torch.nn.Sequential(torch.nn.Linear(2, 50), torch.nn.Tanh(), torch.nn.Linear(50, 2))


def train(law, steps):
    """The loss of every step."""
    with torch.no_grad():
        times = torch.linspace(0.0, 12.0, 481)
        truth = solve(spiral, torch.tensor([2.0, 0.0]), times)
    optimizer = torch.optim.Adam(law.parameters(), lr=1e-2)
    losses = []
    for _ in progress(steps):
        starts = torch.randint(len(times) - 10, (32,))
        wanted = torch.stack([truth[starts + ahead] for ahead in range(10)])
        found = solve(lambda x: law(x**3), wanted[0], times[:10])
        loss = (found - wanted).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def main():
    torch.manual_seed(0)
    law = build()
    losses = train(law, steps=500)
    print(f"loss: {losses[0]:.4f} at the start, {sum(losses[-20:]) / 20:.4f} at the end")
    with torch.no_grad():
        times = torch.linspace(0.0, 12.0, 481)
        truth = solve(spiral, torch.tensor([2.0, 0.0]), times)
        found = solve(lambda x: law(x**3), torch.tensor([2.0, 0.0]), times)
    print(f"mean distance along the whole orbit: {(found - truth).norm(dim=1).mean().item():.3f}")

    def draw(axes):
        axes.plot(*truth.T.numpy(), label="spiral")
        axes.plot(*found.T.numpy(), "--", label="learned")
        axes.legend()

    save_plot("neural_ode", draw)


if __name__ == "__main__":
    main()
