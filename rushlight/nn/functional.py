"""torch.nn.functional: activations, losses and layers as functions."""

from __future__ import annotations

import warnings
from typing import Any

from rushlight._install import unsupported
from rushlight.ops import signatures
from rushlight.ops.declare import available, public_function

_REDUCTIONS = {"none": 0, "mean": 1, "elementwise_mean": 1, "sum": 2}
_calls: dict[str, Any] = {}


def _op(name: str) -> Any:
    """The operator's function: torch._C._nn's, or else torch's."""
    found = _calls.get(name)
    if found is None:
        namespace = "nn" if name in signatures.table("nn") else "torch"
        found = _calls[name] = public_function(namespace, name)
    return found


# ---------------------------------------------------------------- activations


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
    exec(source, scope)
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


# ---------------------------------------------------------------- losses


def _reduction(reduction: str, size_average: Any = None, reduce: Any = None) -> int:
    """The operators' number for a reduction; size_average and reduce are its deprecated spelling."""
    if size_average is not None or reduce is not None:
        chosen = "none" if reduce is False else "sum" if size_average is False else "mean"
        warnings.warn(f"size_average and reduce args will be deprecated, please use reduction='{chosen}' instead.", stacklevel=3)
        return _REDUCTIONS[chosen]
    if reduction == "elementwise_mean":
        warnings.warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.", stacklevel=3)
    if reduction not in _REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return _REDUCTIONS[reduction]


def _same_size(input: Any, target: Any) -> tuple[Any, Any]:
    """Both operands broadcast, with PyTorch's warning where that was needed."""
    if target.size() != input.size():
        warnings.warn(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}). This will likely lead to "
            "incorrect results due to broadcasting. Please ensure they have the same size.",
            stacklevel=3,
        )
        found = _op("broadcast_tensors")([input, target])
        return found[0], found[1]
    return input, target


def _weighted(loss: Any, weight: Any, reduction: int) -> Any:
    """Losses times weights; the mean is that of the weights."""
    loss = loss * weight
    if reduction == 0:
        return loss
    return loss.sum() / weight.sum() if reduction == 1 else loss.sum()


def mse_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None
) -> Any:
    """The mean of squared differences."""
    number = _reduction(reduction, size_average, reduce)
    first, second = _same_size(input, target)
    if weight is not None:
        return _weighted(_op("mse_loss")(first, second, 0), weight, number)
    return _op("mse_loss")(first, second, number)


def l1_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None
) -> Any:
    """The mean of absolute differences."""
    number = _reduction(reduction, size_average, reduce)
    first, second = _same_size(input, target)
    if weight is not None:
        return _weighted(_op("l1_loss")(first, second, 0), weight, number)
    return _op("l1_loss")(first, second, number)


def nll_loss(
    input: Any, target: Any, weight: Any = None, size_average: Any = None, ignore_index: int = -100, reduce: Any = None,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """The mean of minus the log-probabilities of the target classes."""
    return _op("nll_loss_nd")(input, target, weight, _reduction(reduction, size_average, reduce), ignore_index)


def cross_entropy(
    input: Any, target: Any, weight: Any = None, size_average: Any = None, ignore_index: int = -100, reduce: Any = None,
    reduction: str = "mean", label_smoothing: float = 0.0,
) -> Any:  # fmt: skip
    """The cross entropy of scores and target classes or probabilities."""
    number = _reduction(reduction, size_average, reduce)
    return _op("cross_entropy_loss")(input, target, weight, number, ignore_index, label_smoothing)


# ---------------------------------------------------------------- the rest


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Zeros with probability p and the rest scaled by 1 / (1 - p), in training."""
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    return _op("dropout_" if inplace else "dropout")(input, p, training)


def pad(input: Any, pad: Any, mode: str = "constant", value: Any = None) -> Any:
    """Entries around a tensor, pairs (before, after) from the last dimension on."""
    return _op("pad")(input, pad, mode, value)


def normalize(input: Any, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Any = None) -> Any:
    """x over its p-norm along `dim`, or over eps where that is larger."""
    size = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input / size if out is None else _op("div")(input, size, out=out)


# Operators that are functions here as they are.
_BUILTINS = {
    "linear": "linear", "gelu": "gelu", "softplus": "softplus", "logsigmoid": "log_sigmoid", "one_hot": "one_hot",
    "softshrink": "softshrink", "hardshrink": "hardshrink", "prelu": "prelu", "relu_": "relu_", "elu_": "elu_", "celu_": "celu_",
    "selu_": "selu_", "leaky_relu_": "leaky_relu_", "hardtanh_": "hardtanh_", "threshold_": "threshold_", "rrelu_": "rrelu_",
    "bilinear": "bilinear", "cosine_similarity": "cosine_similarity", "pairwise_distance": "pairwise_distance", "pdist": "pdist",
    "scaled_dot_product_attention": "scaled_dot_product_attention", "conv1d": "conv1d", "conv2d": "conv2d", "conv3d": "conv3d",
    "conv_transpose1d": "conv_transpose1d", "conv_transpose2d": "conv_transpose2d", "conv_transpose3d": "conv_transpose3d",
    "conv_tbc": "conv_tbc", "avg_pool1d": "avg_pool1d", "avg_pool2d": "avg_pool2d", "avg_pool3d": "avg_pool3d",
    "pixel_shuffle": "pixel_shuffle", "pixel_unshuffle": "pixel_unshuffle", "channel_shuffle": "channel_shuffle",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    operator = _BUILTINS.get(name)
    if operator is not None:
        namespace = "nn" if operator in signatures.table("nn") else "torch"
        if operator in signatures.table(namespace) and available(namespace, operator):
            globals()[name] = found = _op(operator)
            return found
    raise unsupported(name, __name__)
