"""Every operator, declared once."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

_FILES = frozenset(os.listdir(os.path.dirname(__file__)))
# Functions of torch that rearrange their arguments before an operator sees them: name -> file.
REARRANGING = {
    **dict.fromkeys((
        "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_shapes", "broadcast_tensors", "cartesian_prod", "meshgrid",
        "split", "unravel_index",
    ), "shape_composite"),
    **dict.fromkeys(("norm", "unique", "unique_consecutive"), "unique"),
    **dict.fromkeys((
        "quantized_gru", "quantized_lstm", "quantized_max_pool1d", "sparse_bsc_tensor", "sparse_bsr_tensor", "sparse_compressed_tensor",
        "sparse_coo_tensor", "sparse_csc_tensor", "sparse_csr_tensor",
    ), "refused"),
}  # fmt: skip
METHODS = dict.fromkeys(("norm", "unique", "unique_consecutive"), "unique")  # likewise, methods of Tensor
_ALIASES = {"dsmm": "mm", "spmm": "mm", "hsmm": "hspmm", "saddmm": "sspaddmm", "_segment_reduce": "segment_reduce"}


def function(name: str) -> Any:
    """torch.NAME, or None where there is no such function. Its operators are declared now."""
    from rushlight.ops import declare, signatures

    name = _ALIASES.get(name, name)
    if name in REARRANGING:
        return import_module(f"rushlight.ops.{REARRANGING[name]}").PUBLIC[name]
    if name in signatures.table("torch") and declare.available("torch", name):
        return declare.public_function("torch", name)
    return None


def method(name: str) -> Any:
    """Tensor.NAME, a method that is an operator, which is declared now."""
    from rushlight.ops import declare

    if name in METHODS:
        return import_module(f"rushlight.ops.{METHODS[name]}").METHODS[name]
    declare.available("method", name)
    return declare.public_method(name)


def names() -> list[str]:
    """The names of all functions of torch that are operators."""
    from rushlight.ops import declare, signatures

    return [*REARRANGING, *_ALIASES, *[name for name in signatures.table("torch") if declare.promised("torch", name)]]


def __getattr__(name: str) -> Any:
    """torch.ops.NAMESPACE: operators by their names in PyTorch's schemas."""
    if name.startswith("__") or f"{name}.py" in _FILES:  # the import system asks for modules before it imports them
        raise AttributeError(f"module 'torch.ops' has no attribute '{name}'")
    return getattr(import_module("rushlight._ops").OPS, name)
