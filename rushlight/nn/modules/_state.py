"""The state of modules as dicts of tensors: writing, reading, the hooks around both. Each function is a method of Module."""

from __future__ import annotations

import warnings
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Mapping
from typing import Any

from rushlight import __future__ as _FUTURE
from rushlight.autograd.grad_mode import no_grad
from rushlight.nn._swap import swap_tensors
from rushlight.nn._torch import Tensor
from rushlight.nn.modules._wrapped_hook import _WrappedHook
from rushlight.nn.parameter import Parameter, is_lazy
from rushlight.utils.hooks import RemovableHandle

_EXTRA_STATE_KEY_SUFFIX = "_extra_state"
_UNREACHABLE = (
    "Reached a code path in Module.{}() that should never be called. Please file an issue at "
    "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug."
)


class _IncompatibleKeys(namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """What load_state_dict returns: the keys that did not match."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()

    __str__ = __repr__


def get_extra_state(self: Any) -> Any:
    """What a subclass wants saved beside its tensors."""
    raise RuntimeError(_UNREACHABLE.format("get_extra_state"))


def set_extra_state(self: Any, state: Any) -> None:
    """Take what get_extra_state gave when the state was saved."""
    raise RuntimeError(_UNREACHABLE.format("set_extra_state"))


def _overrides(module: Any, name: str, own: Any) -> bool:
    return getattr(module.__class__, name, own) is not own


# ------------------------------------------------------------ hooks


def _register(hooks: Any, hook: Any) -> RemovableHandle:
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle


def _register_state_dict_hook(self: Any, hook: Callable[..., Any]) -> RemovableHandle:
    """Call hook(module, state_dict, prefix, local_metadata) when a state is complete; it may return another."""
    if getattr(hook, "_from_public_api", False):
        raise RuntimeError(
            "Cannot register the same function as the state dict post hook that was previously registered via register_state_dict_post_hook"
        )
    return _register(self._state_dict_hooks, hook)


def register_state_dict_post_hook(self: Any, hook: Any) -> RemovableHandle:
    """Call hook(module, state_dict, prefix, local_metadata) when a state is complete; it may change it in place."""
    hook._from_public_api = True
    return _register(self._state_dict_hooks, hook)


def register_state_dict_pre_hook(self: Any, hook: Callable[..., Any]) -> RemovableHandle:
    """Call hook(module, prefix, keep_vars) before the state is collected."""
    return _register(self._state_dict_pre_hooks, hook)


def _register_load_state_dict_pre_hook(self: Any, hook: Callable[..., Any], with_module: bool = False) -> RemovableHandle:
    return _register(self._load_state_dict_pre_hooks, _WrappedHook(hook, self if with_module else None))


def register_load_state_dict_pre_hook(self: Any, hook: Callable[..., Any]) -> RemovableHandle:
    """Call hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs) before loading."""
    return self._register_load_state_dict_pre_hook(hook, with_module=True)


def register_load_state_dict_post_hook(self: Any, hook: Callable[..., Any]) -> RemovableHandle:
    """Call hook(module, incompatible_keys) after loading; it may change the keys in place."""
    return _register(self._load_state_dict_post_hooks, hook)


# ------------------------------------------------------------ writing


def _save_to_state_dict(self: Any, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
    """Put the module's own tensors into `destination`."""
    for name, param in self._parameters.items():
        if param is not None:
            destination[prefix + name] = param if keep_vars else param.detach()
    for name, buffer in self._buffers.items():
        if buffer is not None and name not in self._non_persistent_buffers_set:
            destination[prefix + name] = buffer if keep_vars else buffer.detach()
    if _overrides(self, "get_extra_state", get_extra_state):
        destination[prefix + _EXTRA_STATE_KEY_SUFFIX] = self.get_extra_state()


def state_dict(self: Any, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
    """All parameters and persistent buffers, detached unless `keep_vars`, by their dotted names."""
    if args:
        warnings.warn(
            "Positional args are being deprecated, use kwargs instead. Refer to "
            "https://pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.state_dict for details.",
            FutureWarning,
            stacklevel=2,
        )
        if destination is None:
            destination = args[0]
        if len(args) > 1 and prefix == "":
            prefix = args[1]
        if len(args) > 2 and keep_vars is False:
            keep_vars = args[2]
    if destination is None:
        destination = OrderedDict()
        destination._metadata = OrderedDict()
    local_metadata = {"version": self._version}
    if hasattr(destination, "_metadata"):
        destination._metadata[prefix[:-1]] = local_metadata
    for hook in self._state_dict_pre_hooks.values():
        hook(self, prefix, keep_vars)
    self._save_to_state_dict(destination, prefix, keep_vars)
    for name, module in self._modules.items():
        if module is not None:
            module.state_dict(destination=destination, prefix=prefix + name + ".", keep_vars=keep_vars)
    for hook in self._state_dict_hooks.values():
        found = hook(self, destination, prefix, local_metadata)
        if found is None:
            continue
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError("state_dict post-hook must return None")
        destination = found
    return destination


# ------------------------------------------------------------ reading


def _like_tensor(value: Any) -> bool:
    return isinstance(value, Tensor) or hasattr(type(value), "__torch_function__")


def _load_from_state_dict(
    self: Any, state_dict: Any, prefix: str, local_metadata: Any, strict: bool, missing_keys: Any, unexpected_keys: Any, error_msgs: Any
) -> None:
    """Take the module's own tensors from `state_dict`; what goes wrong is noted in the lists."""
    for hook in self._load_state_dict_pre_hooks.values():
        hook(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
    kept = {name: buffer for name, buffer in self._buffers.items() if name not in self._non_persistent_buffers_set}
    own = {name: value for name, value in (*self._parameters.items(), *kept.items()) if value is not None}
    assign = local_metadata.get("assign_to_params_buffers", False)
    for name, param in own.items():
        key = prefix + name
        if key in state_dict:
            _load_one(self, name, key, param, state_dict[key], assign, error_msgs)
        elif strict:
            missing_keys.append(key)
    extra = prefix + _EXTRA_STATE_KEY_SUFFIX
    if _overrides(self, "set_extra_state", set_extra_state):
        if extra in state_dict:
            self.set_extra_state(state_dict[extra])
        elif strict:
            missing_keys.append(extra)
    elif strict and extra in state_dict:
        unexpected_keys.append(extra)
    if strict:
        for key in state_dict:
            if key.startswith(prefix) and key != extra:
                first, _, rest = key[len(prefix) :].partition(".")
                if first not in (self._modules if rest or key.endswith(".") else own):
                    unexpected_keys.append(key)


def _load_one(self: Any, name: str, key: str, param: Any, given: Any, assign: bool, error_msgs: Any) -> None:
    """Copy one tensor, or put it in the old one's place."""
    if not _like_tensor(given):
        error_msgs.append(
            f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from checkpoint but received '
            f"{type(given)}"
        )
        return
    lazy = is_lazy(param)
    if not lazy and len(param.shape) == 0 and len(given.shape) == 1:
        given = given[0]  # 0-d parameters were saved so by early versions
    if not lazy and given.shape != param.shape:
        error_msgs.append(
            f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, the shape in current model is "
            f"{param.shape}."
        )
        return
    if param.is_meta and not given.is_meta and not assign:
        warnings.warn(
            f"for {key}: copying from a non-meta parameter in the checkpoint to a meta parameter in the current model, which is a no-op. "
            "(Did you mean to pass `assign=True` to assign items in the state dictionary to their corresponding key in the module instead "
            "of copying them in place?)",
            stacklevel=4,
        )
    swap = _FUTURE.get_swap_module_params_on_conversion()
    try:
        with no_grad():
            if swap:
                _swap_in(param, given, assign)
                return
            if not assign:
                param.copy_(given)
                return
            if isinstance(param, Parameter):
                if isinstance(given, Parameter):
                    given.requires_grad_(param.requires_grad)
                else:
                    given = Parameter(given, requires_grad=param.requires_grad)
            setattr(self, name, given)
    except Exception as error:
        error_msgs.append(
            f'While {"swapping" if swap else "copying"} the parameter named "{key}", whose dimensions in the model are {param.size()} and '
            f"whose dimensions in the checkpoint are {given.size()}, an exception occurred : {error.args}."
        )


def _swap_in(param: Any, given: Any, assign: bool) -> None:
    """Exchange a parameter with what its module_load() makes of the given tensor."""
    made = param.module_load(given, assign=assign)
    if made is given or made is param:
        raise RuntimeError(
            "module_load returned one of self or other, please .detach() the result if returning one of the inputs in module_load"
        )
    if isinstance(param, Parameter):
        made = made.requires_grad_(param.requires_grad) if isinstance(made, Parameter) else Parameter(made, param.requires_grad)
    swap_tensors(param, made)


def _load(
    module: Any, state_dict: Any, prefix: str, metadata: Any, assign: bool, missing_keys: Any, unexpected_keys: Any, error_msgs: Any
) -> None:
    """Load a module and those below it."""
    local_metadata = {} if metadata is None else metadata.get(prefix[:-1], {})
    if assign:
        local_metadata["assign_to_params_buffers"] = assign
    module._load_from_state_dict(state_dict, prefix, local_metadata, True, missing_keys, unexpected_keys, error_msgs)
    for name, child in module._modules.items():
        if child is not None:
            below = prefix + name + "."
            part = {key: value for key, value in state_dict.items() if key.startswith(below)}
            _load(child, part, below, metadata, assign, missing_keys, unexpected_keys, error_msgs)
    incompatible = _IncompatibleKeys(missing_keys, unexpected_keys)
    for hook in module._load_state_dict_post_hooks.values():
        if hook(module, incompatible) is not None:
            raise AssertionError(
                "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, if incompatible_keys "
                "need to be modified, it should be done inplace."
            )


def load_state_dict(self: Any, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Any:
    """Copy (or, with `assign`, put) the tensors of a state into the module; with `strict` all keys must match."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
    missing_keys: list[str] = []
    unexpected_keys: list[str] = []
    error_msgs: list[str] = []
    metadata = getattr(state_dict, "_metadata", None)
    state_dict = OrderedDict(state_dict)
    if metadata is not None:
        state_dict._metadata = metadata  # type: ignore[attr-defined]

    _load(self, state_dict, "", metadata, assign, missing_keys, unexpected_keys, error_msgs)
    if strict:
        for keys, text in ((unexpected_keys, "Unexpected"), (missing_keys, "Missing")):
            if keys:
                listed = ", ".join([f'"{key}"' for key in keys])
                error_msgs.insert(0, f"{text} key(s) in state_dict: {listed}. ")
    if error_msgs:
        listed = "\n\t".join(error_msgs)
        raise RuntimeError(f"Error(s) in loading state_dict for {self.__class__.__name__}:\n\t{listed}")
    return _IncompatibleKeys(missing_keys, unexpected_keys)
