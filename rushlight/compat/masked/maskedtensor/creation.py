"""torch.masked.maskedtensor.creation: MaskedTensors from data and masks."""

from __future__ import annotations

from typing import Any

from rushlight.masked.maskedtensor.core import MaskedTensor as MaskedTensor

__all__ = ["as_masked_tensor", "masked_tensor"]


def masked_tensor(data: Any, mask: Any, requires_grad: bool = False) -> MaskedTensor:
    """A leaf with copies of the data and the mask."""
    return MaskedTensor(data, mask, requires_grad)


def as_masked_tensor(data: Any, mask: Any) -> MaskedTensor:
    """A MaskedTensor through which gradients reach the data."""
    return MaskedTensor._from_values(data, mask)  # type: ignore[no-any-return]
