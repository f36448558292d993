"""LBFGS: a quasi-Newton method of limited memory."""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight.autograd.grad_mode import enable_grad, no_grad
from rushlight.optim._line_search import _cubic_interpolate as _cubic_interpolate, _strong_wolfe as _strong_wolfe
from rushlight.optim.optimizer import Optimizer, _to_scalar

__all__ = ["LBFGS"]

_KEPT = ("d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss")


class LBFGS(Optimizer):
    """Quasi-Newton steps over all the parameters as one vector; `step` needs a closure."""

    def __init__(
        self, params: Any, lr: Any = 1, max_iter: int = 20, max_eval: int | None = None, tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9, history_size: int = 100, line_search_fn: str | None = None,
    ) -> None:  # fmt: skip
        if isinstance(lr, TensorBase) and lr._array.size != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not lr >= 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")
        defaults = {
            "lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change,
            "history_size": history_size, "line_search_fn": line_search_fn,
        }  # fmt: skip
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]
        self._numel_cache: int | None = None

    # ------------------------------------------------------------ the parameters as one vector

    def _numel(self) -> int:
        if self._numel_cache is None:
            self._numel_cache = sum(2 * p.numel() if p.is_complex() else p.numel() for p in self._params)
        return self._numel_cache

    def _gather_flat_grad(self) -> Any:
        import rushlight

        views = []
        for param in self._params:
            grad = param.grad
            if grad is not None and grad.is_sparse:
                grad = grad.to_dense()
            view = param.new(param.numel()).zero_() if grad is None else grad.view(-1)
            views.append(rushlight.view_as_real(view).view(-1) if view.is_complex() else view)
        return rushlight.cat(views, 0)

    def _add_grad(self, step_size: Any, update: Any) -> None:
        import rushlight

        offset = 0
        for param in self._params:
            target = rushlight.view_as_real(param) if param.is_complex() else param
            stop = offset + target.numel()
            target.add_(update[offset:stop].view_as(target), alpha=step_size)
            offset = stop

    def _clone_param(self) -> list[Any]:
        import rushlight

        return [param.clone(memory_format=rushlight.contiguous_format) for param in self._params]

    def _set_param(self, params_data: list[Any]) -> None:
        for param, data in zip(self._params, params_data):
            param.copy_(data)

    def _directional_evaluate(self, closure: Any, x: Any, t: Any, d: Any) -> tuple[float, Any]:
        """Loss and gradient a step along d away from x; the parameters come back to x."""
        self._add_grad(t, d)
        loss = float(closure())
        flat_grad = self._gather_flat_grad()
        self._set_param(x)
        return loss, flat_grad

    # ------------------------------------------------------------ stepping

    def step(self, closure: Any) -> Any:
        """Up to max_iter iterations; `closure` evaluates the loss and its gradients anew. Returns the first loss."""
        recording = enable_grad()(closure)
        with no_grad():
            return self._step(recording)

    def _step(self, closure: Any) -> Any:
        group, state = self.param_groups[0], self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = closure()
        state["func_evals"] += 1
        flat_grad = self._gather_flat_grad()
        if flat_grad.abs().max() <= group["tolerance_grad"]:
            return first_loss
        run = _Run(self, group, state, closure, float(first_loss), flat_grad)
        run.iterate()
        for name in _KEPT:
            state[name] = getattr(run, name)
        return first_loss


class _Run:
    """The iterations of one step."""

    def __init__(self, owner: LBFGS, group: Any, state: Any, closure: Any, loss: float, flat_grad: Any) -> None:
        self.owner, self.group, self.state, self.closure = owner, group, state, closure
        self.loss, self.flat_grad = loss, flat_grad
        for name in _KEPT:
            setattr(self, name, state.get(name))
        self.d: Any
        self.t: Any

    def direction(self) -> None:
        """Where to go: the gradient through the approximate inverse Hessian."""
        state = self.state
        if state["n_iter"] == 1:
            self.d = self.flat_grad.neg()
            self.old_dirs, self.old_stps, self.ro, self.H_diag = [], [], [], 1
            return
        y, s = self.flat_grad.sub(self.prev_flat_grad), self.d.mul(self.t)
        ys = y.dot(s)
        if ys > 1e-10:
            self.remember(y, s, ys)
        count = len(self.old_dirs)
        al = state.setdefault("al", [None] * self.group["history_size"])
        q = self.flat_grad.neg()
        for i in range(count - 1, -1, -1):
            al[i] = self.old_stps[i].dot(q) * self.ro[i]
            q.add_(self.old_dirs[i], alpha=-al[i])
        self.d = q.mul(self.H_diag)
        for i in range(count):
            self.d.add_(self.old_stps[i], alpha=al[i] - self.old_dirs[i].dot(self.d) * self.ro[i])

    def remember(self, y: Any, s: Any, ys: Any) -> None:
        """Take a pair of changes into the history."""
        if len(self.old_dirs) == self.group["history_size"]:
            for history in (self.old_dirs, self.old_stps, self.ro):
                history.pop(0)
        self.old_dirs.append(y)
        self.old_stps.append(s)
        self.ro.append(1.0 / ys)
        self.H_diag = ys / y.dot(y)

    def move(self, slope: Any, evaluations: int, last: bool) -> int:
        """Go along the direction; returns how often the closure was called."""
        owner, search = self.owner, self.group["line_search_fn"]
        if search is None:
            owner._add_grad(self.t, self.d)
            if last:
                return 0
            self.loss = float(self.closure())
            self.flat_grad = owner._gather_flat_grad()
            return 1
        if search != "strong_wolfe":
            raise RuntimeError("only 'strong_wolfe' is supported")

        def evaluate(x: Any, t: Any, d: Any) -> tuple[float, Any]:
            return owner._directional_evaluate(self.closure, x, t, d)

        self.loss, self.flat_grad, self.t, calls = _strong_wolfe(
            evaluate, owner._clone_param(), self.t, self.d, self.loss, self.flat_grad, slope, max_ls=self.group["max_eval"] - evaluations
        )
        owner._add_grad(self.t, self.d)
        return calls

    def iterate(self) -> None:
        """Iterate until one of the group's limits is met."""
        import rushlight

        group, state, evaluations = self.group, self.state, 1
        rate, tolerance, most = _to_scalar(group["lr"]), group["tolerance_change"], group["max_iter"]
        for count in range(1, most + 1):
            state["n_iter"] += 1
            self.direction()
            if self.prev_flat_grad is None:
                self.prev_flat_grad = self.flat_grad.clone(memory_format=rushlight.contiguous_format)
            else:
                self.prev_flat_grad.copy_(self.flat_grad)
            self.prev_loss = self.loss
            self.t = min(1.0, 1.0 / self.flat_grad.abs().sum()) * rate if state["n_iter"] == 1 else rate
            slope = self.flat_grad.dot(self.d)
            if slope > -tolerance:
                break
            calls = self.move(slope, evaluations, count == most)
            evaluations += calls
            state["func_evals"] += calls
            if count == most or evaluations >= group["max_eval"]:
                break
            if self.flat_grad.abs().max() <= group["tolerance_grad"] or self.d.mul(self.t).abs().max() <= tolerance:
                break
            if abs(self.loss - self.prev_loss) < tolerance:
                break
