"""torch.nn.LinearCrossEntropyOptions: how a chunked computation would be done. Kept and checked; there are no chunks here."""

from __future__ import annotations

from typing import Any

from rushlight._core import dtypes
from rushlight.nn.modules._names import as_torch

__all__ = ["LinearCrossEntropyOptions"]

_POLICIES = ("accurate", "balanced", "compact", "auto")


class LinearCrossEntropyOptions:
    """Settings of F.linear_cross_entropy."""

    # What dataclass(frozen=True, slots=True) makes, without its import.
    __slots__ = __match_args__ = ("allow_retain_graph", "batch_chunk_size", "chunking_method", "acc_policy", "acc_dtype")

    def __init__(
        self, allow_retain_graph: bool = False, batch_chunk_size: int | None = None, chunking_method: str | None = "auto",
        acc_policy: str = "auto", acc_dtype: Any = None,
    ) -> None:  # fmt: skip
        if acc_policy not in _POLICIES:
            raise ValueError(f"invalid acc_policy: {acc_policy!r}")
        kind, colon, count = (chunking_method or "").partition(":")
        counted = kind == "aspect_ratio" and colon and count.isdigit() and int(count) >= 1
        if not counted and chunking_method not in (None, "auto", "aspect_ratio"):
            raise ValueError(f"invalid chunking_method: {chunking_method!r}")
        if batch_chunk_size is not None and (not isinstance(batch_chunk_size, int) or batch_chunk_size <= 0):
            raise ValueError(f"batch_chunk_size must be positive int or None, got {batch_chunk_size!r}")
        if acc_dtype not in (None, dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64):
            raise ValueError(
                "acc_dtype must be one of {None, torch.float16, torch.bfloat16, torch.float32, torch.float64}, got "
                f"{acc_dtype!r}. Pass acc_dtype=None to let the op pick automatically."
            )
        self.__setstate__([allow_retain_graph, batch_chunk_size, chunking_method, acc_policy, acc_dtype])

    def __getstate__(self) -> list[Any]:
        return [getattr(self, name) for name in self.__slots__]

    def __setstate__(self, state: list[Any]) -> None:
        for name, value in zip(self.__slots__, state):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> Any:
        return self.__getstate__() == other.__getstate__() if type(other) is type(self) else NotImplemented  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(tuple(self.__getstate__()))

    def __repr__(self) -> str:
        return "LinearCrossEntropyOptions(" + ", ".join([f"{name}={getattr(self, name)!r}" for name in self.__slots__]) + ")"


as_torch(globals())
