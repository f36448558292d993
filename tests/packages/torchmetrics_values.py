"""torchmetrics: classification, regression, text and image metrics, a collection, and a wrapper."""

import torch
import torchmetrics
from torchmetrics import MeanMetric, MetricCollection
from torchmetrics.classification import AUROC, Accuracy, ConfusionMatrix, F1Score, MulticlassCalibrationError
from torchmetrics.image import PeakSignalNoiseRatio, StructuralSimilarityIndexMeasure
from torchmetrics.regression import MeanSquaredError, PearsonCorrCoef, R2Score, SpearmanCorrCoef
from torchmetrics.retrieval import RetrievalMAP
from torchmetrics.text import Perplexity, WordErrorRate


def run():
    torch.manual_seed(0)
    metrics = MetricCollection([
        Accuracy(task="multiclass", num_classes=5), F1Score(task="multiclass", num_classes=5, average="macro"),
        AUROC(task="multiclass", num_classes=5), ConfusionMatrix(task="multiclass", num_classes=5),
        MulticlassCalibrationError(num_classes=5),
    ])  # fmt: skip
    for _ in range(3):
        metrics.update(torch.randn(20, 5).softmax(-1), torch.randint(5, (20,)))
    for name, value in metrics.compute().items():
        print(name, value.tolist())
    prediction = torch.randn(30)
    target = prediction + 0.3 * torch.randn(30)
    for metric in (MeanSquaredError(), PearsonCorrCoef(), R2Score(), SpearmanCorrCoef()):
        print(type(metric).__name__, metric(prediction, target).item())
    image = torch.rand(2, 3, 32, 32)
    for metric in (StructuralSimilarityIndexMeasure(data_range=1.0), PeakSignalNoiseRatio(data_range=1.0)):
        print(type(metric).__name__, metric(image, (image + 0.05 * torch.randn_like(image)).clamp(0, 1)).item())
    ssim = torchmetrics.functional.structural_similarity_index_measure
    noisy = (image * 0.9).requires_grad_()
    ssim(noisy, image, data_range=1.0).backward()
    print("ssim grad", noisy.grad.abs().sum().item())
    mean = MeanMetric()
    mean.update(torch.tensor([1.0, 2.0, 3.0]), weight=torch.tensor([1.0, 0.0, 1.0]))
    print("mean", mean.compute().item(), mean)
    retrieval = RetrievalMAP()
    print("map", retrieval(torch.tensor([0.2, 0.3, 0.5, 0.1]), torch.tensor([True, False, True, False]), indexes=torch.zeros(4, dtype=torch.long)).item())
    print("perplexity", Perplexity()(torch.randn(2, 8, 5), torch.randint(5, (2, 8))).item())
    print("wer", WordErrorRate()(["this is the prediction"], ["this is the reference"]).item())


if __name__ == "__main__":
    run()
