"""kornia: filters, colour, geometry, features, losses and a registered homography."""

import kornia
import torch


def run():
    torch.manual_seed(0)
    image = torch.rand(2, 3, 24, 24, requires_grad=True)
    outputs = {
        "blur": kornia.filters.gaussian_blur2d(image, (5, 5), (1.5, 1.5)),
        "sobel": kornia.filters.sobel(image),
        "median": kornia.filters.median_blur(image, (3, 3)),
        "canny": kornia.filters.canny(image)[0],
        "lab": kornia.color.rgb_to_lab(image),
        "hsv": kornia.color.rgb_to_hsv(image),
        "rotate": kornia.geometry.rotate(image, torch.tensor([30.0, 10.0])),
        "resize": kornia.geometry.resize(image, (12, 16)),
        "dilation": kornia.morphology.dilation(image, torch.ones(3, 3)),
        "harris": kornia.feature.harris_response(image),
        "equalize": kornia.enhance.equalize_clahe(image.detach()),
        "brightness": kornia.enhance.adjust_brightness(image, 0.2),
        "warp": kornia.geometry.warp_perspective(image, torch.eye(3)[None] + 0.01 * torch.randn(2, 3, 3), (24, 24)),
    }
    for name, value in outputs.items():
        print(name, tuple(value.shape), value.mean().item(), value.std().item())
        if value.requires_grad:
            (grad,) = torch.autograd.grad(value.sum(), image, retain_graph=True)
            print(name, "grad", grad.abs().sum().item())
    target = torch.rand(2, 3, 24, 24)
    print("ssim", kornia.losses.ssim_loss(image, target, 5).item(), "psnr", kornia.losses.psnr_loss(image, target, 1.0).item())
    print("tv", kornia.losses.total_variation(image).tolist())
    print("focal", kornia.losses.focal_loss(torch.randn(2, 4, 5, 5), torch.randint(4, (2, 5, 5)), alpha=0.5, reduction="mean").item())
    rotation = kornia.geometry.axis_angle_to_rotation_matrix(torch.tensor([[0.1, 0.2, 0.3]]))
    print("rotation", rotation.tolist())
    points = torch.rand(1, 8, 2)
    print("homography", kornia.geometry.find_homography_dlt(points, points * 2 + 0.1).abs().tolist())
    print("projected", kornia.geometry.transform_points(rotation, torch.rand(1, 3, 2)).tolist())
    augment = kornia.augmentation.AugmentationSequential(
        kornia.augmentation.RandomHorizontalFlip(p=1.0), kornia.augmentation.ColorJitter(0.1, 0.1, 0.1, 0.1, p=1.0),
        kornia.augmentation.RandomAffine(15.0, p=1.0), data_keys=["input"],
    )  # fmt: skip
    print("augmented", augment(image.detach()).mean().item())


if __name__ == "__main__":
    run()
