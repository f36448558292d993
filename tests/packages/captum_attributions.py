"""captum: gradient, path, perturbation and layer attributions of a small network."""

import numpy as np
import torch
from captum.attr import (
    DeepLift, FeatureAblation, GradientShap, GuidedBackprop, IntegratedGradients, LayerConductance, LayerGradCam, NeuronGradient, Occlusion,
    Saliency, ShapleyValueSampling, LRP, Lime,
)  # fmt: skip
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.relu, self.pool, self.head = nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Linear(16, 3)

    def forward(self, x):
        return self.head(self.pool(self.relu(self.conv(x))).flatten(1))


def run():
    torch.manual_seed(0)
    np.random.seed(0)  # what GradientShap draws with
    net = Net().eval()
    x = torch.randn(2, 1, 8, 8)
    zero = torch.zeros_like(x)

    def show(name, value):
        print(name, value.sum().item(), value.abs().sum().item())

    show("saliency", Saliency(net).attribute(x, target=1))
    values, delta = IntegratedGradients(net).attribute(x, zero, target=1, n_steps=20, return_convergence_delta=True)
    show("integrated", values)
    show("deeplift", DeepLift(net).attribute(x, zero, target=1))
    show("guided", GuidedBackprop(net).attribute(x, target=1))
    show("shap", GradientShap(net).attribute(x, torch.cat([zero, zero + 0.1]), target=1, n_samples=4))
    show("occlusion", Occlusion(net).attribute(x, (1, 3, 3), target=1, strides=(1, 2, 2)))
    show("ablation", FeatureAblation(net).attribute(x, target=1, feature_mask=torch.arange(64).reshape(1, 1, 8, 8) // 16))
    show("conductance", LayerConductance(net, net.conv).attribute(x, zero, target=1, n_steps=10))
    show("gradcam", LayerGradCam(net, net.conv).attribute(x, target=1))
    show("neuron", NeuronGradient(net, net.conv).attribute(x, (0, 1, 1)))
    show("shapley", ShapleyValueSampling(net).attribute(x, target=1, n_samples=2, feature_mask=torch.arange(64).reshape(1, 1, 8, 8) // 16))
    linear = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2))
    show("lrp", LRP(linear).attribute(torch.randn(3, 4), target=1))
    print("delta", delta.abs().max().item() < 0.1, Lime.__name__)


if __name__ == "__main__":
    run()
