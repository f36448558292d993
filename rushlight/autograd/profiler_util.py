"""What a profiler recorded: events, lists of events with their tables, and Chrome traces."""

from __future__ import annotations

import math
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
    self_device_memory_usage = 0
    device_type: Any = 0

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

    def __init__(
        self, id: int, name: str, thread: int, start_us: float, end_us: float, overload_name: Any = None, fwd_thread: Any = None,
        input_shapes: Any = None, stack: Any = None, scope: int = 0, use_device: Any = None, cpu_memory_usage: int = 0,
        device_memory_usage: int = 0, is_async: bool = False, is_remote: bool = False, sequence_nr: int = -1, node_id: int = -1,
        device_type: Any = 0, device_index: int = 0, device_resource_id: Any = None, is_legacy: bool = False, flops: Any = None,
        trace_name: Any = None, concrete_inputs: Any = None, kwinputs: Any = None, is_user_annotation: bool = False,
        metadata_json: Any = None, **options: Any,
    ) -> None:  # fmt: skip
        self.id, self.node_id = id, node_id
        self.name = self.key = name
        self.trace_name = name if trace_name is None else trace_name
        self.overload_name = overload_name
        self.thread, self.fwd_thread, self.device_resource_id = thread, fwd_thread, device_resource_id
        self.time_range = Interval(start_us, end_us)
        self.input_shapes, self.concrete_inputs, self.kwinputs = input_shapes, concrete_inputs, kwinputs
        self.stack, self.scope, self.use_device = stack, scope, use_device
        self.cpu_memory_usage, self.device_memory_usage = cpu_memory_usage, device_memory_usage
        self.is_async, self.is_remote, self.is_legacy = is_async, is_remote, is_legacy
        self.sequence_nr, self.device_type, self.device_index = sequence_nr, device_type, device_index
        self.flops = 0 if flops is None else flops
        self.is_user_annotation = is_user_annotation
        self.metadata_json = metadata_json
        self.kernels: list[Any] = []
        self.cpu_parent: Any = None
        self.cpu_children: list[FunctionEvent] = []
        self.count = 1

    def append_cpu_child(self, child: FunctionEvent) -> None:
        """Note a call that this one made."""
        self.cpu_children.append(child)

    def set_cpu_parent(self, parent: FunctionEvent) -> None:
        """Note which call made this one."""
        self.cpu_parent = parent

    @property
    def cpu_time_total(self) -> float:  # type: ignore[override]
        """Its time, in microseconds."""
        return self.time_range.elapsed_us()

    cpu_time = cpu_time_total  # type: ignore[assignment]

    @property
    def self_cpu_time_total(self) -> float:  # type: ignore[override]
        """Its time without what it called."""
        return self.cpu_time_total - sum(child.cpu_time_total for child in self.cpu_children)

    @property
    def self_cpu_memory_usage(self) -> int:  # type: ignore[override]
        """The memory that it took, without what it called, in bytes."""
        return self.cpu_memory_usage - sum(child.cpu_memory_usage for child in self.cpu_children)

    def __repr__(self) -> str:
        return (
            f"<FunctionEvent id={self.id} name={self.name} cpu_time={self.cpu_time_str} start_us={self.time_range.start} "
            f"end_us={self.time_range.end} cpu_children={[child.id for child in self.cpu_children]} thread={self.thread} "
            f"input_shapes={self.input_shapes} cpu_memory_usage={self.cpu_memory_usage} is_async={self.is_async} "
            f"is_remote={self.is_remote} seq_nr={self.sequence_nr}>"
        )


class FunctionEventAvg(_Times):
    """All events of one key."""

    def __init__(self) -> None:
        self.key: Any = None
        self.count = 0
        self.node_id = 0
        self.is_async = self.is_remote = self.is_legacy = self.is_user_annotation = False
        self.use_device: Any = None
        self.cpu_time_total: float = 0
        self.self_cpu_time_total: float = 0
        self.input_shapes: Any = None
        self.overload_name: Any = None
        self.stack: Any = None
        self.scope: Any = None
        self.cpu_memory_usage = self.device_memory_usage = self.self_cpu_memory_usage = self.self_device_memory_usage = 0
        self.cpu_children: Any = None
        self.cpu_parent: Any = None
        self.flops = 0

    def add(self, other: Any) -> FunctionEventAvg:
        """Count an event (or another average) in."""
        if self.key is None:
            self.key, self.input_shapes, self.node_id = other.key, other.input_shapes, other.node_id
            self.cpu_parent, self.cpu_children = other.cpu_parent, other.cpu_children
            self.is_user_annotation, self.overload_name = other.is_user_annotation, other.overload_name
            self.stack, self.scope = other.stack, other.scope
        if other.key != self.key:
            raise AssertionError("expected the same key")
        self.count += other.count
        self.cpu_time_total += other.cpu_time_total
        self.self_cpu_time_total += other.self_cpu_time_total
        self.cpu_memory_usage += other.cpu_memory_usage
        self.self_cpu_memory_usage += other.self_cpu_memory_usage
        self.flops += other.flops
        return self

    def __iadd__(self, other: Any) -> FunctionEventAvg:
        return self.add(other)

    @property
    def cpu_time(self) -> float:  # type: ignore[override]
        """The mean time of a call."""
        return self.cpu_time_total / self.count if self.count else 0.0

    def __repr__(self) -> str:
        return (
            f"<FunctionEventAvg key={self.key} self_cpu_time={self.self_cpu_time_total_str} cpu_time={self.cpu_time_str}  "
            f"self_cuda_time=0.000us cuda_time=0.000us input_shapes={self.input_shapes or ''} cpu_memory_usage={self.cpu_memory_usage} "
            "cuda_memory_usage=0>"
        )


class StringTable(dict):  # type: ignore[type-arg]
    """Accepted name; keys stand for themselves."""

    def __missing__(self, key: str) -> str:
        return key


class Kernel:
    """A kernel of an accelerator: there is none."""


class EventList(list):  # type: ignore[type-arg]
    """Events, or averages of them."""

    def __init__(
        self, *args: Any, use_device: Any = None, profile_memory: bool = False, with_flops: bool = False, **options: Any
    ) -> None:  # fmt: skip
        super().__init__(*args)
        self._use_device = use_device
        self._profile_memory = profile_memory
        self._with_flops = with_flops
        self._tree_built = False

    def _build_tree(self) -> None:
        self._populate_cpu_children()
        self._tree_built = True

    def _populate_cpu_children(self) -> None:
        """Find from their times which events happened inside which others, on each thread."""
        threads: dict[Any, list[Any]] = {}
        for event in self:
            if not event.is_async and event.time_range.start <= event.time_range.end:
                threads.setdefault((event.thread, event.node_id), []).append(event)
        for events in threads.values():
            open_ones: list[Any] = []
            for event in sorted(events, key=lambda entry: (entry.time_range.start, -entry.time_range.end)):
                while open_ones and (
                    event.time_range.start >= open_ones[-1].time_range.end or event.time_range.end > open_ones[-1].time_range.end
                ):
                    open_ones.pop()
                if open_ones:
                    open_ones[-1].append_cpu_child(event)
                    event.set_cpu_parent(open_ones[-1])
                open_ones.append(event)

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
            total.key = event.key if total.key is not None else None
            total.add(event)
        total.key = "Total"
        return total

    def key_averages(
        self, group_by_input_shapes: bool = False, group_by_stack_n: int = 0, group_by_overload_name: bool = False
    ) -> EventList:  # fmt: skip
        """One average for each name (and shapes of the arguments)."""
        groups: dict[Any, FunctionEventAvg] = {}
        for event in self:
            key = (
                event.key, str(event.input_shapes) if group_by_input_shapes else "", str(event.node_id), event.is_user_annotation,
                event.overload_name if group_by_overload_name else "", *(event.stack or [])[:group_by_stack_n],
            )  # fmt: skip
            groups.setdefault(key, FunctionEventAvg()).add(event)
        found = EventList(groups.values(), profile_memory=self._profile_memory, with_flops=self._with_flops)
        for entry in found:
            entry.stack = (entry.stack or [])[:group_by_stack_n]
            if not group_by_input_shapes:
                entry.input_shapes = ""
            if not group_by_overload_name:
                entry.overload_name = ""
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
        columns = _Columns(self._profile_memory, self._with_flops, max_src_column_width)
        total = self.self_cpu_time_total
        return _table(events, row_limit, max_name_column_width, max_shapes_column_width, shapes, header, total, columns)

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

    def export_stacks(self, path: str, metric: str) -> None:
        """Write each event's stack and time as a line, for flame graphs."""
        if metric not in self.supported_export_stacks_metrics():
            raise ValueError("metric should be one of: " + str(self.supported_export_stacks_metrics()))
        plain = str.maketrans(" ;\t\n", "____")
        with open(path, "w", encoding="utf-8") as file:
            for event in self:
                value = getattr(event, metric.replace("cuda", "device").replace("xpu", "device"))
                if event.stack and int(value) > 0:
                    file.write(";".join(entry.translate(plain) for entry in reversed(event.stack)) + f" {int(value)}\n")

    def supported_export_stacks_metrics(self) -> list[str]:
        """The times that export_stacks() could write."""
        return ["self_cpu_time_total", "self_cuda_time_total"]


def _clipped(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _format_memory(nbytes: int) -> str:
    """A size for people."""
    for unit, size in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if abs(nbytes) >= size:
            return f"{nbytes / size:.2f} {unit}"
    return f"{nbytes} B"


class _Columns:
    """The columns that a table has where they were asked for."""

    def __init__(self, memory: bool, flops: bool, source_width: int) -> None:
        self.memory, self.flops, self.source_width = memory, flops, source_width
        self.stacks = False
        self.scale = 1.0

    def choose(self, events: list[Any]) -> str:
        """Find out what there is to show; the title of the column of operations."""
        self.stacks = any(event.stack for event in events)
        counted = [event.flops for event in events if event.flops > 0]
        self.flops = self.flops and bool(counted)
        if not self.flops:
            return ""
        step = max(0, min(int(math.log10(min(counted)) / 3), 5))
        self.scale = 10.0 ** (-3 * step)
        return "Total " + ("FLOPs", "KFLOPs", "MFLOPs", "GFLOPs", "TFLOPs", "PFLOPs")[step]


def _table(
    events: list[Any], limit: int, name_width: int, shapes_width: int, with_shapes: bool, header: str | None, total: float,
    columns: _Columns,
) -> str:  # fmt: skip
    flops_title = columns.choose(events)
    first = min(max(len(str(event.key)) for event in events) + 4, name_width)
    titles = ["Name", "Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg"]
    titles += ["CPU Mem", "Self CPU Mem"] if columns.memory else []
    titles.append("# of Calls")
    widths = [first] + [_WIDTH] * (len(titles) - 1)
    if with_shapes:
        widths.append(min(max(len(str(event.input_shapes)) for event in events) + 4, shapes_width))
        titles.append("Input Shapes")
    if columns.stacks:
        longest = max(len(line) for event in events for line in event.stack or [""])
        widths.append(min(longest + 4, columns.source_width))
        titles.append("Source Location")
    if flops_title:
        widths.append(_WIDTH)
        titles.append(flops_title)
    rule = "".join("-" * width + "  " for width in widths)
    place = titles.index("Source Location") if columns.stacks else -1

    def row(cells: list[str]) -> str:
        return "".join(f"{cell: {'<' if index == place else '>'}{widths[index]}}  " for index, cell in enumerate(cells))

    lines = []
    if header is not None:
        lines += ["=" * len(rule), header]
    lines += [rule, row(titles), rule]
    for event in events[: limit if limit > 0 else None]:
        cells = [
            _clipped(str(event.key), first), _format_time_share(event.self_cpu_time_total, total), event.self_cpu_time_total_str,
            _format_time_share(event.cpu_time_total, total), event.cpu_time_total_str, event.cpu_time_str,
        ]  # fmt: skip
        if columns.memory:
            cells += [_format_memory(event.cpu_memory_usage), _format_memory(event.self_cpu_memory_usage)]
        cells.append(str(event.count))
        if with_shapes:
            cells.append(_clipped(str(event.input_shapes), widths[titles.index("Input Shapes")]))
        if columns.stacks:
            cells.append(_clipped_path((event.stack or [""])[0], widths[place]))
        if flops_title:
            cells.append(f"{event.flops * columns.scale:8.3f}" if event.flops > 0 else "--")
        lines.append(row(cells))
        for line in (event.stack or [])[1:] if columns.stacks else ():
            lines.append(row([_clipped_path(line, widths[place]) if index == place else "" for index in range(len(widths))]))
    return "\n".join([*lines, rule, f"Self CPU time total: {_format_time(total)}", ""])


def _clipped_path(text: str, width: int) -> str:
    return text if len(text) <= width else "..." + text[len(text) - width + 3 :]
