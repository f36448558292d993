"""torch.utils.data.graph_settings: what a DataLoader sets in the pipes below its dataset."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

from rushlight.utils.data.datapipes.iter.sharding import SHARDING_PRIORITIES, _ShardingIterDataPipe
from rushlight.utils.data.graph import traverse_dps

import rushlight as torch

__all__ = ["apply_random_seed", "apply_sharding", "apply_shuffle_seed", "apply_shuffle_settings", "get_all_graph_pipes"]


def get_all_graph_pipes(graph: Any) -> list[Any]:
    """The pipes of a graph, each once, a pipe before those that it reads from."""
    return _listed(graph, set())


def _listed(graph: Any, seen: set[int]) -> list[Any]:
    found = []
    for number, (pipe, below) in graph.items():
        if number not in seen:
            seen.add(number)
            found.append(pipe)
            found.extend(_listed(below, seen))
    return found


def _is_sharding_datapipe(datapipe: Any) -> bool:
    return isinstance(datapipe, _ShardingIterDataPipe) or inspect.ismethod(getattr(datapipe, "apply_sharding", None))


def apply_sharding(datapipe: Any, num_of_instances: int, instance_id: int, sharding_group: Any = SHARDING_PRIORITIES.DEFAULT) -> Any:
    """Give the pipes that filter for workers the number of workers and the number of this one."""

    def settle(graph: Any, previous: Any) -> None:
        for pipe, below in graph.values():
            applied = None
            if _is_sharding_datapipe(pipe):
                if previous is not None:
                    raise RuntimeError(
                        "Sharding twice on a single pipeline is likely unintended and will cause data loss. "
                        f"Sharding already applied to {previous} while trying to apply to {pipe}"
                    )
                if len(inspect.signature(pipe.apply_sharding).parameters) < 3:
                    pipe.apply_sharding(num_of_instances, instance_id)
                else:
                    pipe.apply_sharding(num_of_instances, instance_id, sharding_group=sharding_group)
                applied = pipe
            settle(below, previous if applied is None else applied)

    settle(traverse_dps(datapipe), None)
    return datapipe


def _is_shuffle_datapipe(datapipe: Any) -> bool:
    return inspect.ismethod(getattr(datapipe, "set_shuffle", None)) and inspect.ismethod(getattr(datapipe, "set_seed", None))


def apply_shuffle_settings(datapipe: Any, shuffle: bool | None = None) -> Any:
    """Turn the pipes that shuffle on or off; with none to turn on, one is added at the end."""
    if shuffle is None:
        return datapipe
    shufflers = [pipe for pipe in get_all_graph_pipes(traverse_dps(datapipe)) if _is_shuffle_datapipe(pipe)]
    if not shufflers and shuffle:
        warnings.warn(
            "`shuffle=True` was set, but the datapipe does not contain a `Shuffler`. Adding one at the end. Be aware that the default "
            "buffer size might not be sufficient for your task.",
            stacklevel=2,
        )
        datapipe = datapipe.shuffle()
        shufflers = [datapipe]
    for shuffler in shufflers:
        shuffler.set_shuffle(shuffle)
    return datapipe


def apply_shuffle_seed(datapipe: Any, rng: Any) -> Any:
    """The same as apply_random_seed (deprecated)."""
    warnings.warn(
        "`apply_shuffle_seed` is deprecated since 1.12 and will be removed in the future releases.\nPlease use `apply_random_seed` "
        "instead.",
        FutureWarning,
        stacklevel=2,
    )
    return apply_random_seed(datapipe, rng)


def _is_random_datapipe(datapipe: Any) -> bool:
    return inspect.ismethod(getattr(datapipe, "set_seed", None))


def apply_random_seed(datapipe: Any, rng: Any) -> Any:
    """Draw a seed for each pipe that takes one."""
    seeded = set()
    for pipe in get_all_graph_pipes(traverse_dps(datapipe)):
        if _is_random_datapipe(pipe) and id(pipe) not in seeded:
            seeded.add(id(pipe))
            pipe.set_seed(int(torch.empty((), dtype=torch.int64).random_(generator=rng).item()))
    return datapipe
