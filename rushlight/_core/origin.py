"""Who wrote into a tensor that a graph had saved, and on which line of the user's code.

NOTE [ Naming the write ]
"modified by an inplace operation" is of little help without the place, so it is remembered, always: with the first write after a
tensor was made or saved, the version counter keeps the operation's name and where the user's code stood. A place is a code object
and an instruction number; the line is worked out only when the error is raised. Later writes, until the tensor is saved again, look
for nothing.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Final

from rushlight import _mypyc
from rushlight._core.state import INFERENCE, get_mode
from rushlight._core.tensor import INFERENCE as INFERENCE_TENSOR, TensorBase, Version, uncounted, version_cell

_HOME: Final[str] = os.path.dirname(os.path.abspath(_mypyc.__file__)) + os.sep  # a compiled module's own __file__ is no guide


_OURS: Final[set[str]] = set()  # files of rushlight's that were met: looking a string up is quicker than comparing its start


def users_frame() -> Any:
    """The innermost frame that is not rushlight's own; None where there is none."""
    frame: Any = sys._getframe(0)
    while frame is not None:
        name: str = frame.f_code.co_filename
        if name not in _OURS:
            if not name.startswith(_HOME):
                return frame
            _OURS.add(name)
        frame = frame.f_back
    return None


def wrote(tensor: TensorBase, name: str) -> None:
    """Count a write into the tensor's memory by the operation `name`, and remember where."""
    flags = tensor._flags
    if flags and (uncounted(tensor) or flags & INFERENCE_TENSOR and get_mode() & INFERENCE):  # which no one counts in that mode
        return
    cell = version_cell(tensor)
    cell.value += 1
    if cell.writer is None:
        frame = users_frame()
        if frame is not None:
            cell.writer = (name, frame.f_code, frame.f_lasti)


def line_of(code: Any, instruction: int) -> int:
    """The line of an instruction of some code."""
    for index, position in enumerate(code.co_positions()):
        if index == instruction // 2 and position[0] is not None:
            return int(position[0])
    return int(code.co_firstlineno)


def users_place() -> Any:
    """Where the user's code stands: a code object and an instruction number, for line_of()."""
    frame = users_frame()
    return None if frame is None else (frame.f_code, frame.f_lasti)


class _Advice:
    """Asks the layer above what to append to an error's text; `rushlight/autograd` registers it."""

    def __init__(self) -> None:
        self.ask: Any = None  # (topic, *values) -> text


ADVICE: Final = _Advice()


def advice(topic: str, *values: Any) -> str:
    """What rushlight has to say about an error beyond PyTorch's text."""
    return "" if ADVICE.ask is None else str(ADVICE.ask(topic, *values))


def written_text(cell: Version) -> str:
    """What follows PyTorch's text for a saved tensor that was modified: which operation did it, and where."""
    writer = cell.writer or cell.earlier
    if writer is None:
        return ""
    import linecache

    name, code, instruction = writer
    line = line_of(code, instruction)
    source = linecache.getline(code.co_filename, line).strip()
    return f"\nIt was modified by {name}() at {code.co_filename}, line {line}" + (f":\n    {source}" if source else "")
