"""torch.autograd.profiler: how long operators, nodes of a backward pass and marked blocks take.

Public functions are timed by a function mode, the operators that they are made of where calls with the PROFILE bit arrive, and nodes by
the engine's watched way of running them (see anomaly_mode.py). Nothing of this costs time while no profiler runs.
"""

from __future__ import annotations

import functools
import math
import sys
import threading
import warnings
from contextvars import ContextVar
from time import perf_counter_ns
from typing import Any

from rushlight._core.inplace import IN_PLACE
from rushlight._core.op import HOOKS
from rushlight._core.state import GRAD, MODE, PROFILE, SEQUENCE, get_mode
from rushlight._core.tensor import TensorBase
from rushlight.autograd import anomaly_mode
from rushlight.autograd.overriding import MODES, set_modes, watch
from rushlight.autograd.profiler_util import EventList, FunctionEvent, FunctionEventAvg

__all__ = ["profile", "record_function", "emit_itt", "emit_nvtx", "load_nvprof", "EventList", "FunctionEvent", "FunctionEventAvg"]


class _Recorder:
    """Collects events while a profiler runs."""

    def __init__(self, shapes: bool, memory: bool = False, flops: bool = False, stacks: bool = False) -> None:
        self.shapes, self.memory, self.flops, self.stacks = shapes, memory, flops, stacks
        self.events: list[FunctionEvent] = []
        self.open: dict[int, list[FunctionEvent]] = {}  # thread -> calls that have not returned
        self.start = perf_counter_ns()

    def now(self) -> float:
        return (perf_counter_ns() - self.start) / 1000

    def begin(self, name: str, args: Any = (), annotation: bool = False, sequence: int = -1) -> FunctionEvent:
        """A call begins. sequence: of the node that it makes, or is."""
        thread = threading.get_ident()
        stack = self.open.setdefault(thread, [])
        parent = stack[-1] if stack else None
        shapes = [_shape(value) for value in args] if self.shapes else []
        event = FunctionEvent(len(self.events) + 1, name, thread, self.now(), 0.0, input_shapes=shapes, sequence_nr=sequence)
        event.is_user_annotation = annotation
        event.stack = _places() if self.stacks else []
        event.flops = operations(name, args) if self.flops else 0
        if parent is not None:
            event.cpu_parent = parent
            parent.cpu_children.append(event)
        self.events.append(event)
        stack.append(event)
        return event

    def end(self, event: FunctionEvent, found: Any = None) -> None:
        """It returned."""
        event.time_range.end = self.now()
        if self.memory and found is not None:
            took = sum(child.cpu_memory_usage for child in event.cpu_children)
            event.cpu_memory_usage = took or sum(map(_new_bytes, found if isinstance(found, (tuple, list)) else (found,)))
        stack = self.open.get(event.thread, [])
        if event in stack:
            del stack[stack.index(event) :]

    def inside(self) -> str:
        """The name of the innermost call."""
        stack = self.open.get(threading.get_ident())
        return stack[-1].name if stack else ""

    def finish(self) -> EventList:
        """The events, once all is over."""
        for event in self.events:
            if not event.time_range.end:
                event.time_range.end = self.now()
        return EventList(self.events, profile_memory=self.memory, with_flops=self.flops)


_FACTORIES = frozenset(
    "empty zeros ones full rand randn randint arange eye linspace zeros_like ones_like rand_like randn_like empty_like".split()
)
_OWN = __name__.partition(".")[0]


def _places() -> list[str]:
    """The program's own calls, innermost first."""
    found = []
    frame: Any = sys._getframe(2)
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] != _OWN:
            found.append(f"{frame.f_code.co_filename}({frame.f_lineno}): {frame.f_code.co_name}")
        frame = frame.f_back
    return found


def _new_bytes(value: Any) -> int:
    """The memory of a result that is no view."""
    if not isinstance(value, TensorBase) or value._view is not None or not value._array.flags.owndata:
        return 0
    return int(value._array.nbytes)


def operations(name: str, args: Any) -> int:
    """How many floating-point operations a call takes, for those that PyTorch counts: products, convolutions, + and *."""
    shapes = [value._array.shape for value in args if isinstance(value, TensorBase)]
    if name in ("aten::mm", "aten::bmm") and len(shapes) == 2:
        return int(2 * math.prod(shapes[0]) * shapes[1][-1])
    if name in ("aten::addmm", "aten::baddbmm") and len(shapes) == 3:
        return int(2 * math.prod(shapes[1]) * shapes[2][-1])
    if name in ("aten::mul", "aten::add") and shapes:
        return int(math.prod(shapes[0]))
    if name == "aten::conv2d" and len(shapes) >= 2 and len(shapes[0]) == 4:
        stride, padding, dilation = args[3:6] if len(args) >= 6 else (1, 0, 1)
        pair = lambda value: tuple(value) * (2 // len(value)) if isinstance(value, (tuple, list)) else (value, value)
        (n, _, *image), (made, inside, *kernel) = shapes[0], shapes[1]
        if isinstance(padding, str):
            return 0
        sizes = [
            (size + 2 * pad - dil * (k - 1) - 1) // step + 1
            for size, pad, dil, k, step in zip(image, pair(padding), pair(dilation), kernel, pair(stride))
        ]
        return int(2 * n * made * inside * math.prod(kernel) * math.prod(sizes))
    return 0


def _shape(value: Any) -> Any:
    if isinstance(value, TensorBase):
        return list(value._array.shape)
    if isinstance(value, (list, tuple)) and any(isinstance(entry, TensorBase) for entry in value):
        return [_shape(entry) for entry in value]
    return []


_ACTIVE: ContextVar[_Recorder | None] = ContextVar("rushlight_profiler", default=None)


class _Timing:
    """The function mode of a running profiler."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        recorder = _ACTIVE.get()
        kwargs = kwargs or {}
        original = getattr(func, "__wrapped__", None)
        if recorder is None or type(func).__name__ == "method-wrapper":
            return func(*args, **kwargs)
        if original is not None and not func.__name__.startswith("__"):  # a function made of others: they are the events
            set_modes((*MODES.get(), self))
            try:
                return original(*args, **kwargs)
            finally:
                set_modes(MODES.get()[:-1])
        name = func.__name__.strip("_") if func.__name__.startswith("__") else func.__name__
        factory = name in _FACTORIES
        event = recorder.begin(f"aten::{name}", args, sequence=-1 if factory else _next_node())
        found = None
        try:
            found = func(*args, **kwargs)
            if factory and name != "empty" and not event.cpu_children:
                recorder.end(recorder.begin("aten::empty"), found)
            return found
        finally:
            recorder.end(event, found)


_TIMING = _Timing()


def _next_node() -> int:
    """The sequence number that a recorded call would get; -1 where nothing is recorded."""
    return SEQUENCE.value if get_mode() & GRAD else -1


def _time_operators() -> None:
    """Make calls with the PROFILE bit events; once."""
    if _Installed.done:
        return
    _Installed.done = True
    watch()
    following = HOOKS.dispatch

    def dispatch(op: Any, args: Any, flags: int) -> Any:
        recorder = _ACTIVE.get() if flags & PROFILE and not flags & IN_PLACE else None
        name = f"aten::{getattr(op, 'name', '')}"
        if recorder is None or recorder.inside() == name:
            return NotImplemented if following is None else following(op, args, flags)
        event = recorder.begin(name, args, sequence=_next_node())
        word = get_mode()
        MODE.set(word & ~PROFILE)
        found = None
        try:
            found = op.apply(args)
            return found
        finally:
            MODE.set(get_mode() | PROFILE)
            recorder.end(event, found)

    HOOKS.dispatch = dispatch
    watched = anomaly_mode.run_watched

    def run_timed(node: Any, grads: Any, graph: bool, needed: Any) -> Any:
        recorder = _ACTIVE.get()
        if recorder is None:
            return watched(node, grads, graph, needed)
        outer = recorder.begin(f"autograd::engine::evaluate_function: {node.name()}", sequence=node.sequence)
        inner = recorder.begin(node.name(), grads, sequence=node.sequence)
        try:
            return watched(node, grads, graph, needed)
        finally:
            recorder.end(inner)
            recorder.end(outer)

    anomaly_mode.engine.TENSORS.anomaly = run_timed


class _Installed:
    """Whether calls with the PROFILE bit are timed."""

    done = False


def start_recording(shapes: bool, memory: bool = False, flops: bool = False, stacks: bool = False) -> _Recorder:
    """Begin to record on this thread (or task)."""
    _time_operators()
    recorder = _Recorder(shapes, memory, flops, stacks)
    _ACTIVE.set(recorder)
    set_modes((*MODES.get(), _TIMING))
    MODE.set(get_mode() | PROFILE)
    return recorder


def stop_recording(recorder: _Recorder) -> EventList:
    """End it."""
    MODE.set(get_mode() & ~PROFILE)
    set_modes(tuple(mode for mode in MODES.get() if mode is not _TIMING))
    _ACTIVE.set(None)
    return recorder.finish()


class profile:
    """Record what runs inside the block.

    >>> with torch.autograd.profiler.profile() as prof:
    ...     x.sin()
    >>> print(prof.key_averages().table(sort_by="self_cpu_time_total"))
    """

    __module__ = "torch.autograd.profiler"

    def __init__(
        self, enabled: bool = True, *, use_cuda: bool = False, use_device: Any = None, record_shapes: bool = False,
        with_flops: bool = False, profile_memory: bool = False, with_stack: bool = False, with_modules: bool = False,
        use_kineto: bool = False,
        use_cpu: bool = True, experimental_config: Any = None, acc_events: bool = False, **options: Any,
    ) -> None:  # fmt: skip
        self.enabled = enabled
        self.entered = False
        self.record_shapes = record_shapes or with_flops
        self.with_flops, self.profile_memory, self.with_stack, self.with_modules = with_flops, profile_memory, with_stack, with_modules
        self.function_events: EventList | None = None
        self._recorder: _Recorder | None = None

    def __enter__(self) -> Any:
        if not self.enabled:
            return None
        if self.entered:
            raise RuntimeError("Profiler context manager is not reentrant")
        self.entered = True
        self._recorder = start_recording(self.record_shapes, self.profile_memory, self.with_flops, self.with_stack)
        return self

    def __exit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> bool:
        if self._recorder is not None:
            self.function_events = stop_recording(self._recorder)
            self._recorder = None
        return False

    def _finished(self) -> EventList:
        if self.function_events is None:
            raise RuntimeError("Profiler didn't finish running")
        return self.function_events

    def __repr__(self) -> str:
        return "<unfinished torch.autograd.profile>" if self.function_events is None else repr(self.function_events)

    def __str__(self) -> str:
        return "<unfinished torch.autograd.profile>" if self.function_events is None else str(self.function_events)

    def table(self, *args: Any, **options: Any) -> str:
        """Every event as a line."""
        return self._finished().table(*args, **options)

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0, **options: Any) -> EventList:
        """The events summed by name."""
        return self._finished().key_averages(group_by_input_shape, group_by_stack_n, **options)

    def total_average(self) -> FunctionEventAvg:
        """All events as one."""
        return self._finished().total_average()

    def export_chrome_trace(self, path: str) -> None:
        """Write a trace for chrome://tracing."""
        self._finished().export_chrome_trace(path)

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events, none counted twice."""
        return self._finished().self_cpu_time_total


class record_function:
    """A named block (or decorated function) that profilers show."""

    __module__ = "torch.autograd.profiler"

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name
        self.args = args
        self._event: FunctionEvent | None = None
        self._recorder: _Recorder | None = None

    def __enter__(self) -> record_function:
        self._recorder = _ACTIVE.get()
        if self._recorder is not None:
            self._event = self._recorder.begin(self.name, annotation=True)
        return self

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        if self._recorder is not None and self._event is not None:
            self._recorder.end(self._event)

    def __call__(self, func: Any) -> Any:
        @functools.wraps(func)
        def named(*args: Any, **kwargs: Any) -> Any:
            with record_function(self.name, self.args):
                return func(*args, **kwargs)

        return named


class _Emits:
    """A block that marks its calls for a tool which is not there."""

    tool = ""

    def __init__(self, enabled: bool = True, record_shapes: bool = False) -> None:
        self.enabled = enabled

    def __enter__(self) -> Any:
        if self.enabled:
            warnings.warn(f"rushlight marks nothing for {self.tool}", stacklevel=2)
        return self

    def __exit__(self, *error: object) -> bool:
        return False


class emit_nvtx(_Emits):
    """Accepted, with a warning: there is no CUDA."""

    __module__ = "torch.autograd.profiler"
    tool = "NVTX"


class emit_itt(_Emits):
    """Accepted, with a warning: VTune sees nothing."""

    __module__ = "torch.autograd.profiler"
    tool = "ITT"


def load_nvprof(path: str) -> Any:
    """Not here."""
    raise NotImplementedError("torch.autograd.profiler.load_nvprof is not in rushlight")


def kineto_available() -> bool:
    """Whether PyTorch's tracing library is there."""
    return False


def __getattr__(name: str) -> Any:
    from rushlight._install import elsewhere

    return elsewhere(name, __name__)
