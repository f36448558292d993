"""torch.cpu: the CPU in the terms of devices: there is one, and it is always done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def is_available() -> bool:
    """True."""
    return True


def is_initialized() -> bool:
    """True."""
    return True


def device_count() -> int:
    """1."""
    return 1


def current_device() -> str:
    """"cpu"."""
    return "cpu"


def set_device(device: Any) -> None:
    """Nothing: there is one CPU."""


def synchronize(device: Any = None) -> None:
    """Nothing: operators are done when they return."""


def get_capabilities() -> dict[str, Any]:
    """{}: NumPy picks the instructions."""
    return {}


def _is_avx2_supported() -> bool:
    return False


_is_avx512_supported = _is_avx512_bf16_supported = _is_vnni_supported = _is_amx_tile_supported = _is_amx_fp16_supported = _is_avx2_supported


class Stream:
    """A stream: all work is in it."""

    def __init__(self, priority: int = -1) -> None:
        pass

    def wait_stream(self, stream: Any) -> None:
        """Nothing: there is nothing to wait for."""

    def record_event(self) -> None:
        """Nothing: there is nothing to wait for."""

    def wait_event(self, event: Any) -> None:
        """Nothing: there is nothing to wait for."""


class Event:
    """An event: it has happened."""

    def query(self) -> bool:
        """True."""
        return True

    def record(self, stream: Any = None) -> None:
        """Nothing."""

    def synchronize(self) -> None:
        """Nothing."""

    def wait(self, stream: Any = None) -> None:
        """Nothing."""


class StreamContext:
    """A stream in use."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        pass

    def __exit__(self, *failure: Any) -> None:
        pass


_STREAM = Stream()


def current_stream(device: Any = None) -> Stream:
    """The one stream."""
    return _STREAM


@contextmanager
def stream(stream: Any) -> Iterator[None]:
    """Nothing changes inside the block."""
    yield
