"""gpytorch and linear_operator: exact GP regression, a variational GP, a multitask kernel, linear operators."""

import gpytorch
import torch
from linear_operator import to_linear_operator
from linear_operator.operators import DiagLinearOperator, KroneckerProductLinearOperator, ToeplitzLinearOperator


class Exact(gpytorch.models.ExactGP):
    def __init__(self, x, y, likelihood):
        super().__init__(x, y, likelihood)
        self.mean_module = gpytorch.means.ConstantMean()
        self.covar_module = gpytorch.kernels.ScaleKernel(gpytorch.kernels.RBFKernel() + gpytorch.kernels.MaternKernel(nu=1.5))

    def forward(self, x):
        return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))


class Variational(gpytorch.models.ApproximateGP):
    def __init__(self, inducing):
        distribution = gpytorch.variational.CholeskyVariationalDistribution(inducing.size(0))
        super().__init__(gpytorch.variational.VariationalStrategy(self, inducing, distribution))
        self.mean_module = gpytorch.means.ZeroMean()
        self.covar_module = gpytorch.kernels.ScaleKernel(gpytorch.kernels.PeriodicKernel())

    def forward(self, x):
        return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))


def train(model, likelihood, mll, x, y, steps):
    model.train()
    likelihood.train()
    optimizer = torch.optim.Adam([*model.parameters(), *(p for p in likelihood.parameters() if p not in set(model.parameters()))], lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = -mll(model(x), y)
        loss.backward()
        optimizer.step()
        print("loss", loss.item())
    model.eval()
    likelihood.eval()


def run():
    torch.manual_seed(0)
    x = torch.linspace(0, 1, 40)
    y = torch.sin(x * 6.28) + 0.1 * torch.randn(40)
    likelihood = gpytorch.likelihoods.GaussianLikelihood()
    model = Exact(x, y, likelihood)
    train(model, likelihood, gpytorch.mlls.ExactMarginalLogLikelihood(likelihood, model), x, y, 10)
    with torch.no_grad(), gpytorch.settings.fast_pred_var():
        posterior = likelihood(model(torch.linspace(0, 1, 7)))
        print("mean", posterior.mean.tolist())
        print("variance", posterior.variance.tolist())
        lower, upper = posterior.confidence_region()
        print("lower", lower.tolist(), upper[0].item())
    likelihood = gpytorch.likelihoods.BernoulliLikelihood()
    model = Variational(torch.linspace(0, 1, 10)[:, None])
    train(model, likelihood, gpytorch.mlls.VariationalELBO(likelihood, model, 40), x, (y > 0).float(), 5)
    print("probability", likelihood(model(torch.linspace(0, 1, 5))).mean.tolist())
    square = torch.randn(4, 4)
    dense = to_linear_operator(square @ square.T) + DiagLinearOperator(torch.ones(4))
    print("solve", dense.solve(torch.ones(4, 1)).flatten().tolist(), dense.logdet().item())
    product = KroneckerProductLinearOperator(dense, ToeplitzLinearOperator(torch.tensor([2.0, 0.5, 0.1])))
    print("kronecker", (product @ torch.ones(12)).tolist(), product.diagonal().sum().item())
    print(type(product).__name__, tuple(product.shape))


if __name__ == "__main__":
    run()
