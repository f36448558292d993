"""PyTorch's own operators by overload: rushlight's functions, methods and operators under those names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import rushlight as torch
from rushlight._schema import FunctionSchema, aten
from rushlight.ops import signatures
from rushlight.ops.declare import REGISTRY

# Where the functions of a table of signatures are found.
_SPACES = {"torch": "", "linalg": "linalg", "fft": "fft", "special": "special", "nn": "nn.functional"}


@cache
def _public() -> dict[str, tuple[str, str]]:
    """Overload -> table and name of the public function that means it."""
    found: dict[str, tuple[str, str]] = {}
    for space in ("torch", "method", "linalg", "fft", "special", "nn"):
        for name, records in signatures.table(space).items():
            for text, overload, *arguments in records:
                if "|deprecated" not in text and not arguments:
                    found.setdefault(overload, (space, name))
    return found


def _function(space: str, name: str) -> Any:
    if space == "method":
        return getattr(torch.Tensor, name, None)
    place: Any = torch
    for part in filter(None, _SPACES[space].split(".")):
        place = getattr(place, part)
    short = name.removeprefix(f"{space}_")
    return getattr(place, name, None) or getattr(place, short, None)


def caller(name: str, overload: str) -> Callable[..., Any]:
    """What a call of an overload does."""
    full = f"{name}.{overload}" if overload else name
    found: list[Any] = []

    def call(*args: Any, **kwargs: Any) -> Any:
        if any(map(_has_gaps, args)):
            return _with_gaps(full)(*args, **kwargs)
        if not found:
            found.append(_resolve(name, full))
        return found[0](*args, **kwargs)

    return call


def _resolve(name: str, full: str) -> Any:
    """The function behind an overload: what the tables of signatures lead to, else the operator itself."""
    if name == "_local_scalar_dense":
        return torch.Tensor.item
    if name in ("lift", "lift_fresh"):
        return lambda self: self
    place = _public().get(full)
    if place is None and full.endswith(("out", "_out")):
        place = next((entry for key, entry in _public().items() if key.partition(".")[0] == name), None)
    function = None if place is None else _function(*place)
    if function is not None and place is not None:
        return _with_input(function, place[0])
    if full in REGISTRY:
        operator, counts = REGISTRY[full], _list_lengths(name, overload_of(full))
        named = dict(counts)

        def call(*args: Any, **kwargs: Any) -> Any:
            values = [_plain(value, counts[place][1] if place < len(counts) else 0) for place, value in enumerate(args)]
            return operator(*values, **{key: _plain(value, named.get(key, 0)) for key, value in kwargs.items()})

        return call
    inplace = full.replace(name, name.rstrip("_"), 1)
    if name.endswith("_") and inplace in REGISTRY and hasattr(REGISTRY[inplace], "apply_inplace"):
        return REGISTRY[inplace].apply_inplace
    raise NotImplementedError(f"torch.ops.aten.{full} is not implemented in rushlight")


def _has_gaps(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(entry is None for entry in value)


def _with_gaps(full: str) -> Any:
    """The operator itself, for lists of tensors of which some are left out: public functions take no such lists."""
    name, dot, overload = full.partition(".")
    operator = REGISTRY.get(name.rstrip("_") + dot + overload) or next(
        (entry for key, entry in REGISTRY.items() if key.partition(".")[0] == name.rstrip("_")), None
    )
    if operator is None:
        raise NotImplementedError(f"torch.ops.aten.{full} is not implemented in rushlight")

    def call(*args: Any, **kwargs: Any) -> Any:
        values = list(args)
        operator.fill(values, kwargs)
        return operator.apply_inplace(values) if name.endswith("_") else operator.invoke(values)

    return call


def overload_of(full: str) -> str:
    """The overload in a name like add.Tensor."""
    return full.partition(".")[2]


def _list_lengths(name: str, overload: str) -> list[tuple[str, int]]:
    """The arguments of a schema with the length of the list that one number stands for, 0 for any other argument."""
    text = aten().get(name, {}).get(overload)
    if text is None:
        return []
    return [(entry.name, entry.N or 0) for entry in FunctionSchema(text).arguments]


def _plain(value: Any, count: int = 0) -> Any:
    if count and isinstance(value, int):
        return (value,) * count
    return tuple(value) if isinstance(value, list) and value and all(isinstance(entry, int) for entry in value) else value


def _with_input(function: Any, space: str) -> Any:
    """Schemas call the first argument self, public functions input."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if "self" in kwargs:
            args = (kwargs.pop("self"), *args)
        return function(*args, **kwargs)

    return call


def call_packet(name: str, args: Any, kwargs: Any) -> Any:
    """A call that leaves the overload to the arguments."""
    if any(map(_has_gaps, args)):
        return _with_gaps(name)(*args, **kwargs)
    for full, place in _public().items():
        if full.partition(".")[0] == name:
            function = _function(*place)
            if function is not None:
                return _with_input(function, place[0])(*args, **kwargs)
    for full in REGISTRY:
        if full.partition(".")[0] == name:
            return _resolve(name, full)(*args, **kwargs)
    raise NotImplementedError(f"torch.ops.aten.{name} is not implemented in rushlight")
