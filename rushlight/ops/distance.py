"""cosine_similarity, pairwise_distance, pdist, bilinear."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import blocks, dtypes, loops
from rushlight._core.promotion import check_shapes, join_operands, result_dtype
from rushlight._core.state import GRAD, MODE, get_mode
from rushlight.ops.carriers import conj
from rushlight.ops.casting import narrowed
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.normalization_kernels import widened
from rushlight.ops.reduce_statistics import norm_backward, vector_norm

_CPP = {
    "float32": "float", "float64": "double", "float16": "c10::Half", "bfloat16": "c10::BFloat16", "int64": "long int", "int32": "int",
    "int16": "short int", "int8": "signed char", "uint8": "unsigned char", "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}  # fmt: skip


@op(
    "_norm_over", grad_fn="NormBackward1", kind="internal",
    self=lambda grad, self, p, result, dim, keepdim: norm_backward(grad, self, p, result, dim, keepdim),
)  # fmt: skip
def _norm(self: Any, p: Any, dim: Any, keepdim: Any) -> Any:
    return vector_norm.kernel(self, p, dim, keepdim, None)


@composite("pairwise_distance")
def pairwise_distance(x1: Any, x2: Any, p: Any = 2.0, eps: Any = 1e-6, keepdim: Any = False) -> Any:
    """The p-norm of x1 - x2 + eps over the last dimension."""
    dim = max(x1.ndim, x2.ndim) - 1
    return _norm(REGISTRY["add.Scalar"](x1 - x2, eps), p, (dim,), keepdim)


def _length(x: Any, dim: int, eps: float) -> Any:
    """The norm, at least eps; its gradient does not see the bound."""
    norm = REGISTRY["clone"](REGISTRY["linalg_vector_norm"](x, 2, [dim], True, dtype=None), None)
    word = get_mode()
    token = MODE.set(word & ~GRAD)
    try:
        REGISTRY["clamp_min"].apply_inplace([norm, eps])
    finally:
        MODE.reset(token)
    return norm


@composite("cosine_similarity")
def cosine_similarity(x1: Any, x2: Any, dim: Any = 1, eps: Any = 1e-8) -> Any:
    """The inner product of x1 and x2 over a dimension, each divided by its norm."""
    common = result_dtype([x1._array, x2._array], join_operands)
    if common.category != dtypes.FLOATING:
        raise RuntimeError(f"expected common dtype to be floating point, yet common dtype is {common.cpp}")
    check_shapes([x1._array, x2._array])
    shape = np.broadcast_shapes(tuple(x1.shape), tuple(x2.shape))
    alike = tuple(x1.shape) == tuple(x2.shape)
    x1, x2 = [
        _spread(value, value.dtype if value.dtype.category == dtypes.FLOATING else common, None if alike else shape) for value in (x1, x2)
    ]
    lengths = _length(x1, dim, eps), _length(x2, dim, eps)
    second = x2 / lengths[1]
    return REGISTRY["sum.dim_IntList"]((x1 / lengths[0]) * second, [dim], False)


def _spread(value: Any, dtype: Any, shape: Any) -> Any:
    if value.dtype is not dtype:
        value = REGISTRY["_to_copy"](value, dtype=dtype)
    return value if shape is None else REGISTRY["expand"].apply([value, list(shape), False])


# ---------------------------------------------------------------- pdist


def _no_second_derivative(grad: Any) -> Any:
    raise NotImplementedError("the derivative for '_pdist_backward' is not implemented.")


# In C: None where they decline, and always in the pure form.
_native_distances, _native_slopes = loops.helper("distances"), loops.helper("distance_slopes")


def _square(values: Any, self: Any) -> Any:
    """Numbers of pairs as a symmetric matrix."""
    found = np.zeros((self.shape[0], self.shape[0]), self.dtype)
    found[np.triu_indices(self.shape[0], 1)] = values
    return found + found.T


@op(
    "_pdist_backward", kind="internal", tensors=("grad", "self", "pdist"), grad_fn="PdistBackwardBackward0",
    **{"grad, self, pdist": _no_second_derivative},
)  # fmt: skip
def pdist_backward(grad: Any, self: Any, p: Any, pdist: Any) -> Any:
    """The gradient of pdist: that of each distance, added to one row and taken from the other."""
    result = np.zeros(self.shape, self.dtype)
    if not pdist.size or p == 0:
        return result
    if p in (1, 2):
        weights, distances = _square(grad, self), _square(pdist, self)
        found = _native_slopes(self, self, p, weights, distances)
        if found is not None:
            return found
    first, second = np.triu_indices(self.shape[0], 1)
    step = max(1, blocks.LARGE // max(self.shape[1], 1))
    for start in range(0, first.size, step):
        part = slice(start, start + step)
        slope = narrowed(_slopes(self[first[part]] - self[second[part]], pdist[part, None], p) * grad[part, None], self.dtype)
        np.add.at(result, first[part], slope)
        np.subtract.at(result, second[part], slope)
    return result


def _slopes(difference: Any, size: Any, p: float) -> Any:
    if p == 1:
        return np.sign(difference)
    if p == math.inf:
        return np.sign(difference) * (np.abs(difference) == size)
    if p == 2:
        return np.where(size == 0, 0, difference / size)
    power = np.sign(difference) * np.abs(difference) ** (p - 1)
    return np.where((size == 0) | (difference == 0), 0, power / size ** (p - 1))


@op("_pdist_forward", grad_fn="PdistBackward0", self=lambda grad, self, p, result: pdist_backward(grad, self, p, result))
def pdist_forward(self: Any, p: Any = 2.0) -> Any:
    """The p-norms of the differences of every two rows."""
    if dtypes.of(self).name not in ("float32", "float64"):
        raise NotImplementedError(f"\"pdist\" not implemented for '{dtypes.of(self).cpp}'")
    found = _native_distances(self, self, p)
    if found is not None:
        return found[np.triu_indices(self.shape[0], 1)]
    first, second = np.triu_indices(self.shape[0], 1)
    if not self.shape[1]:
        return np.zeros(first.size, self.dtype)
    step = max(1, blocks.LARGE // self.shape[1])
    parts = [_norms(self[first[start : start + step]] - self[second[start : start + step]], p) for start in range(0, first.size, step)]
    return np.concatenate(parts).astype(self.dtype, copy=False) if parts else np.zeros(0, self.dtype)


def _norms(difference: Any, p: float) -> Any:
    size = np.abs(difference)
    if p == 0:
        return np.count_nonzero(size, axis=1)
    if p == 1:
        return size.sum(axis=1)
    if p == 2:
        return np.sqrt((size * size).sum(axis=1))
    if p == math.inf:
        return size.max(axis=1)
    return (size**p).sum(axis=1) ** (1 / p)


@composite("pdist")
def pdist(self: Any, p: Any = 2.0) -> Any:
    """torch.pdist."""
    if self.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {self.ndim}D")
    if not self.dtype.is_floating_point:
        raise RuntimeError("pdist only supports floating-point dtypes")
    if not p >= 0:
        raise RuntimeError("pdist only supports non-negative p values")
    return pdist_forward(REGISTRY["contiguous"](self), p)


# ---------------------------------------------------------------- bilinear


def _trilinear_grads(
    grad: Any, i1: Any, i2: Any, i3: Any, expand1: Any, expand2: Any, expand3: Any, sumdim: Any, output_mask: Any
) -> Any:
    found = [None, None, None]
    if output_mask[0]:
        found[0] = trilinear(grad, conj(i2), conj(i3), sumdim, expand2, expand3, expand1, 1)
    if output_mask[1]:
        found[1] = trilinear(conj(i1), grad, conj(i3), expand1, sumdim, expand3, expand2, 1)
    if output_mask[2]:
        found[2] = trilinear(conj(i1), conj(i2), grad, expand1, expand2, sumdim, expand3, 1)
    return tuple(found)


@op("_trilinear", tensors=("i1", "i2", "i3"), **{"i1, i2, i3": _trilinear_grads})
def trilinear(
    i1: Any, i2: Any, i3: Any, expand1: Any, expand2: Any, expand3: Any, sumdim: Any, unroll_dim: Any = 1
) -> Any:
    """The product of three tensors, each broadcast along its own dimensions, summed over some."""
    total = i1.ndim + len(expand1)
    names = [[dim for dim in range(total) if dim not in tuple(absent)] for absent in (expand1, expand2, expand3)]
    kept = [dim for dim in range(total) if dim not in tuple(sumdim)]
    operands = [widened(value) for value in (i1, i2, i3)]
    if i1.dtype.itemsize == 2:  # the product of the first two is rounded
        inner = [dim for dim in range(total) if dim in names[0] + names[1] and not (dim in tuple(sumdim) and dim in tuple(expand3))]
        first = np.einsum(operands[0], names[0], operands[1], names[1], inner)
        first = widened(first.astype(i1.dtype))
        return np.asarray(np.einsum(first, inner, operands[2], names[2], kept), i1.dtype, order="C")
    small = all(value.size < 4096 for value in operands)
    found = np.einsum(operands[0], names[0], operands[1], names[1], operands[2], names[2], kept, optimize=not small)
    return np.asarray(found, i1.dtype, order="C")


def _check_bilinear(input1: Any, input2: Any, weight: Any, bias: Any) -> None:
    name = "bilinear()"
    values = {"input1": input1, "input2": input2, "weight": weight, **({} if bias is None else {"bias": bias})}
    if any(value.dtype is not input1.dtype for value in values.values()):
        kinds = [f"{key}: {_CPP.get(value.dtype.name, value.dtype.name)}" for key, value in values.items()]
        raise RuntimeError(f"All tensors must have the same dtype, got {', '.join(kinds)}")
    if input1.ndim != input2.ndim:
        raise RuntimeError(f"{name}: input dimensions do not match: got {input1.ndim} and {input2.ndim}")
    for dim in range(input1.ndim - 1):
        if input1.shape[dim] != input2.shape[dim]:
            raise RuntimeError(
                f"{name}: input batch dimensions do not match at dim {dim}: got {input1.shape[dim]} and {input2.shape[dim]}"
            )
    for number, value in ((1, input1), (2, input2)):
        if value.shape[-1] != weight.shape[number]:
            raise RuntimeError(
                f"{name}: input{number} size does not match weight size: got {value.shape[-1]} but expected {weight.shape[number]}"
            )
    if bias is not None and bias.shape[0] != weight.shape[0]:
        raise RuntimeError(f"{name}: bias size does not match weight size: got {bias.shape[0]} but expected {weight.shape[0]}")


@composite("bilinear")
def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """input1 @ weight[k] @ input2 + bias[k] for every k."""
    _check_bilinear(input1, input2, weight, bias)
    sizes = list(input1.shape[:-1])
    count = math.prod(sizes)
    view = REGISTRY["reshape"]
    flat = [view(value, [count, value.shape[-1]]) for value in (input1, input2)]
    found = trilinear(flat[0], weight, flat[1], [1, 3], [0], [1, 2], [2, 3], 1)
    found = view(found, [*sizes, weight.shape[0]])
    return found if bias is None else found + bias
