"""torch.profiler: profiles of training steps, on a schedule."""

from __future__ import annotations

import enum
import os
import time
from collections.abc import Callable
from typing import Any

from rushlight._install import elsewhere
from rushlight.autograd.profiler import (
    kineto_available as kineto_available,
    record_function as record_function,
    start_recording,
    stop_recording,
)
from rushlight.autograd.profiler_util import EventList

__path__: list[str] = []  # PyTorch has modules below this name
__all__ = [
    "profile", "schedule", "supported_activities", "tensorboard_trace_handler", "ProfilerAction", "ProfilerActivity", "kineto_available",
    "record_function",
]  # fmt: skip


class ProfilerActivity(enum.Enum):
    """What to record; only the CPU is there."""

    CPU = 0
    XPU = 1
    MTIA = 2
    CUDA = 3
    HPU = 4
    PrivateUse1 = 5


class ProfilerAction(enum.Enum):
    """What a profiler does in a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


def supported_activities() -> set[ProfilerActivity]:
    """What can be recorded here."""
    return {ProfilerActivity.CPU}


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Callable[[int], ProfilerAction]:  # fmt: skip
    """The action for each step: `wait` steps of nothing, `warmup`, `active` recorded ones, and again (`repeat` times; 0: always)."""
    if min(wait, warmup, active, repeat, skip_first) < 0 or not active:
        raise AssertionError("Invalid profiler schedule arguments")

    def action(step: int) -> ProfilerAction:
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        if step < skip_first:
            return ProfilerAction.NONE
        step -= skip_first
        if skip_first_wait:
            step += wait
        cycle, place = divmod(step, wait + warmup + active)
        if repeat and cycle >= repeat or place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD if place < wait + warmup + active - 1 else ProfilerAction.RECORD_AND_SAVE

    return action


def tensorboard_trace_handler(dir_name: str, worker_name: str | None = None, use_gzip: bool = False) -> Callable[[Any], None]:
    """An on_trace_ready that writes each trace into a folder."""

    def handle(prof: Any) -> None:
        os.makedirs(dir_name, exist_ok=True)
        worker = worker_name or f"host_{os.getpid()}"
        prof.export_chrome_trace(os.path.join(dir_name, f"{worker}.{time.time_ns()}.pt.trace.json"))

    return handle


class profile:
    """Record what runs inside the block, or in the steps that `schedule` chooses.

    >>> with torch.profiler.profile(record_shapes=True) as prof:
    ...     model(x)
    >>> print(prof.key_averages().table(sort_by="cpu_time_total", row_limit=10))
    """

    __module__ = "torch.profiler"

    def __init__(
        self, *, activities: Any = None, schedule: Any = None, on_trace_ready: Any = None, record_shapes: bool = False,
        profile_memory: bool = False, with_stack: bool = False, with_flops: bool = False, with_modules: bool = False, **options: Any,
    ) -> None:  # fmt: skip
        self.activities = set(activities) if activities else supported_activities()
        self.record_shapes = record_shapes or with_flops
        self.profile_memory, self.with_flops, self.with_stack = profile_memory, with_flops, with_stack
        self.schedule = schedule
        self.on_trace_ready = on_trace_ready
        self.step_num = 0
        self.current_action = self._action()
        self._recorder: Any = None
        self._events: EventList | None = None
        self._step: Any = None
        self._metadata: dict[str, str] = {}

    def _action(self) -> ProfilerAction:
        if self.schedule is None:
            return ProfilerAction.RECORD_AND_SAVE if self.on_trace_ready is not None else ProfilerAction.RECORD
        found: ProfilerAction = self.schedule(self.step_num)
        return found

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        self.stop()

    def start(self) -> None:
        """Begin with step 0."""
        self._begin()
        self._begin_step()

    def stop(self) -> None:
        """End, whatever step it is."""
        self._end_step()
        if self._recorder is not None:
            self._end()
            if self.on_trace_ready is not None:
                self.on_trace_ready(self)

    def _begin(self) -> None:
        if self._recorder is None and self.current_action in (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE):
            self._recorder = start_recording(self.record_shapes, self.profile_memory, self.with_flops, self.with_stack)

    def _end(self) -> None:
        self._events = stop_recording(self._recorder)
        self._recorder = None

    def _begin_step(self) -> None:
        if self.schedule is not None and self._recorder is not None:
            self._step = record_function(f"ProfilerStep#{self.step_num}")
            self._step.__enter__()

    def _end_step(self) -> None:
        if self._step is not None:
            self._step.__exit__(None, None, None)
            self._step = None

    def step(self) -> None:
        """The next step begins."""
        self._end_step()
        before = self.current_action
        self.step_num += 1
        self.current_action = self._action()
        if before == ProfilerAction.RECORD_AND_SAVE and self.schedule is not None and self._recorder is not None:
            self._end()
            if self.on_trace_ready is not None:
                self.on_trace_ready(self)
        self._begin()
        self._begin_step()

    # ------------------------------------------------------------ results

    def events(self) -> EventList:
        """Every recorded call."""
        if self._events is None:
            raise AssertionError("Profiler must be initialized before accessing events")
        return self._events

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0, **options: Any) -> EventList:
        """The calls summed by name."""
        return self.events().key_averages(group_by_input_shape, group_by_stack_n, **options)

    def export_chrome_trace(self, path: str) -> None:
        """Write a trace for chrome://tracing."""
        self.events().export_chrome_trace(path)

    def add_metadata(self, key: str, value: str) -> None:
        """Remember a note about the run."""
        self._metadata[key] = value

    def add_metadata_json(self, key: str, value: str) -> None:
        """Remember a note about the run, in JSON."""
        self._metadata[key] = value

    def preset_metadata_json(self, key: str, value: str) -> None:
        """The same, before the start."""
        self._metadata[key] = value

    def toggle_collection_dynamic(self, enable: bool, activities: Any) -> None:
        """Accepted."""

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> Any:
        """Write each call's stack (of with_stack=True) and time as a line, for flame graphs."""
        return self.events().export_stacks(path, metric)


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
