"""Optimizer: what all optimizers share; and the names that packages take from torch.optim.optimizer."""

from __future__ import annotations

import functools
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from rushlight._core import dtypes, state
from rushlight._core.tensor import TensorBase, wants_grad
from rushlight._install import elsewhere
from rushlight._settings import typename
from rushlight.autograd.grad_mode import set_grad_enabled
from rushlight.utils.hooks import RemovableHandle

__all__ = ["Optimizer", "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook"]

ParamsT = Iterable[Any]
StateDict = dict[str, Any]


class _RequiredParameter:
    """The default of an option that every parameter group must give."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _RequiredParameter()
_global_optimizer_pre_hooks: dict[int, Any] = OrderedDict()
_global_optimizer_post_hooks: dict[int, Any] = OrderedDict()
# Fields of an Optimizer that hold its hooks; they stay behind when it is pickled.
_HOOKS = (
    "_optimizer_step_pre_hooks", "_optimizer_step_post_hooks", "_optimizer_state_dict_pre_hooks", "_optimizer_state_dict_post_hooks",
    "_optimizer_load_state_dict_pre_hooks", "_optimizer_load_state_dict_post_hooks",
)  # fmt: skip


# ---------------------------------------------------------------- helpers that packages import


def _use_grad_for_differentiable(func: Callable[..., Any]) -> Callable[..., Any]:
    """Run a step with gradients recorded where the optimizer is differentiable, and without elsewhere."""

    @functools.wraps(func)
    def step(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = state.is_grad_enabled()
        set_grad_enabled(self.defaults["differentiable"])
        try:
            return func(self, *args, **kwargs)
        finally:
            set_grad_enabled(before)

    return step


def _get_value(x: Any) -> Any:
    return x.item() if isinstance(x, TensorBase) else x


def _stack_if_compiling(x: Any) -> Any:
    return x


def _disable_dynamo_if_unsupported(single_tensor_fn: Any = None) -> Any:
    return lambda func: func


def _default_to_fused_or_foreach(params: Any, differentiable: bool, use_fused: bool = False) -> tuple[bool, bool]:
    """(fused, foreach) for parameters on the CPU, where neither is the default."""
    floating = all(p is None or p.is_floating_point() for p in params)
    return (use_fused and not differentiable and floating, False)


def _device_dtype_check_for_fused(p: Any, cuda_unsupported: bool = False) -> None:
    if not p.is_floating_point():
        devices = [name for name in ("mps", "cuda", "xpu", "hpu", "cpu", "mtia", "privateuseone") if name != "cuda" or not cuda_unsupported]
        raise RuntimeError(
            f"`fused=True` requires all the params to be floating point Tensors of supported devices: {devices} but {p.dtype} and "
            f"{p.device.type}"
        )


def _view_as_real(params: list[Any], *state_and_grads: list[Any]) -> None:
    """Replace complex tensors in the lists by views of their parts."""
    for index, param in enumerate(params):
        if param.is_complex():
            for values in (params, *state_and_grads):
                values[index] = values[index].view_as_real() if hasattr(values[index], "view_as_real") else _parts(values[index])


def _parts(tensor: Any) -> Any:
    import rushlight

    return rushlight.view_as_real(tensor)


def _get_scalar_dtype(is_fused: Any = None) -> Any:
    return dtypes.float64 if not is_fused and dtypes.get_default_dtype() is dtypes.float64 else dtypes.float32


def _get_capturable_supported_devices(supports_xla: bool = True) -> list[str]:
    return ["cuda", "xpu", "hpu", "privateuseone"] + (["xla"] if supports_xla else [])


def _to_scalar(x: Any) -> Any:
    """A tensor of one element without dimensions; anything else as it is."""
    return x.squeeze() if isinstance(x, TensorBase) and x._array.ndim else x


def _add(hooks: Any, hook: Any, prepend: bool = False) -> RemovableHandle:
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def register_optimizer_step_pre_hook(hook: Any) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` before the step of any optimizer."""
    return _add(_global_optimizer_pre_hooks, hook)


def register_optimizer_step_post_hook(hook: Any) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` after the step of any optimizer."""
    return _add(_global_optimizer_post_hooks, hook)


# ---------------------------------------------------------------- Optimizer


class Optimizer:
    """The base of all optimizers: parameter groups, state, hooks and state dicts.

    `param_groups` is a list of dicts of "params" and options; `state` maps each parameter to what the optimizer keeps for it.
    """

    def __init__(self, params: ParamsT, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self._set_up_hooks()
        if isinstance(params, TensorBase):
            raise TypeError(
                f"params argument given to the optimizer should be an iterable of Tensors or dicts, but got {typename(params)}"
            )
        self.state: Any = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)
        self._warned_capturable_if_run_uncaptured = True

    def _set_up_hooks(self) -> None:
        for name in _HOOKS:
            self.__dict__.setdefault(name, OrderedDict())
        self._patch_step_function()

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._set_up_hooks()
        self.defaults.setdefault("differentiable", False)

    def __repr__(self) -> str:
        lines = []
        for index, group in enumerate(self.param_groups):
            options = "".join(f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params")
            lines.append(f"\nParameter Group {index}\n{options}")
        return f"{type(self).__name__} ({''.join(lines)})"

    # ------------------------------------------------------------ stepping

    def step(self, closure: Any = None) -> Any:
        """Update the parameters once; `closure` evaluates the loss anew."""
        raise NotImplementedError

    def _accelerator_graph_capture_health_check(self) -> None:
        """Nothing to check: there is no accelerator."""

    _cuda_graph_capture_health_check = _accelerator_graph_capture_health_check

    def _optimizer_step_code(self) -> None:
        """Called after each step; for profilers to replace."""

    @staticmethod
    def profile_hook_step(func: Callable[..., Any]) -> Callable[..., Any]:
        """Run the hooks around a step."""

        @functools.wraps(func)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            self = args[0]
            before = self._optimizer_step_pre_hooks
            if before or _global_optimizer_pre_hooks:
                for hook in [*_global_optimizer_pre_hooks.values(), *before.values()]:
                    result = hook(self, args, kwargs)
                    if result is None:
                        continue
                    if not (isinstance(result, tuple) and len(result) == 2):
                        raise RuntimeError(f"{func} must return None or a tuple of (new_args, new_kwargs), but got {result}.")
                    args, kwargs = result
            out = func(*args, **kwargs)
            self._optimizer_step_code()
            after = self._optimizer_step_post_hooks
            if after or _global_optimizer_post_hooks:
                for hook in [*after.values(), *_global_optimizer_post_hooks.values()]:
                    hook(self, args, kwargs)
            return out

        return wrapper

    def _patch_step_function(self) -> None:
        cls = type(self)
        self._zero_grad_profile_name = f"Optimizer.zero_grad#{cls.__name__}.zero_grad"
        if not getattr(cls.step, "hooked", None):
            cls.step = self.profile_hook_step(cls.step)  # type: ignore[method-assign]
            cls.step.hooked = True  # type: ignore[attr-defined]

    @staticmethod
    def _group_tensors_by_device_and_dtype(tensorlistlist: Any, with_indices: bool = False) -> dict[Any, Any]:
        """The tensors of parallel lists by the device and dtype of the first list's."""
        found: dict[Any, Any] = {}
        for index, first in enumerate(tensorlistlist[0]):
            lists, indices = found.setdefault((first.device, first.dtype), ([[] for _ in tensorlistlist], []))
            for values, source in zip(lists, tensorlistlist):
                if source:
                    values.append(source[index])
            indices.append(index)
        return found

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, or fill them with zeros."""
        for group in self.param_groups:
            for param in group["params"]:
                if param._grad is None:
                    continue
                if set_to_none:
                    param.grad = None
                    continue
                if param.grad.grad_fn is not None:
                    param.grad.detach_()
                else:
                    param.grad.requires_grad_(False)
                param.grad.zero_()

    # ------------------------------------------------------------ hooks

    def register_step_pre_hook(self, hook: Any) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step; it may return new (args, kwargs)."""
        return _add(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Any) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return _add(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` before state_dict()."""
        return _add(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` after state_dict(); it may return another dict."""
        return _add(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` before a state dict is loaded; it may return another dict."""
        return _add(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` after a state dict was loaded."""
        return _add(self._optimizer_load_state_dict_post_hooks, hook, prepend)

    # ------------------------------------------------------------ state dicts

    def state_dict(self) -> StateDict:
        """State and groups, with numbers in place of parameters; tensors are the optimizer's own."""
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers: dict[int, int] = {}
        groups = []
        start = 0
        for group in self.param_groups:
            packed = {name: value for name, value in group.items() if name != "params"}
            for index, param in enumerate(group["params"], start):
                numbers.setdefault(id(param), index)
            packed["params"] = [numbers[id(param)] for param in group["params"]]
            start += len(packed["params"])
            groups.append(packed)
        entries = {numbers[id(key)] if isinstance(key, TensorBase) else key: value for key, value in self.state.items()}
        found: StateDict = {"state": entries, "param_groups": groups}
        for hook in self._optimizer_state_dict_post_hooks.values():
            found = _or(hook(self, found), found)
        return found

    @staticmethod
    def _process_value_according_to_param_policy(param: Any, value: Any, param_id: Any, param_groups: Any, key: Any = None) -> Any:
        """A loaded state tensor in the dtype that it takes for this parameter."""
        group = next((group for group in param_groups if param_id in group["params"]), {})
        if key == "step":
            stays = not (group.get("capturable", False) or group.get("fused", False))
            return value if stays else value.to(dtype=dtypes.float32, device=param.device)
        if param.is_floating_point():
            return value.to(dtype=param.dtype, device=param.device)
        return value.to(device=param.device)

    def load_state_dict(self, state_dict: StateDict) -> None:
        """Take over what state_dict() gave; tensors of fitting dtype are shared with it."""
        state_dict = state_dict.copy()
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            state_dict = _or(hook(self, state_dict), state_dict)
        saved = deepcopy(state_dict["param_groups"])
        if len(self.param_groups) != len(saved):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(group["params"]) != len(other["params"]) for group, other in zip(self.param_groups, saved)):
            raise ValueError("loaded state dict contains a parameter group that doesn't match the size of optimizer's group")
        params = {
            number: param for group, other in zip(self.param_groups, saved) for number, param in zip(other["params"], group["params"])
        }
        entries: Any = defaultdict(dict)
        for key, value in state_dict["state"].items():
            if key in params:
                entries[params[key]] = _cast(params[key], value, key, state_dict["param_groups"])
            else:
                entries[key] = value
        for group, other in zip(self.param_groups, saved):
            other["params"] = group["params"]
            if "param_names" in group:
                other.setdefault("param_names", group["param_names"])
        self.__setstate__({"state": entries, "param_groups": saved})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    # ------------------------------------------------------------ groups

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Optimize more parameters, with options of their own."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        _collect(param_group)
        for param in param_group["params"]:
            self._check_param(param)
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)
        members = set(param_group["params"])
        if len(param_group["params"]) != len(members):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see "
                "github.com/pytorch/pytorch/issues/40967 for more information",
                stacklevel=3,
            )
        named = "param_names" in param_group
        for group in self.param_groups:
            if named != ("param_names" in group):
                raise ValueError(
                    "all optimizer param groups should be with/without names. cannot add param group "
                    f"{'with names' if named else 'without names'} to the optimizer"
                )
        if any(not members.isdisjoint(group["params"]) for group in self.param_groups):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    def _check_param(self, param: Any) -> None:
        if not isinstance(param, TensorBase):
            raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {typename(param)}")
        tensor: Any = param
        if not self.defaults.get("differentiable", None) and not (tensor.is_leaf or tensor.retains_grad):
            raise ValueError("can't optimize a non-leaf Tensor")


def _or(result: Any, otherwise: Any) -> Any:
    return otherwise if result is None else result


def _cast(param: Any, value: Any, number: Any, groups: Any, key: Any = None) -> Any:
    """A loaded entry of a parameter's state, whatever it is made of."""
    if isinstance(value, TensorBase):
        return Optimizer._process_value_according_to_param_policy(param, value, number, groups, key)
    if isinstance(value, dict):
        return {name: _cast(param, item, number, groups, name) for name, item in value.items()}
    if isinstance(value, Iterable):
        return type(value)(_cast(param, item, number, groups) for item in value)  # type: ignore[call-arg]
    return value


def _collect(group: dict[str, Any]) -> None:
    """Bring a group's "params" into a list of tensors, and their names into "param_names"."""
    params = group["params"]
    if isinstance(params, TensorBase):
        params = [params]
    elif isinstance(params, set):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between "
            "runs. Please use a list instead."
        )
    params = list(params)
    names = [param[0] for param in params if isinstance(param, tuple)]
    group["params"] = [param[1] if isinstance(param, tuple) else param for param in params]
    if names and len(names) != len(params):
        raise ValueError("all optimizer params should be with/without names. Some param names are missing")
    if names:
        group["param_names"] = names


def _is_differentiable_lr(lr: Any) -> bool:
    return isinstance(lr, TensorBase) and wants_grad(lr)


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
