"""timm: ResNet, ViT, ConvNeXt, EfficientNet and MLP-Mixer from scratch; its optimizers, schedules and EMA."""

import timm
import torch
from timm.loss import LabelSmoothingCrossEntropy
from timm.optim import create_optimizer_v2
from timm.scheduler import CosineLRScheduler
from timm.utils import ModelEmaV3

MODELS = {
    "resnet18": {}, "vit_tiny_patch16_224": {"img_size": 32, "patch_size": 8, "depth": 2, "embed_dim": 48},
    "convnext_atto": {"depths": (1, 1, 1, 1), "dims": (8, 16, 24, 32)}, "efficientnet_b0": {}, "mixer_s32_224": {"img_size": 64},
}  # fmt: skip


def run():
    for name, extra in MODELS.items():
        torch.manual_seed(0)
        model = timm.create_model(name, pretrained=False, num_classes=5, **extra)
        size = extra.get("img_size", 32)
        images, labels = torch.randn(4, 3, size, size), torch.randint(5, (4,))
        if name == "efficientnet_b0":  # its last batch norms see four values each, which makes the third digit out of a rounding error
            model, images = model.double(), images.double()
        optimizer = create_optimizer_v2(model, opt="adamw", lr=1e-4, weight_decay=0.05)
        schedule = CosineLRScheduler(optimizer, t_initial=3, warmup_t=1, warmup_lr_init=1e-6)
        ema, criterion = ModelEmaV3(model, decay=0.9), LabelSmoothingCrossEntropy(0.1)
        for step in range(2):
            loss = criterion(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step(step)
            ema.update(model)
            print(name, loss.item())
        model.eval()
        print(name, sum(p.numel() for p in model.parameters()), [round(v, 2) for v in model(images)[0].tolist()])
        print(name, tuple(model.forward_features(images).shape))
    features = timm.create_model("resnet18", pretrained=False, features_only=True, out_indices=(1, 2))(torch.randn(1, 3, 32, 32))
    print("features", [tuple(f.shape) for f in features])


if __name__ == "__main__":
    run()
