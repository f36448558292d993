"""pytorch-lightning: a module with validation, metrics, a schedule, gradient clipping and accumulation, early stopping, a checkpoint."""

import logging
import os
import tempfile
import warnings

import pytorch_lightning as pl
import torch
import torchmetrics
from pytorch_lightning.callbacks import EarlyStopping, LearningRateMonitor, ModelCheckpoint, StochasticWeightAveraging
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Classifier(pl.LightningModule):
    def __init__(self, width=16, lr=0.05):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(6, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(0.1), nn.Linear(width, 3))
        self.accuracy = torchmetrics.Accuracy(task="multiclass", num_classes=3)

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, index):
        x, y = batch
        loss = nn.functional.cross_entropy(self(x), y)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, index):
        x, y = batch
        scores = self(x)
        self.accuracy(scores, y)
        self.log("val_loss", nn.functional.cross_entropy(scores, y), on_epoch=True)
        self.log("val_accuracy", self.accuracy, on_epoch=True)

    def predict_step(self, batch, index):
        return self(batch[0]).softmax(1)

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=self.hparams.lr, momentum=0.9)
        return {"optimizer": optimizer, "lr_scheduler": torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 5)}

    def on_train_epoch_end(self):
        print("epoch", self.current_epoch, {name: round(value.item(), 4) for name, value in sorted(self.trainer.callback_metrics.items())})


def run():
    warnings.simplefilter("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    pl.seed_everything(0, verbose=False)
    x = torch.randn(120, 6)
    y = (x @ torch.randn(6, 3)).argmax(1)
    train = DataLoader(TensorDataset(x[:90], y[:90]), batch_size=15, shuffle=True)
    val = DataLoader(TensorDataset(x[90:], y[90:]), batch_size=30)
    model = Classifier()
    options = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
    with tempfile.TemporaryDirectory() as place:
        best = ModelCheckpoint(place, monitor="val_loss", save_top_k=1)
        trainer = pl.Trainer(
            max_epochs=4, gradient_clip_val=1.0, accumulate_grad_batches=2, callbacks=[EarlyStopping("val_loss", patience=3), best], **options
        )
        trainer.fit(model, train, val)
        print("best", round(best.best_model_score.item(), 4), trainer.global_step, os.path.basename(best.best_model_path))
        loaded = Classifier.load_from_checkpoint(best.best_model_path)
        print("loaded", loaded.hparams.width, [round(v, 4) for v in trainer.validate(loaded, val, verbose=False)[0].values()])
        print("predicted", torch.cat(trainer.predict(loaded, val)).sum(0).tolist(), LearningRateMonitor.__name__)
    averaged = pl.Trainer(max_epochs=3, callbacks=[StochasticWeightAveraging(0.01, swa_epoch_start=1)], enable_checkpointing=False, **options)
    averaged.fit(Classifier(), train, val)
    print("averaged", averaged.callback_metrics["train_loss"].item())


if __name__ == "__main__":
    run()
