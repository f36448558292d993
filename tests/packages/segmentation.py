"""segmentation-models-pytorch: a U-Net and an FPN over a timm/own encoder, its losses and metrics."""

import segmentation_models_pytorch as smp
import torch


def run():
    torch.manual_seed(0)
    images, masks = torch.randn(2, 3, 64, 64), torch.randint(0, 2, (2, 1, 64, 64))
    for kind in (smp.Unet, smp.FPN):
        model = kind("resnet18", encoder_weights=None, classes=1)
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
        dice, focal = smp.losses.DiceLoss(mode="binary"), smp.losses.FocalLoss(mode="binary")
        for _ in range(2):
            logits = model(images)
            loss = dice(logits, masks.float()) + focal(logits, masks.float())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            print(kind.__name__, loss.item())
        counts = smp.metrics.get_stats((logits.sigmoid() > 0.5).long(), masks, mode="binary")
        print("total", sum(int(c.sum()) for c in counts))


if __name__ == "__main__":
    run()
