"""torch.distributions.distribution: the base of distributions, and of those whose parameters only need to be broadcast."""

from __future__ import annotations

import warnings
from typing import Any

import rushlight as torch
from rushlight._core.tensor import TensorBase
from rushlight.distributions import constraints
from rushlight.distributions.utils import broadcast_all, lazy_property, logits_to_probs, probs_to_logits

__all__ = ["Distribution"]


class Distribution:
    """A distribution over tensors of `event_shape`, with parameters for each of `batch_shape`."""

    has_rsample = False
    has_enumerate_support = False
    _validate_args = __debug__

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether distributions check their arguments unless told otherwise."""
        if value not in (True, False):
            raise ValueError
        Distribution._validate_args = value

    def __init__(self, batch_shape: Any = torch.Size(), event_shape: Any = torch.Size(), validate_args: Any = None) -> None:
        self._batch_shape = batch_shape
        self._event_shape = event_shape
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()
        super().__init__()

    def _check_parameters(self) -> None:
        try:
            rules = self.arg_constraints
        except NotImplementedError:
            rules = {}
            warnings.warn(
                f"{self.__class__} does not define `arg_constraints`. Please set `arg_constraints = {{}}` or initialize the distribution "
                "with `validate_args=False` to turn off validation.",
                stacklevel=4,
            )
        for name, rule in rules.items():
            if constraints.is_dependent(rule):
                continue
            if name not in self.__dict__ and isinstance(getattr(type(self), name), lazy_property):
                continue
            value = getattr(self, name)
            if not bool(rule.check(value).all()):
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution {self!r} to satisfy "
                    f"the constraint {rule!r}, but found invalid values:\n{value}"
                )

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The distribution with its parameters repeated to another batch shape."""
        raise NotImplementedError

    @property
    def batch_shape(self) -> Any:
        """The shape of the parameters."""
        return self._batch_shape

    @property
    def event_shape(self) -> Any:
        """The shape of one sample."""
        return self._event_shape

    @property
    def arg_constraints(self) -> dict[str, Any]:
        """The constraints of the parameters, by name."""
        raise NotImplementedError

    @property
    def support(self) -> Any:
        """The constraint that samples satisfy."""
        raise NotImplementedError

    @property
    def mean(self) -> Any:
        """The mean."""
        raise NotImplementedError

    @property
    def mode(self) -> Any:
        """The most likely value."""
        raise NotImplementedError(f"{self.__class__} does not implement mode")

    @property
    def variance(self) -> Any:
        """The variance."""
        raise NotImplementedError

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Any = torch.Size()) -> Any:
        """Draw samples; no gradient flows through them."""
        with torch.no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = torch.Size()) -> Any:
        """Draw samples as a differentiable function of the parameters."""
        raise NotImplementedError

    def sample_n(self, n: int) -> Any:
        """The older form of sample((n,))."""
        warnings.warn("`sample_n(n)` will be deprecated. Use `sample((n,))` instead.", FutureWarning, stacklevel=2)
        return self.sample(torch.Size((n,)))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density, or of the probability, of a value."""
        raise NotImplementedError

    def cdf(self, value: Any) -> Any:
        """The probability of values up to this one."""
        raise NotImplementedError

    def icdf(self, value: Any) -> Any:
        """The value whose cdf is this one."""
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Any:
        """All the values there are, along a new first dimension."""
        raise NotImplementedError

    def entropy(self) -> Any:
        """The entropy."""
        raise NotImplementedError

    def perplexity(self) -> Any:
        """The exponential of the entropy."""
        return torch.exp(self.entropy())

    def _extended_shape(self, sample_shape: Any = torch.Size()) -> Any:
        return torch.Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _validate_sample(self, value: Any) -> None:
        if not isinstance(value, TensorBase):
            raise ValueError("The value argument to log_prob must be a Tensor")
        tensor: Any = value
        sizes, expected = tensor.size(), self._batch_shape + self._event_shape
        if sizes[len(sizes) - len(self._event_shape) :] != self._event_shape:
            raise ValueError(f"The right-most size of value must match event_shape: {sizes} vs {self._event_shape}.")
        if any(1 not in (i, j) and i != j for i, j in zip(reversed(sizes), reversed(expected))):
            raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {sizes} vs {expected}.")
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{self.__class__} does not define `support` to enable sample validation. Please initialize the distribution with "
                "`validate_args=False` to turn off validation.",
                stacklevel=2,
            )
            return
        if not bool(support.check(tensor).all()):
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(tensor.shape)}) to be within the support ({support!r}) "
                f"of the distribution {self!r}, but found invalid values:\n{value}"
            )

    def _check(self, value: Any) -> None:
        """Check a value, where arguments are checked."""
        if self._validate_args:
            self._validate_sample(value)

    def _get_checked_instance(self, cls: Any, _instance: Any = None) -> Any:
        if _instance is None and type(self).__init__ != cls.__init__:
            raise NotImplementedError(
                f"Subclass {self.__class__.__name__} of {cls.__name__} that defines a custom __init__ method must also define a custom "
                ".expand() method."
            )
        return self.__new__(type(self)) if _instance is None else _instance

    def _expanded(self, new: Any, batch_shape: Any, event_shape: Any = torch.Size()) -> Any:
        """Finish an expanded copy: its shapes, without checking its parameters again."""
        Distribution.__init__(new, batch_shape, event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    def _over_values(self, values: Any, expand: bool) -> Any:
        """Values along a new first dimension, for each parameter if asked for."""
        values = values.view((-1,) + (1,) * len(self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values

    def __repr__(self) -> str:
        fields = [(name, self.__dict__[name]) for name in self.arg_constraints if name in self.__dict__]
        shown = [f"{name}: {value if value.numel() == 1 else value.size()}" for name, value in fields]
        return f"{self.__class__.__name__}({', '.join(shown)})"


def batch_shape_of(param: Any, *given: Any) -> Any:
    """The shape of a broadcast parameter; none at all where only plain numbers were given."""
    return param.size() if any(isinstance(value, TensorBase) for value in given) else torch.Size()


class Broadcast(Distribution):
    """A distribution whose parameters are broadcast against each other; `_parameters` names them."""

    _parameters: tuple[str, ...] = ()

    def _set_up(self, validate_args: Any, *given: Any) -> None:
        """Take the parameters, in the order of their names."""
        values = broadcast_all(*given)
        for name, value in zip(self._parameters, values):
            setattr(self, name, value)
        Distribution.__init__(self, batch_shape_of(values[0], *given), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The distribution with its parameters repeated to another batch shape."""
        owner = next(cls for cls in type(self).__mro__ if "_parameters" in cls.__dict__)
        new = self._get_checked_instance(owner, _instance)
        shape = torch.Size(batch_shape)
        for name in self._parameters:
            setattr(new, name, getattr(self, name).expand(shape))
        return self._expanded(new, shape)


class ByProbability(Distribution):
    """A distribution given by probabilities or by their log-odds, and perhaps by other parameters (`_others`)."""

    _others: tuple[str, ...] = ()
    _kept: tuple[str, ...] = ()  # fields that are no tensors of the batch
    _scalar_batch = True  # whether plain numbers make a distribution without batch dimensions

    def _set_up(self, validate_args: Any, probs: Any, logits: Any, *others: Any) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        name, given = ("probs", probs) if probs is not None else ("logits", logits)
        *rest, param = broadcast_all(*others, given)
        for other, value in zip(self._others, rest):
            setattr(self, other, value.type_as(param))
        setattr(self, name, param)
        self._param = param
        Distribution.__init__(self, batch_shape_of(param, *others, given), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The distribution with its parameters repeated to another batch shape."""
        owner = next(cls for cls in type(self).__mro__ if "__init__" in cls.__dict__ and "arg_constraints" in cls.__dict__)
        new = self._get_checked_instance(owner, _instance)
        shape = torch.Size(batch_shape)
        for name in self._kept:
            setattr(new, name, getattr(self, name))
        for name in (*self._others, "probs", "logits"):
            if name in self.__dict__:
                setattr(new, name, self.__dict__[name].expand(shape))
        new._param = new.__dict__.get("probs", new.__dict__.get("logits"))
        return self._expanded(new, shape)

    def _new(self, *args: Any, **kwargs: Any) -> Any:
        return self._param.new(*args, **kwargs)

    @lazy_property
    def logits(self) -> Any:
        """The log-odds."""
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Any:
        """The probabilities."""
        return logits_to_probs(self.logits, is_binary=True)

    @property
    def param_shape(self) -> Any:
        """The shape of the probabilities."""
        return self._param.size()
