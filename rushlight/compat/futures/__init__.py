"""torch.futures: results that come later; here they come from other threads of the program, or at once."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

__all__ = ["Future", "collect_all", "wait_all"]


class Future:
    """A result that is set once, and waited for."""

    __module__ = "torch.jit"

    def __init__(self, *, devices: Any = None) -> None:
        for entry in devices or ():
            _refuse_device(entry)
        self._condition = threading.Condition()
        self._done = False
        self._value: Any = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[Any], Any]] = []

    def __class_getitem__(cls, item: Any) -> Any:
        from types import GenericAlias

        return GenericAlias(cls, item)

    def done(self) -> bool:
        """Whether there is a result or an error."""
        return self._done

    def wait(self) -> Any:
        """The result, when it is there; its error is raised."""
        with self._condition:
            self._condition.wait_for(lambda: self._done)
        return self._given()

    def value(self) -> Any:
        """The result, which must be there."""
        if not self._done:
            raise RuntimeError(
                'completed() INTERNAL ASSERT FAILED at "/__w/pytorch/pytorch/aten/src/ATen/core/ivalue_inl.h":1016, please report a bug to '
                "PyTorch. "
            )
        return self._given()

    def _given(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._value

    def then(self, callback: Callable[[Future], Any]) -> Future:
        """A future of what `callback` returns for this one when it is done."""
        self._check(callback, "then", "torch._C.Future")
        made = Future()

        def run(done: Future) -> None:
            try:
                found = callback(done)
            except Exception as error:
                made.set_exception(RuntimeError(_failure(error)))
            else:
                made.set_result(found)

        self._call_when_done(run)
        return made

    def add_done_callback(self, callback: Callable[[Future], Any]) -> None:
        """Call a function with this future when it is done; what it raises is written to stderr."""
        self._check(callback, "add_done_callback", "None")

        def run(done: Future) -> None:
            try:
                callback(done)
            except Exception as error:
                sys.stderr.write(f"{_failure(error)}\n")

        self._call_when_done(run)

    def _check(self, callback: Any, name: str, result: str) -> None:
        if not callable(callback):
            raise TypeError(
                f"{name}(): incompatible function arguments. The following argument types are supported:\n    1. (self: torch._C.Future, "
                f"arg0: collections.abc.Callable) -> {result}\n\nInvoked with: {self!r}, {callback!r}"
            )

    def _call_when_done(self, callback: Callable[[Any], Any]) -> None:
        with self._condition:
            if not self._done:
                self._callbacks.append(callback)
                return
        callback(self)

    def set_result(self, result: Any) -> None:
        """Give the result."""
        self._finish(result, None)

    def set_exception(self, result: BaseException) -> None:
        """Give an error in place of a result."""
        if not isinstance(result, Exception):
            raise AssertionError(f"{result} is of type {type(result)}, not an Exception.")
        self._finish(None, result)

    def _finish(self, value: Any, error: BaseException | None) -> None:
        with self._condition:
            if self._done:
                raise RuntimeError(
                    "Attempting to mark a completed Future as complete again. Note that a Future can only be marked completed once."
                )
            self._value, self._error, self._done = value, error, True
            self._condition.notify_all()
        for callback in self._callbacks:
            callback(self)


def _failure(error: Exception) -> str:
    """What is told of an error in a callback: the error and the frames, innermost first."""
    lines = [f"  {frame.filename}({frame.lineno}): {frame.name}" for frame in reversed(traceback.extract_tb(error.__traceback__))]
    shown = "\n".join(lines)
    return f"Got the following error when running the callback: {type(error).__name__}: {error}\n\nAt:\n{shown}\n"


def _refuse_device(entry: Any) -> None:
    from rushlight import device

    found = device(entry)
    if found.type != "cpu":
        raise RuntimeError(f"PyTorch is not linked with support for {found.type} devices")
    if found.index is None:
        raise ValueError(f"Expected devices to have indices, got {found}")


def collect_all(futures: list[Future]) -> Future:
    """A future of the list itself, done when all of its entries are; it has the error of the first that fails."""
    if not all(isinstance(future, Future) for future in futures):
        raise TypeError(
            "_collect_all(): incompatible function arguments. The following argument types are supported:\n    1. (arg0: "
            f"collections.abc.Sequence[torch._C.Future]) -> torch._C.Future\n\nInvoked with: {futures!r}"
        )
    made = Future()
    waiting = [len(futures)]
    if not futures:
        made.set_result(futures)

    def one_more(done: Future) -> None:
        waiting[0] -= 1
        if made.done():
            return
        if done._error is not None:
            made.set_exception(done._error)  # type: ignore[arg-type]
        elif not waiting[0]:
            made.set_result(futures)

    for future in futures:
        future._call_when_done(one_more)
    return made


def wait_all(futures: list[Future]) -> list[Any]:
    """The results of all futures."""
    return [future.wait() for future in collect_all(futures).wait()]
