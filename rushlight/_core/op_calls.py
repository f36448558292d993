"""What Op needs besides: calls by the number of arguments, results as arrays, the error of shapes that do not go together."""

from __future__ import annotations

from typing import Any, Final

from numpy import asarray, ndarray

from rushlight._core.state import run_quiet as shared_run_quiet
from rushlight._core.tensor import INFERENCE as INFERENCE_TENSOR, TensorBase

run_quiet: Final = shared_run_quiet


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


def check_context_in_use(error: RuntimeError) -> None:
    """Raise an error of a kernel's; return where run_quiet() could not run at all, because another kernel is running in that context."""
    if not str(error).startswith("cannot enter context"):
        raise error


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

