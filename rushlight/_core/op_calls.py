"""What Op needs besides: calls by the number of arguments, results as arrays, the error of shapes that do not go together."""

from __future__ import annotations

from typing import Any, Final

from numpy import asarray, ndarray

from rushlight._core.node import INFERENCE_SAVED
from rushlight._core.plan import INPUT, Plan
from rushlight._core.state import run_quiet as shared_run_quiet
from rushlight._core.tensor import INFERENCE as INFERENCE_TENSOR, TensorBase

run_quiet: Final = shared_run_quiet
REFUSED: Final = 1 << 20  # in masks: the bit of the first parameter, if that may not require grad
NO_GRADIENT: Final = "The function '{}' is not differentiable with respect to argument '{}'. This input cannot have requires_grad True."


def broadcast_error(x: Any, y: Any) -> Exception:
    """PyTorch's error for shapes that do not broadcast."""
    a: tuple[int, ...] = getattr(x, "shape", ())
    b: tuple[int, ...] = getattr(y, "shape", ())
    count = max(len(a), len(b))
    for back in range(1, count + 1):
        if back <= len(a) and back <= len(b) and a[-back] != b[-back] and a[-back] != 1 and b[-back] != 1:
            return RuntimeError(
                f"The size of tensor a ({a[-back]}) must match the size of tensor b ({b[-back]}) at non-singleton dimension {count - back}"
            )
    return ValueError(f"operands could not be broadcast together with shapes {a} {b}")


def fill(op: Any, values: list[Any], kwargs: dict[str, Any]) -> None:
    """Complete positional arguments of an operator from keywords and defaults."""
    params: tuple[str, ...] = op.params
    defaults: tuple[Any, ...] = op.defaults
    count = len(params)
    skipped = count - len(defaults)
    for index in range(len(values), count):
        name = params[index]
        if name in kwargs:
            values.append(kwargs[name])
        elif index >= skipped:
            values.append(defaults[index - skipped])
        else:
            raise TypeError(f"{op.name}() missing argument '{name}'")


def call_with(function: Any, values: list[Any]) -> Any:
    """function(*values), which is quicker spelled out."""
    count = len(values)
    if count == 2:
        return function(values[0], values[1])
    if count == 3:
        return function(values[0], values[1], values[2])
    if count == 1:
        return function(values[0])
    return function(*values)


def run_quiet_with(function: Any, values: list[Any]) -> Any:
    """run_quiet(function, *values), likewise."""
    count = len(values)
    if count == 2:
        return run_quiet(function, values[0], values[1])
    if count == 3:
        return run_quiet(function, values[0], values[1], values[2])
    if count == 1:
        return run_quiet(function, values[0])
    return run_quiet(function, *values)


def raise_first(op: Any, args: list[Any], mask: int, error: Exception) -> None:
    """Raise a kernel's error, or what PyTorch raises before it runs the kernel: that the call (with this mask, 0 where nothing is
    recorded) cannot be recorded. Return where run_quiet() could not run at all, because another kernel is running in that context."""
    if isinstance(error, RuntimeError) and str(error).startswith("cannot enter context"):
        return
    if mask:
        plan: Plan = op.plan_for(mask)
        for kind, index in zip(plan.kinds, plan.indices):
            if kind != INPUT:
                continue
            values = args[index] if isinstance(args[index], (list, tuple)) else [args[index]]
            if any(isinstance(value, TensorBase) and value._flags & INFERENCE_TENSOR for value in values):
                raise RuntimeError(INFERENCE_SAVED) from None
    raise error


def check_not_refused(op: Any, mask: int) -> None:
    """Raise where a mask has the bit of a parameter that may not require grad."""
    if mask >= REFUSED:
        raise RuntimeError(NO_GRADIENT.format(op.name, op.params[(mask // REFUSED).bit_length() - 1])) from None


def has_tensor(values: Any) -> bool:
    """Whether a sequence holds a tensor."""
    for value in values:
        if isinstance(value, TensorBase):
            return True
    return False


def as_arrays(found: Any) -> Any:
    """Kernel results as arrays (NumPy gives scalars for 0-d ones)."""
    if isinstance(found, ndarray):
        return found
    if isinstance(found, (tuple, list)):
        return [entry if isinstance(entry, ndarray) else asarray(entry) for entry in found]
    return asarray(found)


def mark_inference(outputs: list[TensorBase]) -> None:
    """Results made in inference mode are inference tensors."""
    for output in outputs:
        output._flags |= INFERENCE_TENSOR

