"""What a profiler recorded: events, lists of events with their tables, and Chrome traces."""

from __future__ import annotations

from typing import Any

__all__ = ["EventList", "FunctionEvent", "FunctionEventAvg", "Interval", "Kernel", "StringTable", "FormattedTimesMixin"]

_WIDTH = 12
_NAME_WIDTH = 55


def _format_time(time_us: float) -> str:
    """A time for people, from microseconds."""
    if time_us >= 1_000_000:
        return f"{time_us / 1_000_000:.3f}s"
    if time_us >= 1000:
        return f"{time_us / 1000:.3f}ms"
    return f"{time_us:.3f}us"


def _format_time_share(time_us: float, total_us: float) -> str:
    return f"{time_us * 100 / total_us if total_us else 0.0:.2f}%"


class Interval:
    """From when to when, in microseconds."""

    def __init__(self, start: float, end: float) -> None:
        self.start = start
        self.end = end

    def elapsed_us(self) -> float:
        """Its length."""
        return self.end - self.start


class _Times:
    """The times of an event or of several, as texts."""

    cpu_time: float
    cpu_time_total: float
    self_cpu_time_total: float
    device_time = device_time_total = self_device_time_total = cuda_time = 0.0
    cpu_memory_usage = self_cpu_memory_usage = device_memory_usage = self_device_memory_usage = 0
    flops = 0
    is_async = is_remote = is_legacy = False
    node_id = -1
    overload_name = ""
    scope = 0
    stack: Any = ()
    use_device: Any = None
    device_type = 0

    @property
    def cpu_time_str(self) -> str:
        """The mean time."""
        return _format_time(self.cpu_time)

    @property
    def cpu_time_total_str(self) -> str:
        """The time of all calls."""
        return _format_time(self.cpu_time_total)

    @property
    def self_cpu_time_total_str(self) -> str:
        """The time of all calls without what they called."""
        return _format_time(self.self_cpu_time_total)


FormattedTimesMixin = _Times


class FunctionEvent(_Times):
    """One call: its name, when it ran, what it called."""

    def __init__(self, id: int, name: str, thread: int, start_us: float, end_us: float, input_shapes: Any, parent: Any) -> None:
        self.id = id
        self.name = self.key = self.trace_name = name
        self.thread = thread
        self.time_range = Interval(start_us, end_us)
        self.input_shapes = input_shapes
        self.cpu_parent = parent
        self.cpu_children: list[FunctionEvent] = []
        self.count = 1
        self.is_user_annotation = False

    @property
    def cpu_time_total(self) -> float:  # type: ignore[override]
        """Its time, in microseconds."""
        return self.time_range.elapsed_us()

    cpu_time = cpu_time_total  # type: ignore[assignment]

    @property
    def self_cpu_time_total(self) -> float:  # type: ignore[override]
        """Its time without what it called."""
        return self.cpu_time_total - sum(child.cpu_time_total for child in self.cpu_children)

    def __repr__(self) -> str:
        return (
            f"<FunctionEvent id={self.id} name={self.name} cpu_time={self.cpu_time_str} start_us={self.time_range.start} "
            f"end_us={self.time_range.end} cpu_children={[child.id for child in self.cpu_children]} thread={self.thread} "
            f"input_shapes={self.input_shapes}>"
        )


class FunctionEventAvg(_Times):
    """All events of one key."""

    def __init__(self) -> None:
        self.key: Any = None
        self.count = 0
        self.cpu_time_total = 0.0
        self.self_cpu_time_total = 0.0
        self.input_shapes: Any = None
        self.cpu_children: list[FunctionEvent] = []
        self.cpu_parent: Any = None
        self.is_user_annotation = False

    def add(self, other: Any) -> FunctionEventAvg:
        """Count an event (or another average) in."""
        if self.key is None:
            self.key, self.input_shapes = other.key, other.input_shapes
            self.cpu_parent, self.cpu_children = other.cpu_parent, other.cpu_children
            self.is_user_annotation = other.is_user_annotation
        self.count += other.count
        self.cpu_time_total += other.cpu_time_total
        self.self_cpu_time_total += other.self_cpu_time_total
        return self

    __iadd__ = add

    @property
    def cpu_time(self) -> float:  # type: ignore[override]
        """The mean time of a call."""
        return self.cpu_time_total / self.count if self.count else 0.0

    def __repr__(self) -> str:
        return (
            f"<FunctionEventAvg key={self.key} self_cpu_time={self.self_cpu_time_total_str} cpu_time={self.cpu_time_str}  "
            f"self_cuda_time=0.000us cuda_time=0.000us input_shapes={self.input_shapes or ''} cpu_memory_usage=0 cuda_memory_usage=0>"
        )


class StringTable(dict):  # type: ignore[type-arg]
    """Accepted name; keys stand for themselves."""

    def __missing__(self, key: str) -> str:
        return key


class Kernel:
    """A kernel of an accelerator: there is none."""


class EventList(list):  # type: ignore[type-arg]
    """Events, or averages of them."""

    def __str__(self) -> str:
        return self.table()

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events, none counted twice."""
        return sum(event.self_cpu_time_total for event in self)

    def total_average(self) -> FunctionEventAvg:
        """All events as one."""
        total = FunctionEventAvg()
        for event in self:
            total.add(event)
        total.key = "Total"
        return total

    def key_averages(
        self, group_by_input_shapes: bool = False, group_by_stack_n: int = 0, group_by_overload_name: bool = False
    ) -> EventList:  # fmt: skip
        """One average for each name (and shapes of the arguments)."""
        groups: dict[Any, FunctionEventAvg] = {}
        for event in self:
            key = (event.key, str(event.input_shapes) if group_by_input_shapes else "")
            groups.setdefault(key, FunctionEventAvg()).add(event)
        found = EventList(groups.values())
        if not group_by_input_shapes:
            for entry in found:
                entry.input_shapes = ""
        return found

    def table(
        self, sort_by: str | None = None, row_limit: int = 100, max_src_column_width: int = 75, max_name_column_width: int = _NAME_WIDTH,
        max_shapes_column_width: int = 80, header: str | None = None, top_level_events_only: bool = False, time_unit: str | None = None,
    ) -> str:  # fmt: skip
        """The events as a table, sorted by one of their attributes, such as "self_cpu_time_total" or "count"."""
        if not self:
            return ""
        events = list(self)
        if sort_by is not None:
            events.sort(key=lambda event: getattr(event, sort_by.replace("cuda", "device")), reverse=True)
        if top_level_events_only:
            events = [event for event in events if event.cpu_parent is None]
        shapes = any(event.input_shapes not in (None, "", []) for event in events)
        return _table(events, row_limit, max_name_column_width, max_shapes_column_width, shapes, header, self.self_cpu_time_total)

    def export_chrome_trace(self, path: str) -> None:
        """Write the events as JSON that chrome://tracing and Perfetto show."""
        import json
        import os

        process = os.getpid()
        rows = [
            {
                "ph": "X", "cat": "user_annotation" if event.is_user_annotation else "cpu_op", "name": event.name, "pid": process,
                "tid": event.thread, "ts": event.time_range.start, "dur": event.time_range.elapsed_us(),
                "args": {"External id": event.id, "Input Dims": event.input_shapes or []},
            }
            for event in self
        ]  # fmt: skip
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"schemaVersion": 1, "displayTimeUnit": "ms", "traceEvents": rows, "traceName": str(path)}, file)

    def supported_export_stacks_metrics(self) -> list[str]:
        """The times that export_stacks() could write."""
        return ["self_cpu_time_total", "self_cuda_time_total"]


def _clipped(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _table(
    events: list[Any], limit: int, name_width: int, shapes_width: int, with_shapes: bool, header: str | None, total: float
) -> str:  # fmt: skip
    first = min(max(len(str(event.key)) for event in events) + 4, name_width)
    widths = [first] + [_WIDTH] * 6
    titles = ["Name", "Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg", "# of Calls"]
    if with_shapes:
        widths.append(min(max(len(str(event.input_shapes)) for event in events) + 4, shapes_width))
        titles.append("Input Shapes")
    rule = "".join("-" * width + "  " for width in widths)

    def row(cells: list[str]) -> str:
        return "".join(f"{cell: >{width}}  " for cell, width in zip(cells, widths))

    lines = []
    if header is not None:
        lines += ["=" * len(rule), header]
    lines += [rule, row(titles), rule]
    for event in events[: limit if limit > 0 else None]:
        cells = [
            _clipped(str(event.key), first), _format_time_share(event.self_cpu_time_total, total), event.self_cpu_time_total_str,
            _format_time_share(event.cpu_time_total, total), event.cpu_time_total_str, event.cpu_time_str, str(event.count),
        ]  # fmt: skip
        if with_shapes:
            cells.append(_clipped(str(event.input_shapes), widths[-1]))
        lines.append(row(cells))
    return "\n".join([*lines, rule, f"Self CPU time total: {_format_time(total)}", ""])
