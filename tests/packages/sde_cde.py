"""torchsde and torchcde: a latent SDE with its adjoint, a neural CDE over interpolated paths."""

import torch
import torchcde
import torchsde
from torch import nn


class Equation(nn.Module):
    noise_type, sde_type = "diagonal", "ito"

    def __init__(self):
        super().__init__()
        self.drift, self.diffusion = nn.Linear(3, 3), nn.Linear(3, 3)

    def f(self, t, y):
        return self.drift(y).tanh()

    def g(self, t, y):
        return 0.3 * self.diffusion(y).sigmoid()


class Control(nn.Module):
    def __init__(self, channels, hidden):
        super().__init__()
        self.channels, self.hidden, self.linear = channels, hidden, nn.Linear(hidden, hidden * channels)

    def forward(self, t, z):
        return self.linear(z).tanh().view(*z.shape[:-1], self.hidden, self.channels)


def run():
    torch.manual_seed(0)
    equation, start, times = Equation(), torch.full((4, 3), 0.1), torch.linspace(0, 1, 5)
    optimizer = torch.optim.Adam(equation.parameters(), lr=1e-2)
    for solve, method in ((torchsde.sdeint, "euler"), (torchsde.sdeint, "milstein"), (torchsde.sdeint_adjoint, "euler"), (torchsde.sdeint, "srk")):
        brownian = torchsde.BrownianInterval(t0=0.0, t1=1.0, size=(4, 3), entropy=42, levy_area_approximation="space-time")
        path = solve(equation, start, times, dt=0.1, bm=brownian, method=method)
        loss = (path[-1] - 1).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(method, loss.item(), path[-1, 0].tolist())
    x = torch.cat([torch.linspace(0, 1, 12).expand(5, 12).unsqueeze(2), torch.randn(5, 12, 2)], 2)
    control, readout = Control(3, 4), nn.Linear(4, 1)
    optimizer = torch.optim.Adam([*control.parameters(), *readout.parameters()], lr=1e-2)
    for interpolate in (torchcde.hermite_cubic_coefficients_with_backward_differences, torchcde.natural_cubic_coeffs):
        path = torchcde.CubicSpline(interpolate(x))
        for _ in range(2):
            z = torchcde.cdeint(X=path, func=control, z0=torch.zeros(5, 4) + 0.1, t=path.interval, method="rk4", options={"step_size": 0.5}, adjoint=False)
            loss = readout(z[:, -1]).sub(1).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            print(interpolate.__name__, loss.item())
    print("logsig path", torchcde.LinearInterpolation(torchcde.linear_interpolation_coeffs(x)).evaluate(2.5)[0].tolist())


if __name__ == "__main__":
    run()
