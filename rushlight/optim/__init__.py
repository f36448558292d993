"""torch.optim: optimizers, learning-rate schedulers and weight averaging."""

from __future__ import annotations

from typing import Any

from rushlight._class_names import name_as_torch
from rushlight._install import elsewhere
from rushlight.optim import lr_scheduler as lr_scheduler, swa_utils as swa_utils
from rushlight.optim._adafactor import Adafactor as Adafactor
from rushlight.optim._muon import Muon as Muon
from rushlight.optim.adadelta import Adadelta as Adadelta
from rushlight.optim.adagrad import Adagrad as Adagrad
from rushlight.optim.adam import Adam as Adam
from rushlight.optim.adamax import Adamax as Adamax
from rushlight.optim.adamw import AdamW as AdamW
from rushlight.optim.asgd import ASGD as ASGD
from rushlight.optim.lbfgs import LBFGS as LBFGS
from rushlight.optim.nadam import NAdam as NAdam
from rushlight.optim.optimizer import Optimizer as Optimizer
from rushlight.optim.radam import RAdam as RAdam
from rushlight.optim.rmsprop import RMSprop as RMSprop
from rushlight.optim.rprop import Rprop as Rprop
from rushlight.optim.sgd import SGD as SGD
from rushlight.optim.sparse_adam import SparseAdam as SparseAdam

__all__ = [
    "ASGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "LBFGS", "Muon", "NAdam", "Optimizer", "RAdam", "RMSprop",
    "Rprop", "SGD", "SparseAdam", "lr_scheduler", "swa_utils",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "_functional":
        from importlib import import_module

        return import_module(f"{__name__}.{name}")
    return elsewhere(name, __name__)


_PLACES = {"_adafactor": "", "_muon": "", "_lr_base": "lr_scheduler", "_lr_cycles": "lr_scheduler"}
name_as_torch(__name__, _PLACES)
