"""What torch.amp.GradScaler does with gradients and with its scale, as operators."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core.tensor import bump
from rushlight.ops.declare import composite


@composite("_amp_foreach_non_finite_check_and_unscale_")
def unscale(self: Any, found_inf: Any, inv_scale: Any) -> None:
    """Multiply tensors by inv_scale, and set found_inf to 1 where one of them has an element that is not finite."""
    for name, tensor in (("inv_scale", inv_scale), ("found_inf", found_inf)):
        if tensor._array.size != 1:
            raise RuntimeError(f"{name} must be a 1-element tensor.")
        if tensor._array.dtype != np.float32:
            raise RuntimeError(f"{name} must be a float tensor.")
    factor = inv_scale._array.reshape(())
    for tensor in self:
        array = tensor._array
        if not np.isfinite(array).all():
            found_inf._array[...] = 1
        if factor != 1:
            array[...] = array * factor.astype(array.dtype)  # PyTorch does not count this write


@composite("_amp_update_scale_")
def update_scale(
    self: Any, growth_tracker: Any, found_inf: Any, scale_growth_factor: Any, scale_backoff_factor: Any, growth_interval: Any
) -> Any:
    """Shrink the scale where found_inf is set; let it grow after `growth_interval` times without."""
    scale, tracker = self._array, growth_tracker._array
    if found_inf._array.reshape(()) != 0:
        scale[...] = scale * np.float32(scale_backoff_factor)
        tracker[...] = 0
    elif int(tracker.reshape(())) + 1 == growth_interval:
        grown = scale * np.float32(scale_growth_factor)
        if np.isfinite(grown).all():
            scale[...] = grown
        tracker[...] = 0
    else:
        tracker += 1
    bump(self)
    return self
