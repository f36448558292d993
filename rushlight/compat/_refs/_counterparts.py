"""Where the operator is that a name of torch._refs means."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from importlib import import_module
from inspect import Parameter, Signature
from types import FunctionType
from typing import Any

from rushlight.compat import _function, described, known, unsupported
from rushlight.ops import signatures

_ROOT = "rushlight"
_TABLES = {"nn.functional": "nn", "fft": "fft", "linalg": "linalg", "special": "special"}  # where ops/signatures.py has a place's texts
_NOT_PUBLIC = frozenset((
    "empty_out", "frexp", "handle_noncontiguous_outputs", "hardsigmoid", "is_noncontiguous_supported", "linalg_lu_solve_out_mps",
    "mps_lib", "native_layer_norm_fake", "normal_", "pixel_shuffle", "pixel_unshuffle", "select_scatter", "tensor",
))  # fmt: skip
# Names that only torch._refs has, and where PyTorch's own operators differ in name.
_OTHERS: dict[str, Callable[..., Any]] = {
    "rsub": lambda self, other, alpha=1: import_module(_ROOT).rsub(self, other, alpha=alpha),
    "rtruediv": lambda self, other: other / self,
    "rfloordiv": lambda self, other: other // self,
    "rpow": lambda self, other: other**self,
    "trunc_divide": lambda self, other: import_module(_ROOT).div(self, other, rounding_mode="trunc"),
    "copy_to": lambda a, b, allow_cross_device=True: a.copy_(b),
}


def _reduction(name: str) -> Callable[..., Any]:
    """A reduction whose dimensions may be left out, or be several, with any of its other arguments."""

    def reference(a: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Any:
        function = getattr(import_module(_ROOT), name)
        given = {key: value for key, value in (("dtype", dtype), ("out", out)) if value is not None}
        if name != "prod":
            return function(a, dim, keepdim, **given)
        if isinstance(dim, int) or a.ndim == 0:
            return function(a, 0 if dim is None or dim == () else dim, keepdim, **given)
        dims = sorted(range(a.ndim) if dim is None else [place % a.ndim for place in dim], reverse=True)
        if len(set(dims)) < len(dims):
            raise RuntimeError("duplicate value in the list of dims")
        for place in dims[:-1]:
            a = function(a, place, keepdim, dtype=dtype)
        return function(a, dims[-1], keepdim, **given)

    return reference


def _spread(name: str) -> Callable[..., Any]:
    """A variance or deviation, likewise."""

    def reference(
        a: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None, out: Any = None
    ) -> Any:
        correction = correction if unbiased is None else int(unbiased)
        given = {} if out is None else {"out": out}
        return getattr(import_module(_ROOT), name)(a, dim, correction=correction, keepdim=keepdim, **given)

    return reference


_OTHERS.update({name: _reduction(name) for name in ("mean", "prod", "sum")}, std=_spread("std"), var=_spread("var"))


def inspectable(function: Any, place: str, name: str) -> Any:
    """A Python function that calls a public callable, with the arguments of its longest overload for programs that inspect it."""
    overloads = signatures.table(_TABLES.get(place, "torch")).get(name) or [["()"]]
    _, _, text = max((record[0] for record in overloads), key=len).partition("(")
    kind, parameters = Parameter.POSITIONAL_OR_KEYWORD, []
    for argument in filter(None, text[: text.rindex(")")].split(", ")):
        if argument == "*":
            kind = Parameter.KEYWORD_ONLY
            continue
        title, optional, _ = argument.split(" ")[-1].partition("=")
        earlier = parameters and parameters[-1].kind is kind and parameters[-1].default is None
        parameters.append(Parameter(title, kind, default=None if optional or earlier else Parameter.empty))

    def reference(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    reference.__name__ = reference.__qualname__ = name
    reference.__module__ = f"torch._refs.{place}".rstrip(".")
    reference.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return reference


def counterpart(place: str, name: str) -> Any:
    """torch.PLACE.NAME, or what calls the method of that name."""
    if not place and name in _OTHERS:
        return _OTHERS[name]
    module = reduce(getattr, filter(None, place.replace("_conversions", "").split(".")), import_module(_ROOT))
    found = getattr(module, name, None)
    if callable(found):
        return found if isinstance(found, FunctionType) else inspectable(found, place, name)
    method = getattr(import_module(_ROOT).Tensor, name, None)
    if method is not None and not callable(method):
        return lambda tensor: getattr(tensor, name)
    if method is not None:
        return lambda tensor, *args, **kwargs: getattr(tensor, name)(*args, **kwargs)
    return _function(f"_refs.{place}".rstrip("."), name)


def counterparts(relative: str) -> tuple[Callable[[str], Any], list[str]]:
    """The __getattr__ of torch._refs.RELATIVE, and what its __all__ says."""
    own = f"_refs.{relative}".rstrip(".")
    functions = described(own)[0]

    def attribute(name: str) -> Any:
        child = f"{own}.{name}"
        if known(child):
            return import_module(f"{_ROOT}.{child}")
        if name not in functions:
            raise unsupported(name, f"{_ROOT}.{own}")
        return counterpart(relative, name)

    return attribute, sorted(functions - _NOT_PUBLIC)
