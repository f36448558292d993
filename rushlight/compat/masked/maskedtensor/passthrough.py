"""torch.masked.maskedtensor.passthrough: what moves elements moves the mask in the same way."""

from __future__ import annotations

from typing import Any

from rushlight._ops import OPS
from rushlight.masked.maskedtensor.core import _map_mt_args_kwargs, _wrap_result

__all__: list[str] = []

PASSTHROUGH_FNS = [
    getattr(OPS.aten, name)
    for name in """select transpose split t slice slice_backward select_backward index expand view _unsafe_view _reshape_alias cat
    unsqueeze unfold unfold_backward im2col col2im stack""".split()
]


def _is_pass_through_fn(fn: Any) -> bool:
    return fn in PASSTHROUGH_FNS


def _apply_pass_through_fn(fn: Any, *args: Any, **kwargs: Any) -> Any:
    datas, data_settings = _map_mt_args_kwargs(args, kwargs, lambda masked: masked.get_data())
    masks, mask_settings = _map_mt_args_kwargs(args, kwargs, lambda masked: masked.get_mask())
    return _wrap_result(fn(*datas, **data_settings), fn(*masks, **mask_settings))
