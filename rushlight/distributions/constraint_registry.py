"""torch.distributions.constraint_registry: transforms that lead from all of R^n into a constraint."""

from __future__ import annotations

from typing import Any

from rushlight.distributions import constraints, transforms

__all__ = ["ConstraintRegistry", "biject_to", "transform_to"]


class ConstraintRegistry:
    """Calling it with a constraint gives a transform to it."""

    def __init__(self) -> None:
        self._registry: dict[Any, Any] = {}

    def register(self, constraint: Any, factory: Any = None) -> Any:
        """Register a function that makes the transform for a constraint, or for a class of them; also a decorator."""
        if factory is None:
            return lambda made: self.register(constraint, made)
        cls = type(constraint) if isinstance(constraint, constraints.Constraint) else constraint
        if not isinstance(cls, type) or not issubclass(cls, constraints.Constraint):
            raise TypeError(f"Expected constraint to be either a Constraint subclass or instance, but got {cls}")
        self._registry[cls] = factory
        return factory

    def __call__(self, constraint: Any) -> Any:
        factory = self._registry.get(type(constraint))
        if factory is None:
            raise NotImplementedError(f"Cannot transform {type(constraint).__name__} constraints")
        return factory(constraint)


biject_to = ConstraintRegistry()
transform_to = ConstraintRegistry()


def _to_interval(constraint: Any) -> Any:
    low, high = constraint.lower_bound, constraint.upper_bound
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and (low, high) == (0, 1):
        return transforms.SigmoidTransform()
    return transforms.ComposeTransform([transforms.SigmoidTransform(), transforms.AffineTransform(low, high - low)])


def _half_line(constraint: Any, name: str, sign: int) -> Any:
    shift = transforms.AffineTransform(getattr(constraint, name), sign)
    return transforms.ComposeTransform([transforms.ExpTransform(), shift])


def _inner(registry: Any) -> dict[Any, Any]:
    """The constraints made of others."""

    def parts(constraint: Any) -> list[Any]:
        return [registry(entry) for entry in constraint.cseq]

    return {
        constraints._IndependentConstraint: lambda c: transforms.IndependentTransform(
            registry(c.base_constraint), c.reinterpreted_batch_ndims
        ),
        constraints._Cat: lambda c: transforms.CatTransform(parts(c), c.dim, c.lengths),
        constraints._Stack: lambda c: transforms.StackTransform(parts(c), c.dim),
    }


_BOTH = {
    constraints._Real: lambda c: transforms.identity_transform,
    constraints._GreaterThan: lambda c: _half_line(c, "lower_bound", 1),
    constraints._GreaterThanEq: lambda c: _half_line(c, "lower_bound", 1),
    constraints._LessThan: lambda c: _half_line(c, "upper_bound", -1),
    constraints._Interval: _to_interval,
    constraints._HalfOpenInterval: _to_interval,
    constraints._CorrCholesky: lambda c: transforms.CorrCholeskyTransform(),
}
_ONTO = {
    constraints._Simplex: lambda c: transforms.SoftmaxTransform(),
    constraints._LowerCholesky: lambda c: transforms.LowerCholeskyTransform(),
    constraints._PositiveDefinite: lambda c: transforms.PositiveDefiniteTransform(),
    constraints._PositiveSemidefinite: lambda c: transforms.PositiveDefiniteTransform(),
}
biject_to._registry.update({**_BOTH, **_inner(biject_to), constraints._Simplex: lambda c: transforms.StickBreakingTransform()})
transform_to._registry.update({**_BOTH, **_inner(transform_to), **_ONTO})
