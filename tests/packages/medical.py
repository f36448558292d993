"""monai: a U-Net, a UNETR, losses, metrics, sliding windows and transforms of arrays."""

import numpy as np
import torch
from monai.inferers import sliding_window_inference
from monai.losses import DiceCELoss, DiceLoss, FocalLoss, TverskyLoss
from monai.metrics import DiceMetric, HausdorffDistanceMetric
from monai.networks.nets import UNETR, BasicUNet, DenseNet121, UNet
from monai.transforms import Compose, EnsureChannelFirst, RandFlip, RandGaussianNoise, RandRotate90, Resize, ScaleIntensity, Spacing
from monai.utils import set_determinism


def run():
    set_determinism(0)
    x = torch.rand(2, 1, 16, 16, 16)
    target = torch.nn.functional.one_hot((x[:, 0] > 0.5).long(), 2).movedim(-1, 1).float()
    net = UNet(3, 1, 2, (4, 8, 16), (2, 2), num_res_units=1)
    optimizer = torch.optim.Adam(net.parameters(), 1e-2)
    for _ in range(2):
        loss = DiceCELoss(softmax=True)(net(x), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print("unet", loss.item())
    scores = net(x)
    print([kind(softmax=True)(scores, target).item() for kind in (DiceLoss, TverskyLoss)], FocalLoss()(scores, target).item())
    hard = torch.nn.functional.one_hot(scores.argmax(1), 2).movedim(-1, 1)
    print("metrics", DiceMetric()(hard, target).tolist(), HausdorffDistanceMetric(percentile=95)(hard[:, :, 8], target[:, :, 8]).tolist())
    with torch.no_grad():
        print("window", sliding_window_inference(x[:1], (8, 8, 8), 2, net, overlap=0.25).sum().item())
        print("unetr", UNETR(1, 2, (16, 16, 16), 4, 12, 24, 2).eval()(x[:1]).std().item())
        flat = torch.rand(2, 1, 32, 32)
        print("others", BasicUNet(2, 1, 2, (4, 4, 8, 8, 8, 4)).eval()(flat).std().item(), DenseNet121(2, 1, 2).eval()(flat).sum().item())
    steps = Compose([
        EnsureChannelFirst(channel_dim="no_channel"), ScaleIntensity(), RandRotate90(1.0), RandFlip(1.0, 0), RandGaussianNoise(1.0),
        Resize((12, 10)),
    ])  # fmt: skip
    steps.set_random_state(3)
    out = steps(np.arange(120, dtype=np.float32).reshape(10, 12))
    print("transforms", out.shape, float(out.sum()), Spacing((2.0, 2.0))(torch.rand(1, 8, 8)).shape)


if __name__ == "__main__":
    run()
