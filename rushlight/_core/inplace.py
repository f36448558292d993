"""In-place writes: which are allowed, and what they do to the recorded history."""

from __future__ import annotations

from typing import Any, Final

from rushlight._core import dtypes, memory
from rushlight._core.node import VIEWS, AccumulateGrad, Node
from rushlight._core.origin import advice
from rushlight._core.tensor import TensorBase, shape_text

IN_PLACE = 1 << 20  # a flag for dispatch: the call writes into its first argument

LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
VIEW_OF_LEAF = "a view of a leaf Variable that requires grad is being used in an in-place operation."
INFERENCE_WRITE = (
    "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before "
    "doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details."
)
OVERLAP = (
    "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
    "Please clone() the tensor before performing the operation."
)
SHARED = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please "
    "clone() the tensor before performing the operation."
)


def is_leaf(tensor: TensorBase) -> bool:
    """Whether no recorded operation made the tensor."""
    if tensor._view is not None:
        return VIEWS.current_node(tensor) is None
    node = tensor._node
    return node is None or isinstance(node, AccumulateGrad)  # the latter for what an unpack hook gave in a leaf's place


def check(target: TensorBase) -> None:
    """Raise where a recorded in-place write into `target` is not allowed."""
    view = target._view
    if view is not None:
        VIEWS.check_creation(target, False)
        if (target._requires_grad or view.base._requires_grad) and is_leaf(view.base):
            raise RuntimeError(VIEW_OF_LEAF + advice("leaf_written", view.base))
    if target._requires_grad and is_leaf(target):
        raise RuntimeError(LEAF + advice("leaf_written", target))


def check_overlap(array: Any) -> None:
    """Raise where two elements of a written-to array share their memory."""
    if 0 in array.strides and array.size:
        for stride, size in zip(array.strides, array.shape):
            if stride == 0 and size > 1:
                raise RuntimeError(OVERLAP)


def check_shared(target: Any, operand: Any) -> None:
    """Raise where an operand overlaps the tensor that is written to, without being the same elements in the same layout."""
    if operand is target or target.strides == operand.strides and target.shape == operand.shape and (
        memory.address(target) == memory.address(operand)
    ):  # fmt: skip
        return
    check_apart(target, operand)


def check_apart(target: Any, operand: Any) -> None:
    """Raise where an operand overlaps the tensor that is written to."""
    if operand is target:
        raise RuntimeError(SHARED)
    if (target.base is None and operand.base is None) or not target.size or not operand.size:
        return
    if memory.root(target) is not memory.root(operand):
        return
    if not memory.is_dense(target.shape, memory.element_strides(target)):
        return  # PyTorch finds it too hard to tell
    if not memory.is_dense(operand.shape, memory.element_strides(operand)):
        return
    start, other = memory.address(target), memory.address(operand)
    if not (start < other + operand.nbytes and other < start + target.nbytes):
        return
    raise RuntimeError(SHARED)


UNFIT: Final[dict[str, str]] = {}  # operators with words of their own for results of another shape; the ops fill it


def check_result(name: str, target: Any, found: Any) -> None:
    """Raise where an in-place result does not fit its target's dtype or shape."""
    if found.shape != target.shape:
        own = UNFIT.get(name)
        if own is not None:
            raise RuntimeError(own.format(shape_text(target.shape), shape_text(found.shape)))
        raise RuntimeError(
            f"output with shape {shape_text(target.shape)} doesn't match the broadcast shape {shape_text(found.shape)}"
        )
    if found.dtype is not target.dtype:
        check_cast(dtypes.of(found), target)


def check_cast(source: dtypes.dtype, target: Any) -> None:
    """Raise where a result's dtype is of a higher kind than the target's."""
    into = dtypes.of(target)
    if not dtypes.can_cast(source, into):
        raise RuntimeError(f"result type {source.cpp} can't be cast to the desired output type {into.cpp}") from None


def rebase(target: TensorBase, node: Node) -> None:
    """Make `node` the history of a tensor that it just wrote into (of its base too, when it is a view)."""
    if target._view is not None:
        VIEWS.rebase(target, node)
    else:
        set_edge(target, node, 0)


def set_edge(tensor: TensorBase, node: Node | None, number: int) -> None:
    """Give a tensor a new grad_fn. Hooks stay with the old one; a retained gradient moves on to the new one."""
    old = tensor._node
    tensor._node = node
    tensor._output_nr = number
    tensor._requires_grad = node is not None
    tensor._hooks = None
    if tensor._retains_grad and old is not None and old.retains is not None and node is not None:
        for key in list(old.retains):
            if old.retains[key]() is tensor:
                reference = old.retains.pop(key)
                if node.retains is None:
                    node.retains = {}
                node.retains[number] = reference


