"""pytorch-metric-learning: losses, miners, distances, a sampler, an accuracy calculator left out (it needs faiss)."""

import torch
from pytorch_metric_learning import distances, losses, miners, reducers, samplers


def run():
    torch.manual_seed(0)
    net = torch.nn.Linear(8, 6)
    x, labels = torch.randn(24, 8), torch.randint(0, 4, (24,))
    build = {
        "triplet": losses.TripletMarginLoss(), "contrastive": losses.ContrastiveLoss(), "ntxent": losses.NTXentLoss(), "supcon": losses.SupConLoss(),
        "circle": losses.CircleLoss(), "multi": losses.MultiSimilarityLoss(), "lifted": losses.LiftedStructureLoss(), "proxy": losses.ProxyAnchorLoss(4, 6),
        "arcface": losses.ArcFaceLoss(4, 6), "margin": losses.MarginLoss(), "npairs": losses.NPairsLoss(), "fastap": losses.FastAPLoss(),
        "softtriple": losses.SoftTripleLoss(4, 6, centers_per_class=2), "angular": losses.AngularLoss(),
        "cosine": losses.TripletMarginLoss(distance=distances.CosineSimilarity(), reducer=reducers.ThresholdReducer(low=0)),
    }  # fmt: skip
    for name, loss in build.items():
        net.zero_grad()
        value = loss(net(x), labels)
        if value.requires_grad:
            value.backward()
        print(name, value.item(), net.weight.grad.abs().sum().item() if net.weight.grad is not None else None)
    for miner in (miners.MultiSimilarityMiner(), miners.TripletMarginMiner(margin=0.2, type_of_triplets="semihard"), miners.BatchHardMiner()):
        found = miner(net(x), labels)
        print(type(miner).__name__, [len(part) for part in found], losses.TripletMarginLoss()(net(x), labels, found).item())
    print(len(list(samplers.MPerClassSampler(labels.tolist(), m=2, length_before_new_iter=8))))


if __name__ == "__main__":
    run()
