"""What runs in a worker process of the DataLoader."""

from __future__ import annotations

import os
import queue
import random
from dataclasses import dataclass
from typing import Any

from rushlight._utils import ExceptionWrapper


@dataclass(frozen=True)
class WorkerInfo:
    """Which worker this is."""

    id: int
    num_workers: int
    seed: int
    dataset: Any
    rng: Any = None
    worker_method: str | None = "multiprocessing"


@dataclass(frozen=True)
class _IterableDatasetStopIteration:
    """A worker's samples are at an end."""

    worker_id: int


@dataclass(frozen=True)
class _ResumeIteration:
    """Start over with the next epoch."""

    seed: int | None = None


_worker_info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """In a worker process, which one it is; None elsewhere."""
    return _worker_info


def _generate_state(base_seed: int, worker_id: int) -> list[int]:
    """NumPy's seed in a worker: what its SeedSequence makes of the two numbers."""
    import numpy as np

    entropy = [worker_id, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]
    return [int(word) for word in np.random.SeedSequence(entropy).generate_state(4)]


class ManagerWatchdog:
    """Notices when the process that started this one is gone."""

    def __init__(self) -> None:
        self.manager_pid = os.getppid()

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return os.getppid() == self.manager_pid


def _seed_everything(base_seed: int, worker_id: int) -> int:
    import numpy as np

    import rushlight

    seed = base_seed + worker_id
    random.seed(seed)
    rushlight.manual_seed(seed)
    np.random.seed(_generate_state(base_seed, worker_id))  # noqa: NPY002 (programs use it)
    return seed


class _Work:
    """The state of a worker: its fetcher, and whether its samples are at an end."""

    def __init__(self, kind: int, fetching: tuple[Any, ...], worker_id: int) -> None:
        self.kind, self.fetching, self.worker_id = kind, fetching, worker_id
        self.where = f"in DataLoader worker process {worker_id}"
        self.fetcher: Any = None
        self.failure: Any = None
        self.ended = False

    def start(self, init_fn: Any = None) -> None:
        """Make the fetcher; an error is kept for the first batch."""
        from rushlight.utils.data.dataloader import _DatasetKind

        try:
            if init_fn is not None:
                init_fn(self.worker_id)
            self.fetcher = _DatasetKind.create_fetcher(self.kind, *self.fetching)
        except Exception:
            self.failure = ExceptionWrapper(where=self.where)

    def fetch(self, index: Any) -> Any:
        """A batch, or the error that came instead."""
        from rushlight.utils.data.dataloader import _DatasetKind

        if self.failure is not None:
            failure, self.failure = self.failure, None
            return failure
        try:
            return self.fetcher.fetch(index)
        except Exception as error:
            if isinstance(error, StopIteration) and self.kind == _DatasetKind.Iterable:
                self.ended = True
                return _IterableDatasetStopIteration(self.worker_id)
            return ExceptionWrapper(where=self.where)


def _serve(work: _Work, index_queue: Any, data_queue: Any, done_event: Any) -> None:
    """Answer requests until told to stop, or until nobody is left to answer."""
    from rushlight.utils.data._utils import MP_STATUS_CHECK_INTERVAL

    watchdog = ManagerWatchdog()
    while watchdog.is_alive():
        try:
            request = index_queue.get(timeout=MP_STATUS_CHECK_INTERVAL)
        except queue.Empty:
            continue
        if isinstance(request, _ResumeIteration):
            data_queue.put((request, None))
            work.ended = False
            work.start()
        elif request is None:
            return
        elif not (done_event.is_set() or work.ended):
            number, index = request
            data_queue.put((number, work.fetch(index)))


def _worker_loop(
    dataset_kind: int, dataset: Any, index_queue: Any, data_queue: Any, done_event: Any, auto_collation: bool, collate_fn: Any,
    drop_last: bool, base_seed: int, init_fn: Any, worker_id: int, num_workers: int, persistent_workers: bool, shared_seed: Any,
) -> None:  # fmt: skip
    global _worker_info
    try:
        seed = _seed_everything(base_seed, worker_id)
        _worker_info = WorkerInfo(id=worker_id, num_workers=num_workers, seed=seed, dataset=dataset)
        work = _Work(dataset_kind, (dataset, auto_collation, collate_fn, drop_last), worker_id)
        work.start(init_fn)
        _serve(work, index_queue, data_queue, done_event)
    except KeyboardInterrupt:
        pass  # the process that started this one got it too, and says so
    if done_event.is_set():
        data_queue.cancel_join_thread()
        data_queue.close()
