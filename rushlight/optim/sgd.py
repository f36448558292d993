"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

from rushlight.optim._checks import check_fused, check_lr
from rushlight.optim._elementwise import Elementwise, Tensors, is_used, number, run
from rushlight.optim._lists import on_lists
from rushlight.optim._program import program_of, update_elements
from rushlight.optim._sparse import is_sparse, sgd_step
from rushlight.optim.optimizer import Optimizer as Optimizer, _device_dtype_check_for_fused

__all__ = ["SGD", "sgd"]


class SGD(Elementwise):
    """Gradient descent, with momentum if asked for."""

    _foreach_records = True
    _scalars = ()
    _bumps = {"momentum_buffer": 2}
    _added = {"nesterov": False, "maximize": False, "foreach": None, "differentiable": False, "fused": False}

    def __init__(
        self, params: Any, lr: Any = 1e-3, momentum: float = 0, dampening: float = 0, weight_decay: Any = 0, nesterov: bool = False, *,
        maximize: bool = False, foreach: bool | None = None, differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        check_lr(lr)
        if momentum < 0.0:
            raise ValueError(f"Invalid momentum value: {momentum}")
        if weight_decay < 0.0:
            raise ValueError(f"Invalid weight_decay value: {weight_decay}")
        defaults = {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
            "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, defaults)
        if fused:
            self._step_supports_amp_scaling = True
            self._need_device_dtype_check_for_fused = True
            check_fused(fused, foreach, differentiable)

    def _moments(self, group: Any) -> tuple[str, ...]:
        return ("momentum_buffer",) if group["momentum"] != 0 else ()

    def _has_state(self, group: Any, param: Any) -> bool:
        return group["momentum"] == 0 or self.state[param].get("momentum_buffer") is not None

    def _check_group(self, group: Any) -> None:
        if group["fused"] and getattr(self, "_need_device_dtype_check_for_fused", True):
            for param in group["params"]:
                _device_dtype_check_for_fused(param)
            self._need_device_dtype_check_for_fused = False

    def _step_arrays(self, group: Any, params: list[Any]) -> None:
        new = [param for param in params if not self._has_state(group, param)] if group["momentum"] else []
        if new:
            self._start(group, new)
            params = [param for param in params if all(param is not other for other in new)]
        if params:
            super()._step_arrays(group, params)

    def _start(self, group: Any, params: list[Any]) -> None:
        """The first step with momentum: the buffers become the gradients."""
        self._create(group, params)
        constants = self._constants(group, 0, [])
        lists = [[param._array, param._grad._array, self.state[param]["momentum_buffer"]._array] for param in params]
        program = None if update_elements is None else program_of(self._first, 3, constants, group["maximize"])
        if program is None or update_elements(*program, *map(list, zip(*lists))) is not True:
            for array, grad, buffer in lists:
                run(self._first, [array, -grad if group["maximize"] else grad, buffer], constants)
        self._count(group, params)
        for param in params:
            self.state[param]["momentum_buffer"]._cell = None

    def _step_sparse(self, group: Any, param: Any) -> None:
        sgd_step(group, self.state[param], param, number(group["lr"]))

    def _step_tensor(self, group: Any, param: Any) -> None:
        if is_sparse(param):
            self._step_sparse(group, param)
            return
        if self._has_state(group, param):
            super()._step_tensor(group, param)
            return
        self._create_alone(group, param)
        grad = -param.grad if group["maximize"] else param.grad
        self._first(Tensors, param, grad, [self.state[param]["momentum_buffer"]], self._constants(group, 0, []))

    def _constants(self, group: Any, step: Any, scalars: list[Any]) -> Any:
        decay, momentum = number(group["weight_decay"]), group["momentum"]
        return decay, momentum, 1 - group["dampening"], group["nesterov"], -number(group["lr"])

    @staticmethod
    def _update(k: Any, p: Any, g: Any, s: Any, c: Any) -> None:
        decay, momentum, fresh, nesterov, rate = c
        if is_used(decay):
            g = g + k.kept(p) * decay
        if momentum:
            buffer = s[0]
            buffer *= momentum
            buffer += g if fresh == 1 else g * fresh
            g = g + buffer * momentum if nesterov else k.kept(buffer)
        p += g * rate

    @staticmethod
    def _first(k: Any, p: Any, g: Any, s: Any, c: Any) -> None:
        decay, momentum, _, nesterov, rate = c
        if is_used(decay):
            g = g + k.kept(p) * decay
        k.assign(s[0], g)
        if nesterov:
            g = g + s[0] * momentum
        p += g * rate


sgd = on_lists(SGD, ("momentum_buffer_list",), ("momentum_buffer",))
