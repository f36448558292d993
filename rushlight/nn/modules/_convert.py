"""Conversion of a module's parameters and buffers. Each function is a method of Module."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from rushlight import __future__ as _FUTURE
from rushlight._core.signature import Parser
from rushlight.autograd.grad_mode import no_grad
from rushlight.nn._swap import swap_tensors
from rushlight.nn._torch import torch
from rushlight.nn.parameter import Parameter
from rushlight.ops import signatures

_COMPLEX = (
    "Complex modules are a new feature under active development whose design may change, and some modules might not work as expected when "
    "using complex tensors as parameters or buffers. Please file an issue at "
    "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not work as expected."
)
_PARSER: list[Any] = []


def _parse_to(args: Any, kwargs: Any) -> tuple[Any, Any, bool, Any]:
    """device, dtype, non_blocking and memory format that a call of Module.to means."""
    if not _PARSER:
        _PARSER.append(Parser("to", signatures.signatures("method", "to")))
    index, values = _PARSER[0].bind(args, kwargs)
    named = dict(zip(_PARSER[0].parameters(index), values))
    if named.get("copy"):
        raise RuntimeError(".to() does not accept copy argument")
    tensor = named.get("tensor")
    device, dtype = (named.get("device"), named.get("dtype")) if tensor is None else (tensor.device, tensor.dtype)
    return device, dtype, named["non_blocking"], named["memory_format"]


def _apply(self: Any, fn: Callable[[Any], Any], recurse: bool = True) -> Any:
    """Replace every parameter's data, its gradient's and every buffer by fn of it."""
    if recurse:
        for module in self.children():
            module._apply(fn)
    for key, param in self._parameters.items():
        if param is not None:
            self._parameters[key] = _converted(self, key, param, fn)
    for key, buffer in self._buffers.items():
        if buffer is not None:
            self._buffers[key] = fn(buffer)
    return self


def _converted(module: Any, key: str, param: Any, fn: Callable[[Any], Any]) -> Any:
    """The parameter with fn's result as its data (or what torch.__future__ asks for instead), and its gradient likewise."""
    with no_grad():
        found = fn(param)
    grad = param.grad
    if _FUTURE.get_swap_module_params_on_conversion():
        param.grad = None
        _exchange(module, key, param, Parameter(found, param.requires_grad))
        if grad is not None:
            with no_grad():
                _exchange(module, f"{key}.grad", grad, fn(grad).requires_grad_(grad.requires_grad))
            param.grad = grad
        return param
    made = param
    if _keeps_place(param, found):
        param.data = found
    else:
        made = Parameter(found, param.requires_grad)
    if grad is not None:
        with no_grad():
            new = fn(grad)
        if made is param and _keeps_place(grad, new):
            grad.data = new
        else:
            made.grad = new.requires_grad_(grad.requires_grad)
    return made


def _keeps_place(old: Any, new: Any) -> bool:
    """Whether a tensor gets new data (otherwise a new tensor comes in its place)."""
    return old.is_meta == new.is_meta and not _FUTURE.get_overwrite_module_params_on_conversion()


def _exchange(module: Any, key: str, old: Any, new: Any) -> None:
    try:
        swap_tensors(old, new)
    except Exception as error:
        raise RuntimeError(f"_apply(): Couldn't swap {module._get_name()}.{key}") from error


def to(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Convert floating-point parameters and buffers: to(device), to(dtype), to(tensor), to(memory_format=...)."""
    device, dtype, non_blocking, memory_format = _parse_to(args, kwargs)
    if dtype is not None:
        if not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError(f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}")
        if dtype.is_complex:
            warnings.warn(_COMPLEX, stacklevel=2)

    def convert(tensor: Any) -> Any:
        wanted = dtype if tensor.is_floating_point() or tensor.is_complex() else None
        if memory_format is not None and tensor.dim() in (4, 5):
            return tensor.to(device, wanted, non_blocking, memory_format=memory_format)
        try:
            return tensor.to(device, wanted, non_blocking)
        except NotImplementedError as error:
            if str(error) != "Cannot copy out of meta tensor; no data!":
                raise
            raise NotImplementedError(
                f"{error} Please use torch.nn.Module.to_empty() instead of torch.nn.Module.to() when moving module from meta to a "
                "different device."
            ) from None

    return self._apply(convert)


def to_empty(self: Any, *, device: Any, recurse: bool = True) -> Any:
    """Move to a device without copying the values."""
    return self._apply(lambda tensor: torch.empty_like(tensor, device=device), recurse=recurse)


def type_(self: Any, dst_type: Any) -> Any:
    """Convert all parameters and buffers to `dst_type`."""
    return self._apply(lambda tensor: tensor.type(dst_type))


def _caster(name: str) -> Any:
    def cast(self: Any) -> Any:
        return self._apply(lambda tensor: getattr(tensor, name)() if tensor.is_floating_point() else tensor)

    cast.__name__ = cast.__qualname__ = name
    cast.__doc__ = f"Convert floating-point parameters and buffers with {name}()."
    return cast


float_, double, half, bfloat16 = _caster("float"), _caster("double"), _caster("half"), _caster("bfloat16")


def cpu(self: Any) -> Any:
    """Move to the CPU."""
    return self._apply(lambda tensor: tensor.cpu())


def _mover(name: str) -> Any:
    def move(self: Any, device: Any = None) -> Any:
        return self._apply(lambda tensor: getattr(tensor, name)(device))

    move.__name__ = move.__qualname__ = name
    move.__doc__ = f"Move to {name}."
    return move


cuda, ipu, xpu, mtia = _mover("cuda"), _mover("ipu"), _mover("xpu"), _mover("mtia")
