"""The function that vjp returns: a plain one, as PyTorch's is, where `transforms.py` is compiled."""

from __future__ import annotations

from typing import Any

from rushlight.func.transforms import pullback


def _vjp_with_argnums(func: Any, *primals: Any, argnums: Any = None, has_aux: bool = False) -> Any:
    shown, product, aux = pullback(func, primals, argnums, has_aux)

    def wrapper(cotangents: Any, retain_graph: Any = True, create_graph: Any = None) -> Any:
        return product.call(cotangents, retain_graph, create_graph)

    return (shown, wrapper, aux) if has_aux else (shown, wrapper)
