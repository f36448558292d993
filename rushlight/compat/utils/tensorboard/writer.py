"""The SummaryWriter of torch.utils.tensorboard."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

__all__ = ["SummaryWriter"]


def _of_tensorboardx() -> type:
    """The writer of tensorboardX, with the arguments that PyTorch's has."""
    import tensorboardX

    class SummaryWriter(tensorboardX.SummaryWriter):  # type: ignore[misc]
        __module__ = "torch.utils.tensorboard.writer"
        __qualname__ = "SummaryWriter"

        def __init__(
            self, log_dir: Any = None, comment: str = "", purge_step: int | None = None, max_queue: int = 10, flush_secs: int = 120,
            filename_suffix: str = "",
        ) -> None:  # fmt: skip
            super().__init__(
                logdir=None if log_dir is None else str(log_dir), comment=comment, purge_step=purge_step, max_queue=max_queue,
                flush_secs=flush_secs, filename_suffix=filename_suffix,
            )  # fmt: skip

        @property
        def log_dir(self) -> str:
            """Where the events go."""
            return str(self.logdir)

        def get_logdir(self) -> str:
            """Where the events go."""
            return str(self.logdir)

        def add_scalar(
            self, tag: str, scalar_value: Any, global_step: int | None = None, walltime: float | None = None, new_style: bool = False,
            double_precision: bool = False,
        ) -> None:  # fmt: skip
            """Add a number."""
            super().add_scalar(tag, scalar_value, global_step, walltime)

        def add_hparams(
            self, hparam_dict: Any, metric_dict: Any, hparam_domain_discrete: Any = None, run_name: str | None = None,
            global_step: int | None = None,
        ) -> None:  # fmt: skip
            """Add what was chosen, and what came of it, as a run of its own."""
            super().add_hparams(hparam_dict, metric_dict, name=run_name, global_step=global_step)

    return SummaryWriter


if find_spec("tensorboardX") is not None:
    SummaryWriter: Any = _of_tensorboardx()
else:
    from rushlight.utils.tensorboard._events import EventWriter

    SummaryWriter = EventWriter
