"""torch.autograd.forward_ad: forward mode by dual tensors."""

from __future__ import annotations

import os as os
import sys
from typing import Any, NamedTuple

from rushlight._core.state import FORWARD_AD, INFERENCE, MODE, get_mode
from rushlight._core.tensor import FOREIGN, TensorBase, shape_text, wants_grad
from rushlight.autograd.function import _forward
from rushlight.autograd.grad_mode import _Mode
from rushlight.func import dispatch as dispatch, levels, tangents
from rushlight.ops.declare import REGISTRY

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]

_current_level = -1
_ENTERED: list[Any] = []
_FORWARD = _forward.__code__


class UnpackedDualTensor(NamedTuple):
    """What unpack_dual gives: the primal, and the tangent or None."""

    primal: Any
    tangent: Any


def enter_dual_level() -> int:
    """Enter a level of forward mode; returns its number."""
    global _current_level
    if _current_level >= 0 or any(level.kind == "jvp" for level in levels.STACK.get()):
        raise RuntimeError("Nested forward mode AD is not supported at the moment")
    level = levels.Level("dual")
    level.__enter__()
    _ENTERED.append(level)
    _current_level += 1
    return _current_level


def exit_dual_level(*, level: int | None = None) -> None:
    """Leave a level of forward mode: its tangents are gone."""
    global _current_level
    if level is None:
        level = _current_level
    if level != _current_level:
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is not supported."
        )
    if level < 0:
        raise RuntimeError("Dual level must be a positive number.")
    entered = _ENTERED.pop()
    entered.alive = False
    stack = tuple(entry for entry in levels.STACK.get() if entry is not entered)
    levels.STACK.set(stack)
    if not any(entry.kind in ("jvp", "dual") for entry in stack):
        MODE.set(get_mode() & ~FORWARD_AD)
    _current_level = level - 1


def make_dual(tensor: Any, tangent: Any, *, level: int | None = None) -> Any:
    """A dual tensor: a view of `tensor` that carries `tangent`.

    >>> with torch.autograd.forward_ad.dual_level():
    ...     x = torch.autograd.forward_ad.make_dual(torch.tensor(2.), torch.tensor(1.))
    ...     torch.autograd.forward_ad.unpack_dual(x * x).tangent
    tensor(4.)
    """
    if level is None:
        level = _current_level
    if level < 0:
        raise RuntimeError("Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.")
    if not (tensor.is_floating_point() or tensor.is_complex()):
        raise ValueError(f"Expected primal to be floating point or complex, but got: {tensor.dtype}")
    if not (tangent.is_floating_point() or tangent.is_complex()):
        raise ValueError(f"Expected tangent to be floating point or complex, but got: {tangent.dtype}")
    entered = _ENTERED[level]
    if levels.tangent_at(tensor, entered) is not None:
        raise RuntimeError(
            f"Making a dual Tensor based on a Tensor that already has a forward gradient at the same level {level} is not supported."
        )
    if levels.tangent_at(tangent, entered) is not None:
        raise RuntimeError(f"Setting a forward grad that itself has a forward gradient at the same level{level} is not supported.")
    if tangent._array.shape != tensor._array.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is "
            f"of size {shape_text(tensor._array.shape)} while the given forward gradient is of size {shape_text(tangent._array.shape)}."
        )
    made = _viewed(tensor)
    if levels.FORWARD_OFF.get() or get_mode() & INFERENCE:
        return made
    entered.joined = entered.joined or wants_grad(tensor)
    levels.set_tangents(made, (*levels.tangents_of(made), (entered, tangents.laid_out(tangent, tensor))))
    return made


def _viewed(tensor: Any) -> Any:
    """A view of all of a tensor, recorded as ViewBackward0."""
    return REGISTRY["view_as"](tensor, tensor)


def unpack_dual(tensor: Any, *, level: int | None = None) -> UnpackedDualTensor:
    """A dual tensor's primal (a view) and tangent; the tangent is None for any other tensor."""
    if level is None:
        level = _current_level
    if level < 0:
        return UnpackedDualTensor(tensor, None)
    if not isinstance(tensor, TensorBase):
        raise TypeError(f"_unpack_dual(): argument 'dual' (position 1) must be Tensor, not {type(tensor).__name__}")
    entered = _ENTERED[level]
    tangent = None if levels.FORWARD_OFF.get() else levels.tangent_at(tensor, entered)
    primal = tensor
    if tangent is not None:
        primal = levels.stripped(tensor, entered.number)
        primal._view = tensor._view
        tangent = _viewed(tangent) if wants_grad(tangent) else tangent
    if primal._flags & FOREIGN:
        return UnpackedDualTensor(_viewed(primal), tangent)
    return UnpackedDualTensor(REGISTRY["_primal_of_dual"].apply([primal]), tangent)


class dual_level(_Mode):
    """Forward mode inside a with block: dual tensors made in it lose their tangents at its end."""

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        exit_dual_level()


def _is_fwd_grad_enabled() -> bool:
    """Whether operations compute tangents. Not in a custom function's forward: the stack tells, so that nobody pays for the question."""
    if levels.FORWARD_OFF.get():
        return False
    frame: Any = sys._getframe(1)
    while frame is not None:
        if frame.f_code is _FORWARD:
            return False
        frame = frame.f_back
    return True


class _set_fwd_grad_enabled(_Mode):
    """Let operations compute tangents, or not."""

    def __init__(self, mode: bool) -> None:
        self.mode = mode
        self.before = levels.FORWARD_OFF.get()
        levels.FORWARD_OFF.set(not mode)

    def clone(self) -> Any:
        return _set_fwd_grad_enabled(self.mode)

    def __enter__(self) -> None:
        pass

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        levels.FORWARD_OFF.set(self.before)

