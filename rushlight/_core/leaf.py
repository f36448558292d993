"""Gradients at their ends: summed down to a leaf's shape, laid out as it is, added to its `.grad`."""

from __future__ import annotations

from typing import Any, Final

from numpy import add as np_add, ascontiguousarray, empty, float32, ndarray, uint8

from rushlight._core import dtypes, memory
from rushlight._core.collector import expect_cycle
from rushlight._core.loops import helper, loop
from rushlight._core.state import PROFILE
from rushlight._core.tensor import LAZY, TensorBase, settled, version_cell, wrap


class _Tensors:
    """Operators on tensors that a recorded backward pass needs; `rushlight/ops` registers them."""

    def __init__(self) -> None:
        self.add: Any = None
        self.sum_to: Any = None
        self.cast: Any = None
        self.clone: Any = None
        self.copy: Any = None  # (grad, leaf): a copy laid out as the leaf
        self.detach: Any = None
        self.anomaly: Any = None  # node.run() under anomaly mode
        self.add_up: Any = None  # (a leaf's .grad, grad): their sum, in place where nothing is recorded
        self.subclasses: Any = None  # (roots, grads): whether a pass meets tensors with a __torch_dispatch__; None until there are any
        self.watched: Any = None  # () -> whether operators of backward passes are to be seen, asked where the PROFILE bit is set


TENSORS: Final = _Tensors()
SUM_OVER: Final[Any] = helper("sum_over")


def taken_over(roots: Any, grads: Any, word: int) -> bool:
    """Whether somebody takes over, or watches, the operators of a pass: it works on tensors then."""
    if TENSORS.subclasses is not None and TENSORS.subclasses(roots, grads):
        return True
    return word & PROFILE != 0 and TENSORS.watched is not None and bool(TENSORS.watched())


def expandable(shape: Any, larger: Any) -> bool:
    """Whether `shape` broadcasts to `larger`."""
    if len(shape) > len(larger):
        return False
    for offset in range(1, len(shape) + 1):
        if shape[-offset] != larger[-offset] and shape[-offset] != 1:
            return False
    return True


def sum_to(array: Any, shape: Any) -> Any:
    """Sum a broadcast gradient down to `shape`."""
    lead = array.ndim - len(shape)
    axes = tuple([axis for axis in range(array.ndim) if axis < lead or shape[axis - lead] == 1 and array.shape[axis] != 1])
    if axes:
        found = SUM_OVER(array, axes, True)
        if found is None:
            half = array.dtype.itemsize == 2 and array.dtype.kind not in "iu"  # 16-bit floats add up in float32
            found = np_add.reduce(array, axis=axes, keepdims=True, dtype=float32 if half else None)
            found = ascontiguousarray(found.astype(array.dtype) if half else found)
        array = found
    return array.reshape(shape) if lead else array


# ---------------------------------------------------------------- leaves


def accumulate(variable: TensorBase, grad: Any, sole: bool, shared: bool, version: int, graph: bool) -> None:
    """Add a gradient to a leaf's `.grad`. sole: nothing else refers to it; shared: but something refers to its memory;
    version: how often it was added to in place."""
    present = variable._grad
    if graph:
        tensor: TensorBase = grad if isinstance(grad, TensorBase) else wrap(grad)
        variable._grad = TENSORS.copy(tensor, variable) if present is None else TENSORS.add_up(present, tensor)
        expect_cycle(variable)
    elif present is None:
        if not sole or not same_layout(grad, variable._array):
            grad = laid_out_as(grad, variable._array)
            version = 1 if is_dense(variable._array) else 0  # PyTorch copies into an empty tensor, which counts as a write
        elif shared:
            grad = laid_out_as(grad, variable._array)
        made = wrap(grad)
        if version:
            version_cell(made).value = version
        variable._grad = made
    else:
        total = present._array
        if present._flags & LAZY:
            grad = settled(grad, present._flags)
        if total.dtype is grad.dtype:
            add_into(total, grad)
        else:
            np_add(total, grad, out=total, casting="unsafe")
        version_cell(present).value += 1


_ADD: Final = loop(np_add, "fd")


def add_into(total: Any, grad: Any) -> None:
    """Add one array to another of its dtype, in place."""
    if _ADD is None or not _ADD.into(total, grad):
        np_add(total, grad, total)


def plus(a: Any, b: Any) -> Any:
    """The sum of two arrays of one dtype."""
    found = None if _ADD is None else _ADD(a, b)
    return np_add(a, b) if found is None else found


def same_layout(array: Any, like: Any) -> bool:
    """Whether a gradient has the memory layout that its leaf asks for."""
    if array.strides == like.strides:
        return True
    if not is_dense(like):
        return bool(array.flags.c_contiguous)
    for size, stride, wanted in zip(array.shape, array.strides, like.strides):
        if stride == 0 if size == 1 else stride != wanted:  # a stride of 0 marks an expanded gradient
            return False
    return True


def is_dense(array: Any) -> bool:
    """Whether an array fills its memory without gaps or overlaps."""
    if not array.size:
        return True
    if 0 not in array.strides:
        return bool(memory.extent(array.shape, array.strides) - 1 + array.itemsize == array.nbytes)
    return memory.is_dense(array.shape, memory.element_strides(array))


def laid_out_as(array: Any, like: Any) -> Any:
    """A copy with the layout of a dense leaf, else row-major."""
    if not like.size:
        return ndarray(array.shape, array.dtype, empty(array.itemsize, uint8), 0, like.strides)
    if not is_dense(like):
        return array.copy()
    made = array.copy()
    steps = tuple([step // like.itemsize * array.itemsize for step in like.strides])
    if made.strides == steps:
        return made
    made = ndarray(array.shape, array.dtype, empty(array.nbytes, uint8), 0, steps)
    made[...] = array
    return made


def shape_error(error: ValueError) -> Exception:
    """PyTorch's error where a formula met arrays (from unpack hooks, say) whose shapes do not go together."""
    text = str(error)
    head = "operands could not be broadcast together with shapes ("
    if not text.startswith(head):
        return error
    shapes = [[int(size) for size in part.rstrip(") ").split(",") if size.strip()] for part in text[len(head) :].split("(")]
    count = max(map(len, shapes))
    for back in range(1, count + 1):
        sizes = [shape[-back] for shape in shapes[:2] if back <= len(shape)]
        if len(sizes) == 2 and sizes[0] != sizes[1] and 1 not in sizes:
            return RuntimeError(
                f"The size of tensor a ({sizes[0]}) must match the size of tensor b ({sizes[1]}) at non-singleton dimension "
                f"{count - back}"
            )
    return error


def check_answer(hook: Any, answer: Any, before: Any) -> None:
    """Raise where a hook returned something else than a tensor of the shape and dtype of what it was to replace."""
    if not isinstance(answer, TensorBase):
        raise TypeError(f"expected Variable, but hook returned '{type(answer).__name__}'")
    array, earlier = answer._array, before._array if isinstance(before, TensorBase) else before
    if array.dtype is not earlier.dtype:
        raise RuntimeError(f"{_named(hook)} has changed the type of value (was {_type_text(earlier)} got {_type_text(array)})")
    if array.shape != earlier.shape:
        raise RuntimeError(f"{_named(hook)} has changed the size of value")


def check_answers(hook: Any, answer: Any, before: list[Any]) -> None:
    """check_answer() for the hook of a node: a tuple of gradients, each of which may be None."""
    if not isinstance(answer, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(answer).__name__}'")
    if len(answer) != len(before):
        raise RuntimeError(
            f"{_named(hook)} has returned an incorrect number of values (got {len(answer)}, but expected {len(before)})"
        )
    for entry, earlier in zip(answer, before):
        if entry is not None:
            if earlier is None:
                raise RuntimeError("can't replace a None gradient with a non-None value")
            check_answer(hook, entry, earlier)


def _named(hook: Any) -> str:
    return f"hook '{getattr(hook, '__name__', '<unknown>')}'"


def _type_text(array: Any) -> str:
    name = dtypes.of(array).cpp
    return f"CPU{name}Type" if array.dtype.kind == "c" else f"torch.{name}Tensor"
