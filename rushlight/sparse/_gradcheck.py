"""gradcheck for functions of sparse tensors."""

from __future__ import annotations

from typing import Any

from rushlight.sparse._coordinates import rebuilt, values_op
from rushlight.sparse._layout import is_sparse


def as_sparse_gradcheck(gradcheck: Any) -> Any:
    """gradcheck, which sees the values of sparse arguments and results in their place."""

    def checked(func: Any, inputs: Any, **options: Any) -> Any:
        masked = options.pop("masked", False)
        inputs = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
        if not masked and any(is_sparse(value) for value in inputs):
            raise NotImplementedError("rushlight checks gradients of sparse tensors with masked=True only")
        coalesced = [value.coalesce() if is_sparse(value) and value.is_sparse else value for value in inputs]
        given = [values_op.apply([each]).detach().requires_grad_(each.requires_grad) if is_sparse(each) else each for each in coalesced]

        def on_values(*values: Any) -> Any:
            found = func(*[rebuilt(old, new) if is_sparse(old) else new for old, new in zip(coalesced, values)])
            several = isinstance(found, (tuple, list))
            outputs = [entry.to_dense() if is_sparse(entry) else entry for entry in (found if several else [found])]
            return tuple(outputs) if several else outputs[0]

        return gradcheck(on_values, tuple(given), **options)

    return checked
