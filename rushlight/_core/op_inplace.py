"""The in-place form of an Op, and what it shares with the other forms."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Final

from numpy import copyto, dtype, ndarray

from rushlight._core import dtypes, inplace
from rushlight._core.blocks import LARGE, common_shape, in_blocks, is_row_major
from rushlight._core.memory import root
from rushlight._core.node import Node, SavedTensor, edge_of
from rushlight._core.origin import wrote
from rushlight._core.plan import OUTPUT
from rushlight._core.promotion import COMPARE, as_array, common_dtype, promote
from rushlight._core.state import EXOTIC, GRAD as GRAD_MODE, INFERENCE, MODE, PASSABLE, quiet_begin, quiet_end, quietly
from rushlight._core.tensor import LAZY, TensorBase, differentiable, uncounted, version_cell, wants_grad, wrap

if TYPE_CHECKING:
    from rushlight._core.op import Op

get_mode: Final = MODE.get
FLOAT32: Final = dtype("float32")
FLOAT64: Final = dtype("float64")


class _Hooks:
    """What the layers above the core add to the general path."""

    def __init__(self) -> None:
        self.dispatch: Any = None  # (op, args) -> result, for calls with exotic tensors or modes
        self.recorded: Any = None  # (node, args): under anomaly mode, saved-tensor hooks, ...
        self.settle: Any = None  # (args) -> args without lazy conjugates and negatives
        self.write_lazily: Any = None  # (args, run) -> run(args), with these carried out meanwhile in the memory written to
        self.clone: Any = None  # tensor -> its recorded copy


HOOKS: Final = _Hooks()


def records(word: int) -> bool:
    """Whether a mode word asks for recording: inference mode records nothing, whatever the grad mode."""
    return word & (GRAD_MODE | INFERENCE) == GRAD_MODE


def is_small_number(value: Any) -> bool:
    """Whether NumPy's own arithmetic of an array with this Python number is PyTorch's, as far as the number's size goes."""
    if type(value) is float:
        return True
    if type(value) is int:
        number: int = value
        return -1000000000 < number < 1000000000
    return False


def apply_inplace(op: Op, args: list[Any]) -> TensorBase:
    """The operator with its result written into the first argument."""
    target: TensorBase = args[0]
    word = get_mode()
    if op.writes_directly and write_plainly(op, target, args, word):
        return target
    values, flags, mask = operands_of(op, args)
    flags |= word & EXOTIC
    if flags & LAZY:
        written: TensorBase = HOOKS.write_lazily(args, op.apply_inplace)
        return written
    if flags and HOOKS.dispatch is not None:
        answer = HOOKS.dispatch(op.inplace_kernel or op, args, flags | inplace.IN_PLACE)
        if answer is not NotImplemented:
            result: TensorBase = answer
            return result
    refused = target._flags != 0 and not word & INFERENCE and uncounted(target)
    recording = mask != 0 and records(word)
    if recording:
        inplace.check(target)
    inplace.check_overlap(target._array)
    if not recording and not refused and op.writes_directly and write_directly(op, target, values):
        return target
    if not recording and not refused and op.native is not None and op.native.into(*values):
        wrote(target, op.name + "_")
        return target
    if op.promotes:
        for index in op.tensor_params[1:]:
            if isinstance(values[index], ndarray):
                inplace.check_shared(target._array, values[index])
    found: Any = None if not refused and fits_blocks(op, target, values) else computed(op, target, values)
    if refused:
        raise RuntimeError(inplace.INFERENCE_WRITE)
    if recording and differentiable(target._array):
        record_write(op, target, args, values, found, mask, word)
    else:
        store(op, target, values, found)
    return target


def operands_of(op: Op, args: list[Any]) -> tuple[list[Any], int, int]:
    """The arguments with arrays in the place of tensors, the tensors' flags, and which of them want a gradient (as Op.grad_bit() says)."""
    mask = flags = 0
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
                    if wants_grad(entry):
                        mask |= op.grad_bit(index)
            values[index] = [entry._array if isinstance(entry, TensorBase) else entry for entry in value]
    return values, flags, mask


def computed(op: Op, target: TensorBase, values: list[Any]) -> Any:
    """The whole result, checked against the target that it is for."""
    token = quiet_begin()
    try:
        found = op.compute(values)
    except NotImplementedError:  # PyTorch looks at the target's dtype before it runs a kernel
        if op.promotes and op.computes != COMPARE:
            inplace.check_cast(common_dtype(op, values), target._array)
        raise
    finally:
        quiet_end(token)
    inplace.check_result(op.name, target._array, found)
    return found


def store(op: Op, target: TensorBase, values: list[Any], found: Any) -> None:
    """Write a result (None: to be computed in place, block by block) into the target, and count the write."""
    if found is None:
        write_in_blocks(op, target, values)
    else:
        copyto(target._array, found, casting="unsafe")
    wrote(target, op.name + "_")


def record_write(op: Op, target: TensorBase, args: list[Any], values: list[Any], found: Any, mask: int, word: int) -> None:
    """Write a result (None: to be computed in place, block by block) into the target and make the operation its history."""
    plan = op.plan_for(mask)
    original: Any = target
    copied: Any = None  # the node of the copy that is saved, which PyTorch records too
    before: Any = target  # the tensor with the history that it had
    late = OUTPUT in plan.kinds
    if plan.saves_inputs or late and target._view is not None:
        following, number = edge_of(target)
        if plan.saves_first and isinstance(following, Node):
            original = HOOKS.clone(target)
            copied = original._node
            before = wrap(original._array)
        else:
            original = before = wrap(target._array.copy() if plan.saves_first else target._array)
        before._node, before._output_nr = following, number
        before._requires_grad = target._requires_grad
    # Recorded before the write: what is saved besides the old value, and the history of operands that are views of the target,
    # are as they were. (A saved result has to be the new one, so that then only the versions are put back.)
    cell = version_cell(target)
    node = None if late else op.record(args, [target], mask, word, original)
    store(op, target, values, found)
    if node is None:
        node = op.record([before, *args[1:]], [target], mask, word, original)
        for item in node.saved:
            if isinstance(item, SavedTensor) and item.tensor is not None and item.tensor._cell is cell:
                item.version = cell.value - 1
    if copied is not None and node is not None:  # PyTorch makes the node before the copy
        copied.sequence, node.sequence = node.sequence, copied.sequence
    inplace.rebase(target, node)
    if late and node is not None and target._view is not None and target._node is not None:
        history = weakref.ref(target._node)
        for item in node.saved:
            if isinstance(item, SavedTensor) and item.tensor is None:
                item.history = history


def fits_blocks(op: Op, target: TensorBase, values: list[Any]) -> bool:
    """Whether a pointwise operator may compute into a large target block by block: it gives the target's shape and dtype, no operand
    changes with it, and no block can fail after others were written (integers are divided by zero, floats fail at nothing)."""
    x = target._array
    if x.size < LARGE or x.dtype.kind in "biu" or not op.promotes or op.draws or op.computes == COMPARE:
        return False
    if not x.flags.c_contiguous or common_shape(values) != x.shape:
        return False
    for index in op.tensor_params[1:]:
        value = values[index]
        if not isinstance(value, ndarray) or value is x or root(value) is not root(x) and is_row_major(value):
            continue
        return False
    if dtypes.of(x) is not common_dtype(op, values):
        return False
    if op.check_dtype is not None:
        op.check_dtype(dtypes.of(x), values)
    return True


def write_in_blocks(op: Op, target: TensorBase, values: list[Any]) -> None:
    """Compute into the target: see fits_blocks()."""
    token = quiet_begin()
    try:
        in_blocks(lambda *part: promote(op, list(part)), values, target._array)
    finally:
        quiet_end(token)


def write_plainly(op: Op, target: TensorBase, args: list[Any], word: int) -> bool:
    """Run the loop on plain tensors where nothing is recorded; False (and nothing done) where that is not the whole operation."""
    loop = op.loop
    if loop is None or target._flags or word & ~PASSABLE or word & GRAD_MODE and wants_grad(target):
        return False
    count = len(op.tensor_params)
    if len(args) > count and tuple(args[count:]) != op.defaults:
        return False
    done: Any
    if count == 1:
        done = loop.into(target._array)
    else:
        other = args[1]
        if isinstance(other, TensorBase):
            if other._flags or word & GRAD_MODE and wants_grad(other):
                return False
            other = other._array
        done = loop.into(target._array, other)
    if not done:
        return False
    wrote(target, op.name + "_")
    return True


def write_directly(op: Op, target: TensorBase, values: list[Any]) -> bool:
    """Let the ufunc write into the target, where that is the whole operation; False (and nothing done) where it is not."""
    x = target._array
    np_dtype = x.dtype
    if np_dtype is not FLOAT32 and np_dtype is not FLOAT64 or tuple(values[len(op.tensor_params) :]) != op.defaults:
        return False
    arguments: Any = (x, x)
    if len(op.tensor_params) == 2:
        y = values[1]
        if isinstance(y, ndarray):
            if y.dtype is not np_dtype or y.shape != x.shape or (y is not x and (x.base is not None or y.base is not None)):
                return False
        elif is_small_number(y):
            y = as_array(y, np_dtype)
        else:
            return False
        arguments = (x, y, x)
    quietly(op.direct_kernel, arguments)
    wrote(target, op.name + "_")
    return True
