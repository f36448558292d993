"""The named tuples that operators of several results return: `torch.return_types.max`, ...."""

from __future__ import annotations

from operator import itemgetter
from typing import Any


def _new(cls: Any, sequence: Any = ()) -> Any:
    entries = tuple(sequence)
    if len(entries) != cls.n_fields:
        raise TypeError(f"torch.return_types.{cls.__name__}() takes a {cls.n_fields}-sequence ({len(entries)}-sequence given)")
    return tuple.__new__(cls, entries)


def _repr(self: Any) -> str:
    lines = ",\n".join(f"{name}={entry!r}" for name, entry in zip(self.__match_args__, self))
    return f"torch.return_types.{type(self).__name__}(\n{lines})"


def _reduce(self: Any) -> Any:
    return type(self), (tuple(self),)


all_return_types: list[Any] = []


def make(name: str, fields: tuple[str, ...]) -> Any:
    """The class of named tuples `name`; it is also found as an attribute of this module, and so is that of the same results in out=."""
    made = _make(name, fields)
    if name != "histogramdd":
        made.of_out = _make(name + "_out", fields)
    return made


def _make(name: str, fields: tuple[str, ...]) -> Any:
    members: dict[str, Any] = {field: property(itemgetter(position)) for position, field in enumerate(fields)}
    members.update(
        __slots__=(), __match_args__=fields, __module__="torch.return_types", __qualname__=name,
        n_fields=len(fields), n_sequence_fields=len(fields), n_unnamed_fields=0,
        __new__=_new, __repr__=_repr, __reduce__=_reduce,
    )  # fmt: skip
    made = type(name, (tuple,), members)
    globals()[name] = made
    all_return_types.append(made)
    return made


_VALUES = ("values", "indices")
for _name in ("max", "min", "median", "nanmedian", "mode", "kthvalue", "sort", "topk", "cummax", "cummin"):
    make(_name, _VALUES)
make("aminmax", ("min", "max"))
make("_lu_with_info", ("LU", "pivots", "info"))
make("histogram", ("hist", "bin_edges"))
make("histogramdd", ("hist", "bin_edges"))
