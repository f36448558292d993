"""botorch: fit a single-task GP with scipy, optimise an acquisition function, a short Bayesian optimisation loop."""

import warnings

import torch
from botorch.acquisition import LogExpectedImprovement, UpperConfidenceBound, qExpectedImprovement
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP
from botorch.models.transforms import Normalize, Standardize
from botorch.optim import optimize_acqf
from botorch.sampling import SobolQMCNormalSampler
from gpytorch.mlls import ExactMarginalLogLikelihood


def run():
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    x = torch.rand(8, 2, dtype=torch.double)
    y = -(x - 0.3).square().sum(-1, keepdim=True)
    bounds = torch.tensor([[0.0, 0.0], [1.0, 1.0]], dtype=torch.double)
    for step in range(2):
        model = SingleTaskGP(x, y, input_transform=Normalize(d=2), outcome_transform=Standardize(m=1))
        fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        print("lengthscale", [round(v, 3) for v in model.covar_module.lengthscale.flatten().tolist()])
        candidate, value = optimize_acqf(
            LogExpectedImprovement(model, best_f=y.max()), bounds=bounds, q=1, num_restarts=2, raw_samples=16,
        )  # fmt: skip
        print("candidate", [round(v, 3) for v in candidate.flatten().tolist()])
        x = torch.cat([x, candidate.detach()])
        y = torch.cat([y, -(candidate.detach() - 0.3).square().sum(-1, keepdim=True)])
    posterior = model.posterior(torch.full((3, 2), 0.5, dtype=torch.double))
    print("posterior", [round(v, 4) for v in posterior.mean.flatten().tolist()])
    print("ucb", round(UpperConfidenceBound(model, beta=0.2)(torch.full((1, 1, 2), 0.5, dtype=torch.double)).item(), 4))
    improvement = qExpectedImprovement(model, best_f=-1.0, sampler=SobolQMCNormalSampler(torch.Size([64]), seed=1))
    print("qei", round(improvement(torch.full((1, 2, 2), 0.4, dtype=torch.double)).item(), 4))


if __name__ == "__main__":
    run()
