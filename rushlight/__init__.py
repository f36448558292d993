"""rushlight: PyTorch's tensors and define-by-run autograd over NumPy."""

from __future__ import annotations

from typing import Any

from rushlight import _tensor, autograd as autograd
from rushlight._core.dtypes import (
    bfloat16 as bfloat16,
    bool_,
    complex64 as complex64,
    complex128 as complex128,
    dtype as dtype,
    float16 as float16,
    float32 as float32,
    float64 as float64,
    int8 as int8,
    int16 as int16,
    int32 as int32,
    int64 as int64,
    uint8 as uint8,
    uint16 as uint16,
    uint32 as uint32,
    uint64 as uint64,
)
from rushlight._generator import Generator as Generator, default_generator as default_generator
from rushlight._install import install as install, uninstall as uninstall, unsupported
from rushlight._objects import (
    Size as Size,
    channels_last as channels_last,
    channels_last_3d as channels_last_3d,
    contiguous_format as contiguous_format,
    device as device,
    layout as layout,
    memory_format as memory_format,
    preserve_format as preserve_format,
    strided as strided,
)
from rushlight._tensor import Tensor as Tensor
from rushlight import random as random  # isort: skip
from rushlight.random import (
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
    set_rng_state as set_rng_state,
)
from rushlight.autograd.anomaly_mode import (
    is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled,
    is_anomaly_enabled as is_anomaly_enabled,
)
from rushlight.autograd.grad_mode import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    is_grad_enabled as is_grad_enabled,
    is_inference_mode_enabled as is_inference_mode_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from rushlight.ops import load as _load
from rushlight.version import __version__ as __version__

bool = bool_
half, float, double, cfloat, cdouble = float16, float32, float64, complex64, complex128
short, int, long = int16, int32, int64

_load(globals())
_tensor.attach_methods()


def __getattr__(name: str) -> Any:
    raise unsupported(name, __name__)
