"""Distinct elements, and the functions `torch.norm`, `torch.unique`, `torch.unique_consecutive` with the methods of their names."""

from __future__ import annotations

from functools import wraps
from types import FunctionType
from typing import Any

import numpy as np

from rushlight._core.signature_types import type_name
from rushlight._core.tensor import SPARSE, TensorBase
from rushlight.ops.declare import op, public_function
from rushlight.ops.reduce_common import COMPLEX, INT64, not_implemented, refuse, widened
from rushlight.ops.reduce_statistics import vector_norm
from rushlight.ops.sparse_layer import sparse_module
from rushlight.ops.view import wrap_dim


def _underivable(name: str) -> Any:
    def formula(grad: Any) -> Any:
        raise NotImplementedError(f"the derivative for '{name}' is not implemented.")

    return formula


def _runs(changes: Any) -> tuple[Any, Any, Any]:
    """From "differs from the one before" flags: where runs start, each element's run, the lengths."""
    starts = np.flatnonzero(changes)
    return starts, np.cumsum(changes) - 1, np.diff(np.append(starts, changes.size))


def _changes(values: Any) -> Any:
    """Which elements differ from the one before (the first does; nan differs from nan)."""
    flags = np.ones(values.shape[0], bool)
    if values.shape[0]:
        different = values[1:] != values[:-1]
        flags[1:] = different if values.ndim == 1 else different.any(axis=1)
    return flags


@op(
    "_unique2", kind="data", grad_fn="Unique2Backward0", outputs=("result0", "result1", "result2"), pack=tuple,
    self=_underivable("_unique2"),
)  # fmt: skip
def unique_flat(self: Any, sorted: Any = True, return_inverse: Any = False, return_counts: Any = False) -> Any:
    """The distinct elements in order, the place of each element among them, and their counts."""
    refuse("unique", self, COMPLEX)
    flat = self.reshape(-1)
    order = np.argsort(widened(flat), kind="stable")
    ordered = flat[order]
    starts, runs, counts = _runs(_changes(ordered))
    inverse = np.empty(flat.size, INT64)
    inverse[order] = runs
    wanted = inverse.reshape(self.shape) if return_inverse or return_counts else np.empty(0, INT64)
    return [ordered[starts], wanted, counts if return_counts else np.empty(0, INT64)]


def _slices(self: Any, dim: int) -> Any:
    """The slices along a dimension as rows."""
    if self.dtype.kind == "c":
        raise not_implemented("unique_dim", self)
    if not self.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    axis = wrap_dim(dim, self.ndim)
    moved = np.moveaxis(self, axis, 0)
    if not self.size:
        if 0 in moved.shape[1:]:
            raise RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied")
        return moved.reshape(0, max(int(np.prod(moved.shape[1:])), 1)), moved, axis
    return moved.reshape(moved.shape[0], -1), moved, axis


@op(
    "unique_dim", kind="data", outputs=("result0", "result1", "result2"), pack=tuple,
    self=_underivable("unique_dim"),
)  # fmt: skip
def unique_dim(self: Any, dim: Any, sorted: Any = True, return_inverse: Any = False, return_counts: Any = False) -> Any:
    """The distinct slices along a dimension, in lexicographic order."""
    rows, moved, axis = _slices(self, dim)
    order = np.lexsort(widened(rows).T[::-1]) if rows.shape[0] else np.empty(0, INT64)
    starts, runs, counts = _runs(_changes(rows[order]))
    inverse = np.empty(rows.shape[0], INT64)
    inverse[order] = runs
    return [np.moveaxis(np.ascontiguousarray(moved[order[starts]]), 0, axis), inverse, counts]


@op(
    "unique_consecutive", kind="data", outputs=("result0", "result1", "result2"), pack=tuple,
    self=_underivable("unique_consecutive"),
)  # fmt: skip
def unique_consecutive(self: Any, return_inverse: Any = False, return_counts: Any = False, dim: Any = None) -> Any:
    """The elements (or slices along a dimension) without repeats of the one before."""
    if dim is None:
        refuse("unique", self, COMPLEX)
        flat = self.reshape(-1)
        starts, runs, counts = _runs(_changes(flat))
        inverse = runs.reshape(self.shape) if return_inverse else np.empty(0, INT64)
        return [flat[starts], inverse, counts if return_counts else np.empty(0, INT64)]
    rows, moved, axis = _slices(self, dim)
    starts, runs, counts = _runs(_changes(rows))
    return [np.moveaxis(np.ascontiguousarray(moved[starts]), 0, axis), runs, counts]


# ---------------------------------------------------------------- what torch.functional defines in Python


def _wanted(found: Any, return_inverse: bool, return_counts: bool) -> Any:
    kept = [found[0], *([found[1]] if return_inverse else []), *([found[2]] if return_counts else [])]
    return tuple(kept) if len(kept) > 1 else kept[0]


def _check_arguments(name: str, input: Any, **flags: Any) -> None:
    if not isinstance(input, TensorBase):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type_name(input)}")
    for flag, value in flags.items():
        if value is not True and value is not False:
            raise TypeError(f"{name}(): argument '{flag}' must be bool, not {type_name(value)}")


def unique(input: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: Any = None) -> Any:
    """The distinct elements of a tensor (or slices along dim), with their inverse indices and counts if asked for."""
    if dim is not None and type(dim) is not int and not hasattr(type(dim), "__index__"):
        raise TypeError(f"unique_dim(): argument 'dim' (position 2) must be int, not {type_name(dim)}")
    name = "_unique2" if dim is None else "unique_dim"
    _check_arguments(name, input, sorted=sorted, return_inverse=return_inverse, return_counts=return_counts)
    if dim is None:
        found = unique_flat.apply([input, sorted, return_inverse, return_counts])
    else:
        found = unique_dim.apply([input, dim, sorted, return_inverse, return_counts])
    return _wanted(found, return_inverse, return_counts)


def public_unique_consecutive(input: Any, return_inverse: bool = False, return_counts: bool = False, dim: Any = None) -> Any:
    """The elements of a tensor without repeats of the one before, with inverse indices and counts if asked for."""
    _check_arguments("unique_consecutive", input, return_inverse=return_inverse, return_counts=return_counts)
    found = unique_consecutive.apply([input, return_inverse, return_counts, dim])
    return _wanted(found, return_inverse, return_counts)


def _by_flags(call: Any, prefix: str, first: int) -> Any:
    """A function that runs `call` under the name that errors of its arguments have in PyTorch, where the two flags that say what is
    returned (`first` is the place of return_inverse) choose between four functions."""
    named = {}
    for flags, name in (((0, 0), "output"), ((0, 1), "counts"), ((1, 0), "inverse"), ((1, 1), "inverse_and_counts")):
        named[flags] = FunctionType(call.__code__, call.__globals__, f"_{prefix}return_{name}", call.__defaults__)
        named[flags].__qualname__ = named[flags].__name__

    @wraps(call)
    def dispatched(*args: Any, **kwargs: Any) -> Any:
        names = ("return_inverse", "return_counts")
        flags = [kwargs.get(name, args[first + number] if len(args) > first + number else False) for number, name in enumerate(names)]
        return named[bool(flags[0]), bool(flags[1])](*args, **kwargs)

    return dispatched


_MADE: dict[str, Any] = {}  # public functions, made when they are first needed


def _public(name: str) -> Any:
    if name not in _MADE:
        _MADE[name] = public_function("linalg", name)
    return _MADE[name]


def norm(
    input: Any, p: float | str | None = "fro", dim: Any = None, keepdim: bool = False, out: Any = None, dtype: Any = None
) -> Any:  # fmt: skip
    """The p-norm of a tensor's elements over dimensions; p is a number, None (2), "fro" or "nuc"."""
    if isinstance(input, TensorBase) and input._flags & SPARSE:
        return sparse_module("_reduce").norm(input, 2 if p in (None, "fro") else p, dim, keepdim, dtype)
    input.layout  # noqa: B018  (what is no tensor fails here, as in PyTorch)
    dims = [dim] if isinstance(dim, int) else dim
    if p is None or p == "fro" and (dims is None or len(dims) <= 2):
        p = 2.0 if p is None else 2
    if isinstance(p, str):
        options = {} if out is None else {"out": out}
        dims = list(range(input.dim())) if dims is None else dims
        return _public("matrix_norm")(input, p, dims, keepdim, dtype=dtype, **options)
    if out is None and type(p) in (int, float) and (dims is None or _are_ints(dims)):
        return vector_norm.apply([input, p, None if dims is None else tuple(dims), keepdim, dtype])
    options = {} if out is None else {"out": out}
    return _public("vector_norm")(input, p, dims, keepdim, dtype=dtype, **options)


def _are_ints(dims: Any) -> bool:
    return isinstance(dims, (list, tuple)) and all(type(entry) is int for entry in dims)


def _method(name: str, call: Any) -> Any:
    call.__name__ = call.__qualname__ = name
    call.__module__ = "rushlight.functional"

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return call(self, *args, **kwargs)

    method.__name__, method.__qualname__, method.__module__ = name, f"Tensor.{name}", "rushlight"
    return method


def norm_method(
    self: Any, p: float | str | None = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None
) -> Any:  # fmt: skip
    """See torch.norm."""
    return norm(self, p, dim, keepdim, dtype=dtype)


def _unique_method(
    self: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: Any = None
) -> Any:  # fmt: skip
    """See torch.unique."""
    return unique(self, sorted, return_inverse, return_counts, dim)


unique.__module__ = "rushlight.functional"
_unique_method.__name__, _unique_method.__qualname__, _unique_method.__module__ = "unique", "Tensor.unique", "rushlight"
norm_method.__name__, norm_method.__qualname__ = "norm", "Tensor.norm"
METHODS = {
    "unique": _unique_method, "unique_consecutive": _method("unique_consecutive", public_unique_consecutive), "norm": norm_method,
}  # fmt: skip
norm.__module__, norm_method.__module__ = "rushlight.functional", "rushlight"
PUBLIC = {
    "norm": norm, "unique": _by_flags(unique, "", 2), "unique_consecutive": _by_flags(public_unique_consecutive, "consecutive_", 1),
}  # fmt: skip
