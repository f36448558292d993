"""What sparse tensors say of themselves, and what they refuse: functions that are no operators."""

from __future__ import annotations

from typing import Any

from rushlight import _objects
from rushlight._core import dtypes
from rushlight.ops.declare import REGISTRY
from rushlight.sparse._coordinates import clone, dense_of, empty_like
from rushlight.sparse._dispatch import COMPOSITES, composite, missing
from rushlight.sparse._layout import COO, is_coo, layout_name

_ABSENT = (
    "equal nonzero softmax.int=_softmax log_softmax.int=_log_softmax allclose=eq.Tensor isclose=eq.Tensor resize_ ones_like=fill_.Scalar "
    "fill_.Scalar fill_.Tensor full_like=fill_.Scalar rand_like=uniform_ randn_like=normal_ where.self where narrow=as_strided "
    "count_nonzero count_nonzero.dim_IntList dequantize.self data_ptr set_.source_Tensor set_.source_Storage random_ argmax"
)


def _absent(spec: str, shown: str) -> Any:
    def refuse(*values: Any) -> Any:
        raise missing(shown, values)

    return refuse


for _entry in _ABSENT.split():
    _spec, _, _shown = _entry.partition("=")
    COMPOSITES[_spec] = _absent(_spec, _shown or _spec)


@composite("item", "_local_scalar_dense")
def item(self: Any) -> Any:
    """The only element as a Python number."""
    if self.numel() != 1:
        raise RuntimeError(f"a Tensor with {self.numel()} elements cannot be converted to Scalar")
    return dense_of(self).item()


@composite("is_nonzero")
def is_nonzero(self: Any) -> bool:
    """Whether the only element is not zero."""
    if self.numel() != 1:
        many = self.numel()
        raise RuntimeError(f"Boolean value of Tensor with {'no' if not many else 'more than one'} value{'s' * (not many)} is ambiguous")
    return bool(item(self))


@composite("tolist", "data_ptr")
def tolist(self: Any) -> Any:
    """Refused."""
    raise RuntimeError("Cannot access data pointer of Tensor that doesn't have storage")


@composite("numpy")
def numpy(self: Any, force: Any = False) -> Any:
    """Refused."""
    raise TypeError(f"can't convert {layout_name(self)} layout tensor to numpy. Use Tensor.to_dense() first.")


@composite("contiguous")
def contiguous(self: Any, memory_format: Any = _objects.contiguous_format) -> Any:
    """Refused; preserve_format gives the tensor itself."""
    if memory_format is _objects.preserve_format:
        return self
    if not is_coo(self):
        return self
    raise RuntimeError("unsupported memory format option Contiguous")


@composite("is_contiguous")
def is_contiguous(self: Any, memory_format: Any = None) -> bool:
    """False."""
    return False


@composite("storage_offset")
def storage_offset(self: Any) -> int:
    """0."""
    return 0


@composite("stride", "stride.int")
def stride(self: Any, dim: Any = None) -> Any:
    """Zeros."""
    if not is_coo(self):
        raise RuntimeError("Sparse CSR tensors do not have strides")
    return (0,) * self.ndim if dim is None else 0


@composite("is_pinned")
def is_pinned(self: Any, device: Any = None) -> bool:
    """False."""
    return False


@composite("zeros_like", "empty_like")
def zeros_like(self: Any, memory_format: Any = None, dtype: Any = None, *options: Any) -> Any:
    """A tensor of the same sizes without entries; a strided one where that layout is asked for."""
    layout = next((value for value in options if isinstance(value, _objects.layout)), None)
    if layout is _objects.strided:
        return self._storage.values.new_zeros(self.shape, dtype=dtype or self.dtype)
    if not is_coo(self):
        found = clone(self)
        found._storage.values.zero_()
        return found if dtype is None else found.to(dtype)
    found = empty_like(self, dtype)
    if any(value is True for value in options[-1:]):
        found.requires_grad_()
    return found


@composite("new_zeros", "new_empty")
def new_zeros(self: Any, size: Any, dtype: Any = None, *options: Any) -> Any:
    """A tensor of the same layout without entries."""
    layout = next((value for value in options if isinstance(value, _objects.layout)), None)
    if layout is _objects.strided:
        return self._storage.values.new_zeros(size, dtype=dtype or self.dtype)
    if not is_coo(self):
        raise NotImplementedError("rushlight has no new_zeros() of compressed sparse tensors")
    return empty_like(self, dtype, size)


@composite("type")
def type_of(self: Any, dtype: Any = None, *options: Any) -> Any:
    """The name of the tensor's type, or a conversion."""
    if dtype is None:
        if not is_coo(self):
            raise RuntimeError("Unimplemented backend SparseCsrCPU")
        return f"torch.sparse.{dtypes.of(self._array).cpp}Tensor"
    if isinstance(dtype, str):
        name = dtype.rpartition(".")[2].removesuffix("Tensor")
        for found in vars(dtypes).values():
            if isinstance(found, dtypes.dtype) and found.cpp == name:
                return self.to(found)
        raise ValueError(f"invalid type: '{dtype}'")
    return self.to(dtype if isinstance(dtype, dtypes.dtype) else dtype.dtype)


@composite("copy_")
def copy_(self: Any, src: Any, non_blocking: Any = False) -> Any:
    """What another sparse tensor is, in a tensor's place."""
    return REGISTRY["copy"].apply_inplace([self, src, non_blocking])


@composite("zero_")
def zero_(self: Any) -> Any:
    """No entries."""
    return REGISTRY["zero"].apply_inplace([self])


@composite("sparse_dim")
def sparse_dim(self: Any) -> int:
    """The number of sparse dimensions."""
    content = self._storage
    return int(content.indices._array.shape[0]) if content.layout is COO else 2


@composite("is_coalesced")
def is_coalesced(self: Any) -> bool:
    """Whether each place occurs once, in order."""
    if not is_coo(self):
        raise RuntimeError(f"is_coalesced expected sparse coordinate tensor layout but got {layout_name(self)}")
    return bool(self._storage.coalesced)


@composite("resize_as_sparse_")
def resize_as_sparse_(self: Any, the_template: Any) -> Any:
    """The sizes of another sparse tensor, without entries unless they are the same."""
    if self.shape == the_template.shape and sparse_dim(self) == sparse_dim(the_template):
        return self
    return sparse_resize_(self, the_template.shape, sparse_dim(the_template), the_template.dense_dim(), True)


@composite("sparse_resize_and_clear_")
def sparse_resize_and_clear_(self: Any, size: Any, sparse_dim: int, dense_dim: int) -> Any:
    """Other sizes, without entries."""
    return sparse_resize_(self, size, sparse_dim, dense_dim, True)


@composite("sparse_resize_")
def sparse_resize_(self: Any, size: Any, sparse_dim: int, dense_dim: int, clear: bool = False) -> Any:
    """Larger sizes, with the entries kept."""
    import numpy as np

    from rushlight.sparse._layout import coo, put, strided

    size = tuple(size)
    if sparse_dim + dense_dim != len(size):
        raise RuntimeError(
            f"'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = {len(size)}, sparse_dim = {sparse_dim}, "
            f"dense_dim = {dense_dim}"
        )
    content = self._storage
    count = content.indices._array.shape[1]
    if clear or not count:
        values = content.values.new_zeros((0, *size[sparse_dim:]))
        return put(self, coo(strided(np.zeros((sparse_dim, 0), np.int64)), values, size, True))
    if content.indices._array.shape[0] != sparse_dim or self.dense_dim() != dense_dim:
        raise RuntimeError(
            f"changing the number of sparse dimensions (from {content.indices._array.shape[0]} to {sparse_dim}) on a non-empty sparse "
            "tensor is not supported."
        )
    if any(new < old for new, old in zip(size, self.shape)):
        raise RuntimeError("shrinking the size of sparse dimensions on a non-empty sparse tensor is not supported.")
    values = content.values
    wider = values.new_zeros((count, *size[sparse_dim:]))
    wider[tuple(slice(0, entry) for entry in values.shape)] = values
    return put(self, coo(content.indices, wider, size, content.coalesced))


@composite("is_complex")
def is_complex(self: Any) -> bool:
    """Whether the values are complex."""
    return bool(self._array.dtype.kind == "c")


