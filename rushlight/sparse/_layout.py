"""Tensors of other layouts than strided: what they hold, and how they are made.

NOTE [ Tensors without strided memory ]
Such a tensor is an ordinary Tensor with the flag SPARSE. Its `_array` has the sizes and the dtype, so that everything that asks for
these works, but no elements: it is an Absent array, which refuses to be computed with. What the tensor is made of (indices and
values, which are strided tensors) stands in `_storage`. The flag sends every operator to HOOKS.dispatch, where _dispatch.py finds a
kernel in its table or raises PyTorch's error; plain tensors never come near. A kernel takes tensors and returns tensors, runs below
autograd, and its result is recorded with the operator's own formulas, which therefore run on tensors, too: a backward pass that
meets such tensors works on tensors instead of arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core.state import INFERENCE, get_mode
from rushlight._core.tensor import INFERENCE as INFERENCE_TENSOR, SPARSE, TensorBase, wrap
from rushlight.ops.warn import warn_once

COO, CSR, CSC, BSR, BSC = (
    _objects.sparse_coo, _objects.sparse_csr, _objects.sparse_csc, _objects.sparse_bsr, _objects.sparse_bsc,
)  # fmt: skip
ROWS = (CSR, BSR)  # compressed along rows; CSC and BSC along columns
BLOCKED = (BSR, BSC)
NAMES = {COO: "Sparse", CSR: "SparseCsr", CSC: "SparseCsc", BSR: "SparseBsr", BSC: "SparseBsc"}


class Absent(np.ndarray):
    """Sizes and a dtype without elements."""

    def __array_ufunc__(self, *values: Any, **options: Any) -> Any:
        raise NotImplementedError("rushlight does not have this operation for sparse tensors")

    def __array_function__(self, *values: Any, **options: Any) -> Any:
        raise NotImplementedError("rushlight does not have this operation for sparse tensors")


def _refuse(name: str) -> Any:
    def method(self: Any, *values: Any, **options: Any) -> Any:
        raise NotImplementedError(f"rushlight does not have this operation for sparse tensors ({name})")

    return method


for _name in (
    "__getitem__", "__setitem__", "__array__", "all", "any", "argmax", "argmin", "argsort", "astype", "choose", "clip", "compress",
    "conj", "conjugate", "copy", "cumprod", "cumsum", "diagonal", "dot", "fill", "flatten", "item", "max", "mean", "min", "nonzero",
    "prod", "put", "ravel", "repeat", "reshape", "round", "searchsorted", "sort", "squeeze", "std", "sum", "swapaxes", "take", "tobytes",
    "tolist", "trace", "transpose", "var", "view",
):  # fmt: skip
    setattr(Absent, _name, _refuse(_name))


def absent(shape: Any, np_dtype: Any) -> Any:
    """An array of sizes and a dtype only."""
    shape = tuple(int(size) for size in shape)
    return np.ndarray.__new__(Absent, shape, np_dtype, np.zeros(np_dtype.itemsize, np.uint8), 0, (0,) * len(shape))


class Coordinates:
    """What a COO tensor is made of: `indices` of sparse_dim rows, `values` with one entry for each column of them."""

    layout = COO
    __slots__ = ("coalesced", "indices", "values")

    def __init__(self, indices: Any, values: Any, coalesced: bool) -> None:
        self.indices = indices
        self.values = values
        self.coalesced = coalesced


class Compressed:
    """What a CSR, CSC, BSR or BSC tensor is made of: where each row (column) begins, the other indices, values or blocks of them."""

    __slots__ = ("inner", "layout", "outer", "values")

    def __init__(self, layout: Any, outer: Any, inner: Any, values: Any) -> None:
        self.layout = layout
        self.outer = outer
        self.inner = inner
        self.values = values


def make(size: Any, content: Any) -> Any:
    """A tensor of these sizes made of `content`."""
    from rushlight.sparse import _dispatch

    _dispatch.install()
    made: Any = wrap(absent(size, content.values._array.dtype))
    made._flags = SPARSE | (INFERENCE_TENSOR if get_mode() & INFERENCE else 0)
    made._storage = content
    return made


def coo(indices: Any, values: Any, size: Any, coalesced: bool = False) -> Any:
    """A COO tensor."""
    return make(size, Coordinates(indices, values, bool(coalesced) or values._array.shape[0] < 2))


def compressed(layout: Any, outer: Any, inner: Any, values: Any, size: Any) -> Any:
    """A tensor of one of the compressed layouts."""
    warn_of_compressed(layout)
    return make(size, Compressed(layout, outer, inner, values))


def warn_of_compressed(layout: Any) -> None:
    """PyTorch's warning that these layouts may change."""
    warn_once(
        f"Sparse {NAMES[layout][6:].upper()} tensor support is in beta state. If you miss a functionality in the sparse tensor support, "
        "please submit a feature request to https://github.com/pytorch/pytorch/issues. (Triggered internally at "
        "/__w/pytorch/pytorch/aten/src/ATen/SparseCsrTensorImpl.cpp:49.)",
        place="compressed layouts",
    )


def is_sparse(value: Any) -> bool:
    """Whether a value is a tensor of another layout than strided."""
    return isinstance(value, TensorBase) and value._flags & SPARSE != 0


def is_coo(value: Any) -> bool:
    """Whether a value is a COO tensor."""
    return is_sparse(value) and value._storage.layout is COO


def layout_of(value: Any) -> Any:
    """A tensor's layout."""
    return value._storage.layout if value._flags & SPARSE else _objects.strided


def layout_name(value: Any) -> str:
    """How PyTorch's error texts name a tensor's layout."""
    return NAMES.get(layout_of(value), "Strided")


def size_text(value: Any) -> str:
    """A tensor's sizes as PyTorch's error texts print them."""
    return "[" + ", ".join(str(size) for size in value._array.shape) + "]"


def put(target: Any, made: Any) -> Any:
    """Let `target` be what `made` is, in place."""
    if target._array.dtype is not made._array.dtype:
        content = made._storage
        values = content.values.to(target.dtype)
        made = make(made._array.shape, _with_values(content, values))
    target._array, target._storage = made._array, made._storage
    return target


def _with_values(content: Any, values: Any) -> Any:
    if content.layout is COO:
        return Coordinates(content.indices, values, content.coalesced)
    return Compressed(content.layout, content.outer, content.inner, values)


def with_values(tensor: Any, values: Any) -> Any:
    """A tensor of the same pattern with other values (of the same sizes)."""
    return make(tensor._array.shape, _with_values(tensor._storage, values))


def strided(array: Any) -> Any:
    """A strided tensor over an array."""
    return wrap(np.ascontiguousarray(array) if isinstance(array, np.ndarray) and array.ndim else array)


def flat(indices: Any, sizes: Any) -> Any:
    """The places of indices (an array with a row for each dimension) in row-major order."""
    found = np.zeros(indices.shape[1], np.int64)
    for row, size in zip(indices, sizes):
        found = found * int(size) + row
    return found


def unflat(places: Any, sizes: Any) -> Any:
    """The indices of such places."""
    rows = []
    for size in reversed(tuple(sizes)):
        rows.append(places % size)
        places = places // size
    return np.stack(rows[::-1]) if rows else np.zeros((0, len(places)), np.int64)
