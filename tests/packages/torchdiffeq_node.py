"""torchdiffeq: a neural ODE with odeint and the adjoint, several solvers, an event."""

import torch
from torch import nn
from torchdiffeq import odeint, odeint_adjoint, odeint_event


class Field(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 2))

    def forward(self, t, y):
        return self.net(y**3)


def run():
    torch.manual_seed(0)
    field = Field()
    start, times = torch.tensor([[2.0, 0.0]]), torch.linspace(0.0, 2.0, 10)
    matrix = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])
    with torch.no_grad():
        truth = odeint(lambda t, y: y**3 @ matrix, start, times, method="dopri5")
    print("truth", truth[-1].tolist())
    optimizer = torch.optim.RMSprop(field.parameters(), lr=1e-3)
    for method in ("dopri5", "rk4", "euler", "midpoint", "bosh3"):
        loss = (odeint(field, start, times, method=method) - truth).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(method, loss.item())
    for _ in range(3):
        loss = (odeint_adjoint(field, start, times, rtol=1e-5, atol=1e-6) - truth).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print("adjoint", loss.item(), field.net[0].weight.grad.norm().item())
    moment, state = odeint_event(
        lambda t, y: torch.stack([y[1], torch.full_like(y[1], -9.8)]),
        torch.tensor([10.0, 0.0], dtype=torch.float64), torch.tensor(0.0, dtype=torch.float64),
        event_fn=lambda t, y: y[0], atol=1e-8, rtol=1e-8,
    )  # fmt: skip
    print("event", moment.item(), state[-1].tolist())


if __name__ == "__main__":
    run()
