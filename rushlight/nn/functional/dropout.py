"""Dropout."""

from __future__ import annotations

from typing import Any

from rushlight.nn.functional._operators import operator as _op


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Zeros with probability p and the rest scaled by 1 / (1 - p), in training."""
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    return _op("dropout_" if inplace else "dropout")(input, p, training)
