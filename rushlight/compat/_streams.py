"""torch.Stream and torch.Event: on the CPU there is one stream, which waits for nothing."""

from __future__ import annotations

from typing import Any

import rushlight as torch


def _checked(device: Any) -> Any:
    made = torch.device("cpu") if device is None else torch.device(device)
    if made.type != "cpu":
        raise RuntimeError(f"PyTorch is not linked with support for {made.type} devices")
    return made


class Stream:
    """The stream of the CPU."""

    __module__ = "torch"

    def __init__(self, device: Any = None, *, priority: int = 0, **ids: int) -> None:
        self.device = _checked(device)
        self.stream_id = 0
        self.device_index = -1
        self.device_type = 0

    def query(self) -> bool:
        """True: nothing is waiting."""
        return True

    def synchronize(self) -> None:
        """Nothing is waiting."""

    def wait_event(self, event: Any) -> None:
        """Nothing is waiting."""

    def wait_stream(self, other: Any) -> None:
        """Nothing is waiting."""

    def record_event(self, event: Any = None) -> Any:
        """An event of now."""
        return Event() if event is None else event

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream)

    def __hash__(self) -> int:
        return hash((self.stream_id, self.device_index, self.device_type))

    def __repr__(self) -> str:
        return "torch.Stream device_type=cpu, device_index=-1, stream_id=0"


class Event:
    """An event of the CPU: it is over."""

    __module__ = "torch"

    def __init__(self, device: Any = None, *, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False) -> None:
        self.device = _checked(device)
        self.event_id = 0

    def query(self) -> bool:
        """True: nothing is waiting."""
        return True

    def record(self, stream: Any = None) -> None:
        """Nothing to note."""

    def synchronize(self) -> None:
        """Nothing is waiting."""

    def wait(self, stream: Any = None) -> None:
        """Nothing is waiting."""

    def __repr__(self) -> str:
        return "torch.Event device_type=cpu, device_index=-1, event_flag=0, event_id=0"
