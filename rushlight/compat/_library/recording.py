"""Backward formulas of operators that programs defined."""

from __future__ import annotations

from typing import Any

import rushlight as torch
from rushlight.utils import _pytree as pytree


def _name(schema: Any) -> str:
    overload = schema.overload_name or "default"
    return f"GeneratedBackwardFor_{schema.name.replace('::', '_')}_{overload}"


def _complete(schema: Any, args: Any, kwargs: Any) -> tuple[list[Any], dict[str, Any]]:
    """All arguments, those that were left out by their defaults."""
    given = list(args)
    named = dict(kwargs)
    positional = [entry for entry in schema.arguments if not entry.kwarg_only]
    given += [named.pop(entry.name) if entry.name in named else entry.default_value for entry in positional[len(given) :]]
    keyword = {entry.name: named.get(entry.name, entry.default_value) for entry in schema.arguments if entry.kwarg_only}
    return given, keyword


def run_recorded(kernels: Any, args: Any, kwargs: Any) -> Any:
    """Call an operator, and record a node whose backward is the registered formula."""
    schema = kernels.schema
    given, keyword = _complete(schema, args, kwargs)
    leaves, spec = pytree.tree_flatten(tuple(given))
    state: dict[str, Any] = {}

    def forward(ctx: Any, *flat: Any) -> Any:
        values = pytree.tree_unflatten(list(flat), spec)
        with torch.no_grad():
            result = kernels.compute(values, keyword)
        if kernels.autograd is not None and kernels.autograd[1] is not None:
            if keyword:
                kernels.autograd[1](ctx=ctx, inputs=values, keyword_only_inputs=keyword, output=result)
            else:
                kernels.autograd[1](ctx=ctx, inputs=values, output=result)
        found, state["spec"] = pytree.tree_flatten(result)
        return tuple(found) if len(found) != 1 else found[0]

    def backward(ctx: Any, *grads: Any) -> Any:
        if kernels.autograd is None:
            overload = schema.overload_name or "default"
            raise RuntimeError(
                f"Trying to backward through {schema.name.replace('::', '.')}.{overload} but no autograd formula was registered. Please use "
                "register_autograd to add one."
            )
        grads = pytree.tree_unflatten(list(grads), state["spec"])
        found = kernels.autograd[0](ctx, grads) if not _is_several(schema) else kernels.autograd[0](ctx, *grads)
        found = found if isinstance(found, tuple) else (found,)
        return tuple(_flat_like(tuple(given), found))

    node = type(_name(schema), (torch.autograd.Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})
    result = node.apply(*leaves)
    return pytree.tree_unflatten(list(result) if isinstance(result, tuple) else [result], state["spec"])


def _is_several(schema: Any) -> bool:
    return len(schema.returns) > 1


def _flat_like(inputs: Any, grads: Any) -> list[Any]:
    """Gradients in the order of flattened inputs; None for a container is None for its entries."""
    found: list[Any] = []
    grads = (*grads, *([None] * (len(inputs) - len(grads))))
    for value, grad in zip(inputs, grads):
        if isinstance(value, (list, tuple)):
            entries = [None] * len(value) if grad is None else list(grad)
            found.extend(_flat_like(value, entries))
        else:
            found.append(grad)
    return found
