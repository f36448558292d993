"""Muon: momentum whose matrix is made orthogonal before it is applied."""

from __future__ import annotations

import math
from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight.autograd.grad_mode import enable_grad, no_grad
from rushlight.optim._sparse import refuse
from rushlight.optim.optimizer import Optimizer, _to_scalar

__all__ = ["Muon"]

EPS = 1e-7
DEFAULT_A, DEFAULT_B, DEFAULT_C = 3.4445, -4.7750, 2.0315
DEFAULT_NS_STEPS = 5


def _zeropower_via_newtonschulz(grad: Any, ns_coefficients: Any, ns_steps: int, eps: float) -> Any:
    """Nearly the orthogonal factor of a matrix, by a polynomial iteration in bfloat16."""
    import rushlight

    if ns_steps >= 100:
        raise ValueError("Number of steps must be less than 100 for computational efficiency")
    if len(grad.shape) != 2:
        raise ValueError("Input tensor gradient must be a 2D matrix")
    if len(ns_coefficients) != 3:
        raise ValueError("Coefficients must be a tuple of exactly 3 values")
    a, b, c = ns_coefficients
    tall = grad.size(0) > grad.size(1)
    found = grad.bfloat16()
    if tall:
        found = found.T
    found.div_(found.norm().clamp(min=eps))
    for _ in range(ns_steps):
        gram = found @ found.T
        found = rushlight.addmm(found, rushlight.addmm(gram, gram, gram, beta=b, alpha=c), found, beta=a)
    return found.T if tall else found


def _adjust_lr(lr: Any, adjust_lr_fn: str | None, param_shape: Any) -> Any:
    rows, columns = param_shape[:2]
    ratios = {None: math.sqrt(max(1, rows / columns)), "match_rms_adamw": 0.2 * math.sqrt(max(rows, columns))}
    ratios["original"] = ratios[None]
    return lr * ratios.get(adjust_lr_fn, 1.0)


class Muon(Optimizer):
    """Momentum made orthogonal, for parameters that are matrices."""

    def __init__(
        self, params: Any, lr: float = 1e-3, weight_decay: float = 0.1, momentum: float = 0.95, nesterov: bool = True,
        ns_coefficients: Any = (DEFAULT_A, DEFAULT_B, DEFAULT_C), eps: float = EPS, ns_steps: int = DEFAULT_NS_STEPS,
        adjust_lr_fn: str | None = None,
    ) -> None:  # fmt: skip
        if isinstance(lr, TensorBase) and lr._array.size != 1:
            raise ValueError("Tensor lr must be 1-element")
        for name, value in (("Learning rate", lr), ("momentum", momentum), ("weight decay", weight_decay)):
            if not value >= 0.0:
                raise ValueError(f"{name} should be >= 0 but is: {value}")
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        defaults = {
            "lr": lr, "weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov, "ns_coefficients": ns_coefficients,
            "eps": eps, "ns_steps": ns_steps, "adjust_lr_fn": adjust_lr_fn,
        }  # fmt: skip
        super().__init__(params, defaults)
        for group in self.param_groups:
            for param in group["params"]:
                if param.ndim != 2:
                    raise ValueError(f"Muon only supports 2D parameters whereas we found a parameter with size: {param.size()}")

    def step(self, closure: Any = None) -> Any:
        """Update the parameters once; returns what `closure` gives."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with no_grad():
            for group in self.param_groups:
                for param in group["params"]:
                    if param.grad is not None:
                        self._step(group, param)
        return loss

    def _step(self, group: Any, param: Any) -> None:
        import rushlight

        if param.is_complex():
            raise RuntimeError("Muon does not support complex parameters")
        refuse(self, [param])
        entry, grad, rate = self.state[param], param.grad, _to_scalar(group["lr"])
        if "momentum_buffer" not in entry:
            entry["momentum_buffer"] = rushlight.zeros_like(grad)
        buffer = entry["momentum_buffer"]
        buffer.lerp_(grad, 1 - group["momentum"])
        update = grad.lerp(buffer, group["momentum"]) if group["nesterov"] else buffer
        update = _zeropower_via_newtonschulz(update, group["ns_coefficients"], group["ns_steps"], group["eps"])
        param.mul_(1 - rate * group["weight_decay"])
        param.add_(update, alpha=-_adjust_lr(rate, group["adjust_lr_fn"], param.shape))
