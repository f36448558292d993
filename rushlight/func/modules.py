"""torch.func's tools for modules: functional_call, stack_module_state, replace_all_batch_norm_modules_."""

from __future__ import annotations

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
    from rushlight.nn.utils import stateless  # layers come after transforms

    return stateless._functional_call(module, values, args, kwargs, tie_weights=tie_weights, strict=strict)


def _joined(dicts: Any) -> dict[str, Any]:
    if not all(isinstance(entry, dict) for entry in dicts):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    keys = [key for entry in dicts for key in entry]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    return {key: value for entry in dicts for key, value in entry.items()}


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
