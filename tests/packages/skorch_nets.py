"""skorch: networks as scikit-learn estimators: fit, callbacks, cross-validation, a grid search, a pipeline, pickling."""

import pickle

import numpy as np
import torch
from skorch import NeuralNetClassifier, NeuralNetRegressor
from skorch.callbacks import EarlyStopping, EpochScoring, GradientNormClipping, LRScheduler
from skorch.helper import predefined_split
from skorch.dataset import Dataset
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn


class Net(nn.Module):
    def __init__(self, width=10, out=2, dropout=0.2):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, width), nn.ReLU(), nn.Dropout(dropout), nn.Linear(width, out))

    def forward(self, X):
        return self.layers(X)


def run():
    torch.manual_seed(0)
    rng = np.random.RandomState(0)
    x = rng.randn(160, 8).astype(np.float32)
    y = (x[:, :3].sum(1) + 0.1 * rng.randn(160) > 0).astype(np.int64)
    callbacks = [EarlyStopping(patience=5), LRScheduler("StepLR", step_size=4), GradientNormClipping(1.0), EpochScoring("roc_auc", name="auc")]
    net = NeuralNetClassifier(
        Net, criterion=nn.CrossEntropyLoss, max_epochs=6, lr=0.2, batch_size=32, iterator_train__shuffle=True, callbacks=callbacks, verbose=0
    )
    net.fit(x, y)
    print([round(loss, 5) for loss in net.history[:, "train_loss"]], [round(loss, 5) for loss in net.history[:, "valid_loss"]])
    print(net.predict_proba(x[:3]).tolist(), net.score(x, y), net.history[-1, "auc"])
    print(pickle.loads(pickle.dumps(net)).predict(x).sum())
    plain = NeuralNetClassifier(Net, criterion=nn.CrossEntropyLoss, max_epochs=3, lr=0.1, verbose=0, train_split=None)
    print(cross_val_score(make_pipeline(StandardScaler(), plain), x, y, cv=3).tolist())
    search = GridSearchCV(plain, {"lr": [0.01, 0.2], "module__width": [4, 12]}, cv=2, refit=False)
    search.fit(x, y)
    print(search.best_params_, search.cv_results_["mean_test_score"].tolist())
    target = x[:, :1] * 2
    held_out = predefined_split(Dataset(x[120:], target[120:]))
    regressor = NeuralNetRegressor(Net, module__out=1, optimizer=torch.optim.Adam, lr=0.01, max_epochs=4, verbose=0, train_split=held_out)
    regressor.fit(x[:120], target[:120])
    regressor.partial_fit(x[:120], target[:120])
    print(regressor.history[:, "valid_loss"], regressor.predict(x[:2]).tolist())


if __name__ == "__main__":
    run()
