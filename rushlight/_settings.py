"""Questions and switches of the whole library: types of objects, threads, determinism, what runs."""

from __future__ import annotations

from typing import Any

from rushlight._core import dtypes, loops
from rushlight._core.tensor import META, TensorBase
from rushlight.ops import determinism


class _State:
    """The switches. NumPy's linear algebra has threads of its own; the number here is what elementwise kernels and sums use."""

    def __init__(self) -> None:
        self.threads: int | None = None
        self.interop_threads: int | None = None
        self.matmul_precision = "highest"


_STATE = _State()


def is_tensor(obj: Any, /) -> bool:
    """Whether an object is a tensor."""
    return isinstance(obj, TensorBase)


def is_storage(obj: Any, /) -> bool:
    """Whether an object is a storage."""
    from rushlight.storage import TypedStorage, UntypedStorage

    return isinstance(obj, (TypedStorage, UntypedStorage))


def typename(obj: Any, /) -> str:
    """The name of an object's type; of a tensor, "torch.FloatTensor" and the like.

    >>> torch.typename(torch.tensor(1))
    'torch.LongTensor'
    """
    if isinstance(obj, TensorBase):
        return ("torch.meta." if obj._flags & META else "torch.") + dtypes.of(obj._array).cpp + "Tensor"
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(named, "__module__", None) or ""
    qualified = str(named.__qualname__)
    return qualified if module in ("", "builtins") else f"{module}.{qualified}"


def _processors() -> int:
    import os

    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdigit() and int(asked):
        return int(asked)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def get_num_threads() -> int:
    """How many threads an operator may use."""
    return _STATE.threads or _processors()


def set_num_threads(num: Any, /) -> None:
    """Say how many threads an operator may use. (Matrix products use as many as NumPy's linear algebra was set up with.)"""
    if not isinstance(num, int) or isinstance(num, bool):
        raise RuntimeError(f"set_num_threads expects an int, but got {type(num).__name__}")
    if num <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    if num >= 1 << 63:
        raise ValueError("Overflow when unpacking long long")
    _STATE.threads = num
    if loops.NATIVE is not None:
        loops.NATIVE.set_threads(num)


def get_num_interop_threads() -> int:
    """How many operators may run at once."""
    return _STATE.interop_threads or _processors()


def set_num_interop_threads(num: Any, /) -> None:
    """Say how many operators may run at once. The number is only kept."""
    if not isinstance(num, int) or isinstance(num, bool):
        raise RuntimeError(f"set_num_interop_threads expects an int, but got {type(num).__name__}")
    if num <= 0:
        raise RuntimeError("set_num_interop_threads expects a positive integer")
    if num >= 1 << 63:
        raise ValueError("Overflow when unpacking long long")
    _STATE.interop_threads = num


def use_deterministic_algorithms(mode: Any, *, warn_only: bool = False) -> None:
    """Ask for deterministic operators. They all are, and a few refuse, as PyTorch's do; new memory is filled (see
    torch.utils.deterministic.fill_uninitialized_memory)."""
    for name, value, place in (("mode", mode, " (position 1)"), ("warn_only", warn_only, "")):
        if not isinstance(value, bool):
            raise TypeError(f"_set_deterministic_algorithms(): argument '{name}'{place} must be bool, not {type(value).__name__}")
    determinism.STATE.ask(mode, warn_only)


def are_deterministic_algorithms_enabled() -> bool:
    """What use_deterministic_algorithms() was last told."""
    return determinism.STATE.on


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """What use_deterministic_algorithms() was last told of warnings."""
    return determinism.STATE.warn_only


_DEBUG_MODES = ("default", "warn", "error")


def set_deterministic_debug_mode(debug_mode: Any) -> None:
    """Ask for deterministic operators: 0 or "default" does not, 1 or "warn" does, 2 or "error" insists."""
    if not isinstance(debug_mode, (int, str)):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    if isinstance(debug_mode, str):
        if debug_mode not in _DEBUG_MODES:
            raise RuntimeError(f"invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got {debug_mode}")
        debug_mode = _DEBUG_MODES.index(debug_mode)
    if debug_mode not in (0, 1, 2):
        raise RuntimeError(f"invalid value of debug_mode, expected 0, 1, or 2, but got {debug_mode}")
    use_deterministic_algorithms(debug_mode > 0, warn_only=debug_mode == 1)


def get_deterministic_debug_mode() -> int:
    """What set_deterministic_debug_mode() was last told, as a number."""
    state = determinism.STATE
    return 0 if not state.on else 1 if state.warn_only else 2


def get_float32_matmul_precision() -> str:
    """What set_float32_matmul_precision() was last told."""
    return _STATE.matmul_precision


def set_float32_matmul_precision(precision: str) -> None:
    """Say how exact float32 matrix products must be; they are always "highest"."""
    _STATE.matmul_precision = precision


def compiled_with_cxx11_abi() -> bool:
    """True, as in every PyTorch of today."""
    return True


if loops.NATIVE is not None:
    loops.NATIVE.set_threads(_processors())
