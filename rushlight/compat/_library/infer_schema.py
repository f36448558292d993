"""Schemas from annotations."""

from __future__ import annotations

import collections.abc
import inspect
import typing
from collections.abc import Callable
from typing import Any

import rushlight as torch

_PLAIN = {
    torch.Tensor: "Tensor", int: "SymInt", float: "float", bool: "bool", str: "str", torch.dtype: "ScalarType", torch.device: "Device",
    typing.Union[int, float, bool]: "Scalar", int | float | bool: "Scalar",
}  # fmt: skip
_LISTED = {torch.Tensor: "Tensor", int: "SymInt", float: "float", bool: "bool", typing.Union[int, float, bool]: "Scalar",
           typing.Optional[torch.Tensor]: "Tensor?", torch.Tensor | None: "Tensor?"}  # fmt: skip


def _type_text(annotation: Any) -> str | None:
    """A type as schemas write it; None for one that they do not know."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (list, collections.abc.Sequence) and len(inner) == 1 and inner[0] in _LISTED:
        return f"{_LISTED[inner[0]]}[]"
    if type(None) in inner:
        rest = [entry for entry in inner if entry is not type(None)]
        found = _type_text(rest[0] if len(rest) == 1 else typing.Union[tuple(rest)])
        return None if found is None else f"{found}?"
    return None


def _default_text(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, torch.dtype):
        return repr(value).partition(".")[2]
    if isinstance(value, torch.device):
        return f'"{value}"'
    if isinstance(value, float) and value.is_integer():
        return f"{int(value)}."
    return str(value)


def infer_schema(prototype_function: Callable[..., Any], /, *, mutates_args: Any, op_name: str | None = None) -> str:
    """The schema that a function's annotations say.

    >>> def f(x: torch.Tensor, n: int = 2) -> torch.Tensor: ...
    >>> torch.library.infer_schema(f, mutates_args=())
    '(Tensor x, SymInt n=2) -> Tensor'
    """
    signature = inspect.signature(prototype_function)

    def refuse(text: str) -> None:
        raise ValueError(f"infer_schema(func): {text} Got func with signature {signature})")

    names = typing.get_type_hints(prototype_function) if _has_strings(signature) else {}
    parts: list[str] = []
    seen: set[str] = set()
    starred = False
    for position, (name, entry) in enumerate(signature.parameters.items()):
        if entry.kind not in (entry.POSITIONAL_OR_KEYWORD, entry.KEYWORD_ONLY):
            refuse("We do not support positional-only args, varargs, or varkwargs.")
        if entry.kind is entry.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        parts.append(_parameter(name, names.get(name, entry.annotation), entry.default, mutates_args, position, refuse))
        seen.add(name)
    if mutates_args != "unknown" and set(mutates_args) - seen:
        refuse(
            f"{set(mutates_args) - seen} in mutates_args were not found in the custom op's signature. mutates_args should contain the names of "
            "all args that the custom op mutates, or just the string 'unknown' if you don't know."
        )
    returns = _returns(names.get("return", signature.return_annotation), refuse)
    return f"{op_name or ''}({', '.join(parts)}) -> {returns}"


def _has_strings(signature: Any) -> bool:
    return any(isinstance(entry.annotation, str) for entry in signature.parameters.values()) or isinstance(signature.return_annotation, str)


def _parameter(name: str, annotation: Any, default: Any, mutates: Any, position: int, refuse: Any) -> str:
    if annotation is inspect.Parameter.empty:
        refuse(f"Parameter {name} must have a type annotation.")
    text = _type_text(annotation)
    if text is None:
        if typing.get_origin(annotation) is tuple:
            refuse(f"Parameter {name} has unsupported type {annotation}. Please use a List instead of a Tuple.")
        refuse(f"Parameter {name} has unsupported type {annotation}. The valid types are: {[*_PLAIN]}.")
        raise AssertionError
    if mutates == "unknown" and text.startswith("Tensor") or mutates != "unknown" and name in mutates:
        if not text.startswith("Tensor"):
            refuse(f"Parameter {name} is in mutable_args but only Tensors or collections of Tensors can be mutated")
        text = text.replace("Tensor", f"Tensor(a{position}!)", 1)
    if default is inspect.Parameter.empty:
        return f"{text} {name}"
    if default is not None and not isinstance(default, (str, int, float, bool, torch.dtype, torch.device)):
        refuse(
            f"Parameter {name} has an unsupported default value type {type(default)}. Please file an issue on GitHub so we can prioritize this."
        )
    return f"{text} {name}={_default_text(default)}"


def _returns(annotation: Any, refuse: Any) -> str:
    if annotation is inspect.Signature.empty:
        refuse("No return type annotation was provided. Please add one.")
    if annotation is None or annotation is type(None):
        return "()"
    inner = typing.get_args(annotation)
    single = {torch.Tensor: "Tensor", int: "SymInt", float: "float", bool: "bool", typing.Union[int, float, bool]: "Scalar"}
    if annotation in single:
        return single[annotation]
    if typing.get_origin(annotation) in (list, collections.abc.Sequence) and inner == (torch.Tensor,):
        return "Tensor[]"
    if typing.get_origin(annotation) is tuple and inner:
        texts = [
            "Tensor[]" if typing.get_origin(entry) is list and typing.get_args(entry) == (torch.Tensor,) else single.get(entry)
            for entry in inner
        ]
        if all(texts):
            return f"({', '.join(map(str, texts))})"
    refuse(f"Return has unsupported type {annotation}. The valid types are: {[*single]}.")
    raise AssertionError
