"""torch.utils._foreach_utils: lists of tensors by device and dtype."""

from __future__ import annotations

from typing import Any


def _get_foreach_kernels_supported_devices() -> list[str]:
    return ["cuda", "xpu", "mtia"]


def _get_fused_kernels_supported_devices() -> list[str]:
    return ["mps", "cuda", "xpu", "hpu", "cpu", "mtia"]


def _group_tensors_by_device_and_dtype(tensorlistlist: Any, with_indices: bool = False) -> dict[Any, Any]:
    """Parallel lists of tensors, grouped by device and dtype of the first one's entries."""
    found: dict[Any, Any] = {}
    for index, first in enumerate(tensorlistlist[0]):
        lists, indices = found.setdefault((first.device, first.dtype), ([[] for _ in tensorlistlist], []))
        for column, tensors in zip(lists, tensorlistlist):
            if tensors:
                column.append(tensors[index])
        if with_indices:
            indices.append(index)
    return found


def _device_has_foreach_support(device: Any) -> bool:
    return device.type == "cpu"


def _has_foreach_support(tensors: Any, device: Any) -> bool:
    return _device_has_foreach_support(device)
