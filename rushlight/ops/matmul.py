"""Matrix and vector products: mm, mv, dot, bmm, addmm and its kin. What is made of them is in `matmul_composite.py`.

NOTE [ Products and BLAS ]
`ndarray.dot` has the least overhead of NumPy's ways to BLAS, hands transposed matrices over as they are, and copies operands that
BLAS cannot read. `np.matmul` is needed for batches; it runs a loop of its own, a hundred times slower, where an operand's last two
dimensions are not BLAS's, so such operands are copied first. 16-bit floats are multiplied in float32 and rounded once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes, inplace, loops
from rushlight._core.memory import in_step
from rushlight._core.tensor import TensorBase, shape_text
from rushlight.ops import carriers
from rushlight.ops.carriers import conj
from rushlight.ops.casting import narrowed, widened
from rushlight.ops.declare import REGISTRY, op
from rushlight.ops.view import expand, expanded, size_at, t, transpose, unsqueeze

_BLAS = "fdFD"
_CPP = {
    "bool": "bool", "uint8": "unsigned char", "int8": "signed char", "int16": "short int", "int32": "int", "int64": "long int",
    "uint16": "short unsigned int", "uint32": "unsigned int", "uint64": "long unsigned int", "float16": "c10::Half",
    "bfloat16": "c10::BFloat16", "float32": "float", "float64": "double", "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}  # fmt: skip


def cpp_name(array: Any) -> str:
    return _CPP[dtypes.of(array).name]


def refuse(array: Any, kernel: str) -> None:
    """Raise for the dtypes that PyTorch's CPU products do not take: bool and the wide unsigned integers."""
    dtype = dtypes.of(array)
    if dtype.name in ("bool", "uint16", "uint32", "uint64"):
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtype.cpp}'")


def _widened(array: Any) -> Any:
    return widened(array) if array.dtype.itemsize == 2 else array


def product(a: Any, b: Any, kernel: str = "addmm_impl_cpu_") -> Any:
    """The product of two matrices, or of a matrix and a vector, of one dtype."""
    if a.dtype.char in _BLAS:
        return a.dot(b)
    if a.size and b.size or kernel == "dot":
        refuse(a, kernel)
    return narrowed(_widened(a).dot(_widened(b)), a.dtype)


def _for_blas(array: Any) -> Any:
    """A batch of matrices such that BLAS can read each; a copy where it must be."""
    if array.flags.c_contiguous:
        return array
    item = array.itemsize
    rows, columns = array.strides[-2:]
    if columns == item and rows >= item * array.shape[-1] or rows == item and columns >= item * array.shape[-2]:
        return array
    return np.ascontiguousarray(array)


_native_bmm = loops.helper("bmm")


def batched_product(a: Any, b: Any, kernel: str = "bmm") -> Any:
    """The products of two batches of matrices of one dtype."""
    if a.dtype.char in _BLAS:
        if a.shape[:-2] == b.shape[:-2] and a.size and b.size:
            found = _native_bmm(a.reshape(-1, *a.shape[-2:]), b.reshape(-1, *b.shape[-2:]))
            if found is not None:
                return found.reshape(*a.shape[:-1], b.shape[-1])
        return np.matmul(_for_blas(a), _for_blas(b))
    if a.size and b.size:
        refuse(a, kernel)
    return narrowed(np.matmul(_widened(a), _widened(b)), a.dtype)


# ---------------------------------------------------------------- what formulas use, on either carrier


def _turned(value: Any) -> Any:
    """A matrix transposed."""
    return t(value) if isinstance(value, TensorBase) else value.T


def _turned_batch(value: Any) -> Any:
    """A batch of matrices, each transposed."""
    return transpose(value, 1, 2) if isinstance(value, TensorBase) else value.swapaxes(1, 2)


def _mm(a: Any, b: Any) -> Any:
    return mm.apply([a, b]) if isinstance(a, TensorBase) else a.dot(b)


def _mv(a: Any, b: Any) -> Any:
    if isinstance(a, TensorBase):
        return mv.apply([a, b])
    _check_vector_dtypes(b, a, b)
    return a.dot(b)


def _bmm(a: Any, b: Any) -> Any:
    return bmm.apply([a, b]) if isinstance(a, TensorBase) else batched_product(a, b)


def _outer(a: Any, b: Any) -> Any:
    if isinstance(a, TensorBase):
        return REGISTRY["outer"](a, b)
    return np.multiply.outer(a, b)


def scaled(value: Any, factor: Any) -> Any:
    """A value times the conjugate of a number, which is mostly 1."""
    return value if factor == 1 else carriers.scaled(value, conj(factor))


def _is_column_major(sizes: Any, strides: Any) -> bool:
    return bool(strides[0] == 1 and strides[1] == sizes[0])


def mm_mat1_backward(grad: Any, mat2: Any, sizes: Any, strides: Any, alpha: Any) -> Any:
    """The gradient of the left factor, laid out as the factor itself."""
    if _is_column_major(sizes, strides):
        return scaled(_turned(_mm(conj(mat2), _turned(grad))), alpha)
    return scaled(_mm(grad, conj(_turned(mat2))), alpha)


def mm_mat2_backward(grad: Any, mat1: Any, sizes: Any, strides: Any, alpha: Any) -> Any:
    """The gradient of the right factor, laid out as the factor itself."""
    if _is_column_major(sizes, strides):
        return scaled(_turned(_mm(_turned(grad), conj(mat1))), alpha)
    return scaled(_mm(conj(_turned(mat1)), grad), alpha)


# ---------------------------------------------------------------- two matrices, two vectors


@op(
    "mm", tensors=("self", "mat2"),
    self=lambda grad, mat2, self_sym_sizes, self_sym_strides: mm_mat1_backward(grad, mat2, self_sym_sizes, self_sym_strides, 1),
    mat2=lambda grad, self, mat2_sym_sizes, mat2_sym_strides: mm_mat2_backward(grad, self, mat2_sym_sizes, mat2_sym_strides, 1),
)  # fmt: skip
def mm(self: Any, mat2: Any) -> Any:
    """The product of two matrices."""
    if self.ndim != 2 or mat2.ndim != 2:
        raise RuntimeError("self must be a matrix" if self.ndim != 2 else "mat2 must be a matrix")
    if self.shape[1] != mat2.shape[0]:
        raise RuntimeError(_cannot_multiply(self, mat2))
    if self.dtype is mat2.dtype and self.dtype.char in _BLAS:
        return self.dot(mat2)
    if self.dtype != mat2.dtype:
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {cpp_name(self)} != {cpp_name(mat2)}")
    return product(self, mat2)


def _cannot_multiply(a: Any, b: Any) -> str:
    return f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and {b.shape[0]}x{b.shape[1]})"


def _check_vector_product(self_shape: Any, mat: Any, vec: Any) -> None:
    if mat.ndim != 2 or vec.ndim != 1 or len(self_shape) > 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {len(self_shape)}, {mat.ndim}, {vec.ndim}")
    length = self_shape[0] if self_shape else 1
    if mat.shape[1] != vec.shape[0] or length not in (1, mat.shape[0]):
        raise RuntimeError(
            f"size mismatch, got input ({length}), mat ({mat.shape[0]}x{mat.shape[1]}), vec ({vec.shape[0]})"
        )


def _check_vector_dtypes(self: Any, mat: Any, vec: Any) -> None:
    if not self.dtype == mat.dtype == vec.dtype:
        raise RuntimeError(
            "addmv input tensors must have the same dtype, but got "
            f"{dtypes.of(self).cpp}, {dtypes.of(mat).cpp}, and {dtypes.of(vec).cpp}"
        )


@op(
    "mv", tensors=("self", "vec"),
    self=lambda grad, vec: _outer(grad, conj(vec)),
    vec=lambda grad, self: _mv(_turned(conj(self)), grad),
)  # fmt: skip
def mv(self: Any, vec: Any) -> Any:
    """A matrix times a vector."""
    size_at(self.shape, 0)
    _check_vector_product(self.shape[:1], self, vec)
    _check_vector_dtypes(vec, self, vec)
    return product(self, vec, "addmv_impl_cpu")


def _check_dot(self: Any, other: Any) -> None:
    if self.ndim != 1 or other.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {self.ndim}D and {other.ndim}D tensors")
    if self.dtype != other.dtype:
        raise RuntimeError(
            f"dot : expected both vectors to have same dtype, but found {dtypes.of(self).cpp} and {dtypes.of(other).cpp}"
        )
    if self.shape != other.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor {shape_text(self.shape)} and src {shape_text(other.shape)} to have the "
            f"same number of elements, but got {self.size} and {other.size} elements respectively"
        )


@op(
    "dot", tensors=("self", "tensor"),
    self=lambda grad, tensor: grad * conj(tensor),
    tensor=lambda grad, self: grad * conj(self),
)  # fmt: skip
def dot(self: Any, tensor: Any) -> Any:
    """The sum of the products of two vectors."""
    _check_dot(self, tensor)
    return product(self, tensor, "dot")


@op(
    "vdot", tensors=("self", "other"),
    self=lambda grad, other: conj(grad) * other,
    other=lambda grad, self: grad * self,
)  # fmt: skip
def vdot(self: Any, other: Any) -> Any:
    """The sum of the products of a vector's conjugate and another vector."""
    _check_dot(self, other)
    return np.vdot(self, other) if self.dtype.kind == "c" else product(self, other, "dot")


def _check_batches(a: Any, b: Any) -> None:
    for array, name in ((a, "batch1"), (b, "batch2")):
        if array.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")
    _check_batch_sizes(a, b)


def _check_batch_sizes(a: Any, b: Any) -> None:
    if a.shape[0] != b.shape[0] or a.shape[2] != b.shape[1]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{a.shape[0]}, {a.shape[2]}] but got: "
            f"[{b.shape[0]}, {b.shape[1]}]."
        )


def _check_batch_dtypes(a: Any, b: Any) -> None:
    if a.dtype != b.dtype:
        raise RuntimeError(f"expected scalar type {dtypes.of(a).cpp} but found {dtypes.of(b).cpp}")


@op(
    "bmm", tensors=("self", "mat2"),
    self=lambda grad, mat2: _bmm(grad, conj(_turned_batch(mat2))),
    mat2=lambda grad, self: _bmm(conj(_turned_batch(self)), grad),
)  # fmt: skip
def bmm(self: Any, mat2: Any) -> Any:
    """The products of two batches of matrices, pair by pair."""
    _check_batches(self, mat2)
    _check_batch_dtypes(self, mat2)
    small = self.shape[1] * self.shape[2] * mat2.shape[2] < 400  # larger ones go matrix by matrix in PyTorch
    return batched_product(self, mat2, "bmm" if small else "addmm_impl_cpu_")


# ---------------------------------------------------------------- products added to something


def _blend(self: Any, found: Any, beta: Any, alpha: Any) -> Any:
    """beta * self + alpha * found, in the dtype of `found`, which is overwritten; self is not read when beta is 0."""
    kind = found.dtype.kind
    if kind in "iu":
        beta, alpha = (_as_integer(value, found.dtype) for value in (beta, alpha))
    if alpha != 1:
        found = np.multiply(found, alpha, out=found, casting="unsafe")
    if beta == 0:
        return found
    return np.add(found, self if beta == 1 else np.multiply(self, beta, dtype=found.dtype, casting="unsafe"), out=found)


def _as_integer(value: Any, np_dtype: Any) -> Any:
    return np.array(int(value)).astype(np_dtype)


def _add_product(self: Any, a: Any, b: Any, beta: Any, alpha: Any, kernel: str, multiply: Any) -> Any:
    """beta * self + alpha * (a @ b), rounded once; `self` broadcasts to the product."""
    dtype = a.dtype
    if dtype.char not in _BLAS:
        if a.size and b.size:
            refuse(a, kernel)
        self, a, b = _widened(self), _widened(a), _widened(b)
    for value in (beta, alpha):
        if isinstance(value, complex) and dtype.kind != "c":
            raise RuntimeError(f"value cannot be converted to type {_CPP[dtypes.of_numpy(dtype).name]} without overflow")
    found = multiply(a, b)
    if isinstance(found, np.ndarray) and found.ndim:
        return narrowed(_blend(self, found, beta, alpha), dtype)
    return narrowed(_blend(self, np.asarray(found), beta, alpha), dtype)


def _dot(a: Any, b: Any) -> Any:
    return a.dot(b)


@op(
    "addmm", tensors=("self", "mat1", "mat2"),
    self=lambda grad, beta: scaled(grad, beta),
    mat1=lambda grad, mat2, mat1_sym_sizes, mat1_sym_strides, alpha: mm_mat1_backward(
        grad, mat2, mat1_sym_sizes, mat1_sym_strides, alpha
    ),
    mat2=lambda grad, mat1, mat2_sym_sizes, mat2_sym_strides, alpha: mm_mat2_backward(
        grad, mat1, mat2_sym_sizes, mat2_sym_strides, alpha
    ),
)  # fmt: skip
def addmm(self: Any, mat1: Any, mat2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta * self + alpha * (mat1 @ mat2)."""
    if mat1.ndim != 2 or mat2.ndim != 2:
        name, array = ("mat1", mat1) if mat1.ndim != 2 else ("mat2", mat2)
        raise RuntimeError(f"{name} must be a matrix, got {array.ndim}-D tensor")
    _check_added(self, mat1, mat2)
    if mat1.shape[1] != mat2.shape[0]:
        raise RuntimeError(_cannot_multiply(mat1, mat2))
    if self.shape != mat2.shape[1:]:
        expanded(self, (mat1.shape[0], mat2.shape[1]))
    if beta == 1 and alpha == 1 and mat1.dtype.char in _BLAS:
        found = mat1.dot(mat2)
        return np.add(found, self, out=found)
    return _add_product(self, mat1, mat2, beta, alpha, "addmm_impl_cpu_", _dot)


def _check_added(self: Any, a: Any, b: Any) -> None:
    if self.dtype is a.dtype and a.dtype is b.dtype:
        return
    if a.dtype != b.dtype and self.dtype == b.dtype:
        raise RuntimeError(f"mat1 and mat2 must have the same dtype, but got {dtypes.of(a).cpp} and {dtypes.of(b).cpp}")
    if self.dtype != b.dtype:
        raise RuntimeError(f"self and mat2 must have the same dtype, but got {dtypes.of(self).cpp} and {dtypes.of(b).cpp}")


@op(
    "addmv", tensors=("self", "mat", "vec"),
    self=lambda grad, beta: scaled(grad, beta),
    mat=lambda grad, vec, alpha: scaled(_outer(grad, conj(vec)), alpha),
    vec=lambda grad, mat, alpha: scaled(_mv(conj(_turned(mat)), grad), alpha),
)  # fmt: skip
def addmv(self: Any, mat: Any, vec: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta * self + alpha * (mat @ vec)."""
    _check_vector_product(self.shape, mat, vec)
    _check_vector_dtypes(self, mat, vec)
    return _add_product(self, mat, vec, beta, alpha, "addmv_impl_cpu", _dot)


@op(
    "addr", tensors=("self", "vec1", "vec2"),
    self=lambda grad, beta: scaled(grad, beta),
    vec1=lambda grad, vec2, alpha: scaled(_mv(grad, conj(vec2)), alpha),
    vec2=lambda grad, vec1, alpha: scaled(_mv(_turned(grad), conj(vec1)), alpha),
)  # fmt: skip
def addr(self: Any, vec1: Any, vec2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta * self + alpha * the outer product of two vectors; the operands are promoted."""
    for name, vec in (("vec1", vec1), ("vec2", vec2)):
        if vec.ndim != 1:
            raise RuntimeError(f"addr: Expected 1-D argument {name}, but got {vec.ndim}-D")
    expanded(self, (vec1.shape[0], vec2.shape[0]))
    dtype = dtypes.promote_types(dtypes.promote_types(dtypes.of(self), dtypes.of(vec1)), dtypes.of(vec2))
    for name, value in (("beta", beta), ("alpha", alpha)):
        if isinstance(value, float) and dtype.category < dtypes.FLOATING:
            raise RuntimeError(f"For integral input tensors, argument {name} must not be a floating point number.")
    if dtype is dtypes.bool_:
        found = np.logical_and.outer(vec1, vec2) if alpha else np.zeros((vec1.size, vec2.size), bool)
        return in_step(np.logical_or(found, self) if beta else found, [self, vec1[:, None], vec2[None]])
    if dtype.name in ("uint16", "uint32", "uint64"):
        raise NotImplementedError(f"\"addr_cpu\" not implemented for '{dtype.cpp}'")
    operands = [_widened(value.astype(dtype.np_dtype, copy=False)) for value in (self, vec1, vec2)]
    if dtype.itemsize == 2 and dtype.category == dtypes.FLOATING:  # each step is rounded, and so are the factors
        def rounded(value: Any) -> Any:
            return _widened(np.asarray(value).astype(dtype.np_dtype))

        found = rounded(np.multiply.outer(rounded(operands[1] * rounded(alpha)), operands[2]))
        found = found if beta == 0 else found + rounded(operands[0] * rounded(beta))
    else:
        found = _blend(operands[0], np.multiply.outer(operands[1], operands[2]), beta, alpha)
    return in_step(found.astype(dtype.np_dtype, copy=False), [self, vec1[:, None], vec2[None]])


@op(
    "baddbmm", tensors=("self", "batch1", "batch2"),
    self=lambda grad, beta: scaled(grad, beta),
    batch1=lambda grad, batch2, alpha: scaled(_bmm(grad, conj(_turned_batch(batch2))), alpha),
    batch2=lambda grad, batch1, alpha: scaled(_bmm(conj(_turned_batch(batch1)), grad), alpha),
)  # fmt: skip
def baddbmm(self: Any, batch1: Any, batch2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta * self + alpha * (batch1 @ batch2), for batches of matrices."""
    _check_sum_batches(batch1, batch2)
    expanded(self, (batch1.shape[0], batch1.shape[1], batch2.shape[2]))
    _check_batches(batch1, batch2)
    if self.dtype != batch1.dtype:
        names = [_CPP[dtypes.of(array).name] for array in (self, batch1, batch2)]
        raise RuntimeError(f"Input dtypes must be the same, got: input {names[0]}, batch1: {names[1]}, batch2: {names[2]}")
    _check_batch_dtypes(batch1, batch2)
    return _add_product(self, batch1, batch2, beta, alpha, "baddbmm", batched_product)


def _check_sum_batches(batch1: Any, batch2: Any) -> None:
    for batch in (batch1, batch2):
        size_at(batch.shape, 2)


def _spread(grad: Any, rows: Any, columns: Any) -> Any:
    """The gradient of a sum over a batch, for each of its members."""
    return expand(unsqueeze(grad, 0), (rows[0], rows[1], columns[2]))


@op(
    "addbmm", tensors=("self", "batch1", "batch2"),
    self=lambda grad, beta: scaled(grad, beta),
    batch1=lambda grad, batch2, batch1_sym_sizes, batch2_sym_sizes, alpha: scaled(
        _bmm(_spread(grad, batch1_sym_sizes, batch2_sym_sizes), conj(_turned_batch(batch2))), alpha
    ),
    batch2=lambda grad, batch1, batch1_sym_sizes, batch2_sym_sizes, alpha: scaled(
        _bmm(conj(_turned_batch(batch1)), _spread(grad, batch1_sym_sizes, batch2_sym_sizes)), alpha
    ),
)  # fmt: skip
def addbmm(self: Any, batch1: Any, batch2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta * self + alpha * the sum over the batch of batch1 @ batch2."""
    _check_sum_batches(batch1, batch2)
    expanded(self, (batch1.shape[1], batch2.shape[2]))
    _check_batches(batch1, batch2)
    _check_added(self, batch1, batch2)
    if dtypes.of(batch1).category == dtypes.FLOATING and batch1.dtype.itemsize == 2 and len(batch1):
        found = self
        for place, (first, second) in enumerate(zip(batch1, batch2)):  # each sum is rounded
            found = _add_product(found, first, second, 1 if place else beta, alpha, "addmm_impl_cpu_", _dot)
        return found
    return _add_product(self, batch1, batch2, beta, alpha, "addmm_impl_cpu_", _summed_batches)


def _summed_batches(a: Any, b: Any) -> Any:
    return batched_product(a, b).sum(axis=0, dtype=a.dtype)

_UNFIT = "Bad in-place call: input tensor size {} and output tensor size {} should match"
inplace.UNFIT.update(dict.fromkeys(("addmm", "addmv", "baddbmm"), _UNFIT))
