"""Operators called in normal mode on tensors of inference mode.

PyTorch runs such calls without the layer that hides how a kernel fills its result, so that the writes of the kernel show in the
result's `_version`. How many there are follows from how each kernel is written; the table says what PyTorch shows. Imported when a
program first enters inference mode.
"""

from __future__ import annotations

from typing import Any

from rushlight._core.inplace import IN_PLACE
from rushlight._core.op import HOOKS, Op
from rushlight._core.state import EXOTIC, INFERENCE, get_mode
from rushlight._core.tensor import INFERENCE as INFERENCE_TENSOR, TensorBase, version_cell, wants_grad, wrap
from rushlight._core.views import ViewOp

_NAMES = {
    1: (
        "_to_copy _unique2 abs all all.dim amax amin any any.dim clone cummax cummin dot hardtanh kthvalue logical_and "
        "logical_not logical_or logical_xor logsumexp max min median.dim nanmedian.dim mv nan_to_num nansum nonzero_indices pow.Scalar "
        "prod prod.dim_int repeat rot90 sort sort.stable sum sum.dim_IntList"
    ),
    2: "aminmax max.dim mean mean.dim mode mse_loss",
    3: "block_diag",
}
WRITES = {name: count for count, names in _NAMES.items() for name in names.split()}
OF_SCALARS = dict.fromkeys("aminmax max.dim min.dim cumprod cumsum flip linalg_vector_norm logcumsumexp topk".split(), 1)
OF_INTEGERS = dict.fromkeys("ceil floor round trunc isfinite.values".split(), 1)
OF_HALVES = {"mean": 1, "mean.dim": 1}


def writes(op: Op, array: Any) -> int:
    """How many writes PyTorch's kernel counts for an operand."""
    name = f"{op.name}.{op.overload}" if op.overload else op.name
    if not array.ndim and name in OF_SCALARS:
        return OF_SCALARS[name]
    kind = array.dtype.kind
    if kind in "biu" and name in OF_INTEGERS:
        return OF_INTEGERS[name]
    if kind not in "biu" and array.dtype.itemsize == 2 and name in OF_HALVES:
        return OF_HALVES[name]
    return WRITES.get(name, 0)


def run(op: Op, args: list[Any]) -> Any:
    """The operator on plain twins of inference tensors, its result's version as PyTorch shows it; NotImplemented where it is recorded."""
    values = list(args)
    first: Any = None
    for index in op.tensor_params:
        value = values[index]
        for entry in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(entry, TensorBase):
                if entry._flags & ~INFERENCE_TENSOR or wants_grad(entry):
                    return NotImplemented
                first = entry._array if first is None else first
        if isinstance(value, TensorBase):
            values[index] = wrap(value._array)
        elif isinstance(value, (list, tuple)):
            values[index] = [wrap(entry._array) if isinstance(entry, TensorBase) else entry for entry in value]
    found = op.apply(values)
    count = writes(op, first)
    if count:
        for output in found if isinstance(found, (tuple, list)) else (found,):
            if isinstance(output, TensorBase):
                version_cell(output).value = count
    return found


def install() -> None:
    """Send calls with inference tensors in normal mode here, and others on to where they went before."""
    following = HOOKS.dispatch

    def dispatch(op: Any, args: Any, flags: int) -> Any:
        if flags & INFERENCE_TENSOR and not flags & (IN_PLACE | EXOTIC) and not get_mode() & INFERENCE and not isinstance(op, ViewOp):
            answer = run(op, args)
            if answer is not NotImplemented:
                return answer
        return NotImplemented if following is None else following(op, args, flags)

    HOOKS.dispatch = dispatch


install()
