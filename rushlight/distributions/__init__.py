"""torch.distributions: probability distributions with differentiable samples, divergences and transforms."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rushlight._class_names import name_as_torch
from rushlight._install import elsewhere

_PLACES = {
    "Distribution": "distribution", "ExponentialFamily": "exp_family", "Independent": "independent",
    "TransformedDistribution": "transformed_distribution", "Bernoulli": "bernoulli", "Beta": "beta", "Binomial": "binomial",
    "Categorical": "categorical", "Cauchy": "cauchy", "Chi2": "chi2", "ContinuousBernoulli": "continuous_bernoulli",
    "Dirichlet": "dirichlet", "Exponential": "exponential", "FisherSnedecor": "fishersnedecor", "Gamma": "gamma",
    "GeneralizedPareto": "generalized_pareto", "Geometric": "geometric", "Gumbel": "gumbel", "HalfCauchy": "half_cauchy",
    "HalfNormal": "half_normal", "InverseGamma": "inverse_gamma", "Kumaraswamy": "kumaraswamy", "LKJCholesky": "lkj_cholesky",
    "Laplace": "laplace", "LogNormal": "log_normal", "LogisticNormal": "logistic_normal",
    "LowRankMultivariateNormal": "lowrank_multivariate_normal", "MixtureSameFamily": "mixture_same_family", "Multinomial": "multinomial",
    "MultivariateNormal": "multivariate_normal", "NegativeBinomial": "negative_binomial", "Normal": "normal",
    "OneHotCategorical": "one_hot_categorical", "OneHotCategoricalStraightThrough": "one_hot_categorical", "Pareto": "pareto",
    "Poisson": "poisson", "RelaxedBernoulli": "relaxed_bernoulli", "RelaxedOneHotCategorical": "relaxed_categorical",
    "StudentT": "studentT", "Uniform": "uniform", "VonMises": "von_mises", "Weibull": "weibull", "Wishart": "wishart",
    "biject_to": "constraint_registry", "transform_to": "constraint_registry", "kl_divergence": "kl", "register_kl": "kl",
}  # fmt: skip
_TRANSFORMS = (
    "AbsTransform", "AffineTransform", "CatTransform", "ComposeTransform", "CorrCholeskyTransform", "CumulativeDistributionTransform",
    "ExpTransform", "IndependentTransform", "LowerCholeskyTransform", "PositiveDefiniteTransform", "PowerTransform", "ReshapeTransform",
    "SigmoidTransform", "SoftmaxTransform", "SoftplusTransform", "StackTransform", "StickBreakingTransform", "TanhTransform", "Transform",
    "identity_transform",
)  # fmt: skip
_PLACES.update(dict.fromkeys(_TRANSFORMS, "transforms"))
_MODULES = {*_PLACES.values(), "constraints", "utils", "relaxed_categorical"}
__all__ = list(_PLACES)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _PLACES:
        return elsewhere(name, __name__)
    found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES, *_MODULES})


# All of them at once, although the package itself waits until it is named: programs go through its __dict__.
for _name in _PLACES:
    __getattr__(_name)


name_as_torch(__name__, {"_matrix_transforms": "transforms"})
