"""Dropout."""

from __future__ import annotations

import warnings
from typing import Any

from rushlight.nn.functional._operators import operator as _op


def _check(p: float) -> None:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _applied(name: str, input: Any, p: float, training: bool, inplace: bool) -> Any:
    return _op(name + "_" if inplace else name)(input, p, training)


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Zeros with probability p and the rest scaled by 1 / (1 - p), in training."""
    _check(p)
    return _applied("dropout", input, p, training, inplace)


def alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """Dropout for selu networks: keeps mean and variance."""
    _check(p)
    return _applied("alpha_dropout", input, p, training, inplace)


def _of_batch(name: str, input: Any, p: float, training: bool, inplace: bool, alone: bool) -> Any:
    """Channel-wise dropout of a batch; an input without one (alone) is a batch of one."""
    if not alone:
        return _applied(name, input, p, training, inplace)
    batch = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    found = _applied(name, batch, p, training, inplace)
    return found.squeeze_(0) if inplace else found.squeeze(0)


def dropout1d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Dropout of whole channels of one dimension."""
    _check(p)
    dims = input.dim()
    if dims not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {dims}D input. Note that dropout1d exists to provide channel-wise "
            "dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs)."
        )
    return _of_batch("feature_dropout", input, p, training, inplace, dims == 2)


_UNEXPECTED = (
    "{name}: Received a {dims}-D input to {name}, which is deprecated and will result in an error in a future release. To retain the "
    "behavior and silence this warning, please use dropout instead. Note that {name} exists to provide channel-wise dropout on inputs "
    "with {spatial} spatial dimensions, a channel dimension, and an optional batch dimension (i.e. {least}D or {most}D inputs)."
)


def _expect(name: str, dims: int, spatial: int) -> None:
    if dims not in (spatial + 1, spatial + 2):
        text = _UNEXPECTED.format(name=name, dims=dims, spatial=spatial, least=spatial + 1, most=spatial + 2)
        warnings.warn(text, stacklevel=3)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Dropout of whole channels of two dimensions."""
    _check(p)
    _expect("dropout2d", input.dim(), 2)
    if input.dim() == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is "
            "interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future release to interpret "
            "the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please "
            "switch to using dropout1d instead.",
            stacklevel=2,
        )
    return _applied("feature_dropout", input, p, training, inplace)


def dropout3d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Dropout of whole channels of three dimensions."""
    _check(p)
    _expect("dropout3d", input.dim(), 3)
    return _of_batch("feature_dropout", input, p, training, inplace, input.dim() != 5)


def feature_alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """alpha_dropout of whole channels."""
    _check(p)
    return _applied("feature_alpha_dropout", input, p, training, inplace)
