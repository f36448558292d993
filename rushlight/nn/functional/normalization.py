"""Normalisations."""

from __future__ import annotations

from typing import Any

from rushlight.nn.functional._operators import operator as _op


def normalize(input: Any, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Any = None) -> Any:
    """x over its p-norm along `dim`, or over eps where that is larger."""
    size = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input / size if out is None else _op("div")(input, size, out=out)
