"""torch.futures: results that come later; here they come from other threads of the program, or at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

__all__ = ["Future", "collect_all", "wait_all"]


class Future:
    """A result that is set once, and waited for."""

    __module__ = "torch.jit"

    def __init__(self, *, devices: Any = None) -> None:
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
            raise RuntimeError("completed() INTERNAL ASSERT FAILED: value() of a Future that is not done")
        return self._given()

    def _given(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._value

    def then(self, callback: Callable[[Future], Any]) -> Future:
        """A future of what `callback` returns for this one when it is done."""
        made = Future()

        def run(done: Future) -> None:
            try:
                made.set_result(callback(done))
            except Exception as error:
                made.set_exception(error)

        self.add_done_callback(run)
        return made

    def add_done_callback(self, callback: Callable[[Future], Any]) -> None:
        """Call a function with this future when it is done."""
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


def collect_all(futures: list[Future]) -> Future:
    """A future of the list itself, done when all of its entries are."""
    made = Future()
    waiting = [len(futures)]
    if not futures:
        made.set_result(futures)

    def one_more(done: Future) -> None:
        waiting[0] -= 1
        if not waiting[0]:
            made.set_result(futures)

    for future in futures:
        future.add_done_callback(one_more)
    return made


def wait_all(futures: list[Future]) -> list[Any]:
    """The results of all futures."""
    return [future.wait() for future in collect_all(futures).wait()]
