"""Sample arguments for the operators of images: convolution, pooling, padding, resampling, sampling."""

from __future__ import annotations

from typing import Any

import numpy as np


def _convolutions(R: Any) -> dict[str, Any]:
    plain = [(1, 1), (0, 0), (1, 1), False, (0, 0), 1]
    strided = [(2, 1), (1, 0), (1, 2), False, (0, 0), 2]
    transposed = [(2, 2), (1, 1), (1, 1), True, (1, 0), 1]
    every = [True, True, True]
    return {
        "convolution": [
            [R(1, 2, 4, 4), R(3, 2, 2, 3), R(3), *plain], [R(2, 2, 5, 5), R(4, 1, 3, 2), None, *strided],
            [R(1, 2, 3, 3), R(2, 2, 3, 2), R(2), *transposed], [R(1, 2, 5), R(2, 2, 3), R(2), (1,), (1,), (1,), False, (0,), 1],
        ],
        "convolution_backward": [
            [R(1, 3, 3, 2), R(1, 2, 4, 4), R(3, 2, 2, 3), (3,), *plain, every],
            [R(2, 4, 3, 3), R(2, 2, 5, 5), R(4, 1, 3, 2), (4,), *strided, every],
            [R(1, 2, 6, 4), R(1, 2, 3, 3), R(2, 2, 3, 2), (2,), *transposed, every],
        ],
        "conv_tbc": [[R(4, 2, 3), R(2, 3, 2), R(2), 1]],
    }  # fmt: skip


def _pooling(R: Any, I: Any) -> dict[str, Any]:
    plane = I([[1, 7], [11, 14]])
    volume = I([[[3]], [[13]]])
    square, cube = [(2, 2), (2, 2), (1, 1)], [(2, 2, 2), (2, 2, 2), (0, 0, 0)]
    return {
        "max_pool2d_with_indices": [[R(1, 4, 4), (2, 2)], [R(2, 1, 5, 4), (3, 2), (2, 1), (1, 0), (1, 1), True]],
        "max_pool3d_with_indices": [[R(1, 2, 4, 3), (2, 2, 2)]],
        "max_pool2d_with_indices_backward": [[R(1, 2, 2), R(1, 4, 4), (2, 2), (2, 2), (0, 0), (1, 1), False, plane]],
        "max_pool3d_with_indices_backward": [[R(1, 2, 1, 1), R(1, 4, 2, 2), *cube, (1, 1, 1), False, volume]],
        "avg_pool2d": [[R(1, 4, 4), (2, 2)], [R(2, 1, 5, 4), (3, 2), (2, 1), (1, 0), True, False]],
        "avg_pool3d": [[R(1, 2, 4, 3), (2, 2, 2)], [R(1, 3, 3, 3), (2, 2, 2), (1, 1, 1), (1, 1, 1), False, True, 3]],
        "avg_pool2d_backward": [[R(1, 3, 3), R(1, 4, 4), *square, False, True, None]],
        "avg_pool3d_backward": [[R(1, 1, 2, 1), R(1, 2, 4, 3), *cube, False, True, None]],
        "_adaptive_avg_pool2d": [[R(1, 5, 4), (3, 2)], [R(1, 2, 2), (3, 4)]], "_adaptive_avg_pool3d": [[R(1, 2, 5, 4), (2, 3, 2)]],
        "_adaptive_avg_pool2d_backward": [[R(1, 3, 2), R(1, 5, 4)]], "_adaptive_avg_pool3d_backward": [[R(1, 2, 3, 2), R(1, 2, 5, 4)]],
        "adaptive_max_pool2d": [[R(1, 5, 4), (3, 2)]], "adaptive_max_pool3d": [[R(1, 2, 5, 4), (2, 3, 2)]],
        "adaptive_max_pool2d_backward": [[R(1, 2, 2), R(1, 4, 4), plane]],
        "adaptive_max_pool3d_backward": [[R(1, 2, 1, 1), R(1, 4, 2, 2), volume]],
        "fractional_max_pool2d": [[R(2, 4, 5), (2, 2), (2, 3), np.full((1, 2, 2), 0.4)]],
        "fractional_max_pool3d": [[R(1, 4, 5, 4), (2, 2, 2), (2, 2, 2), np.full((1, 1, 3), 0.4)]],
        "fractional_max_pool2d_backward": [[R(1, 2, 2), R(1, 4, 4), (2, 2), (2, 2), plane]],
        "fractional_max_pool3d_backward": [[R(1, 2, 1, 1), R(1, 4, 2, 2), (2, 2, 2), (2, 1, 1), volume]],
        "max_unpool2d": [[R(1, 2, 2), plane, (4, 4)]],
        "max_unpool3d": [[R(1, 2, 1, 1), volume, (4, 2, 2), (2, 2, 2), (0, 0, 0)]],
    }  # fmt: skip


def _borders(R: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "pixel_shuffle": [[R(1, 4, 2, 3), 2]], "pixel_unshuffle": [[R(1, 1, 4, 2), 2]], "channel_shuffle": [[R(1, 6, 2, 1), 3]],
        "im2col": [[R(1, 2, 4, 4), (2, 3), (1, 1), (1, 0), (2, 1)], [R(1, 3, 3), (2, 2), (1, 1), (0, 0), (1, 1)]],
        "col2im": [[R(1, 4, 4), (3, 3), (2, 2), (1, 1), (0, 0), (1, 1)]],
    }  # fmt: skip
    for kind in ("reflection", "replication"):
        for count, shape in ((1, (1, 4)), (2, (1, 3, 4)), (3, (1, 2, 3, 3))):
            padding = (1, 1, -1, 2, 1, 0)[: 2 * count] if count < 3 else (1, 2, -1, 1, 1, 0)
            larger = [size + sum(pair) for size, pair in zip(shape[1:], list(zip(padding[::2], padding[1::2]))[::-1])]
            found[f"{kind}_pad{count}d"] = [[R(*shape), padding]]
            found[f"{kind}_pad{count}d_backward"] = [[R(shape[0], *larger), R(*shape), padding]]
    return found


def _resampling(R: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    ways = {
        "upsample_nearest1d": 1, "upsample_nearest2d": 2, "upsample_nearest3d": 3, "_upsample_nearest_exact1d": 1,
        "_upsample_nearest_exact2d": 2, "_upsample_nearest_exact3d": 3, "upsample_linear1d": 1, "upsample_bilinear2d": 2,
        "upsample_trilinear3d": 3, "upsample_bicubic2d": 2, "_upsample_bilinear2d_aa": 2, "_upsample_bicubic2d_aa": 2,
        "_upsample_lanczos2d_aa": 2,
    }  # fmt: skip
    for name, count in ways.items():
        sizes, places = (1, 1, *(4, 3, 2)[:count]), (5, 2, 3)[:count]
        corners = [] if "nearest" in name else [False]
        found[name] = [[R(*sizes), places, *corners]]
        found[f"{name}_backward"] = [[R(1, 1, *places), places, sizes, *corners]]
        if corners:
            found[name].append([R(*sizes), places, True])
    return found


def _grids(R: Any) -> dict[str, Any]:
    plane = np.array([[[[-0.63, 0.21], [0.37, -0.44]], [[1.7, 0.13], [-0.18, -0.91]]]])
    volume = np.array([[[[[-0.63, 0.21, 0.37], [0.44, -0.27, 0.11]]]]])
    return {
        "grid_sampler_2d": [[R(1, 2, 3, 4), plane, *mode] for mode in ((0, 0, False), (0, 1, True), (0, 2, False), (2, 0, True))],
        "grid_sampler_3d": [[R(1, 2, 2, 3, 4), volume, 0, 0, False]],
        "grid_sampler_2d_backward": [[R(1, 2, 2, 2), R(1, 2, 3, 4), plane, 0, 0, False, [True, True]]],
        "grid_sampler_3d_backward": [[R(1, 2, 1, 1, 2), R(1, 2, 2, 3, 4), volume, 0, 0, False, [True, True]]],
        "affine_grid_generator": [[R(2, 2, 3), (2, 1, 2, 3), False], [R(1, 3, 4), (1, 1, 2, 2, 3), True]],
    }


def table(R: Any, I: Any) -> dict[str, list[list[Any]]]:
    """The samples, made with the makers of real numbers and of indices."""
    return {**_convolutions(R), **_pooling(R, I), **_borders(R), **_resampling(R), **_grids(R)}
