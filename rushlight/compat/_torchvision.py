"""The operators that torchvision's wheel brings as a library compiled for PyTorch, written with rushlight's own.

torchvision asks for them while it is imported; `torch.ops.load_library` puts these in the place of its library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import rushlight as torch
from rushlight.library import Library

ROI = "float spatial_scale, SymInt pooled_height, SymInt pooled_width"
SIZES = "SymInt batch_size, SymInt channels, SymInt height, SymInt width"
DEFORM = (
    "Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, SymInt stride_h, SymInt stride_w, SymInt pad_h, SymInt pad_w, "
    "SymInt dilation_h, SymInt dilation_w, SymInt groups, SymInt offset_groups, bool use_mask"
)
SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    f"roi_align(Tensor input, Tensor rois, {ROI}, int sampling_ratio, bool aligned) -> Tensor",
    f"_roi_align_backward(Tensor grad, Tensor rois, {ROI}, {SIZES}, int sampling_ratio, bool aligned) -> Tensor",
    "qroi_align(Tensor input, Tensor rois, float input_scale, int input_zero_point, float rois_scale, int rois_zero_point, "
    f"{ROI}, int sampling_ratio, bool aligned) -> Tensor",
    f"roi_pool(Tensor input, Tensor rois, {ROI}) -> (Tensor, Tensor)",
    f"_roi_pool_backward(Tensor grad, Tensor rois, Tensor argmax, {ROI}, {SIZES}) -> Tensor",
    f"ps_roi_align(Tensor input, Tensor rois, {ROI}, int sampling_ratio) -> (Tensor, Tensor)",
    f"_ps_roi_align_backward(Tensor grad, Tensor rois, Tensor channel_mapping, {ROI}, int sampling_ratio, {SIZES}) -> Tensor",
    f"ps_roi_pool(Tensor input, Tensor rois, {ROI}) -> (Tensor, Tensor)",
    f"_ps_roi_pool_backward(Tensor grad, Tensor rois, Tensor channel_mapping, {ROI}, {SIZES}) -> Tensor",
    f"deform_conv2d({DEFORM}) -> Tensor",
    f"_deform_conv2d_backward(Tensor grad, {DEFORM}) -> (Tensor, Tensor, Tensor, Tensor, Tensor)",
    "_cuda_version() -> int",
)
_kept: list[Library] = []


def is_library(path: str) -> bool:
    """Whether a path leads to torchvision's library of operators."""
    parts = str(path).replace("\\", "/").split("/")
    return len(parts) > 1 and parts[-2] == "torchvision" and parts[-1].split(".")[0] == "_C"


def define() -> None:
    """Define the operators, once."""
    if _kept:
        return
    library = Library("torchvision", "DEF")
    _kept.append(library)
    for schema in SCHEMAS:
        name = library.define(schema)
        if name in KERNELS:
            library.impl(name, KERNELS[name], "CompositeImplicitAutograd")


def nms(dets: Any, scores: Any, iou_threshold: float) -> Any:
    """Indices of the boxes that no better-scored box that stays overlaps by more than the threshold, by decreasing score."""
    for wrong, text in (
        (dets.dim() != 2, f"boxes should be a 2d tensor, got {dets.dim()}D"),
        (dets.dim() == 2 and dets.size(1) != 4, f"boxes should have 4 elements in dimension 1, got {dets.size(-1)}"),
        (scores.dim() != 1, f"scores should be a 1d tensor, got {scores.dim()}D"),
        (dets.size(0) != scores.size(0), "boxes and scores should have same number of elements in dimension 0, got "
         f"{dets.size(0)} and {scores.size(0)}"),
    ):  # fmt: skip
        if wrong:
            raise RuntimeError(text)
    boxes = dets.detach().numpy()
    order = scores.detach().sort(stable=True, descending=True)[1].numpy()
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept = []
    with np.errstate(all="ignore"):
        while order.size:
            best, order = order[0], order[1:]
            kept.append(best)
            corner = np.maximum(boxes[best, :2], boxes[order, :2])
            sides = np.maximum(np.minimum(boxes[best, 2:], boxes[order, 2:]) - corner, 0)
            common = sides[:, 0] * sides[:, 1]
            order = order[~(common / (areas[best] + areas[order] - common) > iou_threshold)]
    return torch.from_numpy(np.asarray(kept, dtype=np.int64))


def _interpolation(start: float, length: float, bins: int, samples: int, size: int, dtype: Any) -> Any:
    """A (bins, size) matrix: each row averages linear interpolations of a line of `size` values at `samples` points of its bin."""
    step = length / bins
    points = start + np.arange(bins, dtype=dtype)[:, None] * step + (np.arange(samples, dtype=dtype) + dtype(0.5)) * (step / max(samples, 1))
    outside = (points < -1) | (points > size)
    points = np.maximum(points, 0)
    low = np.minimum(points.astype(np.int64), size - 1)
    high = np.minimum(low + 1, size - 1)
    part = np.where(low >= size - 1, 0, points - low).astype(dtype)
    matrix = np.zeros((bins, size), dtype=dtype)
    rows = np.broadcast_to(np.arange(bins)[:, None], points.shape)
    np.add.at(matrix, (rows, low), np.where(outside, 0, 1 - part))
    np.add.at(matrix, (rows, high), np.where(outside, 0, part))
    return matrix / dtype(max(samples, 1))


def roi_align(input: Any, rois: Any, spatial_scale: float, pooled_height: int, pooled_width: int, sampling_ratio: int, aligned: bool) -> Any:
    """Averages of bilinear samples in the bins of regions (image, x1, y1, x2, y2): along each axis a product with a small matrix."""
    if rois.dim() != 2 or rois.size(1) != 5:
        raise RuntimeError("rois must have shape as Tensor[K, 5]")
    kind = input.detach().numpy().dtype.type
    parts = []
    for image, *corners in rois.detach().numpy():
        left, top, right, bottom = (corner * kind(spatial_scale) - kind(0.5 if aligned else 0) for corner in corners)
        width, height = right - left, bottom - top
        if not aligned:
            width, height = max(width, kind(1)), max(height, kind(1))
        matrices = []
        for start, length, bins, size in ((top, height, pooled_height, input.size(2)), (left, width, pooled_width, input.size(3))):
            samples = sampling_ratio if sampling_ratio > 0 else int(np.ceil(length / bins))
            matrices.append(torch.from_numpy(_interpolation(start, length, bins, samples, size, kind)))
        parts.append(matrices[0] @ input[int(image)] @ matrices[1].T)
    return torch.stack(parts) if parts else input.new_zeros((0, input.size(1), pooled_height, pooled_width))


def roi_pool(input: Any, rois: Any, spatial_scale: float, pooled_height: int, pooled_width: int) -> Any:
    """The largest value in each bin of regions, and where it lies in its plane (-1: the bin is empty)."""
    channels, height, width = input.shape[1:]
    values, places = [], []
    for image, *corners in rois.detach().tolist():
        left, top, right, bottom = (int(np.floor(corner * spatial_scale + 0.5)) for corner in corners)
        steps = max(bottom - top + 1, 1) / pooled_height, max(right - left + 1, 1) / pooled_width
        for row in range(pooled_height):
            first = min(max(int(np.floor(row * steps[0])) + top, 0), height)
            last = min(max(int(np.ceil((row + 1) * steps[0])) + top, 0), height)
            for column in range(pooled_width):
                start = min(max(int(np.floor(column * steps[1])) + left, 0), width)
                end = min(max(int(np.ceil((column + 1) * steps[1])) + left, 0), width)
                if last <= first or end <= start:
                    values.append(input.new_zeros(channels))
                    places.append(torch.full((channels,), -1))
                    continue
                best, where = input[int(image), :, first:last, start:end].flatten(1).max(1)
                values.append(best)
                places.append((where // (end - start) + first) * width + where % (end - start) + start)
    shape = (rois.size(0), pooled_height, pooled_width, channels)
    if not values:
        return input.new_zeros((0, channels, pooled_height, pooled_width)), torch.zeros((0, channels, *shape[1:3]), dtype=torch.int32)
    found, where = torch.stack(values).reshape(shape), torch.stack(places).reshape(shape)
    return found.permute(0, 3, 1, 2).contiguous(), where.permute(0, 3, 1, 2).to(torch.int32)


def _bilinear(planes: Any, y: Any, x: Any) -> Any:
    """Samples of planes (n, c, h, w) at positions (n, points); what lies outside counts as zero."""
    height, width = planes.shape[2:]
    flat = planes.flatten(2)
    low_y, low_x = y.detach().floor(), x.detach().floor()
    total: Any = 0
    for row, share_y in ((low_y, low_y + 1 - y), (low_y + 1, y - low_y)):
        for column, share_x in ((low_x, low_x + 1 - x), (low_x + 1, x - low_x)):
            inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            index = (row.clamp(0, height - 1) * width + column.clamp(0, width - 1)).long()
            corner = flat.gather(2, index[:, None].expand(-1, planes.size(1), -1))
            total = total + corner * (share_y * share_x * inside)[:, None]
    return total


def deform_conv2d(
    input: Any, weight: Any, offset: Any, mask: Any, bias: Any, stride_h: int, stride_w: int, pad_h: int, pad_w: int, dilation_h: int,
    dilation_w: int, groups: int, offset_groups: int, use_mask: bool,
) -> Any:  # fmt: skip
    """A convolution whose taps are moved by offsets and weighted by a mask."""
    count, channels, height, width = input.shape
    out_channels, _, rows, columns = weight.shape
    out_h = (height + 2 * pad_h - dilation_h * (rows - 1) - 1) // stride_h + 1
    out_w = (width + 2 * pad_w - dilation_w * (columns - 1) - 1) // stride_w + 1
    moved = offset.reshape(count * offset_groups, rows * columns, 2, out_h, out_w)
    tap = torch.arange(rows * columns)
    y = (tap // columns * dilation_h)[:, None, None] + (torch.arange(out_h) * stride_h - pad_h)[:, None] + moved[:, :, 0]
    x = (tap % columns * dilation_w)[:, None, None] + (torch.arange(out_w) * stride_w - pad_w) + moved[:, :, 1]
    planes = input.reshape(count * offset_groups, channels // offset_groups, height, width)
    taken = _bilinear(planes, y.flatten(1), x.flatten(1)).reshape(count * offset_groups, -1, rows * columns, out_h, out_w)
    if use_mask:
        taken = taken * mask.reshape(count * offset_groups, 1, rows * columns, out_h, out_w)
    patches = taken.reshape(count, groups, channels // groups * rows * columns, out_h * out_w)
    result = weight.reshape(groups, out_channels // groups, -1) @ patches
    return result.reshape(count, out_channels, out_h, out_w) + bias.reshape(1, -1, 1, 1)


def _gradients(function: Callable[[], Any], inputs: list[Any], grad: Any) -> Any:
    with torch.enable_grad():
        return torch.autograd.grad(function(), inputs, grad, allow_unused=True)


def _roi_align_backward(grad: Any, rois: Any, scale: float, pooled_h: int, pooled_w: int, *rest: Any) -> Any:
    input = grad.new_zeros(rest[:4]).requires_grad_()
    return _gradients(lambda: roi_align(input, rois, scale, pooled_h, pooled_w, *rest[4:]), [input], grad.detach())[0]


def _roi_pool_backward(grad: Any, rois: Any, argmax: Any, *rest: Any) -> Any:
    count, channels, height, width = rest[3:]
    result = grad.new_zeros(count, channels, height * width)
    for each, places, values in zip(rois[:, 0].long().tolist(), argmax.flatten(2).long(), grad.flatten(2)):
        result[each].scatter_add_(1, places.clamp(min=0), values * (places >= 0))
    return result.reshape(count, channels, height, width)


def _deform_conv2d_backward(grad: Any, input: Any, weight: Any, offset: Any, mask: Any, bias: Any, *rest: Any) -> Any:
    leaves = [each.detach().requires_grad_() for each in (input, weight, offset, mask, bias)]
    found = _gradients(lambda: deform_conv2d(*leaves, *rest), leaves, grad.detach())
    return tuple([torch.zeros_like(leaf) if each is None else each for each, leaf in zip(found, leaves)])


KERNELS: dict[str, Callable[..., Any]] = {
    "nms": nms, "roi_align": roi_align, "_roi_align_backward": _roi_align_backward, "roi_pool": roi_pool,
    "_roi_pool_backward": _roi_pool_backward, "deform_conv2d": deform_conv2d, "_deform_conv2d_backward": _deform_conv2d_backward,
    "_cuda_version": lambda: -1,
}  # fmt: skip
