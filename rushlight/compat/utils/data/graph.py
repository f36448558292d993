"""torch.utils.data.graph: which pipes a pipe reads from."""

from __future__ import annotations

from typing import Any

from rushlight.utils.data.datapipes.datapipe import IterDataPipe, MapDataPipe

__all__ = ["traverse", "traverse_dps"]


def _sources(value: Any, depth: int = 0) -> list[Any]:
    """The pipes that an object refers to, nearest first."""
    if isinstance(value, (IterDataPipe, MapDataPipe)):
        return [value]
    if depth > 10:
        return []
    if isinstance(value, dict):
        return [pipe for entry in (*value.keys(), *value.values()) for pipe in _sources(entry, depth + 1)]
    if isinstance(value, (list, tuple, set)):
        return [pipe for entry in value for pipe in _sources(entry, depth + 1)]
    return []


def traverse_dps(datapipe: Any) -> Any:
    """A nested dict: the number of a pipe, the pipe, and the same of the pipes that it reads from."""
    return _traversed(datapipe, set())


def traverse(datapipe: Any, only_datapipe: Any = None) -> Any:
    """The same as traverse_dps (deprecated)."""
    return traverse_dps(datapipe)


def _traversed(datapipe: Any, seen: set[int]) -> Any:
    if not isinstance(datapipe, (IterDataPipe, MapDataPipe)):
        raise RuntimeError(f"Expected `IterDataPipe` or `MapDataPipe`, but {type(datapipe)} is found")
    if id(datapipe) in seen:
        return {}
    seen = {*seen, id(datapipe)}
    below: dict[int, Any] = {}
    for source in _sources(dict(vars(datapipe))):
        below.update(_traversed(source, seen))
    return {id(datapipe): (datapipe, below)}
