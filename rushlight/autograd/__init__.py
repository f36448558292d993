"""torch.autograd: backward passes, gradients, custom functions."""

from __future__ import annotations

from typing import Any

from rushlight._core import engine
from rushlight._core.node import edge_of
from rushlight._core.tensor import TensorBase, wants_grad, wrap


def backward(
    tensors: Any, grad_tensors: Any = None, retain_graph: bool | None = None, create_graph: bool = False, grad_variables: Any = None,
    inputs: Any = None,
) -> None:  # fmt: skip
    """Sum of gradients of `tensors` with respect to the graph's leaves, added to their `.grad`."""
    import numpy as np

    roots = (tensors,) if isinstance(tensors, TensorBase) else tuple(tensors)
    grads = [wrap(np.ones_like(root._array)) for root in roots] if grad_tensors is None else (
        [grad_tensors] if isinstance(grad_tensors, TensorBase) else list(grad_tensors))
    for root in roots:
        if not wants_grad(root):
            raise RuntimeError("element 0 of tensors does not require grad and does not have a grad_fn")
        if grad_tensors is None and root._array.size != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
    engine.execute([edge_of(root) for root in roots], grads, bool(retain_graph) or create_graph, create_graph, None, True)
