"""What checkpoint(debug=True) writes down: the operators of both runs, and where they were called."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator
from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight.utils._dtype_abbrs import dtype_abbrs
from rushlight.utils._python_dispatch import TorchDispatchMode
from rushlight.utils._pytree import tree_map
from rushlight.utils.weak import WeakIdKeyDictionary


def _header(title: str, space: str) -> str:
    edge = "+" + "~" * 78 + "+\n"
    return f"{edge}|{space + title.ljust(78 - len(space))}|\n+{'-' * 78}+\n"


_INTRODUCTION = """ \
An error happened while unpacking tensors; dumping logs of latest computation
because you passed `debug=True` to `torch.utils.checkpoint.checkpoint()`.
Scroll all the way down for guidance on how to navigate these logs.

"""
_LOG = """(Scroll up to correlate stack traces with each operation listed below. This
 helps identify their source in the code.)

IMPORTANT: Differences in "detach" calls between the original forward and the
           recomputation are expected. They are introduced by the checkpointing
           mechanism and can be ignored.

Operations executed during the original forward:

{first}

Operations executed during recomputation:

{second}

"""
_GUIDE = """\
 ERROR: Detected non-determinism while running activation checkpointing

 You are seeing this error because you passed `debug=True` to checkpoint and
 tensors to be saved during the original forward and differ between those saved
 during recomputation. This can happen if different operators were ran in the
 original forward and in the recomputation.

 To identify where the mismatch may be coming from, you can do the following:

 1) Compare the operators ran during original forward and recomputation to
    see where they differ. These operators are printed above in the order they
    were executed.

 2) Review the stack trace for each operator to locate its invocation source.
    Each operator's stack trace is printed in their execution order.

 Note that the logs can be quite long. Here's how they are structured:
 (Tip: you can Ctrl-f for these headers)

 1. Stack traces of the operators that ran in the original forward
 2. Stack traces of the operators that ran during recomputation
 3. Log of operators in the original forward and recomputation
 4. Error message                                             <--- You are here
"""


class _Log(TorchDispatchMode):
    """Writes down each operator with its arguments and results, and the stack that called it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.stacks: list[Any] = []
        self.numbers = WeakIdKeyDictionary()
        self.count = 0

    def _named(self, value: Any, typed: bool = False) -> str:
        if not isinstance(value, TensorBase):
            return repr(value)
        tensor: Any = value
        if tensor not in self.numbers:
            self.numbers[tensor] = self.count
            self.count += 1
        number = self.numbers[tensor]
        kind = f": {dtype_abbrs[tensor.dtype]}[{', '.join(map(str, tensor.shape))}]" if typed else ""
        return f"${number}{kind}"

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = {} if kwargs is None else kwargs
        found = func(*args, **kwargs)
        given = [str(tree_map(self._named, value)) for value in args]
        given += [f"{name}={tree_map(self._named, value)!s}" for name, value in kwargs.items()]
        results = tree_map(lambda value: self._named(value, True), found)
        self.lines.append(f"{results} = {func.__module__}.{func.__name__}({', '.join(given)})")
        self.stacks.append(traceback.extract_stack()[-2::-1])
        return found

    def told(self, label: str) -> str:
        """The operators with their stacks, innermost call first."""
        text = ""
        for number, (line, stack) in enumerate(zip(self.lines, self.stacks)):
            text += f"{line}   ({number + 1} of {len(self.lines)} in {label})\n\n"
            text += "".join(f"{entry.filename}:{entry.lineno}:{entry.name}\n" for entry in stack) + "\n\n"
        return text


class Logs:
    """The logs of both runs."""

    def __init__(self) -> None:
        self.runs: list[Any] = [None, None]

    def contexts(self) -> tuple[Any, Any]:
        """The contexts for both runs."""
        return self._writing(0), self._writing(1)

    @contextlib.contextmanager
    def _writing(self, index: int) -> Iterator[None]:
        self.runs[index] = log = _Log()
        with log:
            yield

    def text(self) -> str:
        """The text of the error."""
        first, second = self.runs
        return (
            _INTRODUCTION
            + _header("1. Stack traces of the operators that ran in the original forward", " " * 8) + "\n" + first.told("original")
            + _header("2. Stack traces of the operators that ran during recomputation", " " * 8) + "\n" + second.told("recompute")
            + _header("3. Log of operators in the original forward and recomputation", " " * 7)
            + _LOG.format(first="\n".join(first.lines), second="\n".join(second.lines))
            + "+" + "-" * 78 + "+\n" + _GUIDE + "-" * 80 + "\n"
        )  # fmt: skip
