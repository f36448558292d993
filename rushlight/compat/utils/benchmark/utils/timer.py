"""torch.utils.benchmark.utils.timer."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from typing import Any

from rushlight.utils.benchmark.utils import common

import rushlight as torch

__all__ = ["Timer", "timer"]

timer = timeit.default_timer


class Timer:
    """Times a statement.

    >>> torch.utils.benchmark.Timer("x + x", globals={"x": torch.ones(2)}).timeit(100).median
    """

    def __init__(
        self,
        stmt: str = "pass",
        setup: str = "pass",
        global_setup: str = "",
        timer: Callable[[], float] = timer,
        globals: dict[str, Any] | None = None,
        label: str | None = None,
        sub_label: str | None = None,
        description: str | None = None,
        env: str | None = None,
        num_threads: int = 1,
        language: Any = "python",
    ) -> None:
        if not isinstance(stmt, str):
            raise ValueError("Currently only a `str` stmt is supported.")
        if str(language).lower() not in ("python", "language.python"):
            raise NotImplementedError("torch.utils.benchmark.Timer in rushlight times Python only")
        names = {"torch": torch, **(globals or {})}
        self._timer = timeit.Timer(stmt=stmt, setup=setup, timer=timer, globals=names)
        self._task_spec = common.TaskSpec(stmt, setup, global_setup, label, sub_label, description, env, num_threads)

    def _timeit(self, number: int) -> float:
        return max(self._timer.timeit(number), 1e-9)

    def timeit(self, number: int = 1000000) -> Any:
        """One measurement of so many runs."""
        with common.set_torch_threads(self._task_spec.num_threads):
            self._timeit(max(int(number // 100), 2))
            return common.Measurement(number, [self._timeit(number)], self._task_spec)

    def blocked_autorange(self, callback: Any = None, min_run_time: float = 0.2) -> Any:
        """Measurements for so many seconds."""
        with common.set_torch_threads(self._task_spec.num_threads):
            number = 1
            while (taken := self._timeit(number)) < min_run_time / 1000 and number < 10**9:
                number *= 10
            times = [taken]
            while sum(times) < min_run_time:
                times.append(self._timeit(number))
                if callback is not None:
                    callback(number, times[-1])
            return common.Measurement(number, times, self._task_spec)

    def adaptive_autorange(
        self, threshold: float = 0.1, *, min_run_time: float = 0.01, max_run_time: float = 10.0, callback: Any = None
    ) -> Any:
        """Measurements until the quartiles are within the threshold."""
        found = self.blocked_autorange(callback, min_run_time)
        while sum(found.raw_times) < max_run_time and (len(found.times) < 4 or found.iqr / found.median > threshold):
            found.raw_times.append(self._timeit(found.number_per_run))
        return found

    def collect_callgrind(self, *args: Any, **kwargs: Any) -> Any:
        """Not available."""
        raise NotImplementedError("Timer.collect_callgrind is not implemented in rushlight")
