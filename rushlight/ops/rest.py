"""Operators without a family: frexp, gradient, renorm, hash_tensor, copies of views, and small ones that PyTorch keeps private."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight import return_types
from rushlight._core import dtypes, memory
from rushlight._core.op import Op
from rushlight._core.tensor import TensorBase, wrap
from rushlight.ops import layout
from rushlight.ops.carriers import REGISTRY, conj, divided, dtype_of, plus, real_if, scaled, where
from rushlight.ops.declare import composite, op, view
from rushlight.ops.joining import cat
from rushlight.ops.pointwise import no_derivative, unimplemented
from rushlight.ops.pointwise_unary import exp2
from rushlight.ops.reduce_statistics import norm_backward
from rushlight.ops.view import wrap_dim, wrap_dims
from rushlight.ops.view_parts import slice_tensor
from rushlight.ops.warn import warn_once, warn_user

# ---------------------------------------------------------------- frexp

_FREXP = return_types.make("frexp", ("mantissa", "exponent"))


@op(
    "frexp.Tensor", outputs=("mantissa", "exponent"), pack=_FREXP,
    self=lambda grads, exponent: None if grads[0] is None else grads[0] / exp2(_as(exponent, grads[0])),
)  # fmt: skip
def frexp(self: Any) -> tuple[Any, Any]:
    """Mantissas in [0.5, 1) and exponents of 2."""
    dtype = dtypes.of(self)
    if dtype.category != dtypes.FLOATING:
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    wide = self.astype(np.float32) if dtype.itemsize == 2 else self
    mantissa, exponent = np.frexp(wide)
    exponent = np.where(np.isfinite(wide), exponent, 0).astype(np.int32)
    return np.asarray(mantissa).astype(self.dtype, copy=False), exponent


def _as(value: Any, like: Any) -> Any:
    """A value in the dtype of another, on either carrier."""
    dtype = dtype_of(like)
    return REGISTRY["_to_copy"](value, dtype=dtype) if isinstance(value, TensorBase) else value.astype(dtype.np_dtype)


# ---------------------------------------------------------------- gradient


def _check_gradient(self: Any, dims: Any, spacing: Any, edge_order: int, named: bool) -> list[int]:
    """Refuse what torch.gradient refuses; the dimensions along which it goes."""
    if self._array.dtype.char == "B":
        raise RuntimeError("torch.gradient does not support uint8 input.")
    ndim = self._array.ndim
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    found = list(range(ndim)) if dims is None else wrap_dims(dims, ndim)
    if isinstance(spacing, (list, tuple)):
        if dims is None and len(spacing) != ndim:
            raise RuntimeError(
                "torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to "
                f"'self.dim() = {ndim}', since dim argument was not given, but got a list of length {len(spacing)}"
            )
        if named and len(spacing) != len(found):
            raise RuntimeError(
                "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the same length, "
                f"but got a spacing argument of length {len(spacing)} and a dim argument of length {len(found)}."
            )
        for points in spacing:
            if isinstance(points, TensorBase) and points.device != self.device:
                raise RuntimeError(
                    f"torch.gradient expected each tensor to be on the same device, but got devices {self.device} and {points.device}!"
                )
    for dim in found:
        if ndim and self._array.shape[dim] < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    return found


def _part(value: Any, dim: int, start: int, end: int) -> Any:
    return slice_tensor(value, dim, start, end, 1)


def _even(self: Any, dim: int, spacing: Any, edge_order: int) -> Any:
    """The derivative along one dimension with points `spacing` apart."""
    size = self._array.shape[dim]
    middle = divided(_minus(self, dim, (2, size), (0, size - 2)), 2)
    if edge_order == 1:
        start = divided(_minus(self, dim, (1, 2), (0, 1)), spacing)
        end = divided(_minus(self, dim, (size - 1, size), (size - 2, size - 1)), spacing)
    else:  # the terms from the last to the first, as PyTorch works them out
        third, second, first = (scaled(_part(self, dim, at, at + 1), factor) for at, factor in ((2, 0.5), (1, 2), (0, -1.5)))
        start = divided(first + second - third, spacing)
        last, before, earlier = (scaled(_part(self, dim, size - at, size - at + 1), factor) for at, factor in ((1, 1.5), (2, 2), (3, 0.5)))
        end = divided(earlier - before + last, spacing)
    return cat([start, divided(middle, spacing), end], dim)


def _minus(self: Any, dim: int, upper: tuple[int, int], lower: tuple[int, int]) -> Any:
    subtracted = _part(self, dim, *lower)
    return _part(self, dim, *upper) - subtracted


def _along(points: Any, ndim: int, dim: int) -> Any:
    shape = [1] * ndim
    shape[dim] = -1
    return points.reshape(shape)


def _uneven(self: Any, dim: int, points: Any, edge_order: int) -> Any:
    """The derivative along one dimension at the given points."""
    ndim, size = self._array.ndim, self._array.shape[dim]
    steps = points[1:] - points[:-1]
    before, after = (_along(part, ndim, dim) for part in (steps[:-1], steps[1:]))
    low = -after / (before * (before + after))
    middle = (after - before) / (before * after)
    high = before / (after * (before + after))
    upper, inner, lower = (
        weight * _part(self, dim, at, size - 2 + at) for weight, at in ((high, 2), (middle, 1), (low, 0))
    )  # from the last to the first, as PyTorch works them out
    between = lower + inner + upper
    if edge_order == 1:
        start = _minus(self, dim, (1, 2), (0, 1)) / steps[0]
        ends = start, _minus(self, dim, (size - 1, size), (size - 2, size - 1)) / steps[-1]
    else:
        ends = _second_order_ends(self, dim, steps, size)
    return cat([ends[0], between, ends[1]], dim)


def _second_order_ends(self: Any, dim: int, steps: Any, size: int) -> tuple[Any, Any]:
    found = []
    for places, (near, far), sign in (((0, 1, 2), (steps[0], steps[1]), 1), ((size - 1, size - 2, size - 3), (steps[-1], steps[-2]), -1)):
        weights = -(2 * near + far) / (near * (near + far)), (near + far) / (near * far), -near / (far * (near + far))
        terms = [(weight * sign) * _part(self, dim, place, place + 1) for place, weight in list(zip(places, weights))[::-1]]
        found.append(terms[2] + terms[1] + terms[0])
    return found[0], found[1]


def _gradient(self: Any, spacing: Any, dims: Any, edge_order: int, named: bool) -> tuple[Any, ...]:
    found = _check_gradient(self, dims, spacing, edge_order, named)
    if isinstance(spacing, (list, tuple)) and spacing and isinstance(spacing[0], TensorBase):
        return tuple([_uneven(self, dim, points, edge_order) for dim, points in zip(found, spacing)])
    each = spacing if isinstance(spacing, (list, tuple)) else [1 if spacing is None else spacing] * len(found)
    return tuple([_even(self, dim, step, edge_order) for dim, step in zip(found, each)])


def _dims_of(dim: Any) -> Any:
    return None if dim is None else [dim]


@composite("gradient.array")
def gradient_dims(self: Any, dim: Any, edge_order: int = 1) -> Any:
    """Derivatives along several dimensions."""
    return _gradient(self, None, dim, edge_order, True)


@composite("gradient.scalararray", "gradient.scalarrayarray", "gradient.tensorarray")
def gradient_spacing_dims(self: Any, spacing: Any, dim: Any, edge_order: int = 1) -> Any:
    """Derivatives along several dimensions with points as far apart as `spacing` says."""
    return _gradient(self, spacing, dim, edge_order, True)


@composite("gradient.scalarint", "gradient.scalarrayint", "gradient.tensorarrayint")
def gradient(self: Any, spacing: Any = None, dim: Any = None, edge_order: int = 1) -> Any:
    """Derivatives along one dimension, or along all."""
    return _gradient(self, spacing, _dims_of(dim), edge_order, dim is not None)


# ---------------------------------------------------------------- renorm


def _check_renorm(self: Any, p: Any, dim: int, maxnorm: Any) -> int:
    if isinstance(p, complex):
        raise RuntimeError("renorm: p must be real-valued")
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if isinstance(maxnorm, complex):
        raise RuntimeError("renorm: maxnorm must be real-valued")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm:g}")
    if self.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {self.ndim} dimensions")
    dim = wrap_dim(dim, self.ndim)
    if dtypes.of(self).category < dtypes.FLOATING:
        raise RuntimeError(
            f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {dtypes.of(self).cpp}"
        )
    return dim


def _norms(self: Any, p: Any, dim: int) -> Any:
    """The norm of each part along `dim`, kept as a dimension; on either carrier."""
    others = [at for at in range(len(self.shape)) if at != dim % len(self.shape)]
    return REGISTRY["linalg_vector_norm"](self, p, others, True, None)


def _renorm_self(grad: Any, self: Any, p: Any, dim: int, maxnorm: Any) -> Any:
    """The part that is scaled by maxnorm / norm depends on the norm too."""
    norm = _norms(self, p, dim)
    others = [at for at in range(len(self.shape)) if at != dim % len(self.shape)]
    along = REGISTRY["sum.dim_IntList"](real_if(conj(self) * grad, dtype_of(norm)), others, True, None)
    unit = norm_backward(along, self, p, norm, others, True)
    inverse = REGISTRY["reciprocal"](plus(norm, 1e-7))
    shrunk = inverse * unit
    rest = grad - shrunk
    return where(norm > maxnorm, scaled(inverse, maxnorm) * rest, grad)


@op("renorm", self=_renorm_self)
def renorm(self: Any, p: Any, dim: int, maxnorm: Any) -> Any:
    """Parts along `dim` whose p-norm is larger than maxnorm scaled to it."""
    dim = _check_renorm(self, p, dim, maxnorm)
    wide = self.astype(np.float32) if self.dtype.itemsize == 2 else self
    norm = _norms(wide, p, dim)
    factor = np.where(norm > maxnorm, maxnorm / (norm + norm.dtype.type(1e-7)), norm.dtype.type(1))
    return (wide * factor).astype(self.dtype, copy=False)


# ---------------------------------------------------------------- hash_tensor


def _hash_bits(array: Any) -> Any:
    """Elements as 64-bit patterns: floats as doubles, integers as they are."""
    dtype = dtypes.of(array)
    if dtype.is_complex:
        raise NotImplementedError(unimplemented("xor_sum_cpu") % dtype.cpp)
    if dtype.category == dtypes.FLOATING:
        return array.astype(np.float64).view(np.uint64) if array.ndim else np.asarray(np.float64(array)).view(np.uint64)
    return array.astype(np.int64).view(np.uint64) if array.dtype.kind == "i" else array.astype(np.uint64)


@op("hash_tensor")
def hash_tensor(self: Any, dim: Any = (), keepdim: bool = False, mode: int = 0) -> Any:
    """The exclusive or of elements' bits."""
    if mode != 0:
        raise RuntimeError(f"Unknown hash_tensor mode: {mode}")
    dims = wrap_dims(dim or (), self.ndim)
    if not dims:
        if not self.size:
            raise RuntimeError(
                "hash_tensor: Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' "
                "argument."
            )
        dims = list(range(self.ndim))
    for entry in dims:
        if self.ndim and not self.shape[entry]:
            raise IndexError(f"hash_tensor: Expected reduction dim {entry} to have non-zero size.")
    if not self.ndim:
        return _hash_bits(self).copy()
    return np.asarray(np.bitwise_xor.reduce(_hash_bits(self), axis=tuple(dims), keepdims=bool(keepdim)))


# ---------------------------------------------------------------- copies of views


def _copies(spec: str, source: Op) -> None:
    """`name_copy` of a view of several parts: new row-major tensors, differentiated as the views are."""

    def kernel(self: Any, *args: Any) -> Any:
        return [layout.row_major(part.copy("C")) for part in source.kernel(self, *args)]

    name, _, overload = spec.partition(".")
    made = Op(name, overload, kernel, source.params, source.defaults)
    made.node_name = source.node_name + "_copy"
    made.grad_params, made.formulas, made.pack = source.grad_params, source.formulas, tuple
    REGISTRY[spec] = made


for _copy, _source in {
    "split_copy.Tensor": "split.Tensor", "split_with_sizes_copy": "split_with_sizes", "unbind_copy.int": "unbind.int",
}.items():  # fmt: skip
    _copies(_copy, REGISTRY[_source])




@op("detach_copy", grad_fn="NotImplemented", self=no_derivative("detach_copy"))
def detach_copy(self: Any) -> Any:
    """The elements in a tensor of their own."""
    return self.copy("C")


@op("_neg_view_copy", grad_fn="NegViewBackward0_copy", self=lambda grad: -grad)
def neg_view_copy(self: Any) -> Any:
    """The negative."""
    return np.negative(self)


@op("_reshape_alias_copy", grad_fn="ReshapeAliasBackward0_copy", self=lambda grad, self_sym_sizes: REGISTRY["view"](grad, self_sym_sizes))
def reshape_alias_copy(self: Any, size: Any, stride: Any) -> Any:
    """The elements in another shape, in a tensor of their own."""
    return REGISTRY["as_strided"].kernel(self, size, stride, None).copy("C")


@op("_conj_copy", grad_fn="ConjBackward0_copy", self=lambda grad: conj(grad))
def conj_copy(self: Any) -> Any:
    """The complex conjugate."""
    return np.conjugate(self)


# ---------------------------------------------------------------- gamma and Dirichlet draws' derivatives


@op("_standard_gamma_grad", tensors=("self", "output"), self=no_derivative("_standard_gamma_grad"))
def standard_gamma_grad(self: Any, output: Any) -> Any:
    """The derivative of a gamma draw by its shape."""
    from rushlight.ops.kernels_draw_gradients import standard_gamma_grad as kernel

    return kernel(self, output)


@op("_dirichlet_grad", tensors=("x", "alpha", "total"))
def dirichlet_grad(x: Any, alpha: Any, total: Any) -> Any:
    """The derivative of a Dirichlet draw's element by its concentration."""
    from rushlight.ops.kernels_draw_gradients import dirichlet_grad as kernel

    return kernel(x, alpha, total)


# ---------------------------------------------------------------- small ones


@composite("is_inference")
def is_inference(self: Any) -> bool:
    """Whether the tensor was made in inference mode."""
    return bool(self.is_inference())


@composite("frobenius_norm.dim")
def frobenius_norm(self: Any, dim: Any, keepdim: bool = False) -> Any:
    """torch.frobenius_norm, deprecated."""
    warn_user(
        "at::frobenius_norm is deprecated and it is just left for JIT compatibility. It will be removed in a future PyTorch release. "
        "Please use `linalg.vector_norm(A, 2., dim, keepdim)` instead"
    )
    return REGISTRY["linalg_vector_norm"](self, 2.0, dim, keepdim, None)


def _nuclear(self: Any, dim: Any, keepdim: bool) -> Any:
    warn_user(
        "at::nuclear_norm is deprecated and it is just left for JIT compatibility. It will be removed in a future PyTorch release. "
        "Please use `linalg.matrix_norm(A, 'nuc', dim, keepdim)` instead"
    )
    return REGISTRY["linalg_matrix_norm.str_ord"](self, "nuc", dim, keepdim, None)


@composite("nuclear_norm")
def nuclear_norm(self: Any, keepdim: bool = False) -> Any:
    """torch.nuclear_norm, deprecated."""
    return _nuclear(self, (-2, -1), keepdim)


@composite("nuclear_norm.dim")
def nuclear_norm_dim(self: Any, dim: Any, keepdim: bool = False) -> Any:
    """torch.nuclear_norm over two dimensions, deprecated."""
    return _nuclear(self, dim, keepdim)


@composite("norm_except_dim")
def norm_except_dim(v: Any, pow: int = 2, dim: int = 0) -> Any:
    """The norm of each part along a dimension, kept as a dimension."""
    if dim == -1:
        return v.norm(pow)
    if dim == 0:
        return v.contiguous().view(v.size(0), -1).norm(pow, 1).view(v.size(0), *[1] * (v.dim() - 1))
    if dim == v.dim() - 1:
        return v.contiguous().view(-1, v.size(-1)).norm(pow, 0).view(*[1] * (v.dim() - 1), v.size(-1))
    return norm_except_dim(v.transpose(0, dim), pow, 0).transpose(0, dim)


def _all_true(self: Any, reduce: Any) -> Any:
    if self._array.dtype.kind != "b":
        raise RuntimeError(
            'self.scalar_type() == at::kBool INTERNAL ASSERT FAILED at "/__w/pytorch/pytorch/aten/src/ATen/native/ReduceOps.cpp":2144, '
            "please report a bug to PyTorch. "
        )
    return reduce(self)


@composite("_aminmax")
def aminmax(self: Any) -> Any:
    """The smallest and the largest element (deprecated: torch.aminmax)."""
    warn_once(_OLD_AMINMAX)
    return tuple(REGISTRY["aminmax"](self, None, False))


@composite("_aminmax.dim")
def aminmax_dim(self: Any, dim: int, keepdim: bool = False) -> Any:
    """The smallest and the largest elements along a dimension (deprecated: torch.aminmax)."""
    warn_once(_OLD_AMINMAX)
    return tuple(REGISTRY["aminmax"](self, dim, keepdim))


_OLD_AMINMAX = (
    "_aminmax is deprecated as of PyTorch 1.11 and will be removed in a future release. Use aminmax instead. This warning will only appear "
    "once per process."
)


@composite("_is_all_true")
def is_all_true(self: Any) -> Any:
    """all() of a bool tensor."""
    return _all_true(self, REGISTRY["all"])


@composite("_is_any_true")
def is_any_true(self: Any) -> Any:
    """any() of a bool tensor."""
    return _all_true(self, REGISTRY["any"])


@composite("_shape_as_tensor")
def shape_as_tensor(self: Any) -> Any:
    """The sizes as a tensor."""
    return wrap(np.array(self._array.shape, np.int64))


@composite("_dim_arange")
def dim_arange(like: Any, dim: int) -> Any:
    """The indices of a dimension."""
    return wrap(np.arange(like._array.shape[wrap_dim(dim, like._array.ndim)]))


for _name, _target in (
    ("Byte", dtypes.uint8), ("Char", dtypes.int8), ("Double", dtypes.float64), ("Float", dtypes.float32), ("Half", dtypes.float16),
    ("Int", dtypes.int32), ("Long", dtypes.int64), ("Short", dtypes.int16),
):  # fmt: skip
    composite(f"_cast_{_name}")(lambda self, non_blocking=False, target=_target: self.to(target))
composite("_stack")(lambda tensors, dim=0: REGISTRY["stack"](tensors, dim))
composite("_unique")(
    lambda self, sorted=True, return_inverse=False: tuple(REGISTRY["_unique2"](self, sorted, return_inverse, False)[:2])
)


@composite("_new_zeros_with_same_feature_meta")
def zeros_laid_out(self: Any, other: Any, self_num_batch_dims: int = 0) -> Any:
    """Zeros of other's dtype in memory of its size and layout, as many times over as self's first dimensions say."""
    like, room = other._array, memory.root(other._array).nbytes // other._array.itemsize
    batch = tuple(self.shape[:self_num_batch_dims])
    zeros = np.zeros(math.prod(batch) * room, like.dtype)
    strides = [step * room for step in memory.contiguous_strides(batch)] + list(memory.element_strides(like))
    return wrap(REGISTRY["as_strided"].kernel(zeros, (*batch, *like.shape), tuple(strides), memory.storage_offset(like)))


# What PyTorch's own tests of its machinery call.
@op("_test_autograd_multiple_dispatch.fullcoverage", self=lambda grad: grad + 1)
def multiple_dispatch(self: Any) -> Any:
    """A copy, whose gradient shows which formula ran."""
    return self.copy("C")


composite("_test_autograd_multiple_dispatch.ntonly")(lambda self, b: REGISTRY["clone"](self, None))


@view("_test_autograd_multiple_dispatch_view", self=lambda grad, self_sym_sizes: REGISTRY["view"](grad, self_sym_sizes))
def multiple_dispatch_view(self: Any) -> Any:
    """All elements in one dimension."""
    return REGISTRY["view"].kernel(self, (-1,))


@op(
    "_test_autograd_multiple_dispatch_view_copy", grad_fn="TestAutogradMultipleDispatchViewBackward0_copy",
    self=lambda grad, self_sym_sizes: REGISTRY["view"](grad, self_sym_sizes),
)  # fmt: skip
def multiple_dispatch_view_copy(self: Any) -> Any:
    """All elements in one dimension, in memory of their own."""
    return self.reshape(-1).copy()


@op(
    "_test_functorch_fallback", tensors=("self", "other"), grad_fn="NotImplemented", self=no_derivative("_test_functorch_fallback"),
    other=no_derivative("_test_functorch_fallback"),
)  # fmt: skip
def functorch_fallback(self: Any, other: Any) -> Any:
    """A copy of the first, by an operator that has no batching rule."""
    return self.copy("C")
