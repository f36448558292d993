"""torch.sparse_coo_tensor and its kin: reading of arguments, checks, construction."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase
from rushlight.ops.warn import warn_once
from rushlight.sparse import _compressed, _coordinates
from rushlight.sparse._layout import BLOCKED, BSC, BSR, COO, CSC, CSR, ROWS, coo, strided

_DIMS = "'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = {}, sparse_dim = {}, dense_dim = {}"


def _tensor(data: Any, dtype: Any, device: Any = None) -> Any:
    from rushlight import as_tensor, tensor

    if isinstance(data, TensorBase):
        return data if dtype is None else data.to(dtype)  # type: ignore[attr-defined]
    return as_tensor(data, dtype=dtype) if isinstance(data, np.ndarray) else tensor(data, dtype=dtype)


def _check_device(device: Any) -> None:
    if device is None:
        return
    kind = device.type if isinstance(device, _objects.device) else str(device).partition(":")[0]
    if kind == "meta":
        raise NotImplementedError("rushlight has no sparse tensors on the meta device")
    if kind != "cpu":
        from rushlight import empty

        empty(0, device=device)


def _checks(check_invariants: Any) -> bool:
    from rushlight.sparse import check_sparse_tensor_invariants

    if check_invariants is not None:
        return bool(check_invariants)
    if not check_sparse_tensor_invariants._chosen:
        warn_once(
            "Sparse invariant checks are implicitly disabled. Memory errors (e.g. SEGFAULT) will occur when operating on a sparse tensor "
            "which violates the invariants, but checks incur performance overhead. To silence this warning, explicitly opt in or out. See "
            "`torch.sparse.check_sparse_tensor_invariants.__doc__` for guidance.  (Triggered internally at "
            "/__w/pytorch/pytorch/aten/src/ATen/Context.cpp:816.)"
        )
    return check_sparse_tensor_invariants.is_enabled()


def _finished(made: Any, requires_grad: bool) -> Any:
    if requires_grad:
        if not (made.dtype.is_floating_point or made.is_complex()):
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        made = made.detach()
        made._requires_grad = True
    return made


def _is_size(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and all(isinstance(entry, (int, np.integer)) and not isinstance(entry, bool) for entry in value)


def sparse_coo_tensor(
    indices: Any = None, values: Any = None, size: Any = None, *, dtype: Any = None, device: Any = None, pin_memory: bool = False,
    requires_grad: bool = False, check_invariants: Any = None, is_coalesced: Any = None, layout: Any = None,
) -> Any:  # fmt: skip
    """A COO tensor of `indices` (a row for each sparse dimension) and `values`; sizes are the largest indices' unless given.

    sparse_coo_tensor(size) has no entries. Places that occur more than once are added up when the tensor is coalesced. Indices are
    checked where `check_invariants` (or torch.sparse.check_sparse_tensor_invariants) asks for it.

    >>> torch.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3)).to_dense()
    tensor([[0., 0., 3.],
            [4., 0., 0.]])
    """
    _check_device(device)
    invariants = _checks(check_invariants)
    if values is None:
        size = size if size is not None else indices
        if not _is_size(size):
            raise TypeError(
                "sparse_coo_tensor() received an invalid combination of arguments: expected (tuple of ints size) or (Tensor indices, "
                "Tensor values, tuple of ints size)"
            )
        made = empty_coo(size, dtype)
        return _finished(made, requires_grad)
    if isinstance(values, TensorBase) or dtype is not None:
        values = _tensor(values, dtype)
    else:
        values = _tensor(values, None)
    indices = _tensor(indices, None).to(dtypes.int64)
    if not values.ndim:
        values = values.expand(1)
    inferred = _inferred(indices, values) if size is None else None
    size = inferred if inferred is not None else tuple(int(entry) for entry in size)
    _check_coo(indices, values, size, invariants)
    made = _coordinates.from_parts.apply([indices, values, size, bool(is_coalesced) or indices.shape[1] < 2 and is_coalesced is None])
    return _finished(made, requires_grad)


def empty_coo(size: Any, dtype: Any = None) -> Any:
    """A COO tensor of these sizes without entries."""
    from rushlight import empty

    size = tuple(int(entry) for entry in size)
    return coo(strided(np.zeros((len(size), 0), np.int64)), empty(0, dtype=dtype), size, True)


def _check_shapes(indices: Any, values: Any) -> None:
    if indices.ndim != 2:
        raise RuntimeError(f"indices must be sparse_dim x nnz, but got: {list(indices.shape)}")
    if indices.shape[1] != values.shape[0]:
        raise RuntimeError(
            f"indices and values must have same nnz, but got nnz from indices: {indices.shape[1]}, nnz from values: {values.shape[0]}"
        )


def _inferred(indices: Any, values: Any) -> tuple[int, ...]:
    if indices.ndim != 2:
        raise RuntimeError(f"indices must be sparse_dim x nnz, but got: {list(indices.shape)}")
    if indices.numel():
        highest = [int(entry) + 1 for entry in indices._array.max(1)]
        for dim, low in enumerate(indices._array.min(1).tolist()):
            if low < 0:
                raise RuntimeError(f"found negative index {low} for dim {dim}")
    else:
        highest = [0] * indices.shape[0]
    return (*highest, *values.shape[1:])


def _check_coo(indices: Any, values: Any, size: tuple[int, ...], invariants: bool) -> None:
    if any(entry < 0 for entry in size):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(size)}: {list(size)}")
    if indices.ndim == 2 or len(size):
        sparse = indices.shape[0] if indices.ndim else 0
        if indices.ndim == 1 and not indices.numel():
            raise RuntimeError(_DIMS.format(len(size), 0, values.ndim - 1))
        _check_shapes(indices, values)
        if len(size) != sparse + values.ndim - 1:
            raise RuntimeError(_DIMS.format(len(size), sparse, values.ndim - 1))
        if tuple(values.shape[1:]) != size[sparse:]:
            wanted = [values.shape[0], *size[sparse:]]
            raise RuntimeError(f"values has incorrect size, expected {wanted}, got {list(values.shape)}")
    if invariants and indices.numel():
        for dim, (low, high) in enumerate(zip(indices._array.min(1).tolist(), indices._array.max(1).tolist())):
            if low < 0:
                raise RuntimeError(f"found negative index {low} for dim {dim}")
            if high >= size[dim]:
                raise RuntimeError(f"size is inconsistent with indices: for dim {dim}, size is {size[dim]} but found index {high}")


# ---------------------------------------------------------------- compressed layouts


def sparse_compressed_tensor(
    compressed_indices: Any, plain_indices: Any, values: Any, size: Any = None, *, dtype: Any = None, layout: Any = None,
    device: Any = None, pin_memory: bool = False, requires_grad: bool = False, check_invariants: Any = None,
) -> Any:  # fmt: skip
    """A CSR, CSC, BSR or BSC matrix of where its rows (columns) begin, the indices along them, and the values or blocks."""
    _check_device(device)
    if layout is None:
        raise RuntimeError("sparse_compressed_tensor expected sparse compressed tensor layout but got Strided")
    outer, inner = _tensor(compressed_indices, None), _tensor(plain_indices, None)
    values = _tensor(values, dtype)
    for entry in (outer, inner):
        if entry.dtype not in (dtypes.int64, dtypes.int32):
            raise RuntimeError(f"compressed_indices and plain_indices dtype must be Int or Long, but got {dtypes.of(entry._array).cpp}")
    if outer.ndim != 1:
        raise NotImplementedError("rushlight has no batches of compressed sparse matrices")
    if size is None:
        high, wide = values.shape[1:3] if layout in BLOCKED else (1, 1)
        along = outer.shape[0] - 1
        across = int(inner._array.max()) + 1 if inner.numel() else 0
        pair = (along * high, across * wide) if layout in ROWS else (across * high, along * wide)
        size = (*pair, *values.shape[3 if layout in BLOCKED else 1 :])
    size = tuple(int(entry) for entry in size)
    if _checks(check_invariants):
        _check_compressed(outer, inner, values, size, layout)
    made = _compressed.from_parts.apply([outer, inner, values, size, layout])
    return _finished(made, requires_grad)


def _check_compressed(outer: Any, inner: Any, values: Any, size: tuple[int, ...], layout: Any) -> None:
    """The errors of indices that make no matrix, in PyTorch's order."""
    by_rows = layout in ROWS
    names, words = (("crow_indices", "col_indices"), ("rows", "nrows", "ncols")) if by_rows else (
        ("ccol_indices", "row_indices"), ("columns", "ncols", "nrows")
    )  # fmt: skip
    blocks = tuple(values.shape[1:3]) if layout in BLOCKED else (1, 1)
    along, across = (size[0] // blocks[0], size[1] // blocks[1])[:: 1 if by_rows else -1]
    starts, places, count = outer._array, inner._array, values.shape[0]
    if outer.shape[0] != along + 1:
        raise RuntimeError(
            f"{names[0]}.shape[-1] must be equal to the number of {words[0]} + 1 (={along + 1}), but got {outer.shape[0]}"
        )
    if inner.shape[0] != count:
        raise RuntimeError(f"{names[1]}.shape[-1] must be equal to nnz (={count}) as defined by values.shape[0], but got {inner.shape[0]}")
    steps = starts[1:] - starts[:-1]
    same_line = np.ones(max(count - 1, 0), bool)  # whether an entry and the next are of one row (column)
    inside = starts[(starts > 0) & (starts < count)]
    same_line[inside - 1] = False
    for holds, text in (
        (starts[0] == 0, f"{names[0]}[..., 0] == 0"),
        (starts[-1] == count, f"{names[0]}[..., -1] == nnz"),
        (((steps >= 0) & (steps <= across)).all(), f"0 <= {names[0]}[..., 1:] - {names[0]}[..., :-1] <= {words[2]}"),
        (((places >= 0) & (places < across)).all(), f"0 <= {names[1]} < {words[2]}"),
        (
            ((places[1:] > places[:-1]) | ~same_line).all(),
            f"{names[1]}[..., {names[0]}[..., i - 1]:{names[0]}[..., i]] for all i = 1, ..., {words[1]} are sorted and distinct along the "
            "last dimension values",
        ),
    ):
        if not holds:
            raise RuntimeError(f"`{text}` is not satisfied.")


def _of_layout(name: str, layout: Any, first: str, second: str) -> Any:
    def make(
        outer: Any, inner: Any, values: Any, size: Any = None, *, dtype: Any = None, device: Any = None, pin_memory: bool = False,
        requires_grad: bool = False, check_invariants: Any = None, layout: Any = None,
    ) -> Any:  # fmt: skip
        return sparse_compressed_tensor(
            outer, inner, values, size, dtype=dtype, layout=of, device=device, pin_memory=pin_memory, requires_grad=requires_grad,
            check_invariants=check_invariants,
        )  # fmt: skip

    of = layout

    def named(*args: Any, **kwargs: Any) -> Any:
        for own, plain in ((first, "outer"), (second, "inner")):
            if own in kwargs:
                kwargs[plain] = kwargs.pop(own)
        return make(*args, **kwargs)

    named.__name__ = named.__qualname__ = name
    named.__doc__ = f"A matrix of the layout {layout!r}; see sparse_compressed_tensor."
    return named


sparse_csr_tensor = _of_layout("sparse_csr_tensor", CSR, "crow_indices", "col_indices")
sparse_csc_tensor = _of_layout("sparse_csc_tensor", CSC, "ccol_indices", "row_indices")
sparse_bsr_tensor = _of_layout("sparse_bsr_tensor", BSR, "crow_indices", "col_indices")
sparse_bsc_tensor = _of_layout("sparse_bsc_tensor", BSC, "ccol_indices", "row_indices")


def empty_of(size: Any, dtype: Any, layout: Any) -> Any:
    """A sparse tensor without entries, for zeros(layout=) and empty(layout=)."""
    if layout is COO:
        return empty_coo(size, dtype)
    from rushlight import zeros

    if len(size) != 2:
        raise NotImplementedError("rushlight has no batches of compressed sparse matrices")
    if layout in BLOCKED:
        raise NotImplementedError(f"rushlight has no empty tensors of the layout {layout!r}")
    return zeros(size, dtype=dtype).to_sparse(layout=layout)


# ---------------------------------------------------------------- torch.sparse.FloatTensor and its kin


class sparsetype(type):
    """The type of torch.sparse.FloatTensor: a COO tensor of that dtype is an instance of it."""

    __module__ = "torch"

    def __instancecheck__(cls, value: Any) -> bool:
        from rushlight.sparse._layout import is_coo

        return is_coo(value) and value.dtype is cls.dtype  # type: ignore[attr-defined]

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        dtype = cls.dtype  # type: ignore[attr-defined]
        _warn_of_class(args)
        if not args and not kwargs:
            return coo(strided(np.zeros((1, 0), np.int64)), _tensor([], dtype), (0,), True)
        if isinstance(args[0], TensorBase):
            indices, values = args[:2]
            if values.dtype is not dtype:
                raise TypeError(f"expected {cls.__module__}.{cls.__name__} values, got {values.type()}")
            return sparse_coo_tensor(indices, values, *args[2:], check_invariants=False, **kwargs)
        size = args[0] if isinstance(args[0], (tuple, list)) else args
        return empty_coo(size, dtype)


def _warn_of_class(args: Any) -> None:
    """Warn that such a class is no way to make a tensor any more."""
    if not args:
        given, instead, line = "", "(0,), dtype=", 623
    elif not isinstance(args[0], TensorBase):
        given, instead, line = "shape, *, device=", "shape, dtype=, device=", 684
    elif len(args) == 2:
        given, instead, line = "indices, values, *, device=", "indices, values, dtype=, device=", 641
    else:
        given, instead, line = "indices, values, shape, *, device=", "indices, values, shape, dtype=, device=", 653
    warn_once(
        f"torch.sparse.SparseTensor({given}) is deprecated.  Please use torch.sparse_coo_tensor({instead}). (Triggered internally at "
        f"/__w/pytorch/pytorch/torch/csrc/utils/tensor_new.cpp:{line}.)"
    )


def legacy_classes() -> dict[str, Any]:
    """torch.sparse.FloatTensor and so on by name."""
    from rushlight._legacy import CLASSES

    return {
        name: sparsetype(
            name, (), {"__module__": "torch.sparse", "dtype": kind.dtype, "is_cuda": False, "is_sparse": True, "layout": COO}
        )
        for name, kind in CLASSES.items()
        if name != "BoolTensor"
    }


def spdiags(diagonals: Any, offsets: Any, shape: Any, layout: Any = None) -> Any:
    """See torch.sparse.spdiags."""
    if diagonals.ndim not in (1, 2):
        raise RuntimeError("Diagonals must be vector or matrix")
    if len(shape) != 2:
        raise RuntimeError("Output shape must be 2d")
    if offsets.ndim > 1:
        raise RuntimeError("Offsets must be scalar or vector")
    if layout not in (None, COO, CSR, CSC):
        raise RuntimeError("Only output layouts (Sparse, SparseCsc, SparseCsr) are supported, got Strided")
    rows = diagonals if diagonals.ndim == 2 else diagonals.unsqueeze(0)
    places = [int(entry) for entry in np.asarray(offsets._array).reshape(-1)]
    if len(places) != rows.shape[0]:
        raise RuntimeError(f"Number of diagonals ({rows.shape[0]}) does not match the number of offsets ({len(places)})")
    if len(set(places)) != len(places):
        raise RuntimeError("Offset tensor contains duplicate values")
    height, width = (int(entry) for entry in shape)
    found: list[Any] = []
    taken: list[Any] = []
    for number, offset in enumerate(places):
        columns = np.arange(max(0, offset), min(width, rows.shape[1], height + offset))
        found.append(np.stack([columns - offset, columns]))
        taken.append(number * rows.shape[1] + columns)
    indices, at = np.concatenate(found, 1), np.concatenate(taken)
    values = rows.reshape(-1).index_select(0, strided(at))
    made = sparse_coo_tensor(strided(indices), values, (height, width), check_invariants=False)
    return made if layout in (None, COO) else made.to_sparse(layout=layout)
