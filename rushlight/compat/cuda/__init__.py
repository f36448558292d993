"""torch.cuda, as it is where there is no such device: what is not here answers as the list has it."""

from __future__ import annotations

import operator
from typing import Any

from rushlight.compat import find


class _DeviceGuard:
    """Makes a device of its kind the current one in a block: there is none."""

    def __init__(self, index: int) -> None:
        self.idx = index
        self.prev_idx = -1

    def __enter__(self) -> None:
        if self.idx >= 0:
            raise RuntimeError("PyTorch was compiled without CUDA support")

    def __exit__(self, *error: object) -> bool:
        return False


class device(_DeviceGuard):
    """Makes a device the current one in a block: there is none."""

    def __init__(self, device: Any) -> None:
        super().__init__(_index_of(device))


class device_of(_DeviceGuard):
    """Makes the device of a tensor the current one in a block; nothing for tensors elsewhere."""

    def __init__(self, obj: Any) -> None:
        super().__init__(obj.get_device() if obj.is_cuda else -1)


def _index_of(given: Any) -> Any:
    import rushlight as torch

    if isinstance(given, str):
        given = torch.device(given)
    if isinstance(given, torch.device):
        return 0 if given.index is None else given.index
    return given if given is None else operator.index(given)


class StreamContext:
    """Makes a stream the current one in a block; nothing for None."""

    cur_stream: Any

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.idx = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass


def stream(stream: Any) -> StreamContext:
    """Make a stream the current one in a block."""
    return StreamContext(stream)


def set_device(device: Any) -> None:
    """Fails: there is no device."""
    if _index_of(device) >= 0:
        raise AttributeError("module 'torch._C' has no attribute '_cuda_setDevice'")


def set_rng_state(new_state: Any, device: Any = "cuda") -> None:
    """Nothing: there are no generators."""


def set_rng_state_all(new_states: Any) -> None:
    """Nothing: there are no generators."""
    for _ in new_states:
        pass


def init() -> None:
    """Fails: there is no device."""
    _lazy_init()


def _lazy_init() -> None:
    raise AssertionError("Torch not compiled with CUDA enabled")


def _is_in_bad_fork() -> bool:
    return False


def _is_compiled() -> bool:
    return False


for _cls in (device, device_of, StreamContext, _DeviceGuard):
    _cls.__module__ = "torch.cuda"


def __getattr__(name: str) -> Any:
    if name.endswith("Storage"):
        from rushlight._typed_storage import CUDA, _CudaLegacyStorage

        if name in CUDA:
            return CUDA[name]
        if name == "_CudaLegacyStorage":
            return _CudaLegacyStorage
    if name.endswith("Tensor"):
        from rushlight._legacy import CUDA_CLASSES

        if name in CUDA_CLASSES:
            return CUDA_CLASSES[name]
    return find(name, __name__)
