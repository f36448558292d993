"""Warnings that point at the user's line, however many frames of the library lie between (compiled ones have none)."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rushlight._core.signature import WARNED

_OWN = __name__.partition(".")[0]


class _State:
    """What was said already, for warnings that come once in a process."""

    def __init__(self) -> None:
        self.always = False
        self.hushed = 0
        self.said: set[str] = set()


_STATE = _State()


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the nearest frame outside the library."""
    if _STATE.hushed:
        return
    level = 2
    frame: Any = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] == _OWN:
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level)


def warn_once(message: str, category: type[Warning] = UserWarning, place: str = "") -> None:
    """warn_user(), but once in a process for each message (or place in the code), unless set_warn_always(True) was called."""
    key = place or message
    if not _STATE.hushed and (key not in _STATE.said or _STATE.always):
        _STATE.said.add(key)
        warn_user(message, category)


def warn_resized(shape: tuple[int, ...], required: tuple[int, ...]) -> None:
    """Warn that a tensor which is to hold a result, and is not empty, gets another shape."""
    sizes = ["[" + ", ".join(map(str, dims)) + "]" for dims in (shape, required)]
    warn_user(
        f"An output with one or more elements was resized since it had shape {sizes[0]}, which does not match the required output shape "
        f"{sizes[1]}. This behavior is deprecated, and in a future PyTorch release outputs will not be resized unless they have zero "
        "elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements with t.resize_(0). (Triggered "
        "internally at /__w/pytorch/pytorch/aten/src/ATen/native/Resize.cpp:30.)"
    )


@contextmanager
def hushed() -> Iterator[None]:
    """No warnings inside, for operators that run on stand-ins."""
    _STATE.hushed += 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        _STATE.hushed -= 1


def is_hushed() -> bool:
    """Whether operators run on stand-ins, whose values mean nothing."""
    return _STATE.hushed > 0


def set_warn_always(b: bool, /) -> None:
    """Whether warnings that come once in a process come every time."""
    if not isinstance(b, bool):
        raise TypeError(f"setWarnOnlyOnce expects a bool, but got {type(b).__name__}")
    _STATE.always = WARNED.always = b


def is_warn_always_enabled() -> bool:
    """What set_warn_always() was last told."""
    return _STATE.always
