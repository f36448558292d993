"""The functional form of optimizers: one function that takes lists of parameters, gradients and state."""

from __future__ import annotations

from typing import Any


def on_lists(cls: Any, lists: tuple[str, ...], names: tuple[str, ...]) -> Any:
    """The function of an optimizer: `f(params, grads, *lists, **options)`, with state lists in PyTorch's order under `names`."""

    def step(params: list[Any], grads: list[Any], *states: Any, **options: Any) -> None:
        given = dict(zip(lists, states))
        for name in lists:
            if name in options:
                given[name] = options.pop(name)
        made = _optimizer(cls, params, options)
        group = made.param_groups[0]
        for index, param in enumerate(params):
            for name, list_name in zip(names, lists):
                values = given.get(list_name) or []
                if index < len(values) and values[index] is not None:
                    made.state[param][name] = values[index]
        before = [param._grad for param in params]
        for param, grad in zip(params, grads):
            param._grad = grad
        try:
            made._check_group(group)
            made._step_tensors(group, params) if group["differentiable"] else made._step_arrays(group, params)
        finally:
            for param, grad in zip(params, before):
                param._grad = grad
        for list_name, name in zip(lists, names):
            values = given.get(list_name)
            for index, param in enumerate(params):
                if values is not None and index < len(values) and name in made.state[param]:
                    values[index] = made.state[param][name]

    step.__name__ = cls.__name__.lower()
    step.__doc__ = f"One step of {cls.__name__} on lists of tensors."
    return step


def _optimizer(cls: Any, params: list[Any], options: dict[str, Any]) -> Any:
    """An optimizer over the parameters, without its checks."""
    from collections import OrderedDict, defaultdict

    from rushlight.optim.optimizer import _HOOKS

    made = cls.__new__(cls)
    group = {"maximize": False, "foreach": None, "differentiable": False, "capturable": False, "fused": None, **_pairs(options)}
    made.defaults = group
    made.state = defaultdict(dict)
    made.param_groups = [{**group, "params": params}]
    for name in _HOOKS:
        setattr(made, name, OrderedDict())
    return made


def _pairs(options: dict[str, Any]) -> dict[str, Any]:
    """Options under the names that groups use: beta1 and beta2 are `betas`, and so on."""
    found = dict(options)
    for pair, (first, second) in _PAIRS.items():
        if first in found:
            found[pair] = (found.pop(first), found.pop(second))
    return found


_PAIRS = {
    "eps": ("eps1", "eps2"),
    "betas": ("beta1", "beta2"),
    "etas": ("etaminus", "etaplus"),
    "step_sizes": ("step_size_min", "step_size_max"),
}
