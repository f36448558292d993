"""torch.distributions: samples from a seed, densities, moments, gradients, divergences, constraints and transforms."""

CASES = {
    "Normal": "P(0., 1.), P(1., 2.)", "Bernoulli": "P(.3, .5, .9)", "Categorical": "P(.2, .3, .5)", "Uniform": "P(0., 1.), P(1., 3.)",
    "Exponential": "P(1., 2.)", "Gamma": "P(.5, 2.), P(1., 2.)", "Chi2": "P(1., 4.)", "Dirichlet": "P(.5, 2., 1.)",
    "Beta": "P(.5, 2.), P(1., 3.)", "Laplace": "P(0., 1.), P(1., 2.)", "Cauchy": "P(0., 1.), P(1., 2.)", "Poisson": "P(1., 4.)",
    "Geometric": "P(.3, .6)", "Binomial": "5, P(.3, .6)", "NegativeBinomial": "5, P(.3, .6)", "Multinomial": "5, P(.2, .3, .5)",
    "OneHotCategorical": "P(.2, .3, .5)", "OneHotCategoricalStraightThrough": "P(.2, .3, .5)",
    "StudentT": "P(1.5, 4.), P(0., 1.), P(1., 2.)", "FisherSnedecor": "P(3., 4.), P(5., 6.)", "HalfNormal": "P(1., 2.)",
    "HalfCauchy": "P(1., 2.)", "LogNormal": "P(0., 1.), P(1., .5)", "LogisticNormal": "P(0., 1.), P(1., .5)",
    "Gumbel": "P(0., 1.), P(1., 2.)", "Kumaraswamy": "P(.5, 2.), P(1., 3.)", "Pareto": "P(1., 2.), P(3., 2.5)",
    "Weibull": "P(1., 2.), P(3., 2.5)", "InverseGamma": "P(3., 2.5), P(1., 2.)", "MultivariateNormal": "P(0., 1.), M",
    "LowRankMultivariateNormal": "P(0., 1.), P(1., .5).unsqueeze(-1), P(1., 2.)", "RelaxedBernoulli": "T(.5), P(.3, .6)",
    "RelaxedOneHotCategorical": "T(.5), P(.2, .3, .5)", "VonMises": "P(0., 1.), P(1., 5.)", "ContinuousBernoulli": "P(.2, .5, .7)",
    "GeneralizedPareto": "P(0., 1.), P(1., 2.), P(0., .2)", "LKJCholesky": "3, 1.5", "Wishart": "T(3.), M",
    "MixtureSameFamily": "D.Categorical(P(.2, .8)), D.Normal(P(0., 1.), P(1., 2.))", "Independent": "D.Normal(P(0., 1.), P(1., 2.)), 1",
}  # fmt: skip


def made(torch, name, leaves):
    def leaf(*values):
        leaves.append(torch.tensor(values, requires_grad=True))
        return leaves[-1]

    matrix = torch.tensor([[2.0, 0.5], [0.5, 1.0]])
    space = {"P": leaf, "T": torch.tensor, "M": matrix, "D": torch.distributions}
    return eval(f"D.{name}({CASES[name]})", space)


def attempt(function):
    try:
        found = function()
        return found.detach().clone() if hasattr(found, "detach") else found
    except (NotImplementedError, RuntimeError, ValueError) as error:
        return type(error).__name__


def describe(torch, log, name):
    import warnings

    torch.manual_seed(0)
    leaves = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        d = made(torch, name, leaves)
        log(repr(d), tuple(d.batch_shape), tuple(d.event_shape), bool(d.has_rsample), bool(d.has_enumerate_support))
        log(*(attempt(lambda field=field: getattr(d, field)) for field in ("mean", "mode", "variance", "stddev")))
        log(attempt(lambda: type(d.support).__name__), attempt(d.entropy))
        sample = d.sample((3,))
        log(sample.clone(), attempt(lambda: d.log_prob(sample)), attempt(lambda: d.cdf(sample)), attempt(d.enumerate_support))
        log(attempt(lambda: d.icdf(torch.rand(3, *d.batch_shape))), attempt(lambda: d.expand((2, *d.batch_shape)).log_prob(sample[:1])))
        for value in (d.log_prob(sample), attempt_grad(d)):
            if hasattr(value, "requires_grad") and value.requires_grad:
                grads = torch.autograd.grad((value * value).sum(), leaves, allow_unused=True, retain_graph=True)
                log(*(None if grad is None else grad.clone() for grad in grads))


def attempt_grad(d):
    try:
        return d.rsample((2,))
    except NotImplementedError:
        return None


def each_distribution(torch, log):
    log.tolerance(1e-3, 1e-4)
    for name in CASES:
        describe(torch, log, name)


def divergences(torch, log):
    log.tolerance(1e-4, 1e-5)
    kinds = ["Normal", "Laplace", "Gumbel", "Uniform", "Exponential", "Gamma", "Beta", "Pareto", "Poisson", "Bernoulli", "Categorical",
             "Binomial", "Geometric", "Dirichlet", "HalfNormal", "Cauchy", "ContinuousBernoulli", "OneHotCategorical", "LogNormal",
             "MultivariateNormal", "LowRankMultivariateNormal", "Independent", "Wishart"]  # fmt: skip
    for first in kinds:
        for second in kinds:
            torch.manual_seed(0)
            p, q = made(torch, first, []), made(torch, second, [])
            log((first, second, attempt(lambda p=p, q=q: torch.distributions.kl_divergence(p, q))))


def registered_divergences(torch, log):
    D = torch.distributions

    class Mine(D.Normal):
        pass

    @D.register_kl(Mine, D.Normal)
    def mine(p, q):
        return 7

    log(D.kl_divergence(Mine(0.0, 1.0), D.Normal(0.0, 1.0)), D.kl_divergence(D.Normal(0.0, 1.0), Mine(0.0, 2.0)))
    log.error(lambda: D.kl_divergence(D.Cauchy(0.0, 1.0), D.Normal(0.0, 1.0)))


LINES_CHECKED = """
torch.distributions.Normal(0.0, -1.0)
torch.distributions.Normal(torch.zeros(2), torch.tensor([1.0, -1.0]))
torch.distributions.Normal(0.0, -1.0, validate_args=False).scale
torch.distributions.Normal(0.0, 1.0).log_prob(torch.tensor(float("nan")))
torch.distributions.Normal(0.0, 1.0).log_prob(5)
torch.distributions.Normal(torch.zeros(2), 1.0).log_prob(torch.zeros(3))
torch.distributions.Bernoulli(probs=0.5, logits=0.1)
torch.distributions.Bernoulli(0.5).log_prob(torch.tensor(0.5))
torch.distributions.Bernoulli(torch.tensor(2.0))
torch.distributions.Categorical(torch.tensor(0.5))
torch.distributions.Categorical(torch.tensor([0.5, -0.1]))
torch.distributions.Categorical(torch.tensor([0.5, 0.5])).log_prob(torch.tensor(2))
torch.distributions.Uniform(1.0, 0.0)
torch.distributions.Uniform(0.0, 1.0).log_prob(torch.tensor(2.0))
torch.distributions.Uniform(0.0, 1.0, validate_args=False).log_prob(torch.tensor(2.0))
torch.distributions.Normal("a", 1.0)
torch.distributions.Multinomial(torch.tensor(3), torch.ones(2))
torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2), torch.eye(2))
torch.distributions.MultivariateNormal(torch.zeros(2), -torch.eye(2))
torch.distributions.MultivariateNormal(torch.tensor(0.0), torch.eye(2))
torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(3)).event_shape
torch.distributions.Independent(torch.distributions.Normal(torch.zeros(2), 1.0), 2)
torch.distributions.LKJCholesky(1)
torch.distributions.Normal(0.0, 1.0).perplexity()
torch.distributions.Normal(0.0, 1.0).sample_n(2).shape
torch.distributions.Normal(0.0, 1.0).enumerate_support()
torch.distributions.Normal(0, 1).sample().dtype, torch.distributions.Normal(torch.zeros(1).double(), 1).sample().dtype
torch.distributions.MixtureSameFamily(torch.distributions.Normal(0.0, 1.0), torch.distributions.Normal(torch.zeros(2), 1.0))
torch.distributions.TransformedDistribution(torch.distributions.Normal(0.0, 1.0), 5)
torch.distributions.TransformedDistribution(torch.distributions.Normal(0.0, 1.0), [5])
torch.distributions.constraints.positive, torch.distributions.constraints.interval(0, 1), torch.distributions.constraints.real_vector
torch.distributions.constraints.simplex.check(torch.tensor([[0.5, 0.5], [0.5, 0.6]]))
torch.distributions.constraints.positive_definite.check(torch.stack([torch.eye(2), -torch.eye(2)]))
torch.distributions.constraints.lower_cholesky.check(torch.eye(2)), torch.distributions.constraints.one_hot.check(torch.eye(2))
torch.distributions.constraints.cat([torch.distributions.constraints.positive, torch.distributions.constraints.real]).check(torch.tensor([-1.0, -1.0]))
torch.distributions.constraints.stack([torch.distributions.constraints.positive, torch.distributions.constraints.real]).check(-torch.ones(2, 2))
torch.distributions.constraints.dependent.check(torch.ones(1))
torch.distributions.constraints.dependent.event_dim
torch.distributions.biject_to(torch.distributions.constraints.dependent)
torch.distributions.biject_to(torch.distributions.constraints.interval(1, 3))(torch.tensor([-1.0, 0.0, 1.0]))
torch.distributions.transform_to(torch.distributions.constraints.simplex)(torch.arange(3.0))
torch.distributions.transforms.ExpTransform().inv, torch.distributions.transforms.AffineTransform(1, 2) == torch.distributions.transforms.AffineTransform(1, 2)
torch.distributions.transforms.ComposeTransform([torch.distributions.transforms.ExpTransform(), torch.distributions.transforms.TanhTransform()])
torch.distributions.transforms.ExpTransform(cache_size=2)
torch.distributions.transforms.ReshapeTransform((2,), (3,))
torch.distributions.utils.tril_matrix_to_vec(torch.arange(9.0).view(3, 3)), torch.distributions.utils.vec_to_tril_matrix(torch.arange(6.0))
torch.distributions.utils.vec_to_tril_matrix(torch.arange(5.0))
torch.distributions.utils.broadcast_all(1, torch.ones(2).double())
"""


def transforms(torch, log):
    log.tolerance(1e-4, 1e-5)
    T = torch.distributions.transforms
    x, probability = torch.tensor([[-1.0, 0.5, 2.0], [0.1, -0.2, 0.3]]), torch.tensor([[0.2, 0.5, 0.9], [0.1, 0.2, 0.3]])
    cases = [
        (T.ExpTransform(), x), (T.PowerTransform(2.0), probability), (T.SigmoidTransform(), x), (T.SoftplusTransform(), x), (T.TanhTransform(), x),
        (T.AffineTransform(1.0, -2.0), x), (T.AffineTransform(torch.zeros(3), torch.ones(3) * 2, event_dim=1), x), (T.StickBreakingTransform(), x),
        (T.CorrCholeskyTransform(), x), (T.ComposeTransform([T.SigmoidTransform(), T.AffineTransform(1.0, 2.0)]), x),
        (T.IndependentTransform(T.ExpTransform(), 1), x), (T.ReshapeTransform((3,), (3, 1)), x),
        (T.CatTransform([T.ExpTransform(), T.TanhTransform()], dim=-1, lengths=[1, 2]), x),
        (T.StackTransform([T.ExpTransform(), T.TanhTransform()], dim=0), x), (T.SigmoidTransform().inv, probability),
        (T.CumulativeDistributionTransform(torch.distributions.Normal(0.0, 1.0)), x),
    ]  # fmt: skip
    for transform, value in cases:
        y = transform(value)
        log(repr(transform).split(" object")[0].split(".")[-1], y, transform.inv(y), transform.log_abs_det_jacobian(value, y))
        log(tuple(transform.forward_shape(value.shape)), tuple(transform.inverse_shape(y.shape)), transform.bijective)
        cached = transform.with_cache(1)
        log(cached.inv(cached(value)) is value)
    for transform in (T.SoftmaxTransform(), T.LowerCholeskyTransform(), T.PositiveDefiniteTransform(), T.AbsTransform()):
        value = torch.eye(2) + 0.5
        log(transform(value), transform.inv(transform(value)))
