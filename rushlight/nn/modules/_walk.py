"""What walks over a module, its children and their members. Each function is a method of Module."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any


def get_submodule(self: Any, target: str) -> Any:
    """The submodule "a.b.c"; self for ""."""
    if target == "":
        return self
    from rushlight.nn.modules.module import Module

    found = self
    for item in target.split("."):
        if not hasattr(found, item):
            raise AttributeError(f"{found._get_name()} has no attribute `{item}`")
        found = getattr(found, item)
        if not isinstance(found, Module):
            raise AttributeError(f"`{item}` is not an nn.Module")
    return found


def set_submodule(self: Any, target: str, module: Any, strict: bool = False) -> None:
    """Put a module in the place "a.b.c"; with `strict` only where one is already."""
    from rushlight.nn.modules.module import Module

    if target == "":
        raise ValueError("Cannot set the submodule without a target name!")
    if not isinstance(module, Module):
        raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
    prefix, _, last = target.rpartition(".")
    parent = self.get_submodule(prefix)
    if strict and not hasattr(parent, last):
        raise AttributeError(f"{parent._get_name()} has no attribute `{last}`")
    if hasattr(parent, last) and not isinstance(getattr(parent, last), Module):
        raise AttributeError(f"`{last}` is not an nn.Module")
    setattr(parent, last, module)


def _member(self: Any, target: str) -> tuple[Any, str, Any]:
    prefix, _, last = target.rpartition(".")
    holder = self.get_submodule(prefix)
    if not hasattr(holder, last):
        raise AttributeError(f"{holder._get_name()} has no attribute `{last}`")
    return holder, last, getattr(holder, last)


def get_parameter(self: Any, target: str) -> Any:
    """The parameter "a.b.weight"."""
    from rushlight.nn.parameter import Parameter

    _, last, found = _member(self, target)
    if not isinstance(found, Parameter):
        raise AttributeError(f"`{last}` is not an nn.Parameter")
    return found


def get_buffer(self: Any, target: str) -> Any:
    """The buffer "a.b.running_mean"."""
    holder, last, found = _member(self, target)
    if last not in holder._buffers:
        raise AttributeError(f"`{last}` is not a buffer")
    return found


def _named_members(
    self: Any, get_members_fn: Callable[[Any], Any], prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
) -> Iterator[tuple[str, Any]]:
    """Names and members of the module and, with `recurse`, of all below it; each member once."""
    memo = set()
    places = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
    for module_prefix, module in places:
        dotted = module_prefix + "." if module_prefix else ""
        for name, member in get_members_fn(module):
            if member is None or member in memo:
                continue
            if remove_duplicate:
                memo.add(member)
            yield dotted + name, member


def parameters(self: Any, recurse: bool = True) -> Iterator[Any]:
    """All parameters, each once."""
    for _name, param in self.named_parameters(recurse=recurse):
        yield param


def named_parameters(self: Any, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator[tuple[str, Any]]:
    """Names and parameters."""
    yield from self._named_members(lambda module: module._parameters.items(), prefix, recurse, remove_duplicate)


def buffers(self: Any, recurse: bool = True) -> Iterator[Any]:
    """All buffers, each once."""
    for _, buffer in self.named_buffers(recurse=recurse):
        yield buffer


def named_buffers(self: Any, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator[tuple[str, Any]]:
    """Names and buffers."""
    yield from self._named_members(lambda module: module._buffers.items(), prefix, recurse, remove_duplicate)


def children(self: Any) -> Iterator[Any]:
    """The submodules directly below, each once."""
    for _name, module in self.named_children():
        yield module


def named_children(self: Any) -> Iterator[tuple[str, Any]]:
    """Names and submodules directly below."""
    memo = set()
    for name, module in self._modules.items():
        if module is not None and module not in memo:
            memo.add(module)
            yield name, module


def modules(self: Any, remove_duplicate: bool = True) -> Iterator[Any]:
    """The module itself and all below it."""
    for _, module in self.named_modules(remove_duplicate=remove_duplicate):
        yield module


def named_modules(
    self: Any, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
) -> Iterator[tuple[str, Any]]:
    """Names and modules: the module itself, and all below it."""
    if memo is None:
        memo = set()
    if self in memo:
        return
    if remove_duplicate:
        memo.add(self)
    yield prefix, self
    for name, module in self._modules.items():
        if module is not None:
            yield from module.named_modules(memo, prefix + ("." if prefix else "") + name, remove_duplicate)


def apply(self: Any, fn: Callable[[Any], None]) -> Any:
    """Call fn for every module below and then for this one."""
    for module in self.children():
        module.apply(fn)
    fn(self)
    return self


def train(self: Any, mode: bool = True) -> Any:
    """Set training mode here and below."""
    if not isinstance(mode, bool):
        raise ValueError("training mode is expected to be boolean")
    self.training = mode
    for module in self.children():
        module.train(mode)
    return self


def eval(self: Any) -> Any:
    """Set evaluation mode: train(False)."""
    return self.train(False)


def requires_grad_(self: Any, requires_grad: bool = True) -> Any:
    """Set whether the parameters get gradients."""
    for param in self.parameters():
        param.requires_grad_(requires_grad)
    return self


def zero_grad(self: Any, set_to_none: bool = True) -> None:
    """Forget the gradients of all parameters, or set them to zero."""
    if getattr(self, "_is_replica", False):
        warnings.warn(
            "Calling .zero_grad() from a module created with nn.DataParallel() has no effect. The parameters are copied (in a "
            "differentiable manner) from the original module. This means they are not leaf nodes in autograd and so don't accumulate "
            "gradients. If you need gradients in your forward method, consider using autograd.grad instead.",
            stacklevel=2,
        )
    for param in self.parameters():
        grad = param.grad
        if grad is None:
            continue
        if set_to_none:
            param.grad = None
            continue
        if grad.grad_fn is not None:
            grad.detach_()
        else:
            grad.requires_grad_(False)
        grad.zero_()


def share_memory(self: Any) -> Any:
    """Move parameters and buffers to memory that other processes can share."""
    return self._apply(lambda tensor: tensor.share_memory_())
