"""Pipes of several pipes, and several pipes of one."""

from __future__ import annotations

import copy as copying
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sized
from typing import Any

from rushlight.utils.data.datapipes.iter._base import no_length
from rushlight.utils.data.datapipes.utils.common import StreamWrapper, _check_unpickable_fn

from rushlight.utils.data.datapipes._decorator import functional_datapipe
from rushlight.utils.data.datapipes.datapipe import IterDataPipe

__all__ = ["ConcaterIterDataPipe", "DemultiplexerIterDataPipe", "ForkerIterDataPipe", "MultiplexerIterDataPipe", "ZipperIterDataPipe"]


@functional_datapipe("concat")
class ConcaterIterDataPipe(IterDataPipe):
    """Several pipes after each other."""

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
        if all(isinstance(pipe, Sized) for pipe in self.datapipes):
            return sum(len(pipe) for pipe in self.datapipes)
        raise no_length(self)


@functional_datapipe("zip")
class ZipperIterDataPipe(IterDataPipe):
    """Several pipes side by side."""

    def __init__(self, *datapipes: Any) -> None:
        if not all(isinstance(pipe, IterDataPipe) for pipe in datapipes):
            raise TypeError("All inputs are required to be `IterDataPipe` for `ZipIterDataPipe`.")
        super().__init__()
        self.datapipes = datapipes

    def __iter__(self) -> Iterator[Any]:
        yield from zip(*[iter(pipe) for pipe in self.datapipes])

    def __len__(self) -> int:
        if all(isinstance(pipe, Sized) for pipe in self.datapipes):
            return min(len(pipe) for pipe in self.datapipes)
        raise no_length(self)


@functional_datapipe("mux")
class MultiplexerIterDataPipe(IterDataPipe):
    """One sample of each pipe in turn, until the shortest ends."""

    def __init__(self, *datapipes: Any) -> None:
        self.datapipes = datapipes
        self.buffer: list[Any] = []

    def __iter__(self) -> Iterator[Any]:
        iterators = [iter(pipe) for pipe in self.datapipes]
        while iterators:
            for iterator in iterators:
                try:
                    self.buffer.append(next(iterator))
                except StopIteration:
                    self.buffer.clear()
                    return
            yield from self.buffer
            self.buffer.clear()

    def __len__(self) -> int:
        if all(isinstance(pipe, Sized) for pipe in self.datapipes):
            return min(len(pipe) for pipe in self.datapipes) * len(self.datapipes)
        raise no_length(self)

    def reset(self) -> None:
        """Forget what was buffered."""
        self.buffer = []

    def __del__(self) -> None:
        self.buffer.clear()


# ---------------------------------------------------------------- several pipes of one


class _ChildDataPipe(IterDataPipe):
    """One of the pipes that a main pipe was split into. A new iterator of any starts all of them anew."""

    _is_child_datapipe: bool = True

    def __init__(self, main_datapipe: Any, instance_id: int) -> None:
        self.main_datapipe, self.instance_id = main_datapipe, instance_id

    def __iter__(self) -> Iterator[Any]:
        return self.main_datapipe.get_next_element_by_instance(self.instance_id)  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return self.main_datapipe.get_length_by_instance(self.instance_id)  # type: ignore[no-any-return]

    def _set_main_datapipe_valid_iterator_id(self) -> Any:
        main = self.main_datapipe
        if main._valid_iterator_id is None:
            main._valid_iterator_id = 0
        elif main._valid_iterator_id == self._valid_iterator_id:
            # This child starts again, so that all the others have to as well.
            main._valid_iterator_id += 1
            if not main.is_every_instance_exhausted():
                warnings.warn(
                    "Some child DataPipes are not exhausted when __iter__ is called. We are resetting the buffer and each child DataPipe "
                    "will read from the start again.",
                    UserWarning,
                    stacklevel=2,
                )
            main.reset()
        self._valid_iterator_id = main._valid_iterator_id
        return self._valid_iterator_id

    def _check_valid_iterator_id(self, iterator_id: Any) -> bool:
        return iterator_id == self._valid_iterator_id and iterator_id == self.main_datapipe._valid_iterator_id


class _Split(IterDataPipe):
    """What fork and demux share: who reads which sample of the source when."""

    def __init__(self, datapipe: Any, num_instances: int, buffer_size: int) -> None:
        self.main_datapipe: Any = datapipe
        self._datapipe_iterator: Iterator[Any] | None = None
        self.num_instances, self.buffer_size = num_instances, buffer_size
        self._child_stop = [True] * num_instances

    def _stopped(self, instance_id: int) -> None:
        self._child_stop[instance_id] = True
        if all(self._child_stop):
            self._datapipe_iterator = None
            self._cleanup()

    def is_every_instance_exhausted(self) -> bool:
        return self._datapipe_iterator is not None and all(self._child_stop)

    def get_length_by_instance(self, instance_id: int) -> int:
        return len(self.main_datapipe)

    def _cleanup(self) -> None:
        raise NotImplementedError


@functional_datapipe("fork")
class ForkerIterDataPipe(IterDataPipe):
    """Several pipes that have all samples of one."""

    def __new__(cls, datapipe: Any, num_instances: int, buffer_size: int = 1000, copy: str | None = None) -> Any:
        if num_instances < 1:
            raise ValueError(f"Expected `num_instances` larger than 0, but {num_instances} is found")
        if num_instances == 1:
            return datapipe
        main = _ForkerIterDataPipe(datapipe, num_instances, buffer_size, copy)
        return [_ChildDataPipe(main, number) for number in range(num_instances)]


class _ForkerIterDataPipe(_Split):
    def __init__(self, datapipe: Any, num_instances: int, buffer_size: int = 1000, copy: str | None = None) -> None:
        super().__init__(datapipe, num_instances, buffer_size)
        self.buffer: deque[Any] = deque()
        if buffer_size < 0:
            warnings.warn(
                "Unlimited buffer size is set for `fork`, please be aware of OOM at random places", UserWarning, stacklevel=2
            )
        functions: dict[Any, Callable[[Any], Any]] = {None: lambda value: value, "shallow": copying.copy, "deep": copying.deepcopy}
        if copy not in functions:
            raise ValueError(f"Unknown copy method `{copy}` requested, choose one of None, `shallow` or `deep`.")
        self._copy = copy
        self.copy_fn = functions[copy]
        self.child_pointers = [0] * num_instances
        self.slowest_ptr = self.leading_ptr = 0
        self.end_ptr: int | None = None

    def __len__(self) -> int:
        return len(self.main_datapipe)

    def get_next_element_by_instance(self, instance_id: int) -> Iterator[Any]:
        if self._datapipe_iterator is None and self._child_stop[instance_id]:
            self._datapipe_iterator = iter(self.main_datapipe)
            self._child_stop = [False] * self.num_instances
        try:
            while not self._child_stop[instance_id]:
                self.child_pointers[instance_id] += 1
                if self.end_ptr is not None and self.child_pointers[instance_id] == self.end_ptr:
                    self._child_stop[instance_id] = True
                    break
                if self.buffer and self.child_pointers[instance_id] <= self.leading_ptr:
                    found = self.buffer[self.child_pointers[instance_id] - self.slowest_ptr - 1]
                else:
                    self.leading_ptr = self.child_pointers[instance_id]
                    try:
                        found = next(self._datapipe_iterator)  # type: ignore[arg-type]
                        self.buffer.append(found)
                    except StopIteration:
                        self._child_stop[instance_id] = True
                        self._datapipe_iterator = None
                        self.end_ptr = self.leading_ptr
                        continue
                if self.child_pointers[instance_id] == self.slowest_ptr + 1:
                    new_min = min(self.child_pointers)
                    if self.slowest_ptr < new_min:
                        self.slowest_ptr = new_min
                        self.buffer.popleft()
                if self.buffer_size >= 0 and self.leading_ptr > self.buffer_size + self.slowest_ptr:
                    raise BufferError(
                        "ForkerIterDataPipe buffer overflow," + f"buffer size {self.buffer_size} is insufficient."
                    )
                yield self.copy_fn(found)
        finally:
            self._stopped(instance_id)

    def is_every_instance_exhausted(self) -> bool:
        return self.end_ptr is not None and all(self.end_ptr == pointer or self.end_ptr - 1 == pointer for pointer in self.child_pointers)

    def reset(self) -> None:
        self._datapipe_iterator = None
        self.buffer = deque()
        self.child_pointers = [0] * self.num_instances
        self.slowest_ptr = self.leading_ptr = 0
        self.end_ptr = None
        self._child_stop = [True] * self.num_instances

    def _cleanup(self) -> None:
        while self.buffer:
            StreamWrapper.close_streams(self.buffer.popleft())

    def __getstate__(self) -> Any:
        kept = ("main_datapipe", "num_instances", "buffer_size", "_copy", "_valid_iterator_id", "_number_of_samples_yielded")
        state = tuple(getattr(self, name) for name in kept)
        return state if IterDataPipe.getstate_hook is None else IterDataPipe.getstate_hook(state)

    def __setstate__(self, state: Any) -> None:
        self.__init__(*state[:4])  # type: ignore[misc]
        self._valid_iterator_id, self._number_of_samples_yielded = state[4:]


@functional_datapipe("demux")
class DemultiplexerIterDataPipe(IterDataPipe):
    """Several pipes, each with the samples that a function gives it."""

    def __new__(
        cls, datapipe: Any, num_instances: int, classifier_fn: Callable[[Any], Any], drop_none: bool = False, buffer_size: int = 1000
    ) -> Any:
        if num_instances < 1:
            raise ValueError(f"Expected `num_instances` larger than 0, but {num_instances} is found")
        _check_unpickable_fn(classifier_fn)
        main = _DemultiplexerIterDataPipe(datapipe, num_instances, classifier_fn, drop_none, buffer_size)
        return [_ChildDataPipe(main, number) for number in range(num_instances)]


class _DemultiplexerIterDataPipe(_Split):
    def __init__(self, datapipe: Any, num_instances: int, classifier_fn: Any, drop_none: bool, buffer_size: int) -> None:
        super().__init__(datapipe, num_instances, buffer_size)
        if buffer_size < 0:
            warnings.warn(
                "Unlimited buffer size is set for `demux`, please be aware of OOM at random places", UserWarning, stacklevel=2
            )
        self.current_buffer_usage = 0
        self.child_buffers: list[deque[Any]] = [deque() for _ in range(num_instances)]
        self.classifier_fn, self.drop_none = classifier_fn, drop_none
        self.main_datapipe_exhausted = False

    def _find_next(self, instance_id: int) -> Any:
        while True:
            if self.main_datapipe_exhausted or self._child_stop[instance_id]:
                raise StopIteration
            if self._datapipe_iterator is None:
                raise ValueError(
                    "_datapipe_iterator has not been set, likely because this private method is called directly without invoking "
                    "get_next_element_by_instance() first."
                )
            value = next(self._datapipe_iterator)
            number = self.classifier_fn(value)
            if number is None and self.drop_none:
                StreamWrapper.close_streams(value)
                continue
            if number is None or number >= self.num_instances or number < 0:
                raise ValueError(
                    f"Output of the classification fn should be between 0 and {self.num_instances - 1}. " + f"{number} is returned."
                )
            if number == instance_id:
                return value
            self.child_buffers[number].append(value)
            self.current_buffer_usage += 1
            if self.buffer_size >= 0 and self.current_buffer_usage > self.buffer_size:
                raise BufferError(f"DemultiplexerIterDataPipe buffer overflow, buffer size {self.buffer_size} is insufficient.")

    def get_next_element_by_instance(self, instance_id: int) -> Iterator[Any]:
        if self._datapipe_iterator is None and self._child_stop[instance_id]:
            self._datapipe_iterator = iter(self.main_datapipe)
            self.main_datapipe_exhausted = False
            self._child_stop = [False] * self.num_instances
        try:
            while not self._child_stop[instance_id]:
                if self.child_buffers[instance_id]:
                    self.current_buffer_usage -= 1
                    yield self.child_buffers[instance_id].popleft()
                else:
                    try:
                        found = self._find_next(instance_id)
                    except StopIteration:
                        self._child_stop[instance_id] = True
                        self.main_datapipe_exhausted = True
                        self._datapipe_iterator = None
                        return
                    yield found
        finally:
            self._stopped(instance_id)

    def is_every_instance_exhausted(self) -> bool:
        return self.main_datapipe_exhausted and all(self._child_stop)

    def reset(self) -> None:
        self._datapipe_iterator = None
        self.current_buffer_usage = 0
        self.child_buffers = [deque() for _ in range(self.num_instances)]
        self._child_stop = [True] * self.num_instances
        self.main_datapipe_exhausted = False

    def _cleanup(self, *_: Any) -> None:
        for buffer in self.child_buffers:
            while buffer:
                StreamWrapper.close_streams(buffer.popleft())

    def get_length_by_instance(self, instance_id: int) -> int:
        raise TypeError

    def __getstate__(self) -> Any:
        kept = ("main_datapipe", "num_instances", "classifier_fn", "drop_none", "buffer_size", "_valid_iterator_id",
                "_number_of_samples_yielded")  # fmt: skip
        state = tuple(getattr(self, name) for name in kept)
        return state if IterDataPipe.getstate_hook is None else IterDataPipe.getstate_hook(state)

    def __setstate__(self, state: Any) -> None:
        self.__init__(*state[:5])  # type: ignore[misc]
        self._valid_iterator_id, self._number_of_samples_yielded = state[5:]
