"""torch.distributed._functional_collectives: collectives that return their results; with one process, what they are given."""

from __future__ import annotations

from typing import Any

from rushlight.distributed._groups import group_of


def wait_tensor(tensor: Any) -> Any:
    """The tensor: nothing is on its way."""
    return tensor


def _unchanged(self: Any, *args: Any, **kwargs: Any) -> Any:
    group_of(None)
    return self.clone()


all_reduce = broadcast = all_gather_tensor = all_gather_single = reduce_scatter_tensor = all_to_all_single = permute_tensor = _unchanged
all_gather_tensor_autograd = reduce_scatter_tensor_autograd = all_to_all_single_autograd = _unchanged


class AsyncCollectiveTensor:
    """For isinstance(): nothing is on its way."""
