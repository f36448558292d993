"""torch.sparse: products, sums and softmax of sparse tensors, and the setting of what is checked of them."""

from __future__ import annotations

import functools
from typing import Any

from rushlight._install import elsewhere

__all__ = [
    "addmm", "as_sparse_gradcheck", "check_sparse_tensor_invariants", "log_softmax", "mm", "sampled_addmm", "softmax", "solve", "spdiags",
    "spsolve", "sum",
]  # fmt: skip


def mm(sparse: Any, dense: Any, reduce: Any = None) -> Any:
    """The product of a sparse matrix and a strided or sparse one; the first gets a gradient of its own pattern.

    >>> torch.sparse.mm(torch.eye(2).to_sparse(), torch.ones(2, 1))
    tensor([[1.],
            [1.]])
    """
    from rushlight.sparse import _products
    from rushlight.sparse._dispatch import missing
    from rushlight.sparse._layout import is_sparse

    if reduce is not None:
        if is_sparse(sparse) and repr(sparse.layout) == "torch.sparse_coo":
            raise missing("_sparse_mm_reduce_impl", [sparse])
        raise NotImplementedError("rushlight has no reductions in torch.sparse.mm()")
    return _products.sparse_mm(sparse, dense)


def addmm(mat: Any, mat1: Any, mat2: Any, *, beta: Any = 1.0, alpha: Any = 1.0) -> Any:
    """beta * mat + alpha * (mat1 @ mat2) with a sparse mat1, which gets a gradient of its own pattern."""
    from rushlight.sparse import _products

    return _products.sparse_addmm(mat, mat1, mat2, beta, alpha)


def sampled_addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1.0, alpha: Any = 1.0) -> Any:
    """beta * input + alpha * (mat1 @ mat2) at the places of a CSR matrix."""
    from rushlight.sparse import _compressed

    return _compressed.sampled_addmm(input, mat1, mat2, beta, alpha)


def sum(input: Any, dim: Any = None, dtype: Any = None) -> Any:
    """The sum of a sparse tensor: of all entries, or along dimensions (sparse as long as a sparse dimension is left).

    >>> torch.sparse.sum(torch.eye(3).to_sparse())
    tensor(3.)
    """
    from rushlight.sparse import _reduce

    if dim is None or dim == () or dim == []:
        values = input.coalesce().values() if repr(input.layout) == "torch.sparse_coo" else input
        return values.sum(dtype=dtype)
    dims = [dim] if isinstance(dim, int) else list(dim)
    return _reduce.sparse_sum_op.apply([input if dtype is None else input.to(dtype), dims])


def _softmax(name: str, input: Any, dim: int, dtype: Any) -> Any:
    from rushlight.sparse import _dispatch, _reduce

    if not _dispatch.any_sparse([input]):
        return getattr(input, name)(dim, dtype=dtype)
    op = _reduce.softmax_op if name == "softmax" else _reduce.log_softmax_op
    return op.apply([input if dtype is None else input.to(dtype), int(dim)])


def softmax(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """Softmax along a dimension over the entries that are there."""
    return _softmax("softmax", input, dim, dtype)


def log_softmax(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """The logarithm of softmax() over the entries that are there."""
    return _softmax("log_softmax", input, dim, dtype)


def spdiags(diagonals: Any, offsets: Any, shape: Any, layout: Any = None) -> Any:
    """A sparse matrix of diagonals: row i of `diagonals` lies on the diagonal at offset i, column j of it in column j.

    >>> torch.sparse.spdiags(torch.ones(1, 2), torch.tensor([0]), (2, 2)).to_dense()
    tensor([[1., 0.],
            [0., 1.]])
    """
    from rushlight.sparse import _creation

    return _creation.spdiags(diagonals, offsets, shape, layout)


def spsolve(input: Any, other: Any, *, left: bool = True) -> Any:
    """Fails, as in a PyTorch without cuDSS."""
    raise RuntimeError(
        "Calling linear solver with sparse tensors requires compiling PyTorch with CUDA cuDSS and is not supported in ROCm build."
    )


def as_sparse_gradcheck(gradcheck: Any) -> Any:
    """gradcheck for functions of sparse tensors, with their values in the tensors' place."""
    from rushlight.sparse._gradcheck import as_sparse_gradcheck as decorated

    return decorated(gradcheck)


class check_sparse_tensor_invariants:
    """Whether sparse tensors are checked when they are made: as functions, a context manager or a decorator."""

    __module__ = "torch.sparse"
    _enabled = False
    _chosen = False  # whether the program said which

    def __init__(self, enable: bool = True) -> None:
        self.state = enable
        self.saved_state: bool | None = None

    @staticmethod
    def is_enabled() -> bool:
        """Whether they are."""
        return check_sparse_tensor_invariants._enabled

    @staticmethod
    def enable() -> None:
        """Check them."""
        check_sparse_tensor_invariants._enabled = check_sparse_tensor_invariants._chosen = True

    @staticmethod
    def disable() -> None:
        """Do not check them."""
        check_sparse_tensor_invariants._chosen = True
        check_sparse_tensor_invariants._enabled = False

    def __enter__(self) -> None:
        if self.saved_state is not None:
            raise RuntimeError("This context manager instance is already activated. Use a different context manager instance.")
        self.saved_state = self.is_enabled()
        check_sparse_tensor_invariants._chosen = True
        check_sparse_tensor_invariants._enabled = self.state

    def __exit__(self, *failure: Any) -> None:
        check_sparse_tensor_invariants._enabled = bool(self.saved_state)
        self.saved_state = None

    def __call__(self, mth: Any) -> Any:
        @functools.wraps(mth)
        def test_mth(*args: Any, **kwargs: Any) -> Any:
            with type(self)(self.state):
                return mth(*args, **kwargs)

        return test_mth


def __getattr__(name: str) -> Any:
    if name.endswith("Tensor"):
        from rushlight.sparse._creation import legacy_classes

        classes = legacy_classes()
        if name in classes:
            globals().update(classes)
            return classes[name]
    return elsewhere(name, __name__)
