"""torch.utils.data.distributed: a sampler for one of several processes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import rushlight
from rushlight._class_names import name_as_torch
from rushlight.utils.data.sampler import Sampler

__all__ = ["DistributedSampler"]
_torch: Any = rushlight


class DistributedSampler(Sampler[int]):
    """Every num_replicas-th index, starting with the rank-th; the order is the same in all processes."""

    def __init__(
        self, dataset: Any, num_replicas: int | None = None, rank: int | None = None, shuffle: bool = True, seed: int = 0,
        drop_last: bool = False,
    ) -> None:  # fmt: skip
        if num_replicas is None or rank is None:
            import rushlight.distributed as dist

            if not dist.is_available():
                raise RuntimeError("Requires distributed package to be available")
            num_replicas = dist.get_world_size() if num_replicas is None else num_replicas
            rank = dist.get_rank() if rank is None else rank
        if rank >= num_replicas or rank < 0:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.drop_last = drop_last
        count = len(dataset)
        shorter = drop_last and count % num_replicas != 0
        self.num_samples = math.ceil((count - num_replicas if shorter else count) / num_replicas)
        self.total_size = self.num_samples * num_replicas
        self.shuffle = shuffle
        self.seed = seed

    def __iter__(self) -> Iterator[int]:
        count = len(self.dataset)
        indices = list(range(count))
        if self.shuffle:
            generator = _torch.Generator()
            generator.manual_seed(self.seed + self.epoch)
            indices = _torch.randperm(count, generator=generator).tolist()
        if not self.drop_last:
            missing = self.total_size - count
            indices += (indices * math.ceil(missing / count))[:missing] if missing else []
        return iter(indices[: self.total_size][self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Shuffle anew for this epoch."""
        self.epoch = epoch


name_as_torch(__name__)
