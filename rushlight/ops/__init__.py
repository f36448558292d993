"""Every operator, declared once."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

_FILES = frozenset(os.listdir(os.path.dirname(__file__)))


# In this order, where the one needs what another declares.
_OPERATORS = (
    "activation activation_more attention buffers compare conjugation convert convolution copying create create_ranges ctc declare "
    "distance dropout einsum embedding fft fold grid index index_masked indexing interpolation joining linalg linalg_composite "
    "linalg_decompose linalg_lu linalg_reflect loss loss_scaling losses_margin losses_pointwise matmul matmul_composite meta normalization "
    "normalization_batch out_rules padding pointwise pointwise_unary pooling pooling_adaptive random random_draws rare recurrent "
    "reduce reduce_extrema reduce_statistics refused resize rest scan scatter scatter_reduce search segments shape shape_composite "
    "signatures sobol softmax sort special_functions unique unrecorded upsample view view_composite view_inplace view_parts "
    "weight_norm window"
).split()


@contextmanager
def uncollected() -> Iterator[None]:
    """Many objects are made to stay: the garbage collector would look through them again and again in vain."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def load(namespace: dict[str, Any]) -> None:
    """Import every operator file and put `torch.*` functions into `namespace`."""
    for name in _OPERATORS:
        import_module(f"rushlight.ops.{name}")
    from rushlight.ops import declare, refused, shape_composite, signatures, unique

    namespace.update(shape_composite.PUBLIC)
    namespace.update(unique.PUBLIC)
    namespace.update(refused.PUBLIC)
    for name in signatures.table("torch"):
        if name not in namespace and declare.available("torch", name):
            namespace[name] = declare.public_function("torch", name)


def __getattr__(name: str) -> Any:
    """torch.ops.NAMESPACE: operators by their names in PyTorch's schemas."""
    if name.startswith("__") or f"{name}.py" in _FILES:  # the import system asks for modules before it imports them
        raise AttributeError(f"module 'torch.ops' has no attribute '{name}'")
    return getattr(import_module("rushlight._ops").OPS, name)
