"""Products made of others: matmul, linear, outer, inner, tensordot.

NOTE [ Which products matmul becomes ]
A batch times one matrix (or vector) is folded into one product of a taller matrix where that costs no copy, or where the other
operand needs a gradient (which is then one product too); a matrix times a batch is the same thing transposed. All other batches are
expanded to their common shape and multiplied pair by pair. PyTorch decides by the same rules, which a program sees in `grad_fn`.
"""

from __future__ import annotations

from typing import Any

from rushlight import _objects
from rushlight._core.tensor import bump, shape_text
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.matmul import addmm, batched_product, bmm, dot, mm, mv
from rushlight.ops.view import expand, permute, t, transpose, unsqueeze, wrap_dim


@op("_matmul_batches", kind="internal", tensors=("self", "other"))
def _matmul_batches(self: Any, other: Any) -> Any:
    """The product of batches that broadcast, where nothing is recorded."""
    return batched_product(self, other)


def _is_plain(self: Any, other: Any) -> bool:
    """Whether two batches fit and nobody will ask how their product was made."""
    if self._flags | other._flags or self.requires_grad or other.requires_grad:
        return False
    a, b = self._array, other._array
    return a.ndim > 1 and b.ndim > 1 and a.dtype is b.dtype and a.dtype.char in "fdFD" and a.shape[-1] == b.shape[-2]


@op("_squeeze_first", grad_fn="SqueezeBackward4", self=lambda grad, self_sym_sizes, dim: unsqueeze(grad, dim))
def _squeeze_first(self: Any, dim: Any) -> Any:
    """A temporary without its first dimension of size 1 (PyTorch squeezes it in place, so the result is no view)."""
    return self.reshape(self.shape[1:])


@composite("matmul", "linalg_matmul")
def matmul(self: Any, other: Any) -> Any:
    """The product of matrices, vectors and batches of matrices, which broadcast (torch.matmul).

    RuntimeError where an operand has no dimensions, dtypes differ or sizes do not fit.
    """
    first, second = self._array.ndim, other._array.ndim
    if first == 2 and second == 2:
        return mm.apply([self, other])
    if first == 0 or second == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {first}D and {second}D")
    if first == 1 and second == 1:
        return dot.apply([self, other])
    if first == 2 and second == 1:
        return mv.apply([self, other])
    if first == 1 and second == 2:
        found = _squeeze_first.apply([mm.apply([unsqueeze.apply([self, 0]), other]), 0])
        bump(found)  # PyTorch's squeeze in place counts
        return found
    if first == 3 and second == 3:
        if other.shape[0] == 1 != self.shape[0] and _folds(self, other):
            return _folded(self, REGISTRY["squeeze.dim"].apply([other, 0]))
        if self.shape[0] == 1 != other.shape[0] and _folds_turned(self, other):
            return _folded_turned(REGISTRY["squeeze.dim"].apply([self, 0]), other)
        return _batched(self, other)
    if first >= 3 > second and _folds(self, other):
        return _folded(self, other)
    if second >= 3 > first and _folds_turned(self, other):
        return _folded_turned(self, other)
    return _batched(self, other)


matmul.tried_first = {(2, 2): mm, (1, 1): dot, (2, 1): mv}


def _foldable(shape: Any, strides: Any) -> bool:
    """Whether all dimensions but the last are one run through memory."""
    return all(strides[dim] == strides[dim + 1] * shape[dim + 1] for dim in range(len(shape) - 2))


def _folds(large: Any, small: Any) -> bool:
    """Whether a batch times one matrix (or vector) becomes one product of a taller matrix."""
    if small.requires_grad or not large._array.size:
        return True
    return _foldable(large.shape, large.stride())


def _folds_turned(small: Any, large: Any) -> bool:
    """_folds() for a matrix times a batch, which is turned into a batch times a matrix."""
    if small.requires_grad or not large._array.size:
        return True
    shape, strides = list(large.shape), list(large.stride())
    shape[-2:], strides[-2:] = shape[:-3:-1], strides[:-3:-1]
    return _foldable(shape, strides)


def _folded(large: Any, small: Any) -> Any:
    shape = list(large.shape)
    rows = 1
    for size in shape[:-1]:
        rows *= size
    tall = REGISTRY["reshape"](large, [rows, shape[-1]])
    if small.ndim == 2:
        found = mm.apply([tall, small])
        return REGISTRY["_unsafe_view"].apply([found, [*shape[:-1], small.shape[1]]])
    return REGISTRY["_unsafe_view"].apply([mv.apply([tall, small]), shape[:-1]])


def _folded_turned(small: Any, large: Any) -> Any:
    turned = transpose.apply([large, -2, -1])
    if small.ndim == 1:
        return _folded(turned, small)
    found = transpose.apply([_folded(turned, t.apply([small])), -2, -1])
    return REGISTRY["contiguous"](found, _objects.contiguous_format)


def _batched(self: Any, other: Any) -> Any:
    """matmul as one bmm of the operands expanded to the common batch."""
    first, second = list(self.shape), list(other.shape)
    left = first[-2:] if len(first) > 1 else [1, first[-1]]
    right = second[-2:] if len(second) > 1 else second
    batch = list(_broadcast(first[:-2], second[:-2]))
    if _is_plain(self, other):
        return _matmul_batches.apply([self, other])
    count = 1
    for size in batch:
        count *= size
    reshape = REGISTRY["reshape"]
    a = reshape(expand.apply([self, [*batch, *left], False]), [count, *left])
    b = reshape(expand.apply([other, [*batch, *right], False]), [count, *right])
    shape = batch + first[-2:-1] + (second[-1:] if len(second) > 1 else [])
    if len(second) > 1:
        found = bmm.apply([a, b])
    else:
        found = REGISTRY["squeeze.dim"].apply([bmm.apply([a, unsqueeze.apply([b, 2])]), -1])
    return REGISTRY["_unsafe_view"].apply([found, shape])


def _broadcast(a: Any, b: Any) -> list[int]:
    """The batch that two batches broadcast to."""
    count = max(len(a), len(b))
    shape = []
    for dim in range(count):
        position = dim - count
        x = a[position] if -position <= len(a) else 1
        y = b[position] if -position <= len(b) else 1
        if x != y and x != 1 and y != 1:
            raise RuntimeError(f"The size of tensor a ({x}) must match the size of tensor b ({y}) at non-singleton dimension {dim}")
        shape.append(y if x == 1 else x)
    return shape


@composite("linear")
def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """input @ weight.T + bias (torch.nn.functional.linear)."""
    dims = input._array.ndim
    if dims == 0 or weight._array.ndim == 0:
        raise RuntimeError(f"both arguments to linear need to be at least 1D, but they are {dims}D and {weight.ndim}D")
    if bias is None:
        return matmul(input, t.apply([weight]))
    if dims == 2:
        return addmm.apply([bias, input, t.apply([weight]), 1, 1])
    if bias.ndim == 1 and input._array.flags.c_contiguous:
        shape = list(input.shape)
        rows = 1
        for size in shape[:-1]:
            rows *= size
        flat = REGISTRY["reshape"](input, [rows, shape[-1]])
        found = addmm.apply([bias, flat, t.apply([weight]), 1, 1])
        return REGISTRY["view"].apply([found, [*shape[:-1], found.shape[1]]])
    return REGISTRY["add.Tensor"](matmul(input, t.apply([weight])), bias)


@composite("outer", "ger")
def outer(self: Any, vec2: Any) -> Any:
    """The products of every pair of elements of two vectors."""
    for name, value in (("self", self), ("vec2", vec2)):
        if value.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {value.ndim}-D")
    return REGISTRY["mul.Tensor"](REGISTRY["reshape"](self, [self.shape[0], 1]), vec2)


@composite("inner")
def inner(self: Any, other: Any) -> Any:
    """The sum of products over the last dimensions of both operands."""
    if self.ndim == 0 or other.ndim == 0:
        return REGISTRY["mul.Tensor"](self, other)
    if self.shape[-1] != other.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{shape_text(self.shape)} and {shape_text(other.shape)}"
        )
    return tensordot(self, other, [-1], [-1])


@composite("tensordot")
def tensordot(self: Any, other: Any, dims_self: Any, dims_other: Any) -> Any:
    """The sum of products over pairs of dimensions; the rest of `self`, then the rest of `other`, are the result's."""
    if len(dims_self) != len(dims_other):
        raise RuntimeError("both dimension lists should have same length")
    if self.dtype is not other.dtype:
        raise RuntimeError("both inputs should have same dtype")
    return _contracted(self, other, list(dims_self), list(dims_other))


def _contracted(self: Any, other: Any, dims_self: list[int], dims_other: list[int]) -> Any:
    first = [wrap_dim(dim, self.ndim) for dim in dims_self]
    second = [wrap_dim(dim, other.ndim) for dim in dims_other]
    inner_size = 1
    for x, y, a, b in zip(first, second, dims_self, dims_other):
        if other.shape[y] == 1:
            self = REGISTRY["sum.dim_IntList"](self, [x], True, dtype=self.dtype)
        elif self.shape[x] == 1:
            other = REGISTRY["sum.dim_IntList"](other, [y], True, dtype=other.dtype)
        elif self.shape[x] == other.shape[y]:
            inner_size *= self.shape[x]
        else:
            raise RuntimeError(
                "contracted dimensions need to match, but first "
                f"has size {self.shape[x]} in dim {a} and second has size {other.shape[y]} in dim {b}"
            )
    rest_first = [dim for dim in range(self.ndim) if dim not in first]
    rest_second = [dim for dim in range(other.ndim) if dim not in second]
    sizes = [self.shape[dim] for dim in rest_first] + [other.shape[dim] for dim in rest_second]
    reshape = REGISTRY["reshape"]
    rows, columns = _count(self, rest_first), _count(other, rest_second)
    a = permute.apply([self, rest_first + dims_self])
    if rows != 1 or columns != 1:
        a = reshape(a, [rows, inner_size])
        b = reshape(permute.apply([other, dims_other + rest_second]), [inner_size, columns])
        return reshape(mm.apply([a, b]), sizes)
    b = permute.apply([other, dims_other + rest_second])
    if a.is_contiguous() and b.is_contiguous():
        flatten = REGISTRY["flatten.using_ints"]
        second = flatten(b)
        found = dot.apply([flatten(a), second])
    else:
        squeeze = REGISTRY["squeeze"]
        found = REGISTRY["sum"](REGISTRY["mul.Tensor"](squeeze(a), squeeze(b)), dtype=self.dtype)
    return reshape(found, sizes)


def _count(tensor: Any, dims: Any) -> int:
    count = 1
    for dim in dims:
        count *= tensor.shape[dim]
    return count
