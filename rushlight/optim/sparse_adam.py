"""SparseAdam: Adam at the places where a sparse gradient has entries."""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight.autograd.grad_mode import enable_grad, no_grad
from rushlight.optim._checks import check_betas
from rushlight.optim._sparse import adam_step, is_sparse
from rushlight.optim.optimizer import Optimizer

__all__ = ["SparseAdam"]


class SparseAdam(Optimizer):
    """Adam for sparse gradients: moments change, and parameters move, only where the gradient has entries."""

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
        places = [([number, index], p) for number, group in enumerate(self.param_groups) for index, p in enumerate(group["params"])]
        if sparse := [where for where, p in places if p.is_sparse]:
            raise ValueError(f"Sparse params at indices {sparse}: SparseAdam requires dense parameter tensors")
        if complex_ := [where for where, p in places if p.is_complex()]:
            raise ValueError(f"Complex params at indices {complex_}: SparseAdam does not support complex parameters")

    def step(self, closure: Any = None) -> Any:
        """Update the parameters once; returns what `closure` gives. Dense gradients are refused."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            params = [param for param in group["params"] if param.grad is not None]
            if not all(map(is_sparse, params)):
                raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
            with no_grad():
                for param in params:
                    adam_step(group, self.state[param], param)
        return loss
