"""What nodes show of what they saved: `_saved_<name>`, by the names that PyTorch's nodes have."""

from __future__ import annotations

import re
from typing import Any

from rushlight._core import plan
from rushlight._core.node import SavedTensor

# Fields that are numbers of any kind. All other integers are unsigned in PyTorch's getters: -1 shows as 2 ** 64 - 1.
_NUMBERS = frozenset(
    "alpha beta value max min p other weight self ord exponent maxnorm correction margin input_scale scale lambd max_val min_val "
    "negative_slope lower upper threshold initial scalar scalars".split()
)
_SIZE = re.compile(r"(\w+)_sym_argsize_(minus_)?(\d)$")  # the size of one dimension
_HIDDEN = re.compile(r"\w+_(scalar_type|dtype)$|(tensors|values|src)_sym_sizes$|grads?$|output_mask$")  # nodes keep these to themselves

_LAST = "grad_output_sym_argsize_minus_1 grad_output_sym_argsize_minus_2"
_EXCEPTIONS: dict[str, str] = {  # node: names it has and (after a minus) has not, where they are not those of our formula
    "AddbmmBackward0": "batch1_sym_argsize_0 batch1_sym_argsize_1 batch2_sym_argsize_2 -batch1_sym_sizes -batch2_sym_sizes",
    "AdaptiveAvgPool2DBackwardBackward0": f"{_LAST} -grad_output_sym_sizes",
    "AdaptiveAvgPool3DBackwardBackward0": f"{_LAST} grad_output_sym_argsize_minus_3 -grad_output_sym_sizes",
    "AsStridedBackward0": "-self_sym_sizes -self_sym_storage_offset -self_sym_strides",
    "AsStridedBackward0_copy": "-self_sym_sizes -self_sym_storage_offset -self_sym_strides",
    "ChannelShuffleBackward0": "-self_sym_sizes",
    "EmbeddingBackward0": "weight_sym_argsize_0 -weight_sym_sizes",
    "EmbeddingBagBackward0": "weight_sym_argsize_0 -weight_sym_sizes -include_last_offset",
    "EmbeddingDenseBackwardBackward0": "-grad_output_sym_sizes",
    "Im2ColBackward0": "self_sym_argsize_minus_1 self_sym_argsize_minus_2 -self_sym_sizes",
    "LinalgSvdBackward0": "S_sym_argsize_minus_1",
    "LuUnpackBackward0": "LU_data_sym_argsize_minus_1 LU_data_sym_argsize_minus_2 -LU_data_sym_sizes",
    "MaskedScatterBackwardBackward0": "-grad_output_sym_sizes",
    "MseLossBackwardBackward0": "-self_sym_numel",
    "NativeDropoutBackward0": "-train",
}
_MADE_OF_ZEROS = re.compile(
    r"(Reflection|Replication)Pad\dDBackwardBackward0|\w*Pool\dD(WithIndices)?BackwardBackward0|NllLoss(2D)?BackwardBackward0"
)


def names_of(op: Any) -> list[str]:
    """The names of what an operator's node saves."""
    found: list[str] = []
    for formula in op.formulas.values():
        found += [name for name in plan.parameter_names(formula) if name not in found and not _HIDDEN.match(name)]
    changes = _EXCEPTIONS.get(op.node_name, "").split()
    if _MADE_OF_ZEROS.match(op.node_name):  # the zeros' sizes
        changes.append("-self_sym_sizes")
    return [name for name in found if f"-{name}" not in changes] + [name for name in changes if name[0] != "-"]


def look_up(node: Any, name: str) -> Any:
    """The entry of a field of a node that has not been released: what was saved, or follows from it; else None."""
    names = node.plan.names
    if name in names:
        return node.saved[names.index(name)]
    size = _SIZE.match(name)
    if size:
        sizes = look_up(node, f"{size[1]}_sym_sizes")
        return None if sizes is None else sizes[-int(size[3]) if size[2] else int(size[3])]
    op = node.op
    for suffix, kind in plan.FACTS.items():
        base = name.removesuffix(suffix)
        entry = node.saved[names.index(base)] if base != name and base in names else None
        if isinstance(entry, SavedTensor):
            return plan.fact(kind, entry.raw(node))
    if name in op.params and op.params.index(name) not in op.tensor_params:  # left out because it has its default value
        position = op.params.index(name) - len(op.params) + len(op.defaults)
        return op.defaults[position] if position >= 0 else None
    return None


def shown(value: Any, name: str) -> Any:
    """A plain saved value as PyTorch shows it."""
    if value is None and name.endswith("_sym_sizes_opt"):
        return (0,)
    if name in _NUMBERS or name == "tensors_args_scalartypes":
        return value
    if type(value) is int:
        return value % (1 << 64)
    if isinstance(value, (tuple, list)) and value and all(type(entry) is int for entry in value):
        return tuple(entry % (1 << 64) for entry in value)
    return value
