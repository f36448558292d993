"""torch.nn.parallel: on a machine without GPUs, DataParallel passes through."""

from __future__ import annotations

from typing import Any

from rushlight.nn.parallel.data_parallel import DataParallel as DataParallel, data_parallel as data_parallel

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel", "gather", "parallel_apply", "replicate", "scatter"]

_WHERE = {
    "replicate": "replicate", "scatter": "scatter_gather", "gather": "scatter_gather", "parallel_apply": "parallel_apply",
    "DistributedDataParallel": "distributed",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _WHERE:
        module = import_module(f"{__name__}.{_WHERE[name]}")
        globals()[name] = found = getattr(module, name)
        return found
    if name in ("comm", "scatter_gather", "distributed"):
        return import_module(f"{__name__}.{name}")
    from rushlight._install import elsewhere

    return elsewhere(name, __name__)
