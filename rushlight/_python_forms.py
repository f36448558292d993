"""Methods that PyTorch writes in Python over the operator's own: what they say of arguments that do not fit."""

from __future__ import annotations

from typing import Any

from rushlight import _objects
from rushlight._core import dtypes
from rushlight._core.calls import method as native_method
from rushlight._core.signature_types import type_name
from rushlight._core.tensor import TensorBase
from rushlight.ops import declare

_SYMBOLS = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "** or pow()", "matmul": "@",
    "and": "&", "or": "|", "xor": "^", "lshift": "<<", "rshift": ">>",
}  # fmt: skip
_NAMED_IN_FULL = (dtypes.dtype, _objects.device, _objects.layout, _objects.memory_format)


def unsupported(special: str, first: Any, second: Any) -> Any:
    """What a binary operator answers where the operands do not fit: NotImplemented, whereupon Python raises an error with the names of
    the types. Those of torch are "torch.dtype" and the like there, as types written in C are; here that takes an error of our own."""
    other = second if isinstance(first, TensorBase) else first
    if not isinstance(other, _NAMED_IN_FULL):
        return NotImplemented
    name = special.strip("_")
    symbol = _SYMBOLS.get(name)
    if symbol is None and name[:1] == "r" and name[1:] in _SYMBOLS:
        first, second, symbol = other, first if isinstance(first, TensorBase) else second, _SYMBOLS[name[1:]]
    elif symbol is None and name[:1] == "i" and name[1:] in _SYMBOLS:
        symbol = _SYMBOLS[name[1:]].split()[0] + "="
    if symbol is None:
        return NotImplemented
    raise TypeError(f"unsupported operand type(s) for {symbol}: '{type_name(first)}' and '{type_name(second)}'")


def split(self: Any, split_size: Any, dim: Any = 0) -> Any:
    """Parts of a size, or of several sizes, along a dimension."""
    if isinstance(split_size, TensorBase) and split_size.numel() == 1:  # type: ignore[attr-defined]
        split_size = int(split_size)  # type: ignore[call-overload]
    name = "split" if isinstance(split_size, int) else "split_with_sizes"
    return declare.public_function("torch", name)(self, split_size, dim)


def unflatten(self: Any, dim: Any, sizes: Any) -> Any:
    """One dimension made several."""
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    return declare.public_function("method", "unflatten")(self, dim, sizes)


def over_operator(form: Any) -> Any:
    """The operator's method; where its parser refuses the arguments, the form in Python says what is wrong with them."""
    call = declare.public_function("method", form.__name__)
    form.__qualname__ = f"Tensor.{form.__name__}"
    run = call.run

    def method(*args: Any, **kwargs: Any) -> Any:
        try:
            return run(args, kwargs)
        except TypeError:
            pass
        return form(*args, **kwargs)

    method.__name__, method.__qualname__, method.__module__, method.__doc__ = form.__name__, form.__qualname__, "rushlight", form.__doc__
    call.public = hung = native_method(method, call)
    return hung


FORMS = (split, unflatten)
