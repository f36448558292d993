"""torch.nn.utils.stateless: calls of modules with other parameters than their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rushlight.nn._torch import Tensor
from rushlight.nn.modules.module import Module

__all__ = ["functional_call"]


def _named_tensors(module: Any) -> dict[str, Any]:
    """All parameters and buffers, under each of their names."""
    return {
        **dict(module.named_parameters(remove_duplicate=False)),
        **dict(module.named_buffers(remove_duplicate=False)),
    }


def _untie_named_tensors_map(module: Any, parameters_and_buffers: dict[str, Any]) -> dict[str, Any]:
    """The given tensors, also under the other names of those that the module holds under several."""
    names: dict[int, set[str]] = {}
    own = _named_tensors(module)
    for name, tensor in own.items():
        names.setdefault(id(tensor), set()).add(name)
    untied = dict(parameters_and_buffers)
    for tied in names.values():
        given = sorted(tied & parameters_and_buffers.keys())
        if len({id(parameters_and_buffers[name]) for name in given}) > 1:
            raise ValueError(
                f"functional_call got multiple values for keys {given}, which are tied. Consider using tie_weights=False"
            )
        if given:
            untied.update(dict.fromkeys(tied, parameters_and_buffers[given[0]]))
    return untied


_MISSING = object()


def _submodule(module: Any, path: str) -> Any:
    for name in path.split(".") if path else ():
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        module = getattr(module, name)
        if not isinstance(module, Module):
            raise TypeError(f"submodule `{name}`: {module} is not an instance of torch.nn.Module")
    return module


def _swap(module: Any, tensors: dict[str, Any], before: dict[str, Any]) -> None:
    """Put tensors into a module under dotted names, and what was there into `before`. New names become attributes."""
    for name, tensor in tensors.items():
        if not isinstance(tensor, Tensor) and tensor is not None and tensor is not _MISSING:
            raise TypeError(f"{tensor} is not an instance of torch.Tensor")
        prefix, _, last = name.rpartition(".")
        holder = _submodule(module, prefix)
        if not last:
            raise KeyError('tensor name can\'t be empty string ""')
        place = next((held for held in (holder._parameters, holder._buffers) if last in held), None)
        if place is not None:
            before[name] = place[last]
            place[last] = tensor
            continue
        old = getattr(holder, last, _MISSING)
        if not (old is _MISSING or old is None or isinstance(old, Tensor)):
            raise TypeError(f"attribute `{last}`: {old} is not an instance of torch.Tensor")
        before[name] = old
        if tensor is not _MISSING:
            setattr(holder, last, tensor)
        elif hasattr(holder, last):
            delattr(holder, last)


@contextmanager
def _reparametrize_module(
    module: Any, parameters_and_buffers: dict[str, Any], tie_weights: bool = False, strict: bool = False, stack_weights: bool = False
) -> Iterator[None]:
    """Within it the module has the given tensors; what the module made of them is in the dict afterwards."""
    tensors = _untie_named_tensors_map(module, parameters_and_buffers) if tie_weights else parameters_and_buffers
    if strict:
        known = _named_tensors(module)
        errors = []
        for text, keys in (("Unexpected", tensors.keys() - known.keys()), ("Missing", known.keys() - tensors.keys())):
            if keys:
                errors.append(f"{text} key(s): {', '.join(map(repr, sorted(keys)))}.")
        if errors:
            listed = "\n\t".join(errors)
            raise RuntimeError(f"Error(s) in reparametrizing for {module._get_name()}:\n\t{listed}")
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    try:
        _swap(module, tensors, before)
        yield
    finally:
        _swap(module, before, after)
        parameters_and_buffers.update({name: after[name] for name in parameters_and_buffers if name in after})


def functional_call(
    module: Any, parameters_and_buffers: dict[str, Any], args: Any = None, kwargs: dict[str, Any] | None = None, *,
    tie_weights: bool = True, strict: bool = False,
) -> Any:  # fmt: skip
    """Deprecated: see torch.func.functional_call."""
    import warnings

    warnings.warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a future version of PyTorch. "
        "Please use `torch.func.functional_call` instead which is a drop-in replacement.",
        FutureWarning,
        stacklevel=2,
    )
    return _functional_call(module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict)


def _functional_call(
    module: Any, parameters_and_buffers: dict[str, Any], args: Any = None, kwargs: dict[str, Any] | None = None, *,
    tie_weights: bool = True, strict: bool = False,
) -> Any:  # fmt: skip
    """The module's output with the given parameters and buffers in the places of its own."""
    if args is None:
        args = ()
    elif not isinstance(args, tuple):
        args = (args,)
    with _reparametrize_module(module, parameters_and_buffers, tie_weights=tie_weights, strict=strict):
        return module(*args, **(kwargs or {}))
