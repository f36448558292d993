"""torch._C._profiler: tracebacks that profiles would show, settings, and the kinds of what PyTorch's profiler records."""

from __future__ import annotations

import enum
import traceback
from typing import Any

from rushlight.compat import _class
from rushlight.profiler import ProfilerActivity as ProfilerActivity


class RecordScope(enum.Enum):
    """What a recorded range stands for."""

    FUNCTION = 0
    BACKWARD_FUNCTION = 1
    TORCHSCRIPT_FUNCTION = 2
    KERNEL_FUNCTION_DTYPE = 3
    CUSTOM_CLASS = 4
    BUILD_FEATURE = 5
    LITE_INTERPRETER = 6
    USER_SCOPE = 7
    STATIC_RUNTIME_OP = 8
    STATIC_RUNTIME_MODEL = 9


class ProfilerState(enum.Enum):
    """Which profiler runs."""

    Disabled = 0
    CPU = 1
    CUDA = 2
    NVTX = 3
    ITT = 4
    PRIVATEUSE1 = 5
    KINETO = 6
    KINETO_GPU_FALLBACK = 7
    KINETO_PRIVATEUSE1_FALLBACK = 8
    KINETO_PRIVATEUSE1 = 9


class ActiveProfilerType(enum.Enum):
    """The family of the profiler that runs."""

    NONE = 0
    LEGACY = 1
    KINETO = 2
    NVTX = 3
    ITT = 4
    PRIVATEUSE1 = 5


class _EventType(enum.Enum):
    """The kinds of events in a tree of events."""

    TorchOp = 0
    Backend = 1
    Vulkan = 2
    Allocation = 3
    PyCall = 5
    PyCCall = 6
    Kineto = 7


class _ExperimentalConfig:
    """Settings of PyTorch's profiler; here they change nothing."""

    def __init__(self, profiler_metrics: Any = (), profiler_measure_per_kernel: bool = False, verbose: bool = False, **more: Any) -> None:
        self.custom_profiler_config = more.get("custom_profiler_config", "")
        self.trace_only = more.get("trace_only", False)


_KINDS = """ProfilerConfig _ApproximateClockToUnixTimeConverter _ExtraFields_Allocation _ExtraFields_Backend _ExtraFields_Kineto
    _ExtraFields_OutOfMemory _ExtraFields_PyCCall _ExtraFields_PyCall _ExtraFields_TorchOp _ExtraFields_Vulkan _NNModuleInfo _OptimizerInfo
    _ProfilerEvent _PyFrameState _TensorMetadata""".split()
globals().update({name: _class("_C._profiler", name, "") for name in _KINDS})

def gather_traceback(python: bool, script: bool, cpp: bool) -> Any:
    """The frames that run, from the innermost."""
    return traceback.extract_stack()[:-1]


def symbolize_tracebacks(to_symbolize: list[Any]) -> list[list[dict[str, Any]]]:
    """Frames as dicts."""
    return [
        [{"filename": frame.filename, "line": frame.lineno, "name": frame.name} for frame in reversed(frames)] for frames in to_symbolize
    ]
