"""nflows, normflows and zuko: densities fitted by maximum likelihood, samples, inverses."""

import normflows
import torch
import zuko
from nflows.distributions.normal import StandardNormal
from nflows.flows.base import Flow
from nflows.transforms.autoregressive import MaskedAffineAutoregressiveTransform, MaskedPiecewiseRationalQuadraticAutoregressiveTransform
from nflows.transforms.base import CompositeTransform
from nflows.transforms.permutations import ReversePermutation


def fit(name, parameters, density, x, steps=4):
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = -density(x).mean()
        loss.backward()
        optimizer.step()
        print(name, loss.item())


def run():
    torch.manual_seed(0)
    x = torch.randn(64, 2) * torch.tensor([1.0, 0.3]) + torch.tensor([0.5, -0.2])
    flow = Flow(CompositeTransform([
        ReversePermutation(features=2), MaskedAffineAutoregressiveTransform(features=2, hidden_features=8),
        MaskedPiecewiseRationalQuadraticAutoregressiveTransform(features=2, hidden_features=8, num_bins=4, tails="linear", tail_bound=3.0),
    ]), StandardNormal([2]))  # fmt: skip
    fit("nflows", flow.parameters(), flow.log_prob, x)
    with torch.no_grad():
        samples, densities = flow.sample_and_log_prob(3)
        print("nflows sample", samples.tolist(), densities.tolist())

    layers = []
    for _ in range(3):
        layers += [normflows.flows.AffineCouplingBlock(normflows.nets.MLP([1, 16, 2], init_zeros=True)), normflows.flows.Permute(2, mode="swap")]
    model = normflows.NormalizingFlow(normflows.distributions.base.DiagGaussian(2), layers)
    fit("normflows", model.parameters(), model.log_prob, x)
    print("normflows kld", model.forward_kld(x).item(), model.sample(2)[0].tolist())

    for kind, extra in ((zuko.flows.NSF, {"transforms": 2}), (zuko.flows.MAF, {"transforms": 2}), (zuko.flows.CNF, {})):
        model = kind(features=2, context=1, hidden_features=(16, 16), **extra)
        context = torch.ones(64, 1)
        fit(kind.__name__, model.parameters(), lambda x, model=model, context=context: model(context).log_prob(x), x, steps=3)
        print(kind.__name__, "sample", model(torch.zeros(1)).rsample((2,)).tolist())


if __name__ == "__main__":
    run()
