"""piq, pytorch-msssim and lpips: measures of image quality with their gradients; pytorch-fid's distance."""

import lpips
import numpy as np
import piq
import pytorch_msssim
import torch
from pytorch_fid.fid_score import calculate_frechet_distance


def run():
    torch.manual_seed(0)
    x = torch.rand(2, 3, 180, 180)
    y = (x + 0.1 * torch.randn_like(x)).clamp(0, 1).requires_grad_()
    for name in ("psnr", "ssim", "gmsd", "multi_scale_gmsd", "vif_p", "fsim", "vsi", "mdsi", "haarpsi", "multi_scale_ssim", "srsim"):
        value = getattr(piq, name)(y, x)
        (grad,) = torch.autograd.grad(value, y, allow_unused=True)
        print(name, value.item(), None if grad is None else grad.abs().sum().item())
    print("tv", piq.total_variation(y).item())
    for name in ("ssim", "ms_ssim"):
        value = getattr(pytorch_msssim, name)(x, y, data_range=1.0)
        print(name, value.item(), torch.autograd.grad(value, y)[0].abs().sum().item())
    print("module", pytorch_msssim.SSIM(data_range=1.0, channel=3, nonnegative_ssim=True)(x, y).item())
    measure = lpips.LPIPS(net="alex", pretrained=False, pnet_rand=True, verbose=False)
    value = measure(x[..., :64, :64], y[..., :64, :64]).mean()
    print("lpips", value.item(), torch.autograd.grad(value, y)[0].abs().sum().item())
    a, b = np.random.RandomState(0).randn(2, 50, 6)
    print("fid", calculate_frechet_distance(a.mean(0), np.cov(a.T), b.mean(0), np.cov(b.T)))


if __name__ == "__main__":
    run()
