"""torch.func's Jacobians: jacrev, jacfwd, hessian, which map products over all unit vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core.tensor import TensorBase, wrap
from rushlight.func.mapping import vmap
from rushlight.func.transforms import _check_argnums, _chosen, _jvp_with_argnums, _wraps, pullback
from rushlight.ops.declare import REGISTRY
from rushlight.utils._pytree import tree_flatten, tree_map, tree_unflatten


def error_if_complex(name: str, values: Any, is_input: bool) -> None:
    """Refuse complex tensors."""
    for place, value in enumerate(tree_flatten(values)[0]):
        if isinstance(value, TensorBase) and value._array.dtype.kind == "c":
            what = "inputs" if is_input else "outputs"
            raise RuntimeError(f"{name}: Expected all {what} to be real but received complex tensor at flattened input idx: {place}")


def basis_of(tensors: Any) -> list[Any]:
    """The rows of an identity matrix, cut into the shapes of tensors: all unit vectors of their joint space."""
    for tensor in tensors:
        if not isinstance(tensor, TensorBase):
            raise AttributeError(f"'{type(tensor).__name__}' object has no attribute 'numel'")
    total = sum(tensor._array.size for tensor in tensors)
    found, start = [], 0
    for tensor in tensors:
        array = tensor._array
        rows = np.zeros((total, array.size), array.dtype)
        rows[range(start, start + array.size), range(array.size)] = 1
        found.append(wrap(rows.reshape((total, *array.shape))))
        start += array.size
    return found


def jacrev(
    func: Any, argnums: Any = 0, *, has_aux: bool = False, chunk_size: int | None = None, _preallocate_and_copy: bool = False
) -> Any:
    """A function that computes the Jacobian of `func` by reverse mode.

    >>> torch.func.jacrev(torch.sin)(torch.zeros(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if not (chunk_size is None or chunk_size > 0):
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    def wrapper(*args: Any) -> Any:
        error_if_complex("jacrev", args, True)
        output, product, aux = pullback(func, args, argnums, has_aux)
        outputs, out_spec = tree_flatten(output)
        error_if_complex("jacrev", output, False)
        columns = _rows_of_jacobian(outputs, out_spec, product, chunk_size)
        grads_spec = columns[0][1]
        counts = [entry._array.size for entry in outputs]
        cut = [REGISTRY["split_with_sizes"](column, counts, 0) for column in columns[0][0]]
        nested = []
        for place, entry in enumerate(outputs):
            shape = entry._array.shape
            parts = [REGISTRY["view"](rows[place], (*shape, *rows[place]._array.shape[1:])) for rows in cut]
            nested.append(tree_unflatten(parts, grads_spec))
        result = tree_unflatten(nested, out_spec)
        return (result, aux) if has_aux else result

    return _wraps(func, wrapper)


def _rows_of_jacobian(outputs: Any, out_spec: Any, product: Any, chunk_size: int | None) -> Any:
    """The products of all unit vectors, one tensor for each input; and the inputs' structure."""
    if len(outputs) == 1 and outputs[0]._array.size == 1:  # one row needs no vmap
        one = wrap(np.ones(outputs[0]._array.shape, outputs[0]._array.dtype))
        flat, spec = tree_flatten(product.call(tree_unflatten([one], out_spec), True, None))
        return [([REGISTRY["unsqueeze"](entry, 0) for entry in flat], spec)]
    basis = basis_of(outputs)
    spec_of: list[Any] = []

    def rows(*cotangents: Any) -> Any:
        flat, spec = tree_flatten(product.call(tree_unflatten(list(cotangents), out_spec), True, None))
        spec_of.append(spec)
        return tuple(flat)

    total = basis[0]._array.shape[0]
    if chunk_size == 1:
        if not total:
            raise AssertionError("expected t.size(0) to be 1, got 0")
        singles = [rows(*[REGISTRY["select.int"](entry, 0, row) for entry in basis]) for row in range(total)]
        return [([REGISTRY["stack"](list(column), 0) for column in zip(*singles)], spec_of[0])]
    found = vmap(rows, chunk_size=chunk_size if total else None)(*basis)
    return [(list(found), spec_of[0])]


def jacfwd(func: Any, argnums: Any = 0, has_aux: bool = False, *, randomness: str = "error") -> Any:
    """A function that computes the Jacobian of `func` by forward mode."""

    def wrapper(*args: Any) -> Any:
        error_if_complex("jacfwd", args, True)
        places = _check_argnums(argnums, len(args))
        chosen = _chosen(args, places)
        flat, spec = tree_flatten(chosen)
        basis = basis_of(flat)
        shapes = [entry._array.shape for entry in flat]
        seen: list[Any] = []

        def push(*columns: Any) -> Any:
            tangents = tree_unflatten(list(columns), spec)
            found = _jvp_with_argnums(
                func, args, (tangents,) if isinstance(places, int) else tangents, argnums=places, has_aux=has_aux
            )
            seen.append((tree_flatten(found[0])[1], [entry._array.shape for entry in tree_flatten(found[0])[0]]))
            if has_aux:
                return tuple(tree_flatten(found[1])[0]), found[2]
            return tuple(tree_flatten(found[1])[0]), found[0]

        if randomness != "error":
            products, extra = vmap(push, randomness=randomness)(*basis)
        else:
            products, extra = vmap(push)(*basis)
        out_spec, out_shapes = seen[0]
        result = tree_unflatten(
            [tree_unflatten(_columns(column, shape, shapes), spec) for column, shape in zip(products, out_shapes)], out_spec
        )
        if has_aux:
            return result, tree_map(lambda entry: REGISTRY["select.int"](entry, 0, 0), extra)
        return result

    return _wraps(func, wrapper)


def _columns(product: Any, out_shape: Any, shapes: Any) -> list[Any]:
    """An output's tangents for all unit vectors, as Jacobians for each input."""
    error_if_complex("jacfwd", product, False)
    moved = REGISTRY["movedim.int"](product, 0, -1)
    parts = REGISTRY["split_with_sizes"](moved, [int(np.prod(shape, dtype=int)) for shape in shapes], -1)
    return [_unflattened(part, -1, shape) for part, shape in zip(parts, shapes)]


def _unflattened(tensor: Any, dim: int, shape: Any) -> Any:
    """A tensor with a dimension cut into several."""
    return REGISTRY["unflatten.int"](tensor, dim, shape) if shape else REGISTRY["squeeze.dim"](tensor, dim)


def hessian(func: Any, argnums: Any = 0) -> Any:
    """A function that computes the Hessian of `func`: forward mode over reverse mode."""
    return jacfwd(jacrev(func, argnums), argnums)
