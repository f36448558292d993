"""torch.utils.data.dataloader: batches of a dataset, made here or by worker processes."""

from __future__ import annotations

import itertools
import math
import os
import queue
import warnings
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import rushlight
from rushlight._utils import ExceptionWrapper, cpu_count
from rushlight.utils.data import _utils
from rushlight.utils.data._pipes import is_pipe, seeded, sharing, shuffled
from rushlight.utils.data.dataset import IterableDataset
from rushlight.utils.data.sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]

_T_co = TypeVar("_T_co", covariant=True)
default_collate = _utils.collate.default_collate
default_convert = _utils.collate.default_convert
get_worker_info = _utils.worker.get_worker_info

_collate_fn_t = Any  # for annotations


class _DatasetKind:
    """Whether samples are looked up or come one after the other."""

    Map = 0
    Iterable = 1

    @staticmethod
    def create_fetcher(kind: int, dataset: Any, auto_collation: bool, collate_fn: Any, drop_last: bool) -> Any:
        """The fetcher for a kind of dataset."""
        cls = _utils.fetch._MapDatasetFetcher if kind == _DatasetKind.Map else _utils.fetch._IterableDatasetFetcher
        return cls(dataset, auto_collation, collate_fn, drop_last)


class _InfiniteConstantSampler(Sampler[Any]):
    """None, for ever."""

    def __iter__(self) -> Iterator[None]:
        while True:
            yield None


# ---------------------------------------------------------------- checks of options


def _check_workers(num_workers: int, timeout: float, prefetch_factor: Any, persistent_workers: bool) -> None:
    if num_workers < 0:
        raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable multiprocessing, otherwise "
            "set prefetch_factor to None."
        )
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError("prefetch_factor option should be non-negative")
    if persistent_workers and num_workers == 0:
        raise ValueError("persistent_workers option needs num_workers > 0")


def _check_iterable(shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
    """A dataset of samples one after the other has an order of its own."""
    given = {"shuffle": None if shuffle is False else shuffle, "sampler": sampler, "batch_sampler": batch_sampler}
    for name, value in given.items():
        if value is not None:
            raise ValueError(f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}")


def _check_batches(batch_size: Any, shuffle: Any, sampler: Any, batch_sampler: Any, drop_last: bool) -> None:
    if sampler is not None and shuffle:
        raise ValueError("sampler option is mutually exclusive with shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise ValueError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last")
    if batch_sampler is None and batch_size is None and drop_last:
        raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")


# ---------------------------------------------------------------- DataLoader


class DataLoader(Generic[_T_co]):
    """Iterates over a dataset in batches, shuffled if asked for, with worker processes if asked for.

    >>> list(torch.utils.data.DataLoader([1, 2, 3], batch_size=2))
    [tensor([1, 2]), tensor([3])]
    """

    __initialized = False

    def __init__(
        self, dataset: Any, batch_size: int | None = 1, shuffle: bool | None = None, sampler: Any = None, batch_sampler: Any = None,
        num_workers: int = 0, collate_fn: Any = None, pin_memory: bool = False, drop_last: bool = False, timeout: float = 0,
        worker_init_fn: Any = None, multiprocessing_context: Any = None, generator: Any = None, *, prefetch_factor: int | None = None,
        persistent_workers: bool = False, pin_memory_device: str = "", in_order: bool = True,
    ) -> None:  # fmt: skip
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers > 0 and prefetch_factor is None else prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.in_order = in_order
        self._dataset_kind = _DatasetKind.Iterable if isinstance(dataset, IterableDataset) else _DatasetKind.Map
        if is_pipe(dataset):
            if shuffle is not None:
                shuffled(dataset, shuffle)
            shuffle = None
        if self._dataset_kind == _DatasetKind.Iterable:
            _check_iterable(shuffle, sampler, batch_sampler)
        _check_batches(batch_size, shuffle, sampler, batch_sampler, drop_last)
        if batch_sampler is not None:
            batch_size, drop_last = None, False
        if sampler is None:
            sampler = self._default_sampler(shuffle, generator)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.generator = generator
        if collate_fn is None:
            collate_fn = default_collate if self._auto_collation else default_convert
        self.collate_fn = collate_fn
        self.persistent_workers = persistent_workers
        self.__initialized = True
        self._IterableDataset_len_called: Any = None
        self._iterator: Any = None
        self.check_worker_number_rationality()

    def _default_sampler(self, shuffle: Any, generator: Any) -> Any:
        if self._dataset_kind == _DatasetKind.Iterable:
            return _InfiniteConstantSampler()
        return RandomSampler(self.dataset, generator=generator) if shuffle else SequentialSampler(self.dataset)

    def _get_iterator(self) -> Any:
        if self.num_workers == 0:
            return _SingleProcessDataLoaderIter(self)
        self.check_worker_number_rationality()
        return _MultiProcessingDataLoaderIter(self)

    @property
    def multiprocessing_context(self) -> Any:
        """How worker processes are started."""
        return self.__multiprocessing_context

    @multiprocessing_context.setter
    def multiprocessing_context(self, multiprocessing_context: Any) -> None:
        from multiprocessing import context, get_all_start_methods, get_context

        given = multiprocessing_context
        if given is not None and self.num_workers == 0:
            raise ValueError(
                "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got "
                f"num_workers={self.num_workers}"
            )
        if isinstance(given, str):
            methods = get_all_start_methods()
            if given not in methods:
                raise ValueError(
                    f"multiprocessing_context option should specify a valid start method in {methods!r}, but got "
                    f"multiprocessing_context={given!r}"
                )
            given = get_context(given)
        if given is not None and not isinstance(given, context.BaseContext):
            raise TypeError(
                "multiprocessing_context option should be a valid context object or a string specifying the start method, but got "
                f"multiprocessing_context={given}"
            )
        self.__multiprocessing_context = given

    def __setattr__(self, attr: str, val: Any) -> None:
        fixed = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")
        if self.__initialized and attr in fixed:
            raise ValueError(f"{attr} attribute should not be set after {self.__class__.__name__} is initialized")
        super().__setattr__(attr, val)

    def __iter__(self) -> Any:
        if not (self.persistent_workers and self.num_workers > 0):
            return self._get_iterator()
        if self._iterator is None:
            self._iterator = self._get_iterator()
        else:
            self._iterator._reset(self)
        return self._iterator

    @property
    def _auto_collation(self) -> bool:
        return self.batch_sampler is not None

    @property
    def _index_sampler(self) -> Any:
        return self.batch_sampler if self._auto_collation else self.sampler

    def __len__(self) -> int:
        if self._dataset_kind == _DatasetKind.Map:
            return len(self._index_sampler)
        length = self._IterableDataset_len_called = len(self.dataset)
        if self.batch_size is not None:
            length = length // self.batch_size if self.drop_last else math.ceil(length / self.batch_size)
        return length

    def check_worker_number_rationality(self) -> None:
        """Warn of more workers than processors."""
        most = cpu_count()
        if not self.num_workers or (most is not None and self.num_workers <= most):
            return
        note = "" if hasattr(os, "sched_getaffinity") else " (`cpuset` is not taken into account)"
        advice = "DataLoader is not able to compute a suggested max number of worker in current system."
        if most is not None:
            advice = (
                f"Our suggested max number of worker in current system is {most}{note}, which is smaller than what this DataLoader is "
                "going to create."
            )
        warnings.warn(
            f"This DataLoader will create {self.num_workers} worker processes in total. {advice} Please be aware that excessive worker "
            "creation might get DataLoader running slow or even freeze, lower the worker number to avoid potential slowness/freeze if "
            "necessary.",
            stacklevel=2,
        )


# ---------------------------------------------------------------- iterators


class _BaseDataLoaderIter:
    """One pass over a DataLoader."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        self._dataset = seeded(loader.dataset, loader.generator) if is_pipe(loader.dataset) else loader.dataset
        self._dataset_kind = loader._dataset_kind
        self._IterableDataset_len_called = loader._IterableDataset_len_called
        self._auto_collation = loader._auto_collation
        self._drop_last = loader.drop_last
        self._index_sampler = loader._index_sampler
        self._num_workers = loader.num_workers
        if loader.pin_memory:
            _warn_of_pinning(loader.pin_memory_device)
        self._pin_memory = False
        self._timeout = loader.timeout
        self._collate_fn = loader.collate_fn
        self._sampler_iter = iter(self._index_sampler)
        torch: Any = rushlight
        self._base_seed = torch.empty((), dtype=torch.int64).random_(generator=loader.generator).item()
        self._persistent_workers = loader.persistent_workers
        self._num_yielded = 0

    def __iter__(self) -> _BaseDataLoaderIter:
        return self

    def _reset(self, loader: DataLoader[Any], first_iter: bool = False) -> None:
        self._sampler_iter = iter(self._index_sampler)
        self._num_yielded = 0
        self._IterableDataset_len_called = loader._IterableDataset_len_called

    def _next_index(self) -> Any:
        return next(self._sampler_iter)

    def _next_data(self) -> Any:
        raise NotImplementedError

    def __next__(self) -> Any:
        data = self._next_data()
        self._num_yielded += 1
        expected = self._IterableDataset_len_called
        if self._dataset_kind == _DatasetKind.Iterable and expected is not None and self._num_yielded > expected:
            self._warn_of_length(expected)
        return data

    def _warn_of_length(self, expected: int) -> None:
        text = (
            f"Length of IterableDataset {self._dataset} was reported to be {expected}(when accessing len(dataloader)), but "
            f"{self._num_yielded} samples have been fetched. "
        )
        if self._num_workers > 0:
            text += (
                "For multiprocessing data-loading, this could be caused by not properly configuring the IterableDataset replica at each "
                "worker. Please see https://pytorch.org/docs/stable/data.html#torch.utils.data.IterableDataset for examples."
            )
        warnings.warn(text, stacklevel=3)

    def __len__(self) -> int:
        return len(self._index_sampler)

    def __getstate__(self) -> Any:
        raise NotImplementedError("{} cannot be pickled", type(self).__name__)


def _warn_of_pinning(device: str) -> None:
    if device:
        warnings.warn(
            "pin_memory_device is deprecated, the current accelerator will be used as the device,ignore "
            f"pin_memory_device='{device}'.",
            stacklevel=4,
        )
    warnings.warn(
        "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be used.", stacklevel=4
    )


class _SingleProcessDataLoaderIter(_BaseDataLoaderIter):
    """Fetches here."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        super().__init__(loader)
        if self._timeout != 0:
            raise AssertionError("_SingleProcessDataLoaderIter requires timeout == 0")
        self._dataset_fetcher = _DatasetKind.create_fetcher(
            self._dataset_kind, self._dataset, self._auto_collation, self._collate_fn, self._drop_last
        )

    def _next_data(self) -> Any:
        return self._dataset_fetcher.fetch(self._next_index())


class _MultiProcessingDataLoaderIter(_BaseDataLoaderIter):
    """Lets worker processes fetch. Requests are numbered and dealt out in turn; answers are given out in the order of the numbers."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        super().__init__(loader)
        self._shutdown = True  # until the workers are there
        self._workers: list[Any] = []
        self._owner = os.getpid()  # a process forked from this one has a copy of all this, which it must not end
        self._prefetch_factor: int = loader.prefetch_factor or 0
        self._in_order = loader.in_order
        if self._prefetch_factor <= 0:
            raise AssertionError("prefetch_factor must be greater than 0 for MultiProcessingDataLoaderIter")
        self._worker_init_fn = sharing(loader.worker_init_fn) if is_pipe(loader.dataset) else loader.worker_init_fn
        context = loader.multiprocessing_context
        if context is None:
            from rushlight import multiprocessing as context
        self._worker_result_queue = context.Queue()
        self._workers_done_event = context.Event()
        self._index_queues: list[Any] = []
        self._shutdown = False
        for number in range(self._num_workers):
            self._start_worker(context, number)
        self._reset(loader, first_iter=True)

    def _start_worker(self, context: Any, number: int) -> None:
        requests = context.Queue()
        requests.cancel_join_thread()
        worker = context.Process(
            target=_utils.worker._worker_loop,
            args=(
                self._dataset_kind, self._dataset, requests, self._worker_result_queue, self._workers_done_event, self._auto_collation,
                self._collate_fn, self._drop_last, self._base_seed, self._worker_init_fn, number, self._num_workers,
                self._persistent_workers, None,
            ),
        )  # fmt: skip
        worker.daemon = True
        worker.start()
        self._index_queues.append(requests)
        self._workers.append(worker)

    def _reset(self, loader: DataLoader[Any], first_iter: bool = False) -> None:
        super()._reset(loader, first_iter)
        self._send_idx = 0  # the number of the next request
        self._rcvd_idx = 0  # the number of the next answer to give out
        self._task_info: dict[int, tuple[Any, ...]] = {}  # number -> (worker,) or (worker, answer)
        self._tasks_outstanding = 0
        self._workers_status = [True] * self._num_workers
        self._workers_num_tasks = [0] * self._num_workers
        self._turns = itertools.cycle(range(self._num_workers))
        if not first_iter:
            for requests in self._index_queues:
                requests.put(_utils.worker._ResumeIteration())
            waiting = self._num_workers
            while waiting:
                waiting -= isinstance(self._get_data()[0], _utils.worker._ResumeIteration)
        for _ in range(self._prefetch_factor * self._num_workers):
            self._try_put_index()

    # ------------------------------------------------------------ requests and answers

    def _try_put_index(self) -> None:
        """Ask for one more batch, of the next worker that still has samples."""
        try:
            index = self._next_index()
        except StopIteration:
            return
        most = self._prefetch_factor * self._num_workers
        for _ in range(self._num_workers):
            worker = next(self._turns)
            if self._workers_status[worker]:
                if self._in_order or self._workers_num_tasks[worker] < most // sum(self._workers_status):
                    break
        else:
            return
        self._index_queues[worker].put((self._send_idx, index))
        self._task_info[self._send_idx] = (worker,)
        self._workers_num_tasks[worker] += 1
        self._tasks_outstanding += 1
        self._send_idx += 1

    def _await(self, timeout: float) -> None:
        """Wait for an answer, or for a worker that ends though it should not: looking at the clock alone would take seconds."""
        from multiprocessing import connection

        results = getattr(self._worker_result_queue, "_reader", None)
        self._watches = results is not None
        if results is not None:
            watched = [worker.sentinel for number, worker in enumerate(self._workers) if self._workers_status[number]]
            connection.wait([results, *watched], timeout=timeout)

    def _try_get_data(self, timeout: float = _utils.MP_STATUS_CHECK_INTERVAL) -> tuple[bool, Any]:
        """(whether there is an answer, the answer); looks after the workers when there is none."""
        try:
            self._await(timeout)
            return True, self._worker_result_queue.get(timeout=0 if self._watches else timeout)
        except Exception as error:
            failed = [
                number for number, worker in enumerate(self._workers) if self._workers_status[number] and not worker.is_alive()
            ]
            for number in failed:
                self._mark_worker_as_unavailable(number)
            if failed:
                pids = ", ".join(str(self._workers[number].pid) for number in failed)
                raise RuntimeError(f"DataLoader worker (pid(s) {pids}) exited unexpectedly") from error
            if isinstance(error, queue.Empty):
                return False, None
            raise

    def _get_data(self) -> Any:
        if self._timeout > 0:
            found, data = self._try_get_data(self._timeout)
            if not found:
                raise RuntimeError(f"DataLoader timed out after {self._timeout} seconds")
            return data
        while True:
            found, data = self._try_get_data()
            if found:
                return data

    def _skip_ended(self) -> bool:
        """Pass over requests of workers whose samples are at an end; False when no request is left."""
        while self._rcvd_idx < self._send_idx:
            info = self._task_info.get(self._rcvd_idx)
            if info and (len(info) == 2 or self._workers_status[info[0]]):
                return True
            self._task_info.pop(self._rcvd_idx, None)
            self._rcvd_idx += 1
        return False

    def _next_data(self) -> Any:
        while True:
            if not self._skip_ended():
                if not self._persistent_workers:
                    self._shutdown_workers()
                raise StopIteration
            if len(self._task_info[self._rcvd_idx]) == 2:
                worker, data = self._task_info.pop(self._rcvd_idx)
                self._rcvd_idx += 1
                return self._process_data(data, worker)
            number, data = self._get_data()
            self._tasks_outstanding -= 1
            if isinstance(data, _utils.worker._IterableDatasetStopIteration):
                if self._persistent_workers:
                    self._workers_status[data.worker_id] = False
                else:
                    self._mark_worker_as_unavailable(data.worker_id)
                self._try_put_index()
            elif self._in_order and number != self._rcvd_idx:
                self._task_info[number] += (data,)
            else:
                worker = self._task_info.pop(number)[0]
                self._rcvd_idx += number == self._rcvd_idx
                return self._process_data(data, worker)

    def _process_data(self, data: Any, worker: int) -> Any:
        self._workers_num_tasks[worker] -= 1
        self._try_put_index()
        if isinstance(data, ExceptionWrapper):
            data.reraise()
        return data

    # ------------------------------------------------------------ the end

    def _mark_worker_as_unavailable(self, worker_id: int, shutdown: bool = False) -> None:
        self._index_queues[worker_id].put(None)
        self._workers_status[worker_id] = False

    def _shutdown_workers(self) -> None:
        """Let the workers end, and end those that do not."""
        if self._shutdown or self._owner != os.getpid():
            return
        self._shutdown = True
        try:
            self._workers_done_event.set()
            for number in range(len(self._workers)):
                if self._persistent_workers or self._workers_status[number]:
                    self._mark_worker_as_unavailable(number, shutdown=True)
            for worker in self._workers:
                worker.join(timeout=_utils.MP_STATUS_CHECK_INTERVAL)
            for requests in self._index_queues:
                requests.cancel_join_thread()
                requests.close()
        finally:
            for worker in self._workers:
                if worker.is_alive():
                    worker.terminate()
                    worker.join(timeout=_utils.MP_STATUS_CHECK_INTERVAL)

    def __del__(self) -> None:
        if not getattr(self, "_shutdown", True):
            self._shutdown_workers()
