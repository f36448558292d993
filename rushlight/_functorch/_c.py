"""torch._C._functorch: the questions that packages ask of tensors inside transforms."""

from __future__ import annotations

from typing import Any

from rushlight.func.levels import STACK
from rushlight.func.others import debug_unwrap


def is_batchedtensor(tensor: Any) -> bool:
    """Whether a tensor stands for the examples of a vmap level."""
    return tensor._batch is not None


def is_gradtrackingtensor(tensor: Any) -> bool:
    """Whether a transform follows the tensor's derivatives."""
    from rushlight._levels_str import transformed

    return tensor._batch is None and transformed(tensor)


def is_functorch_wrapped_tensor(tensor: Any) -> bool:
    """Whether a tensor belongs to a transform."""
    return is_batchedtensor(tensor) or is_gradtrackingtensor(tensor)


def is_functionaltensor(tensor: Any) -> bool:
    """False: nothing is functionalized."""
    return False


def get_unwrapped(tensor: Any) -> Any:
    """What a tensor stands for one level further out."""
    return debug_unwrap(tensor, recurse=False)


def maybe_get_level(tensor: Any) -> int:
    """The number of a batched tensor's level, -1 for any other tensor."""
    return -1 if tensor._batch is None else int(tensor._batch.level.number)


def maybe_get_bdim(tensor: Any) -> int:
    """Which dimension counts a batched tensor's examples, -1 for any other tensor."""
    return -1 if tensor._batch is None or tensor._batch.dim is None else int(tensor._batch.dim)


def maybe_current_level() -> int | None:
    """The number of the innermost level, or None outside of transforms."""
    return len(STACK.get()) or None


def current_level() -> int:
    """The number of the innermost level."""
    found = maybe_current_level()
    if found is None:
        raise RuntimeError("no transform of torch.func is being carried out")
    return found


