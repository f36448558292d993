"""torchvision: classifiers and a segmentation net from scratch, transforms of both generations, boxes, losses, feature extraction."""

import torch
import torchvision
from torchvision import models, ops, transforms
from torchvision.models.feature_extraction import create_feature_extractor
from torchvision.transforms import v2
from torchvision.utils import make_grid


def run():
    for name in ("resnet18", "mobilenet_v3_small", "squeezenet1_1", "shufflenet_v2_x0_5", "regnet_y_400mf", "densenet121"):
        torch.manual_seed(0)
        model = getattr(models, name)(weights=None, num_classes=4)
        x = torch.randn(2, 3, 64, 64)
        loss = torch.nn.functional.cross_entropy(model(x), torch.tensor([1, 2]))
        loss.backward()
        print(name, loss.item(), sum(p.numel() for p in model.parameters()), model.eval()(x).shape)
    torch.manual_seed(0)
    vit = models.VisionTransformer(image_size=16, patch_size=8, num_layers=1, num_heads=2, hidden_dim=8, mlp_dim=16, num_classes=3)
    print("vit", vit(torch.rand(2, 3, 16, 16)).tolist())
    net = models.segmentation.lraspp_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=3).eval()
    print("segmentation", net(torch.rand(1, 3, 32, 32))["out"].std().item())
    body = create_feature_extractor(models.resnet18(weights=None).eval(), {"layer1": "a", "layer3": "b"})
    print("features", {key: tuple(value.shape) for key, value in body(torch.rand(1, 3, 32, 32)).items()})
    image = torch.rand(3, 20, 24, generator=torch.Generator().manual_seed(2))
    steps = transforms.Compose([
        transforms.Resize((16, 18), antialias=True), transforms.RandomCrop(12), transforms.RandomHorizontalFlip(),
        transforms.ColorJitter(0.2, 0.2, 0.2, 0.1), transforms.Normalize([0.5] * 3, [0.2] * 3), transforms.RandomErasing(1.0),
    ])  # fmt: skip
    print("transforms", steps(image).sum().item(), transforms.functional.rotate(image, 30.0).sum().item())
    newer = v2.Compose([v2.RandomResizedCrop(10, antialias=True), v2.RandomAffine(20), v2.GaussianBlur(3), v2.RandomPerspective(p=1.0)])
    print("v2", newer(image).sum().item(), v2.functional.adjust_hue(image, 0.1).sum().item(), v2.RandAugment()((image * 255).byte()).sum().item())
    a, b = torch.tensor([[0.0, 0, 4, 4], [1, 1, 5, 6]]), torch.tensor([[2.0, 2, 6, 6]])
    print("boxes", ops.box_iou(a, b).tolist(), ops.generalized_box_iou(a, b).tolist(), ops.box_convert(a, "xyxy", "cxcywh").tolist())
    print("losses", ops.sigmoid_focal_loss(a, (a > 1).float(), reduction="mean").item(), ops.complete_box_iou_loss(a[:1], b).item())
    print("pooled", ops.roi_align(torch.arange(64.0).reshape(1, 1, 8, 8), [a], 2, aligned=True).flatten().tolist())
    print("grid", make_grid(torch.rand(5, 3, 4, 4), nrow=3).shape, torchvision.ops.StochasticDepth(0.5, "row").eval()(a).sum().item())


if __name__ == "__main__":
    run()
