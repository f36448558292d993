"""einsum: sums of products named by subscripts.

NOTE [ einsum as products of batches ]
Every operand is brought to one list of dimensions: the output's, then those that are summed away (sizes 1 stand for absent ones;
a repeated subscript takes a diagonal first). Operands are then multiplied pair by pair from the left. A summed dimension goes when
the last two operands that have it meet: the pair becomes one bmm whose batch is the dimensions that both keep. PyTorch does the same,
so results have its strides and `grad_fn` its shape.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rushlight.ops.declare import REGISTRY, composite
from rushlight.ops.matmul import bmm
from rushlight.ops.view import permute, reshaped, unsqueeze, view_size

ELLIPSIS = 52  # the label of "...": letters are 0 to 51, capitals first


def _label(char: str) -> int:
    return ord(char) - ord("A") if char.isupper() else ord(char) - ord("a") + 26


def _name(label: int) -> str:
    return chr(label + ord("A")) if label < 26 else chr(label - 26 + ord("a"))


def _is_letter(char: str) -> bool:
    return "a" <= char <= "z" or "A" <= char <= "Z"


def _read_letter(equation: str, index: int) -> int:
    if not _is_letter(equation[index]):
        raise RuntimeError(
            f"einsum(): invalid subscript given at index {index} in the equation string, subscripts must be in [a-zA-Z]"
        )
    return _label(equation[index])


def _read_operands(equation: str, end: int, count: int) -> list[list[int]]:
    """The labels of every operand."""
    operands: list[list[int]] = [[]]
    index = 0
    while index < end:
        char = equation[index]
        if char == ".":
            if ELLIPSIS in operands[-1]:
                raise RuntimeError(f"einsum(): found '.' for operand {len(operands) - 1} for which an ellipsis was already found")
            if equation[index : min(index + 3, end)] != "...":
                raise RuntimeError(f"einsum(): found '.' for operand {len(operands) - 1} that is not part of any ellipsis")
            index += 2
            operands[-1].append(ELLIPSIS)
        elif char == ",":
            operands.append([])
            if len(operands) > count:
                raise RuntimeError("einsum(): fewer operands were provided than specified in the equation")
        elif char != " ":
            operands[-1].append(_read_letter(equation, index))
        index += 1
    if len(operands) < count:
        raise RuntimeError("einsum(): more operands were provided than specified in the equation")
    return operands


def _read_output(equation: str, start: int, seen: Any) -> list[int]:
    """The labels after the arrow."""
    output: list[int] = []
    index = start
    while index < len(equation):
        char = equation[index]
        if char == ".":
            if ELLIPSIS in output:
                raise RuntimeError("einsum(): found '.' for output but an ellipsis (...) was already found")
            if equation[index : index + 3] != "...":
                raise RuntimeError("einsum(): found '.' for output that is not part of any ellipsis (...)")
            index += 2
            output.append(ELLIPSIS)
        elif char != " ":
            label = _read_letter(equation, index)
            if label in output:
                raise RuntimeError(f"einsum(): output subscript {char} appears more than once in the output")
            if label not in seen:
                raise RuntimeError(f"einsum(): output subscript {char} does not appear in the equation for any input operand")
            output.append(label)
        index += 1
    return output


class Layout:
    """A parsed equation: the operands' labels, where each label's dimensions lie, and how many there are."""

    def __init__(self, operands: list[list[int]], places: dict[int, int], kept: int, total: int, spread: int) -> None:
        self.operands: list[list[int]] = operands
        self.places: dict[int, int] = places
        self.kept: int = kept  # dimensions of the output
        self.total: int = total  # those and the summed ones
        self.spread: int = spread  # dimensions that "..." stands for


def _covered(operands: list[list[int]], ndims: Any) -> int:
    """How many dimensions "..." stands for."""
    spread = 0
    for index, labels in enumerate(operands):
        letters = len(labels) - (ELLIPSIS in labels)
        if ELLIPSIS in labels:
            if letters > ndims[index]:
                raise RuntimeError(
                    f"einsum(): the number of subscripts in the equation ({letters}) is more than the number of dimensions "
                    f"({ndims[index]}) for operand {index}"
                )
            spread = max(spread, ndims[index] - letters)
        elif letters != ndims[index]:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({letters}) does not match the number of dimensions "
                f"({ndims[index]}) for operand {index} and no ellipsis was given"
            )
    return spread


@lru_cache(maxsize=1024)
def parse(equation: str, ndims: tuple[int, ...]) -> Layout:
    """Read an equation for operands of given numbers of dimensions."""
    arrow = equation.find("->")
    operands = _read_operands(equation, len(equation) if arrow < 0 else arrow, len(ndims))
    spread = _covered(operands, ndims)
    counts: dict[int, int] = {}
    for labels in operands:
        for label in labels:
            if label != ELLIPSIS:
                counts[label] = counts.get(label, 0) + 1
    if arrow < 0:
        output = [ELLIPSIS] + sorted(label for label, count in counts.items() if count == 1)
    else:
        output = _read_output(equation, arrow + 2, counts)
    places: dict[int, int] = {}
    total = 0
    for label in output:
        places[label] = total
        total += spread if label == ELLIPSIS else 1
    kept = total
    if ELLIPSIS not in places:
        places[ELLIPSIS] = total
        total += spread
    for label in sorted(counts):
        if label not in places:
            places[label] = total
            total += 1
    return Layout(operands, places, kept, total, spread)


def _check_size(sizes: list[int], place: int, size: int, operand: int, label: int, dim: int) -> None:
    seen = sizes[place]
    if seen == 1:
        sizes[place] = size
    elif size not in (seen, 1):
        if label == ELLIPSIS:
            raise RuntimeError(
                f"einsum(): dimension {dim} covered by ellipsis in operand {operand}has size {size} which does not broadcast with "
                f"previously seen ellipsis with size {seen} for the respective dimension"
            )
        raise RuntimeError(
            f"einsum(): subscript {_name(label)} has size {size} for operand {operand} which does not broadcast with previously "
            f"seen size {seen}"
        )


def _arranged(tensor: Any, number: int, layout: Layout, sizes: list[int]) -> Any:
    """An operand with the layout's dimensions, those it lacks with size 1."""
    labels = layout.operands[number]
    order = [-1] * layout.total
    covered = tensor.ndim - len(labels) + 1
    at = 0
    for label in labels:
        place = layout.places[label]
        if label == ELLIPSIS:
            for dim in range(layout.spread - covered, layout.spread):
                _check_size(sizes, place + dim, tensor.shape[at], number, label, at)
                order[place + dim] = at
                at += 1
        elif order[place] >= 0:
            tensor = _diagonal(tensor, order[place], at, number, label)
        else:
            _check_size(sizes, place, tensor.shape[at], number, label, 0)
            order[place] = at
            at += 1
    for place, dim in enumerate(order):
        if dim < 0:
            tensor = unsqueeze.apply([tensor, at])
            order[place] = at
            at += 1
    return permute.apply([tensor, order])


def _diagonal(tensor: Any, dim: int, repeated: int, number: int, label: int) -> Any:
    """The diagonal of two dimensions with the same subscript, in the place of the first."""
    shape = tensor.shape
    if shape[dim] != shape[repeated]:
        raise RuntimeError(
            f"einsum(): subscript {_name(label)} is repeated for operand {number} but the sizes don't match, "
            f"{shape[repeated]} != {shape[dim]}"
        )
    found = REGISTRY["diagonal"].apply([tensor, 0, dim, repeated])
    last = found.ndim - 1
    order = list(range(last))
    order.insert(dim, last)
    return permute.apply([found, order])


def _numel(sizes: Any, dims: Any) -> int:
    count = 1
    for dim in dims:
        count *= sizes[dim]
    return count


def _pair_product(left: Any, right: Any, summed: list[int]) -> Any:
    """The product of two operands, with the dimensions `summed` summed away (to size 1), as one bmm."""
    a, b = left.shape, right.shape
    both, only_left, only_right = [], [], []
    for dim in range(len(a)):
        if dim in summed:
            continue
        if a[dim] != 1 and b[dim] != 1:
            both.append(dim)
        elif a[dim] != 1:
            only_left.append(dim)
        else:
            only_right.append(dim)
    if only_left and only_right and only_left[0] > only_right[-1]:  # then the other order gives the output's layout
        left, right, a, b, only_left, only_right = right, left, b, a, only_right, only_left
    batch, inner = _numel(a, both), _numel(a, summed)
    rows, columns = _numel(a, only_left), _numel(b, only_right)
    left = reshaped(permute.apply([left, both + only_left + summed + only_right]), [batch, rows, inner])
    right = reshaped(permute.apply([right, both + summed + only_right + only_left]), [batch, inner, columns])
    arranged = both + only_left + summed + only_right
    sizes = [a[dim] for dim in both + only_left] + [1] * len(summed) + [b[dim] for dim in only_right]
    found = view_size.apply([bmm.apply([left, right]), sizes])
    order = [0] * len(arranged)
    for position, dim in enumerate(arranged):
        order[dim] = position
    return permute.apply([found, order])


def _sum(tensor: Any, dims: list[int], keepdim: bool) -> Any:
    return REGISTRY["sum.dim_IntList"](tensor, dims, keepdim)


def _joined(left: Any, right: Any, counts: list[int], kept: int) -> Any:
    """The product of two operands; what no later operand has and the output lacks is summed away."""
    a, b = left.shape, right.shape
    summed, of_left, of_right = [], [], []
    for dim in range(kept, len(a)):
        if a[dim] != 1 and b[dim] != 1:
            counts[dim] -= 1
            if counts[dim] == 1:
                summed.append(dim)
                counts[dim] = 0
        elif counts[dim] == 1:
            if a[dim] != 1:
                of_left.append(dim)
                counts[dim] = 0
            elif b[dim] != 1:
                of_right.append(dim)
                counts[dim] = 0
    if of_left:
        left = _sum(left, of_left, True)
    if of_right:
        right = _sum(right, of_right, True)
    return _pair_product(left, right, summed) if summed else REGISTRY["mul.Tensor"](left, right)


@composite("einsum")
def einsum(equation: str, tensors: Any, path: Any = None) -> Any:
    """Sums of products of operands, by subscripts (torch.einsum). RuntimeError for an equation that does not fit them."""
    if not tensors:
        raise RuntimeError("einsum(): must provide at least one operand")
    layout = parse(equation, tuple([tensor.ndim for tensor in tensors]))
    sizes = [1] * layout.total
    operands = [_arranged(tensor, number, layout, sizes) for number, tensor in enumerate(tensors)]
    kept = layout.kept
    if len(operands) == 1:
        return _sum(operands[0], list(range(kept, layout.total)), False) if kept < layout.total else operands[0]
    counts = [sum(tensor.shape[dim] != 1 for tensor in operands) for dim in range(layout.total)]
    found = operands
    steps = iter(path or ())
    while len(found) > 1:
        first, second = (next(steps), next(steps)) if path else (0, 1)
        pair = _joined(found[first], found[second], counts, kept)
        rest = [tensor for index, tensor in enumerate(found) if index not in (first, second)]
        found = [*rest, pair] if path else [pair, *rest]
    result = found[0]
    return view_size.apply([result, list(result.shape[:kept])]) if kept < layout.total else result
