"""torch.utils.data: datasets, samplers and the DataLoader."""

from __future__ import annotations

from typing import Any

from rushlight._class_names import name_as_torch
from rushlight._install import elsewhere
from rushlight.utils.data.dataloader import (
    DataLoader as DataLoader,
    _DatasetKind as _DatasetKind,
    default_collate as default_collate,
    default_convert as default_convert,
    get_worker_info as get_worker_info,
)
from rushlight.utils.data.dataset import (
    ChainDataset as ChainDataset,
    ConcatDataset as ConcatDataset,
    Dataset as Dataset,
    IterableDataset as IterableDataset,
    StackDataset as StackDataset,
    Subset as Subset,
    TensorDataset as TensorDataset,
    random_split as random_split,
)
from rushlight.utils.data.sampler import (
    BatchSampler as BatchSampler,
    RandomSampler as RandomSampler,
    Sampler as Sampler,
    SequentialSampler as SequentialSampler,
    SubsetRandomSampler as SubsetRandomSampler,
    WeightedRandomSampler as WeightedRandomSampler,
)

__all__ = [
    "BatchSampler", "ChainDataset", "ConcatDataset", "DataLoader", "Dataset", "DistributedSampler", "IterDataPipe", "IterableDataset",
    "MapDataPipe", "RandomSampler", "Sampler", "SequentialSampler", "StackDataset", "Subset", "SubsetRandomSampler", "TensorDataset",
    "WeightedRandomSampler", "_DatasetKind", "default_collate", "default_convert", "functional_datapipe", "get_worker_info",
    "random_split",
]  # fmt: skip
_LATER_NAMES = {
    "DistributedSampler": "distributed", "IterDataPipe": "datapipes", "MapDataPipe": "datapipes", "functional_datapipe": "datapipes",
}  # fmt: skip
_LATER = ("datapipes", "distributed")


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _LATER:
        return import_module(f"{__name__}.{name}")
    if name in _LATER_NAMES:
        return getattr(import_module(f"{__name__}.{_LATER_NAMES[name]}"), name)
    return elsewhere(name, __name__)


name_as_torch(__name__)
