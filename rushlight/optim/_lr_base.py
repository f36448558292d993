"""LRScheduler: what all learning-rate schedulers share."""

from __future__ import annotations

import warnings
from functools import wraps
from typing import Any
from weakref import ref

from rushlight._core.tensor import TensorBase
from rushlight.optim.optimizer import Optimizer, _to_scalar

EPOCH_DEPRECATION_WARNING = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use `scheduler.step()` to "
    "step the scheduler. During the deprecation, if epoch is different from None, the closed form is used instead of the new chainable "
    "form, where available. Please open an issue if you are unable to replicate your use case: "
    "https://github.com/pytorch/pytorch/issues/new/choose."
)
_MORE = "See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
_OVERRIDDEN = (
    "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. Please, make sure to call "
    f"`optimizer.step()` before `lr_scheduler.step()`. {_MORE}"
)
_WRONG_ORDER = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call them in the opposite "
    "order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in PyTorch skipping the first value of the "
    f"learning rate schedule. {_MORE}"
)


# ---------------------------------------------------------------- values of parameter groups


def _copied(value: Any) -> Any:
    return value.clone() if isinstance(value, TensorBase) else value  # type: ignore[attr-defined]


def _format_param(name: str, optimizer: Any, param: Any) -> list[Any]:
    """One value for each parameter group."""
    count = len(optimizer.param_groups)
    if not isinstance(param, (list, tuple)):
        param = [param] * count
    elif len(param) != count:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has {len(param)} values, param_groups has {count}."
        )
    return [_copied(value) for value in param]


def _param_groups_val_list(optimizer: Any, key: str) -> list[Any]:
    return [_copied(group[key]) for group in optimizer.param_groups]


def _update_param_group_val(param_group: dict[str, Any], key: str, val: Any) -> None:
    """Set an option; a tensor is overwritten, so that whoever holds it sees the new value."""
    if isinstance(param_group[key], TensorBase):
        param_group[key].fill_(_to_scalar(val))
    else:
        param_group[key] = val


def _set_momentum(group: dict[str, Any], value: Any, as_beta: bool) -> None:
    if as_beta:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value


# ---------------------------------------------------------------- LRScheduler


class _Flag:
    """Sets a field of a scheduler within a with statement."""

    def __init__(self, owner: Any, name: str) -> None:
        self.owner, self.name = owner, name

    def __enter__(self) -> _Flag:
        setattr(self.owner, self.name, True)
        return self

    def __exit__(self, *error: Any) -> None:
        setattr(self.owner, self.name, False)


def _enable_get_lr_call(o: Any) -> _Flag:
    return _Flag(o, "_get_lr_called_within_step")


def _initial_mode(o: Any) -> _Flag:
    return _Flag(o, "_is_initial")


def _note_steps(optimizer: Any) -> None:
    """Let the optimizer remember that its step() was called."""
    if hasattr(optimizer.step, "_wrapped_by_lr_sched"):
        return
    reference = ref(optimizer)
    inner = optimizer.step.__func__

    @wraps(inner)
    def step(*args: Any, **kwargs: Any) -> Any:
        owner = reference()
        owner._opt_called = True
        return inner(owner, *args, **kwargs)

    step._wrapped_by_lr_sched = True  # type: ignore[attr-defined]
    optimizer.step = step


def _check_optimizer(optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


class LRScheduler:
    """Sets "lr" of an optimizer's groups at each step(): `get_lr` says to what, `_get_closed_form_lr` for an epoch of any number."""

    _get_lr_called_within_step: bool = False
    _is_initial: bool = False
    _not_saved: tuple[str, ...] = ("optimizer",)

    def __init__(self, optimizer: Any, last_epoch: int = -1) -> None:
        _check_optimizer(optimizer)
        self.optimizer = optimizer
        for index, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", _copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{index}] when resuming scheduler with last_epoch >= 0.\n"
                    "This typically happens when:\n1. You're trying to resume training from a checkpoint but haven't properly loaded the "
                    "optimizer state\n2. You're using last_epoch >= 0 for a fresh training run (not recommended)"
                )
        self.base_lrs = _param_groups_val_list(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        _note_steps(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        with _initial_mode(self):
            self.step()

    def state_dict(self) -> dict[str, Any]:
        """The scheduler's fields without its optimizer."""
        return {key: value for key, value in self.__dict__.items() if key not in self._not_saved}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what state_dict() gave."""
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list[Any]:
        """The learning rates that were set last, one for each group."""
        return self._last_lr

    def get_lr(self) -> list[Any]:
        """The learning rates of the current epoch, worked out from those of the last."""
        raise NotImplementedError

    def step(self, epoch: Any = None) -> None:
        """Go on to the next epoch."""
        if self._step_count == 1:
            if not hasattr(self.optimizer.step, "_wrapped_by_lr_sched"):
                warnings.warn(_OVERRIDDEN, UserWarning, stacklevel=2)
            elif not getattr(self.optimizer, "_opt_called", False):
                warnings.warn(_WRONG_ORDER, UserWarning, stacklevel=2)
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _update_lr(self, epoch: Any = None) -> None:
        with _enable_get_lr_call(self):
            self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
            if epoch is not None and hasattr(self, "_get_closed_form_lr"):
                values = self._get_closed_form_lr()
            else:
                values = self.get_lr()
        for group, value in zip(self.optimizer.param_groups, values, strict=True):
            _update_param_group_val(group, "lr", value)
        self._last_lr: list[Any] = _param_groups_val_list(self.optimizer, "lr")

    def _current(self) -> list[Any]:
        return _param_groups_val_list(self.optimizer, "lr")

    def _times(self, factor: Any) -> list[Any]:
        return [group["lr"] * factor for group in self.optimizer.param_groups]


def _warn_get_lr_called_within_step(lr_scheduler: Any) -> None:
    if not lr_scheduler._get_lr_called_within_step:
        text = "To get the last learning rate computed by the scheduler, please use `get_last_lr()`."
        warnings.warn(text, UserWarning, stacklevel=3)
