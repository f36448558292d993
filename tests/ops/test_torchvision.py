"""The operators that stand in for torchvision's library, against plain loops."""

import math

import pytest

import rushlight as torch
from rushlight import _torchvision

pytestmark = pytest.mark.filterwarnings("error")


def boxes(count):
    torch.manual_seed(0)
    corners = torch.rand(count, 2) * 8
    return torch.cat([corners, corners + torch.rand(count, 2) * 6], 1)


def overlap(a, b):
    sides = [max(min(a[i + 2], b[i + 2]) - max(a[i], b[i]), 0) for i in (0, 1)]
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    return sides[0] * sides[1] / (area(a) + area(b) - sides[0] * sides[1])


def test_library_is_recognised():
    assert _torchvision.is_library("/x/torchvision/_C.so") and _torchvision.is_library("torchvision/_C.cpython-311.so")
    assert not _torchvision.is_library("/x/torchvision/image.so") and not _torchvision.is_library("/x/other/_C.so")


def test_nms():
    dets = boxes(40).double()
    scores = torch.arange(40).remainder(7).double()
    kept = []
    for index in sorted(range(40), key=lambda i: -scores[i].item()):
        if all(overlap(dets[other].tolist(), dets[index].tolist()) <= 0.3 for other in kept):
            kept.append(index)
    assert _torchvision.nms(dets, scores, 0.3).tolist() == kept and 1 < len(kept) < 40
    assert _torchvision.nms(dets[:0], scores[:0], 0.3).shape == (0,)
    with pytest.raises(RuntimeError, match="boxes should be a 2d tensor, got 1D"):
        _torchvision.nms(scores, scores, 0.3)


def sample(plane, y, x):
    height, width = plane.shape
    if y < -1 or y > height or x < -1 or x > width:
        return 0.0
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    top, left = min(int(y), height - 1), min(int(x), width - 1)
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    first = plane[top, left].item() * (1 - x + left) + plane[top, right].item() * (x - left)
    second = plane[bottom, left].item() * (1 - x + left) + plane[bottom, right].item() * (x - left)
    return first * (1 - y + top) + second * (y - top)


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("ratio", [0, 2])
def test_roi_align(aligned, ratio):
    input = torch.randn(2, 1, 7, 9, dtype=torch.float64, requires_grad=True)
    rois = torch.tensor([[0, 1.0, 1.5, 14, 12], [1, -3, 0, 30, 9], [1, 4, 4, 4.5, 4.5]], dtype=torch.float64)
    result = _torchvision.roi_align(input, rois, 0.5, 2, 3, ratio, aligned)
    for row, (image, *corners) in enumerate(rois.tolist()):
        left, top, right, bottom = (corner * 0.5 - (0.5 if aligned else 0) for corner in corners)
        width, height = (size if aligned else max(size, 1) for size in (right - left, bottom - top))
        steps = [ratio or math.ceil(height / 2), ratio or math.ceil(width / 3)]
        for i in range(2):
            for j in range(3):
                ys = [top + (i + (k + 0.5) / steps[0]) * height / 2 for k in range(steps[0])]
                xs = [left + (j + (k + 0.5) / steps[1]) * width / 3 for k in range(steps[1])]
                expected = sum(sample(input[int(image), 0], y, x) for y in ys for x in xs) / max(len(ys) * len(xs), 1)
                assert result[row, 0, i, j].item() == pytest.approx(expected, abs=1e-12)
    grad = torch.randn_like(result)
    (wanted,) = torch.autograd.grad(result, input, grad)
    torch.testing.assert_close(_torchvision._roi_align_backward(grad, rois, 0.5, 2, 3, *input.shape, ratio, aligned), wanted)


def test_roi_pool():
    input = torch.randn(1, 2, 6, 6, dtype=torch.float64, requires_grad=True)
    rois = torch.tensor([[0, 0.0, 0, 3, 5], [0, 7, 7, 9, 9]], dtype=torch.float64)
    result, places = _torchvision.roi_pool(input, rois, 1.0, 2, 2)
    assert result[0, :, 0, 1].tolist() == input[0, :, 0:3, 2:4].amax((1, 2)).tolist()
    assert places[1].unique().tolist() == [-1] and not result[1].any()
    (wanted,) = torch.autograd.grad(result.sum(), input)
    found = _torchvision._roi_pool_backward(torch.ones_like(result), rois, places, 1.0, 2, 2, *input.shape)
    torch.testing.assert_close(found, wanted)


def test_deformable_convolution():
    torch.manual_seed(0)
    input, weight = torch.randn(2, 4, 5, 5, dtype=torch.float64), torch.randn(6, 2, 3, 3, dtype=torch.float64)
    offset, mask = torch.zeros(2, 36, 3, 3, dtype=torch.float64), torch.ones(2, 18, 3, 3, dtype=torch.float64)
    bias = torch.randn(6, dtype=torch.float64)
    rest = (2, 2, 1, 1, 1, 1, 2, 2, True)
    plain = torch.nn.functional.conv2d(input, weight, bias, stride=2, padding=1, groups=2)
    torch.testing.assert_close(_torchvision.deform_conv2d(input, weight, offset, mask, bias, *rest), plain)
    offset[:, 0::2] = 1  # one row down: what lies below the image is zero
    moved = torch.nn.functional.pad(input[:, :, 1:], (0, 0, 0, 1))
    padded = torch.nn.functional.pad(input, (1, 1, 1, 2))[:, :, 1:]
    assert moved.shape == input.shape
    shifted = torch.nn.functional.conv2d(padded, weight, bias, stride=2, groups=2)
    torch.testing.assert_close(_torchvision.deform_conv2d(input, weight, offset, mask, bias, *rest), shifted)
    found = _torchvision._deform_conv2d_backward(torch.ones_like(shifted), input, weight, offset, mask, bias, *rest)
    assert [each.shape for each in found] == [each.shape for each in (input, weight, offset, mask, bias)]
    torch.testing.assert_close(found[4], torch.full((6,), 18.0, dtype=torch.float64))
