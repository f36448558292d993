"""pyro: stochastic variational inference with an autoguide, a plate with subsampling, enumeration, NUTS."""

import pyro
import pyro.distributions as dist
import torch
from pyro.infer import MCMC, NUTS, SVI, Predictive, Trace_ELBO, TraceEnum_ELBO, config_enumerate
from pyro.infer.autoguide import AutoDiagonalNormal, AutoLowRankMultivariateNormal


def regression(x, y=None):
    weight = pyro.sample("weight", dist.Normal(torch.zeros(2), 1.0).to_event(1))
    bias = pyro.sample("bias", dist.Normal(0.0, 5.0))
    scale = pyro.sample("scale", dist.LogNormal(0.0, 0.5))
    with pyro.plate("data", len(x)):
        return pyro.sample("y", dist.Normal(x @ weight + bias, scale), obs=y)


@config_enumerate
def mixture(data):
    weights = pyro.sample("weights", dist.Dirichlet(torch.ones(2)))
    with pyro.plate("components", 2):
        locs = pyro.sample("locs", dist.Normal(0.0, 5.0))
    with pyro.plate("data", len(data)):
        which = pyro.sample("which", dist.Categorical(weights))
        pyro.sample("obs", dist.Normal(locs[which], 1.0), obs=data)


def run():
    pyro.clear_param_store()
    pyro.set_rng_seed(0)
    x = torch.randn(30, 2)
    y = x @ torch.tensor([1.0, -2.0]) + 0.5 + 0.1 * torch.randn(30)
    for kind in (AutoDiagonalNormal, AutoLowRankMultivariateNormal):
        pyro.clear_param_store()
        guide = kind(regression)
        svi = SVI(regression, guide, pyro.optim.ClippedAdam({"lr": 0.02}), Trace_ELBO(num_particles=2))
        for _ in range(8):
            print(kind.__name__, svi.step(x, y))
    predictive = Predictive(regression, guide=guide, num_samples=5)
    print("predictive", predictive(x[:3])["y"].mean(0).tolist())
    pyro.clear_param_store()
    from pyro import poutine

    guide = AutoDiagonalNormal(poutine.block(mixture, expose=["weights", "locs"]))
    svi = SVI(mixture, guide, pyro.optim.Adam({"lr": 0.05}), TraceEnum_ELBO(max_plate_nesting=1))
    data = torch.cat([torch.randn(10) - 3, torch.randn(10) + 3])
    for _ in range(5):
        print("mixture", svi.step(data))
    pyro.set_rng_seed(1)
    mcmc = MCMC(NUTS(regression, max_tree_depth=4), num_samples=8, warmup_steps=6, disable_progbar=True)
    mcmc.run(x, y)
    print("nuts", {name: value.mean(0).tolist() for name, value in mcmc.get_samples().items()})


if __name__ == "__main__":
    run()
