"""accelerate: a loop with accumulation, clipping, a schedule and a checkpoint; ignite: an engine with metrics and handlers."""

import tempfile

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import EarlyStopping
from ignite.metrics import Accuracy, ConfusionMatrix, Loss, Precision, RunningAverage
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def data():
    x = torch.randn(96, 5)
    return TensorDataset(x, (x.sum(1) > 0).long())


def accelerated():
    set_seed(1)
    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
    model = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.1, 12)
    model, optimizer, loader, schedule = accelerator.prepare(model, optimizer, DataLoader(data(), 16, shuffle=True), schedule)
    for _ in range(2):
        for x, y in loader:
            with accelerator.accumulate(model):
                loss = nn.functional.cross_entropy(model(x), y)
                accelerator.backward(loss)
                if accelerator.sync_gradients:
                    accelerator.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad()
        print("loss", accelerator.gather(loss.detach()).mean().item(), schedule.get_last_lr())
    with tempfile.TemporaryDirectory() as place:
        accelerator.save_state(place)
        before = accelerator.unwrap_model(model)[0].weight.sum().item()
        with torch.no_grad():
            model[0].weight.zero_()
        accelerator.load_state(place)
        print("restored", model[0].weight.sum().item() == before)


def engines():
    torch.manual_seed(2)
    model = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    trainer = create_supervised_trainer(model, optimizer, nn.CrossEntropyLoss())
    metrics = {"accuracy": Accuracy(), "loss": Loss(nn.CrossEntropyLoss()), "precision": Precision(average=True), "table": ConfusionMatrix(2)}
    evaluator = create_supervised_evaluator(model, metrics)
    RunningAverage(output_transform=lambda loss: loss).attach(trainer, "average")
    evaluator.add_event_handler(Events.COMPLETED, EarlyStopping(3, lambda engine: -engine.state.metrics["loss"], trainer))
    loader = DataLoader(data(), 16, shuffle=True)

    @trainer.on(Events.EPOCH_COMPLETED)
    def report(engine):
        evaluator.run(loader)
        found = evaluator.state.metrics
        print(engine.state.epoch, engine.state.metrics["average"], found["accuracy"], found["loss"], found["precision"], found["table"].tolist())

    trainer.run(loader, max_epochs=3)


def run():
    accelerated()
    engines()


if __name__ == "__main__":
    run()
