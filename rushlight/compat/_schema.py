"""Schemas of operators, such as "aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor"."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_LIST = re.compile(r"^(.*)\[(\d*)\]$")
_ALIAS = re.compile(r"\(([^()]*)\)")


class Type:
    """The type of an argument."""

    def __init__(self, text: str) -> None:
        self.text = text  # without alias annotations

    def kind(self) -> str:
        """ "TensorType" and the like."""
        if self.text.endswith("?"):
            return "OptionalType"
        if _LIST.match(self.text):
            return "ListType"
        names = {"int": "IntType", "SymInt": "IntType", "float": "FloatType", "bool": "BoolType", "str": "StringType",
                 "Scalar": "NumberType", "Device": "DeviceObjType", "ScalarType": "IntType", "Layout": "IntType"}  # fmt: skip
        return names.get(self.text, f"{self.text}Type")

    def getElementType(self) -> Type:
        """The type of the entries of a list, or of what is optional."""
        if self.text.endswith("?"):
            return Type(self.text[:-1])
        found = _LIST.match(self.text)
        if found is None:
            raise RuntimeError(f"{self} has no element type")
        return Type(found.group(1))

    @property
    def annotation_str(self) -> str:
        """As TorchScript writes it."""
        return str(self)

    def isSubtypeOf(self, other: Type) -> bool:
        """Whether a value of this type is one of the other."""
        return self.text == other.text or other.text == f"{self.text}?"

    def __str__(self) -> str:
        if self.text.endswith("?"):
            return f"Optional[{Type(self.text[:-1])}]"
        found = _LIST.match(self.text)
        if found is not None:
            return f"List[{Type(found.group(1))}]"
        return {"Scalar": "number", "SymInt": "int", "ScalarType": "int", "Layout": "int", "MemoryFormat": "int"}.get(self.text, self.text)

    def __repr__(self) -> str:
        return str(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Type) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


class AliasInfo:
    """What an argument or result shares memory with, and whether it is written to."""

    def __init__(self, text: str) -> None:
        before, _, after = text.replace("!", "").partition("->")
        self.is_write = "!" in text
        self.before_set = set(before.strip().split("|"))
        self.after_set = set(after.strip().split("|")) if after else set(self.before_set)


class Argument:
    """One argument or result of a schema."""

    def __init__(self, name: str, text: str, default: Any, has_default: bool, kwarg_only: bool) -> None:
        alias = _ALIAS.search(text)
        self.name = name
        self.alias_info = None if alias is None else AliasInfo(alias.group(1))
        self.type = Type(_ALIAS.sub("", text))
        found = _LIST.match(self.type.text.rstrip("?"))
        self.real_type = self.type
        self.N = int(found.group(2)) if found is not None and found.group(2) else None
        self.default_value = default
        self.kwarg_only = kwarg_only
        self.is_out = kwarg_only and self.alias_info is not None and self.alias_info.is_write
        self._has_default = has_default

    @property
    def is_write(self) -> bool:
        """Whether the operator writes into the argument."""
        return self.alias_info is not None and self.alias_info.is_write

    def has_default_value(self) -> bool:
        """Whether the argument may be left out."""
        return self._has_default


class FunctionSchema:
    """Name, arguments and results of an operator."""

    __module__ = "torch._C"

    def __init__(self, text: str) -> None:
        head, _, rest = text.partition("(")
        inner, results = _split_results("(" + rest)
        self.name, _, self.overload_name = head.partition(".")
        self._text = text
        self.arguments: list[Argument] = []
        keyword_only = False
        for entry in _entries(inner):
            if entry == "*":
                keyword_only = True
                continue
            if entry == "...":  # any number of values, which PyTorch does not list either
                continue
            self.arguments.append(_argument(entry, keyword_only))
        self.returns = [_result(entry) for entry in results]

    @property
    def is_mutable(self) -> bool:
        """Whether the operator writes into an argument."""
        return any(entry.is_write for entry in self.arguments)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FunctionSchema) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


def _split_results(text: str) -> tuple[str, list[str]]:
    depth = 0
    ends = [index for index, character in enumerate(text) if (depth := depth + (character == "(") - (character == ")")) == 0]
    if not ends:
        raise RuntimeError(f"expected ) in the schema: {text}")
    inner, tail = text[1 : ends[0]], text[ends[0] + 1 :]
    arrow, _, results = tail.partition("->")
    if arrow.strip() or not results:
        raise RuntimeError(f"expected -> in the schema: {text}")
    results = results.strip()
    if results.startswith("("):
        return inner, _entries(results[1:-1])
    return inner, [results]


def _entries(text: str) -> list[str]:
    """The parts of a list that commas outside of brackets and quotes separate."""
    found: list[str] = []
    depth, start, quote = 0, 0, ""
    for index, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and not depth:
            found.append(text[start:index].strip())
            start = index + 1
    last = text[start:].strip()
    return [*found, last] if last else found


def _argument(text: str, keyword_only: bool) -> Argument:
    declared, equals, default = text.partition("=")
    kind, _, name = declared.strip().rpartition(" ")
    if not kind:
        raise RuntimeError(f"expected ident but found ',' or ')' here: {text}")
    value = _value(default.strip(), kind) if equals else None
    return Argument(name, kind, value, bool(equals), keyword_only)


def _result(text: str) -> Argument:
    kind, _, name = text.rpartition(" ")
    return Argument(name, kind, None, False, False) if kind else Argument("", name, None, False, False)


_CONSTANTS = {"None": None, "True": True, "False": False, "Mean": 1, "contiguous_format": 0, "long": 4, "strided": 0}


def _value(text: str, kind: str) -> Any:
    """A default."""
    import ast

    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text.startswith("annotate("):
        return []
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    if kind.rstrip("?") == "float" and isinstance(value, int):
        return float(value)
    return value


@cache
def aten() -> dict[str, dict[str, str]]:
    """The schemas of PyTorch's own operators: name -> overload -> text."""
    import os

    found: dict[str, dict[str, str]] = {}
    with open(os.path.join(os.path.dirname(__file__), "schemas.txt"), encoding="utf-8") as file:
        for line in file:
            name, _, overload = line.partition("(")[0].partition(".")
            found.setdefault(name, {})[overload] = "aten::" + line.rstrip("\n")
    return found
