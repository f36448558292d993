"""torch.distributions.generalized_pareto: the generalized Pareto distribution."""

from __future__ import annotations

import math
from typing import Any

import rushlight as torch
from rushlight.distributions import constraints
from rushlight.distributions.distribution import Broadcast

__all__ = ["GeneralizedPareto"]


class GeneralizedPareto(Broadcast):
    """Exceedances over `loc`; for concentration 0 it is exponential."""

    arg_constraints = {  # type: ignore[assignment]
        "loc": constraints.real, "scale": constraints.positive, "concentration": constraints.real,
    }  # fmt: skip
    has_rsample = True
    _parameters = ("loc", "scale", "concentration")

    def __init__(self, loc: Any, scale: Any, concentration: Any, validate_args: Any = None) -> None:
        self._set_up(validate_args, loc, scale, concentration)

    def _by_shape(self, exponential: Any, other: Any) -> Any:
        """One value where the concentration is 0, and other(concentration) elsewhere."""
        zero = torch.isclose(self.concentration, torch.zeros_like(self.concentration))
        return torch.where(zero, exponential, other(torch.where(zero, torch.ones_like(self.concentration), self.concentration)))

    def rsample(self, sample_shape: Any = torch.Size()) -> Any:
        return self.icdf(torch.rand(self._extended_shape(sample_shape), dtype=self.loc.dtype, device=self.loc.device))

    def _z(self, x: Any) -> Any:
        return (x - self.loc) / self.scale

    def log_prob(self, value: Any) -> Any:
        self._check(value)
        z = self._z(value)

        def other(shape: Any) -> Any:
            power = 1 / shape + torch.ones_like(z)
            return torch.where(power == 0, power, power * torch.log1p(shape * z))

        return -self.scale.log() - self._by_shape(z, other)

    def log_survival_function(self, value: Any) -> Any:
        """The logarithm of the probability of larger values."""
        self._check(value)
        z = self._z(value)
        return self._by_shape(-z, lambda shape: -torch.log1p(shape * z) / shape)

    def log_cdf(self, value: Any) -> Any:
        """The logarithm of the cdf."""
        return torch.log1p(-torch.exp(self.log_survival_function(value)))

    def cdf(self, value: Any) -> Any:
        return torch.exp(self.log_cdf(value))

    def icdf(self, value: Any) -> Any:
        log_u = torch.log1p(-value)
        return self._by_shape(
            self.loc - self.scale * log_u, lambda shape: self.loc + self.scale / shape * torch.expm1(-shape * log_u)
        )

    @property
    def mean(self) -> Any:
        valid = self.concentration < 1
        return torch.where(valid, self.loc + self.scale / (1 - torch.where(valid, self.concentration, 0.5)), math.nan)

    @property
    def variance(self) -> Any:
        valid = self.concentration < 0.5
        shape = torch.where(valid, self.concentration, 0.25)
        return torch.where(valid, self.scale**2 / ((1 - shape) ** 2 * (1 - 2 * shape)), math.nan)

    def entropy(self) -> Any:
        return torch.broadcast_to(torch.log(self.scale) + self.concentration + 1, self._batch_shape)

    @property
    def mode(self) -> Any:
        return self.loc

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:  # type: ignore[override]
        upper = torch.where(self.concentration < 0, self.loc - self.scale / self.concentration, math.inf)
        return constraints.interval(self.loc, upper)
