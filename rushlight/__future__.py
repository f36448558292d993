"""torch.__future__: how conversions of modules (`to`, `half`, loading a state) replace their parameters."""

from __future__ import annotations

_overwrite_module_params_on_conversion = False
_swap_module_params_on_conversion = False


def set_overwrite_module_params_on_conversion(value: bool) -> None:
    """Whether conversions put new Parameters in the place of the old ones, instead of changing the data of these."""
    global _overwrite_module_params_on_conversion
    _overwrite_module_params_on_conversion = value


def get_overwrite_module_params_on_conversion() -> bool:
    """Whether conversions put new Parameters in the place of the old ones."""
    return _overwrite_module_params_on_conversion


def set_swap_module_params_on_conversion(value: bool) -> None:
    """Whether conversions exchange each parameter with its converted form, see torch.utils.swap_tensors."""
    global _swap_module_params_on_conversion
    _swap_module_params_on_conversion = value


def get_swap_module_params_on_conversion() -> bool:
    """Whether conversions exchange each parameter with its converted form."""
    return _swap_module_params_on_conversion
