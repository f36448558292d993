"""backpack, curvlinops and laplace: individual gradients, variances, curvature, linear operators, a posterior of the last layer."""

import torch
from backpack import backpack, extend
from backpack.extensions import KFAC, BatchGrad, BatchL2Grad, DiagGGNExact, DiagHessian, SumGradSquared, Variance
from curvlinops import FisherMCLinearOperator, GGNLinearOperator, HessianLinearOperator, hutchinson_trace
from laplace import Laplace
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def run():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.Sigmoid(), nn.Linear(6, 3))
    x, y = torch.randn(12, 4), torch.randint(3, (12,))
    extended, lossfunc = extend(model), extend(nn.CrossEntropyLoss())
    loss = lossfunc(extended(x), y)
    with backpack(BatchGrad(), Variance(), SumGradSquared(), BatchL2Grad(), DiagGGNExact(), DiagHessian(), KFAC(mc_samples=2)):
        loss.backward()
    for name, p in model.named_parameters():
        print(name, p.grad_batch.abs().sum().item(), p.variance.sum().item(), p.sum_grad_squared.sum().item(), p.batch_l2.sum().item())
        print(name, p.diag_ggn_exact.sum().item(), p.diag_h.sum().item(), [factor.sum().item() for factor in p.kfac])
    images = extend(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 3)))
    loss = lossfunc(images(torch.randn(5, 1, 8, 8)), y[:5])
    with backpack(BatchGrad(), DiagGGNExact()):
        loss.backward()
    print("images", [(p.grad_batch.shape, p.diag_ggn_exact.sum().item()) for p in images.parameters()])
    plain = nn.Sequential(nn.Linear(4, 6), nn.Sigmoid(), nn.Linear(6, 3))
    parameters = list(plain.parameters())
    vector = torch.randn(sum(p.numel() for p in parameters))
    for kind in (HessianLinearOperator, GGNLinearOperator):
        operator = kind(plain, nn.CrossEntropyLoss(), parameters, [(x, y)], progressbar=False)
        print(kind.__name__, (operator @ vector).abs().sum().item(), tuple(operator.shape))
    fisher = FisherMCLinearOperator(plain, nn.CrossEntropyLoss(), parameters, [(x, y)], mc_samples=2)
    print("fisher", (fisher @ vector).abs().sum().item(), hutchinson_trace(operator, num_matvecs=4).item())
    loader = DataLoader(TensorDataset(x, y), batch_size=6)
    for structure in ("full", "kron", "diag"):
        posterior = Laplace(plain, "classification", subset_of_weights="last_layer", hessian_structure=structure)
        posterior.fit(loader)
        posterior.optimize_prior_precision(method="marglik")
        print(structure, posterior.log_marginal_likelihood().item(), posterior(x[:2]).tolist())


if __name__ == "__main__":
    run()
