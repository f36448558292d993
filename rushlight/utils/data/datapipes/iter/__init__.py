"""torch.utils.data.datapipes.iter: pipes of samples that come one after the other.

Pipes over files (FileLister, FileOpener, RoutedDecoder, StreamReader) and data frames are not here.
"""

from __future__ import annotations

import copy
import random
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import rushlight as torch
from rushlight._install import elsewhere
from rushlight.utils.data._utils.collate import default_collate
from rushlight.utils.data.datapipes import IterDataPipe, functional_datapipe
from rushlight.utils.data.datapipes.datapipe import DataChunk
from rushlight.utils.data.sampler import SequentialSampler


def _check_function(function: Any) -> None:
    local = "<locals>" in getattr(function, "__qualname__", "")
    if local or getattr(function, "__name__", "") == "<lambda>":
        kind = "Local" if local else "Lambda"
        warnings.warn(
            f"{kind} function is not supported by pickle, please use regular python function or functools.partial instead.", stacklevel=3
        )


def _length(pipe: Any) -> int:
    if not hasattr(type(pipe), "__len__") and not hasattr(pipe, "__len__"):
        raise TypeError(f"{type(pipe).__name__} instance doesn't have valid length")
    return len(pipe)


def _invalid(pipe: Any) -> TypeError:
    return TypeError(f"{type(pipe).__name__} instance doesn't have valid length")


class IterableWrapperIterDataPipe(IterDataPipe):
    """A pipe of what an iterable gives; deepcopy: of a copy of it each time."""

    def __init__(self, iterable: Any, deepcopy: bool = True) -> None:
        self.iterable, self.deepcopy = iterable, deepcopy

    def __iter__(self) -> Iterator[Any]:
        source = self.iterable
        if self.deepcopy:
            try:
                source = copy.deepcopy(source)
            except TypeError:
                warnings.warn(
                    "The input iterable can not be deepcopied, please be aware of in-place modification would affect source data.",
                    stacklevel=2,
                )
        yield from source

    def __len__(self) -> int:
        if not hasattr(self.iterable, "__len__"):
            raise _invalid(self)
        return len(self.iterable)


@functional_datapipe("map")
class MapperIterDataPipe(IterDataPipe):
    """`fn` of each sample, or of its entries `input_col`, put into `output_col`."""

    def __init__(self, datapipe: Any, fn: Callable[..., Any], input_col: Any = None, output_col: Any = None) -> None:
        super().__init__()
        _check_function(fn)
        if input_col is None and output_col is not None:
            raise ValueError("`output_col` must be None when `input_col` is None.")
        if isinstance(output_col, (list, tuple)):
            if len(output_col) > 1:
                raise ValueError("`output_col` must be a single-element list or tuple")
            output_col = output_col[0]
        self.datapipe, self.fn, self.input_col, self.output_col = datapipe, fn, input_col, output_col

    def _apply_fn(self, data: Any) -> Any:
        if self.input_col is None:
            return self.fn(data)
        several = isinstance(self.input_col, (list, tuple))
        result = self.fn(*[data[column] for column in self.input_col]) if several else self.fn(data[self.input_col])
        entries = list(data) if isinstance(data, tuple) else copy.copy(data)
        if self.output_col == -1:
            entries.append(result)
        elif self.output_col is not None:
            entries[self.output_col] = result
        elif not several:
            entries[self.input_col] = result
        else:
            entries[self.input_col[0]] = result
            for column in sorted(self.input_col[1:], reverse=True):
                del entries[column]
        return tuple(entries) if isinstance(data, tuple) else entries

    def __iter__(self) -> Iterator[Any]:
        for data in self.datapipe:
            yield self._apply_fn(data)

    def __len__(self) -> int:
        if hasattr(type(self.datapipe), "__len__"):
            return len(self.datapipe)
        raise _invalid(self)


@functional_datapipe("collate")
class CollatorIterDataPipe(MapperIterDataPipe):
    """Samples as tensors, by `collate_fn`."""

    def __init__(self, datapipe: Any, conversion: Any = default_collate, collate_fn: Any = None) -> None:
        function = collate_fn if collate_fn is not None else conversion
        if not callable(function):
            raise NotImplementedError("rushlight collates by functions only")
        super().__init__(datapipe, fn=function)


@functional_datapipe("filter")
class FilterIterDataPipe(IterDataPipe):
    """The samples of which `filter_fn` says True."""

    def __init__(self, datapipe: Any, filter_fn: Callable[..., Any], input_col: Any = None) -> None:
        super().__init__()
        _check_function(filter_fn)
        self.datapipe, self.filter_fn, self.input_col = datapipe, filter_fn, input_col

    def _apply_filter_fn(self, data: Any) -> Any:
        if self.input_col is None:
            return self.filter_fn(data)
        if isinstance(self.input_col, (list, tuple)):
            return self.filter_fn(*[data[column] for column in self.input_col])
        return self.filter_fn(data[self.input_col])

    def __iter__(self) -> Iterator[Any]:
        for data in self.datapipe:
            answer = self._apply_filter_fn(data)
            if not isinstance(answer, bool):
                raise ValueError(f"Boolean output is required for `filter_fn` of FilterIterDataPipe, got {type(answer)}")
            if answer:
                yield data


@functional_datapipe("batch")
class BatcherIterDataPipe(IterDataPipe):
    """Batches of samples."""

    def __init__(self, datapipe: Any, batch_size: int, drop_last: bool = False, wrapper_class: Any = DataChunk) -> None:
        if batch_size <= 0:
            raise AssertionError("Batch size is required to be larger than 0!")
        super().__init__()
        self.datapipe, self.batch_size, self.drop_last, self.wrapper_class = datapipe, batch_size, drop_last, wrapper_class

    def __iter__(self) -> Iterator[Any]:
        batch: list[Any] = []
        for data in self.datapipe:
            batch.append(data)
            if len(batch) == self.batch_size:
                yield self.wrapper_class(batch)
                batch = []
        if batch and not self.drop_last:
            yield self.wrapper_class(batch)

    def __len__(self) -> int:
        if not hasattr(type(self.datapipe), "__len__"):
            raise _invalid(self)
        count = len(self.datapipe)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


@functional_datapipe("unbatch")
class UnBatcherIterDataPipe(IterDataPipe):
    """The samples of batches, `unbatch_level` levels down (-1: all)."""

    def __init__(self, datapipe: Any, unbatch_level: int = 1) -> None:
        self.datapipe, self.unbatch_level = datapipe, unbatch_level

    def __iter__(self) -> Iterator[Any]:
        for element in self.datapipe:
            yield from self._dive(element, self.unbatch_level)

    def _dive(self, element: Any, unbatch_level: int) -> Iterator[Any]:
        if unbatch_level < -1:
            raise ValueError("unbatch_level must be -1 or >= 0")
        if unbatch_level == -1:
            if isinstance(element, (list, DataChunk)):
                for item in element:
                    yield from self._dive(item, unbatch_level=-1)
            else:
                yield element
        elif unbatch_level == 0:
            yield element
        elif isinstance(element, (list, DataChunk)):
            for item in element:
                yield from self._dive(item, unbatch_level=unbatch_level - 1)
        else:
            raise IndexError(f"unbatch_level {self.unbatch_level} exceeds the depth of the DataPipe")


@functional_datapipe("groupby")
class GrouperIterDataPipe(IterDataPipe):
    """Groups of samples with one key, as large as `group_size` or the buffer allows."""

    def __init__(
        self, datapipe: Any, group_key_fn: Callable[[Any], Any], *, keep_key: bool = False, buffer_size: int = 10000,
        group_size: int | None = None, guaranteed_group_size: int | None = None, drop_remaining: bool = False,
    ) -> None:  # fmt: skip
        _check_function(group_key_fn)
        self.datapipe, self.group_key_fn, self.keep_key = datapipe, group_key_fn, keep_key
        self.max_buffer_size, self.group_size, self.drop_remaining = buffer_size, group_size, drop_remaining
        self.guaranteed_group_size = group_size if group_size is not None and buffer_size is not None else None
        if guaranteed_group_size is not None:
            if group_size is None or not 0 < guaranteed_group_size <= group_size:
                raise AssertionError("guaranteed_group_size must be > 0 and <= group_size and group_size must be set")
            self.guaranteed_group_size = guaranteed_group_size
        self.wrapper_class = DataChunk

    def _group(self, key: Any, samples: list[Any]) -> Any:
        group = self.wrapper_class(samples)
        return (key, group) if self.keep_key else group

    def _largest(self, groups: dict[Any, list[Any]]) -> Any:
        key = max(groups, key=lambda entry: len(groups[entry]))
        size = len(groups[key])
        if self.guaranteed_group_size is not None and size < self.guaranteed_group_size and not self.drop_remaining:
            raise RuntimeError("Failed to group items", str(groups[key]))
        return key if self.guaranteed_group_size is None or size >= self.guaranteed_group_size else None

    def __iter__(self) -> Iterator[Any]:
        groups: dict[Any, list[Any]] = {}
        held = 0
        for sample in self.datapipe:
            key = self.group_key_fn(sample)
            groups.setdefault(key, []).append(sample)
            held += 1
            if self.group_size is not None and self.group_size == len(groups[key]):
                held -= self.group_size
                yield self._group(key, groups.pop(key))
            if held == self.max_buffer_size:
                largest = self._largest(groups)
                key = max(groups, key=lambda entry: len(groups[entry])) if largest is None else largest
                samples = groups.pop(key)
                held -= len(samples)
                if largest is not None:
                    yield self._group(key, samples)
        for key in tuple(groups):
            yield self._group(key, groups.pop(key))


@functional_datapipe("concat")
class ConcaterIterDataPipe(IterDataPipe):
    """Pipes one after the other."""

    def __init__(self, *datapipes: Any) -> None:
        if len(datapipes) == 0:
            raise ValueError("Expected at least one DataPipe, but got nothing")
        if not all(isinstance(pipe, IterDataPipe) for pipe in datapipes):
            raise TypeError("Expected all inputs to be `IterDataPipe`")
        self.datapipes = datapipes

    def __iter__(self) -> Iterator[Any]:
        for pipe in self.datapipes:
            yield from pipe

    def __len__(self) -> int:
        if all(hasattr(type(pipe), "__len__") for pipe in self.datapipes):
            return sum(len(pipe) for pipe in self.datapipes)
        raise _invalid(self)


@functional_datapipe("zip")
class ZipperIterDataPipe(IterDataPipe):
    """Tuples of samples, one of each pipe."""

    def __init__(self, *datapipes: Any) -> None:
        if not all(isinstance(pipe, IterDataPipe) for pipe in datapipes):
            raise TypeError("All inputs are required to be `IterDataPipe` for `ZipIterDataPipe`.")
        super().__init__()
        self.datapipes = datapipes

    def __iter__(self) -> Iterator[Any]:
        yield from zip(*self.datapipes)

    def __len__(self) -> int:
        if all(hasattr(type(pipe), "__len__") for pipe in self.datapipes):
            return min(len(pipe) for pipe in self.datapipes)
        raise _invalid(self)


@functional_datapipe("mux")
class MultiplexerIterDataPipe(IterDataPipe):
    """Samples of pipes in turn, until one of them ends."""

    def __init__(self, *datapipes: Any) -> None:
        self.datapipes = datapipes

    def __iter__(self) -> Iterator[Any]:
        for row in zip(*self.datapipes):
            yield from row

    def __len__(self) -> int:
        if all(hasattr(type(pipe), "__len__") for pipe in self.datapipes):
            return min(len(pipe) for pipe in self.datapipes) * len(self.datapipes)
        raise _invalid(self)


@functional_datapipe("shuffle")
class ShufflerIterDataPipe(IterDataPipe):
    """Samples in random order, as far as a buffer allows; the order hangs on torch's random stream or set_seed()."""

    def __init__(self, datapipe: Any, *, buffer_size: int = 10000, unbatch_level: int = 0) -> None:
        super().__init__()
        if buffer_size <= 0:
            raise ValueError("buffer_size should be larger than 0")
        self.datapipe = datapipe if unbatch_level == 0 else datapipe.unbatch(unbatch_level=unbatch_level)
        self.buffer_size = buffer_size
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
        if not self._enabled:
            yield from self.datapipe
            return
        if self._seed is None:
            self._seed = int(torch.empty((), dtype=torch.int64).random_().item())  # type: ignore[assignment]
        self._rng.seed(self._seed)
        self._seed = None
        buffer: list[Any] = []
        for sample in self.datapipe:
            if len(buffer) == self.buffer_size:
                place = self._rng.randint(0, len(buffer) - 1)
                chosen, buffer[place] = buffer[place], sample
                yield chosen
            else:
                buffer.append(sample)
        while buffer:
            yield buffer.pop(self._rng.randint(0, len(buffer) - 1))

    def __len__(self) -> int:
        if hasattr(type(self.datapipe), "__len__"):
            return len(self.datapipe)
        raise _invalid(self)


class SamplerIterDataPipe(IterDataPipe):
    """What a sampler of the pipe draws."""

    def __init__(self, datapipe: Any, sampler: Any = SequentialSampler, sampler_args: Any = None, sampler_kwargs: Any = None) -> None:
        self.datapipe = datapipe
        self.sampler_args, self.sampler_kwargs = sampler_args or (), {**(sampler_kwargs or {}), "data_source": datapipe}
        self.sampler = sampler(*self.sampler_args, **self.sampler_kwargs)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.sampler)

    def __len__(self) -> int:
        return _length(self.sampler)


@functional_datapipe("sharding_filter")
class ShardingFilterIterDataPipe(IterDataPipe):
    """Every n-th sample, once apply_sharding() said which."""

    def __init__(self, source_datapipe: Any, sharding_group_filter: Any = None) -> None:
        self.source_datapipe, self.sharding_group_filter = source_datapipe, sharding_group_filter
        self.num_of_instances, self.instance_id = 1, 0

    def apply_sharding(self, num_of_instances: int, instance_id: int, sharding_group: Any = None) -> None:
        """Be the `instance_id`-th of so many."""
        if instance_id >= num_of_instances:
            raise ValueError(f"instance_id({instance_id}) should be smaller than num_of_instances({num_of_instances})")
        self.num_of_instances, self.instance_id = num_of_instances, instance_id

    def is_shardable(self) -> bool:
        """True."""
        return True

    def __iter__(self) -> Iterator[Any]:
        for place, sample in enumerate(self.source_datapipe):
            if place % self.num_of_instances == self.instance_id:
                yield sample

    def __len__(self) -> int:
        if not hasattr(type(self.source_datapipe), "__len__"):
            raise _invalid(self)
        whole, rest = divmod(len(self.source_datapipe), self.num_of_instances)
        return whole + (1 if self.instance_id < rest else 0)


class _ChildDataPipe(IterDataPipe):
    """One of the pipes into which a pipe is divided."""

    def __init__(self, main_datapipe: Any, instance_id: int) -> None:
        self.main_datapipe, self.instance_id = main_datapipe, instance_id

    def __iter__(self) -> Iterator[Any]:
        return self.main_datapipe.get_next_element_by_instance(self.instance_id)  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return _length(self.main_datapipe)


class _Divided:
    """A pipe that several pipes read, each at its own pace; a child that starts over starts all over."""

    def __init__(self, datapipe: Any, count: int, buffer_size: int, which: Callable[[Any], Any]) -> None:
        self.datapipe, self.count, self.buffer_size, self.which = datapipe, count, buffer_size, which
        self.buffers: list[deque[Any]] = []
        self.begun: set[int] = set()
        self.source: Any = None

    def get_next_element_by_instance(self, instance_id: int) -> Iterator[Any]:
        """The samples of one child."""
        if self.source is None or instance_id in self.begun:
            self.source, self.begun = iter(self.datapipe), set()
            self.buffers = [deque() for _ in range(self.count)]
        self.begun.add(instance_id)
        own = self.buffers[instance_id]
        source = self.source
        while True:
            while not own:
                try:
                    sample = next(source)
                except StopIteration:
                    return
                for place, each in self.which(sample):
                    self.buffers[place].append(each)
                if 0 <= self.buffer_size < sum(len(buffer) for buffer in self.buffers) - len(own):
                    raise BufferError(
                        f"{'ForkerIterDataPipe' if len(self.buffers) and self.forks else 'DemultiplexerIterDataPipe'} buffer overflow, "
                        f"buffer size {self.buffer_size} is insufficient."
                    )
            yield own.popleft()

    forks = False


@functional_datapipe("fork")
class ForkerIterDataPipe(IterDataPipe):
    """Several pipes of the same samples."""

    def __new__(cls, datapipe: Any, num_instances: int, buffer_size: int = 1000, copy: str | None = None) -> Any:
        if num_instances < 1:
            raise ValueError(f"Expected `num_instances` larger than 0, but {num_instances} is found")
        if num_instances == 1:
            return [datapipe]
        copies = {None: lambda sample: sample, "shallow": _shallow, "deep": _deep}
        if copy not in copies:
            raise ValueError(f"Unknown copy method `{copy}` requested, choose one of None, `shallow` or `deep`.")
        divided = _Divided(
            datapipe, num_instances, buffer_size, lambda sample: [(place, copies[copy](sample)) for place in range(num_instances)]
        )
        divided.forks = True
        return [_ChildDataPipe(divided, place) for place in range(num_instances)]


def _shallow(sample: Any) -> Any:
    return copy.copy(sample)


def _deep(sample: Any) -> Any:
    return copy.deepcopy(sample)


@functional_datapipe("demux")
class DemultiplexerIterDataPipe(IterDataPipe):
    """Several pipes, between which `classifier_fn` divides the samples."""

    def __new__(
        cls, datapipe: Any, num_instances: int, classifier_fn: Callable[[Any], Any], drop_none: bool = False, buffer_size: int = 1000
    ) -> Any:
        if num_instances < 1:
            raise ValueError(f"Expected `num_instances` larger than 0, but {num_instances} is found")
        _check_function(classifier_fn)

        def which(sample: Any) -> Any:
            place = classifier_fn(sample)
            if place is None and drop_none:
                return []
            if place is None or place >= num_instances or place < 0:
                raise ValueError(
                    f"Output of the classification fn should be between 0 and {num_instances - 1}. {place} is returned."
                )
            return [(place, sample)]

        return [_ChildDataPipe(_divided, place) for _divided in [_Divided(datapipe, num_instances, buffer_size, which)]
                for place in range(num_instances)]  # fmt: skip


IterableWrapper, Mapper, Collator, Filter = IterableWrapperIterDataPipe, MapperIterDataPipe, CollatorIterDataPipe, FilterIterDataPipe
Batcher, UnBatcher, Grouper, Concater = BatcherIterDataPipe, UnBatcherIterDataPipe, GrouperIterDataPipe, ConcaterIterDataPipe
Zipper, Multiplexer, Shuffler, Sampler = ZipperIterDataPipe, MultiplexerIterDataPipe, ShufflerIterDataPipe, SamplerIterDataPipe
ShardingFilter, Forker, Demultiplexer = ShardingFilterIterDataPipe, ForkerIterDataPipe, DemultiplexerIterDataPipe


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
