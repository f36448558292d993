"""Activations."""

from __future__ import annotations

import warnings
from typing import Any

from rushlight._objects import contiguous_format
from rushlight.nn.functional._operators import operator as _op


def _activation(name: str, options: str = "", doc: str = "") -> Any:
    """A function (input, <options>, inplace=False) over the operators `name` and `name_`."""
    names = [part.partition("=")[0] for part in options.split(", ") if part]
    values = "".join([f", {part}" for part in names])
    written = "".join([f", {part}" for part in options.split(", ") if part])
    source = (
        f"def {name}(input{written}, inplace=False):\n    {doc!r}\n"
        f"    return _op({name!r} + '_' if inplace else {name!r})(input{values})\n"
    )
    scope: dict[str, Any] = {"_op": _op, "__name__": __name__}
    exec(compile(source, __file__, "exec"), scope)  # a file of rushlight: error texts name the caller's line
    return scope[name]


relu = _activation("relu", doc="max(x, 0).")
relu6 = _activation("relu6", doc="min(max(x, 0), 6).")
silu = _activation("silu", doc="x * sigmoid(x).")
mish = _activation("mish", doc="x * tanh(softplus(x)).")
selu = _activation("selu", doc="The scaled exponential linear unit.")
hardswish = _activation("hardswish", doc="x * relu6(x + 3) / 6.")
hardsigmoid = _activation("hardsigmoid", doc="relu6(x + 3) / 6.")
elu = _activation("elu", "alpha=1.0", "x where positive, alpha * (exp(x) - 1) elsewhere.")
celu = _activation("celu", "alpha=1.0", "max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0).")
leaky_relu = _activation("leaky_relu", "negative_slope=0.01", "x where positive, negative_slope * x elsewhere.")
threshold = _activation("threshold", "threshold, value", "x where above the threshold, value elsewhere.")


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Any:
    """x clamped to [min_val, max_val]."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _op("hardtanh_" if inplace else "hardtanh")(input, min_val, max_val)


def tanh(input: Any) -> Any:
    """The hyperbolic tangent."""
    return input.tanh()


def sigmoid(input: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return input.sigmoid()


def tanhshrink(input: Any) -> Any:
    """x - tanh(x)."""
    return input - input.tanh()


def softsign(input: Any) -> Any:
    """x / (1 + |x|)."""
    return input / (input.abs() + 1)


def _implicit_dim(name: str, ndim: int) -> int:
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.", stacklevel=4
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """exp(x) over its sum along `dim`."""
    if dim is None:
        dim = _implicit_dim("softmax", input.dim())
    return input.softmax(dim) if dtype is None else input.softmax(dim, dtype=dtype)


def softmin(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """softmax(-x)."""
    if dim is None:
        dim = _implicit_dim("softmin", input.dim())
    return (-input).softmax(dim) if dtype is None else (-input).softmax(dim, dtype=dtype)


def log_softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """The logarithm of softmax."""
    if dim is None:
        dim = _implicit_dim("log_softmax", input.dim())
    return input.log_softmax(dim) if dtype is None else input.log_softmax(dim, dtype=dtype)


def glu(input: Any, dim: int = -1) -> Any:
    """The first half of `dim` times the sigmoid of the second."""
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    return _op("glu")(input, dim)


def rrelu(input: Any, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False) -> Any:
    """x where positive, a slope times x elsewhere, drawn for each element in training."""
    return _op("rrelu_" if inplace else "rrelu")(input, lower, upper, training)


def gumbel_softmax(logits: Any, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Any:
    """A sample of the Gumbel-softmax distribution; one-hot (with the soft sample's gradient) if hard."""
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    noise = -_op("empty_like")(logits, memory_format=contiguous_format).exponential_().log()
    soft = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    drawn = _op("zeros_like")(logits, memory_format=contiguous_format).scatter_(dim, index, 1.0)
    return drawn - soft.detach() + soft
