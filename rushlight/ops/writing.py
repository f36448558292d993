"""In-place operators whose kernel writes straight into the tensor's memory, instead of computing a result to copy there."""

from __future__ import annotations

from typing import Any

from rushlight._core import inplace
from rushlight._core.op import HOOKS, Op
from rushlight._core.state import EXOTIC, GRAD, INFERENCE, get_mode
from rushlight._core.tensor import INFERENCE as INFERENCE_TENSOR
from rushlight._core.tensor import TensorBase, differentiable, version_cell, wants_grad
from rushlight.ops.declare import REGISTRY


def write(op: Op, args: list[Any], writer: Any) -> TensorBase:
    """Run writer(target array, *other values as arrays) and record it as `op` with its result in the first argument.

    op's gradient formulas must not need the old value of the first argument.
    """
    target: TensorBase = args[0]
    word = get_mode()
    flags = word & EXOTIC
    mask = 0
    values = list(args)
    for index in op.tensor_params:
        value = values[index]
        if isinstance(value, TensorBase):
            flags |= value._flags
            values[index] = value._array
            if wants_grad(value):
                mask |= op.grad_bit(index)
        elif isinstance(value, (list, tuple)):
            for entry in value:
                if isinstance(entry, TensorBase):
                    flags |= entry._flags
            values[index] = [entry._array if isinstance(entry, TensorBase) else entry for entry in value]
    if flags and HOOKS.dispatch is not None:
        answer = HOOKS.dispatch(op, args, flags | inplace.IN_PLACE)
        if answer is not NotImplemented:
            result: TensorBase = answer
            return result
    if target._flags & INFERENCE_TENSOR and not word & INFERENCE:
        raise RuntimeError(inplace.INFERENCE_WRITE)
    recording = mask != 0 and bool(word & GRAD)
    if recording:
        inplace.check(target)
    inplace.check_overlap(target._array)
    # Recorded first: a value that is a view of the target has its old history until the write.
    node = op.record(args, [target], mask, word, target) if recording and differentiable(target._array) else None
    writer(*values)
    version_cell(target).value += 1
    if node is not None:
        inplace.rebase(target, node)
    return target


def in_place(op: Op, spec: str, writer: Any) -> Any:
    """Register the in-place form `spec` of `op`, whose writer modifies its first array."""

    def run(*args: Any) -> Any:
        values = list(args)
        op.fill(values, {})
        return write(op, values, writer)

    if spec in REGISTRY:
        raise ValueError(f"operator {spec} is declared twice")
    REGISTRY[spec] = run
    return run


def out_of_place(writer: Any, copy: Any) -> Any:
    """The kernel of a writer's out-of-place form: it writes into a copy."""

    def kernel(self: Any, *args: Any) -> Any:
        found = copy(self)
        writer(found, *args)
        return found

    return kernel
