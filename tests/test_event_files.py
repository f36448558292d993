"""torch.utils.tensorboard writes what TensorBoard reads; without a package for it, it cannot be imported."""

import importlib
import importlib.util
import sys

import pytest

import rushlight


def fresh(monkeypatch, *hidden):
    """The module, imported as if some packages were not there."""
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name in hidden else found(name, *rest))
    for name in [name for name in sys.modules if name.startswith("rushlight.utils.tensorboard")]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module("rushlight.utils.tensorboard")


def test_without_a_package(monkeypatch):
    with pytest.raises(ModuleNotFoundError, match="No module named 'tensorboard'"):
        fresh(monkeypatch, "tensorboard", "tensorboardX")


@pytest.mark.parametrize("package", ["tensorboard", "tensorboardX"])
def test_numbers_and_histograms(package, monkeypatch, tmp_path):
    pytest.importorskip(package)
    reading = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    module = fresh(monkeypatch, *{"tensorboard", "tensorboardX"} - {package})
    with module.SummaryWriter(tmp_path) as writer:
        for step in range(3):
            writer.add_scalar("loss", rushlight.tensor(1.0 / (step + 1)), step)
        writer.add_histogram("weights", rushlight.arange(10.0), 2)
        writer.add_hparams({"rate": 0.1}, {"accuracy": 0.5}, run_name="run")
        assert writer.get_logdir() == writer.log_dir == str(tmp_path)
    events = reading.EventAccumulator(str(tmp_path))
    events.Reload()
    assert [(event.step, round(event.value, 3)) for event in events.Scalars("loss")] == [(0, 1.0), (1, 0.5), (2, 0.333)]
    counted = events.Histograms("weights")[0].histogram_value
    assert (counted.min, counted.max, counted.num, counted.sum, sum(counted.bucket)) == (0, 9, 10, 45, 10)
    assert (tmp_path / "run").is_dir()
