"""SparseAdam: for gradients of sparse layout, which rushlight does not have."""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight.autograd.grad_mode import enable_grad
from rushlight.optim._checks import check_betas
from rushlight.optim.optimizer import Optimizer

__all__ = ["SparseAdam"]


class SparseAdam(Optimizer):
    """Adam for sparse gradients: refuses dense ones, as PyTorch's does."""

    def __init__(
        self, params: Any, lr: Any = 1e-3, betas: Any = (0.9, 0.999), eps: float = 1e-8, maximize: bool = False
    ) -> None:
        if isinstance(lr, TensorBase) and lr._array.size != 1:
            raise ValueError("Tensor lr must be 1-element")
        for name, value in (("learning rate", lr), ("epsilon value", eps)):
            if not value > 0.0:
                raise ValueError(f"Invalid {name}: {value}")
        check_betas(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})
        where = [
            [number, index] for number, group in enumerate(self.param_groups) for index, p in enumerate(group["params"]) if p.is_complex()
        ]
        if where:
            raise ValueError(f"Complex params at indices {where}: SparseAdam does not support complex parameters")

    def step(self, closure: Any = None) -> Any:
        """Raises for dense gradients."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        if any(param.grad is not None for group in self.param_groups for param in group["params"]):
            raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
        return loss
