"""torch.utils.benchmark.utils.common: what was measured."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

import rushlight as torch

__all__ = ["TaskSpec", "Measurement", "select_unit", "unit_to_english", "trim_sigfig", "ordered_unique", "set_torch_threads"]

_UNITS = ((1e-9, "ns"), (1e-6, "us"), (1e-3, "ms"), (1.0, "s"))
_ENGLISH = {"ns": "nanosecond", "us": "microsecond", "ms": "millisecond", "s": "second"}


@dataclass(frozen=True)
class TaskSpec:
    """What is timed."""

    stmt: str
    setup: str
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self) -> str:
        """The label, or the statement."""
        if self.label is not None:
            return self.label + (f": {self.sub_label}" if self.sub_label else "")
        if "\n" not in self.stmt:
            return self.stmt + (f": {self.sub_label}" if self.sub_label else "")
        return f"stmt:{' (' + self.sub_label + ')' if self.sub_label else ''}\n  {self.stmt}"

    def setup_str(self) -> str:
        """The setup, for printing."""
        if self.setup == "pass" or not self.setup:
            return ""
        return f"setup: {self.setup}" if "\n" not in self.setup else f"setup:\n  {self.setup}"

    def summarize(self) -> str:
        """Title, setup and threads, for printing."""
        parts = [self.title, self.description or "", self.setup_str()]
        return "\n".join(part for part in parts if part)


@dataclass(init=True, repr=False)
class Measurement:
    """Times of a statement, in seconds."""

    number_per_run: int
    raw_times: list[float]
    task_spec: TaskSpec
    metadata: dict[Any, Any] | None = field(default=None)

    @property
    def times(self) -> list[float]:
        """Seconds for each run of the statement."""
        return [value / self.number_per_run for value in self.raw_times]

    @property
    def median(self) -> float:
        """The median."""
        return median(self.times)

    @property
    def mean(self) -> float:
        """The mean."""
        return sum(self.times) / len(self.times)

    @property
    def iqr(self) -> float:
        """The distance of the quartiles."""
        if len(self.times) < 2:
            return 0.0
        parts = quantiles(self.times, n=4, method="inclusive")
        return parts[2] - parts[0]

    @property
    def significant_figures(self) -> int:
        """How many digits of the median mean something."""
        count = max(len(self.times), 1)
        spread = max(1.645 * self.iqr / 1.35 / math.sqrt(count) * math.sqrt(math.pi / 2), self.median * 1e-4, 1e-12)
        return int(min(max(math.floor(math.log10(max(self.median, 1e-12) / spread)) + 1, 1), 5))

    @property
    def has_warnings(self) -> bool:
        """Whether the times vary much."""
        return len(self.times) < 3 or self.iqr / max(self.median, 1e-12) > 0.1

    def _get(self, name: str) -> Any:
        return getattr(self.task_spec, name)

    @property
    def title(self) -> str:
        """The title of the task."""
        return self.task_spec.title

    def __getattr__(self, name: str) -> Any:
        if name in ("stmt", "setup", "label", "sub_label", "description", "env", "num_threads"):
            return getattr(self.task_spec, name)
        raise AttributeError(name)

    def __repr__(self) -> str:
        unit, scale = select_unit(self.median)
        lines = [f"<{type(self).__module__}.{type(self).__name__} object at {hex(id(self))}>", self.task_spec.summarize()]
        name = "Median: " if len(self.times) > 1 else ""
        lines.append(f"  {name}{self.median / scale:.2f} {unit}")
        if len(self.times) > 1:
            lines.append(f"  IQR:    {self.iqr / scale:.2f} {unit}")
        runs = f"{self.number_per_run} run{'s' if self.number_per_run > 1 else ''}"
        threads = f"{self.task_spec.num_threads} thread{'s' if self.task_spec.num_threads > 1 else ''}"
        lines.append(f"  {len(self.times)} measurement{'s' if len(self.times) > 1 else ''}, {runs} per measurement, {threads}")
        return "\n".join(lines)

    @staticmethod
    def merge(measurements: Any) -> list[Any]:
        """One measurement for each task."""
        grouped: dict[TaskSpec, list[Any]] = {}
        for entry in measurements:
            grouped.setdefault(entry.task_spec, []).append(entry)
        return [Measurement(1, [value for entry in group for value in entry.times], spec) for spec, group in grouped.items()]


def select_unit(t: float) -> tuple[str, float]:
    """The unit in which a time is printed, and its seconds."""
    scale, name = next(((scale, name) for scale, name in reversed(_UNITS) if t >= scale), _UNITS[0])
    return name, scale


def unit_to_english(u: str) -> str:
    """The name of a unit."""
    return _ENGLISH[u]


def trim_sigfig(x: float, n: int) -> float:
    """A number with n significant digits."""
    if not x:
        return x
    magnitude = math.ceil(math.log10(abs(x)))
    return float(round(x / 10 ** (magnitude - n)) * 10.0 ** (magnitude - n))


def ordered_unique(elements: Any) -> list[Any]:
    """The entries, each once."""
    return list(dict.fromkeys(elements))


@contextlib.contextmanager
def set_torch_threads(n: int) -> Iterator[None]:
    """In a block, another number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(n)
    try:
        yield
    finally:
        torch.set_num_threads(before)


Measurement.__module__ = "torch.utils.benchmark.utils.common"
