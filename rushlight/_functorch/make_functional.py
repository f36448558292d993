"""torch._functorch.make_functional: modules as functions of their parameters, as functorch had them before torch.func."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import rushlight as torch
from rushlight.func.modules import functional_call
from rushlight.nn import Module, Parameter


def _set(model: Module, name: str, value: Any) -> None:
    path, _, attribute = name.rpartition(".")
    setattr(model.get_submodule(path), attribute, value)


def _extract(model: Module, kind: str, subclass: Any) -> tuple[tuple[Any, ...], tuple[str, ...], dict[str, list[str]]]:
    """The model's parameters or buffers, their names, and all the names that each has; on the model meta tensors take their places."""
    named = getattr(model, kind)
    tensors = dict(named(remove_duplicate=True))
    names: dict[str, list[str]] = {name: [] for name in tensors}
    first = {id(tensor): name for name, tensor in tensors.items()}
    for name, tensor in list(named(remove_duplicate=False)):
        names[first[id(tensor)]].append(name)
    for name, tensor in tensors.items():
        stand_in = subclass(torch.empty_like(tensor, device="meta"))
        for entry in names[name]:
            _set(model, entry, stand_in)
    return tuple(tensors.values()), tuple(names), names


def extract_weights(mod: Module) -> tuple[tuple[Any, ...], tuple[str, ...], dict[str, list[str]]]:
    """A module's parameters, their names, and all names of each; the module is left without them."""
    return _extract(mod, "named_parameters", Parameter)


def extract_buffers(mod: Module) -> tuple[tuple[Any, ...], tuple[str, ...], dict[str, list[str]]]:
    """extract_weights() for buffers."""
    return _extract(mod, "named_buffers", lambda tensor: tensor)


def _named(names_map: dict[str, list[str]], values: Any) -> dict[str, Any]:
    return {entry: value for names, value in zip(names_map.values(), values, strict=True) for entry in names}


class FunctionalModuleWithBuffers(Module):
    """A module as a function of its parameters and buffers: (params, buffers, *args, **kwargs)."""

    def __init__(
        self, stateless_model: Module, param_names: tuple[str, ...], buffer_names: tuple[str, ...],
        param_names_map: dict[str, list[str]], buffer_names_map: dict[str, list[str]],
    ) -> None:  # fmt: skip
        super().__init__()
        self.stateless_model = stateless_model
        self.param_names, self.buffer_names = param_names, buffer_names
        self.all_names_map = dict(param_names_map)
        self.all_names_map.update(buffer_names_map)

    @staticmethod
    def _create_from(model: Module, disable_autograd_tracking: bool = False) -> Any:
        stateless = copy.deepcopy(model)
        params, param_names, param_names_map = extract_weights(stateless)
        buffers, buffer_names, buffer_names_map = extract_buffers(stateless)
        if disable_autograd_tracking:
            for param in params:
                param.requires_grad_(False)
        return FunctionalModuleWithBuffers(stateless, param_names, buffer_names, param_names_map, buffer_names_map), params, buffers

    def forward(self, params: Any, buffers: Any, *args: Any, **kwargs: Any) -> Any:
        """The module's outputs with these parameters and buffers."""
        state = _named(self.all_names_map, (*params, *buffers))
        return functional_call(self.stateless_model, state, args, kwargs, tie_weights=False)


class FunctionalModule(Module):
    """A module as a function of its parameters: (params, *args, **kwargs)."""

    def __init__(self, stateless_model: Module, param_names: tuple[str, ...], names_map: dict[str, list[str]]) -> None:
        super().__init__()
        self.stateless_model, self.param_names, self.names_map = stateless_model, param_names, names_map

    @staticmethod
    def _create_from(model: Module, disable_autograd_tracking: bool = False) -> Any:
        stateless = copy.deepcopy(model)
        params, param_names, names_map = extract_weights(stateless)
        if disable_autograd_tracking:
            for param in params:
                param.requires_grad_(False)
        return FunctionalModule(stateless, param_names, names_map), params

    def forward(self, params: Any, *args: Any, **kwargs: Any) -> Any:
        """The module's outputs with these parameters."""
        return functional_call(self.stateless_model, _named(self.names_map, params), args, kwargs, tie_weights=False)


def make_functional(model: Module, disable_autograd_tracking: bool = False) -> tuple[FunctionalModule, tuple[Any, ...]]:
    """A module as a function of its parameters, and those; a module with buffers is refused."""
    if list(model.buffers()):
        raise RuntimeError(
            "make_functional(model): `model` has buffers. Please use make_functional_with_buffers(model) instead."
        )
    return FunctionalModule._create_from(model, disable_autograd_tracking)  # type: ignore[no-any-return]


def make_functional_with_buffers(
    model: Module, disable_autograd_tracking: bool = False
) -> tuple[FunctionalModuleWithBuffers, tuple[Any, ...], tuple[Any, ...]]:
    """A module as a function of its parameters and buffers, and those."""
    return FunctionalModuleWithBuffers._create_from(model, disable_autograd_tracking)  # type: ignore[no-any-return]


def transpose_stack(tuple_of_tuple_of_tensors: Any) -> tuple[Any, ...]:
    """The tensors at each place stacked, outside of their graphs."""
    return tuple(torch.stack(column).detach() for column in zip(*tuple_of_tuple_of_tensors, strict=True))


def combine_state_for_ensemble(models: Sequence[Module]) -> tuple[FunctionalModuleWithBuffers, tuple[Any, ...], tuple[Any, ...]]:
    """Models of one class as one function, and their parameters and buffers stacked."""
    if len(models) == 0:
        raise RuntimeError("combine_state_for_ensemble: Expected at least one model, got 0.")
    if not (all(model.training for model in models) or all(not model.training for model in models)):
        raise RuntimeError("combine_state_for_ensemble: Expected all models to have the same training/eval mode.")
    if not all(type(model) is type(models[0]) for model in models):
        raise RuntimeError("combine_state_for_ensemble: Expected all models to be of the same class.")
    functions, params, buffers = zip(*[make_functional_with_buffers(model) for model in models], strict=True)
    return functions[0], transpose_stack(params), transpose_stack(buffers)
