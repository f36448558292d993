"""nnAudio, torch-dct, torchkbnufft, POT, tensorly, ncps, torch-kmeans, pytorch-crf: transforms, transport, decompositions, sequences"""

import numpy as np
import ot
import tensorly
import torch
import torch_dct
import torchkbnufft
from _show import show
from nnAudio import features
from ncps.torch import LTC, CfC
from ncps.wirings import AutoNCP
from tensorly.decomposition import non_negative_parafac, parafac, tensor_train, tucker
from torch_kmeans import KMeans
from torchcrf import CRF


def transforms():
    x = torch.randn(2, 8192, requires_grad=True)
    for layer in (
        features.STFT(n_fft=512, hop_length=128, sr=8000, verbose=False),
        features.MelSpectrogram(sr=8000, n_fft=512, n_mels=20, verbose=False),
        features.CQT1992v2(sr=8000, hop_length=256, n_bins=24, verbose=False),
        features.Gammatonegram(sr=8000, n_fft=512, n_bins=16, verbose=False),
    ):
        found = layer(x)
        show(type(layer).__name__, found, *torch.autograd.grad(found.sum(), x))
    rows = torch.randn(3, 8, requires_grad=True)
    for transform in (torch_dct.dct, torch_dct.idct, torch_dct.dct1, torch_dct.dct_2d):
        found = transform(rows)
        show(transform.__name__, found, *torch.autograd.grad(found.pow(2).sum(), rows))
    image, path = torch.randn(1, 1, 16, 16, dtype=torch.complex64), torch.rand(2, 50) * 6.28 - 3.14
    samples = torchkbnufft.KbNufft((16, 16))(image, path)
    show("nufft", samples, torchkbnufft.KbNufftAdjoint((16, 16))(samples, path))


def transport():
    x, y = torch.randn(20, 2, dtype=torch.float64, requires_grad=True), torch.randn(15, 2, dtype=torch.float64) + 1
    a, b = torch.full((20,), 1 / 20, dtype=torch.float64), torch.full((15,), 1 / 15, dtype=torch.float64)
    for solve in (ot.emd2, lambda a, b, costs: ot.sinkhorn2(a, b, costs, 1.0), lambda a, b, costs: ot.solve(costs, a, b, reg=1.0).value):
        found = solve(a, b, ot.dist(x, y))
        show("distance", found, *torch.autograd.grad(found, x))
    show("gromov", ot.gromov_wasserstein2(ot.dist(x, x), ot.dist(y, y), a, b))
    show("sliced", ot.sliced_wasserstein_distance(x, y, seed=1, n_projections=10))


def decompositions():
    tensorly.set_backend("pytorch")
    cube = tensorly.tensor(np.random.default_rng(0).normal(size=(5, 6, 4)))
    show("cp", tensorly.cp_to_tensor(parafac(cube, 3, init="svd", n_iter_max=20)))
    show("tucker", tensorly.tucker_to_tensor(tucker(cube, [3, 3, 2], n_iter_max=10)))
    show("train", tensorly.tt_to_tensor(tensor_train(cube, [1, 3, 3, 1])))
    positive = non_negative_parafac(tensorly.abs(cube), 3, n_iter_max=10, init="random", random_state=1)
    show("positive", tensorly.cp_to_tensor(positive))
    tensorly.set_backend("numpy")


def sequences():
    x = torch.randn(3, 5, 4)
    for model in (CfC(4, 8), LTC(4, AutoNCP(10, 2)), CfC(4, 8, mode="pure", mixed_memory=True)):
        found, _ = model(x)
        found.sum().backward()
        show(type(model).__name__, found, *[each.grad for each in model.parameters() if each.grad is not None][:3])
    found = KMeans(n_clusters=3, verbose=False, seed=1)(torch.randn(2, 40, 3))
    show("clusters", found.labels, found.centers)
    field, scores, tags = CRF(5, batch_first=True), torch.randn(3, 7, 5, requires_grad=True), torch.randint(0, 5, (3, 7))
    likelihood = field(scores, tags, reduction="token_mean")
    show("field", likelihood, *torch.autograd.grad(likelihood, scores))
    print(field.decode(scores))


def run():
    torch.manual_seed(0)
    transforms()
    transport()
    decompositions()
    sequences()


if __name__ == "__main__":
    run()
