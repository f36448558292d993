"""Connectionist temporal classification."""

from __future__ import annotations

from typing import Any

from rushlight.nn.functional._operators import operator as _op
from rushlight.nn.functional.loss import _reduction

__all__ = ["ctc_loss"]


def ctc_loss(
    log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: int = 0, reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:  # fmt: skip
    """The loss of label sequences whose alignment with the input is unknown."""
    return _op("ctc_loss")(log_probs, targets, input_lengths, target_lengths, blank, _reduction(reduction), zero_infinity)
