"""torch._C._functions: the classes of nodes, by name."""

from __future__ import annotations

from rushlight.autograd.error_nodes import (
    AccumulateGrad as AccumulateGrad,
    CopySlices as CopySlices,
    DelayedError as DelayedError,
    Error as Error,
    UndefinedGrad as UndefinedGrad,
    UndefinedGradBackward as UndefinedGradBackward,
    __getattr__ as __getattr__,
)
