"""torch.distributions.kl: Kullback-Leibler divergences.

NOTE [ Divergences from moments ]
KL(p || q) is minus p's entropy minus the mean of log q under p. For most pairs of different kinds that mean needs only a few
moments of p (its mean and variance, the mean of log x, the mean of exp(-x / b)), so what is listed here is moments, not pairs.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from functools import total_ordering
from typing import Any

import rushlight as torch
from rushlight import distributions as D
from rushlight.distributions.lowrank_multivariate_normal import _batch_lowrank_logdet, _batch_lowrank_mahalanobis
from rushlight.distributions.multivariate_normal import _batch_mahalanobis
from rushlight.distributions.utils import _sum_rightmost, euler_constant

__all__ = ["kl_divergence", "register_kl"]

_KL_REGISTRY: dict[tuple[type, type], Callable[[Any, Any], Any]] = {}
_KL_MEMOIZE: dict[tuple[type, type], Any] = {}


def register_kl(type_p: Any, type_q: Any) -> Callable[[Any], Any]:
    """Decorate a function of (p, q) to be the divergence of two classes of distributions, and of their subclasses."""
    for cls in (type_p, type_q):
        issubclass(cls, D.Distribution)  # any class will do: packages have distributions with another base

    def decorator(fun: Any) -> Any:
        _KL_REGISTRY[type_p, type_q] = fun
        _KL_MEMOIZE.clear()
        return fun

    return decorator


@total_ordering
class _Match:
    """Pairs of classes, the more special one first; the first class counts first."""

    def __init__(self, *types: type) -> None:
        self.types = types

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Match) and self.types == other.types

    __hash__ = None  # type: ignore[assignment]

    def __le__(self, other: _Match) -> bool:
        for x, y in zip(self.types, other.types):
            if not issubclass(x, y):
                return False
            if x is not y:
                break
        return True


def _dispatch_kl(type_p: type, type_q: type) -> Any:
    """The most special function that is registered for two classes."""
    matches = [pair for pair in _KL_REGISTRY if issubclass(type_p, pair[0]) and issubclass(type_q, pair[1])]
    if not matches:
        return NotImplemented
    left_p, left_q = min(_Match(*pair) for pair in matches).types
    right_q, right_p = min(_Match(*reversed(pair)) for pair in matches).types
    found = _KL_REGISTRY[left_p, left_q]
    if found is not _KL_REGISTRY[right_p, right_q]:
        warnings.warn(
            f"Ambiguous kl_divergence({type_p.__name__}, {type_q.__name__}). Please register_kl({left_p.__name__}, {right_q.__name__})",
            RuntimeWarning,
            stacklevel=3,
        )
    return found


def kl_divergence(p: Any, q: Any) -> Any:
    """KL(p || q), for each of the batch.

    >>> torch.distributions.kl_divergence(torch.distributions.Normal(0.0, 1.0), torch.distributions.Normal(1.0, 1.0))
    tensor(0.5000)
    """
    pair = type(p), type(q)
    if pair not in _KL_MEMOIZE:
        _KL_MEMOIZE[pair] = _dispatch_kl(*pair)
    if _KL_MEMOIZE[pair] is NotImplemented:
        raise NotImplementedError(f"No KL(p || q) is implemented for p type {pair[0].__name__} and q type {pair[1].__name__}")
    return _KL_MEMOIZE[pair](p, q)


# ---------------------------------------------------------------- two of a kind


@register_kl(D.Bernoulli, D.Bernoulli)
def _kl_bernoulli_bernoulli(p: Any, q: Any) -> Any:
    softplus = torch.nn.functional.softplus
    ones = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    ones[q.probs == 0] = math.inf
    ones[p.probs == 0] = 0
    zeros = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    zeros[q.probs == 1] = math.inf
    zeros[p.probs == 1] = 0
    return ones + zeros


@register_kl(D.Beta, D.Beta)
def _kl_beta_beta(p: Any, q: Any) -> Any:
    p1, p0, q1, q0 = p.concentration1, p.concentration0, q.concentration1, q.concentration0
    normalize = q1.lgamma() + q0.lgamma() + (p1 + p0).lgamma() - (p1.lgamma() + p0.lgamma() + (q1 + q0).lgamma())
    slopes = (p1 - q1) * p1.digamma() + (p0 - q0) * p0.digamma()
    return normalize + slopes + (q1 + q0 - p1 - p0) * (p1 + p0).digamma()


@register_kl(D.Binomial, D.Binomial)
def _kl_binomial_binomial(p: Any, q: Any) -> Any:
    if bool((p.total_count < q.total_count).any()):
        raise NotImplementedError("KL between Binomials where q.total_count > p.total_count is not implemented")
    kl = p.total_count * (p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p())
    kl[p.total_count > q.total_count] = math.inf
    return kl


@register_kl(D.Categorical, D.Categorical)
def _kl_categorical_categorical(p: Any, q: Any) -> Any:
    terms = p.probs * (p.logits - q.logits)
    terms[(q.probs == 0).expand_as(terms)] = math.inf
    terms[(p.probs == 0).expand_as(terms)] = 0
    return terms.sum(-1)


@register_kl(D.OneHotCategorical, D.OneHotCategorical)
def _kl_onehotcategorical_onehotcategorical(p: Any, q: Any) -> Any:
    return _kl_categorical_categorical(p._categorical, q._categorical)


@register_kl(D.ContinuousBernoulli, D.ContinuousBernoulli)
def _kl_continuous_bernoulli_continuous_bernoulli(p: Any, q: Any) -> Any:
    own, other = (d._cont_bern_log_norm() + torch.log1p(-d.probs) for d in (p, q))
    return p.mean * (p.logits - q.logits) + own - other


@register_kl(D.Dirichlet, D.Dirichlet)
def _kl_dirichlet_dirichlet(p: Any, q: Any) -> Any:
    one, other = p.concentration, q.concentration
    normalize = one.sum(-1).lgamma() - other.sum(-1).lgamma() - (one.lgamma() - other.lgamma()).sum(-1)
    return normalize + ((one - other) * (one.digamma() - one.sum(-1).digamma().unsqueeze(-1))).sum(-1)


@register_kl(D.Exponential, D.Exponential)
def _kl_exponential_exponential(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return -ratio.log() + ratio - 1


@register_kl(D.ExponentialFamily, D.ExponentialFamily)
def _kl_expfamily_expfamily(p: Any, q: Any) -> Any:
    if type(p) is not type(q):
        raise NotImplementedError(
            "The cross KL-divergence between different exponential families cannot                             be computed using Bregman "
            "divergences"
        )
    params = [param.detach().requires_grad_() for param in p._natural_params]
    normalizer = p._log_normalizer(*params)
    gradients = torch.autograd.grad(normalizer.sum(), params, create_graph=True)
    result = q._log_normalizer(*q._natural_params) - normalizer
    for own, other, gradient in zip(params, q._natural_params, gradients):
        result = result - _sum_rightmost((other - own) * gradient, len(q.event_shape))
    return result


@register_kl(D.Gamma, D.Gamma)
def _kl_gamma_gamma(p: Any, q: Any) -> Any:
    ratio = q.concentration * (p.rate / q.rate).log()
    normalize = torch.lgamma(q.concentration) - torch.lgamma(p.concentration)
    slope = (p.concentration - q.concentration) * torch.digamma(p.concentration)
    return ratio + normalize + slope + (q.rate - p.rate) * (p.concentration / p.rate)


@register_kl(D.Gumbel, D.Gumbel)
def _kl_gumbel_gumbel(p: Any, q: Any) -> Any:
    ratio, own, other = p.scale / q.scale, p.loc / q.scale, q.loc / q.scale
    return -ratio.log() - other + own + ratio * euler_constant + torch.exp(other + (1 + ratio).lgamma() - own) - (1 + euler_constant)


@register_kl(D.Geometric, D.Geometric)
def _kl_geometric_geometric(p: Any, q: Any) -> Any:
    return -p.entropy() - torch.log1p(-q.probs) / p.probs - q.logits


@register_kl(D.Normal, D.Normal)
def _kl_normal_normal(p: Any, q: Any) -> Any:
    ratio = (p.scale / q.scale).pow(2)
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale).pow(2) - 1 - ratio.log())


@register_kl(D.HalfNormal, D.HalfNormal)
def _kl_halfnormal_halfnormal(p: Any, q: Any) -> Any:
    return _kl_normal_normal(p.base_dist, q.base_dist)


@register_kl(D.Laplace, D.Laplace)
def _kl_laplace_laplace(p: Any, q: Any) -> Any:
    ratio, distance = p.scale / q.scale, (p.loc - q.loc).abs()
    return -ratio.log() + distance / q.scale + ratio * torch.exp(-distance / p.scale) - 1


@register_kl(D.Cauchy, D.Cauchy)
def _kl_cauchy_cauchy(p: Any, q: Any) -> Any:
    return ((p.scale + q.scale).pow(2) + (p.loc - q.loc).pow(2)).log() - (4 * p.scale * q.scale).log()


@register_kl(D.Pareto, D.Pareto)
def _kl_pareto_pareto(p: Any, q: Any) -> Any:
    ratio = q.alpha / p.alpha
    result = q.alpha * (p.scale / q.scale).log() - ratio.log() + ratio - 1
    result[p.support.lower_bound < q.support.lower_bound] = math.inf
    return result


@register_kl(D.Poisson, D.Poisson)
def _kl_poisson_poisson(p: Any, q: Any) -> Any:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(D.Uniform, D.Uniform)
def _kl_uniform_uniform(p: Any, q: Any) -> Any:
    result = ((q.high - q.low) / (p.high - p.low)).log()
    result[(q.low > p.low) | (q.high < p.high)] = math.inf
    return result


@register_kl(D.TransformedDistribution, D.TransformedDistribution)
def _kl_transformed_transformed(p: Any, q: Any) -> Any:
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError
    return kl_divergence(p.base_dist, q.base_dist)


@register_kl(D.Independent, D.Independent)
def _kl_independent_independent(p: Any, q: Any) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError
    return _sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


# ---------------------------------------------------------------- normal vectors


def _batch_trace_XXT(bmat: Any) -> Any:
    return bmat.reshape((*bmat.shape[:-2], -1)).pow(2).sum(-1)


def _log_det(d: Any) -> Any:
    """The logarithm of the determinant of a covariance."""
    if isinstance(d, D.LowRankMultivariateNormal):
        return _batch_lowrank_logdet(d._unbroadcasted_cov_factor, d._unbroadcasted_cov_diag, d._capacitance_tril)
    return 2 * d._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def _factors(d: Any) -> list[Any]:
    """Matrices whose outer products sum to the covariance."""
    if isinstance(d, D.LowRankMultivariateNormal):
        return [d._unbroadcasted_cov_factor, torch.diag_embed(d._unbroadcasted_cov_diag.sqrt())]
    return [d._unbroadcasted_scale_tril]


def _trace_of_ratio(p: Any, q: Any) -> Any:
    """The trace of q's precision times p's covariance."""
    if not isinstance(q, D.LowRankMultivariateNormal):
        total: Any = 0
        for factor in _factors(p):
            batch = torch.broadcast_shapes(q._unbroadcasted_scale_tril.shape[:-2], factor.shape[:-2])
            tril = q._unbroadcasted_scale_tril.expand((*batch, *q._unbroadcasted_scale_tril.shape[-2:]))
            solved = torch.linalg.solve_triangular(tril, factor.expand((*batch, *factor.shape[-2:])), upper=False)
            total = total + _batch_trace_XXT(solved)
        return total
    scaled = q._unbroadcasted_cov_factor.mT / q._unbroadcasted_cov_diag.unsqueeze(-2)
    A = torch.linalg.solve_triangular(q._capacitance_tril, scaled, upper=False)
    root = q._unbroadcasted_cov_diag.rsqrt().unsqueeze(-1)
    return sum(_batch_trace_XXT(factor * root) - _batch_trace_XXT(A.matmul(factor)) for factor in _factors(p))


def _kl_of_vectors(p: Any, q: Any) -> Any:
    if p.event_shape != q.event_shape:
        kinds = {isinstance(d, D.LowRankMultivariateNormal) for d in (p, q)}
        name = {(True,): "Low Rank ", (False,): ""}.get(tuple(kinds), "(Low Rank) ")
        raise ValueError(
            f"KL-divergence between two {name}Multivariate Normals with                          different event shapes cannot be computed"
        )
    if isinstance(q, D.LowRankMultivariateNormal):
        distance = _batch_lowrank_mahalanobis(
            q._unbroadcasted_cov_factor, q._unbroadcasted_cov_diag, q.loc - p.loc, q._capacitance_tril
        )
    else:
        distance = _batch_mahalanobis(q._unbroadcasted_scale_tril, q.loc - p.loc)
    return 0.5 * (_log_det(q) - _log_det(p) + _trace_of_ratio(p, q) + distance - p.event_shape[0])


for _p in (D.MultivariateNormal, D.LowRankMultivariateNormal):
    for _q in (D.MultivariateNormal, D.LowRankMultivariateNormal):
        register_kl(_p, _q)(_kl_of_vectors)


# ---------------------------------------------------------------- two of different kinds: see NOTE [ Divergences from moments ]


def _x_log_x(x: Any) -> Any:
    return torch.special.xlogy(x, x)


_MEAN_OF_LOG = {
    D.Beta: lambda p: p.concentration1.digamma() - (p.concentration1 + p.concentration0).digamma(),
    D.Exponential: lambda p: -p.rate.log() - euler_constant,
    D.Pareto: lambda p: p.scale.log() + p.alpha.reciprocal(),
    D.Uniform: lambda p: (_x_log_x(p.high) - _x_log_x(p.low)) / (p.high - p.low) - 1,
}
# The mean of exp(-x / b).
_MEAN_OF_EXP = {
    D.Normal: lambda p, b: torch.exp(-p.loc / b + 0.5 * (p.scale / b).pow(2)),
    D.Exponential: lambda p, b: p.rate * b / (p.rate * b + 1),
    D.Gamma: lambda p, b: (1 + (p.rate * b).reciprocal()).pow(-p.concentration),
    D.Uniform: lambda p, b: b / (p.high - p.low) * (torch.exp(-p.low / b) - torch.exp(-p.high / b)),
}


def _moment(table: dict[Any, Any], p: Any) -> Any:
    """What a table has for p's class, or for the nearest class above it."""
    return next(table[cls] for cls in type(p).__mro__ if cls in table)


def _outside(p: Any, q: Any) -> Any:
    """Where p, a uniform or Pareto distribution, has mass outside of q's support."""
    support = q.support
    if not isinstance(p, D.Uniform):
        return None
    below = p.low < support.lower_bound if hasattr(support, "lower_bound") else None
    above = p.high > support.upper_bound if hasattr(support, "upper_bound") else None
    return below if above is None else above if below is None else below | above


def _from_mean_of_log(p: Any, q: Any, mean: Any) -> Any:
    result = -p.entropy() - mean
    outside = _outside(p, q)
    if outside is not None:
        result = torch.where(outside, math.inf, result)
    return result


def _to_normal(p: Any, q: Any) -> Any:
    square = p.variance + (p.mean - q.loc).pow(2)
    result = _from_mean_of_log(p, q, -q.scale.log() - 0.5 * math.log(2 * math.pi) - square / (2 * q.scale.pow(2)))
    return torch.where(p.alpha <= 2, math.inf, result) if isinstance(p, D.Pareto) else result


def _to_exponential(p: Any, q: Any) -> Any:
    result = _from_mean_of_log(p, q, q.rate.log() - q.rate * p.mean)
    return torch.where(p.alpha <= 1, math.inf, result) if isinstance(p, D.Pareto) else result


def _to_gamma(p: Any, q: Any) -> Any:
    logs = (q.concentration - 1) * _moment(_MEAN_OF_LOG, p)(p)
    mean = q.concentration * q.rate.log() - q.concentration.lgamma() + logs - q.rate * p.mean
    result = _from_mean_of_log(p, q, mean)
    return torch.where(p.alpha <= 1, math.inf, result) if isinstance(p, D.Pareto) else result


def _to_gumbel(p: Any, q: Any) -> Any:
    loc, scale = q.loc, q.scale
    mean = -(p.mean - loc) / scale - torch.exp(loc / scale) * _moment(_MEAN_OF_EXP, p)(p, scale) - scale.log()
    return _from_mean_of_log(p, q, mean)


def _to_continuous_bernoulli(p: Any, q: Any) -> Any:
    return _from_mean_of_log(p, q, p.mean * q.logits + torch.log1p(-q.probs) + q._cont_bern_log_norm())


def _to_uniform(p: Any, q: Any) -> Any:
    result = -p.entropy() + (q.high - q.low).log()
    return torch.where((q.low > p.support.lower_bound) | (q.high < p.support.upper_bound), math.inf, result)


def _continuous_bernoulli_to_uniform(p: Any, q: Any) -> Any:
    # PyTorch 2.13 finds one support within the other only where it lies inside on both sides.
    result = -p.entropy() + (q.high - q.low).log()
    return torch.where((q.low >= p.support.lower_bound) | (q.high <= p.support.upper_bound), math.inf, result)


def _uniform_to_continuous_bernoulli(p: Any, q: Any) -> Any:
    result = _to_continuous_bernoulli(p, q)
    return torch.where((p.high >= q.support.upper_bound) | (p.low <= q.support.lower_bound), math.inf, result)


def _infinite(p: Any, q: Any) -> Any:
    return torch.full_like(p.mean, math.inf)


_TABLE: list[tuple[Any, str, str]] = [
    (_to_normal, "Beta ContinuousBernoulli Exponential Gamma Gumbel Laplace Uniform Pareto", "Normal"),
    (_to_exponential, "Beta ContinuousBernoulli Gamma Pareto Uniform", "Exponential"),
    (_to_gamma, "Beta Exponential Pareto Uniform", "Gamma"),
    (_to_gumbel, "Normal Exponential Gamma Uniform", "Gumbel"),
    (_to_continuous_bernoulli, "Beta", "ContinuousBernoulli"),
    (_uniform_to_continuous_bernoulli, "Uniform", "ContinuousBernoulli"),
    (_to_uniform, "Beta", "Uniform"),
    (_continuous_bernoulli_to_uniform, "ContinuousBernoulli", "Uniform"),
    (_infinite, "Exponential Gamma", "Beta ContinuousBernoulli Pareto Uniform"),
    (_infinite, "Normal Laplace Gumbel", "Beta ContinuousBernoulli Exponential Gamma Pareto Uniform"),
    (_infinite, "Beta ContinuousBernoulli", "Pareto"),
    (_infinite, "Pareto", "Beta ContinuousBernoulli Uniform"),
    (_infinite, "Poisson", "Bernoulli Binomial"),
]
for _function, _firsts, _seconds in _TABLE:
    for _first in _firsts.split():
        for _second in _seconds.split():
            register_kl(getattr(D, _first), getattr(D, _second))(_function)


@register_kl(D.Bernoulli, D.Poisson)
def _kl_bernoulli_poisson(p: Any, q: Any) -> Any:
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)


@register_kl(D.Normal, D.Laplace)
def _kl_normal_laplace(p: Any, q: Any) -> Any:
    distance = p.loc - q.loc
    steps = distance / p.scale
    mean = math.sqrt(2 / math.pi) * p.scale * torch.exp(-0.5 * steps.pow(2)) + distance * torch.erf(math.sqrt(0.5) * steps)
    return -torch.log(p.scale / q.scale) + mean / q.scale - 0.5 * (1 + math.log(0.5 * math.pi))


@register_kl(D.Uniform, D.Beta)
def _kl_uniform_beta(p: Any, q: Any) -> Any:
    flipped = D.Uniform(1 - p.high, 1 - p.low, validate_args=False)
    logs = (q.concentration1 - 1) * _MEAN_OF_LOG[D.Uniform](p) + (q.concentration0 - 1) * _MEAN_OF_LOG[D.Uniform](flipped)
    normalize = (q.concentration1 + q.concentration0).lgamma() - q.concentration1.lgamma() - q.concentration0.lgamma()
    return _from_mean_of_log(p, q, normalize + logs)


@register_kl(D.Uniform, D.Pareto)
def _kl_uniform_pareto(p: Any, q: Any) -> Any:
    return _from_mean_of_log(p, q, (q.alpha * q.scale.pow(q.alpha)).log() - (q.alpha + 1) * _MEAN_OF_LOG[D.Uniform](p))
