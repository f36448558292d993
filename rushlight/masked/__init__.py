"""torch.masked: reductions and normalizations that leave out elements whose mask is False; MaskedTensor is in `compat/masked`."""

from __future__ import annotations

from typing import Any

from rushlight._install import elsewhere
from rushlight.masked._ops import (
    _combine_input_and_mask as _combine_input_and_mask,
    _input_mask as _input_mask,
    _output_mask as _output_mask,
    _reduction_identity as _reduction_identity,
    amax as amax,
    amin as amin,
    argmax as argmax,
    argmin as argmin,
    cumprod as cumprod,
    cumsum as cumsum,
    log_softmax as log_softmax,
    logaddexp as logaddexp,
    logsumexp as logsumexp,
    mean as mean,
    median as median,
    norm as norm,
    normalize as normalize,
    prod as prod,
    softmax as softmax,
    softmin as softmin,
    std as std,
    sum as sum,
    var as var,
)

__all__ = [
    "MaskedTensor",
    "amax",
    "amin",
    "argmax",
    "argmin",
    "as_masked_tensor",
    "cumprod",
    "cumsum",
    "is_masked_tensor",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "masked_tensor",
    "mean",
    "median",
    "norm",
    "normalize",
    "prod",
    "softmax",
    "softmin",
    "std",
    "sum",
    "var",
]


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
