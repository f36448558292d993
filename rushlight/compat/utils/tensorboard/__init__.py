"""torch.utils.tensorboard: event files, written by tensorboardX where it is installed, else with the messages of tensorboard."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("tensorboardX") is None and find_spec("tensorboard") is None:
    raise ModuleNotFoundError("No module named 'tensorboard'", name="tensorboard")

from rushlight.utils.tensorboard.writer import SummaryWriter as SummaryWriter

__all__ = ["SummaryWriter"]
