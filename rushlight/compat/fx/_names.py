"""How functions and types are named in printed graphs and in generated code."""

from __future__ import annotations

import builtins
import re
import types
from typing import Any

from rushlight import overrides
from rushlight._core.calls import METHODS
from rushlight._core.function import Function
from rushlight._core.tensor import TYPES

# Where PyTorch keeps the functions of a namespace that are written in C.
_NATIVE = {
    "linalg": "torch._C._linalg.linalg_", "fft": "torch._C._fft.fft_", "special": "torch._C._special.special_", "nn": "torch._C._nn.",
}  # fmt: skip
# Functions of torch.nn.functional that are such ones.
_NATIVE_NN = frozenset(
    "avg_pool2d avg_pool3d elu_ gelu hardtanh_ leaky_relu_ linear log_sigmoid one_hot scaled_dot_product_attention softplus softshrink".split()
)
_ILLEGAL = re.compile(r"[^0-9a-zA-Z_]+")


def snake_case(text: str) -> str:
    """BatchNorm -> batch_norm."""
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", text).lower()


def identifier(text: str) -> str:
    """A name with everything that Python does not take in one replaced."""
    return _ILLEGAL.sub("_", text)


def _of_function(function: Function) -> str:
    resolved = overrides.resolve_name(function)
    if resolved is not None and resolved.startswith("torch.functional."):
        return resolved
    prefix = _NATIVE.get(function.namespace)
    if function.namespace == "nn" and function.name not in _NATIVE_NN:
        return resolved or f"torch.nn.functional.{function.name}"
    return (prefix or "torch.") + function.name


def qualified_name(func: Any) -> str:
    """The name by which generated code finds a function."""
    if isinstance(func, Function):
        return _of_function(func)
    name = getattr(func, "__name__", None)
    if name is not None and getattr(builtins, name, None) is func:
        return str(name)
    if name is None:
        raise RuntimeError(f"Unable to find the name of {func!r}")
    if name == "<lambda>":
        raise RuntimeError("Unable to represent lambda")
    resolved = overrides.resolve_name(func) if isinstance(func, (types.FunctionType, *METHODS)) else None
    if resolved is not None:
        return resolved
    module = str(func.__module__)
    if module == "torch._ops" or module.startswith("torch._ops."):
        module = module.replace("torch._ops", "torch.ops")
    elif module == "rushlight" or module.startswith("rushlight."):
        module = "torch" + module[len("rushlight") :]
    return f"{module}.{name}"


def type_name(kind: Any) -> str:
    """A type as annotations show it."""
    if isinstance(kind, type) and not isinstance(kind, types.GenericAlias):
        if kind.__module__ == "builtins":
            return kind.__qualname__
        if kind is TYPES.tensor:
            return "torch.Tensor"
        module = kind.__module__
        if module == "rushlight" or module.startswith("rushlight."):
            module = "torch" + module[len("rushlight") :]
        return f"{module}.{kind.__qualname__}"
    if kind is ...:
        return "..."
    if isinstance(kind, types.FunctionType):
        return kind.__name__
    return _generic_name(kind)


def _generic_name(kind: Any) -> str:
    """list[int] and its like, with the names of types inside as they are printed elsewhere."""
    inner = getattr(kind, "__args__", None)
    if not inner or getattr(kind, "__module__", "") != "typing" and not isinstance(kind, (types.GenericAlias, types.UnionType)):
        return repr(kind)
    if isinstance(kind, types.UnionType):
        return " | ".join("None" if entry is type(None) else type_name(entry) for entry in inner)
    if type(None) in inner and len(inner) == 2 and (repr(kind).startswith("typing.Optional")):
        other = next(entry for entry in inner if entry is not type(None))
        return f"typing.Optional[{type_name(other)}]"
    origin = repr(kind).split("[")[0]
    return f"{origin}[{', '.join(map(type_name, inner))}]"


def found_by_name(name: str) -> Any:
    """The object that a dotted name below torch leads to, or None."""
    import rushlight

    value: Any = rushlight
    for part in name.split(".")[1:]:
        value = getattr(value, part, None)
        if value is None:
            return None
    return value
