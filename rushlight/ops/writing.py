"""In-place operators whose kernel writes straight into the tensor's memory, instead of computing a result to copy there."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import inplace, loops
from rushlight._core.op import HOOKS, Op, records
from rushlight._core.op_inplace import operands_of
from rushlight._core.origin import wrote
from rushlight._core.state import EXOTIC, INFERENCE, get_mode
from rushlight._core.tensor import LAZY, TensorBase, differentiable, uncounted
from rushlight.ops import native
from rushlight.ops.declare import enter
from rushlight.ops.warn import warn_user

ALLOWED = "allowed"


def write(op: Op, args: list[Any], writer: Any, overlap: str = "") -> TensorBase:
    """Run writer(target array, *other values as arrays) and record it as `op` with its result in the first argument.

    op's gradient formulas must not need the old value of the first argument. overlap: what happens when several elements of the
    target share their memory: an error, nothing (ALLOWED), or the warning with this text.
    """
    target: TensorBase = args[0]
    word = get_mode()
    values, flags, mask = operands_of(op, args)
    flags |= word & EXOTIC
    if flags & LAZY:
        written: TensorBase = HOOKS.write_lazily(args, lambda values: write(op, values, writer, overlap))
        return written
    if flags and HOOKS.dispatch is not None:
        answer = HOOKS.dispatch(op, args, flags | inplace.IN_PLACE)
        if answer is not NotImplemented:
            result: TensorBase = answer
            return result
    recording = mask != 0 and records(word)
    if recording:
        inplace.check(target)
    check_overlap(target._array, overlap)
    if op.name in _APART:
        check_apart(target._array, values[1:])
    if target._flags and not word & INFERENCE and uncounted(target):  # refused once everything else is found to be right
        values[0] = target._array.copy()
        writer(*values)
        raise RuntimeError(inplace.INFERENCE_WRITE)
    # Recorded first: a value that is a view of the target has its old history until the write.
    node = op.record(args, [target], mask, word, target) if recording and differentiable(target._array) else None
    writer(*values)
    wrote(target, op.name if op.name.endswith("_") else op.name + "_")
    if node is not None:
        inplace.rebase(target, node)
    return target


# Operators whose target must have no memory in common with what is read.
_APART = frozenset(("index_add", "index_copy", "index_fill", "put", "scatter", "scatter_add"))


def check_apart(target: Any, values: Any) -> None:
    """Raise where an array that is read overlaps the one that is written to."""
    for value in values:
        if isinstance(value, np.ndarray):
            inplace.check_apart(target, value)


def check_overlap(array: Any, overlap: str) -> None:
    """Raise, warn or do nothing when elements of a written-to array share their memory."""
    if overlap and array.size and 0 in array.strides:
        if overlap != ALLOWED and any(step == 0 and size > 1 for step, size in zip(array.strides, array.shape)):
            warn_user(overlap)
        return
    inplace.check_overlap(array)


def deprecated_overlap(name: str, form: str, line: int) -> str:
    """The warning for writes into expanded tensors."""
    return (
        f"Use of {name} on expanded tensors is deprecated. Please clone() the tensor before performing this operation. This also "
        f"applies to advanced indexing e.g. {form} (Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/native/{_FILE}:{line}.)"
    )


_FILE = "TensorAdvancedIndexing.cpp"


def in_place(op: Op, spec: str, writer: Any, overlap: str = "", before: Any = None) -> Any:
    """Register the in-place form `spec` of `op`, whose writer modifies its first array; `before` is called before any check."""

    def run(*args: Any) -> Any:
        values = list(args)
        op.fill(values, {})
        if before is not None:
            before()
        return write(op, values, writer, overlap)

    enter(spec, run)
    native.attempt(spec, run)
    return run


if loops.NATIVE is not None:
    loops.NATIVE.set_writers(wrote)
