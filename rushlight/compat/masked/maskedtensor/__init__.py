"""torch.masked.maskedtensor: tensors that know which of their elements count."""

from rushlight.masked.maskedtensor import _ops_refs as _ops_refs  # fills the tables that MaskedTensor asks
from rushlight.masked.maskedtensor.binary import _apply_native_binary as _apply_native_binary, _is_native_binary as _is_native_binary
from rushlight.masked.maskedtensor.core import MaskedTensor as MaskedTensor, is_masked_tensor as is_masked_tensor
from rushlight.masked.maskedtensor.passthrough import (
    _apply_pass_through_fn as _apply_pass_through_fn,
    _is_pass_through_fn as _is_pass_through_fn,
)
from rushlight.masked.maskedtensor.reductions import _apply_reduction as _apply_reduction, _is_reduction as _is_reduction
from rushlight.masked.maskedtensor.unary import _apply_native_unary as _apply_native_unary, _is_native_unary as _is_native_unary
