"""A Gaussian process on scikit-learn's diabetes data: how the disease progresses with the body mass index, and how sure that is."""

import math

import torch
from showing import progress, save_plot
from sklearn.datasets import load_diabetes


class GaussianProcess(torch.nn.Module):
    """A constant mean, a squared exponential kernel and noise, in double precision."""

    def __init__(self):
        super().__init__()
        self.log_scale = torch.nn.Parameter(torch.zeros((), dtype=torch.float64))
        self.log_length = torch.nn.Parameter(torch.zeros((), dtype=torch.float64))
        self.log_noise = torch.nn.Parameter(torch.full((), -1.0, dtype=torch.float64))
        self.mean = torch.nn.Parameter(torch.zeros((), dtype=torch.float64))

    def kernel(self, a, b):
        distances = (a[:, None] - b[None, :]) / self.log_length.exp()
        return (2 * self.log_scale).exp() * torch.exp(-0.5 * distances.square())

    def factor(self, x):
        """The Cholesky factor of the covariance of what was measured."""
        return torch.linalg.cholesky(self.kernel(x, x) + (2 * self.log_noise).exp() * torch.eye(len(x), dtype=x.dtype))

    def forward(self, x, y):
        """The negative log likelihood of the data, per point."""
        factor = self.factor(x)
        rest = torch.linalg.solve_triangular(factor, (y - self.mean)[:, None], upper=False)
        return (0.5 * rest.square().sum() + factor.diagonal().log().sum()) / len(x) + 0.5 * math.log(2 * math.pi)

    def predict(self, x, y, at):
        """Mean and standard deviation at other places."""
        factor = self.factor(x)
        across = self.kernel(x, at)
        mean = self.mean + across.T @ torch.cholesky_solve((y - self.mean)[:, None], factor).squeeze(1)
        explained = torch.linalg.solve_triangular(factor, across, upper=False).square().sum(0)
        return mean, ((2 * self.log_scale).exp() - explained + (2 * self.log_noise).exp()).sqrt()


def load():
    """Body mass index and progression of 442 patients, each with mean 0 and standard deviation 1."""
    table, progression = load_diabetes(return_X_y=True)
    x, y = torch.tensor(table[:, 2]), torch.tensor(progression)
    return [(value - value.mean()) / value.std() for value in (x, y)]


def train(model, x, y, steps):
    """The loss of every step."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    losses = []
    for _ in progress(steps):
        optimizer.zero_grad()
        loss = model(x, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def main():
    x, y = load()
    model = GaussianProcess()
    losses = train(model, x[:300], y[:300], steps=80)
    with torch.no_grad():
        mean, deviation = model.predict(x[:300], y[:300], x[300:])
        inside = ((y[300:] - mean).abs() < 2 * deviation).double().mean().item()
        places = torch.linspace(-2.5, 3.5, 100, dtype=torch.float64)
        curve, width = model.predict(x[:300], y[:300], places)
    print(f"negative log likelihood: {losses[0]:.4f} at the start, {losses[-1]:.4f} at the end")
    print(f"unseen patients: {(y[300:] - mean).square().mean().sqrt().item():.3f} off, {inside:.0%} within two deviations")

    def draw(axes):
        axes.plot(x.numpy(), y.numpy(), ".", alpha=0.4)
        axes.plot(places.numpy(), curve.numpy())
        axes.fill_between(places.numpy(), (curve - 2 * width).numpy(), (curve + 2 * width).numpy(), alpha=0.2)

    save_plot("gaussian_process", draw)


if __name__ == "__main__":
    main()
