"""torch.utils.benchmark: times of statements."""

from __future__ import annotations

from rushlight.utils.benchmark.utils.common import (
    Measurement as Measurement,
    TaskSpec as TaskSpec,
    select_unit as select_unit,
    set_torch_threads as set_torch_threads,
    trim_sigfig as trim_sigfig,
    unit_to_english as unit_to_english,
)
from rushlight.utils.benchmark.utils.timer import Timer as Timer, timer as timer
