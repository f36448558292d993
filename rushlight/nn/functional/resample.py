"""Resizing and sampling of images."""

from __future__ import annotations

import math
import warnings
from typing import Any

from rushlight.nn.functional._operators import operator as _op
from rushlight.nn.functional.pooling import adaptive_avg_pool2d, adaptive_avg_pool3d

__all__ = ["interpolate", "upsample", "upsample_nearest", "upsample_bilinear", "grid_sample", "affine_grid"]

_ALIGNED = ("linear", "bilinear", "bicubic", "trilinear")
_OPERATORS = {
    **{(count + 2, "nearest"): f"upsample_nearest{count}d" for count in (1, 2, 3)},
    **{(count + 2, "nearest-exact"): f"_upsample_nearest_exact{count}d" for count in (1, 2, 3)},
    (3, "linear"): "upsample_linear1d", (4, "bilinear"): "upsample_bilinear2d", (5, "trilinear"): "upsample_trilinear3d",
    (4, "bicubic"): "upsample_bicubic2d",
}  # fmt: skip
_AREA = {3: lambda input, size: _op("adaptive_avg_pool1d")(input, size), 4: adaptive_avg_pool2d, 5: adaptive_avg_pool3d}
_NEEDS = {"linear": 3, "bilinear": 4, "trilinear": 5}


def _per_dimension(input: Any, values: Any, label: str, what: str, ending: str) -> list[Any]:
    """A size or scale factor for each spatial dimension."""
    count = input.dim() - 2
    if not isinstance(values, (list, tuple)):
        return [values] * count
    if len(values) != count:
        raise ValueError(
            f"Input and {label} must have the same number of spatial dimensions, but got input with spatial dimensions of "
            f"{list(input.shape[2:])} and {what} {values}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and {ending}"
        )
    return list(values)


def interpolate(
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None, antialias: bool = False,
) -> Any:  # fmt: skip
    """Images resampled to a size, or by a factor."""
    if mode not in _ALIGNED and align_corners is not None:
        raise ValueError("align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear")
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    factors = None
    if size is not None:
        size = _per_dimension(input, size, "output", "output size of", "output size in (o1, o2, ...,oK) format.")
    elif scale_factor is not None:
        factors = _per_dimension(
            input, scale_factor, "scale_factor", "scale_factor of shape", "scale_factor in (s1, s2, ...,sK) format."
        )
    else:
        raise ValueError("either size or scale_factor should be defined")
    if recompute_scale_factor and size is not None:
        raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
    if factors is not None and (recompute_scale_factor or mode == "area"):
        size = [math.floor(float(length) * factor) for length, factor in zip(input.shape[2:], factors)]
        factors = None
    return _resampled(input, size, factors, mode, align_corners or False, antialias)


def _resampled(input: Any, size: Any, factors: Any, mode: str, align_corners: bool, antialias: bool) -> Any:
    ndim = input.dim()
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and ndim == 4):
        raise ValueError("Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input")
    if mode == "lanczos" and not antialias:
        raise ValueError("Lanczos mode requires antialias=True")
    if antialias:
        return _op(f"_upsample_{mode}2d_aa")(input, size, align_corners, factors)
    if mode == "area" and ndim in _AREA:
        return _AREA[ndim](input, size)
    found = _OPERATORS.get((ndim, mode))
    if found is None:
        if ndim in (3, 4, 5) and mode in _NEEDS:
            raise NotImplementedError(f"Got {ndim}D input, but {mode} mode needs {_NEEDS[mode]}D input")
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {ndim}D) for the modes: nearest | linear | bilinear | bicubic | "
            f"trilinear | lanczos | area | nearest-exact (got {mode})"
        )
    if mode in _ALIGNED:
        return _op(found)(input, size, align_corners, factors)
    return _op(found)(input, size, factors)


def upsample(input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None) -> Any:
    """interpolate(), by its old name."""
    warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """interpolate() by nearest elements, by its old name."""
    warnings.warn("`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """interpolate() with corners aligned, by its old name."""
    warnings.warn("`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


_MODES = {"bilinear": 0, "nearest": 1, "bicubic": 2}
_PADDINGS = {"zeros": 0, "border": 1, "reflection": 2}
_CHANGED = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if "
    "the old behavior is desired. See the documentation of grid_sample for details."
)


def grid_sample(
    input: Any, grid: Any, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None
) -> Any:
    """Images sampled at the places that a grid holds, from -1 to 1."""
    if mode not in _MODES:
        raise ValueError(f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in _PADDINGS:
        raise ValueError(
            f"nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'"
        )
    if align_corners is None:
        warnings.warn(_CHANGED, stacklevel=2)
    return _op("grid_sampler")(input, grid, _MODES[mode], _PADDINGS[padding_mode], bool(align_corners))


def _check_theta(theta: Any, size: Any) -> None:
    if len(size) not in (4, 5):
        raise NotImplementedError(
            f"affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size {size}."
        )
    count = len(size) - 2
    if theta.dim() != 3 or theta.shape[-2] != count or theta.shape[-1] != count + 1:
        raise ValueError(
            f"Expected a batch of {count}D affine matrices of shape Nx{count}x{count + 1} for size {size}. Got {theta.shape}."
        )


def affine_grid(theta: Any, size: Any, align_corners: bool | None = None) -> Any:
    """The grid, for grid_sample(), of an affine transformation."""
    if align_corners is None:
        warnings.warn(_CHANGED, stacklevel=2)
        align_corners = False
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    _check_theta(theta, size)
    spatial = size[2:]
    if align_corners and min(spatial) == 1:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is not an intended "
            "use case of affine_grid. See the documentation of affine_grid for details.",
            stacklevel=2,
        )
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    return _op("affine_grid_generator")(theta, size, align_corners)
