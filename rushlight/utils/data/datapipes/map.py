"""torch.utils.data.datapipes.map: pipes of samples by index."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import rushlight as torch
from rushlight._install import elsewhere
from rushlight.utils.data.datapipes import IterDataPipe, MapDataPipe, functional_datapipe
from rushlight.utils.data.datapipes.datapipe import DataChunk


class SequenceWrapperMapDataPipe(MapDataPipe):
    """A pipe over a sequence or dict."""

    def __init__(self, sequence: Any, deepcopy: bool = True) -> None:
        self.sequence = copy.deepcopy(sequence) if deepcopy else sequence

    def __getitem__(self, index: Any) -> Any:
        return self.sequence[index]

    def __len__(self) -> int:
        return len(self.sequence)


@functional_datapipe("map")
class MapperMapDataPipe(MapDataPipe):
    """`fn` of each sample."""

    def __init__(self, datapipe: Any, fn: Callable[[Any], Any] = lambda sample: sample) -> None:
        self.datapipe, self.fn = datapipe, fn

    def __getitem__(self, index: Any) -> Any:
        return self.fn(self.datapipe[index])

    def __len__(self) -> int:
        return len(self.datapipe)


@functional_datapipe("batch")
class BatcherMapDataPipe(MapDataPipe):
    """Batches of samples."""

    def __init__(self, datapipe: Any, batch_size: int, drop_last: bool = False, wrapper_class: Any = DataChunk) -> None:
        if batch_size <= 0:
            raise AssertionError("Batch size is required to be larger than 0!")
        self.datapipe, self.batch_size, self.drop_last, self.wrapper_class = datapipe, batch_size, drop_last, wrapper_class

    def __getitem__(self, index: Any) -> Any:
        start = index * self.batch_size
        count = min(self.batch_size, len(self.datapipe) - start)
        if count < 1 or count < self.batch_size and self.drop_last:
            raise IndexError(f"Index {index} is out of bound.")
        return self.wrapper_class([self.datapipe[start + place] for place in range(count)])

    def __len__(self) -> int:
        count = len(self.datapipe)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


@functional_datapipe("concat")
class ConcaterMapDataPipe(MapDataPipe):
    """Pipes one after the other."""

    def __init__(self, *datapipes: Any) -> None:
        if len(datapipes) == 0:
            raise ValueError("Expected at least one DataPipe, but got nothing")
        if not all(isinstance(pipe, MapDataPipe) for pipe in datapipes):
            raise TypeError("Expected all inputs to be `MapDataPipe`")
        self.datapipes = datapipes

    def __getitem__(self, index: Any) -> Any:
        passed = 0
        for pipe in self.datapipes:
            if index - passed < len(pipe):
                return pipe[index - passed]
            passed += len(pipe)
        raise IndexError(f"Index {index} is out of range.")

    def __len__(self) -> int:
        return sum(len(pipe) for pipe in self.datapipes)


@functional_datapipe("zip")
class ZipperMapDataPipe(MapDataPipe):
    """Tuples of samples, one of each pipe."""

    def __init__(self, *datapipes: Any) -> None:
        if len(datapipes) == 0:
            raise ValueError("Expected at least one DataPipe, but got nothing")
        if not all(isinstance(pipe, MapDataPipe) for pipe in datapipes):
            raise TypeError("Expected all inputs to be `MapDataPipe`")
        self.datapipes = datapipes

    def __getitem__(self, index: Any) -> Any:
        row = []
        for pipe in self.datapipes:
            try:
                row.append(pipe[index])
            except IndexError as error:
                raise IndexError(f"Index {index} is out of range for one of the input MapDataPipes {pipe}.") from error
        return tuple(row)

    def __len__(self) -> int:
        return min(len(pipe) for pipe in self.datapipes)


class ShufflerIterDataPipe(IterDataPipe):
    """Samples in random order, by torch's random stream or set_seed()."""

    def __init__(self, datapipe: Any, *, indices: Any = None) -> None:
        super().__init__()
        self.datapipe = datapipe
        self.indices = list(range(len(datapipe))) if indices is None else indices
        self._enabled, self._seed, self._rng = True, None, random.Random()

    def set_shuffle(self, shuffle: bool = True) -> ShufflerIterDataPipe:
        """Whether the order changes at all."""
        self._enabled = shuffle
        return self

    def set_seed(self, seed: int) -> ShufflerIterDataPipe:
        """The seed of the next pass."""
        self._seed = seed  # type: ignore[assignment]
        return self

    def __iter__(self) -> Iterator[Any]:
        order = self.indices
        if self._enabled:
            seed = int(torch.empty((), dtype=torch.int64).random_().item()) if self._seed is None else self._seed
            self._rng.seed(seed)
            self._seed = None
            order = self._rng.sample(self.indices, len(self.indices))[::-1]
        for index in order:
            yield self.datapipe[index]

    def __len__(self) -> int:
        return len(self.datapipe)


MapDataPipe.register_datapipe_as_function("shuffle", ShufflerIterDataPipe)
SequenceWrapper, Mapper, Batcher, Concater = SequenceWrapperMapDataPipe, MapperMapDataPipe, BatcherMapDataPipe, ConcaterMapDataPipe
Zipper, Shuffler = ZipperMapDataPipe, ShufflerIterDataPipe


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
