"""torch.distributions.negative_binomial: how often something succeeds before it fails."""

from __future__ import annotations

from typing import Any

import rushlight as torch
from rushlight.distributions import constraints
from rushlight.distributions.distribution import ByProbability
from rushlight.distributions.gamma import Gamma
from rushlight.distributions.utils import lazy_property

__all__ = ["NegativeBinomial"]


class NegativeBinomial(ByProbability):
    """The number of successes before `total_count` failures."""

    arg_constraints = {  # type: ignore[assignment]
        "total_count": constraints.greater_than_eq(0), "probs": constraints.half_open_interval(0.0, 1.0), "logits": constraints.real,
    }  # fmt: skip
    support = constraints.nonnegative_integer  # type: ignore[assignment]
    _others = ("total_count",)

    def __init__(self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: Any = None) -> None:
        self._set_up(validate_args, probs, logits, total_count)

    @property
    def mean(self) -> Any:
        return self.total_count * torch.exp(self.logits)

    @property
    def mode(self) -> Any:
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Any:
        return self.mean / torch.sigmoid(-self.logits)

    @lazy_property
    def _gamma(self) -> Any:
        return Gamma(concentration=self.total_count, rate=torch.exp(-self.logits), validate_args=False)

    def sample(self, sample_shape: Any = torch.Size()) -> Any:
        with torch.no_grad():
            return torch.poisson(self._gamma.sample(sample_shape=sample_shape))

    def log_prob(self, value: Any) -> Any:
        self._check(value)
        count, logsigmoid = self.total_count, torch.nn.functional.logsigmoid
        power = count * logsigmoid(-self.logits) + value * logsigmoid(self.logits)
        factor = -torch.lgamma(count + value) + torch.lgamma(1.0 + value) + torch.lgamma(count)
        return power - factor.masked_fill(count + value == 0.0, 0.0)
