"""torch.distributions.binomial: how often something succeeds."""

from __future__ import annotations

from typing import Any

import rushlight as torch
from rushlight.distributions import constraints
from rushlight.distributions.distribution import ByProbability

__all__ = ["Binomial"]


def _clamp_by_zero(x: Any) -> Any:
    return (x.clamp(min=0) + x - x.clamp(max=0)) / 2  # half the gradient at 0


class Binomial(ByProbability):
    """The number of successes among `total_count` tries."""

    arg_constraints = {  # type: ignore[assignment]
        "total_count": constraints.nonnegative_integer, "probs": constraints.unit_interval, "logits": constraints.real,
    }  # fmt: skip
    has_enumerate_support = True
    _others = ("total_count",)

    def __init__(self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: Any = None) -> None:
        self._set_up(validate_args, probs, logits, total_count)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:  # type: ignore[override]
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Any:
        return self.total_count * self.probs

    @property
    def mode(self) -> Any:
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self) -> Any:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = torch.Size()) -> Any:
        shape = self._extended_shape(sample_shape)
        with torch.no_grad():
            return torch.binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Any) -> Any:
        self._check(value)
        count, logits = self.total_count, self.logits
        normalize = count * _clamp_by_zero(logits) + count * torch.log1p(torch.exp(-torch.abs(logits))) - torch.lgamma(count + 1)
        return value * logits - torch.lgamma(value + 1) - torch.lgamma(count - value + 1) - normalize

    def _common_count(self, name: str) -> int:
        count = int(self.total_count.max())
        if not bool(self.total_count.min() == count):
            raise NotImplementedError(f"Inhomogeneous total count not supported by `{name}`.")
        return count

    def entropy(self) -> Any:
        self._common_count("entropy")
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(torch.exp(log_prob) * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Any:
        count = self._common_count("enumerate_support")
        return self._over_values(torch.arange(1 + count, dtype=self._param.dtype, device=self._param.device), expand)
