"""Products of matrices in groups: each group of rows, columns or summands with matrices of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.memory import element_strides
from rushlight._core.tensor import TensorBase
from rushlight.ops.declare import op
from rushlight.ops.matmul import batched_product, cpp_name, product
from rushlight.ops.view import transpose

_DTYPES = ("float32", "bfloat16", "float16")


def _turned(value: Any) -> Any:
    """The matrices transposed."""
    return transpose(value, -2, -1) if isinstance(value, TensorBase) else value.swapaxes(-1, -2)


def _columns_first(sizes: Any, strides: Any) -> bool:
    return bool(strides[-2] == 1 and strides[-1] == sizes[-2])


def _rows(sizes: tuple[int, ...], b: Any) -> Any:
    """Memory for products with b; each row starts at a multiple of 16 bytes."""
    width, step = b.shape[-1], 16 // b.itemsize
    return np.zeros((*sizes, -(-width // step) * step), b.dtype)[..., :width]


def _check_strides(array: Any) -> None:
    """Rows or columns must start at multiples of 16 bytes."""
    sizes, strides = array.shape, element_strides(array)
    for inner, outer in ((-2, -1), (-1, -2)):
        if strides[inner] == 1 and strides[outer] >= max(1, sizes[inner]):
            if strides[outer] % (16 // array.itemsize):
                raise RuntimeError("strides should be multiple of 16 bytes")
            return
    raise RuntimeError(f"Invalid strides/sizes, got {list(strides)} for strides and {list(sizes)} for sizes")


def _products(a: Any, b: Any, offs: Any) -> Any:
    """The groups' products; a tensor's by the operator. Where both are matrices the groups are of what is summed over."""
    if isinstance(a, TensorBase):
        return grouped_mm.apply([a, b, offs, None, None])
    _check_strides(a)
    _check_strides(b)
    if offs is None:
        out = _rows(a.shape[:-1], b)
        out[...] = batched_product(a, b)
        return out
    ends = offs.tolist()
    groups = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]
    if a.ndim == b.ndim:
        out = _rows((len(ends), a.shape[0]), b)
        for number, group in enumerate(groups):
            out[number] = product(a[:, group], b[group])
        return out
    out = _rows(a.shape[-2:-1], b)
    for number, group in enumerate(groups):
        if a.ndim == 2:
            out[group] = product(a[group], b[number])
        else:
            out[:, group] = product(a[number], b[:, group])
    return out


def _grad_left(grad: Any, mat2: Any, sizes: Any, strides: Any, offs: Any) -> Any:
    if _columns_first(sizes, strides):
        return _turned(_products(mat2, _turned(grad), offs))
    return _products(grad, _turned(mat2), offs)


def _grad_right(grad: Any, self: Any, sizes: Any, strides: Any, offs: Any) -> Any:
    if _columns_first(sizes, strides):
        return _turned(_products(_turned(grad), self, offs))
    return _products(_turned(self), grad, offs)


def _check(a: Any, b: Any, offs: Any, bias: Any, out_dtype: Any) -> None:
    for name, array in (("mat_a", a), ("mat_b", b)):
        dtype = dtypes.of(array)
        if dtype.name not in _DTYPES:
            raise RuntimeError(f"Expected {name} to be Float32, BFloat16 or Float16 matrix, got {dtype.cpp}")
    for name, array in (("mat_a", a), ("mat_b", b)):
        if array.ndim not in (2, 3):
            raise RuntimeError(f"{name} has to be 2 or 3d")
    if (a.ndim == 3 or b.ndim == 3) and a.shape[-1] != b.shape[-2]:
        raise RuntimeError("contraction dimension of mat_a and mat_b must match")
    _check_strides(a)
    _check_strides(b)
    if (offs is not None) != (a.ndim == 2 or b.ndim == 2):
        raise RuntimeError("Have to provide offsets if there is a 2d matrix, or no offset if both matrices are 3d")
    if offs is not None and offs.ndim != 1:
        raise RuntimeError("offs has to be 1D")
    if offs is not None and offs.dtype.char != "i":
        raise RuntimeError("Offsets have to be int32")
    if bias is not None:
        raise RuntimeError("Bias not supported yet")
    if out_dtype is not None and out_dtype is not dtypes.of(a):
        raise RuntimeError("Grouped gemm output dtype must match `mat_a` dtype")
    if offs is None and a.shape[0] != b.shape[0]:
        raise RuntimeError("batched dimension has to match")
    if offs is not None and a.ndim != b.ndim and len(offs) != (a if a.ndim == 3 else b).shape[0]:
        raise RuntimeError("matrix batch sizes have to match")
    if a.dtype != b.dtype:
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {cpp_name(a)} != {cpp_name(b)}")


@op(
    "_grouped_mm", tensors=("self", "mat2", "offs", "bias"),
    self=lambda grad, mat2, self_sym_sizes, self_sym_strides, offs: _grad_left(grad, mat2, self_sym_sizes, self_sym_strides, offs),
    mat2=lambda grad, self, mat2_sym_sizes, mat2_sym_strides, offs: _grad_right(grad, self, mat2_sym_sizes, mat2_sym_strides, offs),
)  # fmt: skip
def grouped_mm(self: Any, mat2: Any, offs: Any = None, bias: Any = None, out_dtype: Any = None) -> Any:
    """Products of groups of matrices; `offs` says where each group of rows, columns or summands ends."""
    _check(self, mat2, offs, bias, out_dtype)
    return _products(self, mat2, offs)
