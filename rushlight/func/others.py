"""functionalize, debug_unwrap, rearrange."""

from __future__ import annotations

import functools
from typing import Any

from rushlight._core.tensor import DUAL, TensorBase, wants_grad
from rushlight.func.levels import tracking_level
from rushlight.ops.declare import REGISTRY

_REMOVE = """functionalize(f, remove='mutations'): received invalid argument for remove={}. Valid options are:
     remove='mutations': all inplace and out= operators will be removed from the program, and replaced with their out-of-place \
equivalents.
     remove='mutations_and_views': In addition to the above, all aliasing operators {{view}} will be replaced with their non-aliasing \
counterparts, {{view}}_copy.
"""


def functionalize(func: Any, *, remove: str = "mutations") -> Any:
    """`func` itself, in effect: functionalization has a meaning only for programs that are traced, which rushlight does not do."""
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(_REMOVE.format(remove))

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    return wrapped


def debug_unwrap(tensor: Any, *, recurse: bool = True) -> Any:
    """What a tensor that a transform wrapped stands for, for looking at while debugging; recurse: through all levels."""
    found = tensor
    while isinstance(found, TensorBase):
        if found._flags & DUAL:
            from rushlight.func.levels import set_tangents, twin

            found = twin(found)
            set_tangents(found, ())
        elif found._batch is not None:
            found = found._batch.value
        elif wants_grad(found) and tracking_level(found) is not None:
            return REGISTRY["detach"](found)
        else:
            return found
        if not recurse:
            return found
    return found


# ---------------------------------------------------------------- rearrange


def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Any:
    """Reorder, split and join dimensions by name: rearrange(x, "b (h w) -> w b h", h=2).

    A list of tensors is stacked first. `...` stands for any dimensions, 1 or () for one of size 1.
    """
    if not isinstance(tensor, TensorBase):
        tensor = REGISTRY["stack"](list(tensor), 0)
    sides = pattern.split("->")
    if len(sides) != 2:
        raise ValueError("Pattern must contain exactly one '->' separator")
    left, right = (_parse(side) for side in sides)
    left, right = (_filled(side, left, tensor.dim()) for side in (left, right))
    names = _check(pattern, left, right, axes_lengths)
    sizes = _sizes(left, tensor.shape, axes_lengths, pattern)
    flat = tensor.reshape([sizes[name] for group in left for name in group])
    places = {name: place for place, name in enumerate(name for group in left for name in group)}
    moved = flat.permute([places[name] for group in right for name in group])
    return moved.reshape([_product(sizes[name] for name in group) for group in right]) if names or right != left else tensor


def _parse(side: str) -> list[list[str]]:
    """The groups of names of one side; `1` and `()` are empty groups."""
    groups: list[list[str]] = []
    current: list[str] | None = None
    for token in side.replace("(", " ( ").replace(")", " ) ").split():
        if token == "(":
            if current is not None:
                raise ValueError("brackets are nested more than one level")
            current = []
        elif token == ")":
            if current is None:
                raise ValueError("brackets are not balanced")
            groups.append(current)
            current = None
        elif token == "1":
            if current is None:
                groups.append([])
        elif token != "..." and not token.isidentifier():
            raise ValueError(f"Invalid axis identifier: {token}")
        elif current is None:
            groups.append([token])
        else:
            current.append(token)
    if current is not None:
        raise ValueError("brackets are not balanced")
    return groups


def _filled(groups: list[list[str]], left: list[list[str]], rank: int) -> list[list[str]]:
    """Groups with `...` replaced by names of its own for the dimensions that it stands for."""
    count = rank - (len(left) - 1 if ["..."] in left else len(left))
    hidden = [f".{number}" for number in range(max(count, 0))]
    found: list[list[str]] = []
    for group in groups:
        if group == ["..."]:
            found.extend([name] for name in hidden)
        else:
            found.append([part for name in group for part in (hidden if name == "..." else [name])])
    return found


def _check(pattern: str, left: Any, right: Any, lengths: Any) -> list[str]:
    names, others = ([name for group in side for name in group] for side in (left, right))
    for entries in (names, others):
        if len(set(entries)) != len(entries):
            raise ValueError(f"Pattern {pattern} contains duplicate dimension")
    if set(names) != set(others):
        raise ValueError(f"Identifiers only on one side of expression (should be on both): {set(names) ^ set(others)}")
    unknown = [name for name in lengths if name not in names]
    if unknown:
        raise ValueError(f"Identifier {unknown[0]} not found in pattern")
    return names


def _sizes(left: Any, shape: Any, lengths: Any, pattern: str) -> dict[str, int]:
    if len(left) != len(shape):
        raise ValueError(f"Number of dimensions in pattern ({len(left)}) and tensor ({len(shape)}) must be equal: {pattern}")
    sizes: dict[str, int] = {}
    for group, size in zip(left, shape):
        known = _product(lengths.get(name, 1) for name in group)
        free = [name for name in group if name not in lengths]
        if len(free) > 1:
            raise ValueError(f"Could not infer sizes of dimensions {free} in pattern {pattern}")
        if size % known or not free and known != size:
            raise ValueError(f"Dimension size {size} is not divisible by {known} in pattern {pattern}")
        for name in group:
            sizes[name] = lengths.get(name, size // known)
    return sizes


def _product(values: Any) -> int:
    total = 1
    for value in values:
        total *= value
    return total
