"""pytorch-tabnet, pytorch-frame, rtdl's networks and embeddings of numbers: training on tables, explanations"""

import numpy as np
import pandas as pd
import torch
from _show import show
from pytorch_tabnet.pretraining import TabNetPretrainer
from pytorch_tabnet.tab_model import TabNetClassifier, TabNetRegressor
from rtdl_num_embeddings import LinearReLUEmbeddings, PeriodicEmbeddings, PiecewiseLinearEmbeddings, compute_bins
from rtdl_revisiting_models import MLP, FTTransformer, ResNet
from torch_frame import stype
from torch_frame import nn as frame
from torch_frame.data import DataLoader, Dataset


def with_tabnet():
    x = np.random.default_rng(0).normal(size=(200, 6)).astype("float32")
    y = (x[:, 0] + x[:, 1] > 0).astype(int)
    options = {"batch_size": 64, "virtual_batch_size": 32, "max_epochs": 2}
    classifier = TabNetClassifier(seed=1, verbose=0, n_steps=2)
    classifier.fit(x, y, eval_set=[(x[:50], y[:50])], **options)
    print(classifier.history["loss"], classifier.predict_proba(x[:3]).tolist(), classifier.explain(x[:4])[0].tolist())
    regressor = TabNetRegressor(seed=1, verbose=0)
    regressor.fit(x, x[:, :1] * 2, **options)
    pretrainer = TabNetPretrainer(seed=1, verbose=0)
    pretrainer.fit(x, **options)
    print(regressor.history["loss"], pretrainer.history["loss"])


def with_frame():
    draws = np.random.default_rng(0)
    table = pd.DataFrame({
        "a": draws.normal(size=40), "b": draws.normal(size=40), "c": draws.choice(["x", "y", "z"], 40), "y": draws.integers(0, 2, 40),
    })  # fmt: skip
    kinds = {"a": stype.numerical, "b": stype.numerical, "c": stype.categorical, "y": stype.categorical}
    data = Dataset(table, col_to_stype=kinds, target_col="y")
    data.materialize()
    print(data.tensor_frame)
    encoders = {stype.categorical: frame.EmbeddingEncoder(), stype.numerical: frame.LinearEncoder()}
    for kind in (frame.FTTransformer, frame.ResNet, frame.MLP):
        names = data.tensor_frame.col_names_dict
        model = kind(8, 2, 2, col_stats=data.col_stats, col_names_dict=names, stype_encoder_dict=encoders)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for batch in DataLoader(data.tensor_frame, batch_size=16, shuffle=True):
            loss = torch.nn.functional.cross_entropy(model(batch), batch.y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            print(kind.__name__, loss.item())


def with_rtdl():
    x = torch.randn(64, 3)
    bins = compute_bins(x, n_bins=8)
    for layer in (
        LinearReLUEmbeddings(3, 4), PeriodicEmbeddings(3, 4, lite=False), PiecewiseLinearEmbeddings(bins, 4, activation=False, version="B"),
    ):  # fmt: skip
        show(type(layer).__name__, layer(x))
    transformer = FTTransformer(n_cont_features=3, cat_cardinalities=[4, 5], d_out=1, **FTTransformer.get_default_kwargs(1))
    found = transformer(x[:8], torch.randint(0, 4, (8, 2)))
    found.sum().backward()
    transformer.make_default_optimizer().step()
    show("transformer", found, *list(transformer.parameters())[:4])
    show("resnet", ResNet(
        d_in=3, d_out=2, n_blocks=2, d_block=8, d_hidden=None, d_hidden_multiplier=2.0, dropout1=0.1, dropout2=0.1,
    )(x))  # fmt: skip
    print(MLP(d_in=3, d_out=2, n_blocks=2, d_block=8, dropout=0.1))


def run():
    torch.manual_seed(0)
    with_tabnet()
    with_frame()
    with_rtdl()


if __name__ == "__main__":
    run()
