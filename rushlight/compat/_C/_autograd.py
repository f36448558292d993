"""torch._C._autograd: what programs use of it."""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import version_cell
from rushlight.autograd import (
    DeviceType as DeviceType,
    ProfilerEvent as ProfilerEvent,
    SavedTensor as SavedTensor,
    _supported_activities as _supported_activities,
    kineto_available as kineto_available,
)


def _saved_tensors_hooks_is_enabled() -> bool:
    """Whether saved-tensor hooks may be entered."""
    from rushlight.autograd import saved_hooks

    return saved_hooks._DISABLED.get() is None


def _profiler_enabled() -> bool:
    """Whether a profiler records."""
    from rushlight.autograd import profiler

    return profiler._ACTIVE.get() is not None


def _unsafe_set_version_counter(tensors: Any, versions: Any) -> None:
    """Set how often each tensor was modified in place."""
    if len(tensors) != len(versions):
        raise RuntimeError(f"tensors_len={len(tensors)}, versions_len={len(versions)}")
    for tensor, version in zip(tensors, versions):
        if version < 0:
            raise RuntimeError(f"Cannot set a version_counter to a value below 0: {version}")
        version_cell(tensor).value = version


def _get_current_graph_task_keep_graph() -> bool:
    """Whether the backward pass that runs the caller keeps its graph; True outside of any."""
    from rushlight._core import engine

    task = engine.RUNNING.get()
    return True if task is None else bool(task.keep_graph)
