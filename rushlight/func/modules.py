"""torch.func's tools for modules: functional_call, stack_module_state, replace_all_batch_norm_modules_."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

from rushlight.ops.declare import REGISTRY


def functional_call(
    module: Any, parameter_and_buffer_dicts: Any, args: Any = None, kwargs: Any = None, *, tie_weights: bool = True, strict: bool = False
) -> Any:
    """Call a module with other parameters and buffers, given by name in a dict (or several), in the place of its own.

    tie_weights: tensors that the module has under several names are replaced under all. strict: every parameter and buffer must be
    given, and nothing else.
    """
    if isinstance(parameter_and_buffer_dicts, dict):
        values = parameter_and_buffer_dicts
    elif isinstance(parameter_and_buffer_dicts, (list, tuple, str)):
        values = _joined(parameter_and_buffer_dicts)
    else:
        raise ValueError(
            f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(parameter_and_buffer_dicts)}"
        )
    if args is None:
        args = ()
    elif not isinstance(args, tuple):
        args = (args,)
    with reparametrized(module, values, tie_weights=tie_weights, strict=strict):
        return module(*args, **(kwargs or {}))


def _joined(dicts: Any) -> dict[str, Any]:
    if not all(isinstance(entry, dict) for entry in dicts):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    keys = [key for entry in dicts for key in entry]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    return {key: value for entry in dicts for key, value in entry.items()}


def _named_tensors(module: Any) -> list[tuple[str, Any]]:
    found = list(module.named_parameters(remove_duplicate=False))
    return found + list(module.named_buffers(remove_duplicate=False))


def _with_ties(module: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The replacements, under every name that a replaced tensor has in the module."""
    names: dict[int, list[str]] = {}
    owners: dict[str, Any] = {}
    for name, tensor in _named_tensors(module):
        names.setdefault(id(tensor), []).append(name)
        owners[name] = tensor
    found = dict(values)
    for tied in names.values():
        given = [name for name in tied if name in values]
        if len(tied) < 2 or not given:
            continue
        if any(values[name] is not values[given[0]] for name in given):
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(given)}, which are tied. Consider using tie_weights=False"
            )
        found.update(dict.fromkeys(tied, values[given[0]]))
    return found


def _check_names(module: Any, values: dict[str, Any]) -> None:
    """Raise where names are missing or unknown."""
    known = {name for name, _ in _named_tensors(module)}
    unexpected = sorted(set(values) - known)
    missing = sorted(known - set(values))
    if missing or unexpected:
        text = f"Error(s) in reparametrizing for {type(module).__name__}:\n"
        lines = []
        if unexpected:
            lines.append("\tUnexpected key(s): " + ", ".join(map(repr, unexpected)) + ".")
        if missing:
            lines.append("\tMissing key(s): " + ", ".join(map(repr, missing)) + ".")
        raise RuntimeError(text + "\n".join(lines))


def _place(module: Any, name: str) -> tuple[Any, str] | None:
    """The submodule that holds a tensor, and the tensor's name there; None where there is no such submodule."""
    path, _, last = name.rpartition(".")
    for part in path.split(".") if path else ():
        module = module._modules.get(part) if part in module._modules else getattr(module, part, None)
        if module is None:
            return None
    return module, last


def _swap(module: Any, name: str, value: Any) -> tuple[bool, Any]:
    """Put a tensor in the place of a module's own; says whether there was a place, and what was there."""
    found = _place(module, name)
    if found is None:
        return False, None
    holder, last = found
    for table in (holder._parameters, holder._buffers):
        if last in table:
            old, table[last] = table[last], value
            return True, old
    if last in holder.__dict__:
        old, holder.__dict__[last] = holder.__dict__[last], value
        return True, old
    return False, None


@contextmanager
def reparametrized(module: Any, values: dict[str, Any], *, tie_weights: bool = False, strict: bool = False) -> Any:
    """A module with other parameters and buffers for a while. What it puts into their places is written back to `values`."""
    replacements = _with_ties(module, values) if tie_weights else values
    if strict:
        _check_names(module, replacements)
    originals: dict[str, Any] = {}
    try:
        for name, value in replacements.items():
            placed, old = _swap(module, name, value)
            if placed:
                originals[name] = old
        yield
    finally:
        for name, old in originals.items():
            new = _swap(module, name, old)[1]
            if name in values and new is not values[name]:
                values[name] = new


def stack_module_state(models: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters and buffers of several models of one class, stacked: what vmap maps an ensemble over."""
    if len(models) == 0:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if not (all(model.training for model in models) or all(not model.training for model in models)):
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    kind = type(models[0])
    if not all(type(model) is kind for model in models):
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    rows = [dict(model.named_parameters()) for model in models]
    parameters = {name: construct_stacked_leaf(tuple(row[name] for row in rows), name) for name in rows[0]}
    rows = [dict(model.named_buffers()) for model in models]
    buffers = {name: construct_stacked_leaf(tuple(row[name] for row in rows), name) for name in rows[0]}
    return parameters, buffers


def construct_stacked_leaf(tensors: Any, name: str) -> Any:
    """Tensors stacked, as a leaf that requires grad when they do."""
    wants = all(tensor.requires_grad for tensor in tensors)
    if not wants and any(tensor.requires_grad for tensor in tensors):
        raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
    found = REGISTRY["stack"](list(tensors), 0)
    return found.detach().requires_grad_(tensors[0].requires_grad) if wants else found


def replace_all_batch_norm_modules_(root: Any) -> Any:
    """Set the running statistics of every batch norm below `root` aside, in place: vmap cannot update them."""
    for module in [root, *root.modules()]:
        if all(hasattr(module, name) for name in ("running_mean", "running_var", "num_batches_tracked", "track_running_stats")):
            module.running_mean = None
            module.running_var = None
            module.num_batches_tracked = None
            module.track_running_stats = False
    return root
