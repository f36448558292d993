"""Pointwise operators on sparse tensors: those that keep zeros, sums, products, quotients."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core.promotion import result_dtype
from rushlight._core.tensor import TensorBase
from rushlight.ops.declare import REGISTRY
from rushlight.sparse._coordinates import coalesced, dense_of, empty_like, gathered, looked_up, places_found
from rushlight.sparse._dispatch import KERNELS, composite, kernel, missing, run, write
from rushlight.sparse._layout import coo, flat, is_coo, is_sparse, put, size_text, strided, with_values

# ---------------------------------------------------------------- one operand

_KEEPING_ZEROS = (
    "abs asin asinh atan atanh ceil deg2rad erf erfinv expm1 floor frac isinf isnan isneginf isposinf log1p nan_to_num rad2deg relu round "
    "round.decimals sgn sign signbit sin sinh sqrt tan tanh trunc"
)
_SIZES = (
    "add: expected 'self' and 'other' to have same size, but self has size {} while other has size {} (FYI: dense-sparse addition does not "
    "currently support broadcasting)"
)
_LINEAR = ("neg", "positive")


def _keeping(spec: str) -> Any:
    def run(self: Any, *rest: Any) -> Any:
        tensor = coalesced(self) if is_coo(self) else self
        return with_values(tensor, REGISTRY[spec](tensor._storage.values, *rest))

    return run


def _keeping_in_place(spec: str) -> Any:
    def run(self: Any, *rest: Any) -> None:
        if is_coo(self) and not self._storage.coalesced:
            raise RuntimeError(f"{spec}_ requires coalesced input")
        put(self, with_values(self, REGISTRY[spec](self._storage.values, *rest)))

    return run


for _spec in _KEEPING_ZEROS.split():
    kernel(_spec)(_keeping(_spec))
    write(_spec)(_keeping_in_place(_spec))


@kernel(*_LINEAR)
def neg(self: Any) -> Any:
    """The negative."""
    return with_values(self, self._storage.values.neg())


@composite("positive")
def positive(self: Any) -> Any:
    """The tensor itself."""
    return self


@kernel("threshold_backward")
def threshold_backward(grad_output: Any, self: Any, threshold: Any) -> Any:
    """The gradient where the input is above a threshold."""
    grad, tensor = aligned(grad_output, self)
    return with_values(tensor, REGISTRY["threshold_backward"](grad, tensor._storage.values, threshold))


def aligned(grad: Any, tensor: Any) -> tuple[Any, Any]:
    """The values of a gradient at a tensor's places, and the tensor with each place once."""
    tensor = coalesced(tensor)
    at = tensor._storage.indices._array
    return looked_up(grad, at) if is_sparse(grad) else gathered(grad, at), tensor


@kernel("pow.Tensor_Scalar")
def power(self: Any, exponent: Any) -> Any:
    """A power other than the zeroth."""
    if exponent == 0:
        raise RuntimeError("pow: cannot raise to zeroth power on sparse tensor; it would make the result tensor dense")
    if not is_coo(self):
        raise missing("pow.Tensor_Scalar", [self])
    tensor = coalesced(self)
    return with_values(tensor, tensor._storage.values.pow(exponent))


@composite("conj", "resolve_conj", "resolve_neg", "conj_physical")
def conj(self: Any) -> Any:
    """The conjugate, computed."""
    return with_values(self, self._storage.values.conj().resolve_conj()) if self.is_complex() else self


# ---------------------------------------------------------------- sums


def _common(self: Any, other: Any) -> Any:
    return result_dtype((self._array, other._array))


@kernel("add.Tensor")
def add(self: Any, other: Any, alpha: Any = 1) -> Any:
    """The sum of two sparse tensors, or of a strided and a sparse one."""
    if not is_sparse(self):
        return _add_to_dense(self, other, alpha)
    if not is_sparse(other):
        if is_coo(self):
            raise RuntimeError("add(sparse, dense) is not supported. Use add(dense, sparse) instead.")
        return _add_to_dense(other, self, 1) if alpha == 1 else _add_to_dense(other * alpha, self, 1)
    if not is_coo(self) or not is_coo(other):
        from rushlight.sparse._compressed import add_compressed

        return add_compressed(self, other, alpha)
    left, right = self._storage, other._storage
    if left.indices._array.shape[0] != right.indices._array.shape[0]:
        raise RuntimeError(
            f"add: expected 'self' and 'other' to have same density, but 'self' has {left.indices._array.shape[0]} sparse dimensions while "
            f"'other' has {right.indices._array.shape[0]} sparse dimensions"
        )
    if self._array.shape != other._array.shape:
        raise RuntimeError(f"add: expected sizes of 'self' and 'other' to match, but {size_text(self)} != {size_text(other)}")
    dtype = _common(self, other)
    if dtype.name in ("bool", "float16", "bfloat16"):
        raise NotImplementedError(f"\"cadd_sparse\" not implemented for '{dtype.cpp}'")
    one, two = left.values.to(dtype), right.values.to(dtype)
    two = two if alpha == 1 else two.mul(alpha)
    if one.is_contiguous() and two.is_contiguous():
        return _merged(self, other, one, two)
    joined = coo(left.indices.new_tensor(np.concatenate([left.indices._array, right.indices._array], 1)), _cat([one, two]), self.shape)
    return coalesced(joined) if joined._storage.indices._array.shape[1] > self.numel() else joined


def _cat(parts: Any) -> Any:
    return REGISTRY["cat"](parts, 0)


# NOTE [ The order of a sum ]
# PyTorch walks through the entries of both tensors as they come, takes the one whose place is first, and adds the two where the places
# are equal. With entries in order that is a merge of two sorted lists; entries out of order stay where the walk meets them, which shows.
def _merged(self: Any, other: Any, one: Any, two: Any) -> Any:
    left, right = self._storage, other._storage
    sizes = self._array.shape[: left.indices._array.shape[0]]
    a, b = flat(left.indices._array, sizes), flat(right.indices._array, sizes)
    both = left.coalesced and right.coalesced
    if len(a) == len(b) and (a == b).all():
        return coo(left.indices.clone(), one + two, self.shape, both)
    from_a, from_b, count = _in_order(a, b) if both else _as_they_come(a.tolist(), b.tolist())
    indices = np.zeros((len(sizes), count), np.int64)
    indices[:, from_b] = right.indices._array
    indices[:, from_a] = left.indices._array
    values = one.new_zeros((count, *one.shape[1:]))
    values = values.index_copy(0, strided(from_a), one).index_add(0, strided(from_b), two)
    return coo(strided(indices), values, self.shape, both)


def _in_order(a: Any, b: Any) -> tuple[Any, Any, int]:
    places = np.union1d(a, b)
    return np.searchsorted(places, a), np.searchsorted(places, b), len(places)


def _as_they_come(a: list[int], b: list[int]) -> tuple[Any, Any, int]:
    from_a, from_b = [], []
    i = j = count = 0
    while i < len(a) or j < len(b):
        takes_a = i < len(a) and (j >= len(b) or a[i] <= b[j])
        takes_b = j < len(b) and (i >= len(a) or b[j] <= a[i])
        if takes_a:
            from_a.append(count)
            i += 1
        if takes_b:
            from_b.append(count)
            j += 1
        count += 1
    return np.array(from_a, np.int64), np.array(from_b, np.int64), count


def _add_to_dense(self: Any, other: Any, alpha: Any) -> Any:
    if self._array.shape != other._array.shape:
        raise RuntimeError(_SIZES.format(size_text(self), size_text(other)))
    dtype = _common(self, other)
    if not is_coo(other):
        return self.to(dtype) + dense_of(other).to(dtype) * alpha
    content, shape = other._storage, self._array.shape
    sparse = content.indices._array.shape[0]
    found = self.to(dtype).clone(memory_format=_objects.contiguous_format)
    values = content.values.to(dtype)
    values = values if alpha == 1 else values.mul(alpha)
    rows = found.view((int(np.prod(shape[:sparse], dtype=np.int64)), *shape[sparse:]))
    rows.index_add_(0, strided(flat(content.indices._array, shape[:sparse])), values)
    return found


@kernel("sub.Tensor")
def sub(self: Any, other: Any, alpha: Any = 1) -> Any:
    """The difference."""
    return add(self, other, -alpha)


@kernel("rsub.Tensor", "rsub.Scalar")
def rsub(self: Any, other: Any, alpha: Any = 1) -> Any:
    """other - self."""
    if not isinstance(other, TensorBase):
        raise RuntimeError(_SIZES.format("[]", size_text(self)))
    return sub(other, self, alpha)


# ---------------------------------------------------------------- products


@kernel("mul.Tensor", "mul.Scalar")
def mul(self: Any, other: Any) -> Any:
    """The product of two sparse tensors, or of a sparse one and a strided one or a number."""
    if not is_sparse(self):
        return mul(other, self)
    if not is_sparse(other):
        return _mul_by_dense(self, other)
    if not other.ndim or not self.ndim:
        number, tensor = (other, self) if not other.ndim else (self, other)
        return with_values(tensor, tensor._storage.values * dense_of(number))
    if not is_coo(self) or not is_coo(other):
        from rushlight.sparse._compressed import mul_compressed

        return mul_compressed(self, other)
    if self._array.shape != other._array.shape:
        raise RuntimeError(f"mul(sparse, sparse): operands have incompatible sizes; {size_text(self)} and {size_text(other)}")
    if not len(self._storage.values._array) or not len(other._storage.values._array):
        return empty_like(self, _common(self, other))
    both = self._storage.coalesced and other._storage.coalesced
    if both or other._storage.coalesced and not self._storage.coalesced:
        return _intersection(self, other) if both else _at_places_of(self, other)
    return _at_places_of(other, coalesced(self))


def _at_places_of(self: Any, other: Any) -> Any:
    """The product at every place of a tensor that is not coalesced, zeros where the other has none."""
    values, there = looked_up(other, self._storage.indices._array), places_found(other, self._storage.indices._array)
    values = self._storage.values * values
    values = values.where(strided(there.reshape((-1,) + (1,) * (values.ndim - 1))), values.new_zeros(()))
    return coo(self._storage.indices.clone(), values, self.shape)


def _intersection(self: Any, other: Any) -> Any:
    left, right = self._storage, other._storage
    sizes = self._array.shape[: left.indices._array.shape[0]]
    own, wanted = flat(right.indices._array, sizes), flat(left.indices._array, sizes)
    where = np.searchsorted(own, wanted)
    inside = where < len(own)
    inside[inside] = own[where[inside]] == wanted[inside]
    taken = np.flatnonzero(inside)
    values = left.values.index_select(0, strided(taken)) * right.values.index_select(0, strided(where[taken]))
    return coo(strided(left.indices._array[:, taken]), values, self.shape, left.coalesced)


def _mul_by_dense(self: Any, other: Any) -> Any:
    content = self._storage
    if not getattr(other, "ndim", 0):
        return with_values(self, content.values * other)
    if not is_coo(self):
        from rushlight.sparse._compressed import mul_compressed_by_dense

        return mul_compressed_by_dense(self, other)
    shape = np.broadcast_shapes(self._array.shape, other._array.shape)
    if shape != self._array.shape:
        raise NotImplementedError("rushlight has no products of a sparse tensor with a larger strided one")
    at = content.indices._array
    other = other.expand(shape)
    return coo(content.indices.clone(), content.values * gathered(other, at), shape, content.coalesced)


@kernel("div.Tensor", "div.Scalar", "div.mode_floor", "div.mode_trunc", "div.mode_None", "floor_divide")
def div(self: Any, other: Any, *mode: Any) -> Any:
    """The quotient of a sparse tensor and a number."""
    return _divided(self, other, lambda values: values / _number(other), False)


def _number(other: Any) -> Any:
    return dense_of(other) if is_sparse(other) else other


def _divided(self: Any, other: Any, quotient: Any, whole: bool) -> Any:
    if getattr(other, "ndim", 0):
        sizes = size_text(other)
        raise RuntimeError(f"Sparse division requires a scalar or zero-dim dense tensor divisor (got shape {sizes} for divisor)")
    if not is_sparse(self):
        raise RuntimeError("Sparse division requires a scalar or zero-dim dense tensor divisor")
    if whole and is_coo(self):
        self = coalesced(self)
    return with_values(self, quotient(self._storage.values))


KERNELS["floor_divide"] = lambda self, other: _divided(self, other, lambda values: values.floor_divide(_number(other)), True)


@composite("div.Tensor_mode", "div.Scalar_mode")
def div_mode(self: Any, other: Any, rounding_mode: Any = None) -> Any:
    """The rounded quotient of a sparse tensor and a number."""
    if rounding_mode is None:
        return REGISTRY["div.Tensor"](self, other)

    def whole(self: Any, other: Any, *rest: Any) -> Any:
        return _divided(self, other, lambda values: values.div(_number(other), rounding_mode=rounding_mode), True)

    op, values = REGISTRY[f"div.mode_{rounding_mode}"], [self, other]
    if len(op.params) > 2:
        values.append(rounding_mode)
    return run(op, whole, values)


@write("add.Tensor")
def add_(self: Any, other: Any, alpha: Any = 1) -> None:
    """The sum in the first operand's place."""
    from rushlight.sparse._dispatch import store

    _store_in(self, add(self, other, alpha), store)


@write("sub.Tensor")
def sub_(self: Any, other: Any, alpha: Any = 1) -> None:
    """The difference in the first operand's place."""
    add_(self, other, -alpha)


def _store_in(self: Any, made: Any, store: Any) -> None:
    if not self.dtype.is_floating_point and not self.is_complex() and (made.dtype.is_floating_point or made.is_complex()):
        raise RuntimeError(f"Can't convert result type {made.dtype} to output {self.dtype} in add operation")
    store(self, made)


@composite("is_same_size")
def is_same_size(self: Any, other: Any) -> bool:
    """Whether two tensors have the same sizes."""
    return bool(self._array.shape == other._array.shape)
