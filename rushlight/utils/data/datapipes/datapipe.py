"""torch.utils.data.datapipes.datapipe: the base classes of pipes, and what batches are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rushlight._install import elsewhere
from rushlight.utils.data.datapipes import IterDataPipe as IterDataPipe, MapDataPipe as MapDataPipe


class DataChunk(list[Any]):
    """A batch of samples."""

    def __init__(self, items: Any) -> None:
        self.items = list(items)
        super().__init__(self.items)

    def as_str(self, indent: str = "") -> str:
        """The samples' texts."""
        return indent + "[" + ", ".join(str(item) for item in iter(self)) + "]"

    def raw_iterator(self) -> Iterator[Any]:
        """The samples one after the other."""
        yield from self.items


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
