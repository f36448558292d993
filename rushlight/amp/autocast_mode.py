"""torch.amp.autocast: run what gains from it in lower precision. On the CPU that is bfloat16 or float16."""

from __future__ import annotations

import collections.abc
import functools
import warnings
from contextvars import ContextVar
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.state import AUTOCAST, MODE, get_mode
from rushlight._core.tensor import TensorBase
from rushlight._objects import device
from rushlight.amp._casting import FAST, install
from rushlight.ops.warn import warn_user

__all__ = ["autocast", "autocast_decorator", "custom_bwd", "custom_fwd", "is_autocast_available"]

_DEVICES = ("cpu", "cuda", "mtia", "maia", "xpu", "ipu", "hpu", "xla", "mps", "privateuseone")
_CACHE: ContextVar[bool] = ContextVar("rushlight_autocast_cache", default=True)
_NESTING: ContextVar[int] = ContextVar("rushlight_autocast_nesting", default=0)
# (enabled, dtype) of devices that are not here
_OTHERS: ContextVar[dict[str, Any]] = ContextVar("rushlight_autocast_elsewhere", default={})  # noqa: B039 (never written to)
_HALF = {"cuda": dtypes.float16, "xpu": dtypes.float16, "mps": dtypes.float16, "ipu": dtypes.float16}


# ---------------------------------------------------------------- settings, as functions of torch


def _check(device_type: str) -> None:
    if device_type not in _DEVICES:
        raise RuntimeError(f"unknown device type for autocast in get_autocast_dispatch_key_from_device_type: {device_type}")


def is_autocast_available(device_type: str) -> bool:
    """Whether PyTorch knows of autocast for a kind of device."""
    return device(device_type).type in _DEVICES


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """Whether autocast is on for a device; without one, for CUDA."""
    device_type = "cuda" if device_type is None else device_type
    _check(device_type)
    if device_type == "cpu":
        return bool(get_mode() & AUTOCAST)
    return bool(_OTHERS.get().get(device_type, (False, None))[0])


def set_autocast_enabled(*args: Any) -> None:
    """Turn autocast on or off: (device_type, enabled), or (enabled) for CUDA."""
    device_type, enabled = args if len(args) == 2 else ("cuda", args[0])
    _check(device_type)
    if device_type != "cpu":
        _OTHERS.set({**_OTHERS.get(), device_type: (enabled, get_autocast_dtype(device_type))})
        return
    if enabled:
        install()
    MODE.set(get_mode() | AUTOCAST if enabled else get_mode() & ~AUTOCAST)


def get_autocast_dtype(device_type: str) -> Any:
    """The dtype that autocast casts to."""
    _check(device_type)
    if device_type == "cpu":
        return FAST.get()
    default = _HALF.get(device_type, dtypes.bfloat16)
    return _OTHERS.get().get(device_type, (False, default))[1] or default


def set_autocast_dtype(device_type: str, dtype: Any) -> None:
    """Set the dtype that autocast casts to."""
    _check(device_type)
    if device_type == "cpu":
        FAST.set(dtype)
    else:
        _OTHERS.set({**_OTHERS.get(), device_type: (is_autocast_enabled(device_type), dtype)})


def _older(verb: str, kind: str, what: str) -> Any:
    """One of the functions of old that name the device in their name; each warns of that once."""
    name = f"{verb}_autocast_{kind}_{what}"
    device_type = "cuda" if kind == "gpu" else kind
    argument = what if verb == "set" and what == "dtype" else "enabled" if verb == "set" else ""
    newer = f"{verb}_autocast_{what}('{device_type}'{', ' + argument if argument else ''})"
    calls = {
        "is enabled": is_autocast_enabled, "set enabled": set_autocast_enabled,
        "get dtype": get_autocast_dtype, "set dtype": set_autocast_dtype,
    }  # fmt: skip
    call = calls[f"{verb} {what}"]

    def older(*args: Any) -> Any:
        warn_user(f"torch.{name}({argument}) is deprecated. Please use torch.{newer} instead.", DeprecationWarning)
        return call(device_type, *args)

    older.__name__ = older.__qualname__ = name
    older.__doc__ = f"As torch.{newer}."
    return older


is_autocast_cpu_enabled, is_autocast_ipu_enabled, is_autocast_xla_enabled = (
    _older("is", kind, "enabled") for kind in ("cpu", "ipu", "xla")
)
set_autocast_cpu_enabled, set_autocast_ipu_enabled, set_autocast_xla_enabled = (
    _older("set", kind, "enabled") for kind in ("cpu", "ipu", "xla")
)
get_autocast_cpu_dtype, get_autocast_gpu_dtype, get_autocast_ipu_dtype, get_autocast_xla_dtype = (
    _older("get", kind, "dtype") for kind in ("cpu", "gpu", "ipu", "xla")
)
set_autocast_cpu_dtype, set_autocast_gpu_dtype, set_autocast_ipu_dtype, set_autocast_xla_dtype = (
    _older("set", kind, "dtype") for kind in ("cpu", "gpu", "ipu", "xla")
)


def is_autocast_cache_enabled() -> bool:
    """Whether casts of parameters may be kept (they are not)."""
    return _CACHE.get()


def set_autocast_cache_enabled(enabled: bool) -> None:
    """Whether casts of parameters may be kept."""
    _CACHE.set(enabled)


def clear_autocast_cache() -> None:
    """Nothing is kept."""


def autocast_increment_nesting() -> int:
    """Count a block entered."""
    _NESTING.set(_NESTING.get() + 1)
    return _NESTING.get()


def autocast_decrement_nesting() -> int:
    """Count a block left."""
    _NESTING.set(_NESTING.get() - 1)
    return _NESTING.get()


# ---------------------------------------------------------------- the context manager


def autocast_decorator(autocast_instance: Any, func: Any) -> Any:
    """The function, run within a block."""

    @functools.wraps(func)
    def decorate_autocast(*args: Any, **kwargs: Any) -> Any:
        with autocast_instance:
            return func(*args, **kwargs)

    return decorate_autocast


def _usable(device: str, dtype: Any) -> bool:
    """Whether autocast can be on; warns where not."""
    if device == "cuda":
        warnings.warn("CUDA is not available or torch_xla is imported. Disabling autocast.", stacklevel=3)
        return False
    supported = [dtypes.bfloat16, dtypes.float16]
    if dtype in supported:
        return True
    name = device.upper()
    warnings.warn(
        f"In {name} autocast, but the target dtype is not supported. Disabling autocast.\n{name} Autocast only supports dtypes of "
        f"{', '.join(map(str, supported))} currently.",
        stacklevel=3,
    )
    return False


class autocast:
    """Within it, or in a function decorated with it, matrix products and convolutions run in lower precision, losses in float32.

    >>> with torch.autocast("cpu"):
    ...     torch.mm(torch.ones(1, 1), torch.ones(1, 1)).dtype
    torch.bfloat16
    """

    def __init__(self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        if not is_autocast_available(device_type):
            if dtype is None:
                _check(device_type)
            raise RuntimeError(f"User specified an unsupported autocast device_type '{device_type}'")
        self.fast_dtype = get_autocast_dtype(device_type) if dtype is None else dtype
        self.device = device_type
        self._cache_enabled = is_autocast_cache_enabled() if cache_enabled is None else cache_enabled
        self._enabled = enabled and _usable(device_type, self.fast_dtype)

    def __enter__(self) -> autocast:
        self.prev_cache_enabled = is_autocast_cache_enabled()
        self.prev = is_autocast_enabled(self.device)
        self.prev_fastdtype = get_autocast_dtype(self.device)
        set_autocast_enabled(self.device, self._enabled)
        set_autocast_dtype(self.device, self.fast_dtype)
        autocast_increment_nesting()
        set_autocast_cache_enabled(self._cache_enabled)
        return self

    def __exit__(self, *error: Any) -> bool:
        if autocast_decrement_nesting() == 0:
            clear_autocast_cache()
        set_autocast_enabled(self.device, self.prev)
        set_autocast_dtype(self.device, self.prev_fastdtype)
        set_autocast_cache_enabled(self.prev_cache_enabled)
        return False

    def __call__(self, func: Any) -> Any:
        if not callable(func):
            raise TypeError(
                f"autocast()(func) requires a callable, but got {type(func).__name__}. Did you mean to use autocast as a context manager? "
                "For example:\n    with torch.autocast(device_type=...):\n        output = model(input)"
            )
        return autocast_decorator(self, func)


def _enter_autocast(*vals: Any) -> autocast:
    mode = autocast(*vals)
    mode.__enter__()
    return mode


def _exit_autocast(mode: autocast) -> None:
    mode.__exit__(None, None, None)


# ---------------------------------------------------------------- for custom functions


def _cast(value: Any, device_type: str, dtype: Any) -> Any:
    """Floating-point tensors anywhere in a value in another dtype."""
    if isinstance(value, TensorBase):
        tensor: Any = value
        eligible = tensor.is_floating_point() and tensor.device.type == device_type and tensor.dtype is not dtypes.float64
        return tensor.to(dtype) if eligible else tensor
    if isinstance(value, (str, bytes, np.ndarray)):
        return value
    if isinstance(value, collections.abc.Mapping):
        return {_cast(key, device_type, dtype): _cast(entry, device_type, dtype) for key, entry in value.items()}
    if isinstance(value, collections.abc.Iterable):
        found = (_cast(entry, device_type, dtype) for entry in value)
        return type(value)(found) if isinstance(value, (list, tuple)) else found
    return value


def custom_fwd(fwd: Any = None, *, device_type: str, cast_inputs: Any = None) -> Any:
    """Decorate the forward of a custom Function: it remembers autocast, or runs in `cast_inputs` with autocast off."""
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def decorate_fwd(*args: Any, **kwargs: Any) -> Any:
        context, enabled = args[0], is_autocast_enabled(device_type)
        context._dtype = get_autocast_dtype(device_type)
        context._fwd_used_autocast = enabled and cast_inputs is None
        if cast_inputs is None or not enabled:
            return fwd(*args, **kwargs)
        with autocast(device_type=device_type, enabled=False):
            return fwd(*_cast(args, device_type, cast_inputs), **_cast(kwargs, device_type, cast_inputs))

    return decorate_fwd


def custom_bwd(bwd: Any = None, *, device_type: str) -> Any:
    """Decorate the backward of a custom Function: autocast is as it was in its forward."""
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def decorate_bwd(*args: Any, **kwargs: Any) -> Any:
        with autocast(device_type=device_type, enabled=args[0]._fwd_used_autocast, dtype=args[0]._dtype):
            return bwd(*args, **kwargs)

    return decorate_bwd
