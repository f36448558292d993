"""Every operator, declared once."""

from __future__ import annotations

from typing import Any


def load(namespace: dict[str, Any]) -> None:
    """Import every operator file and put `torch.*` functions into `namespace`."""
    from rushlight.ops import declare, signatures
    from rushlight.ops import pointwise, view  # noqa: F401
    from rushlight.ops import activation, compare, pointwise_unary  # noqa: F401
    from rushlight.ops import copying, index, indexing, joining, view_composite, view_inplace, view_parts  # noqa: F401
    from rushlight.ops import scatter, scatter_reduce, shape, shape_composite  # noqa: F401
    from rushlight.ops import buffers, convert, create, create_ranges, meta, random, random_draws, resize  # noqa: F401
    from rushlight.ops import reduce, reduce_extrema, reduce_statistics, scan, softmax, sort, unique  # noqa: F401
    from rushlight.ops import einsum, linalg, linalg_composite, linalg_decompose, loss, matmul, matmul_composite  # noqa: F401

    namespace.update(shape_composite.PUBLIC)
    namespace.update(unique.PUBLIC)
    from rushlight import functional

    functional.export(namespace)
    for name in signatures.table("torch"):
        if name not in namespace and declare.available("torch", name):
            namespace[name] = declare.public_function("torch", name)
