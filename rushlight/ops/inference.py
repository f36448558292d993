"""Operators called in normal mode on tensors of inference mode.

PyTorch runs such calls without the layer that hides how a kernel fills its result, so that the writes of the kernel show in the
result's `_version`. How many there are follows from how each kernel is written; the table says what PyTorch shows. Imported when a
program first enters inference mode.
"""

from __future__ import annotations

from typing import Any

from rushlight._core.inplace import IN_PLACE
from rushlight._core.op import HOOKS, Op
from rushlight._core.state import EXOTIC, GRAD, INFERENCE, MODE, get_mode
from rushlight._core.tensor import INFERENCE as INFERENCE_TENSOR, TensorBase, version_cell, wants_grad, wrap
from rushlight._core.views import ViewOp
from rushlight.ops.declare import REGISTRY

_NAMES = {
    1: (
        "_to_copy _unique2 abs all all.dim amax any any.dim clone cummax cummin dot hardtanh kthvalue logical_and logical_not logical_or "
        "logical_xor logsumexp max min median.dim nanmedian.dim mv nan_to_num nansum nonzero_indices pow.Scalar prod prod.dim_int "
        "repeat rot90 sort sort.stable sum sum.dim_IntList"
    ),
    2: "mean mean.dim mse_loss",
    3: "block_diag",
}
WRITES = {name: count for count, names in _NAMES.items() for name in names.split()}
OF_SCALARS = dict.fromkeys("aminmax max.dim min.dim topk".split(), 1)
OF_INTEGERS = dict.fromkeys("ceil floor round trunc isfinite.values".split(), 1)
OF_HALVES = {"mean": 1, "mean.dim": 1}
# Kernels that call another operator's out= form, which refuses to be recorded; and those that copy, which is recorded.
WITH_OUT = {"logsumexp": "logsumexp", "kthvalue": "kthvalue"} | dict.fromkeys("mean mean.dim var.correction std.correction".split(), "sum")
COPIES = ("clone", "_to_copy")
SCANS = ("cumsum", "cumprod", "logcumsumexp")


def writes(op: Op, array: Any, args: list[Any], count: int) -> int:
    """How many writes PyTorch's kernel counts: for an operand, the arguments, and the number of elements in the result."""
    name = f"{op.name}.{op.overload}" if op.overload else op.name
    kind = array.dtype.kind
    half = kind not in "biu" and array.dtype.itemsize == 2
    if not array.ndim and name in OF_SCALARS:
        return OF_SCALARS[name]
    if name in SCANS:
        return int(not array.ndim or not array.size)
    if name in ("max.dim", "min.dim", "mode"):
        return 0 if args[2] or not array.size else 2
    if name in ("var.correction", "std.correction"):
        if kind == "c":
            return 2 if op.name == "std" else 1
        return int(not array.size or not half and count == 1)
    if name == "linalg_vector_norm":
        return int(array.size <= 1 and (array.ndim > 0 or args[2] is None))
    if name in ("amin", "amax") and not array.size:
        return 0
    if name == "aminmax":
        return 1 if args[1] is None else 2
    if name == "flip":
        return int(all([array.shape[dim] <= 1 for dim in args[1]]))
    if name == "amin":
        return int(kind not in "iu")
    if kind in "biu" and name in OF_INTEGERS:
        return OF_INTEGERS[name]
    return OF_HALVES[name] if half and name in OF_HALVES else WRITES.get(name, 0)


def tensors_among(op: Op, args: list[Any]) -> list[Any]:
    """The operands that are tensors, or become ones: a number beside a tensor is a normal tensor, so that None stands for it."""
    found: list[Any] = []
    for index in op.tensor_params:
        value = args[index]
        if isinstance(value, TensorBase):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += [entry for entry in value if isinstance(entry, TensorBase)]
        elif op.promotes and isinstance(value, (int, float, complex)):
            found.append(None)
    return found


def run(op: Op, args: list[Any]) -> Any:
    """The operator on inference tensors alone, which autograd does not see: nothing is recorded, and the kernel's writes show in the
    result's version. NotImplemented where another tensor is among the operands."""
    operands = tensors_among(op, args)
    if any(entry is None and wants_any(operands) or entry is not None and entry._flags != INFERENCE_TENSOR for entry in operands):
        return NotImplemented
    if isinstance(op, ViewOp):
        if not wants_any(operands) or not get_mode() & GRAD:
            return NotImplemented
        token = MODE.set(get_mode() & ~GRAD)
        try:
            return op.apply(args)
        finally:
            MODE.reset(token)
    name = f"{op.name}.{op.overload}" if op.overload else op.name
    if wants_any(operands) and name in WITH_OUT:
        raise RuntimeError(
            f"{WITH_OUT[name]}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments "
            "requires grad."
        )
    found = op.apply([plain(value) if index in op.tensor_params else value for index, value in enumerate(args)])
    if name in COPIES and wants_any(operands):
        REGISTRY["copy_"](found, args[0])
        return found
    outputs = [output for output in (found if isinstance(found, (tuple, list)) else (found,)) if isinstance(output, TensorBase)]
    first = next((entry._array for entry in operands if entry is not None), None)
    count = writes(op, first, args, outputs[0]._array.size) if outputs else 0
    for output in outputs if count else ():
        version_cell(output).value = count
    return found


def wants_any(operands: list[Any]) -> bool:
    """Whether some operand wants a gradient."""
    return any(entry is not None and wants_grad(entry) for entry in operands)


def plain(value: Any) -> Any:
    """A twin of a tensor (or of those in a list) that autograd knows nothing of."""
    if isinstance(value, TensorBase):
        return wrap(value._array)
    return [plain(entry) for entry in value] if isinstance(value, (list, tuple)) else value


def install() -> None:
    """Send calls with inference tensors in normal mode here, and others on to where they went before."""
    following = HOOKS.dispatch

    def dispatch(op: Any, args: Any, flags: int) -> Any:
        if flags & INFERENCE_TENSOR and not flags & (IN_PLACE | EXOTIC) and not get_mode() & INFERENCE:
            answer = run(op, args)
            if answer is not NotImplemented:
                return answer
        return NotImplemented if following is None else following(op, args, flags)

    HOOKS.dispatch = dispatch


install()
