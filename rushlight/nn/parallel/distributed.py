"""DistributedDataParallel: with a process group of one process, the module as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from rushlight.nn.modules._names import as_torch
from rushlight.nn.modules.module import Module

__all__ = ["DistributedDataParallel"]


class DistributedDataParallel(Module):
    """Calls `module`, whose gradients have nobody to be averaged with. Needs torch.distributed.init_process_group()."""

    def __init__(self, module: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        group = kwargs.get("process_group")
        self.process_group = import_module("rushlight.distributed.distributed_c10d").group_of(group)
        if not any(parameter.requires_grad for parameter in module.parameters()):
            raise RuntimeError("DistributedDataParallel is not needed when a module doesn't have any parameter that requires a gradient.")
        self.module = module
        self.device_ids, self.output_device, self.dim = None, None, dim
        self.require_backward_grad_sync = True

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """The module's call."""
        return self.module(*inputs, **kwargs)

    @contextmanager
    def no_sync(self) -> Iterator[None]:
        """In the block, gradients are not averaged; they never are."""
        before, self.require_backward_grad_sync = self.require_backward_grad_sync, False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    def register_comm_hook(self, state: object, hook: Any) -> None:
        """Accepted: nothing is sent."""


as_torch(globals())
