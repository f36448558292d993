"""What a DataLoader does for data pipes. Programs that never name pipes load none of them."""

from __future__ import annotations

import functools
import sys
from importlib import import_module
from typing import Any

import rushlight


def is_pipe(dataset: Any) -> bool:
    """Whether a dataset is an IterDataPipe."""
    pipes = sys.modules.get("rushlight.utils.data.datapipes.datapipe")
    return pipes is not None and isinstance(dataset, pipes.IterDataPipe)


def _settings() -> Any:
    return import_module("rushlight.utils.data.graph_settings")


def shuffled(dataset: Any, shuffle: Any) -> Any:
    """Turn the pipes that shuffle on or off. (A pipe that PyTorch adds where there is none to turn on, it does not use.)"""
    return _settings().apply_shuffle_settings(dataset, shuffle=shuffle)


def seeded(dataset: Any, generator: Any) -> Any:
    """The pipe, with a seed for every pipe in it that draws."""
    torch: Any = rushlight
    own = torch.Generator()
    own.manual_seed(int(torch.empty((), dtype=torch.int64).random_(generator=generator).item()))
    return _settings().apply_random_seed(dataset, own)


def sharing(worker_init_fn: Any) -> Any:
    """What a worker does first: taking its share of the pipe."""
    return functools.partial(_share, worker_init_fn)


def _share(worker_init_fn: Any, worker_id: int) -> None:
    from rushlight.utils.data._utils.worker import get_worker_info

    info = get_worker_info()
    group = import_module("rushlight.utils.data.datapipes.iter.sharding").SHARDING_PRIORITIES.MULTIPROCESSING
    _settings().apply_sharding(info.dataset, info.num_workers, worker_id, group)
    if worker_init_fn is not None:
        worker_init_fn(worker_id)
