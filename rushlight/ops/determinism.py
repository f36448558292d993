"""torch.use_deterministic_algorithms: which operators refuse, and what new memory is filled with."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight.ops.warn import warn_user


class _State:
    """What was asked for. `fills` says both that new memory is to be filled and that determinism is on: factories look at it alone."""

    def __init__(self) -> None:
        self.on = self.warn_only = self.fills = False
        self.fill_wanted = True

    def ask(self, on: bool, warn_only: bool) -> None:
        """Take over what use_deterministic_algorithms() is told."""
        self.on, self.warn_only = on, warn_only
        self.fills = on and self.fill_wanted

    def ask_fill(self, wanted: bool) -> None:
        """Take over torch.utils.deterministic.fill_uninitialized_memory."""
        self.fill_wanted = wanted
        self.fills = self.on and wanted


STATE = _State()
_ISSUE = (
    "file an issue at https://github.com/pytorch/pytorch/issues to help us prioritize adding deterministic support for this operation."
)


def alert(name: str) -> None:
    """Refuse an operator whose results PyTorch does not promise to be the same every time, or warn of it."""
    if not STATE.on:
        return
    start = f"{name} does not have a deterministic implementation, but you set 'torch.use_deterministic_algorithms(True"
    if STATE.warn_only:
        warn_user(
            f"{start}, warn_only=True)'. You can {_ISSUE} (Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/Context.cpp:186.)"
        )
        return
    raise RuntimeError(
        f"{start})'. You can turn off determinism just for this operation, or you can use the 'warn_only=True' option, if that's "
        f"acceptable for your application. You can also {_ISSUE}"
    )


def fill(array: Any) -> Any:
    """Put NaN (or the largest integer, or True) where values are not set."""
    kind = array.dtype.kind
    if kind in "iu":
        array[...] = np.iinfo(array.dtype).max
    else:
        array[...] = True if kind == "b" else np.nan
    return array
