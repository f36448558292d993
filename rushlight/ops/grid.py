"""grid_sample and affine_grid."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes, loops
from rushlight._core.tensor import TensorBase, shape_text, wrap
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.later import later
from rushlight.ops.pointwise import no_derivative
from rushlight.ops.pooling_checks import not_implemented
from rushlight.ops.reduce_common import widened

kernels = later("kernels_grid")


def _check(input: Any, grid: Any) -> None:
    if input.shape[:1] != grid.shape[:1]:
        raise RuntimeError(
            "grid_sampler(): expected grid and input to have same batch size, but got input with sizes "
            f"{shape_text(input.shape)} and grid with sizes {shape_text(grid.shape)}"
        )
    if not grid.ndim or grid.shape[-1] != input.ndim - 2:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {input.ndim - 2} in last dimension, but got grid with sizes "
            f"{shape_text(grid.shape)}"
        )
    for dim in range(2, input.ndim):
        if input.shape[dim] == 0:
            raise RuntimeError(
                "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes "
                f"{shape_text(input.shape)} with dimension {dim} being empty"
            )


def _check_dimensions(input: Any, grid: Any, count: int) -> None:
    if input.ndim != count + 2 or input.ndim != grid.ndim:
        raise RuntimeError(
            f"grid_sampler(): expected {count + 2}D input and grid with same number of dimensions, but got input with sizes "
            f"{shape_text(input.shape)} and grid with sizes {shape_text(grid.shape)}"
        )


def _sampler(input: Any, grid: Any, mode: int, padding: int, align_corners: bool) -> kernels.Sampler:
    return kernels.Sampler(input.shape, grid, mode, padding, align_corners)


def _rows(images: Any) -> Any:
    return kernels.rows_of(widened(images))


def _images(rows: Any, like: Any) -> Any:
    return kernels.images_of(rows.astype(like.dtype, copy=False), like.shape)


def _grid(rows: Any, like: Any) -> Any:
    return rows.astype(like.dtype, copy=False).reshape(like.shape)


# Bilinear samples of images in C: None where they decline, and always in the pure form.
_native, _native_backward = loops.helper("grid_sample"), loops.helper("grid_sample_backward")


def _sample(count: int, refused: str, input: Any, grid: Any, mode: int, padding: int, align_corners: bool) -> Any:
    """The forward kernel."""
    _check(input, grid)
    _check_dimensions(input, grid, count)
    if input.dtype.char not in "efdE":
        raise not_implemented(refused, input)
    if input.dtype is not grid.dtype:
        raise RuntimeError(f"expected scalar type {dtypes.of(input).cpp} but found {dtypes.of(grid).cpp}")
    shape = (*input.shape[:2], *grid.shape[1:-1])
    if not math.prod(shape):
        return np.empty(shape, input.dtype)
    native = _native(input, grid, mode, padding, align_corners)
    if native is not None:
        return native
    found = kernels.forward(_sampler(input, grid, mode, padding, align_corners), _rows(input))
    return kernels.images_of(found.astype(input.dtype, copy=False), shape)


def _gradients(grad: Any, input: Any, grid: Any, mode: int, padding: int, align_corners: bool, wanted: Any) -> Any:
    """The gradients of images and grid; empty arrays for those that are not wanted."""
    if not grad.size:
        return np.zeros(input.shape, input.dtype), np.zeros(grid.shape, grid.dtype)
    found = _native_backward(input, grid, mode, padding, align_corners, np.ascontiguousarray(grad), *map(bool, wanted))
    if found is not None:
        return [np.empty(0, input.dtype) if entry is None else entry for entry in found]
    sampler = _sampler(input, grid, mode, padding, align_corners)
    by_input, by_grid = kernels.backward(sampler, _rows(grad), _rows(input), wanted)
    empty = np.empty(0, input.dtype)
    return empty if by_input is None else _images(by_input, input), empty if by_grid is None else _grid(by_grid, grid)


def _again_operator(name: str, count: int) -> Any:
    """The gradient's gradients, which have none."""
    refusals = dict.fromkeys(("grad_output", "input", "grid", "to_input", "to_grid"), no_derivative(f"{name}_double_backward"))

    @op(
        f"{name}_double_backward", kind="internal", grad_fn="NotImplemented", pack=tuple, outputs=("result0", "result1", "result2"),
        tensors=("to_input", "to_grid", "grad_output", "input", "grid"), **refusals,
    )  # fmt: skip
    def again(
        to_input: Any, to_grid: Any, grad_output: Any, input: Any, grid: Any, interpolation_mode: Any, padding_mode: Any,
        align_corners: Any,
    ) -> Any:  # fmt: skip
        sampler = _sampler(input, grid, interpolation_mode, padding_mode, align_corners)
        moved = None if to_grid is None else widened(to_grid).reshape(-1, count)
        values = None if to_input is None else _rows(to_input)
        by_grad, by_input, by_grid = kernels.double_backward(sampler, values, moved, _rows(grad_output), _rows(input))
        return _images(by_grad, grad_output), _images(by_input, input), _grid(by_grid, grid)

    return again


def _gradient_operator(name: str, count: int) -> Any:
    again = _again_operator(name, count)

    def formula(
        grads: Any, grad_output: Any, input: Any, grid: Any, interpolation_mode: Any, padding_mode: Any, align_corners: Any,
        output_mask: Any,
    ) -> list[Any]:  # fmt: skip
        to_input, to_grid = grads
        if to_input is None and to_grid is None:
            return [None, None, None]
        found = again(to_input, to_grid, grad_output, input, grid, interpolation_mode, padding_mode, align_corners)
        return [entry if wanted else None for entry, wanted in zip(found, output_mask)]

    @op(
        f"{name}_backward", grad_fn=f"GridSampler{count}DBackwardBackward0", tensors=("grad_output", "input", "grid"),
        outputs=("result0", "result1"), pack=tuple, **{"grad_output, input, grid": formula},
    )  # fmt: skip
    def gradient(
        grad_output: Any, input: Any, grid: Any, interpolation_mode: Any, padding_mode: Any, align_corners: Any, wanted: Any
    ) -> Any:
        return _gradients(grad_output, input, grid, interpolation_mode, padding_mode, align_corners, wanted)

    return gradient


def _operator(count: int, refused: str) -> Any:
    name = f"grid_sampler_{count}d"
    gradient = _gradient_operator(name, count)

    def formula(
        grad: Any, input: Any, grid: Any, interpolation_mode: Any, padding_mode: Any, align_corners: Any, output_mask: Any
    ) -> list[Any]:
        found = gradient(grad, input, grid, interpolation_mode, padding_mode, align_corners, list(output_mask))
        return [entry if wanted else None for entry, wanted in zip(found, output_mask)]

    @op(name, grad_fn=f"GridSampler{count}DBackward0", tensors=("input", "grid"), **{"input, grid": formula})
    def sample(input: Any, grid: Any, interpolation_mode: Any, padding_mode: Any, align_corners: Any) -> Any:
        return _sample(count, refused, input, grid, interpolation_mode, padding_mode, align_corners)

    return sample


grid_sampler_2d = _operator(2, "grid_sampler_2d_cpu_kernel_impl")
grid_sampler_3d = _operator(3, "grid_sampler3d_cpu")


@composite("_grid_sampler_2d_cpu_fallback")
def grid_sampler_fallback(input: Any, grid: Any, interpolation_mode: Any, padding_mode: Any, align_corners: Any) -> Any:
    """grid_sampler_2d(); PyTorch's other implementation of it."""
    return grid_sampler_2d.apply([input, grid, interpolation_mode, padding_mode, align_corners])


@composite("grid_sampler")
def grid_sampler(input: Any, grid: Any, interpolation_mode: Any, padding_mode: Any, align_corners: Any) -> Any:
    """Images or volumes sampled at the places that a grid holds."""
    _check(input, grid)
    if input.ndim not in (4, 5) or input.ndim != grid.ndim:
        raise RuntimeError(
            f"grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got input with sizes "
            f"{shape_text(input.shape)} and grid with sizes {shape_text(grid.shape)}"
        )
    if input.ndim == 5 and interpolation_mode == kernels.BICUBIC:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    run = grid_sampler_2d if input.ndim == 4 else grid_sampler_3d
    return run.apply([input, grid, interpolation_mode, padding_mode, align_corners])


# ---------------------------------------------------------------- affine_grid


def _line(size: int, align_corners: bool, np_dtype: Any) -> Any:
    if size <= 1:
        return np.zeros(size, np_dtype)
    line = np.linspace(-1, 1, size)
    return (line if align_corners else line * (size - 1) / size).astype(np_dtype)


def _base(size: Any, align_corners: bool, np_dtype: Any) -> Any:
    """(points, dimensions + 1): the grid of the identity, with ones."""
    spatial = size[2:]
    count = len(spatial)
    found = np.ones((*spatial, count + 1), np_dtype)
    for axis, length in enumerate(spatial):
        found[..., count - 1 - axis] = _line(length, align_corners, np_dtype).reshape(-1, *[1] * (count - 1 - axis))
    return found.reshape(-1, count + 1)


def _affine_backward(grad: Any, size: Any, align_corners: Any) -> Any:
    count = len(size) - 2
    tensor = isinstance(grad, TensorBase)
    np_dtype = (grad._array if tensor else grad).dtype
    shape = (size[0], math.prod(size[2:]), count)
    base = _base(size, align_corners, np_dtype)
    if tensor:
        return REGISTRY["transpose.int"](wrap(base.T) @ REGISTRY["reshape"](grad, shape), 1, 2)
    return np.matmul(base.T, grad.reshape(shape)).swapaxes(1, 2)


@op("affine_grid_generator", tensors=("theta",), theta=_affine_backward)
def affine_grid_generator(theta: Any, size: Any, align_corners: Any) -> Any:
    """The grid of an affine transformation of each image."""
    if len(size) not in (4, 5):
        raise RuntimeError("AffineGridGenerator needs 4d (spatial) or 5d (volumetric) inputs.")
    if theta.shape[0] != size[0]:
        expected, found = [size[0], len(size) - 1], [theta.shape[0], theta.shape[2]]
        raise RuntimeError(f"Expected size for first two dimensions of batch2 tensor to be: {expected} but got: {found}.")
    base = widened(_base(size, align_corners, theta.dtype))
    found = narrowed(np.matmul(base, widened(theta).swapaxes(1, 2)), theta.dtype)
    return found.reshape(size[0], *size[2:], len(size) - 2)
