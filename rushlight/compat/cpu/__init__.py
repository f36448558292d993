"""torch.cpu: the interface of devices, for the processor."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

__all__ = [
    "is_available", "is_initialized", "synchronize", "current_device", "current_stream", "stream", "set_device", "device_count", "Stream",
    "StreamContext", "Event",
]  # fmt: skip


class Stream:
    """The one stream."""

    def __init__(self, priority: int = -1) -> None:
        """Nothing to set up."""

    def wait_stream(self, stream: Any) -> None:
        """Nothing is waiting."""

    def record_event(self) -> None:
        """Nothing to note."""

    def wait_event(self, event: Any) -> None:
        """Nothing is waiting."""


class Event:
    """An event that is over."""

    def __init__(self, enable_timing: bool = False) -> None:
        """Nothing to set up."""

    def query(self) -> bool:
        """True: nothing is waiting."""
        return True

    def record(self, stream: Any = None) -> None:
        """Nothing to note."""

    def synchronize(self) -> None:
        """Nothing is waiting."""

    def wait(self, stream: Any = None) -> None:
        """Nothing is waiting."""


class StreamContext(AbstractContextManager):  # type: ignore[type-arg]
    """A block in which a stream is the current one."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.prev_stream = _current

    def __enter__(self) -> None:
        global _current
        if self.stream is not None:
            self.prev_stream, _current = _current, self.stream

    def __exit__(self, *error: object) -> None:
        global _current
        if self.stream is not None:
            _current = self.prev_stream


_current = Stream()


def is_available() -> bool:
    """True."""
    return True


def is_initialized() -> bool:
    """True."""
    return True


def synchronize(device: Any = None) -> None:
    """Nothing is waiting."""


def current_device() -> str:
    """The name of the one device."""
    return "cpu"


def current_stream(device: Any = None) -> Stream:
    """The stream of the block."""
    return _current


def stream(stream: Any) -> AbstractContextManager:  # type: ignore[type-arg]
    """A block in which a stream is the current one."""
    return StreamContext(stream)


def set_device(device: Any) -> None:
    """Nothing: there is one device."""


def device_count() -> int:
    """1."""
    return 1


for _cls in (Stream, Event, StreamContext):
    _cls.__module__ = "torch.cpu"


def get_capabilities() -> dict[str, Any]:
    """{}: NumPy picks the instructions."""
    return {}


def _is_avx2_supported() -> bool:
    return False


_is_avx512_supported = _is_avx512_bf16_supported = _is_vnni_supported = _is_amx_tile_supported = _is_amx_fp16_supported = _is_avx2_supported
