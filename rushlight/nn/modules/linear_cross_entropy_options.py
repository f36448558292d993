"""torch.nn.LinearCrossEntropyOptions: how a chunked computation would be done. Kept and checked; there are no chunks here."""

from __future__ import annotations

from typing import Any

from rushlight._core import dtypes
from rushlight.nn.modules._names import as_torch

__all__ = ["LinearCrossEntropyOptions"]

_POLICIES = ("accurate", "balanced", "compact", "auto")


class LinearCrossEntropyOptions:
    """Settings of F.linear_cross_entropy."""

    __slots__ = ("acc_dtype", "acc_policy", "allow_retain_graph", "batch_chunk_size", "chunking_method")

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
        self.allow_retain_graph = allow_retain_graph
        self.batch_chunk_size = batch_chunk_size
        self.chunking_method = chunking_method
        self.acc_policy = acc_policy
        self.acc_dtype = acc_dtype

    def __repr__(self) -> str:
        names = ("allow_retain_graph", "batch_chunk_size", "chunking_method", "acc_policy", "acc_dtype")
        return "LinearCrossEntropyOptions(" + ", ".join([f"{name}={getattr(self, name)!r}" for name in names]) + ")"


as_torch(globals())
